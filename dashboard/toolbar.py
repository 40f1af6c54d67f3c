"""What stands above the chart: search, undo and redo; kept charts, saving and sharing."""

from __future__ import annotations

import re
from functools import partial

import streamlit as st

from vinculo.dashboard import cases, charts, desk, saved_charts
from vinculo.dashboard.grouping import homes
from vinculo.dashboard.names import asked_taints, shareable
from vinculo.dashboard.picture import shown
from vinculo.dashboard.wording import into, language, number, plain, remark, seen, t
from vinculo.graph.chart import Chart
from vinculo.graph.exports import exports
from vinculo.graph.schema import kind

ss = st.session_state


def _add(id: str) -> None:
    desk.start_with([id])
    ss.chart_query = ""


def _new() -> None:
    desk.fresh()
    st.query_params.pop("chart", None)


def _save() -> None:
    saved_charts.save(seen(ss.chart_title), seen(ss.chart_handling))
    st.query_params["chart"] = desk.board().chart.id
    desk.say("chart.saved")


def toolbar() -> None:
    """Search, undo, redo; saving and sharing at the right."""
    board = desk.board()
    bar = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    bar.text_input(
        t("search.label"),
        type="search",
        live=True,
        key="chart_query",
        placeholder=t("search.label"),
        label_visibility="collapsed",
        width=255,
    )
    bar.button(t("chart.undo"), icon=":material/undo:", on_click=desk.undo, disabled=not board.done, type="tertiary")
    bar.button(t("chart.redo"), icon=":material/redo:", on_click=desk.redo, disabled=not board.undone, type="tertiary")
    hidden = sum(n.hidden for n in board.chart.nodes.values())
    if hidden:
        bar.button(
            t("chart.show_hidden", count=number(hidden)),
            icon=":material/visibility:",
            type="tertiary",
            on_click=lambda: desk.do(charts.show_hidden(desk.board().chart)),
        )
    bar.space("stretch")
    with bar.popover(t("chart.charts"), icon=":material/folder_open:"):
        kept_charts()
    if board.chart.nodes:
        with bar.popover(t("chart.save"), icon=":material/save:"):
            save_form()
        with bar.popover(t("chart.export"), icon=":material/download:"):
            export_form()


def save_form() -> None:
    """Title and handling code, then the button."""
    chart = desk.board().chart
    ss.setdefault("chart_title", chart.title)
    ss.setdefault("chart_handling", chart.handling)
    if ss.get("titled") != chart.id:
        ss.titled, ss.chart_title, ss.chart_handling = chart.id, chart.title, chart.handling
    st.text_input(t("chart.title"), key="chart_title", max_chars=120)
    st.text_input(t("chart.handling"), key="chart_handling", max_chars=60, placeholder=t("chart.handling_hint"))
    st.button(t("chart.save"), key="save", type="primary", on_click=_save)


def kept_charts() -> None:
    """Charts kept in this case, to open or remove; and a new one."""
    st.button(t("chart.new"), icon=":material/add:", on_click=_new, key="new_chart")
    kept = saved_charts.saved()
    if not kept:
        st.caption(t("chart.none_kept"))
    for id, made in list(kept.items())[:50]:
        row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
        name = made.get("title") or t("chart.untitled")
        label = f"{plain(name)} ({number(len(made.get('nodes', ())))})"
        row.button(label, key=f"open-{id}", type="tertiary", icon=":material/hub:", on_click=_open, args=(id,))
        row.space("stretch")
        row.button(
            t("delete"),
            key=f"drop-{id}",
            type="tertiary",
            icon=":material/delete:",
            on_click=saved_charts.forget,
            args=(id,),
        )


def _open(id: str) -> None:
    if saved_charts.open_saved(id):
        st.query_params["chart"] = id


def export_form() -> None:
    """Format, what may go out, and the button."""
    chart = desk.board().chart
    known = exports()
    first = ["html", *(n for n in known if n != "html")] if "html" in known else list(known)
    titles = {n: into(known[n].title) for n in first}
    name = st.selectbox(t("chart.format"), first, format_func=titles.__getitem__, key="export_format")
    if name is None:
        return
    st.caption(into(known[name].description))
    taints = asked_taints("with_sar")
    if chart.groups:
        st.caption(t("chart.groups_exported", count=number(len(grouped_in_file(chart, taints)))))
    extension = known[name].extension
    st.download_button(
        t("chart.download"),
        data=partial(saved_charts.exported, cases.current(), name, extension, chart, language(), taints),
        file_name=f"{_file_name(chart.title)}.{extension}",
        icon=":material/download:",
        on_click="ignore",
        type="primary",
        key="export",
    )


def grouped_in_file(chart: Chart, taints: tuple[str, ...]) -> set[str]:
    """Members of closed groups that an export holds: those that are seen, and may go out."""
    there = set(homes(chart)) & shown(chart)[0]
    if all(not s.taint or s.taint in taints for s in cases.store().sources()):
        return there
    return {i for i in shareable(there, taints) if not chart.nodes[i].taint or chart.nodes[i].taint in taints}


def _file_name(title: str) -> str:
    kept = re.sub(r"[\W_]+", "-", title)[:80].strip("-")
    return kept or t("chart.file_name")


def hits(query: str) -> None:
    """What the search finds, as buttons that put it on the chart."""
    found = cases.store().search(query, limit=6)
    if not found:
        remark(t("search.nothing", query=query))
    box = st.container(gap="xxsmall")
    for hit in found:
        matched = f" · {plain(hit.matched)}" if seen(hit.matched) != seen(hit.name) else ""
        label = f"{plain(hit.name)} · {plain(into(kind(hit.kind).label))}{matched}"
        box.button(label, key=f"hit-{hit.id}", icon=":material/add:", type="tertiary", on_click=_add, args=(hit.id,))
