"""Published figures in every store: kept whole, beside the graph, carried along, and looked through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
import store_places as at
from store_places import Place

from vinculo.graph.context import Kept, bodies, kept_tables, packed, rejects_of, rows_of, spoiled, unpacked, whole
from vinculo.graph.errors import StoreError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import copy, digest, restore, snapshot
from vinculo.graph.types import REJECT_SCHEMA, Source

ROWS = pa.table({"year": ["2019", "2020"], "kg": ["1", "2"], "record": [1, 3], "line": [2, 4]})
REJECTS = at.rejects([(2, 3, "kg", "2020 | x", "unreadable", "It is bad.", "Está mal.")])
COUNTS = {"read": 3, "loaded": 2, "duplicate_in_file": 0, "already_there": 0, "rejected": 1}


def keep(store: Store, name: str, pieces: int = 1) -> Source:
    """Keep one table."""
    source = at.source(name)
    run = store.begin_run(source, at="2026-01-02T03:04:05+00:00")
    store.save_context(source, bodies(Kept(source, counts=COUNTS), [ROWS] * pieces, REJECTS))
    store.finish_run(run, "done", COUNTS, at="2026-01-02T03:04:06+00:00")
    return source


def test_kept_whole_beside_the_graph(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA])
    before, version = digest(store), store.version()
    source = keep(store, "figures.a", pieces=3)
    assert store.version() != version
    [kept] = kept_tables(store)
    assert (kept.source, kept.counts, kept.parts) == (source, COUNTS, 3)
    assert rows_of(store, source) == pa.concat_tables([ROWS] * 3)
    assert rejects_of(store, source).to_pylist() == REJECTS.to_pylist()
    assert [s.dataset for s in store.sources()] == ["d"]
    assert digest(store) == before and store.counts() == {"entities": {"Person": 1}, "links": {}}
    assert [(r.source.dataset, r.status) for r in store.runs()] == [("d", "done"), ("figures", "done")]
    assert store.verify() == []
    again = place.open(read_only=True)
    assert rows_of(again, source) == rows_of(store, source)


def test_saving_it_again_replaces_it(place: Place) -> None:
    store = place.open()
    keep(store, "figures.a", pieces=3)
    source = keep(store, "figures.a", pieces=1)
    assert rows_of(store, source) == ROWS and len(store.contexts()) == 1
    assert store.verify() == []


def test_in_the_order_in_which_they_were_loaded(place: Place) -> None:
    store = place.open()
    for name in ("z.b", "a.c", "z.a"):
        keep(store, name)
    assert [k.source.file for k in kept_tables(store)] == ["b.csv", "c.csv", "a.csv"]
    assert [k.source.file for k in kept_tables(store, "z")] == ["b.csv", "a.csv"]
    store.withdraw(at.source("z.b"))
    keep(store, "z.b")
    order = ["c.csv", "a.csv", "b.csv"]
    assert [k.source.file for k in kept_tables(store)] == order
    other = open_store("sqlite:///:memory:")
    copy(store, other)
    assert [k.source.file for k in kept_tables(other)] == order
    other.close()


def test_withdrawn_alone(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA])
    first, second = keep(store, "figures.a"), keep(store, "figures.b")
    assert store.withdraw(first) == {"entities": 0, "links": 0, "values": 0}
    assert [k.source for k in kept_tables(store)] == [second]
    assert store.context(first) == [] and rows_of(store, first).num_rows == 0
    assert [r.status for r in store.runs()] == ["done", "withdrawn", "done"]
    assert store.verify() == []
    keep(store, "figures.a")
    assert len(kept_tables(store)) == 2
    with pytest.raises(UsageError):
        store.withdraw(at.source("figures.none"))


@pytest.mark.parametrize("way", ["copy", "snapshot"])
def test_carried_from_one_store_to_another(place: Place, tmp_path: Path, way: str) -> None:
    store, other = place.open(), open_store("sqlite:///:memory:")
    at.load(store, "d.a", [at.ANA])
    source = keep(store, "figures.a", pieces=2)
    ways: dict[str, Callable[[], dict[str, int]]] = {
        "copy": lambda: copy(store, other),
        "snapshot": lambda: snapshot(store, tmp_path / "snap") and restore(tmp_path / "snap", other),
    }
    ways[way]()
    assert other.context(source) == store.context(source)
    assert other.runs() == store.runs()
    assert digest(other) == digest(store) and other.verify() == []
    told = copy(other, store) if way == "copy" else restore(tmp_path / "snap", store)
    assert (told["sources"], told["passed_over"]) == (0, 1)
    assert len(store.contexts()) == 1
    other.close()


def test_a_snapshot_with_damaged_figures_is_refused(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from vinculo.graph.errors import InputError

    store, other = open_store("sqlite:///:memory:"), open_store("sqlite:///:memory:")
    keep(store, "figures.a")
    snapshot(store, tmp_path / "snap")
    file = tmp_path / "snap" / "context.parquet"
    rows = pq.read_table(file).to_pylist()
    rows[1]["body"] = rows[1]["body"][:-1] + b"x"
    pq.write_table(pa.Table.from_pylist(rows), file)
    with pytest.raises(InputError) as told:
        restore(tmp_path / "snap", other)
    assert told.value.code == "snapshot_damaged" and other.contexts() == {}


#: What is spoiled, by store.
SPOILED = {
    "sqlite": [
        "UPDATE context SET body = zeroblob(length(body)) WHERE part = 1",
        "UPDATE context SET part = 7 WHERE part = 1",
        "DELETE FROM context WHERE part = 1",
        "DELETE FROM context WHERE part = 0",
        "UPDATE context SET dataset = 'other'",
    ],
    "neo4j": [
        "MATCH (c:Context {part: 0}) MATCH (d:Context {part: 1}) SET d.body = c.body, d.part = 1, c.part = 3",
        "MATCH (c:Context {part: 1}) DELETE c",
        "MATCH (c:Context) SET c.dataset = 'other'",
    ],
}
CASES = [
    pytest.param(name, statement, marks=[pytest.mark.neo4j] * (name == "neo4j"))
    for name, statements in SPOILED.items()
    for statement in statements
]


@pytest.mark.parametrize(("place", "statement"), CASES, indirect=["place"])
def test_what_was_spoiled_is_named(place: Place, statement: str) -> None:
    store = place.open()
    keep(store, "figures.a")
    if place.name == "sqlite":
        with store._db.writing() as db:  # type: ignore[attr-defined]
            db.execute(statement)
    else:
        store._db.write(lambda tx: tx.rows(statement))  # type: ignore[attr-defined]
    found = store.verify()
    assert {d.what for d in found} == {"context"}
    assert "figures" in found[0].message("en") or "other" in found[0].message("en")


def test_every_flipped_bit_of_a_part_is_seen() -> None:
    body = packed(ROWS)
    assert whole(body) and unpacked(body) == ROWS
    for bit in range(8 * len(body)):
        flipped = bytearray(body)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not whole(bytes(flipped))
    with pytest.raises(StoreError) as told:
        unpacked(body[:-1])
    assert told.value.code == "context_damaged"


def test_parts_are_arrow_streams_for_any_reader() -> None:
    with pa.ipc.open_stream(packed(ROWS)) as stream:
        assert stream.read_all() == ROWS


def test_an_empty_table_keeps_its_rejects() -> None:
    source = at.source("figures.a")
    parts = bodies(Kept(source, counts=COUNTS), [], REJECTS)
    assert len(parts) == 1 and unpacked(parts[0]).schema.equals(REJECT_SCHEMA)
    assert list(spoiled([(*source.key, 0, parts[0])])) == []
