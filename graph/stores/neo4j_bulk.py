"""Reading the whole of Neo4j into Arrow, page by page."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from vinculo.graph.facts import UNIT
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_read as reading
from vinculo.graph.stores.assembly import by_id, table_of
from vinculo.graph.stores.neo4j_records import Records
from vinculo.graph.stores.neo4j_view import View
from vinculo.graph.types import Source


class Bulk(Records):
    """The part of the store that gives everything."""

    def nodes(self) -> pa.Table:
        pages = reading.pages(self._view(), queries.NODES)
        return by_id((table_of([code, id, kind, name], NODE_SCHEMA) for id, code, kind, name in pages), NODE_SCHEMA)

    def edges(self, kinds: Sequence[str] | None = None) -> pa.Table:
        view = self._view()

        def pages() -> Iterator[pa.Table]:
            for kind in self._present() if kinds is None else sorted({kind_of(k).name for k in kinds}):
                for id, *rest in reading.pages(view, queries.edges(kind)):
                    yield table_of([id, [kind] * len(id), *rest], EDGE_SCHEMA)

        return by_id(pages(), EDGE_SCHEMA)

    def table(self, kind: str, properties: Sequence[str]) -> pa.Table:
        starts = [f"{p}{UNIT}" for p in properties]
        view = self._view()
        return reading.property_table(view.chunks(queries.some_facts(kind), starts=starts), properties, view.hidden)

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
        view = self._view()
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
