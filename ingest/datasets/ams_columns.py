"""Columns of US vessel manifests (AMS) made ready for their mappings: weights in kilograms, parties, remarks.

What has no property of its own is told in words, each beside the name of its column; nothing of a record is left out.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.schema import WITHDRAWN
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.quantities import as_written, in_kilograms

_PHONE = r"^(tel|phone|fax)"
_DELETED = ("deleted", "delete", "d")
_BOX = ("container_type", "container_length", "container_height", "container_width")
#: Codes of those who are to be told of the arrival, beside the notify party.
SECONDARY = tuple(f"secondary_notify_party_{n}" for n in range(1, 11))


def _weights(table: pa.Table, name: str, unit: str) -> dict[str, pa.Array]:
    weight, units = c.texts(table, name), c.texts(table, unit)
    told = pc.if_else(pc.is_valid(weight), c.joined([weight, units], " "), weight)
    return {
        "weight told": c.marked("weight as declared: ", told),
        "weight text": told,
        "weight kg": c.through(told, in_kilograms),
    }


def _remarks(*pairs: tuple[str | pa.Array, pa.Array]) -> pa.Array:
    """``what: value`` of each pair that has a value, as a list of texts per row."""
    told = []
    for what, values in pairs:
        name = pa.array([what] * len(values), pa.string()) if isinstance(what, str) else what
        told.append(c.if_any(values, c.joined([name, values], ": ")))
    return c.listed(told)


def _line(table: pa.Table, sequence: str, *pairs: tuple[str, str]) -> pa.Array:
    """What a line of a bill says beside its own properties: ``line 2, CSQU3054383, piece count: 40``.

    ``pairs`` are a word and a column each; a row in which all of them are empty says nothing.
    """
    texts = [(what, c.texts(table, name)) for what, name in pairs]
    said = c.joined([c.if_any(values, c.marked(f"{what}: ", values)) for what, values in texts])
    where = c.joined([c.marked("line ", c.texts(table, sequence)), c.texts(table, "container_number")])
    return c.if_any(said, c.joined([where, said]))


def add_manifest_party(table: pa.Table, role: str, name: str, street: tuple[str, ...], before: str = "") -> pa.Table:
    """A party by name and address; its number is a phone or an e-mail address by what the qualifier says."""
    number, kind = c.texts(table, f"{before}comm_number"), c.alike(c.texts(table, f"{before}comm_number_qualifier"))
    is_email = pc.or_(pc.fill_null(pc.match_substring(number, "@"), False), pc.equal(pc.fill_null(kind, ""), "e mail"))
    is_phone = pc.fill_null(pc.match_substring_regex(kind, _PHONE), True)
    contact = c.texts(table, f"{before}contact_name")
    told = c.texts(table, f"{before}comm_number_qualifier")
    table = c.with_columns(
        table,
        {
            f"{role} number": c.where(number, pc.and_(is_phone, pc.invert(is_email))),
            f"{role} mail": c.where(number, is_email),
            f"{role} contact": c.marked("Contact: ", contact),
            f"{role} other number": _remarks((told, c.where(number, pc.invert(pc.or_(is_phone, is_email))))),
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


def _ports_and_dates(table: pa.Table) -> pa.Table:
    """Ports, the day of arrival, the record's status, and those who are to be told as well."""
    actual, estimated = c.texts(table, "actual_arrival_date"), c.texts(table, "estimated_arrival_date")
    status = c.texts(table, "record_status_indicator")
    table = r.add_place(table, "lading", "foreign_port_of_lading")
    table = r.add_place(table, "unlading", "port_of_unlading")
    made = {
        "arrived": pc.coalesce(actual, estimated),
        "status told": c.marked("manifest record status: ", status),
        "standing": c.constant(WITHDRAWN, c.where(status, pc.is_in(c.alike(status), value_set=pa.array(_DELETED)))),
        "dates told": _remarks(
            ("estimated arrival", c.if_any(actual, estimated)),
            ("run date", c.texts(table, "run_date")),
        ),
        "secondary": c.listed([c.present(pc.utf8_upper(c.texts(table, name))) for name in SECONDARY]),
    }
    return c.with_columns(table, made)


def prepare_header(table: pa.Table) -> dict[str, pa.Table]:
    """Add carrier, ship and ports; weight in kilograms beside the weight as declared."""
    scac = c.present(pc.utf8_upper(c.texts(table, "carrier_code")))
    conveyance, qualifier = c.texts(table, "conveyance_id"), c.texts(table, "conveyance_id_qualifier")
    is_ship = pc.fill_null(pc.starts_with(pc.utf8_lower(qualifier), "imo"), False)
    volume = c.texts(table, "measurement")
    made = {
        "carrier scac": scac,
        "carrier type": c.constant("SCAC", scac),
        "imo": c.where(conveyance, is_ship),
        **_weights(table, "weight", "weight_unit"),
        "quantity text": as_written(c.texts(table, "manifest_quantity"), c.texts(table, "manifest_unit")),
        "header told": _remarks(
            ("measurement", c.if_any(volume, c.joined([volume, c.texts(table, "measurement_unit")], " "))),
            (pc.fill_null(qualifier, "conveyance"), c.where(conveyance, pc.invert(is_ship))),
            ("destination named by", c.texts(table, "foreign_port_of_destination_qualifier")),
        ),
    }
    return {"": _ports_and_dates(r.add_vessel(c.with_columns(table, made), "vessel_name", "imo"))}


def prepare_container(table: pa.Table) -> dict[str, pa.Table]:
    """Add containers and their seals; a seal belongs to the loading, not to the box."""
    seals = c.joined([c.texts(table, "seal_number_1"), c.texts(table, "seal_number_2")], ", ")
    box = [(n.replace("_", " "), c.texts(table, n)) for n in _BOX]
    made = {
        "seals": c.marked("seals: ", seals),
        "box told": _remarks(("equipment", c.texts(table, "equipment_description_code")), *box),
        "service": c.marked("type of service: ", c.texts(table, "type_of_service")),
    }
    return {"": c.with_columns(r.add_containers(table, "container_number"), made)}


def prepare_goods(table: pa.Table) -> dict[str, pa.Table]:
    """Add containers; pieces, values and weights are told by line."""
    weights = _weights(table, "harmonized_weight", "harmonized_weight_unit")
    lines = {
        "pieces told": _line(table, "description_sequence_number", ("piece count", "piece_count")),
        "value told": _line(table, "description_sequence_number", ("harmonized value", "harmonized_value")),
    }
    return {"": c.with_columns(r.add_containers(table, "container_number"), {**weights, **lines})}


def prepare_hazard(table: pa.Table) -> dict[str, pa.Table]:
    """Add containers, and what is said of dangerous goods in words, line by line."""
    columns = (
        "code", "class", "classification", "code_qualifier", "description", "contact", "page_number", "flash_point_temperature",
        "flash_point_temperature_unit", "flash_point_temperature_negative_ind",
    )  # fmt: skip
    told = _line(table, "hazmat_sequence_number", *((n.replace("_", " "), f"hazmat_{n}") for n in columns))
    return {"": c.with_columns(r.add_containers(table, "container_number"), {"hazard told": told})}


def prepare_marks(table: pa.Table) -> dict[str, pa.Table]:
    """Add containers."""
    return {"": r.add_containers(table, "container_number")}


def prepare_summary(table: pa.Table) -> dict[str, pa.Table]:
    """All of it in one row per bill, container and description."""
    for role, name in (("shipper", "shipper_party_name"), ("consignee", "consignee_name")):
        table = add_manifest_party(table, role, name, (f"{role}_address",), f"{role}_")
    table = _ports_and_dates(r.add_vessel(table, "vessel_name", ""))
    return prepare_goods(table)
