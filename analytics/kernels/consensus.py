"""Many partitions of one graph: how they are drawn from thinned graphs, and what they agree on.

Partitions stand in one matrix, a row for each node and a column for each run, so that two nodes are compared along memory.
Nodes are compared along links only: the work grows with links, never with pairs of nodes.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.levels import by_label
from vinculo.analytics.kernels.random import next_random
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask

_STEP = np.uint64(0x9E3779B97F4A7C15)
_11 = np.uint64(11)
_UNIT = 1.0 / 2**53


@kernel
def thin(
    ptr: Ints, neighbours: Codes, weights: Floats, bound: Codes, chosen: Mask, seed: np.uint64, drop: float
) -> tuple[Ints, Codes, Floats]:
    """Links inside the chosen groups of ``bound``, each dropped by chance; every group's weights then add up to 1.

    A link is drawn from its two ends, so that both of its entries go or stay, in whatever order they are read.
    """
    n = len(ptr) - 1
    state = np.empty(1, np.uint64)
    made_ptr = np.zeros(n + 1, np.int64)
    made_neighbours = np.empty(len(neighbours), np.int32)
    made_weights = np.empty(len(neighbours))
    total = np.zeros(len(chosen))
    filled = 0
    for i in range(n):
        g = bound[i]
        if chosen[g]:
            for e in range(ptr[i], ptr[i + 1]):
                j = neighbours[e]
                if bound[j] != g:
                    continue
                if drop > 0.0:
                    key = np.uint64(min(i, j)) * np.uint64(n) + np.uint64(max(i, j))
                    state[0] = seed + key * _STEP
                    if np.float64(next_random(state) >> _11) * _UNIT < drop:
                        continue
                made_neighbours[filled] = j
                made_weights[filled] = weights[e]
                total[g] += weights[e]
                filled += 1
        made_ptr[i + 1] = filled
    for i in range(n):
        for e in range(made_ptr[i], made_ptr[i + 1]):
            made_weights[e] /= total[bound[i]]
    return made_ptr, made_neighbours[:filled].copy(), made_weights[:filled].copy()


@kernel
def modularity_within(
    ptr: Ints, neighbours: Codes, weights: Floats, bound: Codes, groups: int, labels: Codes, gamma: float
) -> Floats:
    """Modularity of the part of a partition that lies in each group of ``bound``, each being a graph of its own.

    No label may stand in two groups, and every group's weights add up to 1.
    """
    n = len(ptr) - 1
    made = np.zeros(groups)
    total = np.zeros(n)
    group = np.zeros(n, np.int32)
    for i in range(n):
        group[labels[i]] = bound[i]
        for e in range(ptr[i], ptr[i + 1]):
            total[labels[i]] += weights[e]
            if labels[neighbours[e]] == labels[i]:
                made[bound[i]] += weights[e]
    for c in range(n):
        made[group[c]] -= gamma * total[c] * total[c]
    return made


@kernel
def agreement(ptr: Ints, neighbours: Codes, runs: Codes) -> Codes:
    """For each entry of the graph the number of runs that have both of its ends in one community."""
    made = np.empty(len(neighbours), np.int32)
    for i in range(len(ptr) - 1):
        for e in range(ptr[i], ptr[i + 1]):
            a = runs[i]
            b = runs[neighbours[e]]
            same = 0
            for r in range(len(a)):
                same += a[r] == b[r]
            made[e] = same
    return made


@kernel
def follow(runs: Codes, groups: Codes, count: int) -> tuple[Codes, Codes, Floats]:
    """Where the members of each group are in each run.

    In a run a group's match is the community with most of its members (of equals the smaller one, then the lower number), and
    a community's home is the group with most members in it.

    Returns
    -------
    sure : int32 array
        For each node the number of runs in which it is in the match of its group.
    homes : int32 matrix
        For each node and run the group it is in: its own, if it is in its match, else the home of its community.
    overlap : float64 array
        For each group the mean, over the runs, of the Jaccard index of group and match.
    """
    n, rounds = runs.shape
    start, members = by_label(np.arange(n).astype(np.int32), groups, count)
    sure = np.zeros(n, np.int32)
    homes = np.empty((n, rounds), np.int32)
    overlap = np.zeros(count)
    size = np.zeros(n, np.int32)
    tally = np.zeros(n, np.int32)
    most = np.zeros(n, np.int32)
    home = np.zeros(n, np.int32)
    match = np.zeros(count, np.int32)
    for r in range(rounds):
        size[:] = 0
        most[:] = 0
        for i in range(n):
            size[runs[i, r]] += 1
        for g in range(count):
            best, held = -1, 0
            for a in range(start[g], start[g + 1]):
                tally[runs[members[a], r]] += 1
            for a in range(start[g], start[g + 1]):
                c = runs[members[a], r]
                shared = tally[c]
                if shared == 0:
                    continue
                tally[c] = 0
                if shared > most[c]:
                    most[c] = shared
                    home[c] = g
                if best < 0 or shared > held or (shared == held and (size[c] < size[best])):
                    best = c
                    held = shared
            match[g] = best
            overlap[g] += held / (start[g + 1] - start[g] + size[best] - held)
        for i in range(n):
            c = runs[i, r]
            if c == match[groups[i]]:
                sure[i] += 1
                homes[i, r] = groups[i]
            else:
                homes[i, r] = home[c]
    for g in range(count):
        overlap[g] /= rounds
    return sure, homes, overlap


@kernel
def memberships(homes: Codes, groups: Codes, count: int) -> tuple[Ints, Codes, Codes]:
    """For each node every other group it was in, lowest number first, and in how many runs, as compressed rows."""
    n, rounds = homes.shape
    ptr = np.zeros(n + 1, np.int64)
    tally = np.zeros(count, np.int32)
    for i in range(n):
        found = 0
        for r in range(rounds):
            g = homes[i, r]
            if g != groups[i]:
                found += tally[g] == 0
                tally[g] += 1
        for r in range(rounds):
            tally[homes[i, r]] = 0
        ptr[i + 1] = ptr[i] + found
    others = np.empty(ptr[n], np.int32)
    times = np.empty(ptr[n], np.int32)
    for i in range(n):
        at = ptr[i]
        for r in range(rounds):
            g = homes[i, r]
            if g != groups[i]:
                if tally[g] == 0:
                    others[at] = g
                    at += 1
                tally[g] += 1
        others[ptr[i] : at].sort()
        for a in range(ptr[i], at):
            times[a] = tally[others[a]]
            tally[others[a]] = 0
    return ptr, others, times


@kernel
def pull(ptr: Ints, neighbours: Codes, weights: Floats, groups: Codes, expected: Floats) -> tuple[Floats, Floats]:
    """How each node's links speak for its group.

    Returns
    -------
    inside : float64 array
        Share of its weight that stays in its group; 0 where it has none.
    margin : float64 array
        Log odds of its links for its group over the next best one: links to a group, times the logarithm of how much more
        they are than the group's share of all ends (``expected``), as in the likelihood of a degree-corrected block model.
        Links of unequal weight count as as many equal ones as would vary as much.
    """
    n = len(ptr) - 1
    inside = np.zeros(n)
    margin = np.zeros(n)
    tally = np.zeros(len(expected))
    for i in range(n):
        whole, squares = 0.0, 0.0
        for e in range(ptr[i], ptr[i + 1]):
            whole += weights[e]
            squares += weights[e] * weights[e]
            tally[groups[neighbours[e]]] += weights[e]
        own, other = 0.0, 0.0
        for e in range(ptr[i], ptr[i + 1]):
            g = groups[neighbours[e]]
            if tally[g] == 0.0:
                continue
            share = tally[g] / whole
            tally[g] = 0.0
            speaks = whole * whole / squares * share * np.log(share / expected[g])
            if g == groups[i]:
                own = speaks
                inside[i] = share
            else:
                other = max(other, speaks)
        margin[i] = own - other
    return inside, margin


@kernel
def nearest_part(
    ptr: Ints,
    neighbours: Codes,
    weights: Floats,
    groups: Codes,
    whole_of: Codes,
    own_ptr: Ints,
    wholes: Codes,
) -> Codes:
    """For each entry (node, whole) the group inside that whole to which the node is linked most; -1 where it is to none.

    ``own_ptr`` and ``wholes`` are compressed rows by node; ``whole_of`` says in which whole each group lies. Of equals the
    lower number.
    """
    made = np.full(len(wholes), -1, np.int32)
    tally = np.zeros(len(whole_of))
    for i in range(len(ptr) - 1):
        if own_ptr[i] == own_ptr[i + 1]:
            continue
        for e in range(ptr[i], ptr[i + 1]):
            tally[groups[neighbours[e]]] += weights[e]
        for a in range(own_ptr[i], own_ptr[i + 1]):
            best = -1
            for e in range(ptr[i], ptr[i + 1]):
                g = groups[neighbours[e]]
                if whole_of[g] != wholes[a] or g == groups[i]:
                    continue
                if best < 0 or tally[g] > tally[best] or (tally[g] == tally[best] and g < best):
                    best = g
            made[a] = best
        for e in range(ptr[i], ptr[i + 1]):
            tally[groups[neighbours[e]]] = 0.0
    return made


def thinned(graph: Csr, bound: Codes, chosen: Mask, seed: np.uint64, drop: float) -> Csr:
    """Links inside the chosen groups, each dropped with this chance; every group's weights add up to 1."""
    ptr, neighbours, weights = thin(graph.ptr, graph.neighbours, graph.weights, bound, chosen, seed, drop)
    return Csr(ptr, neighbours, np.zeros(0, np.int32), weights)


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    runs, one = np.zeros((2, 2), np.int32), t.flags[:1]
    return [
        (thin, (t.ptr, t.ends, t.floats, t.codes, one, np.uint64(1), 0.1)),
        (modularity_within, (t.ptr, t.ends, t.floats, t.codes, 1, t.codes, 1.0)),
        (agreement, (t.ptr, t.ends, runs)),
        (follow, (runs, t.codes, 1)),
        (memberships, (runs, t.codes, 1)),
        (pull, (t.ptr, t.ends, t.floats, t.codes, t.floats)),
        (nearest_part, (t.ptr, t.ends, t.floats, t.codes, t.codes, t.ptr, t.codes)),
    ]
