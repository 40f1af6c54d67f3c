"""Delimited text: commas, semicolons, tabs or pipes between, quotes around, in any encoding.

Python's ``csv`` in strict mode reads it: an unclosed quote is an error there, where others take the rest of the file for
one cell. Rows become columns by ``zip``, not cell by cell.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import pyarrow as pa

from vinculo.graph.errors import InputError
from vinculo.graph.facts import UNIT
from vinculo.graph.text import Text
from vinculo.ingest.cells import no_collecting
from vinculo.ingest.formats import CHUNK, HEADER_ROWS, Chunk, Format, Head, Layout, fingerprint, rejected
from vinculo.ingest.formats.opened import OpenedFile

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
#: A longer cell is damage (most often a quote that is never closed), not text.
LONGEST_CELL = 1_000_000
_END_OF_FILE = "\x1a"  # DOS programs end a text file with it


def peek(file: OpenedFile) -> list[Head]:
    """The first rows by each delimiter that divides them, the most regular first."""
    refuse_binary(file)
    text = file.head.decode(file.encoding, errors="replace").removeprefix("\ufeff")
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
    return [head for _, _, head in found]


def refuse_binary(file: OpenedFile) -> None:
    """Stop at a file that is no text."""
    if b"\x00" in file.head and not file.encoding.startswith("utf-16"):
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
        names, skip = layout.names(header), line
        notes["header_line"] = str(line)
    notes |= {"encoding": file.encoding, "delimiter": DELIMITERS[head.notes["delimiter"]]}
    with file.text() as lines:
        kept = [*layout.columns, *layout.optional] if layout.only else None
        yield from _chunks(file, lines, head.notes["delimiter"], names, skip, kept)


def _chunks(
    file: OpenedFile, lines: io.TextIOWrapper, delimiter: str, names: list[str], skip: int, kept: list[str] | None
) -> Iterator[Chunk]:
    # what stands above the header need not be a table: it is passed over line by line, not parsed
    for _ in islice(lines, skip):
        pass
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    csv.field_size_limit(LONGEST_CELL)
    record, last = 0, skip
    gathered = Gathered(names, kept)
    while True:
        try:
            with no_collecting():
                for row in reader:
                    line, last = last + 1, skip + reader.line_num
                    if not row or (len(row) == 1 and row[0].strip(" ") in ("", _END_OF_FILE)):
                        continue
                    record += 1
                    gathered.add(record, line, row)
                    if len(gathered) >= CHUNK:
                        break
                else:
                    if len(gathered):
                        yield gathered.chunk()
                    return
        except (csv.Error, UnicodeDecodeError) as error:
            if len(gathered):
                yield gathered.chunk()
            raise _damage(file, error, last + 1, record) from None
        yield gathered.chunk()
        gathered = Gathered(names, kept)


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

    def __init__(self, names: list[str], kept: list[str] | None = None) -> None:
        self._names = names
        self._kept = range(len(names)) if kept is None else [at for at, name in enumerate(names) if name in kept]
        self._rows: list[list[str]] = []
        self._records: list[int] = []
        self._lines: list[int] = []
        self._rejects: list[tuple[int, int, str, str, str, dict[str, object]]] = []

    def __len__(self) -> int:
        return len(self._rows) + len(self._rejects)

    def add(self, record: int, line: int, row: list[str]) -> None:
        """Take one record."""
        width = len(self._names)
        if len(row) != width:
            if len(row) < width or any(row[width:]):
                blanks: dict[str, object] = {"found": len(row), "wanted": width}
                self._rejects.append((record, line, "", " | ".join(row)[:2000], "ragged", blanks))
                return
            row = row[:width]
        self._rows.append(row)
        self._records.append(record)
        self._lines.append(line)

    def chunk(self) -> Chunk:
        """What was gathered, as columns."""
        with no_collecting():
            if len(self._kept) == len(self._names):
                columns: list[Sequence[str]] = list(zip(*self._rows, strict=True)) or [()] * len(self._names)
                marks = None
            else:
                columns = [[row[at] for row in self._rows] for at in self._kept]
                marks = tuple(fingerprint(UNIT.join(row)) for row in self._rows)
            arrays = [pa.array(c, pa.string()) for c in columns]
            table = pa.table(
                [*arrays, pa.array(self._records, pa.int64()), pa.array(self._lines, pa.int64())],
                names=[*_free([self._names[at] for at in self._kept]), "record", "line"],
            )
            return Chunk(table, rejected(self._rejects), marks)


def _free(names: list[str]) -> list[str]:
    # a file's own "record" and "line" make way for ours
    return [f"{n}_" if n in ("record", "line") else n for n in names]


FORMAT = Format("table", Text("Delimited text", "Texto delimitado"), (".csv", ".tsv", ".txt", ".psv"), peek, reads)
