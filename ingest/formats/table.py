"""Delimited text: commas, semicolons, tabs or pipes between, quotes around, in any encoding.

Python's ``csv`` in strict mode judges it: an unclosed quote is an error there, where others take the rest of the file for
one cell. Stretches that are plainly regular, mostly all of a file, are cut by :mod:`.regular`, which gives the same rows.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.cells import no_collecting
from vinculo.ingest.formats import CHUNK, HEADER_ROWS, WIDEST, Chunk, Format, Head, Layout, regular, rejected
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.formats.opened import MISFIT, OpenedFile
from vinculo.ingest.formats.supply import Supply

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
#: A longer cell is damage (most often a quote that is never closed), not text.
LONGEST_CELL = 1_000_000
_BLOCK = 4 << 20
CHUNK_BYTES = 8 << 20
_CONTROLS = bytes(n for n in range(32) if n not in b"\t\n\r\x0b\x0c\x1a")
_END_OF_FILE = "\x1a"  # DOS programs end a text file with it


def peek(file: OpenedFile) -> list[Head]:
    """The first rows by each delimiter that divides them, the most regular first.

    Raises
    ------
    InputError
        ``binary_file``, ``too_many_columns``.
    """
    refuse_binary(file)
    text = file.start
    cut = len(file.head) < file.size
    found = []
    for delimiter in DELIMITERS:
        rows: list[tuple[int, list[str]]] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        try:
            for row in reader:
                rows.append((reader.line_num, row))
                if len(rows) >= 100:
                    break
        except csv.Error:
            pass
        if cut and len(rows) > 1 and len(rows) < 100:
            rows.pop()
        rows = [r for r in rows if r[1]]
        widths = Counter(len(r) for _, r in rows)
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        regular = times / len(rows) if width > 1 else 0.0
        found.append((regular, width, Head(rows, {"delimiter": delimiter})))
    found.sort(key=lambda f: (f[0] > 0, f[0] * f[1]), reverse=True)
    return narrow(file, [head for _, _, head in found])


def narrow(file: OpenedFile, heads: list[Head]) -> list[Head]:
    """Heads without the rows that are too wide to be looked at by every dataset.

    Raises
    ------
    InputError
        ``too_many_columns`` where no other row is there.
    """
    wide = next(((line, len(row)) for h in heads for line, row in h.rows if len(row) > WIDEST), None)
    if wide is None:
        return heads
    kept = [Head([r for r in h.rows if len(r[1]) <= WIDEST], h.notes) for h in heads]
    if not any(len(row) > 1 for h in kept for _, row in h.rows[:HEADER_ROWS]):
        raise InputError("too_many_columns", file=str(file.path), line=wide[0], found=wide[1], limit=WIDEST)
    return kept


def refuse_binary(file: OpenedFile) -> None:
    """Stop at a file that is no text; a stray NUL or two in a text are left out of its values."""
    if b"\x00" not in file.head or file.encoding.startswith("utf-16"):
        return
    controls = len(file.head) - len(file.head.translate(None, _CONTROLS))
    if controls > max(3, len(file.head) // 200):
        raise InputError("binary_file", file=str(file.path))


def header_of(heads: list[Head], layout: Layout) -> tuple[Head, int]:
    """The head whose rows match the layout best, and which of its rows is the header."""
    best: tuple[tuple[int, int], int, Head, int] | None = None
    for order, head in enumerate(heads):
        for place, (_, row) in enumerate(head.rows[:HEADER_ROWS]):
            score = (layout.matched(row), -order, head, place)
            if best is None or score[:2] > best[:2]:
                best = score
    if best is None:
        raise ValueError("no rows to look for a header in")
    return best[2], best[3]


def named(file: OpenedFile, layout: Layout, header: Sequence[str], line: int) -> list[str]:
    """The names of a header's columns.

    Raises
    ------
    InputError
        ``duplicated_header`` where a column that is wanted is there twice: which of the two is meant is not guessed.
    """
    names = layout.names(header)
    wanted = {*layout.columns, *layout.optional}
    for place, name in enumerate(names, 1):
        first, _, number = name.rpartition("_")
        if number.isdigit() and first in wanted and first in names and name not in wanted and not layout.exact:
            places = f"{names.index(first) + 1}, {place}"
            raise InputError(
                "duplicated_header", file=str(file.path), line=line, column=place, name=first, places=places
            )
    return names


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks; see :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``unclosed_quote``, ``damaged_quote``, ``long_cell``, ``wrong_encoding`` where it happens, with its line; ``no_header``.
    """
    heads = [h for h in peek(file) if h.rows]
    if layout.headerless:
        width = len(layout.columns)
        head = max(heads, key=lambda h: sum(len(r) == width for _, r in h.rows))
        names, skip = list(layout.columns), 0
        notes["header_line"] = ""
    else:
        head, place = header_of(heads, layout)
        line, header = head.rows[place]
        if layout.columns and not layout.matched(header)[0]:
            raise InputError("no_header", file=str(file.path))
        names, skip = named(file, layout, header, line), line
        notes |= {"header_line": str(line), **layout.unused(names)}
    notes |= {"encoding": file.encoding, "delimiter": DELIMITERS[head.notes["delimiter"]]}
    with Supply(file) as supply:
        for _ in islice(supply.lines(), skip):  # what stands above the header need not be a table
            pass
        kept = [*layout.columns, *layout.optional] if layout.only else None
        yield from _chunks(file, supply, head.notes["delimiter"], names, kept)


def _chunks(
    file: OpenedFile, supply: Supply, delimiter: str, names: list[str], kept: list[str] | None
) -> Iterator[Chunk]:
    csv.field_size_limit(LONGEST_CELL)
    chunks = Chunks(names, kept)
    error: csv.Error | UnicodeDecodeError | None = None
    while error is None:
        line = supply.line
        text = supply.rest(_BLOCK)
        if supply.ended and not supply.damaged:
            if not text:
                break
            text += b"" if text.endswith(b"\n") else b"\n"
        rows = regular.rows(text, delimiter, len(names), LONGEST_CELL)
        chunks.marked = file.misfits > 0
        if rows is not None:
            supply.pass_over(rows.taken, rows.ended)
            chunks.take_rows(rows, line)
        else:
            line, error = _careful(supply, delimiter, chunks)
        yield from chunks.full()
    yield from chunks.rest()
    if error is not None:
        raise _damage(file, error, line + 1, chunks.records) from None


def _careful(supply: Supply, delimiter: str, chunks: Chunks) -> tuple[int, csv.Error | UnicodeDecodeError | None]:
    """Some rows by ``csv``: how many lines were passed over with them, and the damage they end at."""
    gathered = Gathered(chunks.names)
    line, error = supply.line, None
    try:
        for row in csv.reader(supply.lines(), delimiter=delimiter, strict=True, skipinitialspace=True):
            first, line = line + 1, supply.line
            if not row or (len(row) == 1 and row[0].strip(" ") in ("", _END_OF_FILE)):
                continue
            chunks.records += 1
            gathered.add(chunks.records, first, row)
            if len(gathered) >= CHUNK:
                break
    except (csv.Error, UnicodeDecodeError) as damage:
        error = damage
    chunks.take(gathered.chunk())
    return line, error


def _damage(file: OpenedFile, error: Exception, line: int, record: int) -> InputError:
    said = str(error)
    if isinstance(error, UnicodeDecodeError):
        code = "wrong_encoding"
    elif "unexpected end of data" in said:
        code = "unclosed_quote"
    elif "field larger" in said:
        code = "long_cell"
    else:
        code = "damaged_quote"
    return InputError(code, file=str(file.path), line=line, records=record, encoding=file.encoding)


class Gathered:
    """Rows of texts on their way to a chunk; those of another width are rejected, an empty cell too many is not one."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._rows: list[list[str]] = []
        self._records: list[int] = []
        self._lines: list[int] = []
        self._rejects: list[Rejected] = []

    def __len__(self) -> int:
        return len(self._rows) + len(self._rejects)

    def add(self, record: int, line: int, row: list[str]) -> None:
        """Take one record."""
        width = len(self._names)
        if len(row) < width or any(row[width:]):
            self._rejects.append(ragged(record, line, row, width))
            return
        self._rows.append(row[:width] if len(row) > width else row)
        self._records.append(record)
        self._lines.append(line)

    def chunk(self) -> Chunk:
        """What was gathered, as columns."""
        with no_collecting():
            columns: list[Sequence[str]] = list(zip(*self._rows, strict=True)) or [()] * len(self._names)
            arrays = [pa.array(c, pa.string()) for c in columns]
            return Chunk(tabled(self._names, arrays, self._records, self._lines), rejected(self._rejects))


class Chunks:
    """Pieces of any size on their way to chunks of equal size, so that what a chunk says once is said once."""

    def __init__(self, names: list[str], kept: list[str] | None) -> None:
        self.names = names
        self.records = 0
        self._kept = None if kept is None or set(names) <= set(kept) else [n for n in _free(names) if n in kept]
        self._tables: list[pa.Table] = []
        self._rejects: list[pa.Table] = []
        self._waiting = 0
        self._size = 0
        self.marked = False

    def take(self, piece: Chunk) -> None:
        """Take a piece."""
        if self.marked:
            piece = _fitting(piece)
        self._tables.append(piece.table)
        self._rejects.append(piece.rejects)
        self._waiting += piece.read

    def take_rows(self, rows: regular.Rows, line: int) -> None:
        """Take rows that begin after so many lines."""
        table = tabled(self.names, rows.columns, rows.records + (self.records + 1), rows.lines + (line + 1))
        wrong = [ragged(self.records + 1 + n, line + 1 + at, row, len(self.names)) for n, at, row in rows.ragged]
        self.records += rows.found
        self.take(Chunk(table, rejected(wrong)))

    def full(self) -> Iterator[Chunk]:
        """Every whole chunk: more records where they are short, so that what they repeat is said less often."""
        if self._waiting < CHUNK:
            return
        if not self._size:
            each = max(1, sum(t.nbytes for t in self._tables) // self._waiting)
            self._size = min(max(CHUNK, CHUNK_BYTES // each), 4 * CHUNK)
        if self._waiting < self._size:
            return
        table, rejects = pa.concat_tables(self._tables), pa.concat_tables(self._rejects)
        start = 0
        while table.num_rows - start >= self._size:
            part = table.slice(start, self._size)
            start += self._size
            before = pc.less(rejects.column("record"), part.column("record")[-1])
            yield self._made(part, rejects.filter(before))
            rejects = rejects.filter(pc.invert(before))
        rest = table.slice(start)
        if rest.num_rows + rejects.num_rows >= self._size:
            yield self._made(rest, rejects)
            rest, rejects = rest.slice(0, 0), rejects.slice(0, 0)
        self._tables, self._rejects, self._waiting = [rest], [rejects], rest.num_rows + rejects.num_rows

    def rest(self) -> Iterator[Chunk]:
        """What is left, as the last chunk."""
        if self._waiting:
            yield self._made(pa.concat_tables(self._tables), pa.concat_tables(self._rejects))

    def _made(self, table: pa.Table, rejects: pa.Table) -> Chunk:
        table = table.combine_chunks()
        if self._kept is None:
            return Chunk(table, rejects)
        return Chunk(table.select([*self._kept, "record", "line"]), rejects, tuple(fingerprints_of(table)))


def _fitting(piece: Chunk) -> Chunk:
    """A piece without its rows that hold a byte that does not fit the encoding: rejected, each with its line."""
    table = piece.table
    texts = [table.column(n) for n in table.column_names if n not in ("record", "line")]
    if not table.num_rows or not texts:
        return piece
    marks = pc.match_substring(pc.binary_join_element_wise(*texts, ""), MISFIT)
    wrong: list[Rejected] = []
    for row in table.filter(marks).to_pylist():
        record, line = row.pop("record"), row.pop("line")
        column = next(name for name, text in row.items() if MISFIT in text)
        raw = " | ".join(row.values()).replace(MISFIT, "\ufffd")[:2000]
        wrong.append((record, line, column, raw, "bad_byte", {}))
    return Chunk(table.filter(pc.invert(marks)), pa.concat_tables([piece.rejects, rejected(wrong)]))


Numbers = Sequence[int] | npt.NDArray[np.int64]
Rejected = tuple[int, int, str, str, str, dict[str, object]]


def ragged(record: int, line: int, row: list[str], width: int) -> Rejected:
    """A row of another width than the header, for :func:`vinculo.ingest.formats.rejected`."""
    return record, line, "", " | ".join(row)[:2000], "ragged", {"found": len(row), "wanted": width}


def tabled(names: list[str], columns: Sequence[pa.Array], records: Numbers, lines: Numbers) -> pa.Table:
    """Columns of texts with the number and the line of each record."""
    arrays = [*columns, pa.array(records, pa.int64()), pa.array(lines, pa.int64())]
    return pa.table(arrays, names=[*_free(names), "record", "line"])


def _free(names: list[str]) -> list[str]:
    # a file's own "record" and "line" make way for ours
    return [f"{n}_" if n in ("record", "line") else n for n in names]


FORMAT = Format("table", Text("Delimited text", "Texto delimitado"), (".csv", ".tsv", ".txt", ".psv"), peek, reads)
