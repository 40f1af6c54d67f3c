"""Communities: groups whose members have more to do with one another than chance would have it.

Which nodes take part, what ties them and how much each tie weighs is a projection's to say (``docs/projections.md``);
by default *everything*. Ties are read without direction: what runs both ways is added up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vinculo.analytics.kernels import community
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.project import project
from vinculo.analytics.projecting.projected import Projected
from vinculo.analytics.projecting.seeing import projected
from vinculo.graph.errors import UsageError
from vinculo.graph.ids import make_id
from vinculo.graph.network import Codes, Csr, Network
from vinculo.graph.store import Store

METHODS: dict[str, Callable[..., Codes]] = {"leiden": community.leiden, "louvain": community.louvain}


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
        Of the whole partition it belongs to; ties of nodes to themselves are not counted.
    method : str
        ``leiden`` or ``louvain``.
    seed : int
        What the order of the search was drawn from.
    projection : Projection
        What took part, and how much it weighed.
    """

    id: str
    size: int
    members: tuple[str, ...]
    modularity: float
    method: str
    seed: int
    projection: Projection

    def as_json(self) -> dict[str, Any]:
        """As ``communities --json`` prints it."""
        return {**vars(self), "members": list(self.members), "projection": self.projection.with_id()}


def communities(
    store: Store,
    *,
    method: str = "leiden",
    seed: int = 0,
    min_size: int = 2,
    projection: Projection | str = "everything",
    progress: Progress | None = None,
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
        Smaller ones are not told; 1 tells everything, so that every entity that takes part is in exactly one.
    projection : Projection or str
        What takes part: itself, the name of one that is known, or a file.
    progress : callable, optional
        Told the stage.

    Returns
    -------
    list of Community
        Largest first, then by id.

    Raises
    ------
    UsageError
        ``unknown_method``, ``unknown_projection``.
    InputError
        What is wrong with the file of a projection.

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
    seen = projected(store, projection, progress)
    if progress:
        progress(method, 0, 0)
    return communities_of(seen, method=method, seed=seed, min_size=min_size)


def communities_of(seen: Projected, *, method: str = "leiden", seed: int = 0, min_size: int = 2) -> list[Community]:
    """The communities of what a projection shows; parameters and errors as :func:`communities`."""
    if method not in METHODS:
        raise UsageError("unknown_method", method=method)
    if len(seen) == 0:
        return []
    graph, wanted = seen.undirected, seen.projection
    labels = METHODS[method](graph, seed=seed, loops=seen.loops if wanted.loops == "kept" else None)
    modularity = round(community.modularity(graph, labels), 9)
    order = np.argsort(labels, kind="stable")
    ids = seen.network.ids
    found = []
    for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(part) >= min_size:
            members = tuple(ids.take(part).to_pylist())
            id = make_id("community:", *members) or ""
            found.append(Community(id, len(members), members, modularity, method, seed, wanted))
    return sorted(found, key=lambda c: (-c.size, c.id))


def projection(network: Network) -> Csr:
    """The undirected weighted graph of everything, in which communities are sought by default."""
    return project(network, "everything").graph
