"""Seizures of a case in a plain template: no public file says who a seized consignment belonged to, users bring their own."""

from __future__ import annotations

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import events
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.quantities import with_unit
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Add the keys of what was seized and where."""
    return {"": events.add_targets(with_unit(table, "quantity", "unit"))}


def _mapping() -> Mapping:
    plate = Value(columns=("vehicle_plate",), clean="compact")
    seizure = EntityRule(
        "seizure",
        "Seizure",
        Key(columns=("seizure_id",), literal="Seizure"),
        {
            "seizureNumber": r.column("seizure_id"),
            **events.ABOUT,
            "quantity": r.column("quantity"),
            "quantityUnit": r.column("unit"),
            "quantityText": r.column("quantity text"),
            "valueUsd": r.column("value_usd", "amount"),
        },
    )
    vehicle = EntityRule(
        "vehicle",
        "Vehicle",
        Key(prefix="", literal="Vehicle", values=(plate,)),
        {"registrationNumber": r.column("vehicle_plate")},
    )
    inspection = EntityRule(
        "inspection", "Inspection", events.INSPECTION, {"inspectionNumber": r.column("inspection_id")}
    )
    entities, links = events.target_rules("seizure", "SEIZED_FROM")
    date = {"date": r.column("date")}
    more = (r.link("SEIZED_FROM", "seizure", "vehicle", date), r.link("FOLLOWED", "seizure", "inspection", date))
    return Mapping(
        (seizure, vehicle, inspection, *entities),
        links + more,
        essential=("seizure_id", "date", "quantity", "value_usd"),
    )


DATASET = Dataset(
    name="seizures",
    title=Text("Seizures (template)", "Decomisos (plantilla)"),
    description=Text(
        "Seizures with the consignment, container, vehicle and party they were made on, and the inspection they came from.",
        "Decomisos con el embarque, contenedor, vehículo y parte a los que se practicaron, y la inspección de la que derivan.",
    ),
    publisher="",
    licence="",
    format="table",
    columns=("seizure_id", "date", "commodity", "quantity"),
    summed=("quantity", "unit", "value_usd"),
    optional=(
        "agency", "country", "location", "location_code", "hs_code", "unit", "value_usd", "bill_number", "container_number",
        "vehicle_plate", "party_name", "party_tax_id", "party_role", "party_country", "inspection_id", "notes",
    ),
    aliases={
        **events.ALIASES,
        "numero de decomiso": "seizure_id",
        "numero de aseguramiento": "seizure_id",
        "cantidad": "quantity",
        "unidad": "unit",
        "placas": "vehicle_plate",
        "numero de inspeccion": "inspection_id",
    },
    mappings={"": _mapping()},
    prepare=prepare,
    fill_rates={": seizure_id": 0.5, ": date": 0.5},
)  # fmt: skip
