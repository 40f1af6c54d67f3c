"""A publication on the server may take many transactions: it goes on where it was cut off, and nobody sees it half done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import store_places as at
from neo4j_places import QUESTIONS, CutOff, cypher, cypher_write
from store_places import Place

from vinculo.graph.errors import StoreBusy, StoreVersionError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import neo4j_publish, neo4j_ranges, open_store
from vinculo.graph.types import Batch, Manifest

pytestmark = pytest.mark.neo4j

#: Two files that say much of the same things: other kinds, longer names, smaller amounts, one end that only one has.
FILES: dict[str, tuple[list[at.EntityRow], list[at.LinkRow]]] = {
    "d.a": (
        [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(20)],
        [(f"q{n}", "PAID", f"e{n}", "x", n + 1, {"amount": str(n + 1)}) for n in range(20)],
    ),
    "d.b": (
        [(f"e{n}", "Company", n + 1, {"name": f"Longer {n}"}) for n in range(20)],
        [(f"q{n}", "PAID", f"e{n}", "x", n + 1, {"amount": "0.5"}) for n in range(19)]
        + [("own", "OWNS", "e1", "y", 20, {})],
    ),
}


def write(store: Store, name: str) -> int:
    """Write a file and leave its run open."""
    origin = at.source(name)
    run = store.begin_run(origin)
    things, between = FILES[name]
    store.write(Batch.make(at.entities(things), at.links(between)), Manifest(origin, run, 1, 20, at.prints(name)))
    return run


def answers(store: Store) -> dict[str, object]:
    """What every question gives that knows published files only; the numbers of entities are a store's own."""
    told: dict[str, object] = {}
    for name in sorted(QUESTIONS.keys() - {"runs", "manifests", "fingerprints"}):
        try:
            told[name] = QUESTIONS[name](store)
        except UsageError as problem:
            told[name] = problem.code
    edges = store.edges().select(["id", "kind", "date", "amount", "currency"]).to_pylist()
    return told | {"names": store.nodes().select(["id", "kind", "name"]).to_pylist(), "derived": edges}


def published(*names: str) -> dict[str, object]:
    """Answers of a store that never saw other files."""
    with contextlib.closing(open_store("sqlite:///:memory:")) as store:
        for name in names:
            at.load(store, name, *FILES[name])
        return answers(store)


@contextlib.contextmanager
def cut_off_in_step(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Meanwhile a publication is cut off in this one of its steps."""
    step, steps = neo4j_publish._step, []

    def cut(tx: Any, source: int) -> bool:
        steps.append(source)
        if len(steps) == number:
            raise CutOff
        return step(tx, source)

    with monkeypatch.context() as patched:
        patched.setattr(neo4j_publish, "_step", cut)
        yield patched


class Half(NamedTuple):
    """A store whose publication was cut off, another that was open meanwhile, and the files in the order of their writing."""

    store: Store
    other: Store
    first: str
    second: str


@pytest.fixture(params=["d.a", "d.b"])
def half(server: Place, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Half]:
    """Published first is the file that was written first, or the other, which then takes over what that one brought."""
    monkeypatch.setattr("vinculo.graph.stores.neo4j_view.NOTED", 7)
    first, second = sorted(FILES, key=lambda name: name != request.param)
    store, other = server.open(), server.open()
    runs = {name: write(store, name) for name in FILES}
    assert cypher(server, "MATCH (n:Entity) RETURN count(n)") == [(22,)]
    assert other.counts() == {"entities": {}, "links": {}}
    store.finish_run(runs[first], "done", {})
    with cut_off_in_step(3, monkeypatch), pytest.raises(CutOff):
        store.finish_run(runs[second], "done", {})
    # two notes are worked off, more are left
    assert cypher(server, "MATCH (p:Pending) RETURN count(p) > 1") == [(True,)]
    yield Half(store, other, first, second)


@pytest.mark.parametrize("question", ["entities", "edges", "search", "counts"])
def test_who_asks_while_it_is_half_done_sees_it_done(half: Half, question: str) -> None:
    answer = QUESTIONS[question](half.other)
    whole = published("d.a", "d.b")
    assert answer == whole[question]
    assert answers(half.other) == whole
    assert half.store.verify() == []


def test_the_next_opening_ends_it_and_who_may_not_write_waits(
    half: Half, server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.patience, 0.0)
    reader = server.open(read_only=True)
    for question in QUESTIONS.values():
        with pytest.raises(StoreBusy) as told:
            question(reader)
        assert told.value.code == "store_publishing"
    server.open()
    assert answers(reader) == published("d.a", "d.b")
    assert [run.status for run in reader.runs()] == ["done", "done"]
    assert cypher(server, "MATCH (p:Pending) RETURN count(p)") == [(0,)]


def test_it_may_be_taken_out_in_the_middle(half: Half) -> None:
    half.other.withdraw(at.source(half.second))
    assert answers(half.other) == published(half.first)
    assert half.other.verify() == []


def test_what_others_write_between_two_steps_is_kept(server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinculo.graph.stores.neo4j_view.NOTED", 7)
    store, other = server.open(), server.open()
    at.load(store, "d.a", *FILES["d.a"])
    run = write(store, "d.b")
    late = at.source("d.c")
    late_run = other.begin_run(late)
    batch = Batch.make(at.entities([("e2", "Person", 1, {"name": "The longest of all"}), ("new", "Person", 2, {})]))

    with cut_off_in_step(3, monkeypatch) as patched:
        with pytest.raises(CutOff):
            store.finish_run(run, "done", {})
        # one that looked for marks just before this one was set
        patched.setattr(other, "_settled", lambda: None)
        other.write(batch, Manifest(late, late_run, 1, 2, at.prints("late")))
    assert answers(store) == published("d.a", "d.b")
    store.finish_run(late_run, "done", {})
    assert store.entities(["e2"])["e2"].name == "The longest of all"
    assert store.verify() == []


@pytest.mark.parametrize("change", ["published", "withdrawn"])
def test_a_long_read_is_begun_again_where_a_file_comes_or_goes_meanwhile(
    server: Place, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    store, other = server.open(), server.open()
    at.load(store, "d.a", *FILES["d.a"])
    run = write(store, "d.b")
    read, reads = neo4j_ranges.read, []

    def late(*given: Any) -> Any:
        made = read(*given)
        reads.append(given)
        if len(reads) == 1 and change == "published":
            other.finish_run(run, "done", {})
        elif len(reads) == 1:
            other.withdraw(at.source("d.a"))
        return made

    monkeypatch.setattr(neo4j_ranges, "read", late)
    assert sorted(store.edges().column("id").to_pylist()) == sorted(
        row[0] for row in FILES["d.a"][1] + FILES["d.b"][1][-1:] if change == "published"
    )
    assert len(reads) == 2


def test_everything_in_a_store_of_the_version_before_is_published(server: Place) -> None:
    store = server.open()
    write(store, "d.a")
    begun = at.source("d.b")
    store.begin_run(begun)
    store.close()
    older = ("MATCH (s:VinculoStore) SET s.schema = 1", "MATCH (x:Source) REMOVE x.published", "MATCH (n) REMOVE n.by")
    for query in (*older, "MATCH ()-[r]->() REMOVE r.by", "MATCH (m:Manifest) REMOVE m.content, m.told"):
        cypher_write(server, query)
    assert answers(server.open(read_only=True)) == published("d.a")
    again = server.open()
    assert answers(again) == published("d.a")
    assert again.verify() == []
    assert cypher(server, "MATCH (s:VinculoStore) RETURN s.schema") == [(2,)]
    run = write(again, "d.b")
    assert again.unpublished() == [begun]
    again.finish_run(run, "done", {})
    assert answers(again) == published("d.a", "d.b")
    server.set_version(3)
    with pytest.raises(StoreVersionError):
        server.open()
