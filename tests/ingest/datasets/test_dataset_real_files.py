"""The real public files, counted. They are not part of the repository: see ``VINCULO_SHARED_DATA``."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from pathlib import Path

import pytest

from vinculo.graph.standing import standings
from vinculo.graph.transfer import digest
from vinculo.ingest.datasets.fincen_files import bank_name_key

LISTS, MONEY, TRADE = "d_watchlists", "c_finance", "b_trade"


def test_sat_69b_has_four_statuses_and_86_listings_of_nobody(graph, real: Path) -> None:
    file = real / LISTS / "sat_69b_listado_completo.csv.gz"
    (report,) = graph.load(file)
    assert (report.read, report.loaded, report.rejected) == (12_666, 12_666, 0)
    table = graph.store.table("Listing", ["status", "standing", "unreadable"])
    assert Counter(table["status"].to_pylist()) == {
        "Definitivo": 10_954,
        "Sentencia Favorable": 1_241,
        "Desvirtuado": 330,
        "Presunto": 141,
    }
    assert Counter(table["standing"].to_pylist()) == {"listed": 10_954, "cleared": 1_571, "presumed": 141}
    assert not any(table["unreadable"].to_pylist())
    listed = set(graph.store.edges(["LISTED"])["target"].to_pylist())
    assert table.num_rows - len(listed) == 86
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert (again.already_there, again.loaded, again.entities, again.links) == (12_666, 0, 0, 0)
    assert digest(graph.store) == before


def test_sdn_and_69b_share_three_rfcs_and_one_is_cleared(graph, real: Path) -> None:
    sdn, _ = graph.load(real / LISTS / "ofac_sdn.csv.gz", real / LISTS / "sat_69b_listado_completo.csv.gz")
    assert (sdn.read, sdn.loaded, sdn.rejected) == (7_379, 7_379, 0)
    numbers = graph.store.table("Identifier", ["type", "number"])
    rfc = {
        i: n for i, t, n in zip(*(numbers[c].to_pylist() for c in ("id", "type", "number")), strict=True) if t == "RFC"
    }
    datasets: dict[str, set[str]] = {}
    for link in graph.links("HAS_IDENTIFIER"):
        if link.target in rfc:
            datasets.setdefault(link.target, set()).update(p.source.dataset for p in link.sources)
    shared = {i for i, names in datasets.items() if names == {"ofac_sdn", "sat_69b"}}
    assert {rfc[i] for i in shared} == {"EAGN760419LC8", "CNU130416UJ3", "GAPG4908307H1"}
    for i in shared:
        holders = {link.source for link in graph.store.neighbours(i, kinds=["HAS_IDENTIFIER"]).links}
        assert len(holders) == 2
        for told in standings(graph.store, sorted(holders)).values():
            # whichever of the two is shown, both lists are said, each with its own status
            expected = {"listed", "cleared"} if rfc[i] == "GAPG4908307H1" else {"listed"}
            assert {s.code for s in told} == expected and len(told) == 2


def test_linked_to_names_of_the_sdn_list(graph, real: Path) -> None:
    file = real / LISTS / "ofac_sdn.csv.gz"
    graph.load(file)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        rows = [r for r in csv.reader(text) if len(r) == 12]
    holders: dict[str, set[str]] = {}
    for r in rows:
        holders.setdefault(r[1].strip(), set()).add(r[0])
    told = {(r[0], n.strip()) for r in rows for n in re.findall(r"Linked To: ([^;]+)", r[11])}
    # three remarks end in the middle of a word at 1,000 characters; what stands there is no name
    cut = {r[0] for r in rows if len(r[11]) >= 1_000}
    links, unmatched = set(), set()
    for number, name in told:
        found = holders.get(name) or holders.get(name.removesuffix(".")) or set()
        (links if len(found) == 1 else unmatched).add((number, *found) if len(found) == 1 else (number, name))
    made = {(_number(graph, x.source), _number(graph, x.target)) for x in graph.links("LINKED_TO")}
    assert made == links and len(made) == 2_400
    assert len(graph.links("MENTIONED")) == len(unmatched) - len(cut)


def _number(graph, id: str) -> str:
    if not hasattr(graph, "numbers"):
        sanctions = {s.id: s.first("authorityId") for s in graph.entities("Sanction")}
        graph.numbers = {x.source: sanctions[x.target] for x in graph.links("LISTED")}
    return graph.numbers[id]


@pytest.mark.parametrize(("name", "read"), [("ofac_add", 11_696), ("ofac_alt", 9_682), ("ofac_sdn_comments", 13)])
def test_the_other_files_of_ofac_load_whole(graph, real: Path, name: str, read: int) -> None:
    (report,) = graph.load(real / LISTS / f"{name}.csv.gz")
    assert (report.read, report.loaded + report.duplicate_in_file, report.rejected) == (read, read, 0)


def test_a_changed_birth_date_stands_beside_the_first(graph, real: Path, tmp_path: Path) -> None:
    file = real / LISTS / "ofac_sdn.csv.gz"
    graph.load(file)
    before = digest(graph.store)
    text = gzip.decompress(file.read_bytes()).decode("utf-8")
    born = re.search(r"DOB (\d\d) (\w{3}) (\d{4})", text)
    assert born is not None
    copy = tmp_path / "copy.csv"
    copy.write_text(text.replace(born.group(0), f"DOB {born.group(1)} {born.group(2)} 1902", 1), "utf-8", newline="")
    (report,) = graph.load(copy)
    assert (report.already_there, report.loaded) == (7_378, 1)
    both = [
        p
        for p in graph.entities("Person")
        if any(f.value.startswith("1902") for f in p.properties.get("birthDate", ()))
    ]
    assert len(both) == 1 and len(both[0].properties["birthDate"]) > 1
    assert {len(f.sources) for f in both[0].properties["birthDate"]} == {1}
    graph.store.withdraw(next(s for s in graph.store.sources() if s.file == "copy.csv"))
    assert digest(graph.store) == before


def test_panjiva_has_18_exact_copies(graph, real: Path) -> None:
    file = real / TRADE / "panjiva_us_imports_1832.csv.gz"
    (report,) = graph.load(file)
    assert (report.read, report.loaded, report.duplicate_in_file, report.rejected) == (1_832, 1_814, 18, 0)
    assert graph.store.counts()["entities"]["Consignment"] == 1_814
    (again,) = graph.load(file)
    assert (again.already_there, again.duplicate_in_file, again.loaded, again.links) == (1_814, 18, 0, 0)


def test_china_exports_load(graph, real: Path) -> None:
    (report,) = graph.load(real / TRADE / "panjiva_china_exports.csv.gz")
    assert (report.read, report.rejected) == (4_285, 0)
    assert report.loaded + report.duplicate_in_file == 4_285


def test_fincen_files_join_384_banks(graph, real: Path) -> None:
    file = real / MONEY / "icij_fincen_transactions_map.csv.gz"
    (report,) = graph.load(file)
    assert (report.read, report.loaded, report.taint) == (4_507, 4_507, "sar")
    links = graph.store.edges(["PAID"])
    assert links.num_rows == 4_507
    payers, payees = (set(links[c].to_pylist()) for c in ("source", "target"))
    assert (len(payers), len(payees), len(payers & payees)) == (976, 1_137, 384)
    counts = [int(v) for v in graph.store.table("PAID", ["count"])["count"].to_pylist() if v]
    assert sum(counts) == 18_153 and links.num_rows - len(counts) == 111
    with gzip.open(file, "rb") as raw:
        rows = list(csv.DictReader(io.TextIOWrapper(raw, "utf-8", newline="")))
    sides = [
        {(bank_name_key(r[f"{side}_bank"]), r[f"{side}_iso"].strip()) for r in rows}
        for side in ("originator", "beneficiary")
    ]
    assert len(sides[0] & sides[1]) == 384
    (other,) = graph.load(real / MONEY / "icij_fincen_bank_connections.csv.gz")
    assert (other.read, other.loaded, other.duplicate_in_file) == (5_498, 5_484, 14)


def test_the_un_list_loads_whole(graph, real: Path) -> None:
    (report,) = graph.load(real / LISTS / "un_consolidated.xml.gz")
    assert (report.read, report.loaded) == (1_003, 1_003)
    counts = graph.store.counts()["entities"]
    assert (counts["Person"], counts["Organization"], counts["Sanction"]) == (730, 273, 1_003)


@pytest.mark.parametrize("name", ["ftm_zala_entities.ftm.json.gz", "ftm_t1_entities.ftm.json"])
def test_ftm_exports_come_back_with_the_same_ids_and_values(graph, real: Path, tmp_path: Path, name: str) -> None:
    import json

    from vinculo.graph.exports import export

    file = real / LISTS / name
    (report,) = graph.load(file)
    assert report.read == report.loaded
    out = tmp_path / "out.ftm.json"
    export(graph.store, "ftm", out)
    data = gzip.decompress(file.read_bytes()) if name.endswith(".gz") else file.read_bytes()

    def plain(text: str) -> dict[str, tuple[str, dict[str, list[str]]]]:
        made = [json.loads(line) for line in text.splitlines() if line.strip()]
        return {e["id"]: (e["schema"], {n: sorted(set(v)) for n, v in e["properties"].items()}) for e in made}

    assert plain(out.read_text(encoding="utf-8")) == plain(data.decode("utf-8"))


@pytest.mark.parametrize(
    ("name", "dataset", "read"),
    [
        ("amlsim_dev_transactions.csv.gz", "amlsim", 9_649),
        ("amlgentex_dev_transactions.csv.gz", "amlsim", 12_033),
        ("amlsim_dev_accounts.csv.gz", "amlsim_accounts", 498),
    ],
)
def test_simulated_transactions_load(graph, real: Path, name: str, dataset: str, read: int) -> None:
    (report,) = graph.load(real.parent / "aml" / name)
    assert (report.dataset, report.read, report.loaded, report.synthetic) == (dataset, read, read, True)


@pytest.mark.parametrize(
    ("name", "dataset", "read"),
    [("saml-d_sample_1k.csv.gz", "saml_d", 1_000), ("paysim_sample.csv.gz", "paysim", 5_000)],
)
def test_samples_of_simulators_load(graph, real: Path, name: str, dataset: str, read: int) -> None:
    (report,) = graph.load(real / MONEY / name)
    assert (report.dataset, report.read, report.loaded) == (dataset, read, read)
    assert graph.store.edges(["PAID"]).num_rows == read


def test_amlworld_rows_keep_zeros_and_transfers_to_oneself(graph, real: Path, tmp_path: Path) -> None:
    # the public excerpt has the rows of patterns alone, between marks; as transactions they stand under this header
    rows = re.findall(r"(?m)^\d{4}/.*$", (real / MONEY / "amlworld_Patterns_17rows.txt").read_text("utf-8"))
    head = (
        "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,"
        "Amount Paid,Payment Currency,Payment Format,Is Laundering"
    )
    file = tmp_path / "HI-Small_Trans.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded) == ("amlworld", 17, 17)
    links = graph.links("PAID")
    assert len(links) == 17 and sum(x.source == x.target for x in links) == 1
    assert {"011", "0022177", "005"} <= {b for _, b in graph.pairs("HELD_AT")}


def test_the_one_real_manifest_row(graph, real: Path) -> None:
    (report,) = graph.load(real / TRADE / "us_ams_header_1row.csv")
    assert (report.dataset, report.read, report.loaded) == ("ams_header", 1, 1)
    (bill,) = graph.entities("Consignment")
    assert bill.first("grossWeightKg") == "59739.929" and bill.first("description").endswith("Deleted")
