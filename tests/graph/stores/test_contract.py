"""One promise, one test for every store that makes it: each test runs on every store that registers itself."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import networkx as nx
import pyarrow as pa
import pytest
import store_places as at
from store_places import Place

from vinculo.graph.errors import StoreBusy, StoreError, StoreVersionError, UsageError, VinculoError
from vinculo.graph.store import AT_SCHEMA, EDGE_SCHEMA, NODE_SCHEMA, Store
from vinculo.graph.text import Text
from vinculo.graph.transfer import digest
from vinculo.graph.types import ENTITY_SCHEMA, LINK_SCHEMA, Batch, Finding, Manifest, Suggestion

ANA = ("ana", "Person", 1, {"name": "Ana López", "birthDate": "1980-02-03"})
FIRM = ("firm", "Company", 2, {"name": "Halcón del Norte", "taxNumber": "HNO-010203-AB1"})
OWNS = ("own", "OWNS", "ana", "firm", 2, {"percentage": "51", "startDate": "2019-05-01"})
PAID = ("pay", "PAID", "firm", "abroad", 3, {"amount": "9500.50", "currency": "USD", "date": "2024-04-01"})


def said(store: Store, id: str, name: str) -> dict[str, list[tuple[str, str, int]]]:
    """Values of a property, each with dataset, file and record of its sources."""
    thing = store.entities([id]).get(id) or store.links([id])[id]
    return {
        f.value: [(p.source.dataset, p.source.file, p.record) for p in f.sources]
        for f in thing.properties.get(name, ())
    }


# -- writing -----------------------------------------------------------------------------------------------------------
def test_reads_back_what_was_written(place: Place) -> None:
    store = place.open()
    origin = at.load(store, "trade.a", [ANA, FIRM], [OWNS, PAID])
    found = store.entities(["firm", "ana", "firm"])
    assert list(found) == ["firm", "ana"]
    assert (found["ana"].kind, found["ana"].name) == ("Person", "Ana López")
    assert found["firm"].first("taxNumber") == "HNO-010203-AB1"
    assert [(p.source, p.record) for p in found["firm"].sources] == [(origin, 2)]
    link = store.links(["pay", "own"])["pay"]
    assert (link.kind, link.source, link.target, link.first("amount")) == ("PAID", "firm", "abroad", "9500.50")
    assert said(store, "pay", "currency") == {"USD": [("trade", "a.csv", 3)]}
    assert store.counts() == {
        "entities": {"Company": 1, "Person": 1, "Thing": 1},
        "links": {"OWNS": 1, "PAID": 1},
    }


def test_an_end_that_nothing_describes_is_a_bare_thing(place: Place) -> None:
    store = place.open()
    at.load(store, "trade.a", [FIRM], [PAID])
    bare = store.entities(["abroad"])["abroad"]
    assert (bare.kind, bare.name, bare.properties, bare.sources) == ("Thing", "abroad", {}, ())
    origin = at.load(store, "lists.b", [("abroad", "BankAccount", 1, {"accountNumber": "77"})])
    assert store.entities(["abroad"])["abroad"].kind == "BankAccount"
    store.withdraw(origin)
    bare = store.entities(["abroad"])["abroad"]
    assert (bare.kind, bare.name, bare.sources) == ("Thing", "abroad", ())


def test_conflicting_values_are_both_kept_with_their_own_sources(place: Place) -> None:
    store = place.open()
    at.load(store, "lists.a", [ANA])
    at.load(store, "lists.b", [("ana", "Person", 9, {"name": "Ana López", "birthDate": "1981-02-03"})])
    assert said(store, "ana", "birthDate") == {
        "1980-02-03": [("lists", "a.csv", 1)],
        "1981-02-03": [("lists", "b.csv", 9)],
    }
    assert sorted(said(store, "ana", "name")["Ana López"]) == [("lists", "a.csv", 1), ("lists", "b.csv", 9)]


def test_the_smallest_record_of_a_file_stands_for_it(place: Place) -> None:
    store = place.open()
    rows = [("x", "Person", n, {"name": "X"}) for n in (7, 3, 5)]
    paid = [("p", "PAID", "x", "y", n, {"amount": "1"}) for n in (8, 4)]
    at.load(store, "d.a", rows, paid)
    assert said(store, "x", "name") == {"X": [("d", "a.csv", 3)]}
    assert said(store, "p", "amount") == {"1": [("d", "a.csv", 4)]}
    assert store.entities(["x"])["x"].sources[0].record == 3


def test_the_smallest_record_is_found_across_batches(place: Place) -> None:
    store = place.open()
    origin = at.source("d.a")
    run = store.begin_run(origin)
    for number, record in ((1, 7), (2, 3)):
        batch = Batch.make(at.entities([("x", "Person", record, {"name": "X"})]))
        store.write(batch, Manifest(origin, run, number, 1, at.prints(str(number))))
    assert said(store, "x", "name") == {"X": [("d", "a.csv", 3)]}


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
        at.entities([ANA, FIRM]), at.links([OWNS, PAID]), at.rejects([(9, 10, "c", "raw", "bad", "e", "s")])
    )
    manifest = Manifest(origin, run, 1, 4, at.prints("a", "b"))
    store.write(batch, manifest)
    first, version = digest(store), store.version()
    store.write(batch, manifest)
    assert digest(store) == first
    assert store.version() == version
    assert len(store.manifests(origin)) == 1
    assert store.rejects(origin).num_rows == 1


def test_a_record_already_there_adds_its_file_as_source_and_only_that(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS])
    before = digest(store)
    second = at.load(store, "d.b", [ANA, FIRM], [OWNS])
    after = digest(store)
    assert {k: after[k] for k in ("entities", "links", "values")} == {
        k: before[k] for k in ("entities", "links", "values")
    }
    assert after["digest"] != before["digest"]
    assert [p.source.file for p in store.links(["own"])["own"].sources] == ["a.csv", "b.csv"]
    assert store.withdraw(second) == {"entities": 0, "links": 0, "values": 0}
    assert digest(store) == before


def test_withdrawing_leaves_exactly_what_the_others_assert(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS])
    before, nodes, edges = digest(store), store.nodes(), store.edges()
    second = at.load(
        store,
        "d.b",
        [("ana", "Person", 4, {"name": "Ana López Ruiz"}), ("new", "Company", 5, {"name": "Nueva"})],
        [("own", "OWNS", "ana", "firm", 4, {"startDate": "2018-01-01"}), PAID, ("p2", "PAID", "new", "nowhere", 6, {})],
    )
    assert store.edges().column("date").to_pylist()[0] == "2018-01-01"
    gone = store.withdraw(second)
    # new; PAID and p2; the name, the start date, "Nueva", amount, currency and date of the payment
    assert gone == {"entities": 1, "links": 2, "values": 6}
    assert digest(store) == before
    assert store.nodes().select(["id", "kind", "name"]).equals(nodes.select(["id", "kind", "name"]))
    assert store.edges().drop_columns(["source", "target"]).equals(edges.drop_columns(["source", "target"]))
    assert store.entities(["new", "nowhere", "abroad"]) == {}
    assert [h.id for h in store.search("Nueva")] == []
    assert [(r.source.key, r.status) for r in store.runs()] == [
        (at.source("d.a").key, "done"),
        (second.key, "withdrawn"),
    ]
    assert [s.key for s in store.sources()] == [at.source("d.a").key]
    assert store.manifests(second) == []
    assert second.sha256 not in store.fingerprints("d")


def test_a_withdrawn_file_can_be_loaded_again(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS, PAID])
    before = digest(store)
    store.withdraw(at.source("d.a"))
    assert store.counts() == {"entities": {}, "links": {}}
    at.load(store, "d.a", [ANA, FIRM], [OWNS, PAID])
    assert digest(store) == before


def test_an_unknown_source_cannot_be_withdrawn(place: Place) -> None:
    with pytest.raises(UsageError) as told:
        place.open().withdraw(at.source("nobody.a"))
    assert told.value.code == "unknown_source"


def test_parallel_links_and_loops_are_kept_by_id(place: Place) -> None:
    store = place.open()
    rows = [(f"p{n}", "PAID", "a", "b", n + 1, {"amount": str(n)}) for n in range(30)]
    at.load(store, "d.a", [], [*rows, ("loop", "PAID", "a", "a", 31, {})])
    assert store.counts()["links"] == {"PAID": 31}
    assert store.neighbours("a", limit=100).totals == {"PAID": 31}
    assert len(store.neighbours("a", limit=100).links) == 31


def test_a_link_keeps_the_ends_it_came_with(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [], [("x", "OWNS", "a", "b", 1, {"percentage": "10"})])
    at.load(store, "d.b", [], [("x", "OWNS", "a", "c", 1, {"percentage": "20"}), ("y", "OWNS", "c", "a", 2, {})])
    link = store.links(["x"])["x"]
    assert (link.source, link.target) == ("a", "b")
    assert [f.value for f in link.properties["percentage"]] == ["10", "20"]
    assert store.counts()["links"] == {"OWNS": 2}


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
            store.write(batch, Manifest(origin, store.begin_run(origin), number, 1, at.prints(str(number))))
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


# -- text from outside --------------------------------------------------------------------------------------------------
HOSTILE = [
    "'; DROP TABLE entity; --",
    "x`}) DETACH DELETE n //",
    '" OR 1=1 OR "',
    "$param {name} %s \\ \\u0041 \\' ?",
    "<script>alert(1)</script> **bold** [a](javascript:x)",
    "a\tb\nc\r\nd",
    "\u202eevil\u2066 zero\u200bwidth",
    "ünïcödé 漢字 🚢 e\u0301",
    "name:(a AND b) /re.*/ ~2 ^3 [a TO z] + - && || ! * ?",
    "AND",
    "null",
    "x" * 40_000,
    "3:17",
]


def test_text_from_outside_is_kept_as_it_is_and_does_nothing(place: Place) -> None:
    store = place.open()
    rows = [
        (f"id-{n} {text[:60]}", "Company", n + 1, {"name": text, "notes": text, "taxNumber": text[:500]})
        for n, text in enumerate(HOSTILE)
    ]
    paid = [
        (f"link-{n} {t[:60]}", "PAID", rows[n][0], rows[0][0], n + 1, {"purpose": t}) for n, t in enumerate(HOSTILE)
    ]
    origin = at.load(store, "d.a", rows, paid, taint="sar")
    for row, text in zip(rows, HOSTILE, strict=True):
        assert store.entities([row[0]])[row[0]].first("name") == text
    for row, text in zip(paid, HOSTILE, strict=True):
        assert store.links([row[0]])[row[0]].first("purpose") == text
        assert store.neighbours(row[2]).centre == row[2]
    for text in HOSTILE:
        assert isinstance(store.search(text), list)
    assert store.table("Company", ["notes"]).column("notes").to_pylist() == [
        t for _, t in sorted(zip((r[0] for r in rows), HOSTILE, strict=True))
    ]
    assert set(store.taints()) == {r[0] for r in rows} | {r[0] for r in paid}
    store.save_document("charts", HOSTILE[1], {"x": HOSTILE})
    assert store.documents("charts") == {HOSTILE[1]: {"x": HOSTILE}}
    assert store.withdraw(origin) == {"entities": 13, "links": 13, "values": 13 * 4}


@pytest.mark.parametrize("kind", [*HOSTILE[:3], "Nothing", "Entity", ""])
def test_a_kind_the_schema_does_not_name_is_refused_whole(place: Place, kind: str) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA])
    before, version = digest(store), store.version()
    for batch in (
        Batch.make(at.entities([FIRM, ("bad", kind, 1, {"name": "B"})])),
        Batch.make(at.entities([FIRM]), at.links([OWNS, ("bad", kind, "ana", "firm", 1, {})])),
    ):
        origin = at.source("d.b")
        with pytest.raises(UsageError) as told:
            store.write(batch, Manifest(origin, store.begin_run(origin), 1, 2, at.prints("x")))
        assert told.value.code == "unknown_kind"
    assert digest(store) == before
    assert store.version() == version
    for ask in (
        lambda: store.neighbours("ana", kinds=[kind]),
        lambda: store.edges([kind]),
        lambda: store.table(kind, ["name"]),
        lambda: store.search("ana", kinds=[kind]),
        lambda: store.paths("ana", "ana", kinds=[kind]),
    ):
        with pytest.raises(UsageError):
            ask()


# -- reading a few ------------------------------------------------------------------------------------------------------
def test_unknown_ids(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS])
    assert list(store.entities(["nobody", "ana"])) == ["ana"]
    assert store.entities([]) == {}
    assert store.links(["nothing", "ana"]) == {}
    assert store.links([]) == {}
    for ask in (
        lambda: store.neighbours("nobody"),
        lambda: store.paths("ana", "nobody"),
        lambda: store.paths("no", "ana"),
    ):
        with pytest.raises(UsageError) as told:
            ask()
        assert told.value.code == "unknown_entity"


def random_graph(seed: int, nodes: int = 24, edges: int = 45) -> tuple[nx.MultiDiGraph, list[at.LinkRow]]:
    draw = random.Random(seed)
    graph, rows = nx.MultiDiGraph(), []
    graph.add_nodes_from(f"n{i:02}" for i in range(nodes))
    for number in range(edges):
        a, b = (f"n{draw.randrange(nodes):02}" for _ in range(2))
        kind, date = draw.choice(["PAID", "OWNS"]), f"2024-{draw.randrange(1, 13):02}-01"
        graph.add_edge(a, b, key=f"l{number:03}", kind=kind, date=date)
        rows.append((f"l{number:03}", kind, a, b, number + 1, {"date": date}))
    return graph, rows


@pytest.mark.parametrize("seed", range(4))
def test_paths_are_the_shortest_ones(place: Place, seed: int) -> None:
    graph, rows = random_graph(seed)
    store = place.open()
    at.load(store, "d.a", [(n, "Person", 1, {"name": n}) for n in graph], rows)
    draw = random.Random(seed)
    pairs = [draw.sample(sorted(graph), 2) for _ in range(25)]
    for kinds in (None, ["PAID"]):
        kept = nx.Graph((a, b) for a, b, d in graph.edges(data=True) if kinds is None or d["kind"] in kinds)
        kept.add_nodes_from(graph)
        for a, b in pairs:
            found = store.paths(a, b, max_hops=6, kinds=kinds, limit=1000)
            expected = sorted(nx.all_shortest_paths(kept, a, b)) if nx.has_path(kept, a, b) else []
            expected = [p for p in expected if len(p) <= 7]
            assert [[e.id for e in p.entities] for p in found] == expected
            assert [p.entities for p in store.paths(a, b, max_hops=6, kinds=kinds, limit=2)] == [
                p.entities for p in found[:2]
            ]
            for path in found:
                for link, (x, y) in zip(path.links, zip(path.entities, path.entities[1:], strict=False), strict=True):
                    assert {link.source, link.target} == {x.id, y.id}
                    assert kinds is None or link.kind in kinds


@pytest.mark.parametrize("seed", range(3))
def test_paths_in_time_order(place: Place, seed: int) -> None:
    graph, rows = random_graph(seed + 100)
    store = place.open()
    at.load(store, "d.a", [], rows)
    draw = random.Random(seed)
    some = 0
    for a, b in (draw.sample(sorted({r[2] for r in rows} | {r[3] for r in rows}), 2) for _ in range(25)):
        found = store.paths(a, b, max_hops=4, time_ordered=True, limit=1000)
        expected = in_time_by_force(graph, a, b, 4)
        assert [[e.id for e in p.entities] for p in found] == expected
        some += len(expected)
        for path in found:
            dates = [link.first("date") for link in path.links]
            assert dates == sorted(dates)
            assert [link.source for link in path.links] == [e.id for e in path.entities[:-1]]
    assert some


def in_time_by_force(graph: nx.MultiDiGraph, a: str, b: str, hops: int) -> list[list[str]]:
    """Every simple path of the least length that some choice of links makes possible in time."""
    for length in range(1, hops + 1):
        found = set()
        stack: list[tuple[list[str], str]] = [([a], "")]
        while stack:
            path, when = stack.pop()
            if len(path) == length + 1:
                if path[-1] == b:
                    found.add(tuple(path))
                continue
            for _, y, data in graph.out_edges(path[-1], data=True):
                if y not in path and data["date"] >= when:
                    stack.append(([*path, y], data["date"]))
        if found:
            return sorted(list(p) for p in found)
    return []


@pytest.mark.parametrize("seed", range(3))
def test_neighbours_are_those_of_the_graph(place: Place, seed: int) -> None:
    graph, rows = random_graph(seed, nodes=15)
    store = place.open()
    at.load(store, "d.a", [(n, "Person", 1, {}) for n in graph], rows)
    for node in sorted(graph):
        for hops, kinds in ((1, None), (2, None), (1, ["OWNS"])):
            touching = [(k, key) for a, b, key, k in graph.edges(keys=True, data="kind") if node in (a, b)]
            touching = sorted(t for t in touching if kinds is None or t[0] in kinds)
            found = store.neighbours(node, hops=hops, kinds=kinds, limit=1000)
            assert not found.truncated
            assert found.entities[0].id == found.centre == node
            assert found.totals == {k: n for k in ("OWNS", "PAID") if (n := sum(t[0] == k for t in touching))}
            if hops == 1:
                assert [(x.kind, x.id) for x in found.links] == touching
            else:
                plain = nx.Graph(graph.to_undirected())
                assert {e.id for e in found.entities} == set(nx.ego_graph(plain, node, radius=2))
                inner = {node, *plain[node]}
                assert {x.id for x in found.links} == {
                    key for a, b, key in graph.edges(keys=True) if a in inner or b in inner
                }
        few = store.neighbours(node, limit=2)
        whole = store.neighbours(node, limit=1000)
        assert few.links == whole.links[:2]
        assert few.totals == whole.totals
        assert few.truncated == (len(whole.links) > 2)


def test_links_at_some_entities(place: Place) -> None:
    store = place.open()
    at.load(
        store,
        "d.a",
        [],
        [
            ("p1", "PAID", "a", "b", 1, {"date": "2024-01-01", "amount": "5", "currency": "MXN"}),
            ("p2", "PAID", "b", "c", 2, {}),
            ("o1", "OWNS", "c", "a", 3, {}),
            ("o2", "OWNS", "d", "d", 4, {}),
        ],
    )
    found = store.links_at(["a", "d", "nobody"])
    assert found.schema.equals(AT_SCHEMA)
    assert found.column("id").to_pylist() == ["o1", "o2", "p1"]
    assert found.to_pylist()[2] == {
        "id": "p1",
        "kind": "PAID",
        "source": "a",
        "target": "b",
        "date": "2024-01-01",
        "amount": 5.0,
        "currency": "MXN",
    }
    assert store.links_at(["a", "d"], among=["b"]).column("id").to_pylist() == ["o2", "p1"]
    assert store.links_at(["a", "b", "c"], limit=2).column("id").to_pylist() == ["o1", "p1"]
    assert store.links_at([]).num_rows == 0
    assert store.links_at(["a", "b"], kinds=["OWNS"]).column("id").to_pylist() == ["o1"]
    assert store.links_at(["a", "b"], kinds=[]).num_rows == 0


def test_no_kinds_are_no_links(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS])
    found = store.neighbours("ana", kinds=[])
    assert (found.links, found.totals, [e.id for e in found.entities]) == ((), {}, ["ana"])
    assert store.paths("ana", "firm", kinds=[]) == []
    assert store.edges([]).num_rows == 0
    assert store.search("ana", kinds=[]) == []


# -- search -------------------------------------------------------------------------------------------------------------
NAMES = [
    ("halcon", "Company", 1, {"name": "Transportes Halcón del Norte, S.A. de C.V.", "taxNumber": "THN-010203-AB1"}),
    ("jose", "Person", 2, {"name": "José Ángel Núñez Ibarra", "alias": "El Güero"}),
    ("jose2", "Person", 3, {"name": "Jose Luis Martinez"}),
    ("ship", "Vessel", 4, {"name": "Mørsk Ålesund", "imoNumber": "IMO9074729"}),
    ("li", "Person", 5, {"name": "Li"}),
    ("bank", "Company", 6, {"name": "Banco Ñandú", "swiftBic": "NANDMXMM"}),
    ("phone", "Phone", 7, {"number": "+525512345678"}),
]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("halcon", "halcon"),
        ("HALCÓN DEL NORTE", "halcon"),
        ("norte transportes halcon", "halcon"),
        ("transportes halcom del norte", "halcon"),
        ("thn010203ab1", "halcon"),
        ("THN 010203 AB1", "halcon"),
        ("jose angel nunez", "jose"),
        ("Nuñes Ibarra José", "jose"),
        ("el guero", "jose"),
        ("morsk alesund", "ship"),
        ("9074729", "ship"),
        ("li", "li"),
        ("banco nandu", "bank"),
        ("nandmxmm", "bank"),
    ],
)
def test_search_forgives(place: Place, asked: str, first: str) -> None:
    store = place.open()
    at.load(store, "d.a", NAMES)
    hits = store.search(asked)
    assert hits, asked
    assert hits[0].id == first
    assert all(0 < h.score <= 1 for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_search_by_kind_and_limit(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [*NAMES, *((f"j{n}", "Person", 9, {"name": f"Jose {n}"}) for n in range(9))])
    assert {h.kind for h in store.search("jose", kinds=["LegalEntity"])} == {"Person"}
    assert store.search("jose", kinds=["Vessel"]) == []
    assert len(store.search("jose", limit=3)) == 3
    assert store.search("") == []
    assert store.search("qqqq zzzz wwww") == []
    hit = store.search("el guero")[0]
    assert (hit.name, hit.matched) == ("José Ángel Núñez Ibarra", "El Güero")


def test_search_finds_what_was_just_written_and_not_what_was_withdrawn(place: Place) -> None:
    store = place.open()
    for round in range(3):
        origin = at.load(store, f"d.{round}", [("x", "Company", 1, {"name": f"Compañía Fugaz {round}"})])
        assert store.search("compania fugaz")[0].matched == f"Compañía Fugaz {round}"
        store.withdraw(origin)
        assert store.search("compania fugaz") == []


# -- reading in bulk ----------------------------------------------------------------------------------------------------
def test_bulk_tables_are_in_the_order_of_their_ids(place: Place) -> None:
    store = place.open()
    ids = ["b", "a b", "a", "A", "a\nb", "é", "\uffee", "\U00010000", "zz", "z"]
    rows = [(i, "Company" if n % 2 else "Person", n + 1, {"name": f"N {n}"}) for n, i in enumerate(ids)]
    paid = [(f"l{i}", "PAID", i, ids[0], n + 1, {"amount": "1"}) for n, i in enumerate(ids)]
    owns = [(f"l{i}!", "OWNS", i, ids[1], n + 1, {"startDate": "2020"}) for n, i in enumerate(ids)]
    at.load(store, "d.a", rows, paid + owns)
    nodes, edges = store.nodes(), store.edges()
    assert nodes.schema.equals(NODE_SCHEMA)
    assert edges.schema.equals(EDGE_SCHEMA)
    assert nodes.column("id").to_pylist() == sorted(ids)
    assert edges.column("id").to_pylist() == sorted([f"l{i}" for i in ids] + [f"l{i}!" for i in ids])
    codes = dict(zip(nodes.column("code").to_pylist(), nodes.column("id").to_pylist(), strict=True))
    assert len(codes) == len(ids)
    for edge in store.edges(["PAID"]).to_pylist():
        assert (f"l{codes[edge['source']]}", codes[edge["target"]]) == (edge["id"], "b")
        assert (edge["kind"], edge["amount"], edge["date"], edge["currency"]) == ("PAID", 1.0, None, None)
    assert {e["date"] for e in store.edges(["OWNS"]).to_pylist()} == {"2020"}
    for sort, schema, wanted in (
        ("entity", ENTITY_SCHEMA, sorted(ids)),
        ("link", LINK_SCHEMA, edges.column("id").to_pylist()),
    ):
        tables = [t for s, t in store.statements() if s == sort]
        assert [i for t in tables for i in t.column("id").to_pylist()] == wanted
        assert tables[0].column_names == [*schema.names, "dataset", "sha256"]
        assert tables[0].select(schema.names).schema.equals(schema)


def test_an_empty_store_has_empty_tables(place: Place) -> None:
    store = place.open()
    assert store.nodes().schema.equals(NODE_SCHEMA)
    assert store.edges().schema.equals(EDGE_SCHEMA)
    assert (store.nodes().num_rows, store.edges().num_rows, store.table("Company", ["name"]).num_rows) == (0, 0, 0)
    assert store.table("Company", ["name"]).column_names == ["id", "name"]
    assert list(store.statements()) == []
    assert (store.sources(), store.runs(), store.taints(), store.search("x")) == ([], [], {}, [])
    assert (store.findings(), store.suggestions(), store.documents("charts"), store.collections()) == ([], [], {}, [])
    assert digest(store)["values"] == 0


def test_a_table_has_the_first_value_of_each_property(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [("c", "Company", 1, {"name": ["Zeta", "Beta"]}), ANA, FIRM], [OWNS, PAID])
    at.load(
        store, "d.b", [("c", "PublicBody", 1, {"name": "Alfa", "country": "mx"}), ("v", "Vessel", 1, {"name": "V"})]
    )
    assert store.table("LegalEntity", ["country", "name"]).to_pylist() == [
        {"id": "ana", "country": None, "name": "Ana López"},
        {"id": "c", "country": "mx", "name": "Alfa"},
        {"id": "firm", "country": None, "name": "Halcón del Norte"},
    ]
    assert store.table("PAID", ["amount", "purpose"]).to_pylist() == [
        {"id": "pay", "amount": "9500.50", "purpose": None}
    ]
    assert store.table("OWNS", []).to_pylist() == [{"id": "own"}]


def test_derived_columns_of_links_are_the_smallest_of_all_sources(place: Place) -> None:
    store = place.open()
    for name, amount, date, currency in (("d.a", "10", "2024-02-01", "USD"), ("d.b", "9", "2024-01-01", "MXN")):
        facts = {"amount": amount, "date": date, "currency": currency}
        at.load(store, name, [], [("p", "PAID", "a", "b", 1, facts), ("q", "PAID", "a", "b", 2, {"amount": "1,5"})])
    assert [(e["amount"], e["date"], e["currency"]) for e in store.edges().to_pylist()] == [
        (9.0, "2024-01-01", "MXN"),
        (None, None, None),
    ]


def test_statements_of_one_source_are_what_it_asserts(place: Place) -> None:
    store = place.open()
    one = at.load(store, "d.a", [ANA, FIRM], [OWNS])
    two = at.load(store, "d.b", [("ana", "Person", 4, {"name": "Ana L."})], [PAID])
    rows = {s: [(k, r) for k, t in store.statements(s) for r in t.to_pylist()] for s in (None, one, two)}
    assert [r["id"] for _, r in rows[two]] == ["ana", "pay"]
    assert {r["sha256"] for _, r in rows[one]} == {one.sha256}

    def order(row: tuple[str, dict[str, Any]]) -> str:
        return repr(sorted(row[1].items()))

    assert sorted(rows[None], key=order) == sorted(rows[one] + rows[two], key=order)
    assert list(store.statements(at.source("d.c"))) == []


def test_what_only_tainted_sources_assert(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS])
    assert store.taints() == {}
    at.load(store, "reports.b", [ANA, ("secret", "Company", 2, {"name": "S 1:7"})], [OWNS, PAID], taint="sar")
    assert store.taints() == {"secret": "sar", "pay": "sar"}
    store.withdraw(at.source("d.a"))
    assert store.taints() == {"secret": "sar", "pay": "sar", "ana": "sar", "own": "sar"}


# -- the record of what was loaded --------------------------------------------------------------------------------------
def test_the_record_of_what_was_loaded(place: Place) -> None:
    store = place.open()
    one, two = at.source("d.a"), at.source("d.b", synthetic=True, taint="sar")
    first, second = store.begin_run(two), store.begin_run(one)
    assert second > first
    bad = [
        (5, 6, "date", "31/02/2024", "bad_date", "There is no such day.", "No existe ese día."),
        (2, 3, "", "x", "y", "e", "s"),
    ]
    store.write(Batch.make(rejects=at.rejects(bad)), Manifest(one, second, 2, 0, at.prints()))
    store.write(Batch.make(at.entities([ANA])), Manifest(one, second, 1, 2, at.prints("1", "2")))
    store.write(Batch.make(at.entities([FIRM])), Manifest(two, first, 1, 1, at.prints("3")))
    store.finish_run(second, "done", {"read": 4, "rejected": 2})
    assert [(r.number, r.source, r.status, r.counts) for r in store.runs()] == [
        (first, two, "running", {}),
        (second, one, "done", {"read": 4, "rejected": 2}),
    ]
    assert store.runs()[1].started <= store.runs()[1].finished
    assert store.sources() == sorted([one, two], key=lambda s: s.key)
    assert [(m.number, m.records, m.run) for m in store.manifests(one)] == [(1, 2, second), (2, 0, second)]
    assert {k: v.to_pylist() for k, v in store.fingerprints("d").items()} == {
        one.sha256: at.prints("1", "2").to_pylist(),
        two.sha256: at.prints("3").to_pylist(),
    }
    assert store.fingerprints("other") == {}
    assert store.rejects(one).equals(at.rejects(sorted(bad)))
    assert store.rejects(two).num_rows == 0


def test_the_version_changes_with_the_contents(place: Place) -> None:
    store = place.open()
    seen = [store.version()]
    origin = at.load(store, "d.a", [ANA])
    seen.append(store.version())
    assert store.version() == seen[-1]
    at.load(store, "d.b", [FIRM])
    seen.append(store.version())
    store.withdraw(origin)
    seen.append(store.version())
    assert len(set(seen)) == 4
    assert place.open().version() == seen[-1]


# -- what people and analytics add --------------------------------------------------------------------------------------
def finding(id: str, typology: str, score: float) -> Finding:
    return Finding(
        id=id,
        typology=typology,
        version="1",
        score=score,
        entities=(("ana", "payer"),),
        links=("pay",),
        window=("2024-01-01", ""),
        features={"deposits": {"value": 7, "peers": 1.25, "unit": "count"}},
        reason=Text("7 deposits", "7 depósitos"),
        lawful=((Text("salary", "nómina"), "tested"),),
        settles=Text("the ledger", "el libro mayor"),
        truncated=id == "b",
    )


def test_findings_are_replaced_by_typology(place: Place) -> None:
    store = place.open()
    store.save_findings("fan_in", [finding("a", "fan_in", 0.5), finding("b", "fan_in", 0.9)])
    store.save_findings("loop", [finding("c", "loop", 0.7), finding("d", "loop", 0.7)])
    assert store.findings() == [
        finding(*x) for x in (("b", "fan_in", 0.9), ("c", "loop", 0.7), ("d", "loop", 0.7), ("a", "fan_in", 0.5))
    ]
    store.save_findings("fan_in", [finding("e", "fan_in", 0.1)])
    assert [f.id for f in store.findings("fan_in")] == ["e"]
    store.save_findings("loop", [])
    assert [f.id for f in store.findings()] == ["e"]


def test_a_judgement_outlives_new_suggestions(place: Place) -> None:
    store = place.open()
    why, again = Text("spelling", "grafía"), Text("same phone", "mismo teléfono")
    store.save_suggestions([Suggestion("b", "a", 0.8, why), Suggestion("a", "c", 0.9, why)])
    assert store.suggestions() == [Suggestion("a", "c", 0.9, why), Suggestion("a", "b", 0.8, why)]
    store.save_suggestions([Suggestion("a", "b", 0.8, why, "not_same")])
    store.save_suggestions([Suggestion("a", "b", 0.95, again)])
    assert store.suggestions("b") == [Suggestion("a", "b", 0.95, again, "not_same")]
    store.save_suggestions([Suggestion("b", "a", 0.95, again, "same")])
    assert store.suggestions("b")[0].judgement == "same"
    assert store.suggestions("nobody") == []


def test_documents(place: Place) -> None:
    store = place.open()
    store.save_document("charts", "b", {"title": "Ñandú", "nodes": [1, 2.5, None, {"x": True}]})
    store.save_document("charts", "a", {})
    store.save_document("views", "b", {"z": 1})
    store.save_document("charts", "a", {"again": 1})
    assert store.documents("charts") == {
        "a": {"again": 1},
        "b": {"title": "Ñandú", "nodes": [1, 2.5, None, {"x": True}]},
    }
    assert list(store.documents("charts")) == ["a", "b"]
    assert store.collections() == ["charts", "views"]
    store.delete_document("charts", "a")
    store.delete_document("charts", "a")
    assert list(store.documents("charts")) == ["b"]


# -- opening, closing, sharing -------------------------------------------------------------------------------------------
def test_contents_outlive_the_process(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [ANA, FIRM], [OWNS, PAID])
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
    origin = at.load(writer, "d.a", [ANA, FIRM], [OWNS])
    before = digest(writer)
    reader = place.open(read_only=True)
    assert digest(reader) == before
    assert reader.search("ana lopez")[0].id == "ana"
    for refused in (
        lambda: reader.begin_run(origin),
        lambda: reader.write(Batch.make(at.entities([FIRM])), Manifest(origin, 1, 7, 1, at.prints("z"))),
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
    origin = at.load(store, "d.a", [ANA])
    before = digest(store)
    batch, manifest = Batch.make(at.entities([FIRM])), Manifest(origin, 1, 2, 1, at.prints("f"))
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
    assert said(store, "e5", "name") == {"one 5": [("d", "one.csv", 1)], "two 5": [("d", "two.csv", 1)]}
    assert said(store, "p20", "amount") == {"20": [("d", "one.csv", 1), ("d", "two.csv", 1)]}
    codes = store.nodes().column("code").to_pylist()
    assert len(set(codes)) == len(codes)


def test_every_error_of_a_store_is_a_sentence_in_both_languages(place: Place) -> None:
    store = place.open()
    with pytest.raises(VinculoError) as told:
        store.neighbours("nobody")
    assert "nobody" in told.value.message("en")
    assert "nobody" in told.value.message("es")
    assert told.value.message("en") != told.value.message("es")


def test_batches_without_rows(place: Place) -> None:
    store = place.open()
    origin = at.source("d.a")
    store.write(Batch.make(), Manifest(origin, store.begin_run(origin), 1, 0, at.prints()))
    assert store.sources() == [origin]
    assert store.counts() == {"entities": {}, "links": {}}
    assert isinstance(store.manifests(origin)[0].fingerprints, pa.Array)
