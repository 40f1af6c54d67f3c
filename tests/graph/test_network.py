"""The network says what the store holds, in an order of its own."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.network import Network, csr, mirrored, simple_csr
from vinculo.graph.network_order import changes, in_order
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


CODES = st.lists(st.tuples(*[st.integers(-1, 4)] * 3, st.sampled_from([0, 1, 2**31 - 1])), max_size=40)


@given(CODES, st.integers(1, 4), st.sampled_from([np.int32, np.int64]))
def test_an_order_is_that_of_a_stable_sort_by_the_last_key_first(rows, many, kind):
    keys = [np.array(column, kind) for column in list(zip(*rows, strict=True))[:many]] or [np.zeros(0, kind)]
    order = in_order(*keys)
    assert order.dtype == np.int32 and order.tolist() == np.lexsort(keys[::-1]).tolist()
    told = [tuple(k[i] for k in keys) for i in order]
    assert changes(*(k[order] for k in keys)).tolist() == [i == 0 or told[i] != told[i - 1] for i in range(len(told))]


@given(PAIRS)
def test_rows_keep_the_given_order_with_weight_and_link(pairs):
    rows, others = (np.array([p[k] for p in pairs], np.int32) for k in (0, 1))
    weights, links = np.arange(len(pairs)) / 7.0, np.arange(len(pairs), dtype=np.int32)[::-1].copy()
    made = csr(13, rows, others, weights, links)
    plain = csr(13, rows, others)
    for i in range(13):
        row = slice(made.ptr[i], made.ptr[i + 1])
        here = [k for k in range(len(pairs)) if rows[k] == i]
        assert made.neighbours[row].tolist() == [others[k] for k in here]
        assert made.weights[row].tolist() == [weights[k] for k in here]
        assert made.links[row].tolist() == [links[k] for k in here]
        assert plain.links[row].tolist() == here
    assert plain.ptr.tolist() == made.ptr.tolist() and (plain.weights == 1.0).all()


@given(PAIRS)
def test_what_stands_at_both_ends_is_what_was_given(pairs):
    once = sorted({(min(p), max(p)) for p in pairs if p[0] != p[1]})
    a, b = (np.array([p[k] for p in once], np.int32) for k in (0, 1))
    made = mirrored(13, a, b, np.arange(len(once)) + 0.5, np.arange(len(once), dtype=np.int32))
    told = {
        (i, int(made.neighbours[e]), float(made.weights[e]), int(made.links[e]))
        for i in range(13)
        for e in range(made.ptr[i], made.ptr[i + 1])
    }
    both = {(x, y, k + 0.5, k) for k, pair in enumerate(once) for x, y in (pair, pair[::-1])}
    assert told == both and len(made.neighbours) == 2 * len(once)
