"""Kernels against oracles on random small graphs: NetworkX, linear algebra, brute force."""

from __future__ import annotations

import heapq
import importlib
import os
import pkgutil
import subprocess
import sys
from itertools import permutations
from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.analytics import kernels
from vinculo.analytics.kernels import (
    betweenness,
    centrality,
    community,
    compiled,
    directed,
    levels,
    patterns,
    structure,
)
from vinculo.analytics.kernels.compiled import warm
from vinculo.analytics.kernels.heap import drop_first, push
from vinculo.analytics.kernels.random import next_random, permutation
from vinculo.graph.network import Csr, Network, simple_csr

GRAPHS = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14), st.floats(-6, 6, allow_nan=False)), min_size=1, max_size=60
)


def built(links: list[tuple[int, int, float]], *, directed: bool = False) -> tuple[Csr, nx.Graph]:
    """One weighted graph (weights over twelve powers of e) as arrays and as NetworkX has it."""
    network = Network.from_links([(f"{a:02d}", f"{b:02d}") for a, b, _ in links])
    weights = np.exp([w for *_, w in links])
    graph = network.simple(directed=directed, weights=weights)
    oracle = nx.DiGraph() if directed else nx.Graph()
    oracle.add_nodes_from(range(graph.nodes))
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    for a, b, w in zip(rows.tolist(), graph.neighbours.tolist(), graph.weights.tolist(), strict=True):
        oracle.add_edge(a, b, weight=w)
    return graph, oracle


def listed(values: dict[int, float]) -> list[float]:
    return [values[i] for i in range(len(values))]


@given(GRAPHS)
def test_cores_and_components(links):
    graph, oracle = built(links)
    assert structure.core_number(graph).tolist() == listed(nx.core_number(oracle))
    rows = np.repeat(np.arange(graph.nodes), graph.degrees).astype(np.int32)
    labels = structure.components(graph.nodes, rows, graph.neighbours)
    parts = {frozenset(np.flatnonzero(labels == c).tolist()) for c in range(labels.max() + 1)}
    assert parts == {frozenset(c) for c in nx.connected_components(oracle)}
    by_row, count = structure.linked_labels(graph.ptr, graph.neighbours)
    assert by_row.tolist() == labels.tolist() and count == len(parts)


@pytest.mark.parametrize("links", [0.3, 0.6, 1.2, 5])
@pytest.mark.parametrize("groups", [None, 1, 3, 40])
def test_parts_are_those_of_networkx_however_large(links, groups):
    """Large enough that a search ends before its part does; sparse enough that parts are long and many."""
    rng = np.random.default_rng(int(links * 10))
    nodes = 3_000
    a, b = rng.integers(0, nodes, (2, int(nodes * links))).astype(np.int32)
    a, b = a[a != b], b[a != b]
    graph = simple_csr(nodes, np.minimum(a, b), np.maximum(a, b), np.ones(len(a)))
    within = None if groups is None else rng.integers(0, groups, nodes).astype(np.int32)
    oracle = nx.Graph()
    oracle.add_nodes_from(range(nodes))
    same = np.ones(len(a), np.bool_) if within is None else within[a] == within[b]
    oracle.add_edges_from(zip(a[same].tolist(), b[same].tolist(), strict=True))
    expected = np.empty(nodes, np.int32)
    for number, part in enumerate(nx.connected_components(oracle)):  # in the order of their first node
        expected[list(part)] = number
    labels, count = levels.connected_parts(graph.ptr, graph.neighbours, within)
    assert labels.tolist() == expected.tolist() and count == expected.max() + 1


@given(GRAPHS, st.sampled_from([community.leiden, community.louvain, directed.leiden, directed.louvain]))
def test_links_without_weight_count_for_nothing(links, search):
    """Half of the links weigh nothing: communities are those found without them."""
    graph, _ = built(links, directed=search.__module__ == directed.__name__)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    heavy = (rows + graph.neighbours) % 2 == 1
    degrees = np.bincount(rows[heavy], minlength=graph.nodes)
    without = Csr(np.append(0, np.cumsum(degrees)), graph.neighbours[heavy], graph.links[heavy], graph.weights[heavy])
    found = search(graph._replace(weights=np.where(heavy, graph.weights, 0.0)))
    assert found.tolist() == search(without).tolist()


@given(GRAPHS, st.booleans(), st.booleans())
def test_betweenness(links, directed, normalized):
    graph, oracle = built(links, directed=directed)
    found = betweenness.betweenness(graph, directed=directed, normalized=normalized)
    assert found == pytest.approx(listed(nx.betweenness_centrality(oracle, normalized=normalized)))
    found = betweenness.betweenness(graph, directed=directed, normalized=normalized, lengths=graph.weights)
    assert found == pytest.approx(listed(nx.betweenness_centrality(oracle, normalized=normalized, weight="weight")))


@given(GRAPHS)
def test_sampled_betweenness_of_all_sources_is_exact(links):
    graph, _ = built(links)
    exact = betweenness.betweenness(graph)
    assert betweenness.betweenness(graph, samples=graph.nodes) == pytest.approx(exact)
    some = betweenness.betweenness(graph, samples=max(1, graph.nodes // 2), seed=3)
    assert (some >= 0).all() and (some[exact == 0] == 0).all()


@given(GRAPHS, st.booleans())
def test_links_of_infinite_length_lead_nowhere(links, directed):
    graph, oracle = built(links, directed=directed)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    endless = (rows + graph.neighbours) % 3 == 0
    oracle.remove_edges_from(zip(rows[endless].tolist(), graph.neighbours[endless].tolist(), strict=True))
    found = betweenness.betweenness(graph, directed=directed, lengths=np.where(endless, np.inf, graph.weights))
    assert found == pytest.approx(listed(nx.betweenness_centrality(oracle, weight="weight")))


@given(GRAPHS)
def test_pagerank_solves_its_equation(links):
    graph, _ = built(links, directed=True)
    n = graph.nodes
    rows = np.repeat(np.arange(n), graph.degrees).astype(np.int32)
    step = np.full((n, n), 1.0 / n)
    for i in range(n):
        row = slice(graph.ptr[i], graph.ptr[i + 1])
        if row.start < row.stop:
            step[i] = 0.0
            step[i, graph.neighbours[row]] = graph.weights[row] / graph.weights[row].sum()
    exact = np.linalg.solve(np.eye(n) - 0.85 * step.T, np.full(n, 0.15 / n))
    back = simple_csr(n, graph.neighbours, rows, graph.weights, directed=True)
    assert centrality.pagerank(back, tolerance=1e-13, rounds=1000) == pytest.approx(exact, abs=1e-9)


@given(GRAPHS, st.integers(0, 5), st.sampled_from([community.louvain, community.leiden]))
def test_a_partition_is_a_partition_with_the_modularity_it_says(links, seed, method):
    graph, oracle = built(links)
    labels = method(graph, seed=seed)
    assert labels[0] == 0 and sorted(set(labels.tolist())) == list(range(labels.max() + 1))
    if oracle.number_of_edges():
        parts = [set(np.flatnonzero(labels == c).tolist()) for c in range(labels.max() + 1)]
        assert community.modularity(graph, labels) == pytest.approx(nx.community.modularity(oracle, parts), abs=1e-9)
    assert method(graph, seed=seed).tolist() == labels.tolist()


@given(GRAPHS, st.integers(0, 5))
def test_leiden_communities_are_connected_and_no_worse_than_none(links, seed):
    graph, oracle = built(links)
    labels = community.leiden(graph, seed=seed)
    for c in range(labels.max() + 1):
        assert nx.is_connected(oracle.subgraph(np.flatnonzero(labels == c).tolist()))
    singles = np.arange(graph.nodes, dtype=np.int32)
    assert community.modularity(graph, labels) >= community.modularity(graph, singles) - 1e-9


@given(GRAPHS, st.sampled_from([1e-13, 1e-3, 1e9]))
def test_the_scale_of_weights_changes_nothing(links, factor):
    # a power of two scales exactly; other factors would move ties in the last bit
    graph, _ = built(links)
    exact = 2.0 ** round(np.log2(factor))
    scaled = graph._replace(weights=graph.weights * exact)
    assert community.leiden(scaled).tolist() == community.leiden(graph).tolist()


def test_planted_communities_are_found_as_well_as_networkx_finds_them():
    oracle = nx.planted_partition_graph(12, 25, 0.4, 0.02, seed=4)
    graph, _ = built([(a, b, 0.0) for a, b in oracle.edges])
    best = nx.community.modularity(oracle, nx.community.louvain_communities(oracle, seed=1))
    for seed in range(4):
        assert community.modularity(graph, community.leiden(graph, seed=seed)) >= best - 0.005
        assert community.modularity(graph, community.louvain(graph, seed=seed)) >= best - 0.02


def test_random_numbers_are_those_of_splitmix64():
    # first outputs of the reference implementation (prng.di.unimi.it/splitmix64.c) for the state 1234567
    state = np.array([1234567], np.uint64)
    assert [int(next_random(state)) for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@given(st.integers(0, 50), st.integers(0, 2**63))
def test_a_permutation_is_one(n, seed):
    assert sorted(permutation(n, np.array([seed], np.uint64)).tolist()) == list(range(n))


@given(st.lists(st.none() | st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=60))
def test_a_heap_gives_the_least_key_and_of_equals_the_least_item(steps):
    """Against Python's own; ``None`` takes one out."""
    keys, items, filled = np.empty(len(steps)), np.empty(len(steps), np.int32), 0
    known: list[tuple[int, int]] = []
    for step in steps:
        if step is not None:
            heapq.heappush(known, step)
            filled = push(keys, items, filled, float(step[0]), step[1])
        elif known:
            assert (keys[0], items[0]) == heapq.heappop(known)
            filled = drop_first(keys, items, filled)
        assert filled == len(known)


# -- patterns --------------------------------------------------------------------------------------------------------
TRANSFERS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 12), st.integers(1, 8)), min_size=1, max_size=24
).map(lambda rows: sorted((r for r in rows if r[0] != r[1]), key=lambda r: r[2]))


def columns(rows: list[tuple[int, int, int, int]]) -> tuple[np.ndarray, ...]:
    a, b, t, m = (np.array([r[k] for r in rows]) for k in range(4))
    return a.astype(np.int32), b.astype(np.int32), t.astype(np.int64), m.astype(np.float64)


@given(TRANSFERS, st.integers(1, 6))
def test_distinct_others_in_a_window(rows, window):
    if not rows:
        return
    a, b, t, _ = columns(rows)
    line = patterns.timeline(6, b)
    found = patterns.distinct_in_window(line.ptr, line.rows, a, t, window)
    for v in range(6):
        own = line.rows[line.ptr[v] : line.ptr[v + 1]].tolist()
        for position, row in enumerate(own):
            before = [r for r in own[: position + 1] if t[r] > t[row] - window]
            assert found[line.ptr[v] + position] == len({int(a[r]) for r in before})


@given(TRANSFERS, st.integers(0, 5))
def test_money_passed_on_is_never_more_than_came_or_left(rows, window):
    if not rows:
        return
    a, b, t, m = columns(rows)
    into, out = patterns.timeline(6, b), patterns.timeline(6, a)
    passed, last = patterns.passed_on(into.ptr, into.rows, out.ptr, out.rows, t, m, window)
    assert (passed <= m + 1e-9).all()
    for v in range(6):
        assert passed[b == v].sum() <= m[a == v].sum() + 1e-9
    for row in np.flatnonzero(last >= 0):
        assert a[last[row]] == b[row] and 0 <= t[last[row]] - t[row] <= window
    # oldest first: one payment in and one out, at the edge of the window
    one = patterns.passed_on(
        *patterns.timeline(3, np.array([1, 2], np.int32)), *patterns.timeline(3, np.array([0, 1], np.int32)),
        np.array([0, 5]), np.array([10.0, 9.0]), 5,
    )  # fmt: skip
    assert one[0].tolist() == [9.0, 0.0]


def brute_cycles(rows, window: int, longest: int, retained: float) -> set[frozenset[int]]:
    """Every set of transfers that some order makes a simple cycle with times that do not fall."""
    found = set()

    def extend(path: list[int]) -> None:
        end = rows[path[-1]][1]
        if end == rows[path[0]][0]:
            amounts = [rows[r][3] for r in path]
            if min(amounts) >= retained * max(amounts):
                found.add(frozenset(path))
            return
        if len(path) == longest:
            return
        visited = {rows[r][0] for r in path}
        for r, (a, b, t, _) in enumerate(rows):
            fits = rows[path[-1]][2] <= t <= rows[path[0]][2] + window
            if a == end and fits and r not in path and (b not in visited or b == rows[path[0]][0]):
                extend([*path, r])

    for root in range(len(rows)):
        extend([root])
    return found


@settings(max_examples=150, deadline=None)
@given(TRANSFERS, st.integers(1, 12), st.integers(2, 6), st.sampled_from([0.1, 0.5, 0.7, 1.0]))
def test_cycles_are_those_of_brute_force(rows, window, longest, retained):
    if not rows:
        return
    a, b, t, m = columns(rows)
    found = patterns.cycles(
        6, a, b, t, m, np.zeros(len(rows), np.int32), window=window, longest=longest, retained=retained, budget=10**7
    )
    assert not found.truncated
    assert {frozenset(c) for c in found.rows} == brute_cycles(rows, window, longest, retained)
    for cycle in found.rows:
        assert [int(t[r]) for r in cycle] == sorted(int(t[r]) for r in cycle)
        assert all(b[x] == a[y] for x, y in zip(cycle, cycle[1:] + cycle[:1], strict=True))


def test_a_search_that_hits_its_budget_says_so():
    pairs = list(permutations(range(8), 2)) * 4
    a, b, t, m = columns([(x, y, k, 1) for k, (x, y) in enumerate(pairs)])
    c = np.zeros(len(pairs), np.int32)
    cut = patterns.cycles(8, a, b, t, m, c, window=10**6, longest=8, retained=0.5, budget=2_000)
    assert cut.truncated
    assert cut == patterns.cycles(8, a, b, t, m, c, window=10**6, longest=8, retained=0.5, budget=2_000)


def test_transfers_left_out_and_other_currencies_close_no_cycle():
    a, b, t, m = columns([(0, 1, 0, 5), (1, 2, 1, 5), (2, 0, 2, 5)])
    c = np.zeros(3, np.int32)
    options = {"window": 9, "longest": 4, "retained": 0.5, "budget": 10**6}
    assert patterns.cycles(3, a, b, t, m, c, **options).rows == [(0, 1, 2)]
    assert patterns.cycles(3, a, b, t, m, np.array([0, 1, 0], np.int32), **options).rows == []
    part = np.array([True, False, True])
    assert patterns.cycles(3, a, b, t, m, c, taking_part=part, **options).rows == []


def test_a_read_only_package_keeps_compiled_code_in_the_cache_folder(tmp_path):
    code = (
        "import os\n"
        "real = os.access\n"
        "os.access = lambda path, mode: False if str(path).endswith('kernels') else real(path, mode)\n"
        "from vinculo.analytics.kernels import compiled\n"
        "print(compiled.numba.config.CACHE_DIR)\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"VINCULO_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert made.stdout.strip() == str(tmp_path / "cache" / "numba")


def test_without_a_folder_for_it_code_is_compiled_and_not_kept(tmp_path):
    """A home that cannot be written is no reason not to analyse."""
    blocked = tmp_path / "a file"
    blocked.write_text("where a folder should be", encoding="utf-8")
    code = (
        "from vinculo.analytics.kernels import compiled, random\n"
        "from vinculo.analytics.kernels.structure import core_numbers\n"
        "import numpy as np\n"
        "print(compiled.kept(), core_numbers(np.array([0, 1, 2]), np.array([1, 0], np.int32)).tolist())\n"
    )
    env = {"NUMBA_CACHE_DIR": str(blocked / "numba"), "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env | {"PATH": "/usr/bin:/bin"}
    )
    assert made.stdout.split(maxsplit=1) == ["False", "[1, 1]\n"]


def test_warm_is_silent_when_everything_is_compiled():
    warm()
    told: list[tuple[str, int, int]] = []
    warm(lambda *what: told.append(what))
    assert told == []


def test_what_another_python_compiled_is_still_to_be_compiled(tmp_path):
    """A folder for compiled code outlives the Python that filled it."""

    def twice(value: int) -> int:
        return 2 * value

    mine = f"py{sys.version_info[0]}{sys.version_info[1]}"
    name = f"{twice.__module__.rpartition('.')[2]}.{twice.__qualname__}-{twice.__code__.co_firstlineno}"
    stub = SimpleNamespace(signatures=[], stats=SimpleNamespace(cache_path=str(tmp_path)), py_func=twice)
    (tmp_path / f"{name}.py20.nbi").touch()
    assert compiled._cold(stub)
    (tmp_path / f"{name}.{mine}.nbi").touch()
    assert not compiled._cold(stub)


def test_a_kernel_is_compiled_anew_when_one_that_it_calls_changed(tmp_path):
    """A new version may change one file; what others have compiled in must not go on with the old code."""
    (tmp_path / "outer.py").write_text(
        "from inner import step\nfrom vinculo.analytics.kernels.compiled import kernel\n\n\n"
        "@kernel\ndef twice(value):\n    return step(step(value))\n\n\n"
        "print(twice(1), sum(twice.stats.cache_hits.values()))\n",
        encoding="utf-8",
    )

    def run(inner: str) -> str:
        (tmp_path / "inner.py").write_text(
            "from vinculo.analytics.kernels.compiled import kernel\n\n\n"
            f"@kernel\ndef step(value):\n    return {inner}\n",
            encoding="utf-8",
        )
        code = [sys.executable, "-c", "import outer"]
        # Python itself takes a file of the same second and length for the same
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(code, capture_output=True, text=True, check=True, cwd=tmp_path, env=env).stdout.strip()

    assert run("value + 1") == "3 0"
    assert run("value + 1") == "3 1"
    assert run("value * 5") == "25 0"


def test_every_module_of_kernels_says_what_it_is_compiled_with():
    """Else the first call of one compiles in the middle of somebody's work, and nobody says so."""
    silent = set()
    for found in pkgutil.iter_modules(kernels.__path__):
        module = importlib.import_module(f"{kernels.__name__}.{found.name}")
        own = [v for v in vars(module).values() if hasattr(v, "py_func") and v.__module__ == module.__name__]
        if own and not hasattr(module, "calls"):
            silent.add(found.name)
    # only called by other kernels
    assert silent == {"ahead", "depth", "heap", "moves", "random", "watched"}


def test_pagerank_calls_its_kernel_as_it_is_compiled_beforehand(monkeypatch):
    """Or the first analysis would compile without saying so."""
    typeof = compiled.numba.typeof
    ready = {
        tuple(map(typeof, given))
        for kernel, given in centrality.calls(compiled._tiny())
        if kernel is centrality.pagerank_scores
    }
    called = []
    monkeypatch.setattr(centrality, "pagerank_scores", lambda *given: called.append(tuple(map(typeof, given))))
    graph, oracle = built([(0, 1, 1.0), (1, 2, 0.5)])
    centrality.pagerank(graph)
    with pytest.raises(nx.PowerIterationFailedConvergence):  # nothing was computed
        nx.pagerank(oracle, backend="vinculo")
    assert len(called) == 2 and set(called) <= ready
