"""The real published tables, counted. They are not part of the repository: see ``VINCULO_SHARED_DATA``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from vinculo.graph.store import Store
from vinculo.ingest.context.reading import read_context
from vinculo.ingest.load import ingest

SEIZURES, TRADE = "a_seizures", "b_trade"
#: Records of each file, and how many of them are rejected.
FILES = {
    "cbp_nationwide-drugs-fy19-fy22.csv.gz": ("cbp_drugs", 10_092, 0),
    "cbp_nationwide-drugs-fy20-fy23.csv.gz": ("cbp_drugs", 9_924, 0),
    "unodc_annual_seizures_1970plus.csv.gz": ("unodc_seizures", 51_201, 0),
    # five page numbers below the tables
    "dhs-forfeitures-2014-2017-raw.xlsx": ("dhs_seizures", 1_129, 5),
    "dhs-forfeitures-2014-2017-parsed.csv": ("dhs_seizures_parsed", 1_009, 0),
    "india_ncb_state_year_wide.csv": ("ncb_seizures", 239, 0),
    "colombia_ponal_incautaciones.json.gz": ("ponal_seizures", 1_000, 0),
}


@pytest.mark.parametrize("name", FILES)
def test_every_record_is_accounted_for(store: Store, real: Path, name: str) -> None:
    dataset, read, rejected = FILES[name]
    [report] = ingest(real / SEIZURES / name, store)
    assert (report.dataset, report.read, report.rejected) == (dataset, read, rejected)
    assert report.loaded == read - rejected
    # a thousand records of the portal are one page
    assert bool(report.warnings) == (dataset == "ponal_seizures"), report.warnings
    [again] = ingest(real / SEIZURES / name, store)
    assert (again.loaded, again.already_there) == (0, report.loaded)
    assert store.counts() == {"entities": {}, "links": {}}


def test_comtrade_world_is_the_sum_of_its_partners(store: Store, real: Path) -> None:
    """Thailand's imports of integrated circuits, 2014 to 2024: eleven rows for the world, each the sum of the year's others."""
    [report] = ingest(real / TRADE / "comtrade_TradeData.csv.gz", store)
    assert (report.read, report.loaded, report.rejected) == (1_178, 1_178, 0)
    rows = read_context(store, "un_comtrade")
    assert Counter(rows.column("row").to_pylist()) == {"": 1_167, "total": 11}
    sums: dict[tuple[str, str], float] = Counter()
    for year, row, value in zip(*(rows.column(c).to_pylist() for c in ("refyear", "row", "primaryvalue")), strict=True):
        sums[year, row] += float(value)
    for year in {year for year, _ in sums}:
        # partners are rounded to dollars one by one
        assert sums[year, ""] == pytest.approx(sums[year, "total"], abs=200)


def test_releases_of_us_customs_overlap_by_7559_rows(store: Store, real: Path) -> None:
    ingest([real / SEIZURES / n for n, (d, _, _) in FILES.items() if d == "cbp_drugs"], store)
    rows = read_context(store, "cbp_drugs")
    assert Counter(rows.column("row").to_pylist()) == {"": 12_457, "repeated": 7_559}


def test_the_workbook_says_what_others_parsed_from_it(store: Store, real: Path) -> None:
    ingest([real / SEIZURES / n for n, (d, _, _) in FILES.items() if d.startswith("dhs")], store)
    ours = read_context(store, "dhs_seizures", summable=True)
    theirs = read_context(store, "dhs_seizures_parsed")
    wanted = ("year", "property category", "property type", "total $ seized", "qty seized")
    parsed = ("year", "property_category", "property_type", "money_seized", "quantity_seized")

    def figures(table: object, names: tuple[str, ...]) -> set[tuple[object, ...]]:
        rows = zip(*(table.column(n).to_pylist() for n in names), strict=True)  # type: ignore[attr-defined]
        return {
            (year, category, type_.strip(), float(money), float(count)) for year, category, type_, money, count in rows
        }

    assert figures(ours, wanted) == figures(theirs, parsed)
