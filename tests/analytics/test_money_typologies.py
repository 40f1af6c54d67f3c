"""Each money pattern is found where it is planted, and its lawful look-alike is not."""

from __future__ import annotations

import random
import re

import pytest

from vinculo.analytics.context import Context
from vinculo.analytics.detect import detect
from vinculo.graph.types import Finding


def found(case, typology: str) -> list[Finding]:
    return detect(case.store(), typologies=[typology])


def roles(finding: Finding, role: str) -> set[str]:
    return {i for i, r in finding.entities if r == role}


def takings(case, account: str, days: range, low: float, high: float, seed: int) -> None:
    draw = random.Random(seed)
    for day in days:
        case.deposit(account, day, round(draw.uniform(low, high), 2))


# -- structuring -----------------------------------------------------------------------------------------------------
def test_deposits_below_the_threshold_are_told_with_their_figures(case):
    person = case.entity("Person", "Ana")
    account = case.account("1", person)
    takings(case, case.account("2", case.company("Shop")), range(0, 200, 2), 300, 14_000, 1)
    evidence = [case.deposit(account, 50 + k // 2, 9_100 + 100 * k) for k in range(7)]
    [finding] = found(case, "structuring")
    assert set(finding.links) == set(evidence)
    assert roles(finding, "beneficiary") == {account}
    assert roles(finding, "holder") == {person}
    assert finding.features["deposits"]["value"] == 7
    assert "7 deposits in cash of 9,100-9,700 USD in 4 days" in finding.reason.en
    assert "7 depósitos en efectivo de 9,100-9,700 USD en 4 días" in finding.reason.es
    assert finding.window == ("2024-02-20", "2024-02-23")


def test_a_shop_with_deposits_of_all_sizes_is_no_structuring(case):
    for number in range(8):
        account = case.account(str(number), case.company(f"Shop {number}"))
        takings(case, account, range(0, 300), 2_000 + 500 * number, 16_000, number)
    assert found(case, "structuring") == []


def test_a_funnel_account_names_places_and_the_country_the_money_leaves_for(case):
    person, abroad = case.entity("Person", "Ana", country="us"), case.company("Inversiones", country="co")
    account, away = case.account("1", person), case.account("9", abroad)
    takings(case, case.account("2", case.company("Shop")), range(0, 200, 2), 300, 14_000, 1)
    for k in range(8):
        case.deposit(account, 50 + k, 9_000 + 50 * k, place=f"Town {k % 4}", region="TX" if k % 2 else "IL")
    wire = case.pay(account, away, 60, 70_000)
    [finding] = found(case, "structuring")
    assert roles(finding, "funnel_account") == {account}
    assert roles(finding, "destination") == {away}
    assert finding.links[-1] == wire
    assert "at 4 places" in finding.reason.en and "(abroad: CO)" in finding.reason.en
    assert "; 95% left within" in finding.reason.en and finding.features["moved_on"]["value"] == pytest.approx(
        0.953, abs=1e-3
    )


def test_of_what_was_deposited_no_more_than_all_can_leave(case):
    """More left than was deposited: what lay there before went too, and 1066% of it cannot have."""
    account = case.account("1", case.entity("Person", "Ana", country="us"))
    takings(case, case.account("2", case.company("Shop")), range(0, 200, 2), 300, 14_000, 1)
    for k in range(8):
        case.deposit(account, 50 + k, 9_000 + 50 * k, place=f"Town {k % 4}", region="TX" if k % 2 else "IL")
    case.pay(account, case.account("9", case.company("Inversiones", country="co")), 60, 780_000)
    [finding] = found(case, "structuring")
    assert "; more than was deposited left within 5 days (abroad: CO)" in finding.reason.en
    assert "; más de lo depositado salió en un plazo de 5 días (al extranjero: CO)" in finding.reason.es
    assert finding.features["moved_on"]["value"] == 1.0 and "%" not in finding.reason.en


def test_amounts_in_a_currency_without_threshold_are_left_alone(case):
    account = case.account("1", case.entity("Person", "Ana"))
    place = case.entity("Location", "Branch")
    for k in range(8):
        case.pay(place, account, k, 9_500, currency="XTS", method="cash_deposit")
    assert found(case, "structuring") == []


# -- fans ------------------------------------------------------------------------------------------------------------
def everyday(case, people: int = 40, seed: int = 0) -> list[str]:
    """Accounts that pay one another month after month over a year."""
    draw = random.Random(seed)
    accounts = [case.account(f"E{k}", case.entity("Person", f"Person {k}")) for k in range(people)]
    for payer in accounts:
        for payee in draw.sample(accounts, 3):
            if payee != payer:
                for month in range(12):
                    case.pay(payer, payee, 30 * month + draw.randrange(20), 50 + draw.random() * 200)
    return accounts


def test_many_new_payers_within_weeks_are_a_fan_in_and_their_mirror_a_fan_out(case):
    accounts = everyday(case)
    hub = case.account("hub", case.company("Hub"))
    inwards = [case.pay(a, hub, 200 + k, 1_000 + k) for k, a in enumerate(accounts[:10])]
    outwards = [case.pay(hub, a, 290 + k, 900 + k) for k, a in enumerate(accounts[20:30])]
    [fan_in] = found(case, "fan_in")
    assert roles(fan_in, "hub") >= {hub} and roles(fan_in, "originator") == set(accounts[:10])
    assert set(fan_in.links) == set(inwards)
    assert "10 different payers paid one beneficiary within 10 days" in fan_in.reason.en
    assert re.search(r"10,045 USD in all\. [0-9.]+ payers would be usual in that time", fan_in.reason.en)
    assert re.search(r"lo usual serían [0-9.]+ ordenantes", fan_in.reason.es)
    [fan_out] = found(case, "fan_out")
    assert roles(fan_out, "beneficiary") == set(accounts[20:30]) and set(fan_out.links) == set(outwards)


def test_payroll_and_rents_are_no_fans(case):
    accounts = everyday(case)
    employer, landlord = case.account("boss", case.company("Boss")), case.account("lord", case.company("Landlord"))
    for month in range(12):
        for k, account in enumerate(accounts[:25]):
            case.pay(employer, account, 30 * month + 28, 2_000 + k)
            case.pay(account, landlord, 30 * month + 1, 700 + k)
    assert found(case, "fan_out") == [] and found(case, "fan_in") == []


def test_a_shop_where_strangers_always_buy_is_no_fan_in(case):
    everyday(case)
    shop = case.account("shop", case.company("Shop"))
    for k in range(200):
        case.pay(case.account(f"buyer {k}", case.entity("Person", f"Buyer {k}")), shop, int(k * 1.8), 40)
    assert found(case, "fan_in") == []


# -- round trips -----------------------------------------------------------------------------------------------------
def test_money_that_comes_back_through_others_is_told_in_order(case):
    ring = [case.account(f"R{k}", case.company(f"Ring {k}")) for k in range(5)]
    evidence = [case.pay(a, ring[(k + 1) % 5], 10 + 3 * k, 100_000 * 0.97**k) for k, a in enumerate(ring)]
    [finding] = found(case, "round_trip")
    assert list(finding.links) == evidence
    assert roles(finding, "origin") >= {ring[0]}
    assert finding.features["retained"]["value"] == round(0.97**4, 4)
    assert not finding.truncated


def test_what_comes_back_before_it_left_is_no_round_trip(case):
    ring = [case.account(f"R{k}", case.company(f"Ring {k}")) for k in range(5)]
    for k, a in enumerate(ring):
        case.pay(a, ring[(k + 1) % 5], 40 - 8 * k, 100_000)
    assert found(case, "round_trip") == []


def test_a_refund_is_no_round_trip_but_the_same_again_and_again_is(case):
    buyer, seller = case.account("B", case.company("Buyer")), case.account("S", case.company("Seller"))
    case.pay(buyer, seller, 10, 42_000)
    case.pay(seller, buyer, 19, 42_000)
    assert found(case, "round_trip") == []
    for k in range(1, 4):
        case.pay(buyer, seller, 10 + 40 * k, 42_000 + k)
        case.pay(seller, buyer, 19 + 40 * k, 42_000 + k)
    [finding] = found(case, "round_trip")
    assert len(finding.links) == 8


def test_netting_inside_a_declared_group_and_own_accounts_are_no_round_trip(case):
    parent = case.company("Parent")
    group = [parent] + [case.company(f"Daughter {k}") for k in range(3)]
    for daughter in group[1:]:
        case.link("OWNS", parent, daughter)
    accounts = [case.account(f"G{k}", f) for k, f in enumerate(group)]
    for k, a in enumerate(accounts):
        case.pay(a, accounts[(k + 1) % 4], 10 + k, 260_000)
    ana = case.entity("Person", "Ana")
    own = [case.account(f"O{k}", ana) for k in range(3)]
    for k, a in enumerate(own):
        case.pay(a, own[(k + 1) % 3], 10 + k, 5_000)
    assert found(case, "round_trip") == []


# -- pass-through ----------------------------------------------------------------------------------------------------
def test_what_leaves_within_two_days_again_and_again_is_a_conduit(case):
    mule = case.account("mule", case.entity("Person", "Ana"))
    payers = [case.account(f"P{k}", case.company(f"Payer {k}")) for k in range(3)]
    away = case.account("away", case.company("Away"))
    for k in range(6):
        case.pay(payers[k % 3], mule, 10 + 4 * k, 10_000 + k)
        case.pay(mule, away, 11 + 4 * k, (10_000 + k) * 0.96)
    [finding] = found(case, "pass_through")
    assert roles(finding, "conduit") >= {mule}
    assert roles(finding, "originator") == set(payers) and roles(finding, "beneficiary") == {away}
    assert finding.features["passed_on"]["value"] == 0.96
    assert finding.features["median_lag"]["value"] == 24


def test_salary_to_rent_a_treasury_and_a_settlement_account_are_no_conduits(case):
    tenant, landlord = case.account("T", case.entity("Person", "Tenant")), case.account("L", case.company("Landlord"))
    boss = case.account("B", case.company("Boss"))
    parent = case.company("Parent")
    treasury, daughters = case.account("TR", parent), []
    for k in range(4):
        daughter = case.company(f"Daughter {k}")
        case.link("OWNS", parent, daughter)
        daughters.append(case.account(f"D{k}", daughter))
    settlement = case.account("SE", case.company("Payment provider"))
    merchants = [case.account(f"M{k}", case.company(f"Merchant {k}")) for k in range(20)]
    for month in range(12):
        case.pay(boss, tenant, 30 * month, 2_400)
        case.pay(tenant, landlord, 30 * month + 1, 2_100)
        for k in range(3):
            case.pay(daughters[k], treasury, 30 * month + 5 * k, 80_000)
            case.pay(treasury, daughters[3], 30 * month + 5 * k + 1, 80_000)
        for k, merchant in enumerate(merchants):
            case.pay(boss, settlement, 30 * month + k, 500)
            case.pay(settlement, merchant, 30 * month + k + 1, 490)
    assert found(case, "pass_through") == []


def test_an_account_that_keeps_what_it_gets_is_no_conduit(case):
    saver, away = case.account("S", case.entity("Person", "Saver")), case.account("A", case.company("Away"))
    boss = case.account("B", case.company("Boss"))
    for k in range(6):
        case.pay(boss, saver, 10 + 4 * k, 10_000)
        case.pay(saver, away, 11 + 4 * k, 5_000)
    assert found(case, "pass_through") == []


# -- one payment told twice ------------------------------------------------------------------------------------------
def test_a_payment_that_two_banks_tell_counts_once_where_its_number_says_so(case):
    a, b, c = (case.account(n) for n in ("A", "B", "C"))
    nobody = case.entity("LegalEntity", "? B")
    full = case.pay(a, b, 1, 500, uetr="0a0a0a0a-0000-4000-8000-00000000000a")
    case.pay(nobody, b, 1, 500, uetr="0A0A0A0A-0000-4000-8000-00000000000A")
    # a return of the same payment, another number, no number, an end-to-end reference: payments of their own
    own = [
        full,
        case.pay(b, nobody, 3, 500, uetr="0a0a0a0a-0000-4000-8000-00000000000a"),
        case.pay(nobody, b, 1, 500, uetr="0a0a0a0a-0000-4000-8000-00000000000b"),
        case.pay(nobody, b, 1, 500),
        case.pay(a, c, 1, 70, endToEndId="E1"),
        case.pay(nobody, c, 1, 70, endToEndId="E1"),
    ]
    context = Context.from_store(case.store())
    assert sorted(context.link_ids(context.transfers.link)) == sorted(own)
