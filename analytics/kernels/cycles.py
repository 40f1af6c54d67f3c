"""Simple cycles up to a length: closed ways through different nodes."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.watched import over
from vinculo.graph.network import Codes, Ints


@kernel
def closed_ways(
    out_ptr: Ints,
    targets: Codes,
    in_ptr: Ints,
    sources: Codes,
    first: int,
    most: int,
    longest: int,
    directed: bool,
    watch: Ints,
) -> tuple[Codes, Ints, int]:
    """Cycles whose smallest node is ``first`` or later, each from that node on, until there are ``most`` nodes in them.

    Returns the nodes of all of them one after the other, where each ends, and the next node to go on from. A way is only gone
    as far as it can still come back in time (distance against the links, among nodes that are not smaller).
    """
    n = len(out_ptr) - 1
    back = np.full(n, -1, np.int32)
    reached = np.empty(n, np.int32)
    path = np.empty(longest + 1, np.int32)
    place = np.empty(longest + 1, np.int64)
    on_path = np.zeros(n, np.bool_)
    nodes = np.empty(max(16, min(most, 1 << 20)), np.int32)
    ends = np.empty(16, np.int64)
    filled = 0
    count = 0
    s = first
    while s < n and filled < most:
        back[s] = 0
        reached[0] = s
        tail = 1
        head = 0
        looked = 0
        while head < tail:
            u = reached[head]
            head += 1
            if back[u] >= longest - 1:
                break
            for e in range(in_ptr[u], in_ptr[u + 1]):
                looked += 1
                v = sources[e]
                if v > s and back[v] < 0:
                    back[v] = back[u] + 1
                    reached[tail] = v
                    tail += 1
        depth = 0
        path[0] = s
        place[0] = out_ptr[s]
        on_path[s] = True
        while depth >= 0:
            u = path[depth]
            if place[depth] == out_ptr[u + 1]:
                on_path[u] = False
                depth -= 1
                continue
            v = targets[place[depth]]
            place[depth] += 1
            looked += 1
            if looked > 65536:
                if over(watch, looked):
                    return nodes[:filled], ends[:count], n
                looked = 0
            if v == s:
                # without direction a link is no cycle, and each way is gone once
                if (directed and depth > 0) or (not directed and depth > 1 and path[1] < path[depth]):
                    if filled + depth + 1 > len(nodes):
                        nodes = np.concatenate((nodes, np.empty(len(nodes) + depth + 1, np.int32)))
                    if count == len(ends):
                        ends = np.concatenate((ends, np.empty(len(ends), np.int64)))
                    nodes[filled : filled + depth + 1] = path[: depth + 1]
                    filled += depth + 1
                    ends[count] = filled
                    count += 1
            elif back[v] > 0 and not on_path[v] and depth + 1 + back[v] <= longest:
                depth += 1
                path[depth] = v
                place[depth] = out_ptr[v]
                on_path[v] = True
        for k in range(tail):
            back[reached[k]] = -1
        if over(watch, looked):
            return nodes[:filled], ends[:count], n
        s += 1
    return nodes[:filled], ends[:count], s


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [(closed_ways, (t.ptr, t.ends, t.ptr, t.ends, 0, 9, 3, True, t.watch))]
