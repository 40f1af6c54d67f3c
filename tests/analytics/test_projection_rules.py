"""Projections against their meaning in plain Python, in any order of rows, and by hand."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.analytics.projecting.definition import (
    DIRECTIONS,
    MEASURES,
    PARALLEL,
    TREATMENTS,
    UNKNOWN,
    Held,
    Hubs,
    Projection,
    Tie,
    Weight,
)
from vinculo.analytics.projecting.document import from_json
from vinculo.analytics.projecting.known import projections
from vinculo.analytics.projecting.project import project
from vinculo.analytics.projecting.projected import Projected
from vinculo.graph.network import Network
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA

# the meaning stands beside this file
sys.path.insert(0, str(Path(__file__).parent))
from projection_oracle import answer

#: A small world in which everything meets: kinds of links with whom they join.
WORLD = {
    "p0": "Person",
    "p1": "Person",
    "p2": "Company",
    "p3": "Company",
    "p4": "Company",
    "acc0": "BankAccount",
    "acc1": "BankAccount",
    "tel0": "Phone",
    "tel1": "Phone",
    "bill0": "Consignment",
    "bill1": "Consignment",
    "XAXX010101000": "Identifier",
    "port": "Location",
}
PARTIES, ACCOUNTS, PHONES, BILLS = ([i for i in WORLD if i.startswith(start)] for start in ("p", "acc", "tel", "bill"))
ENDS = {
    "PAID": ([*PARTIES, *ACCOUNTS], [*PARTIES, *ACCOUNTS]),
    "HOLDS": (PARTIES, ACCOUNTS),
    "OWNS": (PARTIES, [*PARTIES, *ACCOUNTS]),
    "HAS_PHONE": (PARTIES, PHONES),
    "HAS_IDENTIFIER": (PARTIES, ["XAXX010101000"]),
    "SHIPPER": ([*PARTIES, *ACCOUNTS], BILLS),
    "CONSIGNEE": (PARTIES, BILLS),
    "CARRIER": (PARTIES, BILLS),
    "HELD_AT": (ACCOUNTS, PARTIES),
    "REPRESENTS": (PARTIES, PARTIES),
    "LADEN_AT": (BILLS, ["port"]),
}
LINKS = tuple(ENDS)
DATES = (None, "2023-12-31", "2024-02-10T08:30:00", "2024-03", "2024-06-01", "2025-01-01")


def row(id: str, kind: str, source: str, target: str, **more: Any) -> dict[str, Any]:
    """One link."""
    return {
        "id": id,
        "kind": kind,
        "source": source,
        "target": target,
        "date": None,
        "amount": None,
        "currency": None,
    } | more


def network_of(nodes: dict[str, str], links: list[dict[str, Any]], shuffle: random.Random | None = None) -> Network:
    """From rows with ids at their ends, in any order and with any codes."""
    ids, rows = list(nodes), list(links)
    if shuffle:
        shuffle.shuffle(ids)
        shuffle.shuffle(rows)
    code = {id: 7 * i + 3 for i, id in enumerate(ids)}
    table = pa.table(
        {"code": [code[i] for i in ids], "id": ids, "kind": [nodes[i] for i in ids], "name": ids}, schema=NODE_SCHEMA
    )
    edges = [r | {"source": code[r["source"]], "target": code[r["target"]]} for r in rows]
    return Network.from_tables(table, pa.Table.from_pylist(edges, schema=EDGE_SCHEMA))


@st.composite
def links_of(draw: st.DrawFn) -> dict[str, Any]:
    """One link that may be, without its id."""
    name = draw(st.sampled_from((*LINKS, "PAID", "PAID", "HAS_PHONE", "SHIPPER", "CONSIGNEE")))
    ends = [draw(st.sampled_from(e)) for e in ENDS[name]]
    amount = draw(st.sampled_from([None, -5.0, 1.0, 40.0, 1000.0]))
    currency = draw(st.sampled_from([None, "USD", "USD", "MXN"]))
    return row("", name, *ends, date=draw(st.sampled_from(DATES)), amount=amount, currency=currency)


def worlds() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Links of the small world, by number."""
    return st.lists(links_of(), min_size=12, max_size=45).map(
        lambda x: [r | {"id": f"l{i:03d}"} for i, r in enumerate(x)]
    )


DIRECT = (("PAID",), ("PAID", "OWNS"), ("REPRESENTS", "HAS_PHONE"))
SHARED = (
    (("HAS_PHONE",), ("Phone",)),
    (("SHIPPER", "CONSIGNEE"), ("Consignment",)),
    (("OWNS", "HAS_IDENTIFIER", "HAS_PHONE"), ("Thing",)),
)
TIES = st.one_of(
    st.builds(Tie, st.just("t"), links=st.sampled_from(DIRECT), direction=st.sampled_from(DIRECTIONS)),
    st.builds(Tie, st.just("t"), all_but=st.sampled_from(DIRECT)),
    st.sampled_from(SHARED).map(lambda x: Tie("t", links=x[0], through=x[1])),
    st.just(Tie("t", links=("SHIPPER",), to=("CONSIGNEE", "CARRIER"), through=("Consignment",))),
    st.just(Tie("t", links=("PAID",), to=("PAID", "OWNS"), through=("Company",))),
)


@st.composite
def wishes(draw: st.DrawFn) -> Projection:
    """Any projection of the small world."""
    some = draw(st.lists(TIES, min_size=1, max_size=3))
    measure = draw(st.sampled_from(("count", *MEASURES)))
    half_life = draw(st.sampled_from([0.0, 0.0, 90.0]))
    parallel = draw(st.sampled_from(PARALLEL))
    return Projection(
        "wish",
        tuple(replace(t, name=f"t{i}") for i, t in enumerate(some)),
        nodes=draw(st.sampled_from([(), (), ("LegalEntity",), ("LegalEntity", "BankAccount"), ("Company", "Phone")])),
        held=draw(st.sampled_from([Held(), Held(("BankAccount",), ("HOLDS", "OWNS"))])),
        directed=draw(st.booleans()),
        loops=draw(st.sampled_from(UNKNOWN)),
        weight=Weight(measure, "USD" * (measure != "count"), parallel, half_life, "2024-06-30" * bool(half_life)),
        no_amount=draw(st.sampled_from(UNKNOWN)),
        no_date=draw(st.sampled_from(UNKNOWN)),
        since=draw(st.sampled_from(["", "", "2024-01-01"])),
        until=draw(st.sampled_from(["", "", "2024-06-01"])),
        hubs=Hubs(
            draw(st.sampled_from(("kept", *TREATMENTS))),
            draw(st.sampled_from(TREATMENTS)),
            draw(st.integers(1, 4)),
            draw(st.sampled_from([(), ("Company",), ("Thing",)])),
        ),
    )


def told(seen: Projected) -> tuple[set[str], dict[tuple[str, str], float], dict[str, float]]:
    """Nodes, ties and loops of a projected network, by ids."""
    ids = seen.network.ids.to_pylist()
    graph = seen.graph
    rows = np.repeat(np.arange(graph.nodes), graph.degrees).tolist()
    ties = {}
    for a, b, w in zip(rows, graph.neighbours.tolist(), graph.weights.tolist(), strict=True):
        if not seen.projection.directed:
            assert ties.get((ids[b], ids[a]), w) == w
        if seen.projection.directed or a < b:
            assert (ids[a], ids[b]) not in ties
            ties[ids[a], ids[b]] = w
    return set(ids), ties, {ids[i]: w for i, w in enumerate(seen.loops.tolist()) if w}


@settings(max_examples=150)
@given(worlds(), wishes())
def test_it_is_what_it_says(links: list[dict[str, Any]], wanted: Projection) -> None:
    seen = project(network_of(WORLD, links), wanted)
    expected = answer(WORLD, links, wanted)
    taking, ties, loops = told(seen)
    assert taking == expected.nodes
    assert ties == pytest.approx(expected.ties, rel=1e-9) and loops == pytest.approx(expected.loops, rel=1e-9)
    assert {t: set(seen.evidence(*t)) for t in ties} == expected.evidence
    rows = seen.touched.to_pylist()
    assert {(r["id"], r["rule"], r["treatment"]) for r in rows} == expected.touched
    assert not seen.truncated and all(w > 0 for w in ties.values())


@settings(max_examples=60)
@given(worlds(), wishes(), st.randoms(use_true_random=False))
def test_rows_in_any_order_give_the_same_bytes(
    links: list[dict[str, Any]], wanted: Projection, shuffle: random.Random
) -> None:
    one, other = (project(network_of(WORLD, links, s), wanted) for s in (None, shuffle))
    for a, b in zip((*one.graph, one.loops, one.nodes), (*other.graph, other.loops, other.nodes), strict=True):
        assert a.dtype == b.dtype and a.tobytes() == b.tobytes()
    assert one.touched.equals(other.touched) and one.unknown == other.unknown


@settings(max_examples=60)
@given(wishes())
def test_written_down_and_read_back_it_is_the_same(wanted: Projection) -> None:
    again = from_json(wanted.as_json())
    assert again == wanted and again.id == wanted.id and again.as_json() == wanted.as_json()


def test_money_of_a_joint_account_is_shared_and_none_is_lost() -> None:
    nodes = {
        "ana": "Person",
        "ben": "Person",
        "carl": "Person",
        "x": "BankAccount",
        "y": "BankAccount",
        "z": "BankAccount",
    }
    links = [
        row("h1", "HOLDS", "ana", "x"),
        row("h2", "HOLDS", "ben", "x"),
        row("h3", "HOLDS", "carl", "y"),
        row("p1", "PAID", "x", "y", amount=100.0, currency="USD"),
        row("p2", "PAID", "x", "y", amount=50.0, currency="USD"),
        row("p3", "PAID", "x", "y", amount=900.0, currency="MXN"),
        row("p4", "PAID", "z", "carl", amount=7.0, currency="USD"),
        row("p5", "PAID", "x", "x", amount=5.0, currency="USD"),
    ]
    usd = replace(projections()["who_pays_whom"], weight=Weight("amount", "USD"), loops="kept")
    seen = project(network_of(nodes, links), usd)
    taking, ties, loops = told(seen)
    assert taking == {"ana", "ben", "carl", "z"}
    # ana and ben are each a quarter of what their own account paid itself, to each other and to themselves
    assert ties == {
        ("ana", "carl"): 75.0,
        ("ben", "carl"): 75.0,
        ("z", "carl"): 7.0,
        ("ana", "ben"): 1.25,
        ("ben", "ana"): 1.25,
    }
    assert loops == {"ana": 1.25, "ben": 1.25}
    assert sum(ties.values()) + sum(loops.values()) == 162.0 and seen.unknown == {"other_currency": 1, "loops": 2}
    assert seen.evidence("ana", "carl") == ["h1", "h3", "p1", "p2"] and seen.evidence("carl", "ana") == []


def test_a_payment_loses_half_its_weight_in_a_half_life() -> None:
    nodes = dict.fromkeys("abcd", "Person")
    links = [row("l1", "PAID", "a", "b", date="2024-01-01"), row("l2", "PAID", "a", "c", date="2023-12-02")]
    links += [row("l3", "PAID", "a", "d", date="2024-02-01"), row("l4", "PAID", "b", "c")]
    wanted = Projection("p", (Tie("t", links=("PAID",)),), weight=Weight(half_life_days=30.0, as_of="2024-01-01"))
    seen = project(network_of(nodes, links), wanted)
    # the younger one is not aged, the undated one as the median
    assert told(seen)[1] == {("a", "b"): 1.0, ("a", "c"): 0.5, ("a", "d"): 1.0, ("b", "c"): 1.0}
    assert seen.unknown == {"no_date": 1}
    assert told(project(network_of(nodes, links), replace(wanted, no_date="left_out")))[1].keys() == {
        ("a", "b"), ("a", "c"), ("a", "d"),
    }  # fmt: skip


def test_half_lives_halve_a_logarithm_of_amounts_too() -> None:
    nodes = dict.fromkeys("abcd", "Person")
    links = [
        row("l1", "PAID", "a", "b", date="2024-01-01", amount=1e6, currency="USD"),
        row("l2", "PAID", "a", "c", date="2020-09-18", amount=1e6, currency="USD"),
        row("l3", "PAID", "b", "c", date="2024-01-01", amount=300.0, currency="USD"),
        row("l4", "PAID", "b", "c", date="2023-12-02", amount=100.0, currency="USD"),
    ]
    aged = Weight("log_amount", "USD", half_life_days=30.0, as_of="2024-01-01")
    ties = told(project(network_of(nodes, links), Projection("p", (Tie("t", links=("PAID",)),), weight=aged)))[1]
    assert ties == pytest.approx(
        {("a", "b"): np.log1p(1e6), ("a", "c"): np.log1p(1e6) / 2**40, ("b", "c"): np.log1p(400.0) * 350 / 400}
    )


@pytest.mark.parametrize("directed", [False, True])
def test_goods_that_two_share_in_several_roles_are_shared_once(case: Any, directed: bool) -> None:
    a, b, c = sorted(case.company(n) for n in ("Alfa", "Beta", "Gama"))
    case.consignment("B1", a, b, 0, notify=b, declaredValue=1000, currency="USD")
    case.consignment("B2", a, c, 0, declaredValue=1000, currency="USD")
    case.consignment("B3", b, c, 0, notify=c, declaredValue=1000, currency="MXN")
    both = case.consignment("B4", b, c, 0, declaredValue=500, currency="USD")
    case.link("SHIPPER", c, both)
    case.link("CONSIGNEE", b, both)
    store = case.store()
    wanted = replace(projections()["who_ships_with_whom"], weight=Weight("amount", "USD"), directed=directed)
    seen = project(Network.from_store(store), wanted, store.table)
    assert told(seen)[1] == {(a, b): 1000.0, (a, c): 1000.0, (b, c): 500.0} | ({(c, b): 500.0} if directed else {})
    # nor is it unknown twice, nor two loops: b is consignee and notify party of B1, b and c ship B4 to themselves
    assert seen.unknown == {"loops": 3, "other_currency": 1}
    assert (
        seen.tie_names(a, b) == ["shipper_and_consignee", "shipper_and_notify_party"] and len(seen.evidence(a, b)) == 3
    )
    counted = project(Network.from_store(store), replace(wanted, weight=Weight()))
    assert told(counted)[1][b, c] == 2.0 and told(counted)[1][a, b] == 1.0


def test_ties_in_any_order_and_numbers_of_any_sort_are_the_same_projection() -> None:
    known = projections()["who_ships_with_whom"]
    assert replace(known, ties=known.ties[::-1]).id == known.id
    aged = replace(known, weight=Weight(half_life_days=180, as_of="2024-01-01"), most_pairs=7, hubs=Hubs(more_than=3))
    other = replace(aged, weight=replace(aged.weight, half_life_days=180.0), most_pairs=7.0, hubs=Hubs(more_than=3.0))
    assert other.id == aged.id == from_json(aged.as_json()).id == from_json(other.as_json()).id


@pytest.mark.parametrize(("treatment", "weight"), [("left_out", None), ("damped", 0.5), ("kept", 1.0)])
def test_a_phone_of_three_is_a_crowd_where_two_are_allowed(treatment: str, weight: float | None) -> None:
    nodes = dict.fromkeys("abc", "Person") | {"tel": "Phone"}
    links = [row(f"l{n}", "HAS_PHONE", n, "tel") for n in "abc"]
    wanted = Projection(
        "p", (Tie("t", links=("HAS_PHONE",), through=("Phone",)),), ("Person",), hubs=Hubs("kept", treatment, 2)
    )
    seen = project(network_of(nodes, links), wanted)
    assert told(seen)[1] == ({} if weight is None else dict.fromkeys([("a", "b"), ("a", "c"), ("b", "c")], weight))
    touched = [(t["id"], t["rule"], t["many"], t["ties"]) for t in seen.touched.to_pylist()]
    assert touched == ([] if treatment == "kept" else [("tel", "crowded", 3, 3)])


def test_a_carrier_is_left_out_unless_it_mostly_ships_for_itself() -> None:
    nodes = dict.fromkeys(("line", "mixed", "firm"), "Company") | {f"c{i}": "Consignment" for i in range(4)}
    links = [row(f"k{i}", "CARRIER", "line", f"c{i}") for i in range(4)] + [row("k9", "CARRIER", "mixed", "c0")]
    links += [row(f"s{i}", "SHIPPER", "firm", f"c{i}") for i in range(4)]
    links += [
        row("x1", "CONSIGNEE", "line", "c1"),
        row("x2", "CONSIGNEE", "mixed", "c2"),
        row("x3", "CONSIGNEE", "mixed", "c3"),
    ]
    seen = project(network_of(nodes, links), "who_ships_with_whom")
    assert told(seen)[0] == {"firm", "mixed"}
    assert told(seen)[1] == {("firm", "mixed"): pytest.approx(1 + np.log(2))}
    assert [(t["id"], t["rule"], t["treatment"], t["ties"]) for t in seen.touched.to_pylist()] == [
        ("line", "generic", "left_out", 1)
    ]
    assert seen.tie_names("mixed", "firm") == ["shipper_and_consignee"]
    assert seen.evidence("mixed", "firm") == ["s2", "s3", "x2", "x3"]


@pytest.mark.parametrize("wanted", ["who_pays_whom", "who_ships_with_whom"])
def test_a_firm_that_pays_by_its_account_is_no_carrier_for_two_loads_of_its_own(wanted: str) -> None:
    nodes = {"firm": "Company", "other": "Company", "x": "BankAccount", "y": "BankAccount", "bank": "Company"}
    nodes |= {"c0": "Consignment", "c1": "Consignment"}
    links = [row("h1", "HOLDS", "firm", "x"), row("h2", "HOLDS", "other", "y"), row("b1", "HELD_AT", "x", "bank")]
    links += [row(f"k{i}", "CARRIER", "firm", f"c{i}") for i in range(2)]
    payments = [row(f"p{i}", "PAID", "x", "y") for i in range(30)]
    assert {"firm", "other"} <= told(project(network_of(nodes, links + payments), wanted))[0]
    # holding an account, and at a bank, is no business: without payments it is a carrier, and the bank is a bank
    assert told(project(network_of(nodes, links), wanted))[0] == {"other"}


def test_beyond_the_work_allowed_the_most_crowded_is_left_out_and_said() -> None:
    nodes = {f"p{i}": "Person" for i in range(12)} | {"big": "Phone", "small": "Phone"}
    links = [row(f"b{i:02d}", "HAS_PHONE", f"p{i}", "big") for i in range(12)]
    links += [row("s0", "HAS_PHONE", "p0", "small"), row("s1", "HAS_PHONE", "p1", "small")]
    tie = Tie("t", links=("HAS_PHONE",), through=("Phone",))
    wanted = Projection("p", (tie,), ("Person",), hubs=Hubs(crowded="kept"), most_pairs=66)
    seen = project(network_of(nodes, links), wanted)
    assert seen.truncated and told(seen)[1] == {("p0", "p1"): 1.0}
    assert [(t["id"], t["rule"], t["ties"]) for t in seen.touched.to_pylist()] == [("big", "budget", 66)]
    whole = project(network_of(nodes, links), replace(wanted, most_pairs=67))
    assert not whole.truncated and len(told(whole)[1]) == 66


def test_shared_goods_weigh_what_they_were_declared_at(case: Any) -> None:
    """And are dated by themselves where the links are not."""
    a, b, c = (case.company(n) for n in ("Alfa", "Beta", "Gama"))
    case.consignment("B1", a, b, 0, declaredValue=1000, currency="USD")
    case.consignment("B2", a, b, 40, declaredValue=500, currency="USD")
    case.consignment("B3", a, c, 0, declaredValue=900, currency="MXN")
    store = case.store()
    network = Network.from_store(store)
    tie = Tie("t", links=("SHIPPER",), to=("CONSIGNEE",), through=("Consignment",))
    wanted = Projection("p", (tie,), ("LegalEntity",), directed=True, weight=Weight("amount", "USD"))
    seen = project(network, wanted, store.table)
    assert told(seen)[1] == {(a, b): 1500.0} and seen.unknown == {"other_currency": 1}
    later = project(network, replace(wanted, since="2024-02-01"), store.table)
    assert told(later)[1] == {(a, b): 500.0} and later.unknown["outside_dates"] == 4
