"""NetworkX with and without Vinculo, in one run: ``python benchmarks/networkx_backend.py [NODES] [LINKS]``; four minutes.

Three columns a job. *Cold*: the call, and taking the graph of NetworkX over into arrays. *Warm*: the call on a graph that was
taken over before, with a dictionary or sets as result. *Array*: the same kernel on arrays, with an array as result. Each
result, that of the array as well, is compared with NetworkX' before its time is printed; of communities the modularity, which
may not be lower by more than 0.005; of PageRank by array, that it is no farther from the solution. CPU seconds of one thread;
median of the rounds. Beside a job stand its floors (warm / array) and its aim (array), and whether they are met, at 20,000
nodes and 100,000 links.
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
from vinculo.analytics.kernels import betweenness, centrality, community, directed, paths, propagation, structure
from vinculo.analytics.kernels.compiled import warm
from vinculo.analytics.kernels.watched import watching
from vinculo.analytics.networkx_backend.convert import convert_from_nx
from vinculo.graph.network import Csr

ROUNDS = 5
SOURCES = 32
TOLERANCE = 1e-8
#: At so many nodes, how many times as fast as NetworkX: at least (warm, array), and what is aimed at (array).
AT = 20_000
ASKED: dict[str, tuple[float, float, float]] = {
    "components": (10, 30, 45),
    "core numbers": (35, 55, 90),
    "PageRank": (12, 15, 20),
    "betweenness": (35, 35, 60),
    "Louvain": (100, 115, 150),
}


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
            "Louvain, directed",
            nx.community.louvain_communities,
            {"weight": None, "seed": 1},
            lambda: directed.louvain(graph),
        ),
        Job(
            "label propagation",
            lambda g, **o: list(nx.community.fast_label_propagation_communities(g, **o)),
            {"seed": 1},
            lambda: propagation.label_propagation(graph),
        ),
        Job("triangles", nx.triangles, {}, lambda: structure.triangle_counts(graph.ptr, graph.neighbours, watching())),
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
    if name.startswith("Louvain"):
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


def same_array(name: str, graph: nx.Graph, bare: Any, theirs: Any) -> None:
    """Make sure of the result of a kernel where it is NetworkX' in another form."""
    if name == "components":
        assert bare[1] == len(theirs), name
    elif name == "core numbers":
        assert bare.tolist() == list(theirs.values()), name
    elif name.startswith("PageRank"):
        # another way to the same scores: by array each round's new scores count at once
        solution = list(nx.pagerank(graph, weight=None, tol=1e-17, max_iter=1000, backend="vinculo").values())
        ours_off, theirs_off = (np.abs(np.array(s) - solution).sum() for s in (bare, list(theirs.values())))
        assert ours_off <= theirs_off, (name, ours_off, theirs_off)
    elif name == "Louvain":
        groups: dict[int, set[Any]] = {}
        for node, label in zip(graph, bare.tolist(), strict=True):
            groups.setdefault(label, set()).add(node)
        scores = [nx.community.modularity(graph, part, weight=None) for part in (groups.values(), theirs)]
        assert scores[0] >= scores[1] - 0.005, scores


def asked(name: str, warm_ratio: float, array_ratio: float) -> str:
    """Floors and aim of a job, each with whether it is met."""
    found = next((a for job, a in ASKED.items() if name.startswith(job)), None)
    if found is None:
        return ""
    told = zip(("floor warm", "array", "aim array"), found, (warm_ratio, array_ratio, array_ratio), strict=True)
    return ", ".join(f"{what} {x:g}x {'met' if ratio >= x else 'NOT met'}" for what, x, ratio in told)


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
    both_ways = undirected.to_directed()
    links = undirected.number_of_edges()
    print(
        f"\nNetworkX {nx.__version__}; {nodes:,} nodes named by {named}, {links:,} links; CPU seconds, median of {ROUNDS}"
    )
    print(f"taking the graph over: {cpu(lambda: convert_from_nx(undirected))[0]:.3f}")
    print(f"{'job':<22}{'NetworkX':>9}{'cold':>9}{'':>7}{'warm':>9}{'':>7}{'array':>9}{'':>7}  agreement")
    for job in jobs(arrays):
        if job.name == "closeness" and nodes > 5_000:
            continue
        graph = both_ways if job.name in ("strong components", "Louvain, directed") else undirected
        other, theirs = cpu(lambda j=job, g=graph: j.call(g, backend="networkx", **j.options), rounds=3)
        call = partial(job.call, graph, backend="vinculo", **job.options)
        cold, _ = cpu(call, before=graph.__networkx_cache__.clear)
        hot, ours = cpu(call)
        said = agree(job.name, graph, ours, theirs)
        bare, array = cpu(job.array)
        same_array(job.name, graph, array, theirs)
        ratios = "".join(f"{t:>9.4f}{other / t:>6.0f}x" for t in (cold, hot, bare))
        wanted = asked(job.name, other / hot, other / bare) if nodes == AT else ""
        print(f"{job.name:<22}{other:>9.3f}{ratios}  {said}{'; ' if wanted else ''}{wanted}", flush=True)


if __name__ == "__main__":
    warm()
    sizes = [int(x) for x in sys.argv[1:3]] or [20_000, 100_000]
    made = made_up(sizes[0], sizes[-1])
    made = made._replace(
        weights=np.ones(len(made.weights))
    )  # as NetworkX is asked: links that were parallel weighed more
    nx.pagerank(nx.path_graph(3), backend="networkx")  # it imports scipy at its first call
    compare(made, list(range(made.nodes)), "numbers")
    compare(made, [sha1(str(i).encode()).hexdigest() for i in range(made.nodes)], "sha1 ids")
