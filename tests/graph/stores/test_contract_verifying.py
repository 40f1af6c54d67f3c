"""What every store must find when it is looked through, and that it cries no wolf."""

from __future__ import annotations

from typing import Any

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.registry import discover
from vinculo.graph.types import Batch, Manifest


def test_nothing_differs_however_a_case_came_about(place: Place) -> None:
    """Overlapping files, several batches, repeats, the same batch twice, a withdrawal."""
    store = place.open()
    seen: list[tuple[str, int, int]] = []
    assert store.verify() == []
    at.load(store, "d.a", [at.ANA, at.FIRM, at.ANA], [at.OWNS, at.PAID, at.PAID])
    at.load(store, "d.b", [("ana", "LegalEntity", 4, {"name": "Ana L."})], [at.PAID], taint="sar")
    origin = at.source("d.c")
    run = store.begin_run(origin)
    for number, record in ((1, 9), (2, 5), (3, 7)):
        repeated: Any = [("ana", "Person", record, {"name": "Ana"}), (f"p{number}", "Person", record, {"name": "P"})]
        paid: Any = [
            ("pay", "PAID", "firm", "abroad", record, {"amount": "7"}),
            (f"l{number}", "PAID", "ana", "x", 1, {}),
        ]
        batch = Batch.make(at.entities(repeated), at.links(paid))
        for _ in range(2):
            store.write(batch, Manifest(origin, run, number, 2, at.prints(str(number))))
    store.finish_run(run, "done", {"read": 6})
    assert store.verify(lambda *told: seen.append(told)) == []
    assert seen[-1][0] == "verify" and seen[-1][1] == seen[-1][2]
    store.withdraw(at.source("d.a"))
    assert store.verify() == []


#: What is spoiled, by store: a statement, and the sort of difference it makes.
SPOILED: dict[str, list[tuple[str, str]]] = {
    "sqlite": [
        ("UPDATE link_fact SET record = record + 1", "sum"),
        ("UPDATE entity_fact SET facts = replace(facts, 'López', 'Lopez')", "content"),
        ("UPDATE link SET amount = 1", "derived"),
        ("UPDATE entity SET name = 'X' WHERE id = 'ana'", "derived"),
        ("DELETE FROM name WHERE value = 'Ana López'", "names"),
        ("UPDATE source SET taint = 'sar'", "manifest"),
        ("DELETE FROM entity WHERE id = 'abroad'", "dangling"),
        ("DELETE FROM batch", "manifest"),
        ("DELETE FROM name_trigrams_data WHERE id > 10", "index"),
        ("UPDATE run SET counts = '{'", "unreadable"),
    ],
    "neo4j": [
        ("MATCH ()-[r:PAID]->() SET r.amount = 1.0", "derived"),
        ("MATCH (n:Entity {id: 'ana'}) SET n.name = 'X'", "derived"),
        ("MATCH (n:Entity {id: 'ana'}) SET n.terms = ''", "names"),
        ("MATCH (s:Source) SET s.number = 99", "dangling"),
        ("MATCH (r:Run) DETACH DELETE r", "manifest"),
        # altered together with all that follows from it
        (
            """MATCH (n:Entity {id: 'ana'}) SET n.facts = [f IN n.facts | replace(f, '1980', '1981')]""",
            "sum",
        ),
        (
            """MATCH (n:Entity {id: 'ana'}) SET n.name = 'Ana Ximena', n.terms = 'ana nax xim ime men ena __ana_ximena',
               n.facts = [f IN n.facts | replace(f, 'Ana López', 'Ana Ximena')]""",
            "sum",
        ),
        (
            """MATCH ()-[r:PAID]->() SET r.amount = 9.0, r.facts = [f IN r.facts | replace(f, '9500.50', '9')]""",
            "sum",
        ),
        ("MATCH (a)-[r:OWNS]->(b) WITH a, b, r, properties(r) AS p DELETE r CREATE (b)-[s:OWNS]->(a) SET s = p", "sum"),
        ("MATCH ()-[r:OWNS]->() SET r.facts = [f IN r.facts | replace(f, ':2', ':3')]", "sum"),
        ("MATCH ()-[r:PAID]->() DELETE r", "sum"),
        ("MATCH (m:Manifest) SET m.records = 99", "manifest"),
        ("MATCH (s:Source) SET s.taint = 'sar'", "manifest"),
        ("MATCH ()-[r:PAID]->() MATCH (s:Source) SET r.by = 99, s.published = false", "derived"),
    ],
}


CASES = [
    pytest.param(name, statement, sort, marks=[pytest.mark.neo4j] * (name == "neo4j"))
    for name, cases in SPOILED.items()
    for statement, sort in cases
]


def test_every_store_has_ways_to_be_spoiled() -> None:
    assert sorted(SPOILED) == sorted(discover("vinculo.graph.stores", "STORE"))


@pytest.mark.parametrize(("place", "statement", "sort"), CASES, indirect=["place"])
def test_what_was_spoiled_is_named(place: Place, statement: str, sort: str) -> None:
    store: Any = place.open()
    at.load(store, "d.a", [at.ANA, at.FIRM], [at.OWNS, at.PAID])
    if place.name == "sqlite":
        with store._db.writing() as db:
            db.execute(statement)
    else:
        store._db.write(lambda tx: tx.rows(statement))
    found = store.verify()
    assert sort in {d.what for d in found}, found
    assert all(d.message("en") and d.message("es") for d in found)
