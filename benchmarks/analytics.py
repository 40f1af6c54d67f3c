"""Kernels against NetworkX on one made-up graph, in one run: ``python benchmarks/analytics.py [NODES] [LINKS]``.

Times are CPU seconds of one thread, the median of the rounds; NetworkX starts from its own graph, the kernels from arrays. The
ratios hold for kernels on arrays, not for calls through NetworkX with its dictionaries as results.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import networkx as nx
import numpy as np

from vinculo.analytics.kernels import betweenness, centrality, community, patterns, structure
from vinculo.analytics.kernels.compiled import warm
from vinculo.graph.network import Csr, simple_csr

ROUNDS = 3
DAY = 86_400


def made_up(nodes: int, links: int, seed: int = 1) -> Csr:
    """A graph with groups of about forty and some hubs; seven links in ten stay in their group."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, max(1, nodes // 40), nodes)
    members = np.argsort(group, kind="stable")
    start = np.searchsorted(group[members], np.arange(group.max() + 2))
    a = (nodes * rng.random(links) ** 1.5).astype(np.int64)
    size = start[group[a] + 1] - start[group[a]]
    inside = members[start[group[a]] + (rng.random(links) * size).astype(np.int64)]
    b = np.where(rng.random(links) < 0.7, inside, rng.integers(0, nodes, links))
    a, b = a[a != b], b[a != b]
    low, high = np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32)
    return simple_csr(nodes, low, high, np.ones(len(low)))


def cpu(job: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median CPU seconds."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def against_networkx(graph: Csr) -> None:
    """Print a line per job."""
    rows = np.repeat(np.arange(graph.nodes), graph.degrees).astype(np.int32)
    oracle = nx.Graph()
    oracle.add_nodes_from(range(graph.nodes))
    oracle.add_edges_from(zip(rows.tolist(), graph.neighbours.tolist(), strict=True))
    sources = 32
    jobs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        (
            "components",
            lambda: structure.components(graph.nodes, rows, graph.neighbours),
            lambda: list(nx.connected_components(oracle)),
        ),
        ("k-core", lambda: structure.core_number(graph), lambda: nx.core_number(oracle)),
        (
            f"betweenness, {sources} sources",
            lambda: betweenness.betweenness(graph, samples=sources),
            lambda: nx.betweenness_centrality(oracle, k=sources, seed=1),
        ),
        (
            "Louvain",
            lambda: community.louvain(graph),
            lambda: nx.community.louvain_communities(oracle, weight=None, seed=1),
        ),
    ]
    print(f"{graph.nodes:,} nodes, {len(graph.neighbours) // 2:,} links; CPU seconds, median of {ROUNDS}")
    print(f"{'job':<28}{'Vinculo':>10}{'NetworkX':>10}{'ratio':>8}")
    for name, ours, theirs in jobs:
        mine, other = cpu(ours), cpu(theirs, 1)
        print(f"{name:<28}{mine:>10.4f}{other:>10.2f}{other / mine:>7.0f}x")
    for name, job in (
        ("PageRank, 1e-6", lambda: centrality.pagerank(graph)),
        ("Leiden", lambda: community.leiden(graph)),
    ):
        print(f"{name:<28}{cpu(job):>10.4f}{'-':>10}{'-':>8}")
    labels = nx.community.louvain_communities(oracle, weight=None, seed=1)
    print(
        f"modularity: Leiden {community.modularity(graph, community.leiden(graph)):.4f}, "
        f"Louvain {community.modularity(graph, community.louvain(graph)):.4f}, "
        f"NetworkX's Louvain {nx.community.modularity(oracle, labels):.4f}"
    )


def transfers(accounts: int = 100_000, rows: int = 1_000_000, days: int = 365) -> None:
    """Time the pattern kernels on random transfers."""
    rng = np.random.default_rng(2)
    a, b = (rng.integers(0, accounts, rows).astype(np.int32) for _ in range(2))
    t = np.sort(rng.integers(0, days * DAY, rows))
    m = rng.lognormal(6, 1, rows)
    c = np.zeros(rows, np.int32)
    into, out = patterns.timeline(accounts, b), patterns.timeline(accounts, a)
    print(f"\n{rows:,} transfers among {accounts:,} accounts in {days} days; CPU seconds")
    for name, job in (
        ("different payers, 30 days", lambda: patterns.distinct_in_window(into.ptr, into.rows, a, t, 30 * DAY)),
        (
            "passed on within 48 hours",
            lambda: patterns.passed_on(into.ptr, into.rows, out.ptr, out.rows, t, m, 2 * DAY),
        ),
        (
            "cycles to 10, 30 days, 0.7",
            lambda: patterns.cycles(accounts, a, b, t, m, c, window=30 * DAY, longest=10, retained=0.7, budget=10**9),
        ),
    ):
        print(f"{name:<28}{cpu(job, 1):>10.3f}")


if __name__ == "__main__":
    warm()
    sizes = [int(x) for x in sys.argv[1:3]] or [20_000, 100_000]
    against_networkx(made_up(sizes[0], sizes[-1]))
    transfers()
