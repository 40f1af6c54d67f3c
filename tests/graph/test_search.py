"""Names are found as people type them; identifiers whatever stands between their characters."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.search import folded, ranked, squeezed, trigrams

NAMES = [
    ("c1", "Company", "Halcón del Norte, S.A. de C.V.", "name"),
    ("c2", "Company", "Halcones Unidos S. de R.L.", "name"),
    ("p1", "Person", "Juan Pérez López", "name"),
    ("p2", "Person", "María Fernanda Ibáñez Núñez", "name"),
    ("i1", "Identifier", "PELJ800101AB1", "identifier"),
]


def found(text: str) -> list[str]:
    return [h.id for h in ranked(text, [(i, k, v, s, v) for i, k, v, s in NAMES], 5)]


def test_accents_case_order_and_typing_errors_are_forgiven() -> None:
    for text in ("halcon del norte", "HALCÓN NORTE", "norte halcon", "haclon norte", "halcn del norte"):
        assert found(text)[0] == "c1", text
    for text in ("perez juan", "Juan Peres Lopes", "jaun perez lopez"):
        assert found(text)[0] == "p1", text
    assert found("ibanez nunez")[0] == "p2"


def test_identifiers_are_compared_without_separators() -> None:
    assert found("pelj-800101-ab1") == ["i1"]
    assert found("PELJ 800101") == ["i1"]


def test_what_resembles_nothing_finds_nothing() -> None:
    assert found("zyxwvut") == []
    assert found("") == []


@given(st.text())
def test_folding_is_idempotent_and_blind_to_normal_forms(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))
    assert squeezed(text) == folded(text).replace(" ", "")
    # one letter beyond ASCII changes nothing about the others
    assert folded(f"é {text}") == f"e {folded(text)}".strip()


@given(st.text(alphabet="abc ", max_size=20))
def test_trigrams_are_substrings_of_words(text: str) -> None:
    held = folded(text)
    for gram in trigrams(held):
        assert len(gram) == 3 and gram in held and " " not in gram
