"""Proximity to seizures: parties nearer to seizures, over trade, control and shared attributes, than their trade explains."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

import numpy as np

from vinculo.analytics.attributes import attributes, first_row
from vinculo.analytics.chance import poisson_tail
from vinculo.analytics.columns import DAY_S, UNDATED
from vinculo.analytics.context import Context
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
        For parties further away: below this nothing is told; one party alone behind one recent seizure has 1.
    tied_lift_min : float
        The same for a party that also shares attributes with others.
    tie_weight : tuple of (str, float)
        What an attribute weighs that a party behind a seizure shares with other companies: this times their number (three at
        most), divided by log2(1 + users). A common address may be a business park, a common officer may sit on many boards.
    tie_users_max : int
        An attribute with more users than this hides nothing.
    ties_min : float
        Sum of these weights from which a single seizure is told.
    """

    hops_max: int = 3
    decay_days: float = 365.0
    degree_max: int = 50
    container_days: int = 60
    lift_min: float = 3.0
    tied_lift_min: float = 1.5
    chance_max: float = 1e-3
    proximity_min: float = 0.25
    tie_weight: tuple[tuple[str, float], ...] = (("phone", 1.0), ("email", 1.0), ("address", 0.25), ("officer", 0.25))
    tie_users_max: int = 10
    ties_min: float = 0.9


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
        hidden = _hidden_ties(context, p)
        near = (proximity >= p.proximity_min) & (proximity >= p.lift_min * baseline)
        found: list[tuple[Finding, int, frozenset[str], frozenset[str]]] = []
        for actor in np.flatnonzero(near | (own > 0)).tolist():
            expected_own = float(rate * max(consignments[actor], 1))
            shares, others = hidden.get(actor, (0.0, {})) if own[actor] else (0.0, {})
            if own[actor]:
                repeated = own[actor] > 1 and poisson_tail(int(own[actor]), expected_own) <= p.chance_max
                close = proximity[actor] >= p.tied_lift_min * baseline[actor]
                if not repeated and not (shares >= p.ties_min and close):
                    continue
            way = self._way(ties, reached, actor)
            at = of_actor[way[-1]]
            made = self._finding(
                context, ties, way, [int(seizures[k]) for k in at], [evidence[k] for k in at],
                float(proximity[actor]), float(baseline[actor]), int(own[actor]), expected_own,
                others if shares >= p.ties_min else {}, shares if shares >= p.ties_min else 0.0,
            )  # fmt: skip
            named = frozenset(i for i, role in made.entities if role != "seizure")
            found.append((made, actor, named, frozenset(i for i, role in made.entities if role == "seizure")))
        yield from self._told_once(context, found)

    @staticmethod
    def _told_once(
        context: Context, found: list[tuple[Finding, int, frozenset[str], frozenset[str]]]
    ) -> Iterator[Finding]:
        """Leave out a party that a better finding names already, about the same seizures."""
        kept: list[tuple[frozenset[str], frozenset[str]]] = []
        for made, actor, named, seizures in sorted(found, key=lambda f: (-f[0].score, f[0].id)):
            own = set(context.ids(context.actors.parties(actor)))
            if any(own <= others and seizures <= about for others, about in kept):
                continue
            kept.append((named, seizures))
            yield made

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
        own: int,
        own_expected: float,
        others: dict[int, list[int]],
        shares: float,
    ) -> Finding:
        steps = [_tie(ties, a, b) for a, b in pairwise(way)]
        rows = [row for step in steps for row in ties.evidence[step]] + [row for links in evidence for row in links]
        rows += [row for shown in others.values() for row in shown]
        entities = [(i, "near_seizure") for i in context.ids(context.actors.parties(way[0]))]
        for actor in way[1:]:
            entities += [(i, "between") for i in context.ids(context.actors.parties(actor))]
        for actor in others:
            entities += [(i, "shares_attribute") for i in context.ids(context.actors.parties(actor))]
        behind = [(a, r) for a, r in _also_behind(context, evidence) if a not in way and a not in others]
        for actor, role in behind:
            entities += [(i, role) for i in context.ids(context.actors.parties(actor))]
        entities += [(i, "seizure") for i in context.ids(seizures)]
        words = [text(f"tie.{ties.tie[step]}") for step in steps]
        hops = len(way)
        lift = proximity / baseline if baseline else 10 * self.parameters.lift_min
        likely = proximity / (proximity + 1.0) * lift / (lift + 3.0) * (1.0 if own > 1 else 0.8)
        told = "near" if hops > 1 else "tied" if others else "direct"
        return make_finding(
            self,
            score=likely + (1.0 - likely) * 0.3 * min(1.0, shares),
            entities=entities,
            links=context.link_ids(rows),
            window=context.dates(context.seizure_time.get(s, UNDATED) for s in seizures),
            features={
                "hops": measured(hops, "count"),
                "seizures": measured(len(seizures), "count", own_expected if hops == 1 else None),
                "proximity": measured(proximity, "seizures, by share and age", baseline),
                "lift": measured(lift, "ratio", 1.0),
                "companies": measured(len(others), "count"),
            },
            reason_key=f"finding.seizure_proximity.{told}",
            reason={
                "seizures": counted(len(seizures), "seizure"),
                "expected": f"{own_expected:.2f}",
                "hops": counted(hops, "hop"),
                "ties": Text(", ".join(w.en for w in words), ", ".join(w.es for w in words)),
                "lift": f"{lift:.0f}",
                "others": counted(len(others), "company"),
            },
            lawful={"large_trader": "tested", "intermediary": "tested", "victim_of_contamination": "not_testable"},
        )


def _hidden_ties(context: Context, p: SeizureProximityParameters) -> dict[int, tuple[float, dict[int, list[int]]]]:
    """For each company what its shared attributes weigh, and the others with the rows of the links that show it."""
    weight = dict(p.tie_weight)
    made: dict[int, tuple[float, dict[int, list[int]]]] = {}
    for (word, _), users in attributes(context).items():
        if not 2 <= len(users) <= p.tie_users_max:
            continue
        weighs = weight[word] * min(len(users) - 1, 3) / math.log2(1 + len(users))
        for company, counted_as in users.items():
            for a, own in counted_as.items():
                before, others = made.get(a, (0.0, {}))
                for b in sorted(users.keys() - {company}):
                    others.setdefault(b, []).extend((own[0], first_row(users[b])))
                made[a] = (before + weighs, others)
    return made


def _also_behind(context: Context, evidence: list[tuple[int, ...]]) -> list[tuple[int, str]]:
    """Shippers and consignees of the consignments by which the seizures lead to the party."""
    trade = context.trade
    bills = {int(context.network.target[links[-1]]) for links in evidence if len(links) > 1}
    rows = [r for r, n in enumerate(context.consignments.node.tolist()) if n in bills]
    role = {"SHIPPER": "shipper_of_seized", "CONSIGNEE": "consignee_of_seized"}
    return [
        (int(trade.actor[k]), role[trade.role.at(k)])
        for k in np.flatnonzero(np.isin(trade.row, rows) & trade.role.is_in(role)).tolist()
    ]


def _tie(ties: Surroundings, a: int, b: int) -> int:
    g = ties.graph
    row = slice(g.ptr[a], g.ptr[a + 1])
    return int(g.links[row][np.flatnonzero(g.neighbours[row] == b)[0]])


TYPOLOGY = SeizureProximity()
