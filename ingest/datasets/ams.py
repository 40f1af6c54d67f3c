"""US vessel manifests (CBP's Automated Manifest System) as redistributed in tables: one dataset for each table.

``identifier`` joins the tables and is the consignment; a bill has several rows in most of them. Parties have no number: they
are known by name and address.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import ams_columns as a
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

_PREFIX = "ams"
CONSIGNMENT = Key(columns=("identifier",), prefix="", literal="Consignment")
_PARTY_COLUMNS = ("city", "state_province", "zip_code", "country_code", "contact_name", "comm_number_qualifier")
_ROUTE = {
    "date": r.column("arrived"),
    "description": r.column("status told"),
    "status": r.column("standing"),
    "placeOfReceipt": r.column("place_of_receipt"),
    "destination": Value(columns=("port_of_destination", "foreign_port_of_destination")),
}
_GOODS = {"goods": r.column("description_text"), "notes": r.column("pieces told")}
_TARIFF = {"hsCode": r.column("harmonized_number"), "notes": Value(columns=("weight told", "value told"))}
_LINES = {**_GOODS, **_TARIFF, "notes": Value(columns=("pieces told", "weight told", "value told"))}
_HAZARD = {
    "hazardCode": r.column("hazmat_code"),
    "hazardClass": Value(columns=("hazmat_class", "hazmat_classification")),
    "notes": r.column("hazard told"),
}
_MARKS = {"marks": Value(columns=tuple(f"marks_and_numbers_{n}" for n in range(1, 9)))}


def _party_rules(role: str) -> r.Rules:
    return r.party_rules(
        role, prefix=_PREFIX, extra={"notes": Value(columns=(f"{role} contact", f"{role} other number"))}
    )


def _consignment(properties: dict[str, Value] | None = None) -> EntityRule:
    return EntityRule(
        "consignment", "Consignment", CONSIGNMENT, {"billNumber": r.column("identifier"), **(properties or {})}
    )


def _on_the_way() -> r.Rules:
    """Ports, and those who are to be told as well: by a code whose register the manifest does not name."""
    date = {"date": r.column("arrived")}
    code = r.column("secondary")
    told = EntityRule(
        "secondary", "LegalEntity", Key(prefix=_PREFIX, literal="notify code", values=(code,)), {"name": code}
    )
    return (r.place_rule("lading"), r.place_rule("unlading"), told), (
        r.link("LADEN_AT", "consignment", "lading", {**date, "summary": r.column("foreign_port_of_lading_qualifier")}),
        r.link("UNLADEN_AT", "consignment", "unlading", date),
        r.link("NOTIFY_PARTY", "secondary", "consignment", {**date, "summary": r.constant("secondary notify party")}),
    )


def _header() -> Mapping:
    consignment = _consignment(
        {
            **_ROUTE,
            "quantity": r.column("manifest_quantity"),
            "quantityUnit": r.column("manifest_unit"),
            "quantityText": r.column("quantity text"),
            "grossWeightKg": r.column("weight kg"),
            "grossWeightText": r.column("weight text"),
            "transportMode": r.column("mode_of_transportation"),
            "inBondType": r.column("in_bond_entry_type"),
            "notes": Value(columns=("header told", "dates told", "vessel nobody")),
        }
    )
    carrier = EntityRule(
        "carrier",
        "Company",
        Key(columns=("carrier scac",), prefix=_PREFIX, literal="carrier"),
        {"name": r.column("carrier scac")},
    )
    scac = r.identifier_rule("scac", "carrier type", "carrier scac")
    entities, links = r.put_together(
        ((consignment, carrier, scac), ()),
        _on_the_way(),
        r.vessel_rules("consignment", {"flag": r.column("vessel_country_code", "country")}),
    )
    more = (
        r.link("CARRIER", "carrier", "consignment", {"date": r.column("arrived")}),
        r.link("HAS_IDENTIFIER", "carrier", "scac"),
    )
    return Mapping(entities, (*links, *more), essential=("identifier",))


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
            "": a.add_manifest_party(
                table, role, name, (*(f"{street}_{n}" for n in (1, 2, 3, 4)), "city", "state_province", "zip_code")
            )
        },
    )


def _container() -> Mapping:
    loaded = {"description": r.column("seals"), "summary": Value(columns=("load_status", "service"))}
    box = r.container_rule({"description": r.column("box told")})
    return Mapping((_consignment(), box), (r.link("IN_CONTAINER", "consignment", "container", loaded),))


def _boxed(properties: dict[str, Value]) -> Mapping:
    return Mapping(
        (_consignment(properties), r.container_rule()), (r.link("IN_CONTAINER", "consignment", "container"),)
    )


def _summary() -> Mapping:
    date = {"date": r.column("arrived")}
    notes = Value(
        columns=(*_LINES["notes"].columns, "dates told", "shipper nobody", "consignee nobody", "vessel nobody")
    )
    consignment = _consignment({**_ROUTE, **_LINES, "notes": notes, "modifiedAt": r.column("trade_update_date")})
    entities, links = r.put_together(
        ((consignment, r.container_rule()), ()),
        _on_the_way(),
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
        fill_rates={": identifier": 0.5},
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
            *a.SECONDARY,
        ),
        _header(),
        a.prepare_header,
    ),
    _party_table("shipper_party_name", "shipper", "SHIPPER", "shipper_party_address", "shippers", "embarcadores"),
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
        a.prepare_container,
    ),
    _dataset(
        "ams_cargodesc",
        "cargo descriptions",
        "descripción de la carga",
        ("identifier", "container_number", "description_sequence_number", "piece_count", "description_text"),
        (),
        _boxed(_GOODS),
        a.prepare_goods,
    ),
    _dataset(
        "ams_tariff",
        "tariff lines",
        "fracciones",
        ("identifier", "container_number", "description_sequence_number", "harmonized_number"),
        ("harmonized_value", "harmonized_weight", "harmonized_weight_unit"),
        _boxed(_TARIFF),
        a.prepare_goods,
    ),
    _dataset(
        "ams_hazmat",
        "dangerous goods",
        "mercancías peligrosas",
        ("identifier", "container_number", "hazmat_sequence_number", "hazmat_code"),
        (
            "hazmat_class", "hazmat_code_qualifier", "hazmat_contact", "hazmat_page_number", "hazmat_flash_point_temperature",
            "hazmat_flash_point_temperature_negative_ind", "hazmat_flash_point_temperature_unit", "hazmat_description",
        ),
        _boxed(_HAZARD),
        a.prepare_hazard,
    ),
    _dataset(
        "ams_hazmatclass",
        "classes of dangerous goods",
        "clases de mercancías peligrosas",
        ("identifier", "container_number", "hazmat_sequence_number", "hazmat_classification"),
        (),
        _boxed(_HAZARD),
        a.prepare_hazard,
    ),
    _dataset(
        "ams_marksnumbers",
        "marks and numbers",
        "marcas y números",
        ("identifier", "container_number", "marks_and_numbers_1"),
        tuple(f"marks_and_numbers_{n}" for n in range(2, 9)),
        _boxed(_MARKS),
        a.prepare_marks,
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
        a.prepare_summary,
    ),
)  # fmt: skip
