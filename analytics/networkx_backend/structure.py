"""Components, cores, triangles, bridges: as NetworkX' functions of these names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np

from vinculo.analytics.kernels import structure
from vinculo.analytics.kernels.watched import heard
from vinculo.analytics.networkx_backend.arrays import ArrayGraph
from vinculo.analytics.networkx_backend.convert import arrays_of, both_ways
from vinculo.graph.network import Codes, Ints, Mask


def _labels(graph: Any) -> tuple[ArrayGraph, Codes, int]:
    g = arrays_of(graph)
    rows = both_ways(g) if g.directed else g
    return g, *structure.linked_labels(rows.ptr, rows.neighbours)


def connected_components(G: Any) -> Iterator[set[Any]]:
    """Sets of nodes, in the order of their first node."""
    g, labels, count = _labels(G)
    return iter(g.grouped(labels, count))


def number_connected_components(G: Any) -> int:
    """How many."""
    return int(_labels(G)[2])


def is_connected(G: Any) -> bool:
    """Whether there is one component only."""
    g, _, count = _labels(G)
    if not len(g):
        raise nx.NetworkXPointlessConcept("Connectivity is undefined for the null graph.")
    return count == 1


weakly_connected_components = connected_components
number_weakly_connected_components = number_connected_components
is_weakly_connected = is_connected


def strongly_connected_components(G: Any) -> Iterator[set[Any]]:
    """Sets of nodes, those that others lead to first."""
    g = arrays_of(G)
    labels, count = structure.strong_labels(g.ptr, g.neighbours)
    return iter(g.grouped(labels, count))


def number_strongly_connected_components(G: Any) -> int:
    """How many."""
    g = arrays_of(G)
    return int(structure.strong_labels(g.ptr, g.neighbours)[1])


def is_strongly_connected(G: Any) -> bool:
    """Whether there is one component only."""
    if not len(arrays_of(G)):
        raise nx.NetworkXPointlessConcept("Connectivity is undefined for the null graph.")
    return number_strongly_connected_components(G) == 1


def core_number(G: Any) -> dict[Any, int]:
    """Core number of each node; of a directed graph both directions count."""
    g = arrays_of(G)
    if (g.rows == g.neighbours).any():
        raise nx.NetworkXNotImplemented(
            "Input graph has self loops which is not permitted; Consider using G.remove_edges_from(nx.selfloop_edges(G))."
        )
    if not len(g):
        return {}
    graph = both_ways(g)
    return g.keyed(structure.core_numbers(graph.ptr, graph.neighbours))


def _triangles(graph: Any) -> tuple[ArrayGraph, Ints, Ints]:
    """The graph, the triangles at each node and its neighbours other than itself."""
    g = arrays_of(graph)
    simple = g.simple()
    looped = np.bincount(g.rows[g.rows == g.neighbours], minlength=len(g)) > 0
    links = len(simple.neighbours)
    counts = heard(lambda watch: structure.triangle_counts(simple.ptr, simple.neighbours, watch), links=links)
    return g, counts, simple.degrees - looped


def triangles(G: Any, nodes: Any = None) -> dict[Any, int]:
    """Triangles at each node."""
    g, found, _ = _triangles(G)
    return g.keyed(found)


def clustering(G: Any, nodes: Any = None, weight: Any = None) -> dict[Any, float]:
    """Share of the pairs of a node's neighbours that are linked."""
    g, found, degree = _triangles(G)
    share = 2.0 * found / np.maximum(degree * (degree - 1), 1)
    # NetworkX gives the whole number 0 where there is no triangle
    return dict(zip(g.nodes, [s or 0 for s in share.tolist()], strict=True))


def average_clustering(G: Any, nodes: Any = None, weight: Any = None, count_zeros: bool = True) -> float:
    """Mean of :func:`clustering`."""
    shares = [s for s in clustering(G).values() if count_zeros or s > 0]
    return sum(shares) / len(shares)


def transitivity(G: Any) -> float:
    """Share of the pairs of links at a node that close to a triangle, in the whole graph."""
    _, found, degree = _triangles(G)
    closed = int(found.sum())
    return 2 * closed / int((degree * (degree - 1)).sum()) if closed else 0


def _bridges(graph: Any) -> tuple[ArrayGraph, Mask]:
    """The graph, and which entries of its simple form are bridges, each at the end that comes first."""
    g = arrays_of(graph)
    simple = g.simple()
    seen, parent, low = structure.low_points(simple.ptr, simple.neighbours)
    a = np.repeat(np.arange(len(g)), simple.degrees)
    b = simple.neighbours
    held = ((parent[b] == a) & (low[b] > seen[a])) | ((parent[a] == b) & (low[a] > seen[b]))
    return g, held & (a < b) & (simple.weights == 1)


def bridges(G: Any, root: Any = None) -> Iterator[tuple[Any, Any]]:
    """Links whose loss would part their ends, in the order of the links."""
    g, held = _bridges(G)
    simple = g.simple()
    a = np.repeat(np.arange(len(g)), simple.degrees)[held].tolist()
    b = simple.neighbours[held].tolist()
    return iter([(g.nodes[i], g.nodes[j]) for i, j in zip(a, b, strict=True)])


def has_bridges(G: Any, root: Any = None) -> bool:
    """Whether there is any."""
    return bool(_bridges(G)[1].any())


def articulation_points(G: Any) -> Iterator[Any]:
    """Nodes whose loss would part what they join, in the order of the nodes."""
    g = arrays_of(G)
    simple = g.simple()
    seen, parent, low = structure.low_points(simple.ptr, simple.neighbours)
    hung = np.flatnonzero(parent >= 0)
    above = parent[hung]
    inner = parent[above] >= 0
    cut = np.zeros(len(g), np.bool_)
    cut[above[inner & (low[hung] >= seen[above])]] = True
    cut[np.bincount(above[~inner], minlength=len(g)) > 1] = True
    return iter([g.nodes[i] for i in np.flatnonzero(cut).tolist()])
