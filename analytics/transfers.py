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
from vinculo.graph.schema import descendants


@dataclass(frozen=True, eq=False)
class Transfers:
    """Single dated payments with an amount, by time, then by link id.

    ``source`` and ``target`` are nodes (accounts where there are some), ``payer`` and ``payee`` their actors, ``time`` is in
    seconds since 1970 and ``day_only`` tells where only the day is known. Sums of several payments in one record (a ``count``
    above 1, an end date) are left out: they have no moment. So is a payment that another link tells more of, under the same
    worldwide number (UETR).
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
    table = properties("PAID", ["method", "place", "placeRegion", "count", "endDate", "uetr"])
    extra = table.take(pc.index_in(links["id"], value_set=whole(table["id"])))
    time, day_only = seconds(links["date"])
    amount = numbers(links["amount"])
    single = ~(numbers(extra["count"]) > 1) & absent(extra["endDate"])
    again = _told_again(network, rows, extra["uetr"])
    keep = np.flatnonzero(single & (time != UNDATED) & (amount > 0) & ~again)
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


def _told_again(network: Network, rows: Codes, uetr: pa.ChunkedArray) -> Mask:
    """Which of these payments another one tells as well, with an account where this one has somebody.

    The payer's bank knows the payee's account, the payee's bank may leave out the payer's: two links, one number, one end in
    common. An end-to-end reference is the payer's own and comes twice: it is not enough.
    """
    again = np.zeros(len(rows), np.bool_)
    numbered = np.flatnonzero(~absent(uetr))
    if not len(numbered):
        return again
    is_account = network.of_kind(descendants("BankAccount"))
    alike: dict[str, list[int]] = {}
    for at, number in zip(numbered.tolist(), uetr.take(pa.array(numbered)).to_pylist(), strict=True):
        alike.setdefault(number.lower(), []).append(at)
    for several in alike.values():
        ends = {at: (int(network.source[rows[at]]), int(network.target[rows[at]])) for at in several}
        known = {at: int(is_account[a]) + int(is_account[b]) for at, (a, b) in ends.items()}
        for at, (a, b) in ends.items():
            again[at] = any(known[o] > known[at] and (a == c or b == d) for o, (c, d) in ends.items())
    return again
