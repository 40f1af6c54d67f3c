"""What a run says of its own time."""

from __future__ import annotations

from pathlib import Path

import pytest

from vinculo.graph.store import Store
from vinculo.graph.types import Run, Source
from vinculo.ingest.load import ingest
from vinculo.ingest.publishing import TOLD, pace, written_at


@pytest.mark.parametrize(
    ("finished", "read", "expected"),
    [("2026-01-01T00:00:20+00:00", 1000, 50.0), ("2026-01-01T00:00:00+00:00", 9, None), ("", 9, None)],
)
def test_pace_is_records_by_seconds_where_there_are_any(finished: str, read: int, expected: float | None) -> None:
    run = Run(1, Source("d", "0" * 64, "f", False, ""), "2026-01-01T00:00:00+00:00", finished, "done", {"read": read})
    assert pace(run) == expected


def test_each_batch_has_its_time_unless_nobody_could_say_it(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    header = "transfer_id,date,amount,currency,originator_account,beneficiary_account\n"
    file.write_text(header + "".join(f"T{n},2024-01-01,5,USD,A1,A2\n" for n in range(5)))
    store.batch_rows = 4
    ingest(file, store)
    [run] = store.runs()
    batches = written_at(store, run)
    assert len(batches) > 1 and sum(records for _, records, _ in batches) == 5
    assert all(run.started <= at <= run.finished for _, _, at in batches)
    [name] = store.documents(TOLD)
    store.delete_document(TOLD, name)
    assert {at for *_, at in written_at(store, run)} == {""}
