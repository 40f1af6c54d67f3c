"""The US Consolidated Screening List: the lists of Treasury, Commerce and State in one table."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import ofac_remarks as remarks
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.party_columns import party_kinds
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

_COLUMNS = ("source", "entity_number", "type", "programs", "name", "addresses", "start_date", "end_date", "ids")
_OPTIONAL = (
    "title", "federal_register_notice", "standard_order", "license_requirement", "license_policy", "call_sign",
    "vessel_type", "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner", "remarks",
    "source_list_url", "alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth",
    "source_information_url",
)  # fmt: skip
_KINDS = {"individual": "Person", "vessel": "Vessel", "aircraft": "Airplane"}
_ALL = ("Person", "Company", "Organization", "Vessel", "Airplane")
_BETWEEN = r"\s*;\s*"
_DATES = ("%d %b %Y", "%d %B %Y", "%b %Y", "%B %Y", "%Y")
_THOUSANDS = ("1,234.56",)
_PARTY = Key(columns=("source", "who"), literal="party")


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Parties and listings; one table each of addresses and of official numbers."""
    name = c.texts(table, "name")
    kind = c.through(c.texts(table, "type"), lambda text: _KINDS.get(text.lower()))
    firm = party_kinds(name, pa.nulls(table.num_rows, pa.string()))
    told = pc.if_else(
        pc.is_valid(c.texts(table, "type")), pc.if_else(pc.equal(firm, "Company"), firm, "Organization"), firm
    )
    parts = pc.extract_regex(c.texts(table, "source"), r"^(?P<list>.*?)\s+-\s+(?P<office>.*)$")
    described = c.joined([c.alike(name), c.alike(c.texts(table, "addresses"))], "|")
    made = {
        "who": pc.coalesce(c.texts(table, "entity_number"), described),
        "row": c.whole_row(table, (*_COLUMNS, *_OPTIONAL)),
        "kind": pc.coalesce(kind, told),
        "list": pc.coalesce(c.present(pc.struct_field(parts, "list")), c.texts(table, "source")),
        "office": c.present(pc.struct_field(parts, "office")),
    }
    for several in ("alt_names", "citizenships", "dates_of_birth", "nationalities", "places_of_birth", "programs"):
        made[f"{several} each"] = c.split(c.texts(table, several), _BETWEEN)
    licence = [c.texts(table, "license_requirement"), c.texts(table, "license_policy")]
    made["provisions"] = c.joined(licence, " ")
    made["owner told"] = c.marked("Vessel owner: ", c.texts(table, "vessel_owner"))
    table = c.with_columns(table, made)
    return {"": table, "addresses": _addresses(table), "numbers": _numbers(table)}


def _each(table: pa.Table, name: str) -> pa.Table:
    """One row for each of the texts in a cell."""
    cells = c.split(c.texts(table, name), _BETWEEN)
    at = pc.list_parent_indices(cells)
    kept = table.select(["source", "who", "kind", "record", "line"]).take(at)
    return c.with_columns(kept, {"said": c.present(pc.utf8_trim_whitespace(pc.list_flatten(cells)))})


def _addresses(table: pa.Table) -> pa.Table:
    """Addresses end in a country's code; one without a house number is no address that two parties could share."""
    made = _each(table, "addresses")
    said = made.column("said").combine_chunks() if isinstance(made.column("said"), pa.ChunkedArray) else made["said"]
    parts = pc.extract_regex(said, r"^(?P<street>.*?)(?:,\s*(?P<country>[A-Z]{2}))?$")
    street, country = (c.present(pc.struct_field(parts, n)) for n in ("street", "country"))
    numbered = pc.fill_null(pc.match_substring_regex(street, r"\d"), False)
    return c.with_columns(made, {"country": country, "full key": c.address_keys(c.where(street, numbered), country)})


def _numbers(table: pa.Table) -> pa.Table:
    """``MX, AAA010101AAA, R.F.C.`` as the remarks of OFAC have it: ``R.F.C. AAA010101AAA (MX)``."""
    made = _each(table, "ids")
    found = [remarks.numbers(_turned(text or "")) for text in made.column("said").to_pylist()]
    at = [row for row, some in enumerate(found) for _ in some]
    flat = list(zip(*[n for some in found for n in some], strict=True)) or [()] * 5
    columns = {
        n: pa.array(v, pa.string()) for n, v in zip(("property", "type", "number", "compared", "of"), flat, strict=True)
    }
    made = c.with_columns(made.take(pa.array(at, pa.int64())), columns | {"of": c.present(columns["of"])})
    own = {n: c.where(columns["number"], pc.equal(columns["property"], n)) for n in remarks.NUMBER_PROPERTIES}
    return c.with_columns(made, own)


def _turned(said: str) -> str:
    """A number as the remarks write it.

    Examples
    --------
    >>> _turned("US, 80-0890696, Tax ID No."), _turned("CKLBCNBJ, SWIFT/BIC")
    ('Tax ID No. 80-0890696 (US)', 'SWIFT/BIC CKLBCNBJ')
    """
    parts = [p.strip() for p in said.split(",")]
    if len(parts) == 3 and len(parts[0]) == 2:
        return f"{parts[2]} {parts[1]} ({parts[0]})"
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 else ""


def _party(properties: dict[str, Value]) -> EntityRule:
    return EntityRule("party", "LegalEntity", _PARTY, properties, kind_column="kind", kind_values={k: k for k in _ALL})


def _main() -> Mapping:
    party = _party(
        {
            "name": r.column("name"),
            "alias": r.column("alt_names each", "name"),
            "position": r.column("title", "text"),
            "birthDate": r.column("dates_of_birth each", "date", formats=_DATES),
            "birthPlace": r.column("places_of_birth each", "text"),
            "nationality": r.column("nationalities each", "country"),
            "citizenship": r.column("citizenships each", "country"),
            "callSign": r.column("call_sign", "identifier"),
            "type": r.column("vessel_type", "text"),
            "tonnage": r.column("gross_tonnage", "number", formats=_THOUSANDS),
            "grossRegisteredTonnage": r.column("gross_registered_tonnage", "number", formats=_THOUSANDS),
            "flag": r.column("vessel_flag", "country"),
            "description": r.column("owner told", "text"),
            "notes": r.column("remarks", "text"),
        }
    )
    starts, ends = r.column("start_date", "date"), r.column("end_date", "date")
    sanction = EntityRule(
        "sanction",
        "Sanction",
        Key(columns=("row",), literal="Sanction"),
        {
            "authority": r.column("office"),
            "country": r.constant("us"),
            "program": r.column("list"),
            "programId": r.column("programs each"),
            "authorityId": r.column("entity_number"),
            "startDate": starts,
            "endDate": ends,
            "listingDate": starts,
            "provisions": r.column("provisions"),
            "recordId": r.column("federal_register_notice"),
            "sourceUrl": Value(columns=("source_list_url", "source_information_url"), clean="url"),
        },
    )
    listed = r.link("LISTED", "party", "sanction", {"date": starts, "startDate": starts, "endDate": ends})
    return Mapping((party, sanction), (listed,))


def _address_mapping() -> Mapping:
    party = _party({"address": r.column("said"), "country": r.column("country")})
    address = r.address_rule("address", "said", "full key", "country")
    return Mapping((party, address), (r.link("HAS_ADDRESS", "party", "address"),))


def _number_mapping() -> Mapping:
    party = _party({n: r.column(n, "identifier") for n in remarks.NUMBER_PROPERTIES})
    key = Key(columns=("type", "compared", "of"), prefix="", literal="Identifier", needs=("compared",))
    said = {"type": r.column("type"), "number": r.column("compared"), "country": r.column("of")}
    return Mapping(
        (party, EntityRule("number", "Identifier", key, said)), (r.link("HAS_IDENTIFIER", "party", "number"),)
    )


DATASET = Dataset(
    name="us_csl",
    title=Text("US Consolidated Screening List", "Lista consolidada de verificación de EE. UU."),
    description=Text(
        "Export-screening lists of the US departments of Commerce, State and the Treasury in one table.",
        "Listas de control de exportaciones de los departamentos de Comercio, de Estado y del Tesoro de EE. UU. en una tabla.",
    ),
    publisher="US Department of Commerce, International Trade Administration",
    licence="Public domain (US federal government work)",
    url="https://www.trade.gov/consolidated-screening-list",
    format="table",
    columns=_COLUMNS,
    optional=_OPTIONAL,
    mappings={"": _main(), "addresses": _address_mapping(), "numbers": _number_mapping()},
    prepare=prepare,
    minimum_records=100,
    fill_rates={": source": 0.95, ": name": 0.95},
)
