"""Mexican invoices (CFDI 4.0) and what their Carta Porte (2.0, 3.0, 3.1) says of goods on the way.

A document is known by its UUID; one without a stamp by its whole contents, for issuer, series, folio and time may be those of
another draft. Every version of Carta Porte has the same elements in a namespace of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.invoices import INVOICE, folio_fiscal
from vinculo.ingest.datasets.mx_pedimento import PEDIMENTO, pedimento_key
from vinculo.ingest.datasets.party_columns import number_key
from vinculo.ingest.datasets.quantities import as_written
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value
from vinculo.ingest.trees import Branch, branched

_PORTE = "Complemento/CartaPorte"
_GOODS = f"{_PORTE}/Mercancias"
_DOCUMENT = {
    "uuid": "Complemento/TimbreFiscalDigital/@UUID", "series": "@Serie", "folio": "@Folio", "date": "@Fecha",
    "waybill": f"{_PORTE}/@IdCCP", "version": f"{_PORTE}/@Version",
}  # fmt: skip
_ADDRESS = {
    "country": "Domicilio/@Pais", "street": "Domicilio/@Calle", "outside": "Domicilio/@NumeroExterior",
    "inside": "Domicilio/@NumeroInterior", "postcode": "Domicilio/@CodigoPostal", "town": "Domicilio/@Municipio",
    "state": "Domicilio/@Estado",
}  # fmt: skip
_STREET = ("street", "outside", "inside", "postcode", "town", "state")


def _branch(path: str, columns: dict[str, str]) -> Branch:
    """Rows at a path, and with each what its document is known by."""
    depths = {len([step for step in one.split("/") if step]) for one in path.split("|")}
    ups = ["../" * depth for depth in sorted(depths)]
    return Branch(path, columns | {name: "|".join(up + at for up in ups) for name, at in _DOCUMENT.items()})


_branches = branched(
    {
        "": _branch(
            "",
            {
                "currency": "@Moneda", "total": "@Total", "type": "@TipoDeComprobante",
                "concepts": "Conceptos/Concepto/@Descripcion[]",
                "goods": f"{_GOODS}/Mercancia/@Descripcion[]", "hs codes": f"{_GOODS}/Mercancia/@FraccionArancelaria[]",
                "hazard": f"{_GOODS}/Mercancia/@CveMaterialPeligroso[]", "weight": f"{_GOODS}/@PesoBrutoTotal",
                "weight unit": f"{_GOODS}/@UnidadPeso", "distance": f"{_PORTE}/@TotalDistRec",
                "ship": f"{_GOODS}/TransporteMaritimo/@NombreEmbarc", "ship number": f"{_GOODS}/TransporteMaritimo/@NumeroOMI",
                "bill": f"{_GOODS}/TransporteMaritimo/@NumConocEmbarc",
            },
        ),
        "parties": _branch("Emisor|Receptor", {"role": "name()", "rfc": "@Rfc", "name": "@Nombre"}),
        "ends": _branch(
            f"{_PORTE}/Ubicaciones/Ubicacion",
            {
                "role": "@TipoUbicacion", "rfc": "@RFCRemitenteDestinatario", "foreign": "@NumRegIdTrib",
                "residence": "@ResidenciaFiscal", "name": "@NombreRemitenteDestinatario", "at": "@FechaHoraSalidaLlegada",
                "kilometres": "@DistanciaRecorrida", **_ADDRESS,
            },
        ),
        "figures": _branch(
            f"{_PORTE}/FiguraTransporte/TiposFigura",
            {
                "role": "@TipoFigura", "rfc": "@RFCFigura", "foreign": "@NumRegIdTribFigura", "name": "@NombreFigura",
                "residence": "@ResidenciaFiscalFigura", "licence": "@NumLicencia", **_ADDRESS,
            },
        ),
        "plates": _branch(
            f"{_GOODS}/Autotransporte/IdentificacionVehicular|{_GOODS}/Autotransporte/Remolques/Remolque",
            {"role": "name()", "plate": "@PlacaVM|@Placa"},
        ),
        "boxes": _branch(
            f"{_GOODS}/TransporteMaritimo/Contenedor", {"box": "@MatriculaContenedor", "seal": "@NumPrecinto"}
        ),
        "pedimentos": _branch(
            f"{_GOODS}/Mercancia/Pedimentos|{_GOODS}/Mercancia/DocumentacionAduanera",
            {"pedimento": "@Pedimento|@NumPedimento"},
        ),
        "imported": _branch(
            "Conceptos/Concepto/InformacionAduanera|Conceptos/Concepto/Parte/InformacionAduanera",
            {"pedimento": "@NumeroPedimento"},
        ),
        "related": _branch("CfdiRelacionados/CfdiRelacionado", {"related": "@UUID", "relation": "../@TipoRelacion"}),
    }
)  # fmt: skip
#: Of SAT's catalogue c_TipoRelacion, in short.
RELATIONS = {
    "01": "nota de crédito", "02": "nota de débito", "03": "devolución", "04": "sustitución", "05": "traslado de lo facturado",
    "06": "factura de traslados", "07": "anticipo", "08": "pagos en parcialidades", "09": "pagos diferidos",
}  # fmt: skip
ROLES = {"01": "operador", "02": "propietario", "03": "arrendador", "04": "notificado", "05": "coordinado"}


def _known(table: pa.Table, contents: dict[int, str]) -> pa.Table:
    """Add what the document and its waybill are known by; ``contents`` are digests of the records."""
    folio = c.through(c.texts(table, "uuid"), folio_fiscal)
    drafts = pa.array([contents[n] for n in table.column("record").to_pylist()], pa.string())
    known = pc.coalesce(folio, c.marked("draft ", drafts))
    printed = c.joined([c.texts(table, n) for n in ("series", "folio")], "-")
    waybill = pc.coalesce(c.through(c.texts(table, "waybill"), str.lower), known)
    return c.with_columns(
        table,
        {
            "document": pc.coalesce(folio, printed),
            "invoice key": pc.coalesce(c.marked("cfdi|", folio), known),
            "waybill key": c.if_any(c.texts(table, "version"), waybill),
            "waybill number": c.if_any(
                c.texts(table, "version"), pc.coalesce(c.texts(table, "waybill"), folio, printed)
            ),
        },
    )


def _party(table: pa.Table, *, address: bool = True) -> pa.Table:
    """Add the party: by RFC, by its foreign number where the RFC is a generic one."""
    rfc = c.through(c.texts(table, "rfc"), str.strip)
    own = c.through(rfc, number_key)
    foreign = c.texts(table, "foreign")
    tax = pc.coalesce(c.if_any(own, rfc), foreign, rfc)
    # whoever has an RFC of its own has it from Mexico, wherever it resides
    country = pc.coalesce(c.constant("MEX", own), c.texts(table, "residence"), c.texts(table, "country"))
    table = c.with_columns(table, {"party tax said": tax, "party from": country})
    street = _STREET if address else ()
    return r.add_party(table, "party", name="name", tax_id="party tax said", country="party from", street=street)


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """The document, its parties, ends, figures of transport, plates, containers and pedimentos."""
    trees, records = table.column("tree").to_pylist(), table.column("record").to_pylist()
    contents = {n: hashlib.sha1(t.encode()).hexdigest() for n, t in zip(records, trees, strict=True)}
    made = {name: _known(rows, contents) for name, rows in _branches(table).items()}
    head = r.add_vessel(made[""], "ship", "ship number")
    kilograms = pc.fill_null(pc.equal(c.texts(head, "weight unit"), "KGM"), False)
    weight = c.texts(head, "weight")
    unit = c.joined([c.marked("PesoBrutoTotal: ", weight), c.texts(head, "weight unit")], " ")
    porte = c.marked("Carta Porte ", c.texts(head, "version"))
    made[""] = c.with_columns(
        head,
        {
            "kilograms": c.where(weight, kilograms),
            "weight text": as_written(weight, c.texts(head, "weight unit")),
            "porte told": c.joined([porte, c.where(unit, pc.invert(kilograms))], "; "),
            "distance told": c.marked("TotalDistRec: ", c.texts(head, "distance")),
        },
    )
    made["parties"] = _party(made["parties"], address=False)
    made["ends"] = _party(made["ends"])
    figures = _party(made["figures"])
    licence = c.texts(figures, "licence")
    made["figures"] = c.with_columns(
        figures,
        {
            "role told": c.renamed(c.texts(figures, "role"), ROLES),
            "licence type": c.constant("DRIVING LICENCE", licence),
            "licence country": c.if_any(licence, c.country_codes(c.texts(figures, "party from"))),
        },
    )
    made["boxes"] = r.add_containers(made["boxes"], "box")
    for name in ("pedimentos", "imported"):
        said = c.texts(made[name], "pedimento")
        made[name] = c.with_columns(made[name], {"pedimento key": c.through(said, pedimento_key)})
    related = made["related"]
    folio = c.through(c.texts(related, "related"), folio_fiscal)
    relation = c.renamed(c.texts(related, "relation"), RELATIONS)
    made["related"] = c.with_columns(
        related, {"related": folio, "related key": c.marked("cfdi|", folio), "relation": relation}
    )
    return made


def _invoice(properties: dict[str, Value] | None = None) -> EntityRule:
    return EntityRule("invoice", "Invoice", INVOICE, {"number": r.column("document"), **(properties or {})})


def _waybill(properties: dict[str, Value] | None = None) -> EntityRule:
    key = Key(columns=("waybill key",), prefix="", literal="Carta Porte")
    return EntityRule("consignment", "Consignment", key, properties or {})


def _head_mapping() -> Mapping:
    invoice = _invoice(
        {
            "date": r.column("date"),
            "amount": r.column("total", "amount"),
            "currency": r.column("currency"),
            "description": r.column("concepts"),
            "notes": r.column("type"),
        }
    )
    waybill = _waybill(
        {
            "billNumber": Value(columns=("waybill number", "bill")),
            "date": r.column("date"),
            "goods": r.column("goods"),
            "hsCode": r.column("hs codes"),
            "hazardCode": r.column("hazard"),
            "grossWeightKg": r.column("kilograms"),
            "grossWeightText": r.column("weight text"),
            "notes": Value(columns=("porte told", "distance told", "vessel nobody")),
        }
    )
    entities, links = r.vessel_rules("consignment")
    invoiced = r.link("INVOICED", "invoice", "consignment", {"date": r.column("date")})
    return Mapping((invoice, waybill, *entities), (*links, invoiced), essential=("invoice key",))


def _ends() -> Mapping:
    entities, links = r.party_rules("party")
    sides = tuple(
        LinkRule(kind, "party", "consignment", Key(literal=kind), {"date": r.column("at")}, where={"role": (role,)})
        for kind, role in (("SHIPPER", "Origen"), ("CONSIGNEE", "Destino"))
    )
    return Mapping((_waybill({"notes": r.column("party nobody")}), *entities), (*links, *sides))


def _figures() -> Mapping:
    entities, links = r.party_rules("party")
    told = {"date": r.column("date"), "summary": r.column("role told")}
    licence = r.identifier_rule("licence", "licence type", "licence", "licence country")
    more = (
        LinkRule("NOTIFY_PARTY", "party", "consignment", Key(literal="NOTIFY_PARTY"), told, where={"role": ("04",)}),
        LinkRule("CARRIER", "party", "consignment", Key(("role",), "CARRIER"), told, where={"!role": ("04",)}),
        r.link("HAS_IDENTIFIER", "party", "licence"),
    )
    return Mapping((_waybill({"notes": r.column("party nobody")}), licence, *entities), (*links, *more))


def _mappings() -> dict[str, Mapping]:
    entities, links = r.party_rules("party")
    role = r.link("LINKED_TO", "party", "invoice", {"role": r.column("role"), "date": r.column("date")}, ("role",))
    plate = Value(columns=("plate",), clean="compact")
    vehicle = EntityRule(
        "vehicle",
        "Vehicle",
        Key(prefix="", literal="Vehicle", values=(plate,)),
        {"registrationNumber": r.column("plate")},
    )
    date = {"date": r.column("date")}
    carried = r.link("CARRIED_BY", "consignment", "vehicle", date | {"summary": r.column("role")})
    boxed = r.link("IN_CONTAINER", "consignment", "container", date | {"description": r.column("seal")})
    declared = EntityRule("pedimento", "Consignment", PEDIMENTO, {"billNumber": r.column("pedimento")})
    imported = date | {"summary": r.constant("pedimento de importación")}
    other = EntityRule("other", "Invoice", replace(INVOICE, columns=("related key",)), {"number": r.column("related")})
    related = date | {"summary": r.column("relation")}
    refers = r.link("REFERS_TO", "consignment", "pedimento", date | {"summary": r.constant("pedimento")})
    return {
        "": _head_mapping(),
        "parties": Mapping((_invoice({"notes": r.column("party nobody")}), *entities), (*links, role)),
        "ends": _ends(),
        "figures": _figures(),
        "plates": Mapping((_waybill(), vehicle), (carried,)),
        "boxes": Mapping((_waybill(), r.container_rule()), (boxed,)),
        "pedimentos": Mapping((_waybill(), declared), (refers,)),
        "imported": Mapping((_invoice(), declared), (r.link("REFERS_TO", "invoice", "pedimento", imported),)),
        "related": Mapping((_invoice(), other), (r.link("REFERS_TO", "invoice", "other", related),)),
    }


DATASET = Dataset(
    name="mx_cfdi",
    title=Text("Mexican invoices with Carta Porte (CFDI 4.0)", "CFDI 4.0 con complemento Carta Porte"),
    description=Text(
        "Invoices with issuer and recipient; senders, recipients, drivers, plates, containers and pedimentos of goods moved.",
        "Facturas con emisor y receptor; remitentes, destinatarios, operadores, placas, contenedores y pedimentos del traslado.",
    ),
    publisher="Whoever issued it; the layout is that of Mexico's SAT",
    licence="As the taxpayer or authority that gave the file says",
    url="https://www.sat.gob.mx",
    format="xml",
    columns=("Comprobante", "Emisor", "Receptor", "xmlns=http://www.sat.gob.mx/cfd/4"),
    elements=("Comprobante",),
    tree=True,
    mappings=_mappings(),
    prepare=prepare,
    fill_rates={": date": 0.5, "parties: rfc": 0.5},
)
