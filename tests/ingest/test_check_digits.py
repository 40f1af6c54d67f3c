"""Check digits are right where the reference implementation says so, and wrong numbers are told, not rejected."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.graph.text import say
from vinculo.ingest.clean.check_digits import CHECKS, checked, doubt

#: A right number of each kind, from the standards and published examples.
RIGHT = {
    "bic": "DEUTDEFF500",
    "container": "CSQU3054383",
    "curp": "BOXW310820HNERXN09",
    "duns": "150483782",
    "iban": "GB82WEST12345698765432",
    "imo": "IMO9319466",
    "lei": "213800KUD8LAJWSQ9D15",
    "mmsi": "345070123",
    "rfc": "GODE561231GR8",
    "scac": "MAEU",
}
ORACLES = {
    "container": "stdnum.iso6346",
    "curp": "stdnum.mx.curp",
    "iban": "stdnum.iban",
    "imo": "stdnum.imo",
    "lei": "stdnum.lei",
    "rfc": "stdnum.mx.rfc",
}


def test_published_numbers() -> None:
    assert RIGHT.keys() == CHECKS.keys()
    for kind, number in RIGHT.items():
        assert checked(kind, number), kind
        assert checked(kind, f" {number.lower()} "), kind
        assert not checked(kind, "")
        assert not checked(kind, f"{number}1234567890")


@pytest.mark.parametrize("kind", sorted(ORACLES))
def test_one_changed_character(kind: str) -> None:
    """As ``python-stdnum`` says, for the number with any one character changed."""
    oracle: Callable[..., Any] = import_module(ORACLES[kind]).is_valid
    options = {"validate_check_digits": True} if kind == "rfc" else {}

    @settings(max_examples=300, deadline=None)
    @given(st.integers(0, len(RIGHT[kind]) - 1), st.integers(0, 25))
    def same(at: int, other: int) -> None:
        # a digit for a digit, a letter for a letter: the form stays
        old = RIGHT[kind][at]
        new = str(other % 10) if old.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[other]
        number = RIGHT[kind][:at] + new + RIGHT[kind][at + 1 :]
        said = bool(oracle(number, **options))
        if kind in ("container", "imo", "lei"):
            assert checked(kind, number) == said
        elif said:
            # the others also hold lists of countries, states and words; what they accept, we accept
            assert checked(kind, number)

    same()


@pytest.mark.parametrize(
    ("kind", "name", "value", "number_type", "said"),
    [
        ("Container", "number", "CSQU3054383", "", ""),
        ("Container", "number", "CSQU3054384", "", "check_digit"),
        ("Company", "taxNumber", "GODE561231GR9", "", "check_digit"),
        ("Company", "taxNumber", "XEXX010101000", "", "generic"),
        ("Company", "taxNumber", "900111222", "", ""),
        ("Person", "idNumber", "BOXW310820HNERXN08", "", "check_digit"),
        ("Vessel", "imoNumber", "IMO9319467", "", "check_digit"),
        ("Identifier", "number", "9319467", "IMO", "check_digit"),
        ("Identifier", "number", "9319467", "PASSPORT", ""),
        ("BankAccount", "iban", "GB82WEST12345698765433", "", "check_digit"),
        ("Company", "name", "CSQU3054384", "", ""),
        ("PAID", "currency", "XXZ", "", "currency"),
        ("PAID", "receivedCurrency", "MXN", "", ""),
    ],
)
def test_doubts(kind: str, name: str, value: str, number_type: str, said: str) -> None:
    assert doubt(kind, name, value, number_type) == said
    if said:
        assert say(f"doubt.{said}", "en") != say(f"doubt.{said}", "es")
