"""Constraint against NetworkX; participation, rising lines and thinned graphs against their definitions."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.analytics.kernels.brokerage import constraint, participation
from vinculo.analytics.kernels.thinning import drawn, thinned, ties_of
from vinculo.analytics.monotone import rank_correlation, rising
from vinculo.graph.network import Csr, Network, csr

numbers = st.lists(st.tuples(st.integers(0, 5), st.integers(-20, 20)), min_size=1, max_size=20)


def weighted(graph: nx.Graph) -> Csr:
    """Rows of a graph whose nodes are the first numbers."""
    ends = sorted((a, b, w) for x, y, w in graph.edges(data="weight") for a, b in ((x, y), (y, x)))
    table = np.array(ends, np.float64).reshape(-1, 3)
    return csr(len(graph), table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2].copy())


@pytest.mark.parametrize("seed", range(10))
def test_constraint_is_that_of_networkx(seed: int) -> None:
    graph = nx.gnm_random_graph(30, 60, seed=seed)
    rng = np.random.default_rng(seed)
    nx.set_edge_attributes(graph, {e: float(rng.integers(1, 9)) for e in graph.edges}, "weight")
    found = constraint(weighted(graph))
    for node, value in nx.constraint(graph, weight="weight").items():
        assert found[node] == pytest.approx(value, nan_ok=True)
    some = np.array([7, 3], np.int32)
    assert constraint(weighted(graph), some).tolist() == pytest.approx(found[some].tolist(), nan_ok=True)


@pytest.mark.parametrize("seed", range(5))
def test_participation_is_that_of_its_formula(seed: int) -> None:
    graph = nx.gnm_random_graph(40, 90, seed=seed)
    nx.set_edge_attributes(graph, 1.0, "weight")
    labels = np.random.default_rng(seed).integers(0, 5, 40).astype(np.int32)
    spread, z = participation(weighted(graph), labels)
    inside = {v: sum(labels[u] == labels[v] for u in graph[v]) for v in graph}
    for v in graph:
        ties = Counter(labels[u] for u in graph[v])
        degree = graph.degree[v]
        assert spread[v] == pytest.approx(1 - sum((k / degree) ** 2 for k in ties.values()) if degree else 0.0)
        group = [inside[u] for u in graph if labels[u] == labels[v]]
        assert z[v] == pytest.approx((inside[v] - np.mean(group)) / np.std(group) if np.std(group) else 0.0)


@given(numbers)
def test_a_rising_line_is_the_nearest_one(points: list[tuple[int, int]]) -> None:
    """Against the closed form: at each place the largest, over beginnings, of the least, over ends, mean between them."""
    x, y = (np.array(c, float) for c in zip(*points, strict=True))
    found = rising(x, y)
    for at, value in zip(x, found, strict=True):
        means = [min(y[(x >= a) & (x <= b)].mean() for b in set(x) if b >= at) for a in set(x) if a <= at]
        assert value == pytest.approx(max(means))


@given(numbers)
def test_rank_correlation_is_symmetric_and_sees_only_order(points: list[tuple[int, int]]) -> None:
    x, y = (np.array(c, float) for c in zip(*points, strict=True))
    found = rank_correlation(x, y)
    assert found == pytest.approx(rank_correlation(y, x)) and -1.0 - 1e-12 <= found <= 1.0 + 1e-12
    assert found == pytest.approx(rank_correlation(np.exp(x), y**3))
    assert found == pytest.approx(-rank_correlation(-x, y))
    assert rank_correlation(x, x) == pytest.approx(1.0 if len(set(x)) > 1 else 0.0)


def test_a_thinned_graph_keeps_both_ends_of_the_ties_that_stay() -> None:
    graph = nx.gnm_random_graph(30, 80, seed=1)
    nx.set_edge_attributes(graph, 2.0, "weight")
    made = weighted(graph)
    ties = ties_of(made)
    keep = drawn(80, 5) >= 0.25
    left = thinned(made, ties, keep)
    rows = np.repeat(np.arange(30), left.degrees)
    pairs = set(zip(rows.tolist(), left.neighbours.tolist(), strict=True))
    assert len(pairs) == 2 * int(keep.sum()) == len(left.weights)
    assert all((b, a) in pairs and graph.has_edge(a, b) for a, b in pairs)


def test_what_is_drawn_is_even_and_its_own() -> None:
    found = drawn(200_000, 3)
    assert found.min() >= 0.0 and found.max() < 1.0
    assert np.histogram(found, 20, (0, 1))[0] == pytest.approx(10_000, rel=0.05)
    assert abs(np.corrcoef(found, drawn(200_000, 4))[0, 1]) < 0.01
    assert drawn(5, 3, 1).tolist() != drawn(5, 1, 3).tolist()


def test_a_network_without_links_has_no_ties() -> None:
    assert len(ties_of(Network.from_links([]).simple())) == 0
