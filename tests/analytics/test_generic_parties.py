"""Who stands between many by trade is listed in no ranking unless asked for, stays in the network, and is named."""

from __future__ import annotations

import pytest

from vinculo.analytics.context import Context
from vinculo.analytics.generic_parties import generic_parties
from vinculo.analytics.key_players import key_players
from vinculo.analytics.ranking import ranking


@pytest.fixture
def served(case):
    """A bank to which 21 clients pay fees, and an agent that represents them; each client pays the next one."""
    bank, agent = case.company("Bank"), case.company("Agent")
    clients = [case.company(f"Client {k:02d}") for k in range(21)]
    for k, client in enumerate(clients):
        account = case.account(f"A{k}", client)
        case.link("HELD_AT", account, bank)
        case.pay(account, bank, k, 10)
        case.link("REPRESENTS", agent, client)
        case.pay(client, clients[(k + 1) % 21], k, 100)
    return case


@pytest.mark.parametrize("by", ["degree", "betweenness", "pagerank", "core"])
def test_a_ranking_lists_no_bank_and_no_agent_unless_asked(served, by):
    store = served.store()
    found = ranking(store, by=by, runs=2)
    assert {p.player.name[:6] for p in found.players} == {"Client"}
    assert found.generic.count == 2 and {p["name"] for p in found.generic.first} == {"Bank", "Agent"}
    # places and runs are counted among those who are listed
    assert sum(p.among_first for p in found.players) >= 2 * found.places
    everybody = ranking(store, by=by, runs=2, generic=True)
    assert {"Bank", "Agent"} < {p.player.name for p in everybody.players} and everybody.generic.count == 0
    # they stay in the network: nobody's figures change
    own = {p.player.id: p.value for p in everybody.players}
    assert all(own[p.player.id] == p.value for p in found.players)
    assert found.as_json()[0]["generic_left_out"] == 2
    assert {p.name[:6] for p in key_players(store, by=by)} == {"Client"}


def test_twenty_accounts_make_no_bank_of_who_does_other_business(case):
    firm = case.company("Firm")
    for k in range(20):
        case.link("HELD_AT", case.account(f"A{k}", case.company(f"Client {k}")), firm)
        case.pay(firm, case.company(f"Supplier {k}"), k, 10)
    context = Context.from_store(case.store())
    assert not generic_parties(context.network, context.actors).any()


def test_both_nodes_of_one_carrier_are_generic_by_what_it_does_altogether(case):
    """A line under two names with one tax number carries under one of them."""
    a, b = case.company("Line", "LIN010101AB1"), case.entity("Company", "LINE SA")
    case.link("HAS_IDENTIFIER", b, case.entity("Identifier", "LIN010101AB1", number="LIN010101AB1", type="RFC"))
    for k in range(5):
        case.link("CARRIER", a, case.entity("Consignment", f"B{k}"))
    case.pay(b, case.company("Port"), 1, 10)
    context = Context.from_store(case.store())
    names = context.network.nodes["name"].filter(generic_parties(context.network, context.actors)).to_pylist()
    assert sorted(names) == ["LINE SA", "Line"]
