"""A graph with some of its ties dropped at random, by our own generator."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.random import next_random
from vinculo.graph.network import Csr, Floats, Ints, Mask

_11 = np.uint64(11)


@kernel
def evenly_drawn(count: int, state: npt.NDArray[np.uint64]) -> Floats:
    """Numbers of [0, 1), 53 random bits each."""
    made = np.empty(count)
    for i in range(count):
        made[i] = np.float64(next_random(state) >> _11) * 2.0**-53
    return made


def drawn(count: int, *seed: int) -> Floats:
    """Numbers of [0, 1), the same for the same seed on every machine.

    Examples
    --------
    >>> drawn(2, 1).tolist() == drawn(2, 1).tolist()
    True
    """
    state = np.array([0], np.uint64)
    for part in seed:
        state = (state ^ np.uint64(part & (2**64 - 1))) * np.uint64(0xD1342543DE82EF95) + np.uint64(1)
    return evenly_drawn(count, state)


def ties_of(graph: Csr) -> Ints:
    """For each entry of a simple graph the number of its tie; both directions of a pair have the same.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> ties_of(Network.from_links([("a", "b"), ("b", "c")]).simple()).tolist()
    [0, 0, 1, 1]
    """
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int64), graph.degrees)
    low, high = np.minimum(rows, graph.neighbours), np.maximum(rows, graph.neighbours)
    _, tie = np.unique(low * graph.nodes + high, return_inverse=True)
    return np.asarray(tie, np.int64)


def thinned(graph: Csr, ties: Ints, keep: Mask) -> Csr:
    """The graph with only the ties to keep; every node stays.

    Parameters
    ----------
    graph : Csr
        Simple.
    ties : int64 array
        As :func:`ties_of` numbers them.
    keep : bool array
        One per tie.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> path = Network.from_links([("a", "b"), ("b", "c")]).simple()
    >>> thinned(path, ties_of(path), np.array([True, False])).degrees.tolist()
    [1, 1, 0]
    """
    kept = keep[ties]
    before = np.concatenate([[0], np.cumsum(kept)])
    return Csr(before[graph.ptr], graph.neighbours[kept], graph.links[kept], graph.weights[kept])


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (evenly_drawn, (2, np.zeros(1, np.uint64))),
    ]
