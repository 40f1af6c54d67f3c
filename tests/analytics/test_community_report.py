"""Communities described: what is theirs counts, what rests on reports is marked, who stands between is named."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from reports import with_reports

from vinculo.analytics.communities import divided, side_by_side
from vinculo.analytics.community_report import described, without_reports
from vinculo.analytics.projecting.seeing import projected
from vinculo.graph.facts import pack


@pytest.fixture
def rings(case):
    """Two rings of firms that pay from accounts and ship within each ring; one payment joins them, and goods were seized."""
    made = []
    for side in "PQ":
        firms = [case.company(f"{side} {k}", country="mx" if side == "P" else "us") for k in range(5)]
        accounts = [case.account(f"{side}-{k}", firm) for k, firm in enumerate(firms)]
        for k in range(5):
            case.pay(accounts[k], accounts[(k + 1) % 5], k, 100)
            case.pay(accounts[k], accounts[(k + 2) % 5], 10 + k, 50)
            case.consignment(f"{side}{k}", firms[k], firms[(k + 1) % 5], k, grossWeightKg=10)
            case.consignment(f"{side}{k}b", firms[k], firms[(k + 2) % 5], k, grossWeightKg=10)
        made.append((firms, accounts))
    case.pay(made[0][1][0], made[1][1][0], 40, 7)
    taken = case.entity("Seizure", "S-1", seizureNumber="S-1")
    case.link("SEIZED_FROM", taken, case.consignment("Taken", made[0][0][0], made[0][0][1], 3, grossWeightKg=10))
    return case, made


def test_accounts_and_consignments_of_parties_count_as_theirs(rings):
    case, ((firms, _), _) = rings
    store = case.store()
    for projection, seizures in (("who_pays_whom", 1), ("who_ships_with_whom", 1)):
        told = described(store, divided(projected(store, projection)))
        [mine] = [d for d in told.values() if firms[0] in d.community.members]
        assert set(mine.community.members) == set(firms)
        [usd] = mine.profile.money
        # ten payments inside, and the one that goes to the other ring
        assert (usd.payments, usd.inside, usd.out, usd.into) == (11, 750.0, 7.0, 0.0)
        assert mine.profile.goods[0].inside == 11 and mine.profile.goods[0].inside_kg == 110.0
        assert mine.profile.seizures == seizures and mine.profile.countries == {"mx": 5}
        assert mine.made_up == "all" and mine.taint == ""


def test_evidence_are_links_among_the_members_or_what_is_theirs(rings):
    case, _ = rings
    store = case.store()
    for d in described(store, divided(projected(store))).values():
        links = store.links(d.evidence)
        assert set(links) == set(d.evidence) and d.evidence
        assert all({x.source, x.target} <= set(d.community.members) for x in links.values())
        assert d.window[0] <= d.window[1]


def test_what_rests_on_reports_is_marked_and_can_be_left_out(rings):
    case, ((firms, _), (others, _)) = rings
    spy = ("spy", "Person", 1, pack([("name", "Spied Upon")]))
    store = with_reports(case.store(), [spy], [("l", "ASSOCIATE_OF", "spy", firms[2], 1, pack([]))])
    told = described(store, divided(projected(store)))
    of = {i: d for d in told.values() for i in d.community.members}
    assert of[firms[2]].taint == "sar" and of[others[0]].taint == ""
    assert of["spy"].made_up == "some" and of[others[0]].made_up == "all"
    kept = without_reports(told)
    assert set(kept) == {g for g, d in told.items() if not d.taint} and kept
    assert "Spied Upon" not in str([d.as_json() for d in kept.values()])


def test_a_value_that_only_reports_tell_is_marked_and_not_told_without_them(rings):
    """A firm of the register whose report gives it another name, kind and country, and its account a country."""
    case, ((firms, accounts), (others, _)) = rings
    known = case.store()
    plain = {d.community.id: d for d in described(known, divided(projected(known, "who_pays_whom"))).values()}
    first = next(d.profile.key_members[0] for d in plain.values() if firms[0] in d.community.members)
    said = [
        (first, "PublicBody", 1, pack([("name", "AAA SECRET"), ("country", "pa")])),
        (accounts[1], "BankAccount", 1, pack([("country", "pa")])),
        (others[0], "Company", 1, pack([("name", "Q 0"), ("country", "us")])),
    ]
    store = with_reports(known, said, [])
    told = described(store, divided(projected(store, "who_pays_whom")))
    of = {i: d for d in told.values() for i in d.community.members}
    mine = of[firms[0]]
    assert "AAA SECRET" in str(mine.as_json()) and mine.taint == "sar" and of[others[0]].taint == ""
    bare = {d.community.id: d for d in without_reports(told).values()}
    assert bare.keys() == plain.keys() and all(d.taint == "" for d in bare.values())
    for id, d in bare.items():
        assert d.profile == replace(plain[id].profile, group=d.profile.group)
    assert "SECRET" not in str([d.as_json() for d in bare.values()])


def test_a_payment_to_which_reports_add_is_not_told_without_them(rings):
    """Sums and weights hold what the report says of the payment."""
    case, ((firms, accounts), (others, _)) = rings
    paid = next(x for x in case.links if x[1] == "PAID" and x[2] == accounts[0])
    added = (paid[0], "PAID", paid[2], paid[3], 1, pack([("amount", "99000")]))
    store = with_reports(case.store(), [], [added])
    told = described(store, divided(projected(store, "who_pays_whom")))
    kept = {i for d in without_reports(told).values() for i in d.community.members}
    assert not kept & set(firms) and kept >= set(others)


def test_made_up_payments_of_real_firms_are_marked(case):
    """What made-up files say of a firm's payments, or of accounts it holds, is no less made up than the firm itself."""
    firms = [case.company(f"P {k}") for k in range(4)]
    real = [(i, k, 1, f) for i, k, f in case.entities]
    case.entities.clear()
    accounts = [case.account(f"P-{k}", firm) for k, firm in enumerate(firms)]
    for k in range(4):
        case.pay(accounts[k], accounts[(k + 1) % 4], k, 500)
    store = with_reports(case.store(), real, [], taint="")
    told = described(store, divided(projected(store, "who_pays_whom")))
    assert {(d.made_up, d.taint) for d in told.values()} == {("some", "")}


def test_only_what_is_asked_for_is_described(rings):
    case, _ = rings
    store = case.store()
    made = divided(projected(store))
    groups = list(made.groups())
    last = groups[-1]
    assert len(groups) > 1 and list(described(store, made, most=1)) == groups[:1]
    assert list(described(store, made, most=1, also=(last,))) == [groups[0], last]


def test_a_member_between_two_groups_is_told_as_such(case):
    """A firm tied alike to both of two rings belongs to one and is told to stand between them."""
    rings = [[case.company(f"{side} {k}") for k in range(8)] for side in "PQ"]
    for ring in rings:
        for k in range(8):
            for step in (1, 2, 3):
                case.pay(ring[k], ring[(k + step) % 8], k, 10)
    broker = case.company("Broker")
    for ring in rings:
        for k in range(4):
            case.pay(broker, ring[k], k, 10)
    store = case.store()
    told = described(store, divided(projected(store), method="stable"))
    found = {b.id: b for d in told.values() for b in d.brokers}
    assert set(found) == {broker}
    home = next(d for d in told.values() if broker in d.community.members).community.id
    [(other, share)] = found[broker].others
    assert other in {d.community.id for d in told.values()} - {home} and 0.1 <= share <= 0.9


def test_resolutions_lie_in_one_another_and_the_fine_method_stands_beside(rings):
    case, _ = rings
    seen = projected(case.store())
    nested, fine = side_by_side(seen, (0.2, 1.0, 4.0))
    assert [d.resolution for d in nested] == [0.2, 1.0, 4.0] and fine.method == "fine"
    for coarse, finer in itertools.pairwise(nested):
        homes = [{coarse.labels[i] for i in range(len(seen)) if finer.labels[i] == g} for g in set(finer.labels)]
        assert all(len(h) == 1 for h in homes)
    assert (divided(seen, method="fine").labels == fine.labels).all()
