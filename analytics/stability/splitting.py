"""Groups that many runs agree on, each looked into again where its inside is divided beyond chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vinculo.analytics.kernels.levels import renumber
from vinculo.analytics.stability.chance import Chance, against_chance
from vinculo.analytics.stability.consensus import Division, divide
from vinculo.analytics.stability.runs import Plan
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask

#: Standard deviations above rewired graphs from which a split is real.
REAL_Z = 3.0
#: From which a group is split further, and the modularity it must gain beyond chance.
SPLIT_Z, SPLIT_GAIN = 3.0, 0.02
#: Groups are split no further than so often, and not when they have fewer members.
DEPTH, SMALLEST = 4, 8


class Level(NamedTuple):
    """One level of splitting: its division, and how sure each node's parent group was."""

    division: Division
    before: Floats


class Groups(NamedTuple):
    """Groups of the last level.

    Attributes
    ----------
    labels : int32 array
        Group of each node, numbered in the order of their first node.
    sizes : int64 array
        Members of each group.
    confidence : float64 array
        For each node the share of runs in which it was in the match of its group; over several splits, the product.
    overlap : float64 array
        For each node the mean Jaccard index of its group and its matches; over several splits, the product.
    gain : float64 array
        Modularity by which the inside of each group is divided beyond chance.
    whole : Chance
        The graph as one group.
    levels : list of Level
        From the whole to the smallest groups.
    """

    labels: Codes
    sizes: Ints
    confidence: Floats
    overlap: Floats
    gain: Floats
    whole: Chance
    levels: list[Level]


def split_up(graph: Csr, plan: Plan, *, runs: int, drop: float, rewired: int, split: bool) -> Groups:
    """Divide a graph, then its groups, as :func:`vinculo.analytics.stability.stability` says."""
    groups = np.zeros(graph.nodes, np.int32)
    chosen = np.ones(1, np.bool_)
    whole = against_chance(graph, groups, chosen, plan, rewired=rewired, part=0)
    confidence, overlap = np.ones(graph.nodes), np.ones(graph.nodes)
    sizes, gain = np.array([graph.nodes]), whole.gain
    levels: list[Level] = []
    for depth in range(DEPTH):
        division = divide(graph, groups, chosen, plan, runs=runs, drop=drop, part=2 * depth + 1)
        levels.append(Level(division, confidence.copy()))
        divided = chosen[groups]
        confidence = np.where(divided, confidence * division.sure, confidence)
        overlap = np.where(divided, overlap * division.overlap[division.labels], overlap)
        parents, parent_sizes = groups, sizes
        groups, count = _within(parents, chosen, division.labels)
        sizes = np.bincount(groups, minlength=count)
        parent = parents[first_members(groups)]
        new = sizes < parent_sizes[parent]
        # what stayed whole has been looked into already
        fresh = new & (sizes >= SMALLEST)
        tested = against_chance(graph, groups, fresh, plan, rewired=rewired, part=2 * depth + 2)
        gain = np.where(fresh, tested.gain, np.where(new, 0.0, gain[parent]))
        chosen = fresh & (tested.z >= SPLIT_Z) & (tested.gain >= SPLIT_GAIN)
        if not split or whole.z[0] < REAL_Z or not chosen.any():
            break
    return Groups(groups, sizes, confidence, overlap, gain, whole, levels)


def first_members(groups: Codes) -> Ints:
    """The first member of each group."""
    return np.unique(groups, return_index=True)[1].astype(np.int64)


def _within(groups: Codes, chosen: Mask, labels: Codes) -> tuple[Codes, int]:
    """New labels inside the chosen groups; the others stay whole, under the label of their first member."""
    made, count = renumber(np.where(chosen[groups], labels, labels[first_members(groups)][groups]))
    return made, int(count)
