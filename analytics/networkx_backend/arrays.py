"""A graph as NetworkX sees it, as arrays: nodes in NetworkX' order, and each node's neighbours in theirs."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from vinculo.graph.network import Codes, Csr, Floats, Ints, csr

_ADDED_UP = {"sum": np.add, "least": np.minimum}


class ArrayGraph:
    """A graph with any hashable nodes, directed or not, parallel links or not, to call NetworkX' functions on.

    Attributes
    ----------
    nodes : list
        A node's number is its place.
    directed, multigraph : bool
        As NetworkX means them.
    ptr, neighbours : int64, int32 arrays
        Where the links of each node lead, parallel ones side by side; without direction a link stands at both of its ends,
        one from a node to itself once.
    attributes : dict of str to float64 array
        One number per entry of ``neighbours``.
    whole : frozenset of str
        Attributes that are whole numbers throughout.

    Examples
    --------
    >>> import networkx as nx
    >>> ptr, neighbours = np.array([0, 1, 2]), np.array([1, 0], np.int32)
    >>> nx.number_connected_components(ArrayGraph(["a", "b"], ptr, neighbours))
    1
    """

    __networkx_backend__ = "vinculo"

    def __init__(
        self,
        nodes: list[Any],
        ptr: Ints,
        neighbours: Codes,
        attributes: dict[str, Floats] | None = None,
        *,
        directed: bool = False,
        multigraph: bool = False,
        whole: frozenset[str] = frozenset(),
    ) -> None:
        self.nodes = nodes
        self.ptr = ptr
        self.neighbours = neighbours
        self.attributes = attributes or {}
        self.directed = directed
        self.multigraph = multigraph
        self.whole = whole
        self._simple: dict[tuple[str | None, str], Csr] = {}

    def is_directed(self) -> bool:
        """Whether links have a direction; asked by NetworkX before it calls."""
        return self.directed

    def is_multigraph(self) -> bool:
        """Whether two nodes may be joined by several links; asked by NetworkX before it calls."""
        return self.multigraph

    def __len__(self) -> int:
        """Number of nodes."""
        return len(self.nodes)

    def __iter__(self) -> Iterator[Any]:
        """The nodes in order."""
        return iter(self.nodes)

    def __contains__(self, node: object) -> bool:
        """Whether it is a node."""
        return isinstance(node, Hashable) and node in self.index

    @cached_property
    def index(self) -> dict[Any, int]:
        """Number of each node."""
        return dict(zip(self.nodes, range(len(self.nodes)), strict=True))

    @cached_property
    def rows(self) -> Codes:
        """The node each entry of ``neighbours`` belongs to."""
        return np.repeat(np.arange(len(self.nodes), dtype=np.int32), np.diff(self.ptr))

    def weights(self, name: str | None) -> Floats:
        """One number per entry; 1 each without a name or where no link has the attribute."""
        if name is None or name not in self.attributes:
            return np.ones(len(self.neighbours))
        return self.attributes[name]

    def is_whole(self, name: str | None) -> bool:
        """Whether sums of these weights are whole numbers, which NetworkX gives as such."""
        return name is None or name not in self.attributes or name in self.whole

    def simple(self, weight: str | None = None, *, parallel: str = "sum") -> Csr:
        """Parallel links as one, in the order of the neighbours; links from a node to itself stay.

        Parameters
        ----------
        weight : str, optional
            Attribute; 1 each by default.
        parallel : str
            ``sum`` or ``least`` of the weights of parallel links; without a weight the sum is their number.
        """
        key = (weight, parallel)
        if key not in self._simple:
            self._simple[key] = self._merged(self.weights(weight), parallel)
        return self._simple[key]

    def _merged(self, weights: Floats, parallel: str) -> Csr:
        entries = np.arange(len(self.neighbours), dtype=np.int32)
        if not self.multigraph or not len(entries):
            return Csr(self.ptr, self.neighbours, entries, weights)
        rows = self.rows
        new = np.ones(len(rows), np.bool_)
        new[1:] = (rows[1:] != rows[:-1]) | (self.neighbours[1:] != self.neighbours[:-1])
        first = np.flatnonzero(new)
        ptr = np.searchsorted(first, self.ptr).astype(np.int64)
        merged = _ADDED_UP[parallel].reduceat(weights, first)
        return Csr(ptr, self.neighbours[first], first.astype(np.int32), merged)

    def towards(self, weight: str | None = None) -> Csr:
        """Links against their direction, parallel ones added up."""
        graph = self.simple(weight)
        return transposed(graph) if self.directed else graph

    def keyed(self, values: npt.NDArray[Any]) -> dict[Any, Any]:
        """One value per node, as NetworkX' functions give them."""
        return dict(zip(self.nodes, values.tolist(), strict=True))

    def grouped(self, labels: Codes, count: int | None = None) -> list[set[Any]]:
        """Nodes with the same label as sets, in the order of the labels, which run from 0."""
        sizes = np.bincount(labels, minlength=count or 0)
        if not len(sizes):
            return []
        largest = int(sizes.argmax())
        # most nodes are often in one group: it is copied whole and the others taken out, which is faster than making it
        copied = 2 * sizes[largest] > len(labels)
        placed = np.argsort(labels, kind="stable")
        if copied:
            placed = placed[labels[placed] != largest]
            sizes[largest] = 0
        in_order = self._objects[placed].tolist()
        ends = np.cumsum(sizes).tolist()
        made = [set(in_order[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        if copied:
            made[largest] = set(self._whole)
            made[largest].difference_update(in_order)
        return made

    @cached_property
    def _whole(self) -> frozenset[Any]:
        return frozenset(self.nodes)

    @cached_property
    def _objects(self) -> npt.NDArray[Any]:
        # filled, for numpy would make rows of nodes that are tuples
        made = np.empty(len(self.nodes), object)
        made[:] = self.nodes
        return made


def transposed(graph: Csr) -> Csr:
    """Every entry at its other end."""
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    return csr(graph.nodes, graph.neighbours, rows, graph.weights)


def without_loops(graph: Csr) -> tuple[Csr, Floats]:
    """The graph without links from a node to itself, and their weight at each node."""
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    looped = rows == graph.neighbours
    loops = np.zeros(graph.nodes)
    if not looped.any():
        return graph, loops
    np.add.at(loops, rows[looped], graph.weights[looped])
    keep = ~looped
    return csr(graph.nodes, rows[keep], graph.neighbours[keep], graph.weights[keep], graph.links[keep]), loops
