"""The embedded store: one SQLite file, Python's own library, write-ahead log, full durability.

Several processes may read while one writes. One SQLite library per process: a second one in the same process drops the
locks of the first (see docs/architecture.md), so nothing else here may open these files.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph import facts as packed
from vinculo.graph.errors import StoreError, StoreVersionError, UsageError
from vinculo.graph.paths import Step, in_time, shortest
from vinculo.graph.schema import descendants
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.search import CANDIDATES, folded, ranked, squeezed, trigrams
from vinculo.graph.store import AT_SCHEMA, EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.stores import StoreKind
from vinculo.graph.stores.sqlite_tables import APPLICATION_ID, SCHEMA_VERSION, TABLES, told_plainly
from vinculo.graph.stores.sqlite_write import withdraw_source, write_batch
from vinculo.graph.text import Text
from vinculo.graph.types import (
    ENTITY_SCHEMA,
    FINGERPRINT,
    LINK_SCHEMA,
    REJECT_SCHEMA,
    Batch,
    Entity,
    Fact,
    Finding,
    Hit,
    Link,
    Manifest,
    Neighbourhood,
    Path,
    Provenance,
    Run,
    Source,
    Suggestion,
)

#: Rows per chunk of a bulk read, and ids per query of a small one.
ROWS, FEW = 50_000, 500
#: How long to wait for another writer before saying so, seconds.
PATIENCE_S = 15.0


class SqliteStore:
    """A :class:`vinculo.graph.store.Store` in one file. Safe to use from several threads; calls take turns."""

    def __init__(self, url: str, *, create: bool = True, read_only: bool = False) -> None:
        self.url = url
        self._lock = threading.RLock()
        self._path = url.partition(":///")[2]
        with told_plainly(url):
            self._db = self._connected(create, read_only)
            self._checked(create, read_only)

    # -- opening -------------------------------------------------------------------------------------------------
    def _connected(self, create: bool, read_only: bool) -> sqlite3.Connection:
        memory = self._path in ("", ":memory:")
        path = FilePath(self._path)
        if not memory and not path.exists():
            if not create or read_only:
                raise StoreError("store_missing", url=self.url)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as problem:
                raise StoreError("store_unwritable", url=self.url, reason=problem.strerror or "") from problem
        if not memory and path.is_dir():
            raise StoreError("store_damaged", url=self.url, reason="a folder")
        target = ":memory:" if memory else path.absolute().as_uri() + ("?mode=ro" if read_only else "")
        return sqlite3.connect(
            target,
            uri=not memory,
            timeout=PATIENCE_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )

    def _checked(self, create: bool, read_only: bool) -> None:
        db = self._db
        empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if empty and create and not read_only:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            # another process may have made the tables while this one waited
            if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                for statement in TABLES.split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            db.execute("COMMIT")
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreError("store_damaged", url=self.url, reason="application_id")
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found != SCHEMA_VERSION:
            raise StoreVersionError("store_version", url=self.url, found=found, wanted=SCHEMA_VERSION)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA cache_size = -262144")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA mmap_size = 1073741824")

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, told_plainly(self.url):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock, told_plainly(self.url):
            return self._db.execute(query, values).fetchall()

    def _in(self, query: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Run a query with ``({})`` for a list of values, in portions SQLite takes."""
        for start in range(0, len(values), FEW):
            some = values[start : start + FEW]
            yield from self._all(query.format(",".join("?" * len(some))), some)

    # -- writing -------------------------------------------------------------------------------------------------
    def _source_no(self, db: sqlite3.Connection, source: Source) -> int:
        db.execute(
            "INSERT OR IGNORE INTO source(dataset, sha256, file, synthetic, taint) VALUES (?,?,?,?,?)",
            (source.dataset, source.sha256, source.file, int(source.synthetic), source.taint),
        )
        row = db.execute("SELECT no FROM source WHERE dataset = ? AND sha256 = ?", source.key).fetchone()
        return int(row[0])

    def begin_run(self, source: Source, *, at: str = "") -> int:
        with self._writing() as db:
            made = db.execute(
                "INSERT INTO run(source, started, finished, status, counts) VALUES (?,?,'','running','{}')",
                (self._source_no(db, source), at or _now()),
            )
            return int(made.lastrowid or 0)

    def write(self, batch: Batch, manifest: Manifest) -> None:
        with self._writing() as db:
            source = self._source_no(db, manifest.source)
            if db.execute("SELECT 1 FROM batch WHERE source = ? AND number = ?", (source, manifest.number)).fetchone():
                return
            write_batch(db, batch, manifest, source)
            self._changed(db)

    def finish_run(self, run: int, status: str, counts: dict[str, int], *, at: str = "") -> None:
        with self._writing() as db:
            db.execute(
                "UPDATE run SET finished = ?, status = ?, counts = ? WHERE no = ?",
                (at or _now(), status, json.dumps(counts, sort_keys=True), run),
            )

    def withdraw(self, source: Source) -> dict[str, int]:
        with self._writing() as db:
            row = db.execute("SELECT no FROM source WHERE dataset = ? AND sha256 = ?", source.key).fetchone()
            if row is None:
                raise UsageError("unknown_source", source=source.file or source.sha256)
            gone = withdraw_source(db, int(row[0]))
            self._changed(db)
            return gone

    @staticmethod
    def _changed(db: sqlite3.Connection) -> None:
        db.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'version'")

    # -- reading a few -------------------------------------------------------------------------------------------
    def _sources_by_no(self) -> dict[int, Source]:
        rows = self._all("SELECT no, dataset, sha256, file, synthetic, taint FROM source")
        return {no: Source(d, s, f, bool(y), t) for no, d, s, f, y, t in rows}

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        return self._entities_by("id", list(dict.fromkeys(ids)))

    def _entities_by(self, column: str, wanted: Sequence[Any]) -> dict[str, Entity]:
        # column is "id" or "no", from this module only
        heads = {r[0]: r for r in self._in(f"SELECT no, id, kind, name FROM entity WHERE {column} IN ({{}})", wanted)}
        facts = self._facts("SELECT entity, source, record, facts FROM entity_fact WHERE entity IN ({})", list(heads))
        made = {id: Entity(id, kind, name, *facts.get(no, ({}, ()))) for no, id, kind, name in heads.values()}
        order = {key: n for n, key in enumerate(wanted)}
        at = 1 if column == "id" else 0
        return {h[1]: made[h[1]] for h in sorted(heads.values(), key=lambda h: order[h[at]])}

    def links(self, ids: Sequence[str]) -> dict[str, Link]:
        wanted = list(dict.fromkeys(ids))
        heads = list(
            self._in(
                """SELECT l.no, l.id, l.kind, s.id, t.id FROM link l JOIN entity s ON s.no = l.source
                   JOIN entity t ON t.no = l.target WHERE l.id IN ({})""",
                wanted,
            )
        )
        facts = self._facts(
            "SELECT link, source, record, facts FROM link_fact WHERE link IN ({})", [h[0] for h in heads]
        )
        made = {id: Link(id, kind, s, t, *facts.get(no, ({}, ()))) for no, id, kind, s, t in heads}
        return {id: made[id] for id in wanted if id in made}

    def _facts(
        self, query: str, numbers: Sequence[int]
    ) -> dict[int, tuple[dict[str, tuple[Fact, ...]], tuple[Provenance, ...]]]:
        sources = self._sources_by_no()
        rows: dict[int, list[tuple[int, int, str]]] = {}
        for no, source, record, facts in self._in(query, numbers):
            rows.setdefault(no, []).append((source, record, facts))
        return {no: _merged(assertions, sources) for no, assertions in rows.items()}

    def _number(self, id: str) -> int:
        rows = self._all("SELECT no FROM entity WHERE id = ?", (id,))
        if not rows:
            raise UsageError("unknown_entity", id=id)
        return int(rows[0][0])

    def neighbours(
        self, id: str, *, hops: int = 1, kinds: Sequence[str] | None = None, limit: int = 50
    ) -> Neighbourhood:
        centre = self._number(id)
        only, kind_values = _kind_filter(kinds)
        around = f"SELECT no, id, kind, source, target FROM link WHERE {{}} = ?{only}"
        both_ways = f"{around.format('source')} UNION {around.format('target')}"
        counted = f"SELECT kind, count(*) FROM ({both_ways}) GROUP BY kind ORDER BY kind"
        totals = {k: int(n) for k, n in self._all(counted, [centre, *kind_values, centre, *kind_values])}
        links: dict[int, str] = {}
        seen, front, truncated = {centre}, [centre], False
        for _ in range(hops):
            grown: list[int] = []
            for node in front:
                both = f"{both_ways} ORDER BY kind, id LIMIT ?"
                found = self._all(both, [node, *kind_values, node, *kind_values, limit + 1])
                for no, link_id, _, source, target in found:
                    if no in links:
                        continue
                    if len(links) >= limit:
                        truncated = True
                        break
                    links[no] = link_id
                    for end in (source, target):
                        if end not in seen:
                            seen.add(end)
                            grown.append(end)
                if truncated:
                    break
            front = grown
        entities = self._entities_by("no", [centre, *sorted(seen - {centre})])
        return Neighbourhood(
            id, tuple(entities.values()), tuple(self.links(list(links.values())).values()), totals, truncated
        )

    def links_at(
        self,
        ids: Sequence[str],
        *,
        among: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        limit: int = 20_000,
    ) -> pa.Table:
        here = json.dumps(
            [no for (no,) in self._in("SELECT no FROM entity WHERE id IN ({})", list(dict.fromkeys(ids)))]
        )
        there, other = here, ""
        if among is not None:
            wanted = list(dict.fromkeys([*ids, *among]))
            there = json.dumps([no for (no,) in self._in("SELECT no FROM entity WHERE id IN ({})", wanted)])
            other = " AND {} IN (SELECT value FROM json_each(:there))"
        only = "" if kinds is None else " AND kind IN (SELECT value FROM json_each(:kinds))"
        one_side = "SELECT no FROM link WHERE {} IN (SELECT value FROM json_each(:here)){}" + only
        both = " UNION ".join(
            one_side.format(a, other.format(b)) for a, b in (("source", "target"), ("target", "source"))
        )
        query = f"""SELECT l.id, l.kind, s.id, t.id, l.date, l.amount, l.currency FROM link l
                    JOIN entity s ON s.no = l.source JOIN entity t ON t.no = l.target
                    WHERE l.no IN ({both}) ORDER BY l.kind, l.id LIMIT :limit"""
        with self._lock, told_plainly(self.url):
            wanted_kinds = json.dumps([kind_of(k).name for k in kinds or ()])
            values = {"here": here, "there": there, "kinds": wanted_kinds, "limit": limit}
            rows = self._db.execute(query, values).fetchall()
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(AT_SCHEMA)
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
        start, end = self._number(a), self._number(b)
        only, kind_values = _kind_filter(kinds)

        def adjacent(nodes: list[Any], forward: bool) -> Iterator[Step]:
            for start in range(0, len(nodes), FEW):
                some = nodes[start : start + FEW]
                for side in ("source",) if forward else ("source", "target"):
                    marks = ",".join("?" * len(some))
                    query = f"SELECT id, source, target, coalesce(date, '') FROM link WHERE {side} IN ({marks}){only}"
                    yield from (Step(*row) for row in self._all(query, [*some, *kind_values]))

        def names(nodes: set[Any]) -> dict[Any, str]:
            return dict(self._in("SELECT no, id FROM entity WHERE no IN ({})", sorted(nodes)))

        search = in_time if time_ordered else shortest
        found = search(adjacent, start, end, max_hops=max_hops, limit=limit, names=names)
        entities = {e.id: e for e in self._entities_by("no", sorted({n for nodes, _ in found for n in nodes})).values()}
        ids = names({n for nodes, _ in found for n in nodes})
        links = self.links([link for _, chain in found for link in chain])
        return [Path(tuple(entities[ids[n]] for n in nodes), tuple(links[x] for x in chain)) for nodes, chain in found]

    def search(self, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
        only, kind_values = _kind_filter(_spread(kinds), "e.kind")
        columns = "e.id, e.kind, e.name, n.sort, n.value FROM name n JOIN entity e ON e.no = n.entity"
        query, squeezed_query = folded(text), squeezed(text)
        rows = self._all(
            f"SELECT {columns} WHERE n.held IN (?, ?){only} ORDER BY e.id LIMIT ?",
            [query, squeezed_query, *kind_values, CANDIDATES],
        )
        rows += (
            self._all(
                f"SELECT {columns} WHERE n.held >= ? AND n.held < ?{only} ORDER BY n.held, e.id LIMIT ?",
                [query, query + "\U0010ffff", *kind_values, CANDIDATES],
            )
            if query
            else []
        )
        grams = trigrams(query) + [g for g in trigrams(squeezed_query) if g not in trigrams(query)]
        if grams:
            match = " OR ".join(f'"{g}"' for g in grams)
            rows += self._all(
                f"""SELECT {columns} JOIN name_trigrams t ON t.rowid = n.no
                    WHERE name_trigrams MATCH ?{only} ORDER BY bm25(name_trigrams), e.id LIMIT ?""",
                [match, *kind_values, CANDIDATES],
            )
        return ranked(text, rows, limit)

    # -- reading in bulk -----------------------------------------------------------------------------------------
    def _stream(self, query: str, values: Sequence[Any], schema: pa.Schema) -> Iterator[pa.Table]:
        with self._lock, told_plainly(self.url):
            cursor = self._db.execute(query, values)
        while True:
            with self._lock, told_plainly(self.url):
                rows = cursor.fetchmany(ROWS)
            if not rows:
                return
            yield pa.table(
                [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), schema, strict=True)], schema=schema
            )

    def nodes(self) -> pa.Table:
        chunks = self._stream("SELECT no, id, kind, name FROM entity", (), NODE_SCHEMA)
        return _by_id(chunks, NODE_SCHEMA)

    def edges(self, kinds: Sequence[str] | None = None) -> pa.Table:
        only, kind_values = _kind_filter(kinds)
        query = f"SELECT id, kind, source, target, date, amount, currency FROM link WHERE 1{only}"
        return _by_id(self._stream(query, kind_values, EDGE_SCHEMA), EDGE_SCHEMA)

    def table(self, kind: str, properties: Sequence[str]) -> pa.Table:
        if kind_of(kind).is_link:
            query = "SELECT l.id, f.facts FROM link l JOIN link_fact f ON f.link = l.no WHERE l.kind = ?"
            values: list[str] = [kind]
        else:
            values = list(descendants(kind))
            marks = ",".join("?" * len(values))
            query = (
                f"SELECT e.id, f.facts FROM entity e JOIN entity_fact f ON f.entity = e.no WHERE e.kind IN ({marks})"
            )
        schema = pa.schema([("id", pa.string()), ("facts", pa.string())])
        columns = pa.schema([("id", pa.string()), *((p, pa.string()) for p in properties)])
        chunks = [
            pa.table([t.column("id"), *(packed.column(t.column("facts"), p) for p in properties)], schema=columns)
            for t in self._stream(query, values, schema)
        ]
        whole = pa.concat_tables(chunks) if chunks else columns.empty_table()
        grouped = whole.group_by("id").aggregate([(p, "min") for p in properties])
        return (
            grouped.rename_columns([c.removesuffix("_min") if c != "id" else c for c in grouped.column_names])
            .select(["id", *properties])
            .sort_by("id")
        )

    def statements(self, source: Source | None = None) -> Iterator[tuple[str, pa.Table]]:
        origin = [("dataset", pa.string()), ("sha256", pa.string())]
        only, values = (" WHERE s.dataset = ? AND s.sha256 = ?", source.key) if source else ("", ())
        entity = """SELECT e.id, f.kind, f.record, f.facts, s.dataset, s.sha256 FROM entity e
                    JOIN entity_fact f ON f.entity = e.no JOIN source s ON s.no = f.source"""
        link = """SELECT l.id, l.kind, a.id, b.id, f.record, f.facts, s.dataset, s.sha256 FROM link l
                  JOIN link_fact f ON f.link = l.no JOIN source s ON s.no = f.source
                  JOIN entity a ON a.no = l.source JOIN entity b ON b.no = l.target"""
        for sort, query, schema, alias in (("entity", entity, ENTITY_SCHEMA, "e"), ("link", link, LINK_SCHEMA, "l")):
            full = pa.schema([*schema, *origin])
            stream = self._stream(
                f"{query}{only} ORDER BY {alias}.id, s.dataset, s.sha256, f.record, f.content", values, full
            )
            yield from ((sort, t) for t in _whole_ids(stream))

    def taints(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self._all("SELECT 1 FROM source WHERE taint <> '' LIMIT 1"):
            return found
        for thing in ("entity", "link"):
            found |= dict(
                self._all(
                    f"""SELECT x.id, max(s.taint) FROM {thing} x JOIN {thing}_fact f ON f.{thing} = x.no
                        JOIN source s ON s.no = f.source GROUP BY x.no HAVING min(s.taint) <> ''"""
                )
            )
        return found

    # -- the record of what was loaded -----------------------------------------------------------------------------
    def sources(self) -> list[Source]:
        rows = self._all(
            """SELECT dataset, sha256, file, synthetic, taint FROM source s
               WHERE EXISTS (SELECT 1 FROM batch b WHERE b.source = s.no) ORDER BY dataset, sha256"""
        )
        return [Source(d, s, f, bool(y), t) for d, s, f, y, t in rows]

    def runs(self) -> list[Run]:
        sources = self._sources_by_no()
        rows = self._all("SELECT no, source, started, finished, status, counts FROM run ORDER BY no")
        return [
            Run(no, sources[s], started, finished, status, json.loads(c))
            for no, s, started, finished, status, c in rows
        ]

    def fingerprints(self, dataset: str) -> dict[str, pa.Array]:
        rows = self._all(
            """SELECT s.sha256, b.fingerprints FROM batch b JOIN source s ON s.no = b.source
               WHERE s.dataset = ? ORDER BY s.sha256, b.number""",
            (dataset,),
        )
        joined: dict[str, bytearray] = {}
        for sha256, blob in rows:
            joined.setdefault(sha256, bytearray()).extend(blob)
        return {sha256: _fixed(bytes(blob)) for sha256, blob in joined.items()}

    def manifests(self, source: Source) -> list[Manifest]:
        rows = self._all(
            """SELECT b.run, b.number, b.records, b.fingerprints FROM batch b JOIN source s ON s.no = b.source
               WHERE s.dataset = ? AND s.sha256 = ? ORDER BY b.number""",
            source.key,
        )
        return [Manifest(source, run, number, records, _fixed(blob)) for run, number, records, blob in rows]

    def rejects(self, source: Source) -> pa.Table:
        query = """SELECT r.record, r.line, r."column", r.raw, r.code, r.en, r.es FROM reject r JOIN source s ON s.no = r.source
                   WHERE s.dataset = ? AND s.sha256 = ? ORDER BY r.record"""
        chunks = list(self._stream(query, source.key, REJECT_SCHEMA))
        return pa.concat_tables(chunks) if chunks else REJECT_SCHEMA.empty_table()

    def version(self) -> str:
        return str(self._all("SELECT value FROM meta WHERE key = 'version'")[0][0])

    def counts(self) -> dict[str, dict[str, int]]:
        return {
            many: {k: int(n) for k, n in self._all(f"SELECT kind, count(*) FROM {one} GROUP BY kind ORDER BY kind")}
            for many, one in (("entities", "entity"), ("links", "link"))
        }

    # -- what people and analytics add -----------------------------------------------------------------------------
    def save_findings(self, typology: str, findings: Iterable[Finding]) -> None:
        rows = [(f.id, f.typology, f.score, json.dumps(f.as_json(), ensure_ascii=False)) for f in findings]
        with self._writing() as db:
            db.execute("DELETE FROM finding WHERE typology = ?", (typology,))
            db.executemany("INSERT OR REPLACE INTO finding VALUES (?,?,?,?)", rows)

    def findings(self, typology: str | None = None) -> list[Finding]:
        only, values = (" WHERE typology = ?", (typology,)) if typology else ("", ())
        rows = self._all(f"SELECT body FROM finding{only} ORDER BY score DESC, id", values)
        return [Finding.from_json(json.loads(body)) for (body,) in rows]

    def save_suggestions(self, suggestions: Iterable[Suggestion]) -> None:
        rows = [(*sorted((s.left, s.right)), s.score, s.why.en, s.why.es, s.judgement) for s in suggestions]
        with self._writing() as db:
            db.executemany(
                """INSERT INTO suggestion VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET score = excluded.score,
                   en = excluded.en, es = excluded.es, judgement =
                   CASE WHEN excluded.judgement = 'unsure' THEN judgement ELSE excluded.judgement END""",
                rows,
            )

    def suggestions(self, id: str | None = None) -> list[Suggestion]:
        only, values = (' WHERE "left" = ? OR "right" = ?', (id, id)) if id else ("", ())
        rows = self._all(f'SELECT * FROM suggestion{only} ORDER BY score DESC, "left", "right"', values)
        return [
            Suggestion(left, right, score, Text(en, es), judgement) for left, right, score, en, es, judgement in rows
        ]

    def save_document(self, collection: str, name: str, document: dict[str, Any]) -> None:
        body = json.dumps(document, ensure_ascii=False, sort_keys=True)
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO document VALUES (?,?,?)", (collection, name, body))

    def collections(self) -> list[str]:
        return [name for (name,) in self._all("SELECT DISTINCT collection FROM document ORDER BY collection")]

    def documents(self, collection: str) -> dict[str, dict[str, Any]]:
        rows = self._all("SELECT name, body FROM document WHERE collection = ? ORDER BY name", (collection,))
        return {name: json.loads(body) for name, body in rows}

    def delete_document(self, collection: str, name: str) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM document WHERE collection = ? AND name = ?", (collection, name))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _fixed(blob: bytes) -> pa.Array:
    return pa.Array.from_buffers(FINGERPRINT, len(blob) // 16, [None, pa.py_buffer(blob)])


def _spread(kinds: Sequence[str] | None) -> list[str] | None:
    return None if kinds is None else sorted({d for k in kinds for d in descendants(kind_of(k).name)})


def _kind_filter(kinds: Sequence[str] | None, column: str = "kind") -> tuple[str, list[str]]:
    """An SQL condition for kinds, checked against the schema; the values travel as parameters."""
    if kinds is None:
        return "", []
    names = [kind_of(k).name for k in kinds]
    return f" AND {column} IN ({','.join('?' * len(names))})", names


def _merged(
    assertions: list[tuple[int, int, str]], sources: dict[int, Source]
) -> tuple[dict[str, tuple[Fact, ...]], tuple[Provenance, ...]]:
    """Facts by property, each with its sources (smallest record in each), from (source, record, packed facts) rows."""
    records: dict[int, int] = {}
    values: dict[tuple[str, str], dict[int, int]] = {}
    for source, record, facts in assertions:
        records[source] = min(record, records.get(source, record))
        for pair in packed.unpack(facts):
            known = values.setdefault(pair, {})
            known[source] = min(record, known.get(source, record))

    def provenance(known: dict[int, int]) -> tuple[Provenance, ...]:
        made = (Provenance(sources[s], r) for s, r in known.items())
        return tuple(sorted(made, key=lambda p: (p.source.key, p.record)))

    merged: dict[str, list[Fact]] = {}
    for (name, value), known in sorted(values.items()):
        merged.setdefault(name, []).append(Fact(value, provenance(known)))
    return {name: tuple(facts) for name, facts in merged.items()}, provenance(records)


def _by_id(chunks: Iterator[pa.Table], schema: pa.Schema) -> pa.Table:
    table = pa.concat_tables([schema.empty_table(), *chunks])
    return table.take(pc.sort_indices(table.column("id")))


def _whole_ids(chunks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows, cut so that no id is spread over two chunks."""
    kept: pa.Table | None = None
    for chunk in chunks:
        table = pa.concat_tables([kept, chunk]) if kept is not None else chunk
        last = table.column("id")[-1]
        split = pc.index(table.column("id"), last).as_py()
        kept = table.slice(split)
        if split:
            yield table.slice(0, split)
    if kept is not None:
        yield kept


STORE = StoreKind(
    name="sqlite",
    schemes=("sqlite",),
    opens=lambda url, create, read_only: SqliteStore(url, create=create, read_only=read_only),
)
