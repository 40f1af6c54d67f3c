"""Writing into the embedded store: one batch, one transaction; and taking a source out again.

Numbers for new rows are given out here, so that a batch needs one look-up by id and plain inserts.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph import facts as packed
from vinculo.graph.errors import UsageError
from vinculo.graph.naming import NAMING, Candidate, candidate, exploded, unnamed
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.schema import merged_kind, searched_properties
from vinculo.graph.search import indexed
from vinculo.graph.types import Batch, Manifest

CHUNK = 500


def content_number(kind: str, facts: str) -> int:
    """A 64-bit number of what is asserted; tells assertions of one source about one thing apart."""
    return int.from_bytes(hashlib.blake2b(f"{kind}\x00{facts}".encode(), digest_size=8).digest(), "big", signed=True)


def look_up(db: sqlite3.Connection, table: str, ids: Iterable[str]) -> dict[str, int]:
    """Numbers of the ids that are there; ``table`` is ``entity`` or ``link``, never text from outside."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted(id TEXT)")
    db.execute("DELETE FROM temp.wanted")
    db.executemany("INSERT INTO temp.wanted VALUES (?)", zip(ids))
    return dict(db.execute(f"SELECT t.id, t.no FROM temp.wanted w CROSS JOIN {table} t ON t.id = w.id"))


def write_batch(db: sqlite3.Connection, batch: Batch, manifest: Manifest, source: int) -> None:
    """Write inside the caller's transaction; refuses kinds the schema does not name."""
    for table, is_link in ((batch.entities, False), (batch.links, True)):
        for name in pc.unique(table.column("kind")).to_pylist():
            if kind_of(name).is_link is not is_link:
                raise UsageError("unknown_kind", kind=name)
    numbers = _write_entities(db, batch, source)
    _write_links(db, batch.links, source, numbers)
    db.executemany(
        'INSERT OR REPLACE INTO reject(source, record, line, "column", raw, code, en, es) VALUES (?,?,?,?,?,?,?,?)',
        zip(repeat(source), *(c.to_pylist() for c in batch.rejects.columns), strict=False),
    )
    fingerprints = b"".join(manifest.fingerprints.to_pylist())
    db.execute(
        "INSERT INTO batch VALUES (?,?,?,?,?)", (source, manifest.number, manifest.run, manifest.records, fingerprints)
    )


def _next(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT coalesce(max(no), 0) + 1 FROM {table}").fetchone()[0])


def _write_entities(db: sqlite3.Connection, batch: Batch, source: int) -> dict[str, int]:
    ends = [batch.links.column("source"), batch.links.column("target")]
    every = pa.chunked_array(
        [chunk for column in (batch.entities.column("id"), *ends) for chunk in column.chunks], pa.string()
    )
    ids: list[str] = pc.unique(every).to_pylist()
    numbers = look_up(db, "entity", ids)
    fresh = [i for i in ids if i not in numbers]
    first = _next(db, "entity")
    numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
    rank, _, _ = unnamed("")
    db.executemany(
        "INSERT INTO entity VALUES (?,?,'Thing',?,?)", zip((numbers[i] for i in fresh), fresh, fresh, repeat(rank))
    )
    if not batch.entities.num_rows:
        return numbers
    table = batch.entities.combine_chunks()
    at = [numbers[i] for i in table.column("id").to_pylist()]
    kinds, facts = table.column("kind").to_pylist(), table.column("facts").to_pylist()
    db.executemany(
        """INSERT INTO entity_fact VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE
           SET record = excluded.record WHERE excluded.record < record""",
        zip(at, repeat(source), map(content_number, kinds, facts), table.column("record").to_pylist(), kinds, facts),
    )
    _derive(db, at, kinds, table.column("facts"))
    return numbers


def _derive(db: sqlite3.Connection, at: list[int], kinds: list[str], facts: pa.ChunkedArray) -> None:
    """Bring merged kind, display name and search index of these entities up to what is asserted now."""
    asserted: dict[int, set[str]] = {}
    for no, kind in set(zip(at, kinds, strict=True)):
        asserted.setdefault(no, set()).add(kind)
    rows, properties, values = exploded(facts)
    best: dict[int, Candidate] = {}
    naming = pc.is_in(properties, pa.array(NAMING))
    for row, name, value in {
        (at[r], p, v)
        for r, p, v in zip(
            rows.filter(naming).to_pylist(),
            properties.filter(naming).to_pylist(),
            values.filter(naming).to_pylist(),
            strict=True,
        )
    }:
        made = candidate(name, value)
        if row not in best or made < best[row]:
            best[row] = made
    held: dict[int, tuple[str, str, int]] = {}
    touched = sorted(asserted)
    for some in _chunks(touched):
        marks = ",".join("?" * len(some))
        held |= {
            n: (k, m, r)
            for n, k, m, r in db.execute(f"SELECT no, kind, name, rank FROM entity WHERE no IN ({marks})", some)
        }
    # another kind than the one it has: all that is asserted decides, not the order in which it came
    for some in _chunks([no for no in touched if asserted[no] != {held[no][0]}]):
        marks = ",".join("?" * len(some))
        for no, kind in db.execute(f"SELECT DISTINCT entity, kind FROM entity_fact WHERE entity IN ({marks})", some):
            asserted[no].add(kind)
    changed = []
    for no in touched:
        kind, name, rank = held[no]
        now_kind = merged_kind(frozenset(asserted[no]))
        was = (rank, -len(name) if rank < len(NAMING) else 0, name)
        now = min(was, best.get(no, was))
        if (now_kind, now) != (kind, was):
            changed.append((now_kind, now[2], now[0], no))
    db.executemany("UPDATE entity SET kind = ?, name = ?, rank = ? WHERE no = ?", changed)
    _index_names(db, at, rows, properties, values)


def _index_names(db: sqlite3.Connection, at: list[int], rows: pa.Array, properties: pa.Array, values: pa.Array) -> None:
    sorts = searched_properties()
    wanted = pc.is_in(properties, pa.array(list(sorts), pa.string()))
    found = {
        (at[r], sorts[p], v)
        for r, p, v in zip(
            rows.filter(wanted).to_pylist(),
            properties.filter(wanted).to_pylist(),
            values.filter(wanted).to_pylist(),
            strict=True,
        )
    }
    before = _next(db, "name")
    db.executemany(
        "INSERT OR IGNORE INTO name(entity, sort, value, held) VALUES (?,?,?,?)",
        ((no, sort, value, indexed(sort, value)) for no, sort, value in sorted(found)),
    )
    db.execute("INSERT INTO name_trigrams(rowid, held) SELECT no, held FROM name WHERE no >= ?", (before,))


def _write_links(db: sqlite3.Connection, links: pa.Table, source: int, entities: dict[str, int]) -> None:
    if not links.num_rows:
        return
    links = links.combine_chunks()
    ids: list[str] = links.column("id").to_pylist()
    kinds: list[str] = links.column("kind").to_pylist()
    facts = links.column("facts")
    numbers = look_up(db, "link", dict.fromkeys(ids))
    first = _next(db, "link")
    fresh = [i for i in dict.fromkeys(ids) if i not in numbers]
    fresh_ids = set(fresh)
    numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
    ends = [[entities[i] for i in links.column(c).to_pylist()] for c in ("source", "target")]
    dates, amounts, currencies = (c.to_pylist() for c in derived_columns(facts))
    new_rows, old_rows = [], []
    for no, row in zip(
        map(numbers.__getitem__, ids), zip(ids, kinds, *ends, dates, amounts, currencies, strict=True), strict=True
    ):
        if row[0] in fresh_ids:
            fresh_ids.discard(row[0])
            new_rows.append((no, *row))
        else:
            old_rows.append((no, *row[4:]))
    db.executemany("INSERT INTO link VALUES (?,?,?,?,?,?,?,?)", new_rows)
    db.executemany(
        """UPDATE link SET date = min(coalesce(date, ?2), coalesce(?2, date)),
           amount = min(coalesce(amount, ?3), coalesce(?3, amount)),
           currency = min(coalesce(currency, ?4), coalesce(?4, currency)) WHERE no = ?1""",
        old_rows,
    )
    db.executemany(
        """INSERT INTO link_fact VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE
           SET record = excluded.record WHERE excluded.record < record""",
        zip(
            map(numbers.__getitem__, ids),
            repeat(source),
            map(content_number, kinds, facts.to_pylist()),
            links.column("record").to_pylist(),
            facts.to_pylist(),
        ),
    )


def derived_columns(facts: pa.ChunkedArray) -> tuple[Any, Any, Any]:
    """Date (else start date), amount and currency of links, from their packed facts."""
    date = pc.coalesce(packed.column(facts, "date"), packed.column(facts, "startDate"))
    amount = packed.column(facts, "amount")
    readable = pc.match_substring_regex(pc.fill_null(amount, ""), r"^[+-]?\d+(\.\d+)?$")
    return date, pc.cast(pc.if_else(readable, amount, None), pa.float64()), packed.column(facts, "currency")


def withdraw_source(db: sqlite3.Connection, source: int) -> dict[str, int]:
    """Take out what only this source asserts, inside the caller's transaction; returns how much went."""
    gone = {"entities": 0, "links": 0, "values": 0}
    for table, thing in (("entity_fact", "entity"), ("link_fact", "link")):
        touched = [n for (n,) in db.execute(f"SELECT DISTINCT {thing} FROM {table} WHERE source = ?", (source,))]
        for some in _chunks(touched):
            marks = ",".join("?" * len(some))
            before = _values(db, table, thing, some)
            db.execute(f"DELETE FROM {table} WHERE source = ? AND {thing} IN ({marks})", (source, *some))
            left = {n for (n,) in db.execute(f"SELECT DISTINCT {thing} FROM {table} WHERE {thing} IN ({marks})", some)}
            gone["values"] += before - _values(db, table, thing, some)
            lost = [n for n in some if n not in left]
            if thing == "link":
                gone["links"] += len(lost)
                db.executemany("DELETE FROM link WHERE no = ?", zip(lost))
                _rederive_links(db, sorted(left))
            else:
                gone["entities"] += len(lost)
                _rederive_entities(db, some)
    # ends that nothing describes stay only as long as a link refers to them
    db.execute(
        """DELETE FROM entity WHERE no NOT IN (SELECT entity FROM entity_fact)
           AND no NOT IN (SELECT source FROM link) AND no NOT IN (SELECT target FROM link)"""
    )
    db.execute("DELETE FROM batch WHERE source = ?", (source,))
    db.execute("DELETE FROM reject WHERE source = ?", (source,))
    db.execute("UPDATE run SET status = 'withdrawn' WHERE source = ?", (source,))
    return gone


def _values(db: sqlite3.Connection, table: str, thing: str, numbers: Sequence[int]) -> int:
    marks = ",".join("?" * len(numbers))
    rows = db.execute(f"SELECT {thing}, facts FROM {table} WHERE {thing} IN ({marks})", numbers)
    return len({(n, pair) for n, facts in rows for pair in facts.split(packed.RECORD) if pair})


def _rederive_entities(db: sqlite3.Connection, numbers: list[int]) -> None:
    marks = ",".join("?" * len(numbers))
    rank, _, _ = unnamed("")
    old = db.execute(f"SELECT no, held FROM name WHERE entity IN ({marks})", numbers).fetchall()
    db.executemany("INSERT INTO name_trigrams(name_trigrams, rowid, held) VALUES ('delete', ?, ?)", old)
    db.execute(f"DELETE FROM name WHERE entity IN ({marks})", numbers)
    db.execute(f"UPDATE entity SET kind = 'Thing', name = id, rank = ? WHERE no IN ({marks})", (rank, *numbers))
    rows = db.execute(f"SELECT entity, kind, facts FROM entity_fact WHERE entity IN ({marks})", numbers).fetchall()
    if rows:
        at, kinds, facts = (list(c) for c in zip(*rows, strict=True))
        _derive(db, at, kinds, pa.chunked_array([pa.array(facts, pa.string())]))


def _rederive_links(db: sqlite3.Connection, numbers: list[int]) -> None:
    if not numbers:
        return
    marks = ",".join("?" * len(numbers))
    rows = db.execute(f"SELECT link, facts FROM link_fact WHERE link IN ({marks})", numbers).fetchall()
    merged: dict[int, list[tuple[Any, ...]]] = {}
    columns = [c.to_pylist() for c in derived_columns(pa.chunked_array([pa.array([r[1] for r in rows], pa.string())]))]
    for (no, _), values in zip(rows, zip(*columns, strict=True), strict=True):
        merged.setdefault(no, []).append(values)
    smallest = [
        (*(min((v for v in column if v is not None), default=None) for column in zip(*values, strict=True)), no)
        for no, values in merged.items()
    ]
    db.executemany("UPDATE link SET date = ?, amount = ?, currency = ? WHERE no = ?", smallest)


def _chunks(numbers: list[int]) -> Iterable[list[int]]:
    return (numbers[i : i + CHUNK] for i in range(0, len(numbers), CHUNK))
