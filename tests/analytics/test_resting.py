"""What counts a tie that only reports tell of is marked, also at the end that other files know."""

from __future__ import annotations

import pytest
from reports import with_reports

from vinculo.analytics.communities import divided
from vinculo.analytics.community_report import described, without_reports
from vinculo.analytics.prediction import predict
from vinculo.analytics.projecting.seeing import projected
from vinculo.analytics.resting import resting
from vinculo.graph.facts import pack


def link(id, kind, source, target, **said):
    """A row of a report."""
    return (id, kind, source, target, 1, pack(said.items()))


def firms(case, side, count=4):
    return [case.company(f"{side} {k}") for k in range(count)]


def resting_ids(store, projection):
    seen = projected(store, projection)
    return {seen.source.ids[int(i)].as_py() for i in resting(store, seen)} & {
        seen.network.ids[k].as_py() for k in range(len(seen))
    }


def test_nothing_rests_on_reports_where_there_are_none(case):
    for firm in firms(case, "P"):
        case.link("HAS_PHONE", firm, case.entity("Phone", "+52 1"))
    assert resting_ids(case.store(), "who_shares_identifiers") == set()


def test_whoever_meets_a_party_by_its_link_in_a_report_is_told_by_it(case):
    """A phone that two firms share by the register, and a third only by a report; others share another."""
    a, b, c, d, e = firms(case, "P", 5)
    phone, other = case.entity("Phone", "+52 1"), case.entity("Phone", "+52 2")
    for firm, number in ((a, phone), (b, phone), (d, other), (e, other)):
        case.link("HAS_PHONE", firm, number)
    store = with_reports(case.store(), [], [link("l", "HAS_PHONE", c, phone)])
    assert resting_ids(store, "who_shares_identifiers") == {a, b, c}


def test_whoever_pays_into_an_account_that_only_a_report_gives_an_owner_is_told_by_it(case):
    a, b, c, d = firms(case, "P")
    hers, theirs, third = (case.account(n, firm) for n, firm in (("1", ""), ("2", b), ("3", c)))
    case.pay(theirs, hers, 1, 100)
    case.pay(theirs, third, 1, 100)
    case.pay(case.account("4", d), third, 1, 100)
    store = with_reports(case.store(), [], [link("l", "HOLDS", a, hers)])
    assert resting_ids(store, "who_pays_whom") == {a, b}


@pytest.fixture
def two_groups(case):
    """Two groups that share phones, one of which has a phone in common with somebody outside."""
    made = [firms(case, side) for side in "PQ"]
    for side, group in zip("PQ", made, strict=True):
        for k in range(4):
            phone = case.entity("Phone", f"{side}{k}")
            for firm in (group[k], group[(k + 1) % 4], group[(k + 2) % 4]):
                case.link("HAS_PHONE", firm, phone)
    return case, made


def test_weights_that_count_a_meeting_of_a_report_go_into_no_file(two_groups):
    """A firm of one group has, by a report, the phone of a firm of the other: the weight outside counts it on both sides."""
    case, (left, right) = two_groups
    phone = case.entity("Phone", "of Q 0 alone")
    case.link("HAS_PHONE", right[0], phone)
    plain = described(s := case.store(), divided(projected(s, "who_shares_identifiers")))
    assert {d.taint for d in plain.values()} == {""} and {d.profile.inside for d in plain.values()} == {1.0}
    store = with_reports(case.store(), [], [link("l", "HAS_PHONE", left[0], phone)])
    told = described(store, divided(projected(store, "who_shares_identifiers")))
    of = {i: d for d in told.values() for i in d.community.members}
    assert of[right[0]].profile.inside < 1 and of[right[0]].taint == "sar" and of[left[0]].taint == "sar"
    assert without_reports(told) == {}


def test_goods_and_seizures_that_a_report_adds_to_are_marked_at_every_party_of_the_consignment(case):
    """Consignments take no part where it is told who pays whom; what is seized on them counts for their parties all the same."""
    groups = [firms(case, side) for side in "PQ"]
    for group in groups:
        for k in range(4):
            case.pay(case.account(group[k], group[k]), case.account(group[k - 1], group[k - 1]), k, 100)
    bill = case.consignment("B", groups[0][0], groups[0][1], 1)
    seizure = ("seized", "Seizure", 1, pack([("name", "S-1")]))
    store = with_reports(case.store(), [seizure], [link("l", "SEIZED_FROM", "seized", bill)])
    told = described(store, divided(projected(store, "who_pays_whom")))
    of = {i: d for d in told.values() for i in d.community.members}
    assert of[groups[0][0]].profile.seizures == 1 and of[groups[0][0]].taint == "sar"
    assert of[groups[1][0]].profile.seizures == 0 and of[groups[1][0]].taint == ""


def test_a_consignment_that_a_report_gives_a_value_is_told_of_at_neither_end(case):
    """Ties by way of it may weigh by that value; other pairs stay as they are."""
    groups = [firms(case, side) for side in "PQ"]
    for group in groups:
        for k in range(4):
            case.consignment(f"{group[k]}1", group[k], group[(k + 1) % 4], k)
            case.consignment(f"{group[k]}2", group[k], group[(k + 2) % 4], k)
    bill = case.consignment("B", groups[0][0], groups[0][1], 1)
    store = with_reports(case.store(), [(bill, "Consignment", 1, pack([("declaredValue", "99000")]))], [])
    told = described(store, divided(projected(store, "who_ships_with_whom")))
    of = {i: d for d in told.values() for i in d.community.members}
    assert of[groups[0][0]].taint == "sar" and of[groups[1][0]].taint == ""
    assert {i for d in without_reports(told).values() for i in d.community.members} == set(groups[1])


def test_a_hypothesis_that_rests_on_reports_says_so(case):
    """Known parties; that one of them has the phone is in a report only. The other pair stands in other files."""
    a, b, c, d = firms(case, "P")
    for phone, pair in (("1", (a,)), ("2", (c, d)), ("3", (c, d))):
        for firm in pair:
            case.link("HAS_PHONE", firm, case.entity("Phone", phone))
    plain = case.store()
    found, _ = predict(seen := projected(plain, "everything"), on_reports=resting(plain, seen))
    assert [({h.a, h.b}, h.taint) for h in found] == [({c, d}, "")] and "taint" not in found[0].as_json()
    phone = next(i for i, kind, _ in case.entities if kind == "Phone")
    store = with_reports(case.store(), [], [link("l", "HAS_PHONE", b, phone)])
    found, _ = predict(seen := projected(store, "everything"), on_reports=resting(store, seen))
    assert {frozenset((h.a, h.b)): h.taint for h in found} == {frozenset((a, b)): "sar", frozenset((c, d)): ""}
    assert [h.as_json().get("taint") for h in found if h.taint] == ["sar"]
