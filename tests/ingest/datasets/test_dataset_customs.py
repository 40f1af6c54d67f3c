"""Customs and trade documents: pedimentos, invoices with Carta Porte, wildlife shipments. Every party here is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.errors import InputError
from vinculo.graph.stores import open_store
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
801|6000001.val|1|10|011|
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


SECOND = PEDIMENTO.replace("6000001", "6000002").replace("INVENTED SUPPLIES", "OTHER SUPPLIES")


@pytest.mark.parametrize(
    ("text", "code", "line", "loaded"),
    [
        # within the only pedimento, within the second of two, after one that is complete
        (PEDIMENTO.partition("551|")[0], "cut_off_pedimento", 1, 0),
        (PEDIMENTO.partition("801|")[0] + SECOND.partition("801|")[0], "cut_off_pedimento", 11, 1),
        (PEDIMENTO.partition("801|")[0] + "999|3999|6000001|400||||\n", "no_closing_record", 11, 1),
    ],
)
def test_a_file_cut_off_before_its_closing_record(
    graph, write: Callable[..., Path], text: str, code: str, line: int, loaded: int
) -> None:
    cut = write("cut.val", text)
    with pytest.raises(InputError) as told:
        graph.load(cut)
    assert (told.value.code, told.value.line) == (code, line)
    assert "801" in told.value.message() and str(line) in told.value.message() and told.value.hint()
    assert not graph.entities("Consignment")
    assert len(graph.vouched().entities("Consignment")) == loaded
    whole = write("whole.val", PEDIMENTO.partition("801|")[0] + SECOND)
    (report,) = graph.load(whole)
    assert (report.read, report.already_there, report.loaded) == (2, loaded, 2 - loaded)
    alone = type(graph)(open_store("sqlite:///:memory:"))
    alone.load(whole)
    assert set(graph.statements()) == set(alone.statements())


def test_the_closing_records_count_reveals_lost_lines(graph, write: Callable[..., Path]) -> None:
    lost = PEDIMENTO.replace("506|6000001|1|24012026|\n", "")
    two = PEDIMENTO + SECOND
    unsaid = PEDIMENTO.replace("|1|10|011|", "||||")
    told = {}
    for name, text in {"whole": PEDIMENTO, "lost": lost, "two": two, "unsaid": unsaid}.items():
        (report,) = graph.load(write(f"{name}.val", text))
        assert report.rejected == 0 and "warning" not in report.notes
        told[name] = report.warnings
    assert (told["whole"], told["two"], told["unsaid"]) == ([], [], [])
    [sentence] = told["lost"]
    assert "801 in line 10 counts 10 records; 9 stand before it" in sentence


def test_the_real_pedimento(graph, real: Path) -> None:
    (report,) = graph.load(real / "b_trade" / "mx_pedimento_saai_m3_pseudonymised.txt")
    assert (report.read, report.loaded, report.rejected, report.warnings) == (1, 1, 0, [])
    (bill,) = graph.entities("Consignment")
    values = graph.values(bill)
    assert values["billNumber"] == ["26 40 3999 6999999"] and values["declaredValue"] == ["552593"]
    assert sum(note.startswith("line ") for note in values["notes"]) == 23
    assert not {e.first("number") for e in graph.entities("Identifier")} - {"3999"}


CFDI = """<?xml version="1.0" encoding="utf-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:cp="http://www.sat.gob.mx/CartaPorte{v}"
 xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="4.0" Fecha="2026-02-03T10:00:00" Moneda="MXN" Total="116.00"
 TipoDeComprobante="I">
<cfdi:Emisor Rfc=" IFN010101AB1" Nombre="TRANSPORTES INVENTADOS"/><cfdi:Receptor Rfc="XAXX010101000" Nombre="PUBLICO"/>
<cfdi:Conceptos><cfdi:Concepto Descripcion="FLETE"/></cfdi:Conceptos>
<cfdi:Complemento><cp:CartaPorte Version="{version}">
<cp:Ubicaciones>
<cp:Ubicacion TipoUbicacion="Origen" RFCRemitenteDestinatario="XEXX010101000" NumRegIdTrib="123456789" ResidenciaFiscal="USA"
 NombreRemitenteDestinatario="INVENTED SUPPLIES" FechaHoraSalidaLlegada="2026-02-03T11:00:00"/>
<cp:Ubicacion TipoUbicacion="Destino" RFCRemitenteDestinatario="DIM010101AB1" NombreRemitenteDestinatario="DESTINO IMAGINARIO"
 FechaHoraSalidaLlegada="2026-02-04T11:00:00"/></cp:Ubicaciones>
<cp:Mercancias PesoBrutoTotal="100.5" UnidadPeso="KGM"><cp:Mercancia Descripcion="VASOS" FraccionArancelaria="3924100100"
 CveMaterialPeligroso="M0005">{customs}</cp:Mercancia>
<cp:Autotransporte><cp:IdentificacionVehicular PlacaVM="AB-123-C"/><cp:Remolques><cp:Remolque Placa="9ZZ99"/></cp:Remolques>
</cp:Autotransporte><cp:TransporteMaritimo NombreEmbarc="NO SUCH SHIP" NumeroOMI="IMO9319466">
<cp:Contenedor MatriculaContenedor="CSQU3054383" NumPrecinto="S77"/></cp:TransporteMaritimo></cp:Mercancias>
<cp:FiguraTransporte><cp:TiposFigura TipoFigura="01" RFCFigura="RUAA800101AB1" NumLicencia="LIC12345"
 NombreFigura="ANA RUIZ"/></cp:FiguraTransporte>
</cp:CartaPorte><tfd:TimbreFiscalDigital UUID="0A0A0A0A-0000-4000-8000-00000000000{version}"/></cfdi:Complemento>
</cfdi:Comprobante>
"""


@pytest.mark.parametrize(
    ("version", "customs"),
    [
        ("2.0", '<cp:Pedimentos Pedimento="26  40  3999  6000001"/>'),
        ("3.0", '<cp:Pedimentos Pedimento="26  40  3999  6000001"/>'),
        ("3.1", '<cp:DocumentacionAduanera TipoDocumento="01" NumPedimento="26  40  3999  6000001"/>'),
    ],
)
def test_carta_porte_joins_the_pedimento(graph, write: Callable[..., Path], version: str, customs: str) -> None:
    graph.load(write("p.txt", PEDIMENTO))
    file = write("c.xml", CFDI.format(v=version.replace(".", ""), version=version, customs=customs))
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("mx_cfdi", 1, 1, 0)
    bill = next(e for e in graph.entities("Consignment") if "VASOS" in graph.values(e).get("goods", []))
    values = graph.values(bill)
    assert (values["hsCode"], values["hazardCode"], values["grossWeightKg"]) == (["3924100100"], ["M0005"], ["100.5"])
    (refers,) = graph.links("REFERS_TO")
    pedimento = graph.store.entities([refers.target])[refers.target]
    assert pedimento.first("declaredValue") == "44467" and refers.source == bill.id
    assert {p[0] for p in graph.pairs("CARRIED_BY")} == {bill.name} and len(graph.links("CARRIED_BY")) == 3
    assert {p[0] for p in graph.pairs("SHIPPER")} >= {"INVENTED SUPPLIES"}
    assert ("DESTINO IMAGINARIO", bill.name) in graph.pairs("CONSIGNEE")
    (carrier,) = graph.links("CARRIER")
    assert carrier.first("summary") == "operador"
    assert graph.links("IN_CONTAINER")[0].first("description") == "S77"
    numbers = {(e.first("type"), e.first("number")) for e in graph.entities("Identifier")}
    assert numbers >= {
        ("TAX", "123456789"),
        ("DRIVING LICENCE", "LIC12345"),
        ("RFC", "IFN010101AB1"),
        ("IMO", "IMO9319466"),
    }
    assert not {n for _, n in numbers} & {"XAXX010101000", "XEXX010101000"}
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert (again.already_there, again.loaded) == (1, 0) and digest(graph.store) == before


def test_the_real_cfdi(graph, real: Path) -> None:
    for name in ("cfdv40-cartaporte20.xml", "he951128469_ingreso_iva16_stamped.xml"):
        (report,) = graph.load(real / "b_trade" / "mx_cfdi" / name)
        assert (report.dataset, report.read, report.loaded, report.rejected) == ("mx_cfdi", 1, 1, 0)
    assert "6d7434a6-e3f2-47ad-9e4c-08849946afa0" in {e.first("number") for e in graph.entities("Invoice")}
    assert len(graph.links("CARRIED_BY")) == 3
    # one of a pedimento, one of another invoice
    assert sorted(x.first("summary") for x in graph.links("REFERS_TO")) == ["pagos diferidos", "pedimento"]


FOLIO = "0A0A0A0A-0000-4000-8000-00000000000A"


def plain(uuid: str = "", *, total: str = "116.00", inside: str = "") -> str:
    """An invoice without Carta Porte, stamped where a UUID is given."""
    text = CFDI.format(v="20", version="2.0", customs="")
    text = text[: text.index("<cp:CartaPorte")] + text[text.index("<tfd:") :]
    stamp = text[text.index("<tfd:") : text.index("</cfdi:Complemento>")]
    return (
        text.replace(stamp, f'<tfd:TimbreFiscalDigital UUID="{uuid}"/>' if uuid else "")
        .replace('Total="116.00"', f'Total="{total}"')
        .replace("<cfdi:Emisor", f"{inside}<cfdi:Emisor")
    )


@pytest.mark.parametrize("written", [FOLIO, FOLIO.lower(), FOLIO.replace("-", "")])
def test_a_pedimento_and_the_cfdi_it_names_meet_at_the_folio_fiscal(
    graph, write: Callable[..., Path], written: str
) -> None:
    graph.load(write("p.txt", PEDIMENTO.replace("COVE1|", f"{written}|")), write("f.xml", plain(FOLIO)))
    (invoice,) = graph.entities("Invoice")
    assert graph.values(invoice)["number"] == [FOLIO.lower()]
    assert sorted(graph.values(invoice)["amount"]) == ["116", "310.5"]
    assert {p[1] for p in graph.pairs("INVOICED")} == {"26 40 3999 6000001"}
    assert {x.first("role") for x in graph.links("LINKED_TO")} == {"Emisor", "Receptor"}


def test_a_cove_is_one_in_two_pedimentos_and_another_number_is_not(graph, write: Callable[..., Path]) -> None:
    cove, number = "COVE26ZZ0A1B2", "INV-1500"
    for name in (cove, number):
        for n in ("6000001", "6000002"):
            graph.load(write(f"{name}{n}.txt", PEDIMENTO.replace("6000001", n).replace("COVE1|", f"{name}|")))
    assert sorted(graph.values(e)["number"][0] for e in graph.entities("Invoice")) == [cove, number, number]
    assert len({p for p in graph.pairs("INVOICED") if p[0] == cove}) == 2


def test_drafts_without_a_stamp_stay_apart(graph, write: Callable[..., Path]) -> None:
    """Same issuer, same second, no series or folio; the same draft from two places is one."""
    graph.load(write("a.xml", plain()), write("b.xml", plain(total="232.00")), write("c.xml", plain() + "\n"))
    assert sorted(graph.values(e)["amount"] for e in graph.entities("Invoice")) == [["116"], ["232"]]


def test_an_invoice_names_the_one_it_replaces_and_the_pedimento_of_its_goods(graph, write: Callable[..., Path]) -> None:
    later = FOLIO[:-1] + "7"
    inside = f'<cfdi:CfdiRelacionados TipoRelacion="04"><cfdi:CfdiRelacionado UUID="{FOLIO}"/></cfdi:CfdiRelacionados>'
    text = plain(later, inside=inside).replace(
        '<cfdi:Concepto Descripcion="FLETE"/>',
        '<cfdi:Concepto Descripcion="VASOS"><cfdi:InformacionAduanera NumeroPedimento="26  40  3999  6000001"/></cfdi:Concepto>',
    )
    graph.load(write("p.txt", PEDIMENTO), write("old.xml", plain(FOLIO)), write("new.xml", text))
    number = "26 40 3999 6000001"
    assert graph.pairs("REFERS_TO") == {(later.lower(), FOLIO.lower()), (later.lower(), number)}
    assert {x.first("summary") for x in graph.links("REFERS_TO")} == {"sustitución", "pedimento de importación"}
    assert len(graph.entities("Invoice")) == 3  # with the pedimento's own COVE1
