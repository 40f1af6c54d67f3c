"""A chunk with very many rows is written in several batches, cut between records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.graph.types import ENTITY_SCHEMA, REJECT_SCHEMA, Batch
from vinculo.ingest import load
from vinculo.ingest.marks import halves
from vinculo.ingest.portions import portions

HEADER = "transfer_id,date,amount,currency,type,originator_account,beneficiary_account"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [f"T{n},2024-03-{n % 28 + 1:02},{n}.50,USD,wire,ACC{n % 17},ACC{n % 13 + 20}" for n in range(300)]
    made = tmp_path / "transfers.csv"
    made.write_text(
        "\n".join([HEADER, *rows[:150], "T-bad,2024-13-45,1,USD,wire,ACC1,ACC2", *rows[150:]]) + "\n", "utf-8"
    )
    return made


def test_the_same_contents_in_several_batches(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = open_store("sqlite:///:memory:")
    load.ingest([file], whole, dataset="transfers")
    parts = open_store("sqlite:///:memory:")
    monkeypatch.setattr(parts, "batch_rows", 100)
    (report,) = load.ingest([file], parts, dataset="transfers")
    assert digest(parts) == digest(whole)
    (source,) = parts.sources()
    made, before = parts.manifests(source), whole.manifests(source)
    assert len(made) > 2 > len(before)
    assert sum(m.records for m in made) == sum(m.records for m in before) == report.loaded
    assert [f for m in made for f in m.fingerprints.to_pylist()] == [
        f for m in before for f in m.fingerprints.to_pylist()
    ]
    assert parts.rejects(source).equals(whole.rejects(source))
    (again,) = load.ingest([file], parts, dataset="transfers")
    assert again.already_there == report.loaded
    assert digest(parts) == digest(whole)
    whole.close()
    parts.close()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=30), st.integers(1, 40))
def test_each_record_goes_with_its_own_rows(rows_per_record: list[int], limit: int) -> None:
    records = np.arange(len(rows_per_record), dtype=np.int64) * 3 + 2
    rows = [
        (f"e{r}-{n}", "Person", int(r), "") for r, k in zip(records, rows_per_record, strict=True) for n in range(k)
    ]
    table = pa.table([list(c) for c in zip(*rows, strict=True)], schema=ENTITY_SCHEMA)
    bad = pa.table([[999], [1], [""], [""], [""], [""], [""]], schema=REJECT_SCHEMA)
    marks = [int(r).to_bytes(16, "big") for r in records]
    parts = portions(Batch.make(table, rejects=bad), records, halves(marks), limit)
    made = [(batch, [m.tobytes() for m in some]) for batch, some in parts]
    assert pa.concat_tables([b.entities for b, _ in made]).equals(table)
    assert [m for _, some in made for m in some] == marks
    for batch, some in made:
        assert {r.to_bytes(16, "big") for r in batch.entities.column("record").to_pylist()} == set(some)
    assert [b.rejects.num_rows for b, _ in made] == [0] * (len(made) - 1) + [1]
