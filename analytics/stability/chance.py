"""What chance gives: modularity of graphs in which every node keeps its number of links and nothing else is kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vinculo.analytics.kernels.community import leiden
from vinculo.analytics.kernels.consensus import modularity_within, thinned
from vinculo.analytics.kernels.rewiring import SWAPS, rewire
from vinculo.analytics.stability.runs import Plan
from vinculo.graph.network import Codes, Csr, Floats, Mask

PASSES = 2  # of Leiden on each graph


class Chance(NamedTuple):
    """Modularity of each group's best split beside that of its rewired selves.

    Attributes
    ----------
    found : float64 array
        Modularity of the split of each group, the group being a graph of its own.
    mean, deviation : float64 array
        Of its rewired selves.
    """

    found: Floats
    mean: Floats
    deviation: Floats

    @property
    def gain(self) -> Floats:
        """Modularity beyond chance."""
        made: Floats = self.found - self.mean
        return made

    @property
    def z(self) -> Floats:
        """Standard deviations from chance; a deviation of nothing counts as a millionth."""
        made: Floats = self.gain / np.maximum(self.deviation, 1e-6)
        return made


def against_chance(graph: Csr, bound: Codes, chosen: Mask, plan: Plan, *, rewired: int, part: int) -> Chance:
    """Split each chosen group of ``bound`` and each of its rewired selves; links between groups do not count.

    All groups are split at once: with weights that add up to 1 in each and as many times the resolution as there are groups,
    Leiden's gains are those of each group alone.
    """
    groups = len(chosen)
    inside = thinned(graph, bound, chosen, np.uint64(0), 0.0)
    gamma = plan.resolution * max(1, int(chosen.sum()))

    def split(of: Csr, seed: np.uint64) -> Floats:
        labels = leiden(of, seed=int(seed), resolution=gamma, passes=PASSES, watch=plan.watch)
        return modularity_within(of.ptr, of.neighbours, of.weights, bound, groups, labels, plan.resolution)

    def by_chance(seed: np.uint64) -> Floats:
        neighbours, weights = rewire(inside.ptr, inside.neighbours, inside.weights, bound, groups, seed, SWAPS)
        return split(inside._replace(neighbours=neighbours, weights=weights), seed)

    found = split(inside, np.uint64(plan.seed % 2**64))
    drawn = np.array(plan.every(by_chance, part=part, count=rewired, stage="chance"))
    return Chance(found, drawn.mean(axis=0), drawn.std(axis=0, ddof=1))
