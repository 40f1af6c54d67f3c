"""A network through time: who joined, who left, and how central everybody was in each phase.

A phase is a set of ties between two moments. Centrality is measured among those present in it and normalised by their number, so
that phases of different size compare; the change is against the phase before, for those who were there as well.

**From a store**, the ties of a window are its payments and the roles in its consignments (or other kinds of links that are
events); an account that is active in it brings its holders. The date of a state, such as ownership, says when it began and
not that anything happened: states make no phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from vinculo.analytics.columns import DAY_S, UNDATED, day, seconds
from vinculo.analytics.kernels.betweenness import betweenness
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.ways.terrain import FLOWS, moments
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Floats, Ints, simple_csr
from vinculo.graph.network_cache import network_of
from vinculo.graph.store import Store

#: Betweenness is exact up to so many present and sampled above, as in key players.
EXACT_UP_TO, SAMPLES = 2_000, 256
#: Columns of :meth:`Timeline.table`.
_COLUMNS = pa.schema(
    [
        ("phase", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("degree", pa.int64()),
        ("betweenness", pa.float64()),
        ("rank", pa.int64()),
        ("change", pa.float64()),
        ("joined", pa.bool_()),
    ]
)
#: More windows than this are a mistake in the question.
MOST_WINDOWS = 1_000
#: Windows of the calendar, by their months.
CALENDAR = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, eq=False)
class Phase:
    """One phase.

    Attributes
    ----------
    label : str
        What it is called; its days where it is a window.
    members : int32 array
        Who was present, as numbers of the timeline.
    joined, returned, left : int32 arrays
        Present for the first time; present again after being away; present in the phase before and not in this one.
    ties : int
        Pairs that were tied.
    degree, betweenness, change : arrays
        Of each member; change is not a number for those who were not there before.
    samples : int
        Sources betweenness was taken from; 0 where it is exact.
    """

    label: str
    members: Codes
    joined: Codes
    returned: Codes
    left: Codes
    ties: int
    degree: Ints
    betweenness: Floats
    change: Floats
    samples: int


@dataclass(frozen=True, eq=False)
class Timeline:
    """Phases in their order; ``ids`` and ``names`` are those of everybody."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    phases: tuple[Phase, ...]

    def of(self, id: str) -> list[dict[str, Any]]:
        """One entity through all phases: one row for each in which it was present.

        Examples
        --------
        >>> made = from_ties({"1": [("a", "b", 1.0), ("b", "c", 1.0)], "2": [("a", "c", 1.0)]})
        >>> [(r["phase"], r["betweenness"]) for r in made.of("b")]
        [('1', 1.0)]
        """
        node = self.ids.index(id)
        return [row for row in self._rows() if row["node"] == node]

    def table(self) -> pa.Table:
        """One row per phase and member: ``phase id name degree betweenness rank change joined``.

        Equal values have equal ranks; who has nothing running through them has none.
        """
        rows = [{k: v for k, v in row.items() if k != "node"} for row in self._rows()]
        return pa.Table.from_pylist(rows, schema=_COLUMNS)

    def _rows(self) -> Iterable[dict[str, Any]]:
        for phase in self.phases:
            order = np.lexsort((phase.members, -phase.betweenness))
            fresh = set(phase.joined.tolist())
            score = np.round(phase.betweenness, 9)
            # as many are ahead as have more; through whom nothing runs is not central at all
            ahead = len(score) - np.searchsorted(np.sort(score), score, side="right")
            for i in order.tolist():
                node = int(phase.members[i])
                change = float(phase.change[i])
                yield {
                    "phase": phase.label,
                    "node": node,
                    "id": self.ids[node],
                    "name": self.names[node],
                    "degree": int(phase.degree[i]),
                    "betweenness": float(score[i]),
                    "rank": int(ahead[i]) + 1 if score[i] > 0 else None,
                    "change": None if np.isnan(change) else round(change, 9),
                    "joined": node in fresh,
                }


def from_ties(
    phases: Mapping[str, Iterable[tuple[str, str, float]]],
    *,
    members: Mapping[str, Iterable[str]] | None = None,
    directed: bool = False,
    inverse_lengths: bool = False,
    progress: Progress | None = None,
) -> Timeline:
    """A timeline of ties that are told phase by phase, as published covert networks are.

    Parameters
    ----------
    phases : mapping of str to (source, target, weight)
        In their order. Equal ties are added up; one to oneself does not count.
    members : mapping of str to names, optional
        Who was present in a phase without a tie; they count in the normalisation.
    directed : bool
        Ties lead one way.
    inverse_lengths : bool
        The length of a tie is 1 / weight instead of 1. State which: published figures use both.
    progress : callable, optional
        Told ``("phases", phases done, phases)``; may raise to stop.

    References
    ----------
    Brandes, A faster algorithm for betweenness centrality (2001).

    Examples
    --------
    >>> made = from_ties({"1": [("a", "b", 1.0)], "2": [("b", "c", 1.0), ("c", "d", 1.0)]})
    >>> [(len(p.joined), len(p.left)) for p in made.phases]
    [(2, 0), (2, 1)]
    """
    told = {label: list(ties) for label, ties in phases.items()}
    present = {label: set((members or {}).get(label, ())) for label in told}
    for label, ties in told.items():
        present[label] |= {x for a, b, _ in ties for x in (a, b)}
    ids = sorted(set().union(*present.values())) if present else []
    code = {id: i for i, id in enumerate(ids)}
    made = []
    for label, ties in told.items():
        ends = [np.array([code[x] for x in side], np.int32) for side in ([t[0] for t in ties], [t[1] for t in ties])]
        there = np.array(sorted(code[x] for x in present[label]), np.int32)
        made.append((label, ends[0], ends[1], np.array([t[2] for t in ties], np.float64), there))
    names = tuple(ids)
    return Timeline(names, names, _phases(made, len(ids), directed, inverse_lengths, 0, progress))


def from_store(
    store: Store,
    *,
    days: int | None = None,
    at: Sequence[str] = (),
    every: str | None = None,
    kinds: Sequence[str] = tuple(FLOWS),
    seed: int = 0,
    progress: Progress | None = None,
) -> Timeline:
    """A timeline of what is dated in a store; see the head of this module.

    Parameters
    ----------
    store : Store
    days : int, optional
        Length of each window, from the first day on; a twelfth of the whole span by default.
    at : sequence of str
        ISO dates at which a new phase begins, e.g. of arrests, instead.
    every : str, optional
        ``month``, ``quarter`` or ``year``: whole ones of the calendar, where no dates are given.
    kinds : sequence of str
        Kinds of links that are events.
    seed : int
        Draws the sources of sampled betweenness.
    progress : callable, optional
        Told ``("phases", phases done, phases)``; may raise to stop.

    Raises
    ------
    UsageError
        ``not_a_date``, ``too_many_windows``.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> from_store(open_store("sqlite:///:memory:")).phases
    ()
    """
    warm(progress)
    network = network_of(store)
    when = moments(network, store.table).begins
    dated = network.links_of_kind(kinds) & (network.source != network.target) & (when != UNDATED)
    ids = tuple(network.ids.to_pylist())
    names = tuple(n or i for n, i in zip(network.nodes["name"].to_pylist(), ids, strict=True))
    if not dated.any():
        return Timeline(ids, names, ())
    edges = _edges(int(when[dated].min()), int(when[dated].max()), days, at, every)
    holding = np.flatnonzero(network.links_of_kind(["HOLDS"]) & (network.source != network.target))
    made = []
    for start, end in pairwise(edges):
        rows = np.flatnonzero(dated & (when >= start) & (when < end))
        active = np.zeros(len(network), np.bool_)
        active[network.source[rows]] = True
        active[network.target[rows]] = True
        rows = np.concatenate([rows, holding[active[network.target[holding]]]])
        a, b = network.source[rows], network.target[rows]
        label = f"{day(start)} - {day(end - 1)}"
        made.append((label, a, b, np.ones(len(rows)), np.union1d(a, b).astype(np.int32)))
    return Timeline(ids, names, _phases(made, len(network), False, False, seed, progress))


def _edges(first: int, last: int, days: int | None, at: Sequence[str], every: str | None) -> list[int]:
    first = first // DAY_S * DAY_S
    beyond = last // DAY_S * DAY_S + DAY_S
    if at:
        times, _ = seconds(pa.array(list(at), pa.string()))
        for text, time in zip(at, times.tolist(), strict=True):
            if time == UNDATED:
                raise UsageError("not_a_date", text=text)
        inner = sorted({t for t in times.tolist() if first < t < beyond})
        return [first, *inner, beyond]
    if every:
        return _calendar(first, last, CALENDAR[every])
    span = beyond - first
    step = days * DAY_S if days else max(DAY_S, -(-span // 12 // DAY_S) * DAY_S)
    _bounded(-(-span // step))
    return [*range(first, beyond, step), first + -(-span // step) * step]


def _calendar(first: int, last: int, months: int) -> list[int]:
    """First moments of the windows of the calendar from the one that holds ``first``, and the end of that of ``last``."""
    start, end = (int(np.datetime64(t, "s").astype("datetime64[M]").astype(np.int64)) // months for t in (first, last))
    _bounded(end - start + 1)
    numbers = np.arange(start, end + 2, dtype=np.int64) * months
    edges: list[int] = numbers.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64).tolist()
    return edges


def _bounded(windows: int) -> None:
    if windows > MOST_WINDOWS:
        raise UsageError("too_many_windows", windows=f"{windows:,}", most=f"{MOST_WINDOWS:,}")


_Snapshot = tuple[str, Codes, Codes, Floats, Codes]


def _phases(
    snapshots: Sequence[_Snapshot], n: int, directed: bool, inverse: bool, seed: int, progress: Progress | None
) -> tuple[Phase, ...]:
    made: list[Phase] = []
    ever = np.zeros(n, np.bool_)
    before = np.zeros(n, np.bool_)
    score_before = np.full(n, np.nan)
    for number, (label, source, target, weight, members) in enumerate(snapshots):
        if progress:
            progress("phases", number, len(snapshots))
        place = np.full(n, -1, np.int32)
        place[members] = np.arange(len(members), dtype=np.int32)
        apart = source != target
        a, b, w = place[source[apart]], place[target[apart]], weight[apart]
        if not directed:
            a, b = np.minimum(a, b), np.maximum(a, b)
        graph = simple_csr(len(members), a, b, w, directed=directed)
        size = len(members)
        samples = SAMPLES if size > EXACT_UP_TO else None
        lengths = 1.0 / graph.weights if inverse else None
        score = betweenness(graph, directed=directed, lengths=lengths, samples=samples, seed=seed)
        now = np.zeros(n, np.bool_)
        now[members] = True
        ties = len(graph.neighbours) // (1 if directed else 2)
        degree = graph.degrees + (np.bincount(graph.neighbours, minlength=size) if directed else 0)
        made.append(
            Phase(
                label=label,
                members=members,
                joined=_where(now & ~ever),
                returned=_where(now & ever & ~before),
                left=_where(before & ~now),
                ties=ties,
                degree=degree,
                betweenness=score,
                change=score - score_before[members],
                samples=samples or 0,
            )
        )
        ever |= now
        before = now
        score_before = np.full(n, np.nan)
        score_before[members] = score
    return tuple(made)


def _where(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> Codes:
    return np.flatnonzero(mask).astype(np.int32)
