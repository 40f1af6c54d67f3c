"""Files that came by the browser, on disk: a command reads them from there.

They are copies, and no evidence: they go once they are loaded, or after some days.
"""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vinculo.graph.errors import EnvironmentProblem, InputError
from vinculo.graph.settings import load_settings
from vinculo.graph.whole import whole
from vinculo.ingest.formats.limits import MEMBERS, TOTAL
from vinculo.ingest.gathering import gathered

#: What a browser may send at once; ``launch`` tells the server the same.
LARGEST_MIB = 200
#: What is kept of all browsers together, and for how long where it is not loaded.
KEPT_MIB, KEPT_DAYS = 2_000, 7


def _folder() -> Path:
    return load_settings().data_folder / "uploads"


def new_folder() -> Path:
    """A folder of its own, so that two files of one name do not meet; never one that was there before."""
    turn = time.time_ns()
    while True:
        place = _folder() / str(turn)
        try:
            place.mkdir(parents=True)
        except FileExistsError:
            turn += 1
        else:
            return place


def _sweep() -> None:
    """Take away what nobody loaded for days."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for place in _folder().iterdir() if _folder().is_dir() else ():
        if place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)


def release(paths: Iterable[str]) -> None:
    """Take away those of these files that are copies of ours: they are loaded."""
    for path in map(Path, paths):
        if path.parent.parent == _folder():
            shutil.rmtree(path.parent, ignore_errors=True)


def gone(path: str) -> bool:
    """Whether this is a copy that was taken away."""
    return Path(path).parent.parent == _folder() and not Path(path).exists()


def safe_name(name: str, otherwise: str = "file") -> str:
    """What a file may be called on this disk.

    Examples
    --------
    >>> safe_name("../../etc/<b>actas 2024.csv"), safe_name("..")
    ('_b_actas 2024.csv', 'file')
    """
    return "".join(c if c.isalnum() or c in "._- " else "_" for c in Path(name).name)[-120:].lstrip(".") or otherwise


def kept(name: str, content: bytes) -> Path:
    """Keep an uploaded file under its own name; returns where.

    Raises
    ------
    EnvironmentProblem
        ``uploads_full``: it and those that wait to be loaded are too much; ``upload_unwritable``.
    """
    _sweep()
    there = sum(f.stat().st_size for f in _folder().rglob("*") if f.is_file())
    if there + len(content) > KEPT_MIB << 20:
        size, folder = f"{there >> 20:,}", str(_folder())
        raise EnvironmentProblem(
            "uploads_full", file=name, kept=size, limit=f"{KEPT_MIB:,}", folder=folder, days=KEPT_DAYS
        )
    try:
        path = new_folder() / safe_name(name)
        with whole(path) as part:
            part.write_bytes(content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentProblem("upload_unwritable", file=name, folder=str(_folder()), reason=reason) from None
    return path


def kept_text(name: str, text: str) -> Path:
    """Keep a layout that a command is given."""
    return kept(name, text.encode())


def without_folder(text: str) -> str:
    """A sentence that names a file by the folder we keep it in, by the name alone: the folder says nothing to a person."""
    return re.sub(re.escape(str(_folder())) + r"[/\\]\d{4,}[/\\]", "", text)


@dataclass(frozen=True)
class Packed:
    """What an archive says it holds, before anything is unpacked."""

    files: int
    unpacked: int

    @property
    def fits(self) -> bool:
        """Whether it is within the limits that loading keeps."""
        return self.files <= MEMBERS and self.unpacked <= TOTAL


def packed(content: BinaryIO) -> Packed | None:
    """What an uploaded archive holds; nothing for a file that is none, and for a workbook, which is one inside."""
    try:
        if not zipfile.is_zipfile(content):
            return None
        with zipfile.ZipFile(content) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return None
    finally:
        content.seek(0)
    if any(m.filename == "[Content_Types].xml" for m in members):
        return None
    return Packed(len(members), sum(m.file_size for m in members))


def at_hand(file: str) -> Path:
    """Where a file is that a fault names; a member of an archive is unpacked, within the limits that loading keeps."""
    if Path(file).exists():
        return Path(file)
    with gathered([Path(file).parent]) as members:
        for member in members:
            if not isinstance(member, InputError) and str(member.shown) == file:
                place = new_folder() / safe_name(member.shown.name)
                with whole(place) as part:
                    shutil.copyfile(member.path, part)
                return place
    return Path(file)
