"""Labels and levels: one node for each community, and a community for each connected part."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.ahead import row_ahead
from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.graph.network import Codes, Floats, Ints

#: Nodes that are the beginning of a connected part.
_BEGINNING = 64


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
def one_weight(weights: Floats) -> float:
    """The weight of every link where all are alike, so that none need be read; else 0."""
    for e in range(len(weights)):
        if weights[e] != weights[0]:
            return 0.0
    return weights[0] if len(weights) > 0 else 0.0


@kernel
def longest_row(ptr: Ints) -> int:
    """Most neighbours that a node has."""
    most = 0
    for i in range(len(ptr) - 1):
        most = max(most, ptr[i + 1] - ptr[i])
    return most


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
def by_label(order: Codes, labels: Codes, count: int) -> tuple[Ints, Codes]:
    """Where the nodes of each label begin, and the nodes label by label; within a label the given order stays."""
    start = np.zeros(count + 1, np.int64)
    for i in range(len(labels)):
        start[labels[i] + 1] += 1
    for c in range(count):
        start[c + 1] += start[c]
    fill = start[:-1].copy()
    made = np.empty(len(order), np.int32)
    for k in range(len(order)):
        own = np.uint32(labels[np.uint32(order[k])])
        made[fill[own]] = order[k]
        fill[own] += 1
    return start, made


@kernel
def shrink(
    ptr: Ints, neighbours: Codes, weights: Floats, loops: Floats, labels: Codes, count: int
) -> tuple[Ints, Codes, Floats, Floats]:
    """One node per label; weight inside a label becomes its loop."""
    start, members = by_label(np.arange(len(labels)).astype(np.int32), labels, count)
    new_ptr = np.zeros(count + 1, np.int64)
    new_neighbours = np.empty(len(neighbours), np.int32)
    new_weights = np.empty(len(neighbours))
    new_loops = np.zeros(count)
    filled = 0
    linked = np.zeros(count)
    weight = one_weight(weights)
    for c in range(count):
        first = filled
        for a in range(start[c], start[c + 1]):
            row_ahead(ptr, neighbours, weights, members, a)
            u = np.uint32(members[a])  # without sign no check is compiled for places counted from the end
            linked[c] += loops[u]
            for e in range(ptr[u], ptr[u + np.uint32(1)]):
                d = np.uint32(labels[np.uint32(neighbours[e])])
                before = linked[d]
                # written in any case: whether it is new no processor guesses
                new_neighbours[filled] = d
                filled += before == 0.0
                linked[d] = before + (weights[e] if weight == 0.0 else weight)
        new_loops[c] = linked[c]
        linked[c] = 0.0
        kept = first
        for a in range(first, filled):
            d = np.uint32(new_neighbours[a])
            new_neighbours[kept] = d
            new_weights[kept] = linked[d]
            kept += d != c
            linked[d] = 0.0
        filled = kept
        new_ptr[c + 1] = filled
    return new_ptr, new_neighbours[:filled].copy(), new_weights[:filled].copy(), new_loops


@kernel
def connected_parts(ptr: Ints, neighbours: Codes, within: Codes | None) -> tuple[Codes, int]:
    """Connected parts of an undirected graph, numbered in the order of their first node, and how many there are.

    With labels ``within``, only nodes of one label are connected. Once the beginning of a part is known, the others need not be
    searched to the end: a node that meets what is numbered already belongs to it (after Beamer and others, *Direction-optimizing
    breadth-first search*, 2012). Most nodes look at one or two neighbours then, instead of all.
    """
    n = len(ptr) - 1
    labels = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    begun = np.zeros(1 if within is None else n, np.bool_)  # of a label: whether a search ended before its part did
    count = 0
    for root in range(n):
        if labels[root] >= 0:
            continue
        own = 0 if within is None else within[root]
        labels[root] = count
        queue[0] = root
        head = 0
        length = 1
        met = -1
        while head < length and met < 0 and (begun[own] or length < _BEGINNING):
            v = np.uint32(queue[head])
            head += 1
            for e in range(ptr[v], ptr[v + np.uint32(1)]):
                u = np.uint32(neighbours[e])
                if within is not None and within[u] != own:
                    continue
                if labels[u] < 0:
                    labels[u] = count
                    queue[length] = u
                    length += 1
                elif labels[u] != count:
                    met = labels[u]
                    break
        if met < 0:
            begun[own] |= head < length
            count += 1
        else:
            for k in range(length):
                labels[np.uint32(queue[k])] = met
    return labels, count


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (renumber, (t.codes,)),
        (connected_parts, (t.ptr, t.ends, t.codes)),
        (strengths, (t.ptr, t.floats, t.floats)),
    ]
