"""How many new ties it takes until a broken network holds together again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.random import next_random
from vinculo.analytics.kernels.watched import over
from vinculo.graph.network import Codes, Floats, Ints

#: Ways of choosing whom to tie to.
RANDOM, PREFERENTIAL, DISTANCE = 0, 1, 2
#: How far a search for the nearest goes, and how many it looks at.
_FAR, _NEAR = 4, 5_000


@kernel
def _draw(below: int, state: npt.NDArray[np.uint64]) -> int:
    return int(next_random(state) % np.uint64(below))


@kernel
def _root(parent: Codes, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def _near(
    ptr: Ints,
    neighbours: Codes,
    gone: npt.NDArray[np.bool_],
    start: int,
    seen: Ints,
    mark: int,
    queue: Codes,
    state: npt.NDArray[np.uint64],
) -> int:
    """Somebody two to four links from a node in the network as it was, the likelier the nearer (1 / distance squared)."""
    seen[start] = mark
    queue[0] = start
    first = 0
    filled = 1
    edge = 1
    weights = np.zeros(_FAR + 1)
    starts = np.zeros(_FAR + 2, np.int64)
    for distance in range(1, _FAR + 1):
        starts[distance] = filled
        while first < edge and filled < _NEAR:
            u = queue[first]
            first += 1
            for e in range(ptr[u], ptr[u + 1]):
                v = neighbours[e]
                if seen[v] != mark and filled < len(queue):
                    seen[v] = mark
                    queue[filled] = v
                    filled += 1
        edge = filled
    starts[_FAR + 1] = filled
    total = 0.0
    for distance in range(2, _FAR + 1):
        alive = 0
        for i in range(starts[distance], starts[distance + 1]):
            if not gone[queue[i]]:
                alive += 1
        weights[distance] = alive / (distance * distance)
        total += weights[distance]
    if total == 0.0:
        return -1
    left = (next_random(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0) * total
    chosen = 0
    for distance in range(2, _FAR + 1):
        if weights[distance] > 0.0:
            chosen = distance
            if left < weights[distance]:
                break
            left -= weights[distance]
    alive = 0
    for i in range(starts[chosen], starts[chosen + 1]):
        if not gone[queue[i]]:
            alive += 1
    pick = _draw(alive, state)
    for i in range(starts[chosen], starts[chosen + 1]):
        if not gone[queue[i]]:
            if pick == 0:
                return int(queue[i])
            pick -= 1
    return -1


@kernel
def ties_needed(
    ptr: Ints,
    neighbours: Codes,
    gone: npt.NDArray[np.bool_],
    orphans: Codes,
    model: int,
    goal: int,
    most: int,
    seed: np.uint64,
    runs: int,
    watch: Ints,
) -> Floats:
    """For each run the new ties made until the largest part has ``goal`` nodes; -1 where ``most`` were not enough.

    Each tie joins one of the orphans (who lost a neighbour, once per neighbour lost) to somebody who is still there: anybody
    alike, in proportion to one more than the ties they have, or the likelier the nearer they were.
    """
    n = len(ptr) - 1
    made = np.full(runs, -1.0)
    whole = np.arange(n).astype(np.int32)
    sizes = np.zeros(n, np.int64)
    stubs = np.empty(len(neighbours) + n + 2 * most, np.int32)
    filled = 0
    for i in range(n):
        if gone[i]:
            continue
        stubs[filled] = i
        filled += 1
    alive = filled
    for i in range(n):
        if gone[i]:
            continue
        for e in range(ptr[i], ptr[i + 1]):
            j = neighbours[e]
            if gone[j]:
                continue
            stubs[filled] = i
            filled += 1
            a = _root(whole, i)
            b = _root(whole, j)
            if a < b:
                whole[b] = a
            elif b < a:
                whole[a] = b
    largest = 0
    for i in range(n):
        if not gone[i]:
            r = _root(whole, i)
            sizes[r] += 1
            largest = max(largest, sizes[r])
    if largest >= goal:
        made[:] = 0.0
        return made
    if len(orphans) == 0 or alive < 2:
        return made
    seen = np.zeros(n, np.int64)
    queue = np.empty(n, np.int32)
    mark = 0
    state = np.empty(1, np.uint64)
    state[0] = seed
    for run in range(runs):
        if over(watch, n):
            break
        parent = whole.copy()
        size = sizes.copy()
        ends = filled
        biggest = largest
        for tie in range(most):
            if model == DISTANCE and over(watch, _NEAR):
                break
            a = orphans[_draw(len(orphans), state)]
            b = a
            if model == DISTANCE:
                mark += 1
                b = _near(ptr, neighbours, gone, a, seen, mark, queue, state)
                if b < 0:
                    b = a
            tries = 0
            # nobody near, or the first drawn is the orphan itself
            while b == a and tries < 100:
                b = stubs[_draw(ends, state)] if model == PREFERENTIAL else stubs[_draw(alive, state)]
                tries += 1
            stubs[ends] = a
            stubs[ends + 1] = b
            ends += 2
            r = _root(parent, a)
            s = _root(parent, b)
            if r != s:
                if s < r:
                    r, s = s, r
                parent[s] = r
                size[r] += size[s]
                biggest = max(biggest, size[r])
            if biggest >= goal:
                made[run] = tie + 1
                break
    return made


def calls(tiny: Tiny) -> Calls:
    """What these kernels are compiled with."""
    arguments = (tiny.ptr, tiny.ends, tiny.flags, tiny.codes, RANDOM, 2, 1, np.uint64(1), 1, tiny.watch)
    return [(ties_needed, arguments)]
