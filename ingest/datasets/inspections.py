"""Inspections of a case in a plain template: cargo, agricultural quarantine, or several agencies together."""

from __future__ import annotations

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import bills_of_lading
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

#: Seizures refer to inspections by number.
INSPECTION = Key(columns=("inspection_id",), prefix="inspections", literal="Inspection")
KINDS = {
    "carga": "cargo",
    "agricola": "agricultural",
    "agriculture": "agricultural",
    "agricultural quarantine": "agricultural",
    "cuarentena": "agricultural",
    "cuarentena agricola": "agricultural",
    "fitosanitaria": "agricultural",
    "phytosanitary": "agricultural",
    "conjunta": "joint",
}


def add_targets(table: pa.Table) -> pa.Table:
    """Add the columns of what an event was about: consignment, containers, vehicle, party, place."""
    table = r.add_party(table, "party", name="party_name", tax_id="party_tax_id", country="party_country")
    table = r.add_containers(table, "container_number")
    return r.add_place(table, "location", "location", "location_code")


def target_rules(event: str, kind: str) -> tuple[tuple[EntityRule, ...], tuple[LinkRule, ...]]:
    """Rules for what an event was about; ``kind`` is the link from the event to it."""
    consignment = EntityRule(
        "consignment", "Consignment", bills_of_lading.CONSIGNMENT, {"billNumber": r.column("bill_number")}
    )
    date = {"date": r.column("date")}
    entities, links = r.party_rules("party")
    return (
        (consignment, r.container_rule(), r.place_rule("location"), *entities),
        (
            r.link(kind, event, "consignment", date),
            r.link(kind, event, "container", date),
            r.link(kind, event, "party", date | {"summary": r.column("party_role")}),
            r.link("OCCURRED_AT", event, "location", date),
            *links,
        ),
    )


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Add keys, and call the kinds of inspection by one word each."""
    table = add_targets(table)
    kind = c.renamed(c.texts(table, "kind"), KINDS)
    return {"": c.with_columns(table, {"kind": kind})}


def _mapping() -> Mapping:
    inspection = EntityRule(
        "inspection",
        "Inspection",
        INSPECTION,
        {
            "inspectionNumber": r.column("inspection_id"),
            "date": r.column("date"),
            "inspectionKind": r.column("kind"),
            "agency": r.column("agency"),
            "partnerAgency": r.column("partner_agency"),
            "country": r.column("country"),
            "commodity": r.column("commodity"),
            "hsCode": Value(columns=("hs_code",), split=";"),
            "result": r.column("result"),
            "pest": r.column("pest"),
            "notes": r.column("notes"),
        },
    )
    entities, links = target_rules("inspection", "INSPECTED")
    return Mapping((inspection, *entities), links, essential=("inspection_id", "date"))


DATASET = Dataset(
    name="inspections",
    title=Text("Inspections (template)", "Inspecciones (plantilla)"),
    description=Text(
        "Cargo and agricultural inspections of consignments, containers and parties, with result and pest.",
        "Inspecciones de carga y agropecuarias a embarques, contenedores y partes, con resultado y plaga.",
    ),
    publisher="",
    licence="",
    format="table",
    columns=("inspection_id", "date", "kind", "result"),
    optional=(
        "agency", "partner_agency", "country", "location", "location_code", "bill_number", "container_number", "party_name",
        "party_tax_id", "party_role", "party_country", "commodity", "hs_code", "pest", "notes",
    ),
    aliases={
        "numero de inspeccion": "inspection_id",
        "fecha": "date",
        "tipo": "kind",
        "tipo de inspeccion": "kind",
        "resultado": "result",
        "dependencia": "agency",
        "lugar": "location",
        "aduana": "location",
        "contenedor": "container_number",
        "conocimiento de embarque": "bill_number",
        "mercancia": "commodity",
        "plaga": "pest",
        "notas": "notes",
    },
    mappings={"": _mapping()},
    prepare=prepare,
)  # fmt: skip
