"""Patterns found: ranked, each with its reason, its evidence and its innocent explanations."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from vinculo.analytics.typology import typologies
from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.panel import fact_rows, source_line, standing_lines
from vinculo.dashboard.wording import escaped, into, number, plain, seen, t
from vinculo.graph.schema import kind
from vinculo.graph.standing import standings
from vinculo.graph.types import Finding

#: Evidence spelled out on the page; the file has all of it.
SPELLED = 200


def title(name: str) -> str:
    """What a typology is called."""
    known = typologies().get(name)
    return into(known.title) if known else seen(name).replace("_", " ")


def _detect() -> None:
    frame.start_job("detect", ["detect"])


def detect_button() -> None:
    """Look for patterns, as a command of its own."""
    busy = bool(jobs().running(cases.current()))
    st.button(t("findings.detect"), icon=":material/play_arrow:", key="detect", on_click=_detect, disabled=busy)


def ranked(found: list[Finding]) -> Finding | None:
    """The list; returns the one a person has chosen, else the first."""
    names = {i: e.name for i, e in cases.store().entities([f.entities[0][0] for f in found if f.entities]).items()}
    rows = [
        {
            t("rank"): place + 1,
            t("score"): round(f.score, 3),
            t("typology"): title(f.typology),
            t("subject"): seen(names.get(f.entities[0][0], "")) if f.entities else "",
            t("period"): " – ".join(d for d in f.window if d),
            t("reason"): into(f.reason),
            "id": f.id,
        }
        for place, f in enumerate(found)
    ]
    chosen = downloads.table(
        rows,
        "findings",
        key="findings",
        height=300,
        select=True,
        hidden=("id", t("reason")),
        columns={t("score"): st.column_config.ProgressColumn(min_value=0, max_value=1, format="%.2f")},
    )
    wanted = st.query_params.get("finding", "")
    if chosen is not None:
        st.query_params["finding"] = found[chosen].id
        return found[chosen]
    return next((f for f in found if f.id == wanted), found[0] if found else None)


def measured(finding: Finding) -> None:
    """Figures beside what is usual."""
    if not finding.features:
        return
    st.markdown(f"##### {t('findings.features')}")
    heads = "".join(f"<th>{escaped(t(h))}</th>" for h in ("measure", "here", "usual"))
    cells = "".join(
        f"<tr><td>{escaped(_measure(name))}</td><td class='n'>{escaped(_figure(f.get('value'), f.get('unit')))}</td>"
        f"<td class='n'>{escaped(_figure(f.get('peers'), f.get('unit')))}</td></tr>"
        for name, f in finding.features.items()
    )
    st.html(f"<table class='v-table'><tr>{heads}</tr>{cells}</table>")


def _measure(name: str) -> str:
    from vinculo.graph.text import has, say

    for key in (f"feature.{name}", f"dashboard.feature.{name}"):
        if has(key):
            return say(key, st.session_state.language)
    return name.replace("_", " ")


def _figure(value: Any, unit: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value is None else str(value)
    whole = float(value).is_integer()
    said = number(value, 0 if whole else 2)
    return said if unit in (None, "", "count", "ratio", "share") else f"{said} {unit}"


def explain(finding: Finding) -> None:
    """What could be innocent, and what would settle it."""
    if finding.lawful:
        st.markdown(f"##### {t('findings.lawful')}")
        lines = "".join(
            f"<li>{escaped(into(text))}<span class='v-chip'>{escaped(t(f'lawful.{status}'))}</span></li>"
            for text, status in finding.lawful
        )
        st.html(f"<ul class='v-remark'>{lines}</ul>")
    if settles := into(finding.settles):
        st.markdown(f"##### {t('findings.settles')}")
        st.html(f"<div class='v-remark'>{escaped(settles)}</div>")


def members(finding: Finding) -> None:
    """Who takes part, in which role, and what lists say of them."""
    store = cases.store()
    ids = [i for i, _ in finding.entities]
    known = store.entities(ids)
    told = standings(store, ids)
    st.markdown(f"##### {t('findings.members')}")
    for id, role in finding.entities[:40]:
        e = known.get(id)
        if e is None:
            continue
        row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
        if row.button(plain(e.name), key=f"member-{finding.id}-{id}-{role}", type="tertiary"):
            frame.go("entity", id=id)
        row.html(f"<span class='v-chip'>{escaped(_role(role))}</span>", width="content")
        standing_lines(told.get(id, ()))
    if len(finding.entities) > 40:
        st.caption(t("more", left=number(len(finding.entities) - 40)))


def _role(role: str) -> str:
    from vinculo.graph.text import has, say

    key = f"role.{role}"
    return say(key, st.session_state.language) if has(key) else role.replace("_", " ")


def evidence(finding: Finding) -> None:
    """The links it rests on, with file and record."""
    store = cases.store()
    held = store.links(finding.links[:SPELLED])
    names = {i: e.name for i, e in store.entities([x for v in held.values() for x in (v.source, v.target)]).items()}
    st.markdown(f"##### {t('findings.evidence')}")
    rows = [
        {
            t("date"): x.first("date") or x.first("startDate"),
            t("from"): seen(names.get(x.source, "")),
            t("link"): into(kind(x.kind).verb),
            t("to"): seen(names.get(x.target, "")),
            t("facts"): "; ".join(
                f"{label}: {value}" for label, value, _ in fact_rows(x.kind, x.properties) if value != x.first("date")
            ),
            t("sources"): "; ".join(source_line(s) for s in x.sources),
        }
        for x in held.values()
    ]
    downloads.table(rows, "evidence", key="evidence", height=300)
    if len(finding.links) > SPELLED:
        st.caption(t("more", left=number(len(finding.links) - SPELLED)))


def show(finding: Finding) -> None:
    """One finding, whole."""
    bar = st.container(horizontal=True, vertical_alignment="center")
    bar.html(f"<h2 class='v-title'>{escaped(title(finding.typology))}</h2>", width="content")
    bar.space("stretch")
    if bar.button(t("findings.draw"), icon=":material/hub:", type="primary", key="draw"):
        desk.draw_finding(finding, title(finding.typology))
        frame.go("chart")
    st.html(f"<div style='font-size:1rem'>{escaped(into(finding.reason))}</div>")
    if finding.truncated:
        st.caption(t("findings.truncated"))
    left, right = st.columns([1, 1], gap="medium")
    with left:
        measured(finding)
        explain(finding)
    with right:
        members(finding)
    evidence(finding)


frame.header(t("page.findings"))
found_all = cases.store().findings()
if cases.is_empty():
    frame.no_data()
elif not found_all:
    with frame.empty("findings.empty", "flag"), st.container(horizontal=True, horizontal_alignment="center"):
        detect_button()
    frame.job_list()
else:
    counted = Counter(f.typology for f in found_all)
    chosen_names = st.pills(
        t("typology"),
        sorted(counted, key=title),
        selection_mode="multi",
        format_func=lambda n: t("chart.kind_count", kind=title(n), count=number(counted[n])),
        key="typologies",
        label_visibility="collapsed",
        wrap=True,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("findings.caution"))
        detect_button()
    frame.job_list(2)
    chosen_finding = ranked([f for f in found_all if not chosen_names or f.typology in chosen_names])
    if chosen_finding:
        show(chosen_finding)
