"""Chance that is the same on every machine.

NumPy promises that the raw stream of a bit generator never changes, not that its distributions do not; and ``exp`` and
``log`` differ in the last bit between C libraries. So everything here is made of PCG64's raw numbers and of operations
that IEEE 754 rounds exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LN2 = 0.6931471805599453


class Draws:
    """One stream of choices; :meth:`child` opens an independent one, so that parts can change without shifting others.

    Parameters
    ----------
    seed : int
        Any whole number.
    name : str
        Which part of the case draws.

    Examples
    --------
    >>> Draws(7, "a").integer(100) == Draws(7, "a").integer(100)
    True
    """

    def __init__(self, seed: int, name: str = "") -> None:
        self.seed = seed
        self.name = name
        key = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(key, "big"))

    def child(self, name: str) -> Draws:
        """A stream of its own for a part."""
        return Draws(self.seed, f"{self.name}/{name}")

    def raw(self, size: int) -> npt.NDArray[np.uint64]:
        """Whole 64-bit numbers."""
        return np.asarray(self._bits.random_raw(size), np.uint64)

    def uniforms(self, size: int) -> Floats:
        """Numbers in [0, 1), 53 bits each."""
        return np.asarray((self.raw(size) >> np.uint64(11)).astype(np.float64) * (1.0 / (1 << 53)))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """One number in [low, high)."""
        return low + (high - low) * float(self.uniforms(1)[0])

    def integers(self, size: int, low: int, high: int) -> Ints:
        """Whole numbers from ``low`` to ``high``, both included."""
        return np.asarray(low + np.floor(self.uniforms(size) * (high - low + 1)).astype(np.int64))

    def integer(self, high: int, low: int = 0) -> int:
        """One whole number from ``low`` to ``high``, both included."""
        return int(self.integers(1, low, high)[0])

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def normals(self, size: int, limit: float = 3.0) -> Floats:
        """Standard normal numbers (twelve uniforms added up), cut at ``limit``."""
        parts = self.uniforms(12 * size).reshape(12, size)
        total = parts[0].copy()
        for part in parts[1:]:
            total += part
        cut: Floats = np.clip(total - 6.0, -limit, limit)
        return cut

    def lognormals(self, size: int, median: float, sigma: float, limit: float = 3.0) -> Floats:
        """Log-normal numbers; ``sigma`` is the spread of the logarithm."""
        return median * exp(sigma * self.normals(size, limit))

    def lognormal(self, median: float, sigma: float, limit: float = 3.0) -> float:
        """One log-normal number."""
        return float(self.lognormals(1, median, sigma, limit)[0])

    def choice(self, items: Sequence[T], weights: Sequence[int] | None = None) -> T:
        """One of the items."""
        return self.choices(items, 1, weights)[0]

    def choices(self, items: Sequence[T], size: int, weights: Sequence[int] | None = None) -> list[T]:
        """Items drawn with replacement, by whole-number weights."""
        if weights is None:
            return [items[i] for i in self.integers(size, 0, len(items) - 1).tolist()]
        ends = np.cumsum(np.asarray(weights, np.int64))
        at = np.searchsorted(ends, self.integers(size, 0, int(ends[-1]) - 1), side="right")
        return [items[i] for i in at.tolist()]

    def sample(self, items: Sequence[T], size: int) -> list[T]:
        """Different items, in random order."""
        order = np.argsort(self.raw(len(items)), kind="stable")[:size]
        return [items[i] for i in order.tolist()]


def exp(values: Floats) -> Floats:
    """``e`` to the power of each value, from exact operations only.

    Examples
    --------
    >>> float(exp(np.array([0.0]))[0])
    1.0
    """
    whole = np.floor(values * (1.0 / _LN2) + 0.5)
    rest = values - whole * _LN2
    result = np.ones_like(rest)
    for n in range(16, 0, -1):  # Horner's scheme of the series; |rest| is at most 0.35
        result = 1.0 + result * rest / n
    return np.ldexp(result, whole.astype(np.int32))


def zipf(size: int, flat: int = 3) -> list[int]:
    """Weights of a heavy-tailed ranking: a few are large, most are small."""
    return [max(1, 1_000_000 // (rank + flat)) for rank in range(size)]
