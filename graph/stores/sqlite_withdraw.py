"""Taking a source out of the embedded store: one transaction, after which exactly what the other sources assert is left."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from vinculo.graph import facts as packed
from vinculo.graph.stores.assembly import portions
from vinculo.graph.stores.sqlite_deriving import FEW, rederive_entities, rederive_links
from vinculo.graph.stores.sqlite_indexes import build
from vinculo.graph.stores.sqlite_publishing import hand_over


def withdraw_source(db: sqlite3.Connection, source: int) -> dict[str, int]:
    """Take out what only this source asserts, inside the caller's transaction; returns how much went."""
    build(db)
    gone = {"entities": 0, "links": 0, "values": 0}
    every: dict[str, list[int]] = {}
    for table, thing in (("entity_fact", "entity"), ("link_fact", "link")):
        touched = [n for (n,) in db.execute(f"SELECT DISTINCT {thing} FROM {table} WHERE source = ?", (source,))]
        every[thing] = touched
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
                rederive_links(db, sorted(left))
            else:
                gone["entities"] += len(lost)
                rederive_entities(db, some)
    # ends that nothing describes stay only as long as a link refers to them
    db.execute(
        """DELETE FROM entity WHERE no NOT IN (SELECT entity FROM entity_fact)
           AND no NOT IN (SELECT source FROM link) AND no NOT IN (SELECT target FROM link)"""
    )
    for thing, rederive in (("link", rederive_links), ("entity", rederive_entities)):
        for some in portions(hand_over(db, thing, source, every[thing]), FEW):
            rederive(db, some)
        db.execute(f"DELETE FROM {thing}_pending WHERE source = ?", (source,))
    db.execute("UPDATE source SET published = 0 WHERE no = ?", (source,))
    db.execute("DELETE FROM batch WHERE source = ?", (source,))
    db.execute("DELETE FROM checksum WHERE source = ?", (source,))
    db.execute("DELETE FROM reject WHERE source = ?", (source,))
    db.execute("UPDATE run SET status = 'withdrawn' WHERE source = ?", (source,))
    return gone


def _values(db: sqlite3.Connection, table: str, thing: str, numbers: Sequence[int]) -> int:
    marks = ",".join("?" * len(numbers))
    rows = db.execute(f"SELECT {thing}, facts FROM {table} WHERE {thing} IN ({marks})", numbers)
    return len({(n, pair) for n, facts in rows for pair in facts.split(packed.RECORD) if pair})
