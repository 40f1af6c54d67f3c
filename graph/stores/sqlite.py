"""The embedded store: one SQLite file, Python's own library, write-ahead log, full durability.

Several processes may read while one writes. What it does stands in the files beside this one: ``sqlite_connection`` opens,
``sqlite_lookup``, ``sqlite_search`` and ``sqlite_bulk`` read, ``sqlite_write`` and ``sqlite_withdraw`` change the graph,
``sqlite_indexes`` puts indexes off, ``sqlite_publishing`` decides what readers see, ``sqlite_records`` keeps what was loaded
and what people and analytics add, ``sqlite_context`` published figures beside it.
"""

from __future__ import annotations

from vinculo.graph.errors import UsageError
from vinculo.graph.stores import StoreKind
from vinculo.graph.stores.sqlite_bulk import Bulk
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_context import Contexts, drop_context
from vinculo.graph.stores.sqlite_lookup import Lookups
from vinculo.graph.stores.sqlite_publishing import is_published, refuse_withdrawn
from vinculo.graph.stores.sqlite_records import Records, source_number
from vinculo.graph.stores.sqlite_search import Searches
from vinculo.graph.stores.sqlite_tables import CHANGED
from vinculo.graph.stores.sqlite_verify import differences
from vinculo.graph.stores.sqlite_withdraw import withdraw_source
from vinculo.graph.stores.sqlite_write import write_batch
from vinculo.graph.types import Added, Batch, Manifest, Source
from vinculo.graph.verifying import Difference, Progress


class SqliteStore(Lookups, Searches, Bulk, Records, Contexts):
    """A :class:`vinculo.graph.store.Store` in one file. Safe to use from several threads; calls take turns."""

    batch_rows = 250_000

    def __init__(self, url: str, *, create: bool = True, read_only: bool = False) -> None:
        self.url = url
        self._db = Connection(url, create=create, read_only=read_only)

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def write(self, batch: Batch, manifest: Manifest) -> Added | None:
        with self._db.writing() as db:
            source = source_number(db, manifest.source)
            query = "SELECT run FROM batch WHERE source = ? AND number = ?"
            there = db.execute(query, (source, manifest.number)).fetchone()
            if there:
                return Added(0, 0) if there[0] == manifest.run else None
            refuse_withdrawn(db, manifest.run)
            added = write_batch(db, batch, manifest, source)
            if is_published(db, source):
                db.execute(CHANGED)
            return added

    def withdraw(self, source: Source) -> dict[str, int]:
        with self._db.writing() as db:
            row = db.execute("SELECT no FROM source WHERE dataset = ? AND sha256 = ?", source.key).fetchone()
            if row is None:
                raise UsageError("unknown_source", source=source.file or source.sha256)
            if drop_context(db, source) or is_published(db, int(row[0])):
                db.execute(CHANGED)
            gone = withdraw_source(db, int(row[0]))
            return gone

    def verify(self, progress: Progress | None = None) -> list[Difference]:
        return differences(self._db, progress)


STORE = StoreKind(
    name="sqlite",
    schemes=("sqlite",),
    opens=lambda url, create, read_only: SqliteStore(url, create=create, read_only=read_only),
)
