"""Who came and went: the case in periods, who joined, left and stayed in each, and how central somebody was through time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from vinculo.analytics.phase_rows import LISTS
from vinculo.analytics.phase_windows import CALENDAR
from vinculo.dashboard import answers, cases, desk, downloads, frame
from vinculo.dashboard.answer_page import answer_page
from vinculo.dashboard.answers import Answer
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.names import asked_taints, names_of, shareable
from vinculo.dashboard.phase_lines import LINES, lines
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import into, language, notice, number, plain, seen, t
from vinculo.graph.errors import UsageError
from vinculo.graph.schema import kind
from vinculo.graph.text import say

ss = st.session_state
#: Name under which the last answer is kept.
NAME = "phases"
PERIODS = (*CALENDAR, "dates")
#: Links that make a phase, by the choice of a person.
EVENTS = {"all": (), "payments": ("PAID",), "consignments": ("SHIPPER", "CONSIGNEE", "NOTIFY_PARTY")}
TOLD_OF = {"parties": "LegalEntity", "accounts": "BankAccount"}
#: Central ones of a phase, and names in a list of one.
CENTRAL, NAMES = 10, 200


def controls() -> None:
    """How the case is cut, by which links, of whom is told, and the button."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    period = bar.segmented_control(
        t("phases.period"),
        PERIODS,
        default=PERIODS[0],
        format_func={p: t(f"phases.{p}") for p in PERIODS}.__getitem__,
        key="period",
        required=True,
    )
    events = bar.selectbox(
        t("phases.events"),
        list(EVENTS),
        format_func={e: t(f"phases.{e}") for e in EVENTS}.__getitem__,
        key="events",
        width=260,
    )
    told = bar.selectbox(
        t("phases.kind"),
        TOLD_OF,
        format_func={k: t(f"phases.{k}") for k in TOLD_OF}.__getitem__,
        key="phases_kind",
        width=200,
    )
    arguments = ["phases", "--kind", TOLD_OF[str(told)], "--limit", str(CENTRAL), "--names", str(NAMES)]
    arguments += [x for k in EVENTS[str(events)] for x in ("--event", k)]
    wrong = ""
    if period == "dates":
        text = bar.text_input(t("phases.begin"), key="begin", placeholder="2024-03-01, 2024-06-15", width=320)
        days, wrong = days_of(text)
        arguments += [x for d in days for x in ("--at", d)]
    else:
        days = [""]
        arguments += ["--every", str(period)]
    followed = follow()
    arguments += [x for i in followed for x in ("--follow", i)]
    if wrong:
        problem = UsageError("not_a_date", text=wrong)
        notice([problem.message(language()), problem.hint(language())], urgent=True)
    bar.button(
        t("phases.find"),
        icon=":material/play_arrow:",
        key="find",
        type="primary",
        on_click=answers.ask,
        args=("phases", arguments, NAME),
        disabled=bool(wrong) or not days or bool(jobs().running(cases.current())),
    )


def days_of(text: str) -> tuple[list[str], str]:
    """The days a person has written, and the first of them that is none."""
    made = []
    for part in re.split(r"[\s,;]+", text.strip()):
        try:
            made += [date.fromisoformat(part).isoformat()] if part else []
        except ValueError:
            return [], part
    return made, ""


def follow() -> list[str]:
    """Whom the line chart is to follow, beside those who are central in some phase."""
    store = cases.store()
    held = store.entities(ss.get("phases_follow", []))
    with st.expander(t("phases.follow")):
        st.caption(t("phases.follow_about"))
        query = st.text_input(
            t("phases.search"), type="search", live=True, key="phases_asked", placeholder=t("search.hint")
        )
        if query and query.strip():
            found = [h for h in store.search(query, limit=6) if h.id not in held]
            if not found:
                st.caption(t("search.nothing_short"))
            box = st.container(gap="xxsmall")
            for hit in found:
                label = f"{plain(hit.name)} · {plain(into(kind(hit.kind).label))}"
                box.button(
                    label, key=f"add-{hit.id}", icon=":material/add:", type="tertiary", on_click=_add, args=(hit.id,)
                )
        chosen = st.multiselect(
            t("phases.followed"),
            list(held),
            default=list(held),
            format_func=lambda i: seen(held[i].name),
            placeholder=t("phases.nobody"),
            key=f"followed-{'-'.join(held)}",
        )
    ss.phases_follow = chosen
    return chosen


def _add(id: str) -> None:
    ss.phases_follow = [*ss.get("phases_follow", []), id][-LINES:]
    ss.phases_asked = ""


def show(answer: Answer) -> None:
    """The phases, the lines, and one phase by name."""
    rows = answer.rows
    period = answer.option("--every") or "dates"
    events = next(
        name for name, kinds in EVENTS.items() if kinds[:1] == tuple(filter(None, [answer.option("--event")]))
    )
    told = next(name for name, kind_name in TOLD_OF.items() if kind_name == answer.option("--kind"))
    parts = [t(f"phases.{events}"), t(f"phases.{period}"), t(f"phases.{told}"), spoken(answer.when)]
    st.caption(plain(" · ".join([*parts, *([] if answer.current else [t("phases.stale")])])))
    if not rows:
        frame.empty("phases.none", "event_busy", height=160)
        return
    told_of = [r["id"] for row in rows for r in [*row["central"], *row["followed"]]]
    names = names_of(cases.store(), told_of)
    labels = {row["phase"]: label(row["phase"], period) for row in rows}
    st.caption(t("phases.about"))
    if rows[0]["samples"]:
        st.caption(say("cli.phases.sampled", language(), samples=number(rows[0]["samples"])))
    taints = asked_taints("phases_sar")
    allowed = shareable(told_of, taints)
    lines(rows, names, allowed, labels)
    st.caption(t("phases.click_row"))
    picked = downloads.table(
        [summary(row, names, labels) for row in rows],
        "phases",
        shared=[summary(row, allowed, labels) for row in rows],
        key="phases",
        height=420,
        select=True,
        columns={
            t("phases.phase"): st.column_config.TextColumn(width=200 if period == "dates" else 90),
            t("phases.central"): st.column_config.TextColumn(width=620),
        },
    )
    if picked is not None:
        members(rows[picked], labels[rows[picked]["phase"]], taints)


def label(phase: str, period: str) -> str:
    """A phase as it is called: a month, a quarter, a year, else its days."""
    first, _, last = phase.partition(" - ")
    match period:
        case "month":
            return first[:7]
        case "quarter":
            return t("phases.quarter_of", year=first[:4], quarter=(int(first[5:7]) + 2) // 3)
        case "year":
            return first[:4]
    return f"{first} – {last}"


def summary(row: dict[str, Any], names: Mapping[str, str], labels: dict[str, str]) -> dict[str, Any]:
    """One phase as a row; of those who have a name here."""
    central = [r for r in row["central"] if r["id"] in names]
    return {
        t("phases.phase"): labels[row["phase"]],
        t("phases.there"): row["members"],
        **{t(f"phases.{name}"): row["counts"][name] for name in LISTS},
        t("phases.ties"): row["links"],
        t("phases.central"): " · ".join(seen(names[r["id"]]) + arrow(r["change"]) for r in central),
    }


def arrow(change: float | None) -> str:
    """Where the centrality of somebody went since the phase before."""
    return "" if not change else " ↑" if change > 0 else " ↓"


def members(row: dict[str, Any], called: str, taints: tuple[str, ...]) -> None:
    """Who came, left and stayed in one phase; one who is selected is opened."""
    known = names_of(cases.store(), (m["id"] for name in (*LISTS, "central") for m in row[name]))
    st.markdown(f"##### {plain(t('phases.in_phase', phase=called))}")
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    name = bar.segmented_control(
        t("phases.what"),
        [n for n in LISTS if row["counts"][n]],
        format_func={n: f"{t(f'phases.{n}')}: {number(row['counts'][n])}" for n in LISTS}.__getitem__,
        default=next((n for n in LISTS if row["counts"][n]), None),
        key=f"list-{row['phase']}",
        label_visibility="collapsed",
        required=True,
    )
    central = [r["id"] for r in row["central"] if r["id"] in known]
    if central and bar.button(t("phases.draw"), icon=":material/hub:", key="draw"):
        desk.start_with(central)
        frame.go("chart")
    people = [m["id"] for m in row[name] if m["id"] in known] if name else []
    if not people:
        st.caption(t("phases.nobody_there"))
        return
    if row["counts"][name] > NAMES:
        st.caption(t("phases.cut", names=number(NAMES), count=number(row["counts"][name])))
    allowed = shareable(people, taints)
    shown, shared = (
        [{t("name"): seen(by[i]), t("phases.what"): t(f"phases.one_{name}"), "id": i} for i in people if i in by]
        for by in (known, allowed)
    )
    picked = downloads.table(
        shown,
        "phase-members",
        shared=shared,
        key=f"members-{row['phase']}-{name}",
        height=360,
        select=True,
        hidden=("id",),
        columns={t("name"): st.column_config.TextColumn(width=620)},
    )
    if picked is not None:
        frame.go("entity", id=people[picked])


answer_page(NAME, "phases", "timeline", controls, show, empty="phases.empty")
