"""Opening, closing, refusing, and several at once: each test runs on every store that registers itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.errors import StoreBusy, StoreError, StoreVersionError, VinculoError
from vinculo.graph.transfer import digest
from vinculo.graph.types import Batch, Manifest


def test_contents_outlive_the_process(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS, at.PAID])
    store.save_document("charts", "a", {"x": 1})
    before = digest(store)
    store.close()
    again = place.open(create=False)
    assert digest(again) == before
    assert again.documents("charts") == {"a": {"x": 1}}
    assert again.search("halcon del norte")[0].id == "firm"


def test_read_only(place: Place) -> None:
    with pytest.raises(StoreError) as told:
        place.open(read_only=True)
    assert told.value.code == "store_missing"
    with pytest.raises(StoreError) as told:
        place.open(create=False)
    assert told.value.code == "store_missing"
    writer = place.open()
    origin = at.load(writer, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    before = digest(writer)
    reader = place.open(read_only=True)
    assert digest(reader) == before
    assert reader.search("ana lopez")[0].id == "ana"
    for refused in (
        lambda: reader.begin_run(origin),
        lambda: reader.write(Batch.make(at.entities([at.FIRM])), Manifest(origin, 1, 7, 1, at.prints("z"))),
        lambda: reader.withdraw(origin),
        lambda: reader.save_document("charts", "a", {}),
        lambda: reader.save_findings("x", []),
    ):
        with pytest.raises(StoreError) as told:
            refused()
        assert told.value.code == "store_unwritable"
        assert told.value.exit_code == 4
    assert digest(writer) == before
    at.load(writer, "d.b", [("x", "Person", 1, {})])
    assert set(reader.entities(["x"])) == {"x"}


@pytest.mark.parametrize("version", [0, 99])
def test_another_schema_version_is_refused(place: Place, version: int) -> None:
    place.open().close()
    place.set_version(version)
    for options in ({}, {"read_only": True}):
        with pytest.raises(StoreVersionError) as told:
            place.open(**options)
        assert str(version) in told.value.message("en")


def test_data_of_another_program_is_refused(place: Place) -> None:
    place.foreign()
    for options in ({}, {"read_only": True}):
        with pytest.raises(StoreError):
            place.open(**options)


def test_a_second_writer_is_told_to_wait(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place.patience, 0.3)
    store = place.open()
    origin = at.load(store, "d.a", [at.ANA])
    before = digest(store)
    batch, manifest = Batch.make(at.entities([at.FIRM])), Manifest(origin, 1, 2, 1, at.prints("f"))
    with place.held():
        with pytest.raises(StoreBusy) as told:
            store.write(batch, manifest)
        assert told.value.code == "store_busy"
        assert digest(store) == before
    store.write(batch, manifest)
    assert set(store.entities(["ana", "firm"])) == {"ana", "firm"}


WRITER = """
import sys
sys.path[:0] = sys.argv[3:]
import store_places as at
from vinculo.graph.stores import open_store
from vinculo.graph.types import Batch, Manifest
store, name = open_store(sys.argv[1]), sys.argv[2]
origin = at.source(f"d.{name}")
run = store.begin_run(origin)
for n in range(1, 16):
    rows = [(f"e{i}", "Person", n, {"name": f"{name} {i}"}) for i in range(n, n + 20)]
    paid = [(f"p{i}", "PAID", f"e{i}", f"e{i + 1}", n, {"amount": str(i)}) for i in range(n, n + 20)]
    store.write(Batch.make(at.entities(rows), at.links(paid)), Manifest(origin, run, n, 20, at.prints(str(n))))
store.finish_run(run, "done", {})
store.close()
"""


def test_two_processes_writing_lose_nothing(place: Place) -> None:
    place.open().close()
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, place.url, name, *sys.path[:4]], stderr=subprocess.PIPE)
        for name in ("one", "two")
    ]
    for process in started:
        _, complaint = process.communicate(timeout=120)
        assert process.returncode == 0, complaint.decode()
    store = place.open()
    assert store.counts() == {"entities": {"Person": 34, "Thing": 1}, "links": {"PAID": 34}}
    assert sorted(r.number for r in store.runs()) == [1, 2]
    assert at.said(store, "e5", "name") == {"one 5": [("d", "one.csv", 1)], "two 5": [("d", "two.csv", 1)]}
    assert at.said(store, "p20", "amount") == {"20": [("d", "one.csv", 1), ("d", "two.csv", 1)]}
    codes = store.nodes().column("code").to_pylist()
    assert len(set(codes)) == len(codes)


def test_every_error_of_a_store_is_a_sentence_in_both_languages(place: Place) -> None:
    store = place.open()
    with pytest.raises(VinculoError) as told:
        store.neighbours("nobody")
    assert "nobody" in told.value.message("en")
    assert "nobody" in told.value.message("es")
    assert told.value.message("en") != told.value.message("es")
