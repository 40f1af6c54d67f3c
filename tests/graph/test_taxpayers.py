"""Which official numbers join parties: one table, and the documentation says the same."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

import pytest

from vinculo.graph.taxpayers import number_types, taxpayer

DOCS = Path(__file__).parents[2] / "docs" / "reference.md"


def test_every_type_that_lists_bring_is_decided() -> None:
    table = files("vinculo.ingest.datasets").joinpath("ofac_numbers.csv").read_text("utf-8")
    brought = {row["type"] for row in csv.DictReader(table.splitlines())}
    assert brought and brought <= number_types().keys()
    assert {joins for joins, _ in number_types().values()} == {"anywhere", "country", "never"}


def test_the_documentation_has_the_table() -> None:
    told = re.findall(r"^\| `([A-Z ]+)` \| ([a-z ]+) \| (.+) \|$", DOCS.read_text("utf-8"), re.M)
    joins = {"within one country": "country"}
    assert {t: (joins.get(j, j), why) for t, j, why in told} == number_types()


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("TAX", "20-12345678-6", "ar"), ("TAX", "20123456786", "AR"), True),
        (("TAX", "20-12345678-6", "ar"), ("TAX", "20123456786", "pe"), False),
        (("TAX", "DIB771110HQ1", ""), ("RFC", "DIB-771110-HQ1", "mx"), True),
        (("TAX", "XAXX010101000", "mx"), ("TAX", "XAXX010101000", "mx"), False),
        (("TAX", "1234", "us"), ("TAX", "1234", "us"), False),
        (("TAX", "900111222", ""), ("TAX", "900111222", ""), False),
        (("REGISTRATION", "12345678", "gb"), ("REGISTRATION", "12345678", "gb"), False),
        (("DUNS", "150483782", ""), ("DUNS", "150483782", ""), False),
        (("something new", "900111222", "co"), ("something new", "900111222", "co"), False),
        (("LEI", "213800KUD8LAJWSQ9D15", "gb"), ("lei", "213800KUD8LAJWSQ9D15", ""), True),
    ],
)
def test_numbers_of_one_party(a: tuple[str, str, str], b: tuple[str, str, str], same: bool) -> None:
    left, right = taxpayer(*a), taxpayer(*b)
    assert (left is not None and left == right) == same
