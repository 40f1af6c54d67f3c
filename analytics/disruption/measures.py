"""What holds of a group when some of it is gone: largest part, efficiency, and what can still flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vinculo.analytics.columns import numbers
from vinculo.analytics.flowing import WORK, maximum_flow
from vinculo.analytics.kernels.paths import add_reach
from vinculo.analytics.kernels.random import permutation
from vinculo.analytics.kernels.structure import linked_labels
from vinculo.analytics.kernels.watched import heard
from vinculo.graph.network import Codes, Csr, Floats, Mask, Network, csr

#: Efficiency is exact up to so many nodes; above, it is taken from so many sources.
EXACT_UP_TO, SAMPLES = 2_000, 256


def without(graph: Csr, gone: Mask) -> Csr:
    """The graph without some of its nodes, which stay as numbers without links."""
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    keep = ~gone[rows] & ~gone[graph.neighbours]
    return csr(graph.nodes, rows[keep], graph.neighbours[keep], graph.weights[keep], graph.links[keep])


def largest_component(graph: Csr, counted: Mask) -> int:
    """Nodes of the largest connected part, among those that count.

    Examples
    --------
    >>> path = Network.from_links([("a", "b"), ("b", "c"), ("d", "e")]).simple()
    >>> largest_component(path, np.ones(5, np.bool_))
    3
    """
    labels, count = linked_labels(graph.ptr, graph.neighbours)
    return int(np.bincount(labels[counted], minlength=count).max()) if counted.any() else 0


def efficiency(graph: Csr, members: Codes, *, seed: int = 0) -> float:
    """Mean of one over the distance, over all ordered pairs of these nodes; 0 for a pair that nothing joins.

    Pairs of removed nodes stay in the mean, so that the loss shows. Exact up to 2,000 nodes; above, over 256 sources drawn by
    ``seed``, the same ones before and after.

    References
    ----------
    Latora and Marchiori, Efficient behavior of small-world networks, Physical Review Letters 87 (2001).

    Examples
    --------
    >>> path = Network.from_links([("a", "b"), ("b", "c")]).simple()
    >>> round(efficiency(path, np.arange(3, dtype=np.int32)), 6) == round(5 / 6, 6)
    True
    """
    n = len(members)
    if n < 2:
        return 0.0
    sources = members
    if n > EXACT_UP_TO:
        sources = members[np.sort(permutation(n, np.array([seed], np.uint64))[:SAMPLES])]
    nodes = graph.nodes
    reached, total, inverse = np.zeros(nodes, np.int64), np.zeros(nodes), np.zeros(nodes)
    arguments = (graph.ptr, graph.neighbours, graph.weights, False, sources.astype(np.int32), reached, total, inverse)
    heard(lambda flags: add_reach(*arguments, flags), links=len(sources) * len(graph.neighbours))
    return float(inverse.sum() / (len(sources) * (n - 1)))


@dataclass(frozen=True, eq=False)
class Pipes:
    """Arcs with what they can carry.

    Attributes
    ----------
    nodes : int
        Number of nodes; those of the network come first.
    owner : int32 array
        For each node the network's node it goes with.
    source, target : int32 arrays
    capacity : float64 array
        ``inf`` where nothing bounds it.
    unit : str
        Currency, or ``kg``.
    unknown : int
        Links left out because nobody knows how much they carried.
    others : int
        Payments left out because they are in another currency.
    """

    nodes: int
    owner: Codes
    source: Codes
    target: Codes
    capacity: Floats
    unit: str
    unknown: int
    others: int = 0


def flow(pipes: Pipes, sources: Codes, sinks: Codes, gone: Mask, *, work: int = WORK) -> tuple[float, bool]:
    """The most that can flow from some nodes to others when some are gone, and whether the search was cut off by its budget.

    ``inf`` where nothing bounds it.

    References
    ----------
    Dinic, Soviet Mathematics Doklady 11 (1970).

    Examples
    --------
    >>> at = [np.array(x, np.int32) for x in ([0, 0, 1], [1, 2, 2])]
    >>> pipes = Pipes(3, np.arange(3, dtype=np.int32), *at, np.array([5.0, 2.0, 4.0]), "USD", 0)
    >>> flow(pipes, np.array([0], np.int32), np.array([2], np.int32), np.zeros(3, np.bool_))
    (6.0, False)
    """
    sources, sinks = sources[~gone[sources]], sinks[~gone[sinks]]
    if not len(sources) or not len(sinks):
        return 0.0, False
    keep = ~gone[pipes.owner[pipes.source]] & ~gone[pipes.owner[pipes.target]] & (pipes.capacity > 0)
    a, b, c = pipes.source[keep], pipes.target[keep], pipes.capacity[keep]
    return maximum_flow(pipes.nodes, (a, b, c), sources, sinks, work=work)


def money_pipes(network: Network, inside: Mask, currency: str | None = None) -> Pipes:
    """Payments of one currency, the one most payments are in by default; holders and their accounts pass on without bound."""
    rows = np.flatnonzero(network.links_of_kind(["PAID"]) & inside[network.source] & inside[network.target])
    table = network.links.take(rows)
    amount = numbers(table["amount"])
    told = np.array([(c or "").strip().upper() for c in table["currency"].to_pylist()], dtype=object)
    valued = (amount > 0) & (told != "")
    if currency is None:
        used, times = np.unique(told[valued].astype(str), return_counts=True)
        currency = str(used[np.argmax(times)]) if len(used) else ""
    currency = currency.strip().upper()
    known = valued & (told == currency)
    held = np.flatnonzero(network.links_of_kind(["HOLDS"]) & inside[network.source] & inside[network.target])
    paid = rows[known]
    n = len(network)
    return Pipes(
        nodes=n,
        owner=np.arange(n, dtype=np.int32),
        source=np.concatenate([network.source[paid], network.source[held], network.target[held]]),
        target=np.concatenate([network.target[paid], network.target[held], network.source[held]]),
        capacity=np.concatenate([amount[known], np.full(2 * len(held), np.inf)]),
        unit=currency,
        unknown=len(rows) - int(valued.sum()),
        others=int((valued & ~known).sum()),
    )


def goods_pipes(network: Network, inside: Mask, properties: Callable[[str, Sequence[str]], pa.Table]) -> Pipes:
    """Consignments by gross weight, from their shippers to their consignees; each carries its weight once."""
    table = properties("Consignment", ["grossWeightKg"])
    at = network.index(table["id"])
    n = len(network)
    weight = np.full(n, np.nan)
    weight[at[at >= 0]] = numbers(table["grossWeightKg"])[at >= 0]
    ends = inside[network.source] & inside[network.target]
    known = weight > 0
    out = np.flatnonzero(network.links_of_kind(["SHIPPER"]) & ends & known[network.target])
    into = np.flatnonzero(network.links_of_kind(["CONSIGNEE"]) & ends & known[network.target])
    loads = np.flatnonzero(known & inside).astype(np.int32)
    moved = np.flatnonzero(inside & network.of_kind(["Consignment"]))
    everyone = np.arange(n, dtype=np.int32)
    return Pipes(
        nodes=2 * n,
        owner=np.concatenate([everyone, everyone]),
        source=np.concatenate([network.source[out], loads, network.target[into] + n]).astype(np.int32),
        target=np.concatenate([network.target[out], loads + n, network.source[into]]).astype(np.int32),
        capacity=np.concatenate([np.full(len(out), np.inf), weight[loads], np.full(len(into), np.inf)]),
        unit="kg",
        unknown=int((~known[moved]).sum()),
    )
