"""Code tables mean what their publishers say, and nothing where a code is not theirs."""

from __future__ import annotations

import csv
import gzip
import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from vinculo.graph.reference import TABLES, look_up, meaning

SHARED = (
    Path(os.environ.get("VINCULO_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
    / "real"
    / "e_reference"
)


def test_known_codes() -> None:
    """From the publications themselves."""
    for table, code, label in (
        ("hs", "01", "Animals; live"),
        ("hs", "2933.33", "Heterocyclic compounds"),
        ("schedule_d", "2304", "LAREDO, TX"),
        ("schedule_k", "20120", "Manzanillo"),
        ("aduanas", "16", "Manzanillo, Colima"),
        ("wpi", "MXZLO", "Manzanillo"),
        ("wpi", "DE BRB", "Brunsbuttel Elbahafen; Brunsbuttel Canal Terminals"),
        ("aduanas", "470", "Aeropuerto Internacional de la Ciudad de México"),
    ):
        found = look_up(table, code)
        assert found is not None
        assert found.label.startswith(label), found
        assert found.table.source


def test_same_name_other_country() -> None:
    assert {look_up("schedule_k", c).country for c in ("20120", "22556")} == {"Mexico", "Panama"}  # type: ignore[union-attr]


def test_no_guess() -> None:
    for table in TABLES:
        for code in ("", "x", "00000000", "\x00", "7", "-1"):
            assert look_up(table, code) is None, (table, code)
    assert meaning("Company", "name", "0804") is None
    assert meaning("Location", "code", "GBTOB") is None  # the index has it for a port of Canada, too
    assert meaning("Location", "code", "MXMEX") is None  # no seaport
    with pytest.raises(KeyError):
        look_up("../hs", "01")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_are_whole(name: str) -> None:
    rows = list(csv.DictReader((files("vinculo.graph.reference") / f"{name}.csv").read_text("utf-8").splitlines()))
    codes = [r["code"] for r in rows]
    many = {"aduanas": 50, "hs": 6939, "schedule_d": 432, "schedule_k": 1922, "wpi": 3307}
    assert len(set(codes)) == len(codes) == many[name]
    assert all(r.get("en") or r.get("es") for r in rows)
    assert all(re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}" if name == "wpi" else r"\d+", c) for c in codes)


def test_ports_stand_in_the_country_of_their_code() -> None:
    rows = csv.DictReader((files("vinculo.graph.reference") / "wpi.csv").read_text("utf-8").splitlines())
    home: dict[str, set[str]] = {}
    for row in rows:
        home.setdefault(row["code"][:2], set()).add(row["country"])
    assert {c for c, names in home.items() if len(names) > 1} == {"MA"}  # Laayoune has Morocco's code


@pytest.mark.skipif(not SHARED.is_dir(), reason="set VINCULO_SHARED_DATA to the folder of shared data")
def test_tables_are_those_of_their_publishers() -> None:
    with gzip.open(SHARED / "harmonized-system.csv.gz", "rt", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if row["hscode"].isdigit():
                assert look_up("hs", row["hscode"]).label == row["description"].strip()  # type: ignore[union-attr]
    with gzip.open(SHARED / "nga_wpi_UpdatedPub150.csv.gz", "rt", encoding="utf-8-sig") as text:
        for row in csv.DictReader(text):
            if (port := look_up("wpi", row["UN/LOCODE"])) is not None:
                assert row["Main Port Name"].strip() in port.label.split("; ")
                assert row["Country Code"].strip() in (port.country, "")
