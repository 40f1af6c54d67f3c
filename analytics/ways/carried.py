"""How much could have gone all the way along a path, currency by currency."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple


class Parcel(NamedTuple):
    """Money that is somewhere from a moment on, or a payment from one moment to another."""

    begins: int
    ends: int
    amount: float


def carried(hops: Sequence[Sequence[Parcel]], *, time_ordered: bool = True) -> float:
    """The most that could have been passed on from the first payer to the last payee.

    Each payment passes on what had arrived before it; what is at hand at the first payer is not limited. Payments are read
    against each other in one currency; without ``time_ordered`` the smallest total of a hop.

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
    if not time_ordered:
        return min(sum(p.amount for p in hop) for hop in hops)
    # what has arrived, by when it did: the earliest goes on first
    here = [(p.begins, p.amount) for p in hops[0]]
    for hop in hops[1:]:
        coming = sorted(here)
        held: list[tuple[int, float]] = []
        passed: list[tuple[int, float]] = []
        at = 0
        for payment in sorted(hop, key=lambda p: (p.ends, p.begins)):
            while at < len(coming) and coming[at][0] <= payment.ends:
                heapq.heappush(held, coming[at])
                at += 1
            room = payment.amount
            while held and room > 0:
                since, amount = heapq.heappop(held)
                took = min(room, amount)
                room -= took
                passed.append((max(since, payment.begins), took))
                if took < amount:
                    heapq.heappush(held, (since, amount - took))
        here = passed
    return sum(amount for _, amount in here)
