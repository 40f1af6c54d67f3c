"""Seizures of a case in a plain template: no public file says who a seized consignment belonged to, users bring their own."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import events
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.quantities import with_unit
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

#: What stands in a plate's place where there is none; as a vehicle it would join seizures that share nothing.
_NO_PLATE = (
    r"^\W*([sn]\W?/?d|s\W?/?[np]|n\W?/?a|sin (placas?|matr[ií]cula|datos?)|no (plates?|visibles?)|none|unknown)\W*$"
)


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Add the keys of what was seized and where; further parties and plates of a cell in rows of their own."""
    said = c.texts(table, "vehicle_plate")
    plates = c.where(said, pc.invert(pc.match_substring_regex(said, _NO_PLATE, ignore_case=True)))
    several = c.split(plates, r"\s*[;,|/\n]+\s*")
    table = c.with_columns(table, {"plate": c.present(pc.list_element(pc.fill_null(several, [""]), 0))})
    more = pc.list_slice(several, 1)
    further = table.take(pc.list_parent_indices(more))
    further = c.with_columns(further, {"plate": c.present(pc.list_flatten(more))})
    made = events.add_targets(with_unit(table, "quantity", "unit"))
    told = c.joined([c.texts(made[""], "nobody"), c.marked("vehicle plate: ", c.absent(said, plates))], "; ")
    return made | {"": c.with_columns(made[""], {"nobody": told}), "plates": further}


def _mappings() -> dict[str, Mapping]:
    plate = Value(columns=("plate",), clean="compact")
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
        {"registrationNumber": r.column("plate")},
    )
    inspection = EntityRule(
        "inspection", "Inspection", events.INSPECTION, {"inspectionNumber": r.column("inspection_id")}
    )
    entities, links = events.target_rules("seizure", "SEIZED_FROM")
    date = {"date": r.column("date")}
    more = (r.link("SEIZED_FROM", "seizure", "vehicle", date), r.link("FOLLOWED", "seizure", "inspection", date))
    whole = Mapping(
        (seizure, vehicle, inspection, *entities),
        links + more,
        essential=("seizure_id", "date", "quantity", "value_usd"),
    )
    known = EntityRule(seizure.name, seizure.kind, seizure.key, {})
    plates = Mapping((known, vehicle), (r.link("SEIZED_FROM", "seizure", "vehicle", date),))
    parties, bills = events.further_parties(seizure, "SEIZED_FROM"), events.further_bills(seizure, "SEIZED_FROM")
    return {"": whole, "parties": parties, "bills": bills, "plates": plates}


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
    mappings=_mappings(),
    prepare=prepare,
    fill_rates={": seizure_id": 0.5, ": date": 0.5},
)  # fmt: skip
