"""A layout never seen before becomes a mapping that a user can read, and that reads the file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.load import ingest
from vinculo.ingest.profile import guess, preview
from vinculo.ingest.profile import written as mapping_of
from vinculo.ingest.profile.guess import templates
from vinculo.ingest.profile.shapes import dates, numbers

Write = Callable[..., Path]

SEIZURES = """REPORTE DE ASEGURAMIENTOS;;;;;;
Folio;Fecha del hecho;Corporación;Municipio;Sustancia;Cantidad asegurada;Medida;Placas vehículo;Nombre del detenido;Peso (lb)
FGR/001/2024;14/03/2024;Guardia Nacional;Nogales;Metanfetamina;12,5;kg;ABC-123-D;Juan Pérez López;27
FGR/002/2024;15/03/2024;SEDENA;Tijuana;Fentanilo;3,25;kg;S/D;S/D;7
FGR/003/2024;29/04/2024;FGR;Reynosa;Cocaína;1.040;kg;XYZ-987-A;Ana Ruiz;90
"""
TRANSFERS = """txn_ref\tposted\tsender acct\tsender\tsender country\treceiver acct\treceiver\trcv country\tccy\tvalue\tmemo
A1\t03/04/2024\t123-45\tAcme LLC\tUS\t998877\tComercial Norte SA\tMX\tUSD\t9,500.00\tinv 12
A2\t04/05/2024\t123-45\tAcme LLC\tUS\t998878\tGlobex\tCO\tUSD\t1,234\tconsulting
A3\t05/06/2024\t555\tBeta Inc\tUS\t998877\tComercial Norte SA\tMX\tUSD\t8,900.10\t
"""
BILLS = """No. BL,ETA,Exportador,País exportador,Importador,RFC importador,Notificar a,Tel. notificado,Contenedor,POL,POD,Fracción
HLCU123,2024-05-01,Shenzhen Toys Co,CN,Juguetes SA,JNO010203AB1,Agencia X,+52 867 123 4567,HLBU1234567,CNSZX,MXZLO,9503.00
"""


def meant(text: str, written: Write, name: str = "x.csv", template: str = "") -> tuple[str, dict[str, str], Any]:
    """Template, header by column, and the mapping as YAML reads it."""
    profile = guess(open_file(written(name, text)), template)
    made = yaml.safe_load(mapping_of(profile, name="x", file=name))
    assert made["dataset"] == profile.dataset.name
    return made["dataset"], made["columns"], made


def test_a_table_of_seizures(written: Write) -> None:
    dataset, columns, made = meant(SEIZURES, written)
    assert dataset == "seizures"
    assert columns == {
        "seizure_id": "Folio",
        "date": "Fecha del hecho",
        "agency": "Corporación",
        "location": "Municipio",
        "commodity": "Sustancia",
        "quantity": "Cantidad asegurada",
        "unit": "Medida",
        "vehicle_plate": "Placas vehículo",
        "party_name": "Nombre del detenido",
    }
    assert made["formats"] == {"date": "%d/%m/%Y", "quantity": "1.234,56"}
    assert made["missing"] == ["S/D"]


def test_a_table_of_payments(written: Write) -> None:
    dataset, columns, made = meant(TRANSFERS, written, "x.tsv")
    assert dataset == "transfers"
    assert columns["transfer_id"] == "txn_ref"
    assert columns["date"] == "posted"
    assert columns["originator_name"] == "sender"
    assert columns["beneficiary_country"] == "rcv country"
    assert made["formats"]["amount"] == "1,234.56"


def test_a_table_of_bills(written: Write) -> None:
    dataset, columns, _ = meant(BILLS, written)
    assert dataset == "bills_of_lading"
    assert columns["consignee_tax_id"] == "RFC importador"
    assert columns["notify_party_phone"] == "Tel. notificado"
    assert (columns["port_of_lading"], columns["port_of_unlading"]) == ("POL", "POD")


def test_what_only_the_user_knows_is_said(written: Write) -> None:
    profile = guess(open_file(written("x.tsv", TRANSFERS)))
    text = _in("en", profile)
    assert '  date: "%d/%m/%Y"  # or %m/%d/%Y' in text
    assert '  transfer_id: "txn_ref"  # check' in text
    assert "revise" in _in("es", profile)
    weights = guess(open_file(written("y.csv", SEIZURES)))
    assert "#   Peso (lb)  (27; 7; 90)" in _in("en", weights)


def _in(language: str, profile: Any) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VINCULO_LANGUAGE", language)
        return mapping_of(profile, file="x.tsv")


@pytest.mark.parametrize(("name", "text"), [("a.csv", SEIZURES), ("b.tsv", TRANSFERS), ("c.csv", BILLS)])
def test_the_mapping_reads_the_file(name: str, text: str, store: Store, written: Write, tmp_path: Path) -> None:
    path = written(name, text)
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(mapping_of(guess(open_file(path)), name="mine"), encoding="utf-8")
    shown = preview(open_file(path), mapping)
    assert [r["record"] for r in shown] == list(range(1, len(shown) + 1))
    assert all(r["entities"] and not r["rejected"] for r in shown)
    assert store.counts()["entities"] == {}
    (report,) = ingest(path, store, mapping=mapping)
    assert report.loaded == report.read == len(shown)
    ids = {e["id"] for r in shown for e in r["entities"]}
    assert set(store.entities(sorted(ids))) == ids


def as_json_lines(text: str, delimiter: str) -> str:
    """The same table as an object a row; what is empty is left out."""
    rows = csv.DictReader(text.splitlines(), delimiter=delimiter)
    return "".join(json.dumps({k: v for k, v in row.items() if v}, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.parametrize("text", [(SEIZURES.partition("\n")[2], ";"), (TRANSFERS, "\t"), (BILLS, ",")])
def test_json_lines_are_a_table_like_any_other(
    text: tuple[str, str], store: Store, written: Write, tmp_path: Path
) -> None:
    """The same guesses, the same mapping, and the same entities and links with the same values."""
    said = {}
    for name, content in (("a.csv", text[0]), ("a.jsonl", as_json_lines(*text))):
        path, own = written(name, content), open_store("sqlite:///:memory:")
        mapping = tmp_path / f"{name}.yml"
        mapping.write_text(mapping_of(guess(open_file(path)), name="mine"), encoding="utf-8")
        assert preview(open_file(path), mapping)
        (report,) = ingest(path, own, mapping=mapping)
        assert report.loaded == report.read > 0
        things = own.entities(own.nodes()["id"].to_pylist()) | own.links(own.edges()["id"].to_pylist())
        facts = {
            i: (x.kind, sorted((p, f.value) for p, some in x.properties.items() for f in some))
            for i, x in things.items()
        }
        said[name] = (yaml.safe_load(mapping.read_text(encoding="utf-8")), facts)
        own.close()
    assert said["a.csv"] == said["a.jsonl"]


def test_json_lines_of_all_sorts(written: Write, tmp_path: Path, store: Store) -> None:
    """Lists become one cell, keys that come late or not at all are empty, a damaged line is rejected with its place."""
    text = (
        '{"Folio": "F-1", "Fecha": "2024-03-14", "Placas": ["ABC-123-D", "XYZ-987-A"], "Sustancia": "Cocaína"}\n'
        '{"Folio": "F-2", "Fecha": "2024-03-15"\n'
        '{"Folio": "F-3", "Fecha": "2024-03-16", "Peso kg": 12.50}\n'
    )
    path, mapping = written("x.jsonl", text), tmp_path / "m.yml"
    columns = {"seizure_id": "Folio", "date": "Fecha", "vehicle_plate": "Placas", "commodity": "Sustancia"}
    columns["quantity"] = "Peso kg"
    mapping.write_text(yaml.safe_dump({"dataset": "seizures", "name": "mine", "columns": columns}), encoding="utf-8")
    (report,) = ingest(path, store, mapping=mapping)
    assert (report.read, report.loaded, report.rejected) == (3, 2, 1)
    [source] = store.sources()
    [bad] = store.rejects(source).to_pylist()
    assert (bad["line"], bad["code"]) == (2, "bad_json")
    assert store.counts()["entities"]["Seizure"] == 2


def test_templates_are_known_by_their_own_names(written: Write) -> None:
    for name, dataset in templates().items():
        header = [c.replace("_", " ").upper() for c in (*dataset.columns, *dataset.optional)]
        text = ",".join(header) + "\n" + ",".join("" for _ in header) + "x\n"
        found, columns, _ = meant(text, written, f"{name}.csv", name)
        assert found == name
        assert {k: v.lower().replace(" ", "_") for k, v in columns.items()} == {c: c for c in columns}
        assert set(dataset.columns) <= set(columns)


HEADERS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='",\ufeff'), min_size=1, max_size=20),
    min_size=2,
    max_size=6,
    unique=True,
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HEADERS, st.sampled_from(["# not a note", "a: b", "{x}", "- y", "&a *a", "!!python/object", "'", "%TAG"]))
def test_no_text_of_a_file_becomes_yaml(written: Write, header: list[str], evil: str) -> None:
    header = [*header, evil, "fecha", f"monto {evil}"]
    rows = [f"{n}{evil}" for n, _ in enumerate(header)]
    path = written("x.csv", ",".join(header) + "\n" + ",".join(rows) + "\n" + ",".join(rows) + "\n")
    try:
        profile = guess(open_file(path))
    except InputError as error:
        assert error.code in ("no_table", "empty_file")
        return
    made = yaml.safe_load(mapping_of(profile, name=evil, file=evil))
    assert made["columns"] is None or {c.meant: c.header for c in profile.columns if c.meant} == made["columns"]
    assert set(made) <= {"dataset", "name", "columns", "formats", "missing"}
    assert made["name"] == evil


def test_dates_and_numbers() -> None:
    assert dates(["2024-01-02", "2024-01-03"]).formats == ()
    assert dates(["20240102", "20231231"]).formats == ("%Y%m%d",)
    assert dates(["3 ene 2024", "4 dic 2024"]).formats == ("%d %b %Y",)
    assert dates(["x", "y"]).fits == 0
    assert numbers(["1,234"]).others
    assert numbers(["1 234,50", "12,1"]).formats == ("1 234,56",)


def test_what_is_no_table(written: Write) -> None:
    for name, text in (("a.json", '{"a": 1}'), ("b.csv", "only a title\n"), ("c.xml", "<a/>")):
        with pytest.raises(InputError) as caught:
            guess(open_file(written(name, text)))
        assert caught.value.code == "no_table"
    with pytest.raises(UsageError):
        guess(open_file(written("d.csv", BILLS)), "ofac_sdn")


PORTUGUESE = """Banco Exemplo;;;;;;;
Conta à ordem 0033 4567 8901 2;;;;;;;
Data mov.;Data valor;Descrição;IBAN contraparte;Débito;Crédito;Saldo contabilístico;Moeda
02-01-2024;02-01-2024;TRF. P/ CONSERVAS;PT50000201231234567890154;12.500,00;;87.500,00;EUR
13-01-2024;14-01-2024;TRF. DE GRÜN;DE89370400440532013000;;9.800,00;97.300,00;EUR
15-01-2024;15-01-2024;DEP. NUMERÁRIO;;-;9.900,00;107.200,00;EUR
18-01-2024;18-01-2024;COMISSÃO;;5,20;;107.194,80;EUR
Saldo final;;;;;;107.194,80;EUR
"""
PORT = """SECRETARÍA DE MARINA;;;;;;;;
No.;Núm. de Acta;Fecha aseg.;Terminal;Mercancía;Peso bruto;Contenedor(es);Placas tracto;Personas presentadas;Valor en aduana (USD)
1;SEMAR/0117;03/ene/2024;SSA;Metanfetamina;1.250,5 kg;MSKU1234565;45-AK-7M / 112-XT-3;RAMÍREZ JORGE|PÉREZ ANA;18.500.000,00
2;ANAM/0009;17/ene/2024;Contecon;Calzado;960 kg;;S/P;GARCÍA TREVIÑO LUIS;245.000,50
"""
REGISTER = """PLACA\tAño\tPropietario actual\tRFC prop.\tFec. alta\tPropietario anterior\tStatus
ABC-123-D\t2019\tJUAN PEREZ LOPEZ\tPELJ800101AB1\t15/08/2023\tAUTOS DEL BRAVO SA DE CV\tACTIVO
XYZ-987-A\t2020\tANA RUIZ\tRUAN900202QX1\t30/11/2021\t\tREPORTE ROBO
"""


def test_a_statement_in_portuguese_with_a_line_below_it(written: Write) -> None:
    dataset, columns, made = meant(PORTUGUESE, written)
    assert dataset == "bank_statement"
    assert columns["date"] == "Data mov." and columns["value_date"] == "Data valor"
    assert (columns["debit"], columns["credit"], columns["balance"]) == ("Débito", "Crédito", "Saldo contabilístico")
    assert columns["counterparty_account"] == "IBAN contraparte"
    assert made["formats"]["date"] == "%d-%m-%Y" and made["formats"]["debit"] == "1.234,56"
    profile = guess(open_file(written("x.csv", PORTUGUESE)))
    assert profile.missing == ("account",) and not profile.doubtful
    assert "values:" in _in("en", profile) and "values:" in _in("es", profile)


def test_sums_are_no_places_and_weights_with_units_are_quantities(written: Write) -> None:
    dataset, columns, made = meant(PORT, written)
    assert dataset == "seizures"
    assert columns["value_usd"] == "Valor en aduana (USD)" and columns["location"] == "Terminal"
    assert columns["quantity"] == "Peso bruto" and columns["party_name"] == "Personas presentadas"
    assert columns["container_number"] == "Contenedor(es)" and columns["vehicle_plate"] == "Placas tracto"
    assert made["formats"]["quantity"] == "1.234,56" and made["missing"] == ["S/P"]


def test_what_several_tables_say_of_one_thing_is_shown_as_one(written: Write, tmp_path: Path) -> None:
    path = written("x.csv", PORT)
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(mapping_of(guess(open_file(path)), name="mine"), encoding="utf-8")
    first = preview(open_file(path), mapping)[0]["entities"]
    assert len({e["id"] for e in first}) == len(first)
    assert [e["kind"] for e in first].count("Seizure") == 1
    assert sum(dict(e["properties"]).get("name", "").startswith(("RAM", "PÉREZ")) for e in first) == 2


def test_a_register_that_no_template_fits_is_said_to_fit_none(written: Write) -> None:
    profile = guess(open_file(written("x.tsv", REGISTER)))
    assert profile.doubtful
    found = {c.header: c.meant for c in profile.columns}
    assert found["Año"] == found["Propietario anterior"] == ""
    assert not guess(open_file(written("y.csv", PORT))).doubtful
