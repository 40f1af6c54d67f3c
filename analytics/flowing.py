"""The most that can flow through arcs with capacities."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.flow import most_flow
from vinculo.analytics.kernels.watched import heard, was_cut, watching
from vinculo.graph.network import Codes, Floats

#: Arcs that the search for a flow may look at.
WORK = 2_000_000_000


def maximum_flow(
    nodes: int, arcs: tuple[Codes, Codes, Floats], sources: Codes, sinks: Codes, *, work: int = WORK
) -> tuple[float, bool]:
    """The most that can flow from some nodes to others, and whether the search was cut off by its budget.

    ``inf`` where nothing bounds it.

    Parameters
    ----------
    nodes : int
        Number of nodes.
    arcs : tuple of arrays
        Where each begins and ends, and what it can carry; ``inf`` where nothing bounds it.
    sources, sinks : int32 arrays
        Nodes; what flows is unbounded where one is both.
    work : int
        Arcs looked at, after which the search stops with a flow that may not be the largest.

    References
    ----------
    Dinic, Soviet Mathematics Doklady 11 (1970).

    Examples
    --------
    >>> arcs = np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32), np.array([5.0, 2.0, 4.0])
    >>> maximum_flow(3, arcs, np.array([0], np.int32), np.array([2], np.int32))
    (6.0, False)
    """
    a, b, c = arcs
    start, end = nodes, nodes + 1
    a = np.concatenate([a, np.full(len(sources), start, np.int32), sinks]).astype(np.int32)
    b = np.concatenate([b, sources, np.full(len(sinks), end, np.int32)]).astype(np.int32)
    # more than everything that is bounded is as good as unbounded
    plenty = float(c[np.isfinite(c)].sum()) + 1.0
    c = np.concatenate([np.where(np.isfinite(c), c, plenty), np.full(len(sources) + len(sinks), plenty)])
    m = len(a)
    order = np.argsort(np.concatenate([a, b]), kind="stable")
    place = np.empty(2 * m, np.int64)
    place[order] = np.arange(2 * m)
    ptr = np.zeros(nodes + 3, np.int64)
    np.cumsum(np.bincount(np.concatenate([a, b]), minlength=nodes + 2), out=ptr[1:])
    heads = np.concatenate([b, a])[order].astype(np.int32)
    twins = place[(order + m) % (2 * m)]
    room = np.concatenate([c, np.zeros(m)])[order]
    watch = watching(work)
    arguments = (ptr, heads, twins, room, start, end, plenty * 1e-12)
    value = heard(lambda flags: most_flow(*arguments, flags), links=2 * m, watch=watch)
    return (float("inf") if value >= plenty else float(value)), was_cut(watch)
