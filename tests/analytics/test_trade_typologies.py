"""Each trade, cargo and identity pattern is found where it is planted, and its lawful look-alike is not."""

from __future__ import annotations

import random

import pytest

from vinculo.analytics.context import Context
from vinculo.analytics.detect import detect
from vinculo.analytics.finding_told import told
from vinculo.graph.types import Finding


def found(case, typology: str) -> list[Finding]:
    return detect(case.store(), typologies=[typology])


def roles(finding: Finding, role: str) -> set[str]:
    return {i for i, r in finding.entities if r == role}


def market(case, pairs: int = 12, each: int = 8, seed: int = 3) -> list[tuple[str, str]]:
    """Sellers and buyers of one kind of goods at about one dollar a kilogram; import values hold five percent of freight."""
    draw = random.Random(seed)
    made = []
    for k in range(pairs):
        seller = case.company(f"Seller {k}", f"SEL01010{k:02d}AB", country="mx")
        buyer = case.company(f"Buyer {k}", f"BUY01010{k:02d}AB", country="us")
        made.append((seller, buyer))
        for n in range(each):
            bill(case, f"M{k}-{n}", seller, buyer, 10 * n + k, price=draw.lognormvariate(0, 0.12), draw=draw)
    return made


def bill(case, number, seller, buyer, day, *, price=1.0, gap=1.05, draw=None, **more) -> str:
    draw = draw or random.Random(number)
    value = round(20_000 * price, 2)
    return case.consignment(
        number,
        seller,
        buyer,
        day,
        **(
            {
                "quantity": 20_000,
                "quantityUnit": "kg",
                "exportValue": value,
                "importValue": round(value * gap * draw.uniform(0.98, 1.02), 2),
            }
            | more
        ),
    )


@pytest.fixture
def traders(case) -> tuple[str, str]:
    market(case)
    return case.company("Packer", "PAC010101AB1", country="mx"), case.company("Importer", "IMP010101AB1", country="us")


# -- unit prices -----------------------------------------------------------------------------------------------------
def test_goods_at_several_times_the_usual_price_are_told(case, traders):
    dear = [bill(case, f"D{k}", *traders, 10 * k, price=5 + k / 5) for k in range(6)]
    for k in range(3):
        bill(case, f"N{k}", *traders, 10 * k + 5)
    [finding] = found(case, "unit_price_outlier")
    assert roles(finding, "exporter") == {traders[0]} and roles(finding, "importer") == {traders[1]}
    assert roles(finding, "consignment") == set(dear)
    assert finding.features["unit_price"]["peers"] == pytest.approx(1.0, abs=0.1)
    assert "HS 080450" in finding.reason.en and "far above" in finding.reason.en


def test_a_better_kind_always_at_one_price_is_no_outlier(case, traders):
    for k in range(9):
        bill(case, f"P{k}", *traders, 10 * k, price=2.3 * (1 + k / 200))
    assert found(case, "unit_price_outlier") == []


def test_two_odd_consignments_or_too_few_peers_say_nothing(case, traders):
    for k in range(2):
        bill(case, f"D{k}", *traders, 10 * k, price=6)
    for k in range(9):
        bill(case, f"O{k}", *traders, 10 * k, price=50 if k > 4 else 1, hsCode="010121")
    assert found(case, "unit_price_outlier") == []


# -- value mismatch --------------------------------------------------------------------------------------------------
def test_two_values_for_one_consignment_again_and_again_are_told(case, traders):
    odd = [bill(case, f"V{k}", *traders, 10 * k, gap=2.1) for k in range(5)]
    bill(case, "V9", *traders, 100)
    [finding] = found(case, "value_mismatch")
    assert roles(finding, "consignment") == set(odd)
    assert finding.features["consignments"] == {"value": 5, "unit": "count", "peers": 6}
    assert "5 consignments of 6 between" in finding.reason.en and "higher on import" in finding.reason.en


def test_a_withdrawn_bill_is_no_shipment_unless_its_goods_were_seized(case, traders):
    # the dear ones of the first test, withdrawn
    for k in range(6):
        bill(case, f"D{k}", *traders, 10 * k, price=5 + k / 5, status="withdrawn")
    for k in range(3):
        bill(case, f"N{k}", *traders, 10 * k + 5)
    kept = bill(case, "W9", *traders, 200, status="withdrawn")
    case.link("SEIZED_FROM", case.entity("Seizure", "S9", date="2024-07-19"), kept)
    store = case.store()
    context = Context.from_store(store)
    told = context.ids(context.consignments.node)
    known = store.table("Consignment", ["status"]).to_pylist()
    assert set(told) == {r["id"] for r in known if r["status"] != "withdrawn"} | {kept}
    assert found(case, "unit_price_outlier") == []


def test_freight_a_slip_of_the_pen_and_two_currencies_are_no_mismatch(case, traders):
    other = case.company("Other", "OTH010101AB1")
    for k in range(6):
        bill(case, f"F{k}", *traders, 10 * k, gap=1.13)
    for k in range(4):
        bill(case, f"S{k}", traders[0], other, 10 * k, exportValue=20_000, importValue=200_000)
    third = case.company("Third", "THI010101AB1")
    for k in range(5):
        id = bill(case, f"C{k}", traders[0], third, 10 * k, exportValue=20_000, importValue=360_000)
        case.entities.append((id, "Consignment", "currency\x1fMXN"))
    assert found(case, "value_mismatch") == []


# -- shells ----------------------------------------------------------------------------------------------------------
def group(case, n: int, prefix: str = "Shell") -> list[str]:
    address = case.entity("Address", f"{prefix} street 1", full=f"{prefix} street 1")
    made = [case.company(f"{prefix} {k}", f"{prefix[:3].upper()}01010{k:02d}AB") for k in range(n)]
    for one in made:
        case.link("HAS_ADDRESS", one, address)
    return made


def test_companies_at_one_address_that_pay_one_another_are_told(case):
    shells = group(case, 4)
    accounts = [case.account(f"S{k}", s) for k, s in enumerate(shells)]
    for k in range(4):
        case.pay(accounts[k], accounts[(k + 1) % 4], 10 * k, 20_000)
    [finding] = found(case, "shared_address_shells")
    assert roles(finding, "member") == set(shells)
    assert len(roles(finding, "shared_address")) == 1
    assert "4 companies share an address" in finding.reason.en


def test_companies_under_one_officer_that_buy_the_same_from_the_same_are_told(case):
    officer, seller = case.entity("Person", "Ana"), case.company("Seller", "SEL010101AB1")
    buyers = [case.company(f"Buyer {k}", f"BUY01010{k}AB1") for k in range(3)]
    for k, buyer in enumerate(buyers):
        case.link("DIRECTS", officer, buyer)
        case.consignment(f"B{k}", seller, buyer, k)
    [finding] = found(case, "shared_address_shells")
    assert roles(finding, "member") == set(buyers) and roles(finding, "shared_officer") == {officer}


def test_tenants_a_registered_agent_and_a_declared_group_are_no_shells(case):
    tenants = group(case, 6, "Tenant")
    for k, tenant in enumerate(tenants):
        case.consignment(f"T{k}", case.company(f"Seller {k}", f"SEL01010{k}AB1"), tenant, k, hsCode=f"08045{k}")
    hosted = group(case, 60, "Hosted")
    accounts = [case.account(f"H{k}", h) for k, h in enumerate(hosted)]
    for k in range(60):
        case.pay(accounts[k], accounts[(k + 1) % 60], k, 1_000)
    parent = case.company("Parent", "PAR010101AB1")
    daughters = group(case, 4, "Daughter")
    for k, daughter in enumerate(daughters):
        case.link("OWNS", parent, daughter)
        case.consignment(f"D{k}", daughter, daughters[(k + 1) % 4], k)
    assert found(case, "shared_address_shells") == []


# -- seizures --------------------------------------------------------------------------------------------------------
def seized(case, number: str, thing: str, date: str = "2024-03-01") -> str:
    seizure = case.entity("Seizure", number, date=date)
    case.link("SEIZED_FROM", seizure, thing)
    return seizure


def test_a_notify_party_behind_several_seizures_is_told_and_the_carrier_is_not(case):
    market(case, pairs=30, each=20)
    notify, carrier = case.company("Notify", "NOT010101AB1"), case.company("Carrier", "CAR010101AB1")
    seizures = []
    for k in range(3):
        buyer = case.company(f"Odd buyer {k}", f"ODD01010{k}AB1")
        for n in range(4):
            id = bill(
                case, f"Z{k}-{n}", case.company(f"Odd seller {k}", f"ODS01010{k}AB1"), buyer, 10 * n, notify=notify
            )
            case.link("CARRIER", carrier, id)
        seizures.append(seized(case, f"S{k}", id))
    findings = found(case, "seizure_proximity")
    told = {i for f in findings for i, role in f.entities if role == "near_seizure"}
    assert notify in told and carrier not in {i for f in findings for i, _ in f.entities}
    [direct] = [f for f in findings if (notify, "near_seizure") in f.entities]
    assert roles(direct, "seizure") == set(seizures) and "3 seizures" in direct.reason.en


def test_large_traders_have_seizures_by_chance(case):
    draw = random.Random(5)
    pairs = market(case, pairs=10, each=60)
    assert pairs
    bills = [id for id, kind, _ in case.entities if kind == "Consignment"]
    for k, id in enumerate(draw.sample(bills, 12)):
        seized(case, f"S{k}", id)
    assert found(case, "seizure_proximity") == []


# -- lists -----------------------------------------------------------------------------------------------------------
def listed(case, number: str, status: str, standing: str) -> tuple[str, str]:
    party = case.entity("Company", f"On the list {number}")
    case.link("HAS_IDENTIFIER", party, case.entity("Identifier", number, number=number, type="RFC"))
    listing = case.entity("Listing", f"69-B {number}", program="SAT 69-B", status=status, standing=standing)
    case.link("LISTED", party, listing)
    return party, listing


def test_a_trader_with_the_number_of_a_listed_party_is_told_in_the_list_s_own_word(case, traders):
    bill(case, "L1", *traders, 1)
    named, listing = listed(case, "PAC010101AB1", "Definitivo", "listed")
    [finding] = found(case, "list_match")
    assert roles(finding, "listed_party") == {named} and roles(finding, "same_tax_number") == {traders[0]}
    assert roles(finding, "listing") == {listing} and finding.score > 0.5
    [finding] = told(case.store(), [finding])
    assert "SAT 69-B: Definitivo" in finding.reason.en and "not a finding of guilt" in finding.reason.en


def test_a_cleared_party_scores_nothing_and_is_told_as_cleared(case, traders):
    bill(case, "L1", *traders, 1)
    listed(case, "PAC010101AB1", "Sentencia Favorable", "cleared")
    [finding] = found(case, "list_match")
    assert finding.score == 0 and not roles(finding, "listed_party") and roles(finding, "cleared_party")
    assert "cleared" in finding.reason.en and "aclarada a su favor" in finding.reason.es


def numbered(case, party: str, type_: str, number: str, country: str = "") -> None:
    shown = {"number": number, "type": type_} | ({"country": country} if country else {})
    case.link("HAS_IDENTIFIER", party, case.entity("Identifier", f"{type_} {number} {country}", **shown))


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        # a Colombian firm's NIT with the digits of an Iranian's passport
        (("PASSPORT", "900111222", "ir"), ("TAX", "900111222", "co"), False),
        (("PASSPORT", "900111222", "co"), ("TAX", "900111222", "co"), False),
        (("PASSPORT", "900111222", "ir"), ("PASSPORT", "900111222", "ir"), False),
        (("TAX", "123456789", "us"), ("TAX", "12-3456789", "gt"), False),
        (("TAX", "123456789", ""), ("TAX", "123456789", "gt"), False),
        (("REGISTRATION", "123456789", "gt"), ("TAX", "123456789", "gt"), False),
        (("TAX", "900111222", "co"), ("TAX", "900.111.222", "CO"), True),
        (("RFC", "PAC010101AB1", ""), ("TAX", "PAC-010101-AB1", "mx"), True),
        (("LEI", "213800KUD8LAJWSQ9D15", ""), ("LEI", "213800KUD8LAJWSQ9D15", ""), True),
    ],
)
def test_numbers_join_within_their_type_and_country_alone(case, theirs, ours, same):
    named = case.entity("Person", "Somebody on a list")
    case.link("LISTED", named, case.entity("Sanction", "an entry", program="SDNTK"))
    numbered(case, named, *theirs)
    firm = case.entity("Company", "A firm")
    numbered(case, firm, *ours)
    bill(case, "L1", firm, case.entity("Company", "A buyer"), 1)
    assert [roles(f, "same_tax_number") for f in found(case, "list_match")] == ([{firm}] if same else [])


@pytest.mark.parametrize(
    ("theirs", "told"),
    [(("TAX", "900111222", "co"), True), (("TAX", "900111222", "ve"), False), (("PASSPORT", "900111222", "ir"), False)],
)
def test_a_seizure_reaches_nobody_over_a_number_of_another_type_or_country(case, theirs, told):
    market(case, pairs=20, each=20)
    behind, firm = case.entity("Company", "Behind seizures"), case.entity("Company", "A firm")
    numbered(case, behind, *theirs)
    numbered(case, firm, "TAX", "900.111.222", "co")
    for k in range(3):
        id = bill(case, f"Z{k}", behind, case.entity("Company", f"Buyer {k}"), 10 * k)
        seized(case, f"S{k}", id)
    bill(case, "L1", firm, case.entity("Company", "Somebody"), 1)
    findings = found(case, "seizure_proximity")
    assert any(behind in {i for i, _ in f.entities} for f in findings)
    assert any(firm in {i for i, _ in f.entities} for f in findings) == told


@pytest.mark.parametrize(("country", "same"), [("co", True), ("mx", False), ("", False)])
def test_a_tax_number_as_a_property_joins_within_its_country(case, country, same):
    named = case.entity("Company", "On a list", taxNumber="900111222", country="co")
    case.link("LISTED", named, case.entity("Sanction", "an entry", program="SDNTK"))
    firm = case.entity("Company", "A firm", taxNumber="900.111.222", **({"country": country} if country else {}))
    bill(case, "L1", firm, case.entity("Company", "A buyer"), 1)
    assert [roles(f, "same_tax_number") for f in found(case, "list_match")] == ([{firm}] if same else [])


def test_lists_alone_and_placeholders_match_nobody(case, traders):
    bill(case, "L1", *traders, 1)
    listed(case, "ZZZ010101ZZ1", "Definitivo", "listed")
    listed(case, "XAXX010101000", "Definitivo", "listed")
    case.link(
        "HAS_IDENTIFIER", traders[1], case.entity("Identifier", "XAXX010101000", number="XAXX010101000", type="RFC")
    )
    assert found(case, "list_match") == []


def sanctioned(case, number: str, program: str) -> str:
    party = case.entity("Company", f"{program} {number}")
    case.link("HAS_IDENTIFIER", party, case.entity("Identifier", number, number=number, type="RFC"))
    case.link("LISTED", party, case.entity("Sanction", f"{program} {number} entry", program=program))
    return party


def test_a_sanction_beside_a_tax_listing_is_told_but_not_two_lists_of_sanctions(case):
    named, _ = listed(case, "ABC010101AB1", "Sentencia Favorable", "cleared")
    first = sanctioned(case, "ABC010101AB1", "SDNTK")
    sanctioned(case, "XYZ010101AB1", "SDGT")
    sanctioned(case, "XYZ010101AB1", "UN Al-Qaida")
    [finding] = found(case, "list_match")
    assert roles(finding, "listed_party") == {first} and roles(finding, "cleared_party") == {named}
    [finding] = told(case.store(), [finding])
    assert "SAT 69-B: Sentencia Favorable (cleared)" in finding.reason.en and "SDNTK" in finding.reason.en
    assert finding.score == 0


@pytest.mark.parametrize(("status", "score"), [("listed", 0.9), ("presumed", 0.6), ("cleared", 0.0)])
def test_two_kinds_of_lists_weigh_as_the_weaker_and_a_party_at_work_as_the_weightier(case, status, score):
    named, _ = listed(case, "ABC010101AB1", "as the list says", status)
    sanctioned(case, "ABC010101AB1", "SDNTK")
    assert [f.score for f in found(case, "list_match")] == [score]
    bill(case, "L1", named, case.entity("Company", "A buyer"), 1)
    assert [f.score for f in found(case, "list_match")] == [0.9]


def test_a_party_that_shares_its_phone_and_stands_behind_a_seizure_is_told_with_those_it_shares_it_with(case):
    market(case, pairs=20, each=20)
    phone = case.entity("Phone", "+525555550100", number="+525555550100")
    notify = case.company("Notify", "NOT010101AB1")
    shells = [case.company(f"Shell {k}", f"SHE01010{k}AB1") for k in range(2)]
    for party in (notify, *shells):
        case.link("HAS_PHONE", party, phone)
    seller, buyer = case.company("Odd seller", "ODS010101AB1"), case.company("Odd buyer", "ODB010101AB1")
    for n in range(6):
        id = bill(case, f"Z{n}", seller, buyer, 10 * n, notify=notify)
    seizure = seized(case, "S1", id)
    [finding] = [f for f in found(case, "seizure_proximity") if (notify, "near_seizure") in f.entities]
    assert roles(finding, "shares_attribute") == set(shells) and roles(finding, "seizure") == {seizure}
    assert roles(finding, "consignee_of_seized") == {buyer}
    assert "shares phone, e-mail, address or officer with 2 companies" in finding.reason.en
