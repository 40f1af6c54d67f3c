"""Good real files have what their dataset expects of one, with room to spare."""

from __future__ import annotations

from pathlib import Path

import pytest

from vinculo.graph.errors import VinculoError
from vinculo.graph.text import Text
from vinculo.ingest import expectations
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.portions import as_one
from vinculo.ingest.recognise import recognise

#: A message whose bank left out every date: its only record is rejected.
NO_GOOD_FILE = {"camt054.v8-with-UETR.xml"}


def looked_at(path: Path) -> tuple[Dataset, int, list[Text]]:
    """A file's dataset, its records, and what is not as expected."""
    file = open_file(path)
    known = recognise(file)
    dataset = known.dataset
    counted = expectations.Expectations(dataset)
    records = 0
    chunks = known.format.reads(file, known.layout, {})
    for chunk in as_one(chunks) if dataset.whole_file else chunks:
        records += chunk.read
        counted.add(dataset.prepare(chunk.table) if dataset.prepare else {"": chunk.table})
    return dataset, records, counted.missed(records)


@pytest.mark.slow
def test_real_files_have_what_is_expected(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even those so short that nobody would be held to it."""
    monkeypatch.setattr(expectations, "FEW_ROWS", 1)
    seen, wrong = set(), []
    for path in sorted(p for p in real.rglob("*") if p.is_file() and p.name not in NO_GOOD_FILE):
        try:
            dataset, _, missed = looked_at(path)
        except VinculoError:
            continue  # of no dataset, or damaged on purpose
        assert path.parent.name != "e_reference", (path.name, dataset.name)  # tables of codes are no data of a case
        seen.add(dataset.name)
        wrong += [(path.name, text.en) for text in missed]
    assert not wrong
    assert len(seen) >= 35, sorted(seen)


@pytest.mark.parametrize("name", ["ofac_sdn.csv.gz", "ofac_cons_prim.csv.gz"])
def test_half_a_list_is_less_than_expected(real: Path, name: str) -> None:
    dataset, records, missed = looked_at(real / "d_watchlists" / name)
    assert not missed and records // 2 < dataset.minimum_records <= 0.65 * records
