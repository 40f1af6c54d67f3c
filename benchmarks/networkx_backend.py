"""NetworkX with and without Vinculo, in one run: ``python benchmarks/networkx_backend.py [NODES] [LINKS]``.

Three columns a job. *Cold*: the call, and taking the graph of NetworkX over into arrays. *Warm*: the call on a graph that was
taken over before, with a dictionary or sets as result. *Array*: the same kernel on arrays, with an array as result. Each result
is compared with NetworkX' before its time is printed; of communities the modularity, which may not be lower by more than 0.005.
CPU seconds of one thread; median of the rounds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha1
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from analytics import made_up
from vinculo.analytics.kernels import betweenness, centrality, community, paths, propagation, structure
from vinculo.analytics.kernels.compiled import warm
from vinculo.analytics.networkx_backend.convert import convert_from_nx
from vinculo.graph.network import Csr

ROUNDS = 5
SOURCES = 32
TOLERANCE = 1e-8


class Job(NamedTuple):
    """One function of NetworkX, and the kernel below it."""

    name: str
    call: Callable[..., Any]
    options: dict[str, Any]
    array: Callable[[], Any]


def jobs(graph: Csr) -> list[Job]:
    """What is compared."""
    drawn = np.arange(SOURCES, dtype=np.int32)
    return [
        Job(
            "components",
            lambda g, **o: list(nx.connected_components(g, **o)),
            {},
            lambda: structure.linked_labels(graph.ptr, graph.neighbours),
        ),
        Job("core numbers", nx.core_number, {}, lambda: structure.core_number(graph)),
        Job(
            f"PageRank, tol {TOLERANCE:g}",
            nx.pagerank,
            {"weight": None, "tol": TOLERANCE},
            lambda: centrality.pagerank(graph, tolerance=TOLERANCE),
        ),
        Job(
            f"betweenness, k={SOURCES}",
            nx.betweenness_centrality,
            {"k": SOURCES, "seed": 1},
            lambda: betweenness.dependencies(graph, drawn),
        ),
        Job(
            "Louvain",
            nx.community.louvain_communities,
            {"weight": None, "seed": 1},
            lambda: community.louvain(graph),
        ),
        Job(
            "label propagation",
            lambda g, **o: list(nx.community.fast_label_propagation_communities(g, **o)),
            {"seed": 1},
            lambda: propagation.label_propagation(graph),
        ),
        Job("triangles", nx.triangles, {}, lambda: structure.triangle_counts(graph.ptr, graph.neighbours)),
        Job(
            "strong components",
            lambda g, **o: list(nx.strongly_connected_components(g, **o)),
            {},
            lambda: structure.strong_labels(graph.ptr, graph.neighbours),
        ),
        Job("bridges", lambda g, **o: list(nx.bridges(g, **o)), {}, lambda: structure.low_points(*graph[:2])),
        Job(
            "distances from one",
            lambda g, **o: nx.single_source_dijkstra_path_length(g, next(iter(g)), **o),
            {},
            lambda: paths.by_length(graph.ptr, graph.neighbours, graph.weights, 0, np.inf),
        ),
        Job("closeness", nx.closeness_centrality, {}, lambda: paths.reach(graph)),
    ]


def agree(name: str, graph: nx.Graph, ours: Any, theirs: Any) -> str:
    """What was made sure of; raises where they differ."""
    if name == "label propagation":
        # where it ends is a matter of chance; both are where no node would change
        return f"{len(ours):,} groups, NetworkX {len(theirs):,}"
    if name == "Louvain":
        scores = [nx.community.modularity(graph, part, weight=None) for part in (ours, theirs)]
        assert scores[0] >= scores[1] - 0.005, scores
        return f"modularity {scores[0]:.4f}, NetworkX {scores[1]:.4f}"
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        a, b = (np.array(list(r.values()), np.float64) for r in (ours, theirs))
        assert np.allclose(a, b, rtol=1e-9, atol=1e-12), name
        return f"largest difference {np.abs(a - b).max():.0e}"
    assert ours == theirs, name
    return "equal"


def cpu(job: Callable[[], Any], before: Callable[[], Any] = lambda: None, rounds: int = ROUNDS) -> tuple[float, Any]:
    """Median CPU seconds, and the last result."""
    spent, result = [], None
    for _ in range(rounds):
        before()
        start = time.process_time()
        result = job()
        spent.append(time.process_time() - start)
    return statistics.median(spent), result


def compare(arrays: Csr, ids: list[Any], named: str) -> None:
    """Print a line per job, on nodes with these ids."""
    nodes = arrays.nodes
    rows = np.repeat(np.arange(nodes), arrays.degrees)
    undirected = nx.Graph()
    undirected.add_nodes_from(ids)
    ends = zip(rows.tolist(), arrays.neighbours.tolist(), strict=True)
    undirected.add_edges_from((ids[a], ids[b]) for a, b in ends)
    directed = undirected.to_directed()
    print(
        f"\nNetworkX {nx.__version__}; {nodes:,} nodes named by {named}, {undirected.number_of_edges():,} links; CPU seconds"
    )
    print(f"taking the graph over: {cpu(lambda: convert_from_nx(undirected))[0]:.3f}")
    print(f"{'job':<22}{'NetworkX':>9}{'cold':>9}{'':>7}{'warm':>9}{'':>7}{'array':>9}{'':>7}  agreement")
    for job in jobs(arrays):
        if job.name == "closeness" and nodes > 5_000:
            continue
        graph = directed if job.name == "strong components" else undirected
        other, theirs = cpu(lambda j=job, g=graph: j.call(g, backend="networkx", **j.options), rounds=3)
        call = partial(job.call, graph, backend="vinculo", **job.options)
        cold, _ = cpu(call, before=graph.__networkx_cache__.clear)
        hot, ours = cpu(call)
        said = agree(job.name, graph, ours, theirs)
        bare, _ = cpu(job.array)
        ratios = "".join(f"{t:>9.4f}{other / t:>6.0f}x" for t in (cold, hot, bare))
        print(f"{job.name:<22}{other:>9.3f}{ratios}  {said}")


if __name__ == "__main__":
    warm()
    sizes = [int(x) for x in sys.argv[1:3]] or [20_000, 100_000]
    made = made_up(sizes[0], sizes[-1])
    nx.pagerank(nx.path_graph(3), backend="networkx")  # it imports scipy at its first call
    compare(made, list(range(made.nodes)), "numbers")
    compare(made, [sha1(str(i).encode()).hexdigest() for i in range(made.nodes)], "sha1 ids")
