"""Bills of lading in a plain template: one row is one bill as one side of the trade declared it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.bills import with_doubt
from vinculo.ingest.datasets.quantities import weight_in_kilograms, with_unit
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

ROLES = ("shipper", "consignee", "notify_party")
COLUMNS = ("bill_number", "date", "shipper", "consignee")
OPTIONAL = (
    "master_bill_number", "side",
    "shipper_tax_id", "shipper_address", "shipper_city", "shipper_country", "shipper_phone", "shipper_email",
    "consignee_tax_id", "consignee_address", "consignee_city", "consignee_country", "consignee_phone", "consignee_email",
    "notify_party", "notify_party_tax_id", "notify_party_address", "notify_party_city", "notify_party_country",
    "notify_party_phone", "notify_party_email",
    "customs_broker", "customs_broker_tax_id", "carrier", "carrier_scac", "vessel", "vessel_imo", "voyage",
    "container_numbers", "port_of_lading", "port_of_unlading", "hs_code", "goods", "quantity", "quantity_unit",
    "gross_weight_kg", "declared_value", "currency",
)  # fmt: skip
ALIASES = {
    "consignor": "shipper",
    "bill of lading": "bill_number",
    "bl number": "bill_number",
    "conocimiento de embarque": "bill_number",
    "fecha": "date",
    "consignante": "shipper",
    "remitente": "shipper",
    "consignatario": "consignee",
    "notificado": "notify_party",
    "agente aduanal": "customs_broker",
    "transportista": "carrier",
    "buque": "vessel",
    "contenedores": "container_numbers",
    "containers": "container_numbers",
    "fraccion arancelaria": "hs_code",
    "mercancia": "goods",
    "peso bruto kg": "gross_weight_kg",
    "valor declarado": "declared_value",
    "moneda": "currency",
}
#: How a note calls those who are named in other columns.
_OTHERS = {"broker": "customs_broker", "carrier": "carrier", "vessel": "vessel"}
_EXPORT, _IMPORT = r"^(e|x|exp|export|exports|exportacion)$", r"^(i|m|imp|import|imports|importacion)$"


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Add keys of parties, places and ships, and the value on the side that declared it."""
    for role in ROLES:
        table = r.add_party(
            table,
            role,
            name=role,
            tax_id=f"{role}_tax_id",
            country=f"{role}_country",
            street=(f"{role}_address", f"{role}_city"),
            phones=(f"{role}_phone",),
            emails=(f"{role}_email",),
        )
    table = r.add_party(table, "broker", name="customs_broker", tax_id="customs_broker_tax_id")
    table = r.add_party(table, "carrier", name="carrier")
    scac = c.present(pc.utf8_upper(c.texts(table, "carrier_scac")))
    key = pc.coalesce(scac, c.texts(table, "carrier key"))
    table = c.with_columns(table, {"scac": scac, "scac type": c.constant("SCAC", scac), "carrier key": key})
    table = r.add_vessel(table, "vessel", "vessel_imo")
    table = r.add_containers(table, "container_numbers")
    table = with_doubt(table)
    table = r.add_place(table, "lading", "port_of_lading")
    table = r.add_place(table, "unlading", "port_of_unlading")
    table = with_unit(table, "quantity", "quantity_unit")
    table = weight_in_kilograms(table, "gross_weight_kg")
    side = c.alike(c.texts(table, "side"))
    bills = {
        "side": pc.coalesce(
            c.constant("export", c.where(side, pc.match_substring_regex(side, _EXPORT))),
            c.constant("import", c.where(side, pc.match_substring_regex(side, _IMPORT))),
            c.texts(table, "side"),
        ),
        "nobody": r.unnamed(table, {role: role for role in ROLES} | _OTHERS),
    }
    return {"": c.with_columns(table, bills)}


CONSIGNMENT = Key(prefix="", literal="Consignment", values=(Value(columns=("bill_number",), clean="compact"),))


def _mapping() -> Mapping:
    date, side = {"date": r.column("date")}, {"side": r.column("side")}
    consignment = EntityRule(
        "consignment",
        "Consignment",
        CONSIGNMENT,
        {
            "billNumber": r.column("bill_number"),
            "masterBillNumber": r.column("master_bill_number"),
            "date": r.column("date"),
            "hsCode": Value(columns=("hs_code",), split=";"),
            "goods": r.column("goods"),
            "quantity": r.column("quantity"),
            "quantityUnit": r.column("quantity_unit"),
            "quantityText": r.column("quantity text"),
            "grossWeightKg": r.column("gross_weight_kg"),
            "grossWeightText": r.column("gross_weight_kg text"),
            "declaredValue": r.column("declared_value", "amount"),
            "currency": r.column("currency", "upper"),
            "voyage": r.column("voyage"),
            "notes": r.column("nobody"),
        },
    )
    # the same column says another thing on each side
    value = r.column("declared_value", "amount")
    exported = EntityRule("export", "Consignment", CONSIGNMENT, {"exportValue": value}, where={"side": ("export",)})
    imported = EntityRule("import", "Consignment", CONSIGNMENT, {"importValue": value}, where={"side": ("import",)})
    made = r.put_together(
        ((consignment, exported, imported, r.container_rule(), r.place_rule("lading"), r.place_rule("unlading")), ()),
        *(r.party_rules(role) for role in ROLES),
        r.party_rules("broker"),
        r.party_rules("carrier", kind="Company"),
        ((r.identifier_rule("scac", "scac type", "scac"),), (r.link("HAS_IDENTIFIER", "carrier", "scac"),)),
        r.vessel_rules("consignment"),
    )
    links = (
        r.link("SHIPPER", "shipper", "consignment", date | side),
        r.link("CONSIGNEE", "consignee", "consignment", date | side),
        r.link("NOTIFY_PARTY", "notify_party", "consignment", date | side),
        r.link("DECLARANT", "broker", "consignment", date),
        r.link("CARRIER", "carrier", "consignment", date),
        r.link("IN_CONTAINER", "consignment", "container", date),
        r.link("LADEN_AT", "consignment", "lading", date),
        r.link("UNLADEN_AT", "consignment", "unlading", date),
    )
    return Mapping(made[0], made[1] + links, essential=("bill_number", "date", "declared_value"))


DATASET = Dataset(
    name="bills_of_lading",
    title=Text("Bills of lading (template)", "Conocimientos de embarque (plantilla)"),
    description=Text(
        "Consignments with their parties, containers, ports and declared values, one row for each bill and side.",
        "Embarques con sus partes, contenedores, puertos y valores declarados; una fila por conocimiento y lado.",
    ),
    publisher="",
    licence="",
    format="table",
    columns=COLUMNS,
    optional=OPTIONAL,
    aliases=ALIASES,
    mappings={"": _mapping()},
    prepare=prepare,
    summed=("quantity", "quantity_unit", "gross_weight_kg", "declared_value", "currency"),
    fill_rates={": bill_number": 0.5, ": date": 0.5},
)
