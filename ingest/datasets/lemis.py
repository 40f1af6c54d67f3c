"""Wildlife shipments declared to the US Fish and Wildlife Service (LEMIS) and what became of them.

Released under freedom of information in several layouts: with action and disposition (cleared, abandoned, reexported, seized) or
without, with the parties or with asterisks in their place. A row is one line of a shipment.
"""

from __future__ import annotations

import csv
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.quantities import as_written
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_PREFIX = "lemis"
AGENCY = "US Fish and Wildlife Service"
_NOT_GIVEN = ("NA", "NULL", "non-standard value")
#: Stands in a party's place and names nobody, beside what names nobody anywhere.
_NOBODY = (
    r"^(private( individual| party| person)?|personal( use| effects)?|individual|self|passenger|various|hand ?carr(y|ied)( .*)?|"
    r"redacted|withheld|b \d( [a-z])?( b \d( [a-z])?)*)$"
)
_COUNTRIES = ("country_origin", "country_imp_exp")
_PARTIES = ("us_co", "foreign_co")
#: What tells one line of a shipment from another, in every layout that has it.
_LINE = (
    "species_code", "genus", "species", "subspecies", "specific_name", "generic_name", "description", "quantity", "unit", "value",
    "country_origin", "country_imp_exp", "purpose", "source", "action", "disposition",
)  # fmt: skip
_DATES = ("disposition_date", "shipment_date")


def _codes() -> dict[str, dict[str, str]]:
    made: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(files(__package__).joinpath("lemis_codes.csv").read_text(encoding="utf-8").splitlines()):
        made.setdefault(row["field"], {})[row["code"]] = row["means"]
    return made


CODES = _codes()


def _means(table: pa.Table, field: str) -> pa.Array:
    """What the codes of a column mean; nothing for one that the codebook has not."""
    return c.through(c.texts(table, field), lambda code: CODES[field].get(code.upper()))


def _read(table: pa.Table) -> pa.Table:
    """Take out what means "no value"; a midnight after a day says nothing.

    ``NA`` is Namibia, but software writes it where there is nothing, too: in a row that has it in another column nobody knows
    which is meant, and it stays a note.
    """
    others = [n for n in (*_LINE, *_PARTIES, "control_number", "cleaning_notes") if n not in _COUNTRIES]
    fills = pa.array([False] * table.num_rows)
    for name in others:
        fills = pc.or_(fills, pc.fill_null(pc.equal(c.texts(table, name), "NA"), False))
    made = {n: c.without(c.texts(table, n), _NOT_GIVEN) for n in (*others, "port", "import_export")}
    for name in _COUNTRIES:
        said = c.without(c.texts(table, name), _NOT_GIVEN[1:])
        unclear = pc.and_(fills, pc.fill_null(pc.equal(said, "NA"), False))
        made[name] = c.where(said, pc.invert(unclear))
        made[f"{name} unclear"] = c.where(said, unclear)
    for name in _DATES:
        days = c.without(c.texts(table, name), _NOT_GIVEN)
        made[name] = pc.replace_substring_regex(days, r"T00:00:00(\.0+)?Z?$", "")
    unit = pc.utf8_upper(made["unit"])
    return c.with_columns(table, made | {"unit told": pc.coalesce(c.through(unit, _unit), made["unit"])})


def _unit(code: str) -> str | None:
    """What a unit means; ``N`` and ``N0`` stand where ``NO`` is meant."""
    return CODES["unit"].get("NO" if code in ("N", "N0") else code)


def _told(table: pa.Table) -> pa.Array:
    """A line in words, every code as it stands with its meaning."""

    def coded(name: str) -> pa.Array:
        return c.joined([c.texts(table, name), c.marked("= ", _means(table, name))], " ")

    names = c.joined([c.texts(table, n) for n in ("specific_name", "generic_name")], " ")
    parts = (
        ("", c.joined([c.texts(table, n) for n in ("genus", "species", "subspecies")], " ")), ("", names),
        ("species code ", c.texts(table, "species_code")), ("", coded("description")),
        ("quantity ", c.joined([c.texts(table, "quantity"), c.texts(table, "unit")], " ")),
        ("value USD ", c.texts(table, "value")), ("origin ", c.texts(table, "country_origin")),
        ("origin (Namibia or not given) ", c.texts(table, "country_origin unclear")),
        ("country shipped to or from ", c.texts(table, "country_imp_exp")),
        ("country shipped to or from (Namibia or not given) ", c.texts(table, "country_imp_exp unclear")),
        ("purpose ", coded("purpose")), ("source ", coded("source")), ("action ", coded("action")),
        ("disposition ", coded("disposition")), ("", c.texts(table, "cleaning_notes")),
    )  # fmt: skip
    return c.joined([c.marked(before, values) for before, values in parts], "; ")


def _party(table: pa.Table, role: str, name: str, country: str, place: pa.Array) -> pa.Table:
    """A party by its name and the country it shipped from or to; one that is not named is nobody, and joins nothing."""
    said = c.texts(table, name)
    anonymous = c.distinctly(said, lambda some: pc.match_substring_regex(c.alike(some), _NOBODY))
    given = c.where(said, pc.invert(pc.fill_null(anonymous, False)))
    key = c.joined([c.alike(given), c.country_codes(place)], "|")
    table = c.with_columns(table, {f"{role} said": given, f"{role} key given": key, f"{role} in": place})
    table = r.add_party(table, role, name=f"{role} said", country=country and f"{role} in", key=f"{role} key given")
    unnamed = c.where(said, pc.is_null(c.texts(table, f"{role} name")))
    return c.with_columns(table, {f"{role} nobody": c.marked(f"{role}: ", unnamed)})


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Add what shipment and line are known by, the codes' meanings, parties and port."""
    table = _read(table)
    line = c.alike(c.whole_row(table, _LINE))
    number = c.texts(table, "control_number")
    alone = c.joined([line, *(c.texts(table, n) for n in _DATES)], "|")
    shipment = pc.coalesce(number, c.marked("row ", alone))
    seized = pc.equal(pc.fill_null(pc.utf8_upper(c.texts(table, "disposition")), ""), "S")
    told = _told(table)
    table = c.with_columns(
        table,
        {
            "shipment": shipment,
            "seized line": c.where(c.joined([shipment, line], "|"), seized),
            "told": told,
            "quantity text": as_written(c.texts(table, "quantity"), c.texts(table, "unit")),
            "goods": c.joined([
                c.joined([c.texts(table, n) for n in ("genus", "species")], " "),
                pc.coalesce(_means(table, "description"), c.texts(table, "description")),
            ]),
            "action told": _means(table, "action"),
            "disposition told": _means(table, "disposition"),
            "way": pc.utf8_upper(c.texts(table, "import_export")),
        },
    )  # fmt: skip
    table = _party(table, "US party", "us_co", "us", c.constant("us", shipment))
    table = _party(table, "foreign party", "foreign_co", "", c.texts(table, "country_imp_exp"))
    port = _means(table, "port")
    region = c.marked("port ", c.absent(c.texts(table, "port"), port))
    table = r.add_place(c.with_columns(table, {"port told": port, "region": region}), "place", "port told")
    return {"": c.with_columns(table, {"place country": c.constant("us", port)})}


def _day(name: str) -> Value:
    return r.column(name, "date", formats=("%m/%d/%Y",))


def _sided(role: str, kind: str, way: tuple[str, ...], date: dict[str, Value]) -> LinkRule:
    return LinkRule(kind, role, "consignment", Key(literal=kind), date, where={"way": way})


def _mapping() -> Mapping:
    shipped, disposed = {"date": _day("shipment_date")}, {"date": _day("disposition_date")}
    consignment = EntityRule(
        "consignment",
        "Consignment",
        Key(columns=("shipment",), prefix=_PREFIX, literal="Consignment"),
        {
            "billNumber": r.column("control_number"),
            **shipped,
            "goods": r.column("goods"),
            "notes": Value(columns=("told", "US party nobody", "foreign party nobody", "region")),
        },
    )
    event = {"agency": r.constant(AGENCY), "country": r.constant("us"), "commodity": r.column("goods")}
    inspection = EntityRule(
        "inspection",
        "Inspection",
        Key(columns=("shipment",), prefix=_PREFIX, literal="Inspection", values=(_day("disposition_date"),)),
        {
            "inspectionNumber": r.column("control_number"),
            **disposed,
            **event,
            "inspectionKind": r.constant("wildlife"),
            "result": Value(columns=("action told", "disposition told")),
        },
    )
    seizure = EntityRule(
        "seizure",
        "Seizure",
        Key(columns=("seized line",), prefix=_PREFIX, literal="Seizure", needs=("seized line",)),
        {
            "seizureNumber": r.column("control_number"),
            **disposed,
            **event,
            "quantity": r.column("quantity", formats=("1,234.56",)),
            "quantityUnit": r.column("unit told"),
            "quantityText": r.column("quantity text"),
            "valueUsd": r.column("value", "amount", formats=("1,234.56",)),
            "notes": r.column("told"),
        },
    )
    roles = ("US party", "foreign party")
    parties = r.put_together(*(r.party_rules(role) for role in roles))
    links = (
        _sided("foreign party", "SHIPPER", ("I",), shipped),
        _sided("US party", "CONSIGNEE", ("I",), shipped),
        _sided("US party", "SHIPPER", ("E",), shipped),
        _sided("foreign party", "CONSIGNEE", ("E",), shipped),
        # without a direction nobody is shipper or consignee
        *(
            LinkRule("LINKED_TO", role, "consignment", Key(literal="LINKED_TO"), {"role": r.constant(role), **shipped},
                     where={"!way": ("I", "E")})
            for role in roles
        ),
        LinkRule("UNLADEN_AT", "consignment", "place", Key(literal="UNLADEN_AT"), shipped, where={"way": ("I",)}),
        LinkRule("LADEN_AT", "consignment", "place", Key(literal="LADEN_AT"), shipped, where={"way": ("E",)}),
        r.link("INSPECTED", "inspection", "consignment", disposed),
        r.link("OCCURRED_AT", "inspection", "place", disposed),
        r.link("SEIZED_FROM", "seizure", "consignment", disposed),
        r.link("FOLLOWED", "seizure", "inspection", disposed),
        r.link("OCCURRED_AT", "seizure", "place", disposed),
    )  # fmt: skip
    return Mapping((consignment, inspection, seizure, r.place_rule("place"), *parties[0]), (*parties[1], *links))


DATASET = Dataset(
    name="lemis",
    title=Text("US wildlife shipments (LEMIS)", "Embarques de vida silvestre de EE. UU. (LEMIS)"),
    description=Text(
        "Lines of wildlife shipments to and from the United States, with what the inspectors decided: cleared, refused, "
        "abandoned, seized.",
        "Partidas de embarques de vida silvestre desde y hacia Estados Unidos, y qué decidió la inspección: liberado, rechazado, "
        "abandonado, decomisado.",
    ),
    publisher=AGENCY,
    licence="Public domain (US government work, released under freedom of information); compilers add their own terms",
    url="https://www.fws.gov/program/office-of-law-enforcement",
    format="table",
    columns=("control_number", "genus", "species", "description", "quantity", "unit", "country_origin", "disposition_date"),
    optional=(
        "species_code", "taxa", "class", "subspecies", "specific_name", "generic_name", "value", "country_imp_exp", "purpose",
        "source", "action", "disposition", "disposition_year", "shipment_date", "shipment_year", "import_export", "port", "us_co",
        "foreign_co", "cleaning_notes",
    ),
    aliases={
        "category": "description",
        "wildlife_description": "description",
        "qty": "quantity",
        "origin": "country_origin",
        "country_origin_iso2c": "country_origin",
        "country_imp_exp_iso2c": "country_imp_exp",
        "specific": "specific_name",
        "generic": "generic_name",
        "disp_date": "disposition_date",
    },
    mappings={"": _mapping()},
    prepare=prepare,
    fill_rates={": goods": 0.5, ": disposition_date": 0.5},
)  # fmt: skip
