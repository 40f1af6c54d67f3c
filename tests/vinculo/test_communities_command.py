"""``vinculo communities``: found, described, side by side, kept and compared; for people, as JSON, as a file."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vinculo.graph.facts import pack
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, Batch, Manifest, Source

Run = Callable[..., Any]
#: What scripts may count on (docs/command-line.md).
FIELDS = {
    *(
        "id",
        "size",
        "members",
        "modularity",
        "method",
        "seed",
        "resolution",
        "projection",
        "name",
        "kinds",
        "countries",
    ),
    *("links", "density", "inside", "money", "goods", "key_members", "seizures", "brokers"),
}
HEADER = "transfer_id,date,amount,currency,originator_account,originator_name,beneficiary_account,beneficiary_name\n"


def ring(side: str, size: int = 6, steps: int = 2) -> list[str]:
    """Payments of a ring of firms, each to the next two or more."""
    return [
        f"{side}{k}{n - k},2024-03-{k % 28 + 1:02},100,USD,{side}-{k},{side} Firm {k},{side}-{n % size},{side} Firm {n % size}"
        for k in range(size)
        for n in range(k + 1, k + 1 + steps)
    ]


def load(run: Run, store: Path, name: str, rows: list[str]) -> None:
    file = store.parent / name
    file.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    assert run("ingest", file, "--store", store, "--synthetic", "--no-suggest", "--quiet").code == 0


def spied_place(run: Run, asked: tuple[Any, ...]) -> str:
    """Place in the list of the community that rests on reports."""
    lines = run(*asked, "--json").lines
    return str(next(n for n, x in enumerate(lines, 1) if x.get("taint")))


@pytest.fixture
def rings(run: Run, tmp_path: Path) -> Path:
    """Two rings, joined by one payment."""
    store = tmp_path / "rings.db"
    load(run, store, "p.csv", [*ring("P"), "PQ,2024-03-20,7,USD,P-0,P Firm 0,Q-0,Q Firm 0"])
    load(run, store, "q.csv", ring("Q"))
    return store


def test_each_community_is_described(run: Run, rings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run("communities", "--projection", "who_pays_whom", "--store", rings, "--json").lines
    assert [x["size"] for x in lines] == [6, 6] and all(set(x) >= FIELDS for x in lines)
    mine = next(x for x in lines if "P Firm" in x["name"]["en"])
    [usd] = mine["money"]
    assert usd == {"currency": "USD", "payments": 13, "inside": 1200.0, "into": 0.0, "out": 7.0}
    assert sum(mine["kinds"].values()) == 6 and len(mine["key_members"]) == 5 and mine["made_up"] == "all"
    told = run("communities", "--projection", "who_pays_whom", "--store", rings).out
    assert "1,200 USD" in told and "accuses nobody" in told and "--method stable" in told
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    told = run("communities", "--projection", "who_pays_whom", "--store", rings).out
    assert "pagado dentro" in told and "no acusa a nadie" in told


def test_one_community_is_told_whole(run: Run, rings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("communities", "--projection", "who_pays_whom", "--store", rings)
    first = run(*asked, "--json").lines[0]
    [again] = run(*asked, "--of", first["id"][:8], "--json").lines
    assert again == first == run(*asked, "--of", "1", "--json").lines[0]
    told = run(*asked, "--of", "1").out
    assert "Key members" in told and "Firm 5" in told and "1,200 among them" in told and told.count("yes  ") == 5
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "Integrantes principales" in run(*asked, "--of", "1").out
    for wrong in ("3", "zz", ""):
        done = run(*asked, "--of", wrong, "--json")
        assert done.code == 2 and done.lines[-1]["error"] == "unknown_community"


def test_what_is_kept_is_a_finding_and_later_runs_tell_what_became_of_it(run: Run, rings: Path) -> None:
    asked = ("communities", "--projection", "who_pays_whom", "--store", rings)
    assert "no_such" in run(*asked, "--since", "no_such", "--json").lines[0]["message"]
    kept = run(*asked, "--keep", "march")
    assert kept.code == 0 and "march" in kept.out
    taken = run(*asked, "--keep", "march", "--json")
    assert taken.code == 2 and taken.lines[0]["error"] == "name_taken"
    found = run("findings", "--typology", "community", "--store", rings, "--json").lines
    assert len(found) == 2 and {len(f["entities"]) for f in found} == {6}
    whole = run("findings", found[0]["id"][:10], "--store", rings).out
    assert "key member" in whole and "accuses nobody" in whole and "corporate group" in whole
    assert [x["changes"][0]["kind"] for x in run(*asked, "--json").lines] == ["same", "same"]
    # a third ring comes, the second goes with its file
    load(run, rings, "r.csv", ring("R", 8))
    assert run("withdraw", "q.csv", "--yes", "--store", rings).code == 0
    later = run(*asked, "--json").lines
    assert {x["size"]: x["changes"][0]["kind"] for x in later if "size" in x} == {8: "born", 7: "grown"}
    [gone] = [x["gone"] for x in later if "gone" in x]
    assert (gone["kind"], gone["since"], gone["before"][0]["size"]) == ("died", "march", 6)
    told = run(*asked).out
    assert "new" in told and "no longer there" in told and "Q Firm 1" not in told
    # the finding of the ring whose file went is gone; the other is older than the contents
    left = run("findings", "--typology", "community", "--store", rings)
    assert "P Firm" in left.out and "Q Firm" not in left.out and "communities among the findings" in left.err
    assert run(*asked, "--keep", "march", "--replace").code == 0
    renewed = run("findings", "--typology", "community", "--store", rings)
    assert "R Firm" in renewed.out and not renewed.err
    [row] = run("communities", "--kept", "--store", rings, "--json").lines
    assert (row["name"], row["method"], row["communities"], row["current"]) == ("march", "leiden", 2, True)
    assert run("communities", "--forget", "march", "--store", rings).code == 0
    assert run("communities", "--kept", "--store", rings, "--json").lines == []
    assert run("findings", "--typology", "community", "--store", rings, "--json").lines == []
    assert run("communities", "--forget", "march", "--store", rings).code == 2


def test_resolutions_stand_side_by_side_with_the_fine_method(run: Run, rings: Path) -> None:
    lines = run("communities", "--resolutions", "0.1,1,3", "--store", rings, "--json").lines
    assert [(x["method"], x["resolution"]) for x in lines] == [
        ("leiden", 0.1),
        ("leiden", 1),
        ("leiden", 3),
        ("fine", 1),
    ]
    for above, below in itertools.pairwise(lines[:3]):
        of = {m: c["id"] for c in above["communities"] for m in c["members"]}
        for c in below["communities"]:
            assert {of[m] for m in c["members"]} == {c["within"]}
    told = run("communities", "--resolutions", "0.1,1,3", "--store", rings).out
    assert "fine" in told and "modularity" in told
    few, many = (run("communities", "--resolution", r, "--store", rings, "--json").lines for r in ("0.1", "3"))
    assert {x["resolution"] for x in many} == {3.0} and len(few) < len(many)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--resolutions", "one"), "resolutions_unreadable"),
        (("--resolutions", "0,1"), "resolutions_unreadable"),
        (("--resolutions", "1", "--keep", "x"), "not_together"),
        (("--kept", "--csv", "x.csv"), "not_together"),
        (("--kept", "--forget", "x"), "not_together"),
        (("--csv", "no/such/folder/t.csv"), "table_unwritable"),
        (("--resolution", "0"), "cli_bad_value"),
        (("--keep", ""), "cli_option_without_value"),
        (("--keep", " "), "cli_option_without_value"),
        (("--forget", ""), "unknown_communities"),
        (("--since", ""), "unknown_communities"),
        (("--resolutions", ""), "resolutions_unreadable"),
        (("--projection", "everything", "--resolution", "0.01", "--of", ""), "unknown_community"),
        (("--resolutions", "1", "--method", "stable"), "not_together"),
        (("--resolutions", "1", "--resolution", "3"), "not_together"),
        (("--resolutions", "1", "--include-sar"), "not_together"),
        (("--kept", "--limit", "3"), "not_together"),
        (("--forget", "x", "--replace"), "not_together"),
        (("--replace",), "only_with"),
        (("--include-sar",), "only_with"),
    ],
)
def test_what_is_wrong_is_said(run: Run, rings: Path, arguments: tuple[str, ...], error: str) -> None:
    done = run("communities", *arguments, "--store", rings, "--json")
    assert done.code in (2, 3) and done.lines[-1]["error"] == error


def test_tables_to_take_along_leave_reports_out_unless_asked(
    run: Run, rings: Path, report: Callable[[Path, str], None], tmp_path: Path
) -> None:
    asked = ("communities", "--projection", "who_pays_whom", "--store", rings)
    assert run(*asked, "--csv", tmp_path / "t.csv").code == 0
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text("utf-8-sig").splitlines()))
    assert [r["size"] for r in rows] == ["6", "6"] and {r["made_up"] for r in rows} == {"all"}
    assert {r["money_inside"] for r in rows} == {"USD 1200.00"}
    assert run(*asked, "--of", "1", "--csv", tmp_path / "m.csv").code == 0
    members = list(csv.DictReader((tmp_path / "m.csv").read_text("utf-8-sig").splitlines()))
    assert len(members) == 6 and [r["key_member"] for r in members].count("true") == 5
    spied = next(m["id"] for m in members)
    report(rings, spied)
    kept_back = run(*asked, "--csv", tmp_path / "t.csv")
    assert "1 community" in kept_back.err and "(--include-sar)" in kept_back.err
    [row] = csv.DictReader((tmp_path / "t.csv").read_text("utf-8-sig").splitlines())
    assert row["taint"] == "" and run(*asked, "--csv", tmp_path / "t.csv", "--include-sar").code == 0
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text("utf-8-sig").splitlines()))
    assert sorted(r["taint"] for r in rows) == ["", "sar"]
    assert sorted(x.get("taint", "") for x in run(*asked, "--json").lines) == ["", "sar"]
    assert "suspicious-activity" in run(*asked, "--of", spied_place(run, asked)).out


def test_a_table_to_take_along_holds_no_value_of_a_report(run: Run, rings: Path, tmp_path: Path) -> None:
    """A firm that a report calls otherwise, and places elsewhere, is in the table as the other files know it."""
    asked = ("communities", "--projection", "who_pays_whom", "--store", rings)
    key = run(*asked, "--json").lines[0]["key_members"][0]
    tables = {(): "list.csv", ("--of", "1"): "one.csv"}
    for which, file in tables.items():
        assert run(*asked, *which, "--csv", tmp_path / file).code == 0
    store = open_store(f"sqlite:///{rings}")
    source = Source("reports", "1" * 64, "reports.csv", synthetic=True, taint="sar")
    number = store.begin_run(source)
    facts = pack([("name", "AAA SECRET SAR NAME"), ("country", "pa")])
    said = pa.Table.from_pylist([{"id": key, "kind": "PublicBody", "record": 1, "facts": facts}], ENTITY_SCHEMA)
    store.write(Batch.make(said), Manifest(source, number, 1, 1, pa.array([b"1" * 16], FINGERPRINT)))
    store.finish_run(number, "done", {})
    store.close()
    for which, file in tables.items():
        done = run(*asked, *which, "--csv", tmp_path / "now.csv")
        assert (tmp_path / "now.csv").read_bytes() == (tmp_path / file).read_bytes()
        assert "without what only suspicious-activity reports say" in done.err and "1 community" in done.err
        assert run(*asked, *which, "--csv", tmp_path / "now.csv", "--include-sar").err.count("(--include-sar)") == 0
        told = (tmp_path / "now.csv").read_text("utf-8-sig")
        assert "AAA SECRET SAR NAME" in told and ",sar" in told
    assert [x.get("taint") for x in run(*asked, "--json").lines] == ["sar", None]
    run(*asked, "--keep", "march")
    found = run("findings", "--typology", "community", "--store", rings, "--json").lines
    assert all(("SECRET" in f["reason"]["en"]) == ("taint" in f["features"]) for f in found)


def test_limits_hold_everywhere(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "many.db"
    load(run, store, "many.csv", [row for side in "ABCDEFGHIJKL" for row in ring(side)] + ring("Z", 60, 20))
    asked = ("communities", "--projection", "who_pays_whom", "--resolution", "0.01", "--store", store)
    assert run(*asked, "--json").lines[0]["size"] == 60
    for limit, rows in ((), 50), (("--limit", 7), 7), (("--limit", 55), 55), (("--limit", 500), 60):
        told = run(*asked, "--of", "1", *limit).out
        assert told.count("Z Firm") - told.count(";") >= rows and ("--limit" in told) == (rows < 60)
    kept = run(*asked, "--keep", "k", "--limit", "5", "--csv", tmp_path / "five.csv")
    assert len((tmp_path / "five.csv").read_text("utf-8-sig").splitlines()) == 6 and "5 communities written" in kept.out
    assert "13 of its 13 groups are among the findings" in kept.out
    one = run(*asked, "--of", "1", "--csv", tmp_path / "members.csv")
    assert "60 members written" in one.out
    # all but the largest go
    load(run, store, "z.csv", ring("Z", 59, 20))
    assert run("withdraw", "many.csv", "--yes", "--store", store).code == 0
    for limit, rows in ((), 10), (("--limit", 11), 11), (("--limit", 500), 12):
        assert run(*asked, "--since", "k", *limit).out.count("no longer there") == rows


def test_a_network_without_ties_is_not_called_an_empty_store(
    run: Run, rings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("communities", "--projection", "who_ships_with_whom", "--store", rings)
    told = run(*asked).out
    assert "in this network" in told and "--projection" in told
    assert "none is among the findings" in run(*asked, "--keep", "nobody").out
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "en esta red" in run(*asked).out


def test_names_from_data_run_nowhere(run: Run, tmp_path: Path) -> None:
    """A name that is a formula and carries escapes is text in the table, the file and on the terminal."""
    store, name = tmp_path / "h.db", "=HYPERLINK(1) {0} [red]\x1b[31m"
    rows = [f"T{k},2024-03-0{k + 1},10,USD,A-{k},{name}{k},A-{(k + 1) % 4},{name}{(k + 1) % 4}" for k in range(4)]
    load(run, store, "h.csv", rows)
    told = run("communities", "--projection", "who_pays_whom", "--store", store, "--csv", tmp_path / "h_out.csv")
    assert told.code == 0 and "\x1b" not in told.out and "{0}" in told.out
    row, *_ = csv.DictReader((tmp_path / "h_out.csv").read_text("utf-8-sig").splitlines())
    assert row["name"].startswith("'=") and row["key_members"].startswith("'=")
    assert run("communities", "--keep", name, "--store", store).code == 0
    assert run("communities", "--kept", "--store", store).code == 0


def test_an_empty_case_is_no_fault(run: Run, tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'e.db'}").close()
    for more in (
        (),
        ("--method", "stable"),
        ("--resolutions", "1"),
        ("--keep", "nothing"),
        ("--csv", tmp_path / "e.csv"),
    ):
        done = run("communities", *more, "--store", tmp_path / "e.db")
        assert done.code == 0, (more, done.err)
