"""Writing into the embedded store: one batch, one transaction.

Numbers for new rows are given out here, so that a batch needs one look-up by id and plain inserts.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
from collections.abc import Container, Iterable
from itertools import repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import UsageError
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.stores.sqlite_checksum import manifest_sum, row_sum, signed, sum_of_links
from vinculo.graph.stores.sqlite_deriving import Called, called, derive, derived_columns
from vinculo.graph.stores.sqlite_indexes import put_off
from vinculo.graph.stores.sqlite_publishing import is_published, note, settle, unseen
from vinculo.graph.types import Added, Batch, Manifest, Source

#: By id and kind: one id may stand under two kinds, which are two links.
_LinkNumbers = dict[tuple[str, ...], int]


def content_number(kind: str, facts: str) -> int:
    """A 64-bit number of what is asserted; tells assertions of one source about one thing apart."""
    return int.from_bytes(hashlib.blake2b(f"{kind}\x00{facts}".encode(), digest_size=8).digest(), "big", signed=True)


def _wanted(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted(id TEXT)")
    db.execute("DELETE FROM temp.wanted")
    db.executemany("INSERT INTO temp.wanted VALUES (?)", zip(ids))


def _entities_there(db: sqlite3.Connection, ids: Iterable[str]) -> tuple[dict[str, int], dict[int, int]]:
    """Numbers of entities that are there by id, and their origins by number."""
    _wanted(db, ids)
    rows = db.execute("SELECT e.id, e.no, e.origin FROM temp.wanted w CROSS JOIN entity e ON e.id = w.id").fetchall()
    return {id: no for id, no, _ in rows}, {no: origin for _, no, origin in rows}


def _links_there(db: sqlite3.Connection, keys: Iterable[tuple[str, ...]]) -> tuple[_LinkNumbers, dict[int, int]]:
    """The same for links, by id and kind."""
    _wanted(db, dict.fromkeys(id for id, _ in keys))
    query = "SELECT l.id, l.kind, l.no, l.origin FROM temp.wanted w CROSS JOIN link l ON l.id = w.id"
    found = db.execute(query).fetchall()
    return {(id, kind): no for id, kind, no, _ in found}, {no: origin for _, _, no, origin in found}


class _Waiting:
    """Which things wait for publication: of this source, which is not published, or of the one that brought them in."""

    def __init__(self, db: sqlite3.Connection, source: int) -> None:
        self.source, self.published, self.unseen = source, is_published(db, source), unseen(db)

    def of(self, origins: dict[int, int]) -> set[int]:
        """Things that this source says something of which is not derived before publication."""
        if self.published:
            return self.needed(origins)
        return {no for no, origin in origins.items() if origin != self.source}

    def needed(self, origins: dict[int, int]) -> set[int]:
        """Things that must be seen once this source is, and are not."""
        return {no for no, origin in origins.items() if origin != self.source and origin in self.unseen}


def write_batch(db: sqlite3.Connection, batch: Batch, manifest: Manifest, source: int) -> Added:
    """Write inside the caller's transaction and count what is new; refuses kinds the schema does not name."""
    for table, is_link in ((batch.entities, False), (batch.links, True)):
        for name in pc.unique(table.column("kind")).to_pylist():
            if kind_of(name).is_link is not is_link:
                raise UsageError("unknown_kind", kind=name)
    first, first_link = _next(db, "entity"), _next(db, "link")
    waiting = _Waiting(db, source)
    if not waiting.published:
        put_off(db, batch.links.num_rows)
    numbers, needed, grown = _write_entities(db, batch, waiting)
    links, sum_of_new = _write_links(db, batch.links, waiting, numbers)
    grown += sum_of_new
    made = _next(db, "entity") - first
    if links < batch.links.num_rows:
        spoken = _spoken_of(db, batch, numbers, first_link)
        needed &= spoken
        unused = [no for no in numbers.values() if no >= first and no not in spoken]
        db.executemany("DELETE FROM entity WHERE no = ?", zip(unused))
        made -= len(unused)
    note(db, "entity", source, needed)
    db.executemany(
        'INSERT OR REPLACE INTO reject(source, record, line, "column", raw, code, en, es) VALUES (?,?,?,?,?,?,?,?)',
        zip(repeat(source), *(c.to_pylist() for c in batch.rejects.columns), strict=False),
    )
    fingerprints = b"".join(manifest.fingerprints.to_pylist())
    db.execute(
        "INSERT INTO batch VALUES (?,?,?,?,?)", (source, manifest.number, manifest.run, manifest.records, fingerprints)
    )
    kept = db.execute("SELECT dataset, sha256, file, synthetic, taint FROM source WHERE no = ?", (source,)).fetchone()
    told = manifest_sum(Source(*kept), manifest.number, manifest.run, manifest.records, fingerprints)
    db.execute("INSERT INTO checksum VALUES (?,?,?,?)", (source, manifest.number, signed(grown), told))
    if waiting.published:
        settle(db, source)
    return Added(made, links)


def _spoken_of(db: sqlite3.Connection, batch: Batch, numbers: dict[str, int], first_link: int) -> set[int]:
    """Entities that the batch describes, and ends of its new links: a link that is there keeps the ends it has."""
    described = {numbers[id] for id in pc.unique(batch.entities.column("id")).to_pylist()}
    new = db.execute("SELECT source, target FROM link WHERE no >= ?", (first_link,))
    return described.union(*zip(*new, strict=True))


def _next(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT coalesce(max(no), 0) + 1 FROM {table}").fetchone()[0])


def _write_entities(db: sqlite3.Connection, batch: Batch, waiting: _Waiting) -> tuple[dict[str, int], set[int], int]:
    """Numbers of all entities of the batch, those of them to be seen with the source, and by how much its sum grew."""
    source = waiting.source
    ends = [batch.links.column("source"), batch.links.column("target")]
    every = pa.chunked_array(
        [chunk for column in (batch.entities.column("id"), *ends) for chunk in column.chunks], pa.string()
    )
    ids: list[str] = pc.unique(every).to_pylist()
    numbers, origins = _entities_there(db, ids)
    fresh = [i for i in ids if i not in numbers]
    first = _next(db, "entity")
    numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
    plain = {no: called(id) for no, id in enumerate(fresh, first)}
    added, derived = _assert_entities(db, batch.entities, waiting, numbers, origins, plain)
    db.executemany(
        "INSERT INTO entity VALUES (?,?,?,?,?,?)",
        ((no, id, *derived.get(no, plain[no]), source) for no, id in enumerate(fresh, first)),
    )
    return numbers, waiting.needed(origins), added


def _assert_entities(
    db: sqlite3.Connection,
    entities: pa.Table,
    waiting: _Waiting,
    numbers: dict[str, int],
    origins: dict[int, int],
    fresh: dict[int, Called],
) -> tuple[int, dict[int, Called]]:
    """By how much the source's sum grew, and what the fresh entities go by."""
    if not entities.num_rows:
        return 0, {}
    source = waiting.source
    table = entities.combine_chunks()
    at = [numbers[i] for i in table.column("id").to_pylist()]
    contents = list(map(content_number, table.column("kind").to_pylist(), table.column("facts").to_pylist()))
    unsaid, lowered = _unsaid(db, source, at, contents, table.column("record").to_pylist(), fresh)
    named = table.column("id").to_pylist()
    added = 0
    for n, was, now in lowered:
        added += row_sum([named[n]], [contents[n]], [now]) - row_sum([named[n]], [contents[n]], [was])
    if len(unsaid) < len(at):
        table = table.take(pa.array(unsaid, pa.int64()))
        at, contents = [at[n] for n in unsaid], [contents[n] for n in unsaid]
    kinds, facts = table.column("kind").to_pylist(), table.column("facts").to_pylist()
    smallest: dict[tuple[str, int], int] = {}
    for id, content, record in zip(
        table.column("id").to_pylist(), contents, table.column("record").to_pylist(), strict=True
    ):
        smallest[id, content] = min(record, smallest.get((id, content), record))
    if smallest:
        added += row_sum(*zip(*smallest, strict=True), list(smallest.values()))
    db.executemany(
        """INSERT INTO entity_fact VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE
           SET record = excluded.record WHERE excluded.record < record""",
        zip(at, repeat(source), contents, table.column("record").to_pylist(), kinds, facts),
    )
    later = waiting.of({no: origins[no] for no in set(at) if no in origins})
    if later:
        note(db, "entity", source, later)
        rows = [n for n, no in enumerate(at) if no not in later]
        at, kinds = [at[n] for n in rows], [kinds[n] for n in rows]
        table = table.take(pa.array(rows, pa.int64()))
    return added, derive(db, at, kinds, table.column("facts"), fresh)


def _unsaid(
    db: sqlite3.Connection, source: int, at: list[int], contents: list[int], records: list[int], fresh: Container[int]
) -> tuple[list[int], list[tuple[int, int, int]]]:
    """Which of the assertions this source has not made yet; of one it has made, an earlier record is kept.

    Those whose record became smaller come second: row, record it was, record it is.

    An account is described by each of its transfers: what was said already is neither derived nor indexed again.
    """
    known = [(n, no, content) for n, (no, content) in enumerate(zip(at, contents, strict=True)) if no not in fresh]
    if not known:
        return list(range(len(at))), []
    db.execute("CREATE TEMP TABLE IF NOT EXISTS said(row INTEGER PRIMARY KEY, entity INTEGER, content INTEGER)")
    db.execute("DELETE FROM temp.said")
    db.executemany("INSERT INTO temp.said VALUES (?,?,?)", known)
    there = dict(
        db.execute(
            """SELECT s.row, f.record FROM temp.said s CROSS JOIN entity_fact f
               ON f.entity = s.entity AND f.source = ? AND f.content = s.content""",
            (source,),
        )
    )
    earliest: dict[tuple[int, int], tuple[int, int, int]] = {}
    for n, record in there.items():
        key = at[n], contents[n]
        if records[n] < record and records[n] < earliest.get(key, (0, 0, record))[2]:
            earliest[key] = n, record, records[n]
    lowered = list(earliest.values())
    db.executemany(
        "UPDATE entity_fact SET record = ? WHERE entity = ? AND source = ? AND content = ?",
        ((now, at[n], source, contents[n]) for n, _, now in lowered),
    )
    return [n for n in range(len(at)) if n not in there], lowered


def _write_links(
    db: sqlite3.Connection, links: pa.Table, waiting: _Waiting, entities: dict[str, int]
) -> tuple[int, int]:
    """Returns how many links are new, and by how much the source's sum grew."""
    source = waiting.source
    if not links.num_rows:
        return 0, 0
    links = links.combine_chunks()
    ids: list[str] = links.column("id").to_pylist()
    kinds: list[str] = links.column("kind").to_pylist()
    facts = links.column("facts")
    ends = [[entities[i] for i in links.column(c).to_pylist()] for c in ("source", "target")]
    dates, amounts, currencies = (c.to_pylist() for c in derived_columns(facts))
    rows = list(zip(ids, kinds, *ends, dates, amounts, currencies, strict=True))
    at, old, new = _insert_links(db, rows, waiting)
    before = sum_of_links(db, source, old) if old else 0
    contents = list(map(content_number, kinds, facts.to_pylist()))
    records = links.column("record").to_pylist()
    db.executemany(
        """INSERT INTO link_fact VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE
           SET record = excluded.record WHERE excluded.record < record""",
        zip(at, repeat(source), contents, records, facts.to_pylist()),
    )
    columns: list[list[Any]] = [ids, *ends, contents, records]
    if not old:
        return new, row_sum(*columns)
    fresh = [n for n, no in enumerate(at) if no not in old]
    return new, row_sum(*([c[n] for n in fresh] for c in columns)) + sum_of_links(db, source, old) - before


def _insert_links(
    db: sqlite3.Connection, rows: list[tuple[Any, ...]], waiting: _Waiting
) -> tuple[list[int], set[int], int]:
    """Insert the links that are not there; of the others, and of those that come again, derive anew.

    The unique index is asked once, by the insert itself: most links of a load are new. Returns the number of each row's link,
    the numbers of those others, and how many links are new.
    """
    first, before = _next(db, "link"), db.total_changes
    keys = [row[:2] for row in rows]
    numbers: _LinkNumbers = dict(zip(dict.fromkeys(keys), itertools.count(first)))
    at = list(map(numbers.__getitem__, keys))
    db.executemany(
        "INSERT OR IGNORE INTO link VALUES (?,?,?,?,?,?,?,?,?)",
        ((no, *row, waiting.source) for no, row in zip(at, rows, strict=True)),
    )
    new = db.total_changes - before
    if new == len(rows):
        return at, set(), new
    not_yet = {no for (no,) in db.execute("SELECT no FROM link WHERE no >= ?", (first,))}
    there, origins = _links_there(db, [key for key, no in numbers.items() if no not in not_yet])
    numbers |= {key: no for key, no in there.items() if key in numbers}
    later = waiting.of({no: origins[no] for no in numbers.values() if no in origins})
    note(db, "link", waiting.source, later)
    at = list(map(numbers.__getitem__, keys))
    repeats = []
    for no, row in zip(at, rows, strict=True):
        if no in not_yet:
            not_yet.discard(no)
        else:
            repeats.append((no, *row[4:]))
    db.executemany(
        """UPDATE link SET date = min(coalesce(date, ?2), coalesce(?2, date)),
           amount = min(coalesce(amount, ?3), coalesce(?3, amount)),
           currency = min(coalesce(currency, ?4), coalesce(?4, currency)) WHERE no = ?1""",
        [row for row in repeats if row[0] not in later],
    )
    return at, {row[0] for row in repeats}, new
