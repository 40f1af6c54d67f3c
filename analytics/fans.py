"""Fan-in and fan-out: an actor that suddenly deals with many others it did not deal with before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vinculo.analytics.chance import poisson_tail, strength
from vinculo.analytics.context import DAY_S, Context
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
        Different counterparties within the window.
    window_days : float
        Length of the window.
    new_share_min : float
        Share of them with no transfer from or to the hub in ``lookback_days`` before the window.
    lookback_days : float
        How far back a pair counts as known.
    chance_max : float
        Chance of so many, at the hub's own rate outside the window or its peers' rate, whichever is higher.
    regular_interval_cv_max : float
        Counterparties paid at intervals that vary less than this (standard deviation over mean) are payroll or rent.
    regular_share_max : float
        Above this share of regular ones the fan is lawful routine.
    """

    others_min: int = 5
    window_days: float = 30.0
    new_share_min: float = 0.6
    lookback_days: float = 90.0
    chance_max: float = 1e-3
    regular_interval_cv_max: float = 0.1
    regular_share_max: float = 0.5


class _Window(NamedTuple):
    rows: Codes
    others: int
    new: int
    own_rate: float
    chance: float


def find_fans(typology: Typology, context: Context, *, inward: bool) -> Iterator[Finding]:
    """Windows of one hub in which more counterparties appear than its own past and its peers explain.

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
    for code, currency in enumerate(t.currency.values or ("",)):
        rows = np.flatnonzero(context.between_actors & (t.currency.codes == (code if t.currency.values else -1)))
        line = timeline(len(context.network), hub, rows.astype(np.int32))
        seen = distinct_in_window(line.ptr, line.rows, other, t.time, window)
        peers = _peer_rate(hub[rows], other[rows], t.time[rows], window)
        for actor in np.flatnonzero(np.diff(line.ptr) >= p.others_min):
            own = line.rows[line.ptr[actor] : line.ptr[actor + 1]]
            counts = seen[line.ptr[actor] : line.ptr[actor + 1]]
            if counts.max() < p.others_min:
                continue
            for found in _windows(own, counts, other, context, peers, p):
                if _routine(found.rows, own, other, t.time, p):
                    continue
                yield _finding(typology, context, int(actor), found, currency, peers, inward)


def _peer_rate(hub: Codes, other: Codes, time: np.ndarray, window: int) -> float:
    """Different counterparties per window, on average over hubs and the windows in which they are active."""
    if len(hub) == 0:
        return 0.0
    block = (time - time[0]) // window
    blocks = int(block[-1]) + 1
    pairs = len(np.unique(np.stack([hub, block, other]), axis=1)[0])
    active = len(np.unique(hub.astype(np.int64) * blocks + block))
    return float(pairs / active)


def _windows(
    own: Codes, counts: Codes, other: Codes, context: Context, peers: float, p: FanParameters
) -> Iterator[_Window]:
    """The busiest windows of a hub that do not overlap, busiest first."""
    t = context.transfers
    window, lookback = int(p.window_days * DAY_S), int(p.lookback_days * DAY_S)
    times = t.time[own]
    free = np.ones(len(own), np.bool_)
    for end in np.argsort(-counts, kind="stable"):
        if counts[end] < p.others_min:
            return
        start = int(np.searchsorted(times, times[end] - window, side="right"))
        stop = int(np.searchsorted(times, times[end], side="right"))
        if not free[start:stop].all():
            continue
        inside = own[start:stop]
        members = set(other[inside].tolist())
        before = own[(times <= times[start] - 1) & (times >= times[start] - lookback)]
        new = len(members - set(other[before].tolist()))
        free[start:stop] = False
        if new < p.new_share_min * len(members):
            continue
        outside = np.concatenate([own[:start], own[stop:]])
        windows = max(1.0, t.span_days / p.window_days - 1.0)
        rate = len(np.unique((t.time[outside] // window) * len(context.network) + other[outside])) / windows
        chance = poisson_tail(len(members), max(rate, peers))
        if chance <= p.chance_max:
            yield _Window(inside, len(members), new, rate, chance)


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
            "own_rate": measured(found.own_rate, "count per window"),
            "new_counterparties": measured(found.new / found.others, "share"),
            "total": measured(total, currency),
            "amount_variation": measured(float(amounts.std() / amounts.mean()), "standard deviation / mean"),
            "chance": measured(found.chance, "probability"),
        },
        reason={
            "others": counted(found.others, role),
            "new": percent(found.new / found.others),
            "days": counted(int((t.time[rows[-1]] - t.time[rows[0]]) // DAY_S) + 1, "day"),
            "total": money(total, total, currency),
            "expected": f"{expected:.1f}",
        },
        lawful={"usual_rate": "tested", "payroll": "tested", "season": "not_testable"},
    )
