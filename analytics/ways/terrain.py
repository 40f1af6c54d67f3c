"""What a path may use: every pair of nodes that links join, when, and what it costs to pass through a node.

**Direction and date.** Links along which money or goods move (``FLOWS``) have a moment and a direction: a payment goes from payer
to payee at its date, goods go from the shipper to the consignment and from there to whoever receives it, at the link's date or
the consignment's. All other links (holding an account, ownership, a shared phone) are states: they join both ends at any time. A
date without a time lasts the whole day. With ``time_ordered`` a path takes flows in their direction only, none before the one
in front of it, and no flow without a date; without it, every link may be taken both ways at any time.

**Hubs.** Entering a node costs one step, and ``hub_steps`` more for each doubling of its neighbours above ``hub_from``: with 1
and 10, a bank with 4,000 neighbours costs as much as 8.6 further steps. The two ends of a path cost no more than a step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from vinculo.analytics.columns import UNDATED, seconds
from vinculo.analytics.kernels.ways import LONGEST_S
from vinculo.graph.network import Codes, Floats, Ints, Mask, Network

#: Links along which something moves: whether it does so from the link's source to its target.
FLOWS = {"PAID": True, "SHIPPER": True, "CONSIGNEE": False, "NOTIFY_PARTY": False}
#: Prices are whole multiples of this: sums of them are exact.
_GRAIN = 1024.0
_ALWAYS = np.iinfo(np.int64).min // 2


@dataclass(frozen=True, eq=False)
class Moments:
    """When each link of a network happened, as seconds since 1970; ``UNDATED`` at ``begins`` where nobody knows."""

    begins: Ints
    ends: Ints


def moments(network: Network, properties: Callable[[str, Sequence[str]], pa.Table] | None = None) -> Moments:
    """Dates of links: their own, else of the consignment they lead to.

    Parameters
    ----------
    network : Network
    properties : callable, optional
        As :meth:`vinculo.graph.store.Store.table`; without it only the links' own dates count.
    """
    begins, day_only = seconds(network.links["date"])
    if properties is not None:
        table = properties("Consignment", ["date"])
        times, days = seconds(table["date"])
        at = network.index(table["id"])
        by_node, day_by_node = np.full(len(network), UNDATED, np.int64), np.zeros(len(network), np.bool_)
        by_node[at[at >= 0]], day_by_node[at[at >= 0]] = times[at >= 0], days[at >= 0]
        bare = begins == UNDATED
        begins = np.where(bare, by_node[network.target], begins)
        day_only = np.where(bare, day_by_node[network.target], day_only)
    return Moments(begins, np.where((begins != UNDATED) & day_only, begins + LONGEST_S, begins))


@dataclass(frozen=True, eq=False)
class Terrain:
    """Arcs as compressed rows; an arc is a pair of nodes with every link that may be taken from the one to the other.

    Attributes
    ----------
    ptr, neighbours : arrays
        Arcs of each node, by neighbour.
    link_ptr, rows, begins, ends : arrays
        Links of each arc (rows of the network), by when they begin.
    timeless : bool array
        Arcs that can be taken at any time.
    degree : int64 array
        Different neighbours of each node in the whole network.
    price : float64 array
        What entering a node costs.
    """

    network: Network
    ptr: Ints
    neighbours: Codes
    link_ptr: Ints
    rows: Codes
    begins: Ints
    ends: Ints
    timeless: Mask
    degree: Ints
    price: Floats

    def arc(self, a: int, b: int) -> int:
        """The arc from one node to another, -1 where there is none."""
        row = self.neighbours[self.ptr[a] : self.ptr[a + 1]]
        at = int(np.searchsorted(row, b))
        return int(self.ptr[a]) + at if at < len(row) and row[at] == b else -1

    def links(self, a: int, b: int) -> Codes:
        """Rows of the links from one node to another, by date."""
        arc = self.arc(a, b)
        return self.rows[self.link_ptr[arc] : self.link_ptr[arc + 1]] if arc >= 0 else self.rows[:0]

    @cached_property
    def backward(self) -> tuple[Ints, Codes]:
        """Arcs against their direction."""
        n = len(self.ptr) - 1
        rows = np.repeat(np.arange(n, dtype=np.int32), np.diff(self.ptr))
        ptr = np.zeros(n + 1, np.int64)
        np.cumsum(np.bincount(self.neighbours, minlength=n), out=ptr[1:])
        return ptr, rows[np.argsort(self.neighbours, kind="stable")]


def terrain(
    network: Network,
    when: Moments | None = None,
    *,
    kinds: Sequence[str] | None = None,
    time_ordered: bool = False,
    avoid: Sequence[int] = (),
    hub_steps: float = 1.0,
    hub_from: int = 10,
) -> Terrain:
    """The arcs that paths may use; see the head of this module.

    Parameters
    ----------
    network : Network
    when : Moments, optional
        Needed with ``time_ordered``; the links' own dates by default.
    kinds : sequence of str, optional
        Kinds of links allowed; all by default.
    time_ordered : bool
        Take flows in their direction and in order of their dates.
    avoid : sequence of int
        Nodes no path may pass.
    hub_steps, hub_from : float, int
        Price of hubs; 0 steps makes all nodes alike.

    Examples
    --------
    >>> made = terrain(Network.from_links([("a", "b"), ("b", "c")]))
    >>> made.neighbours.tolist(), made.price.tolist()
    ([1, 0, 2, 1], [1.0, 1.0, 1.0])
    """
    when = moments(network) if when is None else when
    n = len(network)
    usable = network.source != network.target
    if kinds is not None:
        usable &= network.links_of_kind(kinds)
    shut = np.zeros(n, np.bool_)
    shut[list(avoid)] = True
    usable &= ~shut[network.source] & ~shut[network.target]
    flow = network.links_of_kind(FLOWS) if time_ordered else np.zeros(len(network.source), np.bool_)
    ahead = network.links_of_kind([k for k, forward in FLOWS.items() if forward])
    dated = when.begins != UNDATED
    forward = np.flatnonzero(usable & (~flow | (ahead & dated)))
    back = np.flatnonzero(usable & (~flow | (~ahead & dated)))
    rows = np.concatenate([forward, back])
    a = np.concatenate([network.source[forward], network.target[back]]).astype(np.int64)
    b = np.concatenate([network.target[forward], network.source[back]]).astype(np.int64)
    begins = np.where(flow[rows], when.begins[rows], _ALWAYS)
    order = np.lexsort((rows, begins, a * n + b))
    a, b, rows, begins = a[order], b[order], rows[order], begins[order]
    key = a * n + b
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, np.int64)
    ptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(a[first], minlength=n), out=ptr[1:])
    degree = network.simple().degrees
    doublings = np.log2(np.maximum(degree / max(hub_from, 1), 1.0))
    return Terrain(
        network=network,
        ptr=ptr,
        neighbours=b[first].astype(np.int32),
        link_ptr=np.append(first, len(rows)).astype(np.int64),
        rows=rows.astype(np.int32),
        begins=begins,
        ends=np.where(flow[rows], when.ends[rows], begins),
        timeless=begins[first] == _ALWAYS,
        degree=degree,
        price=1.0 + np.round(hub_steps * doublings * _GRAIN) / _GRAIN,
    )
