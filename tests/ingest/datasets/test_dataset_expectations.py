"""Good real files have what their dataset expects of one, with room to spare."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from vinculo.graph.errors import VinculoError
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.portions import as_one
from vinculo.ingest.recognise import recognise

#: A message whose bank left out every date: its only record is rejected.
NO_GOOD_FILE = {"camt054.v8-with-UETR.xml"}


def filled(column: pa.ChunkedArray | pa.Array) -> int:
    """Rows with a text."""
    if pa.types.is_list(column.type):
        return sum(any(texts or ()) for texts in column.to_pylist())
    return int(pc.sum(pc.greater(pc.utf8_length(pc.fill_null(column, "")), 0)).as_py() or 0)


def shares(path: Path) -> tuple[Dataset, int, dict[str, float]]:
    """A file's dataset, its records, and the share of rows with a text by expected column."""
    file = open_file(path)
    known = recognise(file)
    dataset = known.dataset
    rows: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    records = 0
    chunks = known.format.reads(file, known.layout, {})
    for chunk in as_one(chunks) if dataset.whole_file else chunks:
        records += chunk.read
        tables = dataset.prepare(chunk.table) if dataset.prepare else {"": chunk.table}
        for expected in dataset.fill_rates:
            name, _, column = expected.partition(": ")
            table = tables.get(name)
            if table is not None and table.num_rows:
                rows[expected] += table.num_rows
                texts[expected] += filled(table.column(column))
    return dataset, records, {expected: texts[expected] / n for expected, n in rows.items()}


@pytest.mark.slow
def test_real_files_have_what_is_expected(real: Path) -> None:
    seen, wrong = set(), []
    for path in sorted(p for p in real.rglob("*") if p.is_file() and p.name not in NO_GOOD_FILE):
        try:
            dataset, records, found = shares(path)
        except VinculoError:
            continue  # of no dataset, or damaged on purpose
        assert path.parent.name != "e_reference", (path.name, dataset.name)  # tables of codes are no data of a case
        seen.add(dataset.name)
        assert records >= dataset.minimum_records, (path.name, records)
        short = {e: s for e, s in found.items() if s < dataset.fill_rates[e]}
        if short:
            wrong.append((path.name, short))
    assert not wrong
    assert len(seen) >= 35, sorted(seen)


@pytest.mark.parametrize("name", ["sdn", "consolidated"])
def test_a_list_of_which_most_is_missing_is_short(real: Path, name: str) -> None:
    """Half of a sanctions list is fewer records than expected."""
    file = {"sdn": "ofac_sdn.csv.gz", "consolidated": "ofac_cons_prim.csv.gz"}[name]
    dataset, records, _ = shares(real / "d_watchlists" / file)
    assert records // 2 < dataset.minimum_records <= 0.65 * records
