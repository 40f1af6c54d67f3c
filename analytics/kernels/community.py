"""Louvain and Leiden by modularity, on a simple undirected graph with weights.

Weights are divided by their sum first, so tolerances are relative: scaling all weights changes nothing. Leiden refines every
community before it is shrunk to one node (Traag, Waltman, van Eck 2019): only members well connected to their community
merge, and only along a link, so that each refined part is connected; at the end a community that moving nodes tore apart is
split into its connected parts, which can only raise modularity.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.compiled import kernel
from vinculo.analytics.kernels.random import permutation
from vinculo.graph.network import Codes, Csr, Floats, Ints

_TOLERANCE = 1e-12  # in shares of the total weight
_ENOUGH = 1e-7  # modularity a further pass must gain
_LEVELS = 64


@kernel
def _strengths(ptr: Ints, weights: Floats, loops: Floats) -> Floats:
    n = len(ptr) - 1
    made = np.empty(n)
    for i in range(n):
        total = loops[i]
        for e in range(ptr[i], ptr[i + 1]):
            total += weights[e]
        made[i] = total
    return made


@kernel
def _renumber(labels: Codes) -> tuple[Codes, int]:
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
def _move(
    ptr: Ints,
    neighbours: Codes,
    weights: Floats,
    strength: Floats,
    labels: Codes,
    gamma: float,
    state: npt.NDArray[np.uint64],
) -> int:
    """Let nodes move to the neighbouring community that gains most until none wants to; ``labels`` changes in place."""
    n = len(ptr) - 1
    total = np.zeros(n)
    for i in range(n):
        total[labels[i]] += strength[i]
    queue = permutation(n, state)
    waiting = np.ones(n, np.bool_)
    linked = np.zeros(n)
    seen = np.zeros(n, np.bool_)
    near = np.empty(n, np.int32)
    head = 0
    length = n
    moved = 0
    while length > 0:
        i = queue[head]
        head += 1
        if head == n:
            head = 0
        length -= 1
        waiting[i] = False
        own = labels[i]
        found = 0
        for e in range(ptr[i], ptr[i + 1]):
            c = labels[neighbours[e]]
            if not seen[c]:
                seen[c] = True
                near[found] = c
                found += 1
            linked[c] += weights[e]
        total[own] -= strength[i]
        best = own
        best_gain = linked[own] - gamma * strength[i] * total[own]
        for k in range(found):
            c = near[k]
            gain = linked[c] - gamma * strength[i] * total[c]
            if gain > best_gain + _TOLERANCE:
                best_gain = gain
                best = c
        for k in range(found):
            linked[near[k]] = 0.0
            seen[near[k]] = False
        total[best] += strength[i]
        if best != own:
            labels[i] = best
            moved += 1
            for e in range(ptr[i], ptr[i + 1]):
                j = neighbours[e]
                if not waiting[j] and labels[j] != best:
                    at = head + length
                    if at >= n:
                        at -= n
                    queue[at] = j
                    length += 1
                    waiting[j] = True
    return moved


@kernel
def _refine(
    ptr: Ints,
    neighbours: Codes,
    weights: Floats,
    strength: Floats,
    bound: Codes,
    gamma: float,
    state: npt.NDArray[np.uint64],
) -> Codes:
    """Parts of each community: single nodes merge, along links, into the part that gains most."""
    n = len(ptr) - 1
    labels = np.arange(n).astype(np.int32)
    inside = np.zeros(n)  # weight from a part to the rest of its community
    community = np.zeros(n)
    for i in range(n):
        community[bound[i]] += strength[i]
        for e in range(ptr[i], ptr[i + 1]):
            if bound[neighbours[e]] == bound[i]:
                inside[i] += weights[e]
    own_inside = inside.copy()
    total = strength.copy()
    size = np.ones(n, np.int32)
    linked = np.zeros(n)
    seen = np.zeros(n, np.bool_)
    near = np.empty(n, np.int32)
    order = permutation(n, state)
    for k in range(n):
        i = order[k]
        whole = community[bound[i]]
        if size[labels[i]] != 1 or own_inside[i] < gamma * strength[i] * (whole - strength[i]) - _TOLERANCE:
            continue
        own = labels[i]
        found = 0
        for e in range(ptr[i], ptr[i + 1]):
            j = neighbours[e]
            if bound[j] != bound[i]:
                continue
            c = labels[j]
            if not seen[c]:
                seen[c] = True
                near[found] = c
                found += 1
            linked[c] += weights[e]
        best = own
        best_gain = _TOLERANCE
        for a in range(found):
            c = near[a]
            if c == own or inside[c] < gamma * total[c] * (whole - total[c]) - _TOLERANCE:
                continue
            gain = linked[c] - gamma * strength[i] * total[c]
            if gain > best_gain:
                best_gain = gain
                best = c
        if best != own:
            inside[best] += own_inside[i] - 2.0 * linked[best]
            total[best] += strength[i]
            size[best] += 1
            size[own] = 0
            total[own] = 0.0
            labels[i] = best
        for a in range(found):
            linked[near[a]] = 0.0
            seen[near[a]] = False
    return labels


@kernel
def _shrink(
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
def _pull_apart(ptr: Ints, neighbours: Codes, labels: Codes) -> Codes:
    """Split every community into its connected parts."""
    n = len(ptr) - 1
    made = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
    count = 0
    for i in range(n):
        if made[i] >= 0:
            continue
        made[i] = count
        stack[0] = i
        height = 1
        while height > 0:
            height -= 1
            u = stack[height]
            for e in range(ptr[u], ptr[u + 1]):
                v = neighbours[e]
                if made[v] < 0 and labels[v] == labels[u]:
                    made[v] = count
                    stack[height] = v
                    height += 1
        count += 1
    return made


@kernel
def modularity_of(ptr: Ints, neighbours: Codes, weights: Floats, labels: Codes, gamma: float) -> float:
    """Modularity of a partition of a simple undirected graph; 0 where there are no links."""
    n = len(ptr) - 1
    whole = 0.0
    for e in range(len(weights)):
        whole += weights[e]
    if whole == 0.0:
        return 0.0
    total = np.zeros(n)
    inside = 0.0
    for i in range(n):
        for e in range(ptr[i], ptr[i + 1]):
            total[labels[i]] += weights[e]
            if labels[neighbours[e]] == labels[i]:
                inside += weights[e]
    expected = 0.0
    for c in range(n):
        expected += (total[c] / whole) ** 2
    return inside / whole - gamma * expected


@kernel
def partition(
    ptr: Ints, neighbours: Codes, weights: Floats, seed: np.uint64, gamma: float, refine: bool, passes: int
) -> Codes:
    """Community of each node, numbered in the order of their first node."""
    n = len(ptr) - 1
    labels = np.arange(n).astype(np.int32)
    whole = 0.0
    for e in range(len(weights)):
        whole += weights[e]
    if whole == 0.0:
        return labels
    shares = weights / whole
    state = np.empty(1, np.uint64)
    state[0] = seed
    reached = -2.0
    for _ in range(passes):
        p, a, w, loops = ptr, neighbours, shares, np.zeros(n)
        at = np.arange(n).astype(np.int32)
        current = labels.copy()
        final = labels.copy()
        for level in range(_LEVELS):
            nodes = len(p) - 1
            strength = _strengths(p, w, loops)
            moved = _move(p, a, w, strength, current, gamma, state)
            current, count = _renumber(current)
            for i in range(n):
                final[i] = current[at[i]]
            if count == nodes or (moved == 0 and level > 0 and not refine):
                break
            if refine:
                parts, part_count = _renumber(_refine(p, a, w, strength, current, gamma, state))
                if part_count == nodes:
                    break
            else:
                parts, part_count = current, count
            lifted = np.empty(part_count, np.int32)
            first = np.full(count, -1, np.int32)
            for i in range(nodes):
                # A community starts the next level as the number of its first part.
                if first[current[i]] < 0:
                    first[current[i]] = parts[i]
                lifted[parts[i]] = first[current[i]]
            p, a, w, loops = _shrink(p, a, w, loops, parts, part_count)
            for i in range(n):
                at[i] = parts[at[i]]
            current = lifted
        if refine:
            final = _pull_apart(ptr, neighbours, final)
        gained = modularity_of(ptr, neighbours, weights, final, gamma)
        if gained <= reached + _ENOUGH:
            break
        reached = gained
        labels = final
    return _renumber(labels)[0]


def louvain(graph: Csr, *, seed: int = 0, resolution: float = 1.0) -> Codes:
    """Community of each node by Louvain (Blondel et al. 2008); a community need not be connected.

    Parameters
    ----------
    graph : Csr
        Simple and undirected, with positive weights (:meth:`Network.simple`).
    seed : int
        Order in which nodes are visited.
    resolution : float
        Above 1: smaller communities.
    """
    return partition(graph.ptr, graph.neighbours, graph.weights, np.uint64(seed), resolution, False, 1)


def leiden(graph: Csr, *, seed: int = 0, resolution: float = 1.0, passes: int = 10) -> Codes:
    """Community of each node by Leiden (Traag, Waltman, van Eck 2019); every community is connected.

    Parameters are those of :func:`louvain`; ``passes`` is the most often the whole is repeated from its own result (it stops
    when modularity no longer rises).
    """
    return partition(graph.ptr, graph.neighbours, graph.weights, np.uint64(seed), resolution, True, passes)


def modularity(graph: Csr, labels: Codes, *, resolution: float = 1.0) -> float:
    """How much more weight stays inside communities than chance would leave there (Newman 2004)."""
    return float(modularity_of(graph.ptr, graph.neighbours, graph.weights, labels, resolution))
