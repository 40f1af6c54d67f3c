"""The most that can flow from one node to another (Dinic 1970)."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.watched import OFTEN, over
from vinculo.graph.network import Codes, Floats, Ints


@kernel
def most_flow(
    ptr: Ints, heads: Codes, twins: Ints, room: Floats, source: int, target: int, least: float, watch: Ints
) -> float:
    """Value of a maximum flow; ``room`` (what each arc still takes) changes in place.

    Parameters
    ----------
    ptr, heads : arrays
        Arcs as compressed rows; every arc has its twin in the other direction.
    twins : int64 array
        Place of each arc's twin.
    room : float64 array
        Capacity of each arc, 0 for a twin that only takes flow back.
    source, target : int
        Nodes.
    least : float
        Less than this counts as nothing left.
    watch : int64 array
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`): the flow found till then is one, not the largest.
    """
    n = len(ptr) - 1
    level = np.empty(n, np.int32)
    queue = np.empty(n, np.int32)
    at = np.empty(n, np.int64)
    trail = np.empty(n, np.int64)
    total = 0.0
    looked = 0
    if source == target:
        return 0.0
    while True:
        level[:] = -1
        level[source] = 0
        queue[0] = source
        first = 0
        filled = 1
        while first < filled and level[target] < 0:
            u = queue[first]
            first += 1
            for e in range(ptr[u], ptr[u + 1]):
                looked += 1
                v = heads[e]
                if level[v] < 0 and room[e] > least:
                    level[v] = level[u] + 1
                    queue[filled] = v
                    filled += 1
        if level[target] < 0:
            return total
        at[:] = ptr[:-1]
        depth = 0
        u = source
        while True:
            if looked > OFTEN:
                if over(watch, looked):
                    return total
                looked = 0
            if u == target:
                pushed = np.inf
                for i in range(depth):
                    pushed = min(pushed, room[trail[i]])
                back = depth
                for i in range(depth - 1, -1, -1):
                    room[trail[i]] -= pushed
                    room[twins[trail[i]]] += pushed
                    if room[trail[i]] <= least:
                        back = i
                total += pushed
                # on from the first arc that is full
                depth = back
                u = heads[twins[trail[depth]]]
                continue
            moved = False
            while at[u] < ptr[u + 1]:
                e = at[u]
                looked += 1
                v = heads[e]
                if room[e] > least and level[v] == level[u] + 1:
                    trail[depth] = e
                    depth += 1
                    u = v
                    moved = True
                    break
                at[u] += 1
            if moved:
                continue
            if depth == 0:
                break
            depth -= 1
            level[u] = -1
            u = heads[twins[trail[depth]]]
            at[u] += 1


def calls(tiny: Tiny) -> Calls:
    """What these kernels are compiled with."""
    twins = tiny.times[::-1].copy()
    return [(most_flow, (tiny.ptr, tiny.ends, twins, tiny.floats.copy(), 0, 1, 1e-12, tiny.watch))]
