"""The UN Security Council's consolidated list: people and entities under sanctions, in XML."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

_PARTY = Key(columns=("DATAID",), literal="party")
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_KINDS = ("INDIVIDUAL", "ENTITY")
#: What the list calls the quality of another name.
_WEAK, _FORMER = ("Low",), ("f.k.a.", "Formerly known as", "formerly")
_DOCUMENTS = {
    "Passport": ("PASSPORT", "passportNumber"),
    "National Identification Number": ("NATIONAL ID", "idNumber"),
    "Numéro de passeport": ("PASSPORT", "passportNumber"),
    "Número de pasaporte": ("PASSPORT", "passportNumber"),
    "Ship Identification Number": ("IMO", "imoNumber"),
}
_PLACE = ("CITY", "STATE_PROVINCE", "COUNTRY")


def _cells(table: pa.Table, name: str) -> list[list[str]]:
    """A column of lists, one list for each row."""
    if name not in table.column_names:
        return [[] for _ in range(table.num_rows)]
    return [cell or [] for cell in table.column(name).to_pylist()]


def _objects(table: pa.Table, *names: str) -> list[list[dict[str, Any]]]:
    """Columns of JSON texts, read; a text that is no object stands as its ``#text``."""
    made: list[list[dict[str, Any]]] = [[] for _ in range(table.num_rows)]
    for name in names:
        for row, cell in enumerate(_cells(table, name)):
            for text in cell:
                made[row].append(json.loads(text) if text.startswith("{") else {"#text": text})
    return made


def _values(table: pa.Table, name: str) -> pa.Array:
    """Texts of ``<VALUE>`` elements."""
    lists = [[t for o in row for t in _several(o.get("VALUE", o.get("#text", "")))] for row in _objects(table, name)]
    return pa.array(lists, pa.list_(pa.string()))


def _several(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []


def _text(value: Any) -> str:
    """A child as one text, the first where it repeats."""
    return next(iter(_several(value)), "") if not isinstance(value, dict) else ""


def _joined(made: dict[str, Any], names: tuple[str, ...]) -> str:
    return ", ".join(t for n in names if (t := _text(made.get(n)).strip(" ,")))


def _born(made: dict[str, Any]) -> list[str]:
    """Dates of birth: a day, a year, or both ends of a range."""
    found = [made.get("DATE"), made.get("YEAR"), made.get("FROM_YEAR"), made.get("TO_YEAR")]
    return [str(t)[:10] for value in found for t in _several(value)][:2]


def _lists(rows: list[list[str]]) -> pa.Array:
    return pa.array(rows, pa.list_(pa.string()))


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """The parties, and one table each of their addresses and documents."""
    name = c.joined([_first(table, n) for n in _NAMES], " ")
    aliases = _objects(table, "INDIVIDUAL_ALIAS", "ENTITY_ALIAS")

    def named(qualities: tuple[str, ...] | None) -> pa.Array:
        special = (*_WEAK, *_FORMER)
        return _lists(
            [
                [
                    t
                    for a in row
                    for t in _several(a.get("ALIAS_NAME", a.get("#text")))
                    if (_text(a.get("QUALITY")) in qualities if qualities else _text(a.get("QUALITY")) not in special)
                ]
                for row in aliases
            ]
        )

    births = _objects(table, "INDIVIDUAL_PLACE_OF_BIRTH")
    party = pa.table(
        {
            "DATAID": _first(table, "DATAID"),
            "element": table.column("element"),
            "name": name,
            "original": _first(table, "NAME_ORIGINAL_SCRIPT"),
            "first": _first(table, "FIRST_NAME"),
            "last": c.where(_last(table), pc.equal(c.texts(table, "element"), "INDIVIDUAL")),
            "alias": named(None),
            "weak": named(_WEAK),
            "former": named(_FORMER),
            "born": _lists([[t for o in row for t in _born(o)] for row in _objects(table, "INDIVIDUAL_DATE_OF_BIRTH")]),
            "birth place": _lists([[t for o in row if (t := _joined(o, _PLACE))] for row in births]),
            "birth country": _lists([[t for o in row for t in _several(o.get("COUNTRY"))] for row in births]),
            "nationality": _values(table, "NATIONALITY"),
            "designation": _values(table, "DESIGNATION"),
            "title": _values(table, "TITLE"),
            "gender": _first(table, "GENDER"),
            "list": c.marked("UN ", _first(table, "UN_LIST_TYPE")),
            "reference": _first(table, "REFERENCE_NUMBER"),
            "listed": pc.utf8_slice_codeunits(_first(table, "LISTED_ON"), 0, 10),
            "updated": _values(table, "LAST_DAY_UPDATED"),
            "comments": _lists(_cells(table, "COMMENTS1")),
            "record": table.column("record"),
            "line": table.column("line"),
        }
    )
    return {"": party, "addresses": _addresses(table), "documents": _documents(table)}


def _first(table: pa.Table, name: str) -> pa.Array:
    return c.present(pa.array([row[0].strip() if row else None for row in _cells(table, name)], pa.string()))


def _last(table: pa.Table) -> pa.Array:
    """The last of the four names; the list does not say which of them are surnames."""
    second, third, fourth = (_first(table, n) for n in _NAMES[1:])
    return pc.coalesce(fourth, third, second)


def _rows(table: pa.Table, lists: list[list[dict[str, str]]], names: tuple[str, ...]) -> pa.Table:
    at = [row for row, some in enumerate(lists) for _ in some]
    kept = pa.table(
        {
            "DATAID": _first(table, "DATAID"),
            "element": table.column("element"),
            "record": table.column("record"),
            "line": table.column("line"),
        }
    ).take(pa.array(at, pa.int64()))
    flat = [made for some in lists for made in some]
    return c.with_columns(kept, {n: c.present(pa.array([m.get(n, "") for m in flat], pa.string())) for n in names})


def _addresses(table: pa.Table) -> pa.Table:
    found = [
        [
            {
                "street": _text(o.get("STREET")),
                "city": _text(o.get("CITY")),
                "state": _text(o.get("STATE_PROVINCE")),
                "zip": _text(o.get("ZIP_CODE")),
                "country": _text(o.get("COUNTRY")),
                "full": _joined(o, ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")),
                "note": _text(o.get("NOTE")),
            }
            for o in row
            if _joined(o, ("STREET", *_PLACE))
        ]
        for row in _objects(table, "INDIVIDUAL_ADDRESS", "ENTITY_ADDRESS")
    ]
    made = _rows(table, found, ("street", "city", "state", "zip", "country", "full", "note"))
    streets = c.joined([c.texts(made, n) for n in ("street", "city", "state", "zip")])
    key = c.address_keys(c.if_any(c.texts(made, "street"), streets), c.texts(made, "country"))
    return c.with_columns(made, {"full key": key})


def _documents(table: pa.Table) -> pa.Table:
    found = []
    for row in _objects(table, "INDIVIDUAL_DOCUMENT"):
        some = []
        for o in row:
            said = _text(o.get("TYPE_OF_DOCUMENT")) or _text(o.get("TYPE_OF_DOCUMENT2"))
            number = _text(o.get("NUMBER"))
            if number and any(ch.isdigit() for ch in number):
                type_, property_ = _DOCUMENTS.get(said, ("DOCUMENT", "idNumber"))
                country = _text(o.get("ISSUING_COUNTRY")) or _text(o.get("COUNTRY_OF_ISSUE"))
                some.append({"type": type_, property_: number, "number": number, "country": country})
        found.append(some)
    made = _rows(table, found, ("type", "number", "country", "passportNumber", "idNumber", "imoNumber"))
    compared = pc.utf8_upper(pc.replace_substring_regex(c.texts(made, "number"), r"[^\pL\pN]+", ""))
    return c.with_columns(
        made, {"compared": c.present(compared), "country code": c.country_codes(c.texts(made, "country"))}
    )


_BY_ELEMENT = {"INDIVIDUAL": "Person", "ENTITY": "Organization"}


def _party(properties: dict[str, Value]) -> EntityRule:
    return EntityRule("party", "LegalEntity", _PARTY, properties, kind_column="element", kind_values=_BY_ELEMENT)


def _main() -> Mapping:
    party = _party(
        {
            "name": Value(columns=("name", "original"), clean="name"),
            "firstName": r.column("first", "text"),
            "lastName": r.column("last", "text"),
            "alias": r.column("alias", "name"),
            "weakAlias": r.column("weak", "name"),
            "previousName": r.column("former", "name"),
            "birthDate": r.column("born", "date"),
            "birthPlace": r.column("birth place", "text"),
            "birthCountry": r.column("birth country", "country"),
            "nationality": r.column("nationality", "country"),
            "position": r.column("designation", "text"),
            "title": r.column("title", "text"),
            "gender": r.column("gender", "gender"),
            "notes": r.column("comments", "text"),
            "modifiedAt": r.column("updated", "date"),
        }
    )
    sanction = EntityRule(
        "sanction",
        "Sanction",
        Key(columns=("DATAID",), literal="Sanction"),
        {
            "authority": r.constant("United Nations Security Council"),
            "program": r.column("list"),
            "unscId": r.column("reference"),
            "authorityId": r.column("DATAID"),
            "listingDate": r.column("listed"),
        },
    )
    listed = r.link("LISTED", "party", "sanction", {"date": r.column("listed", "date")})
    return Mapping((party, sanction), (listed,))


def _address_mapping() -> Mapping:
    parts = {
        "street": r.column("street"),
        "city": r.column("city"),
        "state": r.column("state"),
        "postalCode": r.column("zip"),
    }
    address = r.address_rule("address", "full", "full key", "country", parts)
    party = _party({"address": r.column("full"), "country": r.column("country")})
    return Mapping((party, address), (r.link("HAS_ADDRESS", "party", "address", {"summary": r.column("note")}),))


def _document_mapping() -> Mapping:
    party = _party({n: r.column(n, "identifier") for n in ("passportNumber", "idNumber", "imoNumber")})
    key = Key(columns=("type", "compared", "country code"), prefix="", literal="Identifier", needs=("compared",))
    properties = {"type": r.column("type"), "number": r.column("compared"), "country": r.column("country code")}
    number = EntityRule("number", "Identifier", key, properties)
    return Mapping((party, number), (r.link("HAS_IDENTIFIER", "party", "number"),))


DATASET = Dataset(
    name="un_consolidated",
    title=Text("UN Security Council consolidated list", "Lista consolidada del Consejo de Seguridad de la ONU"),
    description=Text(
        "People and entities under UN sanctions, with other names, births, documents and addresses.",
        "Personas y entidades sancionadas por la ONU, con otros nombres, nacimientos, documentos y domicilios.",
    ),
    publisher="United Nations Security Council",
    licence="UN terms of use",
    url="https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list",
    format="xml",
    columns=("CONSOLIDATED_LIST",),
    elements=_KINDS,
    mappings={"": _main(), "addresses": _address_mapping(), "documents": _document_mapping()},
    prepare=prepare,
    # 1,003 are published
    minimum_records=600,
    fill_rates={": name": 0.95, ": list": 0.9, ": listed": 0.8},
)
