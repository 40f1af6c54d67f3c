"""Search: names with typos and accents, identifiers, addresses. What was asked stands in the address."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.wording import escaped, into, number, plain, remark, seen, t
from vinculo.graph.palette import node_image
from vinculo.graph.schema import kind
from vinculo.graph.standing import standings, status_of
from vinculo.graph.types import Hit

LIMIT = 30
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


def row(hit: Hit, status: str) -> None:
    """One result: open it, or put it on the chart."""
    left, middle, right = st.columns([5, 2, 1.4], vertical_alignment="center", gap="small")
    picture = node_image(kind(hit.kind).appearance, "light", kind=hit.kind, status=status)
    with left.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<span class='v-node'><img src='{picture}' alt=''></span>", width="content")
        if st.button(plain(hit.name), key=f"open-{hit.id}", type="tertiary"):
            frame.go("entity", id=hit.id)
    matched = t("search.matched", value=seen(hit.matched)) if seen(hit.matched) != seen(hit.name) else ""
    middle.html(f"<div class='v-remark'>{escaped(into(kind(hit.kind).label))}<br>{escaped(matched)}</div>")
    if right.button(t("add_to_chart"), key=f"add-{hit.id}", icon=":material/add:", type="tertiary"):
        desk.start_with([hit.id])
        frame.go("chart")


def results(query: str, kinds: list[str]) -> None:
    """What was found, best first."""
    found = cases.store().search(query, kinds=kinds or None, limit=LIMIT)
    if not found:
        remark(t("search.nothing", query=query))
        return
    st.caption(t("search.count", count=number(len(found))) if len(found) < LIMIT else t("search.first", count=LIMIT))
    told = standings(cases.store(), [h.id for h in found])
    for hit in found:
        row(hit, status_of(told.get(hit.id, ())))
    rows = [
        {
            t("name"): seen(h.name),
            t("kind"): into(kind(h.kind).label),
            t("score"): h.score,
            t("matches"): seen(h.matched),
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
