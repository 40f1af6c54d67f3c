"""Key players as sets: each measure against its definition, the search against every set there is."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.analytics.kernels.player_sets import cut_pairs, falls_apart
from vinculo.analytics.set_goals import GOALS, set_value
from vinculo.analytics.set_search import key_sets
from vinculo.graph.errors import Cancelled, UsageError
from vinculo.graph.network import Csr, csr


def as_csr(graph: nx.Graph) -> Csr:
    """Rows of a graph whose nodes are the first numbers."""
    pairs = sorted([*graph.edges, *((b, a) for a, b in graph.edges)])
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return csr(len(graph), ends[:, 0].copy(), ends[:, 1].copy())


def by_definition(graph: nx.Graph, goal: str, members: tuple[int, ...], steps: int = 2) -> float:
    """Borgatti 2006, equations for F, distance-weighted F, m-reach (as a share) and distance-weighted reach."""
    if "reach" in goal:
        near = nx.multi_source_dijkstra_path_length(graph, set(members)) if members else {}
        if goal == "reach":
            return sum(d <= steps for d in near.values()) / len(graph)
        return sum(1.0 if d == 0 else 1.0 / d for d in near.values()) / len(graph)
    rest = graph.subgraph(set(graph) - set(members))
    n = len(rest)
    if n < 2:
        return 1.0
    lengths = dict(nx.all_pairs_shortest_path_length(rest))
    if goal == "fragment":
        return 1.0 - sum(len(near) - 1 for near in lengths.values()) / (n * (n - 1))
    return 1.0 - sum(1.0 / d for near in lengths.values() for d in near.values() if d) / (n * (n - 1))


@st.composite
def graphs(draw: st.DrawFn, most: int = 9) -> nx.Graph:
    """Any simple graph of a few nodes, in parts or not."""
    n = draw(st.integers(1, most))
    pairs = list(itertools.combinations(range(n), 2))
    graph = nx.empty_graph(n)
    graph.add_edges_from(draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else [])
    return graph


@given(graphs(), st.sampled_from(GOALS), st.data())
def test_every_set_has_the_value_of_its_definition(graph: nx.Graph, goal: str, data: st.DataObject) -> None:
    members = tuple(sorted(data.draw(st.sets(st.integers(0, len(graph) - 1)))))
    for steps in (1, 2):
        found = set_value(as_csr(graph), goal, members, steps=steps)
        assert found == pytest.approx(by_definition(graph, goal, members, steps), abs=1e-12)


@given(graphs(), st.sampled_from(GOALS), st.integers(1, 3), st.sampled_from([0, 10_000]))
def test_no_set_is_better_than_the_exact_one(graph: nx.Graph, goal: str, size: int, exact_up_to: int) -> None:
    """Trying all finds the best value; the search finds no more than that, and what it finds is worth what it says."""
    found = key_sets(as_csr(graph), goal, size_max=size, exact_up_to=exact_up_to)
    assert [len(s.members) for s in found] == list(range(1, min(size, len(graph)) + 1))
    before = set_value(as_csr(graph), goal, ())
    for made in found:
        best = max(by_definition(graph, goal, m) for m in itertools.combinations(graph, len(made.members)))
        assert made.value == pytest.approx(by_definition(graph, goal, made.members), abs=1e-12)
        assert made.gain == pytest.approx(made.value - before, abs=1e-12)
        assert made.exact is bool(exact_up_to)
        assert made.value == pytest.approx(best, abs=1e-12) if made.exact else made.value <= best + 1e-12
        before = made.value


@given(graphs(), st.sampled_from(GOALS), st.integers(2, 3))
def test_no_single_change_improves_what_the_search_ends_with(graph: nx.Graph, goal: str, size: int) -> None:
    for made in key_sets(as_csr(graph), goal, size_max=size, exact_up_to=0):
        for out, new in itertools.product(made.members, set(graph) - set(made.members)):
            other = tuple(sorted({*made.members, new} - {out}))
            assert by_definition(graph, goal, other) <= made.value + 1e-9


@pytest.mark.parametrize("goal", GOALS)
def test_the_search_mostly_finds_the_best_set(goal: str) -> None:
    """40 graphs of 16 nodes, sets of three: 560 sets each. The floor leaves room for two misses."""
    hits = 0
    for seed in range(40):
        graph = nx.gnm_random_graph(16, 24, seed=seed)
        [*_, best] = key_sets(as_csr(graph), goal, size_max=3, exact_up_to=1_000)
        [*_, made] = key_sets(as_csr(graph), goal, size_max=3, exact_up_to=0)
        assert best.exact and not made.exact and made.starts == 8
        hits += made.value >= best.value - 1e-12
    assert hits >= 38


@given(graphs(12))
def test_parts_left_without_a_node_are_those_of_its_removal(graph: nx.Graph) -> None:
    made = as_csr(graph)
    joined, after, *_ = cut_pairs(
        made.ptr, made.neighbours, np.zeros(len(graph), np.bool_), np.ones(len(graph), np.int32)
    )
    largest, parts = falls_apart(made)
    assert joined == sum(len(c) * (len(c) - 1) for c in nx.connected_components(graph))
    for node in graph:
        whole = nx.node_connected_component(graph, node)
        rest = [len(c) for c in nx.connected_components(graph.subgraph(whole - {node}))]
        assert (int(largest[node]), int(parts[node])) == (max(rest, default=0), len(rest))
        left = graph.subgraph(set(graph) - {node})
        assert after[node] == sum(len(c) * (len(c) - 1) for c in nx.connected_components(left))


@given(graphs(10), st.data())
def test_parts_may_count_some_alone(graph: nx.Graph, data: st.DataObject) -> None:
    counted = data.draw(st.lists(st.integers(0, 1), min_size=len(graph), max_size=len(graph)))
    largest, parts = falls_apart(as_csr(graph), np.array(counted, np.int32))
    for node in graph:
        whole = nx.node_connected_component(graph, node)
        rest = [sum(counted[v] for v in c) for c in nx.connected_components(graph.subgraph(whole - {node}))]
        assert (int(largest[node]), int(parts[node])) == (max(rest, default=0), sum(r > 0 for r in rest))


def two_stars() -> nx.Graph:
    """Hubs 0 and 1 with ten leaves each, tied through 2; 3 hangs on 0 like any leaf."""
    graph = nx.Graph([(0, 2), (2, 1), (0, 3)])
    graph.add_edges_from((hub, 4 + 10 * hub + i) for hub in (0, 1) for i in range(10))
    return graph


def test_the_best_two_are_not_the_two_best_alone() -> None:
    """A hub and its double: alone they rank first and second, together they reach no more than one of them."""
    graph = nx.Graph([(0, i) for i in range(2, 12)] + [(1, i) for i in range(2, 12)] + [(12, i) for i in range(13, 20)])
    alone = sorted(graph, key=lambda v: -set_value(as_csr(graph), "reach", (v,), steps=1))
    assert set(alone[:2]) == {0, 1}
    *_, two = key_sets(as_csr(graph), "reach", size_max=2, steps=1)
    assert two.members == (0, 12) and two.value == 19 / 20


def test_only_candidates_are_chosen_and_everybody_counts() -> None:
    graph = as_csr(two_stars())
    may = np.ones(graph.nodes, np.bool_)
    assert key_sets(graph, size_max=2)[1].members == (0, 1)
    may[0] = False
    assert key_sets(graph, size_max=2, candidates=may)[1].members == (1, 2)


def test_costs_bound_the_set_and_end_the_curve() -> None:
    graph = as_csr(two_stars())
    costs = np.ones(graph.nodes)
    costs[[0, 1]] = 5.0
    for exact in (0, 10_000):
        found = key_sets(graph, size_max=5, costs=costs, cost_max=6.0, exact_up_to=exact)
        assert all(s.cost <= 6.0 for s in found)
        # one hub and one other at 6, or up to five others
        assert found[1].cost == 6.0 and len(found[1].members) == 2
        assert len(key_sets(graph, size_max=5, costs=costs, cost_max=2.0, exact_up_to=exact)) == 2
    with pytest.raises(UsageError) as problem:
        key_sets(graph, costs=np.zeros(graph.nodes))
    assert problem.value.code == "costs_not_positive"


@pytest.mark.parametrize("goal", GOALS)
def test_a_search_cut_short_says_so_and_still_gives_a_set(goal: str) -> None:
    graph = as_csr(nx.gnm_random_graph(60, 120, seed=1))
    [one, two] = key_sets(graph, goal, size_max=2, work=100, exact_up_to=0)
    assert one.truncated and two.truncated and len(two.members) == 2
    assert two.value == pytest.approx(set_value(graph, goal, two.members))
    assert not any(s.truncated for s in key_sets(graph, goal, size_max=2))


@pytest.mark.parametrize("goal", GOALS)
def test_the_same_seed_gives_the_same_sets(goal: str) -> None:
    graph = as_csr(nx.gnm_random_graph(40, 80, seed=2))
    assert key_sets(graph, goal, exact_up_to=0, seed=3) == key_sets(graph, goal, exact_up_to=0, seed=3)


@pytest.mark.parametrize("goal", GOALS)
def test_a_search_in_pieces_finds_the_same_and_can_be_stopped(goal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = as_csr(nx.gnm_random_graph(40, 80, seed=4))
    whole = key_sets(graph, goal, size_max=2, exact_up_to=0)
    monkeypatch.setattr("vinculo.analytics.set_goals._PIECE", 50)
    told: list[str] = []
    assert key_sets(graph, goal, size_max=2, exact_up_to=0, progress=lambda s, *_: told.append(s)) == whole
    assert set(told) == {"sets"}

    def stop(stage: str, done: int, total: int) -> None:
        raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        key_sets(graph, goal, progress=stop)


def test_a_network_too_large_for_all_distances_is_refused_at_once() -> None:
    graph = as_csr(nx.gnm_random_graph(4_000, 8_000, seed=1))
    with pytest.raises(UsageError) as problem:
        key_sets(graph, "distance_fragment")
    assert problem.value.code == "too_large_for_distances" and "4,000" in problem.value.message("en")


def test_a_measure_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError) as problem:
        key_sets(as_csr(nx.path_graph(3)), "influence")
    assert problem.value.code == "unknown_goal" and "distance_reach" in problem.value.hint("en")


def test_costs_are_compared_as_they_are_written() -> None:
    """Three of .1 cost .3, which in binary is less than their sum."""
    graph = as_csr(nx.cycle_graph(9))
    for exact in (10_000, 0):
        for most, price, members in ((0.3, 0.1, 3), (0.9, 0.3, 3), (0.7, 0.1, 7), (0.05, 0.1, 0)):
            found = key_sets(graph, size_max=8, costs=np.full(9, price), cost_max=most, exact_up_to=exact)
            assert len(found) == members, (exact, most, price)
