"""Betweenness: how much of the shortest paths between others runs through each node."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.ahead import SOON, neighbours_ahead
from vinculo.analytics.kernels.compiled import Calls, Progress, Tiny, kernel
from vinculo.analytics.kernels.heap import drop_first, push
from vinculo.analytics.kernels.random import permutation
from vinculo.analytics.kernels.watched import heard, over
from vinculo.graph.network import Codes, Csr, Floats, Ints


@kernel
def accumulate_unweighted(ptr: Ints, neighbours: Codes, sources: Codes, into: Floats, ends: bool, watch: Ints) -> None:
    """Add each source's dependencies (Brandes 2001) on all others, every link of length 1.

    With ``ends`` a path also runs through the two nodes it joins.
    """
    n = len(ptr) - 1
    # Ends of links are taken without sign: no check is compiled for places counted from the end. What would have to be asked of
    # each link is reckoned: no processor guesses the answers.
    distance = np.full(n, -1, np.int32)
    paths = np.zeros(n)
    dependency = np.empty(n)
    # a node's dependency and one for itself, for each path to it; nothing while nodes as near as it is are looked at
    behind = np.zeros(n)
    order = np.empty(n + 1, np.int32)  # the place after the last is written to and never read
    for k in range(len(sources)):
        if over(watch, len(neighbours)):
            return
        s = sources[k]
        distance[s] = 0
        paths[s] = 1.0
        order[0] = s
        head = 0
        tail = 1
        while head < tail:
            if head + SOON < tail:
                neighbours_ahead(ptr, neighbours, order[head + SOON])
            u = np.uint32(order[head])
            head += 1
            beyond = np.int32(distance[u] + 1)
            ways = paths[u]
            for e in range(ptr[u], ptr[u + np.uint32(1)]):
                v = np.uint32(neighbours[e])
                reached = distance[v]
                order[tail] = v
                tail += reached < 0
                reached = beyond if reached < 0 else reached
                distance[v] = reached
                paths[v] += ways if reached == beyond else 0.0
        farthest = tail
        while farthest > 1:
            away = distance[order[farthest - 1]]
            i = farthest
            while distance[order[i - 1]] == away:
                i -= 1
                if i >= SOON:
                    neighbours_ahead(ptr, neighbours, order[i - SOON])
                u = np.uint32(order[i])
                total = 0.0
                for e in range(ptr[u], ptr[u + np.uint32(1)]):
                    total += behind[np.uint32(neighbours[e])]
                dependency[u] = total * paths[u]
            for j in range(i, farthest):
                u = np.uint32(order[j])
                behind[u] = (1.0 + dependency[u]) / paths[u]
                into[u] += dependency[u]
            farthest = i
        if ends:
            into[s] += tail - 1
            for i in range(1, tail):
                into[order[i]] += 1.0
        for i in range(tail):
            u = order[i]
            distance[u] = -1
            paths[u] = 0.0
            behind[u] = 0.0


@kernel
def accumulate_weighted(
    ptr: Ints, neighbours: Codes, lengths: Floats, sources: Codes, into: Floats, ends: bool, watch: Ints
) -> None:
    """As :func:`accumulate_unweighted` with links of positive length (Dijkstra on a binary heap); infinite ones lead nowhere."""
    n = len(ptr) - 1
    size = len(neighbours) + 1
    heap_key = np.empty(size)
    heap_node = np.empty(size, np.int32)
    distance = np.full(n, np.inf)
    done = np.zeros(n, np.bool_)
    paths = np.zeros(n)
    dependency = np.zeros(n)
    order = np.empty(n, np.int32)
    for k in range(len(sources)):
        if over(watch, len(neighbours)):
            return
        s = sources[k]
        distance[s] = 0.0
        paths[s] = 1.0
        filled = push(heap_key, heap_node, 0, 0.0, s)
        settled = 0
        while filled > 0:
            u = heap_node[0]
            filled = drop_first(heap_key, heap_node, filled)
            if done[u]:
                continue
            done[u] = True
            order[settled] = u
            settled += 1
            for e in range(ptr[u], ptr[u + 1]):
                v = neighbours[e]
                reach = distance[u] + lengths[e]
                if reach < distance[v]:
                    distance[v] = reach
                    paths[v] = paths[u]
                    filled = push(heap_key, heap_node, filled, reach, v)
                elif reach == distance[v] and reach < np.inf:
                    paths[v] += paths[u]
        for i in range(settled - 1, -1, -1):
            u = order[i]
            total = 0.0
            for e in range(ptr[u], ptr[u + 1]):
                v = neighbours[e]
                if distance[u] + lengths[e] == distance[v] and distance[v] < np.inf:
                    total += (1.0 + dependency[v]) / paths[v]
            dependency[u] = total * paths[u]
            if i > 0:
                into[u] += dependency[u]
        if ends:
            into[s] += settled - 1
            for i in range(1, settled):
                into[order[i]] += 1.0
        for i in range(settled):
            u = order[i]
            distance[u] = np.inf
            done[u] = False
            paths[u] = 0.0
            dependency[u] = 0.0


def betweenness(
    graph: Csr,
    *,
    directed: bool = False,
    lengths: Floats | None = None,
    samples: int | None = None,
    seed: int = 0,
    normalized: bool = True,
    watch: Ints | None = None,
    progress: Progress | None = None,
) -> Floats:
    """Betweenness of each node: the share of shortest paths between others that run through it.

    Parameters
    ----------
    graph : Csr
        Simple; the row of a node holds where its links lead.
    directed : bool
        Whether the rows are one direction only (for the factor, as NetworkX counts).
    lengths : float64 array, optional
        Positive length per entry of the graph, infinite where a link leads nowhere. Unweighted by default: a payment of a million
        is no shorter than one of ten. Published figures on weighted networks often use 1 / weight: state which.
    samples : int, optional
        Only so many sources, drawn by ``seed``, scaled up; all by default (exact).
    normalized : bool
        Divide by the number of pairs.
    watch : int64 array, optional
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).
    progress : callable, optional
        Told ``("betweenness", sources done, sources)``; may raise to stop.
    """
    n = graph.nodes
    sources = np.arange(n, dtype=np.int32)
    if samples is not None and samples < n:
        sources = permutation(n, np.array([seed], np.uint64))[:samples]
    score = dependencies(graph, sources, lengths=lengths, watch=watch, progress=progress)
    factor = 1.0 if directed or normalized else 0.5
    if normalized:
        factor = 1.0 / ((n - 1) * (n - 2)) if n > 2 else 1.0
    if len(sources):
        factor *= n / len(sources)
    scaled: Floats = score * factor
    return scaled


def dependencies(
    graph: Csr,
    sources: Codes,
    *,
    lengths: Floats | None = None,
    ends: bool = False,
    watch: Ints | None = None,
    progress: Progress | None = None,
) -> Floats:
    """Sum over these sources of the shares of shortest paths from them that run through each node.

    Parameters are those of :func:`betweenness`; with ``ends`` a path also runs through the two nodes it joins.
    """
    score = np.zeros(graph.nodes)

    def add(flags: Ints) -> None:
        if lengths is None:
            accumulate_unweighted(graph.ptr, graph.neighbours, sources, score, ends, flags)
        else:
            accumulate_weighted(graph.ptr, graph.neighbours, lengths, sources, score, ends, flags)

    links = len(graph.neighbours)
    # every source looks at every link
    heard(
        add,
        links=links * len(sources),
        watch=watch,
        stage="betweenness",
        unit=max(links, 1),
        total=len(sources),
        progress=progress,
    )
    return score


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (accumulate_unweighted, (t.ptr, t.ends, t.codes[:1], np.zeros(2), False, t.watch)),
        (accumulate_weighted, (t.ptr, t.ends, t.floats, t.codes[:1], np.zeros(2), False, t.watch)),
    ]
