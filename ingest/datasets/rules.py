"""Rules that many datasets share: a party with its value nodes, a place, a ship, a container.

A role (``shipper``) is a set of columns with that name in front. ``add_party`` makes them, ``party_rules`` maps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.clean.identifiers import imo
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets.party_columns import named, party_kinds, tax_numbers
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Value

Rules = tuple[tuple[EntityRule, ...], tuple[LinkRule, ...]]
_CODE = r"^([A-Za-z]{2} ?[A-Za-z0-9]{3}|\d{4,5})$"
_NAME_AND_CODE = r"^(?P<name>.*?)\s*[\(\[](?P<code>[A-Z]{2} ?[A-Z0-9]{3}|\d{4,5})[\)\]]$"


def column(name: str, clean: str = "", *, hint: str = "", formats: tuple[str, ...] = ()) -> Value:
    """The values of one column."""
    return Value(columns=(name,), clean=clean, hint=hint, formats=formats)


def constant(text: str) -> Value:
    """The same value in every row."""
    return Value(literals=(text,))


def add_party(
    table: pa.Table,
    role: str,
    *,
    name: str,
    tax_id: str = "",
    country: str = "",
    street: Sequence[str] = (),
    full_address: str = "",
    phones: Sequence[str] = (),
    emails: Sequence[str] = (),
    key: str = "",
    address_in_key: bool = False,
) -> pa.Table:
    """Add the columns of one role to a table.

    A party's key is the tax number, with its country, where there is one; else its name and country (and address where the
    source has nothing better), or the column ``key``.

    Parameters
    ----------
    table : pyarrow.Table
    role : str
        Name in front of the columns made.
    name, tax_id, country, full_address : str
        Columns of the table; empty where it has none.
    street : sequence of str
        Columns of the address in parts, without the country.
    phones, emails : sequence of str
        Columns.
    key : str
        A column that already identifies the party.
    address_in_key : bool
        Two parties of one name at two addresses stay two.
    """
    names = named(c.texts(table, name))
    said = c.texts(table, name)
    countries = c.texts(table, country) if country else pa.nulls(table.num_rows, pa.string())
    codes = c.country_codes(countries)
    tax = c.texts(table, tax_id) if tax_id else pa.nulls(table.num_rows, pa.string())
    numbers = tax_numbers(tax, countries)
    nothing = pa.nulls(table.num_rows, pa.string())
    streets = c.joined([c.texts(table, s) for s in street]) if street else nothing
    full = pc.coalesce(c.texts(table, full_address), c.if_any(streets, c.joined([streets, countries])))
    if full_address:
        address_key = c.alike(full)
    else:
        # a town alone is no address that two parties could share
        address_key = c.address_keys(c.if_any(c.texts(table, street[0]), streets), countries) if street else nothing
    compared = c.joined([c.alike(names), codes], "|")
    if address_in_key:
        compared = c.joined([compared, c.alike(full)], "|")
    compared = c.if_any(names, compared)
    made = pc.coalesce(numbers.key, compared)
    if key:
        made = pc.if_else(pc.is_valid(names), pc.coalesce(c.texts(table, key), made), made)
    return c.with_columns(
        table,
        {
            f"{role} key": made,
            f"{role} name": names,
            f"{role} nobody": pc.if_else(pc.is_valid(names), pa.scalar(None, pa.string()), said),
            f"{role} kind": party_kinds(names, numbers.key),
            f"{role} country": countries,
            f"{role} tax": tax,
            f"{role} tax number": numbers.number,
            f"{role} tax type": numbers.type,
            f"{role} tax country": numbers.country,
            f"{role} address": full,
            f"{role} address key": address_key,
            f"{role} phones": c.listed([c.texts(table, p) for p in phones or ("",)]),
            f"{role} emails": c.listed([c.texts(table, e) for e in emails or ("",)]),
        },
    )


def party_rules(
    role: str, *, kind: str = "LegalEntity", extra: dict[str, Value] | None = None, prefix: str | None = None
) -> Rules:
    """Rules for a party and the numbers, addresses, phones and e-mail addresses it shares with others.

    Parameters
    ----------
    role : str
        As given to :func:`add_party`; also the name of the party's rule.
    kind : str
        Where nothing tells whether it is a person or a firm.
    extra : dict
        Further properties of the party.
    prefix : str, optional
        In place of the dataset's name, where the tables of one source are several datasets.
    """
    phone = column(f"{role} phones", "phone", hint=f"{role} country")
    email = column(f"{role} emails", "email")
    party = EntityRule(
        role,
        kind,
        Key(columns=(f"{role} key",), literal="party", prefix=prefix),
        {
            "name": column(f"{role} name"),
            "country": column(f"{role} country"),
            "taxNumber": column(f"{role} tax"),
            "address": column(f"{role} address"),
            "phone": phone,
            "email": email,
            # a number tells who it is, whatever stands where the name should
            "notes": column(f"{role} nobody"),
            **(extra or {}),
        },
        kind_column=f"{role} kind",
        kind_values={"Person": "Person", "Company": "Company"},
    )
    entities = (
        party,
        identifier_rule(f"{role} tax id", f"{role} tax type", f"{role} tax number", f"{role} tax country"),
        address_rule(f"{role} place", f"{role} address", f"{role} address key", f"{role} country"),
        EntityRule(f"{role} phone", "Phone", Key(prefix="", literal="Phone", values=(phone,)), {"number": phone}),
        EntityRule(
            f"{role} email", "EmailAddress", Key(prefix="", literal="EmailAddress", values=(email,)), {"address": email}
        ),
    )
    links = (
        link("HAS_IDENTIFIER", role, f"{role} tax id"),
        link("HAS_ADDRESS", role, f"{role} place"),
        link("HAS_PHONE", role, f"{role} phone"),
        link("HAS_EMAIL", role, f"{role} email"),
    )
    return entities, links


def link(
    kind: str, source: str, target: str, properties: dict[str, Value] | None = None, record: Sequence[str] = ()
) -> LinkRule:
    """A link known by its ends, its kind and, where one pair may have several, a record key."""
    return LinkRule(kind, source, target, Key(columns=tuple(record), literal=kind), properties or {})


def identifier_rule(name: str, type_column: str, number_column: str, country: str = "") -> EntityRule:
    """An official number as a node; the same one in another dataset is the same node, in another country it is not."""
    properties = {"number": column(number_column), "type": column(type_column)}
    columns = [type_column, number_column]
    if country:
        properties["country"] = column(country)
        columns.append(country)
    key = Key(columns=tuple(columns), prefix="", literal="Identifier", needs=(number_column,))
    return EntityRule(name, "Identifier", key, properties)


def address_rule(
    name: str, full: str, key: str, country: str = "", parts: dict[str, Value] | None = None
) -> EntityRule:
    """An address as a node; ``key`` is its compared text."""
    properties = {"full": column(full), **(parts or {})}
    if country:
        properties["country"] = column(country)
    return EntityRule(name, "Address", Key(columns=(key,), prefix="", literal="Address", needs=(key,)), properties)


def add_place(table: pa.Table, role: str, name: str, code: str = "") -> pa.Table:
    """Add the columns of a place: known by its code, else by its compared name.

    A name may carry its code behind it (``Laredo, Texas (USLRD)``) or be one (``USLRD``).
    """
    said = c.texts(table, name)
    codes = c.texts(table, code) if code else pa.nulls(table.num_rows, pa.string())
    parts = pc.extract_regex(said, _NAME_AND_CODE)
    codes = pc.coalesce(codes, c.present(pc.struct_field(parts, "code")))
    names = pc.coalesce(c.present(pc.struct_field(parts, "name")), said)
    is_code = pc.fill_null(pc.match_substring_regex(names, _CODE), False)
    is_code = pc.and_(is_code, pc.or_(pc.equal(names, pc.utf8_upper(names)), pc.match_substring_regex(names, r"^\d")))
    codes = pc.coalesce(codes, pc.if_else(is_code, names, pa.scalar(None, pa.string())))
    names = pc.if_else(is_code, pa.scalar(None, pa.string()), names)
    codes = c.present(pc.utf8_upper(pc.replace_substring_regex(codes, r"[\s-]+", "")))
    return c.with_columns(
        table,
        {
            f"{role} key": pc.coalesce(codes, c.alike(names)),
            f"{role} name": names,
            f"{role} code": codes,
            f"{role} country": _country_of(codes),
        },
    )


def _country_of(codes: pa.Array) -> pa.Array:
    """The country in front of a UN/LOCODE."""
    found = pc.struct_field(pc.extract_regex(codes, r"^(?P<c>[A-Z]{2})[A-Z0-9]{3}$"), "c")
    return c.country_codes(c.present(found))


def place_rule(role: str) -> EntityRule:
    """A port, office or other place."""
    key = Key(columns=(f"{role} key",), prefix="", literal="Location")
    properties = {"name": column(f"{role} name"), "code": column(f"{role} code"), "country": column(f"{role} country")}
    return EntityRule(role, "Location", key, properties)


def add_vessel(table: pa.Table, name: str, number: str) -> pa.Table:
    """Add the columns of a ship: known by a valid IMO number, else by its name inside this dataset."""
    given, said = c.texts(table, name), c.texts(table, number)
    names = named(given)
    made = c.through(said, imo)
    alone = pc.if_else(pc.is_valid(made), pa.scalar(None, pa.string()), c.alike(names))
    return c.with_columns(
        table,
        {
            "vessel imo key": made,
            "imo type": c.constant("IMO", made),
            "vessel name key": alone,
            "vessel name": names,
            "vessel nobody": c.absent(given, names),
            "vessel imo said": said,
        },
    )


def vessel_rules(consignment: str, properties: dict[str, Value] | None = None) -> Rules:
    """Rules for the ship that carried a consignment."""
    more = properties or {}
    entities = (
        EntityRule(
            "vessel",
            "Vessel",
            Key(columns=("vessel imo key",), prefix="", literal="Vessel"),
            {"name": column("vessel name"), "imoNumber": column("vessel imo key"), **more},
        ),
        EntityRule(
            "vessel by name",
            "Vessel",
            Key(columns=("vessel name key",), literal="Vessel"),
            {"name": column("vessel name"), "registrationNumber": column("vessel imo said"), **more},
        ),
    )
    links = (
        link("CARRIED_BY", consignment, "vessel"),
        link("CARRIED_BY", consignment, "vessel by name"),
        link("HAS_IDENTIFIER", "vessel", "imo number"),
    )
    return (*entities, identifier_rule("imo number", "imo type", "vessel imo key")), links


def add_containers(table: pa.Table, name: str) -> pa.Table:
    """Add the column of container numbers, several in a cell with ``;``, ``,``, ``|`` or spaces between."""
    parts = c.split(c.texts(table, name), r"\s*[;,|/\n]\s*")
    return c.with_columns(table, {"containers": parts})


def container_rule(properties: dict[str, Value] | None = None) -> EntityRule:
    """Containers by number; one that is no ISO 6346 number stays known by its letters and digits."""
    number = column("containers", "compact")
    key = Key(prefix="", literal="Container", values=(number,))
    return EntityRule("container", "Container", key, {"number": number, **(properties or {})})


def unnamed(table: pa.Table, roles: Mapping[str, str]) -> pa.Array:
    """What stands in the place of names and names nobody, as a note: ``shipper: TO ORDER; consignee: N/A``.

    Parameters
    ----------
    table : pyarrow.Table
        After :func:`add_party` of each role.
    roles : dict
        How each role is called in the note.
    """
    return c.joined([c.marked(f"{said}: ", c.texts(table, f"{role} nobody")) for role, said in roles.items()], "; ")


def put_together(*rules: Rules) -> Rules:
    """Several sets of rules as one."""
    return tuple(e for r in rules for e in r[0]), tuple(x for r in rules for x in r[1])
