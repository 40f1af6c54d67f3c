"""PageRank, hubs and authorities, betweenness, eigenvector: as NetworkX' functions of these names."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np

from vinculo.analytics.kernels import betweenness, centrality
from vinculo.analytics.kernels import hits as pointing
from vinculo.analytics.kernels.structure import strong_labels
from vinculo.analytics.kernels.watched import heard
from vinculo.analytics.networkx_backend.arrays import ArrayGraph
from vinculo.analytics.networkx_backend.convert import arrays_of
from vinculo.graph.network import Codes, Csr, Floats, csr

#: A score is within this of its limit where the power method moves it by less than that.
_CLOSE = 1e-12
#: Rounds of the power method for one of NetworkX' solver.
_ROUNDS = 100


def _spread(graph: ArrayGraph, values: dict[Any, float]) -> Floats:
    """A share of each node, adding up to 1."""
    made = np.array([values.get(v, 0) for v in graph.nodes], np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        made /= made.sum()
    return made


def pagerank(
    G: Any,
    alpha: float = 0.85,
    personalization: dict[Any, float] | None = None,
    max_iter: int = 100,
    tol: float = 1e-06,
    nstart: dict[Any, float] | None = None,
    weight: str | None = "weight",
    dangling: dict[Any, float] | None = None,
) -> dict[Any, float]:
    """PageRank of each node."""
    g = arrays_of(G)
    n = len(g)
    if n == 0:
        return {}
    graph = g.towards(weight)
    out = np.bincount(graph.neighbours, weights=graph.weights, minlength=n).astype(np.float64)
    even = np.full(n, 1.0 / n)
    score = even.copy() if nstart is None else _spread(g, nstart)
    restart = even if personalization is None else _spread(g, personalization)
    if personalization is not None and not sum(personalization.get(v, 0) for v in g.nodes):
        raise ZeroDivisionError
    stuck = restart if dangling is None else _spread(g, dangling)
    if not centrality.ranked(graph, out, score, restart, stuck, float(alpha), float(tol), max_iter):
        raise nx.PowerIterationFailedConvergence(max_iter)
    return g.keyed(score)


def betweenness_centrality(
    G: Any,
    k: int | None = None,
    normalized: bool = True,
    weight: str | None = None,
    endpoints: bool = False,
    seed: Any = None,
) -> dict[Any, float]:
    """Betweenness of each node; with ``k`` from as many sources, drawn as NetworkX draws them."""
    g = arrays_of(G)
    n = len(g)
    if k == n:
        k = None
    sources = np.arange(n, dtype=np.int32)
    if k is not None:
        drawn = seed.sample(list(g.nodes), k)
        sources = np.array([g.index[v] for v in drawn], np.int32)
    graph = g.simple(weight, parallel="least")
    if weight is not None:
        graph = _finite(graph)
    lengths = None if weight is None else graph.weights
    score = betweenness.dependencies(graph, sources, lengths=lengths, ends=endpoints)
    return g.keyed(score * _scale(n, sources, k is not None, normalized, g.directed, endpoints))


def _finite(graph: Csr) -> Csr:
    """The graph with positive lengths, without infinite ones, along which no shortest path runs."""
    lengths = graph.weights
    if not (lengths > 0).all():
        raise NotImplementedError("lengths must be positive")
    keep = np.isfinite(lengths)
    with np.errstate(over="ignore"):
        longest = lengths[keep].sum()
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    made = graph if keep.all() else csr(graph.nodes, rows[keep], graph.neighbours[keep], lengths[keep])
    # whom only infinite ways reach is passed by NetworkX in the order in which links were added
    part = np.zeros(graph.nodes, np.int32) if keep.all() else strong_labels(made.ptr, made.neighbours)[0]
    if not np.isfinite(longest) or (part[rows[~keep]] != part[graph.neighbours[~keep]]).any():
        raise NotImplementedError("nodes must not be infinitely far away")
    return made


def _scale(n: int, sources: Codes, sampled: bool, normalized: bool, directed: bool, endpoints: bool) -> Floats:
    """What the sum for each node is multiplied by: a sampled source is no source of paths through itself."""
    others = n if endpoints else n - 1
    if others < 2:
        return np.ones(n)
    directions = 1 if directed else 2
    drawn = len(sources) if sampled else others
    if drawn == 0:
        raise ZeroDivisionError("betweenness from no sources")
    share = 1.0 / (others - 1) if normalized else others / directions
    from_others = drawn - 1 if sampled and not endpoints else drawn
    scale = np.full(n, share / drawn)
    # of a single source nothing is known
    scale[sources] = share / from_others if from_others else np.nan
    return scale


def eigenvector_centrality(
    G: Any,
    max_iter: int = 100,
    tol: float = 1e-06,
    nstart: dict[Any, float] | None = None,
    weight: str | None = None,
) -> dict[Any, float]:
    """Eigenvector centrality of each node, by links that come in."""
    g = arrays_of(G)
    n = len(g)
    if n == 0:
        raise nx.NetworkXPointlessConcept("cannot compute centrality for the null graph")
    graph = g.towards(weight)
    score = np.full(n, 1.0 / n)
    arguments = (graph.ptr, graph.neighbours, graph.weights, score, float(tol), max_iter)
    if not heard(lambda watch: centrality.eigenvector_scores(*arguments, watch), links=len(graph.neighbours)):
        raise nx.PowerIterationFailedConvergence(max_iter)
    return g.keyed(score)


def hits(
    G: Any,
    max_iter: int = 100,
    tol: float = 1e-08,
    nstart: dict[Any, float] | None = None,
    normalized: bool = True,
    *,
    method: str = "power_iteration",
) -> tuple[dict[Any, float], dict[Any, float]]:
    """Hubs and authorities; both methods of NetworkX seek the same scores."""
    g = arrays_of(G)
    if len(g) == 0:
        return {}, {}
    if max_iter <= 0:
        raise nx.PowerIterationFailedConvergence(max_iter)
    out = g.simple("weight")
    if not (out.weights >= 0).all():
        raise NotImplementedError("weights must not be negative")
    into = g.towards("weight")
    close = min(float(tol), _CLOSE)
    hubs, authorities, converged = pointing.hits(out, into, tolerance=close, rounds=_ROUNDS * max_iter)
    if not converged:
        raise NotImplementedError("the scores are too slow to settle")
    return g.keyed(hubs), g.keyed(authorities)
