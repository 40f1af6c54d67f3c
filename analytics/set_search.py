"""Key players as sets: whom to take out together so that a network falls apart, or whom to know to reach it all.

The best three together are not the three best alone: two that stand side by side do the same work. What a set is
measured by stands in :mod:`vinculo.analytics.set_goals`.

Few enough sets are all tried (``exact``). Else a set grows by the best addition and then changes one member for the best one
outside as long as that helps; this is begun several times, from random sets too. It is a search: a better set may exist.

References
----------
Borgatti, Identifying sets of key players in a social network, Computational and Mathematical Organization Theory 12, 21 (2006).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.kernels.random import permutation
from vinculo.analytics.set_goals import WORK, Budget, Goal, goal_of
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Mask

#: Sets of one member less up to which every set is tried.
EXACT_UP_TO = 5_000
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
    measure = goal_of(graph, goal, steps)
    links = WORK[goal] if work is None else work
    may = np.ones(graph.nodes, np.bool_) if candidates is None else candidates
    costs = np.ones(graph.nodes) if costs is None else np.asarray(costs, np.float64)
    if not bool((costs[may] > 0).all()):
        raise UsageError("costs_not_positive")
    allowed = np.flatnonzero(may).astype(np.int32)
    found: list[KeySet] = []
    before: tuple[tuple[int, ...], float] = ((), measure.value(()) if len(allowed) else 0.0)
    for size in range(1, min(size_max, len(allowed)) + 1):
        search = _Search(measure, allowed, costs, cost_max, Budget(links, size, progress))
        made: _Found | None = None
        ends: list[float] = []
        if math.comb(len(allowed), size - 1) <= exact_up_to:
            made = search.all_sets(size)
        if made is None:
            search.budget = Budget(links, size, progress)
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


_Found = tuple[tuple[int, ...], float]


@dataclass
class _Search:
    """The search for one size."""

    goal: Goal
    allowed: Codes
    costs: Floats
    cost_max: float
    budget: Budget
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
