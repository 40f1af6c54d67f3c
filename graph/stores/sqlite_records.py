"""What the embedded store keeps beside entities and links: sources, runs, batches, findings, suggestions, documents."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from vinculo.graph.stores import assembly
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_indexes import build
from vinculo.graph.stores.sqlite_publishing import publish, refuse_withdrawn
from vinculo.graph.stores.sqlite_tables import CHANGED, SEEN, SOME_UNSEEN
from vinculo.graph.types import REJECT_SCHEMA, Finding, Manifest, Run, Source, Suggestion

_OWN = "JOIN source s ON s.no = x.source WHERE s.dataset = ? AND s.sha256 = ?"


def source_number(db: sqlite3.Connection, source: Source) -> int:
    """The number of a source, given out inside the caller's transaction where it has none."""
    db.execute(
        "INSERT OR IGNORE INTO source(dataset, sha256, file, synthetic, taint, published) VALUES (?,?,?,?,?,0)",
        (source.dataset, source.sha256, source.file, int(source.synthetic), source.taint),
    )
    return int(db.execute("SELECT no FROM source WHERE dataset = ? AND sha256 = ?", source.key).fetchone()[0])


class Records:
    """The part of the store that has no graph in it."""

    _db: Connection

    # -- the record of what was loaded -----------------------------------------------------------------------------
    def begin_run(self, source: Source, *, at: str = "") -> int:
        # pages that are mapped count as memory of this process
        self._db.map_file(0)
        with self._db.writing() as db:
            made = db.execute(
                "INSERT INTO run(source, started, finished, status, counts) VALUES (?,?,'','running','{}')",
                (source_number(db, source), at or assembly.now()),
            )
            return int(made.lastrowid or 0)

    def finish_run(self, run: int, status: str, counts: dict[str, int], *, at: str = "") -> None:
        with self._db.writing() as db:
            if status != "withdrawn":
                refuse_withdrawn(db, run)
            build(db)
            # what another process has ended stays ended
            db.execute(
                """UPDATE run SET finished = ?1, status = ?2, counts = ?3
                   WHERE no = ?4 AND (status <> 'done' OR ?2 IN ('done', 'withdrawn'))""",
                (at or assembly.now(), status, json.dumps(counts, sort_keys=True), run),
            )
            own = db.execute("SELECT source FROM run WHERE no = ?", (run,)).fetchone()
            if status == "done" and own and publish(db, own[0]):
                db.execute(CHANGED)
        self._db.map_file()

    def sources(self) -> list[Source]:
        return self._with_batches("published <> 0")

    def unpublished(self) -> list[Source]:
        return self._with_batches("published = 0")

    def _with_batches(self, which: str) -> list[Source]:
        rows = self._db.rows(
            f"""SELECT no, dataset, sha256, file, synthetic, taint FROM source s WHERE {which} AND EXISTS
                (SELECT 1 FROM batch b WHERE b.source = s.no) ORDER BY dataset, sha256"""
        )
        return list(assembly.sources_by_number(rows).values())

    def runs(self) -> list[Run]:
        # one query: between two another process may begin a run of a file that the first did not see
        rows = self._db.rows(
            """SELECT s.no, s.dataset, s.sha256, s.file, s.synthetic, s.taint,
               r.no, r.source, r.started, r.finished, r.status, r.counts
               FROM run r JOIN source s ON s.no = r.source ORDER BY r.no"""
        )
        return assembly.runs((r[6:] for r in rows), assembly.sources_by_number(r[:6] for r in rows))

    def fingerprints(self, dataset: str) -> dict[str, pa.Array]:
        query = """SELECT s.sha256, b.fingerprints FROM batch b JOIN source s ON s.no = b.source
                   WHERE s.dataset = ? ORDER BY s.sha256, b.number"""
        return assembly.fingerprints((sha256, some) for sha256, some in self._db.rows(query, (dataset,)))

    def manifests(self, source: Source) -> list[Manifest]:
        query = f"SELECT x.run, x.number, x.records, x.fingerprints FROM batch x {_OWN} ORDER BY x.number"
        rows = self._db.rows(query, source.key)
        return [Manifest(source, run, number, records, assembly.fixed(some)) for run, number, records, some in rows]

    def rejects(self, source: Source) -> pa.Table:
        query = f"""SELECT x.record, x.line, x."column", x.raw, x.code, x.en, x.es FROM reject x {_OWN}
                    ORDER BY x.record"""
        return pa.concat_tables([REJECT_SCHEMA.empty_table(), *self._db.stream(query, source.key, REJECT_SCHEMA)])

    def version(self) -> str:
        return str(self._db.rows("SELECT value FROM meta WHERE key = 'version'")[0][0])

    def counts(self) -> dict[str, dict[str, int]]:
        # the index alone counts all, and what is not seen, seldom anything, is taken off
        query = f"""SELECT kind, sum(n) FROM (SELECT kind, count(*) AS n FROM {{0}} GROUP BY kind UNION ALL
                    SELECT kind, -count(*) FROM {{0}} WHERE {SOME_UNSEEN} AND NOT origin {SEEN} GROUP BY kind)
                    GROUP BY kind HAVING sum(n) > 0 ORDER BY kind"""
        return {
            many: {k: int(n) for k, n in self._db.rows(query.format(one))}
            for many, one in (("entities", "entity"), ("links", "link"))
        }

    # -- what people and analytics add -----------------------------------------------------------------------------
    def save_findings(self, typology: str, findings: Iterable[Finding]) -> None:
        rows = [assembly.finding_row(f) for f in findings]
        with self._db.writing() as db:
            db.execute("DELETE FROM finding WHERE typology = ?", (typology,))
            db.executemany("INSERT OR REPLACE INTO finding VALUES (?,?,?,?)", rows)

    def findings(self, typology: str | None = None) -> list[Finding]:
        only, values = (" WHERE typology = ?", (typology,)) if typology else ("", ())
        rows = self._db.rows(f"SELECT body FROM finding{only} ORDER BY score DESC, id", values)
        return assembly.findings((body,) for (body,) in rows)

    def save_suggestions(self, suggestions: Iterable[Suggestion]) -> None:
        rows = [assembly.suggestion_row(s) for s in suggestions]
        with self._db.writing() as db:
            db.executemany(
                """INSERT INTO suggestion VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET score = excluded.score,
                   en = excluded.en, es = excluded.es, judgement =
                   CASE WHEN excluded.judgement = 'unsure' THEN judgement ELSE excluded.judgement END""",
                rows,
            )

    def suggestions(self, id: str | None = None) -> list[Suggestion]:
        only, values = (' WHERE "left" = ? OR "right" = ?', (id, id)) if id else ("", ())
        rows = self._db.rows(f'SELECT * FROM suggestion{only} ORDER BY score DESC, "left", "right"', values)
        return assembly.suggestions(rows)

    def save_document(self, collection: str, name: str, document: dict[str, Any]) -> None:
        with self._db.writing() as db:
            db.execute("INSERT OR REPLACE INTO document VALUES (?,?,?)", (collection, name, assembly.packed(document)))

    def collections(self) -> list[str]:
        return [name for (name,) in self._db.rows("SELECT DISTINCT collection FROM document ORDER BY collection")]

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        query = "SELECT name, body FROM document WHERE collection = ? ORDER BY name"
        return assembly.documents((name, body) for name, body in self._db.rows(query, (collection,)))

    def delete_document(self, collection: str, name: str) -> None:
        with self._db.writing() as db:
            db.execute("DELETE FROM document WHERE collection = ? AND name = ?", (collection, name))
