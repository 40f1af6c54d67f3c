"""Inspections of a case in a plain template: cargo, agricultural quarantine, or several agencies together."""

from __future__ import annotations

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import events
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Mapping

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


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Add keys, and call the kinds of inspection by one word each."""
    made = events.add_targets(table)
    kind = c.renamed(c.texts(table, "kind"), KINDS)
    return made | {"": c.with_columns(made[""], {"kind": kind})}


def _mappings() -> dict[str, Mapping]:
    inspection = EntityRule(
        "inspection",
        "Inspection",
        events.INSPECTION,
        {
            "inspectionNumber": r.column("inspection_id"),
            **events.ABOUT,
            "inspectionKind": r.column("kind"),
            "partnerAgency": r.column("partner_agency"),
            "result": r.column("result"),
            "pest": r.column("pest"),
        },
    )
    entities, links = events.target_rules("inspection", "INSPECTED")
    whole = Mapping((inspection, *entities), links, essential=("inspection_id", "date"))
    parties, bills = events.further_parties(inspection, "INSPECTED"), events.further_bills(inspection, "INSPECTED")
    return {"": whole, "parties": parties, "bills": bills}


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
        **events.ALIASES,
        "numero de inspeccion": "inspection_id",
        "tipo": "kind",
        "tipo de inspeccion": "kind",
        "resultado": "result",
        "plaga": "pest",
    },
    mappings=_mappings(),
    prepare=prepare,
    fill_rates={": inspection_id": 0.5, ": date": 0.5},
)  # fmt: skip
