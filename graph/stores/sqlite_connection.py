"""The one place that opens SQLite files: making, checking and migrating them, transactions, rows in portions.

One SQLite library per process, Python's own: a second one drops the locks of the first (see docs/architecture.md), so nothing
else here may open these files.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import StoreBusy, StoreError, StoreVersionError
from vinculo.graph.stores.assembly import portions, table_of
from vinculo.graph.stores.sqlite_indexes import build, missing
from vinculo.graph.stores.sqlite_log import BRING_NAME, GIVE_NAME, named, refuse_foreign_log
from vinculo.graph.stores.sqlite_tables import (
    APPLICATION_ID,
    INDEX_TABLES,
    MIGRATIONS,
    SCHEMA_VERSION,
    TABLES,
    told_plainly,
)

#: Rows per chunk of a bulk read, and ids per query of a small one.
ROWS, FEW = 50_000, 500
#: How long to wait for another writer before saying so, seconds.
PATIENCE_S = 15.0

#: How much of the file is read in place, bytes.
MAPPED = 256 << 20


class Connection:
    """One connection to one file; safe to use from several threads, which take turns."""

    def __init__(self, url: str, *, create: bool, read_only: bool) -> None:
        self.url = url
        self._lock = threading.RLock()
        try:
            with told_plainly(url):
                self._open(create and not read_only, read_only)
        except StoreError as problem:
            if read_only and problem.code == "store_unwritable":
                raise StoreError("store_unreadable", url=url) from problem
            raise

    def _open(self, create: bool, read_only: bool) -> None:
        path = _path(self.url)
        if path is not None:
            refuse_foreign_log(path, self.url)
        self._db = _connected(self.url, create, read_only)
        self._path = path
        self._place = _place(self._path)
        try:
            self._checked(create, read_only)
        except BaseException:
            self._db.close()
            raise

    def _checked(self, create: bool, read_only: bool) -> None:
        db = self._db
        if not _has_tables(db, self.url):
            if not create:
                # whoever was to make them was cut off
                raise StoreError("store_missing", url=self.url)
            db.execute("PRAGMA journal_mode = WAL")
            with self.writing():
                # another process may have made the tables while this one waited
                if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    _run(db, TABLES)
                    db.execute(GIVE_NAME)
                    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreError("store_damaged", url=self.url, reason="application_id")
        if not read_only and self._version() in MIGRATIONS:
            with self.writing():
                while self._version() in MIGRATIONS:
                    _run(db, MIGRATIONS[self._version()])
        if not read_only and self._version() == SCHEMA_VERSION and not named(db):
            with self.writing():
                db.execute(GIVE_NAME)
        if not read_only and self._version() == SCHEMA_VERSION and missing(db):
            self._build_indexes()
        if self._version() != SCHEMA_VERSION:
            code = "store_older" if self._version() in MIGRATIONS else "store_version"
            raise StoreVersionError(code, url=self.url, found=self._version(), wanted=SCHEMA_VERSION)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA cache_size = -65536")
        db.execute("PRAGMA temp_store = MEMORY")
        self.map_file()
        _run(db, INDEX_TABLES)

    def _build_indexes(self) -> None:
        """Build what a killed load put off; not where another writes now, which may be that load at work: it builds them."""
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            with suppress(StoreBusy), self.writing():
                build(self._db)
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(PATIENCE_S * 1000):d}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def map_file(self, most: int = MAPPED) -> None:
        """Read so much of the file through the system's page cache; a load, which gains nothing by it, leaves it alone."""
        with self._lock:
            self._db.execute(f"PRAGMA mmap_size = {most:d}")

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nothing of it stays where it fails."""
        with self._lock, told_plainly(self.url):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                if _place(self._path) != self._place:
                    # SQLite would go on writing into a file that nobody can find any more
                    raise StoreError("store_moved", url=self.url)
                self._db.execute(BRING_NAME)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def rows(self, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, told_plainly(self.url):
            return self._db.execute(query, values).fetchall()

    def rows_in(self, query: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Rows of a query with ``({})`` for a list of values, in portions SQLite takes."""
        for some in portions(values, FEW):
            yield from self.rows(query.format(",".join("?" * len(some))), some)

    def cursor(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """A query begun, for :meth:`some`."""
        with self._lock, told_plainly(self.url):
            return self._db.execute(query, values)

    def some(self, cursor: sqlite3.Cursor, most: int) -> list[tuple[Any, ...]]:
        """The next rows of a query; none at its end."""
        with self._lock, told_plainly(self.url):
            return cursor.fetchmany(most)

    def stream(self, query: str, values: Sequence[Any], schema: pa.Schema) -> Iterator[pa.Table]:
        """Rows of a query as tables, ``ROWS`` at a time."""
        with self._lock, told_plainly(self.url):
            cursor = self._db.execute(query, values)
        while True:
            with self._lock, told_plainly(self.url):
                rows = cursor.fetchmany(ROWS)
            if not rows:
                return
            yield table_of(zip(*rows, strict=True), schema)


def library() -> tuple[str, bool]:
    """Version of this process' SQLite, and whether it has the trigram index that names are searched with."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE held USING fts5(x, tokenize='trigram')")
    except sqlite3.Error:
        return sqlite3.sqlite_version, False
    finally:
        db.close()
    return sqlite3.sqlite_version, True


def _connected(url: str, create: bool, read_only: bool) -> sqlite3.Connection:
    path = _path(url)
    if path is not None and not path.exists():
        if not create or read_only:
            raise StoreError("store_missing", url=url)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreError("store_unwritable", url=url, reason=problem.strerror or "") from problem
    if path is not None and path.is_dir():
        raise StoreError("store_damaged", url=url, reason="a folder")
    how = ("?immutable=1" if _engraved(path) else "?mode=ro") if read_only and path is not None else ""
    return sqlite3.connect(
        ":memory:" if path is None else path.as_uri() + how,
        uri=path is not None,
        timeout=PATIENCE_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _has_tables(db: sqlite3.Connection, url: str) -> bool:
    query = "SELECT count(*) FROM sqlite_master"
    try:
        return bool(db.execute(query).fetchone()[0])
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorname not in ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY"):
            raise
    # a writer was killed while it made the file, and who only reads may not put that right
    with closing(_connected(url, False, False)) as writer:
        writer.execute(query)
    return bool(db.execute(query).fetchone()[0])


def _path(url: str) -> Path | None:
    """The file; none where the store is in memory."""
    name = url.partition(":///")[2]
    return None if name in ("", ":memory:") else Path(name).absolute()


def _place(path: Path | None) -> tuple[int, int] | None:
    """Which file stands under the store's name at the moment."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _engraved(path: Path) -> bool:
    """Whether nobody can write there, as on a DVD, and no log has to be read along: then SQLite needs nothing beside the file."""
    try:
        fixed = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except (AttributeError, OSError):  # Windows has no such call
        return False
    return fixed and not path.with_name(f"{path.name}-wal").exists()


def _run(db: sqlite3.Connection, statements: str) -> None:
    # not executescript: it would commit
    for statement in statements.split(";\n"):
        db.execute(statement)
