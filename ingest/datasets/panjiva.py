"""Commercial manifest exports in Panjiva's layouts: US imports (57 columns) and China exports (30 columns).

No bill number: a consignment is known by its whole row, so rows that are exact copies are one. A party is known by the
address of its profile.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.quantities import as_written
from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value

_DETAILS = (
    "address", "city", "state_region", "postal_code", "country", "full_address", "email_1", "email_2", "email_3", "phone_1",
    "phone_2", "phone_3", "fax", "website_1", "website_2", "profile", "d_u_n_s", "industry", "revenue", "employees",
    "market_capitalization", "trade_roles", "sic_codes",
)  # fmt: skip
ROLES = ("consignee", "shipper")
US_COLUMNS = (
    "arrival_date",
    *(f"{role}{d}" for role in ROLES for d in ("", *(f"_{d}" for d in _DETAILS))),
    "shipment_destination", "shipment_destination_region", "quantity", "weight_kg", "value_of_goods_usd",
    "number_of_containers", "hs_code", "goods_shipped",
)  # fmt: skip
CN_COLUMNS = (
    "shipment_month", "matching_fields", "shipper", "shipper_full_address", "shipper_email_1", "shipper_phone_1",
    "shipper_website_1", "shipper_profile", "shipper_trade_roles", "shipper_name_chinese_format",
    "shipper_address_chinese_format", "shipper_address_original_format", "shipper_global_hq", "shipper_global_hq_address",
    "shipper_global_hq_d_u_n_s", "shipper_domestic_hq", "shipper_domestic_hq_address", "shipper_domestic_hq_d_u_n_s",
    "shipment_destination", "province", "country_of_sale", "transport_method", "is_containerized", "value_of_goods_usd",
    "hs_code", "hs_code_description", "hs_code_keywords", "trade_direction", "admin_region", "trade_type",
)  # fmt: skip
#: By these a file is recognised.
_US_NEEDED = ("arrival_date", "consignee", "consignee_profile", "shipper", "shipper_profile", "goods_shipped")
_CN_NEEDED = ("shipment_month", "shipper", "shipper_profile", "country_of_sale", "hs_code")


def prepare_imports(table: pa.Table) -> dict[str, pa.Table]:
    """Add parties, the number and the unit of ``639 PKG``, and a name to show."""
    for role in ROLES:
        table = r.add_party(
            table,
            role,
            name=role,
            country=f"{role}_country",
            street=(f"{role}_address", f"{role}_city", f"{role}_state_region", f"{role}_postal_code"),
            full_address=f"{role}_full_address",
            phones=tuple(f"{role}_phone_{n}" for n in (1, 2, 3)),
            emails=tuple(f"{role}_email_{n}" for n in (1, 2, 3)),
            key=f"{role}_profile",
        )
        duns = c.present(pc.replace_substring_regex(c.texts(table, f"{role}_d_u_n_s"), r"[^0-9]+", ""))
        table = c.with_columns(table, {f"{role} duns": duns, f"{role} duns type": c.constant("DUNS", duns)})
    table = r.add_place(table, "unlading", "shipment_destination")
    return {"": c.with_columns(table, _goods(table, US_COLUMNS, "arrival_date", "goods_shipped"))}


def prepare_exports(table: pa.Table) -> dict[str, pa.Table]:
    """Add the shipper; days are always the first of a month here and mean the month."""
    table = r.add_party(
        table,
        "shipper",
        name="shipper",
        full_address="shipper_full_address",
        phones=("shipper_phone_1",),
        emails=("shipper_email_1",),
        key="shipper_profile",
    )
    table = c.with_columns(table, _goods(table, CN_COLUMNS, "shipment_month", "hs_code_description"))
    return {"": c.with_columns(table, {"month": pc.utf8_slice_codeunits(c.texts(table, "shipment_month"), 0, 7)})}


def _goods(table: pa.Table, columns: tuple[str, ...], date: str, goods: str) -> dict[str, pa.Array]:
    quantity = c.texts(table, "quantity")
    amount = pc.extract_regex(quantity, r"^(?P<number>[\d.,]+)(?:\s+(?P<unit>.*))?$")
    short = pc.utf8_slice_codeunits(pc.replace_substring_regex(c.texts(table, goods), r"\s+", " "), 0, 60)
    return {
        "row": c.whole_row(table, columns),
        "nobody": r.unnamed(table, {role: role for role in ROLES}),
        # what is written in another way is kept as it stands, as a text that cannot be read
        "number": pc.coalesce(c.present(pc.struct_field(amount, "number")), quantity),
        "quantity text": as_written(quantity),
        "unit": c.present(pc.struct_field(amount, "unit")),
        "caption": c.joined([c.texts(table, date), short], " "),
        "currency": c.constant("USD", c.texts(table, "value_of_goods_usd")),
    }


def _consignment(properties: dict[str, Value]) -> EntityRule:
    shared = {
        "name": r.column("caption"),
        "hsCode": Value(columns=("hs_code",), split=";"),
        "declaredValue": r.column("value_of_goods_usd", "amount"),
        "currency": r.column("currency"),
        "notes": r.column("nobody"),
    }
    return EntityRule("consignment", "Consignment", Key(columns=("row",), literal="Consignment"), shared | properties)


def _imports() -> Mapping:
    consignment = _consignment(
        {
            "date": r.column("arrival_date"),
            "goods": r.column("goods_shipped"),
            "quantity": r.column("number", "number", formats=("1,234.56",)),
            "quantityUnit": r.column("unit"),
            "quantityText": r.column("quantity text"),
            "grossWeightKg": r.column("weight_kg"),
            "importValue": r.column("value_of_goods_usd", "amount"),
            "containerCount": r.column("number_of_containers"),
        }
    )
    parties = []
    for role in ROLES:
        extra = {
            "website": Value(columns=(f"{role}_website_1", f"{role}_website_2")),
            "dunsCode": r.column(f"{role} duns"),
            "sector": r.column(f"{role}_industry"),
            "sourceUrl": r.column(f"{role}_profile"),
        }
        duns = r.identifier_rule(f"{role} number", f"{role} duns type", f"{role} duns")
        link = r.link("HAS_IDENTIFIER", role, f"{role} number")
        parties += [r.party_rules(role, kind="Company", extra=extra), ((duns,), (link,))]
    entities, links = r.put_together(((consignment, r.place_rule("unlading")), ()), *parties)
    date = {"date": r.column("arrival_date")}
    roles = (
        r.link("SHIPPER", "shipper", "consignment", date),
        r.link("CONSIGNEE", "consignee", "consignment", date),
        r.link("UNLADEN_AT", "consignment", "unlading", date),
    )
    return Mapping(entities, (*links, *roles), essential=("arrival_date",))


def _exports() -> Mapping:
    consignment = _consignment(
        {
            "date": r.column("month", "date"),
            "goods": Value(columns=("hs_code_description", "hs_code_keywords")),
            "exportValue": r.column("value_of_goods_usd", "amount"),
            "country": Value(columns=("shipment_destination", "country_of_sale"), clean="country"),
            "description": Value(columns=("transport_method", "trade_type"), clean="text"),
        }
    )
    extra = {
        "alias": r.column("shipper_name_chinese_format"),
        "website": r.column("shipper_website_1"),
        "country": r.constant("cn"),
        "sourceUrl": r.column("shipper_profile"),
    }
    entities, links = r.party_rules("shipper", kind="Company", extra=extra)
    shipper = r.link("SHIPPER", "shipper", "consignment", {"date": r.column("month", "date")})
    return Mapping((consignment, *entities), (*links, shipper), essential=("shipment_month",))


_ABOUT: dict[str, Any] = {
    "publisher": "S&P Global Market Intelligence (Panjiva)",
    "licence": "Proprietary: for those who subscribe",
    "url": "https://panjiva.com",
}
DATASET = (
    Dataset(
        name="panjiva",
        title=Text("US imports, Panjiva layout", "Importaciones a EE. UU., formato Panjiva"),
        description=Text(
            "Consignments into the United States with shipper, consignee and their details; 57 columns.",
            "Embarques hacia Estados Unidos con embarcador, consignatario y sus datos; 57 columnas.",
        ),
        format="table",
        columns=_US_NEEDED,
        summed=("quantity", "weight_kg", "value_of_goods_usd", "number_of_containers"),
        optional=tuple(n for n in US_COLUMNS if n not in _US_NEEDED),
        mappings={"": _imports()},
        prepare=prepare_imports,
        fill_rates={": arrival_date": 0.5, ": shipper": 0.5, ": goods_shipped": 0.5},
        **_ABOUT,
    ),
    Dataset(
        name="panjiva_china_exports",
        title=Text("China exports, Panjiva layout", "Exportaciones de China, formato Panjiva"),
        description=Text(
            "Monthly exports from China by shipper, product and destination; the consignee is not told.",
            "Exportaciones mensuales de China por embarcador, producto y destino; no se indica el consignatario.",
        ),
        format="table",
        columns=_CN_NEEDED,
        summed=("value_of_goods_usd",),
        optional=tuple(n for n in CN_COLUMNS if n not in _CN_NEEDED),
        mappings={"": _exports()},
        prepare=prepare_exports,
        fill_rates={": shipment_month": 0.5, ": shipper": 0.5},
        **_ABOUT,
    ),
)
