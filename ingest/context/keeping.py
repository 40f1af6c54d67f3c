"""A file of published figures on its way into the store: recognised, checked row by row, kept whole beside the graph.

Every record is loaded, a duplicate within the file, or rejected with its line; a file that is kept already changes nothing. What
goes wrong before the end leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.context import Kept, bodies, told
from vinculo.graph.currencies import known_currency
from vinculo.graph.errors import Cancelled, EnvironmentProblem, InputError
from vinculo.graph.store import Store
from vinculo.graph.text import say
from vinculo.graph.types import REJECT_SCHEMA, Source
from vinculo.ingest.clean.dates import date
from vinculo.ingest.context import OWN, SORTS, Column, ContextTable, context_tables
from vinculo.ingest.formats import HEADER_ROWS, Chunk, Format, rejected
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.formats.table import Rejected
from vinculo.ingest.recognise import format_of
from vinculo.ingest.rejects import write_rejects
from vinculo.ingest.report import COUNTS, FileReport, Progress

#: Readers of one content under several names.
_CONTENT = {"xlsx": "table", "jsonl": "json"}
_RAW = 2_000


def context_of(file: OpenedFile, name: str | None = None) -> tuple[ContextTable, Format] | None:
    """The context table a file is one of, by its header, and its reader; ``None`` where it is none of them.

    Parameters
    ----------
    file : OpenedFile
    name : str, optional
        What the caller knows it to be.

    Raises
    ------
    InputError
        ``missing_columns``: it is not what it is said to be.
    """
    reader = format_of(file)
    content = _CONTENT.get(reader.name, reader.name)
    heads = reader.peek(file)
    for table in [context_tables()[name]] if name else context_tables().values():
        if table.format != content:
            continue
        if any(table.fits(row, sure=name is not None) for head in heads for _, row in head.rows[:HEADER_ROWS]):
            return table, reader
    if name:
        wanted = ", ".join(context_tables()[name].layout.columns)
        raise InputError("missing_columns", file=str(file.path), dataset=name, columns=wanted)
    return None


def keep(
    store: Store,
    file: OpenedFile,
    table: ContextTable,
    reader: Format,
    *,
    synthetic: bool = False,
    progress: Progress | None = None,
) -> FileReport:
    """Keep a file as a context table; returns what became of its records.

    Raises
    ------
    InputError, StoreError, EnvironmentProblem, Cancelled
        Nothing of the file is kept.
    """
    source = Source(table.name, file.sha256, file.name, synthetic)
    report = FileReport(str(file.path), file.sha256, table.name, synthetic=synthetic, notes={"kept_as": "context"})
    if (head := store.contexts().get(source.key)) is not None:
        counts = told(head).counts
        for name in ("read", "duplicate_in_file", "rejected"):
            setattr(report, name, counts.get(name, 0))
        report.already_there = report.read - report.duplicate_in_file - report.rejected
        report.run = _run_of(store, source)
        return report
    pieces: list[pa.Table] = []
    rejects = [REJECT_SCHEMA.empty_table()]
    try:
        for some, wrong in _checked(file, table, reader, report, progress):
            pieces.append(some)
            rejects.append(wrong)
    except (KeyboardInterrupt, Cancelled):
        raise Cancelled("interrupted", file=str(file.path), records=0) from None
    _end_killed_runs(store, source)
    run = store.begin_run(source)
    counts = report.counts()
    store.save_context(
        source, bodies(Kept(source, table.rates, counts, report.notes), pieces, pa.concat_tables(rejects))
    )
    store.finish_run(run, "done", counts)
    report.run = run
    _warn(table, report, pieces)
    with suppress(EnvironmentProblem):
        written = write_rejects(source, rejects)
        report.rejects_file = str(written) if written else None
    return report


def _run_of(store: Store, source: Source) -> int | None:
    """The run that kept it, closed where it was killed before it could say so."""
    found = None
    for run in store.runs():
        if run.source.key == source.key and run.status != "withdrawn":
            found = run.number
            if run.status == "running":
                store.finish_run(run.number, "done", told(store.contexts()[source.key]).counts)
    return found


def _end_killed_runs(store: Store, source: Source) -> None:
    """Runs that were cut off before anything was kept."""
    for run in store.runs():
        if run.source.key == source.key and run.status == "running":
            store.finish_run(run.number, "interrupted", dict.fromkeys(COUNTS, 0))


def _warn(table: ContextTable, report: FileReport, pieces: list[pa.Table]) -> None:
    rows = sum(piece.num_rows for piece in pieces)
    for column, share in table.filled.items():
        texts = (pc.utf8_trim_whitespace(piece.column(column)) for piece in pieces)
        there = rows - sum(pc.sum(pc.is_in(t, pa.array(table.missing))).as_py() or 0 for t in texts)
        if there < share * rows:
            blanks = {"column": column, "found": f"{100 * there // rows}", "expected": f"{100 * share:.0f}"}
            report.warnings.append(say("context.few_filled", **blanks))
    if report.read < table.minimum_records:
        report.warnings.append(say("ingest.few_records", read=report.read, expected=table.minimum_records))
    if table.page and report.read and report.read % table.page == 0:
        report.warnings.append(say("context.one_page", read=f"{report.read:,}"))


def _checked(
    file: OpenedFile, table: ContextTable, reader: Format, report: FileReport, progress: Progress | None
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Rows that can be kept and records that cannot, piece by piece; counted in the report."""
    seen: set[bytes] = set()
    for chunk in reader.reads(file, table.layout, report.notes):
        texts, duplicates = _new(table, _as_texts(table, chunk), seen)
        sheet = report.notes.get("sheet", "").rpartition(", ")[2]
        rows = table.prepare(texts, sheet) if table.prepare else texts
        wrong = _wrong(table, rows)
        bad = {r[0] for r in wrong}
        good = rows.filter(pc.invert(pc.is_in(rows.column("record"), pa.array(sorted(bad), pa.int64()))))
        read = rows.num_rows if table.unfolds else chunk.read
        report.read += read
        report.duplicate_in_file += duplicates
        report.rejected += chunk.rejects.num_rows + len(bad)
        report.loaded += read - duplicates - chunk.rejects.num_rows - len(bad)
        if progress:
            lines = texts.column("line")
            progress("ingest", (lines[-1].as_py() if len(lines) else 0) or report.read, file.lines)
        yield good, pa.concat_tables([chunk.rejects, rejected(wrong)])
    if report.read != sum(getattr(report, name) for name in COUNTS[1:5]):
        raise AssertionError(f"{report.file}: {report.read} records were read, others accounted for")


def _as_texts(table: ContextTable, chunk: Chunk) -> pa.Table:
    """A chunk with our names for its columns, every cell a text."""
    made = chunk.table
    own = [n for n in made.column_names if n not in ("record", "line")]
    columns = {}
    taken = {*OWN, *(c.name for c in table.described.values() if c.derived)}
    names = table.layout.names(own) if table.format == "json" else own
    for name, column in zip((f"{n}_" if n in taken else n for n in names), own, strict=True):
        cells = made.column(column)
        if pa.types.is_list(cells.type):
            listed = [None if c is None else json.dumps(c, ensure_ascii=False) for c in cells.to_pylist()]
            cells = pa.array(listed, pa.string())
        columns[name] = pc.fill_null(cells, "")
    for needed in table.layout.columns:
        columns.setdefault(needed, pa.array([""] * made.num_rows, pa.string()))
    return pa.table({**columns, "record": made.column("record"), "line": made.column("line")})


def _new(table: ContextTable, texts: pa.Table, seen: set[bytes]) -> tuple[pa.Table, int]:
    """Rows that come for the first time, where a row cannot be there twice; and how many do not."""
    if not table.key or table.unfolds:
        return texts, 0
    first: npt.NDArray[np.bool_] = np.ones(texts.num_rows, np.bool_)
    for place, mark in enumerate(fingerprints_of(texts)):
        first[place] = mark not in seen
        seen.add(mark)
    return texts.filter(pa.array(first)), int(len(first) - first.sum())


def _wrong(table: ContextTable, rows: pa.Table) -> list[Rejected]:
    """The records of a piece that do not hold what they should, each with the first column that is to blame."""
    found: dict[int, Rejected] = {}
    made = {c.name for c in table.described.values() if c.derived} if not table.rates else set()
    own = [n for n in rows.column_names if n not in made]
    for column in table.described.values():
        if column.name not in rows.column_names:
            continue
        texts = pc.utf8_trim_whitespace(rows.column(column.name))
        absent = pc.is_in(texts, pa.array(table.missing))
        bad = pc.and_not(pc.invert(_fitting(column, texts)), absent)
        for mask, code in ((absent, "needed"), (bad, "unreadable")):
            if code == "needed" and not column.needed:
                continue
            for row in rows.select(own).filter(mask).to_pylist():
                _blame(found, row, column, code)
    return [found[record] for record in sorted(found)]


def _blame(found: dict[int, Rejected], row: dict[str, Any], column: Column, code: str) -> None:
    record, line = row.pop("record"), row.pop("line")
    if record in found:
        return
    raw = row.get(column.name, "")
    blanks = {"column": column.name, "raw": raw[:200], "type": column.sort}
    found[record] = (record, line, column.name, " | ".join(row.values())[:_RAW], code, blanks)


def _fitting(column: Column, texts: pa.ChunkedArray) -> Any:
    """Which texts are what the column holds."""
    pattern = SORTS[column.sort]
    if not pattern:
        return pc.is_valid(texts)
    fits = pc.match_substring_regex(texts, f"^({pattern})$")
    tests: dict[str, Callable[[str], bool]] = {
        "date": lambda t: date(t) is not None,
        "currency": known_currency,
        "rate": lambda t: float(t) > 0,
    }
    if (test := tests.get(column.sort)) is not None:
        known = [t for t in pc.unique(texts.filter(fits)).to_pylist() if test(t)]
        fits = pc.and_(fits, pc.is_in(texts, pa.array(known, pa.string())))
    return fits
