"""Which records are known: their fingerprints, as numbers in sorted arrays, so that ten million fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vinculo.graph.types import FINGERPRINT

#: Fingerprints, a row each: the first and the second half of their 16 bytes.
Halves = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
#: How many last bits of the first half tell most unknown ones at a glance; a byte for each of their numbers.
_BITS = 25
#: Fewer are looked up without them: to touch their memory takes longer.
_FEW = 1 << 17
#: Arrays of so many are left as they are: to merge them takes their memory twice more.
_LARGE = 1 << 21
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


def halves(fingerprints: Sequence[bytes]) -> Halves:
    """Fingerprints of 16 bytes as numbers."""
    return np.frombuffer(b"".join(fingerprints), np.uint64).reshape(-1, 2)


def halves_of(fingerprints: pa.Array) -> Halves:
    """An Arrow column of fingerprints as numbers."""
    data = fingerprints.buffers()[1]
    start = fingerprints.offset * 2
    return np.frombuffer(data, np.uint64)[start : start + 2 * len(fingerprints)].reshape(-1, 2)


def as_arrow(marks: Halves) -> pa.Array:
    """Numbers as the Arrow column of fingerprints they came from."""
    return pa.Array.from_buffers(FINGERPRINT, len(marks), [None, pa.py_buffer(np.ascontiguousarray(marks))])


class Marks:
    """A set of fingerprints, 16 bytes of memory each; a Python set takes a hundred.

    Examples
    --------
    >>> marks = Marks()
    >>> some = halves([b"a" * 16, b"b" * 16, b"a" * 16])
    >>> marks.firsts(some).tolist(), marks.known(some[:1]).tolist(), len(marks)
    ([True, True, False], [True], 2)
    """

    def __init__(self, marks: Halves | None = None) -> None:
        # each a row of first halves, sorted, and a row of second ones; the larger arrays first
        self._runs: list[Halves] = []
        self._flags: Flags = np.zeros(0, np.bool_)
        if marks is not None and len(marks):
            self.firsts(marks)

    def __len__(self) -> int:
        return sum(run.shape[1] for run in self._runs)

    def __bool__(self) -> bool:
        return bool(self._runs)

    def all(self) -> Halves:
        """Every fingerprint, in no order of note."""
        return np.concatenate([run.T for run in self._runs]) if self._runs else np.zeros((0, 2), np.uint64)

    def known(self, marks: Halves) -> Flags:
        """Which of these are in the set."""
        found = np.zeros(len(marks), np.bool_)
        if not self._runs:
            return found
        maybe = np.flatnonzero(self._flags[_last_bits(marks)]) if len(self._flags) else np.arange(len(marks))
        some = marks[maybe]
        for first, second in self._runs if len(maybe) else ():
            low, high = (np.searchsorted(first, some[:, 0], side) for side in _SIDES)
            hit = high > low
            same = hit.copy()
            same[hit] = second[low[hit]] == some[hit, 1]
            # several of one first half are not to be expected, and not to be taken for each other
            for n in np.flatnonzero(hit & ~same & (high - low > 1)).tolist():
                same[n] = bool((second[low[n] : high[n]] == some[n, 1]).any())
            found[maybe[same]] = True
        return found

    def firsts(self, marks: Halves) -> Flags:
        """Which of these are neither in the set nor earlier among themselves; they are put into the set."""
        order = np.lexsort((marks[:, 1], marks[:, 0]))
        ranked = marks[order]
        again = np.zeros(len(marks), np.bool_)
        again[order[1:]] = (ranked[1:] == ranked[:-1]).all(axis=1)
        new = ~(again | self.known(marks))
        self._add(ranked[new[order]])
        return new

    def _add(self, run: Halves) -> None:
        if not len(run):
            return
        self._runs.append(np.ascontiguousarray(run.T))
        if len(self._flags):
            self._flags[_last_bits(run)] = True
        elif len(self) > _FEW:
            self._flags = np.zeros(1 << _BITS, np.bool_)
            self._flags[_last_bits(self.all())] = True
        # as in counting: two of like size become one, so that there are few and each is merged seldom
        while any(a.shape[1] < min(2 * b.shape[1], _LARGE) for a, b in pairwise(self._runs[-2:])):
            both = np.concatenate((self._runs.pop(), self._runs.pop()), axis=1)
            # "stable" merges what is sorted already
            self._runs.append(both[:, np.argsort(both[0], kind="stable")])


def _last_bits(marks: Halves) -> npt.NDArray[np.uint64]:
    return marks[:, 0] & np.uint64((1 << _BITS) - 1)
