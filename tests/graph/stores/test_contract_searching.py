"""Searching forgives, and gives the same list on every store: each test runs on every store that registers itself."""

from __future__ import annotations

import random
from typing import Any

import pytest
import store_places as at
from store_places import Place

from vinculo.graph.schema import searched_properties
from vinculo.graph.search import CANDIDATES, WHOLE, Question, indexed, ranked

NAMES = [
    ("halcon", "Company", 1, {"name": "Transportes Halcón del Norte, S.A. de C.V.", "taxNumber": "THN-010203-AB1"}),
    ("jose", "Person", 2, {"name": "José Ángel Núñez Ibarra", "alias": "El Güero"}),
    ("jose2", "Person", 3, {"name": "Jose Luis Martinez"}),
    ("ship", "Vessel", 4, {"name": "Mørsk Ålesund", "imoNumber": "IMO9074729"}),
    ("li", "Person", 5, {"name": "Li"}),
    ("bank", "Company", 6, {"name": "Banco Ñandú", "swiftBic": "NANDMXMM"}),
    ("phone", "Phone", 7, {"number": "+525512345678"}),
]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("halcon", "halcon"),
        ("HALCÓN DEL NORTE", "halcon"),
        ("norte transportes halcon", "halcon"),
        ("transportes halcom del norte", "halcon"),
        ("thn010203ab1", "halcon"),
        ("THN 010203 AB1", "halcon"),
        ("jose angel nunez", "jose"),
        ("Nuñes Ibarra José", "jose"),
        ("el guero", "jose"),
        ("morsk alesund", "ship"),
        ("9074729", "ship"),
        ("li", "li"),
        ("banco nandu", "bank"),
        ("nandmxmm", "bank"),
    ],
)
def test_search_forgives(place: Place, asked: str, first: str) -> None:
    store = place.open()
    at.load(store, "d.a", NAMES)
    hits = store.search(asked)
    assert hits, asked
    assert hits[0].id == first
    assert all(0 < h.score <= 1 for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_search_by_kind_and_limit(place: Place) -> None:
    store = place.open()
    at.load(store, "d.a", [*NAMES, *((f"j{n}", "Person", 9, {"name": f"Jose {n}"}) for n in range(9))])
    assert {h.kind for h in store.search("jose", kinds=["LegalEntity"])} == {"Person"}
    assert store.search("jose", kinds=["Vessel"]) == []
    assert len(store.search("jose", limit=3)) == 3
    assert store.search("") == []
    assert store.search("qqqq zzzz wwww") == []
    hit = store.search("el guero")[0]
    assert (hit.name, hit.matched) == ("José Ángel Núñez Ibarra", "El Güero")


def test_search_finds_what_was_just_written_and_not_what_was_withdrawn(place: Place) -> None:
    store = place.open()
    for round in range(3):
        origin = at.load(store, f"d.{round}", [("x", "Company", 1, {"name": f"Compañía Fugaz {round}"})])
        assert store.search("compania fugaz")[0].matched == f"Compañía Fugaz {round}"
        store.withdraw(origin)
        assert store.search("compania fugaz") == []


#: Many names that are near to one another: the words of firms, and typing errors.
WORDS = [
    "comercializadora",
    "transportes",
    "del",
    "norte",
    "fresh",
    "produce",
    "sa",
    "de",
    "cv",
    "garcia",
    "lopez",
    "li",
]


def near_names(count: int) -> list[at.EntityRow]:
    """Firms and people whose names share most of their letters, some with a number beside them."""
    draw = random.Random(17)
    rows: list[at.EntityRow] = []
    for n in range(count):
        words = ["Comercializadora", *draw.sample(WORDS, draw.randrange(0, 4))]
        spot = draw.randrange(1, len(words[0]))
        words[0] = draw.choice([words[0], words[0], words[0][:spot] + words[0][spot + 1 :], words[0].upper()])
        values: dict[str, Any] = {"name": [" ".join(words), f"Li {draw.choice(WORDS)} {n % 90}"]}
        if n % 3 == 0:
            values["taxNumber"] = f"CNO-{n % 97:06}-AB{n % 7}"
        rows.append((f"id{draw.randrange(10**9):09}-{n}", draw.choice(["Company", "Person"]), n + 1, values))
    return rows


ASKED = [
    *(
        "comercializadora",
        "comercialisadora",
        "Comercializadora del Norte",
        "norte comercializadora sa de cv",
        "li",
        "l",
    ),
    *("li garcia 7", "CNO 000011 AB4", "cno-0000", "garcia lopez", "com", "c 0 1 2", "de", "", "zzz"),
]


def by_force(rows: list[at.EntityRow], text: str, kinds: list[str], limit: int) -> list[tuple[str, float, str]]:
    """The list as :mod:`vinculo.graph.search` says it, from all the values one by one."""
    asked, pairs = Question.of(text), []
    for id, kind, _, values in rows:
        for name, some in values.items():
            sort = searched_properties()[name]
            for value in some if isinstance(some, list) else [some]:
                pairs.append((id, kind, sort, value, indexed(sort, value)[:WHOLE]))
    pairs = [p for p in pairs if p[1] in kinds]

    def shared(held: str) -> int:
        return sum(t in held for t in asked.trigrams)

    chosen: set[tuple[str, str]] = set()
    for whole in asked.whole:
        chosen |= set(sorted({(p[0], p[4]) for p in pairs if p[4] == whole})[:CANDIDATES])
    if asked.beginning:
        chosen |= {
            (i, h) for h, i in sorted({(p[4], p[0]) for p in pairs if p[4].startswith(asked.beginning)})[:CANDIDATES]
        }
    if asked.trigrams:
        enough = {(-shared(p[4]), len(p[4]), p[4], p[0]) for p in pairs if shared(p[4]) >= asked.least}
        chosen |= {(row[3], row[2]) for row in sorted(enough)[:CANDIDATES]}
    names = {id: max(values["name"], key=lambda n: (len(n), [-ord(c) for c in n])) for id, _, _, values in rows}
    candidates = [(p[0], p[1], names[p[0]], p[2], p[3]) for p in pairs if (p[0], p[4]) in chosen]
    return [(h.id, h.score, h.matched) for h in ranked(text, candidates, limit)]


def test_more_near_names_than_candidates_give_the_list_that_is_promised(place: Place) -> None:
    store, rows = place.open(), near_names(1_300)
    # in two files and not in the order of the ids: neither may matter
    at.load(store, "d.a", rows[:900])
    at.load(store, "d.b", rows[900:] + rows[300:400])
    many = 0
    for text in ASKED:
        for kinds, meant in ((None, ["Company", "Person"]), (["Person"], ["Person"])):
            expected = by_force(rows, text, meant, 1_000)
            found = [(h.id, h.score, h.matched) for h in store.search(text, kinds=kinds, limit=1_000)]
            assert found == expected, text
            assert [(h.id, h.score, h.matched) for h in store.search(text, kinds=kinds, limit=7)] == expected[:7]
            many += len(expected) >= CANDIDATES
    assert many >= 4


def test_long_names_are_found(place: Place) -> None:
    store = place.open()
    long = "Asociacion de productores " + "y comercializadores de fruta " * 12
    at.load(store, "d.a", [("x", "Company", 1, {"name": long + "uno"}), ("y", "Company", 2, {"name": long + "dos"})])
    assert store.search(long + "dos")[0].id == "y"
    assert {h.id for h in store.search(long[:60])} == {"x", "y"}
    assert {h.id for h in store.search("frutta de productores asociacion")} == {"x", "y"}
