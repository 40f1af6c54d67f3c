"""Louvain and Leiden on directed graphs: against NetworkX, against every partition there is, and against what must not matter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_networkx_backend import graphs

from vinculo.analytics.kernels import community, directed
from vinculo.analytics.kernels.watched import was_cut, watching
from vinculo.analytics.networkx_backend.communities import OWN_LEVELS
from vinculo.graph.network import Csr, Network, simple_csr

SEARCHES = [directed.louvain, directed.leiden]


def drawn_graph(seed: int, nodes: int, links: int, spread: float = 0.0) -> Csr:
    """Random links, their weights as amounts are spread."""
    rng = np.random.default_rng(seed)
    a, b = (rng.integers(0, nodes, links).astype(np.int32) for _ in "ab")
    keep = a != b
    return simple_csr(nodes, a[keep], b[keep], rng.lognormal(0, spread, int(keep.sum())), directed=True)


def as_networkx(graph: Csr) -> nx.DiGraph:
    made = nx.DiGraph()
    made.add_nodes_from(range(graph.nodes))
    rows = np.repeat(np.arange(graph.nodes), graph.degrees).tolist()
    made.add_weighted_edges_from(zip(rows, graph.neighbours.tolist(), graph.weights.tolist(), strict=True))
    return made


def groups(labels: np.ndarray) -> list[set[int]]:
    return [set(np.flatnonzero(labels == c).tolist()) for c in range(labels.max() + 1)]


def potts_value(graph: nx.DiGraph, parts: list[set], resolution: float) -> float:
    """As NetworkX 3.7 defines ``constant_potts_model`` with direction."""
    inside = sum(w for part in parts for _, v, w in graph.edges(part, data="weight") if v in part)
    return inside - resolution * sum(len(part) ** 2 for part in parts)


def test_every_link_stands_at_both_ends_and_both_ways_are_added_up():
    graph = drawn_graph(2, 30, 200, 1.0)
    ptr, neighbours, weights = directed.joined(graph.ptr, graph.neighbours, graph.weights)
    dense = np.zeros((2, 30, 30))
    dense[0][np.repeat(np.arange(30), graph.degrees), graph.neighbours] = graph.weights
    np.add.at(dense[1], (np.repeat(np.arange(30), np.diff(ptr)), neighbours), weights)
    assert (dense[1] == dense[0] + dense[0].T).all()
    assert len(neighbours) == np.count_nonzero(dense[1])


@given(st.integers(0, 10**6), st.sampled_from(SEARCHES), st.sampled_from([0.5, 1.0, 2.0]))
def test_a_partition_is_one_with_the_modularity_it_says_and_no_worse_than_none(seed, search, resolution):
    graph = drawn_graph(seed, 15, 1 + seed % 60, seed % 3)
    labels = search(graph, seed=seed, resolution=resolution)
    assert labels[0] == 0 and sorted(set(labels.tolist())) == list(range(labels.max() + 1))
    if len(graph.weights):
        said = directed.modularity(graph, labels, resolution=resolution)
        known = nx.community.modularity(as_networkx(graph), groups(labels), resolution=resolution)
        assert said == pytest.approx(known, abs=1e-12)
        alone = np.arange(graph.nodes, dtype=np.int32)
        assert said >= directed.modularity(graph, alone, resolution=resolution) - 1e-9


def partitions(n: int) -> np.ndarray:
    """Every way to put n nodes into groups, one a row."""
    made = [[0]]
    for _ in range(n - 1):
        made = [[*row, c] for row in made for c in range(max(row) + 2)]
    return np.array(made)


@pytest.mark.parametrize("potts", [False, True], ids=["modularity", "potts"])
def test_the_best_of_all_partitions_is_nearly_always_found(potts):
    every = partitions(7)
    together = every[:, :, None] == every[:, None, :]
    reached = 0
    for seed in range(100):
        graph = drawn_graph(seed, 7, 4 + seed % 20, seed % 3)
        resolution = 0.3 * float(np.median(graph.weights)) if potts else 1.0
        links = np.zeros((7, 7))
        links[np.repeat(np.arange(7), graph.degrees), graph.neighbours] = graph.weights
        whole = links.sum()
        chance = np.full((7, 7), whole) if potts else np.outer(links.sum(1), links.sum(0))
        values = (together * (links / whole - resolution * chance / whole**2)).sum(axis=(1, 2))
        row = {tuple(r): k for k, r in enumerate(every.tolist())}
        labels = [directed.leiden(graph, seed=s, potts=potts, resolution=resolution).tolist() for s in range(5)]
        reached += max(values[row[tuple(found)]] for found in labels) > values.max() - 1e-9
    # a search that moves one node or one group at a time may be held up
    assert reached >= 95


def families() -> list[nx.DiGraph]:
    """Random, planted, with hubs, and growing networks; most with amounts as weights."""
    made = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(30, 150))
        graph = [
            lambda n=n, s=seed: nx.gnp_random_graph(n, 0.05, seed=s, directed=True),
            lambda n=n, s=seed: nx.planted_partition_graph(5, 20, 0.3, 0.02, seed=s, directed=True),
            lambda n=n, s=seed: nx.DiGraph(nx.scale_free_graph(n, seed=s)),
            lambda n=n, s=seed: nx.gn_graph(n, seed=s),
        ][seed % 4]()
        for _, _, data in graph.edges(data=True):
            data["weight"] = float(rng.lognormal(0, 2)) if seed % 3 else 1.0
        made.append(graph)
    return made


def test_directed_communities_are_as_good_as_networkx_own_on_average():
    """NetworkX 3.6 has no Leiden for directed graphs; its Louvain is what both are held against."""
    louvain, leiden, potts = [], [], []
    for graph in families():
        plain = nx.DiGraph((u, v, d) for u, v, d in graph.edges(data=True) if u != v)
        ends = np.array(plain.edges, np.int32).T
        weights = np.array([w for *_, w in plain.edges(data="weight")])
        arrays = simple_csr(len(graph), ends[0], ends[1], weights, directed=True)
        loops = np.array([graph.get_edge_data(v, v, {"weight": 0.0})["weight"] for v in range(len(graph))])
        for seed in range(2):
            theirs = nx.community.louvain_communities(graph, seed=seed, backend="networkx")
            ours = nx.community.louvain_communities(graph, seed=seed, backend="vinculo")
            best = nx.community.modularity(graph, theirs)
            louvain.append(nx.community.modularity(graph, ours) - best)
            labels = directed.leiden(arrays, seed=seed, loops=loops)
            leiden.append(nx.community.modularity(graph, groups(labels)) - best)
            if OWN_LEVELS:
                typical = 0.2 * float(np.median(arrays.weights))
                values = [
                    potts_value(
                        graph,
                        nx.community.leiden_communities(graph, resolution=typical, seed=seed, backend=name),
                        typical,
                    )
                    for name in ("vinculo", "networkx")
                ]
                potts.append((values[0] - values[1]) / graph.size(weight="weight"))
    assert np.mean(louvain) >= -0.001 and np.mean(leiden) >= -0.001
    assert not potts or np.mean(potts) >= -0.001


@given(graphs(directed=st.just(True)), st.sampled_from([None, "weight"]), st.integers(0, 3))
def test_networkx_directed_graphs_with_loops_and_parallel_links(graph, weight, seed):
    functions = [(nx.community.louvain_communities, {})]
    if OWN_LEVELS:
        functions += [(nx.community.leiden_communities, {"metric": m}) for m in ("modularity", "cpm")]
    for function, metric in functions:
        found = function(graph, weight=weight, seed=seed, backend="vinculo", **metric)
        assert found == function(graph, weight=weight, seed=seed, backend="vinculo", **metric)
        assert sum(map(len, found)) == len(graph) and set().union(*found) == set(graph)
        place = {v: i for i, v in enumerate(graph)}
        firsts = [min(place[v] for v in part) for part in found]
        assert firsts == sorted(firsts)
        if "leiden" in function.__name__:
            assert all(nx.is_weakly_connected(graph.subgraph(part)) for part in found)
        if graph.number_of_edges() and metric.get("metric") != "cpm":
            known = nx.community.modularity(graph, found, weight=weight)
            assert known >= nx.community.modularity(graph, [{v} for v in graph], weight=weight) - 1e-9


def test_each_level_of_louvain_joins_groups_of_the_one_before():
    graph = nx.planted_partition_graph(6, 20, 0.3, 0.02, seed=3, directed=True)
    levels = list(nx.community.louvain_partitions(graph, seed=1, backend="vinculo"))
    for finer, coarser in pairwise(levels):
        assert len(finer) > len(coarser)
        assert all(any(part <= whole for whole in coarser) for part in finer)
    assert levels[0] == nx.community.louvain_communities(graph, seed=1, max_level=1, backend="vinculo")


def test_the_example_of_networkx_is_divided_as_networkx_divides_it():
    """Its own test asks for the communities in another order as well."""
    links = "1-2 1-6 1-9 2-3 2-4 2-5 3-4 4-3 4-5 5-4 6-7 6-8 9-10 9-11 10-11 11-10"
    graph = nx.DiGraph([tuple(map(int, pair.split("-"))) for pair in links.split()])
    for seed in range(10):
        found = nx.community.louvain_communities(graph, seed=seed, weight=None, backend="vinculo")
        assert {frozenset(part) for part in found} == {
            frozenset(part) for part in ({2, 3, 4, 5}, {1, 6, 7, 8}, {9, 10, 11})
        }


def test_direction_decides():
    """What one node leads to is expected of it; without direction the same links are divided otherwise."""
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([(0, 1, 8.0), (1, 0, 1.0), (1, 2, 1.0)])
    arrays = simple_csr(
        3, np.array([0, 1, 1], np.int32), np.array([1, 0, 2], np.int32), np.array([8.0, 1, 1]), directed=True
    )
    assert groups(directed.leiden(arrays, resolution=2.0)) == [{0}, {1, 2}]
    undirected = simple_csr(3, np.array([0, 1], np.int32), np.array([1, 2], np.int32), np.array([9.0, 1.0]))
    assert groups(community.leiden(undirected, resolution=2.0)) != [{0}, {1, 2}]
    assert {frozenset(p) for p in nx.community.louvain_communities(graph, resolution=2, seed=1)} == {
        frozenset(p) for p in nx.community.louvain_communities(graph, resolution=2, seed=1, backend="vinculo")
    }


@pytest.mark.parametrize("search", SEARCHES, ids=lambda f: f.__name__)
def test_both_directions_alike_are_no_direction(search):
    """On a graph whose links all lead both ways directed modularity is the undirected one."""
    one_way = drawn_graph(5, 60, 200, 1.0)
    ptr, neighbours, weights = directed.joined(one_way.ptr, one_way.neighbours, one_way.weights)
    graph = Csr(ptr, neighbours, np.arange(len(neighbours), dtype=np.int32), weights)
    undirected = getattr(community, search.__name__)
    for seed in range(5):
        labels = search(graph, seed=seed)
        assert labels.tolist() == undirected(graph, seed=seed).tolist()
        assert directed.modularity(graph, labels) == pytest.approx(community.modularity(graph, labels))


@pytest.mark.parametrize("search", SEARCHES, ids=lambda f: f.__name__)
def test_the_same_seed_gives_the_same_bytes_from_several_threads_at_once(search):
    graph = drawn_graph(9, 2_000, 12_000, 2.0)
    alone = search(graph, seed=3)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: search(graph, seed=3).tobytes(), range(4)))
    assert set(found) == {alone.tobytes()}
    assert any(search(graph, seed=s).tobytes() != alone.tobytes() for s in (4, 5))


@pytest.mark.parametrize("budget", [0, 30_000, 10**9])
def test_a_budget_cuts_a_directed_search_off_at_the_same_place_each_time(budget):
    graph = drawn_graph(7, 3_000, 12_000)
    first, second = watching(budget), watching(budget)
    labels = directed.leiden(graph, watch=first)
    assert labels.tobytes() == directed.leiden(graph, watch=second).tobytes()
    assert np.array_equal(first, second) and was_cut(first) is (budget < 10**9)
    weak = as_networkx(graph)
    assert all(nx.is_weakly_connected(weak.subgraph(part)) for part in groups(labels))


def test_a_network_is_divided_by_its_directions_without_conversion(monkeypatch):
    network = Network.from_links([("a", "b"), ("b", "c"), ("c", "a"), ("a", "a"), ("c", "d"), ("d", "e"), ("e", "d")])
    monkeypatch.setattr(Network, "to_networkx", None)
    assert nx.community.louvain_communities(network, seed=1) == [{"a", "b", "c"}, {"d", "e"}]


@pytest.mark.parametrize("search", SEARCHES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("nodes", [0, 1, 3])
def test_without_links_each_node_is_alone(search, nodes):
    graph = simple_csr(nodes, np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), directed=True)
    assert search(graph).tolist() == list(range(nodes))
    assert search(graph, loops=np.ones(nodes)).tolist() == list(range(nodes))
    assert directed.modularity(graph, np.arange(nodes, dtype=np.int32)) == 0.0


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), 1e308])
@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph], ids=lambda k: k.__name__)
def test_weights_that_have_no_shares_are_refused(kind, weight):
    graph = nx.path_graph(4, kind)
    nx.set_edge_attributes(graph, weight, "weight")
    with pytest.raises(NotImplementedError) as raised:
        nx.community.louvain_communities(graph, seed=1, backend="vinculo")
    assert "weights must" in str(raised.value.__cause__)
