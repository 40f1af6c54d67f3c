"""An own generator (SplitMix64): the same numbers on every machine and with every version of numba."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.compiled import kernel

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


@kernel
def next_random(state: npt.NDArray[np.uint64]) -> np.uint64:
    """The next 64 random bits; ``state`` (one number) moves on."""
    state[0] = state[0] + _STEP
    z = state[0]
    z = (z ^ (z >> _30)) * _MIX_A
    z = (z ^ (z >> _27)) * _MIX_B
    mixed: np.uint64 = z ^ (z >> _31)
    return mixed


@kernel
def permutation(n: int, state: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """The numbers below ``n`` in random order (Fisher and Yates)."""
    order = np.arange(n).astype(np.int32)
    for i in range(n - 1, 0, -1):
        j = np.int64(next_random(state) % np.uint64(i + 1))
        order[i], order[j] = order[j], order[i]
    return order
