"""NetworkX' functions run by Vinculo's kernels, against NetworkX itself on random graphs of every sort."""

from __future__ import annotations

import inspect
import subprocess
import sys
import warnings
from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vinculo.analytics.networkx_backend import backend, info
from vinculo.analytics.networkx_backend.convert import arrays_of, convert_from_nx, convert_to_nx, simple_graph
from vinculo.graph.network import Network

NAMES = [str, lambda i: i, lambda i: ("node", i), lambda i: i + 0.5]


EITHER = st.booleans()


@st.composite
def graphs(draw, *, directed=EITHER, parallel=EITHER, loops=True, whole_numbers=False):
    """A graph of 0 to 12 nodes in any order, with isolates, some links without a weight."""
    kinds = {
        (False, False): nx.Graph,
        (False, True): nx.MultiGraph,
        (True, False): nx.DiGraph,
        (True, True): nx.MultiDiGraph,
    }
    made = kinds[draw(directed), draw(parallel)]()
    n = draw(st.integers(0, 12))
    name = draw(st.sampled_from(NAMES))
    made.add_nodes_from(name(i) for i in draw(st.permutations(range(n))))
    if not n:
        return made
    end = st.integers(0, n - 1)
    weight = st.integers(1, 4) if whole_numbers else st.floats(0.01, 9)
    for a, b, w in draw(st.lists(st.tuples(end, end, st.none() | weight), max_size=40)):
        if loops or a != b:
            made.add_edge(name(a), name(b), **({} if w is None else {"weight": w}))
    return made


def both(function, graph, **options):
    """The function's result by Vinculo and by NetworkX; two sources of the same random numbers."""
    results = []
    for name in ("vinculo", "networkx"):
        try:
            result = function(graph, backend=name, **options)
            results.append(list(result) if hasattr(result, "__next__") else result)
        except (nx.NetworkXException, ZeroDivisionError) as error:
            results.append((type(error), str(error)))
    return results


def same(function, graph, **options):
    """Equal keys in equal order, equal values to the twelfth digit, and nothing of numpy."""
    ours, theirs = both(function, graph, **options)
    if not isinstance(theirs, dict):
        assert ours == theirs
        return
    assert list(ours) == list(theirs)
    assert {type(v) for v in ours.values()} <= {int, float}
    assert list(ours.values()) == pytest.approx(list(theirs.values()), rel=1e-9, abs=1e-12, nan_ok=True)


@given(graphs(directed=st.just(False)))
def test_components(graph):
    for function in (nx.connected_components, nx.number_connected_components, nx.is_connected):
        same(function, graph)


@given(graphs(directed=st.just(True)))
def test_components_of_directed_graphs(graph):
    same(nx.weakly_connected_components, graph)
    same(nx.number_weakly_connected_components, graph)
    same(nx.is_weakly_connected, graph)
    same(nx.strongly_connected_components, graph)
    same(nx.number_strongly_connected_components, graph)
    same(nx.is_strongly_connected, graph)


@given(graphs())
def test_core_numbers(graph):
    same(nx.core_number, graph)


@given(graphs(directed=st.just(False)))
def test_triangles_bridges_and_articulation_points(graph):
    same(nx.triangles, graph)
    same(nx.bridges, graph)
    same(nx.has_bridges, graph)
    ours, theirs = both(nx.articulation_points, graph)
    place = {v: i for i, v in enumerate(graph)}
    assert ours == sorted(theirs, key=place.__getitem__)


@given(graphs(directed=st.just(False), parallel=st.just(False)))
def test_clustering(graph):
    same(nx.clustering, graph)
    same(nx.transitivity, graph)
    if len(graph):
        same(nx.average_clustering, graph)


@given(graphs(), st.sampled_from([None, "weight", "unknown"]), st.sampled_from([0.85, 0.5, 1.0]), st.data())
def test_pagerank(graph, weight, alpha, data):
    nodes = list(graph)
    some = st.dictionaries(st.sampled_from(nodes), st.floats(0.1, 5), min_size=1) if nodes else st.none()
    options = {name: data.draw(st.none() | some) for name in ("personalization", "dangling", "nstart")}
    tol = data.draw(st.sampled_from([1e-3, 1e-6, 1e-10]))
    max_iter = data.draw(st.sampled_from([0, 1, 100, 500]))
    same(nx.pagerank, graph, weight=weight, alpha=alpha, tol=tol, max_iter=max_iter, **options)


def test_pagerank_fails_as_networkx_does():
    graph = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c")])
    for options in ({"max_iter": 0}, {"tol": 0}, {"personalization": {"a": 0}}, {"personalization": {"nobody": 1}}):
        ours, theirs = both(nx.pagerank, graph, **options)
        assert ours == theirs and isinstance(ours, tuple)


@given(graphs(whole_numbers=True), st.booleans(), st.booleans(), st.sampled_from([None, "weight"]), st.data())
def test_betweenness(graph, normalized, endpoints, weight, data):
    k = data.draw(st.none() | st.integers(1, len(graph))) if len(graph) else None
    same(nx.betweenness_centrality, graph, k=k, normalized=normalized, endpoints=endpoints, weight=weight, seed=7)


@given(graphs(), st.booleans(), st.sampled_from([None, "weight"]))
def test_closeness(graph, improved, distance):
    same(nx.closeness_centrality, graph, wf_improved=improved, distance=distance)
    ours, theirs = both(nx.harmonic_centrality, graph, distance=distance)
    assert list(ours) == list(graph)
    assert ours == pytest.approx(theirs)


@given(graphs(whole_numbers=True), st.sampled_from([0.1, 0.4, 1.0]), st.randoms(use_true_random=False))
def test_links_of_infinite_length_are_those_of_networkx(graph, share, rng):
    """One over a weight of nothing: whoever is reached by such links alone is infinitely far away, not out of reach."""
    for *_, attributes in graph.edges(data=True):
        if rng.random() < share:
            attributes["weight"] = float("inf")
    for cutoff in (None, 5, float("inf")):
        ours, theirs = both(nx.all_pairs_dijkstra_path_length, graph, cutoff=cutoff)
        assert ours == theirs and [list(far) for _, far in ours] == [list(far) for _, far in theirs]
    for improved in (False, True):
        same(nx.closeness_centrality, graph, wf_improved=improved, distance="weight")
    ours, theirs = both(nx.harmonic_centrality, graph, distance="weight")
    assert ours == pytest.approx(theirs)
    # NetworkX is asked where infinite ways are the only ones
    wanted = nx.betweenness_centrality(graph, weight="weight", backend="networkx")
    with nx.config(backend_priority=["vinculo"], fallback_to_nx=True):
        assert nx.betweenness_centrality(graph, weight="weight") == pytest.approx(wanted)


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph])
def test_an_infinite_link_beside_finite_ways_changes_nothing_and_one_by_itself_is_refused(kind):
    graph = nx.cycle_graph(6, create_using=kind)
    nx.set_edge_attributes(graph, 1.0, "weight")
    without = nx.betweenness_centrality(graph, weight="weight", backend="vinculo")
    graph.add_edge(0, 3, weight=float("inf"))
    graph.add_edge(2, 2, weight=float("inf"))
    assert nx.betweenness_centrality(graph, weight="weight", backend="vinculo") == without
    graph.add_edge(0, 6, weight=float("inf"))
    with pytest.raises(NotImplementedError):
        nx.betweenness_centrality(graph, weight="weight", backend="vinculo")
    # finite lengths that add up to an infinite one
    far = nx.path_graph(3, kind)
    nx.set_edge_attributes(far, 1.7e308, "weight")
    with pytest.raises(NotImplementedError):
        nx.betweenness_centrality(far, weight="weight", backend="vinculo")


@given(graphs(), graphs(whole_numbers=True), st.none() | st.floats(-1, 9), st.data())
def test_lengths_of_paths(graph, whole, cutoff, data):
    for g in (graph, whole):
        for function in (nx.all_pairs_shortest_path_length, nx.all_pairs_dijkstra_path_length):
            ours, theirs = both(function, g, cutoff=cutoff)
            assert ours == theirs and [list(far) for _, far in ours] == [list(far) for _, far in theirs]
            if g is whole:
                assert {type(d) for _, far in ours for d in far.values()} <= {int}
        v = data.draw(st.sampled_from([*g, "nobody"]))
        for name in (
            "single_source_shortest_path_length",
            "single_target_shortest_path_length",
            "single_source_dijkstra_path_length",
        ):
            ours, theirs = both(lambda g, name=name, v=v, **o: getattr(nx, name)(g, v, **o), g, cutoff=cutoff)
            assert ours == theirs
            # whom the target is reached from stands with NetworkX in the order of adding, with us in that of the nodes
            if isinstance(ours, dict) and not (name.startswith("single_target") and g.is_directed()):
                assert list(ours) == list(theirs)


@given(graphs(parallel=st.just(False)), st.sampled_from([None, "weight"]))
def test_eigenvector(graph, weight):
    # an unequal stop in the last digit would be a round apart: NetworkX adds up in another order
    same(nx.eigenvector_centrality, graph, weight=weight, max_iter=40, tol=0)
    same(nx.eigenvector_centrality, graph, weight=weight, max_iter=1, tol=10)


@given(graphs())
def test_hubs_and_authorities_point_to_each_other(graph):
    assume(any(d.get("weight", 1) for _, _, d in graph.edges(data=True)))
    try:
        hubs, authorities = nx.hits(graph, backend="vinculo")
    except NotImplementedError:
        # two parts whose weights differ by a hair: NetworkX may run it
        links = np.linalg.svd(nx.to_numpy_array(graph, weight="weight"), compute_uv=False)
        assert links[1] > 0.99 * links[0]
        return
    assert list(hubs) == list(authorities) == list(graph)
    links = nx.to_numpy_array(graph, weight="weight")
    largest = np.linalg.svd(links, compute_uv=False)[0]
    h, a = np.array(list(hubs.values())), np.array(list(authorities.values()))
    assert h.sum() == pytest.approx(1) and a.sum() == pytest.approx(1) and h.min() >= 0 and a.min() >= 0
    assert links.T @ (links @ a) == pytest.approx(largest**2 * a, rel=1e-4, abs=1e-5 * largest**2)
    assert links @ a / (links @ a).sum() == pytest.approx(h, abs=1e-6)


def test_hubs_and_authorities_are_networkx_own_where_they_are_clear():
    graph = nx.gnp_random_graph(60, 0.1, seed=4, directed=True)
    ours, theirs = both(nx.hits, graph, max_iter=5_000, tol=1e-12)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(other, abs=1e-7)
    assert both(nx.hits, graph, max_iter=0)[0] == both(nx.hits, graph, max_iter=0)[1]
    assert nx.hits(nx.Graph(), backend="vinculo") == ({}, {})


def turned(cycle, graph):
    """A cycle from its first node on, without direction in the direction of its smaller second node."""
    place = {v: i for i, v in enumerate(graph)}
    numbers = [place[v] for v in cycle]
    at = numbers.index(min(numbers))
    numbers = numbers[at:] + numbers[:at]
    if not graph.is_directed() and len(numbers) > 2 and numbers[1] > numbers[-1]:
        numbers = [numbers[0], *numbers[:0:-1]]
    return tuple(numbers)


@given(graphs(), st.integers(-1, 14))
def test_cycles_up_to_a_length(graph, bound):
    results = []
    for name in ("vinculo", "networkx"):
        try:
            results.append(Counter(turned(c, graph) for c in nx.simple_cycles(graph, bound, backend=name)))
        except ValueError as error:
            results.append(str(error))
    assert results[0] == results[1]
    if isinstance(results[0], Counter):
        for cycle in nx.simple_cycles(graph, bound, backend="vinculo"):
            assert len(cycle) <= bound and turned(cycle, graph)[0] == list(graph).index(cycle[0])


def test_cycles_come_in_portions_and_without_a_bound_from_networkx():
    graph = nx.complete_graph(20, create_using=nx.DiGraph)
    found = list(nx.simple_cycles(graph, 4, backend="vinculo"))
    assert (
        len(found)
        == len({turned(c, graph) for c in found})
        == 20 * 19 // 2 + 20 * 19 * 18 // 3 + 20 * 19 * 18 * 17 // 4
    )
    assert backend.can_run("simple_cycles", (graph,), {}) == "only up to a length"


@given(graphs(directed=st.just(False)), st.sampled_from([None, "weight"]), st.integers(0, 3))
def test_communities_are_partitions_no_worse_than_none(graph, weight, seed):
    singles = [{v} for v in graph]
    for function in (nx.community.louvain_communities, nx.community.leiden_communities):
        metric = {"metric": "modularity"} if "leiden" in function.__name__ and backend.communities.OWN_LEVELS else {}
        found = function(graph, weight=weight, seed=seed, backend="vinculo", **metric)
        assert found == function(graph, weight=weight, seed=seed, backend="vinculo", **metric)
        assert sorted(map(repr, graph)) == sorted(repr(v) for part in found for v in part)
        place = {v: i for i, v in enumerate(graph)}
        firsts = [min(place[v] for v in part) for part in found]
        assert firsts == sorted(firsts)
        if graph.number_of_edges():
            assert nx.community.modularity(graph, found, weight=weight) >= (
                nx.community.modularity(graph, singles, weight=weight) - 1e-9
            )


@given(graphs(directed=st.just(False)), st.integers(0, 3))
def test_one_level_is_no_more_than_one_level(graph, seed):
    assume(graph.number_of_edges())
    one = nx.community.louvain_communities(graph, seed=seed, max_level=1, backend="vinculo")
    last = nx.community.louvain_communities(graph, seed=seed, backend="vinculo")
    assert all(any(part <= whole for whole in last) for part in one)
    with pytest.raises(ValueError, match="max_level"):
        nx.community.louvain_communities(graph, max_level=0, backend="vinculo")


@given(graphs(), st.sampled_from([None, "weight"]), st.integers(0, 3))
def test_propagated_labels_are_those_most_neighbours_have(graph, weight, seed):
    """Where NetworkX stops as well: nobody would change."""
    for function, each in (
        (nx.community.fast_label_propagation_communities, False),
        (nx.community.asyn_lpa_communities, True),
    ):
        if each and graph.is_directed():
            continue
        found = list(function(graph, weight=weight, seed=seed, backend="vinculo"))
        assert found == list(function(graph, weight=weight, seed=seed, backend="vinculo"))
        label = {v: i for i, part in enumerate(found) for v in part}
        assert sorted(map(repr, label)) == sorted(map(repr, graph)) and sum(map(len, found)) == len(graph)
        for v in graph:
            votes = {}
            ends = [*graph.edges(v, data="weight", default=1)]
            if graph.is_directed():
                ends += [(b, a, w) for a, b, w in graph.in_edges(v, data="weight", default=1)]
            if weight is None:
                ends = [(a, b, 1) for a, b, _ in ends]
                ends = list(dict.fromkeys(ends)) if each else ends
            for _, u, w in ends:
                votes[label[u]] = votes.get(label[u], 0) + w
            if votes:
                assert votes.get(label[v], 0) >= max(votes.values()) * (1 - 1e-9)


def test_communities_are_as_good_as_those_of_networkx():
    graph = nx.planted_partition_graph(12, 25, 0.4, 0.02, seed=4)
    graph.add_edges_from((v, v) for v in range(0, 300, 7))
    best = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=1, backend="networkx"))
    for seed in range(3):
        found = nx.community.louvain_communities(graph, seed=seed, backend="vinculo")
        assert nx.community.modularity(graph, found) >= best - 0.01


@given(graphs())
def test_a_graph_comes_back_as_it_went(graph):
    back = convert_to_nx(convert_from_nx(graph, edge_attrs={"weight": 1}))
    assert type(back) is type(graph) and list(back) == list(graph)
    for v in graph:
        assert set(back.adj[v]) == set(graph.adj[v])
        for u in graph.adj[v]:
            weights = [
                sorted(d.get("weight", 1) for d in (g[v][u].values() if g.is_multigraph() else [g[v][u]]))
                for g in (back, graph)
            ]
            assert weights[0] == weights[1]


def test_views_are_taken_over_as_they_stand():
    whole = nx.gnm_random_graph(40, 90, seed=3, directed=True)
    for view in (
        whole.subgraph([9, 3, 17, 4, 5, 30, 31]),
        whole.reverse(copy=False),
        whole.to_undirected(as_view=True),
    ):
        same(nx.pagerank, view)
        same(nx.betweenness_centrality, view)


# -- networks ------------------------------------------------------------------------------------------------------------
def network_of(pairs):
    """A network with amounts on some of its links."""
    made = Network.from_links([(f"n{a}", f"n{b}") for a, b in pairs])
    amounts = [None if i % 3 == 0 else float(i) for i in range(len(pairs))]
    links = made.links.set_column(made.links.schema.get_field_index("amount"), "amount", [amounts])
    return Network(made.nodes, links, made.source, made.target)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_a_network_is_what_its_networkx_graph_is(pairs):
    network = network_of(pairs)
    graph = network.to_networkx()
    assert list(arrays_of(network)) == list(graph)
    back = convert_to_nx(arrays_of(network))
    assert all(list(back.adj[v]) == list(graph.adj[v]) for v in graph)
    for function, options in (
        (nx.pagerank, {"weight": "amount"}),
        (nx.pagerank, {}),
        (nx.betweenness_centrality, {"weight": None}),
        (nx.closeness_centrality, {}),
    ):
        ours, theirs = function(network, **options), function(graph, backend="networkx", **options)
        assert list(ours) == list(theirs)
        assert list(ours.values()) == pytest.approx(list(theirs.values()))
    for function in (nx.weakly_connected_components, nx.strongly_connected_components):
        assert list(function(network)) == list(function(graph, backend="networkx"))
    simple = nx.Graph(graph)
    simple.remove_edges_from(list(nx.selfloop_edges(simple)))
    assert nx.core_number(simple_graph(network)) == nx.core_number(simple, backend="networkx")
    assert nx.triangles(simple_graph(network)) == nx.triangles(simple, backend="networkx")


def test_a_network_is_not_converted(monkeypatch):
    network = network_of([(0, 1), (1, 2)])
    monkeypatch.setattr(backend, "convert_from_nx", None)
    monkeypatch.setattr(Network, "to_networkx", None)
    assert nx.number_weakly_connected_components(network) == 1
    assert arrays_of(network) is arrays_of(network)


def test_what_networkx_refuses_on_such_graphs_it_refuses_on_a_network():
    network = network_of([(0, 1)])
    for function in (nx.connected_components, nx.core_number, nx.bridges):
        with pytest.raises(nx.NetworkXNotImplemented):
            function(network)
    with pytest.raises(NotImplementedError):
        nx.diameter(network)
    assert nx.community.modularity(network.to_networkx(), [{"n0", "n1"}]) == pytest.approx(0.0)


# -- what NetworkX asks of a backend -------------------------------------------------------------------------------------
def test_every_function_told_is_there_and_no_other():
    loaded = nx.utils.backends._load_backend("vinculo")
    assert loaded is backend and list(info.FUNCTIONS) == sorted(info.FUNCTIONS)
    assert all(callable(getattr(backend, name)) for name in info.FUNCTIONS)
    told = nx.utils.backends.backend_info["vinculo"]["functions"]
    assert set(told) == set(info.FUNCTIONS) <= set(nx.utils.backends._registered_algorithms)
    assert "vinculo" in nx.pagerank.backends


@pytest.mark.parametrize("name", info.FUNCTIONS)
def test_every_argument_of_networkx_is_known_with_its_default(name):
    """Of the NetworkX that is installed; what is new there would else never be run by a kernel."""
    theirs = inspect.signature(nx.utils.backends._registered_algorithms[name]).parameters
    ours = inspect.signature(getattr(backend, name)).parameters
    for argument in set(theirs) - {"backend", "backend_kwargs"}:
        assert ours[argument].default == theirs[argument].default, argument


def test_networkx_is_imported_without_a_warning_and_without_numba():
    code = (
        "import networkx, sys\n"
        "assert 'vinculo' in networkx.utils.backends.backend_info\n"
        "assert networkx.utils.backends.backend_info['vinculo']['functions']\n"
        "assert 'numba' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_a_graph_is_converted_once_and_says_nothing_when_used_again(monkeypatch):
    graph = nx.path_graph(4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nx.pagerank(graph, backend="vinculo")
        monkeypatch.setattr(backend, "convert_from_nx", None)
        nx.pagerank(graph, backend="vinculo")
        nx.connected_components(graph, backend="vinculo")
    monkeypatch.undo()
    graph.add_edge(3, 0)
    assert nx.pagerank(graph, backend="vinculo")[0] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("function", "graph", "options"),
    [
        (nx.community.asyn_lpa_communities, nx.path_graph(3, nx.DiGraph), {"seed": 1}),
        (nx.clustering, nx.path_graph(3, nx.DiGraph), {}),
        (nx.triangles, nx.path_graph(3), {"nodes": [1]}),
        (nx.closeness_centrality, nx.path_graph(3), {"u": 1}),
        (nx.bridges, nx.path_graph(3), {"root": 0}),
        (nx.betweenness_centrality, nx.path_graph(3), {"weight": lambda u, v, d: 1}),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_what_no_kernel_knows_is_left_to_networkx(function, graph, options):
    """Refused when Vinculo was asked for by name, run by NetworkX when it was only preferred."""
    assert isinstance(
        backend.can_run(function.name if hasattr(function, "name") else function.__name__, (graph,), options), str
    )
    with pytest.raises(NotImplementedError):
        function(graph, backend="vinculo", **options)
    with nx.config.backend_priority(algos=["vinculo"]):
        result = function(graph, **options)
    result, expected = (
        list(r) if hasattr(r, "__next__") else r for r in (result, function(graph, backend="networkx", **options))
    )
    assert result == expected


@pytest.mark.parametrize("weight", ["heavy", None, -1.0, 0.0, float("nan")])
def test_weights_that_are_no_lengths_are_refused_before_anything_is_given(weight):
    graph = nx.Graph()
    graph.add_edge(0, 1, weight=weight)
    with pytest.raises(NotImplementedError):
        nx.betweenness_centrality(graph, weight="weight", backend="vinculo")


def test_one_pass_is_worth_it_only_on_a_graph_that_is_converted():
    graph = nx.path_graph(4)
    assert isinstance(backend.should_run("connected_components", (graph,), {}), str)
    assert backend.should_run("betweenness_centrality", (graph,), {}) is True
    nx.pagerank(graph, backend="vinculo")
    assert backend.should_run("connected_components", (graph,), {}) is True
    assert backend.should_run("weakly_connected_components", (network_of([(0, 1)]),), {}) is True


def test_the_same_seed_gives_the_same_and_another_may_not():
    graph = nx.gnm_random_graph(200, 500, seed=1)
    draw = [
        nx.community.louvain_communities(graph, seed=s, backend="vinculo") for s in (1, 1, 2, np.random.RandomState(1))
    ]
    assert draw[0] == draw[1] != draw[2]
    assert set().union(*draw[3]) == set(graph)
