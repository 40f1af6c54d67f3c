"""The UK's register of people with significant control: the snapshot, one JSON object a line.

A line is a person, a firm, a legal person, one whose name is kept secret, a statement that there is nobody, an exemption, or
the totals at the end. Only the first three are parties; the others are told of the company.
"""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.clean.countries import country
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.party_columns import number_key
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value
from vinculo.ingest.trees import Branch, branched

_SHARES = re.compile(r"(ownership-of-shares|right-to-share-surplus-assets)-(\d+)-(?:to-(\d+)-percent|percent-or-more)?")
_KINDS = {"individual": "Person", "corporate": "Company", "legal": "LegalEntity"}
#: The register says of what nation one is (*British*), not of what country.
_NATIONS = {
    row["said"]: row["country"]
    for row in csv.DictReader(files(__package__).joinpath("uk_psc_nationalities.csv").read_text("utf-8").splitlines())
}
_STREET = ("premises", "address_line_1", "address_line_2", "locality", "region", "postal_code")
_ROW = {
    "company_number": "company_number",
    "self": "data/links/self",
    "etag": "data/etag",
    "said kind": "data/kind",
    "notified": "data/notified_on",
    "ceased": "data/ceased_on",
    "ceased flag": "data/ceased",
}
_PARTY = {
    "said name": "data/name",
    "title": "data/name_elements/title",
    "first": "data/name_elements/forename",
    "middle": "data/name_elements/middle_name",
    "last": "data/name_elements/surname",
    "nationality": "data/nationality",
    "residence": "data/country_of_residence",
    "year": "data/date_of_birth/year",
    "month": "data/date_of_birth/month",
    "day": "data/date_of_birth/day",
    "legal form": "data/identification/legal_form",
    "registered number": "data/identification/registration_number",
    "registered country": "data/identification/country_registered",
    "registered place": "data/identification/place_registered",
    **{part: f"data/address/{part}" for part in _STREET},
    "po box": "data/address/po_box",
    "care of": "data/address/care_of",
    "address country": "data/address/country",
}
_TOLD = {"statement": "data/statement", "description": "data/description"}
_UP = {name: f"../../{path}" for name, path in _ROW.items()}
_EXEMPT = "data/exemptions/*/items"
_BRANCHES = branched(
    {
        "": Branch("", _ROW | _PARTY | _TOLD),
        "natures": Branch("data/natures_of_control", _UP | {"nature": "."}),
        "exempt": Branch(
            _EXEMPT,
            {name: f"../../../../{path}" for name, path in _ROW.items()}
            | {"exemption": "../exemption_type", "from": "exempt_from", "to": "exempt_to"},
        ),
    }
)


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Parties, what they hold, and what is told of companies that name no party."""
    made = {name: _numbered(one) for name, one in _BRANCHES(table).items()}
    rows, natures = made[""], made["natures"]
    people = pc.is_valid(rows["kind"].combine_chunks())
    without = pc.invert(pc.is_in(rows["record"], value_set=natures["record"].combine_chunks()))
    unsaid = rows.filter(pc.and_(people, without))
    return {
        "": _parties(rows.filter(people)),
        "natures": _natures(natures.filter(pc.is_valid(natures["kind"]))),
        "unsaid": c.with_columns(unsaid, {"nature": c.texts(unsaid, "said kind")}),
        "told": pa.concat_tables([_told(rows.filter(pc.invert(people))), _exempt(made["exempt"])]),
    }


def company_number(said: str, path: str | None = None) -> str:
    """A company's number with the zero in front that numbers lose on their way.

    Examples
    --------
    >>> company_number("1234567"), company_number("1234567", "/company/01234567/x"), company_number("SC123456")
    ('01234567', '01234567', 'SC123456')
    """
    found = re.match(r"/company/([A-Z0-9]{8})/", path or "")
    if found and found.group(1).lstrip("0") == said.lstrip("0"):
        return found.group(1)
    return said.zfill(8) if said.isdigit() else said.upper()


def _numbered(table: pa.Table) -> pa.Table:
    numbers = zip(c.texts(table, "company_number").to_pylist(), c.texts(table, "self").to_pylist(), strict=True)
    number = pa.array([company_number(n, path) if n else None for n, path in numbers], pa.string())
    kind = c.through(c.texts(table, "said kind"), lambda text: _KINDS.get(text.split("-")[0]))
    ceased = pc.or_(
        pc.is_valid(c.texts(table, "ceased")), pc.fill_null(pc.equal(c.texts(table, "ceased flag"), "true"), False)
    )
    made = {
        "company": number,
        "company type": c.constant("REGISTRATION", number),
        "company country": c.constant("gb", number),
        "who": pc.coalesce(c.texts(table, "self"), c.texts(table, "etag")),
        "kind": c.if_any(number, kind),
        "status": pc.if_else(ceased, pa.scalar("ceased"), pa.scalar(None, pa.string())),
    }
    return c.with_columns(table, made)


def _parties(table: pa.Table) -> pa.Table:
    two = pc.utf8_lpad(c.texts(table, "month"), 2, "0"), pc.utf8_lpad(c.texts(table, "day"), 2, "0")
    built = c.joined([c.texts(table, n) for n in ("first", "middle", "last")], " ")
    numbers = zip(*(c.texts(table, f"registered {n}").to_pylist() for n in ("number", "country", "place")), strict=True)
    registered = [_registered(*three) for three in numbers]
    compared, where = (pa.array([one[n] for one in registered], pa.string()) for n in (0, 1))
    streets = c.joined([c.texts(table, n) for n in ("care of", "po box", *_STREET)])
    land = c.texts(table, "address country")
    key = c.address_keys(
        c.if_any(pc.coalesce(c.texts(table, "premises"), c.texts(table, "address_line_1")), streets), land
    )
    person = pc.equal(c.texts(table, "kind"), "Person")
    made = {
        "name": pc.coalesce(c.texts(table, "said name"), built),
        "born": c.joined([c.texts(table, "year"), *two], "-"),
        "address": c.joined([streets, land]),
        "address key": key,
        "registered compared": compared,
        "registered type": c.constant("REGISTRATION", compared),
        "registered where": where,
        "nationalities": c.split(c.through(c.texts(table, "nationality"), _countries), ","),
        "lives": c.where(c.texts(table, "residence"), person),
    }
    return c.with_columns(table, made)


def _countries(said: str) -> str:
    """Nationalities as countries' codes where they are known, as said where not.

    Examples
    --------
    >>> _countries("British, Irish/Martian")
    'gb,ie,Martian'
    """
    return ",".join(_NATIONS.get(one.lower(), one) for one in re.split(r"\s*[,/;]\s*|\s+and\s+", said.strip()) if one)


def _registered(number: str | None, land: str | None, place: str | None) -> tuple[str | None, str | None]:
    """A number as it compares, and the country it is of; without a country it is no key to anybody."""
    where = country(land or "") or country(place or "")
    compared = number_key(company_number(number) if where == "gb" else number) if number else None
    return (compared, where) if where and compared else (None, None)


def _natures(table: pa.Table) -> pa.Table:
    """Ownership apart from other control; the share as the register has it, a range."""

    def share(nature: str) -> str | None:
        found = _SHARES.match(nature)
        return f"{found.group(2)}-{found.group(3) or 100}" if found else None

    nature = c.texts(table, "nature")
    owned = c.through(nature, share)
    return c.with_columns(table, {"share": owned, "owns": c.if_any(owned, nature), "controls": c.absent(nature, owned)})


def _told(table: pa.Table) -> pa.Table:
    said = pc.coalesce(*(c.texts(table, n) for n in ("statement", "description")))
    known = pc.fill_null(pc.match_substring_regex(c.texts(table, "said kind"), "super-secure|statement"), False)
    dates = [c.marked("notified ", c.texts(table, "notified")), c.marked("ceased ", c.texts(table, "ceased"))]
    note = c.if_any(said, c.joined([c.where(said, known), *dates], "; "))
    return _noted(table, c.where(note, known))


def _exempt(table: pa.Table) -> pa.Table:
    dates = [c.marked("from ", c.texts(table, "from")), c.marked("to ", c.texts(table, "to"))]
    return _noted(table, c.joined([c.texts(table, "exemption"), *dates], "; "))


def _noted(table: pa.Table, note: pa.Array) -> pa.Table:
    kept = table.select(["company", "company type", "company country", "record", "line"])
    return c.with_columns(kept, {"note": note}).filter(pc.is_valid(note))


def _company(properties: dict[str, Value] | None = None) -> tuple[EntityRule, EntityRule, LinkRule]:
    said = {"registrationNumber": r.column("company"), "jurisdiction": r.constant("gb"), **(properties or {})}
    company = EntityRule("company", "Company", Key(columns=("company",), literal="company"), said)
    return (
        company,
        _number("company number", "company", "company type", "company country"),
        r.link("HAS_IDENTIFIER", "company", "company number"),
    )


def _number(name: str, number: str, type_: str, land: str) -> EntityRule:
    key = Key(columns=(type_, number, land), prefix="", literal="Identifier", needs=(number,))
    said = {"type": r.column(type_), "number": r.column(number), "country": r.column(land)}
    return EntityRule(name, "Identifier", key, said)


_WHO = Key(columns=("company", "who"), literal="party")
_HOLDER = EntityRule("party", "Thing", _WHO, reference=True)
_HELD = EntityRule("company", "Thing", Key(columns=("company",), literal="company"), reference=True)


def _main() -> Mapping:
    party = EntityRule(
        "party",
        "LegalEntity",
        _WHO,
        {
            "name": r.column("name"),
            "title": r.column("title", "text"),
            "firstName": r.column("first", "text"),
            "middleName": r.column("middle", "text"),
            "lastName": r.column("last", "text"),
            "birthDate": r.column("born", "date"),
            "nationality": r.column("nationalities", "country"),
            "country": r.column("lives", "country"),
            "jurisdiction": r.column("registered country", "country"),
            "legalForm": r.column("legal form", "text"),
            "registrationNumber": r.column("registered number", "identifier"),
            "address": r.column("address"),
        },
        kind_column="kind",
        kind_values={k: k for k in _KINDS.values()},
    )
    company, number, has = _company()
    parts = {"city": r.column("locality"), "region": r.column("region"), "postalCode": r.column("postal_code")}
    address = r.address_rule("place", "address", "address key", "address country", parts)
    registered = _number("registered", "registered compared", "registered type", "registered where")
    links = (has, r.link("HAS_ADDRESS", "party", "place"), r.link("HAS_IDENTIFIER", "party", "registered"))
    return Mapping((party, company, number, address, registered), links)


def _held(column: str, kind: str, more: dict[str, Value] | None = None) -> LinkRule:
    said = {
        "role": r.column(column, "text"),
        "status": r.column("status"),
        "startDate": r.column("notified", "date"),
        "endDate": r.column("ceased", "date"),
        **(more or {}),
    }
    return LinkRule(kind, "party", "company", Key(columns=(column,), literal=kind), said, required=("role",))


DATASET = Dataset(
    name="uk_psc",
    title=Text("UK people with significant control", "Personas con control significativo (Reino Unido)"),
    description=Text(
        "Who owns or controls UK companies, as the companies told the register: the snapshot of Companies House.",
        "Quién posee o controla las empresas del Reino Unido, según lo que ellas declararon al registro.",
    ),
    publisher="Companies House",
    licence="Open Government Licence v3.0",
    url="https://download.companieshouse.gov.uk/en_pscdata.html",
    format="jsonl",
    columns=("company_number", "data"),
    tree=True,
    mappings={
        "": _main(),
        "natures": Mapping(
            (_HOLDER, _HELD), (_held("owns", "OWNS", {"percentage": r.column("share")}), _held("controls", "CONTROLS"))
        ),
        "unsaid": Mapping((_HOLDER, _HELD), (_held("nature", "CONTROLS"),)),
        "told": Mapping(_company({"notes": r.column("note", "text")})[:2], _company()[2:]),
    },
    prepare=prepare,
    fill_rates={": company": 0.9, ": who": 0.9, "natures: nature": 0.9},
)  # fmt: skip
