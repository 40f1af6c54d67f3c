"""``path``: how two entities are linked, by the fewest steps or by the likeliest."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from vinculo.command import command
from vinculo.commands.look_json import link_json
from vinculo.commands.look_words import date_of, label, told_sources, verb
from vinculo.console import Console
from vinculo.graph.text import say
from vinculo.graph.types import Path


@command
@click.argument("from_id", metavar="FROM")
@click.argument("to_id", metavar="TO")
@click.option("--max-hops", type=click.IntRange(1, 12), default=6)
@click.option("--kind", "kinds", multiple=True, metavar="KIND")
@click.option("--time-ordered", is_flag=True)
@click.option("--likely", is_flag=True)
@click.option("--avoid", multiple=True, metavar="ID")
@click.option("--avoid-kind", "avoid_kinds", multiple=True, metavar="KIND")
@click.option("--hub-steps", type=click.FloatRange(0), default=None)
@click.option("--hub-from", type=click.IntRange(1), default=None)
@click.option("--limit", type=click.IntRange(1), default=5)
def path(
    console: Console,
    from_id: str,
    to_id: str,
    max_hops: int,
    kinds: tuple[str, ...],
    time_ordered: bool,
    likely: bool,
    limit: int,
    **price: Any,
) -> None:
    """Show the shortest paths between two entities, with the evidence of each hop."""
    from vinculo.graph.schema import kind

    for name in kinds:
        kind(name)
    given = {name: value for name, value in price.items() if value not in (None, ())}
    if given.get("avoid_kinds") == ("none",):
        given["avoid_kinds"] = ()
    if likely or given:
        common = {"max_hops": max_hops, "kinds": kinds or None, "time_ordered": time_ordered, "k": limit}
        _likely(console, from_id, to_id, **common, **given)
        return
    with console.open() as store:
        found = store.paths(
            from_id, to_id, max_hops=max_hops, kinds=kinds or None, time_ordered=time_ordered, limit=limit
        )
    for each in found:
        console.emit(_path_json(each))
        _tell_path(console, each)
    if not found:
        console.say("cli.path.none", hops=max_hops)


def _likely(console: Console, a: str, b: str, **choice: Any) -> None:
    from vinculo.analytics.ways.possible import possible_paths

    with console.open() as store:
        found = possible_paths(store, a, b, progress=console.progress, **choice)
    for each in found.paths:
        hops = [h.link for h in each.hops]
        told = {"cost": each.cost, "carried": each.carried, "told": each.told._asdict()}
        usable = [{"links": h.usable, "first": h.first, "last": h.last} for h in each.hops]
        console.emit(_path_json(Path(each.entities, tuple(hops))) | told | {"usable": usable})
        console.line(each.told.into())
        _tell_steps(console, Path(each.entities, tuple(hops)))
    for ruled in found.ruled_out:
        console.emit({"ruled_out": ruled.as_json()})
        console.line("- " + ruled.reason.into())
    if not found.paths:
        console.say("cli.path.none", hops=choice["max_hops"])
    if found.truncated:
        console.emit({"truncated": True})
        console.warn(say("cli.path.truncated"))


def _path_json(path: Path) -> dict[str, Any]:
    return {
        "hops": len(path.links),
        "entities": [{"id": e.id, "kind": e.kind, "name": e.name} for e in path.entities],
        "links": [link_json(x) for x in path.links],
    }


def _tell_path(console: Console, path: Path) -> None:
    if console.as_json:
        return
    hops = Counter(x.kind for x in path.links)
    console.say("cli.path.heading", hops=len(path.links), kinds=", ".join(verb(k) for k in sorted(hops)))
    _tell_steps(console, path)


def _tell_steps(console: Console, path: Path) -> None:
    console.line(f"  {label(path.entities[0].kind)}: {path.entities[0].name}")
    for link, before, after in zip(path.links, path.entities, path.entities[1:], strict=False):
        arrow = "→" if link.source == before.id else "←"
        date = f" {date_of(link)[:10]}" if date_of(link) else ""
        console.line(f"    {arrow} {verb(link.kind)}{date}  [{told_sources(link.sources)}]")
        console.line(f"  {label(after.kind)}: {after.name}")
    console.line()
