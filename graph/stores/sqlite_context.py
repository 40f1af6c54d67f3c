"""Context tables in the embedded store: a row for each part, all of a table in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from vinculo.graph.context import numbered, spoiled
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_records import source_number
from vinculo.graph.stores.sqlite_tables import CHANGED
from vinculo.graph.types import Source
from vinculo.graph.verifying import Difference

_OWN = "WHERE dataset = ? AND sha256 = ?"


class Contexts:
    """The part of the store that keeps published figures."""

    _db: Connection

    def save_context(self, source: Source, bodies: Sequence[bytes]) -> None:
        with self._db.writing() as db:
            source_number(db, source)
            db.execute(f"DELETE FROM context {_OWN}", source.key)
            db.executemany(
                "INSERT INTO context(dataset, sha256, part, body) VALUES (?,?,?,?)", numbered(bodies, source)
            )
            db.execute(CHANGED)

    def contexts(self) -> dict[tuple[str, str], bytes]:
        rows = self._db.rows("SELECT dataset, sha256, body FROM context WHERE part = 0 ORDER BY dataset, sha256")
        return {(dataset, sha256): body for dataset, sha256, body in rows}

    def context(self, source: Source) -> list[bytes]:
        return [body for (body,) in self._db.rows(f"SELECT body FROM context {_OWN} ORDER BY part", source.key)]


def drop_context(db: sqlite3.Connection, source: Source) -> bool:
    """Take a table out, inside the caller's transaction; whether there was one."""
    return db.execute(f"DELETE FROM context {_OWN}", source.key).rowcount > 0


def spoiled_contexts(db: Connection) -> Iterator[Difference]:
    """Parts that are not as they were written; one at a time, for they are large."""

    def every() -> Iterator[tuple[str, str, int, bytes]]:
        with closing(
            db.cursor("SELECT dataset, sha256, part, body FROM context ORDER BY dataset, sha256, part")
        ) as some:
            while rows := db.some(some, 1):
                yield from rows

    yield from spoiled(every())
