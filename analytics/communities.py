"""Communities: groups whose members have more to do with one another than chance would have it.

Which nodes take part, what ties them and how much each tie weighs is a projection's to say (``docs/projections.md``);
by default *everything*. Ties are read without direction: what runs both ways is added up.

``leiden`` and ``louvain`` search once. ``stable`` searches a hundred times with ties left out and gives what the searches agree
on, with how sure it is (:mod:`vinculo.analytics.stability`).
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
from vinculo.analytics.stability import stability
from vinculo.graph.errors import UsageError
from vinculo.graph.ids import make_id
from vinculo.graph.network import Codes, Csr, Network
from vinculo.graph.store import Store

METHODS: dict[str, Callable[..., Codes]] = {"leiden": community.leiden, "louvain": community.louvain}
STABLE = "stable"


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
        ``leiden``, ``louvain`` or ``stable``.
    seed : int
        What the order of the search was drawn from.
    projection : Projection
        What took part, and how much it weighed.
    stability : float, optional
        How likely a member is where it belongs, on the average of them; by ``stable`` only.
    real : bool, optional
        Whether the whole is divided more than chance would divide it; by ``stable`` only.
    """

    id: str
    size: int
    members: tuple[str, ...]
    modularity: float
    method: str
    seed: int
    projection: Projection
    stability: float | None = None
    real: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """As ``communities --json`` prints it."""
        told = {k: v for k, v in vars(self).items() if v is not None}
        return {**told, "members": list(self.members), "projection": self.projection.with_id()}


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
        ``leiden`` (every community is connected), ``louvain``, or ``stable`` (what a hundred searches agree on).
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
    _check(method)
    warm(progress)
    seen = projected(store, projection, progress)
    if progress:
        progress(method, 0, 0)
    return communities_of(seen, method=method, seed=seed, min_size=min_size, progress=progress)


def communities_of(
    seen: Projected, *, method: str = "leiden", seed: int = 0, min_size: int = 2, progress: Progress | None = None
) -> list[Community]:
    """The communities of what a projection shows; parameters and errors as :func:`communities`."""
    _check(method)
    if len(seen) == 0:
        return []
    graph, wanted = seen.undirected, seen.projection
    stable = stability(graph, seed=seed, progress=progress) if method == STABLE else None
    if stable is not None:
        labels = stable.labels
    else:
        loops = seen.loops if wanted.loops == "kept" else None
        labels = METHODS[method](graph, seed=seed, loops=loops, progress=progress)
    modularity = round(community.modularity(graph, labels), 9)
    order = np.argsort(labels, kind="stable")
    ids = seen.network.ids
    found = []
    for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(part) >= min_size:
            members = tuple(ids.take(part).to_pylist())
            id = make_id("community:", *members) or ""
            sure = None if stable is None else round(float(stable.group_probability[labels[part[0]]]), 9)
            real = None if stable is None else stable.is_real
            found.append(Community(id, len(members), members, modularity, method, seed, wanted, sure, real))
    return sorted(found, key=lambda c: (-c.size, c.id))


def _check(method: str) -> None:
    if method not in (*METHODS, STABLE):
        raise UsageError("unknown_method", method=method)


def projection(network: Network) -> Csr:
    """The undirected weighted graph of everything, in which communities are sought by default."""
    return project(network, "everything").graph
