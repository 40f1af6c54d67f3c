"""The search tried on a copy of the graph whose groups are known.

How many nodes it finds again there says how many it finds here. In the copy every node keeps its number of links inside its group
and outside; which nodes they lead to is left to chance (Maslov and Sneppen 2002, in each group by itself). So the copy is as easy
or as hard as the graph: as even or uneven in what leaves the groups, of the same degrees and sizes. This is the parametric
bootstrap (Efron 1979) with the division that was found as its model.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vinculo.analytics.kernels.rewiring import SWAPS, rewire
from vinculo.analytics.stability.runs import Plan
from vinculo.analytics.stability.splitting import split_up
from vinculo.graph.network import Codes, Csr, Mask, simple_csr

#: Runs and rewired graphs, fewer than for the graph itself: what counts is a mean over many nodes.
RUNS, REWIRED = 20, 6
_PART = 100  # of the plan's seeds; the levels of splitting use the first ones


def found_again(graph: Csr, groups: Codes, plan: Plan, *, drop: float, split: bool) -> Mask:
    """Which nodes the same search puts where they belong in a copy of the graph that has these groups."""
    wiring, search = plan.seeds(_PART, 2)
    told = plan.progress
    progress = None if told is None else lambda _, done, total: told("rehearsal", done, total)
    own = replace(plan, seed=int(search), progress=progress)
    made = split_up(copied(graph, groups, int(wiring)), own, runs=RUNS, drop=drop, rewired=REWIRED, split=split)
    return best_matches(made.labels, groups)


def copied(graph: Csr, groups: Codes, seed: int) -> Csr:
    """The same numbers of links inside and outside for every node, otherwise by chance.

    A link that led outside may come to lie inside, as chance has it, and may fall together with one that is there: their weights
    are then added up.
    """
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    inside = groups[rows] == groups[graph.neighbours]
    nowhere = np.zeros(graph.nodes, np.int32)
    ends = []
    for at, (keep, bound) in enumerate(((inside, groups), (~inside, nowhere))):
        ptr = np.concatenate([[0], np.cumsum(keep)])[graph.ptr]
        count = int(bound.max(initial=-1)) + 1
        of = graph.neighbours[keep], graph.weights[keep], bound, count, np.uint64((seed + at) % 2**64), SWAPS
        ends.append((rows[keep], *rewire(ptr, *of)))
    a, b, weights = (np.concatenate(x) for x in zip(*ends, strict=True))
    once = a < b
    return simple_csr(graph.nodes, a[once], b[once], weights[once])


def best_matches(found: Codes, planted: Codes) -> Mask:
    """Which nodes are in a found and a planted group that are one another's best match by the Jaccard index.

    Of two planted groups merged the members of the smaller are wrong, of one that was split those of the smaller part.

    Examples
    --------
    >>> best_matches(np.array([0, 0, 0, 0, 0, 1]), np.array([0, 0, 0, 1, 1, 2])).tolist()
    [True, True, True, False, False, True]
    """
    if not len(found):
        return np.zeros(0, np.bool_)
    key = found.astype(np.int64) * (int(planted.max()) + 1) + planted
    pairs, at, shared = np.unique(key, return_inverse=True, return_counts=True)
    f, p = pairs // (int(planted.max()) + 1), pairs % (int(planted.max()) + 1)
    jaccard = shared / (np.bincount(found)[f] + np.bincount(planted)[p] - shared)
    best_f, best_p = np.zeros(int(f.max()) + 1), np.zeros(int(p.max()) + 1)
    np.maximum.at(best_f, f, jaccard)
    np.maximum.at(best_p, p, jaccard)
    mutual = (jaccard >= best_f[f]) & (jaccard >= best_p[p])
    made: Mask = mutual[at]
    return made
