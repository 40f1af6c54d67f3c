"""Sums that tell whether a store still holds what was written: over rows, in any order, and over a batch's manifest."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from vinculo.graph.types import Source

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(31)


def row_sum(ids: Sequence[str], *numbers: Sequence[int]) -> int:
    """Sum over rows, modulo 2**64.

    Parameters
    ----------
    ids : sequence of str
        The thing each row is about.
    *numbers : sequences of int
        Columns of 64-bit numbers, as many rows each.

    Examples
    --------
    >>> row_sum(["a", "b"], [1, 2]) == row_sum(["b", "a"], [2, 1]) != row_sum(["a", "b"], [2, 1])
    True
    """
    mixed = np.fromiter((zlib.crc32(i.encode()) for i in ids), np.uint64, len(ids))
    for column in numbers:
        # each step can be undone: two rows that differ in one column never give one number
        mixed = (mixed ^ np.array(column, np.int64).view(np.uint64)) * _ODD
        mixed ^= mixed >> _HALF
    return int(mixed.sum(dtype=np.uint64))


def signed(total: int) -> int:
    """A sum as SQLite keeps it.

    Examples
    --------
    >>> signed(2**64 - 1), signed(2**64 + 5)
    (-1, 5)
    """
    total %= 1 << 64
    return total - (1 << 64) if total >> 63 else total


def manifest_sum(source: Source, number: int, run: int, records: int, fingerprints: bytes) -> int:
    """A number of a batch's manifest and of the source it belongs to."""
    told = (*source.key, source.file, bool(source.synthetic), source.taint, number, run, records)
    return zlib.crc32(fingerprints, zlib.crc32(repr(told).encode(errors="surrogatepass")))
