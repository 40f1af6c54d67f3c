"""Key players as sets: whom to take out together so that a network falls apart, or whom to know to reach it all.

The best three together are not the three best alone: two that stand side by side do the same work. Borgatti's two problems, each
in two measures, on ties counted once and without direction:

``fragment``
    F = 1 - pairs still joined / pairs, over those who remain once the set is gone. 1: nobody reaches anybody.
``distance_fragment``
    1 - sum of 1 / distance over the pairs who remain / pairs: also tells when ways become long before they break.
``reach``
    Share of all within some steps of a member, the members among them.
``distance_reach``
    Sum of 1 / distance from the nearest member / all; a member counts 1. 1: everybody is a neighbour of a member.

Few enough sets are all tried (``exact``). Else a set grows by the best addition and then changes one member for the best one
outside as long as that helps; this is begun several times, from random sets too. It is a search: a better set may exist.

References
----------
Borgatti, Identifying sets of key players in a social network, Computational and Mathematical Organization Theory 12, 21 (2006).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
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
from vinculo.analytics.kernels.random import permutation
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask

GOALS = ("fragment", "distance_fragment", "reach", "distance_reach")
#: Sets of one member less up to which every set is tried.
EXACT_UP_TO = 5_000
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
#: Gains below this share are rounding.
_NO_GAIN = 1e-12
#: Costs above the limit by a smaller share are rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class KeySet:
    """The best set of one size that was found.

    Attributes
    ----------
    members : tuple of int
        Node numbers, sorted.
    value : float
        By the measure asked for.
    gain : float
        Over the set with one member less.
    cost : float
        Sum of the members' costs; their number where none were given.
    exact : bool
        Every set was tried.
    truncated : bool
        The search stopped at its work budget.
    agreeing, starts : int
        How many of the starts ended at this value, and how many there were; 0 where every set was tried.
    """

    members: tuple[int, ...]
    value: float
    gain: float
    cost: float
    exact: bool
    truncated: bool
    agreeing: int
    starts: int


@dataclass
class _Budget:
    """Links that may still be looked at; whoever waits is told now and then, and may stop the search."""

    left: int
    size: int = 0
    progress: Progress | None = None

    def take(self, looked: int) -> None:
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


class _Goal(Protocol):
    def with_each(self, members: Sequence[int], candidates: Codes, budget: _Budget) -> Floats:
        """Value of the members with each candidate in turn; NaN where the budget did not allow it."""

    def value(self, members: Sequence[int]) -> float:
        """Value of a set."""


@dataclass(frozen=True)
class _Fragment:
    graph: Csr

    def with_each(self, members: Sequence[int], candidates: Codes, budget: _Budget) -> Floats:
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

    def with_each(self, members: Sequence[int], candidates: Codes, budget: _Budget) -> Floats:
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

    def with_each(self, members: Sequence[int], candidates: Codes, budget: _Budget) -> Floats:
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


def key_sets(
    graph: Csr,
    goal: str = "fragment",
    *,
    size_max: int = 5,
    candidates: Mask | None = None,
    costs: Floats | None = None,
    cost_max: float = math.inf,
    steps: int = 2,
    starts: int = 8,
    seed: int = 0,
    exact_up_to: int = EXACT_UP_TO,
    work: int | None = None,
    progress: Progress | None = None,
) -> list[KeySet]:
    """The best sets of 1, 2, ... members, each size searched on its own.

    Parameters
    ----------
    graph : Csr
        Simple and undirected (:meth:`vinculo.graph.network.Network.simple`).
    goal : str
        One of :data:`GOALS`.
    size_max : int
        Members of the largest set.
    candidates : bool array, optional
        Who may be a member; all by default. Everybody counts in the measure.
    costs : float array, optional
        What each node costs, above 0. A set then grows by the most gain per cost.
    cost_max : float
        What a set may cost.
    steps : int
        How far ``reach`` goes.
    starts : int
        How often the search begins: once by growing, then from random sets.
    seed : int
        Draws the random sets.
    exact_up_to : int
        Sets of one member less up to which every set is tried.
    work : int, optional
        Links looked at before the search of one size stops; the set then says that it was cut short. :data:`WORK` by default.
    progress : callable, optional
        Told ``("sets", size, 0)`` several times a second; may raise to stop.

    Returns
    -------
    list of KeySet
        By size; ends where no further member can be had for the cost.

    Raises
    ------
    UsageError
        ``unknown_goal``, ``costs_not_positive``, ``too_large_for_distances``.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> path = Network.from_links([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]).simple()
    >>> [(s.members, round(s.value, 3)) for s in key_sets(path, size_max=2)]
    [((2,), 0.667), ((1, 3), 1.0)]
    """
    measure = _measure(graph, goal, steps)
    links = WORK[goal] if work is None else work
    may = np.ones(graph.nodes, np.bool_) if candidates is None else candidates
    costs = np.ones(graph.nodes) if costs is None else np.asarray(costs, np.float64)
    if not bool((costs[may] > 0).all()):
        raise UsageError("costs_not_positive")
    allowed = np.flatnonzero(may).astype(np.int32)
    found: list[KeySet] = []
    before: tuple[tuple[int, ...], float] = ((), measure.value(()) if len(allowed) else 0.0)
    for size in range(1, min(size_max, len(allowed)) + 1):
        search = _Search(measure, allowed, costs, cost_max, _Budget(links, size, progress))
        made: _Found | None = None
        ends: list[float] = []
        if math.comb(len(allowed), size - 1) <= exact_up_to:
            made = search.all_sets(size)
        if made is None:
            search.budget = _Budget(links, size, progress)
            made, ends = search.several(size, before, starts, seed)
        if made is None:
            break
        members, value = made
        found.append(
            KeySet(
                members=members,
                value=value,
                gain=value - before[1],
                cost=float(costs[list(members)].sum()),
                exact=not ends,
                truncated=search.truncated,
                agreeing=sum(1 for v in ends if v >= value - _NO_GAIN),
                starts=len(ends),
            )
        )
        before = made
    return found


def set_value(graph: Csr, goal: str, members: Sequence[int], *, steps: int = 2) -> float:
    """The measure of one set.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> path = Network.from_links([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]).simple()
    >>> set_value(path, "reach", [2], steps=1), set_value(path, "distance_reach", [2])
    (0.6, 0.8)
    """
    return _measure(graph, goal, steps).value(members) if graph.nodes else 0.0


def _measure(graph: Csr, goal: str, steps: int) -> _Goal:
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


_Found = tuple[tuple[int, ...], float]


@dataclass
class _Search:
    """The search for one size."""

    goal: _Goal
    allowed: Codes
    costs: Floats
    cost_max: float
    budget: _Budget
    truncated: bool = False

    def all_sets(self, size: int) -> _Found | None:
        """The best of all sets, the first of equals in the order of node numbers; ``None`` where the budget does not allow it."""
        best: _Found | None = None
        for fewer in itertools.combinations(self.allowed.tolist(), size - 1):
            last = fewer[-1] if fewer else -1
            more = self._affordable(fewer, self.allowed[self.allowed > last])
            if not len(more):
                continue
            values = self.goal.with_each(fewer, more, self.budget)
            if self.budget.left < 0:
                return None
            at = _first_best(values)
            if best is None or values[at] > best[1] + _NO_GAIN:
                best = ((*fewer, int(more[at])), float(values[at]))
        return best

    def several(self, size: int, before: _Found, starts: int, seed: int) -> tuple[_Found | None, list[float]]:
        """The best of several searches, and where each ended."""
        best: _Found | None = None
        ends = []
        for members in self._beginnings(size, before[0], starts, seed):
            found = self._improved(members)
            ends.append(found[1])
            if best is None or found[1] > best[1] + _NO_GAIN:
                best = found
            if self.truncated:
                break
        return best, ends

    def _beginnings(self, size: int, before: tuple[int, ...], starts: int, seed: int) -> Iterator[tuple[int, ...]]:
        grown = self._grown(before, size)
        if grown is not None:
            yield grown
        for start in range(1, starts):
            order = permutation(len(self.allowed), np.array([seed * 1_000 + size * 100 + start], np.uint64))
            members: list[int] = []
            spent = 0.0
            for v in self.allowed[order].tolist():
                if len(members) < size and spent + self.costs[v] <= self._most:
                    members.append(v)
                    spent += float(self.costs[v])
            if len(members) == size:
                yield tuple(sorted(members))

    def _grown(self, members: tuple[int, ...], size: int) -> tuple[int, ...] | None:
        while len(members) < size:
            more = self._affordable(members, self.allowed)
            if not len(more):
                return None
            gains = (self._values(members, more) - self.goal.value(members)) / self.costs[more]
            members = tuple(sorted((*members, int(more[_first_best(gains)]))))
        return members

    def _improved(self, members: tuple[int, ...]) -> _Found:
        value = self.goal.value(members)
        while not self.truncated:
            best: _Found | None = None
            for out in members:
                rest = tuple(m for m in members if m != out)
                more = self._affordable(rest, self.allowed)
                if not len(more):
                    continue
                values = self._values(rest, more)
                at = _first_best(values)
                if values[at] > (best[1] if best else value) + _NO_GAIN:
                    best = (tuple(sorted((*rest, int(more[at])))), float(values[at]))
                if self.truncated:
                    break
            if best is None:
                break
            members, value = best
        return members, value

    def _affordable(self, members: tuple[int, ...], candidates: Codes) -> Codes:
        spent = float(self.costs[list(members)].sum()) if members else 0.0
        free = ~np.isin(candidates, members) & (spent + self.costs[candidates] <= self._most)
        return candidates[free]

    @property
    def _most(self) -> float:
        """What a set may cost, and what rounding adds: three of .1 cost no more than .3."""
        return self.cost_max + abs(self.cost_max) * _ROUNDING

    def _values(self, members: tuple[int, ...], more: Codes) -> Floats:
        values = self.goal.with_each(members, more, self.budget)
        missing = np.isnan(values)
        self.truncated |= bool(missing.any()) or self.budget.left < 0
        return np.where(missing, -np.inf, values)


def _first_best(values: Floats) -> int:
    """The first of those that are as good as the best."""
    return int(np.flatnonzero(values >= values.max() - _NO_GAIN)[0])


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
