"""Indexes of links by their ends, put off while a first large load fills the table and built once when it ends.

Kept up row by row they cost more than the rows themselves. A load that is killed leaves a store without them, in which all is
right and looking up is slow: whoever opens it for writing next, or ends or withdraws a run, builds them.
"""

from __future__ import annotations

import sqlite3

#: Below so many links keeping them up costs nothing that anybody notices.
_LEAST = 10_000
LINK_INDEXES = {"link_out": "link(source, kind)", "link_in": "link(target, kind)"}


def put_off(db: sqlite3.Connection, links: int) -> None:
    """Drop the indexes where this many links to come are at least as many as there are."""
    if links < _LEAST:
        return
    there = db.execute("SELECT count(*) FROM (SELECT 1 FROM link LIMIT ?)", (links + 1,)).fetchone()[0]
    if there <= links:
        for name in LINK_INDEXES:
            db.execute(f"DROP INDEX IF EXISTS {name}")


def build(db: sqlite3.Connection) -> None:
    """Make the indexes that are missing, inside the caller's transaction."""
    for name, over in LINK_INDEXES.items():
        db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {over}")


def missing(db: sqlite3.Connection) -> bool:
    """Whether a load was killed before it built them, or is at work now."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('link_out', 'link_in')"
    return int(db.execute(query).fetchone()[0]) < len(LINK_INDEXES)
