"""Nodes that change their community: one by one, or merged inside a community that is to be refined.

Both go through the nodes in an order drawn from ``state`` and compare gains of quality, in shares of the total weight;
``strength`` is a node's weight in such shares (modularity) or its number of nodes (constant Potts model). In a directed graph
``strength`` is what leaves a node and ``into`` what enters it; without direction ``into`` is None, and numba compiles the
kernels without what only directions need.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.ahead import row_ahead
from vinculo.analytics.kernels.compiled import kernel
from vinculo.analytics.kernels.levels import by_label, longest_row, one_weight
from vinculo.analytics.kernels.random import permutation
from vinculo.analytics.kernels.watched import OFTEN, over
from vinculo.graph.network import Codes, Floats, Ints

_TOLERANCE = 1e-12  # in shares of the total weight
# numbers without sign: no check is compiled for places counted from the end
_ONE = np.uint32(1)
#: Sums of a community: weight that links it to the node looked at, strength of its members.
_LINKED, _STRENGTH = 0, 1


@kernel
def by_chance(into: Floats | None, a: float, b: float, a_into: float, b_into: float) -> float:
    """Weight that two strengths would have between them by chance; with direction half of what goes either way."""
    if into is None:
        return a * b
    return 0.5 * (a * b_into + a_into * b)


@kernel
def move(
    ptr: Ints,
    neighbours: Codes,
    weights: Floats,
    strength: Floats,
    into: Floats | None,
    labels: Codes,
    gamma: float,
    state: npt.NDArray[np.uint64],
    watch: Ints,
) -> int:
    """Let nodes move to the neighbouring community that gains most until none wants to; ``labels`` changes in place."""
    n = len(ptr) - 1
    sums = np.zeros((n, 2))  # of each community, side by side in memory since asked for together
    total_into = np.zeros(n)
    entering = strength if into is None else into
    for k in range(n):
        sums[labels[k], _STRENGTH] += strength[k]
        if into is not None:
            total_into[labels[k]] += into[k]
    queue = permutation(n, state)
    waiting = np.ones(n, np.bool_)
    near = np.empty(longest_row(ptr), np.int32)
    head = 0
    length = n
    moved = 0
    looked = 0
    while length > 0:
        row_ahead(ptr, neighbours, weights, queue, head)
        i = np.uint32(queue[head])
        start, end = ptr[i], ptr[i + _ONE]
        looked += end - start
        if looked > OFTEN:
            if over(watch, looked):
                break
            looked = 0
        head += 1
        if head == n:
            head = 0
        length -= 1
        waiting[i] = False
        own = np.uint32(labels[i])
        found = 0
        for e in range(start, end):
            c = np.uint32(labels[np.uint32(neighbours[e])])
            before = sums[c, _LINKED]
            near[found] = c  # written in any case: whether it is new no processor guesses
            found += before == 0.0
            sums[c, _LINKED] = before + weights[e]
        sums[own, _STRENGTH] -= strength[i]
        if into is not None:
            total_into[own] -= into[i]
        best = own
        out, in_ = gamma * strength[i], gamma * entering[i]
        best_gain = sums[own, _LINKED] - by_chance(into, out, sums[own, _STRENGTH], in_, total_into[own])
        for k in range(found):
            c = np.uint32(near[k])
            gain = sums[c, _LINKED] - by_chance(into, out, sums[c, _STRENGTH], in_, total_into[c])
            sums[c, _LINKED] = 0.0
            if gain > best_gain + _TOLERANCE:
                best_gain = gain
                best = c
        sums[best, _STRENGTH] += strength[i]
        if into is not None:
            total_into[best] += into[i]
        if best != own:
            labels[i] = best
            moved += 1
            for e in range(start, end):
                j = np.uint32(neighbours[e])
                if not waiting[j] and np.uint32(labels[j]) != best:
                    at = head + length
                    if at >= n:
                        at -= n
                    queue[at] = j
                    length += 1
                    waiting[j] = True
    over(watch, looked)
    return moved


@kernel
def refine(
    ptr: Ints,
    neighbours: Codes,
    weights: Floats,
    strength: Floats,
    into: Floats | None,
    bound: Codes,
    gamma: float,
    state: npt.NDArray[np.uint64],
    watch: Ints,
) -> Codes:
    """Parts of each community: single nodes merge, along links, into the part that gains most."""
    n = len(ptr) - 1
    weight = one_weight(weights)
    labels = np.arange(n).astype(np.int32)
    inside = np.zeros(n)  # weight from a part to the rest of its community
    community = np.zeros(n)
    community_into = np.zeros(n)
    entering = strength if into is None else into
    for k in range(n):
        community[bound[k]] += strength[k]
        if into is not None:
            community_into[bound[k]] += into[k]
        within = 0.0
        for e in range(ptr[k], ptr[k + 1]):
            heavy = weights[e] if weight == 0.0 else weight
            within += heavy if bound[np.uint32(neighbours[e])] == bound[k] else 0.0
        inside[k] = within
    own_inside = inside.copy()
    total = strength.copy()
    total_into = entering.copy()
    size = np.ones(n, np.int32)
    linked = np.zeros(n)
    near = np.empty(longest_row(ptr), np.int32)
    # what is inside a community does not touch another: one after the other, what is near in memory stays near
    _, order = by_label(permutation(n, state), bound, n)
    looked = 0
    for k in range(n):
        row_ahead(ptr, neighbours, weights, order, k)
        i = np.uint32(order[k])
        start, end = ptr[i], ptr[i + _ONE]
        looked += end - start
        if looked > OFTEN:
            if over(watch, looked):
                break
            looked = 0
        home = np.uint32(bound[i])
        whole, whole_into = community[home], community_into[home]
        out, in_ = gamma * strength[i], gamma * entering[i]
        owed = by_chance(into, out, whole - strength[i], in_, whole_into - entering[i])
        own = np.uint32(labels[i])
        if size[own] != 1 or own_inside[i] < owed - _TOLERANCE:
            continue
        found = 0
        for e in range(start, end):
            j = np.uint32(neighbours[e])
            if np.uint32(bound[j]) != home:
                continue
            c = np.uint32(labels[j])
            if linked[c] == 0.0:
                near[found] = c
                found += 1
            linked[c] += weights[e] if weight == 0.0 else weight
        best = own
        joining = 0.0
        best_gain = 0.0
        for a in range(found):
            c = np.uint32(near[a])
            joint = linked[c]
            linked[c] = 0.0
            owed = by_chance(
                into, gamma * total[c], whole - total[c], gamma * total_into[c], whole_into - total_into[c]
            )
            if c == own or inside[c] < owed - _TOLERANCE:
                continue
            gain = joint - by_chance(into, out, total[c], in_, total_into[c])
            # a tie stays with the first, however the last bits of the weights fell
            if gain > best_gain + _TOLERANCE:
                best_gain = gain
                best = c
                joining = joint
        if best != own:
            inside[best] += own_inside[i] - 2.0 * joining
            total[best] += strength[i]
            if into is not None:
                total_into[best] += into[i]
            size[best] += 1
            size[own] = 0
            total[own] = 0.0
            total_into[own] = 0.0
            labels[i] = best
    over(watch, looked)
    return labels
