"""The cheapest way between two nodes that keeps the order of dates: labels on nodes, cheapest first."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.heap import drop_first, push
from vinculo.analytics.kernels.watched import over
from vinculo.graph.network import Codes, Floats, Ints, Mask

#: A date without a time lasts to the end of its day: no link ends later than this after it begins.
LONGEST_S = 86_399
#: "Never": an arc that cannot be taken any more.
NEVER = np.iinfo(np.int64).max


@kernel
def arrival(first: int, last: int, begins: Ints, ends: Ints, timeless: bool, now: int) -> int:
    """When the far end of an arc is reached by its links ``first`` to ``last``, sorted by when they begin; ``NEVER`` if not."""
    if timeless:
        return now
    low = first
    high = last
    # no link that begins a day before now is still there
    while low < high:
        middle = (low + high) // 2
        if begins[middle] < now - LONGEST_S:
            low = middle + 1
        else:
            high = middle
    for k in range(low, last):
        if begins[k] > now:
            return int(begins[k])
        if ends[k] >= now:
            return now
    return NEVER


@kernel
def cheapest(
    ptr: Ints,
    neighbours: Codes,
    link_ptr: Ints,
    begins: Ints,
    ends: Ints,
    timeless: Mask,
    price: Floats,
    remaining: Floats,
    shut: Mask,
    shut_arcs: Mask,
    source: int,
    target: int,
    now: int,
    max_hops: int,
    watch: Ints,
) -> Codes:
    """Nodes of the cheapest way from ``source``, where one is at the moment ``now``; none where there is no way.

    Parameters
    ----------
    ptr, neighbours : arrays
        Arcs as compressed rows, every pair of nodes once.
    link_ptr, begins, ends : arrays
        The links of each arc: when they begin and end, sorted by when they begin.
    timeless : bool array
        Arcs that can be taken at any time.
    price : float64 array
        What it costs to enter a node, at least 1. Multiples of a power of two: sums are then exact and ties are ties.
    remaining : float64 array
        What is at least needed from each node to the target, infinite where no way leads there (a lower bound that obeys the
        triangle inequality: A*).
    shut, shut_arcs : bool arrays
        Nodes, and arcs, that may not be taken.
    max_hops : int
        Longest way.
    watch : int64 array
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).
    """
    room = 1024
    node = np.empty(room, np.int32)
    before = np.empty(room, np.int64)
    cost = np.empty(room)
    key = np.empty(room)
    when = np.empty(room, np.int64)
    hops = np.empty(room, np.int32)
    heap = np.empty(room, np.int64)
    # settled labels of a node, the newest first
    newest = np.full(len(ptr) - 1, -1, np.int64)
    older = np.empty(room, np.int64)
    node[0] = source
    before[0] = -1
    cost[0] = 0.0
    key[0] = remaining[source]
    when[0] = now
    hops[0] = 0
    heap[0] = 0
    made = 1
    waiting = 1 if remaining[source] < np.inf else 0
    while waiting > 0:
        label = heap[0]
        waiting = drop_first(key, heap, waiting)
        u = node[label]
        # settled ones are no dearer; one that is no later and no longer makes this one needless
        needless = False
        k = newest[u]
        while k >= 0:
            if when[k] <= when[label] and hops[k] <= hops[label]:
                needless = True
                break
            k = older[k]
        if needless:
            continue
        older[label] = newest[u]
        newest[u] = label
        if u == target:
            way = np.empty(hops[label] + 1, np.int32)
            k = label
            for i in range(hops[label], -1, -1):
                way[i] = node[k]
                k = before[k]
            return way
        if hops[label] >= max_hops:
            continue
        if over(watch, ptr[u + 1] - ptr[u]):
            break
        if made + ptr[u + 1] - ptr[u] > room:
            bigger = max(2 * room, made + ptr[u + 1] - ptr[u])
            node = np.concatenate((node, np.empty(bigger - room, np.int32)))
            before = np.concatenate((before, np.empty(bigger - room, np.int64)))
            cost = np.concatenate((cost, np.empty(bigger - room)))
            key = np.concatenate((key, np.empty(bigger - room)))
            when = np.concatenate((when, np.empty(bigger - room, np.int64)))
            hops = np.concatenate((hops, np.empty(bigger - room, np.int32)))
            heap = np.concatenate((heap, np.empty(bigger - room, np.int64)))
            older = np.concatenate((older, np.empty(bigger - room, np.int64)))
            room = bigger
        for e in range(ptr[u], ptr[u + 1]):
            v = neighbours[e]
            if shut[v] or remaining[v] == np.inf or (label == 0 and shut_arcs[e]):
                continue
            then = arrival(link_ptr[e], link_ptr[e + 1], begins, ends, timeless[e], when[label])
            if then == NEVER:
                continue
            node[made] = v
            before[made] = label
            cost[made] = cost[label] + price[v]
            when[made] = then
            hops[made] = hops[label] + 1
            waiting = push(key, heap, waiting, cost[made] + remaining[v], made)
            made += 1
    return np.empty(0, np.int32)


def calls(tiny: Tiny) -> Calls:
    """What these kernels are compiled with."""
    arcs = (tiny.ptr, tiny.ends, tiny.ptr, tiny.times, tiny.times, tiny.flags, tiny.floats, tiny.floats)
    return [
        (arrival, (0, 1, tiny.times, tiny.times, True, 0)),
        (cheapest, (*arcs, tiny.flags, tiny.flags, 0, 1, 0, 2, tiny.watch)),
    ]
