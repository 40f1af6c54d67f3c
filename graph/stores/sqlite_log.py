"""Whether the log that a killed process left beside a store is that store's own.

SQLite takes any log of this name for the file's: a store that is copied over one whose log is still there would be mixed with it,
page by page. Each store has a name of its own, and every transaction brings the page it stands on into the log.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from vinculo.graph.errors import StoreError

_NAME = "SELECT value FROM meta WHERE key = 'uid'"
#: Not known to a store of an earlier day, until it is written.
GIVE_NAME = "INSERT OR IGNORE INTO meta VALUES ('uid', lower(hex(randomblob(16)))), ('writes', '0')"
#: What every transaction does last.
BRING_NAME = "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'writes'"


def refuse_foreign_log(path: Path, url: str) -> None:
    """Do nothing where there is no log, or where it is the store's own.

    Raises
    ------
    StoreError
        ``store_foreign_log``; neither file has been changed.
    """
    try:
        there = path.with_name(f"{path.name}-wal").stat().st_size > 0
    except OSError:
        return
    if there:
        # who only reads folds no log into the file
        alone, together = _name(path, "immutable=1"), _name(path, "mode=ro")
        if alone and together and alone != together:
            raise StoreError("store_foreign_log", url=url)


def _name(path: Path, how: str) -> str:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?{how}", uri=True)) as db:
            row = db.execute(_NAME).fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def named(db: sqlite3.Connection) -> bool:
    """Whether the store has a name of its own."""
    return db.execute(_NAME).fetchone() is not None
