"""Reading a few things from Neo4j: entities, links, what stands around them, the way between two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import UsageError
from vinculo.graph.facts import UNIT
from vinculo.graph.paths import Step
from vinculo.graph.store import AT_SCHEMA
from vinculo.graph.stores import assembly
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores.neo4j_read import said
from vinculo.graph.stores.neo4j_records import Records
from vinculo.graph.stores.neo4j_view import View
from vinculo.graph.types import Entity, Link, Neighbourhood, Path

#: Ids in one question of a search for paths.
FEW = 1_000


class Lookups(Records):
    """The part of the store that answers about a few ids."""

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        return self._entities(self._view(), ids)

    def _entities(self, view: View, ids: Sequence[str]) -> dict[str, Entity]:
        rows = view.rows(queries.ENTITIES, ids=list(dict.fromkeys(ids)))
        sources = self._sources_by_number() if rows else {}
        return {
            id: assembly.entity(id, kind, name, said(facts, sources, view.hidden)) for id, kind, name, facts in rows
        }

    def links(self, ids: Sequence[str]) -> dict[str, Link]:
        found: dict[str, Link] = {}
        for (id, _), link in self._links(self._view(), ids).items():
            found.setdefault(id, link)
        return {id: found[id] for id in dict.fromkeys(ids) if id in found}

    def _links(self, view: View, ids: Sequence[str]) -> dict[tuple[str, str], Link]:
        """Links by id and kind, sorted by kind."""
        wanted, present = list(dict.fromkeys(ids)), self._present()
        rows = view.rows(queries.links_by_id(present), ids=wanted) if wanted and present else []
        sources = self._sources_by_number() if rows else {}
        return {
            (id, kind): assembly.link(id, kind, source, target, said(facts, sources, view.hidden))
            for id, kind, source, target, facts in sorted(rows, key=lambda r: r[1])
        }

    def neighbours(
        self, id: str, *, hops: int = 1, kinds: Sequence[str] | None = None, limit: int = 50
    ) -> Neighbourhood:
        view = self._view()
        counted = view.rows(queries.totals(kinds), id=id)
        if not counted:
            raise UsageError("unknown_entity", id=id)
        totals = {kind: int(n) for kind, n in counted if kind is not None}
        query = queries.around(kinds)

        def near(nodes: list[str], most: int) -> Iterator[tuple[tuple[str, str], str, str]]:
            for _, link, kind, source, target in view.rows(query, ids=nodes, limit=most):
                yield (link, kind), source, target

        found = assembly.around(id, near, hops=hops, limit=limit)
        entities = self._entities(view, [id, *found.nodes])
        links = self._links(view, [link for link, _ in found.links])
        return Neighbourhood(
            id, tuple(entities.values()), tuple(links[key] for key in found.links), totals, found.truncated
        )

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
        rows = self._view().rows(queries.links_at(kinds), ids=here, among=there, limit=limit)
        return assembly.table_of(zip(*rows, strict=True), AT_SCHEMA)

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
        view = self._view()
        known = self._entities(view, [a, b])
        for id in (a, b):
            if id not in known:
                raise UsageError("unknown_entity", id=id)
        ways = {forward: queries.steps(kinds, forward) for forward in (False, True)}

        def adjacent(nodes: list[Any], forward: bool) -> Iterator[Step]:
            for some in assembly.portions(nodes, FEW):
                for id, kind, *rest in view.rows(ways[forward], ids=some):
                    yield Step(f"{id}{UNIT}{kind}", *rest)

        def links(keys: list[str]) -> dict[str, Link]:
            found = self._links(view, [key.rpartition(UNIT)[0] for key in keys])
            return {f"{id}{UNIT}{kind}": link for (id, kind), link in found.items()}

        return assembly.between(
            adjacent,
            a,
            b,
            max_hops=max_hops,
            time_ordered=time_ordered,
            limit=limit,
            names=lambda nodes: {n: str(n) for n in nodes},
            entities=lambda nodes: self._entities(view, nodes),
            links=links,
        )
