"""Label propagation: every node takes the label that weighs most among its neighbours, until all have it (Raghavan 2007).

Nodes whose surroundings changed wait in a queue (Traag and Subelj 2023) rather than all being asked again. A label that is
among the heaviest is kept; each change then adds to the weight between nodes of one label, so that it ends.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.levels import renumber
from vinculo.analytics.kernels.random import next_random, permutation
from vinculo.analytics.kernels.watched import OFTEN, heard, over
from vinculo.graph.network import Codes, Csr, Floats, Ints

_MORE = 1e-12  # share by which a label must outweigh a node's own


@kernel
def propagate(ptr: Ints, neighbours: Codes, weights: Floats, seed: np.uint64, watch: Ints) -> Codes:
    """Label of each node of an undirected graph, numbered in the order of their first node."""
    n = len(ptr) - 1
    labels = np.arange(n).astype(np.int32)
    state = np.empty(1, np.uint64)
    state[0] = seed
    queue = permutation(n, state)
    waiting = np.ones(n, np.bool_)
    linked = np.zeros(n)
    seen = np.zeros(n, np.bool_)
    near = np.empty(n, np.int32)
    head = 0
    length = n
    looked = 0
    while length > 0:
        i = queue[head]
        looked += ptr[i + 1] - ptr[i]
        if looked > OFTEN:
            if over(watch, looked):
                break
            looked = 0
        head = (head + 1) % n
        length -= 1
        waiting[i] = False
        found = 0
        for e in range(ptr[i], ptr[i + 1]):
            c = labels[neighbours[e]]
            if not seen[c]:
                seen[c] = True
                near[found] = c
                found += 1
            linked[c] += weights[e]
        own = labels[i]
        heaviest = linked[own] * (1.0 + _MORE)
        best = own
        equals = 0
        for k in range(found):
            c = near[k]
            if linked[c] > heaviest:
                heaviest = linked[c]
                best = c
                equals = 1
            elif equals > 0 and linked[c] == heaviest:
                equals += 1
                # each of them with the same chance
                if next_random(state) % np.uint64(equals) == np.uint64(0):
                    best = c
        for k in range(found):
            linked[near[k]] = 0.0
            seen[near[k]] = False
        if best == own:
            continue
        labels[i] = best
        for e in range(ptr[i], ptr[i + 1]):
            j = neighbours[e]
            if not waiting[j] and labels[j] != best:
                queue[(head + length) % n] = j
                length += 1
                waiting[j] = True
    return renumber(labels)[0]


def label_propagation(graph: Csr, *, seed: int = 0, watch: Ints | None = None) -> Codes:
    """Community of each node by label propagation; fast and fine-grained, and not the same for every seed.

    Parameters
    ----------
    graph : Csr
        Undirected, every link at both of its ends; a link from a node to itself speaks for the node's own label.
    seed : int
        Order in which nodes are asked, and which of equal labels they take.
    watch : int64 array, optional
        Ends the work, or bounds it (:mod:`vinculo.analytics.kernels.watched`).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> pairs = Network.from_links([("a", "b"), ("c", "d")])
    >>> label_propagation(pairs.simple()).tolist()
    [0, 0, 1, 1]
    """
    return heard(
        lambda flags: propagate(graph.ptr, graph.neighbours, graph.weights, np.uint64(seed), flags),
        links=len(graph.neighbours),
        watch=watch,
    )


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (propagate, (t.ptr, t.ends, t.floats, np.uint64(1), t.watch)),
    ]
