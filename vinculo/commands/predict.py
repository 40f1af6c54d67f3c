"""``predict``: which links may be missing, as hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vinculo.command import command
from vinculo.commands.analyse import note_compiling
from vinculo.commands.network import seen_by, tell_projection
from vinculo.console import Console
from vinculo.graph.text import say

if TYPE_CHECKING:
    from vinculo.analytics.prediction import Hypothesis


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
