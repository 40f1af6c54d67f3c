"""Structuring: cash split into deposits just below the reporting threshold; its funnel variant moves it on across a border."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vinculo.analytics.chance import binomial_tail, strength
from vinculo.analytics.columns import DAY_S
from vinculo.analytics.context import Context
from vinculo.analytics.kernels.patterns import timeline
from vinculo.analytics.phrasing import counted, money, percent
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.network import Codes, Mask
from vinculo.graph.text import Text, text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class StructuringParameters:
    """Thresholds of structuring.

    Attributes
    ----------
    threshold_by_currency : mapping
        Reporting threshold for cash in that currency. USD: 31 CFR 1010.311; CAD: PCMLTFR s. 7; EUR: Directive (EU) 2015/849;
        MXN: the equivalent of 7,500 USD (CNBV, *operaciones relevantes*) in round figures.
    band_low : float
        The band reaches from this share of the threshold up to it; as far above it is compared.
    deposits_min : int
        Deposits in the band within one window.
    window_days : float
        Length of a window.
    chance_local_max : float
        Chance of so many below rather than just above the threshold, were both as likely (four of four: 0.0625).
    chance_max : float
        Chance of so many of the stretch's deposits in the band, at the share that other depositors have there or that the
        account itself has at other times, whichever is higher; times the number of windows looked at.
    own_deposits_min : int
        Deposits at other times from which on the account's own share counts.
    funnel_places_min, funnel_regions_min : int
        Places and regions that make it a funnel account.
    outflow_days : float
        How long after the last deposit money may leave to count as moved on.
    """

    threshold_by_currency: Mapping[str, float] = field(
        default_factory=lambda: {"USD": 10_000.0, "CAD": 10_000.0, "EUR": 10_000.0, "MXN": 150_000.0}
    )
    methods: tuple[str, ...] = ("cash_deposit", "cash", "deposit", "CASH-IN", "CASH_IN", "Cash Deposit")
    band_low: float = 0.7
    deposits_min: int = 4
    window_days: float = 10.0
    chance_local_max: float = 0.07
    chance_max: float = 1e-3
    own_deposits_min: int = 10
    funnel_places_min: int = 3
    funnel_regions_min: int = 2
    outflow_days: float = 5.0


@dataclass(frozen=True)
class Structuring:
    """Deposits that crowd below the threshold while none crowd above it."""

    name: ClassVar[str] = "structuring"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Structuring", "Fraccionamiento de depósitos")
    stage: ClassVar[str] = "placement"
    reference: ClassVar[str] = "31 USC 5324; FinCEN FIN-2014-A005 (funnel accounts)"
    parameters: StructuringParameters = field(default_factory=StructuringParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per run of deposits into one actor's accounts."""
        t, p = context.transfers, self.parameters
        cash = t.method.is_in(p.methods) | context.is_place[t.source]
        for code, currency in enumerate(t.currency.values):
            threshold = p.threshold_by_currency.get(currency)
            if threshold is None:
                continue
            deposits = np.flatnonzero(cash & (t.currency.codes == code)).astype(np.int32)
            below = (t.amount >= p.band_low * threshold) & (t.amount < threshold)
            above = (t.amount >= threshold) & (t.amount <= (2.0 - p.band_low) * threshold)
            by_actor = timeline(len(context.network), t.payee, deposits)
            for actor in np.flatnonzero(np.diff(by_actor.ptr) >= p.deposits_min):
                rows = by_actor.rows[by_actor.ptr[actor] : by_actor.ptr[actor + 1]]
                others = len(deposits) - len(rows)
                peers = (int(below[deposits].sum()) - int(below[rows].sum()) + 1) / (others + 10)
                for run in _runs(rows[below[rows]], t.time, p):
                    inside = rows[(t.time[rows] >= t.time[run[0]]) & (t.time[rows] <= t.time[run[-1]])]
                    near = int(above[inside].sum())
                    rest = len(rows) - len(inside)
                    own = (int(below[rows].sum()) - len(run)) / rest if rest >= p.own_deposits_min else 0.0
                    share = max(peers, own)
                    local = binomial_tail(len(run), len(run) + near, 0.5)
                    looks = max(1.0, (t.time[rows[-1]] - t.time[rows[0]]) / DAY_S / p.window_days)
                    crowd = min(1.0, looks * binomial_tail(len(run), len(inside), share))
                    if local <= p.chance_local_max and crowd <= p.chance_max:
                        yield self._finding(context, int(actor), run, currency, threshold, near, share, crowd)

    def _finding(
        self,
        context: Context,
        actor: int,
        run: Codes,
        currency: str,
        threshold: float,
        near: int,
        share: float,
        chance: float,
    ) -> Finding:
        t, p = context.transfers, self.parameters
        days = int((t.time[run[-1]] - t.time[run[0]]) // DAY_S) + 1
        places = {t.place.at(r) or context.network.ids[int(t.source[r])].as_py() for r in run if _has_place(context, r)}
        regions = {t.region.at(r) for r in run} - {""}
        moved = self._moved_on(context, actor, run, currency)
        home = context.country.at(actor)
        abroad = sorted({context.country.at(int(t.payee[r])) for r in moved} - {"", home})
        funnel = len(places) >= p.funnel_places_min and len(regions) >= p.funnel_regions_min
        total = float(t.amount[run].sum())
        out = float(t.amount[moved].sum())
        role = "funnel_account" if funnel else "beneficiary"
        entities = [(i, role) for i in context.ids(sorted(set(t.target[run].tolist())))]
        entities += [(i, "holder") for i in context.ids(context.actors.parties(actor))]
        entities += [(i, "depositor") for i in context.ids(sorted({int(t.source[r]) for r in run}))
                     if i not in {e for e, _ in entities} and not self._is_place(context, i)]  # fmt: skip
        entities += [(i, "destination") for i in context.ids(sorted(set(t.target[moved].tolist())))]
        return make_finding(
            self,
            score=strength(chance) * (1.15 if funnel else 1.0) * (1.1 if abroad and len(moved) else 1.0),
            entities=entities,
            links=context.link_ids(t.link[run]) + context.link_ids(t.link[moved]),
            window=context.dates(t.time[np.concatenate([run, moved])]),
            features={
                "deposits": measured(len(run), "count"),
                "just_above_threshold": measured(near, "count", float(len(run))),
                "share_in_band": measured(1.0, "share", share),
                "total": measured(total, currency, threshold),
                "places": measured(len(places), "count"),
                "regions": measured(len(regions), "count"),
                "moved_on": measured(min(out / total, 1.0), "share"),
                "countries_abroad": measured(len(abroad), "count"),
                "chance": measured(chance, "probability"),
            },
            reason_key="finding.structuring.funnel" if funnel and len(moved) else "finding.structuring",
            reason={
                "deposits": counted(len(run), "deposit"),
                "amounts": money(float(t.amount[run].min()), float(t.amount[run].max()), currency),
                "days": counted(days, "day"),
                "places": counted(len(places), "place"),
                "threshold": money(threshold, threshold, currency),
                "above": counted(near, "deposit"),
                # what lay there before may leave too
                "moved": percent(out / total) if out <= total else text("share.more_than_deposited"),
                "out_days": counted(round(p.outflow_days), "day"),
                "abroad": ", ".join(c.upper() for c in abroad) or "-",
            },
            lawful={"takings_of_all_sizes": "tested", "takings_of_this_size": "not_testable"}
            | ({"stores_in_many_places": "not_testable"} if funnel else {}),
        )

    def _moved_on(self, context: Context, actor: int, run: Codes, currency: str) -> Codes:
        """Transfers by which the money leaves, soon enough after a deposit of the run."""
        t, p = context.transfers, self.parameters
        out = np.flatnonzero((t.payer == actor) & (t.payee != actor)).astype(np.int32)
        until = t.time[run[-1]] + int(p.outflow_days * DAY_S)
        inside = (t.time[out] >= t.time[run[0]]) & (t.time[out] <= until)
        same = t.currency.codes[out] == t.currency.codes[run[0]]
        large: Mask = t.amount[out] >= 0.05 * t.amount[run].sum()
        moved: Codes = out[inside & same & large]
        return moved

    @staticmethod
    def _is_place(context: Context, id: str) -> bool:
        return bool(context.is_place[context.network.index([id])[0]])


def _has_place(context: Context, row: int) -> bool:
    t = context.transfers
    return bool(t.place.codes[row] >= 0 or context.is_place[t.source[row]])


def _runs(rows: Codes, time: np.ndarray, p: StructuringParameters) -> Iterator[Codes]:
    """Stretches in which every deposit stands in a window with enough others."""
    window = int(p.window_days * DAY_S)
    times = time[rows]
    dense = np.zeros(len(rows), np.bool_)
    ends = np.searchsorted(times, times + window, side="left")
    for start, end in enumerate(ends):
        if end - start >= p.deposits_min:
            dense[start:end] = True
    at = np.flatnonzero(dense)
    if len(at) == 0:
        return
    gaps = np.flatnonzero(np.diff(times[at]) > window) + 1
    for part in np.split(at, gaps):
        if len(part) >= p.deposits_min:
            yield rows[part]


TYPOLOGY = Structuring()
