"""Excel workbooks: every sheet with the header that is looked for, cells as the texts a person sees for them.

Numbers keep their digits (an integer has no ``.0``, a code typed as text keeps its zeros), dates become ISO. Title rows above
the header, merged or not, are passed over.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

from vinculo.graph.errors import InputError, VinculoError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, HEADER_ROWS, Chunk, Format, Head, Layout
from vinculo.ingest.formats.limits import RATIO, is_bomb
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.formats.table import Gathered, header_of, named, narrow

#: Unpacked size beyond which a workbook is taken for an attack.
LARGEST = 4 << 30
#: Memory for texts that cells share; openpyxl keeps them all.
SHARED = 256 << 20
#: Rows of a sheet in Excel; a higher number in a file would have openpyxl count up to it.
ROWS = 1 << 20
_PIECE = 1 << 20
_EACH = 80  # bytes that a text takes in memory beside its characters
_MARK = 16


def cell_text(value: Any) -> str:
    """A cell as text, nothing lost.

    Examples
    --------
    >>> cell_text(7.0), cell_text("01"), cell_text(datetime(2024, 1, 2)), cell_text(0.1), cell_text(None)
    ('7', '01', '2024-01-02', '0.1', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{Decimal(repr(value)):f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()[:19]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _sheets(file: OpenedFile) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    # loading openpyxl takes a while, and few files are workbooks
    from vinculo.ingest.formats.workbook import open_workbook

    try:
        with file.bytes() as packed:
            if not zipfile.is_zipfile(packed):
                raise InputError("damaged_workbook", file=str(file.path), reason="not a zip file")
            packed.seek(0)
            _refuse_attacks(file, packed)
            packed.seek(0)
            book = open_workbook(packed)
            try:
                for sheet in book.worksheets:
                    yield sheet.title, _filled(sheet)
            finally:
                book.close()
    except VinculoError:
        raise
    except Exception as error:
        # openpyxl says what is wrong with a workbook by whatever error it runs into
        raise InputError("damaged_workbook", file=str(file.path), reason=_said(error)) from None


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _refuse_attacks(file: OpenedFile, packed: BinaryIO) -> None:
    """Unpack every part once, keeping nothing: is it whole, how large is it, does it declare a document type?

    openpyxl reads sheets by the standard library's parser, which expands entities.
    """
    total = 0
    with zipfile.ZipFile(packed) as parts:
        for part in parts.infolist():
            size, texts, before = 0, 0, b""
            with parts.open(part) as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if is_bomb(size, part.compress_size):
                        raise InputError("archive_ratio", file=str(file.path), limit=RATIO)
                    if total + size > LARGEST:
                        raise InputError("workbook_too_large", file=str(file.path))
                    if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
                        continue  # a picture or an attachment, which nobody parses
                    before = before[-_MARK:] + (piece if b"\x00" not in piece else piece.replace(b"\x00", b""))
                    texts += piece.count(b"<si")
                    if part.filename.lower().endswith("sharedstrings.xml") and size + _EACH * texts > SHARED:
                        raise InputError("workbook_texts", file=str(file.path))
                    if b"<!DOCTYPE" in before or b"<!ENTITY" in before:
                        raise InputError("unsafe_xml", file=str(file.path))
            total += size


class _DamagedRow(Exception):
    """openpyxl cannot go on behind a row."""


def _filled(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    # the size a workbook states may be wrong; without it every row is read as long as it is
    line = 0
    try:
        sheet.reset_dimensions()
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if line > ROWS:
                raise ValueError(f"a row with a number above {ROWS}")
            width = len(row)
            while width and row[width - 1] is None:  # a format in the last column makes every row as wide as the sheet
                width -= 1
            texts = [cell_text(c) for c in row[:width]]
            if any(t.strip() for t in texts):
                yield line, texts
    except Exception as error:
        raise _DamagedRow(line, _said(error)) from None


def peek(file: OpenedFile) -> list[Head]:
    """The first rows of every sheet."""
    heads = []
    for title, rows in _sheets(file):
        head = Head([], {"sheet": title})
        try:
            for row in rows:
                head.rows.append(row)
                if len(head.rows) >= HEADER_ROWS + 10:
                    break
        except _DamagedRow as error:
            if not head.rows:
                raise InputError("damaged_workbook", file=str(file.path), reason=error.args[1]) from None
        heads.append(head)
    return narrow(file, heads)


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records of all sheets whose header matches best, numbered through; see :class:`vinculo.ingest.formats.Format`."""
    heads = [h for h in peek(file) if h.rows]
    if not heads:
        raise InputError("empty_file", file=str(file.path))
    best, place = header_of(heads, layout)
    wanted = named(file, layout, best.rows[place][1], best.rows[place][0])
    if layout.columns and not layout.matched(best.rows[place][1])[0]:
        raise InputError("no_header", file=str(file.path))
    record = 0
    taken = []
    for title, rows in _sheets(file):
        head = next((h for h in heads if h.notes["sheet"] == title), None)
        at = next((line for line, row in head.rows if layout.names(_cut(row)) == _cut(wanted)), None) if head else None
        if at is None:
            continue
        taken.append(title)
        notes |= {"sheet": ", ".join(taken), "header_line": str(at), "encoding": "xlsx", **layout.unused(wanted)}
        gathered = Gathered(_cut(wanted))
        error: InputError | None = None
        try:
            for line, row in rows:
                if line <= at:
                    continue
                record += 1
                width = len(_cut(wanted))
                gathered.add(record, line, row + [""] * (width - len(row)))
                if len(gathered) >= CHUNK:
                    yield gathered.chunk()
                    gathered = Gathered(_cut(wanted))
        except _DamagedRow as damage:
            line, reason = damage.args
            error = InputError("damaged_row", file=str(file.path), line=line, reason=reason, records=record)
        if len(gathered):
            yield gathered.chunk()
        if error is not None:
            raise error


def _cut(row: list[str]) -> list[str]:
    """A header without the empty cells that merged titles and formats leave behind it."""
    width = len(row)
    while width and (not row[width - 1].strip() or row[width - 1] == f"column {width}"):
        width -= 1
    return row[:width]


FORMAT = Format("xlsx", Text("Excel workbook", "Libro de Excel"), (".xlsx", ".xlsm"), peek, reads)
