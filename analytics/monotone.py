"""A rising line of steps through points: what one figure lets expect of another, with nothing assumed but that it rises."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.graph.network import Floats


def rising(x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    """Value at each point of the non-decreasing function of ``x`` that is nearest to ``y`` by least squares.

    Points of the same ``x`` get the same value. Where a point lies outside all others, nothing but itself says what to expect
    there.

    References
    ----------
    Ayer et al., An empirical distribution function for sampling with incomplete information (1955): pool adjacent violators.

    Examples
    --------
    >>> rising([1, 2, 3, 3], [0.0, 4.0, 1.0, 3.0]).tolist()
    [0.0, 2.6666666666666665, 2.6666666666666665, 2.6666666666666665]
    """
    values, at, count = np.unique(np.asarray(x, np.float64), return_inverse=True, return_counts=True)
    sums = np.bincount(at, weights=np.asarray(y, np.float64), minlength=len(values))
    starts: list[int] = []
    totals: list[float] = []
    sizes: list[int] = []
    for i, (total, size) in enumerate(zip(sums.tolist(), count.tolist(), strict=True)):
        starts.append(i)
        totals.append(total)
        sizes.append(size)
        while len(starts) > 1 and totals[-2] * sizes[-1] >= totals[-1] * sizes[-2]:
            starts.pop()
            total, size = totals.pop(), sizes.pop()
            totals[-1] += total
            sizes[-1] += size
    fitted = np.repeat(
        np.array(totals) / np.array(sizes, np.float64), np.diff([*starts, len(values)]) if starts else []
    )
    return np.asarray(fitted[at], np.float64)


def rank_correlation(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Spearman's rank correlation, equal values sharing the mean of their ranks; 0 where one of the two does not vary.

    Examples
    --------
    >>> round(rank_correlation([1, 2, 3], [10, 30, 20]), 6)
    0.5
    """
    a, b = _ranks(x), _ranks(y)
    if len(a) < 2:
        return 0.0
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / spread) if spread > 0 else 0.0


def _ranks(values: npt.ArrayLike) -> Floats:
    _, at, count = np.unique(np.asarray(values, np.float64), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2.0)[at], np.float64)
