"""Reading a few things: by id, around one, between two: each test runs on every store that registers itself."""

from __future__ import annotations

import random

import networkx as nx
import pytest
import store_places as at
from store_places import Place

from vinculo.graph.errors import UsageError
from vinculo.graph.store import AT_SCHEMA


def test_unknown_ids(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
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
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    found = store.neighbours("ana", kinds=[])
    assert (found.links, found.totals, [e.id for e in found.entities]) == ((), {}, ["ana"])
    assert store.paths("ana", "firm", kinds=[]) == []
    assert store.edges([]).num_rows == 0
    assert store.search("ana", kinds=[]) == []
