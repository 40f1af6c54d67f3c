"""A depth-first search in a simple undirected graph: what hangs on what."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import kernel
from vinculo.graph.network import Codes, Ints, Mask


@kernel
def depth_first(ptr: Ints, neighbours: Codes, gone: Mask | None) -> tuple[Codes, Codes, Codes, Codes]:
    """Nodes in the order they are come to, and each node's place in it, its parent and its low point; without ``gone``.

    The low point is the earliest place that it or what hangs below it reaches past the parent (Hopcroft and Tarjan 1973).
    Components stand side by side in the order, and a node before all that hangs below it. Who is gone has the place -1.
    """
    n = len(ptr) - 1
    seen = np.full(n, -1, np.int32)
    low = np.empty(n, np.int32)
    parent = np.full(n, -1, np.int32)
    order = np.empty(n, np.int32)
    edge = ptr[:-1].copy()
    clock = 0
    for root in range(n):
        if seen[root] >= 0 or (gone is not None and gone[root]):
            continue
        v = root
        seen[v] = clock
        low[v] = clock
        order[clock] = v
        clock += 1
        while True:
            if edge[v] < ptr[v + 1]:
                w = neighbours[edge[v]]
                edge[v] += 1
                if gone is not None and gone[w]:
                    continue
                if seen[w] < 0:
                    parent[w] = v
                    seen[w] = clock
                    low[w] = clock
                    order[clock] = w
                    clock += 1
                    v = w
                elif w != parent[v]:
                    low[v] = min(low[v], seen[w])
                continue
            above = parent[v]
            if above < 0:
                break
            low[above] = min(low[above], low[v])
            v = above
    return order[:clock], seen, parent, low
