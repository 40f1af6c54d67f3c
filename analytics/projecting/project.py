"""From a network and a projection to the graph that algorithms run on, each tie with its evidence.

Everything stands in one canonical order: nodes by id, ties by their nodes, records by link; two stores with the same contents
give the same arrays to the byte.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from vinculo.analytics.projecting.crowds import damping
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.known import resolved
from vinculo.analytics.projecting.part import taking_part, whole_kinds
from vinculo.analytics.projecting.projected import TOUCHED, Projected, Ties
from vinculo.analytics.projecting.records import Gathering, Records, Touched
from vinculo.analytics.projecting.worth import Properties, Worth
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask, Network, csr, mirrored
from vinculo.graph.network_order import changes, in_order


def project(
    network: Network, projection: Projection | str = "everything", properties: Properties | None = None
) -> Projected:
    """See a network through a projection.

    Parameters
    ----------
    network : Network
    projection : Projection or str
        Itself, the name of one that is known, or a file.
    properties : callable, optional
        ``Store.table``, asked for dates and amounts of shared nodes where these matter; without it they are unknown.

    Returns
    -------
    Projected

    Raises
    ------
    UsageError
        ``unknown_projection``; ``unknown_kind``.
    InputError
        What is wrong with a file.

    Examples
    --------
    >>> made = project(Network.from_links([("a", "b"), ("b", "a"), ("b", "c")]), "everything")
    >>> made.graph.degrees.tolist(), made.evidence("b", "a")
    ([1, 2, 1], ['000000000', '000000001'])
    """
    wanted = resolved(projection)
    worth = Worth(network, wanted, properties)
    part = taking_part(network, wanted)
    gathering = Gathering(network, wanted, part, worth)
    ties = _ties(gathering.records(), wanted)
    keep, scale, hubs = _hubs_at_ends(network, ties, wanted, gathering.generic, part.takes)
    loop = ties.a == ties.b
    worth.counts["loops"] = int(ties.many[loop].sum())
    keep &= ~loop if wanted.loops == "left_out" else True
    ties = _kept(ties, keep, ties.weight if scale is None else ties.weight * scale)
    takes = part.takes.copy()
    for t in hubs:
        if t.treatment == "left_out":
            takes[t.nodes] = False
    nodes = np.flatnonzero(takes).astype(np.int32)
    graph, loops = _graph(ties, nodes, len(network), wanted.directed)
    return Projected(
        projection=wanted,
        source=network,
        nodes=nodes,
        graph=graph,
        loops=loops,
        touched=_told(network, gathering.touched + hubs),
        unknown=worth.unknown,
        truncated=gathering.truncated,
        ties=ties,
        part=part,
        meetings=gathering.meetings,
    )


def _ties(records: Records, wanted: Projection) -> Ties:
    """Records between the same two put together."""
    a, b = records.a, records.b
    if not wanted.directed:
        a, b = np.minimum(a, b), np.maximum(a, b)
    shared = bool((records.shared >= 0).any())
    order = in_order(a, b, records.shared) if shared else in_order(a, b)
    a, b = a[order], b[order]
    new = changes(a, b)
    first = np.flatnonzero(new)
    ptr = np.append(first, len(a))
    weight, left = records.weight[order], None if records.left is None else records.left[order]
    if shared:
        # two that share a node in several roles share it once
        node = records.shared[order]
        things = np.flatnonzero(new | changes(node) | (node < 0))
        weight = np.maximum.reduceat(weight, things)
        left = None if left is None else np.maximum.reduceat(left, things)
        start = np.searchsorted(things, ptr)
    else:
        start = ptr
    many = np.diff(start)
    return Ties(a[first], b[first], _put_together(weight, left, start[:-1], many, wanted), ptr, order, many, records)


def _put_together(weight: Floats, left: Floats | None, first: Ints, many: Ints, wanted: Projection) -> Floats:
    if not len(first):
        return np.zeros(0)
    rule = wanted.weight.parallel

    def together(values: Floats) -> Floats:
        made: Floats = (np.maximum if rule == "once" else np.add).reduceat(values, first)
        return made / many * (1.0 + np.log(many)) if rule == "log" else made

    whole = together(weight)
    # by its share after the logarithm, which would hide it: ln(1 + 1,000,000 / 1024) is half of ln(1 + 1,000,000)
    return whole if left is None else np.log1p(whole) * (together(weight * left) / whole)


def _hubs_at_ends(
    network: Network, ties: Ties, wanted: Projection, generic: Mask | None, takes: Mask
) -> tuple[Mask, Floats | None, list[Touched]]:
    """Which ties stay, by what they are multiplied, and the nodes that the rules touched."""
    hubs, n = wanted.hubs, len(network)
    keep = np.ones(len(ties.a), np.bool_)
    left = np.ones(n)
    touched: list[Touched] = []
    if generic is not None:
        many = _neighbours(ties, keep, n)
        hit = generic & (takes if hubs.generic == "left_out" else many > 0)
        keep = _apply("generic", hubs.generic, hit, many, ties, keep, left, touched)
    if hubs.kinds and hubs.crowded != "kept":
        many = _neighbours(ties, keep, n)
        crowded = network.of_kind(whole_kinds(hubs.kinds)) & (many > hubs.more_than)
        keep = _apply("crowded", hubs.crowded, crowded, many, ties, keep, left, touched)
    if "damped" not in (hubs.generic, hubs.crowded):
        return keep, None, touched
    return keep, np.minimum(left[ties.a], left[ties.b]), touched


def _apply(
    rule: str, treatment: str, hit: Mask, many: Ints, ties: Ties, keep: Mask, left: Floats, touched: list[Touched]
) -> Mask:
    """Leave out or damp the ties of some nodes; ``left`` and ``touched`` change in place."""
    nodes = np.flatnonzero(hit)
    if len(nodes):
        touched.append(Touched(rule, treatment, nodes, many[nodes], many[nodes]))
    if treatment == "left_out":
        return keep & ~hit[ties.a] & ~hit[ties.b]
    left[nodes] = np.minimum(left[nodes], damping(many[nodes]))
    return keep


def _neighbours(ties: Ties, keep: Mask, nodes: int) -> Ints:
    """To how many others each node has ties, whichever way they run."""
    a, b = ties.a[keep], ties.b[keep]
    apart = a != b
    low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
    if (a > b).any():
        key = np.unique(low.astype(np.int64) * nodes + high)
        low, high = key // nodes, key % nodes
    return np.bincount(low, minlength=nodes) + np.bincount(high, minlength=nodes)


def _kept(ties: Ties, keep: Mask, weight: Floats) -> Ties:
    if keep.all():
        return Ties(ties.a, ties.b, weight, ties.ptr, ties.order, ties.many, ties.records)
    many = np.diff(ties.ptr)
    ptr = np.append(0, np.cumsum(many[keep]))
    return Ties(
        ties.a[keep], ties.b[keep], weight[keep], ptr, ties.order[np.repeat(keep, many)], ties.many[keep], ties.records
    )


def _graph(ties: Ties, nodes: Codes, whole: int, directed: bool) -> tuple[Csr, Floats]:
    """The ties among the nodes that take part, and each node's tie to itself."""
    number = np.full(whole, -1, np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    a, b = number[ties.a], number[ties.b]
    links = ties.records.link[ties.order[ties.ptr[:-1]]]
    loop = a == b
    loops = np.zeros(len(nodes))
    loops[a[loop]] = ties.weight[loop]
    a, b, weight, links = a[~loop], b[~loop], ties.weight[~loop], links[~loop]
    made = csr(len(nodes), a, b, weight, links) if directed else mirrored(len(nodes), a, b, weight, links)
    return made, loops


def _told(network: Network, touched: list[Touched]) -> pa.Table:
    """What the rules touched, most ties first, then by id, then in the order of the rules."""
    if not touched:
        return TOUCHED.empty_table()
    nodes, many, ties = (np.concatenate([getattr(t, f) for t in touched]) for f in ("nodes", "many", "ties"))
    of = np.repeat(np.arange(len(touched)), [len(t.nodes) for t in touched])
    order = np.lexsort((of, nodes, -ties))
    rows = network.nodes.take(pa.array(nodes[order]))
    said = [pa.array([getattr(t, f) for t in touched]).take(pa.array(of[order])) for f in ("rule", "treatment")]
    columns: list[Any] = [*rows.columns, *said, pa.array(many[order]), pa.array(ties[order])]
    return pa.table(columns, schema=TOUCHED)
