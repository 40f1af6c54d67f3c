"""A withdrawal on the server runs in many transactions: it goes on where it was cut off, and nobody sees it half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import store_places as at
from neo4j_places import QUESTIONS, CutOff, cypher
from store_places import Place

from vinculo.graph.errors import StoreBusy, StoreError
from vinculo.graph.store import Store
from vinculo.graph.stores import neo4j_withdraw, neo4j_write
from vinculo.graph.transfer import digest
from vinculo.graph.types import Added, Batch, Manifest

pytestmark = pytest.mark.neo4j


@pytest.mark.parametrize("step", ["_links", "_entities", "_bare_ends", "_brought", "_end"])
def test_a_withdrawal_cut_off_goes_on_at_the_next_opening(
    server: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = server.open()
    at.load(store, "d.a", [("x", "Person", 1, {"name": "X"})], [("p", "PAID", "x", "y", 1, {})])
    before = digest(store)
    rows = [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(30)]
    paid = [(f"q{n}", "PAID", f"e{n}", f"e{n - 1}" if n else "x", n + 1, {}) for n in range(30)]
    second = at.load(store, "d.b", [*rows, ("x", "Company", 1, {"name": "Longer X"})], paid)

    def cut(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(f"vinculo.graph.stores.neo4j_withdraw.{step}", cut)
        with pytest.raises(CutOff):
            store.withdraw(second)
    store.close()
    again = server.open()
    assert digest(again) == before
    assert [r.status for r in again.runs()] == ["done", "withdrawn"]
    at.load(again, "d.b", [*rows, ("x", "Company", 1, {"name": "Longer X"})], paid)
    assert again.counts()["links"] == {"PAID": 31}


def test_pages_of_a_withdrawal_and_of_a_bulk_read(server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw.PAGE", 7)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw.ROWS", 6)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_write.ROWS", 6)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_read.PAGE", 5)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_ranges.PAGE", 5)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_connection.FETCH", 4)
    store = server.open()
    at.load(store, "d.a", [("e3", "Company", 1, {"name": "Other"})])
    before = digest(store)
    rows = [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(50)]
    paid = [(f"q{n}", ("PAID", "OWNS")[n % 2], f"e{n}", f"z{n}", n + 1, {"amount": "1"}) for n in range(50)]
    second = at.load(store, "d.b", rows, paid)
    chunks = [(s, t.column("id").to_pylist()) for s, t in store.statements()]
    assert [i for s, some in chunks if s == "link" for i in some] == sorted(r[0] for r in paid)
    assert len(chunks) >= 20
    assert store.nodes().column("id").to_pylist() == sorted([r[0] for r in rows] + [r[3] for r in paid])
    assert store.edges().column("id").to_pylist() == sorted(r[0] for r in paid)
    assert store.edges(["OWNS"]).column("id").to_pylist() == sorted(r[0] for r in paid if r[1] == "OWNS")
    assert store.withdraw(second) == {"entities": 49, "links": 50, "values": 100}
    assert digest(store) == before


@pytest.fixture
def half(server: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store, dict[str, object]]]:
    """A store whose withdrawal was cut off, another that was open meanwhile, and the digest without the file."""
    store, other = server.open(), server.open()
    at.load(store, "d.a", [("x", "Person", 1, {"name": "X"})], [("p", "PAID", "x", "y", 1, {})])
    before = digest(store)
    at.load(store, "d.b", ROWS, PAID)

    def cut(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr("vinculo.graph.stores.neo4j_withdraw._entities", cut)
        with pytest.raises(CutOff):
            store.withdraw(at.source("d.b"))
    # half of it is gone indeed: the links, not the entities
    assert cypher(server, "MATCH ()-[r]->() RETURN count(r)") == [(1,)]
    assert cypher(server, "MATCH (n:Entity) RETURN count(n)") == [(32,)]
    yield store, other, before


ROWS: list[at.EntityRow] = [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(30)]
PAID: list[at.LinkRow] = [(f"q{n}", "PAID", f"e{n}", "x", n + 1, {}) for n in range(30)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_who_asks_while_it_is_half_done_sees_it_done(
    half: tuple[Store, Store, dict[str, object]], question: str
) -> None:
    _, other, before = half
    answer = QUESTIONS[question](other)
    assert digest(other) == before
    assert answer == QUESTIONS[question](other)


def test_who_may_not_write_is_told_to_wait(
    half: tuple[Store, Store, dict[str, object]], server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _, before = half
    monkeypatch.setattr(server.patience, 0.3)
    reader = server.open(read_only=True)
    for question in QUESTIONS.values():
        with pytest.raises(StoreBusy) as told:
            question(reader)
        assert told.value.code == "store_withdrawing"
        monkeypatch.setattr(server.patience, 0.0)
    assert digest(store) == before
    assert digest(reader) == before


def test_it_is_ended_by_asking_for_it_again(half: tuple[Store, Store, dict[str, object]]) -> None:
    _, other, before = half
    other.withdraw(at.source("d.b"))
    assert digest(other) == before


def test_the_counts_are_those_of_the_whole_whoever_ended_it(server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw.PAGE", 7)
    store, other = server.open(), server.open()
    at.load(store, "d.b", ROWS, PAID)
    page, calls = neo4j_withdraw._entities, 0

    def helped(*given: Any) -> str:
        nonlocal calls
        calls += 1
        if calls == 2:
            # another process asks in the middle, and does what is left
            with monkeypatch.context() as patched:
                patched.setattr("vinculo.graph.stores.neo4j_withdraw._entities", page)
                between.append(lambda: digest(other))
        return page(*given)

    between: list[Callable[[], object]] = []
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw._entities", helped)
    exclusively = type(store._db).exclusively  # type: ignore[attr-defined]

    def after(self: object, *given: Any) -> object:
        made = exclusively(self, *given)
        while between:
            between.pop()()
        return made

    monkeypatch.setattr(type(store._db), "exclusively", after)  # type: ignore[attr-defined]
    assert store.withdraw(at.source("d.b")) == {"entities": 30, "links": 30, "values": 30}
    assert calls >= 2
    assert store.counts() == {"entities": {}, "links": {}}


def test_the_same_file_loaded_while_it_is_taken_out_is_whole(
    half: tuple[Store, Store, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other, _ = half
    origin = at.load(other, "d.b", ROWS, PAID)
    assert other.counts() == {"entities": {"Person": 31, "Thing": 1}, "links": {"PAID": 31}}
    assert [len(m.fingerprints) for m in other.manifests(origin)] == [1]
    # begun again by somebody else between the look and the write
    work, begun = neo4j_write.write_batch, []

    def late(tx: Any, *given: Any) -> Added:
        if not begun:
            begun.append(True)
            number = given[3]
            other._db.write(lambda own: own.rows(neo4j_withdraw.START, source=number))  # type: ignore[attr-defined]
        return work(tx, *given)

    monkeypatch.setattr("vinculo.graph.stores.neo4j.write_batch", late)
    batch = Batch.make(at.entities([("new", "Person", 1, {"name": "New"})]))
    run = store.begin_run(origin)
    with pytest.raises(StoreError) as told:
        store.write(batch, Manifest(origin, run, 2, 1, at.prints("new")))
    assert told.value.code == "run_withdrawn"
    assert store.counts()["entities"] == {"Person": 1, "Thing": 1}
    assert (store.entities(["new", "e1"]), store.manifests(origin)) == ({}, [])


def test_what_others_write_between_two_pages_is_kept(server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw.PAGE", 7)
    store, other = server.open(), server.open()
    at.load(store, "d.b", ROWS, PAID)
    page = neo4j_withdraw._page
    seen = []

    def slow(tx: Any, source: int, query: str, after: str) -> Any:
        made = page(tx, source, query, after)
        seen.append(after)
        return made

    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw._page", slow)
    writers = threading.Thread(target=lambda: write_again(other))
    writers.start()
    store.withdraw(at.source("d.b"))
    writers.join()
    assert len(seen) > 5
    assert store.counts()["entities"] == {"Person": 30}
    assert {f.value for e in store.entities([f"e{n}" for n in range(30)]).values() for f in e.properties["name"]} == {
        f"Other {n}" for n in range(30)
    }


def write_again(store: Store) -> None:
    """What another file says of the same people, in batches."""
    origin = at.source("d.c")
    run = store.begin_run(origin)
    for n in range(30):
        batch = Batch.make(at.entities([(f"e{n}", "Person", n + 1, {"name": f"Other {n}"})]))
        store.write(batch, Manifest(origin, run, n + 1, 1, at.prints(str(n))))
    store.finish_run(run, "done", {})
