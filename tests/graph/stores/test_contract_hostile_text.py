"""Text from outside is kept as it is and does nothing: each test runs on every store that registers itself."""

from __future__ import annotations

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.errors import UsageError
from vinculo.graph.transfer import digest
from vinculo.graph.types import Batch, Manifest

HOSTILE = [
    "'; DROP TABLE entity; --",
    "x`}) DETACH DELETE n //",
    '" OR 1=1 OR "',
    "$param {name} %s \\ \\u0041 \\' ?",
    "<script>alert(1)</script> **bold** [a](javascript:x)",
    "a\tb\nc\r\nd",
    "\u202eevil\u2066 zero\u200bwidth",
    "ünïcödé 漢字 🚢 e\u0301",
    "name:(a AND b) /re.*/ ~2 ^3 [a TO z] + - && || ! * ?",
    "AND",
    "null",
    "x" * 40_000,
    "3:17",
]


def test_text_from_outside_is_kept_as_it_is_and_does_nothing(place: Place) -> None:
    store = place.open()
    rows = [
        (f"id-{n} {text[:60]}", "Company", n + 1, {"name": text, "notes": text, "taxNumber": text[:500]})
        for n, text in enumerate(HOSTILE)
    ]
    paid = [
        (f"link-{n} {t[:60]}", "PAID", rows[n][0], rows[0][0], n + 1, {"purpose": t}) for n, t in enumerate(HOSTILE)
    ]
    origin = at.load(store, "d.a", rows, paid, taint="sar")
    for row, text in zip(rows, HOSTILE, strict=True):
        assert store.entities([row[0]])[row[0]].first("name") == text
    for row, text in zip(paid, HOSTILE, strict=True):
        assert store.links([row[0]])[row[0]].first("purpose") == text
        assert store.neighbours(row[2]).centre == row[2]
    for text in HOSTILE:
        assert isinstance(store.search(text), list)
    assert store.table("Company", ["notes"]).column("notes").to_pylist() == [
        t for _, t in sorted(zip((r[0] for r in rows), HOSTILE, strict=True))
    ]
    assert set(store.taints()) == {r[0] for r in rows} | {r[0] for r in paid}
    store.save_document("charts", HOSTILE[1], {"x": HOSTILE})
    assert store.documents("charts") == {HOSTILE[1]: {"x": HOSTILE}}
    assert store.withdraw(origin) == {"entities": 13, "links": 13, "values": 13 * 4}


@pytest.mark.parametrize("kind", [*HOSTILE[:3], "Nothing", "Entity", ""])
def test_a_kind_the_schema_does_not_name_is_refused_whole(place: Place, kind: str) -> None:
    store = place.open()
    at.load(store, "d.a", [at.ANA])
    before, version = digest(store), store.version()
    for batch in (
        Batch.make(at.entities([at.FIRM, ("bad", kind, 1, {"name": "B"})])),
        Batch.make(at.entities([at.FIRM]), at.links([at.OWNS, ("bad", kind, "ana", "firm", 1, {})])),
    ):
        origin = at.source("d.b")
        with pytest.raises(UsageError) as told:
            store.write(batch, Manifest(origin, store.begin_run(origin), 1, 2, at.prints("x")))
        assert told.value.code == "unknown_kind"
    assert digest(store) == before
    assert store.version() == version
    for ask in (
        lambda: store.neighbours("ana", kinds=[kind]),
        lambda: store.edges([kind]),
        lambda: store.table(kind, ["name"]),
        lambda: store.search("ana", kinds=[kind]),
        lambda: store.paths("ana", "ana", kinds=[kind]),
    ):
        with pytest.raises(UsageError):
            ask()
