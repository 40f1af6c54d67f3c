"""Round trip: money that comes back to who sent it, through others, in time order and almost whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vinculo.analytics.columns import DAY_S
from vinculo.analytics.context import Context
from vinculo.analytics.kernels.patterns import cycles
from vinculo.analytics.phrasing import counted, money, percent
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.network import Mask
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
    pair_share_min : float
        Share of all transfers between the two that are such returns: parties that deal with one another every day meet equal
        amounts by chance.
    known_pair_transfers : int
        Transfers between a pair from which on it counts as a standing relation.
    stranger_transfers_max : int
        Where amounts are not retained, every pair of the cycle must have had at most so many transfers in all,
    stranger_retained_min : float
        the amounts still be of one order of magnitude,
    stranger_share_max : float
        and such cycles be rare: more of them than this share of the actors, and they say nothing here.
    budget_steps : int
        Work after which the search stops and says so.
    """

    length_min: int = 2
    length_max: int = 10
    window_days: float = 30.0
    retained_min: float = 0.7
    pair_repeats_min: int = 3
    pair_amount_tolerance: float = 0.02
    pair_share_min: float = 0.5
    known_pair_transfers: int = 6
    stranger_transfers_max: int = 2
    stranger_retained_min: float = 0.1
    stranger_share_max: float = 0.02
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
        pairs = Counter(
            zip(t.payer[context.between_actors].tolist(), t.payee[context.between_actors].tolist(), strict=True)
        )
        retained, truncated = self._cycles(context, context.between_actors, p.retained_min)
        returns: dict[tuple[int, int], list[tuple[int, ...]]] = defaultdict(list)
        for cycle in retained:
            hops = [(int(t.payer[r]), int(t.payee[r])) for r in cycle]
            standing = sum(pairs[h] >= p.known_pair_transfers for h in hops)
            if len(cycle) == 2:
                if _same(t.amount[cycle[0]], t.amount[cycle[1]], p.pair_amount_tolerance):
                    returns[min(hops[0]), max(hops[0])].append(cycle)
            elif len(cycle) >= p.length_min and standing < len(hops) and not self._group(context, hops):
                yield self._finding(context, list(cycle), 1, standing, truncated)
        for (a, b), repeated in returns.items():
            apart = _apart(repeated)
            enough = len(apart) >= p.pair_repeats_min and 2 * len(apart) >= p.pair_share_min * (
                pairs[a, b] + pairs[b, a]
            )
            if p.length_min <= 2 and enough and not context.trades_with(a, b):
                yield self._finding(context, [r for pair in apart for r in pair], len(apart), 0, truncated)
        yield from self._among_strangers(context, pairs, {tuple(sorted(c)) for c in retained})

    def _cycles(self, context: Context, taking_part: Mask, retained: float) -> tuple[list[tuple[int, ...]], bool]:
        """Each cycle once: transfers known by the day alone may follow one another either way round."""
        t, p = context.transfers, self.parameters
        found = cycles(
            len(context.network),
            t.payer,
            t.payee,
            t.time,
            t.amount,
            t.currency.codes,
            window=int(p.window_days * DAY_S),
            longest=p.length_max,
            retained=retained,
            budget=p.budget_steps,
            taking_part=taking_part,
            progress=context.progress,
        )
        distinct: dict[tuple[int, ...], tuple[int, ...]] = {}
        for cycle in found.rows:
            distinct.setdefault(tuple(sorted(cycle)), cycle)
        return list(distinct.values()), found.truncated

    @staticmethod
    def _group(context: Context, hops: list[tuple[int, int]]) -> bool:
        """Whether the parties are one declared group: each payer owns, is owned by or has an owner in common with the next."""
        return all(b in context.related(a) for a, b in hops)

    def _among_strangers(
        self, context: Context, pairs: Counter[tuple[int, int]], told: set[tuple[int, ...]]
    ) -> Iterator[Finding]:
        """Cycles of any amounts in which nobody otherwise deals with the next, as long as such cycles are rare."""
        t, p = context.transfers, self.parameters
        rare = np.array(
            [pairs[h] <= p.stranger_transfers_max for h in zip(t.payer.tolist(), t.payee.tolist(), strict=True)],
            np.bool_,
        )
        strange, truncated = self._cycles(context, context.between_actors & rare, p.stranger_retained_min)
        fresh = [c for c in strange if len(c) > 2 and tuple(sorted(c)) not in told]
        actors = len(np.unique(np.concatenate([t.payer, t.payee])))
        if truncated or len(fresh) > p.stranger_share_max * actors:
            return
        for cycle in fresh:
            yield self._finding(context, list(cycle), 1, 0, truncated, strangers=True)

    def _finding(
        self, context: Context, rows: list[int], times: int, standing: int, truncated: bool, *, strangers: bool = False
    ) -> Finding:
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
        key = "finding.round_trip.strangers" if strangers else key
        likely = 0.35 + 0.3 * (retained - 0.7) / 0.3 + 0.05 * min(len(actors), 6) - 0.1 * standing / len(rows)
        return make_finding(
            self,
            score=0.2 if strangers else likely,
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
            lawful={
                "refund": "tested",
                "own_accounts": "tested",
                "declared_group": "tested",
                "standing_trade": "tested",
                "loan": "not_testable",
            },
            truncated=truncated,
        )


def _apart(repeated: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Those that share no transfer with an earlier one."""
    used: set[int] = set()
    made: list[tuple[int, ...]] = []
    for rows in repeated:
        if not used & set(rows):
            used |= set(rows)
            made.append(rows)
    return made


def _same(a: float, b: float, tolerance: float) -> bool:
    return bool(abs(a - b) <= tolerance * max(a, b))


TYPOLOGY = RoundTrip()
