"""Hubs and authorities (Kleinberg 1999): who points to those that many point to, and who is pointed to by them."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.watched import heard, over
from vinculo.graph.network import Codes, Csr, Floats, Ints


@kernel
def _carried(ptr: Ints, neighbours: Codes, weights: Floats, score: Floats, into: Floats) -> float:
    """Each node's sum of its neighbours' scores into ``into``; returns their norm."""
    squares = 0.0
    for i in range(len(ptr) - 1):
        got = 0.0
        for e in range(ptr[i], ptr[i + 1]):
            got += score[neighbours[e]] * weights[e]
        into[i] = got
        squares += got * got
    return float(np.sqrt(squares))


@kernel
def hits_scores(
    out_ptr: Ints,
    targets: Codes,
    out_weights: Floats,
    in_ptr: Ints,
    sources: Codes,
    in_weights: Floats,
    hubs: Floats,
    authorities: Floats,
    tolerance: float,
    rounds: int,
    watch: Ints,
) -> bool:
    """Power iteration, both scores of length 1 and changed in place. Whether it converged."""
    n = len(out_ptr) - 1
    new = np.empty(n)
    for _ in range(rounds):
        norm = _carried(out_ptr, targets, out_weights, authorities, hubs)
        if norm == 0.0:
            return False
        for i in range(n):
            hubs[i] /= norm
        norm = _carried(in_ptr, sources, in_weights, hubs, new)
        change = 0.0
        for i in range(n):
            made = new[i] / norm
            change = max(change, abs(made - authorities[i]))
            authorities[i] = made
        if change < tolerance:
            return True
        if over(watch, 2 * len(targets)):
            return False
    return False


def hits(
    out: Csr, into: Csr, *, tolerance: float = 1e-10, rounds: int = 10_000, watch: Ints | None = None
) -> tuple[Floats, Floats, bool]:
    """Hubs and authorities, each adding up to 1, and whether they converged.

    Parameters
    ----------
    out, into : Csr
        Links in their direction and against it, with weights that are not negative.
    tolerance : float
        Largest change of a score, of a vector of length 1, at which it stops.
    rounds : int
        Stops at the latest after so many.
    watch : int64 array, optional
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> pair = Network.from_links([("a", "c"), ("b", "c")])
    >>> [score.round(3).tolist() for score in hits(pair.out, pair.into)[:2]]
    [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    n = out.nodes
    hubs, authorities = np.zeros(n), np.full(n, 1.0 / np.sqrt(max(n, 1)))
    arguments = (*out[:2], out.weights, *into[:2], into.weights, hubs, authorities, tolerance, rounds)
    converged = heard(lambda flags: hits_scores(*arguments, flags), links=len(out.neighbours), watch=watch)
    if converged:
        hubs /= hubs.sum()
        authorities /= authorities.sum()
    return hubs, authorities, converged


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    both = (t.ptr, t.ends, t.floats, t.ptr, t.ends, t.floats)
    return [(hits_scores, (*both, np.zeros(2), np.ones(2), 1e-6, 2, t.watch))]
