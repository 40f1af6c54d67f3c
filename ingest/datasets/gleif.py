"""GLEIF's golden copy of legal entities by LEI (level 1), as CSV and as JSON; level 2 is in :mod:`.gleif_relations`.

The JSON is XML written as JSON: a text is ``{"$": ...}``, an attribute ``@type``, what repeats is a list inside an object.
Its paths and the headers of the CSV (``Entity.LegalName``) come to the same columns.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.party_columns import number_key, party_kinds
from vinculo.ingest.mapping import EntityRule, Key, Mapping
from vinculo.ingest.trees import Branch, branched

_ADDRESS = ("FirstAddressLine", "City", "Region", "Country", "PostalCode")
_ADDRESSES = ("LegalAddress", "HeadquartersAddress")
_PLAIN = (
    "LEI", "Entity.LegalName", "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "Entity.LegalJurisdiction", "Entity.EntityCategory",
    "Entity.LegalForm.EntityLegalFormCode", "Entity.LegalForm.OtherLegalForm", "Entity.EntityStatus",
    "Entity.EntityCreationDate", "Entity.EntityExpirationDate", "Entity.EntityExpirationReason",
    "Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus",
    "Registration.NextRenewalDate", "Registration.ManagingLOU",
    *(f"Entity.{kind}.{part}" for kind in _ADDRESSES for part in _ADDRESS),
)  # fmt: skip
_LINES = tuple(f"Entity.{kind}.AdditionalAddressLine" for kind in _ADDRESSES)
_DAYS = (
    "entity.entitycreationdate", "entity.entityexpirationdate", "registration.initialregistrationdate",
)  # fmt: skip
_NAMES = "Entity.OtherEntityNames.OtherEntityName"
_ASCII = "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName"
_SEVERAL = (_NAMES, _ASCII)
#: As many of each as the CSV has columns for.
_MOST = 5
_PUBLIC = ("RESIDENT_GOVERNMENT_ENTITY", "INTERNATIONAL_ORGANIZATION")


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n.lower() for n in names)


def _path(name: str) -> str:
    return f"{name.replace('.', '/')}/$|{name.replace('.', '/')}"


def _csv_names() -> tuple[str, ...]:
    lines = [f"{name}.{n}" for name in _LINES for n in (1, 2, 3)]
    names = [f"{name}.{n}{more}" for name in _SEVERAL for n in range(1, _MOST + 1) for more in ("", ".type")]
    return _lower((*_PLAIN, *lines, *names))


def _shared(table: pa.Table) -> dict[str, pa.Table]:
    """Columns that both forms come to, from names in lower case: kinds, numbers, addresses."""
    name, category = c.texts(table, "entity.legalname"), c.texts(table, "entity.entitycategory")
    firm = party_kinds(name, pa.nulls(table.num_rows, pa.string()))
    firm = c.through(firm, lambda text: text if text == "Company" else "Organization")
    kind = pc.if_else(pc.is_in(category, value_set=pa.array(_PUBLIC)), "PublicBody", firm)
    number = c.through(c.texts(table, "entity.registrationauthority.registrationauthorityentityid"), number_key)
    country = c.country_codes(c.texts(table, "entity.legaladdress.country"))
    status = c.texts(table, "registration.registrationstatus")
    jurisdiction = c.texts(table, "entity.legaljurisdiction")
    part = pc.fill_null(pc.match_substring(jurisdiction, "-"), False)
    told = [c.marked("Ended: ", c.texts(table, "entity.entityexpirationreason"))]
    told += [c.marked("Jurisdiction: ", c.where(jurisdiction, part))]
    made = {
        "lei": pc.utf8_upper(c.texts(table, "lei")),
        # one who trades alone is a person, and GLEIF does not say which part of the name is whose
        "kind": pc.if_else(pc.fill_null(pc.equal(category, "SOLE_PROPRIETOR"), False), "LegalEntity", kind),
        "lei type": pa.repeat("LEI", table.num_rows),
        "registered number": number,
        "registered type": c.constant("REGISTRATION", number),
        "registered country": c.if_any(number, country),
        "registration told": c.marked("LEI registration: ", status),
        "jurisdiction": pc.replace_substring_regex(jurisdiction, "-.*", ""),
        "told": c.listed(told),
        **{name: days(table, name) for name in _DAYS},
    }
    table = c.with_columns(table, made)
    return {"": table, "addresses": pa.concat_tables([_address(table, kind.lower()) for kind in _ADDRESSES])}


def days(table: pa.Table, name: str) -> pa.Array:
    """Days as written: a midnight in one zone (``2017-09-20T00:00:00+02:00``) would be the day before in another."""
    return pc.utf8_slice_codeunits(c.texts(table, name), 0, 10)


def _address(table: pa.Table, kind: str) -> pa.Table:
    part = {n: c.texts(table, f"entity.{kind}.{n.lower()}") for n in _ADDRESS}
    lines = [c.texts(table, f"entity.{kind}.additionaladdressline.{n}") for n in (1, 2, 3)]
    street = c.joined([part["FirstAddressLine"], *lines])
    inside = c.joined([street, part["City"], part["PostalCode"]])
    made = {
        "full": c.joined([inside, part["Country"]]),
        "full key": c.address_keys(c.if_any(street, inside), part["Country"]),
        "street": street,
        "city": part["City"],
        "region": part["Region"],
        "postal code": part["PostalCode"],
        "address country": part["Country"],
        "address kind": pa.repeat("legal" if kind == "legaladdress" else "headquarters", table.num_rows),
    }
    return c.with_columns(table.select(["lei", "kind", "record", "line"]), made)


def prepare_csv(table: pa.Table) -> dict[str, pa.Table]:
    """Other names gathered from their numbered columns."""
    some = {"previous": [], "other": []}  # type: dict[str, list[pa.Array]]
    for name in _lower(_SEVERAL):
        for n in range(1, _MOST + 1):
            said, type_ = c.texts(table, f"{name}.{n}"), c.texts(table, f"{name}.{n}.type")
            before = pc.fill_null(pc.starts_with(type_, "PREVIOUS"), False)
            some["previous"].append(c.where(said, before))
            some["other"].append(c.where(said, pc.invert(before)))
    return _shared(c.with_columns(table, {f"{which} names": c.listed(cells) for which, cells in some.items()}))


def _json_branches() -> dict[str, Branch]:
    main = {n.lower(): _path(n) for n in _PLAIN}
    main |= {f"{n}.1".lower(): f"{n.replace('.', '/')}/$[]" for n in _LINES}
    names = {"lei": "../../../LEI/$", "said": "$", "type": "@type"}
    there = "|".join(n.replace(".", "/") for n in _SEVERAL)
    return {"": Branch("", main), "names": Branch(there, names)}


_BRANCHES = branched(_json_branches())


def prepare_json(table: pa.Table) -> dict[str, pa.Table]:
    """The columns of the CSV, and the other names as a table of their own."""
    tables = _BRANCHES(table)
    main = tables[""]
    for name in _lower(_LINES):
        main = c.with_columns(main, {f"{name}.1": pc.binary_join(main[f"{name}.1"].combine_chunks(), ", ")})
    names = tables["names"]
    before = pc.fill_null(pc.starts_with(c.texts(names, "type"), "PREVIOUS"), False)
    said = c.texts(names, "said")
    kinds = dict(zip(main["record"].to_pylist(), (shared := _shared(main))[""]["kind"].to_pylist(), strict=True))
    made = {
        "lei": pc.utf8_upper(c.texts(names, "lei")),
        "previous names": c.where(said, before),
        "other names": c.where(said, pc.invert(before)),
        "kind": pa.array([kinds[n] for n in names["record"].to_pylist()], pa.string()),
    }
    return {**shared, "names": c.with_columns(names, made)}


def _entity(properties: dict[str, Any]) -> EntityRule:
    kinds = {k: k for k in ("Company", "Organization", "PublicBody", "LegalEntity")}
    key = Key(columns=("lei",), prefix="gleif", literal="entity")
    return EntityRule("entity", "Organization", key, properties, kind_column="kind", kind_values=kinds)


_OTHER_NAMES = {"alias": r.column("other names", "name"), "previousName": r.column("previous names", "name")}


def _main(*, names: bool) -> Mapping:
    entity = _entity(
        {
            "name": r.column("entity.legalname"),
            "leiCode": r.column("lei", "identifier"),
            "jurisdiction": r.column("jurisdiction", "country"),
            "country": r.column("entity.legaladdress.country"),
            "legalForm": r.column("entity.legalform.otherlegalform", "text"),
            "classification": r.column("entity.entitycategory", "text"),
            "status": r.column("entity.entitystatus", "text"),
            "incorporationDate": r.column("entity.entitycreationdate", "date"),
            "dissolutionDate": r.column("entity.entityexpirationdate", "date"),
            "registrationNumber": r.column("entity.registrationauthority.registrationauthorityentityid", "identifier"),
            "modifiedAt": r.column("registration.lastupdatedate", "date"),
            "notes": r.column("told", "text"),
            **(_OTHER_NAMES if names else {}),
        }
    )
    lei = r.identifier_rule("lei number", "lei type", "lei")
    key = Key(columns=("registered type", "registered number", "registered country"), prefix="", literal="Identifier")
    said = {n: r.column(f"registered {n}") for n in ("type", "number", "country")}
    registered = EntityRule("registered", "Identifier", key, said)
    dated = {
        "startDate": r.column("registration.initialregistrationdate", "date"),
        "summary": r.column("registration told"),
    }
    authority = {"summary": r.column("entity.registrationauthority.registrationauthorityid", "text")}
    links = (
        r.link("HAS_IDENTIFIER", "entity", "lei number", dated),
        r.link("HAS_IDENTIFIER", "entity", "registered", authority),
    )
    return Mapping((entity, lei, registered), links)


def _address_mapping() -> Mapping:
    parts = {n: r.column(n) for n in ("street", "city", "region")} | {"postalCode": r.column("postal code")}
    address = r.address_rule("address", "full", "full key", "address country", parts)
    entity = _entity({"address": r.column("full")})
    kind = {"summary": r.column("address kind")}
    return Mapping((entity, address), (r.link("HAS_ADDRESS", "entity", "address", kind),))


ABOUT: dict[str, Any] = {
    "publisher": "Global Legal Entity Identifier Foundation (GLEIF)",
    "licence": "CC0 1.0",
    "url": "https://www.gleif.org/en/lei-data/gleif-golden-copy",
}
_TITLE = Text("GLEIF: legal entities", "GLEIF: personas morales")
_DESCRIPTION = Text(
    "Legal entities with an LEI: names, addresses, registration, whether they still exist.",
    "Entidades jurídicas con LEI: nombres, domicilios, registro y si siguen existiendo.",
)
_MUST = ("lei", "entity.legalname", "entity.entitystatus", "registration.registrationstatus")
LEI_CSV = Dataset(
    name="gleif_lei_csv",
    title=_TITLE,
    description=_DESCRIPTION,
    format="table",
    columns=_MUST,
    optional=tuple(n for n in _csv_names() if n not in _MUST),
    mappings={"": _main(names=True), "addresses": _address_mapping()},
    prepare=prepare_csv,
    fill_rates={": lei": 0.95, ": entity.legalname": 0.95},
    **ABOUT,
)
LEI_JSON = Dataset(
    name="gleif_lei_json",
    title=_TITLE,
    description=_DESCRIPTION,
    format="json",
    columns=("LEI", "Entity", "Registration"),
    elements=("records",),
    tree=True,
    mappings={"": _main(names=False), "addresses": _address_mapping(), "names": Mapping((_entity(_OTHER_NAMES),))},
    prepare=prepare_json,
    fill_rates={": lei": 0.95, ": entity.legalname": 0.95},
    **ABOUT,
)
DATASET = (LEI_CSV, LEI_JSON)
