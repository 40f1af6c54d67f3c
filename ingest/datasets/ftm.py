"""FollowTheMoney entities as JSON lines: OpenSanctions and OpenAleph exports. Ids and values stay as they are.

Schemata that are edges become links of the same id with their ends behind it; where an end has several values, of which FtM
keeps no order, the pair of the smallest ids is the edge and each other one a reference. Every other property that names an
entity stays a fact and gives a derived link (``REFERS_TO``, or what it means: an address, a holder, a sanctioned party), so
that the chart shows it; derived links never go out again as entities.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.schema import Kind, is_a, kinds
from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.party_columns import tax_numbers
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

#: Property of a schema -> link kind, and whether the entity that has the property is its source.
DERIVED = {
    ("Sanction", "entity"): ("LISTED", False),
    ("Risk", "entity"): ("LISTED", False),
    ("CryptoWallet", "holder"): ("HOLDS", False),
    ("BankAccount", "bank"): ("HELD_AT", True),
    ("Thing", "addressEntity"): ("HAS_ADDRESS", True),
    ("Mention", "document"): ("MENTIONED", False),
}
#: Properties of parties whose values become nodes that parties of any dataset share, as FtM's pivot types do.
SHARED = ("taxNumber", "phone", "email")
_ID = Key(id_column="id")


def _by_schema() -> dict[str, Kind]:
    return {k.ftm: k for k in kinds().values() if k.ftm}


SCHEMATA = _by_schema()
_ENTITY_TYPED = {
    schema: tuple(p.name for p in k.properties.values() if p.type == "entity" and not k.is_link)
    for schema, k in SCHEMATA.items()
}


def _derived(schema: str, name: str) -> tuple[str, bool]:
    """Link kind of a property that names an entity, and whether its owner is the source."""
    kind = SCHEMATA[schema].name
    for (owner, property_), told in DERIVED.items():
        if property_ == name and (owner == kind or owner in _parents(kind)):
            return told
    return "REFERS_TO", True


def _parents(kind: str) -> set[str]:
    found = set(kinds()[kind].parents)
    return found.union(*(_parents(p) for p in found)) if found else found


def _ends(kind: Kind, properties: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Ids at both ends of an edge; a payment between accounts has them beside payer and beneficiary."""
    ends = []
    for name in (kind.source_property, kind.target_property):
        ends.append(properties.get(name) or properties.get(f"{name}Account") or [])
    return ends[0], ends[1]


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """A table for each schema, one for each kind of derived link."""
    entities: dict[str, list[dict[str, Any]]] = {}
    references: dict[str, list[dict[str, Any]]] = {}
    shared: list[dict[str, Any]] = []
    columns = {n: table.column(n).to_pylist() for n in ("id", "schema", "properties", "record", "line")}
    for id_, schema, text, record, line in zip(*columns.values(), strict=True):
        kind = SCHEMATA.get(schema or "")
        if not id_ or kind is None:
            # what FtM does not know, and what has no id, makes nothing and is rejected as such
            continue
        where = {"record": record, "line": line}
        properties = _properties(text)
        row: dict[str, Any] = {"id": id_, **where, "properties": properties}
        if kind.is_link:
            sources, targets = _ends(kind, properties)
            pairs = sorted((a, b) for a in sources for b in targets)
            if pairs:
                entities.setdefault(schema, []).append(row | {"source": pairs[0][0], "target": pairs[0][1]})
                references.setdefault("REFERS_TO", []).extend(
                    {"source": a, "target": b, "property": schema, **where} for a, b in pairs[1:]
                )
            continue
        entities.setdefault(schema, []).append(row)
        if is_a(kind.name, "LegalEntity"):
            country = next(iter(properties.get("country", properties.get("jurisdiction", ()))), None)
            shared += (
                {"source": id_, "country": country, name: v, **where}
                for name in SHARED
                for v in properties.get(name, ())
            )
        for name in _ENTITY_TYPED[schema]:
            link, forward = _derived(schema, name)
            for other in properties.get(name, ()):
                source, target = (id_, other) if forward else (other, id_)
                references.setdefault(link, []).append({"source": source, "target": target, "property": name, **where})
    made = {schema: _tabled(rows, SCHEMATA[schema]) for schema, rows in entities.items()}
    for link, rows in references.items():
        if not rows:
            continue
        table = pa.Table.from_pylist(rows)
        # an id does not know which end is which; the source tells A to B from B to A
        made[f"link {link}"] = table.append_column("from", pc.binary_join_element_wise("from ", table["source"], ""))
    return made | _shared(shared)


def _shared(rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    if not rows:
        return {}
    texts = {n: pa.array([row.get(n) for row in rows], pa.string()) for n in ("source", "country", *SHARED)}
    numbers = {n: pa.array([row[n] for row in rows], pa.int64()) for n in ("record", "line")}
    tax = tax_numbers(texts["taxNumber"], texts["country"])
    told = {"tax number": tax.number, "tax type": tax.type, "tax country": tax.country}
    return {"shared": pa.table({**texts, **numbers, **told})}


def _properties(text: str | None) -> dict[str, list[str]]:
    """Properties as lists of texts, in whatever shape they came."""
    made = json.loads(text) if text else {}
    lists = {n: v if isinstance(v, list) else [v] for n, v in made.items()} if isinstance(made, dict) else {}
    return {n: [str(t) for t in v if t not in (None, "")] for n, v in lists.items()}


def _tabled(rows: list[dict[str, Any]], kind: Kind) -> pa.Table:
    names = sorted({n for row in rows for n in row["properties"]} & set(kind.properties))
    plain: list[str] = [n for n in ("id", "source", "target") if n in rows[0]]
    columns: dict[str, pa.Array] = {n: pa.array([row[n] for row in rows], pa.string()) for n in plain}
    columns |= {f"p {n}": pa.array([row["properties"].get(n) for row in rows], pa.list_(pa.string())) for n in names}
    numbers = {n: pa.array([row[n] for row in rows], pa.int64()) for n in ("record", "line")}
    return pa.table(columns | numbers)


def _values(kind: Kind) -> dict[str, Value]:
    return {n: Value(columns=(f"p {n}",), clean="raw") for n in kind.properties}


def _end(name: str) -> EntityRule:
    return EntityRule(name, "Thing", Key(id_column=name), reference=True)


def _mapping(kind: Kind) -> Mapping:
    if not kind.is_link:
        return Mapping((EntityRule("entity", kind.name, _ID, _values(kind)),))
    link = LinkRule(kind.name, "source", "target", _ID, _values(kind), ends_in_key=False)
    return Mapping((_end("source"), _end("target")), (link,))


def _reference_mapping(kind: str) -> Mapping:
    properties = {"property": r.column("property")} if kind == "REFERS_TO" else {}
    link = LinkRule(kind, "source", "target", Key(columns=("property", "from"), literal=kind), properties)
    return Mapping((_end("source"), _end("target")), (link,))


def _shared_mapping() -> Mapping:
    phone, email = r.column("phone", "phone", hint="country"), r.column("email", "email")
    nodes = (
        r.identifier_rule("tax id", "tax type", "tax number", "tax country"),
        EntityRule("phone", "Phone", Key(prefix="", literal="Phone", values=(phone,)), {"number": phone}),
        EntityRule(
            "email", "EmailAddress", Key(prefix="", literal="EmailAddress", values=(email,)), {"address": email}
        ),
    )
    links = (
        r.link("HAS_IDENTIFIER", "source", "tax id"),
        r.link("HAS_PHONE", "source", "phone"),
        r.link("HAS_EMAIL", "source", "email"),
    )
    return Mapping((_end("source"), *nodes), links)


_LINKS = ("REFERS_TO", *dict.fromkeys(link for link, _ in DERIVED.values()))
DATASET = Dataset(
    name="ftm",
    title=Text("FollowTheMoney entities", "Entidades de FollowTheMoney"),
    description=Text(
        "Entities as OpenSanctions, OpenAleph and ftm export them, one JSON object a line.",
        "Entidades como las exportan OpenSanctions, OpenAleph y ftm; un objeto JSON por línea.",
    ),
    publisher="",
    licence="As its publisher says (OpenSanctions: CC BY-NC 4.0)",
    url="https://followthemoney.tech",
    format="jsonl",
    columns=("id", "schema", "properties"),
    optional=("caption", "datasets", "referents", "target", "first_seen", "last_seen", "last_change"),
    mappings={s: _mapping(k) for s, k in SCHEMATA.items()}
    | {f"link {k}": _reference_mapping(k) for k in _LINKS}
    | {"shared": _shared_mapping()},
    prepare=prepare,
)
