"""The k cheapest paths (Yen 1971, with Lawler's saving 1972) over a search that keeps the order of dates.

A path is the entities it passes, none twice. Waiting never harms: who is somewhere earlier can take every link that a later
comer can. So the earliest arrival along the beginning of a path decides what may follow, and the search from there keeps, for
each node, only ways that no other beats in cost, arrival and steps at once.
"""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from vinculo.analytics.kernels.paths import by_length
from vinculo.analytics.kernels.watched import heard, was_cut, watching
from vinculo.analytics.kernels.ways import LONGEST_S, NEVER, arrival, cheapest
from vinculo.analytics.ways.terrain import Terrain
from vinculo.graph.network import Floats

#: Links that all the searches for one question may look at together.
WORK = 200_000_000
#: Before the first date there is; its day before must be a number too.
BEFORE_ALL = np.iinfo(np.int64).min // 4 + LONGEST_S


class Way(NamedTuple):
    """A path as numbers: what it costs and the nodes it passes."""

    cost: float
    nodes: tuple[int, ...]


def k_best(
    ground: Terrain, source: int, target: int, *, k: int = 5, max_hops: int = 8, work: int = WORK
) -> tuple[list[Way], bool]:
    """The cheapest ways from one node to another.

    Parameters
    ----------
    ground : Terrain
    source, target : int
        Nodes.
    k : int
        How many at most.
    max_hops : int
        Longest way.
    work : int
        Links looked at, after which the search gives up with what it has.

    Returns
    -------
    ways, truncated
        Cheapest first, then the one with fewer steps, then by the nodes; whether the search gave up.

    References
    ----------
    Yen, Finding the K shortest loopless paths in a network, Management Science 17 (1971); Lawler, Management Science 18 (1972).

    Examples
    --------
    >>> from vinculo.analytics.ways.terrain import terrain
    >>> from vinculo.graph.network import Network
    >>> ground = terrain(Network.from_links([("a", "b"), ("b", "d"), ("a", "c"), ("c", "d"), ("b", "c")]))
    >>> [way.nodes for way in k_best(ground, 0, 3)[0]]
    [(0, 1, 3), (0, 2, 3), (0, 1, 2, 3), (0, 2, 1, 3)]
    """
    if source == target:
        return [Way(0.0, (source,))], False
    price = ground.price.copy()
    price[[source, target]] = 1.0
    search = _Search(ground, price, _remaining(ground, price, source, target), target, max_hops, work)
    waiting: list[tuple[float, int, tuple[int, ...], int]] = []
    search.offer(waiting, (source,), 0, [])
    found: list[Way] = []
    while waiting and len(found) < k:
        cost, _, nodes, turned = heapq.heappop(waiting)
        found.append(Way(cost, nodes))
        if len(found) == k:
            break
        for at in range(turned, len(nodes) - 1):
            search.offer(waiting, nodes[: at + 1], at, found)
    return found, was_cut(search.watch)


def _remaining(ground: Terrain, price: Floats, source: int, target: int) -> Floats:
    ptr, neighbours = ground.backward
    lengths = np.repeat(price, np.diff(ptr))
    order, far = by_length(ptr, neighbours, lengths, target, np.inf)
    made = np.full(len(ptr) - 1, np.inf)
    made[order] = far
    return made


class _Search:
    """One question: completes beginnings of paths."""

    def __init__(
        self, ground: Terrain, price: Floats, remaining: Floats, target: int, max_hops: int, work: int
    ) -> None:
        self.ground, self.price, self.remaining = ground, price, remaining
        self.target, self.max_hops, self.watch = target, max_hops, watching(work)
        self.shut = np.zeros(len(price), np.bool_)
        self.shut_arcs = np.zeros(len(ground.neighbours), np.bool_)

    def offer(
        self, waiting: list[tuple[float, int, tuple[int, ...], int]], root: tuple[int, ...], at: int, found: list[Way]
    ) -> None:
        """Add the cheapest way that begins like this and goes on like none that was found."""
        if was_cut(self.watch):
            return
        taken = {w.nodes[at + 1] for w in found if len(w.nodes) > at + 1 and w.nodes[: at + 1] == root}
        arcs = [self.ground.arc(root[-1], b) for b in sorted(taken)]
        self.shut[list(root[:-1])] = True
        self.shut_arcs[arcs] = True
        g = self.ground
        arguments = (
            g.ptr, g.neighbours, g.link_ptr, g.begins, g.ends, g.timeless, self.price, self.remaining,
            self.shut, self.shut_arcs, root[-1], self.target, arrivals(g, root)[-1], self.max_hops - at,
        )  # fmt: skip
        nodes = heard(lambda flags: cheapest(*arguments, flags), links=len(g.neighbours), watch=self.watch)
        self.shut[list(root[:-1])] = False
        self.shut_arcs[arcs] = False
        if len(nodes):
            whole = root + tuple(nodes[1:].tolist())
            cost = float(self.price[list(whole[1:])].sum())
            heapq.heappush(waiting, (cost, len(whole), whole, at))


def arrivals(ground: Terrain, nodes: tuple[int, ...]) -> list[int]:
    """The earliest moment one can be at each node of a path; ``NEVER`` from where the dates do not allow it on."""
    made = [BEFORE_ALL]
    for a, b in pairwise(nodes):
        arc = ground.arc(a, b)
        if made[-1] == NEVER or arc < 0:
            made.append(int(NEVER))
            continue
        first, last = ground.link_ptr[arc], ground.link_ptr[arc + 1]
        then = arrival(first, last, ground.begins, ground.ends, ground.timeless[arc], made[-1])
        made.append(int(then))
    return made
