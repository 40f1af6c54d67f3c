"""Pass-through: what comes in leaves within two days, again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vinculo.analytics.columns import DAY_S
from vinculo.analytics.context import Context
from vinculo.analytics.kernels.patterns import passed_on, timeline
from vinculo.analytics.phrasing import counted, money, percent
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.network import Codes, Floats, Mask
from vinculo.graph.text import Text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class PassThroughParameters:
    """Thresholds of pass-through.

    Attributes
    ----------
    share_min : float
        Share of an incoming amount that leaves again.
    window_hours : float
        Within this time.
    times_min : int
        Incoming transfers passed on so, within ``period_days``.
    period_days : float
        Length of the period.
    whole_share_min : float
        Share of all that ever came in which was passed on so: an account that also keeps money is no conduit.
    counterparties_max : int
        Payers or payees above which it is a settlement or treasury account.
    related_share_max : float
        Share of the value dealt with owners, subsidiaries or officers above which it is a group's treasury.
    monthly_payee_months : int
        A payee paid in so many different months, about once in each, takes rent, wages, duties or instalments.
    monthly_share_max : float
        Share of the outgoing value to such payees above which it is lawful routine.
    """

    share_min: float = 0.8
    window_hours: float = 48.0
    times_min: int = 3
    period_days: float = 30.0
    whole_share_min: float = 0.8
    counterparties_max: int = 15
    related_share_max: float = 0.5
    monthly_payee_months: int = 4
    monthly_share_max: float = 0.5


@dataclass(frozen=True)
class PassThrough:
    """Accounts that are a way through."""

    name: ClassVar[str] = "pass_through"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Pass-through account", "Cuenta de paso")
    stage: ClassVar[str] = "layering"
    reference: ClassVar[str] = (
        "FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021), account activity"
    )
    parameters: PassThroughParameters = field(default_factory=PassThroughParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per actor and currency."""
        t, p = context.transfers, self.parameters
        n = len(context.network)
        leaves = (t.payer != t.payee) & ~context.is_place[t.payee] & ~context.banks[t.payer]
        comes = (t.payer != t.payee) & ~context.banks[t.payee]
        # A day without a time may mean any moment of it.
        window = int(p.window_hours * 3600) + (DAY_S - 1 if bool(t.day_only.any()) else 0)
        for code, currency in enumerate(t.currency.values or ("",)):
            same = t.currency.codes == (code if t.currency.values else -1)
            into = timeline(n, t.payee, np.flatnonzero(comes & same).astype(np.int32))
            out = timeline(n, t.payer, np.flatnonzero(leaves & same).astype(np.int32))
            passed, _ = passed_on(into.ptr, into.rows, out.ptr, out.rows, t.time, t.amount, window)
            peers = _whole_share(into.rows, passed, t.amount)
            busy = (np.diff(into.ptr) >= p.times_min) & (np.diff(out.ptr) >= 1)
            for actor in np.flatnonzero(busy):
                incoming = into.rows[into.ptr[actor] : into.ptr[actor + 1]]
                outgoing = out.rows[out.ptr[actor] : out.ptr[actor + 1]]
                through = passed[incoming] >= p.share_min * t.amount[incoming]
                if through.sum() < p.times_min:
                    continue
                whole = _whole_share(incoming, passed, t.amount)
                period = _densest(t.time[incoming[through]], int(p.period_days * DAY_S))
                if whole < p.whole_share_min or period < p.times_min:
                    continue
                if self._lawful(context, int(actor), incoming, outgoing):
                    continue
                yield self._finding(context, int(actor), incoming[through], outgoing, window, whole, peers, currency)

    def _lawful(self, context: Context, actor: int, incoming: Codes, outgoing: Codes) -> bool:
        """Settlement, a group's treasury, or rent and wages."""
        t, p = context.transfers, self.parameters
        payers, payees = set(t.payer[incoming].tolist()), set(t.payee[outgoing].tolist())
        if max(len(payers), len(payees)) > p.counterparties_max:
            return True
        related = context.related(actor)
        if related:
            value = t.amount[incoming].sum() + t.amount[outgoing].sum()
            inside = t.amount[incoming][np.isin(t.payer[incoming], list(related))].sum()
            inside += t.amount[outgoing][np.isin(t.payee[outgoing], list(related))].sum()
            if inside > p.related_share_max * value:
                return True
        months = t.time[outgoing] // (30 * DAY_S)
        monthly = 0.0
        for payee in payees:
            to: Mask = t.payee[outgoing] == payee
            spread = len(np.unique(months[to]))
            if spread >= p.monthly_payee_months and to.sum() <= 1.5 * spread:
                monthly += float(t.amount[outgoing][to].sum())
        return bool(monthly > p.monthly_share_max * t.amount[outgoing].sum())

    def _finding(
        self,
        context: Context,
        actor: int,
        incoming: Codes,
        outgoing: Codes,
        window: int,
        whole: float,
        peers: float,
        currency: str,
    ) -> Finding:
        t = context.transfers
        starts = t.time[incoming]
        first = np.searchsorted(starts, t.time[outgoing], side="right") - 1
        used = outgoing[(first >= 0) & (t.time[outgoing] - starts[np.maximum(first, 0)] <= window)]
        lag_h = float(np.median([_lag(t.time[used], s) for s in starts])) / 3600
        total = float(t.amount[incoming].sum())
        rows = np.sort(np.concatenate([incoming, used]))
        conduits = sorted({*t.target[incoming].tolist(), *t.source[used].tolist()})
        entities = [(i, "conduit") for i in context.ids([*conduits, *context.actors.parties(actor)])]
        entities += [(i, "originator") for i in context.ids(sorted(set(t.source[incoming].tolist())))]
        entities += [(i, "beneficiary") for i in context.ids(sorted(set(t.target[used].tolist())))]
        return make_finding(
            self,
            score=0.3 + 0.4 * (whole - 0.8) / 0.2 + 0.3 * (1.0 - 3.0 / max(3.0, len(incoming))),
            entities=entities,
            links=context.link_ids(t.link[rows]),
            window=context.dates(t.time[rows]),
            features={
                "passed_on": measured(whole, "share", peers),
                "times": measured(len(incoming), "count"),
                "median_lag": measured(lag_h, "hours"),
                "total": measured(total, currency),
            },
            reason={
                # more may leave than came in, from what lay there; of what came in no more than all can have left
                "passed": percent(min(whole, 1.0)),
                "hours": counted(round(self.parameters.window_hours), "hour"),
                "times": counted(len(incoming), "deposit_any"),
                "total": money(total, total, currency),
                "peers": percent(peers),
            },
            lawful={
                "treasury": "tested",
                "settlement": "tested",
                "monthly_payee": "tested",
                "client_money": "not_testable",
            },
        )


def _whole_share(incoming: Codes, passed: Floats, amount: Floats) -> float:
    total = float(amount[incoming].sum())
    return min(1.0, float(passed[incoming].sum()) / total) if total else 0.0


def _densest(times: np.ndarray, period: int) -> int:
    """Most moments within one period."""
    return int((np.searchsorted(times, times + period, side="right") - np.arange(len(times))).max())


def _lag(outgoing: np.ndarray, moment: int) -> float:
    at = int(np.searchsorted(outgoing, moment))
    return float(outgoing[at] - moment) if at < len(outgoing) else 0.0


TYPOLOGY = PassThrough()
