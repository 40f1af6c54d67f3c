"""What a person says of a layout holds: as a mapping, kept with the case, and for the next file with the same header."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.errors import InputError
from vinculo.graph.store import Store
from vinculo.graph.text import has
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.load import ingest
from vinculo.ingest.profile import (
    as_mapping,
    fitting,
    forget,
    guess,
    keep,
    kept,
    like,
    preview,
    readings,
    revised,
    sample,
    templates,
)
from vinculo.ingest.profile import written as mapping_text
from vinculo.ingest.profile.sample import ENOUGH

Write = Callable[..., Path]
SEIZURES = """REPORTE DE ASEGURAMIENTOS;;;;
Folio;Fecha del hecho;Sustancia;Cantidad asegurada;Nombre del detenido
FGR/001/2024;14/03/2024;Metanfetamina;12,5;Juan Pérez López
FGR/002/2024;15/03/2024;Fentanilo;3,25;S/D
FGR/003/2024;29/04/2024;Cocaína;1.040;Ana Ruiz
"""
TRANSFERS = """Ref\tPosted\tSender\tReceiver\tCcy\tValue
A1\t03/04/2024\tAcme LLC\tComercial Norte SA\tUSD\t9,500.00
A2\t04/05/2024\tAcme LLC\tGlobex\tUSD\t1,234
"""
BILLS = """No. BL,ETA,Exportador,País exportador,Importador,RFC importador,Contenedor,POL
HLCU123,2024-05-01,Shenzhen Toys Co,CN,Juguetes SA,JNO010203AB1,HLBU1234567,CNSZX
"""
STATEMENT = """Movimientos
Día;Concepto;Retiros;Depósitos;Saldo
03/04/2024;Nómina;1.500,00;;8.500,00
14/04/2024;Depósito en efectivo;;9.500,00;18.000,00
"""


@pytest.mark.parametrize("text", [SEIZURES, TRANSFERS, BILLS])
def test_the_mapping_as_data_is_what_is_written(text: str, written: Write) -> None:
    file = open_file(written("x.csv", text))
    profile = guess(file)
    assert yaml.safe_load(mapping_text(profile, name="mine")) == as_mapping(profile, "mine")
    # and read back, it is the same profile as far as a person can tell
    assert as_mapping(like(file, as_mapping(profile, "mine")), "mine") == as_mapping(profile, "mine")


def test_what_a_person_says_is_taken_and_the_rest_is_looked_for(written: Write) -> None:
    file = open_file(written("x.csv", STATEMENT))
    told = guess(file, "bank_statement", ["date", "description", "debit", "credit", "balance"])
    assert as_mapping(told)["formats"] == {
        "date": "%d/%m/%Y",
        "debit": "1.234,56",
        "credit": "1.234,56",
        "balance": "1.234,56",
    }
    assert told.missing == ("account", "currency")
    whole = revised(told, ways={"date": "%d/%m/%Y"}, values={"account": "0012345678", "currency": "MXN"})
    assert whole.missing == ()
    assert yaml.safe_load(mapping_text(whole)) == as_mapping(whole)


def test_a_value_for_every_row_is_loaded(written: Write, store: Store, tmp_path: Path) -> None:
    path = written("x.csv", STATEMENT)
    told = guess(open_file(path), "bank_statement", ["date", "description", "debit", "credit", ""])
    whole = revised(told, ways={}, values={"account": "0012345678", "currency": "MXN", "bank": ""})
    mapping = tmp_path / "m.yml"
    mapping.write_text(mapping_text(whole, name="banco"), encoding="utf-8")
    assert len(preview(open_file(path), mapping)) == 2
    (report,) = ingest(path, store, mapping=mapping)
    assert (report.loaded, report.rejected, report.dataset) == (2, 0, "banco")
    paid = store.edges(["PAID"])
    assert sorted(paid.column("amount").to_pylist()) == [1500.0, 9500.0]
    assert set(paid.column("currency").to_pylist()) == {"MXN"}


def test_an_order_of_dates_that_only_a_person_knows(written: Write) -> None:
    file = open_file(written("x.tsv", TRANSFERS))
    profile = guess(file)
    other = revised(profile, ways={"date": "%m/%d/%Y"})
    assert as_mapping(profile)["formats"]["date"] == "%d/%m/%Y"
    assert as_mapping(other)["formats"]["date"] == "%m/%d/%Y"
    # who has decided is not asked again
    assert "%d/%m/%Y" not in mapping_text(other)
    assert "date" not in as_mapping(revised(profile, ways={"date": ""}))["formats"]


def test_the_next_file_with_the_same_header_is_known(written: Write, store: Store) -> None:
    profile = guess(open_file(written("enero.csv", SEIZURES)))
    keep(store, profile, "aduana_19")
    _, head, *rows = SEIZURES.splitlines()
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in (head, *rows))
    february = open_file(written("febrero.csv", turned.replace("Folio", "FOLIO")))
    headers = [c.header for c in guess(february).columns]
    assert fitting(store, headers) == ["aduana_19"]
    assert fitting(store, [*headers, "Otra"]) == [] and fitting(store, headers[1:]) == []
    again = as_mapping(like(february, kept(store)["aduana_19"]), "aduana_19")
    assert again["columns"]["seizure_id"] == "FOLIO" and again["formats"] == as_mapping(profile)["formats"]
    forget(store, "aduana_19")
    assert kept(store) == {}


@given(st.lists(st.sampled_from(["03/04/2014", "2014-04-03", "24/12/2023", "x", "1.234,56", "7", "1,234"]), max_size=4))
def test_every_way_that_is_offered_reads_every_text(texts: list[str]) -> None:
    from vinculo.ingest.clean.dates import date
    from vinculo.ingest.clean.numbers import amount

    for kind, clean in (("date", date), ("amount", amount)):
        for way, made in readings(kind, texts).items():
            assert tuple(clean(t, (way,) if way else ()) for t in texts) == made
        assert len(set(readings(kind, texts).values())) == len(readings(kind, texts))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_the_beginning_of_a_large_file_tells_as_much(encoding: str, packed: bool, tmp_path: Path) -> None:
    head, *rows = SEIZURES.splitlines()[1:]
    lines = [head, *(rows[n % 3].replace("FGR/", f"FGR/{n}/") for n in range(20_000))]
    content = "\n".join(lines).encode(encoding)
    path = tmp_path / ("x.csv.gz" if packed else "x.csv")
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    begun = sample(path, tmp_path / "begun")
    assert begun != path and begun.name == "x.csv" and begun.stat().st_size <= ENOUGH
    part, whole = guess(open_file(begun)), guess(open_file(path))
    assert (part.columns, part.missing, part.dataset.name) == (whole.columns, whole.missing, whole.dataset.name)
    # its last line is whole
    (_, lines_read) = (open_file(begun).encoding, open_file(begun).text().read().splitlines())
    assert lines_read[-1] in lines


def test_the_beginning_of_a_large_workbook_tells_as_much(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Actas"
    sheet.append(["REPORTE"])
    sheet.append(["Folio", "Fecha", "Sustancia", "Cantidad", "Notas"])
    for n in range(1_500):
        sheet.append([f"A-{n}", date(2024, 1 + n % 12, 3), "fentanilo", n / 8, sha256(str(n).encode()).hexdigest()])
    sheet["E4"].value, sheet["E4"].data_type = "=1+1", "s"
    path = tmp_path / "actas.xlsx"
    book.save(path)
    begun = sample(path, tmp_path / "begun")
    assert begun != path and begun.stat().st_size < 20_000
    part, whole = guess(open_file(begun)), guess(open_file(path))
    assert (part.columns, part.missing, part.dataset.name) == (whole.columns, whole.missing, whole.dataset.name)
    mapping = tmp_path / "m.yml"
    mapping.write_text(mapping_text(part), encoding="utf-8")
    assert preview(open_file(begun), mapping) == preview(open_file(path), mapping)
    assert "=1+1" in str(preview(open_file(begun), mapping)[1])
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(path.read_bytes()[:-2000])
    assert sample(broken, tmp_path / "begun") == broken


def test_a_small_file_is_its_own_sample_and_what_is_no_file_is_said(written: Write, tmp_path: Path) -> None:
    path = written("x.csv", SEIZURES)
    assert sample(path, tmp_path / "begun") == path and not (tmp_path / "begun").exists()
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(SEIZURES.encode() * 10)[:80])
    for missing, code in ((tmp_path / "none.csv", "no_file"), (tmp_path, "is_folder"), (cut, "damaged_gzip")):
        with pytest.raises(InputError) as caught:
            sample(missing, tmp_path / "begun")
        assert caught.value.code == code


def test_every_column_of_a_template_has_words_in_both_languages() -> None:
    columns = {c for d in templates().values() for c in (*d.columns, *d.optional)}
    assert sorted(c for c in columns if not has(f"column.{c}")) == []
