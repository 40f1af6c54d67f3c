"""Likely paths, missing links, flow and efficiency against NetworkX: ``python benchmarks/disruption.py [NODES] [LINKS]``.

Results are compared before a time is printed. Times are seconds of processor, the median of the rounds; NetworkX starts from its
own graph, the kernels from arrays, and neither counts how these were made. Above 100,000 links NetworkX is left out. One
question each: a person waits for one answer.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import networkx as nx
import numpy as np
import pyarrow as pa

from analytics import cpu, made_up
from vinculo.analytics.disruption.measures import Pipes, efficiency, flow
from vinculo.analytics.kernels.compiled import warm
from vinculo.analytics.kernels.neighbourhood import best_pairs
from vinculo.analytics.kernels.watched import watching
from vinculo.analytics.prediction import worth
from vinculo.analytics.ways.k_best import k_best
from vinculo.analytics.ways.terrain import Terrain, terrain
from vinculo.graph.network import Csr, Network
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA

PAIRS = 10


def network_of(graph: Csr) -> Network:
    """The same graph with a link for each pair."""
    n = graph.nodes
    rows = np.repeat(np.arange(n), graph.degrees)
    once = rows < graph.neighbours
    ids = [f"{i:07}" for i in range(n)]
    nodes = pa.table({"code": range(n), "id": ids, "kind": ["Person"] * n, "name": ids}, schema=NODE_SCHEMA)
    count = int(once.sum())
    columns = {
        "id": [f"{i:08}" for i in range(count)],
        "kind": ["LINKED_TO"] * count,
        "source": rows[once],
        "target": graph.neighbours[once],
        "date": [None] * count,
        "amount": [None] * count,
        "currency": [None] * count,
    }
    return Network.from_tables(nodes, pa.table(columns, schema=EDGE_SCHEMA))


def told(name: str, ours: float, theirs: float | None) -> None:
    """One line of the table."""
    ratio = f"{theirs / ours:8.0f}x" if theirs else ""
    print(f"{name:44} {ours * 1_000:10.1f} ms {'' if theirs is None else f'{theirs * 1_000:10.1f} ms'} {ratio}")


def paths(ground: Terrain, oracle: nx.DiGraph, pairs: list[tuple[int, int]]) -> None:
    """Five cheapest paths with hub prices, pair by pair."""

    def ours(k: int) -> list[list[float]]:
        return [[w.cost for w in k_best(ground, a, b, k=k)[0]] for a, b in pairs]

    def theirs() -> list[list[float]]:
        made = []
        for a, b in pairs:
            # the ends cost no more than a step
            kept = {edge: oracle.edges[edge]["price"] for edge in oracle.in_edges([a, b])}
            nx.set_edge_attributes(oracle, dict.fromkeys(kept, 1.0), "price")
            found = itertools.islice(nx.shortest_simple_paths(oracle, a, b, weight="price"), 5)
            made.append([nx.path_weight(oracle, p, "price") for p in found])
            nx.set_edge_attributes(oracle, kept, "price")
        return made

    compared = len(oracle) > 0
    assert not compared or ours(5) == theirs(), "the paths differ"
    told(f"five cheapest paths of {len(pairs)} pairs", cpu(lambda: ours(5)), cpu(theirs, 1) if compared else None)


def main(nodes: int, links: int) -> None:
    """Print a line per job."""
    warm()
    graph = made_up(nodes, links)
    print(f"{graph.nodes:,} nodes, {len(graph.neighbours) // 2:,} linked pairs, NetworkX {nx.__version__}")
    print(f"{'':44} {'Vinculo':>13} {'NetworkX':>13}")
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    ground = terrain(network_of(graph))
    rng = np.random.default_rng(1)
    small = links <= 100_000
    capacity = rng.integers(1, 1_000, len(rows)).astype(np.float64)
    arcs = nx.DiGraph()
    if small:
        pairs_told = list(zip(rows.tolist(), graph.neighbours.tolist(), strict=True))
        arcs.add_edges_from(pairs_told)
        prices = ground.price[graph.neighbours].tolist()
        nx.set_edge_attributes(arcs, dict(zip(pairs_told, prices, strict=True)), "price")
        nx.set_edge_attributes(arcs, dict(zip(pairs_told, capacity.tolist(), strict=True)), "c")
    linked = np.flatnonzero(graph.degrees > 0)
    pairs = [(int(a), int(b)) for a, b in rng.choice(linked, (PAIRS, 2)) if a != b]
    paths(ground, arcs, pairs)

    plain = nx.Graph(arcs)
    values = worth(graph, "resource_allocation")
    everybody = np.ones(graph.nodes, np.bool_)

    def best() -> float:
        arguments = (graph.ptr, graph.neighbours, values, np.ones(graph.nodes), everybody, True, 100)
        return float(best_pairs(*arguments, watching())[2].sum())

    def best_of_networkx() -> float:
        near = {(u, v) for w in plain for u, v in itertools.combinations(sorted(plain[w]), 2) if v not in plain[u]}
        return sum(sorted((s for *_, s in nx.resource_allocation_index(plain, near)), reverse=True)[:100])

    if small:
        assert np.isclose(best(), best_of_networkx()), "the best pairs differ"
    told("best 100 pairs of all, resource allocation", cpu(best), cpu(best_of_networkx, 1) if small else None)

    ends = rows.astype(np.int32), graph.neighbours
    pipes = Pipes(graph.nodes, np.arange(graph.nodes, dtype=np.int32), *ends, capacity, "USD", 0)
    a, b = pairs[0]
    source, sink, nobody = np.array([a], np.int32), np.array([b], np.int32), np.zeros(graph.nodes, np.bool_)
    jobs: tuple[Callable[[], float], Callable[[], float]] = (
        lambda: flow(pipes, source, sink, nobody)[0],
        lambda: float(nx.maximum_flow_value(arcs, a, b, capacity="c", flow_func=nx.algorithms.flow.dinitz)),
    )
    assert not small or np.isclose(jobs[0](), jobs[1]()), "the flows differ"
    told("maximum flow of one pair (NetworkX: dinitz)", cpu(jobs[0]), cpu(jobs[1], 1) if small else None)
    members = np.arange(graph.nodes, dtype=np.int32)
    told("efficiency (from 256 sources above 2,000)", cpu(lambda: efficiency(graph, members)), None)


if __name__ == "__main__":
    main(*(int(x) for x in sys.argv[1:3])) if len(sys.argv) > 2 else main(20_000, 100_000)
