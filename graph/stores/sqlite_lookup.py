"""Reading a few things from the embedded store: entities, links, what stands around them, the way between two."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import UsageError
from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.paths import Step
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.store import AT_SCHEMA
from vinculo.graph.stores import assembly
from vinculo.graph.stores.sqlite_connection import FEW, Connection
from vinculo.graph.stores.sqlite_tables import SEEN
from vinculo.graph.types import Entity, Link, Neighbourhood, Path, Source

_ENTITIES = f"SELECT no, id, kind, name FROM entity WHERE origin {SEEN}"
_HEADS = f"""SELECT l.no, l.id, l.kind, s.id, t.id FROM link l JOIN entity s ON s.no = l.source
            JOIN entity t ON t.no = l.target WHERE l.origin {SEEN}"""


class Lookups:
    """The part of the store that answers about a few ids."""

    _db: Connection

    def _sources_by_number(self) -> dict[int, Source]:
        return assembly.sources_by_number(
            self._db.rows("SELECT no, dataset, sha256, file, synthetic, taint FROM source")
        )

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        wanted = list(dict.fromkeys(ids))
        found = self._entities_of(self._db.rows_in(f"{_ENTITIES} AND id IN ({{}})", wanted))
        by_id = {e.id: e for e in found.values()}
        return {id: by_id[id] for id in wanted if id in by_id}

    def _entities(self, numbers: Sequence[int]) -> dict[int, Entity]:
        return self._entities_of(self._db.rows_in(f"{_ENTITIES} AND no IN ({{}})", numbers))

    def _entities_of(self, rows: Iterator[tuple[Any, ...]]) -> dict[int, Entity]:
        heads = {no: (id, kind, name) for no, id, kind, name in rows}
        query = f"SELECT entity, source, record, kind, facts FROM entity_fact WHERE source {SEEN} AND entity IN ({{}})"
        said = self._said(self._db.rows_in(query, list(heads)))
        return {no: assembly.entity(*head, said.get(no, assembly.NOTHING)) for no, head in heads.items()}

    def links(self, ids: Sequence[str]) -> dict[str, Link]:
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Link] = {}
        heads = sorted(self._db.rows_in(f"{_HEADS} AND l.id IN ({{}})", wanted), key=lambda h: h[2])
        for link in self._links_of(heads).values():
            found.setdefault(link.id, link)
        return {id: found[id] for id in wanted if id in found}

    def _links(self, numbers: Sequence[int]) -> dict[int, Link]:
        return self._links_of(list(self._db.rows_in(f"{_HEADS} AND l.no IN ({{}})", numbers)))

    def _links_of(self, heads: Sequence[tuple[Any, ...]]) -> dict[int, Link]:
        query = f"""SELECT f.link, f.source, f.record, l.kind, f.facts FROM link_fact f JOIN link l ON l.no = f.link
                    WHERE f.source {SEEN} AND f.link IN ({{}})"""
        said = self._said(self._db.rows_in(query, [h[0] for h in heads]))
        return {
            no: assembly.link(id, kind, source, target, said.get(no, assembly.NOTHING))
            for no, id, kind, source, target in heads
        }

    def _said(self, rows: Iterator[tuple[Any, ...]]) -> dict[int, assembly.Told]:
        """What is said of each thing, from rows (number, source, record, kind, packed facts)."""
        statements: dict[int, list[tuple[str, int, int]]] = {}
        for no, source, record, kind, facts in rows:
            own = statements.setdefault(no, [])
            own.append((UNIT + kind, source, record))
            own.extend((pair, source, record) for pair in facts.split(RECORD) if pair)
        sources = self._sources_by_number()
        return {no: assembly.told(own, sources) for no, own in statements.items()}

    def _number(self, id: str) -> int:
        rows = self._db.rows(f"{_ENTITIES} AND id = ?", (id,))
        if not rows:
            raise UsageError("unknown_entity", id=id)
        return int(rows[0][0])

    def neighbours(
        self, id: str, *, hops: int = 1, kinds: Sequence[str] | None = None, limit: int = 50
    ) -> Neighbourhood:
        centre = self._number(id)
        only, kind_values = kind_filter(kinds)
        one_way = f"SELECT no, id, kind, source, target FROM link WHERE {{}} = ? AND origin {SEEN}{only}"
        both_ways = f"{one_way.format('source')} UNION {one_way.format('target')}"
        counted = f"SELECT kind, count(*) FROM ({both_ways}) GROUP BY kind ORDER BY kind"
        totals = {k: int(n) for k, n in self._db.rows(counted, [centre, *kind_values, centre, *kind_values])}

        def near(nodes: list[int], most: int) -> Iterator[tuple[int, int, int]]:
            for node in nodes:
                values = [node, *kind_values, node, *kind_values, most]
                for no, _, _, source, target in self._db.rows(f"{both_ways} ORDER BY kind, id LIMIT ?", values):
                    yield no, source, target

        found = assembly.around(centre, near, hops=hops, limit=limit)
        entities, links = self._entities([centre, *found.nodes]), self._links(found.links)
        return Neighbourhood(
            id,
            (entities[centre], *sorted((entities[no] for no in found.nodes), key=lambda e: e.id)),
            tuple(links[no] for no in found.links),
            totals,
            found.truncated,
        )

    def links_at(
        self,
        ids: Sequence[str],
        *,
        among: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        limit: int = 20_000,
    ) -> pa.Table:
        values = {"here": self._numbers_as_json(ids), "limit": limit}
        other = ""
        if among is not None:
            values["there"] = self._numbers_as_json([*ids, *among])
            other = " AND {} IN (SELECT value FROM json_each(:there))"
        only = ""
        if kinds is not None:
            values["kinds"] = json.dumps([kind_of(k).name for k in kinds])
            only = " AND kind IN (SELECT value FROM json_each(:kinds))"
        one_side = f"SELECT no FROM link WHERE origin {SEEN} AND {{}} IN (SELECT value FROM json_each(:here)){{}}{only}"
        both = " UNION ".join(
            one_side.format(a, other.format(b)) for a, b in (("source", "target"), ("target", "source"))
        )
        query = f"""SELECT l.id, l.kind, s.id, t.id, l.date, l.amount, l.currency FROM link l
                    JOIN entity s ON s.no = l.source JOIN entity t ON t.no = l.target
                    WHERE l.no IN ({both}) ORDER BY l.kind, l.id LIMIT :limit"""
        return assembly.table_of(zip(*self._db.rows(query, values), strict=True), AT_SCHEMA)

    def _numbers_as_json(self, ids: Sequence[str]) -> str:
        wanted = list(dict.fromkeys(ids))
        return json.dumps([no for (no,) in self._db.rows_in("SELECT no FROM entity WHERE id IN ({})", wanted)])

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
        start, end = self._number(a), self._number(b)
        only, kind_values = kind_filter(kinds)

        def adjacent(nodes: list[Any], forward: bool) -> Iterator[Step]:
            for some in assembly.portions(nodes, FEW):
                for side in ("source",) if forward else ("source", "target"):
                    marks = ",".join("?" * len(some))
                    query = f"""SELECT id || char(31) || kind, source, target, coalesce(date, '') FROM link
                                WHERE {side} IN ({marks}) AND origin {SEEN}{only}"""
                    yield from (Step(*row) for row in self._db.rows(query, [*some, *kind_values]))

        def links(keys: list[str]) -> dict[str, Link]:
            ids = sorted({key.rpartition(UNIT)[0] for key in keys})
            heads = list(self._db.rows_in(f"{_HEADS} AND l.id IN ({{}})", ids))
            return {f"{x.id}{UNIT}{x.kind}": x for x in self._links_of(heads).values()}

        return assembly.between(
            adjacent,
            start,
            end,
            max_hops=max_hops,
            time_ordered=time_ordered,
            limit=limit,
            names=lambda nodes: dict(self._db.rows_in("SELECT no, id FROM entity WHERE no IN ({})", sorted(nodes))),
            entities=self._entities,
            links=links,
        )


def kind_filter(kinds: Sequence[str] | None, column: str = "kind") -> tuple[str, list[str]]:
    """An SQL condition for kinds, checked against the schema; the values travel as parameters."""
    if kinds is None:
        return "", []
    names = [kind_of(k).name for k in kinds]
    return f" AND {column} IN ({','.join('?' * len(names))})", names
