"""Louvain and Leiden by modularity, on a simple undirected graph with weights.

Weights are divided by their sum first, so tolerances are relative: scaling all weights changes nothing. Leiden refines every
community before it is shrunk to one node (Traag, Waltman, van Eck 2019): only members well connected to their community
merge, and only along a link, so that each refined part is connected; at the end a community that moving nodes tore apart is
split into its connected parts, which can only raise modularity.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import kernel
from vinculo.analytics.kernels.levels import pull_apart, renumber, shrink, strengths
from vinculo.analytics.kernels.moves import move, refine
from vinculo.graph.network import Codes, Csr, Floats, Ints

_ENOUGH = 1e-7  # modularity a further pass must gain
_LEVELS = 64


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
    ptr: Ints, neighbours: Codes, weights: Floats, seed: np.uint64, gamma: float, refined: bool, passes: int
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
            strength = strengths(p, w, loops)
            moved = move(p, a, w, strength, current, gamma, state)
            current, count = renumber(current)
            for i in range(n):
                final[i] = current[at[i]]
            if count == nodes or (moved == 0 and level > 0 and not refined):
                break
            if refined:
                parts, part_count = renumber(refine(p, a, w, strength, current, gamma, state))
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
            p, a, w, loops = shrink(p, a, w, loops, parts, part_count)
            for i in range(n):
                at[i] = parts[at[i]]
            current = lifted
        if refined:
            final = pull_apart(ptr, neighbours, final)
        gained = modularity_of(ptr, neighbours, weights, final, gamma)
        if gained <= reached + _ENOUGH:
            break
        reached = gained
        labels = final
    return renumber(labels)[0]


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
