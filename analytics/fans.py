"""Fan-in and fan-out: an actor that suddenly deals with many others it did not deal with before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vinculo.analytics.chance import poisson_tail, strength
from vinculo.analytics.columns import DAY_S
from vinculo.analytics.context import Context
from vinculo.analytics.kernels.patterns import distinct_in_window, timeline
from vinculo.analytics.phrasing import counted, money, percent
from vinculo.analytics.typology import Typology, make_finding, measured
from vinculo.graph.network import Codes
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class FanParameters:
    """Thresholds of fan-in and fan-out.

    Attributes
    ----------
    others_min : int
        Different strangers within the window.
    window_days : float
        Length of the window.
    pair_transfers_max : int
        A counterparty is a stranger when there are at most so many transfers between the two in all the data, none of them
        before the window.
    methods_left_out : tuple of str
        Purchases by card are made at shops, by whoever passes.
    new_share_min : float
        Strangers as a share of all counterparties of the window.
    chance_max : float
        Chance of so many, at the hub's own rate outside the window or its peers' rate, whichever is higher; times the number
        of windows.
    history_windows_min : float
        The hub's own rate counts only where the data reach over so many windows; a shorter past is part of the pattern.
    regular_interval_cv_max : float
        Counterparties paid at intervals that vary less than this (standard deviation over mean) are payroll or rent.
    regular_share_max : float
        Above this share of regular ones the fan is lawful routine.
    """

    others_min: int = 5
    window_days: float = 30.0
    pair_transfers_max: int = 2
    methods_left_out: tuple[str, ...] = ("card", "Credit Card", "Credit card", "Debit card")
    new_share_min: float = 0.4
    chance_max: float = 5e-4
    history_windows_min: float = 4.0
    regular_interval_cv_max: float = 0.1
    regular_share_max: float = 0.5


class _Window(NamedTuple):
    rows: Codes
    others: int
    share: float
    own_rate: float
    chance: float


def find_fans(typology: Typology, context: Context, *, inward: bool) -> Iterator[Finding]:
    """Windows of one hub in which more strangers appear than its own past and its peers explain.

    Parameters
    ----------
    typology : Typology
        With :class:`FanParameters`.
    context : Context
        Transfers between actors are read, in each currency apart.
    inward : bool
        Many pay the hub; else the hub pays many.
    """
    t, p = context.transfers, typology.parameters
    hub, other = (t.payee, t.payer) if inward else (t.payer, t.payee)
    window = int(p.window_days * DAY_S)
    n = len(context.network)
    taking_part = context.between_actors & ~t.method.is_in(p.methods_left_out)
    for code, currency in enumerate(t.currency.values or ("",)):
        rows = np.flatnonzero(taking_part & (t.currency.codes == (code if t.currency.values else -1)))
        pair = np.unique(hub[rows].astype(np.int64) * n + other[rows], return_inverse=True, return_counts=True)
        strange = rows[pair[2][pair[1]] <= p.pair_transfers_max].astype(np.int32)
        line, whole = timeline(n, hub, strange), timeline(n, hub, rows.astype(np.int32))
        seen = distinct_in_window(line.ptr, line.rows, other, t.time, window)
        windows = max(1.0, t.span_days / p.window_days)
        hubs = int((np.diff(whole.ptr) > 0).sum())
        peers = len(np.unique(pair[0][pair[2] <= p.pair_transfers_max])) / max(1, hubs) / windows
        for actor in np.flatnonzero(np.diff(line.ptr) >= p.others_min):
            own = line.rows[line.ptr[actor] : line.ptr[actor + 1]]
            counts = seen[line.ptr[actor] : line.ptr[actor + 1]]
            if counts.max() < p.others_min:
                continue
            every = whole.rows[whole.ptr[actor] : whole.ptr[actor + 1]]
            for found in _windows(own, every, counts, other, context, peers, p):
                yield _finding(typology, context, int(actor), found, currency, peers, inward)


def _windows(
    own: Codes, every: Codes, counts: Codes, other: Codes, context: Context, peers: float, p: FanParameters
) -> Iterator[_Window]:
    """The busiest windows of a hub that do not overlap, busiest first."""
    t = context.transfers
    window = int(p.window_days * DAY_S)
    times, all_times = t.time[own], t.time[every]
    free = np.ones(len(own), np.bool_)
    strangers = len(np.unique(other[own]))
    for end in np.argsort(-counts, kind="stable"):
        if counts[end] < p.others_min:
            return
        start = int(np.searchsorted(times, times[end] - window, side="right"))
        stop = int(np.searchsorted(times, times[end], side="right"))
        if not free[start:stop].all():
            continue
        free[start:stop] = False
        known = set(other[own[:start]].tolist())
        inside = np.array([r for r in own[start:stop].tolist() if int(other[r]) not in known], np.int32)
        members = len(set(other[inside].tolist()))
        around = every[(all_times >= times[start]) & (all_times <= times[stop - 1])]
        share = members / len(set(other[around].tolist()))
        if members < p.others_min or share < p.new_share_min or _routine(around, every, other, t.time, p):
            continue
        windows = t.span_days / p.window_days
        rate = (strangers - members) / max(1.0, windows - 1.0)
        usual = max(rate if windows >= p.history_windows_min else 0.0, peers)
        chance = min(1.0, max(1.0, windows) * poisson_tail(members, usual))
        if chance <= p.chance_max:
            yield _Window(inside, members, share, rate, chance)


def _routine(rows: Codes, own: Codes, other: Codes, time: np.ndarray, p: FanParameters) -> bool:
    """Whether most counterparties are paid again and again at even intervals (wages, rent, fees)."""
    members = sorted(set(other[rows].tolist()))
    regular = 0
    for member in members:
        moments = np.unique(time[own[other[own] == member]] // DAY_S)
        gaps = np.diff(moments)
        if len(gaps) >= 2 and gaps.std() <= p.regular_interval_cv_max * gaps.mean() + 1.0:
            regular += 1
    return regular > p.regular_share_max * len(members)


def _finding(
    typology: Typology, context: Context, actor: int, found: _Window, currency: str, peers: float, inward: bool
) -> Finding:
    t = context.transfers
    rows = found.rows
    hub_nodes, other_nodes = (t.target, t.source) if inward else (t.source, t.target)
    amounts = t.amount[rows]
    total = float(amounts.sum())
    accounts = sorted(set(hub_nodes[rows].tolist()))
    entities = [(i, "hub") for i in context.ids([*accounts, *context.actors.parties(actor)])]
    role = "originator" if inward else "beneficiary"
    entities += [(i, role) for i in context.ids(sorted(set(other_nodes[rows].tolist())))]
    expected = max(found.own_rate, peers)
    return make_finding(
        typology,
        score=strength(found.chance),
        entities=entities,
        links=context.link_ids(t.link[rows]),
        window=context.dates(t.time[rows]),
        features={
            "counterparties": measured(found.others, "count", expected),
            "own_rate": measured(found.own_rate, "count per window", peers),
            "new_counterparties": measured(found.share, "share"),
            "total": measured(total, currency),
            "amount_variation": measured(float(amounts.std() / amounts.mean()), "standard deviation / mean"),
            "chance": measured(found.chance, "probability"),
        },
        reason={
            "others": counted(found.others, role),
            "new": percent(found.share),
            "days": counted(int((t.time[rows[-1]] - t.time[rows[0]]) // DAY_S) + 1, "day"),
            "total": money(total, total, currency),
            "expected": f"{expected:.1f}",
        },
        lawful={"usual_rate": "tested", "payroll": "tested", "season": "not_testable"},
    )
