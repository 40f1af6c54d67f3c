"""Indexes put off by a large first load: built when it ends, however it ends, and never a matter of what is right."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from vinculo.graph.stores import sqlite_connection, sqlite_indexes
from vinculo.graph.stores.sqlite import SqliteStore
from vinculo.graph.types import FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

LINKS = 10_000
SOURCE = Source("demo", "ab" * 32, "a.csv")


def _indexes(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'link_%'")
        }


def _batch(links: int = LINKS) -> Batch:
    rows = range(links)
    columns = [
        [f"l{n:06}" for n in rows], ["PAID"] * links, [f"a{n % 700}" for n in rows], [f"b{n % 900}" for n in rows],
        [n + 1 for n in rows], [""] * links,
    ]  # fmt: skip
    return Batch.make(
        links=pa.table([pa.array(c, f.type) for c, f in zip(columns, LINK_SCHEMA, strict=True)], LINK_SCHEMA)
    )


def _half_loaded(path: Path, links: int = LINKS) -> tuple[SqliteStore, int]:
    store = SqliteStore(f"sqlite:///{path}")
    run = store.begin_run(SOURCE)
    store.write(_batch(links), Manifest(SOURCE, run, 1, 1, pa.array([b"x" * 16], FINGERPRINT)))
    return store, run


def test_small_batch_keeps_them(tmp_path: Path) -> None:
    store, _ = _half_loaded(tmp_path / "a.db", LINKS - 1)
    assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
    store.close()


@pytest.mark.parametrize("status", ["done", "held", "interrupted"])
def test_end_of_run_builds_them(tmp_path: Path, status: str) -> None:
    store, run = _half_loaded(tmp_path / "a.db")
    assert not _indexes(tmp_path / "a.db")
    store.finish_run(run, status, {})
    assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
    store.close()


def test_withdrawal_builds_them(tmp_path: Path) -> None:
    store, _ = _half_loaded(tmp_path / "a.db")
    assert store.withdraw(SOURCE)["links"] == LINKS
    assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
    store.close()


def test_killed_load_is_read_as_it_is_and_mended_by_the_next_writer(tmp_path: Path) -> None:
    store, run = _half_loaded(tmp_path / "a.db")
    store.close()
    with closing(SqliteStore(store.url, read_only=True)) as reader:
        assert reader.counts() == {"entities": {}, "links": {}}
        assert [s.key for s in reader.unpublished()] == [SOURCE.key]
    assert not _indexes(tmp_path / "a.db")
    with closing(SqliteStore(store.url)) as writer:
        assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
        writer.finish_run(run, "done", {})
        assert writer.counts()["links"] == {"PAID": LINKS}
        assert not writer.verify()


def test_a_store_that_holds_more_keeps_them(tmp_path: Path) -> None:
    store, run = _half_loaded(tmp_path / "a.db", 2 * LINKS)
    store.finish_run(run, "done", {})
    other = Source("demo", "cd" * 32, "b.csv")
    second = store.begin_run(other)
    store.write(_batch(LINKS), Manifest(other, second, 1, 1, pa.array([b"y" * 16], FINGERPRINT)))
    assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
    store.close()


def test_very_many_links_build_them_before_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_indexes, "_MOST", LINKS - 1)
    store, run = _half_loaded(tmp_path / "a.db")
    assert not _indexes(tmp_path / "a.db")
    store.write(_batch(LINKS), Manifest(SOURCE, run, 2, 1, pa.array([b"y" * 16], FINGERPRINT)))
    assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
    store.close()


def test_a_load_at_work_keeps_nobody_from_opening(tmp_path: Path) -> None:
    store, run = _half_loaded(tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as at_work:
        at_work.execute("BEGIN IMMEDIATE")
        with closing(SqliteStore(store.url)) as other:
            assert [s.key for s in other.unpublished()] == [SOURCE.key]
            at_work.execute("ROLLBACK")
            # it still waits its turn for what it writes itself
            assert other._db.rows("PRAGMA busy_timeout") == [(round(sqlite_connection.PATIENCE_S * 1000),)]
    store.finish_run(run, "done", {})
    assert _indexes(tmp_path / "a.db") == {"link_out", "link_in"}
    store.close()
