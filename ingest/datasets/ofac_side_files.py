"""OFAC's other files: addresses, other names, and what overflowed from the remarks. See :mod:`vinculo.ingest.datasets.ofac`."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import ofac
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Mapping


def prepare_addresses(table: pa.Table) -> dict[str, pa.Table]:
    """Whole addresses; a place without a street is no address that two parties could share."""
    street, city, country = (ofac.texts(table, n) for n in ("address", "city", "country"))
    full = c.joined([street, city, country])
    key = c.address_keys(c.if_any(street, c.joined([street, city])), country)
    made = {"full": full, "full key": key}
    return {"": c.with_columns(table, made)}


def _address_mapping() -> Mapping:
    entry = EntityRule("entry", "Thing", ofac.ENTRY, {"address": r.column("full"), "country": r.column("country")})
    parts = {"street": r.column("address", "text"), "city": r.column("city"), "remarks": r.column("add_remarks")}
    address = r.address_rule("address", "full", "full key", "country", parts)
    return Mapping((entry, address), (r.link("HAS_ADDRESS", "entry", "address"),), ofac.MISSING)


def prepare_aliases(table: pa.Table) -> dict[str, pa.Table]:
    """Former names apart from other names."""
    name, kind = ofac.texts(table, "alt_name"), ofac.texts(table, "alt_type")
    former = pc.equal(kind, "fka")
    return {"": c.with_columns(table, {"former": c.where(name, former), "other": c.where(name, pc.invert(former))})}


_ALIAS_MAPPING = Mapping(
    (
        EntityRule(
            "entry",
            "Thing",
            ofac.ENTRY,
            {"alias": r.column("other"), "previousName": r.column("former"), "notes": r.column("alt_remarks")},
        ),
    ),
    (),
    ofac.MISSING,
)


def prepare_comments(table: pa.Table) -> dict[str, pa.Table]:
    """What overflowed from the remarks: the names of other entries are in the main file, so links stay mentions."""
    remark = ofac.texts(table, "remarks_more")
    return {"": table, "linked": ofac.linked(table, remark, None)}


_COMMENT_MAPPING = Mapping(
    (EntityRule("entry", "Thing", ofac.ENTRY, {"notes": r.column("remarks_more")}),), (), ofac.MISSING
)
DATASET = (
    ofac.dataset(
        "ofac_add",
        "addresses",
        "domicilios",
        ("ent_num", "add_num", "address", "city", "country", "add_remarks"),
        shape={"ent_num": ofac.NUMBER, "add_num": ofac.NUMBER},
        mappings={"": _address_mapping()},
        prepare=prepare_addresses,
        # 11,696 are published for the one list, 574 for the other
        minimum_records=340,
        fill_rates={": ent_num": 0.95, ": country": 0.9, ": full": 0.6},
    ),
    ofac.dataset(
        "ofac_alt",
        "other names",
        "otros nombres",
        ("ent_num", "alt_num", "alt_type", "alt_name", "alt_remarks"),
        shape={"ent_num": ofac.NUMBER, "alt_num": ofac.NUMBER, "alt_type": "aka|fka|nka"},
        mappings={"": _ALIAS_MAPPING},
        prepare=prepare_aliases,
        # 9,682 are published for the one list, 1,073 for the other
        minimum_records=640,
        fill_rates={": ent_num": 0.95, ": alt_name": 0.95},
    ),
    ofac.dataset(
        "ofac_comments",
        "overflow of the remarks",
        "continuación de las observaciones",
        ("ent_num", "remarks_more"),
        shape={"ent_num": ofac.NUMBER, "remarks_more": r"(?s).{3,}"},
        mappings={"": _COMMENT_MAPPING, "linked": ofac.linked_mapping()},
        prepare=prepare_comments,
        fill_rates={": ent_num": 0.9, ": remarks_more": 0.9},
    ),
)  # fmt: skip
