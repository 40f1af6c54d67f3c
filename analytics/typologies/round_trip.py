"""Round trip: money that comes back to who sent it, through others, in time order and almost whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vinculo.analytics.context import DAY_S, Context
from vinculo.analytics.kernels.patterns import cycles
from vinculo.analytics.phrasing import counted, money, percent
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.text import Text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class RoundTripParameters:
    """Thresholds of round trips.

    Attributes
    ----------
    length_min, length_max : int
        Transfers in the cycle. Two are a payment and its return: only such that happen again and again count.
    window_days : float
        From the first to the last transfer.
    retained_min : float
        Smallest amount over largest.
    pair_repeats_min : int
        How often a pair must send the same amount there and back to be more than a refund.
    pair_amount_tolerance : float
        By how much there and back may differ.
    known_pair_transfers : int
        Transfers between a pair from which on it counts as a standing relation.
    budget_steps : int
        Work after which the search stops and says so.
    """

    length_min: int = 2
    length_max: int = 10
    window_days: float = 30.0
    retained_min: float = 0.7
    pair_repeats_min: int = 3
    pair_amount_tolerance: float = 0.02
    known_pair_transfers: int = 6
    budget_steps: int = 60_000_000


@dataclass(frozen=True)
class RoundTrip:
    """Time-ordered cycles of transfers between actors."""

    name: ClassVar[str] = "round_trip"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Round trip", "Dinero que regresa a su origen")
    stage: ClassVar[str] = "layering"
    reference: ClassVar[str] = "Blanusa et al., arXiv 2301.01068 (temporal cycles); Altman et al., NeurIPS 2023"
    parameters: RoundTripParameters = field(default_factory=RoundTripParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per cycle; those that share half of their transfers are merged later."""
        t, p = context.transfers, self.parameters
        rows = np.flatnonzero(context.between_actors).astype(np.int32)
        found = cycles(
            len(context.network),
            t.payer,
            t.payee,
            t.time,
            t.amount,
            t.currency.codes,
            window=int(p.window_days * DAY_S),
            longest=p.length_max,
            retained=p.retained_min,
            budget=p.budget_steps,
            taking_part=context.between_actors,
            progress=context.progress,
        )
        pairs: dict[tuple[int, int], int] = defaultdict(int)
        for a, b in zip(t.payer[rows].tolist(), t.payee[rows].tolist(), strict=True):
            pairs[a, b] += 1
        returns: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
        # Transfers of one day, known by the day alone, may follow one another either way: the same cycle then has
        # several beginnings.
        distinct: dict[tuple[int, ...], tuple[int, ...]] = {}
        for cycle in found.rows:
            distinct.setdefault(tuple(sorted(cycle)), cycle)
        for cycle in distinct.values():
            hops = [(int(t.payer[r]), int(t.payee[r])) for r in cycle]
            if len(cycle) == 2:
                if _same(t.amount[cycle[0]], t.amount[cycle[1]], p.pair_amount_tolerance):
                    returns[tuple(sorted(hops[0]))].append(cycle)
                continue
            if len(cycle) < p.length_min:
                continue
            standing = sum(pairs[h] >= p.known_pair_transfers for h in hops)
            if standing == len(hops):
                continue
            yield self._finding(context, list(cycle), 1, standing, found.truncated)
        for repeated in returns.values():
            used: set[int] = set()
            apart: list[tuple[int, ...]] = []
            for pair in repeated:
                if not used & set(pair):
                    used |= set(pair)
                    apart.append(pair)
            if self.parameters.length_min <= 2 and len(apart) >= p.pair_repeats_min:
                yield self._finding(context, [r for pair in apart for r in pair], len(apart), 0, found.truncated)

    def _finding(self, context: Context, rows: list[int], times: int, standing: int, truncated: bool) -> Finding:
        t = context.transfers
        amounts = t.amount[rows]
        retained = float(amounts.min() / amounts.max())
        days = (int(t.time[rows].max()) - int(t.time[rows].min())) / DAY_S
        actors = list(dict.fromkeys(int(t.payer[r]) for r in rows))
        currency = t.currency.at(rows[0])
        entities: list[tuple[str, str]] = []
        for position, actor in enumerate(actors):
            role = "origin" if position == 0 else "relay"
            used = {int(t.source[r]) for r in rows if t.payer[r] == actor}
            used |= {int(t.target[r]) for r in rows if t.payee[r] == actor}
            entities += [(i, role) for i in context.ids([*sorted(used), *context.actors.parties(actor)])]
        key = "finding.round_trip" if times == 1 else "finding.round_trip.pair"
        return make_finding(
            self,
            score=0.35 + 0.5 * (retained - 0.7) / 0.3 * 0.6 + 0.05 * min(len(actors), 6) - 0.1 * standing / len(rows),
            entities=entities,
            links=context.link_ids(t.link[rows]),
            window=context.dates(t.time[rows]),
            features={
                "hops": measured(len(rows), "count"),
                "retained": measured(retained, "share"),
                "days": measured(days, "days"),
                "amount": measured(float(amounts.max()), currency),
                "standing_relations": measured(standing, "count", len(rows)),
            },
            reason_key=key,
            reason={
                "hops": counted(len(rows), "transfer"),
                "actors": counted(len(actors), "party"),
                "days": counted(int(days) + 1, "day"),
                "amounts": money(float(amounts.min()), float(amounts.max()), currency),
                "retained": percent(retained),
                "times": counted(times, "time"),
            },
            lawful={"refund": "tested", "own_accounts": "tested", "standing_trade": "tested", "loan": "not_testable"},
            truncated=truncated,
        )


def _same(a: float, b: float, tolerance: float) -> bool:
    return bool(abs(a - b) <= tolerance * max(a, b))


TYPOLOGY = RoundTrip()
