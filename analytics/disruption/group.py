"""The group that is looked at: its members, and the links among them without direction.

Links that make no group are those the projection of everything leaves out: to places, conveyances and banks as such, of trades
that stand next to everybody, and derived references.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vinculo.analytics.projections.everything import LEFT_OUT
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Mask, Network, simple_csr


@dataclass(frozen=True, eq=False)
class Group:
    """Part of a network with its own numbers.

    Attributes
    ----------
    network : Network
    members : int32 array
        Nodes of the network, in their order.
    place : int32 array
        For each node of the network its number in the group, -1 outside.
    graph : Csr
        Links among members, each pair once at both ends, all of one length.
    start : tuple of str, optional
        Ids it was made of; None for everybody.
    hops : int
        How far it goes from them.
    """

    network: Network
    members: Codes
    place: Codes
    graph: Csr
    start: tuple[str, ...] | None = None
    hops: int = 0

    @property
    def inside(self) -> Mask:
        """Which nodes of the network are members."""
        made: Mask = self.place >= 0
        return made


def group_of(network: Network, ids: Sequence[str] | None = None, *, hops: int = 0) -> Group:
    """The members with these ids and those within some links of them; everybody by default.

    Parameters
    ----------
    network : Network
    ids : sequence of str, optional
    hops : int
        How far to go from them, over the links that make a group.

    Raises
    ------
    UsageError
        ``unknown_entity``.

    Examples
    --------
    >>> network = Network.from_links([("a", "b"), ("b", "c"), ("c", "d")])
    >>> len(group_of(network, ["a"], hops=2).members)
    3
    """
    n = len(network)
    counts = ~network.links_of_kind(LEFT_OUT) & (network.source != network.target)
    a, b = network.source[counts], network.target[counts]
    inside = np.ones(n, np.bool_)
    if ids is not None:
        start = network.index(list(ids))
        for id, node in zip(ids, start, strict=True):
            if node < 0:
                raise UsageError("unknown_entity", id=id)
        inside[:] = False
        inside[start] = True
        for _ in range(hops):
            reached = inside.copy()
            reached[b[inside[a]]] = True
            reached[a[inside[b]]] = True
            inside = reached
    members = np.flatnonzero(inside).astype(np.int32)
    place = np.full(n, -1, np.int32)
    place[members] = np.arange(len(members), dtype=np.int32)
    both = inside[a] & inside[b]
    low, high = np.minimum(a[both], b[both]), np.maximum(a[both], b[both])
    graph = simple_csr(len(members), place[low], place[high], np.ones(len(low)))
    even = graph._replace(weights=np.ones(len(graph.neighbours)))
    return Group(network, members, place, even, None if ids is None else tuple(ids), 0 if ids is None else hops)
