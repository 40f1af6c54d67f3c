"""Search: names with typos and accents, identifiers, addresses. What was asked stands in the address."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.wording import escaped, icon, into, number, plain, seen, t, value_said
from vinculo.graph.schema import kind
from vinculo.graph.standing import standings, status_of
from vinculo.graph.types import Entity, Hit

LIMIT = 30
#: What tells entries of one name apart, best first.
TELLING = ("taxNumber", "registrationNumber", "idNumber", "birthDate", "address", "bankName", "country")
#: What a person may narrow a search to, by kind and its descendants.
KINDS = (
    "Person",
    "Company",
    "BankAccount",
    "Consignment",
    "Container",
    "Address",
    "Location",
    "Phone",
    "Identifier",
    "Seizure",
    "Inspection",
    "Listing",
)


def row(hit: Hit, entity: Entity | None, status: str) -> None:
    """One result: open it, or put it on the chart."""
    left, middle, right = st.columns([3.2, 5, 1.5], vertical_alignment="center", gap="small")
    with left.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<span class='v-node'><img src='{icon(hit.kind, status)}' alt=''></span>", width="content")
        if st.button(plain(hit.name), key=f"open-{hit.id}", type="tertiary"):
            frame.go("entity", id=hit.id)
    matched = t("search.matched", value=seen(hit.matched)) if seen(hit.matched) != seen(hit.name) else ""
    first = " · ".join(x for x in (into(kind(hit.kind).label), matched) if x)
    middle.html(f"<div class='v-remark'>{escaped(first)}<small>{escaped(known_by(entity))}</small></div>")
    if right.button(t("add_to_chart"), key=f"add-{hit.id}", icon=":material/add:", type="tertiary"):
        desk.start_with([hit.id])
        frame.go("chart")


def known_by(entity: Entity | None) -> str:
    """What tells one entry from another of the same name: its numbers and places, and the file it stands in."""
    if entity is None:
        return ""
    told = [p for p in (*TELLING, *kind(entity.kind).featured) if p != "name" and entity.first(p)]
    said = [value_said(entity.kind, p, entity.first(p)) for p in dict.fromkeys(told)]
    files = dict.fromkeys(p.source.file for p in entity.sources if p.source.file)
    return " · ".join([*(s for s in said if s != entity.name)][:3] + [*files][:2])


def results(query: str, kinds: list[str]) -> None:
    """What was found, best first."""
    found = cases.store().search(query, kinds=kinds or None, limit=LIMIT)
    if not found:
        with (
            frame.empty("search.nothing", "search_off", query=query),
            st.container(horizontal=True, horizontal_alignment="center"),
        ):
            frame.link("data", t("home.data"), ":material/upload_file:")
        return
    st.caption(t("search.count", count=number(len(found))) if len(found) < LIMIT else t("search.first", count=LIMIT))
    held = cases.store().entities([h.id for h in found])
    told = standings(cases.store(), [h.id for h in found])
    with st.container(gap="xxsmall"):
        for hit in found:
            row(hit, held.get(hit.id), status_of(told.get(hit.id, ())))
    rows = [
        {
            t("name"): seen(h.name),
            t("kind"): into(kind(h.kind).label),
            t("score"): h.score,
            t("matches"): seen(h.matched),
            t("facts"): known_by(held.get(h.id)),
            "id": h.id,
        }
        for h in found
    ]
    downloads.download(rows, "search", key="search")


frame.header(t("page.search"))
if cases.is_empty():
    frame.no_data()
else:
    if "q" not in st.session_state:
        st.session_state.q = st.query_params.get("q", "")
    left, right = st.columns([2, 1], gap="small")
    asked = left.text_input(t("search.label"), type="search", live=True, key="q", placeholder=t("search.hint"))
    there = set(cases.counts()["entities"])
    chosen = right.multiselect(
        t("search.kinds"),
        [k for k in KINDS if k in there],
        format_func=lambda k: into(kind(k).label),
        placeholder=t("search.all_kinds"),
    )
    if asked and asked.strip():
        st.query_params["q"] = asked
        results(asked, chosen)
    else:
        st.query_params.pop("q", None)
        frame.empty("search.empty", "search")
