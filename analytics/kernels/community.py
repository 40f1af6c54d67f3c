"""Louvain and Leiden on a simple undirected graph with weights, by modularity or the constant Potts model.

Directed graphs: :mod:`vinculo.analytics.kernels.directed`, by the same kernels.
Weights are divided by their sum first, so tolerances are relative: scaling all weights changes nothing. Leiden refines every
community before it is shrunk to one node (Traag, Waltman, van Eck 2019): only members well connected to their community
merge, and only along a link, so that each refined part is connected; at the end a community that moving nodes tore apart is
split into its connected parts, which can only raise quality.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Progress, Tiny, kernel
from vinculo.analytics.kernels.levels import connected_parts, renumber, shrink, strengths
from vinculo.analytics.kernels.moves import by_chance, move, refine
from vinculo.analytics.kernels.watched import heard, over
from vinculo.graph.network import Codes, Csr, Floats, Ints

ENOUGH = 1e-7  # quality a further level or pass must gain, in shares of the total weight
LEVELS = 64
#: Seed, resolution, refined, passes, levels, enough: to compile with.
HOW = (np.uint64(1), 1.0, True, 2, LEVELS, ENOUGH)


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
def quality(
    ptr: Ints,
    neighbours: Codes,
    shares: Floats,
    loops: Floats,
    strength: Floats,
    into: Floats | None,
    labels: Codes,
    gamma: float,
) -> float:
    """Weight inside communities less what their strengths would have there, in shares of the total weight."""
    n = len(ptr) - 1
    total = np.zeros(n)
    total_into = np.zeros(n)
    entering = strength if into is None else into
    inside = 0.0
    for i in range(n):
        total[labels[i]] += strength[i]
        total_into[labels[i]] += entering[i]
        inside += loops[i]
        for e in range(ptr[i], ptr[i + 1]):
            # added as nothing rather than passed over: which it will be no processor guesses
            inside += shares[e] if labels[np.uint32(neighbours[e])] == labels[i] else 0.0
    expected = 0.0
    for c in range(n):
        expected += by_chance(into, total[c], total[c], total_into[c], total_into[c])
    return inside - gamma * expected


@kernel
def partition(
    ptr: Ints,
    neighbours: Codes,
    shares: Floats,
    loops: Floats,
    strength: Floats,
    into: Floats | None,
    seed: np.uint64,
    gamma: float,
    refined: bool,
    passes: int,
    levels: int,
    enough: float,
    watch: Ints,
) -> Codes:
    """Community of each node, numbered in the order of their first node.

    With ``into`` the links have a direction (:mod:`vinculo.analytics.kernels.moves`).
    ``enough`` is the quality that a further level (or, refined, a further pass) must gain. A watch that ends the work leaves the
    best partition found so far.
    """
    n = len(ptr) - 1
    labels = np.arange(n).astype(np.int32)
    state = np.empty(1, np.uint64)
    state[0] = seed
    reached = -np.inf
    for _ in range(passes):
        p, a, w, ring, mass, mass_into = ptr, neighbours, shares, loops, strength, into
        at = np.arange(n).astype(np.int32)
        current = labels.copy()
        before = 0.0 if refined else quality(p, a, w, ring, mass, mass_into, current, gamma)
        for level in range(levels):
            nodes = len(p) - 1
            moved = move(p, a, w, mass, mass_into, current, gamma, state, watch)
            current, count = renumber(current)
            if over(watch, 0) or count == nodes or (moved == 0 and level > 0 and not refined):
                break
            if refined:
                parts, part_count = renumber(refine(p, a, w, mass, mass_into, current, gamma, state, watch))
                if part_count == nodes:
                    break
            else:
                after = quality(p, a, w, ring, mass, mass_into, current, gamma)
                if after - before <= enough:
                    break
                before = after
                parts, part_count = current, count
            lifted = np.empty(part_count, np.int32)
            first = np.full(count, -1, np.int32)
            lifted_mass = np.zeros(part_count)
            for i in range(nodes):
                # A community starts the next level as the number of its first part.
                if first[current[i]] < 0:
                    first[current[i]] = parts[i]
                lifted[parts[i]] = first[current[i]]
                lifted_mass[parts[i]] += mass[i]
            if into is not None:
                lifted_into = np.zeros(part_count)
                for i in range(nodes):
                    lifted_into[parts[i]] += mass_into[i]  # type: ignore[index]  # None only where into is
                mass_into = lifted_into
            p, a, w, ring = shrink(p, a, w, ring, parts, part_count)
            mass = lifted_mass
            for i in range(n):
                at[i] = parts[at[i]]
            current = lifted
        final = np.empty(n, np.int32)
        for i in range(n):
            final[i] = current[at[i]]
        # the same as of the whole graph: what is inside a node of the last level is its loop
        gained = quality(p, a, w, ring, mass, mass_into, current, gamma)
        if refined:
            final, whole = connected_parts(ptr, neighbours, final)
            if whole > renumber(current)[1]:
                gained = quality(ptr, neighbours, shares, loops, strength, into, final, gamma)
        if gained <= reached + enough:
            break
        reached = gained
        labels = final
        if over(watch, 0):
            break
    return renumber(labels)[0]


class Search(NamedTuple):
    """How a partition is looked for, and who watches; the fields are parameters of :func:`louvain` and :func:`leiden`."""

    stage: str
    seed: int
    levels: int
    enough: float
    watch: Ints | None
    progress: Progress | None
    passes: int = 1
    refined: bool = False

    def run(self, kernel: Any, graph: Csr, masses: tuple[Floats | None, ...], gamma: float) -> Codes:
        """What :func:`partition`, or one that calls it, finds in the graph."""
        rest = (np.uint64(self.seed), float(gamma), self.refined, self.passes, self.levels, float(self.enough))
        return heard(
            lambda flags: kernel(graph.ptr, graph.neighbours, *masses, *rest, flags),
            links=len(graph.neighbours),
            watch=self.watch,
            stage=self.stage,
            progress=self.progress,
        )


def louvain(
    graph: Csr,
    *,
    seed: int = 0,
    resolution: float = 1.0,
    loops: Floats | None = None,
    levels: int = LEVELS,
    enough: float = ENOUGH,
    watch: Ints | None = None,
    progress: Progress | None = None,
) -> Codes:
    """Community of each node by Louvain (Blondel et al. 2008); a community need not be connected.

    Parameters
    ----------
    graph : Csr
        Simple and undirected, with positive weights (:meth:`Network.simple`).
    seed : int
        Order in which nodes are visited.
    resolution : float
        Above 1: smaller communities.
    loops : float64 array, optional
        Weight of each node's links to itself.
    levels : int
        Stops at the latest after so many levels.
    enough : float
        Modularity that a further level must gain.
    watch : int64 array, optional
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).
    progress : callable, optional
        Told ``("louvain", links looked at, 0)``; may raise to stop.
    """
    search = Search("louvain", seed, levels, enough, watch, progress)
    return _partition(graph, loops, resolution, search)


def leiden(
    graph: Csr,
    *,
    seed: int = 0,
    resolution: float = 1.0,
    passes: int = 10,
    loops: Floats | None = None,
    levels: int = LEVELS,
    potts: bool = False,
    watch: Ints | None = None,
    progress: Progress | None = None,
) -> Codes:
    """Community of each node by Leiden (Traag, Waltman, van Eck 2019); every community is connected.

    Parameters are those of :func:`louvain`; ``passes`` is the most often the whole is repeated from its own result (it stops
    when quality no longer rises). With ``potts`` quality is not modularity but the constant Potts model: a pair inside a
    community gains its weight less the resolution, which is then in units of the weights.
    """
    search = Search("leiden", seed, levels, ENOUGH, watch, progress, passes, refined=True)
    return _partition(graph, loops, resolution, search, potts=potts)


def weighing(graph: Csr) -> Csr:
    """The graph without links that weigh nothing."""
    heavy = graph.weights != 0.0
    if heavy.all():
        return graph
    before = np.append(0, np.cumsum(heavy))
    return Csr(before[graph.ptr], graph.neighbours[heavy], graph.links[heavy], graph.weights[heavy])


def _partition(graph: Csr, loops: Floats | None, resolution: float, search: Search, *, potts: bool = False) -> Codes:
    graph = weighing(graph)
    # a loop has both of its ends at one node
    rings = np.zeros(graph.nodes) if loops is None else 2.0 * loops
    whole = float(graph.weights.sum() + rings.sum())
    if whole == 0.0:
        return np.arange(graph.nodes, dtype=np.int32)
    shares, rings = graph.weights / whole, rings / whole
    strength = np.ones(graph.nodes) if potts else strengths(graph.ptr, shares, rings)
    gamma = resolution / whole if potts else resolution
    return search.run(partition, graph, (shares, rings, strength, None), gamma)


def modularity(graph: Csr, labels: Codes, *, resolution: float = 1.0) -> float:
    """How much more weight stays inside communities than chance would leave there (Newman 2004)."""
    return float(modularity_of(graph.ptr, graph.neighbours, graph.weights, labels, resolution))


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (partition, (t.ptr, t.ends, t.floats, np.zeros(2), t.floats, None, *HOW, t.watch)),
        (modularity_of, (t.ptr, t.ends, t.floats, t.codes, 1.0)),
    ]
