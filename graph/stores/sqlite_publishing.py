"""What readers of the embedded store see: what published sources assert.

A thing keeps the source that brought it in, its *origin*, and is seen where that is published. What a source that is not
published says of things that others brought in waits as a note; publication works through the notes of the source, in one
transaction. A source that is published takes over what one that is not yet brought in, and that one gets a note instead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import pyarrow as pa

from vinculo.graph.errors import StoreError
from vinculo.graph.stores.assembly import portions
from vinculo.graph.stores.sqlite_deriving import FEW, derive, rederive_entities, rederive_links
from vinculo.graph.stores.sqlite_tables import SEEN

_UNSEEN = SEEN.removeprefix("NOT ")
#: By thing: sources that assert it or need it as an end, for the query's own thing ``x``.
_SAYING = {
    "link": "SELECT f.source FROM link_fact f WHERE f.link = x.no",
    "entity": """SELECT f.source FROM entity_fact f WHERE f.entity = x.no
      UNION ALL SELECT l.origin FROM link l WHERE l.source = x.no UNION ALL SELECT l.origin FROM link l WHERE l.target = x.no""",
}


def is_published(db: sqlite3.Connection, source: int) -> bool:
    """Whether readers see what this source asserts."""
    return bool(db.execute("SELECT published FROM source WHERE no = ?", (source,)).fetchone()[0])


def unseen(db: sqlite3.Connection) -> set[int]:
    """Numbers of the sources that are not published."""
    return {no for (no,) in db.execute("SELECT no FROM source WHERE published = 0")}


def note(db: sqlite3.Connection, thing: str, source: int, numbers: Iterable[int]) -> None:
    """Remember that a source says something of these entities or links that is not derived yet."""
    db.executemany(f"INSERT OR IGNORE INTO {thing}_pending VALUES (?,?)", ((source, no) for no in numbers))


def refuse_withdrawn(db: sqlite3.Connection, run: int) -> None:
    """Stop a load whose file somebody has taken out meanwhile.

    Raises
    ------
    StoreError
        ``run_withdrawn``.
    """
    query = "SELECT s.file FROM run r JOIN source s ON s.no = r.source WHERE r.no = ? AND r.status = 'withdrawn'"
    for (file,) in db.execute(query, (run,)):
        raise StoreError("run_withdrawn", file=file, run=run)


def publish(db: sqlite3.Connection, source: int) -> bool:
    """Let readers see what a source asserts, inside the caller's transaction; whether that changes anything."""
    there = db.execute("SELECT EXISTS (SELECT 1 FROM batch WHERE source = ?)", (source,)).fetchone()[0]
    if not there or is_published(db, source):
        return False
    db.execute("UPDATE source SET published = 1 WHERE no = ?", (source,))
    settle(db, source)
    return True


def settle(db: sqlite3.Connection, source: int) -> None:
    """Work through the notes of a published source."""
    noted, taken = _noted(db, "link", source)
    for some in portions(taken, FEW):
        marks = ",".join("?" * len(some))
        ends = f"SELECT source FROM link WHERE no IN ({marks}) UNION SELECT target FROM link WHERE no IN ({marks})"
        note(db, "entity", source, [no for (no,) in db.execute(ends, (*some, *some))])
    for some in portions([*taken, *noted], FEW):
        rederive_links(db, some)
    noted, taken = _noted(db, "entity", source)
    for some in portions(taken, FEW):
        rederive_entities(db, some)
    for some in portions(noted, FEW):
        marks = ",".join("?" * len(some))
        query = f"SELECT entity, kind, facts FROM entity_fact WHERE source = ? AND entity IN ({marks})"
        rows = db.execute(query, (source, *some)).fetchall()
        if rows:
            at, kinds, facts = (list(c) for c in zip(*rows, strict=True))
            derive(db, at, kinds, pa.chunked_array([pa.array(facts, pa.string())]))


def _noted(db: sqlite3.Connection, thing: str, source: int) -> tuple[list[int], list[int]]:
    """Things of the source's notes, which are then dropped: those that are seen already, and those taken over now."""
    query = f"""SELECT x.no, x.origin, x.origin {_UNSEEN} FROM {thing}_pending p JOIN {thing} x ON x.no = p.thing
                WHERE p.source = ? ORDER BY x.no"""
    rows = db.execute(query, (source,)).fetchall()
    taken = [(origin, no) for no, origin, hidden in rows if hidden]
    db.executemany(f"INSERT OR IGNORE INTO {thing}_pending VALUES (?,?)", taken)
    db.executemany(f"UPDATE {thing} SET origin = ? WHERE no = ?", ((source, no) for _, no in taken))
    db.execute(f"DELETE FROM {thing}_pending WHERE source = ?", (source,))
    return [no for no, _, hidden in rows if not hidden], [no for _, no in taken]


def hand_over(db: sqlite3.Connection, thing: str, source: int, touched: Iterable[int]) -> list[int]:
    """Give things whose origin is withdrawn another that asserts them, a published one first; returns their numbers.

    Parameters
    ----------
    thing : {"entity", "link"}
        Links go first: the ends of a link are there for its origin.
    touched : iterable of int
        Things that the source asserted; those that an older version wrote know no origin.
    """
    db.execute("CREATE TEMP TABLE IF NOT EXISTS orphan(no INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM temp.orphan")
    db.execute(f"INSERT INTO temp.orphan SELECT no FROM {thing} WHERE origin = ?", (source,))
    if any(no == 0 for (no,) in db.execute(f"SELECT min(origin) FROM {thing}")):
        db.executemany(
            f"INSERT OR IGNORE INTO temp.orphan SELECT no FROM {thing} WHERE no = ? AND origin = 0", zip(touched)
        )
        # ends that no published source describes were not touched
        db.execute(
            f"""INSERT OR IGNORE INTO temp.orphan SELECT no FROM {thing} x WHERE origin = 0 AND NOT EXISTS
                (SELECT 1 FROM {thing}_fact f WHERE f.{thing} = x.no AND f.source {SEEN})"""
        )
    other = f"SELECT s.no FROM source s WHERE s.no IN ({_SAYING[thing]}) ORDER BY s.published = 0, s.no LIMIT 1"
    db.execute(
        f"""UPDATE {thing} AS x SET origin = CASE WHEN 0 IN ({_SAYING[thing]}) THEN 0 ELSE coalesce(({other}), 0) END
            WHERE no IN (SELECT no FROM temp.orphan)"""
    )
    # the others that are not published had no reason for a note as long as this one was
    db.execute(
        f"""INSERT OR IGNORE INTO {thing}_pending SELECT s.no, x.no FROM temp.orphan o JOIN {thing} x ON x.no = o.no
            JOIN source s ON s.published = 0 AND s.no NOT IN (x.origin, ?) WHERE s.no IN ({_SAYING[thing]})""",
        (source,),
    )
    if thing == "link":
        # whom a link is given to may have told other ends of it than those that it has
        for end in ("source", "target"):
            db.execute(
                f"""INSERT OR IGNORE INTO entity_pending SELECT x.origin, x.{end} FROM temp.orphan o
                    JOIN link x ON x.no = o.no JOIN entity e ON e.no = x.{end}
                    WHERE x.origin {_UNSEEN} AND e.origin <> x.origin"""
            )
    return [no for (no,) in db.execute("SELECT no FROM temp.orphan ORDER BY no")]
