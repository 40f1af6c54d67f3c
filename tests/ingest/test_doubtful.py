"""What can be read and hardly be meant is kept, counted and told with its first record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from vinculo.graph.currencies import ALSO_USED, ISO_4217
from vinculo.graph.store import Store
from vinculo.ingest.cells import Cells
from vinculo.ingest.datasets.transfers import CURRENCIES
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.load import ingest

HEADER = "transfer_id,date,amount,currency,originator_account,beneficiary_account"
Write = Callable[..., Path]


def test_far_dates_and_codes_nobody_has_are_kept_and_told(store: Store, written: Write) -> None:
    today = datetime.now(UTC)
    near = f"{today + timedelta(days=300):%Y-%m-%d}"
    rows = ["T1,2024-01-01,5,USD", f"T2,{near},5,DEM", "T3,2999-01-01,5,XXZ", "T4,2998-01-01,x,XXZ", "T5,2990-05,5,EUR"]
    (report,) = ingest(written("a.csv", "\n".join([HEADER, *(f"{r},A1,A2" for r in rows)]) + "\n"), store)
    assert (report.loaded, report.rejected) == (4, 1)
    currency, date = report.warnings
    # the rejected fourth record counts for neither
    assert "ISO 4217 does not have: 1 (first: record 3, XXZ)" in currency
    assert "ahead: 2 (first: record 3, 2999-01-01)" in date
    kept = {(e["date"], e["currency"]) for e in store.edges(["PAID"]).to_pylist()}
    assert {("2999-01-01", "XXZ"), ("2990-05", "EUR"), (near, "DEM")} < kept


def test_what_is_to_come_by_its_nature_is_no_doubt() -> None:
    doubts = Doubts("2026-01-15")
    for name in ("endDate", "maturityDate"):
        doubts.look(name, "date", Cells(np.zeros(1, np.int64), [("2040-01-01",)]), np.array([1]))
    doubts.look("date", "date", Cells(np.zeros(1, np.int64), [("2027-01-10", "2026")]), np.array([2]))
    doubts.look("date", "date", Cells(np.zeros(1, np.int64), [("soon",)]), np.array([3]))
    assert doubts.told() == []
    doubts.look("date", "date", Cells(np.zeros(1, np.int64), [("2025-01-10", "2031")]), np.array([4]))
    assert len(doubts.told()) == 1 and doubts.told([4]) == []


def test_every_currency_that_files_name_in_words_is_known() -> None:
    assert set(CURRENCIES.values()) <= ISO_4217 | ALSO_USED
    assert not ISO_4217 & ALSO_USED


@pytest.mark.parametrize(
    "code", ["MXN", "USD", "COP", "GTQ", "HNL", "VES", "CUP", "XAU", "XDR", "ZWG", "XCG", "SLE", "MXP"]
)
def test_codes_of_the_region_and_new_ones_are_there(code: str) -> None:
    assert code in ISO_4217


def test_a_party_called_na_is_told_and_kept_as_a_note(store: Store, written: Write) -> None:
    header = "transfer_id,date,amount,currency,originator_account,originator_name,originator_tax_id,beneficiary_account"
    rows = ["T1,2024-01-01,5,USD,A1,NA,,A2", "T2,2024-01-01,5,USD,A1,Na Hong-jin,,A2", "T3,2024-01-01,5,USD,A3,N/A,,A2"]
    rows += ["T4,2024-01-01,5,USD,A4,Null,RUAA800101AB1,A2", "T5,2024-01-01,5,USD,A5,TO ORDER,,A2"]
    (report,) = ingest(written("a.csv", "\n".join([header, *rows]) + "\n"), store)
    assert report.loaded == 5
    [told] = report.warnings
    # a bearer's TO ORDER is nobody's name, whoever reads it
    assert "called NA or the like" in told and ": 3 (first: record 1)" in told
    paid = store.links(store.edges(["PAID"])["id"].to_pylist()).values()
    notes = {x.first("transactionNumber"): x.first("summary") for x in paid}
    assert notes == {
        "T1": "originator_name: NA",
        "T2": "",
        "T3": "originator_name: N/A",
        "T4": "originator_name: Null",
        "T5": "originator_name: TO ORDER",
    }
    parties = {e.name for e in store.entities(store.nodes()["id"].to_pylist()).values() if e.kind == "LegalEntity"}
    assert "Na Hong-jin" in parties and "NA" not in parties
    # whoever has a tax number is there, with the text beside it
    [known] = [e for e in store.entities(store.nodes()["id"].to_pylist()).values() if e.kind == "Person"]
    assert (known.first("taxNumber"), known.first("notes")) == ("RUAA800101AB1", "Null")
