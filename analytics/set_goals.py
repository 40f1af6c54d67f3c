"""What a set of key players is measured by, and how much may be looked at to find that out.

Borgatti's two problems, each in two measures, on ties counted once and without direction:

``fragment``
    F = 1 - pairs still joined / pairs, over those who remain once the set is gone. 1: nobody reaches anybody.
``distance_fragment``
    1 - sum of 1 / distance over the pairs who remain / pairs: also tells when ways become long before they break.
``reach``
    Share of all within some steps of a member, the members among them.
``distance_reach``
    Sum of 1 / distance from the nearest member / all; a member counts 1. 1: everybody is a neighbour of a member.

References
----------
Borgatti, Identifying sets of key players in a social network, Computational and Mathematical Organization Theory 12, 21 (2006).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.kernels.player_sets import (
    cut_pairs,
    distance_from,
    nearness_without,
    pairs_at_distance,
    reach_gains,
)
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask

GOALS = ("fragment", "distance_fragment", "reach", "distance_reach")
#: Links looked at before the search of one size stops: a second or two, or ten where distances of all pairs are counted.
WORK = {
    "fragment": 200_000_000,
    "distance_fragment": 2_000_000_000,
    "reach": 200_000_000,
    "distance_reach": 200_000_000,
}
#: Sets that this work must be enough to value; a network too large for that is refused.
FEWEST = 50
#: Links looked at between two moments in which a person is heard: a fifth of a second or so.
_PIECE = 20_000_000


@dataclass
class Budget:
    """Links that may still be looked at; whoever waits is told now and then, and may stop the search."""

    left: int
    size: int = 0
    progress: Progress | None = None

    def take(self, looked: int) -> None:
        """Note that so many links were looked at, and tell whoever waits."""
        self.left -= looked
        if self.progress:
            self.progress("sets", self.size, 0)

    def in_pieces(self, look: Callable[[Codes, int], tuple[Floats, int]], candidates: Codes) -> Floats:
        """What a kernel finds of each candidate; between two pieces of its work a person can be heard."""
        made = np.full(len(candidates), np.nan)
        done = 0
        while done < len(candidates) and self.left >= 0:
            found, looked = look(candidates[done:], min(self.left, _PIECE))
            known = int((~np.isnan(found)).sum())
            made[done : done + known] = found[:known]
            done += known
            self.take(looked)
        return made


class Goal(Protocol):
    """What a set is valued by: the more the better."""

    def with_each(self, members: Sequence[int], candidates: Codes, budget: Budget) -> Floats:
        """Value of the members with each candidate in turn; NaN where the budget did not allow it."""

    def value(self, members: Sequence[int]) -> float:
        """Value of a set."""


@dataclass(frozen=True)
class _Fragment:
    graph: Csr

    def with_each(self, members: Sequence[int], candidates: Codes, budget: Budget) -> Floats:
        budget.take(self.graph.nodes + len(self.graph.neighbours))
        _, after, *_ = self._cut(members)
        return _apart(after[candidates], self.graph.nodes - len(members) - 1)

    def value(self, members: Sequence[int]) -> float:
        joined, *_ = self._cut(members)
        return float(_apart(np.array([joined]), self.graph.nodes - len(members))[0])

    def _cut(self, members: Sequence[int]) -> tuple[np.int64, Ints, Codes, Codes]:
        n = self.graph.nodes
        return cut_pairs(self.graph.ptr, self.graph.neighbours, _mask(n, members), np.ones(n, np.int32))


@dataclass(frozen=True)
class _DistanceFragment:
    graph: Csr

    def with_each(self, members: Sequence[int], candidates: Codes, budget: Budget) -> Floats:
        gone = _mask(self.graph.nodes, members)
        order = _most_ties_first(self.graph, candidates)
        graph = self.graph
        made = np.empty(len(candidates))
        made[order] = budget.in_pieces(
            lambda some, most: nearness_without(graph.ptr, graph.neighbours, gone, some, most), candidates[order]
        )
        return _apart(made, self.graph.nodes - len(members) - 1)

    def value(self, members: Sequence[int]) -> float:
        at = np.zeros(self.graph.nodes + 1, np.int64)
        pairs_at_distance(self.graph.ptr, self.graph.neighbours, _mask(self.graph.nodes, members), at)
        near = math.fsum((at[1:] / np.arange(1, len(at))).tolist())
        return float(_apart(np.array([near]), self.graph.nodes - len(members))[0])


@dataclass(frozen=True)
class _Reach:
    graph: Csr
    worth: Floats

    def with_each(self, members: Sequence[int], candidates: Codes, budget: Budget) -> Floats:
        distance = self._distance(members)
        order = _most_ties_first(self.graph, candidates)
        budget.take(len(self.graph.neighbours))
        graph = self.graph
        made = np.empty(len(candidates))
        made[order] = budget.in_pieces(
            lambda some, most: reach_gains(graph.ptr, graph.neighbours, distance, some, self.worth, most),
            candidates[order],
        )
        return (self._worth(distance) + made) / self.graph.nodes

    def value(self, members: Sequence[int]) -> float:
        return self._worth(self._distance(members)) / self.graph.nodes

    def _distance(self, members: Sequence[int]) -> Codes:
        return distance_from(self.graph.ptr, self.graph.neighbours, np.array(members, np.int32), len(self.worth) - 1)

    def _worth(self, distance: Codes) -> float:
        at: Ints = np.bincount(distance, minlength=len(self.worth))
        return math.fsum((at[: self.worth.size] * self.worth).tolist())


def set_value(graph: Csr, goal: str, members: Sequence[int], *, steps: int = 2) -> float:
    """The measure of one set.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> path = Network.from_links([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]).simple()
    >>> set_value(path, "reach", [2], steps=1), set_value(path, "distance_reach", [2])
    (0.6, 0.8)
    """
    return goal_of(graph, goal, steps).value(members) if graph.nodes else 0.0


def goal_of(graph: Csr, goal: str, steps: int) -> Goal:
    """The goal of a name, on a network.

    Raises
    ------
    UsageError
        ``unknown_goal``; ``too_large_for_distances`` where distances of all pairs would take too long.
    """
    if goal == "fragment":
        return _Fragment(graph)
    if goal == "distance_fragment":
        if graph.nodes * len(graph.neighbours) > WORK[goal] // FEWEST:
            raise UsageError("too_large_for_distances", nodes=f"{graph.nodes:,}")
        return _DistanceFragment(graph)
    if goal == "reach":
        return _Reach(graph, np.array([1.0] * (max(0, min(steps, graph.nodes)) + 1) + [0.0]))
    if goal == "distance_reach":
        return _Reach(graph, np.concatenate([[1.0], 1.0 / np.arange(1, max(graph.nodes, 2)), [0.0]]))
    raise UsageError("unknown_goal", goal=goal, known=", ".join(GOALS))


def _most_ties_first(graph: Csr, candidates: Codes) -> Ints:
    """Places of the candidates in the order in which they are looked at, in case the budget ends."""
    return np.argsort(-graph.degrees[candidates], kind="stable")


def _mask(nodes: int, members: Sequence[int]) -> Mask:
    made = np.zeros(nodes, np.bool_)
    made[list(members)] = True
    return made


def _apart(joined: Floats | Ints, left: int) -> Floats:
    """1 - joined pairs / pairs among those who are left; 1 where there is no pair."""
    if left < 2:
        return np.ones(len(joined))
    return np.asarray(1.0 - joined / (left * (left - 1)), np.float64)
