"""Quantities and weights: a number with its unit, or the text as it stood; nothing in between, and nothing lost."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from vinculo.graph.exports import export
from vinculo.graph.schema import kind

BILL = "bill_number,date,shipper,consignee,port_of_lading,port_of_unlading,quantity,quantity_unit,gross_weight_kg\n"


def told(graph, kind: str) -> dict[str, list[str]]:
    """Quantities of the one entity of this kind."""
    [id] = [n["id"] for n in graph.store.nodes().to_pylist() if n["kind"] == kind]
    properties = graph.store.entities([id])[id].properties
    wanted = ("quantity", "quantityUnit", "quantityText", "grossWeightKg", "grossWeightText", "unreadable")
    return {name: [f.value for f in properties[name]] for name in wanted if name in properties}


@pytest.mark.parametrize(
    ("quantity", "unit", "weight", "kept"),
    [
        ("1200", "BOX", "18000", {"quantity": ["1200"], "quantityUnit": ["BOX"], "grossWeightKg": ["18000"]}),
        (
            "1.50",
            "CTN",
            "1e3",
            {
                "quantity": ["1.5"],
                "quantityUnit": ["CTN"],
                "quantityText": ["1.50"],
                "grossWeightKg": ["1000"],
                "grossWeightText": ["1e3"],
            },
        ),
        (
            "1,234",
            "CTN",
            "2",
            {
                "quantityUnit": ["CTN"],
                "quantityText": ["1,234"],
                "grossWeightKg": ["2"],
                "unreadable": ["quantity: 1,234"],
            },
        ),
        (
            "5",
            "",
            "12 TON",
            {"quantity": ["5"], "unreadable": ["grossWeightKg: 12 TON"], "grossWeightText": ["12 TON"]},
        ),
        (
            "12 CTN",
            "",
            "500 KG",
            {
                "quantity": ["12"],
                "quantityUnit": ["CTN"],
                "quantityText": ["12 CTN"],
                "grossWeightKg": ["500"],
                "grossWeightText": ["500 KG"],
            },
        ),
        (
            "12CTN.",
            "ctn.",
            "1100 lb",
            {
                "quantity": ["12"],
                "quantityUnit": ["CTN."],
                "quantityText": ["12CTN."],
                "grossWeightKg": ["498.952"],
                "grossWeightText": ["1100 lb"],
            },
        ),
        # another unit than its column says, and a mark that may stand for thousands or decimals
        (
            "12 CTN",
            "KG",
            "1,200 KG",
            {
                "quantityUnit": ["KG"],
                "quantityText": ["12 CTN"],
                "grossWeightText": ["1,200 KG"],
                "unreadable": ["grossWeightKg: 1,200", "quantity: 12 CTN"],
            },
        ),
    ],
)
def test_bills_of_lading(graph, written, quantity: str, unit: str, weight: str, kept: dict[str, list[str]]) -> None:
    file = written("b.csv", BILL + f'B1,2024-03-01,A SA,B SA,X,Y,"{quantity}",{unit},"{weight}"\n')
    graph.load(file)
    assert told(graph, "Consignment") == kept


@pytest.mark.parametrize(
    ("quantity", "kept"),
    [
        ("639 PKG", {"quantity": ["639"], "quantityUnit": ["PKG"], "quantityText": ["639 PKG"]}),
        ("1,639 PKG", {"quantity": ["1639"], "quantityUnit": ["PKG"], "quantityText": ["1,639 PKG"]}),
        ("639", {"quantity": ["639"]}),
        ("PKG 639", {"quantityText": ["PKG 639"], "unreadable": ["quantity: PKG 639"]}),
        ("1.5K CTN", {"quantityText": ["1.5K CTN"], "unreadable": ["quantity: 1.5K CTN"]}),
        ("", {}),
    ],
)
def test_manifest_exports(graph, written, quantity: str, kept: dict[str, list[str]]) -> None:
    """Number and unit stand in one cell."""
    header = "Arrival Date,Consignee,Consignee Profile,Shipper,Shipper Profile,Goods Shipped,Quantity\n"
    row = f'2024-03-01,Importadora Sol,https://example.com/1,Ejemplo Ltd,https://example.com/2,THINGS,"{quantity}"\n'
    graph.load(written("p.csv", header + row), dataset="panjiva")
    assert told(graph, "Consignment") == kept


def test_a_seizure_whose_quantity_cannot_be_read_is_rejected_with_its_text(graph, written) -> None:
    text = "seizure_id,date,commodity,quantity,unit\nS1,2024-03-01,cocaine,some,kg\nS2,2024-03-01,cocaine,2.5,kg\n"
    (report,) = graph.load(written("s.csv", text))
    assert (report.loaded, report.rejected) == (1, 1)
    assert "some" in Path(report.rejects_file).read_text(encoding="utf-8-sig")
    assert told(graph, "Seizure") == {"quantity": ["2.5"], "quantityUnit": ["kg"]}


def test_value_unit_and_text_stand_side_by_side_and_go_along(graph, written, tmp_path: Path) -> None:
    graph.load(written("b.csv", BILL + "B1,2024-03-01,A SA,B SA,X,Y,12 CTN,,500 KG\n"))
    [bill] = graph.entities("Consignment")
    # a page shows featured properties first and in this order
    shown = [(p, f.value) for p in kind(bill.kind).featured for f in bill.properties.get(p, ())]
    at = shown.index(("quantity", "12"))
    assert shown[at + 1 : at + 3] == [("quantityUnit", "CTN"), ("quantityText", "12 CTN")]
    at = shown.index(("grossWeightKg", "500"))
    assert shown[at + 1] == ("grossWeightText", "500 KG")
    export(graph.store, "csv", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        [name] = [n for n in archive.namelist() if n.endswith("nodes.csv")]
        told = archive.read(name).decode("utf-8-sig")
    [row] = [r for r in csv.DictReader(io.StringIO(told)) if r.get("billNumber") == "B1"]
    assert (row["quantityText"], row["grossWeightText"]) == ("12 CTN", "500 KG")
