"""Reading the whole of Neo4j into Arrow, a page of whole columns at a time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import UNIT
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_ranges as ranges
from vinculo.graph.stores import neo4j_read as reading
from vinculo.graph.stores.assembly import by_id, table_of
from vinculo.graph.stores.neo4j_records import Records
from vinculo.graph.stores.neo4j_view import View
from vinculo.graph.types import Source

Made = TypeVar("Made")
#: The end of a range of ids.
UNTIL = "AND {}.id <= $until"
NODE_SAMPLE = "MATCH (n:Entity) WHERE rand() < $share WITH n.id AS id ORDER BY id RETURN collect(id)"
#: How often a read of many pages is begun before it is told as it came.
TRIES = 3


def node_page(upper: str) -> str:
    """Entities with what is shown of them; ``upper`` is the end of a range, e.g. :data:`UNTIL`, or nothing."""
    return f"""MATCH (n:Entity) WHERE n.id > $after {upper.format("n")} AND {queries.seen("n")}
      WITH n, n.id AS id ORDER BY id LIMIT $limit RETURN collect(id), collect(n.code), collect(n.kind), collect(n.name)"""


def edge_page(name: str, upper: str) -> str:
    """Links of one kind with the codes of their ends and what follows from their facts; empty or not a number for nothing."""
    return f"""MATCH (a)-[r:{queries.link_type(name)}]->(b) WHERE r.id > $after {upper.format("r")} AND {queries.seen("r")}
      WITH a, r, b, r.id AS id ORDER BY id LIMIT $limit RETURN collect(id), collect(a.code), collect(b.code),
      collect(coalesce(r.date, '')), collect(coalesce(r.amount, 0.0 / 0.0)), collect(coalesce(r.currency, ''))"""


def edge_sample(name: str) -> str:
    """Ids of links of one kind, each with the likelihood ``$share``."""
    return f"MATCH ()-[r:{queries.link_type(name)}]->() WHERE rand() < $share WITH r.id AS id ORDER BY id RETURN collect(id)"


class Bulk(Records):
    """The part of the store that gives everything."""

    def nodes(self) -> pa.Table:
        def made(columns: Sequence[Any]) -> pa.Table:
            id, *rest = columns
            return table_of([rest[0], id, *rest[1:]], NODE_SCHEMA)

        def read(view: View) -> pa.Table:
            count = sum(queries.counted(view.rows(queries.counts()))[0].values())
            pages = node_page(UNTIL), node_page("")
            return by_id(ranges.read(view, [ranges.Sort(count, *pages, NODE_SAMPLE, made)]), NODE_SCHEMA)

        return self._steady(read)

    def edges(self, kinds: Sequence[str] | None = None) -> pa.Table:
        wanted = None if kinds is None else {kind_of(k).name for k in kinds}

        def read(view: View) -> pa.Table:
            sorts = [
                ranges.Sort(
                    n,
                    edge_page(kind, UNTIL),
                    edge_page(kind, ""),
                    edge_sample(kind),
                    partial(_edges, kind),
                )
                for kind, n in queries.counted(view.rows(queries.counts()))[1].items()
                if wanted is None or kind in wanted
            ]
            return by_id(ranges.read(view, sorts), EDGE_SCHEMA)

        return self._steady(read)

    def _steady(self, read: Callable[[View], Made]) -> Made:
        """What a read of many pages gives, begun again where a file was made visible or taken out meanwhile."""
        view = self._view()
        for _ in range(TRIES):
            made = read(view)
            before, view = view, self._view()
            if view.turn == before.turn:
                break
        return made

    def table(self, kind: str, properties: Sequence[str]) -> pa.Table:
        starts = [f"{p}{UNIT}" for p in properties]
        query = queries.some_facts(kind)
        return self._steady(
            lambda view: reading.property_table(view.chunks(query, starts=starts), properties, view.hidden)
        )

    def statements(self, source: Source | None = None) -> Iterator[tuple[str, pa.Table]]:
        view = self._view()
        if source is not None:
            # asked for by name, it is told whether published or not
            view = View(view.db, ())
        sources = self._sources_by_number()
        only = None if source is None else next((no for no, s in sources.items() if s.key == source.key), -1)
        mark = "" if only is None else f"{UNIT}{only}:"
        for ids, _, facts, _ in reading.pages(view, queries.ENTITY_PAGE, mark=mark):
            table = reading.assertions(facts, sources, only, view.hidden)
            yield from (("entity", t) for t in reading.with_heads(table, {"id": ids}))

        def links(kind: str) -> Iterator[tuple[Any, ...]]:
            for ids, *rest in reading.pages(view, queries.link_page(kind), mark=mark):
                yield from zip(ids, [kind] * len(ids), *rest, strict=True)

        streams = [links(kind) for kind in self._present()]
        for rows in reading.portions(heapq.merge(*streams, key=lambda r: r[:2])):
            table = reading.assertions([r[4] for r in rows], sources, only, view.hidden)
            heads = {name: [r[at] for r in rows] for at, name in ((0, "id"), (2, "source"), (3, "target"))}
            yield from (("link", t) for t in reading.with_heads(table, heads))

    def taints(self) -> dict[str, str]:
        return self._steady(self._taints)

    def _taints(self, view: View) -> dict[str, str]:
        hidden = {str(no) for no in view.hidden}
        tainted = {str(no): s.taint for no, s in self._sources_by_number().items() if s.taint and str(no) not in hidden}
        found: dict[str, str] = {}
        if tainted:
            asked = {"sources": sorted({*tainted, *hidden}), "unit": UNIT}
            for query in (queries.TAINTED_ENTITIES, *map(queries.tainted_links, self._present())):
                for ids, facts in view.chunks(query, **asked):
                    for id, own in zip(ids, facts, strict=True):
                        said = {reading.source_of(f) for f in own} - hidden
                        if said:
                            found[id] = max(tainted[number] for number in said)
        return found


def _edges(kind: str, columns: Sequence[Any]) -> pa.Table:
    """A page of links; on the server's side an empty text or no number stands for nothing."""
    id, source, target, date, amount, currency = columns
    texts = (pa.array(c, pa.string()) for c in (date, currency))
    dates, currencies = (pc.if_else(pc.equal(t, ""), pa.scalar(None, pa.string()), t) for t in texts)
    amounts = pa.array(amount, pa.float64(), from_pandas=True)
    kinds = pa.repeat(pa.scalar(kind), len(id))
    return pa.table(
        [pa.array(id, pa.string()), kinds, pa.array(source), pa.array(target), dates, amounts, currencies],
        schema=EDGE_SCHEMA,
    )
