"""Payments as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.columns import DAY_S, UNDATED, Coded, absent, coded, numbers, seconds, whole
from vinculo.analytics.parties import Actors
from vinculo.graph.network import Codes, Floats, Ints, Mask, Network


@dataclass(frozen=True, eq=False)
class Transfers:
    """Single dated payments with an amount, by time, then by link id.

    ``source`` and ``target`` are nodes (accounts where there are some), ``payer`` and ``payee`` their actors, ``time`` is in
    seconds since 1970 and ``day_only`` tells where only the day is known. Sums of several payments in one record (a ``count``
    above 1, an end date) are left out: they have no moment.
    """

    link: Codes
    source: Codes
    target: Codes
    payer: Codes
    payee: Codes
    time: Ints
    day_only: Mask
    amount: Floats
    currency: Coded
    method: Coded
    place: Coded
    region: Coded

    def __len__(self) -> int:
        return len(self.link)

    @cached_property
    def span_days(self) -> float:
        """Days from the first to the last transfer, at least one."""
        return max(1.0, (self.time[-1] - self.time[0]) / DAY_S) if len(self) else 1.0


def transfers_of(network: Network, properties: Callable[[str, Sequence[str]], pa.Table], actors: Actors) -> Transfers:
    """Single payments, by time.

    Parameters
    ----------
    network : Network
    properties : callable
        ``properties(kind, names)``, as ``Store.table`` gives them.
    actors : Actors
        Who counts as one.
    """
    rows = np.flatnonzero(network.links_of_kind(["PAID"])).astype(np.int32)
    links = network.links.take(rows)
    table = properties("PAID", ["method", "place", "placeRegion", "count", "endDate"])
    extra = table.take(pc.index_in(links["id"], value_set=whole(table["id"])))
    time, day_only = seconds(links["date"])
    amount = numbers(links["amount"])
    single = ~(numbers(extra["count"]) > 1) & absent(extra["endDate"])
    keep = np.flatnonzero(single & (time != UNDATED) & (amount > 0))
    keep = keep[np.argsort(time[keep], kind="stable")]
    source, target = network.source[rows[keep]], network.target[rows[keep]]
    return Transfers(
        link=rows[keep],
        source=source,
        target=target,
        payer=actors.of[source],
        payee=actors.of[target],
        time=time[keep],
        day_only=day_only[keep],
        amount=amount[keep],
        currency=coded(links["currency"].take(keep)),
        method=coded(extra["method"].take(keep)),
        place=coded(extra["place"].take(keep)),
        region=coded(extra["placeRegion"].take(keep)),
    )
