"""The server store for teams: Neo4j, official driver, constraints first, UNWIND and MERGE in managed transactions.

A node has the label ``Entity`` and that of its kind, a relationship's type is its kind; both carry ``facts`` (see
:mod:`vinculo.graph.stores.neo4j_rows`). One database holds one case. The driver is loaded when such a store is opened.
"""

from __future__ import annotations

import heapq
import json
import os
import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vinculo.graph.errors import StoreError, StoreVersionError, UsageError
from vinculo.graph.facts import UNIT
from vinculo.graph.paths import Step, in_time, shortest
from vinculo.graph.schema import descendants
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.search import CANDIDATES, ranked
from vinculo.graph.store import AT_SCHEMA, EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.stores import StoreKind, hide_password
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_read as reading
from vinculo.graph.stores.neo4j_records import Records, now
from vinculo.graph.types import (
    Batch,
    Entity,
    Hit,
    Link,
    Manifest,
    Neighbourhood,
    Path,
    Source,
)

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Transaction

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


class Neo4jStore(Records):
    """A :class:`vinculo.graph.store.Store` in one database of a Neo4j server. Safe to use from several threads."""

    def __init__(self, url: str, *, create: bool = True, read_only: bool = False) -> None:
        from vinculo.graph.stores.neo4j_connection import Connection

        self.url = url
        self._owner = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
        self._numbers: dict[tuple[str, str], int] = {}
        self._db = Connection(url, read_only=read_only)
        try:
            self._checked(create and not read_only)
            if not read_only:
                for (number,) in self._db.rows(queries.UNFINISHED):
                    self._withdraw(number)
        except BaseException:
            self.close()
            raise

    # -- opening -------------------------------------------------------------------------------------------------
    def _checked(self, create: bool) -> None:
        found = self._db.rows(queries.META)
        if not found:
            if self._db.rows(queries.CONTENTS)[0][0]:
                raise StoreError("neo4j_other_data", url=hide_password(self.url))
            if not create:
                raise StoreError("store_missing", url=hide_password(self.url))
        elif found[0][0] != queries.SCHEMA_VERSION:
            raise StoreVersionError(
                "store_version", url=hide_password(self.url), found=found[0][0], wanted=queries.SCHEMA_VERSION
            )
        if create:
            there = {name for (name,) in self._db.rows("SHOW CONSTRAINTS YIELD name")}
            there |= {name for (name,) in self._db.rows("SHOW INDEXES YIELD name")}
            absent = [s for name, s in queries.schema_statements().items() if name not in there]
            if absent:
                self._db.schema(absent)
        if not found:
            self._db.write(lambda tx: tx.rows(queries.MAKE_META, schema=queries.SCHEMA_VERSION))

    def close(self) -> None:
        """Release the connections."""
        self._db.close()

    @property
    def server(self) -> str:
        """What the server says it is, e.g. ``Neo4j Kernel 5.26.30``."""
        return self._db.server

    # -- writing -------------------------------------------------------------------------------------------------
    def begin_run(self, source: Source, *, at: str = "") -> int:
        # the token makes it one run even where the reply is lost and the work is done again
        values = {"token": uuid.uuid4().hex, "source": self._source_number(source), "now": at or now()}
        return int(self._db.write(lambda tx: tx.rows(queries.BEGIN_RUN, **values))[0][0])

    def write(self, batch: Batch, manifest: Manifest) -> None:
        from vinculo.graph.stores.neo4j_connection import EndsDiffer
        from vinculo.graph.stores.neo4j_write import prepare, write_batch

        source = self._source_number(manifest.source)
        ready = prepare(batch, source)
        key = f"{source}:{manifest.number}"

        def there(tx: Transaction) -> bool:
            return bool(tx.rows(queries.MANIFEST_THERE, key=key))

        def work(tx: Transaction) -> None:
            write_batch(tx, ready, batch, manifest, source, careful)

        for careful in (False, True):
            try:
                self._db.exclusively(self._owner, there, work)
                return
            except EndsDiffer:
                if careful:
                    raise

    def finish_run(self, run: int, status: str, counts: dict[str, int], *, at: str = "") -> None:
        values = {"run": run, "status": status, "counts": json.dumps(counts, sort_keys=True), "now": at or now()}
        self._db.write(lambda tx: tx.rows(queries.FINISH_RUN, **values))

    def withdraw(self, source: Source) -> dict[str, int]:
        known = [no for no, s in self._sources_by_number().items() if s.key == source.key]
        if not known:
            raise UsageError("unknown_source", source=source.file or source.sha256)
        return self._withdraw(known[0])

    def _withdraw(self, number: int) -> dict[str, int]:
        from vinculo.graph.stores.neo4j_write import withdraw_source

        def each(work: Callable[[Transaction], Any]) -> Any:
            return self._db.exclusively(self._owner, lambda tx: False, work)

        return withdraw_source(self._db, number, self._present(), each)

    # -- reading a few -------------------------------------------------------------------------------------------
    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        wanted = list(dict.fromkeys(ids))
        rows = self._db.rows(queries.ENTITIES, ids=wanted)
        sources = self._sources_by_number() if rows else {}
        return {id: Entity(id, kind, name, *reading.merged(facts, sources)) for id, kind, name, facts in rows}

    def links(self, ids: Sequence[str]) -> dict[str, Link]:
        wanted, present = list(dict.fromkeys(ids)), self._present()
        rows = self._db.rows(queries.links_by_id(present), ids=wanted) if wanted and present else []
        sources = self._sources_by_number() if rows else {}
        made = {id: Link(id, k, s, t, *reading.merged(facts, sources)) for id, k, s, t, facts in rows}
        return {id: made[id] for id in wanted if id in made}

    def neighbours(
        self, id: str, *, hops: int = 1, kinds: Sequence[str] | None = None, limit: int = 50
    ) -> Neighbourhood:
        counted = self._db.rows(queries.totals(kinds), id=id)
        if not counted:
            raise UsageError("unknown_entity", id=id)
        totals = {kind: int(n) for kind, n in counted if kind is not None}
        seen: dict[str, None] = {id: None}
        links: dict[str, None] = {}
        front, truncated = [id], False
        query = queries.around(kinds)
        for _ in range(hops):
            grown: list[str] = []
            for _, link, _, source, target in self._db.rows(query, ids=front, limit=limit + 1) if front else ():
                if link in links:
                    continue
                if len(links) >= limit:
                    truncated = True
                    break
                links[link] = None
                for end in (source, target):
                    if end not in seen:
                        seen[end] = None
                        grown.append(end)
            if truncated:
                break
            front = grown
        entities = self.entities([id, *sorted(seen.keys() - {id})])
        return Neighbourhood(id, tuple(entities.values()), tuple(self.links(list(links)).values()), totals, truncated)

    def links_at(
        self,
        ids: Sequence[str],
        *,
        among: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        limit: int = 20_000,
    ) -> pa.Table:
        here = list(dict.fromkeys(ids))
        there = None if among is None else list(dict.fromkeys([*here, *among]))
        rows = self._db.rows(queries.links_at(kinds), ids=here, among=there, limit=limit)
        columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * len(AT_SCHEMA)
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, AT_SCHEMA, strict=True)], schema=AT_SCHEMA)

    def paths(
        self,
        a: str,
        b: str,
        *,
        max_hops: int = 6,
        kinds: Sequence[str] | None = None,
        time_ordered: bool = False,
        limit: int = 5,
    ) -> list[Path]:
        known = self.entities([a, b])
        for id in (a, b):
            if id not in known:
                raise UsageError("unknown_entity", id=id)
        ways = {forward: queries.steps(kinds, forward) for forward in (False, True)}

        def adjacent(nodes: list[Any], forward: bool) -> Iterator[Step]:
            for start in range(0, len(nodes), 1_000):
                yield from (Step(*r) for r in self._db.rows(ways[forward], ids=nodes[start : start + 1_000]))

        search = in_time if time_ordered else shortest
        found = search(adjacent, a, b, max_hops=max_hops, limit=limit, names=lambda nodes: {n: str(n) for n in nodes})
        entities = self.entities([str(n) for nodes, _ in found for n in nodes])
        links = self.links([link for _, chain in found for link in chain])
        return [Path(tuple(entities[str(n)] for n in nodes), tuple(links[x] for x in chain)) for nodes, chain in found]

    def search(self, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
        spread = None if kinds is None else sorted({d for k in kinds for d in descendants(kind_of(k).name)})
        if not self._db.read_only:
            self._db.rows(queries.REFRESH)
        heads: dict[str, tuple[str, str, list[str]]] = {}
        for terms in reading.lookups(text):
            rows = self._db.rows(queries.FOUND, terms=terms, kinds=spread, limit=CANDIDATES)
            heads |= {id: (kind, name, facts) for id, kind, name, facts in rows}
        return ranked(text, reading.candidates(heads), limit)

    # -- reading in bulk -----------------------------------------------------------------------------------------
    def nodes(self) -> pa.Table:
        pages = reading.pages(self._db, queries.NODES)
        return reading.by_id(([code, id, kind, name] for id, code, kind, name in pages), NODE_SCHEMA)

    def edges(self, kinds: Sequence[str] | None = None) -> pa.Table:
        def pages() -> Iterator[list[Any]]:
            for kind in self._present() if kinds is None else sorted({kind_of(k).name for k in kinds}):
                for id, *rest in reading.pages(self._db, queries.edges(kind)):
                    yield [id, [kind] * len(id), *rest]

        return reading.by_id(pages(), EDGE_SCHEMA)

    def table(self, kind: str, properties: Sequence[str]) -> pa.Table:
        starts = [f"{p}{UNIT}" for p in properties]
        return reading.property_table(self._db.chunks(queries.some_facts(kind), starts=starts), properties)

    def statements(self, source: Source | None = None) -> Iterator[tuple[str, pa.Table]]:
        sources = self._sources_by_number()
        only = None if source is None else next((no for no, s in sources.items() if s.key == source.key), -1)
        mark = "" if only is None else f"{UNIT}{only}:"
        for ids, _, facts in reading.pages(self._db, queries.ENTITY_PAGE, mark=mark):
            table = reading.assertions(facts, sources, only)
            yield from (("entity", t) for t in reading.with_heads(table, {"id": ids}))

        def links(kind: str) -> Iterator[tuple[Any, ...]]:
            for ids, *rest in reading.pages(self._db, queries.link_page(kind), mark=mark):
                yield from zip(ids, [kind] * len(ids), *rest, strict=True)

        streams = [links(kind) for kind in self._present()]
        for rows in reading.portions(heapq.merge(*streams, key=lambda r: r[0])):
            table = reading.assertions([r[4] for r in rows], sources, only)
            heads = {name: [r[at] for r in rows] for at, name in ((0, "id"), (2, "source"), (3, "target"))}
            yield from (("link", t) for t in reading.with_heads(table, heads))

    def taints(self) -> dict[str, str]:
        tainted = {str(no): s.taint for no, s in self._sources_by_number().items() if s.taint}
        found: dict[str, str] = {}
        if tainted:
            asked = {"sources": sorted(tainted), "unit": UNIT}
            for query in (queries.TAINTED_ENTITIES, *map(queries.tainted_links, self._present())):
                for ids, facts in self._db.chunks(query, **asked):
                    found |= {
                        id: max(tainted[reading.source_of(f)] for f in own) for id, own in zip(ids, facts, strict=True)
                    }
        return found


STORE = StoreKind(
    name="neo4j",
    schemes=SCHEMES,
    opens=lambda url, create, read_only: Neo4jStore(url, create=create, read_only=read_only),
)
