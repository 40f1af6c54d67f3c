"""Lengths of shortest paths, what is made of them, and cycles: as NetworkX' functions of these names."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np

from vinculo.analytics.kernels import cycles, paths
from vinculo.analytics.kernels.watched import heard
from vinculo.analytics.networkx_backend.arrays import ArrayGraph, transposed, without_loops
from vinculo.analytics.networkx_backend.convert import arrays_of
from vinculo.graph.network import Codes, Csr, Floats, Ints


def _limit(cutoff: float | None) -> float:
    return np.inf if cutoff is None else float(cutoff)


def _from(graph: ArrayGraph, links: Csr, source: int, cutoff: float | None) -> dict[Any, int]:
    order, far = paths.by_links(links.ptr, links.neighbours, source, _limit(cutoff))
    return dict(zip([graph.nodes[i] for i in order.tolist()], far.tolist(), strict=True))


def _place(graph: ArrayGraph, node: Any, sentence: str) -> int:
    if node not in graph:
        raise nx.NodeNotFound(sentence)
    return graph.index[node]


def single_source_shortest_path_length(G: Any, source: Any, cutoff: float | None = None) -> dict[Any, int]:
    """Links from the source to each node it reaches, nearest first."""
    g = arrays_of(G)
    return _from(g, g.simple(), _place(g, source, f"Source {source} is not in G"), cutoff)


def single_target_shortest_path_length(G: Any, target: Any, cutoff: float | None = None) -> dict[Any, int]:
    """Links to the target from each node that reaches it, nearest first."""
    g = arrays_of(G)
    return _from(g, g.towards(), _place(g, target, f"Target {target} is not in G"), cutoff)


def all_pairs_shortest_path_length(
    G: Any,
    cutoff: float | None = None,
) -> Iterator[tuple[Any, dict[Any, int]]]:
    """Each node with the links to each node it reaches."""
    g = arrays_of(G)
    links = g.simple()
    return ((v, _from(g, links, i, cutoff)) for i, v in enumerate(g.nodes))


def _lengths(graph: ArrayGraph, weight: str | None) -> Csr:
    """The shortest of parallel links."""
    links = graph.simple(weight, parallel="least")
    if not (links.weights >= 0).all():
        raise NotImplementedError("lengths must not be negative")
    return links


def _along(graph: ArrayGraph, links: Csr, source: int, cutoff: float | None, whole: bool) -> dict[Any, float]:
    order, far = paths.by_length(links.ptr, links.neighbours, links.weights, source, _limit(cutoff))
    values = far.astype(np.int64) if whole else far
    return dict(zip([graph.nodes[i] for i in order.tolist()], values.tolist(), strict=True))


def single_source_dijkstra_path_length(
    G: Any,
    source: Any,
    cutoff: float | None = None,
    weight: str | None = "weight",
) -> dict[Any, float]:
    """Length of the shortest way from the source to each node it reaches, nearest first."""
    g = arrays_of(G)
    links = _lengths(g, weight)
    return _along(g, links, _place(g, source, f"Node {source} not found in graph"), cutoff, g.is_whole(weight))


def all_pairs_dijkstra_path_length(
    G: Any,
    cutoff: float | None = None,
    weight: str | None = "weight",
) -> Iterator[tuple[Any, dict[Any, float]]]:
    """Each node with the length of the shortest way to each node it reaches."""
    g = arrays_of(G)
    links, whole = _lengths(g, weight), g.is_whole(weight)
    return ((v, _along(g, links, i, cutoff, whole)) for i, v in enumerate(g.nodes))


def _reach(graph: ArrayGraph, distance: str | None) -> tuple[Floats, Floats, Floats]:
    """How many others reach each node, and the sums of the distances and of one over them."""
    links = graph.simple() if distance is None else _lengths(graph, distance)
    back = transposed(links) if graph.directed else links
    reached, total, inverse = paths.reach(back, lengths=None if distance is None else back.weights)
    return reached.astype(np.float64) - 1.0, total, inverse


def closeness_centrality(
    G: Any,
    u: Any = None,
    distance: str | None = None,
    wf_improved: bool = True,
    *,
    sp: Any = None,
) -> dict[Any, float]:
    """One over the mean distance to each node, from those that reach it."""
    g = arrays_of(G)
    others, total, _ = _reach(g, distance)
    score = np.divide(others, total, out=np.zeros(len(g)), where=total > 0)
    if wf_improved and len(g) > 1:
        score *= others / (len(g) - 1)
    return g.keyed(score)


def harmonic_centrality(
    G: Any,
    nbunch: Any = None,
    distance: str | None = None,
    sources: Any = None,
) -> dict[Any, float]:
    """Sum of one over the distances to each node, from those that reach it."""
    g = arrays_of(G)
    return g.keyed(_reach(g, distance)[2])


#: Nodes of cycles found by one call of the kernel: few, so that who wants only the first ones soon has them.
_CYCLE_NODES = 50_000


def simple_cycles(G: Any, length_bound: int | None = None) -> Iterator[list[Any]]:
    """Closed ways through different nodes, no longer than the bound, each from its first node on."""
    longest = length_bound or 0
    if longest < 0:
        raise ValueError("length bound must be non-negative")
    g = arrays_of(G)
    return _cycles(g, longest) if longest else iter(())


def _cycles(g: ArrayGraph, longest: int) -> Iterator[list[Any]]:
    links = g.simple()
    rows = np.repeat(np.arange(len(g), dtype=np.int32), links.degrees)
    yield from ([g.nodes[i]] for i in rows[rows == links.neighbours].tolist())
    if longest > 1 and g.multigraph and not g.directed:
        twice = (links.weights > 1) & (rows < links.neighbours)
        yield from ([g.nodes[a], g.nodes[b]] for a, b in zip(rows[twice], links.neighbours[twice], strict=True))
    if longest == 1:
        return
    out, _ = without_loops(links)
    into = transposed(out) if g.directed else out
    first = 0
    while first < len(g):
        nodes, ends, first = _closed_ways(out, into, first, min(longest, len(g)), g.directed)
        found = [g.nodes[i] for i in nodes.tolist()]
        starts = [0, *ends.tolist()]
        yield from (found[a:b] for a, b in itertools.pairwise(starts))


def _closed_ways(out: Csr, into: Csr, first: int, longest: int, directed: bool) -> tuple[Codes, Ints, int]:
    graph = (out.ptr, out.neighbours, into.ptr, into.neighbours)
    return heard(
        lambda watch: cycles.closed_ways(*graph, first, _CYCLE_NODES, longest, directed, watch),
        links=len(out.neighbours),
    )
