"""Real lists and registers, counted. They are not part of the repository: see ``VINCULO_SHARED_DATA``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph.transfer import digest

LISTS, MONEY = "d_watchlists", "c_finance"


def _dangling(graph: Any) -> int:
    """Links with an end that no record describes."""
    return sum(graph.store.nodes()["kind"].to_pylist().count(k) for k in ("Thing",))


@pytest.mark.parametrize(
    ("file", "dataset", "counts", "listings"),
    [
        (f"{LISTS}/ofac_cons_prim.csv.gz", "ofac_consolidated", (442, 442), 442),
        (f"{LISTS}/ofac_csl.csv.gz", "us_csl", (115, 115), 115),
        # three rows are there twice, letter by letter
        (f"{LISTS}/bis_dpl.txt.gz", "bis_dpl", (546, 543), 543),
        (f"{LISTS}/gleif_goldencopy_lei2_intraday.json.gz", "gleif_lei_json", (577, 577), 0),
        (f"{LISTS}/bods_fermcat.json", "bods", (23, 23), 0),
        (f"{LISTS}/bods_tecido.json", "bods", (11, 11), 0),
        (f"{LISTS}/bods_levent.json", "bods", (7, 7), 0),
        (f"{LISTS}/bods_bods-package-fi-soe.json", "bods", (9, 9), 0),
        (f"{MONEY}/icij_offshoreleaks_nodes-intermediaries.csv.gz", "icij_intermediaries", (14_999, 14_999), 0),
        (f"{MONEY}/icij_offshoreleaks_addresses_small.csv.gz", "icij_addresses", (999, 999), 0),
    ],
    ids=lambda v: v.split("/")[-1] if isinstance(v, str) else None,
)
def test_every_record_is_there_and_the_second_time_changes_nothing(
    graph: Any, real: Path, file: str, dataset: str, counts: tuple[int, int], listings: int
) -> None:
    (report,) = graph.load(real / file)
    assert (report.dataset, (report.read, report.loaded), report.rejected) == (dataset, counts, 0)
    assert len(graph.links("LISTED")) == listings and _dangling(graph) == 0
    before = digest(graph.store)
    (again,) = graph.load(real / file)
    assert (again.loaded, again.entities, again.links) == (0, 0, 0) and digest(graph.store) == before


def test_the_side_files_of_the_other_ofac_list_join_it(graph: Any, real: Path) -> None:
    reports = graph.load(*sorted((real / LISTS).glob("ofac_cons_*.csv.gz")))
    assert {r.dataset: (r.read, r.loaded) for r in reports} == {
        "ofac_consolidated": (442, 442),
        "ofac_add": (574, 574),
        "ofac_alt": (1_073, 1_073),
        "ofac_comments": (10, 10),
    }
    assert _dangling(graph) == 0, "no address or other name of an entry that is not there"


def test_two_entries_are_on_both_lists_of_ofac(graph: Any, real: Path) -> None:
    graph.load(real / LISTS / "ofac_sdn.csv.gz", real / LISTS / "ofac_cons_prim.csv.gz")
    listed = Counter(x.source for x in graph.links("LISTED"))
    assert Counter(listed.values()) == {1: 7_379 + 442 - 4, 2: 2}


def test_gleif_entities_stand_and_lapse(graph: Any, real: Path) -> None:
    graph.load(real / LISTS / "gleif_goldencopy_lei2_intraday.json.gz")
    told = Counter(x.first("summary") for x in graph.links("HAS_IDENTIFIER"))
    assert told["LEI registration: LAPSED"] == 333 and told["LEI registration: ISSUED"] == 244
    names = [n for kind in ("Company", "Organization", "PublicBody", "LegalEntity") for n in graph.entities(kind)]
    assert len(names) == 577 and all(n.first("leiCode") and n.name for n in names)
    assert (
        sum(len(graph.values(n).get("previousName", [])) + len(graph.values(n).get("alias", [])) for n in names) == 50
    )


def test_thirteen_shapes_of_psc_records(graph: Any, real: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.txt"
    files = sorted((real / LISTS / "uk_psc").glob("*.json"))
    snapshot.write_text(
        "\n".join(json.dumps(json.loads(f.read_text(encoding="utf-8"))) for f in files), encoding="utf-8"
    )
    (report,) = graph.load(snapshot)
    # the totals, and a kind that nobody knows
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("uk_psc", 13, 11, 2)
    assert {e.first("birthDate") for e in graph.entities("Person")} == {"1955-10"}
    company = next(e for e in graph.entities("Company") if e.first("registrationNumber") == "01234567")
    assert len(graph.values(company)["notes"]) == 4
