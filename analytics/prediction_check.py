"""How well missing links are predicted on a network: hide known ones, and see whether they are found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from vinculo.analytics.kernels.neighbourhood import random_pairs
from vinculo.analytics.kernels.random import permutation
from vinculo.analytics.prediction import of_kind, ranked, scores_of, undirected, worth
from vinculo.analytics.projecting.projected import Projected
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask, csr


class Interval(NamedTuple):
    """Mean over the runs, and the lowest and highest of them."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Accuracy:
    """How well hidden links were found again.

    Attributes
    ----------
    method, share, runs, seed
        What was asked.
    hidden : int
        Links hidden in each run.
    auc : Interval
        Probability that a hidden link scores higher than a pair that is not linked (ties count half): 0.5 is chance.
    precision : dict
        For k, the share of hidden links among the best k pairs.
    chance : float
        That share for pairs drawn blindly.
    """

    method: str
    share: float
    runs: int
    seed: int
    hidden: int
    auc: Interval
    precision: dict[int, Interval]
    chance: float

    def as_json(self) -> dict[str, Any]:
        """As ``predict --check --json`` prints it."""
        precision = {str(k): v._asdict() for k, v in self.precision.items()}
        return {**vars(self), "auc": self.auc._asdict(), "precision": precision}


def accuracy(
    graph: Csr,
    *,
    method: str = "resource_allocation",
    by_lift: bool = False,
    share: float = 0.1,
    runs: int = 10,
    tops: Sequence[int] = (10, 100),
    wanted: Mask | None = None,
    hub_from: int | None = None,
    comparisons: int = 10_000,
    seed: int = 0,
) -> Accuracy:
    """Hide a share of the known links, guess on what is left, and count how often a guess is a hidden one.

    What was hidden is drawn evenly from the links that are known; those that nobody recorded may be others. So this measures
    the method on this network, not the truth of one hypothesis.

    Parameters
    ----------
    graph, method, by_lift, wanted, hub_from
        As :func:`vinculo.analytics.prediction.ranked`.
    share : float
        Of the links whose ends are both wanted.
    runs : int
        How often, each with other links hidden.
    tops : sequence of int
        Lengths of the lists of guesses.
    comparisons : int
        Unlinked pairs that hidden links are compared with.
    seed : int

    References
    ----------
    Liben-Nowell and Kleinberg, The link-prediction problem for social networks (2007); Lü and Zhou, Physica A 390 (2011).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> triangles = [(f"{i}{a}", f"{i}{b}") for i in range(20) for a, b in ("xy", "yz", "zx")]
    >>> accuracy(Network.from_links(triangles).simple(), runs=2).auc.mean > 0.9
    True
    """
    n = graph.nodes
    wanted = np.ones(n, np.bool_) if wanted is None else wanted
    rows = np.repeat(np.arange(n, dtype=np.int32), graph.degrees)
    known = np.flatnonzero((rows < graph.neighbours) & wanted[rows] & wanted[graph.neighbours])
    among = np.flatnonzero(wanted).astype(np.int32)
    count = int(share * len(known))
    if count == 0 or len(among) < 2:
        return Accuracy(
            method, share, runs, seed, 0, Interval(0.5, 0.5, 0.5), dict.fromkeys(tops, Interval(0, 0, 0)), 0.0
        )
    keys = rows.astype(np.int64) * n + graph.neighbours
    areas: list[float] = []
    hits: dict[int, list[float]] = {k: [] for k in tops}
    for run in range(runs):
        state = np.uint64(seed) + np.uint64(run) * np.uint64(1_000_003)
        drawn = known[permutation(len(known), np.array([state], np.uint64))[:count]]
        a, b = rows[drawn], graph.neighbours[drawn]
        hidden = np.sort(np.concatenate([a.astype(np.int64) * n + b, b.astype(np.int64) * n + a]))
        left = _without(graph, rows, keys, hidden)
        values = worth(left, method, hub_from=hub_from)
        x, y = random_pairs(len(among), comparisons, np.array([state ^ np.uint64(0x5DEECE66D)], np.uint64))
        x, y = among[x], among[y]
        apart = ~_among(keys, x.astype(np.int64) * n + y)
        score = scores_of(left, values, method, by_lift, a, b)
        areas.append(_area(score, scores_of(left, values, method, by_lift, x[apart], y[apart])))
        best = ranked(left, method=method, by_lift=by_lift, top=max(tops), wanted=wanted, hub_from=hub_from)
        found = _among(hidden, best.a.astype(np.int64) * n + best.b)
        for k in tops:
            hits[k].append(float(found[:k].sum()) / k)
    unlinked = len(among) * (len(among) - 1) / 2 - (len(known) - count)
    precision = {k: _interval(v) for k, v in hits.items()}
    return Accuracy(method, share, runs, seed, count, _interval(areas), precision, round(count / unlinked, 9))


def checked_on(
    seen: Projected, *, method: str, by_lift: bool, kind: str, hub_from: int | None, seed: int = 0
) -> Accuracy:
    """:func:`accuracy` on the ties of a projection, as :func:`vinculo.analytics.prediction.predict` looks at them."""
    choice: dict[str, Any] = {"method": method, "by_lift": by_lift, "hub_from": hub_from}
    return accuracy(undirected(seen), wanted=of_kind(seen, kind), seed=seed, **choice)


def _without(graph: Csr, rows: Codes, keys: Ints, hidden: Ints) -> Csr:
    keep = ~_among(hidden, keys)
    return csr(graph.nodes, rows[keep], graph.neighbours[keep])


def _among(ordered: Ints, wanted: Ints) -> Mask:
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    made: Mask = ordered[at] == wanted
    return made


def _area(hidden: Floats, others: Floats) -> float:
    ordered = np.sort(others)
    below = np.searchsorted(ordered, hidden, side="left")
    up_to = np.searchsorted(ordered, hidden, side="right")
    return float((below + up_to).mean() / 2 / len(ordered)) if len(ordered) else 0.5


def _interval(values: Sequence[float]) -> Interval:
    return Interval(*(round(float(v), 6) for v in (np.mean(values), min(values), max(values))))
