"""What seizures and inspections have in common: the words of their templates, and what an event was about."""

from __future__ import annotations

import pyarrow as pa

from vinculo.ingest.datasets import bills_of_lading
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Value

#: Seizures refer to inspections by number.
INSPECTION = Key(columns=("inspection_id",), prefix="inspections", literal="Inspection")
#: What every event says of itself.
ABOUT = {
    "date": r.column("date"),
    "agency": r.column("agency"),
    "country": r.column("country"),
    "commodity": r.column("commodity"),
    "hsCode": Value(columns=("hs_code",), split=";"),
    "notes": Value(columns=("notes", "nobody")),
}
ALIASES = {
    "fecha": "date",
    "dependencia": "agency",
    "lugar": "location",
    "aduana": "location",
    "mercancia": "commodity",
    "contenedor": "container_number",
    "conocimiento de embarque": "bill_number",
    "notas": "notes",
}


def add_targets(table: pa.Table) -> pa.Table:
    """Add the columns of what an event was about: consignment, containers, vehicle, party, place."""
    table = r.add_party(table, "party", name="party_name", tax_id="party_tax_id", country="party_country")
    table = c.with_columns(table, {"nobody": r.unnamed(table, {"party": "party_name"})})
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
