"""JSON lines: one object a line. Numbers keep their digits, what is nested stays JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, Chunk, Format, Head, Layout, limits, rejected
from vinculo.ingest.formats.fingerprints import fingerprint
from vinculo.ingest.formats.json_text import dumped
from vinculo.ingest.formats.opened import MISFIT, OpenedFile

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BadJson(ValueError):
    """A text that is no JSON, or JSON that means two things.

    ``at`` is where in the text that shows, from 0; ``structural``, that nobody can tell where the value ends.
    """

    def __init__(self, reason: str, at: int = 0, structural: bool = False) -> None:
        super().__init__(reason)
        self.at = at
        self.structural = structural


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(k for k, _ in pairs if sum(k == other for other, _ in pairs) > 1)
        raise BadJson(f"the key {twice!r} comes twice")
    return made


def _constant(name: str) -> Any:
    raise BadJson(f"{name} is no JSON")


#: What JSON takes for nothing between its values.
BLANKS = " \t\r\n"
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_constant)


def parsed(text: str) -> Any:
    """JSON with numbers as texts.

    A key that comes twice, ``NaN``, half a character, what is nested too deep and text behind the end are errors.

    Raises
    ------
    BadJson

    Examples
    --------
    >>> parsed('{"a": 1.10}')
    {'a': '1.10'}
    """
    try:
        made, end = parsed_from(text, len(text) - len(text.lstrip(BLANKS)))
    except BadJson as error:
        raise BadJson(f"{error} (column {error.at + 1})" if error.structural else str(error), error.at) from None
    if text[end:].strip(BLANKS):
        raise BadJson(f"there is text behind its end (column {end + 1})", end)
    return made


def parsed_from(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at a place in a text, and where it ends. See :func:`parsed`."""
    try:
        made, end = _DECODER.raw_decode(text, at)
    except RecursionError:
        raise BadJson("nested too deep", at) from None
    except json.JSONDecodeError as error:
        raise BadJson(error.msg, error.pos, structural=True) from None
    except BadJson as error:
        error.at = at
        raise
    if text.count("[", at, end) + text.count("{", at, end) > limits.DEEPEST and _is_deep(made):
        raise BadJson("nested too deep", at)
    if (found := _SURROGATE.search(text, at, end)) and not _is_text(made):
        raise BadJson("half a character (a surrogate without its other half)", found.start())
    return made, end


def _is_deep(made: Any) -> bool:
    """Whether lists and objects stand in each other further than any list does, or than can be written again."""
    level = [made]
    for _ in range(limits.DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _is_text(made: Any) -> bool:
    try:
        json.dumps(made, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


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
    return "" if value is None else dumped(value)


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
    lines = file.start.splitlines()
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
    """Records in chunks; a line that is no object is rejected. See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``wrong_encoding``, ``long_line``; after the records before it.
    """
    notes |= {"encoding": file.encoding}
    gathered = Gathered(layout)
    error: InputError | None = None
    line = 0
    try:
        for line, row in enumerate(_rows(file), 1):
            text = row.strip("\ufeff \t\r\n")
            if not text.strip("\x1a"):
                continue
            if file.misfits and MISFIT in row:
                gathered.reject(line, row.replace(MISFIT, "\ufffd"), "bad_byte")
                continue
            try:
                made = parsed(text)
                if not isinstance(made, dict):
                    raise BadJson("no object")
            except BadJson as damage:
                gathered.reject(line, row, "bad_json", reason=str(damage))
            else:
                gathered.take(made, line, text)
            if len(gathered) >= CHUNK:
                yield gathered.chunk()
    except UnicodeDecodeError:
        error = InputError(
            "wrong_encoding", file=str(file.path), line=line + 1, encoding=file.encoding, records=gathered.record
        )
    except InputError as damage:
        error = damage
    if len(gathered):
        yield gathered.chunk()
    if error is not None:
        raise error


def _rows(file: OpenedFile) -> Iterator[str]:
    with file.text() as text:
        line = 0
        while row := text.readline(limits.LINE + 1):
            line += 1
            if len(row) > limits.LINE:
                raise InputError("long_line", file=str(file.path), line=line, limit=limits.LINE >> 20)
            yield row


class Gathered:
    """Objects on their way to a chunk, each with its line and the fingerprint of its text."""

    def __init__(self, layout: Layout) -> None:
        self.record = 0
        self._layout = layout
        self._objects: list[dict[str, Any]] = []
        self._records: list[int] = []
        self._lines: list[int] = []
        # of the text itself: the columns of a table depend on what else is in its chunk
        self._marks: list[bytes] = []
        self._bad: list[tuple[int, int, str, str, str, dict[str, object]]] = []

    def __len__(self) -> int:
        return len(self._objects) + len(self._bad)

    def take(self, made: dict[str, Any], line: int, text: str) -> None:
        """Take an object."""
        self.record += 1
        self._objects.append(made)
        self._records.append(self.record)
        self._lines.append(line)
        self._marks.append(fingerprint(text))

    def reject(self, line: int, raw: str, code: str, **blanks: object) -> None:
        """Take what is none."""
        self.record += 1
        self._bad.append((self.record, line, "", raw[:2000], code, blanks))

    def chunk(self) -> Chunk:
        """What was gathered; the gathering goes on empty."""
        table = rowed(self._objects, self._records, self._lines, self._layout)
        made = Chunk(table, rejected(self._bad), tuple(self._marks))
        self._objects, self._records, self._lines, self._marks, self._bad = [], [], [], [], []
        return made


FORMAT = Format("jsonl", Text("JSON lines", "Líneas JSON"), (".jsonl", ".ndjson", ".ijson", ".ftm.json"), peek, reads)
