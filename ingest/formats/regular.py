"""Delimited text whose quotes all stand where they belong, cut into columns without touching row after row.

Most of any file is such text. ``csv`` stays the judge: what is not plainly regular is left to it, and both give the same
rows (``tests/ingest/test_regular_text.py`` compares them on random text).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_QUOTE, _LF, _CR, _SPACE, _SUB = b'"\n\r \x1a'
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Rows that were cut from a text.

    Attributes
    ----------
    columns : list of pyarrow.StringArray
        One per column; a row of another width is not in them.
    records, lines : arrays of int
        For each row in ``columns``: its number among the records, and the number of line ends before it; both from 0.
    ragged : list of (int, int, list of str)
        Record, line and texts of each row of another width.
    taken : int
        Bytes of the text that the rows take up.
    ended : int
        Line ends among them.
    found : int
        Number of records, ragged ones counted, blank rows not.
    """

    columns: list[pa.Array]
    records: Places
    lines: Places
    ragged: list[tuple[int, int, list[str]]]
    taken: int
    ended: int
    found: int


def rows(text: bytes, delimiter: str, width: int, longest: int) -> Rows | None:
    """Cut a text that begins where a row begins into rows, as far as whole rows reach.

    Parameters
    ----------
    text : bytes
        UTF-8; line ends are LF, CR or both. A CR at its very end is not taken for a whole one.
    delimiter : str
        One ASCII character.
    width : int
        Cells of a row; empty ones beyond them do no harm.
    longest : int
        Bytes of the longest cell.

    Returns
    -------
    Rows or None
        None where a quote stands in the middle of a cell or a cell is too long, or where no row ends: ``csv`` is to decide.

    Examples
    --------
    >>> made = rows(b'1,"a, b"\\n2,c\\n3', ",", 2, 100)
    >>> [c.to_pylist() for c in made.columns], made.taken
    ([['1', '2'], ['a, b', 'c']], 13)
    """
    found = _marks(text, ord(delimiter))
    if found is None:
        return None
    data, at, mark, after = found
    quote = mark == _QUOTE
    if not _in_place(data, at[quote], after[quote], ord(delimiter)):
        return None
    # of CR and LF together, the LF is the separator
    follows = data[np.minimum(at + 1, len(data) - 1)]
    lone = (mark == _CR) & (follows != _LF)
    parts = ~quote & ~after & ((mark != _CR) | lone)
    place, kind = at[parts], mark[parts]
    paired = (kind == _LF) & (place > 0) & (data[np.maximum(place - 1, 0)] == _CR)
    ends = place - paired
    starts = np.concatenate(([0], place[:-1] + 1))
    quoted = (data[starts] == _QUOTE) & (ends > starts)
    spaced = (data[starts] == _SPACE) & (ends > starts)
    lengths = ends - starts - 2 * quoted
    if len(lengths) and int(lengths.max()) > longest:
        return None
    last = np.flatnonzero(kind != ord(delimiter))
    first = np.concatenate(([0], last[:-1] + 1))
    counts = last - first + 1
    filled = ~_blank(text, data, starts[first], ends[first], counts)
    first, counts = first[filled], counts[filled]
    good = counts == width
    if (over := counts > width).any():
        past, end = first[over] + width, first[over] + counts[over]
        if _between(spaced, past, end).any():
            return None
        good[over] = _between(lengths, past, end) == 0
    line_ends = at[(mark == _LF) | lone]
    lines = np.searchsorted(line_ends, starts[first])
    records = np.arange(len(first))
    ragged = [
        (int(records[n]), int(lines[n]), _cells(text[starts[first[n]] : ends[first[n] + counts[n] - 1]], delimiter))
        for n in np.flatnonzero(~good).tolist()
    ]
    doubled = _doubled(at[quote], starts, ends, quoted)
    columns = _columns(data, starts + quoted, ends - quoted, first[good], width, doubled, spaced)
    return Rows(columns, records[good], lines[good], ragged, int(place[-1]) + 1, len(line_ends), len(first))


def _marks(text: bytes, delimiter: int) -> tuple[npt.NDArray[np.uint8], Places, npt.NDArray[np.uint8], Flags] | None:
    """The bytes up to the end of the last whole row; where quotes, delimiters and line ends stand in them, which each is,
    and whether it is inside quotes (for a quote: whether it opens)."""
    data = np.frombuffer(text, np.uint8)
    at = np.flatnonzero((data == _QUOTE) | (data == delimiter) | (data == _LF) | (data == _CR))
    mark = data[at]
    after = (np.cumsum(mark == _QUOTE) & 1).astype(np.bool_)
    closes = ((mark == _LF) | ((mark == _CR) & (at < len(data) - 1))) & ~after
    closing = np.flatnonzero(closes)
    if not len(closing):
        return None
    end = int(closing[-1])
    return data[: at[end] + 1], at[: end + 1], mark[: end + 1], after[: end + 1]


def _in_place(data: npt.NDArray[np.uint8], at: Places, opens: Flags, delimiter: int) -> bool:
    """Whether each quote opens where a cell begins, closes where one ends, or is one of two for a quote."""
    around = np.zeros(256, np.bool_)
    around[[_QUOTE, _LF, _CR, delimiter]] = True
    before = around[data[np.maximum(at - 1, 0)]] | (at == 0)
    behind = around[data[np.minimum(at + 1, len(data) - 1)]]
    return bool(np.where(opens, before, behind).all())


def _blank(text: bytes, data: npt.NDArray[np.uint8], starts: Places, ends: Places, counts: Places) -> Flags:
    """Rows that hold nothing: no cell, or one of spaces or the mark that ended files of old."""
    blank: Flags = (counts == 1) & (ends == starts)
    odd = (counts == 1) & ~blank & np.isin(data[starts], (_SPACE, _SUB, _QUOTE))
    for n in np.flatnonzero(odd).tolist():
        cell = text[starts[n] : ends[n]]
        inner = cell[1:-1] if cell.startswith(b'"') else cell
        blank[n] = inner.strip(b" ") in (b"", b"\x1a")
    return blank


def _between(values: npt.NDArray[Any], start: Places, end: Places) -> Places:
    """Sums of the values from each start up to each end."""
    total = np.concatenate(([0], np.cumsum(values)))
    return total[end] - total[start]


def _doubled(quotes: Places, starts: Places, ends: Places, quoted: Flags) -> Flags:
    """Quoted cells with a quote inside, which stands there twice."""
    doubled = np.zeros(len(starts), np.bool_)
    cells = np.flatnonzero(quoted)
    inside = np.searchsorted(quotes, ends[cells]) - np.searchsorted(quotes, starts[cells])
    doubled[cells] = inside > 2
    return doubled


def _cells(row: bytes, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(row.decode(), newline=""), delimiter=delimiter, skipinitialspace=True))


def _columns(
    data: npt.NDArray[np.uint8],
    starts: Places,
    ends: Places,
    first: Places,
    width: int,
    doubled: Flags,
    spaced: Flags,
) -> list[pa.Array]:
    # every cell, and what stands between two, as one column over the text itself; Arrow picks from it column by column
    offsets = np.empty(2 * len(starts), np.int32)
    offsets[0::2], offsets[1::2] = starts, ends
    pieces = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    columns = []
    for place in range(width):
        cells = first + place
        column = pieces.take(pa.array(2 * cells))
        if (twice := doubled[cells]).any():
            column = pc.if_else(pa.array(twice), pc.replace_substring(column, '""', '"'), column)
        if (space := spaced[cells]).any():
            column = pc.if_else(pa.array(space), pc.ascii_ltrim(column, " "), column)
        columns.append(column)
    return columns
