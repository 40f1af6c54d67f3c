"""Communities: groups whose members have more to do with one another than chance would have it.

Which nodes take part, what ties them and how much each tie weighs is a projection's to say (``docs/projections.md``);
by default *everything*. Ties are read without direction: what runs both ways is added up.

``leiden`` and ``louvain`` search once, by modularity; ``fine`` once by the constant Potts model, which sees small groups too.
``stable`` searches a hundred times with ties left out and gives what the searches agree on, with how sure it is
(:mod:`vinculo.analytics.stability`).
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
from vinculo.analytics.stability import Stability, stability
from vinculo.analytics.stability.resolutions import RESOLUTIONS, layers, usual_density
from vinculo.graph.errors import UsageError
from vinculo.graph.ids import make_id
from vinculo.graph.network import Codes, Csr, Network
from vinculo.graph.store import Store


def fine(
    graph: Csr, *, seed: int = 0, resolution: float = 1.0, loops: Any = None, progress: Progress | None = None
) -> Codes:
    """Many small groups: Leiden by the constant Potts model, at ``resolution`` times the usual density.

    ``loops`` is of no matter there: it is no part of the share of links that a group could hold.

    Examples
    --------
    >>> from vinculo.graph.network import simple_csr
    >>> a, b = np.array([0, 0, 1, 3, 3, 4, 2], np.int32), np.array([1, 2, 2, 4, 5, 5, 3], np.int32)
    >>> fine(simple_csr(6, a, b, np.ones(7))).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    density = resolution * usual_density(graph)
    return community.leiden(graph, seed=seed, resolution=density, potts=True, progress=progress)


METHODS: dict[str, Callable[..., Codes]] = {"leiden": community.leiden, "louvain": community.louvain, "fine": fine}
STABLE = "stable"
KNOWN = (*METHODS, STABLE)


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
        ``leiden``, ``louvain``, ``fine`` or ``stable``.
    seed : int
        What the order of the search was drawn from.
    resolution : float
        Of the method: above 1 smaller communities, below 1 larger ones.
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
    resolution: float = 1.0
    stability: float | None = None
    real: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """As ``communities --json`` prints it."""
        told = {k: v for k, v in vars(self).items() if v is not None}
        return {**told, "members": list(self.members), "projection": self.projection.with_id()}


@dataclass(frozen=True, eq=False)
class Division:
    """What a projection shows, divided.

    Attributes
    ----------
    seen : Projected
    labels : int32 array
        Group of each node that takes part.
    method, seed, resolution
        What was asked for.
    modularity : float
        Of the whole at resolution 1; ties of nodes to themselves are not counted.
    stable : Stability, optional
        By ``stable`` only.
    """

    seen: Projected
    labels: Codes
    method: str
    seed: int
    resolution: float
    modularity: float
    stable: Stability | None = None

    def groups(self, *, smallest: int = 2) -> dict[int, Community]:
        """The community of each number, largest first, then by id."""
        order = np.argsort(self.labels, kind="stable")
        ids = self.seen.network.ids
        found = []
        for part in np.split(order, np.flatnonzero(np.diff(self.labels[order])) + 1) if len(order) else ():
            if len(part) >= smallest:
                group = int(self.labels[part[0]])
                found.append((group, self._community(group, tuple(ids.take(part).to_pylist()))))
        return dict(sorted(found, key=lambda g: (-g[1].size, g[1].id)))

    def _community(self, group: int, members: tuple[str, ...]) -> Community:
        stable = self.stable
        return Community(
            id=make_id("community:", *members) or "",
            size=len(members),
            members=members,
            modularity=self.modularity,
            method=self.method,
            seed=self.seed,
            projection=self.seen.projection,
            resolution=self.resolution,
            stability=None if stable is None else round(float(stable.group_probability[group]), 9),
            real=None if stable is None else stable.is_real,
        )


def communities(
    store: Store,
    *,
    method: str = "leiden",
    seed: int = 0,
    resolution: float = 1.0,
    min_size: int = 2,
    projection: Projection | str = "everything",
    progress: Progress | None = None,
) -> list[Community]:
    """Find the communities of a store.

    Parameters
    ----------
    store : Store
    method : str
        ``leiden`` (every community is connected), ``louvain``, ``fine`` (many small ones), or ``stable`` (what a hundred searches
        agree on).
    seed : int
        The same seed gives the same communities, on every machine and store.
    resolution : float
        Above 1: smaller communities.
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
    made = divided(seen, method=method, seed=seed, resolution=resolution, progress=progress)
    return list(made.groups(smallest=min_size).values())


def communities_of(
    seen: Projected,
    *,
    method: str = "leiden",
    seed: int = 0,
    resolution: float = 1.0,
    min_size: int = 2,
    progress: Progress | None = None,
) -> list[Community]:
    """The communities of what a projection shows; parameters and errors as :func:`communities`."""
    made = divided(seen, method=method, seed=seed, resolution=resolution, progress=progress)
    return list(made.groups(smallest=min_size).values())


def divided(
    seen: Projected,
    *,
    method: str = "leiden",
    seed: int = 0,
    resolution: float = 1.0,
    progress: Progress | None = None,
) -> Division:
    """Divide what a projection shows; parameters and errors as :func:`communities`.

    Examples
    --------
    >>> from vinculo.analytics.projecting.project import project
    >>> from vinculo.graph.network import Network
    >>> made = divided(project(Network.from_links([("a", "b"), ("b", "c"), ("a", "c"), ("d", "e")]), "everything"))
    >>> [c.size for c in made.groups().values()]
    [3, 2]
    """
    _check(method)
    graph = seen.undirected
    if len(seen) == 0:
        return Division(seen, np.zeros(0, np.int32), method, seed, resolution, 0.0)
    stable = stability(graph, seed=seed, resolution=resolution, progress=progress) if method == STABLE else None
    if stable is not None:
        labels = stable.labels
    else:
        loops = seen.loops if seen.projection.loops == "kept" else None
        labels = METHODS[method](graph, seed=seed, resolution=resolution, loops=loops, progress=progress)
    modularity = round(community.modularity(graph, labels), 9)
    return Division(seen, labels, method, seed, resolution, modularity, stable)


def side_by_side(
    seen: Projected, resolutions: tuple[float, ...] = RESOLUTIONS, *, seed: int = 0
) -> tuple[tuple[Division, ...], Division]:
    """Divide what a projection shows at several resolutions, coarsest first, and by the fine method beside them.

    Every group of a resolution lies whole in one of the resolution before, as
    :func:`vinculo.analytics.stability.resolutions.layers` makes them; those of the fine method need not.

    Examples
    --------
    >>> from vinculo.analytics.projecting.project import project
    >>> from vinculo.graph.network import Network
    >>> seen = project(Network.from_links([("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("d", "e")]), "everything")
    >>> nested, beside = side_by_side(seen, (0.1, 1.0))
    >>> [len(d.groups(smallest=1)) for d in nested], beside.method
    ([1, 2], 'fine')
    """
    found = layers(seen.undirected, resolutions=resolutions, seed=seed)
    nested = [Division(seen, x.labels, "leiden", seed, x.resolution, round(x.modularity, 9)) for x in found.nested]
    x = found.fine
    return tuple(nested), Division(seen, x.labels, "fine", seed, 1.0, round(x.modularity, 9))


def _check(method: str) -> None:
    if method not in KNOWN:
        raise UsageError("unknown_method", method=method, known=", ".join(KNOWN))


def projection(network: Network) -> Csr:
    """The undirected weighted graph of everything, in which communities are sought by default."""
    return project(network, "everything").graph
