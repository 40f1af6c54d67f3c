"""What only the embedded store can get wrong: files of an older version, files half made, drives without locks."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import store_places as at

from vinculo.graph.errors import StoreBusy, StoreError, StoreVersionError
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.graph.types import Batch, Manifest

#: From today's tables to those of version 3, and from these to version 1.
BACK_TO_3 = """
ALTER TABLE source DROP COLUMN published;
ALTER TABLE entity DROP COLUMN origin;
ALTER TABLE link DROP COLUMN origin;
DROP TABLE entity_pending;
DROP TABLE link_pending;
DROP TABLE context;
PRAGMA user_version = 3;
"""
BACK_TO_1 = """
DROP TABLE checksum;
ALTER TABLE link RENAME TO new_link;
DROP INDEX link_out;
DROP INDEX link_in;
CREATE TABLE link(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, source INTEGER NOT NULL,
  target INTEGER NOT NULL, date TEXT, amount REAL, currency TEXT);
CREATE INDEX link_out ON link(source, kind);
CREATE INDEX link_in ON link(target, kind);
INSERT INTO link SELECT * FROM new_link;
DROP TABLE new_link;
PRAGMA user_version = 1;
"""


@pytest.fixture(params=[1, 3])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, object]]:
    """Address of a file as an older version made it, and its digest."""
    path = tmp_path / "old.db"
    store = open_store(f"sqlite:///{path}")
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS, at.PAID])
    before = digest(store)
    store.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(BACK_TO_3 + (BACK_TO_1 if request.param == 1 else ""))
    return f"sqlite:///{path}", before


def test_a_file_of_an_older_version_is_migrated_when_it_is_opened_for_writing(
    older: tuple[str, dict[str, object]],
) -> None:
    url, before = older
    store = open_store(url, create=False)
    assert digest(store) == before
    at.load(store, "d.b", [], [("own", "DIRECTS", "ana", "firm", 1, {"role": "chair"})])
    assert store.counts()["links"] == {"DIRECTS": 1, "OWNS": 1, "PAID": 1}
    assert [x.id for x in store.neighbours("firm").links] == ["own", "own", "pay"]
    store.close()
    again = open_store(url, read_only=True)
    assert again.counts()["links"] == {"DIRECTS": 1, "OWNS": 1, "PAID": 1}
    again.close()


def test_a_file_of_an_older_version_is_not_changed_by_a_reader(older: tuple[str, dict[str, object]]) -> None:
    url, before = older
    with pytest.raises(StoreVersionError) as told:
        open_store(url, read_only=True)
    assert told.value.code == "store_older" and "vinculo upgrade" in told.value.hint("en")
    store = open_store(url)
    assert digest(store) == before
    store.close()


def test_a_file_without_tables_is_no_store_yet(tmp_path: Path) -> None:
    """What a program leaves that is killed before it has made the tables."""
    path = tmp_path / "begun.db"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    for content in (path.read_bytes(), b""):
        path.write_bytes(content)
        with pytest.raises(StoreError) as told:
            open_store(f"sqlite:///{path}", read_only=True)
        assert told.value.code == "store_missing"
    open_store(f"sqlite:///{path}").close()
    open_store(f"sqlite:///{path}", read_only=True).close()


def test_a_drive_that_locks_nothing_is_not_told_as_another_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl", reason="Windows locks files otherwise")
    monkeypatch.setattr("vinculo.graph.stores.sqlite_connection.PATIENCE_S", 0.1)
    url = f"sqlite:///{tmp_path / 'case.db'}"
    store = open_store(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "case.db", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            store.begin_run(at.source("d.a"))

        def refused(*_: object) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr(fcntl, "lockf", refused)
        with pytest.raises(StoreError) as told:
            store.begin_run(at.source("d.a"))
        assert told.value.code == "store_unlockable"
    store.close()


def test_what_an_older_version_showed_stays_seen_and_can_be_withdrawn(older: tuple[str, dict[str, object]]) -> None:
    url, before = older
    store = open_store(url)
    assert [s.file for s in store.sources()] == ["a.csv"] and store.unpublished() == []
    held = at.source("d.b")
    run = store.begin_run(held)
    batch = Batch.make(at.entities([("ana", "Person", 1, {"name": "Ana of Another File"})]), at.links([at.PAID]))
    store.write(batch, Manifest(held, run, 1, 2, at.prints("b")))
    assert digest(store) == before and store.verify() == []
    store.withdraw(at.source("d.a"))
    assert store.counts() == {"entities": {}, "links": {}} and store.verify() == []
    store.finish_run(run, "done", {})
    assert {e.name for e in store.entities(["ana", "firm", "abroad"]).values()} == {
        "Ana of Another File",
        "firm",
        "abroad",
    }
    assert store.verify() == []
    store.close()


def test_what_an_older_version_needs_as_an_end_stays_seen(older: tuple[str, dict[str, object]]) -> None:
    """A held file describes the end of an old link, and another file is withdrawn."""
    url, _ = older
    store = open_store(url)
    held = at.source("d.b")
    run = store.begin_run(held)
    batch = Batch.make(at.entities([("abroad", "Company", 1, {"name": "Held"})]))
    store.write(batch, Manifest(held, run, 1, 1, at.prints("b")))
    store.withdraw(at.load(store, "d.c", [("z", "Person", 1, {"name": "Z"})]))
    assert [x.id for x in store.neighbours("abroad").links] == ["pay"]
    assert store.entities(["abroad"])["abroad"].kind == "Thing" and store.verify() == []
    store.close()


def test_what_was_withdrawn_under_an_older_version_is_held_back_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    store = open_store(f"sqlite:///{path}")
    gone = at.load(store, "d.a", [at.ANA])
    store.withdraw(gone)
    store.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(BACK_TO_3)
    store = open_store(f"sqlite:///{path}")
    run = store.begin_run(gone)
    store.write(Batch.make(at.entities([at.ANA])), Manifest(gone, run, 1, 1, at.prints("a")))
    store.finish_run(run, "held", {})
    assert store.counts()["entities"] == {} and store.unpublished() == [gone]
    store.close()


@pytest.mark.parametrize("published", [True, False])
def test_ends_of_a_link_that_is_there_with_others_are_not_left_behind(published: bool) -> None:
    with contextlib.closing(open_store("sqlite:///:memory:")) as store:
        at.load(store, "d.a", [], [("pay", "PAID", "firm", "abroad", 1, {})])
        origin = at.source("d.b")
        run = store.begin_run(origin)
        if published:
            store.write(Batch.make(at.entities([at.ANA])), Manifest(origin, run, 1, 1, at.prints("1")))
            store.finish_run(run, "done", {})
        rows: list[at.LinkRow] = [
            ("pay", "PAID", "firm", "elsewhere", 2, {}),
            ("more", "PAID", "firm", "third", 3, {}),
            ("more", "PAID", "firm", "fourth", 4, {}),
        ]
        batch = Batch.make(at.entities([at.FIRM]), at.links(rows))
        assert store.write(batch, Manifest(origin, run, 2, 1, at.prints("2"))) == (1, 1)
        assert store.verify() == []
        store.finish_run(run, "done", {})
        assert set(store.entities(["abroad", "elsewhere", "third", "fourth"])) == {"abroad", "third"}
        assert store.verify() == []


def test_ends_that_a_link_does_not_have_are_not_taken_over() -> None:
    with contextlib.closing(open_store("sqlite:///:memory:")) as store:
        hidden = at.source("d.hidden")
        store.write(
            Batch.make(at.entities([at.ANA])), Manifest(hidden, store.begin_run(hidden), 1, 1, at.prints("hidden"))
        )
        at.load(store, "d.a", [], [("pay", "PAID", "firm", "abroad", 1, {})])
        at.load(store, "d.b", [], [("pay", "PAID", "firm", "ana", 1, {})])
        assert store.entities(["ana"]) == {}
        assert store.verify() == []


def test_a_link_handed_over_brings_its_own_ends_into_view() -> None:
    with contextlib.closing(open_store("sqlite:///:memory:")) as store:
        runs = {}
        for name, things, end in (("a", [at.ANA], ""), ("b", [], "ana"), ("c", [], "abroad")):
            origin = at.source(f"d.{name}")
            runs[name] = store.begin_run(origin)
            links: list[at.LinkRow] = [("pay", "PAID", "firm", end, 1, {})] if end else []
            batch = Batch.make(at.entities(things), at.links(links))
            store.write(batch, Manifest(origin, runs[name], 1, 1, at.prints(name)))
        store.withdraw(at.source("d.b"))
        store.finish_run(runs["c"], "done", {})
        assert set(store.entities(["firm", "ana", "abroad"])) == {"firm", "ana"}
        assert store.verify() == []


def test_a_run_that_another_process_begins_meanwhile_disturbs_no_list_of_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'case.db'}"
    store, other = open_store(url), open_store(url)
    ask, begun = store._db.rows, []

    def after_another(*question):
        """What another process does between any two questions."""
        begun.append(other.begin_run(at.source(f"d.{len(begun)}")))
        return ask(*question)

    monkeypatch.setattr(store._db, "rows", after_another)
    assert [run.number for run in store.runs()] == begun[:1]
    store.close()
    other.close()
