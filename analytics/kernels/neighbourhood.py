"""What two nodes have in common: common neighbours, and how rare those are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.random import next_random
from vinculo.analytics.kernels.watched import over
from vinculo.graph.network import Codes, Floats, Ints, Mask


@kernel
def pair_scores(ptr: Ints, neighbours: Codes, worth: Floats, a: Codes, b: Codes) -> Floats:
    """For each pair the sum of the worth of its common neighbours; rows of a simple graph, neighbours in order."""
    made = np.zeros(len(a))
    for k in range(len(a)):
        i = ptr[a[k]]
        j = ptr[b[k]]
        while i < ptr[a[k] + 1] and j < ptr[b[k] + 1]:
            if neighbours[i] == neighbours[j]:
                made[k] += worth[neighbours[i]]
                i += 1
                j += 1
            elif neighbours[i] < neighbours[j]:
                i += 1
            else:
                j += 1
    return made


@kernel
def random_pairs(n: int, count: int, state: npt.NDArray[np.uint64]) -> tuple[Codes, Codes]:
    """Pairs of different numbers below ``n``, all alike."""
    a = np.empty(count, np.int32)
    b = np.empty(count, np.int32)
    for k in range(count):
        a[k] = int(next_random(state) % np.uint64(n))
        b[k] = int(next_random(state) % np.uint64(n - 1))
        if b[k] >= a[k]:
            b[k] += 1
    return a, b


@kernel
def _weaker(score: Floats, a: Codes, b: Codes, i: int, j: int) -> bool:
    """Whether the pair at ``i`` comes after the one at ``j`` in a list of the best."""
    if score[i] != score[j]:
        return bool(score[i] < score[j])
    return bool(a[i] > a[j] or (a[i] == a[j] and b[i] > b[j]))


@kernel
def _settle(score: Floats, a: Codes, b: Codes, at: int, filled: int) -> None:
    """Let the pair at a place of the heap sink below weaker ones."""
    while True:
        child = 2 * at + 1
        if child >= filled:
            return
        if child + 1 < filled and _weaker(score, a, b, child + 1, child):
            child += 1
        if not _weaker(score, a, b, child, at):
            return
        score[at], score[child] = score[child], score[at]
        a[at], a[child] = a[child], a[at]
        b[at], b[child] = b[child], b[at]
        at = child


@kernel
def best_pairs(
    ptr: Ints, neighbours: Codes, worth: Floats, factor: Floats, wanted: Mask, summed: bool, top: int, watch: Ints
) -> tuple[Codes, Codes, Floats, int]:
    """The best pairs that no link joins and that have a neighbour in common.

    Parameters
    ----------
    ptr, neighbours : arrays
        A simple graph, neighbours in order.
    worth : float64 array
        What a node adds to the score of a pair it joins; a node of worth 0 joins nobody.
    factor : float64 array
        A pair's score is the product of those of its two nodes,
    summed : bool
        times the worth of its common neighbours; or that product alone.
    wanted : bool array
        Nodes a pair may be made of.
    top : int
        How many pairs.
    watch : int64 array
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).

    Returns
    -------
    a, b, score, pairs
        In no order; how many pairs there were to choose from.
    """
    n = len(ptr) - 1
    first = np.empty(top, np.int32)
    second = np.empty(top, np.int32)
    score = np.empty(top)
    filled = 0
    pairs = 0
    steps = 1
    total = np.zeros(n)
    mark = np.full(n, -1, np.int32)
    linked = np.full(n, -1, np.int32)
    near = np.empty(n, np.int32)
    for u in range(n):
        if not wanted[u]:
            continue
        if over(watch, steps):
            break
        steps = 1
        for e in range(ptr[u], ptr[u + 1]):
            linked[neighbours[e]] = u
        found = 0
        for e in range(ptr[u], ptr[u + 1]):
            w = neighbours[e]
            if worth[w] == 0.0:
                continue
            for f in range(ptr[w], ptr[w + 1]):
                steps += 1
                v = neighbours[f]
                if v <= u or linked[v] == u or not wanted[v]:
                    continue
                if mark[v] != u:
                    mark[v] = u
                    total[v] = 0.0
                    near[found] = v
                    found += 1
                total[v] += worth[w]
        pairs += found
        for k in range(found):
            v = near[k]
            value = factor[u] * factor[v]
            if summed:
                value *= total[v]
            if filled < top:
                first[filled] = u
                second[filled] = v
                score[filled] = value
                filled += 1
                if filled == top:
                    for at in range(top // 2 - 1, -1, -1):
                        _settle(score, first, second, at, filled)
            elif value > score[0] or (value == score[0] and (u < first[0] or (u == first[0] and v < second[0]))):
                first[0] = u
                second[0] = v
                score[0] = value
                _settle(score, first, second, 0, filled)
    return first[:filled], second[:filled], score[:filled], pairs


def calls(tiny: Tiny) -> Calls:
    """What these kernels are compiled with."""
    rows = (tiny.ptr, tiny.ends, tiny.floats)
    return [
        (pair_scores, (*rows, tiny.codes, tiny.codes)),
        (best_pairs, (*rows, tiny.floats, ~tiny.flags, True, 1, tiny.watch)),
        (random_pairs, (2, 1, np.zeros(1, np.uint64))),
    ]
