"""Trade files of others: Panjiva's layouts and US manifest tables. Every party here is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.ingest.datasets import ams, panjiva

ROW = {
    "arrival_date": "2019-05-09",
    "consignee": "Made Up Housewares Llc",
    "consignee_country": "United States",
    "consignee_full_address": "302 Nowhere St, Casper, WY 82601, USA",
    "consignee_phone_1": "+1 307 555 0101",
    "consignee_phone_2": "+1 307 555 0102",
    "consignee_email_1": "buy@madeup.example",
    "consignee_profile": "https://example.com/Made-Up/1",
    "consignee_d_u_n_s": "12-345-6789",
    "shipper": "Invented Wares Co., Ltd.",
    "shipper_country": "China",
    "shipper_profile": "https://example.com/Invented/2",
    "shipper_phone_1": "+1 307 555 0101",
    "shipment_destination": "Port of Oakland, Oakland, California",
    "quantity": "639 PKG",
    "weight_kg": "7340.0",
    "value_of_goods_usd": "1500",
    "number_of_containers": "1",
    "hs_code": "7323.93; 7323.94",
    "goods_shipped": "VACUUM CUP\nSTEEL FLASK",
}


def test_exact_copies_of_a_row_are_one_consignment(graph, write_rows: Callable[..., Path]) -> None:
    other = ROW | {"consignee": "MADE UP HOUSEWARES", "goods_shipped": "PLASTIC LID"}
    file = write_rows("p.csv", panjiva.US_COLUMNS, ROW, ROW, other)
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.duplicate_in_file) == ("panjiva", 3, 2, 1)
    assert len(panjiva.US_COLUMNS) == 57 and len(panjiva.CN_COLUMNS) == 30
    bill = next(e for e in graph.entities("Consignment") if e.first("goods") == "VACUUM CUP STEEL FLASK")
    values = graph.values(bill)
    assert values["hsCode"] == ["7323.93", "7323.94"] and values["grossWeightKg"] == ["7340"]
    assert (values["quantity"], values["quantityUnit"]) == (["639"], ["PKG"])
    assert bill.name == "2019-05-09 VACUUM CUP STEEL FLASK"
    # one profile, two spellings: one party with two names
    (buyer,) = [e for e in graph.entities("Company") if e.first("dunsCode")]
    assert graph.values(buyer)["name"] == ["MADE UP HOUSEWARES", "Made Up Housewares Llc"]
    assert {e.first("number") for e in graph.entities("Identifier")} == {"123456789"}
    assert {e.first("number") for e in graph.entities("Phone")} == {"+13075550101", "+13075550102"}
    # shipper and consignee with one phone meet at it
    shared = [x for x in graph.links("HAS_PHONE") if graph.store.entities([x.target])[x.target].name == "+13075550101"]
    assert len(shared) == 2
    (again,) = graph.load(file)
    assert (again.already_there, again.duplicate_in_file, again.loaded) == (2, 1, 0)


def test_china_exports_know_the_month_and_no_consignee(graph, write_rows: Callable[..., Path]) -> None:
    row = {
        "shipment_month": "2017-06-01",
        "shipper": "Invented Wares Co., Ltd.",
        "shipper_profile": "https://example.com/Invented/2",
        "shipper_name_chinese_format": "杜撰公司",
        "country_of_sale": "Italy",
        "hs_code": "732393",
        "value_of_goods_usd": "851.0",
    }
    (report,) = graph.load(write_rows("c.csv", panjiva.CN_COLUMNS, row))
    assert report.dataset == "panjiva_china_exports" and report.loaded == 1
    (bill,) = graph.entities("Consignment")
    assert (bill.first("date"), bill.first("exportValue"), bill.first("country")) == ("2017-06", "851", "it")
    (firm,) = graph.entities("Company")
    assert firm.first("alias") == "杜撰公司" and not graph.links("CONSIGNEE")


BILL = "2020010100001"


def columns(name: str) -> tuple[str, ...]:
    """Columns of a manifest table."""
    dataset = next(d for d in ams.DATASET if d.name == name)
    return (*dataset.columns, *dataset.optional)


def test_manifest_tables_meet_at_the_identifier(graph, write_rows: Callable[..., Path]) -> None:
    header = {
        "identifier": BILL,
        "carrier_code": "QQQQ",
        "vessel_country_code": "SG",
        "vessel_name": "NO SUCH SHIP",
        "port_of_unlading": "Port Hueneme, California",
        "foreign_port_of_lading": "Puerto Bolivar,Ecuador",
        "estimated_arrival_date": "2020-07-26",
        "manifest_quantity": "2880",
        "manifest_unit": "BOX",
        "weight": "131704",
        "weight_unit": "Pounds",
        "record_status_indicator": "Deleted",
        "conveyance_id_qualifier": "IMO Number/Lloyds Number",
        "conveyance_id": "9319466",
    }
    who = {"identifier": BILL, "city": "QUITO", "country_code": "EC", "comm_number_qualifier": "Telephone Number"}
    shipper = who | {"shipper_party_name": "BANANAS FICTICIAS", "shipper_party_address_1": "AV UNO 5"}
    elsewhere = shipper | {"identifier": "2020010100002", "shipper_party_address_1": "AV DOS 6"}
    consignee = {"identifier": BILL, "consignee_name": "TO ORDER", "comm_number": ""}
    notify = who | {
        "notify_party_name": "MADE UP FRUIT LLC",
        "notify_party_address_1": "1 NOWHERE ST",
        "comm_number": "805 555 0101",
    }
    boxes = [
        {"identifier": BILL, "container_number": n, "seal_number_1": "S1", "load_status": "Loaded"}
        for n in ("CSQU3054383", "TCLU1234560")
    ]
    goods = [
        {
            "identifier": BILL,
            "container_number": "CSQU3054383",
            "description_sequence_number": n,
            "description_text": text,
        }
        for n, text in (("1", "FRESH BANANAS"), ("2", "IN BOXES"))
    ]
    tariff = {
        "identifier": BILL,
        "harmonized_number": "080390",
        "harmonized_weight": "10",
        "harmonized_weight_unit": "Kilograms",
    }
    reports = graph.load(
        write_rows("h.csv", columns("ams_header"), header),
        write_rows("s.csv", columns("ams_shipper"), shipper, elsewhere),
        write_rows("c.csv", columns("ams_consignee"), consignee),
        write_rows("n.csv", columns("ams_notifyparty"), notify),
        write_rows("b.csv", columns("ams_container"), *boxes),
        write_rows("g.csv", columns("ams_cargodesc"), *goods),
        write_rows("t.csv", columns("ams_tariff"), tariff),
    )
    assert [r.dataset for r in reports] == [
        "ams_header",
        "ams_shipper",
        "ams_consignee",
        "ams_notifyparty",
        "ams_container",
        "ams_cargodesc",
        "ams_tariff",
    ]
    assert all(r.read == r.loaded for r in reports)
    bill = next(e for e in graph.entities("Consignment") if e.first("billNumber") == BILL)
    values = graph.values(bill)
    # 131,704 lb of 0.45359237 kg; the declared figure stays beside it
    assert (values["grossWeightKg"], values["grossWeightText"]) == (["59739.929"], ["131704 Pounds"])
    assert values["description"] == ["manifest record status: Deleted"] and values["status"] == ["withdrawn"]
    assert values["goods"] == ["FRESH BANANAS", "IN BOXES"] and values["hsCode"] == ["080390"]
    assert graph.pairs("LADEN_AT") == {(BILL, "Puerto Bolivar,Ecuador")}
    assert graph.pairs("IN_CONTAINER") == {(BILL, "CSQU3054383"), (BILL, "TCLU1234560")}
    assert graph.pairs("NOTIFY_PARTY") == {("MADE UP FRUIT LLC", BILL)}
    assert (
        not graph.links("CONSIGNEE") and "consignee: TO ORDER" not in values["notes"] and "TO ORDER" in values["notes"]
    )
    # no number of their own: the same name at two addresses is two parties
    assert len({x.source for x in graph.links("SHIPPER")}) == 2


def test_the_summary_of_31_columns_is_no_header_and_joins_too(graph, write_rows: Callable[..., Path]) -> None:
    names = columns("ams_summary")
    row = {
        "identifier": BILL,
        "vessel_name": "NO SUCH SHIP",
        "shipper_party_name": "BANANAS FICTICIAS",
        "shipper_address": "AV UNO 5 QUITO",
        "consignee_name": "MADE UP FRUIT LLC",
        "container_number": "CSQU3054383",
        "description_text": "BANANAS",
        "estimated_arrival_date": "2020-07-26",
    }
    (report,) = graph.load(write_rows("sum.csv", names, row, row | {"container_number": "TCLU1234560"}))
    assert report.dataset == "ams_summary" and report.loaded == 2 and len(names) == 31
    assert len(graph.entities("Consignment")) == 1 and len(graph.links("IN_CONTAINER")) == 2
    assert graph.pairs("SHIPPER") == {("BANANAS FICTICIAS", BILL)}


#: Texts that a column of its kind must have; every other column gets a text of its own.
TYPED = {
    "identifier": BILL,
    "estimated_arrival_date": "2020-07-26",
    "actual_arrival_date": "2020-07-27",
    "trade_update_date": "2020-08-01",
    "run_date": "2020-08-02",
    "vessel_country_code": "SG",
    "country_code": "EC",
    "manifest_quantity": "2880",
    "piece_count": "41",
    "weight": "131704",
    "weight_unit": "Pounds",
    "harmonized_weight": "77",
    "harmonized_weight_unit": "Kilograms",
    "harmonized_value": "1234",
    "conveyance_id": "9319466",
    "conveyance_id_qualifier": "IMO Number/Lloyds Number",
    "container_number": "CSQU3054383",
    "comm_number": "+1 805 555 0101",
    "comm_number_qualifier": "Telephone Number",
}
#: What a normalised text is looked for as.
AS_KEPT = {
    "+1 805 555 0101": "+18055550101",
    "SG": "sg",
    "EC": "ec",
    "IMO Number/Lloyds Number": "9319466",
    "Telephone Number": "Phone",
}


@pytest.mark.parametrize("dataset", ams.DATASET, ids=lambda d: d.name)
def test_every_column_of_a_manifest_table_is_kept(graph, write_rows: Callable[..., Path], dataset) -> None:
    """Whatever a record says is told somewhere in the graph, with the other sort of number and conveyance too."""
    names = columns(dataset.name)
    row = {n: TYPED.get(n.replace("consignee_comm", "comm").replace("shipper_comm", "comm"), "") for n in names}
    row = {n: text or f"QQ{at:02}" for at, (n, text) in enumerate(row.items())}
    other = {
        n: f"ZZ{at:02}" if "qualifier" in n or n in ("conveyance_id", "comm_number") else row[n]
        for at, n in enumerate(names)
    }
    for each in (row, other | {"identifier": "2020010100002"}):
        (report,) = graph.load(write_rows(f"{each['identifier']}.csv", names, each))
        assert (report.dataset, report.loaded) == (dataset.name, 1)
    told = []
    for _, table in graph.store.statements():
        told += [*table["facts"].to_pylist(), *table["kind"].to_pylist()]
    whole = " ".join(told).lower()
    for each in (row, other):
        missing = {n: t for n, t in each.items() if AS_KEPT.get(t, t).lower() not in whole}
        assert not missing


def test_dangerous_goods_and_marks_stand_with_the_bill(graph, write_rows: Callable[..., Path]) -> None:
    box = {"identifier": BILL, "container_number": "CSQU3054383", "hazmat_sequence_number": "1"}
    hazard = box | {
        "hazmat_code": "1203", "hazmat_class": "3", "hazmat_flash_point_temperature": "43",
        "hazmat_flash_point_temperature_unit": "Celsius", "hazmat_flash_point_temperature_negative_ind": "Y",
    }  # fmt: skip
    marks = box | {"marks_and_numbers_1": "HECHO EN NINGUN LADO", "marks_and_numbers_2": "LOTE 7"}
    reports = graph.load(
        write_rows("h.csv", columns("ams_hazmat"), hazard),
        write_rows("k.csv", columns("ams_hazmatclass"), box | {"hazmat_classification": "6.1"}),
        write_rows("m.csv", columns("ams_marksnumbers"), marks),
    )
    assert [r.dataset for r in reports] == ["ams_hazmat", "ams_hazmatclass", "ams_marksnumbers"]
    (bill,) = graph.entities("Consignment")
    values = graph.values(bill)
    assert (values["hazardCode"], values["hazardClass"]) == (["1203"], ["3", "6.1"])
    assert values["marks"] == ["HECHO EN NINGUN LADO", "LOTE 7"]
    assert values["notes"] == [
        "line 1, CSQU3054383, classification: 6.1",
        "line 1, CSQU3054383, code: 1203, class: 3, flash point temperature: 43, "
        "flash point temperature unit: Celsius, flash point temperature negative ind: Y",
    ]
    assert graph.pairs("IN_CONTAINER") == {(BILL, "CSQU3054383")}


def test_a_secondary_notify_party_is_a_party_by_its_code(graph, write_rows: Callable[..., Path]) -> None:
    """Which register the code is of the manifest does not say: it is no SCAC, and no bill meets another by guess."""
    rows = [
        {
            "identifier": bill,
            "carrier_code": "QQQQ",
            "secondary_notify_party_1": "qqqq",
            "secondary_notify_party_2": "W123",
        }
        for bill in (BILL, "2020010100002")
    ]
    graph.load(write_rows("h.csv", columns("ams_header"), *rows))
    assert graph.pairs("NOTIFY_PARTY") == {(code, row["identifier"]) for row in rows for code in ("QQQQ", "W123")}
    assert {e.first("number") for e in graph.entities("Identifier")} == {"QQQQ"}
    (carrier,) = {x.source for x in graph.links("CARRIER")}
    assert carrier not in {x.source for x in graph.links("NOTIFY_PARTY")}


@pytest.mark.parametrize(
    ("status", "standing"), [("Deleted", ["withdrawn"]), ("New", None), ("Amended", None), ("", None)]
)
@pytest.mark.parametrize("name", ["ams_header", "ams_summary"])
def test_only_a_deleted_bill_is_withdrawn(
    graph, write_rows: Callable[..., Path], name: str, status: str, standing: list[str] | None
) -> None:
    row = {"identifier": BILL, "container_number": "CSQU3054383", "record_status_indicator": status}
    graph.load(write_rows("h.csv", columns(name), row))
    (bill,) = graph.entities("Consignment")
    assert graph.values(bill).get("status") == standing
