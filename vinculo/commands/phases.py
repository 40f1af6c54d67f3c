"""``phases``: who came and went, and who was central meanwhile."""

from __future__ import annotations

from typing import Any

import click

from vinculo.command import command
from vinculo.commands.analyse import note_compiling
from vinculo.console import Console
from vinculo.graph.errors import UsageError


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
