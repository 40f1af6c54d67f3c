"""Each role on a small case: who has it, who looks like it and has not, and how it is said."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import pytest

from vinculo.analytics.role_finding import Roles, keep_roles, kept_roles, roles
from vinculo.analytics.roles import ROLES, ConnectorThresholds, GatekeeperThresholds, HubThresholds, RoleThresholds
from vinculo.graph.errors import UsageError
from vinculo.graph.text import has


def named(found: Roles, role: str) -> set[str]:
    """Who has a role."""
    return {r.name for r in found.rows if r.role == role}


def circle(case, name: str, size: int = 6) -> list[str]:
    """Companies each of which pays every other once."""
    made = [case.company(f"{name} {k}") for k in range(size)]
    for a, b in combinations(made, 2):
        case.pay(a, b, 1, 5_000)
    return made


def test_a_hub_has_more_ties_than_nearly_all(case):
    hub = case.company("Hub")
    for k in range(40):
        case.pay(hub, case.company(f"Client {k}"), k, 1_000)
    found = roles(case.store(), only=["hub"])
    [row] = found.rows
    assert (row.name, row.features["degree"]) == ("Hub", {"value": 40, "unit": "count", "peers": 1})
    assert row.reason.en == "In this network: 40 ties; of 41 peers 0 have more, the middle one has 1."
    strict = RoleThresholds(hub=HubThresholds(degree_min=41))
    assert not roles(case.store(), only=["hub"], thresholds=strict).rows


def test_a_bank_and_a_customs_broker_are_no_hubs(case):
    bank, agent = case.company("Bank"), case.company("Agent")
    for k in range(40):
        firm = case.company(f"Client {k}")
        case.link("HELD_AT", case.account(f"A{k}", firm), bank)
        case.link("DECLARANT", agent, case.consignment(f"B{k}", firm, case.company(f"Buyer {k}"), k))
        case.link("OWNS", bank, firm)
        case.link("OWNS", agent, firm)
    found = roles(case.store())
    assert not {"Bank", "Agent"} & {r.name for r in found.rows} and found.left_out.count == 2
    assert {p["name"] for p in found.left_out.first} == {"Bank", "Agent"} and found.as_json()["generic_left_out"] == 2


def test_an_importer_that_declares_for_itself_is_no_broker(case):
    """One declaration, one carriage, and thirty payments through an account: the payments are its business."""
    hub = case.company("Hub")
    account = case.account("H", hub)
    for k in range(30):
        case.pay(account, case.company(f"Client {k}"), k, 1_000)
    bill = case.consignment("B", case.company("Seller"), hub, 1)
    case.link("DECLARANT", hub, bill)
    case.link("CARRIER", hub, bill)
    found = roles(case.store(), only=["hub"])
    assert named(found, "hub") == {"Hub"} and found.left_out.count == 0


def test_a_bank_is_one_whatever_is_paid_to_it_and_so_is_an_agent_of_many(case):
    bank, agent = case.company("Bank"), case.company("Agent")
    for k in range(21):
        client = case.company(f"Client {k}")
        account = case.account(f"A{k}", client)
        case.link("HELD_AT", account, bank)
        case.pay(account, bank, k, 10)
        case.pay(account, bank, k + 1, 10)
        case.link("REPRESENTS", agent, client)
    found = roles(case.store())
    assert not {"Bank", "Agent"} & {r.name for r in found.rows} and found.left_out.count == 2


def test_a_broker_lies_between_more_than_its_ties_let_expect(case):
    left, right = circle(case, "Left", 9), circle(case, "Right", 9)
    broker = case.entity("Person", "Broker")
    case.pay(left[0], broker, 5, 900)
    case.pay(broker, right[0], 6, 800)
    [row] = roles(case.store(), only=["broker"]).rows
    # 9 x 9 of the 18 x 17 / 2 pairs of others
    assert row.name == "Broker" and row.features["betweenness"]["value"] == pytest.approx(81 / 153, abs=1e-4)
    assert row.features["degree"]["value"] == 2


def test_a_gatekeeper_is_on_every_way(case):
    left, right = circle(case, "Left", 8), circle(case, "Right", 6)
    keeper = case.entity("Person", "Keeper")
    case.pay(left[0], keeper, 5, 900)
    case.pay(keeper, right[0], 6, 800)
    found = roles(case.store(), only=["gatekeeper"])
    # each circle's own door is one too, Left's for the six and the keeper, Right's for five, too few by its limit of six
    six = RoleThresholds(gatekeeper=GatekeeperThresholds(cut_off_min=6))
    assert named(roles(case.store(), only=["gatekeeper"], thresholds=six), "gatekeeper") == {"Keeper", "Left 0"}
    assert named(found, "gatekeeper") == {"Keeper", "Left 0", "Right 0"}
    row = next(r for r in found.rows if r.name == "Keeper")
    assert row.features["cut_off"]["value"] == 6 and row.features["parts"]["value"] == 2
    # a second way, and nobody keeps the gate
    case.pay(left[1], right[1], 7, 700)
    assert not roles(case.store(), only=["gatekeeper"]).rows


def test_consignments_that_hang_on_one_party_are_no_part_of_the_network(case):
    shipper = case.company("Shipper")
    for k in range(12):
        case.consignment(f"B{k}", shipper, case.company("Buyer"), k)
    assert not roles(case.store(), only=["gatekeeper"]).rows


def test_a_connector_has_ties_in_many_communities(case):
    circles = [circle(case, f"Circle {k}") for k in range(5)]
    between = case.company("Between")
    for members in circles:
        case.pay(members[0], between, 9, 100)
    [row] = roles(case.store(), only=["connector"]).rows
    assert row.name == "Between" and row.features["communities"]["value"] == 5
    assert row.features["participation"]["value"] == pytest.approx(0.8)
    # of people who do not know one another: constraint 5 x (1/5)^2, below that of members of a circle
    assert row.features["constraint"]["value"] == pytest.approx(0.2) and row.features["constraint"]["peers"] > 0.2
    more = RoleThresholds(connector=ConnectorThresholds(degree_min=6))
    assert not roles(case.store(), only=["connector"], thresholds=more).rows


@pytest.fixture
def conduits(case):
    """A mule, and a treasury that passes on what its own subsidiaries pay."""
    payers = [case.account(f"P{k}", case.company(f"Payer {k}")) for k in range(4)]
    away = case.account("A", case.company("Away"))
    mule = case.account("M", case.entity("Person", "Mule"))
    group = case.company("Group")
    treasury = case.account("T", group)
    for k, payer in enumerate(payers):
        case.pay(payer, mule, 10 + 5 * k, 7_000)
        case.pay(mule, away, 12 + 5 * k, 6_900)
        own = case.company(f"Subsidiary {k}")
        case.link("OWNS", group, own)
        case.pay(case.account(f"S{k}", own), treasury, 10 + 5 * k, 7_000)
        case.pay(treasury, away, 11 + 5 * k, 6_900)
    return case


def test_a_mule_passes_on_what_comes_in_and_a_treasury_may(conduits):
    [row] = roles(conduits.store(), only=["money_mule"]).rows
    assert (row.name, row.kind) == ("Mule", "Person") and len(row.links) == 8
    assert row.features["kept"]["value"] == pytest.approx(1 - 6_900 / 7_000, abs=1e-3)
    assert "3 days" in row.reason.en and "3 días" in row.reason.es
    assert [status for said, status in row.lawful if "treasury" in said.en] == ["tested"]


def test_a_front_shares_much_and_trades_nothing(case):
    phone, address = case.entity("Phone", "5"), case.entity("Address", "1 Main St")
    for k in range(3):
        front = case.company(f"Front {k}")
        case.link("HAS_PHONE", front, phone)
        case.link("HAS_ADDRESS", front, address)
        case.pay(front, case.company("Payee"), k, 10_000)
    works = case.company("Works")
    case.link("HAS_PHONE", works, phone)
    case.link("HAS_ADDRESS", works, address)
    case.pay(works, case.company("Payee"), 4, 10_000)
    idle = case.company("Idle")
    case.link("HAS_PHONE", idle, phone)
    case.link("HAS_ADDRESS", idle, address)
    # nobody trades in these records: then not to trade says nothing
    assert not roles(case.store(), only=["front"]).rows
    case.consignment("B", works, case.company("Buyer"), 1)
    found = roles(case.store(), only=["front"])
    assert named(found, "front") == {"Front 0", "Front 1", "Front 2"}
    row = found.rows[0]
    assert row.features["attributes_shared"]["value"] == 2 and len(row.links) == 2
    assert row.reason.en.startswith("Has an address + a phone number in common with up to 4 companies,")


def test_a_registered_agents_tenants_are_no_fronts(case):
    phone, address = case.entity("Phone", "5"), case.entity("Address", "1 Main St")
    for k in range(60):
        tenant = case.company(f"Tenant {k}")
        case.link("HAS_PHONE", tenant, phone)
        case.link("HAS_ADDRESS", tenant, address)
        case.pay(tenant, case.company("Payee"), k, 10_000)
    case.consignment("B", case.company("Works"), case.company("Buyer"), 1)
    assert not roles(case.store(), only=["front"]).rows


def agency(case, clients: int):
    """Companies at their agent's address and phone, each paying a supplier, in a case where somebody trades."""
    phone, address, agent = case.entity("Phone", "5"), case.entity("Address", "1 Main St"), case.company("Agent")
    firms = [case.company(f"Client {k}") for k in range(clients)]
    for k, firm in enumerate([agent, *firms]):
        case.link("HAS_PHONE", firm, phone)
        case.link("HAS_ADDRESS", firm, address)
        case.pay(firm, case.company(f"Supplier {k}"), k, 10_000)
    case.consignment("B", case.company("Works"), case.company("Buyer"), 1)
    return agent, firms


def explained(found: Roles) -> set[str]:
    """What is said of the registered agent's address."""
    return {status for r in found.rows for said, status in r.lawful if "registered agent" in said.en}


@pytest.mark.parametrize("clients", [4, 45])
def test_whom_one_agent_represents_are_no_fronts(case, clients):
    agent, firms = agency(case, clients)
    for firm in firms:
        case.link("REPRESENTS", agent, firm)
    assert not roles(case.store(), only=["front"], top=100).rows


def test_where_agents_are_not_recorded_that_explanation_is_not_tested(case):
    firms = agency(case, 8)[1]
    found = roles(case.store(), only=["front"])
    assert len(found.rows) == 9 and explained(found) == {"not_testable"}
    # an agent of two explains no number that nine use, and is looked at
    for firm in firms[:2]:
        case.link("REPRESENTS", case.company("Another"), firm)
    found = roles(case.store(), only=["front"])
    assert len(found.rows) == 9 and explained(found) == {"tested"}


def test_a_number_that_a_crowd_uses_makes_no_front(case):
    agency(case, 21)
    assert not roles(case.store(), only=["front"], top=100).rows


def test_one_party_of_two_lists_is_one_actor(case):
    """Ties of both of its nodes and of its account count together."""
    a, b = case.company("Hub", "HUB010101AB1"), case.entity("Company", "HUB SA")
    case.link("HAS_IDENTIFIER", b, case.entity("Identifier", "HUB010101AB1", number="HUB010101AB1", type="RFC"))
    for k in range(10):
        case.pay(a, case.company(f"X {k}"), k, 1_000)
        case.pay(b, case.company(f"Y {k}"), k, 1_000)
        case.pay(case.account("H", a), case.company(f"Z {k}"), k, 1_000)
    [row] = roles(case.store(), only=["hub"]).rows
    # thirty clients and the tax number
    assert row.features["degree"]["value"] == 31


def test_the_same_case_gives_the_same_bytes_in_any_order_of_writing(conduits):
    circles = [circle(conduits, f"Circle {k}") for k in range(4)]
    for members in circles:
        conduits.pay(members[0], conduits.company("Between"), 9, 100)
    first, second = (json.dumps(roles(conduits.store(reverse=r)).as_json()) for r in (False, True))
    assert first == second and len(json.loads(first)["rows"]) > 3


def test_every_row_says_why_in_both_languages_and_what_else_it_may_be(conduits):
    found = roles(
        conduits.store(), thresholds=replace(RoleThresholds(), hub=HubThresholds(degree_min=1, above_share=0.5))
    )
    assert {r.role for r in found.rows} >= {"hub", "money_mule"}
    for row in found.rows:
        assert row.reason.en and row.reason.es and row.reason.en != row.reason.es
        assert row.lawful and all(status in ("tested", "not_testable") for _, status in row.lawful)
        assert any(f.get("peers") is not None for f in row.features.values())
        assert all(has(f"feature.{name}") for name in row.features)
        assert row.as_json()["reason"] == row.reason._asdict()
    assert all(has(f"role.{role}") for role in ROLES)


def test_kept_roles_say_whether_the_case_has_changed(conduits):
    store = conduits.store()
    assert kept_roles(store) is None
    found = roles(store)
    keep_roles(store, found)
    kept = kept_roles(store)
    assert kept is not None and kept["current"] and kept["rows"] == json.loads(json.dumps(found.as_json()))["rows"]
    assert kept["thresholds"]["money_mule"]["window_hours"] == 72.0
    for source in store.sources():
        store.withdraw(source)
    # who was withdrawn is told of no more
    kept = kept_roles(store)
    assert kept is not None and not kept["current"] and kept["rows"] == []
    # kept after the change, they rest on what was there when it was read
    keep_roles(store, found)
    kept = kept_roles(store)
    assert kept is not None and not kept["current"]


def test_a_role_that_is_not_there_is_named(case):
    with pytest.raises(UsageError) as problem:
        roles(case.store(), only=["boss"])
    assert problem.value.code == "unknown_role"
