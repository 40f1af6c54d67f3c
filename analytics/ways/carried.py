"""How much could have gone all the way along a path, currency by currency."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from vinculo.analytics.flowing import maximum_flow
from vinculo.graph.network import Codes, Floats


class Parcel(NamedTuple):
    """Money that is somewhere from a moment on, or a payment from one moment to another."""

    begins: int
    ends: int
    amount: float


def carried(hops: Sequence[Sequence[Parcel]], *, time_ordered: bool = True) -> float:
    """The most that could have been passed on from the first payer to the last payee.

    Each payment passes on what had arrived before it; what is at hand at the first payer is not limited. Payments are read
    against each other in one currency; without ``time_ordered`` the smallest total of a hop.

    A maximum flow. Where payments with a time stand beside others of which only the day is known, no more than this could have
    gone through, maybe less: what each payment allows is read against the hop before and the hop after it.

    Parameters
    ----------
    hops : sequence of sequences of Parcel
        The payments of each hop that is one.
    time_ordered : bool
        Whether a payment can only pass on what had come before it ended.

    Returns
    -------
    float
        0 where nothing could.

    Examples
    --------
    >>> first, second = [Parcel(10, 10, 500.0)], [Parcel(5, 5, 400.0), Parcel(20, 20, 300.0)]
    >>> carried([first, second]), carried([first, second], time_ordered=False)
    (300.0, 500.0)
    """
    if not hops:
        return 0.0
    # more than the smallest total of a hop never goes through
    totals = min(sum(p.amount for p in hop) for hop in hops)
    if not time_ordered or len(hops) == 1:
        return totals
    hops = _possible(hops)
    if not all(hops):
        return 0.0
    value, cut = maximum_flow(*_arcs(hops))
    return totals if cut else round(value, 6)


def _possible(hops: Sequence[Sequence[Parcel]]) -> list[list[Parcel]]:
    """Payments without the part of their day before anything can have come, or after all that could go on has gone."""
    made: list[list[Parcel]] = []
    since = min(p.begins for p in hops[0]) if hops[0] else 0
    for hop in hops:
        late = [Parcel(max(p.begins, since), p.ends, p.amount) for p in hop if p.ends >= since]
        since = min((p.begins for p in late), default=since)
        made.append(late)
    until = max((p.ends for p in made[-1]), default=0)
    for i in range(len(made) - 1, -1, -1):
        made[i] = [Parcel(p.begins, min(p.ends, until), p.amount) for p in made[i] if p.begins <= until]
        until = max((p.ends for p in made[i]), default=until)
    return made


def _arcs(hops: Sequence[Sequence[Parcel]]) -> tuple[int, tuple[Codes, Codes, Floats], Codes, Codes]:
    """Each payment as an arc; between two hops a row of moments at which money arrives, and along which it waits."""
    a: list[int] = []
    b: list[int] = []
    c: list[float] = []
    # node 0 is the first payer, node 1 the last payee
    nodes = 2
    moments: list[int] = []
    at: list[int] = []
    for i, hop in enumerate(hops):
        arrivals = sorted({p.begins for p in hop})
        places = [nodes + j for j in range(len(arrivals))] if i < len(hops) - 1 else [1] * len(arrivals)
        for p in hop:
            before = bisect_right(moments, p.ends) if i else 1
            if before:
                a.append(at[before - 1] if i else 0)
                b.append(places[bisect_left(arrivals, p.begins)])
                c.append(p.amount)
        if i < len(hops) - 1:
            nodes += len(arrivals)
            a += places[:-1]
            b += places[1:]
            c += [inf] * (len(places) - 1)
        moments, at = arrivals, places
    ends = (np.array([0], np.int32), np.array([1], np.int32))
    return nodes, (np.array(a, np.int32), np.array(b, np.int32), np.array(c, np.float64)), *ends
