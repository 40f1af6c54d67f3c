"""From NetworkX' graphs, from networks and from arrays to :class:`ArrayGraph`, and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

import networkx as nx
import numpy as np
import pyarrow as pa

from vinculo.analytics.networkx_backend.arrays import ArrayGraph
from vinculo.graph.network import Csr, Floats, Mask, Network, csr

_known: WeakKeyDictionary[Network, ArrayGraph] = WeakKeyDictionary()


def convert_from_nx(
    graph: Any,
    *,
    edge_attrs: dict[str, Any] | None = None,
    node_attrs: dict[str, Any] | None = None,
    preserve_edge_attrs: bool = False,
    preserve_node_attrs: bool = False,
    preserve_graph_attrs: bool = False,
    name: str | None = None,
    graph_name: str | None = None,
) -> ArrayGraph:
    """Take a graph of NetworkX over into arrays; NetworkX calls this, and keeps the result with the graph.

    Raises
    ------
    NotImplementedError
        For weights that are no numbers; NetworkX then runs itself where it may.
    """
    if preserve_edge_attrs:
        raise NotImplementedError("Vinculo takes over named weights only")
    if isinstance(graph, Network):
        return of_network(graph)
    nodes = list(graph)
    n = len(nodes)
    # a view gives its neighbours in an order of its own, so each is asked for
    near = [graph.adj[v] for v in nodes] if type(graph._adj) is not dict else [graph._adj[v] for v in nodes]
    plain = nodes == list(range(n))
    codes = range(n) if plain else dict(zip(nodes, range(n), strict=True))
    neighbours: Any = chain.from_iterable(near)
    if not plain:
        neighbours = map(codes.__getitem__, neighbours)
    degrees = np.fromiter(map(len, near), np.int64, n)
    flat = np.fromiter(neighbours, np.int32, int(degrees.sum()))
    data: list[Any] = []
    multigraph = graph.is_multigraph()
    if multigraph or edge_attrs:
        data = list(chain.from_iterable(d.values() for d in near))
    ptr = np.zeros(n + 1, np.int64)
    if multigraph:
        parallel = np.fromiter(map(len, data), np.int64, len(data))
        data = list(chain.from_iterable(d.values() for d in data))
        flat = np.repeat(flat, parallel)
        np.cumsum(degrees, out=ptr[1:])
        ptr = np.concatenate([[0], np.cumsum(parallel)])[ptr].astype(np.int64)
    else:
        np.cumsum(degrees, out=ptr[1:])
    columns = {a: [d.get(a, default) for d in data] for a, default in (edge_attrs or {}).items()}
    attributes = {a: _numbers(a, values) for a, values in columns.items()}
    whole = frozenset(a for a, values in columns.items() if set(map(type, values)) <= {int})
    return ArrayGraph(nodes, ptr, flat, attributes, directed=graph.is_directed(), multigraph=multigraph, whole=whole)


def _numbers(name: str, values: list[Any]) -> Floats:
    """The attribute of every entry; text is no number, though it may read like one."""
    if str in set(map(type, values)):
        raise NotImplementedError(f"some {name!r} are text")
    try:
        return np.fromiter(values, np.float64, len(values))
    except (TypeError, ValueError, OverflowError) as error:
        raise NotImplementedError(f"some {name!r} are no numbers: {error}") from None


def convert_to_nx(result: Any, *, name: str | None = None) -> Any:
    """A graph of NetworkX from one of ours; anything else as it is."""
    if isinstance(result, Network):
        return result.to_networkx()
    if not isinstance(result, ArrayGraph):
        return result
    made = {
        (False, False): nx.Graph,
        (False, True): nx.MultiGraph,
        (True, False): nx.DiGraph,
        (True, True): nx.MultiDiGraph,
    }[result.directed, result.multigraph]()
    made.add_nodes_from(result.nodes)
    rows, near = result.rows, result.neighbours
    once = np.ones(len(near), np.bool_) if result.directed else rows <= near
    names = list(result.attributes)
    columns = [result.attributes[a][once].tolist() for a in names]
    ends = zip(rows[once].tolist(), near[once].tolist(), strict=True)
    data = zip(*columns, strict=True) if columns else iter([()] * int(once.sum()))
    nodes = result.nodes
    made.add_edges_from(
        (nodes[a], nodes[b], dict(zip(names, d, strict=True))) for (a, b), d in zip(ends, data, strict=True)
    )
    return made


def arrays_of(graph: Any) -> ArrayGraph:
    """What a function of the backend is called with, as arrays."""
    return of_network(graph) if isinstance(graph, Network) else graph


def of_network(network: Network) -> ArrayGraph:
    """A network as NetworkX sees it: directed, with parallel links, as :meth:`Network.to_networkx` would give it.

    Made once for each network. The only weight is ``amount``, 1 where it is not known.
    """
    if network in _known:
        return _known[network]
    n = len(network)
    source, target = network.source, network.target
    pair = source.astype(np.int64) * n + target
    _, first, which = np.unique(pair, return_index=True, return_inverse=True)
    # a node's neighbours in the order of the first link to each, parallel links side by side
    order = np.lexsort((first[which], source)).astype(np.int32)
    amount = np.nan_to_num(network.links["amount"].to_numpy().astype(np.float64), nan=1.0)
    ptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=ptr[1:])
    made = ArrayGraph(
        network.ids.to_pylist(), ptr, target[order], {"amount": amount[order]}, directed=True, multigraph=True
    )
    _known[network] = made
    return made


def as_graph(ids: Sequence[Any] | pa.Array, graph: Csr, *, directed: bool = False) -> ArrayGraph:
    """A simple graph of arrays to call NetworkX' functions on; its weights are the attribute ``weight``.

    Parameters
    ----------
    ids : sequence or pyarrow.Array
        One per row of the graph.
    graph : Csr
        As :meth:`Network.simple` or :func:`vinculo.analytics.communities.projection` give it.
    directed : bool
        Whether a row holds one direction only.

    Examples
    --------
    >>> import networkx as nx
    >>> network = Network.from_links([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
    >>> nx.core_number(as_graph(network.ids, network.simple()))
    {'a': 2, 'b': 2, 'c': 2, 'd': 1}
    """
    nodes = ids.to_pylist() if isinstance(ids, pa.Array) else list(ids)
    return ArrayGraph(nodes, graph.ptr, graph.neighbours, {"weight": graph.weights}, directed=directed)


def simple_graph(network: Network, *, links: Mask | None = None, weights: Floats | None = None) -> ArrayGraph:
    """A network without direction and parallel links, to call on it what NetworkX allows on such graphs only.

    Links from a node to itself are left out. Parallel links count in the attribute ``weight``: their number, or the sum of
    the weights given.

    Parameters
    ----------
    network : Network
    links : bool array, optional
        Which links take part; all by default.
    weights : float64 array, optional
        One per link of the network.

    Examples
    --------
    >>> import networkx as nx
    >>> network = Network.from_links([("a", "b"), ("b", "a"), ("c", "d")])
    >>> sorted(map(sorted, nx.community.louvain_communities(simple_graph(network), seed=1)))
    [['a', 'b'], ['c', 'd']]
    """
    return as_graph(network.ids, network.simple(links=links, weights=weights))


def both_ways(graph: ArrayGraph, weight: str | None = None) -> Csr:
    """Every link at both of its ends; of a directed graph, a pair linked in both directions stands twice."""
    if not graph.directed:
        return graph.simple(weight)
    rows, near, weights = graph.rows, graph.neighbours, graph.weights(weight)
    ends = np.concatenate([rows, near]), np.concatenate([near, rows])
    return csr(len(graph), *ends, np.concatenate([weights, weights]))
