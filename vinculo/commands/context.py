"""Chapter *load*: published figures and exchange rates, kept beside the graph."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from vinculo.command import command
from vinculo.commands.load import tell_report
from vinculo.console import Console
from vinculo.faults import told
from vinculo.graph.errors import EnvironmentProblem, InputError, UsageError
from vinculo.graph.text import has, say
from vinculo.graph.whole import whole

if TYPE_CHECKING:
    import pyarrow as pa

    from vinculo.graph.context import Kept
    from vinculo.graph.store import Store
    from vinculo.ingest.context import ContextTable

#: How many values each action of ``rates`` takes, at least and at most.
_VALUES = {None: (0, 0), "load": (1, 10_000), "use": (1, 1), "convert": (3, 4)}
#: Rows that a person is shown where no number is given.
_FEW = 20


@command
@click.argument("name", required=False, metavar="NAME")
@click.option("--where", "where", multiple=True, metavar="CONDITION")
@click.option("--summable", is_flag=True)
@click.option("--format", "format_", type=click.Choice(["csv", "json"]))
@click.option("--output", metavar="FILE")
@click.option("--limit", type=click.IntRange(1), metavar="N")
def context(
    console: Console,
    name: str | None,
    where: tuple[str, ...],
    summable: bool,
    format_: str | None,
    output: str | None,
    limit: int | None,
) -> None:
    """List the tables of published figures, or read one."""
    from vinculo.graph.context import kept_tables

    if name is None:
        with console.open() as store:
            _list(console, kept_tables(store))
        return
    from vinculo.ingest.context.reading import described, read_context

    table = described(name)
    with console.open() as store:
        kept = kept_tables(store, name)
        rows = read_context(store, name, where, summable=summable)
    if format_ is None and output is None and not console.as_json:
        _tell(console, table, kept, rows, limit)
        return
    rows = rows if limit is None else rows.slice(0, limit)
    if output is None:
        _write(sys.stdout, table, rows, "json" if console.as_json else format_ or "csv")
        return
    path = Path(output)
    as_json = format_ == "json" or (format_ is None and path.suffix in (".json", ".jsonl"))
    try:
        # with its mark, so that Excel reads it as UTF-8
        encoding = "utf-8" if as_json else "utf-8-sig"
        with whole(path) as part, part.open("w", encoding=encoding, newline="") as out:
            _write(out, table, rows, "json" if as_json else "csv")
    except OSError as problem:
        raise EnvironmentProblem("export_unwritable", file=output, reason=problem.strerror or "") from None
    console.emit({"file": output, "rows": rows.num_rows})
    console.say("cli.context.written", file=output, rows=f"{rows.num_rows:,}")


def _list(console: Console, kept: list[Kept]) -> None:
    from vinculo.ingest.context import context_tables

    shown = []
    for table in context_tables().values():
        own = [k for k in kept if k.source.dataset == table.name]
        files = [
            {"file": k.source.file, "sha256": k.source.sha256, "synthetic": k.source.synthetic, **k.counts} for k in own
        ]
        console.emit(
            {
                "name": table.name,
                "title": table.title._asdict(),
                "description": table.description._asdict(),
                "publisher": table.publisher,
                "licence": table.licence,
                "url": table.url,
                "kept": files,
            }
        )
        loaded = sum(k.counts.get("loaded", 0) for k in own)
        shown.append((table.name, len(own) or None, loaded if own else None, table.title.into()))
    console.table(("table", "files", "records", "title"), shown, numbers=(1, 2), cut=True)


def _tell(console: Console, table: ContextTable, kept: list[Kept], rows: pa.Table, limit: int | None) -> None:
    console.line(table.title.into())
    console.line(table.description.into())
    terms = [t for t in (table.publisher, table.licence, table.url) if t]
    if terms:
        console.line(" · ".join(terms))
    if not kept:
        console.say("cli.context.none")
        return
    console.line()
    some = rows.slice(0, limit or _FEW)
    units = {n: _unit(table, n) for n in rows.column_names}
    for number, row in enumerate(some.to_pylist()):
        if number:
            console.line()
        for column, value in row.items():
            if value not in ("", None) and column not in ("sha256", "line"):
                unit = f" {units[column]}" if units[column] else ""
                console.line(f"{column}: {_row(value) if column == 'row' else value}{unit}")
    console.line()
    marks = [m for m in rows.column("row").to_pylist() if m]
    console.say("cli.context.shown", shown=f"{some.num_rows:,}", total=f"{rows.num_rows:,}", marked=f"{len(marks):,}")


def _row(mark: str) -> str:
    return say(f"cli.context.row.{mark}")


def _unit(table: ContextTable, column: str) -> str:
    known = table.described.get(column)
    unit = known.unit if known and not known.unit.startswith("[") else ""
    return say(f"context.unit.{unit}") if has(f"context.unit.{unit}") else unit


def _write(out: TextIO, table: ContextTable, rows: pa.Table, form: str) -> None:
    import json

    from vinculo.ingest.context.reading import numbers
    from vinculo.ingest.rejects import inert

    names = rows.column_names
    if form == "csv":
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(inert(n) for n in names)
        figures = {n for n in names if numbers(table, n, rows.column(n)) is not None} if rows.num_rows else set()
        for row in _rows(rows):
            writer.writerow(
                v if isinstance(v, int) or n in figures else inert(v) for n, v in zip(names, row, strict=True)
            )
        return
    typed = {
        n: [_whole(v) for v in made.to_pylist()]
        for n in names
        if (made := numbers(table, n, rows.column(n))) is not None
    }
    for place, row in enumerate(_rows(rows)):
        told_row = {n: typed[n][place] if n in typed else v for n, v in zip(names, row, strict=True)}
        out.write(json.dumps(told_row, ensure_ascii=False) + "\n")


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def _rows(rows: pa.Table) -> Iterable[tuple[Any, ...]]:
    return zip(*(c.to_pylist() for c in rows.columns), strict=True)


@command
@click.argument("action", required=False, type=click.Choice(["load", "use", "convert"]), metavar="ACTION")
@click.argument("values", nargs=-1, metavar="VALUE...")
def rates(console: Console, action: str | None, values: tuple[str, ...]) -> int:
    """Exchange rates: list them, load files of them, choose a currency, convert one amount."""
    least, most = _VALUES[action]
    if not least <= len(values) <= most:
        raise UsageError("rates_values")
    if action == "load":
        return _load(console, values)
    if action == "use":
        _use(console, values[0])
    elif action == "convert":
        _convert(console, *values)
    else:
        _list_rates(console)
    return 0


def _load(console: Console, files: tuple[str, ...]) -> int:
    from vinculo.ingest.context.keeping import context_of, keep
    from vinculo.ingest.formats.opened import open_file
    from vinculo.ingest.gathering import gathered

    code = 0
    with console.open(write=True) as store, gathered(files) as meant:
        for found in meant:
            try:
                if isinstance(found, InputError):
                    raise found
                file = open_file(found.path, console.progress, found.shown if found.shown != found.path else None)
                known = context_of(file) or context_of(file, "exchange_rates")
                if known is None or not known[0].rates:
                    raise InputError("not_rates", file=str(found.shown))
                report = keep(store, file, *known, synthetic=file.synthetic, progress=console.progress)
                tell_report(console, report.as_json())
                _tell_newest(console, store, report.dataset, report.sha256)
            except (InputError, UsageError) as problem:
                said = told(problem, as_json=console.as_json)
                code = code or said
    return code


def _tell_newest(console: Console, store: Store, dataset: str, sha256: str) -> None:
    """One of its rates as a sentence: a table that was read the wrong way round is seen here."""
    import pyarrow.compute as pc

    from vinculo.graph.context import rows_of
    from vinculo.graph.types import Source

    rows = rows_of(store, Source(dataset, sha256))
    if rows.num_rows:
        newest = rows.filter(pc.equal(rows.column("date"), pc.max(rows.column("date")))).to_pylist()
        row = next((r for r in newest if "USD" in (r["base"], r["currency"])), newest[0])
        blanks = {k: row[k] for k in ("units", "base", "rate", "currency")}
        console.say("cli.rates.newest", day=row["date"], said=say("rates.rate", **blanks))


def _use(console: Console, code: str) -> None:
    from vinculo.graph.currencies import known_currency
    from vinculo.graph.rates import choose_currency

    chosen = "" if code.lower() in ("none", "ninguna") else code.upper()
    if chosen and not known_currency(chosen):
        raise UsageError("unknown_currency", currency=code)
    with console.open(write=True) as store:
        choose_currency(store, chosen)
    console.emit({"currency": chosen})
    console.say("cli.rates.used" if chosen else "cli.rates.unused", code=chosen)


def _convert(console: Console, amount: str, code: str, day: str, target: str = "") -> None:
    from vinculo.graph.rates import load_rates

    try:
        given = Decimal(amount)
    except InvalidOperation:
        raise UsageError("bad_amount", amount=amount) from None
    with console.open() as store:
        known = load_rates(store, target.upper())
    if not known.target:
        raise UsageError("no_target_currency")
    made = known.convert(given, code.upper(), day)
    console.emit(made.as_json())
    console.line(made.told() or f"{amount} {code.upper()}")


def _list_rates(console: Console) -> None:
    import pyarrow.compute as pc

    from vinculo.graph.rates import load_rates

    with console.open() as store:
        known = load_rates(store)
    rows = []
    for place, source in enumerate(known.files):
        own = known.table.filter(pc.equal(known.table.column("place"), place))
        days = pc.min_max(own.column("date")).as_py()
        codes = sorted({*pc.unique(own.column("base")).to_pylist(), *pc.unique(own.column("currency")).to_pylist()})
        made = {
            "dataset": source.dataset,
            "file": source.file,
            "sha256": source.sha256,
            "rates": own.num_rows,
            "first": days["min"],
            "last": days["max"],
            "currencies": codes,
            "chosen": known.target,
        }
        console.emit(made)
        rows.append((source.dataset, source.file, own.num_rows, days["min"], days["max"], len(codes)))
    if rows:
        console.table(("dataset", "file", "rates", "first_day", "last_day", "currencies"), rows, numbers=(2, 5))
    else:
        console.say("cli.rates.none")
    console.say("cli.rates.used" if known.target else "cli.rates.unused", code=known.target)
