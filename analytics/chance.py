"""How likely so many are by chance, and how far a value is from its peers."""

from __future__ import annotations

import math

import numpy as np

from vinculo.graph.network import Floats


def binomial_tail(successes: int, trials: int, chance: float) -> float:
    """Probability of at least so many successes.

    Examples
    --------
    >>> round(binomial_tail(7, 7, 0.5) * 2**7, 9)
    1.0
    """
    if successes <= 0 or chance >= 1.0:
        return 1.0
    if chance <= 0.0:
        return 0.0
    logs = [
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(chance) + (trials - k) * math.log1p(-chance)
        for k in range(successes, trials + 1)
    ]  # fmt: skip
    return min(1.0, math.fsum(math.exp(x) for x in logs))


def poisson_tail(count: int, rate: float) -> float:
    """Probability of at least ``count`` events where ``rate`` are expected.

    Examples
    --------
    >>> round(poisson_tail(1, 2.0), 6) == round(1 - math.exp(-2.0), 6)
    True
    """
    if count <= 0:
        return 1.0
    if rate <= 0.0:
        return 0.0
    if count <= rate:
        return 1.0 - math.fsum(math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in range(count))
    term = math.exp(count * math.log(rate) - rate - math.lgamma(count + 1))
    total, k = 0.0, count
    while term > total * 1e-17 and term > 0.0:
        total += term
        k += 1
        term *= rate / k
    return min(1.0, total)


def robust_z(values: Floats) -> Floats:
    """Distance of each value from the median in robust standard deviations (0.6745 / MAD); 0 where all are alike.

    Examples
    --------
    >>> robust_z(np.array([1.0, 2.0, 3.0, 4.0, 100.0])).round(2).tolist()[-1]
    65.43
    """
    centre = np.median(values)
    spread = np.median(np.abs(values - centre))
    if spread <= 1e-12 * max(1.0, abs(float(centre))):
        return np.zeros(len(values))
    z: Floats = 0.6745 * (values - centre) / spread
    return z


def strength(p: float) -> float:
    """A probability by chance as 0 to 1, the rarer the higher: 0.001 gives 0.5, 0.000001 gives 0.67."""
    nines = -math.log10(max(p, 1e-300))
    return nines / (nines + 3.0)
