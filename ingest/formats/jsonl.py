"""JSON lines: one object a line. Numbers keep their digits, what is nested stays JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, Chunk, Format, Head, Layout, rejected
from vinculo.ingest.formats.fingerprints import fingerprint
from vinculo.ingest.formats.opened import MISFIT, OpenedFile


class BadJson(ValueError):
    """A text that is no JSON, or JSON that means two things."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(k for k, _ in pairs if sum(k == other for other, _ in pairs) > 1)
        raise BadJson(f"the key {twice!r} comes twice")
    return made


def _constant(name: str) -> Any:
    raise BadJson(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_constant)


def parsed(text: str) -> Any:
    """JSON with numbers as texts; a key that comes twice, ``NaN`` and text behind the end are errors.

    Raises
    ------
    BadJson

    Examples
    --------
    >>> parsed('{"a": 1.10}')
    {'a': '1.10'}
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise BadJson("nested too deep") from None
    except json.JSONDecodeError as error:
        raise BadJson(f"{error.msg} (column {error.colno})") from None


def cell(value: Any) -> str | list[str] | None:
    """One value of an object as a text, or a list as a list of texts."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [t for t in map(_member, value) if t]
    return _dumped(value)


def _member(value: Any) -> str:
    one = cell(value)
    return one if isinstance(one, str) else _dumped(value)


def _dumped(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tabled(objects: list[dict[str, Any]], records: list[int], lines: list[int]) -> pa.Table:
    """Objects as a table: a column for each key; of lists, where any of them has a list there."""
    keys = list(dict.fromkeys(k for o in objects for k in o))
    columns = []
    for key in keys:
        cells = [cell(o.get(key)) for o in objects]
        if any(isinstance(c, list) for c in cells):
            columns.append(
                pa.array([c if isinstance(c, list) or c is None else [c] for c in cells], pa.list_(pa.string()))
            )
        else:
            columns.append(pa.array(cells, pa.string()))
    names = [f"{k}_" if k in ("record", "line") else k for k in keys]
    return pa.table(
        [*columns, pa.array(records, pa.int64()), pa.array(lines, pa.int64())], names=[*names, "record", "line"]
    )


def rowed(objects: list[dict[str, Any]], records: list[int], lines: list[int], layout: Layout) -> pa.Table:
    """Objects as the layout wants them: a column for each key, or each object whole."""
    if not layout.tree:
        return tabled(objects, records, lines)
    return tabled([{"tree": _dumped(o)} for o in objects], records, lines)


def peek(file: OpenedFile) -> list[Head]:
    """The keys of the first objects, as if they were a header."""
    text = file.head.decode(file.encoding, errors="replace").removeprefix("\ufeff")
    lines = text.splitlines()
    if len(file.head) < file.size:
        lines = lines[:-1] or lines
    keys: dict[str, None] = {}
    for line in lines[:20]:
        try:
            made = parsed(line)
        except BadJson:
            continue
        if isinstance(made, dict):
            keys |= dict.fromkeys(made)
    return [Head([(1, list(keys))])] if keys else []


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks; a line that is no object is rejected. See :class:`vinculo.ingest.formats.Format`."""
    notes |= {"encoding": file.encoding}
    objects: list[dict[str, Any]] = []
    records: list[int] = []
    lines: list[int] = []
    # of the line itself: the columns of a table depend on what else is in its chunk
    marks: list[bytes] = []
    bad: list[tuple[int, int, str, str, str, dict[str, object]]] = []
    record = line = 0
    try:
        with file.text() as text:
            for line, row in enumerate(text, 1):
                if not row.strip("\ufeff \t\r\n\x1a"):
                    continue
                record += 1
                if file.misfits and MISFIT in row:
                    bad.append((record, line, "", row.replace(MISFIT, "\ufffd")[:2000], "bad_byte", {}))
                    continue
                try:
                    made = parsed(row.strip("\ufeff \t\r\n"))
                    if not isinstance(made, dict):
                        raise BadJson("no object")
                except BadJson as error:
                    bad.append((record, line, "", row[:2000], "bad_json", {"reason": str(error)}))
                else:
                    objects.append(made)
                    marks.append(fingerprint(row.strip("\ufeff \t\r\n")))
                    records.append(record)
                    lines.append(line)
                if len(objects) + len(bad) >= CHUNK:
                    yield Chunk(rowed(objects, records, lines, layout), rejected(bad), tuple(marks))
                    objects, records, lines, marks, bad = [], [], [], [], []
    except UnicodeDecodeError:
        if objects or bad:
            yield Chunk(rowed(objects, records, lines, layout), rejected(bad), tuple(marks))
        raise InputError(
            "wrong_encoding", file=str(file.path), line=line + 1, encoding=file.encoding, records=record
        ) from None
    if objects or bad:
        yield Chunk(rowed(objects, records, lines, layout), rejected(bad), tuple(marks))


FORMAT = Format("jsonl", Text("JSON lines", "Líneas JSON"), (".jsonl", ".ndjson", ".ijson", ".ftm.json"), peek, reads)
