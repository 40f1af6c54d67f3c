"""How sure a ranking is: the same measure again and again with some ties dropped and, where it is sampled, new samples.

What is recorded of a network is never all of it. A node that stays among the first five with a tenth of the ties gone, whichever
they are, owes its place to no single record. The interval is of the values in these runs: those of a sum of ties lie
below the value of the whole network, for ties are missing in each run.

References
----------
Borgatti, Carley, Krackhardt, On the robustness of centrality measures under conditions of imperfect data, Social Networks 28,
124 (2006).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vinculo.analytics.kernels.betweenness import betweenness
from vinculo.analytics.kernels.centrality import pagerank
from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.kernels.structure import core_number
from vinculo.analytics.kernels.thinning import drawn, thinned, ties_of
from vinculo.analytics.key_players import MEASURES, SAME
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask

#: Shares of the runs below and above the interval.
TAILS = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """What repeated runs say of some nodes.

    Attributes
    ----------
    nodes : int32 array
        Of whom.
    low, high : float array
        Between these lie nine tenths of the runs' values.
    among_first : int64 array
        In how many runs the node was one of the first ``places``: fewer than so many have a higher value, and its own is above 0.
    places, runs : int
    drop : float
        Share of the ties that each run does without.
    """

    nodes: Codes
    low: Floats
    high: Floats
    among_first: Ints
    places: int
    runs: int
    drop: float


def measure(graph: Csr, by: str, *, samples: int | None = None, seed: int = 0) -> Floats:
    """One measure of every node of a simple graph; the convention is that of :mod:`vinculo.analytics.key_players`.

    Parameters
    ----------
    graph : Csr
        Undirected; for betweenness it may hold links in their direction, for PageRank against it.
    by : str
        ``degree``, ``betweenness``, ``pagerank`` or ``core``.
    samples, seed : int
        Sources of sampled betweenness.

    Raises
    ------
    UsageError
        ``unknown_measure``.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> measure(Network.from_links([("a", "b"), ("b", "c")]).simple(), "degree").tolist()
    [1.0, 2.0, 1.0]
    """
    made: npt.NDArray[np.generic]
    if by == "degree":
        made = graph.degrees
    elif by == "betweenness":
        made = betweenness(graph, samples=samples, seed=seed)
    elif by == "pagerank":
        made = pagerank(graph, tolerance=1e-9)
    elif by == "core":
        made = core_number(graph)
    else:
        raise UsageError("unknown_measure", measure=by, known=", ".join(MEASURES))
    return made.astype(np.float64)


def rank_intervals(
    graph: Csr,
    by: str,
    nodes: Codes,
    *,
    among: Mask | None = None,
    places: int = 5,
    runs: int = 100,
    drop: float = 0.1,
    samples: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> RankIntervals:
    """Measure a network again and again with some ties dropped.

    Parameters
    ----------
    graph : Csr
        Simple; as :func:`measure` wants it. Where both directions of a pair are in it, they are dropped together.
    by : str
        As :func:`measure`.
    nodes : int32 array
        Whose values are kept.
    among : bool array, optional
        Who takes part in the ranking; all by default.
    places : int
        How many are the first.
    runs : int
    drop : float
        Share of the ties each run drops, each tie on its own.
    samples : int, optional
        Sources of betweenness in each run, newly drawn; all by default.
    seed : int
        The same seed gives the same bytes, on any number of threads.
    threads : int, optional
        As many as the machine has processors, four at most, by default.
    progress : callable, optional
        Told ``("intervals", runs done, runs)``; may raise to stop.

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> star = Network.from_links([("hub", f"leaf {i}") for i in range(20)]).simple()
    >>> made = rank_intervals(star, "degree", np.array([0], np.int32), places=1, runs=10)
    >>> int(made.among_first[0]), made.runs
    (10, 10)
    """
    ties = ties_of(graph)
    count = int(ties.max()) + 1 if len(ties) else 0
    rated = np.arange(graph.nodes) if among is None else np.flatnonzero(among)

    def run(number: int) -> tuple[Floats, Mask]:
        kept = thinned(graph, ties, drawn(count, seed, number) >= drop)
        value = measure(kept, by, samples=samples, seed=seed * 100_003 + number)
        others = np.sort(value[rated])
        bar = others[-min(places, len(others))] if len(others) else 0.0
        return value[nodes], (value[nodes] >= bar - SAME * abs(bar)) & (value[nodes] > 0)

    values = np.zeros((runs, len(nodes)))
    first = np.zeros(len(nodes), np.int64)
    with ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1)) as pool:
        try:
            for number, (value, is_first) in enumerate(pool.map(run, range(runs))):
                if progress:
                    progress("intervals", number, runs)
                values[number] = value
                first += is_first
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    low, high = np.quantile(values, TAILS, axis=0) if runs else (np.zeros(len(nodes)), np.zeros(len(nodes)))
    return RankIntervals(nodes, low, high, first, places, runs, drop)
