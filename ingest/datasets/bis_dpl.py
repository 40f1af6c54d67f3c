"""The Denied Persons List of the US Bureau of Industry and Security: who may not take part in exports."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, Mapping

_COLUMNS = (
    "name", "street_address", "city", "state", "country", "postal_code", "effective_date", "expiration_date",
    "standard_order", "last_update", "action", "fr_citation",
)  # fmt: skip
#: The list's own days are American, ``last_update`` is ISO: in one row.
_AMERICAN = ("%m/%d/%Y",)
_STREET = ("street_address", "city", "state", "postal_code")


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Parties with their addresses, and each row's listing."""
    order = pc.equal(pc.utf8_upper(c.texts(table, "standard_order")), "Y")
    made = {
        "row": c.whole_row(table, _COLUMNS),
        "order": pc.if_else(order, "Standard order", "Not a standard order"),
    }
    table = c.with_columns(table, made)
    return {"": r.add_party(table, "party", name="name", country="country", street=_STREET, address_in_key=True)}


def _mapping() -> Mapping:
    starts, ends = (r.column(f"{n}_date", "date", formats=_AMERICAN) for n in ("effective", "expiration"))
    sanction = EntityRule(
        "sanction",
        "Sanction",
        Key(columns=("row",), literal="Sanction"),
        {
            "authority": r.constant("Bureau of Industry and Security (BIS)"),
            "country": r.constant("us"),
            "program": r.constant("BIS Denied Persons List"),
            "listingDate": starts,
            "startDate": starts,
            "endDate": ends,
            "modifiedAt": r.column("last_update", "date"),
            "provisions": r.column("order"),
            "summary": r.column("action"),
            "recordId": r.column("fr_citation"),
        },
    )
    entities, links = r.party_rules("party")
    listed = r.link("LISTED", "party", "sanction", {"date": starts, "startDate": starts, "endDate": ends})
    return Mapping((sanction, *entities), (*links, listed))


DATASET = Dataset(
    name="bis_dpl",
    title=Text("BIS Denied Persons List", "Lista de personas vetadas de BIS"),
    description=Text(
        "People and firms that the US Bureau of Industry and Security bars from exports, from when until when.",
        "Personas y empresas que la Oficina de Industria y Seguridad de EE. UU. excluye de las exportaciones, y las fechas.",
    ),
    publisher="US Department of Commerce, Bureau of Industry and Security",
    licence="Public domain (US federal government work)",
    url="https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl",
    format="table",
    columns=_COLUMNS,
    mappings={"": _mapping()},
    prepare=prepare,
    # 546 are published
    minimum_records=330,
    fill_rates={": name": 0.95, ": effective_date": 0.9, ": fr_citation": 0.8},
)
