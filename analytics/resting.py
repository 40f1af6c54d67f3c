"""Which ties of a projection rest on suspicious-activity reports alone, and so whose figures count them.

A tie is more than the link that is told of it: who meets at an address is tied by both links to it, and who pays from an account
by the link that says whose it is. The other end of such a tie may stand in other files; its figures count the tie all the same.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.projecting.projected import Projected
from vinculo.graph.network import Codes, Mask, Network
from vinculo.graph.store import Store

#: Links by which a consignment, and what was seized of it, counts for its parties.
TRADE = ("SHIPPER", "CONSIGNEE", "SEIZED_FROM")


def from_reports(store: Store, network: Network) -> tuple[Codes, Codes]:
    """Nodes, and rows of links, that nothing but suspicious-activity reports asserts.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> [len(x) for x in from_reports(store, Network.from_store(store))]
    [0, 0]
    """
    taints = pa.array(sorted(store.taints()), pa.string())
    return _among(network.ids, taints), _among(network.link_ids, taints)


def _among(ids: pa.StringArray, wanted: pa.StringArray) -> Codes:
    found: Codes = np.flatnonzero(pc.is_in(ids, value_set=wanted).to_numpy(zero_copy_only=False)).astype(np.int32)
    return found


def ends(network: Network, nodes: Codes, links: Codes) -> Codes:
    """These nodes, and the ends of these links."""
    return np.unique(np.concatenate([nodes, network.source[links], network.target[links]]))


def tied_by(seen: Projected, nodes: Codes, links: Codes) -> Codes:
    """Nodes at either end of a tie that rests on one of these links, or that is by way of one of these nodes.

    Parameters
    ----------
    seen : Projected
    nodes, links : int32 arrays
        Numbers of nodes and rows of links of the whole network.

    Returns
    -------
    int32 array
        Numbers of the whole network, in order.
    """
    network, records = seen.source, seen.ties.records
    of_link = _flags(len(network.link_ids), links)
    # whose account it is, is told by the link that says who holds it
    holding = links[network.links_of_kind(seen.projection.held.by)[links]]
    held = _flags(len(network), network.target[holding]) & seen.part.held
    of_link |= held[network.source] | held[network.target]
    rests = of_link[records.link] | ((records.shared >= 0) & _flags(len(network), nodes)[records.shared])
    for tie, sides in seen.meetings.items():
        met = [np.repeat(side.shared, np.diff(side.ptr))[of_link[side.links]] for side in sides]
        rests |= (records.tie == tie) & np.isin(records.shared, np.concatenate(met))
    return np.unique(np.concatenate([records.a[rests], records.b[rests]]))


def trading_by(network: Network, links: Codes) -> Codes:
    """Shippers and consignees of consignments that one of these links tells of: it is in their goods, or their seizures."""
    things = network.target[links[network.links_of_kind(TRADE)[links]]]
    rows = network.links_of_kind(TRADE[:2])
    parties, bills = network.source[rows], network.target[rows]
    return np.unique(parties[np.isin(bills, things)])


def resting(store: Store, seen: Projected) -> Codes:
    """Nodes that take part in a projection and of whose ties one or more rest on reports alone.

    Examples
    --------
    >>> from vinculo.analytics.projecting.seeing import projected
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> resting(store, projected(store)).tolist()
    []
    """
    nodes, links = from_reports(store, seen.source)
    if not len(nodes) and not len(links):
        return nodes
    return np.unique(np.concatenate([ends(seen.source, nodes, links), tied_by(seen, nodes, links)]))


def _flags(count: int, at: Codes) -> Mask:
    made: Mask = np.zeros(count, np.bool_)
    made[at] = True
    return made
