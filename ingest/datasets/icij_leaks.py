"""ICIJ's Offshore Leaks database: companies, officers, intermediaries and others, and their addresses. Whom they join is
in :mod:`vinculo.ingest.datasets.icij_relationships`.

To be in it says nothing of anybody: there are lawful uses of offshore companies.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.party_columns import party_kinds
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

#: Nodes are numbered across all files of the database.
NODE = Key(columns=("node_id",), prefix="icij", literal="node")
ABOUT: dict[str, Any] = {
    "publisher": "International Consortium of Investigative Journalists (ICIJ)",
    "licence": "ODbL 1.0, contents CC BY-SA; cite ICIJ",
    "url": "https://offshoreleaks.icij.org/pages/database",
    "format": "table",
}
_ABOUT_ALL = ("node_id", "name", "countries", "country_codes")
_SOURCE = ("sourceid", "valid_until", "note")
_DATES = ("%d-%b-%Y", "%d/%m/%Y", "%b %d, %Y")
_COMPANY = (
    "jurisdiction", "jurisdiction_description", "incorporation_date", "struck_off_date", "company_type", "status",
    "internal_id", "service_provider",
)  # fmt: skip
_COMPANY_MAY = (
    "original_name",
    "former_name",
    "address",
    "inactivation_date",
    "dorm_date",
    "ibcruc",
    "ruc",
    "closed_date",
)


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """What every kind of node has: its kind by its name, its countries, where it was found."""
    name = c.texts(table, "name")
    ended = [_ended(table, column, word) for column, word in _ENDS]
    made = {
        "kind": party_kinds(name, pa.nulls(table.num_rows, pa.string())),
        "codes": c.split(pc.coalesce(c.texts(table, "country_codes"), c.texts(table, "countries")), r"\s*;\s*"),
        "found": c.joined([c.texts(table, "sourceid"), c.texts(table, "valid_until")], ": "),
        "jurisdiction told": pc.coalesce(c.texts(table, "jurisdiction_description"), c.texts(table, "jurisdiction")),
        # one that is dormant or inactive can come back
        "ended": pc.coalesce(*(c.texts(table, column) for column in ("struck_off_date", "closed_date"))),
        "told": c.listed([*ended, c.texts(table, "note")]),
        "other name": c.absent(
            c.texts(table, "original_name"), c.where(name, pc.equal(name, c.texts(table, "original_name")))
        ),
    }
    streets = pc.replace_substring(c.texts(table, "address"), ";", ",")
    numbered = pc.fill_null(pc.match_substring_regex(streets, r"\d"), False)
    one = pc.equal(pc.list_value_length(made["codes"]), 1)
    land = c.where(pc.binary_join(made["codes"], ""), one)
    made |= {"land": land, "address key": c.address_keys(c.where(streets, numbered), land)}
    return {"": c.with_columns(table, made)}


_ENDS = (
    ("struck_off_date", "Struck off"),
    ("closed_date", "Closed"),
    ("inactivation_date", "Inactive"),
    ("dorm_date", "Dormant"),
)


def _ended(table: pa.Table, column: str, word: str) -> pa.Array:
    return c.marked(f"{word}: ", c.texts(table, column))


def prepare_addresses(table: pa.Table) -> dict[str, pa.Table]:
    """The text is in ``address`` or, in later additions, in ``name``; some begin with a dash and a tab."""
    said = [pc.replace_substring_regex(c.texts(table, n), r"^[-\s]+", "") for n in ("address", "name")]
    table = c.with_columns(table, {"full": pc.coalesce(*(c.present(s) for s in said))})
    return prepare(table)


_DESCRIBED: dict[str, Value] = {
    "name": r.column("name"),
    "country": r.column("codes", "country"),
    "icijId": r.column("node_id", "text"),
    "summary": r.column("found", "text"),
    "notes": r.column("told", "text"),
    "status": r.column("status", "text"),
    "address": r.column("address"),
}
_FIRM: dict[str, Value] = {
    "jurisdiction": r.column("jurisdiction told", "country"),
    "incorporationDate": r.column("incorporation_date", "date", formats=_DATES),
    "dissolutionDate": r.column("ended", "date", formats=_DATES),
    "legalForm": Value(columns=("company_type", "type"), clean="text"),
    "previousName": r.column("former_name", "name"),
    "alias": r.column("other name", "name"),
    "registrationNumber": Value(columns=("ibcruc", "ruc"), clean="identifier"),
    "idNumber": r.column("internal_id", "identifier"),
}


def _mapping(kind: str, properties: dict[str, Value], kinds: tuple[str, ...] = ()) -> Mapping:
    party = EntityRule(
        "party", kind, NODE, properties, kind_column="kind" if kinds else "", kind_values={k: k for k in kinds}
    )
    address = r.address_rule("place", "address", "address key", "land")
    return Mapping((party, address), (r.link("HAS_ADDRESS", "party", "place"),))


def _dataset(name: str, en: str, es: str, columns: tuple[str, ...], mapping: Mapping, **more: Any) -> Dataset:
    return Dataset(
        name=f"icij_{name}",
        title=Text(f"ICIJ Offshore Leaks: {en}", f"ICIJ Offshore Leaks: {es}"),
        description=Text(
            f"ICIJ's database of offshore companies and who is behind them: {en}.",
            f"La base de ICIJ sobre empresas offshore y quién está detrás: {es}.",
        ),
        columns=columns,
        mappings={"": mapping},
        **{"prepare": prepare, "fill_rates": {": node_id": 0.95}, **ABOUT, **more},
    )


_EITHER = ("Person", "Company")
DATASET = (
    _dataset(
        "entities",
        "companies, trusts and foundations",
        "sociedades, fideicomisos y fundaciones",
        ("node_id", "name", *_COMPANY),
        _mapping("LegalEntity", _DESCRIBED | _FIRM, ("Company",)),
        optional=("countries", "country_codes", *_SOURCE, *_COMPANY_MAY),
    ),
    _dataset(
        "officers",
        "officers",
        "directivos y accionistas",
        (*_ABOUT_ALL, "sourceid"),
        _mapping("LegalEntity", {n: v for n, v in _DESCRIBED.items() if n not in ("status", "address")}, _EITHER),
        optional=("valid_until", "note"),
    ),
    _dataset(
        "intermediaries",
        "intermediaries",
        "intermediarios",
        (*_ABOUT_ALL, "status", "internal_id", "address"),
        _mapping("LegalEntity", _DESCRIBED | {"idNumber": r.column("internal_id", "identifier")}, _EITHER),
        optional=_SOURCE,
    ),
    _dataset(
        "others",
        "others",
        "otros",
        (*_ABOUT_ALL, "type", "incorporation_date", "jurisdiction"),
        _mapping(
            "LegalEntity",
            {n: v for n, v in (_DESCRIBED | _FIRM).items() if n not in ("idNumber", "registrationNumber", "address")},
            _EITHER,
        ),
        optional=("struck_off_date", "closed_date", "jurisdiction_description", *_SOURCE),
    ),
    _dataset(
        "addresses",
        "addresses",
        "domicilios",
        ("node_id", "address", "countries", "country_codes", "sourceid"),
        Mapping(
            (
                EntityRule(
                    "place",
                    "Address",
                    NODE,
                    {
                        "full": r.column("full"),
                        "country": r.column("codes", "country"),
                        "summary": r.column("found", "text"),
                        "remarks": r.column("note", "text"),
                    },
                ),
            )
        ),
        optional=("name", "icij_id", "valid_until", "note"),
        prepare=prepare_addresses,
    ),
)
