"""Long kernels can be stopped at once, say how far they are, and are cut off by work, not by the clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import networkx as nx
import numpy as np
import pytest

from vinculo.analytics.kernels import betweenness, centrality, community, directed, paths, propagation, structure
from vinculo.analytics.kernels.watched import DONE, STOP, heard, was_cut, watching
from vinculo.graph.errors import Cancelled
from vinculo.graph.network import Csr, simple_csr

LARGE = """
import signal, time
import numpy as np
from vinculo.analytics.kernels import community
from vinculo.graph.network import simple_csr
drawn = np.random.default_rng(1)
def graph(nodes, links):
    a, b = drawn.integers(0, nodes, links).astype(np.int32), drawn.integers(0, nodes, links).astype(np.int32)
    return simple_csr(nodes, np.minimum(a, b), np.maximum(a, b), np.ones(links))
community.leiden(graph(100, 300))
large = graph(60_000, 300_000)
heard_at = []
def hear(number, frame):
    heard_at.append(time.monotonic())
    raise KeyboardInterrupt
signal.signal(signal.SIGINT, hear)
print("begun", flush=True)
try:
    while True:
        community.leiden(large)
except KeyboardInterrupt:
    print(time.monotonic() - heard_at[0])
"""


def drawn_graph(nodes: int = 3_000, links: int = 12_000) -> Csr:
    """A random graph, the same every time."""
    drawn = np.random.default_rng(7)
    a, b = (drawn.integers(0, nodes, links).astype(np.int32) for _ in "ab")
    keep = a != b
    a, b = np.minimum(a, b)[keep], np.maximum(a, b)[keep]
    return simple_csr(nodes, a, b, np.ones(len(a)))


@pytest.mark.parametrize("delay_s", [0.05, 0.4])
def test_ctrl_c_ends_a_running_leiden_within_a_second(delay_s: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LARGE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert float(said) < 1.0


@pytest.mark.parametrize(
    "run",
    [
        lambda g, w: community.leiden(g, watch=w),
        lambda g, w: community.louvain(g, watch=w),
        lambda g, w: directed.leiden(g, watch=w),
        lambda g, w: betweenness.betweenness(g, watch=w),
        lambda g, w: betweenness.betweenness(g, lengths=g.weights, watch=w),
        lambda g, w: centrality.pagerank(g, tolerance=0.0, rounds=10**9, watch=w),
        lambda g, w: paths.reach(g, watch=w),
        lambda g, w: propagation.label_propagation(drawn_graph(40_000, 300_000), watch=w),
        lambda g, w: heard(lambda f: structure.triangle_counts(g.ptr, g.neighbours, f), links=0, watch=w),
    ],
    ids=[
        "leiden",
        "louvain",
        "directed",
        "betweenness",
        "weighted betweenness",
        "pagerank",
        "reach",
        "propagation",
        "triangles",
    ],
)
def test_a_watch_that_says_stop_is_heard_by_every_long_kernel(run: object) -> None:
    watch = watching()
    watch[STOP] = 1
    with pytest.raises(Cancelled):
        run(drawn_graph(), watch)  # type: ignore[operator]  # the lambdas above


def test_another_thread_stops_a_kernel_that_would_run_for_ever() -> None:
    watch = watching()
    threading.Timer(0.3, lambda: watch.__setitem__(STOP, 1)).start()
    with pytest.raises(Cancelled):
        centrality.pagerank(drawn_graph(40_000, 300_000), tolerance=0.0, rounds=10**9, watch=watch)
    assert watch[DONE] > 0


def test_progress_is_told_from_the_thread_that_asked_and_may_stop_the_work() -> None:
    told: list[tuple[str, int, int]] = []

    def progress(stage: str, done: int, total: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        told.append((stage, done, total))
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        centrality.pagerank(drawn_graph(40_000, 300_000), tolerance=0.0, rounds=10**9, progress=progress)
    assert [stage for stage, _, _ in told] == ["pagerank"] * 3
    assert 0 <= told[0][1] <= told[1][1] < told[2][1] < told[2][2] == 10**9
    assert threading.active_count() <= 2 or not any(t.name == "kernel" for t in threading.enumerate())


@pytest.mark.parametrize("budget", [0, 30_000, 200_000, 10**9])
def test_a_budget_cuts_leiden_off_at_the_same_place_each_time(budget: int) -> None:
    graph = drawn_graph()
    first, second = watching(budget), watching(budget)
    labels = community.leiden(graph, watch=first)
    assert np.array_equal(labels, community.leiden(graph, watch=second))
    assert np.array_equal(first, second)
    assert was_cut(first) is (budget < 10**9)
    if not was_cut(first):
        assert np.array_equal(labels, community.leiden(graph))
    # what was found till then is a partition into connected groups all the same
    made = nx.Graph(
        [(i, int(j)) for i in range(graph.nodes) for j in graph.neighbours[graph.ptr[i] : graph.ptr[i + 1]]]
    )
    made.add_nodes_from(range(graph.nodes))
    for c in range(labels.max() + 1):
        assert nx.is_connected(made.subgraph(np.flatnonzero(labels == c).tolist()))


def test_what_a_kernel_raises_comes_out_of_the_thread_beside() -> None:
    def fails(watch: object) -> None:
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        heard(fails, links=10**9)
