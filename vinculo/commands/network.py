"""The network in chapter *analyse*: projections, communities."""

from __future__ import annotations

import click

from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.projected import Projected
from vinculo.command import command
from vinculo.commands.analyse import note_compiling
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


@command
@click.option("--projection", "projection", default="everything", metavar="NAME|FILE")
@click.option("--method", type=click.Choice(["leiden", "louvain", "stable"]), default="leiden")
@click.option("--seed", type=int, default=0)
@click.option("--limit", type=click.IntRange(1), default=None)
def communities(console: Console, projection: str, method: str, seed: int, limit: int | None) -> None:
    """Find groups that are linked more among themselves than with the rest."""
    from vinculo.analytics.communities import communities_of

    with console.open() as store:
        seen = seen_by(console, store, projection)
        found = communities_of(seen, method=method, seed=seed, progress=console.progress)
        note_compiling(console)
        shown = found[: limit or (None if console.as_json else 20)]
        made = [c.as_json() | {"projection": seen.as_json()} for c in shown]
        told = [] if console.as_json else _told_members(store, [c["members"] for c in made])
    for c in made:
        console.emit(c)
    if not made:
        console.emit({"projection": seen.as_json()})
    tell_projection(console, seen)
    if made and not console.as_json:
        console.say("cli.communities.modularity", modularity=f"{made[0]['modularity']:.3f}")
        if "real" in made[0]:
            console.say("cli.communities.real" if made[0]["real"] else "cli.communities.not_real")
        sure = [(f"{c['stability']:.2f}",) if "stability" in c else () for c in made]
        rows = [(c["id"][:12], c["size"], *s, names) for c, s, names in zip(made, sure, told, strict=True)]
        heads = ("community", "size", *(("stability",) if sure[0] else ()), "members")
        console.table(heads, rows, numbers=tuple(range(1, len(heads) - 1)), cut=True)
        _more(console, len(shown), len(found))
    elif not made:
        console.say("cli.communities.none")


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


def _told_members(store: Store, groups: list[list[str]]) -> list[str]:
    """Four members of each group, firms and people before accounts and bills."""
    from vinculo.graph.schema import descendants

    nodes = store.nodes()
    columns = (nodes.column(c).to_pylist() for c in ("id", "kind", "name"))
    known = {i: (kind, name) for i, kind, name in zip(*columns, strict=True)}
    parties = set(descendants("LegalEntity"))
    told = []
    for members in groups:
        ordered = sorted((m for m in members if m in known), key=lambda m: known[m][0] not in parties)
        told.append("; ".join(dict.fromkeys(known[m][1] for m in ordered[:4])))
    return told


def _more(console: Console, shown: int, total: int) -> None:
    if shown < total:
        console.say("cli.more", shown=f"{shown:,}", total=f"{total:,}")
