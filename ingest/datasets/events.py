"""What seizures and inspections have in common: the words of their templates, and what an event was about."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.datasets import bills_of_lading
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.bills import each_bill
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

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
CONSIGNMENT = EntityRule(
    "consignment", "Consignment", bills_of_lading.CONSIGNMENT, {"billNumber": r.column("bill_number")}
)
#: What stands between the people of one cell; a comma stands inside names.
_BETWEEN = r"[;|\n]"
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


def add_targets(table: pa.Table) -> dict[str, pa.Table]:
    """Add the columns of what an event was about: consignment, containers, vehicle, party, place; further ones apart."""
    table, bills = each_bill(table)
    table, further = each_party(table)
    table, further = add_party(table), add_party(further)
    unnamed = c.joined([r.unnamed(table, {"party": "party_name"}), c.texts(table, "nobody's number")], "; ")
    table = c.with_columns(table, {"nobody": unnamed})
    table = r.add_containers(table, "container_number")
    return {"": r.add_place(table, "location", "location", "location_code"), "parties": further, "bills": bills}


def add_party(table: pa.Table) -> pa.Table:
    """Add the columns of the party."""
    return r.add_party(table, "party", name="party_name", tax_id="party_tax_id", country="party_country")


def each_party(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The first party of a cell with several in its row, each other one in a row of its own.

    Tax numbers go with the names where there are as many; else it is not known whose they are, and they stay as a note.

    Examples
    --------
    >>> table = pa.table({"record": [1, 2], "line": [2, 3], "party_name": ["Ana; Luis", "Norte, S.A."]})
    >>> [part.column("party_name").to_pylist() for part in each_party(table)]
    [['Ana', 'Norte, S.A.'], ['Luis']]
    """
    names = c.texts(table, "party_name")
    several = pc.fill_null(pc.match_substring_regex(names, _BETWEEN), False)
    rows = pc.indices_nonzero(several).to_pylist()
    about = {n: c.texts(table, n).to_pylist() for n in ("party_tax_id", "party_role", "party_country")} if rows else {}
    first: dict[str, list[str | None]] = {"party_name": names.to_pylist(), **about} if rows else {}
    more: dict[str, list[str | None]] = {n: [] for n in first}
    places: list[int] = []
    unclear: list[str | None] = [None] * table.num_rows
    for row in rows:
        people = _parts(names[row].as_py())
        told: dict[str, list[str | None]] = {"party_name": [*people]}
        for name, texts in about.items():
            parts = _parts(texts[row] or "")
            if len(parts) == len(people):
                told[name] = [*parts]
            else:
                told[name] = [None if name == "party_tax_id" else texts[row]] * len(people)
                if name == "party_tax_id" and texts[row]:
                    unclear[row] = f"tax number: {texts[row]}"
        for name, parts_told in told.items():
            first[name][row] = parts_told[0]
            more[name] += parts_told[1:]
        places += [row] * (len(people) - 1)
    further = table.take(pa.array(places, pa.int64()))
    further = c.with_columns(further, {n: pa.array(t, pa.string()) for n, t in more.items()})
    table = c.with_columns(table, {n: pa.array(t, pa.string()) for n, t in first.items()})
    return c.with_columns(table, {"nobody's number": pa.array(unclear, pa.string())}), further


def _parts(cell: str) -> list[str]:
    return [p for p in map(str.strip, re.split(_BETWEEN, cell)) if p] or [cell]


def further_parties(event: EntityRule, kind: str) -> Mapping:
    """The mapping of further parties of an event."""
    entities, links = r.party_rules("party")
    told = {"date": r.column("date"), "summary": r.column("party_role")}
    known = EntityRule(event.name, event.kind, event.key, {})
    return Mapping((known, *entities), (r.link(kind, event.name, "party", told), *links))


def further_bills(event: EntityRule, kind: str) -> Mapping:
    """The mapping of further bills that an event was about."""
    known = EntityRule(event.name, event.kind, event.key, {})
    return Mapping((known, CONSIGNMENT), (r.link(kind, event.name, "consignment", {"date": r.column("date")}),))


def target_rules(event: str, kind: str) -> tuple[tuple[EntityRule, ...], tuple[LinkRule, ...]]:
    """Rules for what an event was about; ``kind`` is the link from the event to it."""
    date = {"date": r.column("date")}
    entities, links = r.party_rules("party")
    return (
        (CONSIGNMENT, r.container_rule(), r.place_rule("location"), *entities),
        (
            r.link(kind, event, "consignment", date),
            r.link(kind, event, "container", date),
            r.link(kind, event, "party", date | {"summary": r.column("party_role")}),
            r.link("OCCURRED_AT", event, "location", date),
            *links,
        ),
    )
