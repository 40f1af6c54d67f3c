"""A layout that nobody knows yet: what a person has said of it so far, and what its records would become.

Looking takes the beginning of a file; what was seen is remembered as long as the file stays the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from vinculo.dashboard import uploads
from vinculo.dashboard.wording import language, t
from vinculo.graph.settings import load_settings
from vinculo.graph.text import Text, has, text
from vinculo.ingest import profile as profiles
from vinculo.ingest.formats.opened import OpenedFile, open_file
from vinculo.ingest.profile import Profile

#: Kinds of columns whose texts can be written in more than one way.
WRITTEN = ("date", "amount", "number")
#: Records shown before anything is stored.
RECORDS = 5


def stamp(path: str) -> str:
    """Changes when the file does."""
    try:
        told = Path(path).stat()
    except OSError:
        return ""
    return f"{told.st_size}-{told.st_mtime_ns}"


@st.cache_resource(max_entries=16, show_spinner=False)
def _opened(path: str, _of: str) -> OpenedFile:
    return open_file(profiles.sample(Path(path), load_settings().cache_folder / "beginnings" / uploads.safe_name(_of)))


def opened(path: str) -> OpenedFile:
    """The file, or the beginning of a large one."""
    return _opened(path, stamp(path))


@st.cache_resource(max_entries=64, show_spinner=False)
def _guessed(path: str, _of: str, template: str, given: tuple[str, ...] | None) -> Profile:
    return profiles.guess(opened(path), template, given)


def guessed(path: str, template: str = "", given: Sequence[str] | None = None) -> Profile:
    """What the file may be, or with ``given``, what a person says it is."""
    return _guessed(path, stamp(path), template, None if given is None else tuple(given))


@st.cache_data(max_entries=64, show_spinner=False)
def _previewed(path: str, _of: str, mapping: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="vinculo-") as folder:
        place = Path(folder) / "mapping.yml"
        place.write_text(mapping, encoding="utf-8")
        return profiles.preview(opened(path), place, RECORDS)


def previewed(path: str, mapping: str) -> list[dict[str, Any]]:
    """The first records as they would be mapped; nothing is stored."""
    return _previewed(path, stamp(path), mapping)


def written(profile: Profile, name: str, file: str) -> str:
    """The mapping file, its notes in the reader's language."""
    return profiles.written(profile, name=name, file=file, language=language())


def column_said(column: str) -> Text:
    """What a column of a template is called."""
    return text(f"column.{column}") if has(f"column.{column}") else Text(column, column)


def fixable(profile: Profile, column: str) -> bool:
    """Whether one value may hold for every row: a day, a sum or the number of a record may not."""
    numbered = column.endswith(("_id", "_number", "_numbers")) and not column.endswith("tax_id")
    return not numbered and profiles.column_types(profile.dataset).get(column) not in WRITTEN


def kind_of(profile: Profile, place: int) -> str:
    """``date``, ``amount`` or ``number`` where the column's texts can be written in more than one way, else nothing."""
    column = profile.columns[place]
    kind = profiles.column_types(profile.dataset).get(column.meant, "") if column.meant and column.samples else ""
    return kind if kind in WRITTEN else ""


def ways(profile: Profile, place: int) -> dict[str, tuple[str, ...]]:
    """How the texts of a column may be written, the likeliest first, each with what it makes of the samples."""
    column = profile.columns[place]
    kind = kind_of(profile, place)
    readable = profiles.readings(kind, column.samples) if kind else {}
    chosen = column.way.formats[0] if column.way.formats else ""
    first = {chosen: readable.pop(chosen)} if chosen in readable else {}
    return first | readable


def telling(made: dict[str, tuple[str, ...]]) -> int:
    """Which sample tells the ways apart.

    Examples
    --------
    >>> telling({"1.234,56": ("12.5", "1040"), "1 234,56": ("12.5", "1.04")})
    1
    """
    read = list(zip(*made.values(), strict=True))
    return max(range(len(read)), key=lambda n: (len(set(read[n])), -n)) if read else 0


def way_said(way: str, kind: str) -> str:
    """A way of writing as a person would put it: ``%d/%m/%Y`` is DD/MM/YYYY."""
    if kind != "date" or way == "excel":
        return way.capitalize()
    year = t("layout.year")
    made = way.replace("%Y", year).replace("%y", year[:2]).replace("%m", "MM").replace("%d", "DD")
    made = made.replace("%B", t("layout.month")).replace("%b", t("layout.month")[:3])
    return made.replace("%H", "hh").replace("%M", "mm").replace("%S", "ss")
