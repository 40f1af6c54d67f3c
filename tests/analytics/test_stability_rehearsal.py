"""The copy whose groups are known, and what it says of the graph."""

from __future__ import annotations

import numpy as np
import pytest
from planted import blocks, lfr, right

from vinculo.analytics.stability.rehearsal import best_matches, copied, found_again
from vinculo.analytics.stability.runs import Plan
from vinculo.analytics.stability.splitting import split_up
from vinculo.graph.network import Csr


def inside(graph: Csr, groups: np.ndarray) -> np.ndarray:
    """Weight of each node's links to its own group."""
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    return np.bincount(rows, graph.weights * (groups[rows] == groups[graph.neighbours]), graph.nodes)


@pytest.mark.parametrize("seed", range(4))
def test_in_the_copy_every_node_keeps_its_links_inside_and_in_all(seed):
    graph, _ = blocks(300, 9, 25, 0.4, seed)
    graph = graph._replace(weights=np.ones(len(graph.weights)))
    groups = np.random.default_rng(seed).integers(0, 9, graph.nodes).astype(np.int32)
    made = copied(graph, groups, seed)
    nowhere = np.zeros(graph.nodes, np.int32)
    assert (inside(made, nowhere) == inside(graph, nowhere)).all()
    # what led outside may come to lie inside by chance, never the other way round
    assert (inside(made, groups) >= inside(graph, groups)).all()
    gained = (inside(made, groups) - inside(graph, groups)).sum() / len(graph.weights)
    assert gained < 0.15  # of the ends, a ninth would by chance
    same = set(zip(*np.nonzero(dense(made)), strict=True)) & set(zip(*np.nonzero(dense(graph)), strict=True))
    assert len(same) < 0.25 * len(graph.weights)


def dense(graph: Csr) -> np.ndarray:
    """The graph as a matrix."""
    made = np.zeros((graph.nodes, graph.nodes))
    made[np.repeat(np.arange(graph.nodes), graph.degrees), graph.neighbours] = graph.weights
    return made


@pytest.mark.parametrize("seed", range(20))
def test_best_matches_are_those_of_the_plain_definition(seed):
    rng = np.random.default_rng(seed)
    found, planted = (rng.integers(0, k, 60).astype(np.int32) for k in (5 + seed, 8))
    planted[:30] = found[:30] % 8

    def jaccard(a: int, b: int) -> float:
        x, y = set(np.flatnonzero(found == a)), set(np.flatnonzero(planted == b))
        return len(x & y) / len(x | y)

    for node, says in enumerate(best_matches(found, planted).tolist()):
        f, p = found[node], planted[node]
        own = jaccard(f, p)
        assert says == (own == max(jaccard(f, b) for b in range(8)) == max(jaccard(a, p) for a in set(found.tolist())))
    assert (best_matches(found, planted) == right(found, planted)).all()


def test_as_many_are_found_again_as_are_right():
    """Not known to the search, which sees no truth: planted groups that are easy, hard, and of another family."""
    made = [
        blocks(600, 12, 30, mixing, seed, steady=bool(seed % 2)) for seed, mixing in enumerate((0.1, 0.3, 0.5, 0.6))
    ]
    made += [lfr(600, 10, 40, (10, 50), mixing, 1) for mixing in (0.3, 0.6)]
    for graph, planted in made:
        plan = Plan()
        groups = split_up(graph, plan, runs=50, drop=0.1, rewired=10, split=True).labels
        again = found_again(graph, groups, plan, drop=0.1, split=True)
        assert again.mean() == pytest.approx(right(groups, planted).mean(), abs=0.12)
