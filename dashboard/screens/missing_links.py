"""Links that may be missing: hypotheses with their reasons, and how often such guesses are right. None is drawn as a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from vinculo.analytics.prediction import METHODS, told_of
from vinculo.analytics.projecting.known import projections
from vinculo.dashboard import answers, cases, desk, downloads, frame, new_charts
from vinculo.dashboard.answer_page import answer_page
from vinculo.dashboard.answers import Answer
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.names import alike, names_of
from vinculo.dashboard.tie_paths import tie_paths
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import into, language, notice, number, plain, remark, seen, t
from vinculo.graph.text import Text, say

#: Name under which the last answer is kept.
NAME = "missing_links"
DEFAULT = "who_ships_with_whom"
#: Hypotheses asked for.
TOP = 100


def controls() -> None:
    """Which network, by what measure, whose word counts, and the button."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    titles = {n: into(p.words()) for n, p in projections().items()}
    projection = bar.selectbox(
        t("missing.projection"),
        # the one the command takes stands first
        sorted(titles, key=lambda n: n != DEFAULT),
        format_func=titles.__getitem__,
        key="missing_projection",
        width=260,
    )
    methods = ("resource_allocation", *(m for m in METHODS if m != "resource_allocation"))
    method = bar.selectbox(
        t("missing.method"),
        methods,
        format_func={m: t(f"missing.{m}") for m in methods}.__getitem__,
        key="missing_method",
        width=340,
    )
    hub_from = bar.number_input(t("missing.hub_from"), 2, 100_000, 100, key="missing_hub_from", width=220)
    by_lift = bar.checkbox(t("missing.by_lift"), key="missing_by_lift", help=t("missing.by_lift_help"))
    arguments = ["predict", "--projection", str(projection), "--method", str(method), "--hub-from", str(hub_from)]
    arguments += ["--limit", str(TOP), "--check", *(["--by-lift"] if by_lift else [])]
    bar.button(
        t("missing.find"),
        icon=":material/play_arrow:",
        key="find",
        type="primary",
        on_click=answers.ask,
        args=("predict", arguments, NAME),
        disabled=bool(jobs().running(cases.current())),
    )


def show(answer: Answer) -> None:
    """What was looked at, how good the guesses are, and the hypotheses."""
    name = answer.option("--projection")
    known = projections()
    parts = [
        into(known[name].words()) if name in known else seen(name),
        t(f"missing.{answer.option('--method')}"),
        t("missing.hubs", count=number(int(answer.option("--hub-from")))),
        spoken(answer.when),
        *([] if answer.current else [t("missing.stale")]),
    ]
    st.caption(plain(" · ".join(parts)))
    notice([t("missing.about")])
    check = next((r["check"] for r in answer.rows if "check" in r), None)
    if any(r.get("truncated") for r in answer.rows):
        remark(t("missing.truncated"))
    rows = [r for r in answer.rows if r.get("hypothesis")]
    rows = retold(rows, names_of(cases.store(), (i for r in rows for i in named(r))))
    if not rows:
        frame.empty("missing.none", "link_off", height=160)
        return
    if check is not None:
        remark(checked(check))
    if gone := rows[0].get("projection", {}).get("found", {}).get("hubs_left_out"):
        remark(t("missing.generic", count=number(gone)))
    hypotheses(rows)


def retold(rows: list[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The hypotheses by these names; without those that tell of somebody who has none."""
    made = []
    for r in rows:
        if names.keys() >= set(named(r)):
            a, b, *through = (names[i] for i in named(r))
            told = told_of(r["method"], r["lift"], r["common"], a, b, through)._asdict()
            near = [{"id": p["id"], "name": n} for p, n in zip(r["through"], through, strict=True)]
            made.append(r | {"a_name": a, "b_name": b, "through": near, "told": told})
    return made


def named(row: dict[str, Any]) -> list[str]:
    """Ids that a hypothesis names."""
    return [row["a"], row["b"], *(p["id"] for p in row["through"])]


def checked(check: dict[str, Any]) -> str:
    """How often such guesses are right on this case, in plain words."""
    if not check["hidden"]:
        return say("cli.predict.uncheckable", language())
    first = min(check["precision"], key=int)
    told = t(
        "missing.checked",
        hidden=number(check["hidden"]),
        runs=number(check["runs"]),
        auc=f"{check['auc']['mean']:.0%}",
        low=f"{check['auc']['low']:.0%}",
        high=f"{check['auc']['high']:.0%}",
        first=number(int(first)),
        precision=f"{check['precision'][first]['mean']:.0%}",
        chance=number(1 / check["chance"]) if check["chance"] else "∞",
    )
    return told + ("" if check["auc"]["low"] > 0.5 else " " + t("missing.no_better"))


def one_party(row: dict[str, Any]) -> str:
    """Why the two may be one party recorded twice; empty where nothing says so, or a person has said they are not."""
    for s in cases.store().suggestions(row["a"]):
        if {s.left, s.right} == {row["a"], row["b"]}:
            return "" if s.judgement == "not_same" else into(s.why)
    return t("missing.alike") if alike(row["a_name"], row["b_name"]) else ""


def hypotheses(rows: list[dict[str, Any]]) -> None:
    """The table; one that is selected is told in full."""
    twice = [bool(one_party(r)) for r in rows]
    if any(twice):
        aside = st.toggle(t("missing.aside"), value=True, key="aside", help=t("missing.aside_help"))
        if aside:
            rows = [r for r, same in zip(rows, twice, strict=True) if not same]
            st.caption(t("missing.set_aside", count=number(sum(twice))))
    if not rows:
        frame.empty("missing.all_aside", "link_off", height=160)
        return
    st.caption(t("missing.click_row"))
    # scores count every tie of the network: no row can be told without what reports tell, so the file is asked for as a whole
    picked = downloads.table(
        table(rows),
        "hypotheses",
        key="hypotheses",
        height=420,
        select=True,
        hidden=("id a", "id b", t("missing.told")),
        columns={
            t("missing.one"): st.column_config.TextColumn(width=280),
            t("missing.other"): st.column_config.TextColumn(width=280),
            t("missing.through"): st.column_config.TextColumn(width=420),
            t("missing.lift"): st.column_config.NumberColumn(format="%.1f"),
            t("missing.score"): st.column_config.NumberColumn(format="%.3g"),
        },
    )
    if picked is not None:
        one(rows[picked])


def table(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hypotheses as rows."""
    chance = all(r["method"] == "preferential_attachment" for r in rows)
    return [
        {
            t("missing.what"): t("missing.hypothesis"),
            t("missing.one"): seen(r["a_name"]),
            t("missing.other"): seen(r["b_name"]),
            t("missing.common"): r["common"],
            t("missing.through"): " · ".join(seen(p["name"]) for p in r["through"]),
            t("missing.lift"): None if chance else r["lift"],
            t("missing.score"): r["score"],
            t("communities.marks"): t("tainted") if r.get("taint") else "",
            t("missing.told"): into(Text(**r["told"])),
            "id a": r["a"],
            "id b": r["b"],
        }
        for r in rows
    ]


def one(row: dict[str, Any]) -> None:
    """One hypothesis: its sentence, whether the two may be one party, and where to look."""
    with st.container(border=True):
        remark(into(Text(**row["told"])))
        if why := one_party(row):
            remark(t("missing.one_party", why=why))
        buttons = st.container(horizontal=True, gap="small")
        if buttons.button(
            t("missing.draw"), icon=":material/hub:", type="primary", key="draw", help=t("missing.drawn")
        ):
            draw(row)
        for side in ("a", "b"):
            if buttons.button(plain(row[f"{side}_name"]), icon=":material/badge:", key=f"open-{side}"):
                frame.go("entity", id=str(row[side]))


def draw(row: dict[str, Any]) -> None:
    """A chart of the links on record between each of the two and their neighbours in common; none between the two themselves."""
    store = cases.store()
    projection = projections()[row["projection"]["name"]]
    paths = [
        path
        for end in (row["a"], row["b"])
        for neighbour in row["through"]
        for path in tie_paths(store, projection, end, neighbour["id"])
    ]
    ids = list(dict.fromkeys([row["a"], row["b"], *(e.id for p in paths for e in p.entities)]))
    title = t("missing.title", a=seen(row["a_name"]), b=seen(row["b_name"]))
    new_charts.draw(ids, list(dict.fromkeys(x.id for p in paths for x in p.links)), title)
    desk.say("missing.drawn")
    frame.go("chart")


answer_page(NAME, "predict", "link_off", controls, show, empty="missing.empty")
