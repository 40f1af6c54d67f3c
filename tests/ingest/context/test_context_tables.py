"""Published tables: recognised by their columns, kept row by row, never summed twice, never part of the graph."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.context import kept_tables, rejects_of, rows_of
from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.ingest.context import NUMBERS, SORTS, context_tables
from vinculo.ingest.context.reading import read_context
from vinculo.ingest.load import ingest
from vinculo.ingest.report import COUNTS

Write = Callable[..., Path]

COMTRADE_HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,partnerCode,"
    "partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,classificationSearchCode,"
    "isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,customsDesc,mosCode,motCode,motDesc,qtyUnitCode,"
    "qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,"
    "isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate"
)
CBP_HEADER = (
    "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,Sum Qty (lbs)"
)


def comtrade(partner: str, name: str, commodity: str, value: str, mode: str = "0 ") -> str:
    """One row as the site gives it: every cell quoted, an empty one too many at the end."""
    cells = (
        f"C,A,20220101,2022,52,2022,484,MEX,Mexico,X,Export,{partner},XXX,{name},0,W00,World,H6,HS,true,{commodity},Things,4,"
        f"false,C00,TOTAL CPC,{mode},0,TOTAL MOT,8,kg,5,false,-1,N/A,,false,5,false,0,false,,{value},{value},0,true,false"
    ).split(",")
    return ",".join(f'"{c}"' if c else "" for c in cells) + ",\n"


def one(store: Store, file: Path, **options: Any) -> Any:
    """Load one file; what became of its records adds up."""
    [report] = ingest(file, store, **options)
    assert report.read == sum(getattr(report, name) for name in COUNTS[1:5])
    assert report.notes["kept_as"] == "context"
    return report


def column(store: Store, name: str, wanted: str, *where: str) -> list[str]:
    """One column of a table."""
    texts: list[str] = read_context(store, name, where).column(wanted).to_pylist()
    return texts


@pytest.fixture
def trade(store: Store, written: Write) -> Store:
    rows = [
        comtrade("0", "World", "85", "100"),
        comtrade("842", "USA", "85", "70"),
        comtrade("384", "Côte d'Ivoire", "85", "30"),
        comtrade("0", "World", "8542", "60"),
        comtrade("842", "USA", "8542", "60"),
    ]
    text = COMTRADE_HEADER + "\n" + "".join(rows)
    report = one(store, written("TradeData.csv", text, "latin-1"))
    assert (report.dataset, report.read, report.loaded) == ("un_comtrade", 5, 5)
    return store


def test_a_cell_too_many_moves_nothing(trade: Store) -> None:
    """48 cells under 47 names: a reader that takes the first for an index puts every value one column off."""
    assert column(trade, "un_comtrade", "partnerdesc") == ["World", "USA", "Côte d'Ivoire", "World", "USA"]
    assert set(column(trade, "un_comtrade", "isaggregate")) == {"false"}
    assert set(column(trade, "un_comtrade", "typecode")) == {"C"}


def test_totals_are_marked_and_the_rest_adds_up(trade: Store) -> None:
    """World sums its partners, 85 sums 8542; what is left may be added up without anything twice."""
    assert column(trade, "un_comtrade", "row") == ["total", "total", "", "total", ""]
    summable = read_context(trade, "un_comtrade", ["cmdcode=85"], summable=True)
    assert summable.column("partnerdesc").to_pylist() == ["Côte d'Ivoire"]
    assert read_context(trade, "un_comtrade", ["cmdcode=8542"], summable=True).num_rows == 1


def test_a_total_that_stands_alone_is_a_figure(store: Store, written: Write) -> None:
    """Without its partners the row for the world is all there is."""
    one(store, written("a.csv", COMTRADE_HEADER + "\n" + comtrade("0", "World", "85", "100")))
    assert column(store, "un_comtrade", "row") == [""]


def test_nothing_of_it_is_in_the_graph(trade: Store) -> None:
    assert trade.counts() == {"entities": {}, "links": {}}
    assert trade.sources() == []
    assert [(r.source.dataset, r.status, r.counts["loaded"]) for r in trade.runs()] == [("un_comtrade", "done", 5)]


def test_the_second_load_changes_nothing(trade: Store, tmp_path: Path) -> None:
    version, bodies = trade.version(), {k: trade.context(k.source) for k in kept_tables(trade)}
    report = one(trade, tmp_path / "TradeData.csv")
    assert (report.read, report.loaded, report.already_there) == (5, 0, 5)
    assert trade.version() == version and len(trade.runs()) == 1
    assert {k: trade.context(k.source) for k in kept_tables(trade)} == bodies


def test_withdrawn_whole(trade: Store) -> None:
    [kept] = kept_tables(trade)
    trade.withdraw(kept.source)
    assert kept_tables(trade) == [] and trade.verify() == []
    assert [r.status for r in trade.runs()] == ["withdrawn"]


def test_bad_rows_are_rejected_with_their_line(store: Store, written: Write) -> None:
    rows = [
        "2021,OCT,Office of Field Operations,Northern Border,Other,DETROIT FIELD OFFICE,Fentanyl,3,0.5",
        "2021,OCT,Office of Field Operations,Northern Border,Other,DETROIT FIELD OFFICE,Heroin,three,0.5",
        "2021,OCT,Office of Field Operations,Northern Border,Other,DETROIT FIELD OFFICE,,3,0.5",
        "2021,OKT,Office of Field Operations,Northern Border,Other,DETROIT FIELD OFFICE,Heroin,3,0.5",
        "2021,OCT,Office of Field Operations",
        "2021,OCT,Office of Field Operations,Northern Border,Other,DETROIT FIELD OFFICE,Fentanyl,3,0.5",
        "2021,JAN,Office of Field Operations,Northern Border,Other,DETROIT FIELD OFFICE,Fentanyl,,",
    ]
    report = one(store, written("drugs.csv", "\n".join([CBP_HEADER, *rows]) + "\n"))
    assert (report.read, report.loaded, report.duplicate_in_file, report.rejected) == (7, 2, 1, 4)
    [kept] = kept_tables(store)
    wrong = rejects_of(store, kept.source).to_pylist()
    assert sorted((r["record"], r["line"], r["column"], r["code"]) for r in wrong) == [
        (2, 3, "count of event", "unreadable"),
        (3, 4, "drug type", "needed"),
        (4, 5, "month", "needed"),
        (5, 6, "", "ragged"),
    ]
    assert Path(report.rejects_file).exists()
    # the fiscal year begins in October
    assert column(store, "cbp_drugs", "month") == ["2020-10", "2021-01"]


def test_of_two_releases_the_one_loaded_last_counts(store: Store, written: Write) -> None:
    """Releases overlap, and figures are revised."""
    row = "2021,{},U.S. Border Patrol,Southwest Border,Land Only,TUCSON SECTOR,Cocaine,{},{}\n"
    one(store, written("old.csv", CBP_HEADER + "\n" + row.format("OCT", 1, 10) + row.format("NOV", 1, 20)))
    one(store, written("new.csv", CBP_HEADER + "\n" + row.format("NOV", 2, 25) + row.format("DEC", 1, 30)))
    assert column(store, "cbp_drugs", "row") == ["", "repeated", "", ""]
    summable = read_context(store, "cbp_drugs", summable=True)
    assert summable.column("sum qty (lbs)").to_pylist() == ["10", "25", "30"]


def test_unodc_keeps_rows_that_are_alike(store: Store, written: Write) -> None:
    """A country has several rows for one drug and year: each is a part of the figure. NULL is no value, 1.5E-05 is one."""
    header = "Region,country,ISO Code,Drug Group,Drug,Year,KG Equivalent\n"
    rows = ["Europe,Sweden,SWE,ATS,Amphetamine,1971,2\n"] * 2 + ["Africa,Namibia,NULL,ATS,Ecstasy,1999,1.5E-05\n"]
    report = one(store, written("u.csv", header + "".join(rows) + "Africa,Chad,TCD,ATS,Ecstasy,1999,NULL\n"))
    assert (report.read, report.loaded, report.duplicate_in_file) == (4, 4, 0)
    assert read_context(store, "unodc_seizures", ["kg equivalent<1"]).num_rows == 1


def test_a_page_of_the_portal_is_said_to_be_one(store: Store, written: Write) -> None:
    row = (
        '{"c_digo_dane":"05001000","cantidad":"2","clase_de_estupefaciente":"BASUCO","clase_de_sitio":"VIAS PUBLICAS",'
        '"departamento":"ANTIOQUIA","dia":"Lunes","fecha":"2018-01-08T00:00:00.000","municipio":"MEDELLÍN (CT)",'
        '"unidad_de_medida":"GRAMO","zona":"URBANA"}'
    )
    few, page = (
        written(name, "[" + "\n,".join([row] * n) + "]\n") for name, n in (("few.json", 3), ("page.json", 1000))
    )
    report = one(store, few)
    assert (report.dataset, report.loaded, report.warnings) == ("ponal_seizures", 3, [])
    assert column(store, "ponal_seizures", "codigo_dane") == ["05001000"] * 3
    [warning] = one(store, page).warnings
    assert "1,000" in warning


def workbook() -> bytes:
    """A title block, the header in row 6, a category on a row of its own, a sum below its types, a page number at the end."""
    book = openpyxl.Workbook()
    for number, sheet in enumerate(("FY 2014", "FY 2015")):
        page = book.active if not number else book.create_sheet()
        page.title = sheet
        for _ in range(5):
            page.append([None, None, "ALL SEIZURES"])
        page.append(
            [
                "PROPERTY CATEGORY",
                "PROPERTY TYPE",
                "DISTINCT INCIDENTS",
                "TOTAL $ SEIZED",
                "LBS SEIZED",
                "MSRP",
                "QTY SEIZED",
            ]
        )
        page.append(["AIRCRAFT            ", *[None] * 6])
        page.append([None, "MULTI-JET", 1, 500000, 0, 0, 1])
        page.append([None, "TWIN PROP", 7, 3191650.5, 0, 0, 7])
        page.append([None, None, 8, 3691650.5, 0, 0, 8])
        page.append([None, None, None, f"Page {number + 1} of 2", None, None, None])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_workbook_of_homeland_security(store: Store, written: Write) -> None:
    report = one(store, written("forfeitures.xlsx", workbook()))
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("dhs_seizures", 10, 8, 2)
    assert column(store, "dhs_seizures", "row") == ["heading", "", "", "total"] * 2
    rows = read_context(store, "dhs_seizures", ["year=2015"], summable=True)
    assert rows.column("property category").to_pylist() == ["AIRCRAFT", "AIRCRAFT"]
    total = read_context(store, "dhs_seizures", ["year=2015", "row=total"]).column("total $ seized").to_pylist()
    assert sum(map(float, rows.column("total $ seized").to_pylist())) == float(total[0])


def test_conditions(trade: Store) -> None:
    def count(*where: str) -> int:
        return read_context(trade, "un_comtrade", where).num_rows

    assert count("partnerdesc=usa") == 2
    assert count("partnerDesc!=USA") == 3
    assert count("partnerdesc~ivoire") == 1
    assert count("primaryvalue>=60", "primaryvalue<100") == 3
    assert count("moscode=0") == 5
    assert count("record=1") == 1
    for where, code in (("nonsense", "bad_condition"), ("colour=red", "unknown_column")):
        with pytest.raises(UsageError) as told:
            count(where)
        assert told.value.code == code


@given(
    cells=st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
            | st.sampled_from(["", "NULL", "1e999", "2020", "7"]),
            min_size=7,
            max_size=7,
        ),
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_the_cells_is_kept_or_rejected(tmp_path: Path, cells: list[list[str]]) -> None:
    """Every record ends somewhere, and what is kept is what stood there."""
    file = tmp_path / "u.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["Region", "country", "ISO Code", "Drug Group", "Drug", "Year", "KG Equivalent"])
        writer.writerows([["Africa", "Chad", "TCD", "ATS", "Ecstasy", "1999", "1"], *cells])
    store = open_store("sqlite:///:memory:")
    try:
        report = one(store, file)
    except InputError:
        # damage that hides where rows end; then nothing is kept
        assert store.contexts() == {}
        return
    rows = read_context(store, "unodc_seizures")
    assert rows.num_rows == report.loaded >= 1
    assert report.read >= report.loaded + report.rejected
    kept = {tuple(row) for row in zip(*(rows.column(i).to_pylist() for i in range(7)), strict=True)}
    assert kept <= {tuple(c) for c in [["Africa", "Chad", "TCD", "ATS", "Ecstasy", "1999", "1"], *cells]}


def test_named_it_is_checked(store: Store, written: Write) -> None:
    file = written("a.csv", "x,y\n1,2\n")
    with pytest.raises(InputError) as told:
        ingest(file, store, dataset="un_comtrade")
    assert told.value.code == "missing_columns" and "reportercode" in told.value.message()


def test_a_load_that_was_killed_is_done_again(trade: Store, store: Store, written: Write) -> None:
    """Before anything was kept: its run ends as interrupted. After: it ends as done."""
    [kept] = kept_tables(trade)
    file = written("TradeData.csv", COMTRADE_HEADER + "\n" + comtrade("0", "World", "85", "100"))
    one(store, file)
    other = next(k for k in kept_tables(store) if k != kept)
    store.withdraw(other.source)
    store.begin_run(other.source)
    one(store, file)
    assert [r.status for r in store.runs()] == ["done", "withdrawn", "interrupted", "done"]
    store.begin_run(other.source)
    assert one(store, file).already_there == 1
    assert [r.status for r in store.runs()][3:] == ["done", "done"]


def test_columns_that_others_have_too_stay_apart(store: Store, written: Write) -> None:
    """A file's own ``row``, ``file`` and ``record`` are not ours."""
    header = "Region,country,ISO Code,Drug Group,Drug,Year,KG Equivalent,row,file,record,=note\n"
    one(store, written("u.csv", header + "Africa,Chad,TCD,ATS,Ecstasy,1999,1,total,x.csv,9,<b>\n"))
    [row] = read_context(store, "unodc_seizures").to_pylist()
    assert (row["row"], row["file"], row["record"]) == ("", "u.csv", 1)
    assert (row["row_"], row["file_"], row["record_"], row["=note"]) == ("total", "x.csv", "9", "<b>")


def test_a_column_that_is_mostly_empty_is_said(store: Store, written: Write) -> None:
    header = "Region,country,ISO Code,Drug Group,Drug,Year,KG Equivalent\n"
    rows = [f"Africa,Chad,TCD,ATS,Ecstasy,{1990 + n},{'NULL' if n % 2 else n}\n" for n in range(10)]
    empty, few = one(store, written("u.csv", header + "".join(rows))).warnings
    assert "kg equivalent" in empty and "50 %" in empty
    assert "Only 10 records" in few


def test_a_table_that_is_published_whole_says_how_large_it_is_and_how_filled() -> None:
    asks = {n for n, t in context_tables().items() if t.minimum_records > 1}
    # what a person asks for by query, or makes, has no size of its own
    assert set(context_tables()) - asks == {
        "un_comtrade",
        "ponal_seizures",
        "exchange_rates",
        "exchange_rates_ecb",
        "exchange_rates_banxico",
    }
    assert all(t.filled for t in context_tables().values() if not t.rates)


def test_damage_keeps_nothing(store: Store, written: Write) -> None:
    """A quote that is never closed hides where rows end: no half of a table is kept."""
    with pytest.raises(InputError):
        ingest(written("a.csv", CBP_HEADER + '\n2021,OCT,"a,b,c,d,e,1,2\n'), store)
    assert store.contexts() == {} and store.runs() == []


def test_every_description_holds_together() -> None:
    """Units for all numbers, columns that keys and totals name, names that no dataset has, a page in the docs."""
    from vinculo.ingest.recognise import datasets

    page = (Path(__file__).parents[3] / "docs" / "context.md").read_text(encoding="utf-8")
    for name, table in context_tables().items():
        known = table.described
        assert name not in datasets()
        assert f"`{name}`" in page
        assert table.title.en and table.title.es and table.description.es
        assert {c.sort for c in known.values()} <= set(SORTS)
        assert all(c.unit for c in known.values() if c.sort in NUMBERS and c.sort != "year"), name
        assert set(table.filled) <= set(known)
        assert set(table.key) <= set(known) and set(table.totals) <= set(known) and set(table.levels) <= set(known), (
            name
        )
        units = [c.unit[1:-1] for c in known.values() if c.unit.startswith("[")]
        assert set(units) <= set(known), name


def test_rows_keep_what_stood_there(trade: Store) -> None:
    """Texts to the letter, with record and line."""
    [kept] = kept_tables(trade)
    rows = rows_of(trade, kept.source)
    assert set(rows.column("moscode").to_pylist()) == {"0 "}
    assert rows.column("record").to_pylist() == [1, 2, 3, 4, 5]
    assert rows.column("line").to_pylist() == [2, 3, 4, 5, 6]
