"""Louvain and Leiden on a simple directed graph with weights, by directed modularity or the constant Potts model.

Directed modularity (Leicht and Newman, *Community structure in directed networks*, Physical Review Letters 100, 2008) compares
a link with what chance would lead from one node to the other: what leaves the one times what enters the other. Its sum over
both directions of a pair is all that a move changes, so the kernels for undirected graphs do the work: on the graph with every
link at both of its ends, with two strengths for a node instead of one. What is connected is so regardless of direction.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.community import ENOUGH, HOW, LEVELS, Search, partition, weighing
from vinculo.analytics.kernels.compiled import Calls, Progress, Tiny, kernel
from vinculo.graph.network import Codes, Csr, Floats, Ints


@kernel
def joined(ptr: Ints, neighbours: Codes, weights: Floats) -> tuple[Ints, Codes, Floats]:
    """Every link at both of its ends, those of one pair added up; first whom a node leads to, in the order given."""
    n = len(ptr) - 1
    back_ptr = np.zeros(n + 1, np.int64)
    for e in range(len(neighbours)):
        back_ptr[neighbours[e] + 1] += 1
    for i in range(n):
        back_ptr[i + 1] += back_ptr[i]
    sources = np.empty(len(neighbours), np.int32)
    back_weights = np.empty(len(neighbours))
    fill = back_ptr[:-1].copy()
    for i in range(n):
        for e in range(ptr[i], ptr[i + 1]):
            at = fill[neighbours[e]]
            sources[at] = i
            back_weights[at] = weights[e]
            fill[neighbours[e]] += 1
    both_ptr = np.zeros(n + 1, np.int64)
    both = np.empty(2 * len(neighbours), np.int32)
    both_weights = np.empty(2 * len(neighbours))
    place = np.full(n, -1, np.int64)
    end = 0
    for i in range(n):
        start = end
        for e in range(ptr[i], ptr[i + 1]):
            place[neighbours[e]] = end
            both[end] = neighbours[e]
            both_weights[end] = weights[e]
            end += 1
        for e in range(back_ptr[i], back_ptr[i + 1]):
            at = place[sources[e]]
            if at >= start:
                both_weights[at] += back_weights[e]
            else:
                place[sources[e]] = end
                both[end] = sources[e]
                both_weights[end] = back_weights[e]
                end += 1
        both_ptr[i + 1] = end
    return both_ptr, both[:end].copy(), both_weights[:end].copy()


@kernel
def directed_partition(
    ptr: Ints,
    neighbours: Codes,
    shares: Floats,
    loops: Floats,
    leaving: Floats,
    entering: Floats,
    seed: np.uint64,
    gamma: float,
    refined: bool,
    passes: int,
    levels: int,
    enough: float,
    watch: Ints,
) -> Codes:
    """:func:`partition` of the joined graph with two strengths for a node."""
    p, a, w = joined(ptr, neighbours, shares)
    return partition(p, a, w, loops, leaving, entering, seed, gamma, refined, passes, levels, enough, watch)


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
    """Community of each node by Louvain with directed modularity (Dugué and Perez 2015).

    Parameters are those of :func:`vinculo.analytics.kernels.community.louvain`; a row of ``graph`` holds the links that leave
    its node (``Network.simple(directed=True)``).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> two = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "d")]
    >>> louvain(Network.from_links(two).simple(directed=True)).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    return _partition(graph, loops, resolution, Search("louvain", seed, levels, enough, watch, progress))


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
    """Community of each node by Leiden with directed modularity; every community is connected, regardless of direction.

    Parameters are those of :func:`vinculo.analytics.kernels.community.leiden`, of ``graph`` those of :func:`louvain`. With
    ``potts`` a community of n nodes is worth its weight less the resolution times n squared, as NetworkX' directed
    ``constant_potts_model`` has it: an ordered pair inside costs the resolution, whichever way links lead.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> two = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "d")]
    >>> leiden(Network.from_links(two).simple(directed=True)).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    search = Search("leiden", seed, levels, ENOUGH, watch, progress, passes, refined=True)
    return _partition(graph, loops, resolution, search, potts=potts)


def _partition(graph: Csr, loops: Floats | None, resolution: float, search: Search, *, potts: bool = False) -> Codes:
    graph = weighing(graph)
    n = graph.nodes
    rings = np.zeros(n) if loops is None else loops
    whole = float(graph.weights.sum() + rings.sum())
    if whole == 0.0:
        return np.arange(n, dtype=np.int32)
    rows = np.repeat(np.arange(n, dtype=np.int32), graph.degrees)
    leaving = np.ones(n) if potts else (np.bincount(rows, graph.weights, n) + rings) / whole
    entering = leaving if potts else (np.bincount(graph.neighbours, graph.weights, n) + rings) / whole
    # joined, every link stands at both of its ends: only shares of twice the whole add up to one
    masses = (graph.weights / (2.0 * whole), rings / whole, leaving, entering)
    return search.run(directed_partition, graph, masses, resolution / whole if potts else resolution)


def modularity(graph: Csr, labels: Codes, *, resolution: float = 1.0) -> float:
    """Directed modularity of a partition; 0 where there are no links.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> pairs = Network.from_links([("a", "b"), ("c", "d")]).simple(directed=True)
    >>> modularity(pairs, np.array([0, 0, 1, 1], np.int32))
    0.5
    """
    whole = float(graph.weights.sum())
    if whole == 0.0:
        return 0.0
    start, end = np.repeat(labels, graph.degrees), labels[graph.neighbours]
    leaving = np.bincount(start, graph.weights, graph.nodes)
    entering = np.bincount(end, graph.weights, graph.nodes)
    inside = float(graph.weights[start == end].sum())
    return inside / whole - resolution * float(leaving @ entering) / whole**2


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [(directed_partition, (t.ptr, t.ends, t.floats, np.zeros(2), t.floats, t.floats, *HOW, t.watch))]
