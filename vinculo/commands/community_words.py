"""How communities are told: as tables, as lines, as JSON, as a file to take along."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vinculo.console import Console
from vinculo.graph.errors import UsageError
from vinculo.graph.exports.csv import BETWEEN, guard
from vinculo.graph.schema import kind
from vinculo.graph.store import Store
from vinculo.graph.taint import Hidden, without
from vinculo.graph.text import say
from vinculo.graph.whole import whole

if TYPE_CHECKING:
    from vinculo.analytics.communities import Division
    from vinculo.analytics.community_change import Change
    from vinculo.analytics.community_keeping import Before, Since
    from vinculo.analytics.community_report import Described

#: Columns of a table that hold no numbers.
TEXTS = ("community", "countries", "money_inside", "change", "name")
#: Members told of one community, groups told that are no longer there; countries and currencies in a cell.
MEMBERS, GONE, COUNTRIES, CURRENCIES = 50, 10, 3, 2
COLUMNS = (
    *("place", "id", "name", "size", "stability", "density", "inside", "links", "kinds", "countries", "money_inside"),
    *(
        "money_into",
        "money_out",
        "goods_inside",
        "goods_across",
        "seizures",
        "key_members",
        "brokers",
        "change",
        "since",
    ),
    *("made_up", "taint"),
)
MEMBER_COLUMNS = ("id", "kind", "name", "key_member", "made_up", "taint")


def numbers(given: str) -> tuple[float, ...]:
    """Resolutions as they were typed.

    Examples
    --------
    >>> numbers("0.5, 1,2")
    (0.5, 1.0, 2.0)
    """
    try:
        made = tuple(float(part) for part in given.split(","))
    except ValueError:
        made = ()
    if not made or not all(0 < r < inf for r in made):
        raise UsageError("resolutions_unreadable", text=given)
    return tuple(dict.fromkeys(made))


def names_of(store: Store, told: dict[int, Described], became: Since | None, hidden: Hidden = ()) -> dict[str, str]:
    """Names of the key members of today and of then, of those who are still there, as other sources tell them."""
    ids = [i for d in told.values() for i in d.profile.key_members]
    if became is not None:
        pairs = [pair for some in became.of.values() for pair in some] + list(became.gone)
        ids += [i for _, before in pairs for b in before for i in b.key_members]
    return {i: without(e, hidden).name for i, e in store.entities(list(dict.fromkeys(ids))).items()}


def named(before: Before, names: dict[str, str]) -> str:
    """A group of then: by two of its key members who are still there, else by its id."""
    known = [names[i] for i in before.key_members if i in names][:2]
    if not known:
        return before.id[:12]
    rest = before.size - len(known)
    return ", ".join(known) + (f" +{rest:,}" if rest else "")


def change_json(run: str, change: Change, before: Sequence[Before]) -> dict[str, Any]:
    """One change as plain values."""
    return {
        "since": run,
        "kind": change.kind,
        "before": [{"id": b.id, "size": b.size, "key_members": list(b.key_members)} for b in before],
        "jaccard": round(change.jaccard, 9),
        "reason": change.reason._asdict(),
    }


def became_json(became: Since | None, group: int) -> dict[str, Any]:
    """What became of a community, where something was kept to compare with."""
    if became is None:
        return {}
    return {"changes": [change_json(became.run, change, before) for change, before in became.of.get(group, ())]}


def _changed(became: Since, group: int) -> str:
    told = [say(f"community_change.word.{change.kind}") for change, _ in became.of.get(group, ())]
    return ", ".join(dict.fromkeys(told))


def tell_verdict(console: Console, made: Division) -> None:
    """Whether the groups are real, or that one search does not know."""
    if made.stable is None:
        console.say("cli.communities.unsure")
    else:
        console.say("cli.communities.real" if made.stable.is_real else "cli.communities.not_real")


def table(shown: dict[int, Described], became: Since | None) -> tuple[list[str], list[list[object]]]:
    """Headings and rows of the list."""
    sure = any(d.community.stability is not None for d in shown.values())
    heads = ["place", "community", "size", *(["stability"] if sure else []), "inside", "density", "seizures"]
    heads += ["countries", "money_inside", *(["change"] if became else []), "name"]
    rows: list[list[object]] = []
    for place, (group, d) in enumerate(shown.items(), 1):
        c, p = d.community, d.profile
        row: list[object] = [place, c.id[:12], c.size, *([c.stability] if sure else [])]
        row += [f"{p.inside:.0%}", _share(p.density), p.seizures, ", ".join(list(p.countries)[:COUNTRIES]).upper()]
        paid = sorted((m for m in p.money if m.inside), key=lambda m: (-m.payments, m.currency))[:CURRENCIES]
        row.append("; ".join(f"{m.inside:,.0f} {m.currency}".strip() for m in paid))
        rows.append([*row, *([_changed(became, group)] if became else []), p.name.into()])
    return heads, rows


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}" if value >= 0.001 or not value else "< 0.1%"


def tell_gone(console: Console, became: Since, names: dict[str, str], limit: int | None = None) -> None:
    """With what the list was compared, and what is no longer there."""
    console.say("cli.communities.compared", run=became.run, when=became.when[:16].replace("T", " "))
    most = limit or GONE
    for change, before in became.gone[:most]:
        console.line(f"- {change.reason.into()} ({'; '.join(named(b, names) for b in before)})")
    if len(became.gone) > most:
        console.say("cli.more", shown=f"{most:,}", total=f"{len(became.gone):,}")


def profile_lines(d: Described, names: dict[str, str], places: dict[str, int]) -> Iterator[str]:
    """One community whole, line by line; others stand by their places in the list."""
    from vinculo.analytics.community_finding import reason_of

    c, p = d.community, d.profile
    yield say("community.named", name=p.name.into(), reason=reason_of(d).into())
    yield _line("id", c.id)
    yield _line("kinds", _counted({kind(k).label.into(): n for k, n in p.kinds.items()}))
    if p.countries:
        yield _line("countries", _counted({k.upper(): n for k, n in p.countries.items()}))
    yield _line("density", f"{p.links:,} ({_share(p.density)})")
    for m in p.money:
        amounts = {k: f"{getattr(m, k):,.0f}" for k in ("inside", "into", "out")}
        yield say("cli.communities.money", currency=m.currency, payments=f"{m.payments:,}", **amounts)
    for g in p.goods:
        weights = {k: f"{getattr(g, k):,.0f}" for k in ("inside_kg", "across_kg")}
        yield say("cli.communities.goods", code=g.hs_code, inside=f"{g.inside:,}", across=f"{g.across:,}", **weights)
    yield _line("seizures", f"{p.seizures:,}")
    yield _line("key_members", "; ".join(names.get(i, i) for i in p.key_members))
    for b in d.brokers:
        others = ", ".join(say("cli.communities.nth", place=places[i], share=f"{s:.0%}") for i, s in b.others)
        yield say("cli.communities.broker", name=b.name, others=others)


def _line(key: str, value: str) -> str:
    return f"{say(f'community.{key}')}: {value}"


def _counted(values: dict[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in values.items())


def _members(store: Store, d: Described, most: int | None = None, hidden: Hidden = ()) -> list[dict[str, Any]]:
    ordered = list(dict.fromkeys((*d.profile.key_members, *d.community.members)))[:most]
    known = {i: without(e, hidden) for i, e in store.entities(ordered).items()}
    return [
        {"id": i, "kind": known[i].kind, "name": known[i].name, "key_member": i in d.profile.key_members}
        for i in ordered
        if i in known
    ]


def member_rows(store: Store, d: Described, limit: int | None = None) -> list[tuple[object, ...]]:
    """Its first members, key members before the others."""
    told = _members(store, d, limit or MEMBERS)
    return [(r["key_member"], kind(r["kind"]).label.into(), r["name"], r["id"]) for r in told]


def csv_members(store: Store, d: Described, hidden: Hidden) -> list[dict[str, Any]]:
    """Every member of one community, as the sources that are not hidden know it."""
    marks = {"made_up": d.made_up, "taint": d.taint}
    return [r | {"key_member": str(r["key_member"]).lower()} | marks for r in _members(store, d, hidden=hidden)]


def csv_row(place: int, d: Described, became: Since | None, group: int, names: dict[str, str]) -> dict[str, Any]:
    """One community as a row of the table to take along."""
    c, p = d.community, d.profile
    told = d.as_json()
    row = {k: told[k] for k in ("id", "size", "density", "inside", "links", "seizures")}
    row |= {"place": place, "name": p.name.into(), "stability": c.stability}
    row |= {k: BETWEEN.join(f"{name} {n}" for name, n in told[k].items()) for k in ("kinds", "countries")}
    for way in ("inside", "into", "out"):
        row[f"money_{way}"] = BETWEEN.join(f"{m['currency']} {m[way]:.2f}" for m in told["money"] if m[way])
    for way in ("inside", "across"):
        row[f"goods_{way}"] = BETWEEN.join(f"{g['hs_code']} {g[way]}" for g in told["goods"] if g[way])
    row["key_members"] = BETWEEN.join(names.get(i, i) for i in p.key_members)
    row["brokers"] = BETWEEN.join(b.name for b in d.brokers)
    if became is not None:
        row |= {"since": became.run, "change": _changed(became, group)}
    return row | {"made_up": d.made_up, "taint": d.taint}


def write_csv(rows: Sequence[dict[str, Any]], columns: Sequence[str], path: Path) -> None:
    """A table for a spreadsheet program; text from data cannot run as a formula there."""
    with whole(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for row in rows:
            out.writerow([guard("" if row.get(c) is None else str(row[c])) for c in columns])


def layer_row(d: Division) -> tuple[object, ...]:
    """One resolution: how many groups of two and more, the largest, the middle one."""
    sizes = sorted((c.size for c in d.groups().values()), reverse=True)
    middle = sizes[len(sizes) // 2] if sizes else 0
    return (d.method, f"{d.resolution:g}", len(sizes), sizes[0] if sizes else 0, middle, f"{d.modularity:.3f}")


def layer_lines(nested: Sequence[Division], fine: Division, limit: int | None) -> Iterator[dict[str, Any]]:
    """A line for each resolution with its communities; each names the one of the resolution before that it lies in."""
    above: dict[str, str] = {}
    for d in (*nested, fine):
        groups = list(d.groups().values())
        told = [
            {"id": c.id, "size": c.size, "members": list(c.members)}
            | ({"within": above[c.members[0]]} if above and d is not fine else {})
            for c in groups
        ]
        about = {"method": d.method, "resolution": d.resolution, "seed": d.seed, "modularity": d.modularity}
        yield {**about, "groups": len(groups), "communities": told[:limit]}
        above = {m: c.id for c in groups for m in c.members}
