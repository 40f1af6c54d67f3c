"""Who is what to whom in ICIJ's Offshore Leaks database, in the layout of today and in that of 2016 and 2017."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.icij_leaks import ABOUT
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping

#: What an officer is said to be, by a part of the words; the first that fits. A nominee shareholder holds for another;
#: what no words tell (``related entity``) is no ownership and no office.
_OFFICES = (
    ("REPRESENTS", r"nominee|power of attorney"),
    ("OWNS", r"shareholder|owner|stockholder|subscriber|bearer"),
    ("DIRECTS", r"director|president|secretary|treasurer|chairman|officer|manager|board"),
    ("REPRESENTS", r"signatory|representative|agent|lawyer|auditor"),
    ("CONTROLS", r"beneficiary|protector|trustee|settlor|grantor|founder|controlling|appointor"),
)
_DATES = ("%d-%b-%Y", "%d/%m/%Y", "%b %d, %Y")
_KINDS = ("OWNS", "DIRECTS", "REPRESENTS", "CONTROLS", "HAS_ADDRESS", "LINKED_TO")


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Ends, kind of link, and the words of the original."""
    kind = pc.replace_substring_regex(pc.utf8_lower(c.texts(table, "rel_type")), r"[\s-]+", "_")
    said = c.texts(table, "link")
    office = c.through(pc.utf8_lower(said), _office)
    link = pc.case_when(
        pc.make_struct(
            pc.fill_null(pc.equal(kind, "registered_address"), False),
            pc.fill_null(pc.equal(kind, "intermediary_of"), False),
            pc.fill_null(pc.is_in(kind, value_set=pa.array(["officer_of", *_OLD])), False),
        ),
        pa.scalar("HAS_ADDRESS"),
        pa.scalar("REPRESENTS"),
        pc.coalesce(
            office, c.through(c.where(kind, pc.not_equal(kind, "officer_of")), _office), pa.scalar("LINKED_TO")
        ),
        pa.scalar("LINKED_TO"),
    )
    words = c.joined([c.texts(table, "rel_type"), said], ": ")
    return {"": c.with_columns(table, {"kind": link, "words": words})}


#: The first layout had the office itself as the type.
_OLD = ("shareholder_of", "director_of", "beneficiary_of", "secretary_of", "president_of", "trustee_of", "protector_of")


def _office(said: str) -> str | None:
    """What words such as ``beneficial owner of`` make of an officer.

    Examples
    --------
    >>> [_office(t) for t in ("nominee director of", "beneficial owner of", "protector of", "related entity")]
    ['REPRESENTS', 'OWNS', 'CONTROLS', None]
    """
    return next((kind for kind, words in _OFFICES if re.search(words, said)), None)


def _mapping() -> Mapping:
    ends = tuple(
        EntityRule(end, "Thing", Key(columns=(f"node_id_{end}",), prefix="icij", literal="node"), reference=True)
        for end in ("start", "end")
    )
    dated = {
        "startDate": r.column("start_date", "date", formats=_DATES),
        "endDate": r.column("end_date", "date", formats=_DATES),
        "description": r.column("sourceid", "text"),
    }
    own = dated | {"role": r.column("words", "text"), "status": r.column("status", "text")}
    place = dated | {"summary": r.column("words", "text")}
    key = ("node_id_start", "rel_type", "link", "start_date", "end_date")
    links = tuple(
        LinkRule(
            kind,
            "start",
            "end",
            Key(columns=key, literal=kind),
            place if kind == "HAS_ADDRESS" else own,
            where={"kind": (kind,)},
        )
        for kind in _KINDS
    )
    return Mapping(ends, links)


def _dataset(name: str, columns: tuple[str, ...], **more: Any) -> Dataset:
    return Dataset(
        name=name,
        title=Text("ICIJ Offshore Leaks: relationships", "ICIJ Offshore Leaks: relaciones"),
        description=Text(
            "Who is officer, intermediary or neighbour of which company in ICIJ's database, in its own words.",
            "Quién es directivo, intermediario o vecino de qué sociedad en la base de ICIJ, en sus propias palabras.",
        ),
        columns=columns,
        mappings={"": _mapping()},
        prepare=prepare,
        fill_rates={": node_id_start": 0.95, ": node_id_end": 0.95, ": kind": 0.9},
        **ABOUT,
        **more,
    )


DATASET = _dataset(
    "icij_relationships",
    ("node_id_start", "node_id_end", "rel_type"),
    optional=("link", "status", "start_date", "end_date", "sourceid"),
    aliases={
        "start_id": "node_id_start",
        "end_id": "node_id_end",
        "node_1": "node_id_start",
        "node_2": "node_id_end",
        "type": "rel_type",
    },
)
