"""How soon a group might hold together again, under replacement models of the literature.

Duijn, Kashirin and Sloot let those who lost a partner look for another one: anybody alike, in proportion to how connected people
are, or somebody near. Here each step is one new tie: one of those who lost a neighbour, drawn once per neighbour lost, ties to
somebody who is left:

``random``
    anybody alike
``preferential``
    in proportion to one more than the ties they have by then
``distance``
    two to four links away in the network as it was, in proportion to 1 / distance squared; anybody where nobody is that near.
    Of a very large neighbourhood the nearest 5,000 are looked at.

The group holds together again when its largest part has a share of what is left of the largest part there was. Ties are no
days: how long a tie takes nobody knows from the links.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vinculo.analytics.kernels.recovery import DISTANCE, PREFERENTIAL, RANDOM, ties_needed
from vinculo.analytics.kernels.watched import heard
from vinculo.graph.network import Csr, Mask

MODELS = {"random": RANDOM, "preferential": PREFERENTIAL, "distance": DISTANCE}


class Recovery(NamedTuple):
    """New ties until the group holds together again, over many runs.

    Attributes
    ----------
    model : str
    low, median, high : float or None
        5th, 50th and 95th percentile of the ties needed; None where that many were not enough.
    recovered : float
        Share of the runs in which they were.
    """

    model: str
    low: float | None
    median: float | None
    high: float | None
    recovered: float

    def as_json(self) -> dict[str, Any]:
        """As ``disrupt --json`` prints it."""
        return self._asdict()


def recovery(
    graph: Csr,
    gone: Mask,
    *,
    largest_before: int,
    lost_of_largest: int,
    model: str = "preferential",
    share: float = 0.95,
    runs: int = 100,
    most: int = 1_000,
    seed: int = 0,
) -> Recovery:
    """How many new ties it takes.

    Parameters
    ----------
    graph : Csr
        As it was before.
    gone : bool array
        Who was removed, and who never belonged to the group.
    largest_before, lost_of_largest : int
        Nodes of the largest part before, and how many of them were removed.
    model : str
        ``random``, ``preferential`` or ``distance``.
    share : float
        Of what is left of the largest part, so much must hold together.
    runs, most, seed : int
        Runs, ties after which a run ends, and what the runs are drawn from.

    References
    ----------
    Duijn, Kashirin, Sloot, The relative ineffectiveness of criminal network disruption, Scientific Reports 4, 4238 (2014).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> star = Network.from_links([("hub", x) for x in "abcd"]).simple()
    >>> gone = np.array([False, False, False, False, True])
    >>> recovery(star, gone, largest_before=5, lost_of_largest=1, model="random").recovered
    1.0
    """
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    orphans = rows[gone[graph.neighbours] & ~gone[rows]]
    goal = int(np.ceil(share * (largest_before - lost_of_largest)))
    arguments = (graph.ptr, graph.neighbours, gone, orphans, MODELS[model], goal, most, np.uint64(seed), runs)
    made = heard(lambda flags: ties_needed(*arguments, flags), links=runs * len(graph.neighbours))
    enough = made >= 0
    ordered = np.sort(np.where(enough, made, np.inf))
    low, median, high = (ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.05, 0.5, 0.95))
    told = [float(v) if np.isfinite(v) else None for v in (low, median, high)]
    return Recovery(model, told[0], told[1], told[2], round(float(enough.mean()), 4))
