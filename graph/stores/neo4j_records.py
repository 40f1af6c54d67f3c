"""What the server store keeps beside entities and links: sources, runs, batches, findings, suggestions, documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_read as reading
from vinculo.graph.text import Text
from vinculo.graph.types import REJECT_SCHEMA, Finding, Manifest, Run, Source, Suggestion

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Connection, Transaction


class Records:
    """The part of the store that has no graph in it; nodes with JSON texts, each under a key of its own."""

    _db: Connection
    _numbers: dict[tuple[str, str], int]

    def _source_number(self, source: Source) -> int:
        if source.key not in self._numbers:

            def work(tx: Transaction) -> int:
                # the first statement takes a lock, so that no other process gives out the same number
                number = tx.rows(queries.NEXT_SOURCE)[0][0]
                made = tx.rows(
                    queries.SOURCE,
                    key=_key(*source.key),
                    dataset=source.dataset,
                    sha256=source.sha256,
                    file=source.file,
                    synthetic=source.synthetic,
                    taint=source.taint,
                    number=number,
                )
                return int(made[0][0])

            self._numbers[source.key] = self._db.write(work)
        return self._numbers[source.key]

    def _sources_by_number(self) -> dict[int, Source]:
        return {no: Source(d, s, f, y, t) for no, d, s, f, y, t in self._db.rows(queries.SOURCES)}

    def _present(self) -> list[str]:
        return list(self.counts()["links"])

    # -- the record of what was loaded -----------------------------------------------------------------------------
    def sources(self) -> list[Source]:
        made = [Source(d, s, f, y, t) for _, d, s, f, y, t in self._db.rows(queries.ASSERTING)]
        return sorted(made, key=lambda s: s.key)

    def runs(self) -> list[Run]:
        sources = self._sources_by_number()
        return [
            Run(no, sources[s], started, finished, status, json.loads(c))
            for no, s, started, finished, status, c in self._db.rows(queries.RUNS)
        ]

    def fingerprints(self, dataset: str) -> dict[str, pa.Array]:
        joined: dict[str, bytearray] = {}
        for sha256, some in self._db.rows(queries.FINGERPRINTS, dataset=dataset):
            joined.setdefault(sha256, bytearray()).extend(some)
        return {sha256: reading.fixed(bytes(some)) for sha256, some in joined.items()}

    def manifests(self, source: Source) -> list[Manifest]:
        rows = self._db.rows(queries.MANIFESTS, key=_key(*source.key))
        return [Manifest(source, run, number, records, reading.fixed(f)) for run, number, records, f in rows]

    def rejects(self, source: Source) -> pa.Table:
        found = {
            r["record"]: r for (t,) in self._db.rows(queries.REJECTS, key=_key(*source.key)) for r in json.loads(t)
        }
        return pa.Table.from_pylist([found[record] for record in sorted(found)], schema=REJECT_SCHEMA)

    def version(self) -> str:
        return "-".join(str(v) for v in self._db.rows(queries.VERSION)[0])

    def counts(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {"entities": {}, "links": {}}
        for sort, kind, n in sorted(self._db.rows(queries.counts())):
            if n:
                found[sort][kind] = n
        return found

    # -- what people and analytics add -----------------------------------------------------------------------------
    def save_findings(self, typology: str, findings: Iterable[Finding]) -> None:
        rows = [[f.id, f.typology, f.score, json.dumps(f.as_json(), ensure_ascii=False)] for f in findings]

        def work(tx: Transaction) -> None:
            tx.rows(queries.DROP_FINDINGS, typology=typology)
            tx.rows(queries.SAVE_FINDINGS, rows=rows)

        self._db.write(work)

    def findings(self, typology: str | None = None) -> list[Finding]:
        return [Finding.from_json(json.loads(b)) for (b,) in self._db.rows(queries.FINDINGS, typology=typology)]

    def save_suggestions(self, suggestions: Iterable[Suggestion]) -> None:
        rows = []
        for s in suggestions:
            left, right = sorted((s.left, s.right))
            rows.append([_key(left, right), left, right, s.score, s.why.en, s.why.es, s.judgement])
        self._db.write(lambda tx: tx.rows(queries.SAVE_SUGGESTIONS, rows=rows))

    def suggestions(self, id: str | None = None) -> list[Suggestion]:
        rows = self._db.rows(queries.SUGGESTIONS, id=id)
        return [
            Suggestion(left, right, score, Text(en, es), judgement) for left, right, score, en, es, judgement in rows
        ]

    def save_document(self, collection: str, name: str, document: dict[str, Any]) -> None:
        body = json.dumps(document, ensure_ascii=False, sort_keys=True)
        kept = {"key": _key(collection, name), "collection": collection, "name": name, "body": body}
        self._db.write(lambda tx: tx.rows(queries.SAVE_DOCUMENT, **kept))

    def collections(self) -> list[str]:
        return [name for (name,) in self._db.rows(queries.COLLECTIONS)]

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        return {n: json.loads(b) for n, b in self._db.rows(queries.DOCUMENTS, collection=collection)}

    def delete_document(self, collection: str, name: str) -> None:
        self._db.write(lambda tx: tx.rows(queries.DELETE_DOCUMENT, key=_key(collection, name)))


def _key(first: str, second: str) -> str:
    """Two texts as one unique text; neither can hold the separator unnoticed, for JSON escapes it."""
    return json.dumps([first, second], ensure_ascii=True)


def now() -> str:
    """This moment, as runs keep it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
