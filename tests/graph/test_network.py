"""The network says what the store holds, in an order of its own."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.network import Network, simple_csr
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


def tables(pairs: list[tuple[int, int]], codes: list[int]) -> tuple[pa.Table, pa.Table]:
    """Thirteen nodes under these codes, and a link for each pair."""
    ids = [f"n{k:02d}" for k in range(13)]
    nodes = pa.table({"code": codes, "id": ids, "kind": ["Person"] * 13, "name": ids}, schema=NODE_SCHEMA)
    edges = pa.table(
        {
            "id": [f"e{k:02d}" for k in range(len(pairs))],
            "kind": ["PAID" if k % 2 else "OWNS" for k in range(len(pairs))],
            "source": [codes[a] for a, _ in pairs],
            "target": [codes[b] for _, b in pairs],
            "date": [None] * len(pairs),
            "amount": [float(k) for k in range(len(pairs))],
            "currency": ["USD"] * len(pairs),
        },
        schema=EDGE_SCHEMA,
    )
    return nodes, edges


@given(PAIRS, st.permutations(list(range(100, 113))), st.randoms(use_true_random=False))
def test_codes_and_order_of_rows_do_not_matter(pairs, codes, random):
    nodes, edges = tables(pairs, list(range(13)))
    plain = Network.from_tables(nodes, edges)
    nodes, edges = tables(pairs, list(codes))
    shuffled = Network.from_tables(
        nodes.take(random.sample(range(13), 13)),
        edges.take(np.array(random.sample(range(len(pairs)), len(pairs)), np.int64)),
    )
    assert plain.ids.equals(shuffled.ids) and plain.link_ids.equals(shuffled.link_ids)
    assert (plain.source == shuffled.source).all() and (plain.target == shuffled.target).all()
    for name in ("out", "into", "undirected"):
        for a, b in zip(getattr(plain, name), getattr(shuffled, name), strict=True):
            assert (a == b).all()


@given(PAIRS)
def test_networkx_sees_the_same_graph(pairs):
    network = Network.from_tables(*tables(pairs, list(range(13))))
    graph = network.to_networkx()
    assert sorted((a, b, k) for a, b, k in graph.edges(keys=True)) == sorted(
        (f"n{a:02d}", f"n{b:02d}", f"e{k:02d}") for k, (a, b) in enumerate(pairs)
    )
    expected = nx.Graph()
    expected.add_nodes_from(range(13))
    for a, b in pairs:
        if a != b:
            weight = expected.get_edge_data(a, b, {"weight": 0})["weight"]
            expected.add_edge(a, b, weight=weight + 1)
    simple = network.simple()
    for i in range(13):
        row = slice(simple.ptr[i], simple.ptr[i + 1])
        found = dict(zip(simple.neighbours[row].tolist(), simple.weights[row].tolist(), strict=True))
        assert found == {j: expected[i][j]["weight"] for j in expected[i]}
        assert list(found) == sorted(found)


@given(PAIRS, st.integers(0, 3))
def test_a_neighbourhood_is_the_ego_graph(pairs, hops):
    network = Network.from_tables(*tables(pairs, list(range(13))))
    whole = network.to_networkx()
    ego = nx.ego_graph(whole.to_undirected(), "n00", radius=hops)
    part = network.to_networkx(["n00"], hops=hops)
    assert set(part) == set(ego) and part.number_of_edges() == whole.subgraph(ego).number_of_edges()


def test_ids_lead_to_numbers_and_unknown_ones_to_none():
    network = Network.from_links([("b", "a"), ("c", "b")])
    assert network.index(["c", "nobody", "a"]).tolist() == [2, -1, 0]
    assert network.to_networkx(["nobody"]).number_of_nodes() == 0


def test_a_directed_simple_graph_keeps_direction():
    network = Network.from_links([("a", "b"), ("a", "b"), ("b", "a"), ("a", "a")])
    graph = network.simple(directed=True, weights=np.array([1.0, 2.0, 5.0, 9.0]))
    assert graph.neighbours.tolist() == [1, 0] and graph.weights.tolist() == [3.0, 5.0]


@pytest.mark.parametrize("directed", [False, True])
def test_nothing_gives_an_empty_graph(directed):
    none = np.zeros(0, np.int32)
    made = simple_csr(3, none, none, np.zeros(0), directed=directed)
    assert made.ptr.tolist() == [0, 0, 0, 0] and len(made.neighbours) == 0
