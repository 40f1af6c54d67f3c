"""What readers see is what published sources assert: each test runs on every store that registers itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import store_places as at
import transfer_cases as cases
from store_places import Place

from vinculo.graph.errors import StoreError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import copy, digest, restore, snapshot
from vinculo.graph.types import Batch, Manifest, Source

BOSS: at.EntityRow = ("ana", "Person", 4, {"name": "Ana López Ruiz de Alarcón", "birthDate": "1980-02-03"})


def seen(store: Store) -> dict[str, object]:
    """Every answer that readers get, in a form that does not know in which order files came."""
    ids = sorted({*store.nodes().column("id").to_pylist(), *(f"e{n}" for n in range(35))})
    links = store.edges().column("id").to_pylist()
    return {
        "digest": digest(store),
        "nodes": store.nodes().select(["id", "kind", "name"]).to_pylist(),
        "edges": store.edges().select(["id", "kind", "date", "amount", "currency"]).to_pylist(),
        "counts": store.counts(),
        "sources": store.sources(),
        "taints": store.taints(),
        "entities": store.entities(ids),
        "links": store.links(links),
        "at": store.links_at(ids[:5]).to_pylist(),
        "table": [store.table(kind, ["name", "amount"]).to_pylist() for kind in ("LegalEntity", "PAID")],
        "search": [store.search(text) for text in ("Núñez 7", "Núñez", "ana")],
        "around": [_around(store, id) for id in ids[:8]],
        "paths": [_paths(store, "e1", id) for id in ("e2", "e30")],
    }


def _around(store: Store, id: str) -> object:
    try:
        return store.neighbours(id)
    except UsageError as unknown:
        return unknown.code


def _paths(store: Store, a: str, b: str) -> object:
    try:
        return store.paths(a, b, max_hops=3)
    except UsageError as unknown:
        return unknown.code


def write_part(store: Store, number: int, part: int, rows: cases.Rows, run: int) -> Source:
    """One batch of a made-up file, every third file from suspicious activity reports."""
    origin = at.source(f"{rows[0]}x{number}", taint="sar" if number % 3 == 2 else "")
    manifest = Manifest(origin, run, part, 50, at.prints(f"{number} {part}"))
    store.write(Batch.make(at.entities(rows[1]), at.links(rows[2])), manifest)
    return origin


def whole(store: Store, number: int, batches: list[cases.Rows]) -> Source:
    """Write and publish one made-up file."""
    origin = at.source(f"{batches[0][0]}x{number}", taint="sar" if number % 3 == 2 else "")
    run = store.begin_run(origin)
    for part, rows in enumerate(batches, 1):
        write_part(store, number, part, rows, run)
    store.finish_run(run, "done", {})
    return origin


def test_nothing_is_seen_before_it_is_published(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    before, version = seen(store), store.version()
    origin = at.source("d.b")
    run = store.begin_run(origin)
    things: list[at.EntityRow] = [BOSS, ("new", "Company", 5, {"name": "Nueva"})]
    between: list[at.LinkRow] = [
        ("own", "OWNS", "ana", "firm", 4, {"startDate": "2018-01-01"}),
        ("p2", "PAID", "new", "nowhere", 6, {"amount": "3"}),
    ]
    store.write(Batch.make(at.entities(things), at.links(between)), Manifest(origin, run, 1, 4, at.prints("b")))
    assert (seen(store), store.version()) == (before, version)
    assert store.entities(["new", "nowhere"]) == store.links(["p2"]) == {}
    assert store.search("Nueva") == store.search("Ruiz de Alarcón") == []
    assert _around(store, "nowhere") == "unknown_entity"
    assert store.unpublished() == [origin]
    assert [m.number for m in store.manifests(origin)] == [1]
    assert sum(t.num_rows for _, t in store.statements(origin)) == 4
    assert origin.sha256 in store.fingerprints("d")
    for status in ("interrupted", "held"):
        store.finish_run(run, status, {})
        assert (seen(store), store.version()) == (before, version)
    assert store.verify() == []
    store.finish_run(run, "done", {})
    assert store.version() != version
    assert store.unpublished() == []
    assert store.entities(["ana"])["ana"].name == "Ana López Ruiz de Alarcón"
    assert [h.id for h in store.search("Ruiz de Alarcón")] == ["ana"]
    assert store.edges().column("date").to_pylist()[0] == "2018-01-01"
    assert {"new", "nowhere"} <= set(store.entities(["new", "nowhere"]))
    assert store.verify() == []


def test_another_reader_sees_all_of_it_or_nothing(place: Place) -> None:
    store, reader = place.open(), place.open()
    origin = at.source("d.a")
    run = store.begin_run(origin)
    for number, (things, between) in enumerate((([at.ANA], []), ([at.FIRM], [at.OWNS])), 1):
        batch = Batch.make(at.entities(things), at.links(between))
        store.write(batch, Manifest(origin, run, number, 1, at.prints(str(number))))
        assert reader.counts() == {"entities": {}, "links": {}}
    store.finish_run(run, "done", {})
    assert reader.counts() == {"entities": {"Company": 1, "Person": 1}, "links": {"OWNS": 1}}


def test_what_is_published_needs_nothing_that_is_not(place: Place) -> None:
    """A published file refers to an entity, and says a link, that an unpublished one brought in."""
    store = place.open()
    held = at.source("d.held")
    run = store.begin_run(held)
    described: list[at.EntityRow] = [*[at.ANA], ("abroad", "Company", 9, {"name": "Only Held Here"})]
    said: at.LinkRow = ("pay", "PAID", "firm", "abroad", 3, {"amount": "1", "currency": "AAA", "date": "1999-01-01"})
    store.write(Batch.make(at.entities(described), at.links([said])), Manifest(held, run, 1, 3, at.prints("h")))
    store.finish_run(run, "held", {})
    at.load(store, "d.seen", [at.FIRM], [at.PAID])
    there = store.entities(["ana", "firm", "abroad"])
    assert {id: (e.kind, e.name) for id, e in there.items()} == {
        "firm": ("Company", "Halcón del Norte"),
        "abroad": ("Thing", "abroad"),
    }
    assert store.edges().select(["date", "amount", "currency"]).to_pylist() == [
        {"date": "2024-04-01", "amount": 9500.5, "currency": "USD"}
    ]
    assert store.search("Only Held") == []
    assert store.verify() == []
    store.finish_run(run, "done", {})
    assert store.entities(["abroad"])["abroad"].name == "Only Held Here"
    assert store.edges().column("date").to_pylist() == ["1999-01-01"]
    store.withdraw(held)
    assert store.entities(["abroad"])["abroad"].kind == "Thing"
    assert store.verify() == []


def test_withdrawing_what_nobody_saw(place: Place) -> None:
    store = place.open()
    held = at.source("d.held")
    run = store.begin_run(held)
    store.write(Batch.make(at.entities([at.ANA]), at.links([at.PAID])), Manifest(held, run, 1, 3, at.prints("h")))
    store.finish_run(run, "held", {})
    assert store.withdraw(held) == {"entities": 1, "links": 1, "values": 5}
    assert store.unpublished() == store.sources() == []
    at.load(store, "d.held", [at.ANA])
    assert store.counts()["entities"] == {"Person": 1}


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_that_of_a_store_with_only_the_published(place: Place, other: Place, seed: int) -> None:
    """Files that overlap, written a batch at a time in any order, published or not, some withdrawn and some loaded again."""
    draw = random.Random(seed)
    files = cases.made_up(seed, files=5)
    store = place.open()
    runs: dict[int, int] = {}
    written: dict[int, int] = {}
    published: set[int] = set()
    for _ in range(26):
        number = draw.randrange(len(files))
        batches = files[number]
        origin = at.source(f"{batches[0][0]}x{number}", taint="sar" if number % 3 == 2 else "")
        act = draw.random()
        if number not in runs:
            runs[number], written[number] = store.begin_run(origin), 0
        if act < 0.15:
            if written[number]:
                store.withdraw(origin)
            del runs[number], written[number]
            published.discard(number)
        elif written[number] < len(batches) and (act < 0.8 or not written[number]):
            written[number] += 1
            write_part(store, number, written[number], batches[written[number] - 1], runs[number])
        elif act < 0.9:
            store.finish_run(runs[number], "done", {})
            published.add(number)
        else:
            store.finish_run(runs[number], "held" if number not in published else "done", {})
    wanted = other.open()
    for number in sorted(published):
        files_so_far = files[number][: written[number]]
        whole(wanted, number, files_so_far)
    assert seen(store) == seen(wanted)
    assert store.verify() == []
    assert {s.key for s in store.unpublished()} == {
        at.source(f"{files[n][0][0]}x{n}").key for n, parts in written.items() if parts and n not in published
    }


def test_a_store_of_which_all_is_published_equals_one_loaded_in_one_go(place: Place, other: Place) -> None:
    files = cases.made_up(11, files=4)
    store, wanted = place.open(), other.open()
    runs = [
        store.begin_run(at.source(f"{b[0][0]}x{n}", taint="sar" if n % 3 == 2 else "")) for n, b in enumerate(files)
    ]
    for part in (1, 2):
        for number, batches in enumerate(files):
            write_part(store, number, part, batches[part - 1], runs[number])
    for run in reversed(runs):
        store.finish_run(run, "done", {})
    for number, batches in enumerate(files):
        whole(wanted, number, batches)
    assert seen(store) == seen(wanted)
    assert store.verify() == wanted.verify() == []


def _unseen(store: Store, name: str, things: list[at.EntityRow], between: list[at.LinkRow]) -> int:
    origin = at.source(name)
    run = store.begin_run(origin)
    store.write(Batch.make(at.entities(things), at.links(between)), Manifest(origin, run, 1, 1, at.prints(name)))
    return run


def test_an_end_is_seen_with_the_link_whoever_brought_it_in(place: Place) -> None:
    """A published file brings an end in, two unseen ones link to it; the first is withdrawn, then one of them published."""
    store = place.open()
    first = at.load(store, "d.a", [("e", "Company", 1, {"name": "E"})])
    _unseen(store, "d.b", [], [("b", "PAID", "b1", "e", 1, {})])
    third = _unseen(store, "d.c", [], [("c", "PAID", "c1", "e", 1, {})])
    store.withdraw(first)
    store.finish_run(third, "done", {})
    assert [x.id for x in store.neighbours("e").links] == ["c"]
    assert store.verify() == []


def test_a_file_withdrawn_while_it_is_loaded_ends_the_load(place: Place) -> None:
    store, other = place.open(), place.open()
    run = _unseen(store, "d.a", [at.ANA], [])
    other.withdraw(at.source("d.a"))
    late = Batch.make(at.entities([at.FIRM]))
    with pytest.raises(StoreError) as told:
        store.write(late, Manifest(at.source("d.a"), run, 2, 1, at.prints("2")))
    assert told.value.code == "run_withdrawn" and "a.csv" in told.value.message("en")
    for status in ("done", "interrupted", "held"):
        with pytest.raises(StoreError):
            store.finish_run(run, status, {})
    assert [r.status for r in store.runs()] == ["withdrawn"]
    # what is loaded afresh is unseen until its own end
    again = _unseen(store, "d.a", [at.ANA], [])
    assert store.counts()["entities"] == {}
    store.finish_run(again, "done", {})
    assert store.counts()["entities"] == {"Person": 1}


def test_a_run_that_is_done_stays_done(place: Place) -> None:
    """Another process wrote the last of the file and ended the run; this one is then stopped."""
    store = place.open()
    run = _unseen(store, "d.a", [at.ANA], [])
    store.finish_run(run, "done", {"read": 1})
    for status in ("interrupted", "held"):
        store.finish_run(run, status, {"read": 0})
    assert [(r.status, r.counts) for r in store.runs()] == [("done", {"read": 1})]
    assert store.verify() == []


def test_a_file_that_the_target_holds_back_is_copied(place: Place) -> None:
    origin, target = open_store("sqlite:///:memory:"), place.open()
    at.load(origin, "d.a", [at.ANA], [])
    run = _unseen(target, "d.a", [at.ANA], [])
    target.finish_run(run, "held", {})
    assert copy(origin, target)["sources"] == 1
    assert digest(target) == digest(origin)
    origin.close()


def test_a_snapshot_is_of_one_state(place: Place, tmp_path: Path) -> None:
    store, other = place.open(), place.open()
    at.load(store, "d.a", [at.ANA], [])
    run = _unseen(other, "d.b", [at.FIRM], [at.PAID])
    published: list[int] = []

    def meanwhile(stage: str, done: int, total: int) -> None:
        if not published:
            other.finish_run(run, "done", {})
            published.append(done)

    told = snapshot(store, tmp_path / "taken", meanwhile)
    assert published and told == digest(store)
    back = open_store("sqlite:///:memory:")
    restore(tmp_path / "taken", back)
    assert digest(back) == digest(store)
    back.close()
