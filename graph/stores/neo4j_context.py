"""Context tables in the server store: a node for each part, its bytes whole, written and taken out in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vinculo.graph.context import numbered, spoiled
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores.neo4j_records import Records
from vinculo.graph.types import Source
from vinculo.graph.verifying import Difference

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Connection, Transaction

SAVE = """MERGE (c:Context {key: $key})
  SET c.dataset = $dataset, c.sha256 = $sha256, c.part = $part, c.body = $body"""
DROP = "MATCH (c:Context {dataset: $dataset, sha256: $sha256}) DELETE c"
HEADS = "MATCH (c:Context {part: 0}) RETURN c.dataset, c.sha256, c.body ORDER BY c.dataset, c.sha256"
PARTS = "MATCH (c:Context {dataset: $dataset, sha256: $sha256}) RETURN c.body ORDER BY c.part"
KEYS = "MATCH (c:Context) RETURN c.key, c.dataset, c.sha256, c.part ORDER BY c.key"
BODY = "MATCH (c:Context {key: $key}) RETURN c.body"


class Contexts(Records):
    """The part of the store that keeps published figures."""

    def save_context(self, source: Source, bodies: Sequence[bytes]) -> None:
        self._settled()
        self._source_number(source)

        def work(tx: Transaction) -> None:
            tx.rows(DROP, dataset=source.dataset, sha256=source.sha256)
            for dataset, sha256, part, body in numbered(bodies, source):
                key = json.dumps([dataset, sha256, part])
                tx.rows(SAVE, key=key, dataset=dataset, sha256=sha256, part=part, body=body)
            tx.rows(queries.CHANGED)

        self._db.write(work)

    def _drop_context(self, source: Source) -> None:
        self._db.write(lambda tx: tx.rows(DROP, dataset=source.dataset, sha256=source.sha256))

    def contexts(self) -> dict[tuple[str, str], bytes]:
        return {(dataset, sha256): bytes(body) for dataset, sha256, body in self._settled().rows(HEADS)}

    def context(self, source: Source) -> list[bytes]:
        rows = self._settled().rows(PARTS, dataset=source.dataset, sha256=source.sha256)
        return [bytes(body) for (body,) in rows]


def spoiled_contexts(db: Connection) -> Iterator[Difference]:
    """Parts that are not as they were written; one at a time, for they are large."""

    def every() -> Iterator[tuple[str, str, int, bytes]]:
        for key, dataset, sha256, part in db.rows(KEYS):
            for (body,) in db.rows(BODY, key=key):
                yield dataset, sha256, part, bytes(body)

    yield from spoiled(every())
