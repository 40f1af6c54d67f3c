"""Communities in chapter *analyse*: found, described, laid side by side, kept and compared with what was kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from vinculo.command import command
from vinculo.commands import community_words as words
from vinculo.commands.analyse import note_compiling
from vinculo.commands.keeping import check_free
from vinculo.commands.network import seen_by, tell_projection
from vinculo.console import Console
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.evidence import basis
from vinculo.graph.store import Store
from vinculo.graph.text import say

if TYPE_CHECKING:
    from vinculo.analytics.communities import Division
    from vinculo.analytics.community_keeping import Since
    from vinculo.analytics.community_report import Described

#: Communities told to a person, unless another limit is given.
SHOWN = 20
#: Options that ask for something else than one list, each with those that it heeds.
ALONE = {"--resolutions": ("--projection", "--seed", "--limit"), "--kept": (), "--forget": ()}
OPTIONS = (
    *("--projection", "--method", "--resolution", "--resolutions", "--of", "--since", "--keep", "--replace", "--kept"),
    *("--forget", "--csv", "--include-sar", "--seed", "--limit"),
)
ONLY_WITH = {"--replace": "--keep", "--include-sar": "--csv"}


@command
@click.option("--projection", "projection", default="everything", metavar="NAME|FILE")
@click.option("--method", type=click.Choice(["leiden", "louvain", "fine", "stable"]), default="leiden")
@click.option("--resolution", type=click.FloatRange(0, 1e6, min_open=True), default=1.0)
@click.option("--resolutions", metavar="N,N")
@click.option("--of", metavar="N|ID")
@click.option("--since", metavar="NAME")
@click.option("--keep", metavar="NAME")
@click.option("--replace", is_flag=True)
@click.option("--kept", is_flag=True)
@click.option("--forget", metavar="NAME")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--include-sar", is_flag=True)
@click.option("--seed", type=int, default=0)
@click.option("--limit", type=click.IntRange(1), default=None)
def communities(
    console: Console,
    projection: str,
    resolutions: str | None,
    kept: bool,
    forget: str | None,
    seed: int,
    limit: int | None,
    **choice: Any,
) -> None:
    """Find groups that are linked more among themselves than with the rest."""
    _check_together(_given())
    if kept or forget is not None:
        _kept(console, forget)
    elif resolutions is not None:
        _side_by_side(console, projection, words.numbers(resolutions), seed, limit)
    else:
        _found(console, projection, seed, limit, **choice)


def _given() -> list[str]:
    """Options that were typed."""
    context = click.get_current_context()
    typed = ParameterSource.COMMANDLINE
    return [p.opts[0] for p in context.command.params if p.name and context.get_parameter_source(p.name) is typed]


def _check_together(given: list[str]) -> None:
    """Refuse what would be passed over in silence."""
    for way, others in ALONE.items():
        lost = [o for o in given if o in OPTIONS and o != way and o not in others]
        if way in given and lost:
            raise UsageError("not_together", a=way, b=lost[0])
    for option, wanted in ONLY_WITH.items():
        if option in given and wanted not in given:
            raise UsageError("only_with", a=option, b=wanted)


def _found(
    console: Console,
    projection: str,
    seed: int,
    limit: int | None,
    *,
    method: str,
    resolution: float,
    of: str | None,
    since: str | None,
    keep: str | None,
    replace: bool,
    csv_file: Path | None,
    include_sar: bool,
) -> None:
    from vinculo.analytics import community_keeping as keeping
    from vinculo.analytics.communities import divided
    from vinculo.analytics.community_report import described, without_reports

    if keep is not None and not keep.strip():
        raise UsageError("cli_option_without_value", option="--keep", command="vinculo communities")
    with console.open(write=keep is not None, create=False) as store:
        if keep is not None:
            check_free(store, keeping.RUNS, keep, replace)
        if since is not None and since not in store.documents(keeping.RUNS):
            raise UsageError("unknown_communities", name=since)
        # a load that ends while this is at work makes the result one of before
        read = basis(store)
        seen = seen_by(console, store, projection)
        made = divided(seen, method=method, resolution=resolution, seed=seed, progress=console.progress)
        one = _chosen(made, of) if of is not None else None
        most = limit or (None if console.as_json or csv_file else SHOWN)
        if keep is not None:
            most = None if most is None else max(most, keeping.FINDINGS)
        told = described(store, made, most=most, also=() if one is None else (one,), progress=console.progress)
        compared = since or keeping.last_alike(store, made)
        became = keeping.since(store, compared, made) if compared else None
        if keep is not None:
            when = datetime.now(UTC).isoformat(timespec="microseconds")
            run = keeping.keep_communities(store, keep, made, told, basis=read, when=when)
        note_compiling(console)
        if one is not None:
            told = {one: told[one]}
        names = words.names_of(store, told, became)
        count = len(made.groups())
        shown = dict(list(told.items())[: limit or (None if console.as_json else SHOWN)])
        _emit(console, made, shown, became, one is not None)
        tell_projection(console, seen)
        if not count:
            console.say("cli.communities.none")
        elif one is not None:
            _tell_one(console, store, made, told[one], became, one, names, limit)
        elif not console.as_json:
            _tell(console, made, shown, became, names, count, limit)
        if csv_file is not None:
            asked = dict(list(told.items())[:limit])
            out = asked if include_sar else without_reports(asked)
            rows = _write(store, csv_file, out, became, one, include_sar)
            written = "cli.communities.written" if one is None else "cli.communities.written_members"
            console.say(written, file=str(csv_file), count=f"{rows:,}")
            _note_kept_back(console, asked, out)
    if keep is not None:
        _tell_kept(console, keep, run)


def _note_kept_back(console: Console, asked: dict[int, Described], out: dict[int, Described]) -> None:
    """What of reports is not in the file."""
    without_some = sum(1 for g, d in out.items() if asked[g].taint and not d.taint)
    if len(out) < len(asked):
        console.note("cli.communities.kept_back", count=f"{len(asked) - len(out):,}")
    if without_some:
        console.note("cli.communities.values_kept_back", count=f"{without_some:,}")


def _tell_kept(console: Console, name: str, run: dict[str, Any]) -> None:
    """Under which name a run is kept, and how many of its groups are findings."""
    if not run.get("real", True):
        console.say("cli.communities.kept_not_real", name=name)
    elif run["findings"]:
        total = f"{run['communities']:,}"
        console.say("cli.communities.kept_done", name=name, count=f"{run['findings']:,}", total=total)
    else:
        console.say("cli.communities.kept_no_findings", name=name)


def _chosen(made: Division, of: str) -> int:
    """The group at a place of the list, or whose id begins so."""
    groups = made.groups()
    if of.isdecimal() and 1 <= int(of) <= len(groups):
        return list(groups)[int(of) - 1]
    fitting = [g for g, c in groups.items() if of and c.id.startswith(of)]
    if len(fitting) != 1:
        raise UsageError("unknown_community", id=of, count=len(groups))
    return fitting[0]


def _emit(console: Console, made: Division, shown: dict[int, Described], became: Since | None, one: bool) -> None:
    seen = made.seen.as_json()
    for group, d in shown.items():
        console.emit(d.as_json() | words.became_json(became, group) | {"projection": seen})
    if became is not None and not one:
        for change, before in became.gone:
            console.emit({"gone": words.change_json(became.run, change, before)})
    if not shown:
        console.emit({"projection": seen})


def _tell(
    console: Console,
    made: Division,
    shown: dict[int, Described],
    became: Since | None,
    names: dict[str, str],
    count: int,
    limit: int | None,
) -> None:
    console.say("cli.communities.modularity", modularity=f"{made.modularity:.3f}")
    words.tell_verdict(console, made)
    heads, rows = words.table(shown, became)
    console.table(heads, rows, numbers=[k for k, h in enumerate(heads) if h not in words.TEXTS], cut=True)
    if len(shown) < count:
        console.say("cli.more", shown=f"{len(shown):,}", total=f"{count:,}")
    if became is not None:
        words.tell_gone(console, became, names, limit)
    console.say("cli.communities.no_accusation")


def _tell_one(
    console: Console,
    store: Store,
    made: Division,
    d: Described,
    became: Since | None,
    group: int,
    names: dict[str, str],
    limit: int | None,
) -> None:
    words.tell_verdict(console, made)
    places = {c.id: place for place, c in enumerate(made.groups().values(), 1)}
    for line in words.profile_lines(d, names, places):
        console.line(line)
    if became is not None:
        for change, before in became.of.get(group, ()):
            was = "; ".join(words.named(b, names) for b in before)
            reason = change.reason.into()
            console.line(say("cli.communities.became", run=became.run, reason=reason) + (f" ({was})" if was else ""))
    rows = words.member_rows(store, d, limit)
    console.table(("key", "kind", "name", "id"), rows)
    if len(rows) < d.community.size:
        console.say("cli.more", shown=f"{len(rows):,}", total=f"{d.community.size:,}")
    console.say("cli.communities.no_accusation")


def _write(
    store: Store, file: Path, out: dict[int, Described], became: Since | None, one: int | None, include_sar: bool
) -> int:
    """The table of communities, or the members of the one that was asked for; how many rows."""
    from vinculo.analytics.community_openly import hidden_sources

    hidden = () if include_sar else hidden_sources(store)
    rows = words.csv_members(store, out[one], hidden) if one in out else []
    if one is None:
        names = words.names_of(store, out, None, hidden)
        rows = [words.csv_row(place, d, became, group, names) for place, (group, d) in enumerate(out.items(), 1)]
    try:
        words.write_csv(rows, words.MEMBER_COLUMNS if one is not None else words.COLUMNS, file)
    except OSError as error:
        raise InputError("table_unwritable", file=str(file), reason=error.strerror or str(error)) from None
    return len(rows)


def _side_by_side(
    console: Console, projection: str, resolutions: tuple[float, ...], seed: int, limit: int | None
) -> None:
    from vinculo.analytics.communities import side_by_side

    with console.open() as store:
        seen = seen_by(console, store, projection)
        nested, fine = side_by_side(seen, resolutions, seed=seed)
    note_compiling(console)
    layers = [*nested, fine]
    for line in words.layer_lines(nested, fine, limit):
        console.emit(line | {"projection": seen.as_json()})
    tell_projection(console, seen)
    rows = [words.layer_row(d) for d in layers]
    console.table(("method", "resolution", "groups", "largest", "middle", "modularity"), rows, numbers=(1, 2, 3, 4, 5))
    console.say("cli.communities.layers")


def _kept(console: Console, forget: str | None) -> None:
    from vinculo.analytics.community_keeping import RUNS, forget_communities, kept_runs

    with console.open(write=forget is not None, create=False) as store:
        if forget is not None:
            if forget not in store.documents(RUNS):
                raise UsageError("unknown_communities", name=forget)
            forget_communities(store, forget)
            console.say("cli.communities.forgotten", name=forget)
        runs = kept_runs(store)
    rows = []
    for name, run in runs.items():
        console.emit({"name": name, **{k: v for k, v in run.items() if k != "basis"}})
        there = say(f"cli.communities.{'current' if run['current'] else 'outdated'}")
        title = run["projection"]["name"]
        rows.append((name, run["when"][:16].replace("T", " "), title, run["method"], run["communities"], there))
    if rows:
        console.table(("name", "kept_at", "projection", "method", "groups", "state"), rows, numbers=(4,))
    elif forget is None:
        console.say("cli.communities.none_kept")
