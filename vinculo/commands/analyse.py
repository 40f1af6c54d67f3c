"""Chapter *analyse*: suggest, suggestions, detect, findings, score."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from vinculo.command import command
from vinculo.commands.look_json import suggestion_json
from vinculo.console import Console
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.evidence import changed_since_detection, changed_since_suggesting, grounded, still_there
from vinculo.graph.settings import load_settings
from vinculo.graph.store import Store
from vinculo.graph.text import has, say
from vinculo.graph.types import Entity, Finding


@command
def suggest(console: Console) -> None:
    """Look for parties that may be spelling variants of one another; nothing is merged."""
    from vinculo.ingest.resolve.suggest import suggest as look

    with console.open(write=True) as store:
        count = look(store, progress=console.progress)
    console.emit({"suggestions": count})
    console.say("cli.suggest.done", count=f"{count:,}")


@command
@click.argument("id", required=False, metavar="ID")
@click.option("--limit", type=click.IntRange(1), default=None)
def suggestions(console: Console, id: str | None, limit: int | None) -> None:
    """List suggested pairs, best first."""
    with console.open() as store:
        found = still_there(store, store.suggestions(id))
        if changed_since_suggesting(store):
            console.note("cli.suggestions.changed")
        shown = found[: limit or (None if console.as_json else 20)]
        names = _names(store, [i for s in shown for i in (s.left, s.right)])
    for s in shown:
        console.emit(suggestion_json(s))
    rows = [
        (
            s.score,
            names.get(s.left, s.left),
            names.get(s.right, s.right),
            say(f"cli.judgement.{s.judgement}"),
            s.why.into(),
        )
        for s in shown
    ]
    if rows:
        console.table(("score", "name", "and_name", "judgement", "why"), rows, numbers=(0,), cut=True)
        _more(console, len(shown), len(found))
    else:
        console.say("cli.suggestions.none")


@command
@click.option("--typology", "names", multiple=True, metavar="NAME")
def detect(console: Console, names: tuple[str, ...]) -> None:
    """Look for laundering and trafficking patterns and keep what is found."""
    from vinculo.analytics.detect import detect as look
    from vinculo.analytics.finding_told import told
    from vinculo.analytics.typology import typologies

    with console.open(write=True) as store:
        found = told(store, look(store, typologies=names or None, progress=console.progress))
    note_compiling(console)
    for f in sorted(found, key=lambda f: (-f.score, f.id)):
        console.emit(f.as_json())
    counts = Counter(f.typology for f in found)
    known = typologies()
    rows = [(counts[n], n, known[n].title.into()) for n in known if not names or n in names]
    console.table(("findings", "typology", "title"), rows, numbers=(0,))
    console.say("cli.detect.next")


def note_compiling(console: Console) -> None:
    """Say that every analysis will compile again where compiled code finds no folder to stay in."""
    from vinculo.analytics.kernels.compiled import kept

    if not kept():
        console.warn(say("cli.compiled_not_kept", folder=str(load_settings().cache_folder)))


@command
@click.argument("id", required=False, metavar="ID")
@click.option("--typology", "name", metavar="NAME")
@click.option("--limit", type=click.IntRange(1), default=None)
def findings(console: Console, id: str | None, name: str | None, limit: int | None) -> None:
    """List findings, best first, or tell one in full."""
    from vinculo.analytics.community_keeping import changed_since_keeping
    from vinculo.analytics.finding_told import told
    from vinculo.analytics.typology import COMMUNITY, finding_kinds

    titles = finding_kinds()
    if name is not None and name not in titles:
        raise UsageError("unknown_typology", typology=name, known=", ".join(titles))
    with console.open() as store:
        found = grounded(store, store.findings(name))
        if changed_since_detection(store, name):
            console.note("cli.findings.changed")
        if name in (None, COMMUNITY) and changed_since_keeping(store):
            console.note("cli.findings.communities_changed")
        if id is not None:
            found = [f for f in found if f.id.startswith(id)]
            if len(found) != 1:
                raise UsageError("finding_ambiguous" if found else "unknown_finding", id=id)
        shown = told(store, found[: limit or (None if console.as_json else 20)])
        members = store.entities(sorted({i for f in shown for i, _ in f.entities})) if id else {}
    for f in shown:
        console.emit(f.as_json())
    if id is not None:
        _tell_finding(console, shown[0], members)
    elif shown:
        rows = [(f.score, titles[f.typology].into(), f.id[:12], f.reason.into()) for f in shown]
        console.table(("score", "typology", "finding", "reason"), rows, numbers=(0,), cut=True)
        _more(console, len(shown), len(found))
    else:
        console.say("cli.findings.none")


def _tell_finding(console: Console, finding: Finding, members: dict[str, Entity]) -> None:
    console.line(finding.reason.into())
    console.line()
    rows = [(_role(role), members[i].name if i in members else i, i) for i, role in finding.entities]
    console.table(("role", "name", "id"), rows)
    console.line()
    for sentence, status in finding.lawful:
        console.line(f"- {sentence.into()} ({say(f'cli.lawful.{status}')})")
    console.say("cli.findings.settles", sentence=finding.settles.into())
    console.say("cli.findings.evidence", links=f"{len(finding.links):,}")
    if finding.truncated:
        console.say("cli.findings.truncated")


def _role(role: str) -> str:
    return say(f"role.{role}") if has(f"role.{role}") else role.replace("_", " ")


@command
@click.argument("answers", metavar="demo|FILE")
def score(console: Console, answers: str) -> None:
    """Compare the findings with what was planted in a made-up case."""
    from vinculo.analytics.score import score as compare

    with console.open() as store:
        planted = _answers(store) if answers == "demo" else Path(answers)
        if not planted.is_file():
            raise InputError("answers_missing", file=str(planted))
        try:
            known = json.loads(planted.read_text(encoding="utf-8"))
        except ValueError:
            raise InputError("answers_unreadable", file=str(planted)) from None
        if not isinstance(known, dict) or not {"patterns", "look_alikes"} <= known.keys():
            raise InputError("answers_unreadable", file=str(planted))
        made = compare(store, known)
    for row in made:
        console.emit(row)
    columns = ("typology", "planted", "found", "missed", "look_alikes", "flagged", "other")
    console.table(columns, [[_count(r[c]) for c in columns] for r in made], numbers=(1, 2, 3, 4, 5, 6))


def _count(value: object) -> object:
    return len(value) if isinstance(value, list) else value


def _answers(store: Store) -> Path:
    """Where the demo loaded into this store keeps what it planted."""
    kept = store.documents("demo").get("case")
    if kept is None:
        raise UsageError("no_demo_here")
    return Path(kept["folder"]) / "answers.json"


def _names(store: Store, ids: list[str]) -> dict[str, str]:
    return {i: e.name for i, e in store.entities(sorted(set(ids))).items()}


def _more(console: Console, shown: int, total: int) -> None:
    if shown < total:
        console.say("cli.more", shown=f"{shown:,}", total=f"{total:,}")
