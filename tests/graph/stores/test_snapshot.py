"""A snapshot holds what the store held, appears whole, and is refused where it is damaged."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from store_places import Place
from transfer_cases import everything, filled

from vinculo.graph.errors import Cancelled, InputError, UsageError
from vinculo.graph.leftovers import left_behind, part_of
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest, restore, snapshot


def test_a_snapshot_and_back(place: Place, tmp_path: Path) -> None:
    store = place.open()
    filled(store)
    told = snapshot(store, tmp_path / "snap")
    assert told == digest(store)
    assert not list(tmp_path.glob("*.part"))
    empty = open_store("sqlite:///:memory:")
    restore(tmp_path / "snap", empty)
    assert digest(empty) == told
    kept, again = everything(store), everything(empty)
    assert again == kept
    before = digest(store)
    assert restore(tmp_path / "snap", store)["passed_over"] == 3
    assert digest(store) == before
    empty.close()


def test_what_a_killed_snapshot_left_is_taken_away_by_the_next(tmp_path: Path) -> None:
    store = open_store("sqlite:///:memory:")
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    mine = part_of(tmp_path / "monday")
    dead = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{child.pid}-"))
    far, old = (mine.with_name(mine.name.replace(mine.name.split(".")[1][:8], f)) for f in ("0000000a", "0000000b"))
    foreign = tmp_path / "notes.part"
    for folder in (mine, dead, far, old, foreign):
        folder.mkdir()
        (folder / "entities.parquet").write_bytes(b"half")
    for path in (old, old / "entities.parquet"):
        os.utime(path, (0, 0))
    assert left_behind(tmp_path) == sorted([dead, old])
    snapshot(store, tmp_path / "tuesday")
    # what this process, or another machine, may be writing stays, and so does what is not ours
    assert {p.name for p in tmp_path.iterdir()} == {mine.name, far.name, foreign.name, "tuesday"}
    store.close()


@pytest.mark.neo4j
def test_equal_contents_give_equal_files(both: dict[str, Place], tmp_path: Path) -> None:
    for name, made in both.items():
        store = made.open()
        filled(store)
        snapshot(store, tmp_path / f"snap-{name}")
    files = {name: tmp_path / f"snap-{name}" for name in both}
    for name in ("entities.parquet", "links.parquet", "manifests.parquet", "rejects.parquet"):
        assert len({hashlib.sha256((f / name).read_bytes()).hexdigest() for f in files.values()}) == 1, name


def test_a_snapshot_appears_whole_or_not_at_all(place: Place, tmp_path: Path) -> None:
    store = place.open()
    filled(store)

    def stop(stage: str, done: int, total: int) -> None:
        raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        snapshot(store, tmp_path / "snap", stop)
    assert [p.name for p in tmp_path.iterdir() if "snap" in p.name] == []
    snapshot(store, tmp_path / "snap")
    with pytest.raises(UsageError) as told:
        snapshot(store, tmp_path / "snap")
    assert told.value.code == "snapshot_exists"


def test_a_damaged_snapshot_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    store = open_store("sqlite:///:memory:")
    filled(store)
    with pytest.raises(InputError) as told:
        restore(tmp_path / "nothing", store)
    assert told.value.code == "snapshot_missing"
    snapshot(store, tmp_path / "snap")
    empty = open_store("sqlite:///:memory:")

    def refused(code: str) -> None:
        with pytest.raises(InputError) as told:
            restore(tmp_path / "snap", empty)
        assert told.value.code == code
        assert empty.sources() == []

    links = tmp_path / "snap" / "links.parquet"
    whole = links.read_bytes()
    links.write_bytes(whole[: len(whole) // 2])
    refused("snapshot_damaged")
    pq.write_table(pq.read_table(tmp_path / "snap" / "entities.parquet"), links)
    refused("snapshot_damaged")
    links.write_bytes(whole)
    entities = tmp_path / "snap" / "entities.parquet"
    table = pq.read_table(entities)
    pq.write_table(table.slice(0, table.num_rows - 1), entities)
    refused("snapshot_damaged")
    pq.write_table(table, entities)
    restore(tmp_path / "snap", empty)
    assert digest(empty) == digest(store)
    document = tmp_path / "snap" / "snapshot.json"
    told = json.loads(document.read_text(encoding="utf-8"))
    for contents in ([], "x", None, {}, {"digest": "0"}, told["contents"] | {"values": -1}):
        document.write_text(json.dumps(told | {"contents": contents}), encoding="utf-8")
        with pytest.raises(InputError) as refusal:
            restore(tmp_path / "snap", empty)
        assert refusal.value.code == "snapshot_damaged"
    later = told["contents"] | {"sum_of_a_later_version": "1"}
    document.write_text(json.dumps(told | {"contents": later}), encoding="utf-8")
    restore(tmp_path / "snap", empty)
    document.write_text(json.dumps(told | {"snapshot": 99}), encoding="utf-8")
    with pytest.raises(InputError) as told:
        restore(tmp_path / "snap", empty)
    assert told.value.code == "snapshot_version"
    document.write_text("{", encoding="utf-8")
    with pytest.raises(InputError) as told:
        restore(tmp_path / "snap", empty)
    assert told.value.code == "snapshot_damaged"
    for one in (store, empty):
        one.close()
