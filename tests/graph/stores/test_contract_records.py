"""What was loaded, and what people and analytics add: each test runs on every store that registers itself."""

from __future__ import annotations

import store_places as at
from store_places import Place

from vinculo.graph.text import Text
from vinculo.graph.types import Batch, Finding, Manifest, Suggestion


def test_the_record_of_what_was_loaded(place: Place) -> None:
    store = place.open()
    one, two = at.source("d.a"), at.source("d.b", synthetic=True, taint="sar")
    first, second = store.begin_run(two), store.begin_run(one)
    assert second > first
    bad = [
        (5, 6, "date", "31/02/2024", "bad_date", "There is no such day.", "No existe ese día."),
        (2, 3, "", "x", "y", "e", "s"),
    ]
    store.write(Batch.make(rejects=at.rejects(bad)), Manifest(one, second, 2, 0, at.prints()))
    store.write(Batch.make(at.entities([at.ANA])), Manifest(one, second, 1, 2, at.prints("1", "2")))
    store.write(Batch.make(at.entities([at.FIRM])), Manifest(two, first, 1, 1, at.prints("3")))
    store.finish_run(second, "done", {"read": 4, "rejected": 2})
    assert [(r.number, r.source, r.status, r.counts) for r in store.runs()] == [
        (first, two, "running", {}),
        (second, one, "done", {"read": 4, "rejected": 2}),
    ]
    assert store.runs()[1].started <= store.runs()[1].finished
    assert (store.sources(), store.unpublished()) == ([one], [two])
    assert [(m.number, m.records, m.run) for m in store.manifests(one)] == [(1, 2, second), (2, 0, second)]
    assert {k: v.to_pylist() for k, v in store.fingerprints("d").items()} == {
        one.sha256: at.prints("1", "2").to_pylist(),
        two.sha256: at.prints("3").to_pylist(),
    }
    assert store.fingerprints("other") == {}
    assert store.rejects(one).equals(at.rejects(sorted(bad)))
    assert store.rejects(two).num_rows == 0


def test_the_version_changes_with_the_contents(place: Place) -> None:
    store = place.open()
    seen = [store.version()]
    origin = at.load(store, "d.a", [at.ANA])
    seen.append(store.version())
    assert store.version() == seen[-1]
    at.load(store, "d.b", [at.FIRM])
    seen.append(store.version())
    store.withdraw(origin)
    seen.append(store.version())
    assert len(set(seen)) == 4
    assert place.open().version() == seen[-1]


def finding(id: str, typology: str, score: float) -> Finding:
    return Finding(
        id=id,
        typology=typology,
        version="1",
        score=score,
        entities=(("ana", "payer"),),
        links=("pay",),
        window=("2024-01-01", ""),
        features={"deposits": {"value": 7, "peers": 1.25, "unit": "count"}},
        reason=Text("7 deposits", "7 depósitos"),
        lawful=((Text("salary", "nómina"), "tested"),),
        settles=Text("the ledger", "el libro mayor"),
        truncated=id == "b",
    )


def test_findings_are_replaced_by_typology(place: Place) -> None:
    store = place.open()
    store.save_findings("fan_in", [finding("a", "fan_in", 0.5), finding("b", "fan_in", 0.9)])
    store.save_findings("loop", [finding("c", "loop", 0.7), finding("d", "loop", 0.7)])
    assert store.findings() == [
        finding(*x) for x in (("b", "fan_in", 0.9), ("c", "loop", 0.7), ("d", "loop", 0.7), ("a", "fan_in", 0.5))
    ]
    store.save_findings("fan_in", [finding("e", "fan_in", 0.1)])
    assert [f.id for f in store.findings("fan_in")] == ["e"]
    store.save_findings("loop", [])
    assert [f.id for f in store.findings()] == ["e"]


def test_a_judgement_outlives_new_suggestions(place: Place) -> None:
    store = place.open()
    why, again = Text("spelling", "grafía"), Text("same phone", "mismo teléfono")
    store.save_suggestions([Suggestion("b", "a", 0.8, why), Suggestion("a", "c", 0.9, why)])
    assert store.suggestions() == [Suggestion("a", "c", 0.9, why), Suggestion("a", "b", 0.8, why)]
    store.save_suggestions([Suggestion("a", "b", 0.8, why, "not_same")])
    store.save_suggestions([Suggestion("a", "b", 0.95, again)])
    assert store.suggestions("b") == [Suggestion("a", "b", 0.95, again, "not_same")]
    store.save_suggestions([Suggestion("b", "a", 0.95, again, "same")])
    assert store.suggestions("b")[0].judgement == "same"
    assert store.suggestions("nobody") == []


def test_documents(place: Place) -> None:
    store = place.open()
    store.save_document("charts", "b", {"title": "Ñandú", "nodes": [1, 2.5, None, {"x": True}]})
    store.save_document("charts", "a", {})
    store.save_document("views", "b", {"z": 1})
    store.save_document("charts", "a", {"again": 1})
    assert store.documents("charts") == {
        "a": {"again": 1},
        "b": {"title": "Ñandú", "nodes": [1, 2.5, None, {"x": True}]},
    }
    assert list(store.documents("charts")) == ["a", "b"]
    assert store.collections() == ["charts", "views"]
    store.delete_document("charts", "a")
    store.delete_document("charts", "a")
    assert list(store.documents("charts")) == ["b"]
