"""Distances from a node: in links, or along weighted links."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.heap import drop_first, push
from vinculo.analytics.kernels.watched import heard, over
from vinculo.graph.network import Codes, Csr, Floats, Ints


@kernel
def by_links(ptr: Ints, neighbours: Codes, source: int, cutoff: float) -> tuple[Codes, Codes]:
    """Nodes that are reached, in the order they are, and the links it takes to each; beyond the cutoff nobody is asked on."""
    n = len(ptr) - 1
    distance = np.full(n, -1, np.int32)
    order = np.empty(n, np.int32)
    distance[source] = 0
    order[0] = source
    head = 0
    tail = 1
    while head < tail:
        u = order[head]
        head += 1
        if not cutoff > distance[u]:
            break
        for e in range(ptr[u], ptr[u + 1]):
            v = neighbours[e]
            if distance[v] < 0:
                distance[v] = distance[u] + 1
                order[tail] = v
                tail += 1
    return order[:tail], distance[order[:tail]]


@kernel
def by_length(ptr: Ints, neighbours: Codes, lengths: Floats, source: int, cutoff: float) -> tuple[Codes, Floats]:
    """Nodes that are reached, nearest first, and the length of the way to each (Dijkstra); of equals the first seen is first.

    Lengths must not be negative. Along a link of infinite length a node is reached, infinitely far away.
    """
    n = len(ptr) - 1
    size = len(neighbours) + 1
    keys = np.empty(size)
    ticks = np.empty(size, np.int32)
    nodes = np.empty(size, np.int32)
    # not a number: never seen; a comparison with it is false
    distance = np.full(n, np.nan)
    done = np.zeros(n, np.bool_)
    order = np.empty(n, np.int32)
    distance[source] = 0.0
    nodes[0] = source
    filled = push(keys, ticks, 0, 0.0, 0)
    tick = 0
    settled = 0
    while filled > 0:
        u = nodes[ticks[0]]
        filled = drop_first(keys, ticks, filled)
        if done[u]:
            continue
        done[u] = True
        order[settled] = u
        settled += 1
        for e in range(ptr[u], ptr[u + 1]):
            v = neighbours[e]
            far = distance[u] + lengths[e]
            if not far >= distance[v] and far <= cutoff:
                tick += 1
                distance[v] = far
                nodes[tick] = v
                filled = push(keys, ticks, filled, far, tick)
    return order[:settled], distance[order[:settled]]


@kernel
def add_reach(
    ptr: Ints,
    neighbours: Codes,
    lengths: Floats,
    weighted: bool,
    sources: Codes,
    reached: Ints,
    total: Floats,
    inverse: Floats,
    watch: Ints,
) -> None:
    """How many nodes each source reaches, itself included, the sum of the distances and of one over them."""
    for k in range(len(sources)):
        if over(watch, len(neighbours)):
            return
        s = sources[k]
        if weighted:
            order, far = by_length(ptr, neighbours, lengths, s, np.inf)
        else:
            order, steps = by_links(ptr, neighbours, s, np.inf)
            far = steps.astype(np.float64)
        reached[s] = len(order)
        for i in range(len(order)):
            total[s] += far[i]
            if far[i] != 0.0:
                inverse[s] += 1.0 / far[i]


def reach(graph: Csr, *, lengths: Floats | None = None, watch: Ints | None = None) -> tuple[Ints, Floats, Floats]:
    """How many nodes each node reaches, itself included, the sum of the distances to them and of one over the distances.

    Parameters
    ----------
    graph : Csr
        The row of a node holds where its links lead.
    lengths : float64 array, optional
        Length per entry, not negative; 1 each by default.
    watch : int64 array, optional
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> path = Network.from_links([("a", "b"), ("b", "c")]).simple()
    >>> [column.tolist() for column in reach(path)]
    [[3, 3, 3], [3.0, 2.0, 3.0], [1.5, 2.0, 1.5]]
    """
    n = graph.nodes
    reached, total, inverse = np.zeros(n, np.int64), np.zeros(n), np.zeros(n)
    everyone = np.arange(n, dtype=np.int32)
    used = graph.weights if lengths is None else lengths
    arguments = (graph.ptr, graph.neighbours, used, lengths is not None, everyone, reached, total, inverse)
    heard(lambda flags: add_reach(*arguments, flags), links=n * len(graph.neighbours), watch=watch)
    return reached, total, inverse


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (by_links, (t.ptr, t.ends, 0, 1.0)),
        (by_length, (t.ptr, t.ends, t.floats, 0, 1.0)),
        (
            add_reach,
            (t.ptr, t.ends, t.floats, True, t.codes[:1], np.zeros(2, np.int64), np.zeros(2), np.zeros(2), t.watch),
        ),
    ]
