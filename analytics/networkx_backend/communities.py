"""Louvain, Leiden, label propagation: as NetworkX' functions of these names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import numpy as np

from vinculo.analytics.kernels import community, directed, propagation
from vinculo.analytics.networkx_backend.arrays import ArrayGraph, without_loops
from vinculo.analytics.networkx_backend.convert import arrays_of, both_ways
from vinculo.graph.network import Csr, Floats

# NetworkX 3.7 runs Leiden itself and has this argument and its default; before it there was modularity only.
_METRIC = inspect.signature(nx.community.leiden_communities).parameters.get("metric")
#: Whether NetworkX has levels of its own, by which it means the refined parts.
OWN_LEVELS = _METRIC is not None
METRIC = "modularity" if _METRIC is None else str(_METRIC.default)
#: How freely Leiden merges by chance; Vinculo's merges greedily.
THETA = 0.01


def _weighted(graph: Any, weight: str | None) -> tuple[ArrayGraph, Csr, Floats]:
    g = arrays_of(graph)
    simple, loops = without_loops(g.simple(weight))
    if not (simple.weights >= 0).all() or not (loops >= 0).all():
        raise NotImplementedError("weights must not be negative")
    # shares of an infinite whole are nothing
    with np.errstate(over="ignore"):
        whole = 4.0 * float(simple.weights.sum() + loops.sum())
    if not np.isfinite(whole):
        raise NotImplementedError("weights must have a finite sum")
    return g, simple, loops


def _number(seed: Any) -> int:
    """A number from NetworkX' source of random ones."""
    return int(seed.random() * 2**53)


def _levels(max_level: int | None) -> int:
    if max_level is not None and max_level <= 0:
        raise ValueError("max_level argument must be a positive integer or None")
    return community.LEVELS if max_level is None else min(max_level, community.LEVELS)


def _louvain(
    graph: Any, weight: str | None, resolution: float, threshold: float, seed: int, levels: int
) -> list[set[Any]]:
    g, simple, loops = _weighted(graph, weight)
    search = directed.louvain if g.directed else community.louvain
    gamma, enough = float(resolution), float(threshold)
    return g.grouped(search(simple, seed=seed, resolution=gamma, loops=loops, levels=levels, enough=enough))


def _leiden(
    graph: Any, weight: str | None, resolution: float, metric: str, seed: int, levels: int, passes: int
) -> list[set[Any]]:
    g, simple, loops = _weighted(graph, weight)
    search = directed.leiden if g.directed else community.leiden
    labels = search(
        simple,
        seed=seed,
        resolution=float(resolution),
        passes=passes,
        loops=loops,
        levels=levels,
        potts=metric == "cpm",
    )
    return g.grouped(labels)


def _growing(partition: Callable[[int], list[set[Any]]]) -> Iterator[list[set[Any]]]:
    """The partition after each level, until another level changes nothing."""
    found = [partition(1)]
    for level in range(2, community.LEVELS):
        last = partition(level)
        if len(last) == len(found[-1]):
            break
        found.append(last)
    return iter(found)


def louvain_communities(
    G: Any,
    weight: str | None = "weight",
    resolution: float = 1,
    threshold: float = 1e-07,
    max_level: int | None = None,
    seed: Any = None,
) -> list[set[Any]]:
    """Communities by Louvain, in the order of their first node; of a directed graph by directed modularity."""
    return _louvain(G, weight, resolution, threshold, _number(seed), _levels(max_level))


def louvain_partitions(
    G: Any,
    weight: str | None = "weight",
    resolution: float = 1,
    threshold: float = 1e-07,
    seed: Any = None,
) -> Iterator[list[set[Any]]]:
    """Communities by Louvain after each level."""
    number = _number(seed)
    return _growing(lambda level: _louvain(G, weight, resolution, threshold, number, level))


def leiden_communities(
    G: Any,
    weight: str | None = "weight",
    resolution: float = 1,
    max_level: int | None = None,
    seed: Any = None,
    metric: str = METRIC,
    theta: float = THETA,
) -> list[set[Any]]:
    """Communities by Leiden, each connected (regardless of direction), in the order of their first node.

    Without ``max_level`` the whole is repeated from its own result until quality no longer rises.
    """
    passes = 10 if max_level is None else 1
    return _leiden(G, weight, resolution, metric, _number(seed), _levels(max_level), passes)


def leiden_partitions(
    G: Any,
    weight: str | None = "weight",
    resolution: float = 1,
    seed: Any = None,
    metric: str = METRIC,
    theta: float = THETA,
) -> Iterator[list[set[Any]]]:
    """Communities by Leiden after each level."""
    number = _number(seed)
    return _growing(lambda level: _leiden(G, weight, resolution, metric, number, level, 1))


def _propagated(graph: ArrayGraph, links: Csr, seed: Any) -> Iterator[set[Any]]:
    if not (links.weights >= 0).all():
        raise NotImplementedError("weights must not be negative")
    return iter(graph.grouped(propagation.label_propagation(links, seed=_number(seed))))


def fast_label_propagation_communities(
    G: Any,
    *,
    weight: str | None = None,
    seed: Any = None,
) -> Iterator[set[Any]]:
    """Nodes with one label, in the order of their first node; directions do not count, parallel links each do."""
    g = arrays_of(G)
    return _propagated(g, both_ways(g, weight), seed)


def asyn_lpa_communities(G: Any, weight: str | None = None, seed: Any = None) -> Iterator[set[Any]]:
    """Nodes with one label, in the order of their first node; without a weight each neighbour counts once."""
    g = arrays_of(G)
    links = g.simple(weight)
    if weight is None:
        links = links._replace(weights=np.ones(len(links.neighbours)))
    return _propagated(g, links, seed)
