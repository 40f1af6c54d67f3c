"""Indexes of links by their ends, put off while a first large load fills the table and built once when it ends.

Kept up row by row they cost more than the rows themselves. A load that is killed leaves a store without them, in which all is
right and looking up is slow: whoever opens it for writing next while nobody writes, or ends or withdraws a run, builds them.
"""

from __future__ import annotations

import sqlite3

#: Below so many links keeping them up costs nothing that anybody notices.
_LEAST = 10_000
# to build them SQLite sorts in memory, some 50 bytes a link (a file of its own would lie where the user does not look)
_MOST = 4_000_000
LINK_INDEXES = {"link_out": "link(source, kind)", "link_in": "link(target, kind)"}


def put_off(db: sqlite3.Connection, links: int) -> None:
    """Drop the indexes where no more links are there than are to come; build them where they have become very many."""
    if links < _LEAST:
        return
    if missing(db):
        if _links(db) > _MOST:
            build(db)
        return
    if _links(db) <= links:
        for name in LINK_INDEXES:
            db.execute(f"DROP INDEX IF EXISTS {name}")


def _links(db: sqlite3.Connection) -> int:
    # numbers are given out in order: the last tells how many, and nothing is counted
    return int(db.execute("SELECT coalesce(max(no), 0) FROM link").fetchone()[0])


def build(db: sqlite3.Connection) -> None:
    """Make the indexes that are missing, inside the caller's transaction."""
    for name, over in LINK_INDEXES.items():
        db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {over}")


def missing(db: sqlite3.Connection) -> bool:
    """Whether a load was killed before it built them, or is at work now."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('link_out', 'link_in')"
    return int(db.execute(query).fetchone()[0]) < len(LINK_INDEXES)
