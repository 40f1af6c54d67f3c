"""One graph as arrays: built once from a store's Arrow tables, shared by every algorithm.

Nodes stand in the order of their ids and links in the order of theirs, whatever store they came from, so that an algorithm
that reads them in order gives the same result on every store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.network_order import changes, in_order
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA, Store

if TYPE_CHECKING:
    import networkx as nx

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Csr(NamedTuple):
    """Compressed rows: the neighbours of node ``i`` are ``neighbours[ptr[i]:ptr[i + 1]]``.

    ``links`` says by which link (row of the network) each of them is reached; ``weights`` how heavy it is.
    """

    ptr: Ints
    neighbours: Codes
    links: Codes
    weights: Floats

    @property
    def nodes(self) -> int:
        """Number of rows."""
        return len(self.ptr) - 1

    @property
    def degrees(self) -> Ints:
        """Neighbours of each node, parallel links counted each."""
        return np.diff(self.ptr)


def csr(nodes: int, rows: Codes, neighbours: Codes, weights: Floats | None = None, links: Codes | None = None) -> Csr:
    """Compress (row, neighbour) pairs; inside a row the given order stays.

    Parameters
    ----------
    nodes : int
        Number of rows.
    rows, neighbours : int32 arrays of equal length
        One pair per entry.
    weights : float64 array, optional
        One each, 1 by default.
    links : int32 array, optional
        Which link each entry is; its own position by default.

    Examples
    --------
    >>> made = csr(3, np.array([2, 0, 2], np.int32), np.array([0, 1, 1], np.int32))
    >>> made.ptr.tolist(), made.neighbours.tolist()
    ([0, 1, 1, 3], [1, 0, 1])
    """
    order = in_order(rows)
    return Csr(
        _starts(nodes, rows),
        neighbours[order].astype(np.int32, copy=False),
        order if links is None else links[order].astype(np.int32, copy=False),
        np.ones(len(rows)) if weights is None else weights[order],
    )


@dataclass(frozen=True, eq=False)
class Network:
    """A graph as arrays.

    Attributes
    ----------
    nodes : pyarrow.Table
        ``id``, ``kind``, ``name``, in the order of the ids; a node's number is its row.
    links : pyarrow.Table
        ``id``, ``kind``, ``date``, ``amount``, ``currency``, in the order of the ids.
    source, target : int32 arrays
        The nodes each link joins.

    NetworkX' functions take a network as it is, as a directed graph with parallel links, and have it run by the kernels
    (:mod:`vinculo.analytics.networkx_backend`).
    """

    #: Asked by NetworkX.
    __networkx_backend__: ClassVar[str] = "vinculo"

    nodes: pa.Table
    links: pa.Table
    source: Codes
    target: Codes

    @classmethod
    def from_tables(cls, nodes: pa.Table, edges: pa.Table) -> Network:
        """From tables as :meth:`Store.nodes` and :meth:`Store.edges` give them, in any order of rows.

        Examples
        --------
        >>> nodes = pa.table({"code": [7, 3], "id": ["b", "a"], "kind": ["Person"] * 2, "name": ["B", "A"]})
        >>> edges = EDGE_SCHEMA.empty_table()
        >>> Network.from_tables(nodes, edges).ids.to_pylist()
        ['a', 'b']
        """
        nodes = _by_id(nodes.select(NODE_SCHEMA.names).combine_chunks())
        edges = _by_id(edges.select(EDGE_SCHEMA.names).combine_chunks())
        ends = [_placed(nodes["code"].to_numpy(), edges[end].to_numpy()) for end in ("source", "target")]
        return cls(
            nodes=nodes.select(["id", "kind", "name"]),
            links=edges.select(["id", "kind", "date", "amount", "currency"]),
            source=ends[0],
            target=ends[1],
        )

    @classmethod
    def from_store(cls, store: Store, kinds: Sequence[str] | None = None) -> Network:
        """Everything in a store, or only the links of these kinds (all nodes stay)."""
        return cls.from_tables(store.nodes(), store.edges(kinds))

    @classmethod
    def from_links(
        cls, pairs: Iterable[tuple[str, str]], *, kind: str = "LINKED_TO", node_kind: str = "Thing"
    ) -> Network:
        """From pairs of ids alone, e.g. to try an algorithm on a published network.

        Examples
        --------
        >>> len(Network.from_links([("a", "b"), ("b", "c")]))
        3
        """
        ends = [(str(a), str(b)) for a, b in pairs]
        ids = sorted({i for pair in ends for i in pair})
        code = {id: i for i, id in enumerate(ids)}
        nodes = pa.table(
            {"code": range(len(ids)), "id": ids, "kind": [node_kind] * len(ids), "name": ids}, schema=NODE_SCHEMA
        )
        edges = pa.table(
            {
                "id": [f"{i:09d}" for i in range(len(ends))],
                "kind": [kind] * len(ends),
                "source": [code[a] for a, _ in ends],
                "target": [code[b] for _, b in ends],
                "date": pa.nulls(len(ends), pa.string()),
                "amount": pa.nulls(len(ends), pa.float64()),
                "currency": pa.nulls(len(ends), pa.string()),
            },
            schema=EDGE_SCHEMA,
        )
        return cls.from_tables(nodes, edges)

    def __len__(self) -> int:
        """Number of nodes."""
        return int(self.nodes.num_rows)

    def is_directed(self) -> bool:
        """Links have a direction; asked by NetworkX."""
        return True

    def is_multigraph(self) -> bool:
        """Two nodes may be joined by several links; asked by NetworkX."""
        return True

    @cached_property
    def ids(self) -> pa.StringArray:
        """Node ids; the position is the node's number."""
        return _whole(self.nodes["id"])

    @cached_property
    def link_ids(self) -> pa.StringArray:
        """Link ids; the position is the link's row."""
        return _whole(self.links["id"])

    def index(self, ids: pa.Array | pa.ChunkedArray | Sequence[str]) -> Codes:
        """Node numbers of these ids, -1 for an unknown one."""
        values = ids if isinstance(ids, pa.Array | pa.ChunkedArray) else pa.array(list(ids), pa.string())
        return _numbers(values, self.ids)

    def link_index(self, ids: pa.Array | pa.ChunkedArray) -> Codes:
        """Rows of these link ids, -1 for an unknown one."""
        return _numbers(ids, self.link_ids)

    def of_kind(self, kinds: Iterable[str]) -> Mask:
        """Which nodes have one of these kinds (give descendants yourself)."""
        return _mask(self.nodes["kind"], kinds)

    def links_of_kind(self, kinds: Iterable[str]) -> Mask:
        """Which links have one of these kinds."""
        return _mask(self.links["kind"], kinds)

    def within(self, nodes: Codes) -> Network:
        """Some of its nodes, by their numbers in ascending order, with the links among them.

        Examples
        --------
        >>> path = Network.from_links([("a", "b"), ("b", "c")])
        >>> part = path.within(np.array([1, 2], np.int32))
        >>> part.ids.to_pylist(), part.source.tolist(), part.target.tolist()
        (['b', 'c'], [0], [1])
        """
        if len(nodes) == len(self):
            return self
        number = np.full(len(self), -1, np.int32)
        number[nodes] = np.arange(len(nodes), dtype=np.int32)
        source, target = number[self.source], number[self.target]
        rows = np.flatnonzero((source >= 0) & (target >= 0))
        return Network(self.nodes.take(pa.array(nodes)), self.links.take(pa.array(rows)), source[rows], target[rows])

    @cached_property
    def out(self) -> Csr:
        """Every link in its direction."""
        return csr(len(self), self.source, self.target)

    @cached_property
    def into(self) -> Csr:
        """Every link against its direction."""
        return csr(len(self), self.target, self.source)

    @cached_property
    def undirected(self) -> Csr:
        """Every link at both of its ends, parallel links kept; a link from a node to itself stands twice."""
        links = np.arange(len(self.source), dtype=np.int32)
        return csr(
            len(self),
            np.concatenate([self.source, self.target]),
            np.concatenate([self.target, self.source]),
            links=np.concatenate([links, links]),
        )

    def simple(self, *, directed: bool = False, links: Mask | None = None, weights: Floats | None = None) -> Csr:
        """Parallel links added up to one, links from a node to itself left out, neighbours in order.

        Parameters
        ----------
        directed : bool
            Keep the direction; else each pair stands at both ends.
        links : bool array, optional
            Which links take part; all by default.
        weights : float64 array, optional
            One per link of the network; 1 each by default.

        Returns
        -------
        Csr
            ``links`` names, for each pair, the first of the links that were added up.
        """
        keep = self.source != self.target
        if links is not None:
            keep &= links
        rows = np.flatnonzero(keep)
        a, b = self.source[rows], self.target[rows]
        w = np.ones(len(rows)) if weights is None else weights[rows]
        if not directed:
            a, b = np.minimum(a, b), np.maximum(a, b)
        return simple_csr(len(self), a, b, w, directed=directed, links=rows.astype(np.int32))

    def to_networkx(self, ids: Sequence[str] | None = None, *, hops: int = 1) -> nx.MultiDiGraph:
        """As NetworkX knows graphs: the whole, or what stands within some hops of these ids.

        Nodes are ids with ``kind`` and ``name``; links have their id as key, and ``kind``, ``date``, ``amount``, ``currency``.

        Parameters
        ----------
        ids : sequence of str, optional
            Where to start; unknown ids are passed over. The whole graph by default.
        hops : int
            How far from them, regardless of direction.
        """
        import networkx as nx

        inside = np.ones(len(self), np.bool_)
        if ids is not None:
            inside[:] = False
            start = self.index(list(ids))
            inside[start[start >= 0]] = True
            for _ in range(hops):
                reached = inside.copy()
                reached[self.target[inside[self.source]]] = True
                reached[self.source[inside[self.target]]] = True
                inside = reached
        nodes = np.flatnonzero(inside)
        links = np.flatnonzero(inside[self.source] & inside[self.target])
        graph = nx.MultiDiGraph()
        for row in self.nodes.take(nodes).to_pylist():
            graph.add_node(row["id"], kind=row["kind"], name=row["name"])
        sources = self.ids.take(pa.array(self.source[links])).to_pylist()
        targets = self.ids.take(pa.array(self.target[links])).to_pylist()
        rows: list[dict[str, Any]] = self.links.take(links).to_pylist()
        for a, b, row in zip(sources, targets, rows, strict=True):
            graph.add_edge(a, b, key=row.pop("id"), **{k: v for k, v in row.items() if v is not None})
        return graph


def simple_csr(
    nodes: int, a: Codes, b: Codes, weights: Floats, *, directed: bool = False, links: Codes | None = None
) -> Csr:
    """A simple weighted graph from pairs: equal pairs are added up, in order of the pair.

    Without direction every pair must come with its smaller node as ``a``.

    Examples
    --------
    >>> made = simple_csr(2, np.array([0, 0], np.int32), np.array([1, 1], np.int32), np.array([1.0, 2.0]))
    >>> made.neighbours.tolist(), made.weights.tolist()
    ([1, 0], [3.0, 3.0])
    """
    links = np.arange(len(a), dtype=np.int32) if links is None else links
    order = in_order(a, b)
    a, b = a[order], b[order]
    first = np.flatnonzero(changes(a, b))
    summed = np.add.reduceat(weights[order], first) if len(first) else np.zeros(0)
    a, b, links = a[first], b[first], links[order[first]]
    return csr(nodes, a, b, summed, links) if directed else mirrored(nodes, a, b, summed, links)


def mirrored(nodes: int, a: Codes, b: Codes, weights: Floats, links: Codes) -> Csr:
    """A simple undirected graph from different pairs in order, the smaller node of each as ``a``.

    Examples
    --------
    >>> pair = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    >>> mirrored(3, *pair, np.ones(2), np.arange(2, dtype=np.int32)).neighbours.tolist()
    [1, 2, 0, 0]
    """
    # Entries against the direction first: sorted by (b, a), they put smaller neighbours before larger ones in every row.
    back = in_order(b)
    forth_ptr, back_ptr = _starts(nodes, a), _starts(nodes, b)
    each = np.arange(len(a))
    at_back, at_forth = each + forth_ptr[b[back]], each + back_ptr[a.astype(np.int64) + 1]
    size = 2 * len(a)
    made = Csr(forth_ptr + back_ptr, np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size))
    of_both: list[tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]] = [
        (made.neighbours, a, b),
        (made.links, links, links),
        (made.weights, weights, weights),
    ]
    for whole, against, along in of_both:
        whole[at_back] = against[back]
        whole[at_forth] = along
    return made


def _starts(nodes: int, rows: Codes) -> Ints:
    """Where each row begins, and where the last one ends."""
    ptr = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=nodes), out=ptr[1:])
    return ptr


def _placed(codes: Ints, wanted: Ints) -> Codes:
    """Where each of these codes stands."""
    if len(codes) and codes.min() >= 0 and codes.max() < 8 * len(codes) + 1024:
        # codes are mostly counted up: a table is twenty times as fast as a search
        place = np.zeros(int(codes.max()) + 1, np.int32)
        place[codes] = np.arange(len(codes), dtype=np.int32)
        return place[wanted]
    order = np.argsort(codes, kind="stable")
    return order[np.searchsorted(codes, wanted, sorter=order)].astype(np.int32)


def _by_id(table: pa.Table) -> pa.Table:
    ids = _whole(table["id"])
    if len(ids) > 1 and pc.any(pc.greater(ids[:-1], ids[1:])).as_py():
        return table.take(pc.sort_indices(ids))
    return table


def _whole(column: pa.ChunkedArray) -> pa.StringArray:
    made = column.combine_chunks()
    return pa.concat_arrays(made.chunks) if isinstance(made, pa.ChunkedArray) else made


def _numbers(values: pa.Array | pa.ChunkedArray, known: pa.Array) -> Codes:
    found = pc.fill_null(pc.index_in(values, value_set=known), -1)
    return np.asarray(found.to_numpy() if isinstance(found, pa.ChunkedArray) else found.to_numpy(zero_copy_only=False))


def _mask(column: pa.ChunkedArray, kinds: Iterable[str]) -> Mask:
    made = pc.is_in(column, value_set=pa.array(sorted(set(kinds)), pa.string()))
    return np.asarray(made.to_numpy(zero_copy_only=False) if isinstance(made, pa.Array) else made.to_numpy(), np.bool_)
