"""Key players: who stands where, by four measures side by side.

**Convention.** Betweenness is unweighted: a payment of a million is no shorter than one of ten. (Published figures on weighted
covert networks often take 1 / weight as length; :func:`vinculo.analytics.kernels.betweenness.betweenness` does that when given
lengths.) It is exact up to 2,000 nodes and sampled above, with the number of samples told. What takes part is a projection's to
say (``docs/projections.md``); by default *everything*, without direction. Where a projection keeps directions, betweenness and
PageRank follow them; degree and core count each neighbour once, whichever way. Only PageRank goes by the weights of ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vinculo.analytics.generic_parties import generic_parties
from vinculo.analytics.kernels.betweenness import betweenness
from vinculo.analytics.kernels.centrality import pagerank
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.kernels.structure import core_number
from vinculo.analytics.parties import actors
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.projected import Projected
from vinculo.analytics.projecting.seeing import projected
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Ints, Mask
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store

MEASURES = ("degree", "betweenness", "pagerank", "core")
EXACT_UP_TO = 2_000
SAMPLES = 256
#: Share of a value within which another is the same: sums in another order differ by less.
SAME = 1e-9

Measures = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class KeyPlayer:
    """One entity and its place in the network.

    Attributes
    ----------
    id, kind, name : str
        Which entity.
    degree : int
        Different neighbours.
    betweenness : float
        Share of the shortest paths between others that run through it.
    pagerank : float
        Share of a random walker's time.
    core : int
        Largest k such that it is in a part in which everyone has k neighbours.
    samples : int
        Sources from which betweenness was counted; 0 where it is exact.
    projection : Projection
        What took part.
    """

    id: str
    kind: str
    name: str
    degree: int
    betweenness: float
    pagerank: float
    core: int
    samples: int
    projection: Projection

    def as_json(self) -> dict[str, Any]:
        """One line of a table."""
        return {**vars(self), "projection": self.projection.with_id()}


def key_players(
    store: Store,
    *,
    by: str = "betweenness",
    kind: str | None = None,
    top: int = 50,
    seed: int = 0,
    generic: bool = False,
    projection: Projection | str = "everything",
    progress: Progress | None = None,
) -> list[KeyPlayer]:
    """Rank the entities of a store.

    Parameters
    ----------
    store : Store
    by : str
        ``degree``, ``betweenness``, ``pagerank`` or ``core``.
    kind : str, optional
        Kind of the entities told, with its descendants; all take part in the network. ``Thing`` tells any thing. People and
        firms by default, and where none take part whatever does.
    top : int
        How many.
    seed : int
        Draws the sources of sampled betweenness.
    generic : bool
        Rank those too that stand between many by trade (:func:`vinculo.analytics.generic_parties.generic_parties`); they stay in
        the network either way.
    projection : Projection or str
        What takes part: itself, the name of one that is known, or a file.
    progress : callable, optional
        Told the stage; may raise to stop.

    Returns
    -------
    list of KeyPlayer
        Highest first, then by id.

    Raises
    ------
    UsageError
        ``unknown_method``, ``unknown_projection``.
    InputError
        What is wrong with the file of a projection.

    References
    ----------
    Brandes, A faster algorithm for betweenness centrality (2001); Batagelj and Zaversnik, cores in O(m) (2003).

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> key_players(open_store("sqlite:///:memory:"))
    []
    """
    if by not in MEASURES:
        raise UsageError("unknown_method", method=by, known=", ".join(MEASURES))
    warm(progress)
    seen = projected(store, projection, progress)
    without = None if generic else generic_seen(store, seen)
    return key_players_of(seen, by=by, kind=kind, top=top, seed=seed, without=without, progress=progress)


def key_players_of(
    seen: Projected,
    *,
    by: str = "betweenness",
    kind: str | None = None,
    top: int = 50,
    seed: int = 0,
    measures: Measures | None = None,
    without: Mask | None = None,
    progress: Progress | None = None,
) -> list[KeyPlayer]:
    """Rank what a projection shows; parameters and errors as :func:`key_players`.

    ``measures`` where they are known already; ``without`` are those, by node of what is shown, who are not ranked.
    """
    if by not in MEASURES:
        raise UsageError("unknown_method", method=by, known=", ".join(MEASURES))
    if len(seen) == 0:
        return []
    known = measures_of(seen, seed=seed, progress=progress) if measures is None else measures
    wanted = np.flatnonzero(rated(seen, kind, without))
    order = wanted[np.lexsort((wanted, steps_down(known[by][wanted])))][:top]
    rows = seen.network.nodes.take(order).to_pylist()
    return [
        KeyPlayer(
            id=row["id"],
            kind=row["kind"],
            name=row["name"],
            degree=int(known["degree"][i]),
            betweenness=round(float(known["betweenness"][i]), 9),
            pagerank=round(float(known["pagerank"][i]), 9),
            core=int(known["core"][i]),
            samples=_samples(seen) or 0,
            projection=seen.projection,
        )
        for i, row in zip(order, rows, strict=True)
    ]


def measures_of(seen: Projected, *, seed: int = 0, progress: Progress | None = None) -> Measures:
    """Each of :data:`MEASURES` for every node of what a projection shows, which has some."""
    directed = seen.projection.directed
    return {
        "degree": seen.undirected.degrees,
        "betweenness": betweenness(seen.graph, directed=directed, samples=_samples(seen), seed=seed, progress=progress),
        "pagerank": pagerank(seen.into, tolerance=1e-9),
        "core": core_number(seen.undirected),
    }


def rated(seen: Projected, kind: str | None = None, without: Mask | None = None) -> Mask:
    """Who is ranked: people and firms, or whatever takes part where none of them does; else one kind with its descendants."""
    made = seen.network.of_kind(descendants(kind or "LegalEntity"))
    made = made if kind or made.any() else ~made
    return made if without is None else made & ~without


def generic_seen(store: Store, seen: Projected) -> Mask:
    """Which nodes of what a projection shows of a store are of generic parties."""
    return generic_parties(seen.source, actors(seen.source, store.table))[seen.nodes]


def steps_down(values: npt.NDArray[Any]) -> Ints:
    """Place of each value from above, 0 for the highest; values that differ by rounding alone are equal.

    Examples
    --------
    >>> steps_down(np.array([0.1 + 0.2, 0.5, 0.3, 0.0])).tolist()
    [1, 0, 1, 2]
    """
    order = np.argsort(-values, kind="stable")
    ordered = values[order].astype(np.float64)
    lower = ordered[1:] < ordered[:-1] - SAME * np.abs(ordered[:-1])
    made = np.zeros(len(values), np.int64)
    made[order[1:]] = np.cumsum(lower)
    return made


def _samples(seen: Projected) -> int | None:
    return SAMPLES if len(seen) > EXACT_UP_TO else None
