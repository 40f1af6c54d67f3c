"""Customs and trade documents: pedimentos, invoices with Carta Porte, wildlife shipments. Every party here is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.transfer import digest

PEDIMENTO = """500|1|3999|6000001|400||
501|3999|6000001|400|1|A1|400||IFN010101AB1||17.39|0|0|0|0|0|73.650|7|7|7|1|IMPORTADORA NADA SA|CALLE UNO||5|22504|Tijuana|BC|MEX|
505|6000001|23012026|COVE1|DAP|USD|310.50|310.50|USA|CA|12-3456789|INVENTED SUPPLIES, INC.|NOWHERE AVE.||6|91708|CHINO|
506|6000001|1|24012026|
506|6000001|2|25012026|
511|6000001|1|PRIMERA PARTE|
511|6000001|2|Y SEGUNDA|
551|6000001|48237099|1|99|PORTAVASO DE CARTON|417.54|42099|41754|24.50|100|20|14.65|1||0|1||||VNM|USA|||||
558|6000001|48237099|1|1|MARCA NINGUNA|
551|6000001|39235001|2|00|TAPA|39.15|2368|2349|1.35|6|20|2.09|1||0|1||||USA|USA|||||
801|6000001.val|1|11|011|
"""


def test_a_pedimento_joins_importer_supplier_and_broker(graph, write: Callable[..., Path]) -> None:
    file = write("p.val", PEDIMENTO.replace("\n", "\r\n"))
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("mx_pedimento", 1, 1, 0)
    (bill,) = graph.entities("Consignment")
    values = graph.values(bill)
    assert values["billNumber"] == ["26 40 3999 6000001"] and values["date"] == ["2026-01-25"]
    assert values["hsCode"] == ["39235001", "48237099"]
    assert (values["declaredValue"], values["currency"], values["grossWeightKg"]) == (["44467"], ["MXN"], ["73.65"])
    assert values["description"] == ["PRIMERA PARTE Y SEGUNDA"]
    assert any("origin VNM; seller's country USA" in note for note in values["notes"])
    number = bill.name
    assert graph.pairs("CONSIGNEE") == {("IMPORTADORA NADA SA", number)}
    assert graph.pairs("SHIPPER") == {("INVENTED SUPPLIES, INC.", number)}
    assert graph.pairs("DECLARANT") == {("Patente 3999", number)}
    assert {p[0] for p in graph.pairs("INVOICED")} == {"COVE1"} and len(graph.links("UNLADEN_AT")) == 1
    numbers = {(e.first("type"), e.first("number"), e.first("country")) for e in graph.entities("Identifier")}
    assert numbers == {("RFC", "IFN010101AB1", ""), ("TAX", "123456789", "us"), ("PATENTE", "3999", "mx")}
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert (again.already_there, again.loaded) == (1, 0) and digest(graph.store) == before


def test_an_export_turns_the_sides_and_a_generic_rfc_joins_nobody(graph, write: Callable[..., Path]) -> None:
    graph.load(write("e.txt", PEDIMENTO.replace("|400|1|A1|", "|400|2|A1|").replace("IFN010101AB1", "XAXX010101000")))
    assert {p[0] for p in graph.pairs("SHIPPER")} == {"IMPORTADORA NADA SA"}
    assert {p[0] for p in graph.pairs("CONSIGNEE")} == {"INVENTED SUPPLIES, INC."}
    assert len(graph.links("LADEN_AT")) == 1 and not graph.links("UNLADEN_AT")
    assert "XAXX010101000" not in {e.first("number") for e in graph.entities("Identifier")}


def test_the_year_of_a_pedimento_may_be_before_its_payment(graph, write: Callable[..., Path]) -> None:
    graph.load(write("y.txt", PEDIMENTO.replace("6000001", "5000001")))
    assert graph.entities("Consignment")[0].first("billNumber") == "25 40 3999 5000001"


def test_a_line_that_belongs_nowhere_is_rejected_with_its_place(graph, write: Callable[..., Path]) -> None:
    text = PEDIMENTO.replace("506|6000001|2|", "506|7777777|2|").replace(
        "558|6000001|48237099|1|", "558|6000001|48237099|9|"
    )
    (report,) = graph.load(write("b.txt", text))
    assert (report.read, report.loaded, report.rejected) == (3, 1, 2)
    with pytest.raises(InputError) as cut:
        graph.load(write("c.txt", PEDIMENTO.replace("6000001", "6000002").partition("801|")[0]))
    assert cut.value.code == "open_message" and "1" in str(cut.value)


def test_the_real_pedimento(graph, real: Path) -> None:
    (report,) = graph.load(real / "b_trade" / "mx_pedimento_saai_m3_pseudonymised.txt")
    assert (report.read, report.loaded, report.rejected) == (1, 1, 0)
    (bill,) = graph.entities("Consignment")
    values = graph.values(bill)
    assert values["billNumber"] == ["26 40 3999 6999999"] and values["declaredValue"] == ["552593"]
    assert sum(note.startswith("line ") for note in values["notes"]) == 23
    assert not {e.first("number") for e in graph.entities("Identifier")} - {"3999"}
