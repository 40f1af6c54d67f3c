"""Scores are NetworkX', chance is what shuffled links give, hidden links are found again where there is something to find."""

from __future__ import annotations

import itertools
import random

import networkx as nx
import numpy as np
import pytest

from vinculo.analytics.prediction import METHODS, Hypothesis, predict, ranked
from vinculo.analytics.prediction_check import accuracy
from vinculo.analytics.projecting.seeing import projected
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Csr, Network
from vinculo.graph.types import Link


def as_csr(graph: nx.Graph) -> tuple[Csr, list[str]]:
    network = Network.from_links([(f"{a:04}", f"{b:04}") for a, b in graph.edges])
    return network.simple(), network.ids.to_pylist()


ORACLES = {
    "adamic_adar": nx.adamic_adar_index,
    "resource_allocation": nx.resource_allocation_index,
    "preferential_attachment": nx.preferential_attachment,
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(10))
def test_scores_are_those_of_networkx(method: str, seed: int) -> None:
    """Every unlinked pair with a neighbour in common, in order; a shorter list is its beginning."""
    graph = nx.gnm_random_graph(14, 22, seed=seed)
    made, ids = as_csr(graph)
    oracle = nx.Graph([(f"{a:04}", f"{b:04}") for a, b in graph.edges])
    near = [(a, b) for a, b in nx.non_edges(oracle) if set(oracle[a]) & set(oracle[b])]
    wanted = {frozenset((a, b)): s for a, b, s in ORACLES[method](oracle, near)}
    if method == "preferential_attachment":
        wanted = {pair: s / (2 * oracle.number_of_edges()) for pair, s in wanted.items()}
    found = ranked(made, method=method, top=1_000)
    assert found.pairs == len(near) and not found.truncated
    told = {frozenset((ids[a], ids[b])): s for a, b, s in zip(found.a, found.b, found.score, strict=True)}
    assert told == pytest.approx(wanted)
    assert (np.diff(found.score) <= 1e-12).all()
    some = ranked(made, method=method, top=5)
    assert some.score.tolist() == pytest.approx(found.score[:5].tolist())


@pytest.mark.parametrize("method", ["adamic_adar", "resource_allocation"])
def test_expected_scores_are_those_of_shuffled_links(method: str) -> None:
    """The sum over all pairs of twenty nodes with many neighbours, over configuration models of one sequence of degrees."""
    degrees = [int(d) for _, d in nx.gnm_random_graph(400, 1_000, seed=2).degree]
    pairs = list(itertools.combinations(np.argsort(degrees, kind="stable")[::-1][:20].tolist(), 2))
    measured = []
    for seed in range(60):
        shuffled = nx.Graph(nx.configuration_model(degrees, seed=seed))
        shuffled.remove_edges_from(list(nx.selfloop_edges(shuffled)))
        measured.append(sum(s for *_, s in ORACLES[method](shuffled, pairs)))
    # the degrees as they were asked for, all links at both ends
    rows = np.repeat(np.arange(400, dtype=np.int32), degrees)
    ptr = np.concatenate([[0], np.cumsum(degrees)])
    graph = Csr(ptr, rows, rows, np.ones(len(rows)))
    from vinculo.analytics.prediction import _expected, worth

    a, b = np.array(pairs, np.int32).T
    expected = _expected(graph, worth(graph, method), a, b).sum()
    assert expected == pytest.approx(np.mean(measured), rel=0.06)


def test_hidden_links_are_found_where_there_are_groups_and_not_by_chance() -> None:
    """Dense groups tell where a link is missing; shuffled, the same number of links tells nothing."""
    grouped, _ = as_csr(nx.planted_partition_graph(20, 12, 0.6, 0.005, seed=1))
    shuffled, _ = as_csr(nx.gnm_random_graph(240, len(grouped.neighbours) // 2, seed=1))
    for method in ("adamic_adar", "resource_allocation"):
        good, none = accuracy(grouped, method=method, runs=3), accuracy(shuffled, method=method, runs=3)
        assert good.auc.low > 0.85 and good.precision[100].mean > 20 * good.chance
        assert none.auc.mean == pytest.approx(0.5, abs=0.05)
    blind = accuracy(grouped, method="preferential_attachment", runs=3)
    assert blind.auc.mean < 0.65
    assert accuracy(grouped, runs=2, seed=4) == accuracy(grouped, runs=2, seed=4)
    assert accuracy(grouped, runs=2, seed=4) != accuracy(grouped, runs=2, seed=5)


def test_the_area_counts_ties_half() -> None:
    from vinculo.analytics.prediction_check import _area

    assert _area(np.array([1.0, 2.0]), np.array([1.0, 1.0, 3.0, 0.0])) == (0.5 + 0.75) / 2


def test_a_search_without_work_left_says_so() -> None:
    made, _ = as_csr(nx.gnm_random_graph(300, 2_000, seed=1))
    assert ranked(made, work=100).truncated and not ranked(made).truncated


def test_a_hypothesis_is_no_link(case) -> None:
    """Two firms with a director and a phone in common; the agent of a hundred others joins nobody."""
    a, b, c = (case.company(n) for n in ("Aurora SA", "Boreal SA", "Centro SA"))
    ana, phone = case.entity("Person", "Ana Cruz"), case.entity("Phone", "+52 55 0000 0000")
    agent = case.entity("Address", "Calle Falsa 123")
    for firm in (a, b):
        case.link("DIRECTS", ana, firm)
        case.link("HAS_PHONE", firm, phone)
    for firm in (a, c, *(case.company(f"Otra {i} SA") for i in range(120))):
        case.link("HAS_ADDRESS", firm, agent)
    store = case.store()
    seen = projected(store, "everything")
    [only], truncated = predict(seen)
    assert not truncated and isinstance(only, Hypothesis) and not isinstance(only, Link)
    assert {only.a_name, only.b_name} == {"Aurora SA", "Boreal SA"} and only.common == 2
    assert (only.score, only.as_json()["hypothesis"]) == (1.0, True)
    assert only.told.en.startswith("Hypothesis, not a link") and only.told.es.startswith("Hipótesis, no vínculo")
    everybody, _ = predict(seen, hub_from=None, top=10_000)
    assert len(everybody) > 1 and max(h.score for h in everybody) == 1.0
    assert store.counts()["links"].get("LINKED_TO", 0) == 0
    assert predict(projected(case.store(reverse=True), "everything"))[0] == [only]
    with pytest.raises(UsageError):
        predict(seen, method="magic")


def test_parties_that_pay_the_same_two_are_a_hypothesis(case) -> None:
    """Through their accounts, whoever paid: who holds an account and the account are one party."""
    firms = {n: case.company(f"{n} SA") for n in "ABXY"}
    accounts = {n: case.account(f"{n}-1", firm) for n, firm in firms.items()}
    for payer, payee in ("AX", "XB", "AY", "BY"):
        case.pay(accounts[payer], accounts[payee], 1, 100)
    found, _ = predict(projected(case.store(), "who_pays_whom"))
    assert sorted(sorted((h.a_name, h.b_name)) for h in found) == [["A SA", "B SA"], ["X SA", "Y SA"]]
    assert {h.score for h in found} == {1.0}


def test_what_chance_gives_is_not_told_as_more(case) -> None:
    """Two busy firms with one partner in common: chance alone would give more; degrees alone are compared with nothing."""
    a, b, shared = (case.company(f"{n} SA") for n in ("Una", "Dos", "Comun"))
    for firm in (a, b):
        case.link("LINKED_TO", firm, shared)
        for i in range(8):
            case.link("LINKED_TO", firm, other := case.company(f"{firm} {i}"))
            case.link("LINKED_TO", shared, other)
    seen = projected(case.store(), "everything")
    found, _ = predict(seen, method="resource_allocation", top=1_000)
    less, more = ([h for h in found if (h.lift > 1) is above] for above in (False, True))
    assert less and more
    assert all("no more than chance" in h.told.en and "no más de lo que daría el azar" in h.told.es for h in less)
    assert not any("no more than" in h.told.en for h in more)
    blind, _ = predict(seen, method="preferential_attachment", top=5)
    assert blind and not any("chance" in h.told.en or "azar" in h.told.es for h in blind)


def test_lift_favours_those_with_few_links() -> None:
    """Two pairs with the same neighbours in common: the one of busy people is nearer to chance."""
    links = [("a", "x"), ("b", "x"), ("c", "x"), ("d", "x")]
    links += [(busy, f"{busy}{i}") for busy in "cd" for i in range(9)]
    network = Network.from_links(links)
    graph, ids = network.simple(), network.ids.to_pylist()
    found = ranked(graph, by_lift=True, top=500)
    lifts = {(ids[a], ids[b]): s / e for a, b, s, e in zip(found.a, found.b, found.score, found.expected, strict=True)}
    assert lifts["a", "b"] == pytest.approx(100 * lifts["c", "d"])
    assert (ids[found.a[0]], ids[found.b[0]]) == ("a", "b")


def test_shuffled_rows_give_the_same_list() -> None:
    pairs = [(f"{a:03}", f"{b:03}") for a, b in nx.gnm_random_graph(60, 200, seed=3).edges]
    shuffled = pairs.copy()
    random.Random(1).shuffle(shuffled)
    one, two = (ranked(Network.from_links(p).simple(), top=50) for p in (pairs, shuffled))
    assert one.a.tolist() == two.a.tolist() and one.score.tobytes() == two.score.tobytes()
