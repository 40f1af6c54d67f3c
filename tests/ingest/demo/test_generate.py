"""The generated case: repeatable, as large as promised, made of numbers that check and belong to nobody."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import stdnum.co.nit
import stdnum.gt.nit
import stdnum.imo
import stdnum.iso6346
import stdnum.mx.rfc
import stdnum.us.ein

from vinculo.ingest.demo import NOTICE, generate
from vinculo.ingest.demo.draws import Draws, exp

SCALE = 0.05
TABLES = ("bills_of_lading_us_imports", "bills_of_lading_mx_exports", "transfers", "seizures", "inspections")
TYPOLOGIES = {
    "fan_in",
    "fan_out",
    "list_match",
    "pass_through",
    "round_trip",
    "seizure_proximity",
    "shared_address_shells",
    "structuring",
    "unit_price_outlier",
    "value_mismatch",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    generate(folder, scale=SCALE)
    return folder


@pytest.fixture(scope="module")
def answers(case: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((case / "answers.json").read_text(encoding="utf-8"))
    return made


def records(case: Path, table: str) -> list[dict[str, str]]:
    lines = (case / f"{table}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    assert lines[0].strip() == NOTICE
    return [r for r in csv.DictReader(io.StringIO("".join(lines[1:]))) if None not in r.values()]


def sums(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_same_seed_same_bytes(case: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again", scale=SCALE)
    assert sums(tmp_path / "again") == sums(case)


def test_another_seed_is_another_case(case: Path, tmp_path: Path) -> None:
    generate(tmp_path / "other", seed=8, scale=SCALE)
    other = sums(tmp_path / "other")
    assert other.keys() == sums(case).keys()
    assert not set(other.values()) & set(sums(case).values())


def test_no_two_firms_share_a_mailbox(case: Path) -> None:
    """A tie between firms is one that the answers know of; a mailbox named after the trade would tie all of a trade."""
    register = (case / "company_register.ftm.json").read_text(encoding="utf-8").splitlines()
    holders = {
        (email, entity["properties"]["taxNumber"][0])
        for entity in map(json.loads, register)
        for email in entity["properties"].get("email", ())
    }
    for table in ("bills_of_lading_us_imports", "bills_of_lading_mx_exports"):
        holders |= {
            (r[f"{role}_email"], r[f"{role}_tax_id"])
            for r in records(case, table)
            for role in ("shipper", "consignee")
            if r[f"{role}_email"] and r[f"{role}_tax_id"]
        }
    assert len(holders) > 100
    assert {e for e, n in Counter(email for email, _ in holders).items() if n > 1} == set()


def test_bytes_are_those_of_every_machine() -> None:
    """PCG64's published stream and exactly rounded operations: fixed values, not only equal ones."""
    draws = Draws(7, "check")
    assert draws.integers(5, 0, 99).tolist() == [84, 13, 42, 50, 95]
    assert draws.lognormal(100.0, 0.5).hex() == "0x1.c195e5a1fc755p+5"


def test_exp_is_the_exponential() -> None:
    import numpy as np

    at = np.linspace(-20, 20, 4001)
    assert np.allclose(exp(at), np.exp(at), rtol=1e-14, atol=0)


def test_counts_at_this_scale(case: Path, answers: dict[str, Any]) -> None:
    counts = answers["counts"]
    assert counts["bills"] == pytest.approx(20_000 * SCALE, rel=0.5)
    assert 60_000 * SCALE < counts["transfers"] < 120_000 * SCALE  # what is planted does not shrink with the rest
    spoiled, repeated = answers["rejects_by_file"], answers["duplicates_by_file"]
    for table, key in (("transfers", "transfers"), ("seizures", "seizures"), ("inspections", "inspections")):
        lines = len((case / f"{table}.csv").read_text(encoding="utf-8").splitlines()) - 2
        assert lines == counts[key] + spoiled[f"{table}.csv"]
    known: set[str] = set()
    written = 0
    for table in TABLES[:2]:
        file = f"{table}.csv"
        lines = len((case / file).read_text(encoding="utf-8").splitlines()) - 2
        # a spoiled record is a copy under another number, with a letter behind
        numbers = {r["bill_number"] for r in records(case, table) if r["bill_number"][-1].isdigit()}
        assert lines == len(numbers) + repeated.get(file, 0) + spoiled[file]
        known |= numbers
        written += lines
    assert (len(known), written) == (counts["bills"], counts["bill_records"])
    imports = [tuple(r.values()) for r in records(case, TABLES[0])]
    assert sum(n - 1 for n in Counter(imports).values()) == repeated["bills_of_lading_us_imports.csv"]
    assert answers["rejects"] == sum(spoiled.values()) > 0


@pytest.mark.slow
def test_counts_at_full_scale(tmp_path: Path) -> None:
    generate(tmp_path)
    counts = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))["counts"]
    promised = {"bills": 20_000, "transfers": 60_000, "seizures": 300, "inspections": 2_000, "parties": 6_000}
    for what, n in promised.items():
        assert counts[what] == pytest.approx(n, rel=0.05), what


def test_every_file_says_that_it_is_made_up(case: Path) -> None:
    for path in case.iterdir():
        assert b"SYNTHETIC DATA" in path.read_bytes()[:4096], path.name


def test_tax_numbers_check_and_cannot_have_been_issued(case: Path) -> None:
    numbers = {"MX": set(), "US": set(), "CO": set(), "GT": set()}  # type: dict[str, set[str]]
    for table in TABLES[:2]:
        for r in records(case, table):
            for role in ("shipper", "consignee", "notify_party"):
                if r[f"{role}_tax_id"]:
                    numbers[r[f"{role}_country"]].add(r[f"{role}_tax_id"])
    for r in records(case, "transfers"):
        for end in ("originator", "beneficiary"):
            number = r[f"{end}_tax_id"]
            if re.match("[A-ZÑ&]{3}", number):
                numbers["MX"].add(number)
    assert all(len(found) > 5 for found in numbers.values())
    for number in numbers["MX"]:
        assert stdnum.mx.rfc.is_valid(number, validate_check_digits=True), number
        assert number[-2] == "O"  # the authority's table of homoclaves has no O
    for number in numbers["US"]:
        assert re.fullmatch(r"\d\d-\d{7}", number) and not stdnum.us.ein.is_valid(number), number
    for number in numbers["CO"]:
        assert stdnum.co.nit.is_valid(number) and number.startswith("999"), number
    for number in numbers["GT"]:
        assert stdnum.gt.nit.is_valid(number) and len(number) > 9, number


def test_containers_and_ships_check(case: Path) -> None:
    rows = [r for t in TABLES[:2] for r in records(case, t)]
    boxes = {n for r in rows for n in r["container_numbers"].split(";") if n}
    ships = {r["vessel_imo"] for r in rows if r["vessel_imo"]}
    assert len(boxes) > 100 and len(ships) > 2
    assert all(stdnum.iso6346.is_valid(n) for n in boxes)
    assert all(stdnum.imo.is_valid(n) and 3_000_000 <= int(n) < 4_000_000 for n in ships)


def test_mexican_accounts_check(case: Path) -> None:
    accounts = {r["originator_account"] for r in records(case, "transfers") if len(r["originator_account"]) == 18}
    assert len(accounts) > 20
    for number in accounts:
        digits = [int(s) * w % 10 for s, w in zip(number[:17], (3, 7, 1) * 6, strict=False)]
        assert (sum(digits) + int(number[17])) % 10 == 0 and number.startswith("29")


def test_phones_are_fictional(case: Path) -> None:
    rows = [r for t in TABLES[:2] for r in records(case, t)]
    phones = {
        (r[f"{role}_country"], r[f"{role}_phone"]) for r in rows for role in ("shipper", "consignee", "notify_party")
    }
    shape = {
        "US": r"\+1 \d{3}-555-01\d\d",
        "MX": r"\+52 60\d \d{3} \d{4}",
        "GT": r"\+502 9\d{3} \d{4}",
        "CO": r"\+57 9\d\d \d{3} \d{4}",
    }
    assert all(re.fullmatch(shape[country], phone) for country, phone in phones if phone)


def test_both_sides_of_the_border_have_the_same_bills(case: Path) -> None:
    imports, exports = ({r["bill_number"]: r for r in records(case, t)} for t in TABLES[:2])
    both = imports.keys() & exports.keys()
    assert len(both) > 0.5 * len(exports)
    gaps = [float(imports[b]["declared_value"]) / float(exports[b]["declared_value"]) for b in both]
    # freight and insurance, mostly; the planted ones are far off
    assert sorted(gaps)[len(gaps) // 2] == pytest.approx(1.04, abs=0.03)
    assert max(gaps) > 1.5


def test_lists_have_their_layouts(case: Path) -> None:
    sat = list(csv.reader(io.StringIO((case / "Listado_Completo_69-B.csv").read_bytes().decode("cp1252"))))
    assert {len(row) for row in sat} == {20} and sat[2][:4] == [
        "No",
        "RFC",
        "Nombre del Contribuyente",
        "Situación del contribuyente",
    ]
    assert {row[3] for row in sat[3:]} == {"Definitivo", "Desvirtuado", "Sentencia Favorable", "Presunto"}
    sdn = list(csv.reader(io.StringIO((case / "sdn.csv").read_text(encoding="ascii"))))
    assert {len(row) for row in sdn} == {12} and all(row[4] == "-0- " for row in sdn)
    assert any("Linked To:" in row[11] for row in sdn) and any("R.F.C. " in row[11] for row in sdn)


def test_register_is_whole(case: Path) -> None:
    made = [json.loads(x) for x in (case / "company_register.ftm.json").read_text(encoding="utf-8").splitlines()]
    ids = {e["id"] for e in made}
    assert len(ids) == len(made)
    ends = [
        v
        for e in made
        for p in ("owner", "asset", "director", "organization", "addressEntity")
        for v in e["properties"].get(p, ())
    ]
    assert ends and set(ends) <= ids


def test_every_typology_is_planted_and_has_a_look_alike(answers: dict[str, Any]) -> None:
    for part in ("patterns", "look_alikes"):
        assert {p["typology"] for p in answers[part]} == TYPOLOGIES
    ids = [p["id"] for part in ("patterns", "look_alikes") for p in answers[part]]
    assert len(ids) == len(set(ids))
    assert all(p["why"] for p in answers["look_alikes"])


def test_answers_occur_in_the_files(case: Path, answers: dict[str, Any]) -> None:
    text = {p.name: p.read_text(encoding="cp1252" if "69-B" in p.name else "utf-8") for p in case.iterdir()}
    everything = "\n".join(t for name, t in text.items() if name != "answers.json")
    transfers = {r["transfer_id"]: r for r in records(case, "transfers")}
    bills = {r["bill_number"]: r for t in TABLES[:2] for r in records(case, t)}
    for pattern in answers["patterns"] + answers["look_alikes"]:
        for member in pattern["members"]:
            assert (member.get("account") or member["tax_id"]) in everything or member["name"] in everything, pattern[
                "id"
            ]
        assert set(pattern["transfers"]) <= transfers.keys()
        assert set(pattern["bills"]) <= bills.keys()
        accounts = {m["account"] for m in pattern["members"] if "account" in m}
        for number in pattern["transfers"]:
            ends = {transfers[number]["originator_account"], transfers[number]["beneficiary_account"]}
            assert not accounts or ends & accounts, pattern["id"]


def test_planted_cash_stays_below_the_threshold(case: Path, answers: dict[str, Any]) -> None:
    transfers = {r["transfer_id"]: r for r in records(case, "transfers")}
    for pattern in answers["patterns"]:
        if pattern["typology"] == "structuring":
            cash = [
                float(transfers[t]["amount"]) for t in pattern["transfers"] if transfers[t]["type"] == "cash_deposit"
            ]
            assert len(cash) >= 6 and all(7_000 <= c < 10_000 for c in cash) and sum(cash) > 10_000
    shops = [p for p in answers["look_alikes"] if p["typology"] == "structuring"]
    assert any(float(transfers[t]["amount"]) > 10_000 for p in shops for t in p["transfers"])


def test_round_trips_come_back_in_order(case: Path, answers: dict[str, Any]) -> None:
    transfers = {r["transfer_id"]: r for r in records(case, "transfers")}
    for pattern in answers["patterns"]:
        if pattern["typology"] == "round_trip":
            hops = [transfers[t] for t in pattern["transfers"]]
            assert [h["date"] for h in hops] == sorted(h["date"] for h in hops)
            for before, after in zip(hops, hops[1:] + hops[:1], strict=True):
                assert before["beneficiary_account"] == after["originator_account"]


def test_the_story_holds_together(case: Path, answers: dict[str, Any]) -> None:
    story = {p["typology"]: p for p in answers["patterns"] if "/story/" in p["id"]}
    hub = story["seizure_proximity"]["hub"]["name"]
    bills = {r["bill_number"]: r for r in records(case, TABLES[0])}
    seized = [r for r in records(case, "seizures") if r["bill_number"] in story["seizure_proximity"]["bills"]]
    assert len(seized) == 1 and bills[seized[0]["bill_number"]]["notify_party"] == hub
    inspections = {r["inspection_id"]: r for r in records(case, "inspections")}
    assert inspections[seized[0]["inspection_id"]]["kind"] == "joint"
    found = [i for i in inspections.values() if i["bill_number"] in story["seizure_proximity"]["bills"] and i["pest"]]
    assert found and found[0]["party_name"] == seized[0]["party_name"] and found[0]["date"] < seized[0]["date"]
    register = [json.loads(x) for x in (case / "company_register.ftm.json").read_text(encoding="utf-8").splitlines()]
    phone = bills[seized[0]["bill_number"]]["notify_party_phone"]
    assert sum(phone in e["properties"].get("phone", ()) for e in register) == 3
    assert len({b["notify_party"] for b in bills.values() if b["notify_party_phone"] == phone}) == 3
    listed = story["list_match"]["members"][0]["tax_id"]
    assert f"{listed}," in (case / "Listado_Completo_69-B.csv").read_text(encoding="cp1252")


def test_scale_must_be_above_zero(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="scale"):
        generate(tmp_path, scale=0)
