"""What if some of a group were gone, and which links may be missing, and who came and went: disrupt, predict, phases."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vinculo.command import command
from vinculo.commands.analyse import note_compiling
from vinculo.commands.network import seen_by, tell_projection
from vinculo.console import Console
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.text import say

if TYPE_CHECKING:
    from vinculo.analytics.disruption.actions import Action
    from vinculo.analytics.disruption.comparison import Comparison, Point
    from vinculo.analytics.disruption.group import Group
    from vinculo.analytics.prediction import Hypothesis


@command
@click.option("--entity", "entities", multiple=True, metavar="ID")
@click.option("--hops", type=click.IntRange(0, 6), default=2)
@click.option("--action", "actions", multiple=True, metavar="ACTION")
@click.option("--size", type=click.IntRange(1, 100), default=3)
@click.option("--against", multiple=True, metavar="ACTION:ID")
@click.option("--cost", "costs", multiple=True, metavar="ACTION=N")
@click.option("--from", "sources", multiple=True, metavar="ID")
@click.option("--to", "sinks", multiple=True, metavar="ID")
@click.option("--currency", metavar="TEXT")
@click.option("--runs", type=click.IntRange(1, 10_000), default=100)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0)
@click.option("--keep", metavar="NAME")
@click.option("--replace", is_flag=True)
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def disrupt(
    console: Console,
    entities: tuple[str, ...],
    hops: int,
    actions: tuple[str, ...],
    size: int,
    against: tuple[str, ...],
    costs: tuple[str, ...],
    keep: str | None,
    replace: bool,
    csv_file: Path | None,
    **question: Any,
) -> None:
    """Compare what actions against a group would break, cost and leave."""
    from vinculo.analytics.disruption.compare import compare
    from vinculo.analytics.disruption.group import group_of
    from vinculo.analytics.disruption.telling import KEPT, write_csv
    from vinculo.analytics.disruption.telling import keep as keep_it
    from vinculo.analytics.kernels.compiled import warm
    from vinculo.graph.network_cache import network_of

    with console.open(write=keep is not None, create=False) as store:
        if keep is not None:
            check_free(store, KEPT, keep, replace)
        warm(console.progress)
        group = group_of(network_of(store), entities or None, hops=hops)
        chosen = _actions(group, actions, size, against, _costs(costs), question["seed"])
        made = compare(group, chosen, store=store, progress=console.progress, **question)
        if keep is not None:
            keep_it(store, keep, made)
    note_compiling(console)
    if csv_file is not None:
        try:
            write_csv(made, csv_file)
        except OSError as error:
            raise InputError("table_unwritable", file=str(csv_file), reason=error.strerror or str(error)) from None
    console.emit(made.as_json())
    if not console.as_json:
        _tell(console, made)


def check_free(store: Store, collection: str, name: str, replace: bool) -> None:
    """Refuse a name under which something is kept already, unless it is to be replaced."""
    if not replace and name in store.documents(collection):
        raise UsageError("name_taken", name=name)


def _costs(given: tuple[str, ...]) -> dict[str, float]:
    made = {}
    for text in given:
        kind, equals, value = text.partition("=")
        try:
            made[kind] = float(value)
            if not 0 <= made[kind] < inf:
                equals = ""
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError("cost_unreadable", text=text)
    return made


def _actions(
    group: Group, kinds: tuple[str, ...], size: int, against: tuple[str, ...], costs: dict[str, float], seed: int
) -> list[Action]:
    """What was named, else for each action the members it can be taken against whom most shortest paths run through."""
    from vinculo.analytics.disruption.actions import ACTIONS, Action, between, candidates

    for kind in (*kinds, *costs):
        if kind not in ACTIONS:
            raise UsageError("unknown_action", action=kind, known=", ".join(ACTIONS))
    named: dict[str, list[str]] = {}
    for text in against:
        kind, colon, id = text.partition(":")
        if not colon:
            raise UsageError("against_unreadable", text=text)
        named.setdefault(kind, []).append(id)
    targets = {k: tuple(ids) for k, ids in named.items()}
    if not against or kinds:
        score = between(group.graph, seed=seed)
        for kind in kinds or ACTIONS:
            found = candidates(group.network, group.members, group.graph, kind, size=size, score=score)
            targets.setdefault(kind, found)
    return [Action(k, ids, costs.get(k, 0.0)) for k, ids in targets.items() if ids]


def _tell(console: Console, made: Comparison) -> None:
    from vinculo.analytics.disruption.telling import told

    if not made.curves:
        console.say("cli.disrupt.none")
        return
    q, before = made.question, made.before
    console.say(
        "cli.disrupt.group", members=f"{q['members']:,}", links=f"{q['links']:,}", largest=f"{before.largest:,}"
    )
    flows = bool(q["money_unit"] or q["goods_unit"])
    if flows:
        console.say(
            "cli.disrupt.flow",
            money=_amount(before.money, q["money_unit"]),
            goods=_amount(before.goods, q["goods_unit"]),
            others=f"{q['payments_in_other_currencies']:,}",
            payments=f"{q['payments_left_out']:,}",
            consignments=f"{q['consignments_left_out']:,}",
        )
    headings = [
        "action",
        "size",
        "last",
        "cost",
        "largest_part",
        "efficiency",
        "new_ties",
        "unmentioned",
        "records_lost",
    ]
    headings += ["money", "goods"] if flows else []
    rows = [_row(a.kind, p, flows) for a, points in made.curves for p in points]
    console.table(headings, rows, numbers=(1, 3, 4, 5, 7, 8, 9, 10)[: 6 + 2 * flows])
    console.line()
    for action, points in made.curves:
        console.line(f"{say(f'cli.action.{action.kind}')}: {told(made, action, points).into()}")
    if any(p.truncated for p in (before, *(p for _, points in made.curves for p in points))):
        console.warn(say("cli.disrupt.truncated"))
    if q["efficiency_sources"]:
        console.say("cli.disrupt.sampled", sources=f"{q['efficiency_sources']:,}")
    console.say("cli.disrupt.models", runs=q["runs"], share=f"{q['share']:.0%}")
    console.say("cli.disrupt.no_advice")


def _amount(value: float | None, unit: str) -> str:
    return say("cli.disrupt.unbounded") if value is None else f"{value:,.0f} {unit}"


def _row(kind: str, p: Point, flows: bool) -> list[object]:
    medians = [r.median for r in p.recovery]
    known = sorted(m for m in medians if m is not None)
    ties = f"{known[0]:.0f}-{known[-1]:.0f}" if known else ""
    if len(known) < len(medians):
        ties = f"{ties} ({say('cli.disrupt.some_never')})".strip()
    cost = int(p.cost) if p.cost == int(p.cost) else p.cost
    row: list[object] = [say(f"cli.action.{kind}"), p.size, p.name, cost, p.largest, f"{p.efficiency_share:.0%}", ties]
    row += [p.unmentioned, p.records_lost]
    unbounded = say("cli.disrupt.unbounded")
    return [*row, *(unbounded if v is None else v for v in (p.money, p.goods))] if flows else row


@command
@click.option("--projection", metavar="NAME|FILE", default="who_ships_with_whom")
@click.option("--method", metavar="NAME", default="resource_allocation")
@click.option("--by-lift", is_flag=True)
@click.option("--kind", metavar="KIND", default="LegalEntity")
@click.option("--hub-from", type=click.IntRange(2), default=100)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20)
@click.option("--check", is_flag=True)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0)
def predict(console: Console, projection: str, kind: str, limit: int, check: bool, seed: int, **choice: Any) -> None:
    """Tell which links may be missing, as hypotheses, and how often such guesses are right on this case."""
    from vinculo.analytics.prediction import predict as look
    from vinculo.analytics.prediction_check import checked_on
    from vinculo.analytics.resting import resting
    from vinculo.graph.schema import kind as known_kind

    known_kind(kind)
    choice["kind"] = kind
    with console.open() as store:
        seen = seen_by(console, store, projection)
        on_reports = resting(store, seen)
    found, truncated = look(seen, top=limit, on_reports=on_reports, progress=console.progress, **choice)
    tried = checked_on(seen, seed=seed, **choice) if check else None
    note_compiling(console)
    tell_projection(console, seen)
    where = {"projection": seen.as_json()}
    for h in found:
        console.emit(h.as_json() | where)
    if not found and tried is None:
        console.emit(where)
    if found:
        console.say("cli.predict.heading")
        rows = [(h.score, h.lift, _marked(h)) for h in found]
        console.table(("score", "lift", "hypothesis"), rows, numbers=(0, 1), cut=True)
    else:
        console.say("cli.predict.none")
    if any(h.taint for h in found):
        console.note("cli.predict.on_reports", count=f"{sum(bool(h.taint) for h in found):,}")
    if truncated:
        console.emit({"truncated": True})
        console.warn(say("cli.predict.truncated"))
    if tried is not None:
        console.emit({"check": tried.as_json()} | where)
        if not tried.hidden:
            console.say("cli.predict.uncheckable")
            return
        best = min(tried.precision)
        console.say(
            "cli.predict.checked",
            hidden=f"{tried.hidden:,}",
            runs=tried.runs,
            auc=f"{tried.auc.mean:.2f}",
            low=f"{tried.auc.low:.2f}",
            high=f"{tried.auc.high:.2f}",
            k=best,
            precision=f"{tried.precision[best].mean:.0%}",
            chance=f"{tried.chance:.2%}",
        )


def _marked(hypothesis: Hypothesis) -> str:
    """Its sentence; in front, where the table cuts nothing off, that it rests on reports."""
    told = hypothesis.told.into()
    return f"[{say('cli.sar')}] {told}" if hypothesis.taint else told


@command
@click.option("--days", type=click.IntRange(1, 36_500), default=None)
@click.option("--every", type=click.Choice(["month", "quarter", "year"]), default=None)
@click.option("--at", multiple=True, metavar="DATE")
@click.option("--event", "events", multiple=True, metavar="KIND")
@click.option("--kind", metavar="KIND", default="LegalEntity")
@click.option("--entity", metavar="ID")
@click.option("--follow", multiple=True, metavar="ID")
@click.option("--limit", type=click.IntRange(1), default=5)
@click.option("--names", type=click.IntRange(0), default=None)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0)
def phases(
    console: Console,
    events: tuple[str, ...],
    kind: str,
    entity: str | None,
    follow: tuple[str, ...],
    limit: int,
    names: int | None,
    **windows: Any,
) -> None:
    """Tell who joined and left from phase to phase, and who was central in each."""
    from vinculo.analytics.phase_rows import phase_rows
    from vinculo.analytics.phases import from_store
    from vinculo.analytics.ways.terrain import FLOWS
    from vinculo.graph.schema import descendants
    from vinculo.graph.schema import kind as known_kind

    for name in (kind, *events):
        known_kind(name)
    with console.open() as store:
        made = from_store(store, kinds=events or tuple(FLOWS), progress=console.progress, **windows)
        told = dict(zip(*(store.nodes().column(c).to_pylist() for c in ("id", "kind")), strict=True))
    note_compiling(console)
    if not made.phases:
        console.say("cli.phases.none")
    if entity is not None:
        if entity not in told:
            raise UsageError("unknown_entity", id=entity)
        followed = made.of(entity)
        for row in followed:
            console.emit({k: v for k, v in row.items() if k != "node"})
        console.table(
            ("phase", "degree", "betweenness", "change", "rank"),
            [(r["phase"], r["degree"], r["betweenness"], r["change"], r["rank"]) for r in followed],
            numbers=(1, 2, 3, 4),
        )
        return
    rows: list[tuple[object, ...]] = []
    wanted = set(descendants(kind))
    samples = max((p.samples for p in made.phases), default=0)
    for row in phase_rows(made, told, wanted, limit=limit, names=names, follow=follow):
        console.emit(row | {"samples": samples})
        counts = [row["counts"][c] for c in ("joined", "returned", "left")]
        rows.append(
            (row["phase"], row["members"], *counts, "; ".join(_moved(r["name"], r["change"]) for r in row["central"]))
        )
    if rows:
        headings = ("phase", "there_were", "joined", "returned", "left", "central")
        console.table(headings, rows, numbers=(1, 2, 3, 4), cut=True)
        if samples:
            console.say("cli.phases.sampled", samples=samples)


def _moved(name: str, change: float | None) -> str:
    """A name with an arrow for where its centrality went."""
    return name if not change else f"{name} {'↑' if change > 0 else '↓'}"
