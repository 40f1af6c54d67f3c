"""The Beneficial Ownership Data Standard (Open Ownership), versions 0.2 to 0.4: parties, and who holds what in whom.

A party that a register keeps back or does not know (*anonymous*, *unspecified*) is no party here: the company says so in its
notes. What a later statement replaces stays, and says that it was replaced.
"""

from __future__ import annotations

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.bods_rows import KINDS, SAME, prepare
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_ID = Key(columns=("record id",), literal="party")


def _described(properties: dict[str, Value]) -> EntityRule:
    kinds = {k: k for k in ("Person", *KINDS.values(), "LegalEntity")}
    return EntityRule("party", "LegalEntity", _ID, properties, kind_column="kind", kind_values=kinds)


def _main() -> Mapping:
    party = _described(
        {
            "name": r.column("name"),
            "previousName": r.column("previous", "name"),
            "alias": r.column("alias", "name"),
            "firstName": r.column("first", "text"),
            "lastName": r.column("last", "text"),
            "birthDate": r.column("born", "date"),
            "deathDate": r.column("died", "date"),
            "birthPlace": r.column("birth place", "text"),
            "nationality": r.column("nationality", "country"),
            "jurisdiction": r.column("jurisdiction", "country"),
            "incorporationDate": r.column("founded", "date"),
            "dissolutionDate": r.column("dissolved", "date"),
            "classification": r.column("type", "text"),
            "notes": r.column("closed", "text"),
            "modifiedAt": r.column("modified", "date"),
        }
    )
    return Mapping((party,))


def _number_mapping() -> Mapping:
    party = _described({"registrationNumber": r.column("number", "identifier")})
    number = r.identifier_rule("number", "compared type", "compared")
    link = r.link("HAS_IDENTIFIER", "party", "number", {"summary": r.column("scheme", "text")})
    return Mapping((party, number), (link,))


def _place_mapping() -> Mapping:
    address = r.address_rule("place", "address", "address key", "country", {"postalCode": r.column("postal code")})
    link = r.link("HAS_ADDRESS", "party", "place", {"summary": r.column("address type", "text")})
    return Mapping((_described({"address": r.column("address")}), address), (link,))


def _interest_mapping() -> Mapping:
    ends = tuple(
        EntityRule(n, "Thing", Key(columns=(n,), literal="party"), reference=True) for n in ("holder", "subject")
    )
    said = {
        "role": r.column("role", "text"),
        "status": r.column("status"),
        "startDate": r.column("starts", "date"),
        "endDate": r.column("ends", "date"),
        "summary": r.column("told", "text"),
        "description": r.column("details", "text"),
    }
    links = tuple(
        LinkRule(
            kind,
            "holder",
            "subject",
            Key(columns=SAME, literal=kind),
            said | ({"percentage": r.column("percentage", "text")} if kind == "OWNS" else {}),
            where={"link": (kind,)},
        )
        for kind in ("OWNS", "CONTROLS", "DIRECTS", "LINKED_TO")
    )
    return Mapping(ends, links)


def _dataset(name: str, version: str, columns: tuple[str, ...]) -> Dataset:
    note = EntityRule("party", "Thing", _ID, {"notes": r.column("note", "text")})
    return Dataset(
        name=name,
        title=Text(f"Beneficial ownership data ({version})", f"Datos de beneficiarios controladores ({version})"),
        description=Text(
            "Companies, people, and who owns or controls what, as statements of Open Ownership's standard BODS.",
            "Empresas, personas y quién posee o controla qué, en declaraciones del estándar BODS de Open Ownership.",
        ),
        publisher="Open Ownership and the registers that use its standard",
        licence="Each publisher's own; the file says which",
        url="https://standard.openownership.org",
        format="json",
        columns=columns,
        tree=True,
        whole_file=True,
        prepare=prepare,
        fill_rates={": record id": 0.9, ": kind": 0.9, "interests: subject": 0.5},
        mappings={
            "": _main(),
            "numbers": _number_mapping(),
            "places": _place_mapping(),
            "interests": _interest_mapping(),
            "notes": Mapping((note,)),
        },
    )


DATASET = (
    _dataset("bods", "BODS 0.4", ("statementId", "recordId", "recordType", "recordDetails")),
    _dataset("bods_older", "BODS 0.2, 0.3", ("statementID", "statementType")),
)
