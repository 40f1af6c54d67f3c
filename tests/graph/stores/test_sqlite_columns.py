"""What the embedded store gives in whole columns is what stands in its rows."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import store_places as at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.errors import StoreError
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.stores import assembly, open_store, sqlite_columns
from vinculo.graph.stores.sqlite import SqliteStore

TEXTS = st.text(max_size=9)
CLEANED = st.none() | TEXTS.map(lambda text: text.replace("\x1e", ""))
#: SQLite knows no negative nothing.
AMOUNTS = st.none() | st.integers(0, 10**12).map(lambda n: n / 100) | st.floats(allow_nan=False).map(lambda x: x + 0.0)
EDGES = st.lists(
    st.tuples(TEXTS, st.sampled_from(["PAID", "OWNS"]), CLEANED, AMOUNTS, st.sampled_from([None, "", "USD"])),
    max_size=12,
    unique_by=lambda row: row[:2],
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """An empty one, in a file."""
    made = open_store(f"sqlite:///{tmp_path_factory.mktemp('columns') / 'case.db'}")
    assert isinstance(made, SqliteStore)
    yield made
    made.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDGES, st.integers(1, 5))
def test_columns_are_the_rows_to_the_last_bit(store, edges, rows):
    order = sorted(range(len(edges)), key=lambda i: (edges[i][0].encode(), edges[i][1]))
    with pytest.MonkeyPatch.context() as patch, store._db.writing() as db:
        patch.setattr(sqlite_columns, "ROWS", rows)
        db.execute("DELETE FROM link")
        db.executemany(
            "INSERT INTO link VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0)",
            [(3 * n + 5, *e[:2], n, -n, *e[2:]) for n, e in enumerate(edges)],
        )
        found = store.edges()
        assert store.edges(["OWNS"]).to_pylist() == [r for r in found.to_pylist() if r["kind"] == "OWNS"]
    expected = [[edges[i][0], edges[i][1], i, -i, *edges[i][2:]] for i in order]
    assert found.schema == EDGE_SCHEMA
    assert repr([list(row.values()) for row in found.to_pylist()]) == repr(expected)


def test_a_text_longer_than_sqlite_joins_is_read_row_by_row(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'case.db'}")
    at.load(store, "d.a", [(f"p{n}", "Person", n, {"name": "x" * 400}) for n in range(9)], [])
    before = store.nodes()
    assert isinstance(store, SqliteStore)
    store._db._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2_000)
    assert store.nodes().equals(before) and before.schema == NODE_SCHEMA
    store.close()


def test_portions_are_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'case.db'}"
    store = open_store(url)
    at.load(store, "d.a", [at.ANA, at.FIRM], [(f"t{n}", "PAID", "ana", "firm", n, {}) for n in range(6)])
    assert isinstance(store, SqliteStore)
    monkeypatch.setattr(sqlite_columns, "ROWS", 2)
    portions = sqlite_columns.columns(store._db, "link", EDGE_SCHEMA)
    first = next(portions)
    with contextlib.closing(open_store(url)) as other:
        at.load(other, "d.b", [at.ANA], [(f"u{n}", "PAID", "ana", "firm", n, {}) for n in range(6)])
    read = pa.concat_tables([first, *portions])
    assert sorted(read.column("id").to_pylist()) == [f"t{n}" for n in range(6)]
    assert store.edges().num_rows == 12
    store.close()


@given(
    st.lists(st.text(max_size=12) | st.sampled_from(["abcdefgh", "abcdefgh\0", "abcdefghi", "ab", "ab\0"])), st.data()
)
def test_texts_are_put_in_order_of_their_bytes(texts, data):
    start = data.draw(st.integers(0, len(texts)))
    order = assembly.text_order(pa.array(texts, pa.string())[start:])
    assert order.tolist() == sorted(range(len(texts) - start), key=lambda i: texts[start + i].encode())


def test_an_empty_table_is_of_one_moment_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'case.db'}"
    store = open_store(url)
    read = sqlite_columns._read

    def meanwhile(*asked: object) -> object:
        with contextlib.closing(open_store(url)) as other:
            at.load(other, "d.a", [at.ANA, at.FIRM], [("t", "PAID", "ana", "firm", 1, {})])
        return read(*asked)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(sqlite_columns, "_read", meanwhile)
    assert store.edges().num_rows == 0
    monkeypatch.undo()
    assert store.edges().num_rows == 1
    store.close()


def test_a_name_that_is_no_text_is_told_without_its_neighbours(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'case.db'}")
    at.load(store, "d.a", [("ana", "Person", 1, {"name": "Ana"}), ("eva", "Person", 2, {"name": "Eva"})], [])
    assert isinstance(store, SqliteStore)
    with store._db.writing() as db:
        db.execute("UPDATE entity SET name = CAST(x'ff41' AS TEXT) WHERE id = 'eva'")
    with pytest.raises(StoreError) as told:
        store.nodes()
    assert "Ana" not in told.value.message("en")
    store.close()
