"""What the server store keeps beside entities and links: sources, runs, batches, findings, suggestions, documents."""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vinculo.graph.stores import assembly
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores.neo4j_publish import START as START_PUBLISHING
from vinculo.graph.stores.neo4j_publish import refuse_withdrawn
from vinculo.graph.stores.neo4j_view import UNSEEN
from vinculo.graph.types import REJECT_SCHEMA, Finding, Manifest, Run, Source, Suggestion

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Connection, Transaction
    from vinculo.graph.stores.neo4j_view import View


class Records(ABC):
    """The part of the store that has no graph in it; nodes with JSON texts, each under a key of its own."""

    _db: Connection
    _numbers: dict[tuple[str, str], int]

    def _settled(self) -> Connection:
        """The connection, once nothing is half done: what every question and every write begins with."""
        return self._view().db

    @abstractmethod
    def _view(self) -> View:
        """The same, with the sources whose things are not to be seen."""

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
        return assembly.sources_by_number(self._db.rows(queries.SOURCES))

    def _present(self) -> list[str]:
        """Kinds of links that there are, seen or not, sorted."""
        return sorted(queries.counted(self._db.rows(queries.counts()))[1])

    # -- the record of what was loaded -----------------------------------------------------------------------------
    def begin_run(self, source: Source, *, at: str = "") -> int:
        self._settled()
        # the token makes it one run even where the reply is lost and the work is done again
        values = {"token": uuid.uuid4().hex, "source": self._source_number(source), "now": at or assembly.now()}
        return int(self._db.write(lambda tx: tx.rows(queries.BEGIN_RUN, **values))[0][0])

    def finish_run(self, run: int, status: str, counts: dict[str, int], *, at: str = "") -> None:
        told = json.dumps(counts, sort_keys=True)
        values = {"run": run, "status": status, "counts": told, "now": at or assembly.now()}

        def work(tx: Transaction) -> None:
            if status != "withdrawn":
                refuse_withdrawn(tx, run)
            tx.rows(queries.FINISH_RUN, **values)
            if status == "done":
                tx.rows(START_PUBLISHING, run=run)

        self._db.write(work)
        self._settled()

    def sources(self) -> list[Source]:
        return self._asserting(unpublished=False)

    def unpublished(self) -> list[Source]:
        """Sources that have a batch and are not published, by dataset, then sha256."""
        return self._asserting(unpublished=True)

    def _asserting(self, *, unpublished: bool) -> list[Source]:
        made = assembly.sources_by_number(self._view().rows(queries.ASSERTING, unpublished=unpublished))
        return sorted(made.values(), key=lambda s: s.key)

    def runs(self) -> list[Run]:
        rows = self._settled().rows(queries.RUNS)
        return assembly.runs(rows, self._sources_by_number())

    def fingerprints(self, dataset: str) -> dict[str, pa.Array]:
        rows = self._settled().rows(queries.FINGERPRINTS, dataset=dataset)
        return assembly.fingerprints((sha256, some) for sha256, some in rows)

    def manifests(self, source: Source) -> list[Manifest]:
        rows = self._settled().rows(queries.MANIFESTS, key=_key(*source.key))
        return [Manifest(source, run, number, records, assembly.fixed(some)) for run, number, records, some in rows]

    def rejects(self, source: Source) -> pa.Table:
        rows = self._settled().rows(queries.REJECTS, key=_key(*source.key))
        found = {r["record"]: r for (text,) in rows for r in json.loads(text)}
        return pa.Table.from_pylist([found[record] for record in sorted(found)], schema=REJECT_SCHEMA)

    def version(self) -> str:
        return "-".join(str(v) for v in self._settled().rows(queries.VERSION)[0])

    def counts(self) -> dict[str, dict[str, int]]:
        view = self._view()
        entities, links = queries.counted(view.rows(queries.counts()))
        found = {"entities": entities, "links": links}
        for sort, kind, n in view.rows(UNSEEN) if view.hidden else ():
            found[sort][kind] -= n
        return {sort: {kind: n for kind, n in some.items() if n} for sort, some in found.items()}

    # -- what people and analytics add -----------------------------------------------------------------------------
    def save_findings(self, typology: str, findings: Iterable[Finding]) -> None:
        rows = [assembly.finding_row(f) for f in findings]

        def work(tx: Transaction) -> None:
            tx.rows(queries.DROP_FINDINGS, typology=typology)
            tx.rows(queries.SAVE_FINDINGS, rows=rows)

        self._db.write(work)

    def findings(self, typology: str | None = None) -> list[Finding]:
        return assembly.findings((body,) for (body,) in self._db.rows(queries.FINDINGS, typology=typology))

    def save_suggestions(self, suggestions: Iterable[Suggestion]) -> None:
        rows = [[_key(row[0], row[1]), *row] for row in map(assembly.suggestion_row, suggestions)]
        self._db.write(lambda tx: tx.rows(queries.SAVE_SUGGESTIONS, rows=rows))

    def suggestions(self, id: str | None = None) -> list[Suggestion]:
        return assembly.suggestions(self._db.rows(queries.SUGGESTIONS, id=id))

    def save_document(self, collection: str, name: str, document: dict[str, Any]) -> None:
        body = assembly.packed(document)
        kept = {"key": _key(collection, name), "collection": collection, "name": name, "body": body}
        self._db.write(lambda tx: tx.rows(queries.SAVE_DOCUMENT, **kept))

    def collections(self) -> list[str]:
        return [name for (name,) in self._db.rows(queries.COLLECTIONS)]

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        rows = self._db.rows(queries.DOCUMENTS, collection=collection)
        return assembly.documents((name, body) for name, body in rows)

    def delete_document(self, collection: str, name: str) -> None:
        self._db.write(lambda tx: tx.rows(queries.DELETE_DOCUMENT, key=_key(collection, name)))


def _key(first: str, second: str) -> str:
    """Two texts as one unique text; neither can hold the separator unnoticed, for JSON escapes it."""
    return json.dumps([first, second], ensure_ascii=True)
