"""Whole tables, in the order of their ids: each test runs on every store that registers itself."""

from __future__ import annotations

from typing import Any

import store_places as at
from store_places import Place

from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.transfer import digest
from vinculo.graph.types import ENTITY_SCHEMA, LINK_SCHEMA


def test_bulk_tables_are_in_the_order_of_their_ids(place: Place) -> None:
    store = place.open()
    ids = ["b", "a b", "a", "A", "a\nb", "é", "\uffee", "\U00010000", "zz", "z"]
    rows = [(i, "Company" if n % 2 else "Person", n + 1, {"name": f"N {n}"}) for n, i in enumerate(ids)]
    paid = [(f"l{i}", "PAID", i, ids[0], n + 1, {"amount": "1"}) for n, i in enumerate(ids)]
    owns = [(f"l{i}!", "OWNS", i, ids[1], n + 1, {"startDate": "2020"}) for n, i in enumerate(ids)]
    at.load(store, "d.a", rows, paid + owns)
    nodes, edges = store.nodes(), store.edges()
    assert nodes.schema.equals(NODE_SCHEMA)
    assert edges.schema.equals(EDGE_SCHEMA)
    assert nodes.column("id").to_pylist() == sorted(ids)
    assert edges.column("id").to_pylist() == sorted([f"l{i}" for i in ids] + [f"l{i}!" for i in ids])
    codes = dict(zip(nodes.column("code").to_pylist(), nodes.column("id").to_pylist(), strict=True))
    assert len(codes) == len(ids)
    for edge in store.edges(["PAID"]).to_pylist():
        assert (f"l{codes[edge['source']]}", codes[edge["target"]]) == (edge["id"], "b")
        assert (edge["kind"], edge["amount"], edge["date"], edge["currency"]) == ("PAID", 1.0, None, None)
    assert {e["date"] for e in store.edges(["OWNS"]).to_pylist()} == {"2020"}
    for sort, schema, wanted in (
        ("entity", ENTITY_SCHEMA, sorted(ids)),
        ("link", LINK_SCHEMA, edges.column("id").to_pylist()),
    ):
        tables = [t for s, t in store.statements() if s == sort]
        assert [i for t in tables for i in t.column("id").to_pylist()] == wanted
        assert tables[0].column_names == [*schema.names, "dataset", "sha256"]
        assert tables[0].select(schema.names).schema.equals(schema)


def test_an_empty_store_has_empty_tables(place: Place) -> None:
    store = place.open()
    assert store.nodes().schema.equals(NODE_SCHEMA)
    assert store.edges().schema.equals(EDGE_SCHEMA)
    assert (store.nodes().num_rows, store.edges().num_rows, store.table("Company", ["name"]).num_rows) == (0, 0, 0)
    assert store.table("Company", ["name"]).column_names == ["id", "name"]
    assert list(store.statements()) == []
    assert (store.sources(), store.runs(), store.taints(), store.search("x")) == ([], [], {}, [])
    assert (store.findings(), store.suggestions(), store.documents("charts"), store.collections()) == ([], [], {}, [])
    assert digest(store)["values"] == 0


def test_a_table_has_the_first_value_of_each_property(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [("c", "Company", 1, {"name": ["Zeta", "Beta"]}), at.ANA, at.FIRM], [at.OWNS, at.PAID])
    at.load(
        store, "d.b", [("c", "PublicBody", 1, {"name": "Alfa", "country": "mx"}), ("v", "Vessel", 1, {"name": "V"})]
    )
    assert store.table("LegalEntity", ["country", "name"]).to_pylist() == [
        {"id": "ana", "country": None, "name": "Ana López"},
        {"id": "c", "country": "mx", "name": "Alfa"},
        {"id": "firm", "country": None, "name": "Halcón del Norte"},
    ]
    assert store.table("PAID", ["amount", "purpose"]).to_pylist() == [
        {"id": "pay", "amount": "9500.50", "purpose": None}
    ]
    assert store.table("OWNS", []).to_pylist() == [{"id": "own"}]


def test_derived_columns_of_links_are_the_smallest_of_all_sources(place: Place) -> None:
    store = place.open()
    for name, amount, date, currency in (("d.a", "10", "2024-02-01", "USD"), ("d.b", "9", "2024-01-01", "MXN")):
        facts = {"amount": amount, "date": date, "currency": currency}
        at.load(store, name, [], [("p", "PAID", "a", "b", 1, facts), ("q", "PAID", "a", "b", 2, {"amount": "1,5"})])
    assert [(e["amount"], e["date"], e["currency"]) for e in store.edges().to_pylist()] == [
        (9.0, "2024-01-01", "MXN"),
        (None, None, None),
    ]


def test_statements_of_one_source_are_what_it_asserts(place: Place) -> None:
    store = place.open()
    one = at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    two = at.load(store, "d.b", [("ana", "Person", 4, {"name": "Ana L."})], [at.PAID])
    rows = {s: [(k, r) for k, t in store.statements(s) for r in t.to_pylist()] for s in (None, one, two)}
    assert [r["id"] for _, r in rows[two]] == ["ana", "pay"]
    assert {r["sha256"] for _, r in rows[one]} == {one.sha256}

    def order(row: tuple[str, dict[str, Any]]) -> str:
        return repr(sorted(row[1].items()))

    assert sorted(rows[None], key=order) == sorted(rows[one] + rows[two], key=order)
    assert list(store.statements(at.source("d.c"))) == []
