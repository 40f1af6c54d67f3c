"""The network in chapter *analyse*: projections, and how a store is seen through one."""

from __future__ import annotations

import click

from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.projected import Projected
from vinculo.command import command
from vinculo.console import Console
from vinculo.graph.store import Store
from vinculo.graph.text import has, say

#: Hubs told by name under a table.
NAMED = 5
#: Of links and shared nodes whose amount in the currency is unknown.
NO_AMOUNT = ("no_amount", "not_positive", "other_currency")


@command
@click.argument("wanted", required=False, metavar="NAME|FILE")
def projections(console: Console, wanted: str | None) -> None:
    """List the projections, or print one as a file to change."""
    from vinculo.analytics.projecting import document, known

    if wanted is not None:
        one = known.resolved(wanted)
        console.emit(one.with_id())
        for line in document.as_yaml(one).splitlines():
            console.line(line)
        return
    found = known.projections()
    for p in found.values():
        console.emit(p.with_id())
    console.table(("name", "title", "about"), [(p.name, p.words().into(), _about(p)) for p in found.values()], cut=True)


def _about(projection: Projection) -> str:
    key = f"projection.{projection.name}.about"
    return say(key) if has(key) else ""


def seen_by(console: Console, store: Store, projection: str) -> Projected:
    """A store seen through a projection, its name or file checked before anything is read."""
    from vinculo.analytics.kernels.compiled import warm
    from vinculo.analytics.projecting.known import resolved
    from vinculo.analytics.projecting.seeing import projected

    wanted = resolved(projection)
    warm(console.progress)
    return projected(store, wanted, console.progress)


def tell_projection(console: Console, seen: Projected) -> None:
    """What the result looks at, what the hub rule did, and what does not say enough to count."""
    values = {"nodes": f"{len(seen):,}", "ties": f"{len(seen.ties.a):,}"}
    console.say("cli.projection.seen", title=seen.projection.words().into(), **values)
    gone = seen.left_out
    if gone.num_rows:
        names = "; ".join(gone["name"].slice(0, NAMED).to_pylist())
        ties = f"{sum(gone['ties'].to_pylist()):,}"
        console.say("cli.projection.left_out", hubs=f"{gone.num_rows:,}", ties=ties, names=names)
    kept = {k for k in NO_AMOUNT if seen.projection.no_amount == "kept"}
    kept |= {"no_date"} if seen.projection.no_date == "kept" else set()
    elsewhere = {"beyond_budget", *(["loops"] if seen.projection.loops == "kept" else [])}
    told = {k: say(f"projection.unknown.{k}", count=f"{n:,}") for k, n in seen.unknown.items() if k not in elsewhere}
    for key, some in (
        ("cli.projection.not_counted", told.keys() - kept),
        ("cli.projection.counted", told.keys() & kept),
    ):
        if some:
            console.say(key, what="; ".join(told[k] for k in told if k in some))
    if seen.truncated:
        console.say("cli.projection.truncated", most=f"{seen.projection.most_pairs:,}")
