"""A line of totals is told from a record where nothing else can be meant, and never dropped without a word."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from vinculo.graph.store import Store
from vinculo.ingest.load import ingest
from vinculo.ingest.totals import lines_of_totals

BILLS = "bill_number,date,shipper,consignee,declared_value,currency\n"
TRANSFERS = "transfer_id,date,amount,currency,originator_account,beneficiary_account\n"


@pytest.mark.parametrize(
    "text",
    [
        BILLS + "B1,2024-03-01,A,B,5,USD\nTOTAL,,,,5,USD\n",
        BILLS + "B1,2024-03-01,A,B,5,USD\n,,Gran total:,,5,\n",
        TRANSFERS + 'T1,2024-03-01,5,USD,A1,A2\nSumas,,"12,345.00",,,\n',
        TRANSFERS + "T1,2024-03-01,5,USD,A1,A2\nSUB-TOTAL,,5,USD,,\n",
    ],
)
def test_a_line_of_totals_is_rejected_with_its_line_and_text(store: Store, tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(text)
    (report,) = ingest(file, store)
    assert (report.read, report.loaded, report.rejected) == (2, 1, 1)
    told = Path(report.rejects_file or "").read_text(encoding="utf-8-sig").splitlines()
    assert len(told) == 2 and ",2,3," in told[1] and "total_line" in told[1] and "sums up others" in told[1]
    assert len([n for n in store.nodes()["kind"].to_pylist() if n == "Consignment"]) <= 1
    (again,) = ingest(file, store)
    assert (again.loaded, again.already_there, again.rejected) == (0, 1, 1)


def test_firms_called_total_and_records_with_a_key_stay() -> None:
    columns = ("id", "date", "party", "amount")
    rows = [
        ("B1", "2024-01-01", "TOTAL", "5"),
        ("TOTAL", "2024-01-01", "", "5"),
        ("TOTAL", "", "Ana", "5"),
        ("Total Energies", "", "", "5"),
        ("TOTAL", "", "", ""),
        ("TOTAL 7", "", "", "5"),
    ]
    table = pa.table({n: list(c) for n, c in zip(columns, zip(*rows, strict=True), strict=True)})
    assert not lines_of_totals(table, ["amount"]).any()
    assert not lines_of_totals(pa.table({"name": ["Total"], "tax": ["12345"]}), []).any()
