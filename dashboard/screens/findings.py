"""Patterns found: ranked, each with its reason, its evidence and its innocent explanations."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from vinculo.analytics.community_keeping import changed_since_keeping
from vinculo.analytics.finding_told import told
from vinculo.analytics.typology import COMMUNITY, finding_kinds
from vinculo.dashboard import cases, downloads, frame, new_charts
from vinculo.dashboard.finding_names import group_name, subjects
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.panel import fact_rows, source_line, standing_lines
from vinculo.dashboard.wording import escaped, figure, into, number, seen, t, unit_said
from vinculo.graph.evidence import changed_since_detection, grounded
from vinculo.graph.schema import kind
from vinculo.graph.standing import standings, status_of
from vinculo.graph.types import Finding

#: Evidence spelled out on the page; the file has all of it.
SPELLED = 200
#: Sentences about lists that are said in full.
TOLD = 5
#: A probability below this is only said to be below it.
LEAST = 0.001
#: Properties of a link with a column of their own in the evidence.
OWN_COLUMN = ("date", "startDate", "amount", "currency")


def title(name: str) -> str:
    """What a typology is called."""
    known = finding_kinds().get(name)
    return into(known) if known else seen(name).replace("_", " ")


def _detect() -> None:
    frame.start_job("detect", ["detect"])


def detect_button() -> None:
    """Look for patterns, as a command of its own."""
    busy = bool(jobs().running(cases.current()))
    st.button(t("findings.detect"), icon=":material/play_arrow:", key="detect", on_click=_detect, disabled=busy)


def ranked(found: list[Finding]) -> tuple[Finding, str] | None:
    """The list; returns the one a person has chosen, else the first, and whom it is about."""
    names = subjects(found)
    rows = [
        {
            t("rank"): place + 1,
            t("score"): round(f.score, 3),
            t("typology"): title(f.typology),
            t("subject"): names[place],
            t("period"): " – ".join(dict.fromkeys(d[:10] for d in f.window if d)),
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
        hidden=("id",),
        columns={
            t("rank"): st.column_config.NumberColumn(width=50),
            t("score"): st.column_config.ProgressColumn(min_value=0, max_value=1, format="%.2f", width=120),
            t("typology"): st.column_config.TextColumn(width=235),
            t("subject"): st.column_config.TextColumn(width=330),
            t("period"): st.column_config.TextColumn(width=180),
        },
    )
    if chosen is not None:
        st.query_params["finding"] = found[chosen].id
    wanted = st.query_params.get("finding", "")
    place = next((n for n, f in enumerate(found) if f.id == wanted), 0)
    return (found[place], names[place]) if found else None


def measured(finding: Finding) -> None:
    """Figures beside what is usual."""
    if not finding.features:
        return
    st.markdown(f"##### {t('findings.features')}")
    rows = [
        {
            t("measure"): _measure(name),
            t("here"): _figure(f.get("value"), f.get("unit")),
            t("usual"): _figure(f.get("peers"), f.get("unit")),
        }
        for name, f in finding.features.items()
    ]
    heads = "".join(f"<th>{escaped(head)}</th>" for head in rows[0])
    cells = "".join(
        "<tr>" + "".join(f"<td{' class=n' * bool(n)}>{escaped(v)}</td>" for n, v in enumerate(row.values())) + "</tr>"
        for row in rows
    )
    st.html(f"<table class='v-table'><tr>{heads}</tr>{cells}</table>")
    downloads.download(rows, "figures", key="figures")


def _measure(name: str) -> str:
    from vinculo.graph.text import has, say

    for key in (f"feature.{name}", f"dashboard.feature.{name}"):
        if has(key):
            return say(key, st.session_state.language)
    return name.replace("_", " ")


def _figure(value: Any, unit: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–" if value is None else _word(str(value), str(unit))
    said = unit_said(str(unit or ""))
    if str(unit).startswith("share"):
        rest = "" if unit == "share" else f" {said}"
        return number(100 * value, 0 if value >= 0.1 or not value else 1) + "%" + rest
    if unit == "probability":
        return f"< {LEAST}" if value < LEAST else number(value, 3)
    figures = number(value, 0 if float(value).is_integer() or abs(value) >= 1000 else 2)
    return figures if unit in (None, "", "count", "ratio") else f"{figures} {said}"


def _word(value: str, unit: str) -> str:
    """A word of ours in the reader's language, any other as it stands."""
    from vinculo.graph.text import has, say

    key = {
        "projection": f"projection.{value}",
        "method": f"community_method.{value}",
        "made_up": f"made_up.{value}",
        "taint": f"taint.{value}",
    }.get(unit, "")
    return say(key, st.session_state.language) if has(key) else seen(value)


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
    taking_part = finding.entities[:SPELLED]
    ids = [i for i, _ in taking_part]
    known = store.entities(ids)
    told = standings(store, ids)
    st.markdown(f"##### {t('findings.members')}")
    # the same sentence of several entries of one party is said once
    said = {(seen(known[i].name).casefold(), into(one.sentence)): (i, one) for i in known for one in told.get(i, ())}
    for id, one in list(said.values())[:TOLD]:
        standing_lines([one], of=known[id].name)
    if len(said) > TOLD:
        st.caption(t("more_sources", left=number(len(said) - TOLD)))
    st.caption(t("findings.click_row"))
    rows = [
        {
            t("name"): seen(known[id].name),
            t("findings.role"): _role(role),
            t("kind"): into(kind(known[id].kind).label),
            t("status"): t(f"standing.{status}") if (status := status_of(told.get(id, ()))) else "",
            t("file"): ", ".join(dict.fromkeys(s.source.file for s in known[id].sources if s.source.file)),
            "id": id,
        }
        for id, role in taking_part
        if id in known
    ]
    picked = downloads.table(rows, "members", key=f"members-{finding.id}", height=320, select=True, hidden=("id",))
    if picked is not None:
        frame.go("entity", id=str(rows[picked]["id"]))
    if len(finding.entities) > SPELLED:
        st.caption(t("more", left=number(len(finding.entities) - SPELLED)))


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
    rows = []
    for x in held.values():
        # what has a column of its own is not said again, unless the files disagree about it
        rest = {p: f for p, f in x.properties.items() if p not in OWN_COLUMN or len(f) > 1}
        amount = figure(x.first("amount"))
        rows.append(
            {
                t("date"): (x.first("date") or x.first("startDate")).replace("T", " "),
                t("from"): seen(names.get(x.source, "")),
                t("link"): into(kind(x.kind).verb),
                t("to"): seen(names.get(x.target, "")),
                t("amount"): amount,
                t("currency"): x.first("currency") if amount is not None else "",
                t("facts"): "; ".join(f"{label}: {value}" for label, value, _ in fact_rows(x.kind, rest)),
                t("sources"): "; ".join(source_line(s) for s in x.sources),
            }
        )
    rows.sort(key=lambda row: str(row[t("date")]))
    downloads.table(rows, "evidence", key="evidence", height=300)
    if len(finding.links) > SPELLED:
        st.caption(t("more", left=number(len(finding.links) - SPELLED)))


def show(finding: Finding, subject: str) -> None:
    """One finding, whole."""
    called = group_name(finding) if finding.typology == COMMUNITY else subject
    heading = f"{title(finding.typology)}: {called}" if called else title(finding.typology)
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.html(f"<h2 class='v-title'>{escaped(heading)}</h2>")
    bar = right.container(horizontal=True, horizontal_alignment="right")
    if bar.button(t("findings.draw"), icon=":material/hub:", type="primary", key="draw"):
        new_charts.draw_finding(finding, heading)
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
found_all = told(cases.store(), grounded(cases.store(), cases.store().findings()))
if changed_since_detection(cases.store()):
    st.info(t("findings.changed"), icon=":material/update:")
if changed_since_keeping(cases.store()):
    st.info(t("findings.communities_changed"), icon=":material/update:")
if cases.is_empty():
    frame.no_data()
elif not found_all:
    with frame.empty("findings.empty", "flag"), st.container(horizontal=True, horizontal_alignment="center"):
        detect_button()
    frame.job_list(of="detect")
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
    frame.job_list(2, of="detect")
    chosen_finding = ranked([f for f in found_all if not chosen_names or f.typology in chosen_names])
    if chosen_finding:
        show(*chosen_finding)
