"""Key players in chapter *analyse*: as a ranking, as sets, by their roles."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from vinculo.command import command
from vinculo.commands.analyse import note_compiling
from vinculo.commands.network import NAMED, seen_by, tell_projection
from vinculo.console import Console
from vinculo.graph.errors import UsageError
from vinculo.graph.evidence import basis
from vinculo.graph.text import say

if TYPE_CHECKING:
    from vinculo.analytics.generic_parties import Generic
    from vinculo.analytics.set_search import KeySet


@command
@click.option("--projection", "projection", default="everything", metavar="NAME|FILE")
@click.option("--by", type=click.Choice(["degree", "betweenness", "pagerank", "core"]), default="betweenness")
@click.option("--kind", default=None, metavar="KIND")
@click.option("--runs", type=click.IntRange(0), default=100)
@click.option("--sets", type=click.IntRange(1, 20), default=None)
@click.option(
    "--goal", type=click.Choice(["fragment", "distance_fragment", "reach", "distance_reach"]), default="fragment"
)
@click.option("--steps", type=click.IntRange(1), default=2)
@click.option("--without", multiple=True, metavar="ID")
@click.option("--generic", is_flag=True)
@click.option("--roles", is_flag=True)
@click.option("--seed", type=int, default=0)
@click.option("--limit", type=click.IntRange(1), default=20)
def key_players(
    console: Console,
    projection: str,
    by: str,
    kind: str | None,
    runs: int,
    sets: int | None,
    goal: str,
    steps: int,
    without: tuple[str, ...],
    generic: bool,
    roles: bool,
    seed: int,
    limit: int,
) -> None:
    """Tell who stands where in the network: by a ranking, as the best sets, or by roles."""
    if roles and sets is not None:
        raise UsageError("sets_or_roles")
    if without and sets is None:
        raise UsageError("without_sets")
    if generic and roles:
        raise UsageError("generic_roles")
    if roles:
        _tell_roles(console, projection, seed, limit)
    elif sets is not None:
        _tell_sets(console, projection, sets, goal, kind, steps, without, generic, seed)
    else:
        _tell_ranking(console, projection, by, kind, runs, generic, seed, limit)


def _tell_ranking(
    console: Console, projection: str, by: str, kind: str | None, runs: int, generic: bool, seed: int, limit: int
) -> None:
    from vinculo.analytics.ranking import ranking_of

    with console.open() as store:
        read = basis(store)
        seen = seen_by(console, store, projection)
        found = ranking_of(
            store,
            seen,
            by=by,
            kind=kind,
            top=limit,
            runs=runs,
            seed=seed,
            generic=generic,
            progress=console.progress,
        )
        note_compiling(console)
    for line in found.as_json():
        console.emit(line | {"projection": seen.as_json(), "basis": read})
    if not found.players:
        console.emit({"projection": seen.as_json(), "basis": read})
        tell_projection(console, seen)
        console.say("cli.key_players.none")
        _tell_generic(console, found.generic, "generic_out")
        return
    if console.as_json:
        return
    tell_projection(console, seen)
    console.line(found.convention.into())
    _tell_generic(console, found.generic, "generic_out")
    columns: list[str] = ["name", by, "records", "expected", "excess_place", "id"]
    rows = [
        [r.player.name, _figure(r.value), r.records, _figure(r.expected), r.excess_place, r.player.id]
        for r in found.players
    ]
    if runs:
        columns[2:2] = ["among_first", "interval"]
        for row, r in zip(rows, found.players, strict=True):
            times = say("cli.key_players.times", times=f"{r.among_first:,}", runs=f"{runs:,}")
            row[2:2] = [times, f"{_figure(r.low)} - {_figure(r.high)}"]
    console.table(columns, rows, numbers=[k for k, c in enumerate(columns) if c not in ("name", "interval", "id")])
    samples = found.players[0].player.samples
    if samples and by == "betweenness":
        console.say("cli.key_players.sampled", samples=f"{samples:,}")
    console.line(found.watched.into())


def _tell_sets(
    console: Console,
    projection: str,
    size_max: int,
    goal: str,
    kind: str | None,
    steps: int,
    without: tuple[str, ...],
    generic: bool,
    seed: int,
) -> None:
    from vinculo.analytics.phrasing import counted
    from vinculo.analytics.player_sets import player_sets

    with console.open() as store:
        read = basis(store)
        found = player_sets(
            store,
            goal,
            size_max=size_max,
            kind=kind or "LegalEntity",
            without=without,
            generic=generic,
            steps=steps,
            seed=seed,
            projection=projection,
            progress=console.progress,
        )
        note_compiling(console)
    for line in found.as_json():
        console.emit(line | {"projection": found.seen.as_json(), "basis": read})
    if not found.sets:
        console.emit({"projection": found.seen.as_json(), "basis": read})
        tell_projection(console, found.seen)
        console.say("cli.key_players.none")
        _tell_generic(console, found.generic, "generic_out")
        return
    tell_projection(console, found.seen)
    console.line(found.convention.into())
    console.say(
        f"cli.key_players.goal_{goal}",
        steps=counted(steps, "hop").into(),
        before=_figure(found.before),
        actors=f"{found.actors:,}",
    )
    _tell_generic(console, found.generic, "generic_out")
    rows = [
        (len(members), _figure(each.value), _figure(each.gain), _searched(each), "; ".join(m.name for m in members))
        for each, members in found.sets
    ]
    console.table(("size", "value", "gain", "search", "set"), rows, numbers=(0, 1, 2), cut=True)


def _searched(found: KeySet) -> str:
    if found.truncated:
        return say("cli.key_players.cut_short")
    if found.exact:
        return say("cli.key_players.exact")
    return say("cli.key_players.agreeing", agreeing=found.agreeing, starts=found.starts)


def _tell_roles(console: Console, projection: str, seed: int, limit: int) -> None:
    from vinculo.analytics.role_finding import keep_roles
    from vinculo.analytics.role_finding import roles as look
    from vinculo.analytics.roles import common_lawful

    with console.open(write=True) as store:
        found = look(store, top=limit, seed=seed, projection=projection, progress=console.progress)
        keep_roles(store, found)
        note_compiling(console)
    for row in found.rows:
        console.emit(row.as_json() | {"projection": found.seen.as_json(), "seed": seed})
    if not found.rows:
        console.emit({"projection": found.seen.as_json(), "seed": seed})
        tell_projection(console, found.seen)
        console.say("cli.key_players.no_roles")
        _tell_generic(console, found.left_out, "generic_no_role")
        return
    tell_projection(console, found.seen)
    console.line(found.convention.into())
    _tell_generic(console, found.left_out, "generic_no_role")
    for role, group in groupby(found.rows, key=lambda r: r.role):
        rows = list(group)
        console.line()
        console.table(
            ("role", "name", "reason"), [(say(f"role.{role}"), r.name, r.reason.into()) for r in rows], cut=True
        )
        lawful = common_lawful([r.lawful for r in rows])
        explained = ", ".join(f"{said.into()} ({say(f'cli.lawful.{status}')})" for said, status in lawful)
        console.say("cli.key_players.lawful", explained=explained)


def _tell_generic(console: Console, left_out: Generic, key: str) -> None:
    """Who was left out as generic, the first by name."""
    if left_out.count:
        names = "; ".join(p["name"] or p["id"] for p in left_out.first[:NAMED])
        console.say(f"cli.key_players.{key}", count=f"{left_out.count:,}", names=names)


def _figure(value: float) -> str:
    """A count as it is, the mean of counts with one place, a share with five."""
    if value < 1:
        return f"{value:.5f}" if value else "0"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
