"""Looking through the embedded store for whatever is not as it was written.

Four things stand for each other: the file's own structure (SQLite's check covers every table that has an index of its own), the
hash of each assertion, the sums that batches keep (:mod:`vinculo.graph.stores.sqlite_checksum`), and what is derived from
assertions, which is derived once more. Nothing is written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby, islice
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import StoreBusy, StoreError, VinculoError
from vinculo.graph.stores.sqlite_checksum import manifest_sum, row_sum, signed
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_context import spoiled_contexts
from vinculo.graph.stores.sqlite_derived import derived_entities, derived_links
from vinculo.graph.stores.sqlite_tables import SEEN
from vinculo.graph.stores.sqlite_write import content_number
from vinculo.graph.types import Source
from vinculo.graph.verifying import MOST, Difference, Progress

ROWS = 50_000
#: Numbers that nothing stands behind: what, and a query of where.
DANGLING = {
    "end": """SELECT 'link ' || l.id FROM link l WHERE NOT EXISTS (SELECT 1 FROM entity e WHERE e.no = l.source)
              OR NOT EXISTS (SELECT 1 FROM entity e WHERE e.no = l.target)""",
    "fact_of_entity": "SELECT entity FROM entity_fact WHERE entity NOT IN (SELECT no FROM entity)",
    "fact_of_link": "SELECT link FROM link_fact WHERE link NOT IN (SELECT no FROM link)",
    "source_of_entity": "SELECT entity FROM entity_fact WHERE source NOT IN (SELECT source FROM batch)",
    "source_of_link": "SELECT link FROM link_fact WHERE source NOT IN (SELECT source FROM batch)",
    "unsaid_link": "SELECT id FROM link WHERE no NOT IN (SELECT link FROM link_fact)",
    "unsaid_entity": """SELECT id FROM entity WHERE no NOT IN (SELECT entity FROM entity_fact)
                        AND no NOT IN (SELECT source FROM link) AND no NOT IN (SELECT target FROM link)""",
    "name": "SELECT value FROM name WHERE entity NOT IN (SELECT no FROM entity)",
    "batch": "SELECT number FROM batch WHERE source NOT IN (SELECT no FROM source)",
    "batch_run": "SELECT number FROM batch WHERE run NOT IN (SELECT no FROM run)",
    "run": "SELECT no FROM run WHERE source NOT IN (SELECT no FROM source)",
    "origin_of_link": """SELECT x.id FROM link x WHERE origin <> 0 AND NOT EXISTS
                         (SELECT 1 FROM link_fact f WHERE f.link = x.no AND f.source = x.origin)""",
    "origin_of_entity": """SELECT x.id FROM entity x WHERE origin <> 0 AND NOT EXISTS
                           (SELECT 1 FROM entity_fact f WHERE f.entity = x.no AND f.source = x.origin)
                           AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.source = x.origin AND x.no IN
                           (SELECT l.source FROM link l UNION ALL SELECT l.target FROM link l))""",
    "reject": "SELECT record FROM reject WHERE source NOT IN (SELECT source FROM batch)",
}


def differences(db: Connection, progress: Progress | None = None) -> list[Difference]:
    """Everything that differs, each sort at most ``MOST`` times; empty where all is well.

    Raises
    ------
    StoreBusy
        Another program holds the file.
    """
    found: list[Difference] = []
    parts = (
        _structure,
        _index,
        _dangling,
        _unseen,
        _contents,
        derived_entities,
        derived_links,
        _manifests,
        _records,
        spoiled_contexts,
    )
    for done, part in enumerate(parts):
        if progress:
            progress("verify", done, len(parts))
        try:
            found += islice(part(db), MOST)
        except StoreBusy:
            raise
        except StoreError as problem:
            found.append(Difference("unreadable", str(problem.values.get("reason", ""))))
        except (VinculoError, ValueError, TypeError, KeyError, pa.ArrowException) as problem:
            # a damaged value: a kind that is none, a text that is no JSON, a number that is a text
            found.append(Difference("unreadable", f"{type(problem).__name__}: {problem}"))
    if progress:
        progress("verify", len(parts), len(parts))
    return found


def _structure(db: Connection) -> Iterator[Difference]:
    for (told,) in db.rows(f"PRAGMA integrity_check({MOST})"):
        if told != "ok":
            yield Difference("structure", str(told))


def _index(db: Connection) -> Iterator[Difference]:
    """The index of names holds the trigrams of the names that are there, where they are, and no others."""
    made = "SELECT term, doc, offset FROM {}"
    db.rows("CREATE VIRTUAL TABLE temp.again USING fts5(held, tokenize='trigram')")
    try:
        db.rows("INSERT INTO temp.again(rowid, held) SELECT no, held FROM name")
        db.rows("CREATE VIRTUAL TABLE temp.again_place USING fts5vocab(temp, again, instance)")
        there, again = made.format("temp.trigram_place"), made.format("temp.again_place")
        for one, other in ((there, again), (again, there)):
            for term, doc, _ in db.rows(f"{one} EXCEPT {other} LIMIT 1"):
                yield Difference("index", f"{term} ({doc})")
    except StoreBusy:
        raise
    except StoreError as problem:
        yield Difference("index", str(problem.values.get("reason", "")))
    finally:
        db.rows("DROP TABLE IF EXISTS temp.again_place")
        db.rows("DROP TABLE IF EXISTS temp.again")


def _dangling(db: Connection) -> Iterator[Difference]:
    for what, query in DANGLING.items():
        for (where,) in db.rows(f"{query} LIMIT {MOST}"):
            yield Difference("dangling", f"{what}: {where}")


def _unseen(db: Connection) -> Iterator[Difference]:
    """Sources are published by a run that was done; what one of these asserts is seen."""
    sources = _named(db)
    run = "SELECT 1 FROM run r WHERE r.source = s.no AND r.status = 'done'"
    full = f"EXISTS ({run} AND EXISTS (SELECT 1 FROM batch b WHERE b.run = r.no))"
    wrong = f"published NOT IN (0, 1, 2) OR (published = 1 AND NOT EXISTS ({run})) OR (published = 0 AND {full})"
    for (no,) in db.rows(f"SELECT no FROM source s WHERE {wrong}"):
        yield Difference("unseen", **_of(sources, no))
    for thing in ("entity", "link"):
        query = f"""SELECT DISTINCT x.id FROM {thing} x JOIN {thing}_fact f ON f.{thing} = x.no
                    WHERE NOT x.origin {SEEN} AND f.source {SEEN} LIMIT {MOST}"""
        for (id,) in db.rows(query):
            yield Difference("unseen", str(id))
    ends = f"""SELECT DISTINCT l.id FROM link l JOIN entity e ON e.no IN (l.source, l.target)
               WHERE l.origin {SEEN} AND NOT e.origin {SEEN} LIMIT {MOST}"""
    for (id,) in db.rows(ends):
        yield Difference("unseen", str(id))


def _named(db: Connection) -> dict[int, Source]:
    rows = db.rows("SELECT no, dataset, sha256, file, synthetic, taint FROM source")
    return {no: Source(*rest) for no, *rest in rows}


def _of(sources: dict[int, Source], number: int) -> dict[str, Any]:
    source = sources.get(number)
    return {"dataset": source.dataset, "file": source.file} if source else {}


def _contents(db: Connection) -> Iterator[Difference]:
    """Every assertion gives its hash, and the assertions of a source the sum of its batches."""
    sources = _named(db)
    sums: dict[int, int] = defaultdict(int)
    entity = """SELECT f.source, e.id, f.content, f.record, f.kind, f.facts FROM entity_fact f
                JOIN entity e ON e.no = f.entity"""
    link = """SELECT f.source, l.id, l.source, l.target, f.content, f.record, l.kind, f.facts FROM link_fact f
              JOIN link l ON l.no = f.link"""
    for query in (entity, link):
        for rows in _portions(db, query):
            for source, id, *_, content, _record, kind, facts in rows:
                if content != content_number(kind, facts):
                    yield Difference("content", id, **_of(sources, source))
            for source, own in groupby(sorted(rows, key=lambda r: r[0]), key=lambda r: r[0]):
                _, ids, *rest = zip(*own, strict=True)
                sums[source] += row_sum(ids, *rest[:-2])
    kept: dict[int, list[Any]] = defaultdict(list)
    batches: dict[int, list[int]] = defaultdict(list)
    for source, number, content in db.rows("SELECT source, number, content FROM checksum ORDER BY source, number"):
        kept[source].append(content)
        batches[source].append(number)
    for source in sorted({*sums, *kept}):
        if None not in kept[source] and signed(sum(kept[source])) != signed(sums[source]):
            only = batches[source][0] if len(batches[source]) == 1 else None
            yield Difference("sum", batch=only, **_of(sources, source))


def _portions(db: Connection, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in portions, for a store that nobody may have time to hold in memory."""
    with closing(db.cursor(query)) as cursor:
        while rows := db.some(cursor, ROWS):
            yield rows


def _manifests(db: Connection) -> Iterator[Difference]:
    sources = _named(db)
    query = """SELECT b.source, b.number, b.run, b.records, b.fingerprints, c.source, c.manifest FROM batch b
               LEFT JOIN checksum c ON c.source = b.source AND c.number = b.number"""
    for source, number, run, records, fingerprints, summed, kept in db.rows(query):
        told = source in sources and manifest_sum(sources[source], number, run, records, fingerprints)
        if summed is None or (kept is not None and kept != told):
            yield Difference("manifest", batch=number, **_of(sources, source))
    lost = """SELECT c.source, c.number FROM checksum c WHERE NOT EXISTS
              (SELECT 1 FROM batch b WHERE b.source = c.source AND b.number = c.number)"""
    for source, number in db.rows(lost):
        yield Difference("manifest", batch=number, **_of(sources, source))


def _records(db: Connection) -> Iterator[Difference]:
    """Runs whose records add up; findings and documents that can be read."""
    sources = _named(db)
    parts = ("loaded", "duplicate_in_file", "already_there", "rejected")
    for no, source, status, counts in db.rows("SELECT no, source, status, counts FROM run"):
        told = json.loads(counts)
        whole = all(isinstance(told.get(p), int) for p in ("read", *parts))
        known = status in ("running", "done", "held", "interrupted", "withdrawn")
        if not known or (status == "done" and whole and told["read"] != sum(told[p] for p in parts)):
            yield Difference("run", str(no), **_of(sources, source))
    reads: tuple[tuple[str, Callable[[str], Any]], ...] = (
        ("SELECT id, body FROM finding", json.loads),
        ("SELECT collection || '/' || name, body FROM document", json.loads),
    )
    for query, read in reads:
        for where, body in db.rows(query):
            try:
                read(body)
            except (ValueError, TypeError):
                yield Difference("body", str(where))
