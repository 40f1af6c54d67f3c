"""Who stands next to whom: actors tied by common consignments, control and shared attributes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from vinculo.analytics.attributes import attributes, first_row
from vinculo.analytics.context import CONTROL_KINDS, Context
from vinculo.graph.network import Codes, Csr, Floats, simple_csr


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Ties between actors; carriers, brokers, banks and places have none, for they stand next to everybody.

    Attributes
    ----------
    graph : Csr
        Simple and undirected; ``weights`` grow with the logarithm of the number of common consignments and fall with the
        number of users of a shared attribute; ``links`` are rows of ``pairs``.
    evidence : list of tuple
        For each row of pairs, the rows of the links that show the tie.
    tie : list of str
        ``trade``, ``control``, ``address``, ``phone``, ``email`` or ``officer``.
    """

    graph: Csr
    evidence: list[tuple[int, ...]]
    tie: list[str]

    def spread(self, amount: Floats) -> Floats:
        """Pass what each actor has on to its neighbours, in shares by weight."""
        g = self.graph
        rows = np.repeat(np.arange(g.nodes), g.degrees)
        whole = np.bincount(rows, weights=g.weights, minlength=g.nodes)
        share = amount[rows] * g.weights / whole[rows]
        made: Floats = np.bincount(g.neighbours, weights=share, minlength=g.nodes).astype(np.float64)
        return made


def surroundings(context: Context, *, degree_max: int) -> Surroundings:
    """Ties between actors.

    Parameters
    ----------
    context : Context
    degree_max : int
        Attributes that more companies use are passed over.
    """
    a: list[int] = []
    b: list[int] = []
    weights: list[float] = []
    evidence: list[tuple[int, ...]] = []
    tie: list[str] = []
    for x, y, weight, links, word in (*_trade(context), *_control(context), *_shared(context, degree_max)):
        a.append(min(x, y))
        b.append(max(x, y))
        weights.append(weight)
        evidence.append(links)
        tie.append(word)
    graph = simple_csr(
        len(context.network), np.array(a, np.int32), np.array(b, np.int32), np.array(weights, np.float64)
    )
    return Surroundings(graph, evidence, tie)


_Ties = Iterator[tuple[int, int, float, tuple[int, ...], str]]


def _trade(context: Context) -> _Ties:
    trade, skip = context.trade, context.intermediaries
    by_row: dict[int, list[int]] = defaultdict(list)
    for k in np.flatnonzero(~skip[trade.actor]).tolist():
        by_row[int(trade.row[k])].append(k)
    count: dict[tuple[int, int], int] = defaultdict(int)
    shown: dict[tuple[int, int], tuple[int, ...]] = {}
    for ks in by_row.values():
        for x, y in combinations(ks, 2):
            p, q = int(trade.actor[x]), int(trade.actor[y])
            if p != q:
                pair = (min(p, q), max(p, q))
                count[pair] += 1
                shown.setdefault(pair, (int(trade.link[x]), int(trade.link[y])))
    for (p, q), n in count.items():
        yield p, q, 1.0 + math.log(n), shown[p, q], "trade"


def _control(context: Context) -> _Ties:
    network, of, skip = context.network, context.actors.of, context.intermediaries
    for row in np.flatnonzero(network.links_of_kind(CONTROL_KINDS)).tolist():
        p, q = int(of[network.source[row]]), int(of[network.target[row]])
        if p != q and not skip[p] and not skip[q]:
            yield p, q, 2.0, (row,), "control"


def _shared(context: Context, degree_max: int) -> _Ties:
    for (word, _), users in attributes(context).items():
        if word != "officer" and 2 <= len(users) <= degree_max:
            weight = 2.0 / (len(users) - 1)
            for p, q in combinations(sorted(users), 2):
                yield p, q, weight, (first_row(users[p]), first_row(users[q])), word


def touched_by(context: Context, *, days_around: int) -> tuple[Codes, Codes, list[tuple[int, ...]]]:
    """Which actors stand behind what was seized: the parties themselves, and those of seized consignments and containers.

    A container travels for others before and after: only consignments dated within some days of the seizure count.

    Returns
    -------
    seizures, actors, evidence
        One entry per pair: node of the seizure, actor, rows of the links from the one to the other.
    """
    network, of, trade = context.network, context.actors.of, context.trade
    time = context.seizure_time
    row_of = {int(n): i for i, n in enumerate(context.consignments.node)}
    parties: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for link, actor, row in zip(trade.link.tolist(), trade.actor.tolist(), trade.row.tolist(), strict=True):
        if not context.intermediaries[actor]:
            parties[row].append((actor, link))
    loads: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for link in np.flatnonzero(network.links_of_kind(["IN_CONTAINER"])).tolist():
        if int(network.source[link]) in row_of:
            loads[int(network.target[link])].append((row_of[int(network.source[link])], link))
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for link in np.flatnonzero(network.links_of_kind(["SEIZED_FROM"])).tolist():
        seizure, thing = int(network.source[link]), int(network.target[link])
        if context.actors.is_party[thing] and not context.intermediaries[of[thing]]:
            found.setdefault((seizure, int(of[thing])), (link,))
        if thing in row_of:
            for actor, by in parties[row_of[thing]]:
                found.setdefault((seizure, actor), (link, by))
        for row, inside in loads.get(thing, ()):
            moment = int(context.consignments.time[row])
            if abs(moment - time.get(seizure, moment)) <= days_around * 86_400:
                for actor, by in parties[row]:
                    found.setdefault((seizure, actor), (link, inside, by))
    pairs = sorted(found)
    return (
        np.array([s for s, _ in pairs], np.int32),
        np.array([a for _, a in pairs], np.int32),
        [found[p] for p in pairs],
    )
