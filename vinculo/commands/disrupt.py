"""``disrupt``: what if some of a group were gone."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vinculo.command import command
from vinculo.commands.analyse import note_compiling
from vinculo.commands.keeping import check_free
from vinculo.console import Console
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.text import say

if TYPE_CHECKING:
    from vinculo.analytics.disruption.actions import Action
    from vinculo.analytics.disruption.comparison import Comparison, Point
    from vinculo.analytics.disruption.group import Group


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
