"""Withdrawing a source leaves exactly what the others assert: each test runs on every store that registers itself."""

from __future__ import annotations

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.errors import UsageError
from vinculo.graph.transfer import digest


def test_withdrawing_leaves_exactly_what_the_others_assert(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    before, nodes, edges = digest(store), store.nodes(), store.edges()
    second = at.load(
        store,
        "d.b",
        [("ana", "Person", 4, {"name": "Ana López Ruiz"}), ("new", "Company", 5, {"name": "Nueva"})],
        [
            ("own", "OWNS", "ana", "firm", 4, {"startDate": "2018-01-01"}),
            at.PAID,
            ("p2", "PAID", "new", "nowhere", 6, {}),
        ],
    )
    assert store.edges().column("date").to_pylist()[0] == "2018-01-01"
    gone = store.withdraw(second)
    # new; at.PAID and p2; the name, the start date, "Nueva", amount, currency and date of the payment
    assert gone == {"entities": 1, "links": 2, "values": 6}
    assert digest(store) == before
    assert store.nodes().select(["id", "kind", "name"]).equals(nodes.select(["id", "kind", "name"]))
    assert store.edges().drop_columns(["source", "target"]).equals(edges.drop_columns(["source", "target"]))
    assert store.entities(["new", "nowhere", "abroad"]) == {}
    assert [h.id for h in store.search("Nueva")] == []
    assert [(r.source.key, r.status) for r in store.runs()] == [
        (at.source("d.a").key, "done"),
        (second.key, "withdrawn"),
    ]
    assert [s.key for s in store.sources()] == [at.source("d.a").key]
    assert store.manifests(second) == []
    assert second.sha256 not in store.fingerprints("d")


def test_a_withdrawn_file_can_be_loaded_again(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS, at.PAID])
    before = digest(store)
    store.withdraw(at.source("d.a"))
    assert store.counts() == {"entities": {}, "links": {}}
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS, at.PAID])
    assert digest(store) == before


def test_an_unknown_source_cannot_be_withdrawn(place: Place) -> None:
    with pytest.raises(UsageError) as told:
        place.open().withdraw(at.source("nobody.a"))
    assert told.value.code == "unknown_source"


def test_what_only_tainted_sources_assert(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    assert store.taints() == {}
    at.load(store, "reports.b", [at.ANA, ("secret", "Company", 2, {"name": "S 1:7"})], [at.OWNS, at.PAID], taint="sar")
    assert store.taints() == {"secret": "sar", "pay": "sar"}
    store.withdraw(at.source("d.a"))
    assert store.taints() == {"secret": "sar", "pay": "sar", "ana": "sar", "own": "sar"}
