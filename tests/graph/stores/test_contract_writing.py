"""What is written is read back, in any order of batches, and a batch again adds nothing: on every store that registers itself."""

from __future__ import annotations

import random

import pyarrow as pa
import store_places as at
from store_places import Place

from vinculo.graph.transfer import digest
from vinculo.graph.types import Added, Batch, Manifest


def test_reads_back_what_was_written(place: Place) -> None:
    store = place.open()
    origin = at.load(store, "trade.a", [at.ANA, at.FIRM], [at.OWNS, at.PAID])
    found = store.entities(["firm", "ana", "firm"])
    assert list(found) == ["firm", "ana"]
    assert (found["ana"].kind, found["ana"].name) == ("Person", "Ana López")
    assert found["firm"].first("taxNumber") == "HNO-010203-AB1"
    assert [(p.source, p.record) for p in found["firm"].sources] == [(origin, 2)]
    link = store.links(["pay", "own"])["pay"]
    assert (link.kind, link.source, link.target, link.first("amount")) == ("PAID", "firm", "abroad", "9500.50")
    assert at.said(store, "pay", "currency") == {"USD": [("trade", "a.csv", 3)]}
    assert store.counts() == {
        "entities": {"Company": 1, "Person": 1, "Thing": 1},
        "links": {"OWNS": 1, "PAID": 1},
    }


def test_an_end_that_nothing_describes_is_a_bare_thing(place: Place) -> None:
    store = place.open()
    at.load(store, "trade.a", [at.FIRM], [at.PAID])
    bare = store.entities(["abroad"])["abroad"]
    assert (bare.kind, bare.name, bare.properties, bare.sources) == ("Thing", "abroad", {}, ())
    origin = at.load(store, "lists.b", [("abroad", "BankAccount", 1, {"accountNumber": "77"})])
    assert store.entities(["abroad"])["abroad"].kind == "BankAccount"
    store.withdraw(origin)
    bare = store.entities(["abroad"])["abroad"]
    assert (bare.kind, bare.name, bare.sources) == ("Thing", "abroad", ())


def test_conflicting_values_are_both_kept_with_their_own_sources(place: Place) -> None:
    store = place.open()
    at.load(store, "lists.a", [at.ANA])
    at.load(store, "lists.b", [("ana", "Person", 9, {"name": "Ana López", "birthDate": "1981-02-03"})])
    assert at.said(store, "ana", "birthDate") == {
        "1980-02-03": [("lists", "a.csv", 1)],
        "1981-02-03": [("lists", "b.csv", 9)],
    }
    assert sorted(at.said(store, "ana", "name")["Ana López"]) == [("lists", "a.csv", 1), ("lists", "b.csv", 9)]


def test_the_smallest_record_of_a_file_stands_for_it(place: Place) -> None:
    store = place.open()
    rows = [("x", "Person", n, {"name": "X"}) for n in (7, 3, 5)]
    paid = [("p", "PAID", "x", "y", n, {"amount": "1"}) for n in (8, 4)]
    at.load(store, "d.a", rows, paid)
    assert at.said(store, "x", "name") == {"X": [("d", "a.csv", 3)]}
    assert at.said(store, "p", "amount") == {"1": [("d", "a.csv", 4)]}
    assert store.entities(["x"])["x"].sources[0].record == 3


def test_the_smallest_record_is_found_across_batches(place: Place) -> None:
    store = place.open()
    origin = at.source("d.a")
    run = store.begin_run(origin)
    for number, record in ((1, 7), (2, 3)):
        batch = Batch.make(at.entities([("x", "Person", record, {"name": "X"})]))
        store.write(batch, Manifest(origin, run, number, 1, at.prints(str(number))))
    store.finish_run(run, "done", {})
    assert at.said(store, "x", "name") == {"X": [("d", "a.csv", 3)]}


def test_kinds_merge_to_what_all_sources_say_in_any_order(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [("x", "LegalEntity", 1, {}), ("y", "Person", 1, {})])
    at.load(store, "d.b", [("x", "Company", 1, {}), ("y", "Company", 1, {})])
    assert {i: e.kind for i, e in store.entities(["x", "y"]).items()} == {"x": "Company", "y": "LegalEntity"}
    store.withdraw(at.source("d.b"))
    assert {i: e.kind for i, e in store.entities(["x", "y"]).items()} == {"x": "LegalEntity", "y": "Person"}


def test_the_name_is_the_best_of_all_sources(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [("x", "Company", 1, {"alias": "A very long other name", "name": "Short"})])
    assert store.entities(["x"])["x"].name == "Short"
    longer = at.load(store, "d.b", [("x", "Company", 1, {"name": ["Longer name", "Longes name"]})])
    assert store.entities(["x"])["x"].name == "Longer name"
    store.withdraw(longer)
    assert store.entities(["x"])["x"].name == "Short"
    at.load(store, "d.c", [("bill", "Consignment", 1, {"billNumber": "BL77"}), ("n", "Container", 1, {})])
    assert {i: e.name for i, e in store.entities(["bill", "n"]).items()} == {"bill": "BL77", "n": "n"}


def test_the_same_batch_again_adds_nothing(place: Place) -> None:
    store = place.open()
    origin = at.source("d.a")
    run = store.begin_run(origin)
    batch = Batch.make(
        at.entities([at.ANA, at.FIRM]), at.links([at.OWNS, at.PAID]), at.rejects([(9, 10, "c", "raw", "bad", "e", "s")])
    )
    manifest = Manifest(origin, run, 1, 4, at.prints("a", "b"))
    added = store.write(batch, manifest)
    store.finish_run(run, "done", {})
    assert added == Added(sum(store.counts()["entities"].values()), 2)
    first, version = digest(store), store.version()
    assert store.write(batch, manifest) == Added(0, 0)
    assert digest(store) == first
    assert store.version() == version
    assert len(store.manifests(origin)) == 1
    assert store.rejects(origin).num_rows == 1


def test_a_number_is_taken_once(place: Place) -> None:
    """Two processes load one file: the second is told, and nothing of what it gave is written."""
    store, other = place.open(), place.open()
    origin = at.source("d.a")
    mine, yours = store.begin_run(origin), other.begin_run(origin)
    assert store.write(Batch.make(at.entities([at.ANA])), Manifest(origin, mine, 1, 1, at.prints("a"))) == Added(1, 0)
    store.finish_run(mine, "done", {})
    before = digest(store)
    late = Batch.make(at.entities([at.ANA, at.FIRM]), at.links([at.OWNS]))
    assert other.write(late, Manifest(origin, yours, 1, 2, at.prints("a", "b"))) is None
    assert (digest(store), [m.run for m in store.manifests(origin)]) == (before, [mine])
    assert other.write(late, Manifest(origin, yours, 2, 2, at.prints("a", "b"))) == Added(1, 1)


def test_a_record_already_there_adds_its_file_as_source_and_only_that(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    before = digest(store)
    second = at.load(store, "d.b", [at.ANA, at.FIRM], [at.OWNS])
    after = digest(store)
    assert {k: after[k] for k in ("entities", "links", "values")} == {
        k: before[k] for k in ("entities", "links", "values")
    }
    assert after["digest"] != before["digest"]
    assert [p.source.file for p in store.links(["own"])["own"].sources] == ["a.csv", "b.csv"]
    assert store.withdraw(second) == {"entities": 0, "links": 0, "values": 0}
    assert digest(store) == before


def test_contents_do_not_depend_on_the_order_of_batches(place: Place) -> None:
    draw = random.Random(5)
    batches = []
    for n in range(6):
        things = [
            (
                f"e{draw.randrange(12)}",
                draw.choice(["Person", "Company", "LegalEntity", "Organization"]),
                draw.randrange(1, 40),
                {"name": [f"N{draw.randrange(9)}", f"Name {draw.randrange(9)}"], "country": draw.choice(["mx", "us"])},
            )
            for _ in range(15)
        ]
        between = []
        for _ in range(15):
            a, b = draw.randrange(16), draw.randrange(16)
            facts = {"date": f"2024-01-{draw.randrange(10, 30)}", "amount": str(draw.randrange(99)), "currency": "USD"}
            between.append((f"{a}-{b}", "PAID", f"e{a}", f"e{b}", draw.randrange(1, 40), facts))
        batches.append((f"d{n % 2}.f{n % 3}", n + 1, Batch.make(at.entities(things), at.links(between))))
    seen = []
    for order in (batches, list(reversed(batches)), draw.sample(batches, len(batches))):
        store = place.open()
        for name, number, batch in order:
            origin = at.source(name)
            run = store.begin_run(origin)
            store.write(batch, Manifest(origin, run, number, 1, at.prints(str(number))))
            store.finish_run(run, "done", {})
        nodes, edges = store.nodes(), store.edges()
        names = dict(zip(nodes.column("code").to_pylist(), nodes.column("id").to_pylist(), strict=True))
        seen.append(
            (
                digest(store),
                nodes.select(["id", "kind", "name"]).to_pylist(),
                [{**r, "source": names[r["source"]], "target": names[r["target"]]} for r in edges.to_pylist()],
            )
        )
        for origin in store.sources():
            store.withdraw(origin)
    assert seen[0] == seen[1] == seen[2]


def test_batches_without_rows(place: Place) -> None:
    store = place.open()
    origin = at.source("d.a")
    run = store.begin_run(origin)
    store.write(Batch.make(), Manifest(origin, run, 1, 0, at.prints()))
    store.finish_run(run, "done", {})
    assert store.sources() == [origin]
    assert store.counts() == {"entities": {}, "links": {}}
    assert isinstance(store.manifests(origin)[0].fingerprints, pa.Array)
