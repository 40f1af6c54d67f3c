"""Communities: groups whose members have more to do with one another than chance would have it.

**Which links take part.** Everything that ties parties, accounts and goods: payments and accounts, roles in consignments,
containers, ownership, office and family, shared addresses, phones, e-mails and numbers, listings, seizures and inspections.
Left out are places (ports, offices: ``LADEN_AT``, ``UNLADEN_AT``, ``OCCURRED_AT``), vessels and vehicles (``CARRIED_BY``), banks
as such (``HELD_AT``), carriers and customs brokers in that role (``CARRIER``, ``DECLARANT``), which all stand next to
everybody, and derived references (``REFERS_TO``).

**Weights.** The graph is read without direction. Parallel links between two nodes count 1 + ln(number). Whatever the number of
links at an address, a phone or another value node, it counts 1 / log2(1 + links), so that a registered agent's address
does not hold a thousand companies together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vinculo.analytics.kernels import community
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.graph.errors import UsageError
from vinculo.graph.ids import make_id
from vinculo.graph.network import Codes, Csr, Network
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store

METHODS: dict[str, Callable[..., Codes]] = {"leiden": community.leiden, "louvain": community.louvain}
#: Links that take no part.
LEFT_OUT = ("LADEN_AT", "UNLADEN_AT", "OCCURRED_AT", "CARRIED_BY", "HELD_AT", "CARRIER", "DECLARANT", "REFERS_TO")
#: Nodes that are values shared by parties.
VALUE_KINDS = ("Address", "Phone", "EmailAddress", "Identifier", "Mention", "Listing", "Sanction")


@dataclass(frozen=True)
class Community:
    """One community.

    Attributes
    ----------
    id : str
        From its members: the same members have the same id in every run and store.
    size : int
        Number of members.
    members : tuple of str
        Entity ids, sorted.
    modularity : float
        Of the whole partition it belongs to.
    method : str
        ``leiden`` or ``louvain``.
    seed : int
        What the order of the search was drawn from.
    """

    id: str
    size: int
    members: tuple[str, ...]
    modularity: float
    method: str
    seed: int

    def as_json(self) -> dict[str, Any]:
        """As ``communities --json`` prints it."""
        return {**vars(self), "members": list(self.members)}


def communities(
    store: Store, *, method: str = "leiden", seed: int = 0, min_size: int = 2, progress: Progress | None = None
) -> list[Community]:
    """Find the communities of a store.

    Parameters
    ----------
    store : Store
    method : str
        ``leiden`` (every community is connected) or ``louvain``.
    seed : int
        The same seed gives the same communities, on every machine and store.
    min_size : int
        Smaller ones are not told; 1 tells everything, so that every entity is in exactly one.
    progress : callable, optional
        Told the stage.

    Returns
    -------
    list of Community
        Largest first, then by id.

    Raises
    ------
    UsageError
        ``unknown_method``.

    References
    ----------
    Traag, Waltman, van Eck, From Louvain to Leiden, Scientific Reports 9, 5233 (2019). Modularity does not see communities much
    smaller than the square root of the number of links (Fortunato and Barthelemy 2007).

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> communities(open_store("sqlite:///:memory:"))
    []
    """
    if method not in METHODS:
        raise UsageError("unknown_method", method=method)
    warm(progress)
    if progress:
        progress("read", 0, 0)
    network = Network.from_store(store)
    if len(network) == 0:
        return []
    if progress:
        progress(method, 0, 0)
    graph = projection(network)
    labels = METHODS[method](graph, seed=seed, progress=progress)
    modularity = round(community.modularity(graph, labels), 9)
    order = np.argsort(labels, kind="stable")
    ids = network.ids
    found = []
    for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(part) >= min_size:
            members = tuple(ids.take(part).to_pylist())
            id = make_id("community:", *members) or ""
            found.append(Community(id, len(members), members, modularity, method, seed))
    return sorted(found, key=lambda c: (-c.size, c.id))


def projection(network: Network) -> Csr:
    """The undirected weighted graph in which communities are sought; see the head of this module."""
    taking_part = ~network.links_of_kind(LEFT_OUT)
    valued = network.of_kind([k for v in VALUE_KINDS for k in descendants(v)])
    graph = network.simple(links=taking_part)
    if len(graph.weights) == 0:
        return graph
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    degree = graph.degrees
    damping = np.where(valued, 1.0 / np.log2(1.0 + np.maximum(degree, 1)), 1.0)
    weights = (1.0 + np.log(graph.weights)) * np.minimum(damping[rows], damping[graph.neighbours])
    return graph._replace(weights=weights)
