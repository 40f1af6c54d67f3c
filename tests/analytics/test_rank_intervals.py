"""Repeated runs: what is certain stays, what hangs on one tie does not; the same bytes on any number of threads."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from vinculo.analytics.key_players import MEASURES, steps_down
from vinculo.analytics.rank_intervals import measure, rank_intervals
from vinculo.graph.errors import Cancelled, UsageError
from vinculo.graph.network import Csr, Network


def of(graph: nx.Graph) -> Csr:
    """Rows of a graph; nodes in the order of their names."""
    return Network.from_links([(f"{a:03d}", f"{b:03d}") for a, b in graph.edges]).simple()


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("samples", [None, 20])
def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(by: str, samples: int | None) -> None:
    graph = of(nx.barabasi_albert_graph(80, 2, seed=1))
    nodes = np.arange(10, dtype=np.int32)
    one, four = (rank_intervals(graph, by, nodes, runs=12, samples=samples, threads=t, seed=7) for t in (1, 4))
    for name in ("low", "high", "among_first"):
        assert getattr(one, name).tobytes() == getattr(four, name).tobytes()
    other = rank_intervals(graph, by, nodes, runs=12, samples=samples, seed=8)
    assert by == "core" or other.low.tobytes() != one.low.tobytes()


def test_with_nothing_dropped_every_run_is_the_network_itself() -> None:
    graph = of(nx.barabasi_albert_graph(60, 2, seed=2))
    nodes = np.arange(graph.nodes, dtype=np.int32)
    for by in MEASURES:
        value = measure(graph, by)
        made = rank_intervals(graph, by, nodes, runs=3, drop=0.0)
        assert made.low.tolist() == pytest.approx(value.tolist()) == made.high.tolist()
        first = value >= np.sort(value)[-5]
        assert made.among_first.tolist() == (3 * (first & (value > 0))).tolist()


def test_degree_without_a_tenth_of_the_ties_is_a_tenth_lower() -> None:
    star = of(nx.star_graph(1_000))
    made = rank_intervals(star, "degree", np.array([0], np.int32), places=1, runs=200)
    # 1,000 ties each kept with 0.9: mean 900, standard deviation 9.5; nine tenths of the runs within 1.64 of these
    assert made.low[0] == pytest.approx(900 - 1.64 * 9.5, abs=5) and made.high[0] == pytest.approx(
        900 + 1.64 * 9.5, abs=5
    )
    assert made.among_first.tolist() == [200]


def test_a_place_that_hangs_on_one_tie_goes_with_it() -> None:
    """A path through one tie: both of its ends are first unless that tie is dropped, in a tenth of the runs."""
    graph = nx.disjoint_union(nx.star_graph(20), nx.star_graph(20))
    graph.add_edge(0, 42)
    graph.add_edge(42, 21)
    made = rank_intervals(of(graph), "betweenness", np.array([42], np.int32), places=3, runs=300)
    # both of its ties must be there, each with 0.9
    assert made.among_first[0] / 300 == pytest.approx(0.81, abs=0.07)
    assert made.low[0] == 0.0 < made.high[0]


def test_only_whom_one_asks_for_is_ranked() -> None:
    graph = of(nx.star_graph(20))
    among = np.ones(21, np.bool_)
    among[0] = False
    made = rank_intervals(graph, "degree", np.array([1], np.int32), among=among, places=1, runs=10)
    assert made.among_first[0] >= 5


def test_it_can_be_stopped_and_names_what_is_not_there() -> None:
    graph = of(nx.star_graph(5))

    def stop(stage: str, done: int, total: int) -> None:
        raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        rank_intervals(graph, "degree", np.array([0], np.int32), progress=stop)
    with pytest.raises(UsageError) as problem:
        measure(graph, "fame")
    assert problem.value.code == "unknown_measure"


def test_a_network_without_ties_has_no_first() -> None:
    empty = Network.from_links([]).simple()
    assert rank_intervals(empty, "degree", np.zeros(0, np.int32), runs=2).runs == 2


@pytest.mark.parametrize("graph", [nx.dodecahedral_graph(), nx.circulant_graph(30, [1, 4, 7]), nx.hypercube_graph(4)])
def test_what_rounding_sets_apart_shares_a_place(graph: nx.Graph) -> None:
    """In these graphs nobody is unlike anybody; sums in another order differ by 3e-17 all the same."""
    g = of(nx.convert_node_labels_to_integers(graph))
    made = rank_intervals(g, "betweenness", np.arange(g.nodes, dtype=np.int32), runs=2, drop=0.0)
    assert set(made.among_first.tolist()) == {2}
    assert set(steps_down(measure(g, "betweenness")).tolist()) == {0}
