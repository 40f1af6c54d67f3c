"""The templates: bills of lading, transfers, seizures, inspections."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from vinculo.ingest.recognise import datasets

TEMPLATES = Path(__file__).parents[3] / "docs" / "templates"
NAMES = ("bills_of_lading", "transfers", "bank_statement", "seizures", "inspections")
BILL = {
    "bill_number": "QQQQ-100",
    "date": "2024-03-04",
    "side": "export",
    "shipper": "Hortalizas Ficticias, S.A. de C.V.",
    "shipper_tax_id": "HFI-010101-AB1",
    "shipper_address": "Calle Uno 5",
    "shipper_city": "Saltillo",
    "shipper_country": "Mexico",
    "shipper_phone": "(867) 700-0001",
    "consignee": "Made Up Produce LLC",
    "consignee_country": "US",
    "notify_party": "Otro Ficticio",
    "notify_party_phone": "+52 867 700 0001",
    "carrier": "Invented Lines",
    "carrier_scac": "QQQQ",
    "vessel": "NO SUCH SHIP",
    "vessel_imo": "9319466",
    "container_numbers": "CSQU3054383; csqu 305438-4",
    "port_of_lading": "MXNLD",
    "port_of_unlading": "Laredo, Texas (USLRD)",
    "hs_code": "070200;070930",
    "gross_weight_kg": "1200.5",
    "declared_value": "$21,500.00",
    "currency": "usd",
}


def columns(name: str) -> tuple[str, ...]:
    """All columns of a template."""
    dataset = datasets()[name]
    return (*dataset.columns, *dataset.optional)


@pytest.mark.parametrize("name", NAMES)
def test_the_template_files_have_the_columns_of_the_dataset_and_load(name: str, graph) -> None:
    with (TEMPLATES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    sheet = load_workbook(TEMPLATES / f"{name}.xlsx", read_only=True).active
    told = list(sheet.iter_rows(max_row=3, values_only=True))
    assert rows[0][0].startswith("SYNTHETIC DATA") and len(rows) == 3
    assert set(rows[1]) == set(columns(name))
    assert list(told[1]) == rows[1] and [c or "" for c in told[2]] == rows[2]
    from_csv, from_xlsx = graph.load(TEMPLATES / f"{name}.csv", TEMPLATES / f"{name}.xlsx")
    assert from_csv.dataset == from_xlsx.dataset == name and from_csv.synthetic
    assert from_csv.loaded == 1 and from_csv.rejected == 0
    # the same record again, from the other file: nothing new but its source
    assert (from_xlsx.already_there, from_xlsx.entities, from_xlsx.links) == (1, 0, 0)


def test_a_bill_joins_its_parties_ports_boxes_and_ship(graph, write_rows: Callable[..., Path]) -> None:
    file = write_rows("bills.csv", columns("bills_of_lading"), BILL)
    (report,) = graph.load(file)
    assert (report.read, report.loaded, report.rejected) == (1, 1, 0)
    (bill,) = graph.entities("Consignment")
    values = graph.values(bill)
    assert values["billNumber"] == ["QQQQ-100"] and values["hsCode"] == ["070200", "070930"]
    assert values["declaredValue"] == values["exportValue"] == ["21500"] and "importValue" not in values
    assert values["currency"] == ["USD"]
    assert graph.pairs("SHIPPER") == {("Hortalizas Ficticias, S.A. de C.V.", "QQQQ-100")}
    assert graph.pairs("IN_CONTAINER") == {("QQQQ-100", "CSQU3054383"), ("QQQQ-100", "CSQU3054384")}
    assert graph.pairs("CARRIED_BY") == {("QQQQ-100", "NO SUCH SHIP")}
    assert graph.pairs("LADEN_AT") == {("QQQQ-100", "MXNLD")}
    assert graph.pairs("UNLADEN_AT") == {("QQQQ-100", "Laredo, Texas")}
    # written differently, the same phone: the two meet
    assert graph.pairs("HAS_PHONE") == {
        ("Hortalizas Ficticias, S.A. de C.V.", "+528677000001"),
        ("Otro Ficticio", "+528677000001"),
    }
    numbers = {(e.first("type"), e.first("number")) for e in graph.entities("Identifier")}
    assert numbers == {("RFC", "HFI010101AB1"), ("SCAC", "QQQQ"), ("IMO", "IMO9319466")}


def test_both_sides_of_a_trade_are_one_consignment(graph, write_rows: Callable[..., Path]) -> None:
    other = BILL | {"bill_number": "QQQQ100", "side": "import", "declared_value": "9000", "date": "2024-03-05"}
    graph.load(write_rows("both.csv", columns("bills_of_lading"), BILL, other))
    (bill,) = graph.entities("Consignment")
    assert (bill.first("exportValue"), bill.first("importValue")) == ("21500", "9000")
    assert len(graph.pairs("SHIPPER")) == 1


def test_nobody_is_no_party(graph, write_rows: Callable[..., Path]) -> None:
    rows = [
        BILL | {"bill_number": "1", "consignee": "TO THE ORDER OF BANCO FICTICIO", "shipper_tax_id": "XAXX010101000"},
        BILL | {"bill_number": "2", "consignee": "SAME AS ABOVE", "shipper": "N/A", "shipper_tax_id": ""},
    ]
    graph.load(write_rows("nobody.csv", columns("bills_of_lading"), *rows))
    assert not graph.links("CONSIGNEE") and len(graph.links("SHIPPER")) == 1
    # what stood there is kept with the bill, and the generic RFC names nobody
    assert any("TO THE ORDER OF BANCO FICTICIO" in n for n in graph.values(graph.entities("Consignment")[0])["notes"])
    assert {e.first("type") for e in graph.entities("Identifier")} == {"SCAC", "IMO"}


def test_a_town_alone_is_no_shared_address(graph, write_rows: Callable[..., Path]) -> None:
    rows = [
        BILL | {"bill_number": "1"},
        BILL | {"bill_number": "2", "shipper": "Tercero Ficticio", "shipper_tax_id": "", "shipper_address": ""},
        BILL | {"bill_number": "3", "shipper": "Cuarto Ficticio", "shipper_tax_id": "", "shipper_country": "MX"},
    ]
    graph.load(write_rows("towns.csv", columns("bills_of_lading"), *rows))
    assert {a for a, _ in graph.pairs("HAS_ADDRESS")} == {"Hortalizas Ficticias, S.A. de C.V.", "Cuarto Ficticio"}
    assert len(graph.entities("Address")) == 1


def test_an_impossible_date_or_value_rejects_the_bill(graph, write_rows: Callable[..., Path]) -> None:
    rows = [
        BILL,
        BILL | {"bill_number": "2", "date": "2024-02-30"},
        BILL | {"bill_number": "3", "declared_value": "12,4O0.oo"},
        BILL | {"bill_number": "4", "declared_value": ""},
    ]
    (report,) = graph.load(write_rows("bad.csv", columns("bills_of_lading"), *rows))
    assert (report.read, report.loaded, report.rejected) == (4, 2, 2)
    rejects = graph.store.rejects(graph.store.sources()[0]).to_pylist()
    assert [(r["record"], r["column"], r["raw"]) for r in rejects] == [
        (2, "date", "2024-02-30"),
        (3, "declared_value", "12,4O0.oo"),
    ]


TRANSFER = {"transfer_id": "1", "date": "2024-03-04T09:00:00", "amount": "9,500.00", "currency": "USD", "type": "wire"}
ANA = {"originator_account": "00-11", "originator_bank": "Banco Ficticio", "originator_name": "Ana Ficticia"}
LUZ = {"beneficiary_account": "0022", "beneficiary_name": "Luz Ficticia", "beneficiary_country": "MX"}


def test_who_pays_is_the_account_else_the_party_else_the_place(graph, write_rows: Callable[..., Path]) -> None:
    rows = [
        TRANSFER | ANA | LUZ,
        TRANSFER | LUZ | {"transfer_id": "2", "originator_name": "Ana Ficticia"},
        TRANSFER | LUZ | {"transfer_id": "3", "type": "cash_deposit", "place": "Sucursal Uno"},
        TRANSFER | ANA | {"transfer_id": "4", "type": "cash_withdrawal", "place": "Cajero Dos"},
        TRANSFER | LUZ | {"transfer_id": "5"},
        TRANSFER | ANA | LUZ | {"transfer_id": ""},
        TRANSFER | ANA | LUZ | {"transfer_id": "7", "amount": "many"},
    ]
    (report,) = graph.load(write_rows("transfers.csv", columns("transfers"), *rows))
    assert (report.read, report.loaded, report.rejected) == (7, 4, 3)
    assert graph.pairs("PAID") == {
        ("00-11", "0022"),
        ("Ana Ficticia", "0022"),
        ("Sucursal Uno", "0022"),
        ("00-11", "Cajero Dos"),
    }
    assert graph.pairs("HOLDS") == {("Ana Ficticia", "00-11"), ("Luz Ficticia", "0022")}
    assert graph.pairs("HELD_AT") == {("00-11", "Banco Ficticio")}
    paid = graph.values(next(x for x in graph.links("PAID") if x.first("transactionNumber") == "1"))
    assert paid["amount"] == ["9500"] and paid["date"] == ["2024-03-04T09:00:00"] and paid["method"] == ["wire"]


def test_equal_payments_both_ways_stay_two(graph, write_rows: Callable[..., Path]) -> None:
    rows = [
        TRANSFER | {"originator_account": "A", "beneficiary_account": "B"},
        TRANSFER | {"transfer_id": "2", "originator_account": "B", "beneficiary_account": "A"},
        TRANSFER | {"transfer_id": "3", "originator_account": "A", "beneficiary_account": "B"},
    ]
    graph.load(write_rows("ways.csv", columns("transfers"), *rows))
    assert len(graph.links("PAID")) == 3


def test_a_seizure_and_its_inspection_meet_the_bill(graph, write_rows: Callable[..., Path]) -> None:
    inspection = {
        "inspection_id": "I-1",
        "date": "2024-03-05",
        "kind": "Cuarentena agrícola",
        "result": "Plaga",
        "bill_number": "QQQQ100",
        "location": "Laredo",
        "location_code": "USLRD",
        "pest": "Anastrepha ludens",
    }
    seizure = {
        "seizure_id": "S-1",
        "date": "2024-03-06",
        "commodity": "Methamphetamine",
        "quantity": "12.5",
        "unit": "kg",
        "bill_number": "QQQQ 100",
        "container_number": "CSQU3054383",
        "vehicle_plate": "abc-123",
        "party_name": "Made Up Produce LLC",
        "party_role": "consignee",
        "inspection_id": "I-1",
        "location": "Laredo (USLRD)",
    }
    graph.load(
        write_rows("bills.csv", columns("bills_of_lading"), BILL),
        write_rows("inspections.csv", columns("inspections"), inspection, {"inspection_id": "", "kind": "cargo"}),
        write_rows("seizures.csv", columns("seizures"), seizure),
    )
    assert [(r.dataset, r.loaded, r.rejected) for r in graph.reports] == [
        ("bills_of_lading", 1, 0),
        ("inspections", 1, 1),
        ("seizures", 1, 0),
    ]
    assert len(graph.entities("Consignment")) == len(graph.entities("Inspection")) == 1
    assert graph.entities("Inspection")[0].first("inspectionKind") == "agricultural"
    assert graph.pairs("FOLLOWED") == {("S-1", "I-1")}
    # however the bill is written: one consignment, and every spelling kept
    bill = graph.entities("Consignment")[0]
    assert graph.values(bill)["billNumber"] == ["QQQQ 100", "QQQQ-100", "QQQQ100"]
    assert graph.pairs("INSPECTED") == {("I-1", bill.name)}
    assert graph.pairs("SEIZED_FROM") == {
        ("S-1", bill.name),
        ("S-1", "CSQU3054383"),
        ("S-1", "abc-123"),
        ("S-1", "Made Up Produce LLC"),
    }
    # by code, the place of both events is the port of unlading
    place = graph.links("UNLADEN_AT")[0].target
    assert {x.target for x in graph.links("OCCURRED_AT")} == {place}


def test_several_people_and_plates_in_a_cell_are_each_one(graph, write_rows: Callable[..., Path]) -> None:
    seizure = {"date": "2024-03-06", "commodity": "x", "quantity": "1", "seizure_id": "S-1"}
    rows = [
        seizure
        | {
            "vehicle_plate": "45-AK-7M / 112-XT-3 /",
            "party_name": "GARCÍA TREVIÑO, LUIS\nMENDOZA ROSAS, ANA; Norte Ficticio, S.A.",
            "party_role": "conductor; pasajera; propietario",
            "party_tax_id": "GATL800101AB1",
        },
        seizure
        | {
            "seizure_id": "S-2",
            "vehicle_plate": "S/P",
            "party_name": "Eva Una|Ivo Dos",
            "party_tax_id": "A1234567|B1234567",
        },
        seizure | {"seizure_id": "S-3", "vehicle_plate": "sin placas", "party_name": "Uno; Dos", "date": "2024-02-31"},
        seizure | {"seizure_id": "S-4", "party_name": "Rita Una; Raúl Dos"},
    ]
    (report,) = graph.load(write_rows("seizures.csv", columns("seizures"), *rows))
    assert (report.read, report.loaded, report.rejected) == (4, 3, 1)
    assert graph.pairs("SEIZED_FROM") == {
        ("S-1", "45-AK-7M"),
        ("S-1", "112-XT-3"),
        ("S-1", "GARCÍA TREVIÑO, LUIS"),
        ("S-1", "MENDOZA ROSAS, ANA"),
        ("S-1", "Norte Ficticio, S.A."),
        ("S-2", "Eva Una"),
        ("S-2", "Ivo Dos"),
        ("S-4", "Rita Una"),
        ("S-4", "Raúl Dos"),
    }
    first, second, last = graph.entities("Seizure")
    # whose number it is nobody says, so it is nobody's
    assert graph.values(first)["notes"] == ["tax number: GATL800101AB1"]
    assert graph.values(second)["notes"] == ["vehicle plate: S/P"]
    assert "notes" not in graph.values(last)
    numbers = {e.name: e.first("taxNumber") for e in graph.entities("LegalEntity") + graph.entities("Company")}
    assert (numbers["Eva Una"], numbers["Ivo Dos"], numbers["Norte Ficticio, S.A."]) == ("A1234567", "B1234567", "")
    assert {x.first("summary") for x in graph.links("SEIZED_FROM")} == {"", "conductor", "pasajera", "propietario"}


def test_a_users_own_columns_by_a_mapping(graph, write: Callable[..., Path]) -> None:
    file = write(
        "acta.csv",
        "No. de acta;Día;Producto;Cant.;Valor;Empresa\n"
        'A-1;05/03/2024;Cocaína;"1.234,5";"90.000,00";S/D\n'
        "A-2;06/03/2024;Heroína;2;S/D;Norte Ficticio\n"
        "A-3;31/02/2024;Heroína;2;;\n",
        "cp1252",
    )
    mapping = write(
        "acta.yml",
        "dataset: seizures\nname: aduana_19\nmissing: [S/D]\n"
        'columns: {seizure_id: No. de acta, date: Día, commodity: Producto, quantity: "Cant.", value_usd: Valor,'
        " party_name: Empresa}\n"
        'formats: {date: "%d/%m/%Y", quantity: "1.234,56", value_usd: "1.234,56"}\n',
    )
    (report,) = graph.load(file, mapping=mapping)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("aduana_19", 3, 2, 1)
    first, second = graph.entities("Seizure")
    assert (first.first("date"), first.first("quantity"), first.first("valueUsd")) == ("2024-03-05", "1234.5", "90000")
    assert second.first("valueUsd") == ""
    # "S/D" is nobody
    assert graph.pairs("SEIZED_FROM") == {("A-2", "Norte Ficticio")}


#: Where each template says who somebody is: (template, a row, name, tax number, country).
PARTIES = [
    ("bills_of_lading", BILL, "shipper", "shipper_tax_id", "shipper_country"),
    ("bills_of_lading", BILL, "notify_party", "notify_party_tax_id", "notify_party_country"),
    ("transfers", TRANSFER | LUZ, "originator_name", "originator_tax_id", "originator_country"),
    ("seizures", {"date": "2024-03-04", "commodity": "x"}, "party_name", "party_tax_id", "party_country"),
    ("inspections", {"date": "2024-03-04", "result": "clear"}, "party_name", "party_tax_id", "party_country"),
]


@pytest.mark.parametrize(("template", "row", "name", "number", "country"), PARTIES)
def test_the_same_digits_of_two_countries_are_two_parties(
    graph, write_rows: Callable[..., Path], template: str, row: dict[str, str], name: str, number: str, country: str
) -> None:
    """A firm of the United States and one of Guatemala were one party with two names."""
    own = {"bills_of_lading": "bill_number", "transfers": "transfer_id", "seizures": "seizure_id"}
    first = own.get(template, "inspection_id")
    rows = [
        row | {first: "1", name: "Acme Corp", number: "12-3456789", country: "US"},
        row | {first: "2", name: "Uno Dos SA", number: "1234567-89", country: "Guatemala"},
        row | {first: "3", name: "Nowhere SA", number: "123456789", country: ""},
        row | {first: "4", name: "ACME CORP", number: "123456789", country: "us"},
    ]
    (report,) = graph.load(write_rows(f"{template}.csv", columns(template), *rows), dataset=template)
    assert report.loaded == 4
    named = [
        {f.value for f in e.properties["name"]}
        for e in (*graph.entities("Company"), *graph.entities("LegalEntity"), *graph.entities("Person"))
        if e.first("taxNumber").replace("-", "") == "123456789"
    ]
    assert sorted(map(sorted, named)) == [["ACME CORP", "Acme Corp"], ["Nowhere SA"], ["Uno Dos SA"]]
    numbers = [e for e in graph.entities("Identifier") if e.first("number") == "123456789"]
    assert sorted((e.first("type"), e.first("country")) for e in numbers) == [("TAX", "gt"), ("TAX", "us")]
    held = {x.target: graph.store.entities([x.source])[x.source].name for x in graph.links("HAS_IDENTIFIER")}
    assert {held[e.id].casefold() for e in numbers} == {"acme corp", "uno dos sa"}


def test_an_rfc_is_one_number_whatever_country_stands_beside_it(graph, write_rows: Callable[..., Path]) -> None:
    rows = [
        TRANSFER | LUZ | {"transfer_id": str(n), "originator_name": "Hortalizas", "originator_tax_id": "HFI-010101-AB1"}
        | {"originator_country": country}
        for n, country in enumerate(("MX", "", "US"))
    ]  # fmt: skip
    graph.load(write_rows("transfers.csv", columns("transfers"), *rows))
    (firm,) = [e for e in (*graph.entities("Company"), *graph.entities("LegalEntity")) if e.name == "Hortalizas"]
    (number,) = graph.entities("Identifier")
    assert (number.first("type"), number.first("country")) == ("RFC", "") and firm.first(
        "taxNumber"
    ) == "HFI-010101-AB1"


EVENTS = {
    "seizures": (
        {"seizure_id": "S-1", "date": "2024-03-05", "commodity": "fentanyl", "quantity": "2", "unit": "kg"},
        "SEIZED_FROM",
    ),
    "inspections": ({"inspection_id": "I-1", "date": "2024-03-05", "kind": "cargo", "result": "conforme"}, "INSPECTED"),
}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("between", ["; ", "|", "\n"])
def test_an_event_is_linked_to_each_bill_of_a_cell(
    name: str, between: str, graph, write_rows: Callable[..., Path]
) -> None:
    """And to the consignments that a manifest tells of under these numbers, from the one record that says so."""
    event, kind = EVENTS[name]
    bills = ["QQQQ-100100", "QQQQ100200", "123-45678901"]
    manifest = [BILL | {"bill_number": b} for b in bills]
    graph.load(write_rows("bills.csv", columns("bills_of_lading"), *manifest))
    (report,) = graph.load(write_rows("events.csv", columns(name), event | {"bill_number": between.join(bills)}))
    assert (report.read, report.loaded, report.rejected) == (1, 1, 0)
    assert {b for _, b in graph.pairs(kind)} == set(bills) and len(graph.entities("Consignment")) == 3
    assert {p.record for x in graph.links(kind) for p in x.sources} == {1}
    [told] = report.warnings
    assert "each taken for itself: 1 (first: record 1" in told


@pytest.mark.parametrize("cell", ["A; B", "QQQQ100100; pending", "QQQQ100100; see 2024"])
def test_what_is_no_list_of_bills_stays_one_and_is_told(cell: str, graph, write_rows: Callable[..., Path]) -> None:
    event, kind = EVENTS["seizures"]
    (report,) = graph.load(write_rows("events.csv", columns("seizures"), event | {"bill_number": cell}))
    [consignment] = graph.entities("Consignment")
    assert len(graph.links(kind)) == 1 and consignment.first("billNumber") == cell
    assert "taken as one: 1 (first: record 1" in report.warnings[0]


def test_a_manifest_row_of_several_bills_is_one_consignment_with_its_value_and_is_told(
    graph, write_rows: Callable[..., Path]
) -> None:
    """To give each of them the value of the row would count it twice."""
    rows = [BILL, BILL | {"bill_number": "QQQQ100200;QQQQ100300"}]
    (report,) = graph.load(write_rows("bills.csv", columns("bills_of_lading"), *rows))
    assert len(graph.entities("Consignment")) == 2 and report.loaded == 2
    assert [w for w in report.warnings if "taken as one: 1 (first: record 2, QQQQ100200;QQQQ100300)" in w]


def test_one_bill_in_a_cell_is_told_nothing_of(graph, write_rows: Callable[..., Path]) -> None:
    for name, (event, kind) in EVENTS.items():
        (report,) = graph.load(write_rows(f"{name}.csv", columns(name), event | {"bill_number": "QQQQ-100;"}))
        assert report.warnings == [] and len(graph.links(kind)) == 1
