"""PageRank and eigenvector centrality: scores that come in along the links, round after round."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Progress, Tiny, kernel
from vinculo.analytics.kernels.watched import heard, over
from vinculo.graph.network import Codes, Csr, Floats, Ints


@kernel
def pagerank_scores(
    ptr: Ints,
    sources: Codes,
    weights: Floats,
    out_weight: Floats,
    score: Floats,
    restart: Floats | None,
    dangling: Floats | None,
    damping: float,
    tolerance: float,
    rounds: int,
    at_once: bool,
    watch: Ints,
) -> bool:
    """Rounds over links that come in; ``score`` changes in place. Whether it converged.

    Who starts anew lands by ``restart``, who stands where nothing leads out goes by ``dangling``; each adds up to 1, and is even
    where None. A new score counts from the next round on (power iteration) or ``at_once`` (Gauss and Seidel), where starting
    anew takes its share of what the scores of the round before add up to: that takes about half the rounds.
    """
    n = len(ptr) - 1
    even = 1.0 / n
    share = np.empty(n)
    # numbers without sign: no check is compiled for places counted from the end
    alike = True  # every weight 1: the same numbers without reading them
    for e in range(len(weights)):
        if weights[e] != 1.0:
            alike = False
            break
    total = 1.0
    stuck = 0.0
    settled = False
    for done in range(rounds):
        if done == 0 or not at_once:
            stuck = 0.0
            for i in range(n):
                share[i] = 0.0 if out_weight[i] == 0.0 else score[i] / out_weight[i]
                stuck += score[i] if out_weight[i] == 0.0 else 0.0
        change = 0.0
        new_total = 0.0
        new_stuck = 0.0
        for i in range(n):
            got = 0.0
            if alike:
                for e in range(ptr[i], ptr[i + 1]):
                    got += share[np.uint32(sources[e])]
            else:
                for e in range(ptr[i], ptr[i + 1]):
                    got += share[np.uint32(sources[e])] * weights[e]
            from_stuck = stuck * (even if dangling is None else dangling[i])
            anew = total * (even if restart is None else restart[i])
            new = damping * (got + from_stuck) + (1.0 - damping) * anew
            change += abs(new - score[i])
            score[i] = new
            if at_once:
                new_total += new
                share[i] = 0.0 if out_weight[i] == 0.0 else new / out_weight[i]
                new_stuck += new if out_weight[i] == 0.0 else 0.0
        if at_once:
            total, stuck = new_total, new_stuck
        settled = change < n * tolerance * total
        if settled or over(watch, len(sources)):
            break
    if at_once:
        score /= total
    return settled


def pagerank(
    graph: Csr,
    *,
    damping: float = 0.85,
    tolerance: float = 1e-6,
    rounds: int = 100,
    watch: Ints | None = None,
    progress: Progress | None = None,
) -> Floats:
    """PageRank of each node, adding up to 1.

    Parameters
    ----------
    graph : Csr
        Links against their direction: the row of a node holds those that point to it (:attr:`Network.into`, or for an
        undirected graph :meth:`Network.simple`), with weights.
    damping : float
        Chance of following a link rather than starting anew.
    tolerance : float
        Stops when the scores change by less than this per node.
    rounds : int
        Stops at the latest after so many.
    watch : int64 array, optional
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).
    progress : callable, optional
        Told ``("pagerank", rounds done, rounds)``; may raise to stop.
    """
    n = graph.nodes
    if n == 0:
        return np.zeros(0)
    out = np.bincount(graph.neighbours, weights=graph.weights, minlength=n).astype(np.float64)
    score = np.full(n, 1.0 / n)
    ranked(graph, out, score, None, None, damping, tolerance, rounds, at_once=True, watch=watch, progress=progress)
    return score


def ranked(
    graph: Csr,
    out_weight: Floats,
    score: Floats,
    restart: Floats | None,
    dangling: Floats | None,
    damping: float,
    tolerance: float,
    rounds: int,
    *,
    at_once: bool = False,
    watch: Ints | None = None,
    progress: Progress | None = None,
) -> bool:
    """:func:`pagerank_scores` of a graph, watched; whether it converged."""
    links = len(graph.neighbours)
    spread = (score, restart, dangling, damping, tolerance, rounds, at_once)
    return heard(
        lambda flags: pagerank_scores(graph.ptr, graph.neighbours, graph.weights, out_weight, *spread, flags),
        links=links,
        watch=watch,
        stage="pagerank",
        unit=max(links, 1),
        total=rounds,
        progress=progress,
    )


@kernel
def eigenvector_scores(
    ptr: Ints, sources: Codes, weights: Floats, score: Floats, tolerance: float, rounds: int, watch: Ints
) -> bool:
    """Power iteration of the links that come in plus the identity; ``score`` changes in place. Whether it converged."""
    n = len(ptr) - 1
    new = np.empty(n)
    for _ in range(rounds):
        squares = 0.0
        for i in range(n):
            got = score[i]
            for e in range(ptr[i], ptr[i + 1]):
                got += score[sources[e]] * weights[e]
            new[i] = got
            squares += got * got
        norm = np.sqrt(squares)
        if norm == 0.0:
            norm = 1.0
        change = 0.0
        for i in range(n):
            made = new[i] / norm
            change += abs(made - score[i])
            score[i] = made
        if change < n * tolerance:
            return True
        if over(watch, len(sources)):
            return False
    return False


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    links = t.ptr, t.ends, t.floats, t.floats, np.ones(2)
    return [
        *((pagerank_scores, (*links, spread, spread, 0.85, 1e-6, 2, True, t.watch)) for spread in (None, t.floats)),
        (eigenvector_scores, (t.ptr, t.ends, t.floats, np.ones(2), 1e-6, 2, t.watch)),
    ]
