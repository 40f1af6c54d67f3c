"""Links are kept by id and kind, with the ends they came with: each test runs on every store that registers itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest, restore, snapshot


def test_parallel_links_and_loops_are_kept_by_id(place: Place) -> None:
    store = place.open()
    rows = [(f"p{n}", "PAID", "a", "b", n + 1, {"amount": str(n)}) for n in range(30)]
    at.load(store, "d.a", [], [*rows, ("loop", "PAID", "a", "a", 31, {})])
    assert store.counts()["links"] == {"PAID": 31}
    assert store.neighbours("a", limit=100).totals == {"PAID": 31}
    assert len(store.neighbours("a", limit=100).links) == 31


def test_a_link_keeps_the_ends_it_came_with(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [], [("x", "OWNS", "a", "b", 1, {"percentage": "10"})])
    at.load(store, "d.b", [], [("x", "OWNS", "a", "c", 1, {"percentage": "20"}), ("y", "OWNS", "c", "a", 2, {})])
    link = store.links(["x"])["x"]
    assert (link.source, link.target) == ("a", "b")
    assert [f.value for f in link.properties["percentage"]] == ["10", "20"]
    assert store.counts()["links"] == {"OWNS": 2}


#: One id, two files, two kinds of links, other ends.
OWNED = ("same", "OWNS", "ana", "firm", 1, {"percentage": "51", "startDate": "2019-05-01"})
RUN = ("same", "DIRECTS", "ana", "bank", 7, {"role": "chair", "startDate": "2020-01-01"})


@pytest.mark.parametrize("files", [("a", "b"), ("b", "a"), ("ab",), ("ba",)])
def test_one_id_under_two_kinds_is_two_links(place: Place, files: tuple[str, ...]) -> None:
    store = place.open()
    given = {"a": OWNED, "b": RUN}
    for file in files:
        at.load(store, f"d.{file}", [], [given[one] for one in file])
    assert store.counts()["links"] == {"DIRECTS": 1, "OWNS": 1}
    codes = dict(zip(*(store.nodes().column(c).to_pylist() for c in ("code", "id")), strict=True))
    assert [(e["id"], e["kind"], codes[e["target"]], e["date"]) for e in store.edges().to_pylist()] == [
        ("same", "DIRECTS", "bank", "2020-01-01"),
        ("same", "OWNS", "firm", "2019-05-01"),
    ]
    assert store.links_at(["ana"]).column("kind").to_pylist() == ["DIRECTS", "OWNS"]
    # by its id alone the first by the alphabet
    assert store.links(["same"])["same"].kind == "DIRECTS"
    near = store.neighbours("ana")
    assert near.totals == {"DIRECTS": 1, "OWNS": 1}
    assert [(x.kind, x.target, sorted(x.properties)) for x in near.links] == [
        ("DIRECTS", "bank", ["role", "startDate"]),
        ("OWNS", "firm", ["percentage", "startDate"]),
    ]
    assert [p.record for x in near.links for p in x.sources] == [7, 1]
    assert [x.kind for x in store.paths("bank", "firm")[0].links] == ["DIRECTS", "OWNS"]
    assert [x.kind for x in store.paths("ana", "firm", kinds=["OWNS"])[0].links] == ["OWNS"]
    assert store.table("OWNS", ["percentage", "role"]).to_pylist() == [{"id": "same", "percentage": "51", "role": None}]
    rows = [r for sort, t in store.statements() if sort == "link" for r in t.to_pylist()]
    assert [(r["kind"], r["target"], r["record"]) for r in rows] == [("DIRECTS", "bank", 7), ("OWNS", "firm", 1)]
    assert digest(store)["values"] == 4


def test_withdrawing_one_of_two_kinds_leaves_the_other(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [], [OWNED])
    before = digest(store)
    second = at.load(store, "d.b", [], [RUN, ("same", "DIRECTS", "ana", "bank", 3, {"role": "chair"})])
    third = at.load(store, "d.c", [], [RUN], taint="sar")
    assert store.taints() == {}
    assert store.withdraw(second) == {"entities": 0, "links": 0, "values": 0}
    assert store.taints() == {"same": "sar"}
    assert store.withdraw(third) == {"entities": 0, "links": 1, "values": 2}
    assert digest(store) == before


def test_a_copy_keeps_both_kinds_of_one_id(place: Place, tmp_path: Path) -> None:
    store = place.open()
    at.load(store, "d.a", [], [OWNED, RUN])
    snapshot(store, tmp_path / "snap")
    empty = open_store("sqlite:///:memory:")
    restore(tmp_path / "snap", empty)
    assert digest(empty) == digest(store)
    assert empty.edges().select(["id", "kind", "date"]).equals(store.edges().select(["id", "kind", "date"]))
    empty.close()
