"""US vessel manifests (CBP's Automated Manifest System) as redistributed in tables: one dataset for each table.

``identifier`` joins the tables and is the consignment; a bill has several rows in most of them. Parties have no number: they
are known by name and address.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.clean.numbers import number
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_PREFIX = "ams"
CONSIGNMENT = Key(columns=("identifier",), prefix="", literal="Consignment")
#: Kilograms in a unit, by its name as compared.
KILOGRAMS = {
    "kilograms": Decimal(1),
    "kilogram": Decimal(1),
    "kg": Decimal(1),
    "kgs": Decimal(1),
    "pounds": Decimal("0.45359237"),
    "pound": Decimal("0.45359237"),
    "lb": Decimal("0.45359237"),
    "lbs": Decimal("0.45359237"),
    "metric tons": Decimal(1000),
    "metric ton": Decimal(1000),
    "long tons": Decimal("1016.0469088"),
    "short tons": Decimal("907.18474"),
}
_PARTY_COLUMNS = ("city", "state_province", "zip_code", "country_code", "contact_name", "comm_number_qualifier")
_PHONE = r"^(tel|phone|fax)"


def in_kilograms(told: str) -> str | None:
    """A weight and its unit, ``131704 Pounds``, in kilograms to the gram; ``None`` where the unit is not known.

    Examples
    --------
    >>> in_kilograms("131704 Pounds"), in_kilograms("1,5 Bushels")
    ('59739.929', None)
    """
    amount, _, unit = told.partition(" ")
    factor = KILOGRAMS.get(" ".join(unit.lower().split()))
    made = number(amount, ("1,234.56",))
    if factor is None or made is None:
        return None
    return number(f"{(Decimal(made) * factor).quantize(Decimal('0.001')):f}")


def _weights(table: pa.Table, name: str, unit: str) -> dict[str, pa.Array]:
    weight, units = c.texts(table, name), c.texts(table, unit)
    told = pc.if_else(pc.is_valid(weight), c.joined([weight, units], " "), weight)
    return {"weight told": c.marked("weight as declared: ", told), "weight kg": c.through(told, in_kilograms)}


def _add_party(table: pa.Table, role: str, name: str, street: tuple[str, ...], before: str = "") -> pa.Table:
    """A party by name and address; its number is a phone or an e-mail address by what the qualifier says."""
    number, kind = c.texts(table, f"{before}comm_number"), c.alike(c.texts(table, f"{before}comm_number_qualifier"))
    is_email = pc.or_(pc.fill_null(pc.match_substring(number, "@"), False), pc.equal(pc.fill_null(kind, ""), "e mail"))
    is_phone = pc.fill_null(pc.match_substring_regex(kind, _PHONE), True)
    contact = c.texts(table, f"{before}contact_name")
    table = c.with_columns(
        table,
        {
            f"{role} number": c.where(number, pc.and_(is_phone, pc.invert(is_email))),
            f"{role} mail": c.where(number, is_email),
            f"{role} contact": c.marked("Contact: ", contact),
        },
    )
    return r.add_party(
        table,
        role,
        name=name,
        country="country_code",
        street=street,
        phones=(f"{role} number",),
        emails=(f"{role} mail",),
        address_in_key=True,
    )


def _party_rules(role: str) -> r.Rules:
    return r.party_rules(role, prefix=_PREFIX, extra={"notes": r.column(f"{role} contact")})


def _consignment(properties: dict[str, Value] | None = None) -> EntityRule:
    return EntityRule(
        "consignment", "Consignment", CONSIGNMENT, {"billNumber": r.column("identifier"), **(properties or {})}
    )


def _port_columns(table: pa.Table) -> pa.Table:
    table = r.add_place(table, "lading", "foreign_port_of_lading")
    return r.add_place(table, "unlading", "port_of_unlading")


def _status(table: pa.Table) -> dict[str, pa.Array]:
    arrived = pc.coalesce(c.texts(table, "actual_arrival_date"), c.texts(table, "estimated_arrival_date"))
    return {
        "arrived": arrived,
        "status told": c.marked("manifest record status: ", c.texts(table, "record_status_indicator")),
    }


def prepare_header(table: pa.Table) -> dict[str, pa.Table]:
    """Add carrier, ship and ports; weight in kilograms beside the weight as declared."""
    scac = c.present(pc.utf8_upper(c.texts(table, "carrier_code")))
    ship = pc.starts_with(pc.utf8_lower(c.texts(table, "conveyance_id_qualifier")), "imo")
    made = {
        "carrier scac": scac,
        "carrier type": c.constant("SCAC", scac),
        "imo": c.where(c.texts(table, "conveyance_id"), ship),
        **_weights(table, "weight", "weight_unit"),
        **_status(table),
    }
    return {"": _port_columns(r.add_vessel(c.with_columns(table, made), "vessel_name", "imo"))}


def _header() -> Mapping:
    date = {"date": r.column("arrived")}
    consignment = _consignment(
        {
            "date": r.column("arrived"),
            "quantity": r.column("manifest_quantity"),
            "quantityUnit": r.column("manifest_unit"),
            "grossWeightKg": r.column("weight kg"),
            "notes": r.column("weight told"),
            "description": r.column("status told"),
        }
    )
    carrier = EntityRule(
        "carrier",
        "Company",
        Key(columns=("carrier scac",), prefix=_PREFIX, literal="carrier"),
        {"name": r.column("carrier scac")},
    )
    scac = r.identifier_rule("scac", "carrier type", "carrier scac")
    ships = r.vessel_rules("consignment", {"flag": r.column("vessel_country_code", "country")})
    links = (
        r.link("CARRIER", "carrier", "consignment", date),
        r.link("HAS_IDENTIFIER", "carrier", "scac"),
        *_port_links(date),
        *ships[1],
    )
    ports = (r.place_rule("lading"), r.place_rule("unlading"))
    return Mapping((consignment, carrier, scac, *ports, *ships[0]), links, essential=("identifier",))


def _port_links(date: dict[str, Value]) -> tuple[LinkRule, ...]:
    return (r.link("LADEN_AT", "consignment", "lading", date), r.link("UNLADEN_AT", "consignment", "unlading", date))


def _party_table(name: str, role: str, link: str, street: str, en: str, es: str) -> Dataset:
    entities, links = _party_rules(role)
    return _dataset(
        f"ams_{role.replace('_', '')}",
        en,
        es,
        ("identifier", name, f"{street}_1", "comm_number"),
        (*(f"{street}_{n}" for n in (2, 3, 4)), *_PARTY_COLUMNS),
        Mapping(
            (_consignment({"notes": r.column(f"{role} nobody")}), *entities),
            (*links, r.link(link, role, "consignment")),
        ),
        lambda table: {
            "": _add_party(
                table, role, name, (*(f"{street}_{n}" for n in (1, 2, 3, 4)), "city", "state_province", "zip_code")
            )
        },
    )


def prepare_container(table: pa.Table) -> dict[str, pa.Table]:
    """Add containers and their seals; a seal belongs to the loading, not to the box."""
    seals = c.joined([c.texts(table, "seal_number_1"), c.texts(table, "seal_number_2")], ", ")
    table = r.add_containers(table, "container_number")
    return {"": c.with_columns(table, {"seals": c.marked("seals: ", seals)})}


def _container() -> Mapping:
    loaded = {"description": r.column("seals"), "summary": r.column("load_status")}
    box = r.container_rule()
    return Mapping((_consignment(), box), (r.link("IN_CONTAINER", "consignment", "container", loaded),))


def prepare_goods(table: pa.Table) -> dict[str, pa.Table]:
    """Add containers, and weights by tariff line."""
    table = r.add_containers(table, "container_number")
    return {"": c.with_columns(table, _weights(table, "harmonized_weight", "harmonized_weight_unit"))}


_GOODS = {"goods": r.column("description_text")}
_TARIFF = {"hsCode": r.column("harmonized_number"), "notes": r.column("weight told")}


def _boxed(properties: dict[str, Value]) -> Mapping:
    return Mapping(
        (_consignment(properties), r.container_rule()), (r.link("IN_CONTAINER", "consignment", "container"),)
    )


def prepare_summary(table: pa.Table) -> dict[str, pa.Table]:
    """All of it in one row per bill, container and description."""
    for role, name in (("shipper", "shipper_party_name"), ("consignee", "consignee_name")):
        table = _add_party(table, role, name, (f"{role}_address",), f"{role}_")
    table = r.add_containers(_port_columns(r.add_vessel(table, "vessel_name", "")), "container_number")
    made = {**_status(table), **_weights(table, "harmonized_weight", "harmonized_weight_unit")}
    return {"": c.with_columns(table, made)}


def _summary() -> Mapping:
    date = {"date": r.column("arrived")}
    consignment = _consignment(
        {"date": r.column("arrived"), "description": r.column("status told"), **_GOODS, **_TARIFF}
    )
    entities, links = r.put_together(
        ((consignment, r.container_rule(), r.place_rule("lading"), r.place_rule("unlading")), _port_links(date)),
        _party_rules("shipper"),
        _party_rules("consignee"),
        r.vessel_rules("consignment"),
    )
    more = (
        r.link("SHIPPER", "shipper", "consignment", date),
        r.link("CONSIGNEE", "consignee", "consignment", date),
        r.link("IN_CONTAINER", "consignment", "container", date),
    )
    return Mapping(entities, (*links, *more), essential=("identifier",))


def _dataset(
    name: str,
    en: str,
    es: str,
    columns: tuple[str, ...],
    optional: tuple[str, ...],
    mapping: Mapping,
    prepare: Callable[[pa.Table], dict[str, pa.Table]],
) -> Dataset:
    return Dataset(
        name=name,
        title=Text(f"US manifests (AMS): {en}", f"Manifiestos de EE. UU. (AMS): {es}"),
        description=Text(
            f"Bills of lading of vessels bound for the United States: {en}.",
            f"Conocimientos de embarque de buques con destino a Estados Unidos: {es}.",
        ),
        publisher="US Customs and Border Protection",
        licence="Public record (19 CFR 103.31); redistributors add their own terms",
        url="https://www.cbp.gov/trade/automated",
        format="table",
        columns=columns,
        optional=optional,
        mappings={"": mapping},
        prepare=prepare,
    )


DATASET = (
    _dataset(
        "ams_header",
        "header",
        "encabezado",
        (
            "identifier", "carrier_code", "vessel_name", "port_of_unlading", "foreign_port_of_lading", "manifest_quantity",
            "weight",
        ),
        (
            "vessel_country_code", "estimated_arrival_date", "manifest_unit", "weight_unit", "record_status_indicator",
            "conveyance_id_qualifier", "conveyance_id", "actual_arrival_date", "place_of_receipt", "port_of_destination",
            "foreign_port_of_destination", "in_bond_entry_type", "mode_of_transportation", "measurement", "measurement_unit",
            "foreign_port_of_lading_qualifier", "foreign_port_of_destination_qualifier",
            *(f"secondary_notify_party_{n}" for n in range(1, 11)),
        ),
        _header(),
        prepare_header,
    ),
    _party_table("shipper_party_name", "shipper", "SHIPPER", "shipper_party_address", "shippers", "consignantes"),
    _party_table("consignee_name", "consignee", "CONSIGNEE", "consignee_address", "consignees", "consignatarios"),
    _party_table("notify_party_name", "notify_party", "NOTIFY_PARTY", "notify_party_address", "notify parties", "notificados"),
    _dataset(
        "ams_container",
        "containers",
        "contenedores",
        ("identifier", "container_number", "seal_number_1", "load_status"),
        (
            "seal_number_2", "equipment_description_code", "container_length", "container_height", "container_width",
            "container_type", "type_of_service",
        ),
        _container(),
        prepare_container,
    ),
    _dataset(
        "ams_cargodesc",
        "cargo descriptions",
        "descripción de la carga",
        ("identifier", "container_number", "description_sequence_number", "piece_count", "description_text"),
        (),
        _boxed(_GOODS),
        prepare_goods,
    ),
    _dataset(
        "ams_tariff",
        "tariff lines",
        "fracciones",
        ("identifier", "container_number", "description_sequence_number", "harmonized_number"),
        ("harmonized_value", "harmonized_weight", "harmonized_weight_unit"),
        _boxed(_TARIFF),
        prepare_goods,
    ),
    _dataset(
        "ams_summary",
        "bill of lading summary",
        "resumen de conocimientos de embarque",
        (
            "identifier", "vessel_name", "port_of_unlading", "foreign_port_of_lading", "consignee_name", "consignee_address",
            "shipper_party_name", "shipper_address", "container_number", "description_text",
        ),
        (
            "trade_update_date", "run_date", "estimated_arrival_date", "record_status_indicator", "place_of_receipt",
            "port_of_destination", "foreign_port_of_destination", "secondary_notify_party_1", "actual_arrival_date",
            "consignee_contact_name", "consignee_comm_number_qualifier", "consignee_comm_number", "shipper_contact_name",
            "shipper_comm_number_qualifier", "shipper_comm_number", "description_sequence_number", "piece_count",
            "harmonized_number", "harmonized_value", "harmonized_weight", "harmonized_weight_unit",
        ),
        _summary(),
        prepare_summary,
    ),
)  # fmt: skip
