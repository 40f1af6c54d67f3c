"""A network through time: who joined, who left, and how central everybody was in each phase.

A phase is a set of ties between two moments. Centrality is measured among those present in it and normalised by their number, so
that phases of different size compare; the change is against the phase before, for those who were there as well.

**From a store**, the ties of a window are its payments and the roles in its consignments (or other kinds of links that are
events); an account that is active in it brings its holders. The date of a state, such as ownership, says when it began and
not that anything happened: states make no phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from vinculo.analytics.columns import UNDATED, day
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.phase_measures import measured
from vinculo.analytics.phase_windows import edges
from vinculo.analytics.timeline import Timeline
from vinculo.analytics.ways.terrain import FLOWS, moments
from vinculo.graph.network_cache import network_of
from vinculo.graph.store import Store


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
    return Timeline(names, names, measured(made, len(ids), directed, inverse_lengths, 0, progress))


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
    starts = edges(int(when[dated].min()), int(when[dated].max()), days, at, every)
    holding = np.flatnonzero(network.links_of_kind(["HOLDS"]) & (network.source != network.target))
    made = []
    for start, end in pairwise(starts):
        rows = np.flatnonzero(dated & (when >= start) & (when < end))
        active = np.zeros(len(network), np.bool_)
        active[network.source[rows]] = True
        active[network.target[rows]] = True
        rows = np.concatenate([rows, holding[active[network.target[holding]]]])
        a, b = network.source[rows], network.target[rows]
        label = f"{day(start)} - {day(end - 1)}"
        made.append((label, a, b, np.ones(len(rows)), np.union1d(a, b).astype(np.int32)))
    return Timeline(ids, names, measured(made, len(network), False, False, seed, progress))
