"""What findings rest on: without its evidence a finding is not told, on every store that registers itself."""

from __future__ import annotations

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.evidence import (
    basis,
    changed_since_detection,
    changed_since_suggesting,
    grounded,
    note_detection,
    note_suggesting,
    still_there,
)
from vinculo.graph.text import Text
from vinculo.graph.transfer import copy
from vinculo.graph.types import Finding, Suggestion


def finding(id: str, entities: tuple[str, ...], links: tuple[str, ...]) -> Finding:
    members = tuple((e, "member") for e in entities)
    return Finding(id, "t", "1", 0.5, members, links, ("", ""), {}, Text("a", "b"), (), Text("c", "d"))


def test_a_finding_goes_with_its_evidence(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    second = at.load(store, "d.b", [("new", "Company", 5, {"name": "Nueva"})], [at.PAID])
    rests_on_first = finding("a", ("ana", "firm"), ("own",))
    store.save_findings(
        "t", [rests_on_first, finding("b", ("ana",), ("pay",)), finding("c", ("new",), ()), finding("d", ("none",), ())]
    )
    pairs = [Suggestion(*pair, 0.9, Text("a", "b")) for pair in (("ana", "firm"), ("ana", "new"))]
    store.save_suggestions(pairs)
    note_detection(store, ["t"])
    assert [f.id for f in grounded(store, store.findings())] == ["a", "b", "c"]
    assert len(still_there(store, store.suggestions())) == 2
    assert not changed_since_detection(store)
    store.withdraw(second)
    assert [f.id for f in grounded(store, store.findings())] == ["a"]
    assert [(s.left, s.right) for s in still_there(store, store.suggestions())] == [("ana", "firm")]
    assert changed_since_detection(store)
    note_detection(store, ["t"])
    assert not changed_since_detection(store)


def test_each_typology_rests_on_what_it_was_looked_for_in(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    note_detection(store, ["t", "u"])
    at.load(store, "d.b", [], [at.PAID])
    note_detection(store, ["u"])
    assert changed_since_detection(store) and changed_since_detection(store, "t")
    assert not changed_since_detection(store, "u") and not changed_since_detection(store, "never looked for")


def test_suggestions_say_when_they_are_older_than_the_contents(place: Place) -> None:
    store = place.open()
    first = at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    assert not changed_since_suggesting(store)
    note_suggesting(store)
    assert not changed_since_suggesting(store)
    store.withdraw(first)
    assert changed_since_suggesting(store)


def test_another_mapping_of_the_same_file_is_another_basis(place: Place) -> None:
    store = place.open()
    loaded = at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    before = basis(store)
    store.save_document("mappings", f"{loaded.dataset} {loaded.sha256}", {"sha256": "corrected"})
    assert basis(store) != before


def test_nothing_is_said_where_nothing_was_detected(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA], [])
    assert not changed_since_detection(store)


@pytest.mark.neo4j
def test_the_same_files_are_the_same_basis(both: dict[str, Place]) -> None:
    made = []
    for place in both.values():
        store = place.open()
        at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS])
        made.append(basis(store))
        first = basis(store)
        at.load(store, "d.b", [], [at.PAID])
        assert basis(store) != first
        store.withdraw(at.source("d.b"))
        assert basis(store) == first
    assert len(set(made)) == 1


def test_a_copy_keeps_what_findings_rest_on(place: Place) -> None:
    from vinculo.graph.stores import open_store

    origin = open_store("sqlite:///:memory:")
    at.load(origin, "d.a", [at.ANA, at.FIRM], [at.OWNS])
    note_detection(origin, ["t"])
    target = place.open()
    copy(origin, target)
    assert not changed_since_detection(target)
