"""Labels and levels: one node for each community, and a community for each connected part."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.graph.network import Codes, Floats, Ints


@kernel
def strengths(ptr: Ints, weights: Floats, loops: Floats) -> Floats:
    """Weight that ends at each node, its loop included."""
    n = len(ptr) - 1
    made = np.empty(n)
    for i in range(n):
        total = loops[i]
        for e in range(ptr[i], ptr[i + 1]):
            total += weights[e]
        made[i] = total
    return made


@kernel
def renumber(labels: Codes) -> tuple[Codes, int]:
    """Labels from 0 in the order they first appear, and how many there are."""
    seen = np.full(len(labels), -1, np.int32)
    made = np.empty_like(labels)
    count = 0
    for i in range(len(labels)):
        old = labels[i]
        if seen[old] < 0:
            seen[old] = count
            count += 1
        made[i] = seen[old]
    return made, count


@kernel
def shrink(
    ptr: Ints, neighbours: Codes, weights: Floats, loops: Floats, labels: Codes, count: int
) -> tuple[Ints, Codes, Floats, Floats]:
    """One node per label; weight inside a label becomes its loop."""
    n = len(ptr) - 1
    start = np.zeros(count + 1, np.int64)
    for i in range(n):
        start[labels[i] + 1] += 1
    for c in range(count):
        start[c + 1] += start[c]
    members = np.empty(n, np.int32)
    fill = start[:-1].copy()
    for i in range(n):
        members[fill[labels[i]]] = i
        fill[labels[i]] += 1
    new_ptr = np.zeros(count + 1, np.int64)
    new_neighbours = np.empty(len(neighbours), np.int32)
    new_weights = np.empty(len(neighbours))
    new_loops = np.zeros(count)
    linked = np.zeros(count)
    seen = np.zeros(count, np.bool_)
    near = np.empty(count, np.int32)
    filled = 0
    for c in range(count):
        found = 0
        for a in range(start[c], start[c + 1]):
            i = members[a]
            new_loops[c] += loops[i]
            for e in range(ptr[i], ptr[i + 1]):
                d = labels[neighbours[e]]
                if d == c:
                    new_loops[c] += weights[e]
                    continue
                if not seen[d]:
                    seen[d] = True
                    near[found] = d
                    found += 1
                linked[d] += weights[e]
        for a in range(found):
            d = near[a]
            new_neighbours[filled] = d
            new_weights[filled] = linked[d]
            linked[d] = 0.0
            seen[d] = False
            filled += 1
        new_ptr[c + 1] = filled
    return new_ptr, new_neighbours[:filled].copy(), new_weights[:filled].copy(), new_loops


@kernel
def pull_apart(ptr: Ints, neighbours: Codes, labels: Codes) -> Codes:
    """Split every community into its connected parts, numbered in the order of their first node."""
    n = len(ptr) - 1
    parent = np.arange(n).astype(np.int32)
    for i in range(n):
        a = i
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        for e in range(ptr[i], ptr[i + 1]):
            b = neighbours[e]
            if b >= i or labels[b] != labels[i]:
                continue  # every link stands at both of its ends
            while parent[b] != b and parent[b] != a:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if parent[b] == a:
                continue
            if a < b:
                parent[b] = a
            else:
                parent[a] = b
                a = b
    count = 0
    made = np.empty(n, np.int32)
    for i in range(n):
        # a parent is never after its child
        if parent[i] == i:
            made[i] = count
            count += 1
        else:
            made[i] = made[parent[i]]
    return made


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (renumber, (t.codes,)),
        (strengths, (t.ptr, t.floats, t.floats)),
    ]
