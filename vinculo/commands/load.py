"""Chapter *load*: datasets, ingest, runs, publish, withdraw."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import click

from vinculo.command import command
from vinculo.console import Console
from vinculo.faults import told
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.text import has, say
from vinculo.graph.types import Run, Source

#: Shortest beginning of a sha256 that names a file.
_PREFIX = 6


@command
@click.argument("name", required=False, metavar="NAME")
def datasets(console: Console, name: str | None) -> None:
    """List the datasets Vinculo recognises, or tell one in full."""
    from vinculo.ingest.recognise import datasets as all_datasets

    known = all_datasets()
    if name is not None and name not in known:
        raise UsageError("unknown_dataset", dataset=name)
    for each in [known[name]] if name else known.values():
        console.emit(
            {
                "name": each.name,
                "title": each.title._asdict(),
                "description": each.description._asdict(),
                "publisher": each.publisher,
                "licence": each.licence,
                "url": each.url,
                "format": each.format,
                "columns": list(each.columns),
                "optional": list(each.optional),
            }
        )
    if name:
        each = known[name]
        told = {
            "title": each.title.into(),
            "description": each.description.into(),
            "publisher": each.publisher,
            "licence": each.licence,
            "address": each.url,
            "format": each.format,
            "columns": ", ".join(each.columns),
            "optional": ", ".join(each.optional),
        }
        console.table(("field", "value"), [(say(f"cli.field.{k}"), v) for k, v in told.items() if v])
    else:
        console.table(
            ("dataset", "format", "title", "publisher"),
            [(d.name, d.format, d.title.into(), d.publisher) for d in known.values()],
            cut=True,
        )


@command
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--dataset", metavar="NAME")
@click.option("--mapping", metavar="FILE")
@click.option("--synthetic", is_flag=True)
@click.option("--no-suggest", is_flag=True)
def ingest(
    console: Console,
    files: tuple[str, ...],
    dataset: str | None,
    mapping: str | None,
    synthetic: bool,
    no_suggest: bool,
) -> int:
    """Load files; each record ends in exactly one disposition."""
    from vinculo.ingest.gathering import gathered
    from vinculo.ingest.load import ingest_each

    code = 0
    told_of: dict[str, Any] = {}
    with console.open(write=True) as store, gathered(files) as meant:
        try:
            for file in meant:
                try:
                    if isinstance(file, InputError):
                        raise file
                    for report in ingest_each(
                        file, store, dataset=dataset, mapping=mapping, synthetic=synthetic, progress=console.progress
                    ):
                        _emit(console, told_of)
                        told_of = report.as_json()
                        say_report(console, told_of)
                        if report.held:
                            code = code or InputError.exit_code
                except (InputError, UsageError) as problem:
                    # this file is at fault; the others need not wait for it
                    said = told(problem, as_json=console.as_json)
                    code = code or said
                    _say_kept(console, store, problem)
            if told_of and not no_suggest:
                told_of |= _suggest(console, store)
        finally:
            # the line of the last file waits for the suggestions, which come of all of them
            _emit(console, told_of)
    return code


def _say_kept(console: Console, store: Store, problem: InputError | UsageError) -> None:
    """Of a file that is damaged somewhere: what stands before that is there, unseen."""
    run = problem.kept_run if isinstance(problem, InputError) else None
    for kept in (r for r in store.runs() if r.number == run):
        console.note("cli.ingest.kept", run=run, loaded=f"{kept.counts.get('loaded', 0):,}")


def _suggest(console: Console, store: Store) -> dict[str, int]:
    """Look for spellings of one party among what is there now; nothing is merged."""
    from vinculo.ingest.resolve.suggest import suggest_anew

    found = suggest_anew(store, console.progress)
    if found is None:
        return {}
    if found:
        console.say("cli.suggest.done", count=f"{found:,}")
    return {"suggestions": found}


def _emit(console: Console, made: dict[str, Any]) -> None:
    if made:
        console.emit(made)


def tell_report(console: Console, made: dict[str, Any]) -> None:
    """One file's line: dispositions that add up, and where its rejects are."""
    console.emit(made)
    say_report(console, made)


def say_report(console: Console, made: dict[str, Any]) -> None:
    """The same for people alone."""
    numbers = {k: f"{v:,}" if isinstance(v, int) else v for k, v in made.items()}
    kept = made["notes"].get("kept_as") == "context"
    line = "cli.ingest.context" if kept else "cli.ingest.line"
    console.say(line, **(numbers | {"seconds": f"{made['seconds']:.1f}"}))
    if made.get("rejects_file"):
        console.say("cli.ingest.rejects", **numbers)
    if made["notes"].get("not_used"):
        console.say("cli.ingest.not_used", columns=made["notes"]["not_used"])
    for warning in made.get("warnings", ()):
        console.warn(warning)
    if made.get("held"):
        console.warn(say("cli.ingest.held", run=made["run"]))
        for reason in made["held"]:
            console.warn(f"  {reason}")
        console.warn(say("cli.ingest.held.next", run=made["run"], sha256=made["sha256"][:12]))


@command
@click.argument("number", required=False, type=int, metavar="N")
def runs(console: Console, number: int | None) -> None:
    """List what was loaded, oldest first, or tell one run whole."""
    if number is not None:
        _one_run(console, number)
        return
    with console.open() as store:
        found = store.runs()
    for run in found:
        console.emit(_run_json(run))
    if not found:
        console.say("cli.runs.none")
        return
    console.table(
        ("run", "started", "dataset", "file", "read", "loaded", "duplicate", "there", "rejected", "status"),
        [
            (
                str(r.number),
                r.started[:16].replace("T", " "),
                r.source.dataset,
                r.source.file + (f" ({say('cli.synthetic')})" if r.source.synthetic else ""),
                *(r.counts.get(c) for c in ("read", "loaded", "duplicate_in_file", "already_there", "rejected")),
                say(f"cli.status.{r.status}"),
            )
            for r in found
        ],
        numbers=(0, 4, 5, 6, 7, 8),
    )


def _one_run(console: Console, number: int) -> None:
    from vinculo.graph.context import rejects_of
    from vinculo.ingest.publishing import PUBLISHED, TOLD, held, kept_of, pace, written_at

    with console.open() as store:
        run = next((r for r in store.runs() if r.number == number), None)
        if run is None:
            raise UsageError("unknown_run", number=str(number))
        batches = written_at(store, run)
        # the store keeps rejects by file: a run that goes on from another tells those of both
        rejects = store.rejects(run.source)
        rejects = rejects if rejects.num_rows else rejects_of(store, run.source)
        told = kept_of(store, TOLD, run)
        why = held(store, run) if run.status == "held" else []
        vouched = kept_of(store, PUBLISHED, run)
    speed = pace(run)
    codes = dict(sorted(Counter(rejects.column("code").to_pylist()).items()))
    made = _run_json(run) | {
        "batches": [{"number": n, "records": records, "written": at} for n, records, at in batches],
        "records_per_second": round(speed, 1) if speed else None,
        "rejected_for": codes,
        "held": [w.into() for w in why],
        "vouched": vouched.get("reason", ""),
        "notes": told.get("notes", {}),
        "warnings": told.get("warnings", []),
        "rejects_file": told.get("rejects_file") or None,
    }
    console.emit(made)
    shown = ("run", "started", "finished", "dataset", "file", "sha256", "status", "synthetic", "taint")
    values = {**made, "file": run.source.file, "status": say(f"cli.status.{run.status}")}
    rows: list[tuple[str, object]] = [(say(f"cli.run.{k}"), values[k]) for k in shown if values[k] not in ("", False)]
    rows += [(say(f"cli.run.{k}") if has(f"cli.run.{k}") else k, n) for k, n in run.counts.items()]
    if speed:
        rows.append((say("cli.run.pace"), say("cli.run.per_second", count=f"{speed:,.0f}")))
    rows += [
        (say("cli.run.batch", number=n), say("cli.run.records" + (".at" if at else ""), count=f"{records:,}", at=at))
        for n, records, at in batches
    ]
    rows += [(say("cli.run.rejected_for"), f"{code}: {n:,}") for code, n in codes.items()]
    rows += [(say(f"cli.run.note.{k}") if has(f"cli.run.note.{k}") else k, v) for k, v in made["notes"].items()]
    rows += [(say("cli.run.warning"), sentence) for sentence in made["warnings"]]
    if made["rejects_file"]:
        rows.append((say("cli.run.rejects_file"), made["rejects_file"]))
    rows += [(say("cli.run.held"), sentence.into()) for sentence in why]
    if vouched:
        rows.append((say("cli.run.vouched"), f"{vouched['reason']} ({vouched['at']})"))
    console.table(("what", "value"), rows)


def _run_json(run: Run) -> dict[str, Any]:
    return {
        "run": run.number,
        "started": run.started,
        "finished": run.finished,
        "dataset": run.source.dataset,
        "files": [run.source.file],
        "status": run.status,
        "sha256": run.source.sha256,
        "synthetic": run.source.synthetic,
        "taint": run.source.taint,
        **run.counts,
    }


@command
@click.argument("number", type=int, metavar="N")
@click.option("--reason", metavar="TEXT", default="")
def publish(console: Console, number: int, reason: str) -> None:
    """Show what was held back."""
    from vinculo.ingest.publishing import publish as show

    with console.open(write=True) as store:
        run = show(store, number, reason)
        console.say("cli.publish.done", run=number, file=run.source.file)
        found = _suggest(console, store)
    console.emit(_run_json(run) | found)


@command
@click.argument("source", metavar="FILE|SHA256")
@click.option("--dataset", metavar="NAME")
@click.option("--yes", is_flag=True)
def withdraw(console: Console, source: str, dataset: str | None, yes: bool) -> None:
    """Remove exactly what only this file asserted."""
    from vinculo.graph.context import kept_tables
    from vinculo.graph.network_cache import forget

    with console.open(write=True) as store:
        known = [*store.sources(), *store.unpublished(), *(k.source for k in kept_tables(store))]
        found = _named(known, source, dataset)
        if not yes:
            if console.as_json or not sys.stdin.isatty():
                raise UsageError("needs_yes")
            click.confirm(say("cli.withdraw.sure", file=found.file, dataset=found.dataset), abort=True, err=True)
        gone = store.withdraw(found)
        # a copy of the network may still hold what was taken out
        forget(store)
    console.emit({"dataset": found.dataset, "file": found.file, "sha256": found.sha256, **gone})
    console.say("cli.withdraw.done", file=found.file, **{k: f"{n:,}" for k, n in gone.items()})


def _named(sources: list[Source], text: str, dataset: str | None) -> Source:
    """The one source with this file name or beginning of a sha256."""
    fitting = [
        s
        for s in sources
        if (s.file == text or (len(text) >= _PREFIX and s.sha256.startswith(text.lower())))
        and dataset in (None, s.dataset)
    ]
    if not fitting:
        raise UsageError("unknown_source", source=text)
    if len(fitting) > 1:
        raise UsageError(
            "source_ambiguous", source=text, known=", ".join(f"{s.sha256[:12]} ({s.dataset})" for s in fitting)
        )
    return fitting[0]
