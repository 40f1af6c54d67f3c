"""Taking a source out of the embedded store: one transaction, after which exactly what the other sources assert is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from vinculo.graph import facts as packed
from vinculo.graph.naming import unnamed
from vinculo.graph.stores.assembly import portions
from vinculo.graph.stores.sqlite_write import FEW, derive, derived_columns


def withdraw_source(db: sqlite3.Connection, source: int) -> dict[str, int]:
    """Take out what only this source asserts, inside the caller's transaction; returns how much went."""
    gone = {"entities": 0, "links": 0, "values": 0}
    for table, thing in (("entity_fact", "entity"), ("link_fact", "link")):
        touched = [n for (n,) in db.execute(f"SELECT DISTINCT {thing} FROM {table} WHERE source = ?", (source,))]
        for some in portions(touched, FEW):
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
    db.execute("DELETE FROM checksum WHERE source = ?", (source,))
    db.execute("DELETE FROM reject WHERE source = ?", (source,))
    db.execute("UPDATE run SET status = 'withdrawn' WHERE source = ?", (source,))
    return gone


def _values(db: sqlite3.Connection, table: str, thing: str, numbers: Sequence[int]) -> int:
    marks = ",".join("?" * len(numbers))
    rows = db.execute(f"SELECT {thing}, facts FROM {table} WHERE {thing} IN ({marks})", numbers)
    return len({(n, pair) for n, facts in rows for pair in facts.split(packed.RECORD) if pair})


def _rederive_entities(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    marks = ",".join("?" * len(numbers))
    rank, _, _ = unnamed("")
    old = db.execute(f"SELECT no, held FROM name WHERE entity IN ({marks})", numbers).fetchall()
    db.executemany("INSERT INTO name_trigrams(name_trigrams, rowid, held) VALUES ('delete', ?, ?)", old)
    db.execute(f"DELETE FROM name WHERE entity IN ({marks})", numbers)
    db.execute(f"UPDATE entity SET kind = 'Thing', name = id, rank = ? WHERE no IN ({marks})", (rank, *numbers))
    rows = db.execute(f"SELECT entity, kind, facts FROM entity_fact WHERE entity IN ({marks})", numbers).fetchall()
    if rows:
        at, kinds, facts = (list(c) for c in zip(*rows, strict=True))
        derive(db, at, kinds, pa.chunked_array([pa.array(facts, pa.string())]))


def _rederive_links(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
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
