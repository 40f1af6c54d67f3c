"""What taking out or choosing one more node does, for all candidates in one go.

Distances are counted, not summed: a sum of fractions made from whole counts does not depend on the order of visits.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.depth import depth_first
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask


@kernel
def cut_pairs(ptr: Ints, neighbours: Codes, gone: Mask, counts: Codes) -> tuple[np.int64, Ints, Codes, Codes]:
    """Ordered pairs that are joined without ``gone``, and for each node what its going leaves besides.

    One depth-first search (Hopcroft and Tarjan 1973) tells the parts into which a node's component falls. Returns the pairs
    joined now, and by node the pairs joined without it (-1 for one that is gone), the size of the largest part its component
    falls into, and the number of parts. Sizes add up ``counts``: 1 for whoever counts, 0 else.
    """
    n = len(ptr) - 1
    order, seen, parent, low = depth_first(ptr, neighbours, gone)
    size = counts.copy()
    cut = np.zeros(n, np.int32)
    after = np.zeros(n, np.int64)
    largest = np.zeros(n, np.int32)
    parts = np.zeros(n, np.int32)
    total = np.int64(0)
    last = len(order)
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        above = parent[v]
        if above >= 0:
            size[above] += size[v]
            if low[v] >= seen[above]:
                part = np.int64(size[v])
                cut[above] += size[v]
                after[above] += part * (part - 1)
                largest[above] = max(largest[above], size[v])
                parts[above] += size[v] > 0
            continue
        # a root: its component stands from here to the one found before
        together = np.int64(size[v])
        total += together * (together - 1)
        for k in range(i, last):
            u = order[k]
            rest = together - counts[u] - cut[u]
            after[u] += rest * (rest - 1) - together * (together - 1)
            if rest > 0:
                largest[u] = max(largest[u], rest)
                parts[u] += 1
        last = i
    for u in range(n):
        after[u] = -1 if gone[u] else after[u] + total
    return total, after, largest, parts


@kernel
def pairs_at_distance(ptr: Ints, neighbours: Codes, gone: Mask, at: Ints) -> int:
    """Count in ``at`` the ordered pairs at each distance, without ``gone``; returns how many links were looked at."""
    n = len(ptr) - 1
    distance = np.full(n, -1, np.int32)
    order = np.empty(n, np.int32)
    looked = 0
    for s in range(n):
        if gone[s]:
            continue
        distance[s] = 0
        order[0] = s
        head = 0
        tail = 1
        while head < tail:
            u = order[head]
            head += 1
            looked += ptr[u + 1] - ptr[u]
            for e in range(ptr[u], ptr[u + 1]):
                v = neighbours[e]
                if distance[v] < 0 and not gone[v]:
                    distance[v] = distance[u] + 1
                    at[distance[v]] += 1
                    order[tail] = v
                    tail += 1
        for i in range(tail):
            distance[order[i]] = -1
    return looked


@kernel
def nearness_without(ptr: Ints, neighbours: Codes, gone: Mask, candidates: Codes, budget: int) -> tuple[Floats, int]:
    """Sum of 1 / distance over ordered pairs without ``gone`` and each candidate in turn, and how many links were looked at.

    Stops before a candidate once more than ``budget`` links were looked at: NaN from there on.
    """
    made = np.full(len(candidates), np.nan)
    at = np.zeros(len(ptr), np.int64)
    looked = 0
    for c in range(len(candidates)):
        if looked > budget:
            break
        v = candidates[c]
        held = gone[v]
        gone[v] = True
        at[:] = 0
        looked += pairs_at_distance(ptr, neighbours, gone, at)
        gone[v] = held
        total = 0.0
        for d in range(1, len(at)):
            if at[d] == 0:
                break
            total += at[d] / d
        made[c] = total
    return made, looked


@kernel
def distance_from(ptr: Ints, neighbours: Codes, members: Codes, far: int) -> Codes:
    """Links from the nearest member to each node; ``far`` where it is as far or cannot be reached."""
    n = len(ptr) - 1
    distance = np.full(n, far, np.int32)
    order = np.empty(n, np.int32)
    tail = 0
    for i in range(len(members)):
        if distance[members[i]] == far:
            distance[members[i]] = 0
            order[tail] = members[i]
            tail += 1
    head = 0
    while head < tail:
        u = order[head]
        head += 1
        step = distance[u] + 1
        if step >= far:
            break
        for e in range(ptr[u], ptr[u + 1]):
            v = neighbours[e]
            if distance[v] == far:
                distance[v] = step
                order[tail] = v
                tail += 1
    return distance


@kernel
def reach_gains(
    ptr: Ints, neighbours: Codes, distance: Codes, candidates: Codes, worth: Floats, budget: int
) -> tuple[Floats, int]:
    """What each candidate adds to the worth of the distances, and how many links were looked at.

    ``worth[d]`` is what a node at distance ``d`` counts; the last entry stands for whoever is not reached, 0. A search goes
    no further than where it is nearer than ``distance``: behind that nobody gains. As with :func:`nearness_without` what the
    budget did not allow is NaN.
    """
    n = len(ptr) - 1
    far = len(worth) - 1
    made = np.full(len(candidates), np.nan)
    more = np.zeros(len(worth), np.int64)
    seen = np.full(n, -1, np.int32)
    near = np.empty(n, np.int32)
    order = np.empty(n, np.int32)
    looked = 0
    for c in range(len(candidates)):
        if looked > budget:
            break
        s = candidates[c]
        if distance[s] == 0:
            made[c] = 0.0
            continue
        seen[s] = c
        near[s] = 0
        order[0] = s
        head = 0
        tail = 1
        deepest = 0
        while head < tail:
            u = order[head]
            head += 1
            more[near[u]] += 1
            deepest = max(deepest, near[u])
            if distance[u] < far:
                more[distance[u]] -= 1
                deepest = max(deepest, distance[u])
            step = near[u] + 1
            if step >= far:
                continue
            looked += ptr[u + 1] - ptr[u]
            for e in range(ptr[u], ptr[u + 1]):
                v = neighbours[e]
                if seen[v] != c and step < distance[v]:
                    seen[v] = c
                    near[v] = step
                    order[tail] = v
                    tail += 1
        total = 0.0
        for d in range(deepest + 1):
            total += more[d] * worth[d]
            more[d] = 0
        made[c] = total
    return made, looked


def falls_apart(graph: Csr, counts: Codes | None = None) -> tuple[Codes, Codes]:
    """For each node the largest part its component falls into without it, and into how many that have anybody.

    Parameters
    ----------
    graph : Csr
        Simple and undirected.
    counts : int32 array, optional
        1 for each node that counts, 0 else; all count by default.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> path = Network.from_links([("a", "b"), ("b", "c"), ("c", "d")]).simple()
    >>> [made.tolist() for made in falls_apart(path)]
    [[3, 2, 2, 3], [1, 2, 2, 1]]
    """
    counts = np.ones(graph.nodes, np.int32) if counts is None else counts.astype(np.int32)
    _, _, largest, parts = cut_pairs(graph.ptr, graph.neighbours, np.zeros(graph.nodes, np.bool_), counts)
    return largest, parts


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (cut_pairs, (t.ptr, t.ends, t.flags, t.codes)),
        (pairs_at_distance, (t.ptr, t.ends, t.flags, np.zeros(3, np.int64))),
        (nearness_without, (t.ptr, t.ends, t.flags, t.codes, 9)),
        (distance_from, (t.ptr, t.ends, t.codes, 2)),
        (reach_gains, (t.ptr, t.ends, t.codes, t.codes, t.floats, 9)),
    ]
