"""A few records as what they will be: parties, things, links and sums, nothing of it stored yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from vinculo.dashboard import downloads
from vinculo.dashboard.wording import escaped, icon, into, language, seen, t, value_said
from vinculo.graph.naming import candidate, unnamed
from vinculo.graph.schema import UNREADABLE, kind

#: Values told of one thing; the table that is downloaded has them all.
TOLD = 5
#: Things and links shown without a scroll bar, and the height of more.
FEW = 9
TALL = 460
Properties = Sequence[tuple[str, str]]


def show_records(records: Sequence[Mapping[str, Any]]) -> None:
    """Each record with what is made of it, and all of it as a table to take along."""
    count = sum(len(r["entities"]) + len(r["links"]) for r in records)
    with st.container(height=TALL if count > FEW else "content", border=True, gap="small"):
        for record in records:
            st.html(record_html(record))
    downloads.download([row for r in records for row in record_rows(r)], "preview", key="preview")


def names(record: Mapping[str, Any]) -> dict[str, str]:
    """What each thing of a record is called, by id, as a store would call it."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for entity in record["entities"]:
        told = found.setdefault(entity["id"], [unnamed(into(kind(entity["kind"]).label))])
        told += [candidate(name, value) for name, value in entity["properties"]]
    return {id: min(told)[2] for id, told in found.items()}


def facts(kind_name: str, properties: Properties, but: str = "") -> list[str]:
    """``Date: 2024-03-14``, the name left out, what could not be read first."""
    said = []
    for name, value in sorted(properties, key=lambda p: p[0] != UNREADABLE):
        if value == but:
            continue
        known = kind(kind_name).properties.get(name)
        told = value_said(kind_name, name, value)
        said.append(f"{into(known.label)}: {told}" if known and name != UNREADABLE else told)
    return said


def record_html(record: Mapping[str, Any]) -> str:
    """One record."""
    called = names(record)
    place = t("layout.record", record=record["record"], line=record["line"])
    parts = [f"<div class='v-remark'><b>{escaped(place)}</b></div>"]
    for reject in record["rejected"]:
        parts.append(f"<div class='v-standing'>{escaped(t('layout.rejected', reason=reject[language()]))}</div>")
    for entity in record["entities"]:
        name = called[entity["id"]]
        label = into(kind(entity["kind"]).label)
        told = facts(entity["kind"], entity["properties"], name)
        more = [t("more_sources", left=len(told) - TOLD)] if len(told) > TOLD else []
        small = " · ".join([label, *told[:TOLD], *more])
        parts.append(
            f"<div class='v-node'><img src='{icon(entity['kind'])}' alt=''><span><b>{escaped(name)}</b>"
            f"<small>{escaped(small)}</small></span></div>"
        )
    for link in record["links"]:
        verb = into(kind(link["kind"]).verb)
        beside = "".join(f" · {f}" for f in facts(link["kind"], link["properties"])[:TOLD])
        ends = [called.get(link[end], "") for end in ("source", "target")]
        parts.append(
            f"<div class='v-tie'><b>{escaped(ends[0])}</b> {escaped(verb)} <b>{escaped(ends[1])}</b>"
            f"<span> {escaped(beside)}</span></div>"
        )
    return f"<div class='v-record'>{''.join(parts)}</div>"


def record_rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same as rows of a table."""
    called = names(record)
    place = {t("record"): record["record"], t("line"): record["line"]}
    rows: list[dict[str, Any]] = []
    for reject in record["rejected"]:
        rows.append(place | _row(t("count.rejected"), "", reject[language()]))
    for entity in record["entities"]:
        said = facts(entity["kind"], entity["properties"])
        rows.append(place | _row(into(kind(entity["kind"]).label), seen(called[entity["id"]]), "; ".join(said)))
    for link in record["links"]:
        ends = [seen(called.get(link[end], "")) for end in ("source", "target")]
        said = facts(link["kind"], link["properties"])
        rows.append(place | _row(into(kind(link["kind"]).label), "", "; ".join(said), *ends))
    return rows


def _row(what: str, name: str, told: str, source: str = "", target: str = "") -> dict[str, Any]:
    return {t("kind"): what, t("name"): name, t("from"): source, t("to"): target, t("facts"): told}
