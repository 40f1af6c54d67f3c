"""The tables of the embedded store, and what SQLite's errors mean to a person."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vinculo.graph.errors import EnvironmentProblem, StoreBusy, StoreError, VinculoError

#: Version of these tables; an older one is migrated when it is opened for writing, any other is refused with a sentence.
SCHEMA_VERSION = 4
#: "VNCL": tells our files from other programs' SQLite databases.
APPLICATION_ID = 0x564E434C

_LINK = """CREATE TABLE link(no INTEGER PRIMARY KEY, id TEXT NOT NULL, kind TEXT NOT NULL, source INTEGER NOT NULL,
  target INTEGER NOT NULL, date TEXT, amount REAL, currency TEXT, {origin}UNIQUE(id, kind));
CREATE INDEX link_out ON link(source, kind);
CREATE INDEX link_in ON link(target, kind);
"""
# what a source that is not published yet says of things that others brought in
_PENDING = """CREATE TABLE entity_pending(source INTEGER NOT NULL, thing INTEGER NOT NULL,
  PRIMARY KEY(source, thing)) WITHOUT ROWID;
CREATE TABLE link_pending(source INTEGER NOT NULL, thing INTEGER NOT NULL,
  PRIMARY KEY(source, thing)) WITHOUT ROWID;
"""
# tables that are no graph, as Arrow streams in parts
_CONTEXT = """CREATE TABLE IF NOT EXISTS context(no INTEGER PRIMARY KEY, dataset TEXT NOT NULL, sha256 TEXT NOT NULL,
  part INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE(dataset, sha256, part));
"""
# by batch: the sum over what it added and that of its manifest; null where an older version wrote it
_CHECKSUM = """CREATE TABLE IF NOT EXISTS checksum(source INTEGER NOT NULL, number INTEGER NOT NULL, content INTEGER,
  manifest INTEGER, PRIMARY KEY(source, number)) WITHOUT ROWID;
"""

TABLES = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source(no INTEGER PRIMARY KEY, dataset TEXT NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL,
  synthetic INTEGER NOT NULL, taint TEXT NOT NULL, published INTEGER NOT NULL, UNIQUE(dataset, sha256));
CREATE TABLE run(no INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, started TEXT NOT NULL,
  finished TEXT NOT NULL, status TEXT NOT NULL, counts TEXT NOT NULL);
CREATE TABLE batch(source INTEGER NOT NULL REFERENCES source, number INTEGER NOT NULL, run INTEGER NOT NULL,
  records INTEGER NOT NULL, fingerprints BLOB NOT NULL, PRIMARY KEY(source, number)) WITHOUT ROWID;
{_CHECKSUM}CREATE TABLE reject(source INTEGER NOT NULL REFERENCES source, record INTEGER NOT NULL, line INTEGER, "column" TEXT,
  raw TEXT, code TEXT, en TEXT, es TEXT, PRIMARY KEY(source, record)) WITHOUT ROWID;
-- origin: the source that brought the thing in; the thing is seen where that is published
CREATE TABLE entity(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
  rank INTEGER NOT NULL, origin INTEGER NOT NULL);
CREATE INDEX entity_kind ON entity(kind);
-- one id may stand under two kinds: two links
{_LINK.format(origin="origin INTEGER NOT NULL, ")}{_PENDING}{_CONTEXT}
-- a row per (thing, source, content): what the first record with this content asserts
CREATE TABLE entity_fact(entity INTEGER NOT NULL, source INTEGER NOT NULL, content INTEGER NOT NULL,
  record INTEGER NOT NULL, kind TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY(entity, source, content)) WITHOUT ROWID;
CREATE TABLE link_fact(link INTEGER NOT NULL, source INTEGER NOT NULL, content INTEGER NOT NULL,
  record INTEGER NOT NULL, facts TEXT NOT NULL, PRIMARY KEY(link, source, content)) WITHOUT ROWID;
CREATE TABLE name(no INTEGER PRIMARY KEY, entity INTEGER NOT NULL, sort TEXT NOT NULL, value TEXT NOT NULL,
  held TEXT NOT NULL, UNIQUE(entity, sort, value));
CREATE INDEX name_held ON name(held);
CREATE VIRTUAL TABLE name_trigrams USING fts5(held, content='name', content_rowid='no', tokenize='trigram');
CREATE TABLE finding(id TEXT PRIMARY KEY, typology TEXT NOT NULL, score REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE suggestion("left" TEXT NOT NULL, "right" TEXT NOT NULL, score REAL NOT NULL, en TEXT NOT NULL,
  es TEXT NOT NULL, judgement TEXT NOT NULL, PRIMARY KEY("left", "right")) WITHOUT ROWID;
CREATE TABLE document(collection TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(collection, name)) WITHOUT ROWID;
INSERT INTO meta VALUES ('version', '0');
"""

#: By the version they start from: statements that make the next one.
MIGRATIONS = {
    1: f"""
ALTER TABLE link RENAME TO old_link;
DROP INDEX link_out;
DROP INDEX link_in;
{_LINK.format(origin="")}INSERT INTO link SELECT no, id, kind, source, target, date, amount, currency FROM old_link;
DROP TABLE old_link;
PRAGMA user_version = 2;
""",
    2: f"""
{_CHECKSUM}INSERT OR IGNORE INTO checksum SELECT source, number, NULL, NULL FROM batch;
PRAGMA user_version = 3;
""",
    # what is there stays seen: 2 is "published by an older version", and no source has the number 0
    3: f"""
ALTER TABLE source ADD COLUMN published INTEGER NOT NULL DEFAULT 2;
UPDATE source SET published = 0 WHERE no NOT IN (SELECT source FROM batch);
ALTER TABLE entity ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE link ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
{_PENDING}{_CONTEXT}PRAGMA user_version = 4;
""",
}

#: Behind the number of a source: nothing is seen of those that are not published.
SEEN = "NOT IN (SELECT no FROM source WHERE published = 0)"
#: Whether anything is there that is not seen.
SOME_UNSEEN = "EXISTS (SELECT 1 FROM source JOIN batch ON batch.source = source.no WHERE published = 0)"
CHANGED = "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'version'"

#: Where trigrams stand, as the index knows it; of the connection, not of the file.
INDEX_TABLES = """
CREATE VIRTUAL TABLE temp.trigram USING fts5vocab(main, name_trigrams, row);
CREATE VIRTUAL TABLE temp.trigram_place USING fts5vocab(main, name_trigrams, instance);
"""

#: SQLite's codes for locks that the system refused.
_LOCKING = tuple(f"SQLITE_IOERR_{n}" for n in ("LOCK", "RDLOCK", "UNLOCK", "CHECKRESERVEDLOCK", "SHMLOCK"))


@contextmanager
def told_plainly(url: str) -> Iterator[None]:
    """Turn SQLite's errors into ours; nothing of the statement at work has been written."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        raise _plain(problem, url) from problem
    except UnicodeDecodeError as problem:
        # SQLite quotes a damaged table in its own error, and Python cannot read that
        raise StoreError("store_damaged", url=url, reason="a text that is none") from problem


def _plain(problem: sqlite3.DatabaseError, url: str) -> VinculoError:
    text = str(problem).lower()
    name = getattr(problem, "sqlite_errorname", "") or ""
    busy = name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"))
    if (busy or name.startswith(_LOCKING)) and not _can_lock(url):
        return StoreError("store_unlockable", url=url)
    if busy:
        return StoreBusy("store_busy", url=url)
    if name == "SQLITE_FULL" or "full" in text:
        return EnvironmentProblem("disk_full", url=url)
    # SQLite does not say which: a quota, a stick pulled out and a dying disk all come like this
    if name.startswith("SQLITE_IOERR"):
        return EnvironmentProblem("disk_refuses", url=url)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreError("store_unwritable", url=url, reason=str(problem))
    return StoreError("store_damaged", url=url, reason=str(problem))


def _can_lock(url: str) -> bool:
    """Whether files beside the store can be locked at all: some network drives refuse, which SQLite tells as *busy*.

    Asked of another file, for closing the store's own would drop the locks this process holds on it.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    with suppress(OSError), tempfile.TemporaryFile(dir=Path(url.partition(":///")[2]).absolute().parent) as probe:
        try:
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
