"""Communities and key players of a store."""

from __future__ import annotations

import networkx as nx
import pytest

from vinculo.analytics.communities import communities, projection
from vinculo.analytics.key_players import key_players
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Network


@pytest.fixture
def two_rings(case):
    """Two groups that pay one another inside, joined by one payment and by the address of a registered agent."""
    agent = case.entity("Address", "Agent street", full="Agent street")
    rings = [[case.company(f"{side}{k}", f"{side}{side}{side}01010{k}AB1") for k in range(6)] for side in "PQ"]
    for ring in rings:
        for k, a in enumerate(ring):
            case.pay(a, ring[(k + 1) % 6], k, 100)
            case.pay(a, ring[(k + 2) % 6], k, 100)
            case.link("HAS_ADDRESS", a, agent)
    for k in range(40):
        case.link("HAS_ADDRESS", case.company(f"Hosted {k}"), agent)
    case.pay(rings[0][0], rings[1][0], 50, 100)
    case.entity("Person", "Nobody's friend")
    return case, rings


@pytest.mark.parametrize("method", ["leiden", "louvain"])
def test_groups_that_deal_inside_are_told_apart(two_rings, method):
    case, rings = two_rings
    store = case.store()
    found = communities(store, method=method)
    for ring in rings:
        assert sum(set(ring) <= set(c.members) for c in found) == 1
    home = [next(c.id for c in found if ring[0] in c.members) for ring in rings]
    assert home[0] != home[1]


def test_everything_is_in_exactly_one_community_with_the_modularity_it_says(two_rings):
    case, _ = two_rings
    store = case.store()
    found = communities(store, min_size=1)
    members = [m for c in found for m in c.members]
    assert sorted(members) == sorted(store.nodes()["id"].to_pylist())
    network = Network.from_store(store)
    graph = projection(network)
    oracle = nx.Graph()
    ids = network.ids.to_pylist()
    oracle.add_nodes_from(ids)
    for i, id in enumerate(ids):
        for e in range(graph.ptr[i], graph.ptr[i + 1]):
            oracle.add_edge(id, ids[graph.neighbours[e]], weight=graph.weights[e])
    expected = nx.community.modularity(oracle, [set(c.members) for c in found])
    [said] = {c.modularity for c in found}
    assert said == pytest.approx(expected, abs=1e-8)
    for c in found:
        assert nx.is_connected(oracle.subgraph(c.members)) and c.size == len(c.members)


def test_the_same_seed_gives_the_same_communities_on_any_order_of_writing(two_rings):
    case, _ = two_rings
    assert communities(case.store(), seed=3) == communities(case.store(reverse=True), seed=3)


def test_an_unknown_method_is_refused(case):
    with pytest.raises(UsageError, match="infomap") as told:
        communities(case.store(), method="infomap")
    assert told.value.hint("en") == "Known are: leiden, louvain, fine, stable."
    with pytest.raises(UsageError, match="eigenvector") as told:
        key_players(case.store(), by="eigenvector")
    assert "betweenness" in told.value.hint("en") and "leiden" not in told.value.hint("en")


def test_key_players_are_ranked_by_the_measure_asked_for(two_rings):
    case, rings = two_rings
    store = case.store()
    between = key_players(store, by="betweenness", kind="Thing", top=3)
    assert between[0].name == "Agent street" and between[0].samples == 0
    network = Network.from_store(store)
    simple = nx.Graph(network.to_networkx().to_undirected())
    exact = nx.betweenness_centrality(simple)
    core = nx.core_number(simple)
    for player in key_players(store, kind="Company", top=100):
        graph_degree = sum(1 for n in simple[player.id])
        assert player.degree == graph_degree and player.core == core[player.id]
        assert player.betweenness == pytest.approx(exact[player.id], abs=1e-8)
    assert {p.id for p in key_players(store, by="core", top=12)} == {m for ring in rings for m in ring}


def test_stable_communities_say_how_sure_they_are_and_do_not_depend_on_the_order_of_writing(two_rings):
    case, rings = two_rings
    found = communities(case.store(), method="stable", min_size=1)
    assert found == communities(case.store(reverse=True), method="stable", min_size=1)
    assert sum(c.size for c in found) == len(case.entities)
    for ring in rings:
        assert sum(set(ring) <= set(c.members) for c in found) == 1
    assert all(0 <= c.stability <= 1 and c.real in (True, False) for c in found)
    # who has no link is alone, and nothing is sure about that
    assert [c.stability for c in found if c.size == 1] == [0.0]
    assert {"stability", "real"} <= set(found[0].as_json())
    assert not {"stability", "real"} & set(communities(case.store())[0].as_json())
