"""Shortest paths are those NetworkX finds, and in time order those a brute search finds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import networkx as nx
import pytest

from vinculo.graph.paths import Node, Step, in_time, shortest


def steps_of(seed: int, dated: bool) -> list[Step]:
    rng = random.Random(seed)
    n = rng.randint(3, 12)
    return [
        Step(
            f"l{i:03}",
            rng.randrange(n),
            rng.randrange(n),
            rng.choice(["", f"2024-01-{rng.randint(1, 9):02}"]) if dated else "",
        )
        for i in range(rng.randint(2, 30))
    ]


def adjacency(steps: list[Step]):
    def adjacent(nodes: list[Node], forward: bool) -> Iterable[Step]:
        return [s for s in steps if s.source in nodes or (not forward and s.target in nodes)]

    return adjacent


def named(nodes: set[Node]) -> dict[Node, str]:
    return {n: f"{n:03}" for n in nodes}


@pytest.mark.parametrize("seed", range(150))
def test_all_shortest_paths_equal_networkx(seed: int) -> None:
    steps = steps_of(seed, dated=False)
    graph = nx.Graph((s.source, s.target) for s in steps if s.source != s.target)
    graph.add_nodes_from([0, 1])
    found = shortest(adjacency(steps), 0, 1, max_hops=6, limit=1000, names=named)
    wanted: list[list[int]] = []
    if nx.has_path(graph, 0, 1) and nx.shortest_path_length(graph, 0, 1) <= 6:
        wanted = sorted(nx.all_shortest_paths(graph, 0, 1))
    assert [nodes for nodes, _ in found] == wanted
    for nodes, links in found:
        for (x, y), link in zip(itertools.pairwise(nodes), links, strict=True):
            assert link == min(s.link for s in steps if {s.source, s.target} == {x, y})


@pytest.mark.parametrize("seed", range(150))
def test_paths_in_time_order_equal_a_brute_search(seed: int) -> None:
    steps = steps_of(seed, dated=True)
    best: dict[tuple[int, ...], str] = {(0,): ""}
    wanted: list[list[int]] = []
    for _ in range(6):
        grown: dict[tuple[int, ...], str] = {}
        for nodes, when in best.items():
            for s in steps:
                if s.source == nodes[-1] and s.target not in nodes and s.date and s.date >= when:
                    key = (*nodes, s.target)
                    grown[key] = min(s.date, grown.get(key, s.date))
        wanted = sorted(list(k) for k in grown if k[-1] == 1)
        if wanted:
            break
        best = grown
    found = in_time(adjacency(steps), 0, 1, max_hops=6, limit=1000, names=named)
    assert [nodes for nodes, _ in found] == wanted
    dates = {s.link: s.date for s in steps}
    for _, links in found:
        assert [dates[x] for x in links] == sorted(dates[x] for x in links)
