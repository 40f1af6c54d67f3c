"""Who stands where: a ranking with how sure it is, roles with their reasons, sets that matter together."""

from __future__ import annotations

from typing import Any

import streamlit as st

from vinculo.analytics.key_players import MEASURES
from vinculo.analytics.projecting.known import projections
from vinculo.analytics.role_finding import COLLECTION, LAST, kept_roles
from vinculo.analytics.roles import common_lawful
from vinculo.analytics.set_goals import GOALS
from vinculo.dashboard import answers, cases, desk, downloads, frame
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.names import asked_taints, names_of, shareable
from vinculo.dashboard.players import KEPT, ids_of, keep, kept, renamed
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import into, language, number, plain, remark, seen, t
from vinculo.graph.text import Text, say

ss = st.session_state
VIEWS = ("ranking", "roles", "sets")
#: Rows asked for, and rows of one role.
TOP, OF_A_ROLE = 50, 10
#: Generic parties told by name.
NAMED = 5
DEFAULT = "everything"


def controls() -> str:
    """Which view, which network, and the button."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    views, measures, goals = ({n: t(f"players.{n}") for n in names}.__getitem__ for names in (VIEWS, MEASURES, GOALS))
    view = bar.segmented_control(
        t("players.view"), VIEWS, default="ranking", format_func=views, key="view", required=True
    )
    titles = {n: into(p.words()) for n, p in projections().items()}
    projection = bar.selectbox(
        t("players.projection"),
        # the one the command takes stands first
        sorted(titles, key=lambda n: n != DEFAULT),
        format_func=titles.__getitem__,
        key="projection",
        width=260,
    )
    arguments = ["key-players", "--projection", str(projection)]
    if view == "ranking":
        by = bar.selectbox(t("players.by"), MEASURES, index=1, format_func=measures, key="by", width=220)
        arguments += ["--by", str(by), "--limit", str(TOP)]
    elif view == "sets":
        goal = bar.selectbox(t("players.goal"), GOALS, format_func=goals, key="goal", width=330)
        size = bar.number_input(t("players.size"), 1, 10, 5, key="size", width=110)
        arguments += ["--sets", str(size), "--goal", str(goal)]
    else:
        arguments += ["--roles", "--limit", str(OF_A_ROLE)]
    bar.button(
        t("players.find"),
        icon=":material/play_arrow:",
        key="find",
        type="primary",
        on_click=frame.start_job,
        args=("key_players", arguments),
        kwargs={"then": None if view == "roles" else keep},
        disabled=bool(jobs().running(cases.current())),
    )
    return str(view)


def told(text: dict[str, str] | list[str]) -> str:
    """A sentence as a command's JSON has it, in the reader's language."""
    return into(Text(**text) if isinstance(text, dict) else Text(*text))


def head(result: dict[str, Any]) -> None:
    """What was looked at, when, and whether it still holds."""
    first = result["rows"][0]
    own = first.get("projection") or result.get("projection") or {}
    name = str(own.get("name", ""))
    known = projections()
    title = into(known[name].words()) if name in known else seen(name)
    when = f" · {spoken(result['when'])}" if result.get("when") else ""
    st.caption(f"{plain(title)}{when}" + ("" if result["current"] else " · " + t("players.stale")))
    st.caption(told(first.get("convention") or result["convention"]))


def left_out(result: dict[str, Any], key: str) -> None:
    """Who stands between many by trade and was left out for it."""
    if result["generic_left_out"]:
        names = " · ".join(seen(p["name"] or p["id"]) for p in result["generic_named"][:NAMED])
        remark(t(key, count=number(result["generic_left_out"]), names=names))


def ranking(result: dict[str, Any], shared: dict[str, Any]) -> None:
    """The places, how often in repeated runs, and what watching alone explains."""
    head(result)
    rows = result["rows"]
    first = rows[0]
    remark(told(first["watching"]))
    left_out(first, "players.generic_out")
    st.caption(t("players.click_row"))
    figures = {t(f"players.{first['by']}"), t("players.expected")}
    picked = downloads.table(
        places(rows),
        "key-players",
        key="ranking",
        height=520,
        select=True,
        hidden=("id",),
        columns={c: st.column_config.NumberColumn(format="%.4g") for c in figures},
        shared=places(shared["rows"]),
    )
    if picked is not None:
        frame.go("entity", id=str(rows[picked]["id"]))


def places(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A ranking as rows of a table."""
    return [
        {
            t("rank"): place + 1,
            t("name"): seen(r["name"]),
            t(f"players.{r['by']}"): r["value"],
            t("players.among_first", places=r["places"]): f"{r['among_first']} / {r['runs']}",
            t("players.interval"): f"{r['low']:.4g} – {r['high']:.4g}",
            t("players.records"): r["records"],
            t("players.expected"): r["expected"],
            t("players.excess_place"): r["excess_place"],
            t("players.watched"): told(r["watched"]),
            "id": r["id"],
        }
        for place, r in enumerate(rows)
    ]


def roles(result: dict[str, Any], shared: dict[str, Any]) -> None:
    """Each role with who is in it and why; no role is an accusation."""
    head(result)
    remark(t("players.no_accusation"))
    left_out(result, "players.generic_no_role")
    by_role: dict[str, list[dict[str, Any]]] = {}
    for row in result["rows"]:
        by_role.setdefault(row["role"], []).append(row)
    for role, rows in by_role.items():
        st.markdown(f"##### {plain(say(f'role.{role}', language()).capitalize())}")
        explained = common_lawful([[((x["en"], x["es"]), x["status"]) for x in r["lawful"]] for r in rows])
        lawful = "; ".join(f"{into(Text(*said)).rstrip('.')} ({t('lawful.' + status)})" for said, status in explained)
        if lawful:
            remark(t("players.lawful", explained=lawful))
        table, going = (
            [{t("name"): seen(r["name"]), t("players.why"): told(r["reason"]), "id": r["id"]} for r in some]
            for some in (rows, [r for r in shared["rows"] if r["role"] == role])
        )
        picked = downloads.table(
            table,
            f"role-{role}",
            shared=going,
            key=f"role-{role}",
            height=300,
            select=True,
            hidden=("id",),
            columns={
                t("name"): st.column_config.TextColumn(width=260),
                t("players.why"): st.column_config.TextColumn(width=1100),
            },
        )
        if picked is not None:
            frame.go("entity", id=str(rows[picked]["id"]))


def sets(result: dict[str, Any], shared: dict[str, Any]) -> None:
    """The best set of each size, what each further member adds; one is drawn."""
    head(result)
    rows = result["rows"]
    first = rows[0]
    remark(t("players.sets_about", before=f"{first['before']:.4g}"))
    left_out(first, "players.generic_out")
    size, value = t("size"), t("players.value")
    curve = [{size: 0, value: first["before"]}, *({size: r["size"], value: r["value"]} for r in rows)]
    st.line_chart(curve, x=size, y=value, height=240)
    st.caption(t("players.click_set"))
    figures = {c: st.column_config.NumberColumn(format="%.4g") for c in (value, t("players.gain"))}
    picked = downloads.table(
        steps(rows),
        "key-player-sets",
        key="sets",
        height=420,
        select=True,
        columns=figures | {t("players.members"): st.column_config.TextColumn(width=900)},
        shared=steps(shared["rows"]),
    )
    if picked is None:
        return
    ids = [m["id"] for m in rows[picked]["members"]]
    left, right = st.columns(2)
    if left.button(t("players.draw"), icon=":material/hub:", type="primary", key="draw"):
        desk.start_with(ids)
        frame.go("chart")
    if right.button(t("players.what_if"), icon=":material/call_split:", key="what_if"):
        ss.whatif_group = ids
        frame.go("disruption")


def steps(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sets as rows of a table."""
    return [
        {
            t("size"): r["size"],
            t("players.members"): " · ".join(seen(m["name"]) for m in r["members"]),
            t("players.value"): r["value"],
            t("players.gain"): r["gain"],
            t("players.search"): t("players.truncated")
            if r["truncated"]
            else t("players.exact")
            if r["exact"]
            else t("players.agreeing", agreeing=r["agreeing"], starts=r["starts"]),
        }
        for r in rows
    ]


frame.header(t("page.key_players"))
if cases.is_empty():
    frame.no_data()
else:
    chosen = controls()
    frame.job_list(2, of="key-players")
    store = cases.store()
    found = kept_roles(store) if chosen == "roles" else kept(store, chosen)
    if found is None:
        answers.note_another(*((COLLECTION, LAST) if chosen == "roles" else (KEPT, chosen)))
    if found is None or not found["rows"]:
        frame.empty(f"players.empty_{chosen}", "person_search", height=200)
    else:
        ids = ids_of(found)
        may_go = renamed(found, shareable(ids, asked_taints("players_sar")))
        {"ranking": ranking, "roles": roles, "sets": sets}[chosen](renamed(found, names_of(store, ids)), may_go)
