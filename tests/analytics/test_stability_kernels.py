"""Thinning, rewiring and comparing partitions, against plain definitions."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from planted import blocks, built, lfr, right

from vinculo.analytics.kernels import consensus
from vinculo.analytics.kernels.rewiring import rewire
from vinculo.graph.network import Csr


def links(graph: Csr) -> dict[tuple[int, int], float]:
    """Every entry with its weight."""
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    return dict(zip(zip(rows.tolist(), graph.neighbours.tolist(), strict=True), graph.weights.tolist(), strict=True))


def some(seed: int, groups: int = 3) -> tuple[Csr, np.ndarray]:
    """A weighted graph, and a group for each node that has nothing to do with it."""
    graph, _ = blocks(120, 8, 20, 0.3, seed, weighted=True)
    return graph, np.random.default_rng(seed).integers(0, groups, graph.nodes).astype(np.int32)


@pytest.mark.parametrize("seed", range(3))
def test_thinning_drops_whole_links_inside_chosen_groups(seed):
    graph, bound = some(seed)
    chosen = np.array([True, False, True])
    full = links(consensus.thinned(graph, bound, chosen, np.uint64(seed), 0.0))
    wanted = {(i, j) for i, j in links(graph) if bound[i] == bound[j] and chosen[bound[i]]}
    assert set(full) == wanted
    for group in (0, 2):
        inside = {pair: w for pair, w in full.items() if bound[pair[0]] == group}
        assert sum(inside.values()) == pytest.approx(1.0)
        ratio = [w / links(graph)[pair] for pair, w in inside.items()]
        assert max(ratio) == pytest.approx(min(ratio))
    thinned = links(consensus.thinned(graph, bound, chosen, np.uint64(seed), 0.3))
    assert set(thinned) < wanted
    assert {(j, i) for i, j in thinned} == set(thinned)


def test_as_many_links_are_dropped_as_was_asked_for():
    graph, _ = blocks(2000, 20, 50, 0.3, 1)
    bound, chosen = np.zeros(graph.nodes, np.int32), np.ones(1, np.bool_)
    left = [len(consensus.thinned(graph, bound, chosen, np.uint64(s), 0.1).neighbours) for s in range(20)]
    share, deviation = np.mean(left) / len(graph.neighbours), np.sqrt(0.09 / (len(graph.neighbours) / 2) / 20)
    assert share == pytest.approx(0.9, abs=5 * deviation)
    assert len(set(left)) > 10


def test_modularity_of_parts_is_that_of_each_group_alone():
    graph, bound = some(4)
    inside = consensus.thinned(graph, bound, np.ones(3, np.bool_), np.uint64(0), 0.0)
    labels = (bound * 2 + np.arange(graph.nodes) % 2).astype(np.int32)
    made = consensus.modularity_within(inside.ptr, inside.neighbours, inside.weights, bound, 3, labels, 1.0)
    oracle = nx.Graph()
    oracle.add_weighted_edges_from((i, j, w) for (i, j), w in links(graph).items())
    for group in range(3):
        part = oracle.subgraph(np.flatnonzero(bound == group).tolist())
        sides = [{i for i in part if labels[i] % 2 == side} for side in (0, 1)]
        assert made[group] == pytest.approx(nx.community.modularity(part, sides))


@pytest.mark.parametrize("seed", range(4))
def test_rewiring_keeps_every_number_of_links_and_nothing_else(seed):
    graph, bound = some(seed)
    inside = consensus.thinned(graph, bound, np.ones(3, np.bool_), np.uint64(0), 0.0)
    neighbours, weights = rewire(inside.ptr, inside.neighbours, inside.weights, bound, 3, np.uint64(seed), 20)
    before, after = links(inside), links(inside._replace(neighbours=neighbours, weights=weights))
    # as many different entries as before: none is there twice
    assert len(after) == len(before)
    assert all(i != j and after[(j, i)] == w and bound[i] == bound[j] for (i, j), w in after.items())
    for group in range(3):
        of = [sorted(w for (i, _), w in found.items() if bound[i] == group) for found in (before, after)]
        assert of[0] == of[1]
    again = rewire(inside.ptr, inside.neighbours, inside.weights, bound, 3, np.uint64(seed), 20)
    assert (again[0] == neighbours).all() and (again[1] == weights).all()


def test_rewiring_leaves_no_more_links_in_place_than_chance():
    graph, planted = blocks(1000, 10, 25, 0.1, 1)
    bound = np.zeros(graph.nodes, np.int32)
    neighbours, _ = rewire(graph.ptr, graph.neighbours, graph.weights, bound, 1, np.uint64(1), 10)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    ends = np.bincount(planted, graph.degrees)
    by_chance = float(((ends / ends.sum()) ** 2).sum())
    assert (planted[rows] == planted[graph.neighbours]).mean() > 0.85
    # 5 deviations of a share of so many links
    allowed = 5 * np.sqrt(by_chance / (len(rows) / 2))
    assert (planted[rows] == planted[neighbours]).mean() == pytest.approx(by_chance, abs=allowed)


@pytest.mark.parametrize("seed", range(5))
def test_what_runs_agree_on_is_as_defined(seed):
    rng = np.random.default_rng(seed)
    graph, _ = some(seed)
    n, rounds, count = graph.nodes, 3, 4
    runs = rng.integers(0, 4, (n, rounds)).astype(np.int32)
    groups = np.r_[np.arange(count), rng.integers(0, count, n - count)].astype(np.int32)
    rows = np.repeat(np.arange(n), graph.degrees)
    together = (runs[rows] == runs[graph.neighbours]).sum(axis=1)
    assert (consensus.agreement(graph.ptr, graph.neighbours, runs) == together).all()
    sure, homes, overlap = consensus.follow(runs, groups, count)
    expected_sure, jaccard, clear = np.zeros(n, int), np.zeros(count), np.ones(n, bool)
    for r in range(rounds):
        table = np.zeros((count, 4), int)
        np.add.at(table, (groups, runs[:, r]), 1)
        sizes = table.sum(axis=0)
        match = [min(np.flatnonzero(row == row.max()).tolist(), key=lambda c: (sizes[c], 0)) for row in table]
        for g, row in enumerate(table):
            best = max(row)
            assert row[match[g]] == best
            jaccard[g] += best / (row.sum() + min(sizes[row == best]) - best)
        # ties between equally large matches are left to the order of members
        single = np.array([(row == row.max()).sum() == 1 for row in table])
        at = single[groups]
        expected_sure[at] += np.array(match)[groups[at]] == runs[at, r]
        clear &= at
        home = table.argmax(axis=0)
        away = at & (np.array(match)[groups] != runs[:, r])
        assert (homes[away, r] == home[runs[away, r]]).all()
    assert clear.any() and (sure == expected_sure)[clear].all()
    assert overlap == pytest.approx(jaccard / rounds)
    ptr, others, times = consensus.memberships(homes, groups, count)
    for i in range(n):
        told = dict(zip(others[ptr[i] : ptr[i + 1]].tolist(), times[ptr[i] : ptr[i + 1]].tolist(), strict=True))
        assert told == {g: c for g, c in enumerate(np.bincount(homes[i], minlength=count)) if c and g != groups[i]}


def test_benchmark_graphs_are_what_they_are_said_to_be():
    """Mixing, degrees and sizes of the LFR generator; no links between groups where there is no mixing."""
    for mixing in (0.1, 0.3, 0.6):
        graph, planted = lfr(1000, 20, 50, (10, 50), mixing, 3)
        rows = np.repeat(np.arange(1000), graph.degrees)
        assert (planted[rows] != planted[graph.neighbours]).mean() == pytest.approx(mixing, abs=0.01)
        assert graph.degrees.mean() == pytest.approx(20, abs=1.0) and graph.degrees.max() <= 50
        sizes = np.bincount(planted)
        assert sizes.min() >= 1 and sizes.max() <= 50
    graph, planted = blocks(500, 10, 25, 0.0, 1)
    rows = np.repeat(np.arange(500), graph.degrees)
    assert (planted[rows] == planted[graph.neighbours]).all()


def test_right_is_wrong_for_the_smaller_part_of_a_merger_and_of_a_split():
    planted = np.array([0, 0, 0, 1, 1, 2, 2, 2], np.int32)
    assert right(planted, planted).all()
    assert right(np.array([0, 0, 0, 0, 0, 1, 1, 1]), planted).tolist() == [True] * 3 + [False] * 2 + [True] * 3
    assert right(np.array([0, 0, 0, 1, 1, 2, 2, 3]), planted).tolist() == [True] * 7 + [False]


def test_a_graph_without_links_is_no_trouble():
    graph = built(3, np.zeros(0, np.int64), np.zeros(0, np.int64))
    bound, chosen = np.zeros(3, np.int32), np.ones(1, np.bool_)
    assert len(consensus.thinned(graph, bound, chosen, np.uint64(0), 0.1).neighbours) == 0
    assert len(rewire(graph.ptr, graph.neighbours, graph.weights, bound, 1, np.uint64(0), 10)[0]) == 0


def test_a_nodes_links_speak_for_its_group_as_the_block_model_says():
    graph, groups = some(2)
    ends = np.bincount(groups, graph.degrees)
    expected = ends / ends.sum()
    unweighted = graph._replace(weights=np.ones(len(graph.weights)))
    inside, margin = consensus.pull(graph.ptr, graph.neighbours, unweighted.weights, groups, expected)
    weighted, _ = consensus.pull(graph.ptr, graph.neighbours, graph.weights, groups, expected)
    for i in range(graph.nodes):
        at = slice(graph.ptr[i], graph.ptr[i + 1])
        to = np.bincount(groups[graph.neighbours[at]], minlength=3)
        if not to.sum():
            assert inside[i] == margin[i] == 0
            continue
        assert inside[i] == pytest.approx(to[groups[i]] / to.sum())
        of = groups[graph.neighbours[at]] == groups[i]
        assert weighted[i] == pytest.approx(graph.weights[at][of].sum() / graph.weights[at].sum())
        speaks = [k * np.log(k / to.sum() / e) if k else 0.0 for k, e in zip(to, expected, strict=True)]
        others = [s for g, s in enumerate(speaks) if g != groups[i]]
        assert margin[i] == pytest.approx(speaks[groups[i]] - max(0.0, *others))
