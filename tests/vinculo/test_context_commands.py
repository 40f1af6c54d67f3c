"""`vinculo context` and `vinculo rates`: what they print, in words and as JSON, and what they refuse."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pytest

Run = Callable[..., Any]

FIGURES = """Region,country,ISO Code,Drug Group,Drug,Year,KG Equivalent
Americas,Mexico,MEX,Cocaine-type,Cocaine,2019,11.5
Americas,Mexico,MEX,Cocaine-type,Cocaine,2020,NULL
Americas,=cmd(),MEX,Cocaine-type,Cocaine,2020,-3
Americas,Mexico,MEX,Cocaine-type,Cocaine,2020,many
"""
RATES = "date,base,currency,rate,source\n2024-03-01,USD,MXN,17.05,FIX\n2024-02-30,USD,MXN,17.05,FIX\n"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty case, with a file of figures and one of rates beside it."""
    monkeypatch.setenv("VINCULO_STORE", f"sqlite:///{tmp_path / 'case.db'}")
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VINCULO_LANGUAGE", "en")
    (tmp_path / "figures.csv").write_text(FIGURES, encoding="utf-8")
    (tmp_path / "half.csv").write_text("date,currency,rate\n2024-03-01,MXN,17\n", encoding="utf-8")
    (tmp_path / "rates.csv").write_text(RATES, encoding="utf-8")
    return tmp_path


def test_figures_are_loaded_told_read_and_withdrawn(run: Run, case: Path) -> None:
    done = run("ingest", case / "figures.csv")
    assert done.code == 0 and "no entities and no links" in done.out and "4 read = 3 loaded" in done.out
    [line] = run("ingest", case / "figures.csv", "--json").lines
    assert (line["dataset"], line["already_there"], line["rejected"], line["links"]) == ("unodc_seizures", 3, 1, 0)
    listed = {x["name"]: x["kept"] for x in run("context", "--json").lines}
    assert [(k["file"], k["loaded"]) for k in listed["unodc_seizures"]] == [("figures.csv", 3)]
    assert listed["un_comtrade"] == []
    rows = run("context", "unodc_seizures", "--where", "year=2019", "--json").lines
    assert [(r["kg equivalent"], r["year"], r["row"], r["record"]) for r in rows] == [(11.5, 2019, "", 1)]
    assert [r["kg equivalent"] for r in run("context", "unodc_seizures", "--json").lines] == [11.5, None, -3]
    told = run("context", "unodc_seizures")
    assert "kg equivalent: 11.5 kg" in told.out and "3 of 3 rows" in told.out
    gone = run("withdraw", "figures.csv", "--yes", "--json")
    assert gone.code == 0 and gone.lines[0]["dataset"] == "unodc_seizures"
    assert run("context", "unodc_seizures", "--json").lines == []


def test_units_are_in_the_readers_language(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = (
        "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,Sum Qty (lbs)\n"
    )
    row = "2021,OCT,U.S. Border Patrol,Southwest Border,Land Only,TUCSON SECTOR,Cocaine,3,10\n"
    (case / "drugs.csv").write_text(header + row, encoding="utf-8")
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "sin formar entidades ni vínculos" in run("ingest", case / "drugs.csv").out
    told = run("context", "cbp_drugs").out
    assert "count of event: 3 eventos" in told and "sum qty (lbs): 10 lb" in told


def test_csv_is_inert_and_complete(run: Run, case: Path) -> None:
    run("ingest", case / "figures.csv")
    out = run("context", "unodc_seizures", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [r["country"] for r in rows] == ["Mexico", "Mexico", "'=cmd()"]
    assert [r["kg equivalent"] for r in rows] == ["11.5", "NULL", "-3"]
    assert [r["line"] for r in rows] == ["2", "3", "4"]
    done = run("context", "unodc_seizures", "--output", case / "out.csv", "--json")
    assert done.lines == [{"file": str(case / "out.csv"), "rows": 3}]
    kept = (case / "out.csv").read_text(encoding="utf-8-sig")
    assert kept == out


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("context", "nothing"), 2, "unknown_context"),
        (("context", "unodc_seizures", "--where", "x"), 2, "bad_condition"),
        (("context", "unodc_seizures", "--where", "colour=red"), 2, "unknown_column"),
        (("context", "unodc_seizures", "--output", "/nowhere/x.csv"), 5, "export_unwritable"),
        (("rates", "use"), 2, "rates_values"),
        (("rates", "use", "XXQ"), 2, "unknown_currency"),
        (("rates", "load"), 2, "rates_values"),
        (("rates", "load", "figures.csv"), 3, "not_rates"),
        (("rates", "load", "missing.csv"), 3, "no_file"),
        (("rates", "load", "half.csv"), 3, "missing_columns"),
        (("rates", "convert", "9,5", "USD", "2024-03-01"), 2, "bad_amount"),
        (("rates", "convert", "95", "USD", "2024-03-01"), 2, "no_target_currency"),
    ],
)
def test_what_is_refused(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, error: str
) -> None:
    monkeypatch.chdir(case)
    run("rates", "load", case / "rates.csv")
    done = run(*arguments, "--json")
    assert (done.code, done.lines[-1]["error"]) == (code, error)
    assert done.lines[-1]["message"] and done.lines[-1]["hint"]


def test_rates_in_an_archive_and_with_columns_of_their_own(run: Run, case: Path) -> None:
    import zipfile

    with zipfile.ZipFile(case / "eurofxref-hist.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", "Date,USD,JPY,GBP,CHF,MXN,\n2024-03-01,1.25,160,0.8,0.95,20,\n")
    (case / "more.csv").write_text("id,date,base,currency,rate\n1,2024-03-01,USD,COP,3900\n", encoding="utf-8")
    loaded = run("rates", "load", case / "eurofxref-hist.zip", case / "more.csv", "--json").lines
    assert [(x["dataset"], x["loaded"]) for x in loaded] == [("exchange_rates_ecb", 1), ("exchange_rates", 1)]
    [made] = run("rates", "convert", "1", "USD", "2024-03-01", "MXN", "--json").lines
    assert made["converted"] == "16.00"


def test_amounts_are_shown_in_the_chosen_currency_too(run: Run, case: Path, transfers: Path) -> None:
    run("ingest", transfers, "--no-suggest")
    loaded = run("rates", "load", case / "rates.csv")
    assert "2 read = 1 loaded" in loaded.out and "1 USD = 17.05 MXN on 2024-03-01" in loaded.out
    account = run("search", "A-1", "--json").lines[0]["id"]
    assert "converted" not in run("show", account, "--json").lines[0]
    assert "converted" not in run("show", account).out
    assert run("rates", "use", "mxn", "--json").lines == [{"currency": "MXN"}]
    [listed] = run("rates", "--json").lines
    assert (listed["rates"], listed["first"], listed["chosen"]) == (1, "2024-03-01", "MXN")
    paid = [x for x in run("show", account, "--json").lines[0]["links"] if x["kind"] == "PAID"]
    first = next(x for x in paid if x["properties"]["amount"][0]["value"] == "9500")
    assert first["converted"][0]["converted"] == "161975.00"
    assert first["converted"][0]["rates"][0]["record"] == 1
    shown = run("show", account).out
    assert "161,975.00 MXN (2024-03-01)" in shown
    told = run("show", first["id"]).out
    assert "9500 USD: 161,975.00 MXN at 1 USD = 17.05 MXN of 2024-03-01 (FIX, rates.csv, record 1)" in told
    [made] = run("rates", "convert", "10", "USD", "2024-03-20", "--json").lines
    assert (made["converted"], made["reason"]) == (None, "no_rate")
    run("rates", "use", "none")
    assert "converted" not in run("show", account).out


def test_the_table_export_has_both_amounts(run: Run, case: Path, transfers: Path) -> None:
    import zipfile

    run("ingest", transfers, "--no-suggest")
    run("rates", "load", case / "rates.csv")

    def header() -> list[dict[str, str]]:
        run("export", "csv", case / "out.zip")
        with zipfile.ZipFile(case / "out.zip") as archive:
            return list(csv.DictReader(io.StringIO(archive.read("links.csv").decode("utf-8-sig"))))

    assert "converted" not in header()[0]
    run("rates", "use", "MXN")
    paid = {r["amount"]: r for r in header() if r["kind"] == "PAID"}
    assert (paid["9500"]["converted"], paid["9500"]["converted_currency"]) == ("161975.00", "MXN")
    assert "17.05" in paid["9500"]["conversion"]
    graphml = case / "out.graphml"
    assert run("export", "graphml", graphml).code == 0
    edges = [d for _, _, d in networkx.read_graphml(graphml).edges(data=True) if d["kind"] == "PAID"]
    assert {d["p.amount"]: d.get("converted") for d in edges}[9500.0] == 161975.0
    html = case / "out.html"
    assert run("export", "html", html).code == 0
    assert "161,975.00 MXN at 1 USD = 17.05 MXN" in html.read_text(encoding="utf-8")
