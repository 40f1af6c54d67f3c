"""The likeliest ways two entities may be linked: the k cheapest paths, each step with its records and what it could have carried.

A path says that something *could* have gone this way, on the links that are on record; not that it did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vinculo.analytics.columns import DAY_S, UNDATED, day
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.phrasing import counted, money, sentence
from vinculo.analytics.ways.carried import Parcel, carried
from vinculo.analytics.ways.k_best import Way, arrivals, k_best
from vinculo.analytics.ways.one_party import NUMBERED, numbers_on, one_party, told_one_party
from vinculo.analytics.ways.ruled_out import RuledOut, ruled_out
from vinculo.analytics.ways.terrain import Moments, Terrain, moments, terrain
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Network
from vinculo.graph.network_cache import network_of
from vinculo.graph.schema import descendants
from vinculo.graph.schema import kind as known_kind
from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.types import Entity, Link


@dataclass(frozen=True)
class Hop:
    """One step of a path.

    Attributes
    ----------
    link : Link
        The link that stands for the step, with its sources: the use of an official number where there is one, else in time
        order the earliest that can be taken, else the one with the smallest id.
    forward : bool
        Whether it is taken from its source to its target.
    usable : int
        Links by which the step can be taken.
    first, last : str
        Days of the first and the last of them, ISO; empty where none is dated.
    """

    link: Link
    forward: bool
    usable: int
    first: str
    last: str


@dataclass(frozen=True)
class PossiblePath:
    """A path with its price.

    Attributes
    ----------
    entities : tuple of Entity
        One more than there are hops.
    hops : tuple of Hop
    cost : float
        Steps, with what hubs cost more.
    carried : dict
        By currency, the most that its payments could have passed on from end to end; empty where some step has no payment of a
        known amount in its direction. An account and its holder are one purse, and so are records with the same tax number
        (:mod:`vinculo.analytics.ways.one_party`).
    told : Text
        One sentence, and one more for each number by which two records are taken for one party.
    """

    entities: tuple[Entity, ...]
    hops: tuple[Hop, ...]
    cost: float
    carried: dict[str, float]
    told: Text


@dataclass(frozen=True)
class PossiblePaths:
    """What was asked and what was found.

    ``truncated`` says that the search stopped at its work budget: there may be more or cheaper paths.
    """

    question: dict[str, Any]
    paths: tuple[PossiblePath, ...]
    ruled_out: tuple[RuledOut, ...]
    truncated: bool


def possible_paths(
    store: Store,
    a: str,
    b: str,
    *,
    k: int = 5,
    max_hops: int = 8,
    kinds: Sequence[str] | None = None,
    time_ordered: bool = False,
    avoid: Sequence[str] = (),
    avoid_kinds: Sequence[str] = ("Location",),
    hub_steps: float = 1.0,
    hub_from: int = 10,
    progress: Progress | None = None,
) -> PossiblePaths:
    """The k cheapest paths between two entities, and why shorter ones are not among them.

    Parameters
    ----------
    store : Store
    a, b : str
        Ids of the ends.
    k : int
        How many paths.
    max_hops : int
        Longest path.
    kinds : sequence of str, optional
        Kinds of links allowed.
    time_ordered : bool
        Payments and goods move in their direction, none before the one in front of it.
    avoid : sequence of str
        Ids of entities no path may pass.
    avoid_kinds : sequence of str
        Kinds of entities that no path may pass, with their descendants: who was at the same port or the same branch of a bank has
        nothing to do with one another.
    hub_steps, hub_from : float, int
        Each doubling of an entity's neighbours above ``hub_from`` costs ``hub_steps`` more steps; 0 makes all alike.
    progress : callable, optional
        Told the stage; may raise to stop.

    Returns
    -------
    PossiblePaths
        Cheapest first.

    Raises
    ------
    UsageError
        ``unknown_entity``, ``unknown_kind``.

    References
    ----------
    Yen, Management Science 17 (1971). The price of hubs is a convention of this program, told with the result.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> possible_paths(open_store("sqlite:///:memory:"), "a", "b")
    Traceback (most recent call last):
        ...
    vinculo.graph.errors.UsageError: Nothing in this store has the id a.
    """
    for name in (*(kinds or ()), *avoid_kinds):
        known_kind(name)
    warm(progress)
    if progress:
        progress("read", 0, 0)
    network = network_of(store)
    at = network.index([a, b, *avoid])
    for id, node in zip([a, b, *avoid], at, strict=True):
        if node < 0:
            raise UsageError("unknown_entity", id=id)
    source, target, shut = int(at[0]), int(at[1]), [int(n) for n in at[2:] if n not in at[:2]]
    passing = ~network.of_kind([d for name in avoid_kinds for d in descendants(name)])
    passing[[source, target]] = True
    when = moments(network, store.table)
    choice: dict[str, Any] = {"kinds": kinds, "time_ordered": time_ordered}
    price: dict[str, Any] = {"hub_steps": hub_steps, "hub_from": hub_from}
    closed = [*shut, *np.flatnonzero(~passing).tolist()]
    ground = terrain(network, when, avoid=closed, **choice, **price)
    if progress:
        progress("paths", 0, 0)
    ways, truncated = k_best(ground, source, target, k=k, max_hops=max_hops)
    against = ruled_out(ground, when, source, target, ways, kinds=kinds, avoid=shut, passing=passing, max_hops=max_hops)
    question = {"from": a, "to": b, "k": k, "max_hops": max_hops, "avoid": list(avoid), **choice, **price}
    question["avoid_kinds"] = list(avoid_kinds)
    paths = _told(store, ground, when, ways, time_ordered)
    return PossiblePaths(question | {"kinds": list(kinds) if kinds else None}, paths, tuple(against), truncated)


def _told(
    store: Store, ground: Terrain, when: Moments, ways: Sequence[Way], time_ordered: bool
) -> tuple[PossiblePath, ...]:
    network = ground.network
    steps = [_steps(ground, w, time_ordered) for w in ways]
    named = {n: str(network.ids[n].as_py()) for w in ways for n in w.nodes}
    rows = sorted({_stands(network, u) for way in steps for u in way})
    link_ids = dict(zip(rows, network.link_ids.take(np.array(rows, np.int64)).to_pylist(), strict=True))
    entities = store.entities(sorted(set(named.values())))
    links = store.links(sorted(set(link_ids.values())))
    numbers = numbers_on(store, network, entities.values())
    made = []
    for way, usable in zip(ways, steps, strict=True):
        hops = []
        for node, at in zip(way.nodes, usable, strict=False):
            link = links[link_ids[_stands(network, at)]]
            dates = _days(when, at)
            hops.append(Hop(link, link.source == named[node], len(at), *dates))
        passed = tuple(entities[named[n]] for n in way.nodes)
        same = one_party(numbers, passed)
        paid = _paid(ground, when, way, usable, {step for at in same for step in (at - 1, at)})
        amounts = _carried(paid, time_ordered)
        told = _sentence([e.name or e.id for e in passed], hops, paid, amounts, way, time_ordered)
        more = [told, *told_one_party(passed, [h.link for h in hops], same)]
        told = Text(" ".join(m.en for m in more), " ".join(m.es for m in more))
        made.append(PossiblePath(passed, tuple(hops), round(way.cost, 3), amounts, told))
    return tuple(made)


def _steps(ground: Terrain, way: Way, time_ordered: bool) -> list[Codes]:
    """Rows of the links that can be taken at each step: in time order by date, else by id."""
    made = []
    times = arrivals(ground, way.nodes)
    for a, b, now in zip(way.nodes, way.nodes[1:], times, strict=False):
        arc = ground.arc(a, b)
        links = slice(ground.link_ptr[arc], ground.link_ptr[arc + 1])
        rows = ground.rows[links]
        if time_ordered and not ground.timeless[arc]:
            rows = rows[ground.ends[links] >= now]
        made.append(rows)
    return made


def _stands(network: Network, rows: Codes) -> int:
    """The row that is shown for a step."""
    kinds = network.links["kind"].take(rows).to_pylist()
    return int(rows[kinds.index(NUMBERED) if NUMBERED in kinds else 0])


def _days(when: Moments, rows: Codes) -> tuple[str, str]:
    dated = rows[when.begins[rows] != UNDATED]
    if not len(dated):
        return "", ""
    return day(int(when.begins[dated].min())), day(int(when.begins[dated].max()) // DAY_S * DAY_S)


def _paid(
    ground: Terrain, when: Moments, way: Way, usable: Sequence[Codes], same: Collection[int]
) -> list[dict[str, list[Parcel]] | None]:
    """By step and currency, what was paid in its direction; None within one purse: an account and its holder, ``same`` party."""
    network = ground.network
    by_hop: list[dict[str, list[Parcel]] | None] = []
    for step, (node, rows) in enumerate(zip(way.nodes, usable, strict=False)):
        table = network.links.take(rows)
        kinds = table["kind"].to_pylist()
        if step in same or "HOLDS" in kinds:
            by_hop.append(None)
            continue
        payments: dict[str, list[Parcel]] = defaultdict(list)
        told = zip(kinds, table["amount"].to_pylist(), table["currency"].to_pylist(), strict=True)
        for row, (kind, amount, currency) in zip(rows.tolist(), told, strict=True):
            if kind == "PAID" and amount is not None and amount > 0 and network.source[row] == node:
                payments[currency or ""].append(Parcel(int(when.begins[row]), int(when.ends[row]), float(amount)))
        by_hop.append(payments)
    return by_hop


def _carried(paid: Sequence[dict[str, list[Parcel]] | None], time_ordered: bool) -> dict[str, float]:
    steps = [hop for hop in paid if hop is not None]
    shared = sorted(set.intersection(*(set(hop) for hop in steps))) if steps else []
    sums = {c: carried([hop[c] for hop in steps], time_ordered=time_ordered) for c in shared}
    return {c: round(v, 2) for c, v in sums.items() if v > 0}


def _sentence(
    names: Sequence[str],
    hops: Sequence[Hop],
    paid: Sequence[dict[str, list[Parcel]] | None],
    amounts: dict[str, float],
    way: Way,
    time_ordered: bool,
) -> Text:
    about: dict[str, Any] = {"hops": counted(len(hops), "hop"), "cost": f"{way.cost:.1f}"}
    dates = sorted(d for h in hops for d in (h.first, h.last) if d)
    if amounts:
        about["amounts"] = ", ".join(money(v, v, c) for c, v in amounts.items())
        if not dates:
            return sentence("way.carried.undated", **about)
        key = "way.carried.in_time" if time_ordered else "way.carried"
        return sentence(key, **about, first=dates[0], last=dates[-1])
    if not any(paid):
        return sentence("way.linked", **about)
    for a, b, hop in zip(names, names[1:], paid, strict=False):
        if hop is not None and not hop:
            return sentence("way.unpaid", **about, a=a, b=b)
    return sentence("way.nothing_passed", **about)
