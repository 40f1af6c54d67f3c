"""Proximity to seizures: parties nearer to seizures, over trade, control and shared attributes, than their trade explains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

import numpy as np

from vinculo.analytics.chance import poisson_tail
from vinculo.analytics.context import DAY_S, UNDATED, Context
from vinculo.analytics.phrasing import counted
from vinculo.analytics.surroundings import Surroundings, surroundings, touched_by
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.network import Floats
from vinculo.graph.text import Text, text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class SeizureProximityParameters:
    """Thresholds of proximity to seizures.

    Attributes
    ----------
    hops_max : int
        The parties of what was seized stand at one hop, those they deal with at two, and so on.
    decay_days : float
        A seizure counts less by a factor e for so many days before the last one.
    degree_max : int
        Addresses and phones that more companies use are not followed.
    container_days : int
        A consignment in a seized container counts when dated within so many days of the seizure.
    lift_min : float
        Proximity over what the same trade would have, were seizures spread evenly over consignments.
    chance_max : float
        For parties at one hop: chance of so many seizures of their own goods at the general rate.
    proximity_min : float
        Below this nothing is told; one party alone behind one recent seizure has 1.
    """

    hops_max: int = 3
    decay_days: float = 365.0
    degree_max: int = 50
    container_days: int = 60
    lift_min: float = 3.0
    chance_max: float = 1e-3
    proximity_min: float = 0.25


@dataclass(frozen=True)
class SeizureProximity:
    """Parties around seizures."""

    name: ClassVar[str] = "seizure_proximity"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Close to seizures", "Cercanía a decomisos")
    stage: ClassVar[str] = "cargo"
    reference: ClassVar[str] = (
        "WCO Customs Risk Management Compendium; random walks with restart: Tong et al., ICDM 2006"
    )
    parameters: SeizureProximityParameters = field(default_factory=SeizureProximityParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per party that stands out."""
        p = self.parameters
        seizures, touched, evidence = touched_by(context, days_around=p.container_days)
        if len(touched) == 0:
            return
        n = len(context.network)
        weight = self._recency(context, seizures)
        behind = np.bincount(seizures, minlength=n)[seizures]
        seeds: Floats = np.bincount(touched, weights=weight / behind, minlength=n).astype(np.float64)
        trade = context.trade
        kept = ~context.intermediaries[trade.actor]
        per_row = np.bincount(trade.row[kept], minlength=len(context.consignments.node))
        volume = np.bincount(trade.actor[kept], weights=1.0 / per_row[trade.row[kept]], minlength=n).astype(np.float64)
        usual: Floats = volume * (seeds.sum() / max(volume.sum(), 1.0))
        ties = surroundings(context, degree_max=p.degree_max)
        reached, expected = [seeds], [usual]
        for _ in range(p.hops_max - 1):
            reached.append(ties.spread(reached[-1]))
            expected.append(ties.spread(expected[-1]))
        proximity, baseline = np.sum(reached, axis=0), np.sum(expected, axis=0)
        own = np.bincount(touched, minlength=n)
        consignments = np.bincount(trade.actor[kept], minlength=n)
        rate = len(np.unique(seizures)) / max(len(context.consignments.node), 1)
        of_actor: dict[int, list[int]] = defaultdict(list)
        for k, actor in enumerate(touched.tolist()):
            of_actor[actor].append(k)
        for actor in np.flatnonzero((proximity >= p.proximity_min) & (proximity >= p.lift_min * baseline)).tolist():
            chance = poisson_tail(int(own[actor]), float(rate * max(consignments[actor], 1)))
            if own[actor] and chance > p.chance_max:
                continue
            way = self._way(ties, reached, actor)
            at = of_actor[way[-1]]
            lift = float(proximity[actor] / baseline[actor]) if baseline[actor] else p.lift_min * 10
            yield self._finding(
                context, ties, way, [int(seizures[k]) for k in at], [evidence[k] for k in at],
                float(proximity[actor]), float(baseline[actor]), lift, int(own[actor]),
                float(rate * consignments[actor]),
            )  # fmt: skip

    def _recency(self, context: Context, seizures: np.ndarray) -> Floats:
        """Weight of each seizure by its age; the last one in the store is today."""
        time = context.seizure_time
        last = max(time.values(), default=0)
        age = np.array([last - time.get(int(s), UNDATED) if int(s) in time else np.inf for s in seizures]) / DAY_S
        # An undated seizure may be an old one: half of what one of decay_days ago has.
        recent: Floats = np.where(np.isfinite(age), np.exp(-age / self.parameters.decay_days), 0.5 * np.exp(-1.0))
        return recent

    @staticmethod
    def _way(ties: Surroundings, reached: list[Floats], actor: int) -> list[int]:
        """From the actor back to a party behind a seizure, over the tie that brought most at each hop."""
        hop = next((h for h, amounts in enumerate(reached) if amounts[actor] > 0), 0)
        g = ties.graph
        way = [actor]
        while hop > 0:
            here = way[-1]
            hop -= 1
            near = g.neighbours[g.ptr[here] : g.ptr[here + 1]]
            weights = g.weights[g.ptr[here] : g.ptr[here + 1]]
            whole = np.array([g.weights[g.ptr[x] : g.ptr[x + 1]].sum() for x in near])
            way.append(int(near[np.argmax(reached[hop][near] * weights / whole)]))
        return way

    def _finding(
        self,
        context: Context,
        ties: Surroundings,
        way: list[int],
        seizures: list[int],
        evidence: list[tuple[int, ...]],
        proximity: float,
        baseline: float,
        lift: float,
        own: int,
        own_expected: float,
    ) -> Finding:
        steps = [_tie(ties, a, b) for a, b in pairwise(way)]
        rows = [row for step in steps for row in ties.evidence[step]] + [row for links in evidence for row in links]
        entities = [(i, "near_seizure") for i in context.ids(context.actors.parties(way[0]))]
        for actor in way[1:]:
            entities += [(i, "between") for i in context.ids(context.actors.parties(actor))]
        entities += [(i, "seizure") for i in context.ids(seizures)]
        dates = context.dates(context.seizure_time.get(s, UNDATED) for s in seizures)
        words = [text(f"tie.{ties.tie[step]}") for step in steps]
        hops = len(way)
        return make_finding(
            self,
            score=proximity / (proximity + 1.0) * lift / (lift + 3.0),
            entities=entities,
            links=context.link_ids(rows),
            window=dates,
            features={
                "hops": measured(hops, "count"),
                "seizures": measured(len(seizures), "count", own_expected if hops == 1 else None),
                "proximity": measured(proximity, "seizures, by share and age", baseline),
                "lift": measured(lift, "ratio", 1.0),
            },
            reason_key=f"finding.seizure_proximity.{'direct' if hops == 1 else 'near'}",
            reason={
                "seizures": counted(len(seizures), "seizure"),
                "own": counted(own, "seizure"),
                "expected": f"{own_expected:.2f}",
                "hops": counted(hops, "hop"),
                "ties": Text(", ".join(w.en for w in words), ", ".join(w.es for w in words)),
                "lift": f"{lift:.0f}",
            },
            lawful={"large_trader": "tested", "intermediary": "tested", "victim_of_contamination": "not_testable"},
        )


def _tie(ties: Surroundings, a: int, b: int) -> int:
    g = ties.graph
    row = slice(g.ptr[a], g.ptr[a + 1])
    return int(g.links[row][np.flatnonzero(g.neighbours[row] == b)[0]])


TYPOLOGY = SeizureProximity()
