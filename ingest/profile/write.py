"""A guess as a mapping file: YAML with a word beside what is not sure, for a person to read and correct."""

from __future__ import annotations

import json

from vinculo.graph.text import say
from vinculo.ingest.profile.guess import Column, Profile

_SURE = 0.9


def written(profile: Profile, *, name: str = "", file: str = "", language: str | None = None) -> str:
    """The mapping, in the reader's language where it speaks.

    Parameters
    ----------
    profile : Profile
    name : str
        What this data is to be called; goes into the ids of its parties.
    file : str
        The file it was made for, named in the first line.
    language : str, optional
        Of the notes; the reader's by default.
    """
    lines = [f"# {line}" for line in say("profile.head", language, file=_plain(file)).splitlines()]
    lines.append(f"dataset: {profile.dataset.name}")
    if profile.others:
        lines[-1] += f"  # {say('profile.others', language, others=', '.join(profile.others))}"
    if name:
        lines.append(f"name: {_quoted(name)}")
    lines.append("columns:")
    chosen = [c for c in profile.columns if c.meant]
    lines += [_column(c, language) for c in chosen]
    lines += [f"  # {column}:  # {say('profile.must', language)}" for column in profile.missing]
    formats = [line for c in chosen for line in _format(c, language)]
    if formats:
        lines += ["formats:", *formats]
    if profile.nothing:
        lines.append(f"missing: [{', '.join(map(_quoted, profile.nothing))}]  # {say('profile.nothing', language)}")
    if profile.values:
        lines += ["values:", *(f"  {column}: {_quoted(value)}" for column, value in profile.values.items())]
    unused = [c for c in profile.columns if not c.meant and c.header]
    if unused:
        lines.append(f"# {say('profile.unused', language)}")
        lines += [f"#   {_plain(c.header)}{_samples(c)}" for c in unused]
        offered = (*profile.dataset.columns, *profile.dataset.optional)
        free = [c for c in offered if c not in {x.meant for x in chosen} and c not in profile.values]
        lines.append(f"# {say('profile.offered', language)} {', '.join(free)}")
    return "\n".join(lines) + "\n"


def _column(column: Column, language: str | None) -> str:
    said = f"  # {say('profile.check', language)}{_samples(column)}" if column.sure < _SURE else ""
    return f"  {column.meant}: {_quoted(column.header)}{said}"


def _format(column: Column, language: str | None) -> list[str]:
    if not column.way.formats:
        return []
    line = f"  {column.meant}: {_quoted(column.way.formats[0])}"
    if column.way.others:
        line += f"  # {say('profile.either', language, others=', '.join(column.way.others), sample=_plain(column.samples[0]))}"
    return [line]


def _samples(column: Column) -> str:
    return f"  ({'; '.join(_plain(s) for s in column.samples)})" if column.samples else ""


def _quoted(text: str) -> str:
    # a JSON string is a YAML string, whatever stands in it
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> str:
    """A text of the file inside a comment: on one line, and short."""
    one = " ".join(text.split())
    return one[:40] + ("..." if len(one) > 40 else "")
