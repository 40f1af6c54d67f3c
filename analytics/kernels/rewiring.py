"""Graphs with every node's number of links kept and everything else left to chance.

Two links a-b and c-d become a-d and c-b, very many times, unless that made a link twice or one from a node to itself (Maslov
and Sneppen 2002). Rows keep their length, so a swap changes four entries in place. Weights are then dealt out anew.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.random import next_random
from vinculo.graph.network import Codes, Floats, Ints

SWAPS = 10  # tried for each link


@kernel
def rewire(
    ptr: Ints, neighbours: Codes, weights: Floats, bound: Codes, groups: int, seed: np.uint64, swaps: int
) -> tuple[Codes, Floats]:
    """Neighbours and weights after swaps inside each group of ``bound``; no link may join two groups.

    Rows must be in order (:meth:`Network.simple`) on the way in; they are not on the way out.
    """
    n = len(ptr) - 1
    links = len(neighbours) // 2
    made = neighbours.copy()
    dealt = np.empty_like(weights)
    # the two entries of each link, by group
    start = np.zeros(groups + 1, np.int64)
    for i in range(n):
        for e in range(ptr[i], ptr[i + 1]):
            if neighbours[e] > i:
                start[bound[i] + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    there = np.empty(links, np.int64)
    back = np.empty(links, np.int64)
    tail = np.empty(links, np.int32)
    heavy = np.empty(links)
    fill = start[:-1].copy()
    met = ptr[:-1].copy()
    for i in range(n):
        for e in range(ptr[i], ptr[i + 1]):
            j = neighbours[e]
            if j > i:
                # rows are in order: i is the next of the smaller neighbours of j
                k = fill[bound[i]]
                there[k], back[k], tail[k], heavy[k] = e, met[j], i, weights[e]
                met[j] += 1
                fill[bound[i]] += 1
    state = np.empty(1, np.uint64)
    state[0] = seed
    one = np.uint64(1)
    for g in range(groups):
        first, size = start[g], start[g + 1] - start[g]
        for _ in range(size * swaps if size > 1 else 0):
            x = first + np.int64(next_random(state) % np.uint64(size))
            y = first + np.int64(next_random(state) % np.uint64(size))
            a, b = tail[x], made[there[x]]
            if next_random(state) & one:
                # the other way round, or links would keep their direction
                c, d = tail[y], made[there[y]]
                at_c, at_d = there[y], back[y]
            else:
                d, c = tail[y], made[there[y]]
                at_d, at_c = there[y], back[y]
            if a in (c, d) or b in (c, d) or _linked(ptr, made, a, d) or _linked(ptr, made, c, b):
                continue
            at_b = back[x]
            made[there[x]] = d
            made[at_d] = a
            made[at_b] = c
            made[at_c] = b
            # the entry in row a and the one in row d are a link now, so are those in rows c and b
            back[x] = at_d
            tail[y], there[y], back[y] = c, at_c, at_b
        for k in range(size - 1, 0, -1):
            m = np.int64(next_random(state) % np.uint64(k + 1))
            heavy[first + k], heavy[first + m] = heavy[first + m], heavy[first + k]
    for k in range(links):
        dealt[there[k]] = heavy[k]
        dealt[back[k]] = heavy[k]
    return made, dealt


@kernel
def _linked(ptr: Ints, neighbours: Codes, a: int, b: int) -> bool:
    if ptr[a + 1] - ptr[a] > ptr[b + 1] - ptr[b]:
        a, b = b, a
    for e in range(ptr[a], ptr[a + 1]):  # noqa: SIM110 - no generators in a kernel
        if neighbours[e] == b:
            return True
    return False


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [(rewire, (t.ptr, t.ends, t.floats, t.codes, 1, np.uint64(1), SWAPS))]
