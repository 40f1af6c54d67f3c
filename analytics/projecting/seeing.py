"""A store seen through a projection."""

from __future__ import annotations

from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.known import resolved
from vinculo.analytics.projecting.project import project
from vinculo.analytics.projecting.projected import Projected
from vinculo.graph.network_cache import network_of
from vinculo.graph.store import Store


def projected(store: Store, projection: Projection | str = "everything", progress: Progress | None = None) -> Projected:
    """Read a store and see it through a projection.

    Parameters
    ----------
    store : Store
    projection : Projection or str
        Itself, the name of one that is known, or a file.
    progress : callable, optional
        Told the stages ``read`` and ``project``; may raise to stop.

    Raises
    ------
    UsageError, InputError
        As :func:`vinculo.analytics.projecting.project.project`; before anything is read.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> len(projected(open_store("sqlite:///:memory:"), "accounts"))
    0
    """
    wanted = resolved(projection)
    if progress:
        progress("read", 0, 0)
    network = network_of(store)
    if progress:
        progress("project", 0, 0)
    return project(network, wanted, store.table)
