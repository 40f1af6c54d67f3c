"""What comes of seeing a network through a projection: a graph, what it rests on, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.part import Part
from vinculo.analytics.projecting.records import Meeting, Records
from vinculo.graph.network import Codes, Csr, Floats, Ints, Network, csr, simple_csr

#: Columns of :attr:`Projected.touched`.
TOUCHED = pa.schema(
    [
        ("id", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("rule", pa.string()),
        ("treatment", pa.string()),
        ("many", pa.int64()),
        ("ties", pa.int64()),
    ]
)


@dataclass(frozen=True, eq=False)
class Ties:
    """Ties between two nodes (numbers of the whole network), in order, and the records behind each.

    Tie ``k`` joins ``a[k]`` and ``b[k]`` and rests on the records ``order[ptr[k]:ptr[k + 1]]``, which are ``many[k]`` links and
    shared nodes: one that is shared in several roles counts once.
    """

    a: Codes
    b: Codes
    weight: Floats
    ptr: Ints
    order: Codes
    many: Ints
    records: Records


@dataclass(frozen=True, eq=False)
class Projected:
    """A network seen through a projection.

    Attributes
    ----------
    projection : Projection
    source : Network
        The whole network.
    nodes : int32 array
        Numbers, in the whole network, of the nodes that take part; a node's number in ``graph`` is its place here.
    graph : Csr
        Simple and weighted, without loops; undirected unless the projection keeps directions. ``links`` names, for each tie, the
        row in the whole network of the first link it rests on.
    loops : float64 array
        Weight of each node's ties to itself; zeros where they are left out.
    touched : pyarrow.Table
        ``id``, ``kind``, ``name`` of each node that a hub rule touched, which ``rule`` (``generic``, ``crowded``, ``budget``),
        the ``treatment``, how ``many`` meet there or it has ties to, and how many ``ties`` it was about; most first.
    unknown : dict
        Links and shared nodes that took no part, or only by a guess: ``no_amount``, ``other_currency``, ``not_positive``,
        ``no_date``, ``outside_dates``, ``without_end`` (an end takes no part), ``loops``, ``beyond_budget``; what is not there is
        none.
    truncated : bool
        The work allowed (``most_pairs``) was not enough; ``touched`` says what was left out.
    """

    projection: Projection
    source: Network
    nodes: Codes
    graph: Csr
    loops: Floats
    touched: pa.Table
    unknown: dict[str, int]
    truncated: bool
    ties: Ties = field(repr=False)
    part: Part = field(repr=False)
    meetings: dict[int, tuple[Meeting, Meeting]] = field(repr=False)

    def __len__(self) -> int:
        """Number of nodes that take part."""
        return len(self.nodes)

    @cached_property
    def network(self) -> Network:
        """The nodes that take part, with the links among them; their numbers are those of ``graph``."""
        return self.source.within(self.nodes)

    @cached_property
    def into(self) -> Csr:
        """The graph against its direction; the same where it has none."""
        if not self.projection.directed:
            return self.graph
        return csr(self.graph.nodes, self.graph.neighbours, self._rows, self.graph.weights, self.graph.links)

    @cached_property
    def undirected(self) -> Csr:
        """The graph without direction: what runs both ways is added up."""
        if not self.projection.directed:
            return self.graph
        a, b = np.minimum(self._rows, self.graph.neighbours), np.maximum(self._rows, self.graph.neighbours)
        return simple_csr(self.graph.nodes, a, b, self.graph.weights, links=self.graph.links)

    @property
    def _rows(self) -> Codes:
        return np.repeat(np.arange(self.graph.nodes, dtype=np.int32), self.graph.degrees)

    @property
    def left_out(self) -> pa.Table:
        """Of what the hub rules touched, what was left out."""
        return self.touched.filter(pc.equal(self.touched["treatment"], "left_out"))

    def as_json(self) -> dict[str, Any]:
        """What a result says of where it comes from: the projection, its id, how much there was, what the hub rules left out."""
        gone = self.left_out.num_rows
        return {
            **self.projection.with_id(),
            "found": {
                "nodes": len(self),
                "ties": len(self.ties.a),
                "hubs_left_out": gone,
                "hubs_damped": self.touched.num_rows - gone,
                "unknown": self.unknown,
                "truncated": self.truncated,
            },
        }

    def tie_names(self, a: str, b: str) -> list[str]:
        """By which of the projection's ties two nodes are joined, in its order."""
        of = {int(self.ties.records.tie[r]) for r in self._behind(a, b)}
        return [t.name for k, t in enumerate(self.projection.ties) if k in of]

    def evidence(self, a: str, b: str) -> list[str]:
        """Ids of the links behind a tie, in order; none where there is no tie.

        A payment between accounts comes with the links that say who holds them, a shared node with the links by which both have
        it. Where directions are kept this is the tie from ``a`` to ``b``.
        """
        records = self.ties.records
        rows: set[int] = set()
        for r in self._behind(a, b):
            x, y, shared = int(records.a[r]), int(records.b[r]), int(records.shared[r])
            if shared < 0:
                link = int(records.link[r])
                rows.add(link)
                rows.update(self._holding(int(self.source.source[link]), (x, y)))
                rows.update(self._holding(int(self.source.target[link]), (x, y)))
                continue
            sides = self.meetings[int(records.tie[r])]
            for node in (x, y):
                for side in sides:
                    for link in side.between(shared, node).tolist():
                        ends = {int(self.source.source[link]), int(self.source.target[link])} - {shared}
                        rows.add(link)
                        rows.update(*(self._holding(end, (node,)) for end in ends))
        found = self.source.link_ids.take(pa.array(sorted(rows), pa.int64()))
        return [str(i) for i in found.to_pylist()]

    def _behind(self, a: str, b: str) -> list[int]:
        """Numbers of the records behind a tie."""
        i, j = (int(k) for k in self.source.index([a, b]))
        if not self.projection.directed:
            i, j = min(i, j), max(i, j)
        start, end = np.searchsorted(self.ties.a, [i, i + 1])
        k = start + int(np.searchsorted(self.ties.b[start:end], j))
        if min(i, j) < 0 or k >= end or self.ties.b[k] != j:
            return []
        return [int(r) for r in self.ties.order[self.ties.ptr[k] : self.ties.ptr[k + 1]]]

    def _holding(self, node: int, holders: tuple[int, ...]) -> list[int]:
        """Rows of the links by which some stand for a node."""
        if not self.part.held[node]:
            return []
        into = self.source.into
        at = slice(into.ptr[node], into.ptr[node + 1])
        rows = into.links[at][np.isin(into.neighbours[at], holders)]
        kinds = self.source.links["kind"].take(pa.array(rows)).to_pylist()
        return [int(r) for r, kind in zip(rows.tolist(), kinds, strict=True) if kind in self.projection.held.by]
