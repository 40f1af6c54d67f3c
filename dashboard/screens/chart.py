"""The link chart: search, expand, hide, details with their sources, dates, saving and sharing."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, charts, desk, downloads, frame
from vinculo.dashboard.linkchart import linkchart
from vinculo.dashboard.panel import link_panel, node_panel
from vinculo.dashboard.picture import lines, shown, view
from vinculo.dashboard.wording import escaped, into, language, number, plain, remark, seen, t, tm
from vinculo.graph.exports import exports
from vinculo.graph.schema import kind

#: What the calendar offers.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)

ss = st.session_state
LABELS = (
    "aria",
    "expand",
    "hide",
    "pin",
    "fit",
    "zoom_in",
    "zoom_out",
    "legend",
    "links",
    "inferred",
    "width",
    "switch",
)


def words() -> dict[str, Any]:
    """Labels for the component."""
    made: dict[str, Any] = {name: t(f"chart.{name}") for name in LABELS}
    made["widths"] = [t("chart.width_from", count=least) for least in ("1", "2–4", "5–19", "20+")]
    made |= {"listed": t("chart.mark_listed"), "cleared": t("chart.mark_cleared"), "language": language()}
    return made


def _add(id: str) -> None:
    desk.start_with([id])
    ss.chart_query = ""


def _dates() -> None:
    first, last = (d.isoformat() if d else "" for d in (ss.date_first, ss.date_last))
    desk.do(charts.set_dates(desk.board().chart, first, last))


def _new() -> None:
    desk.fresh()
    st.query_params.pop("chart", None)


def _save() -> None:
    desk.save(seen(ss.chart_title), seen(ss.chart_handling))
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
        width=290,
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
    kept = desk.saved()
    if not kept:
        st.caption(t("chart.none_kept"))
    for id, made in list(kept.items())[:50]:
        row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
        name = made.get("title") or t("chart.untitled")
        label = f"{plain(name)} ({number(len(made.get('nodes', ())))})"
        row.button(label, key=f"open-{id}", type="tertiary", icon=":material/hub:", on_click=_open, args=(id,))
        row.space("stretch")
        row.button(
            t("delete"), key=f"drop-{id}", type="tertiary", icon=":material/delete:", on_click=desk.forget, args=(id,)
        )


def _open(id: str) -> None:
    if desk.open_saved(id):
        st.query_params["chart"] = id


def export_form() -> None:
    """Format, what may go out, and the button."""
    chart = desk.board().chart
    known = exports()
    first = ["html", *(n for n in known if n != "html")] if "html" in known else list(known)
    name = st.selectbox(t("chart.format"), first, format_func=lambda n: into(known[n].title), key="export_format")
    if name is None:
        return
    st.caption(into(known[name].description))
    taints: tuple[str, ...] = ()
    if any(s.taint for s in cases.store().sources()) and st.checkbox(t("chart.with_sar"), key="with_sar"):
        taints = ("sar",)
    extension = known[name].extension
    st.download_button(
        t("chart.download"),
        data=partial(desk.exported, cases.current(), name, extension, chart, language(), taints),
        file_name=f"{_file_name(chart.title)}.{extension}",
        icon=":material/download:",
        on_click="ignore",
        type="primary",
        key="export",
    )


def _file_name(title: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in title)[:60].strip("-")
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


def period() -> None:
    """The one date range of the screen."""
    chart = desk.board().chart
    ss.date_first, ss.date_last = (_day(d) for d in chart.dates)
    left, right = st.columns(2)
    left.date_input(
        t("chart.from"),
        value=None,
        key="date_first",
        on_change=_dates,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
    )
    right.date_input(
        t("chart.to"),
        value=None,
        key="date_last",
        on_change=_dates,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def picker(id: str) -> None:
    """Which kinds to add, where there is more round a node than fits."""
    from vinculo.dashboard.reading import around

    found = around(cases.store(), id, desk.board().chart.nodes)
    if not found.new:
        return
    chosen = st.pills(
        t("chart.which"),
        list(found.new),
        selection_mode="multi",
        format_func=lambda k: tm("chart.kind_count", kind=into(kind(k).label), count=number(len(found.new[k]))),
        key=f"kinds-{id}",
        wrap=True,
    )
    st.button(
        t("chart.add_some", count=charts.EXPAND_MAX),
        key="add_some",
        type="primary",
        disabled=not chosen,
        on_click=desk.expand_some,
        args=(id, list(chosen)),
    )


def twin() -> None:
    """The same as a table; made only while it is open, or every expand would pay for it."""
    box = st.expander(t("chart.table"), key="twin", on_change="rerun")
    if box.open:
        with box:
            tables()


def tables() -> None:
    """What is seen: entities, then lines."""
    chart = desk.board().chart
    nodes, links = shown(chart)
    rows: list[dict[str, Any]] = [
        {
            t("name"): seen(n.name),
            t("kind"): into(kind(n.kind).label),
            t("date"): n.date,
            t("status"): t(f"standing.{n.status}") if n.status else "",
            t("chart.note"): chart.notes.get(n.id, ""),
            "id": n.id,
        }
        for n in chart.nodes.values()
        if n.id in nodes
    ]
    downloads.table(rows, "chart-nodes", key="twin-nodes", height=260, hidden=("id",))
    rows = [
        {
            t("from"): seen(chart.nodes[line.source].name),
            t("link"): into(kind(line.kind).verb),
            t("to"): seen(chart.nodes[line.target].name),
            t("count"): len(line.links),
            t("amount"): line.amount() or line.links[0].label,
            t("first"): line.links[0].date,
            t("last"): line.links[-1].date,
        }
        for line in lines(chart, links)
    ]
    downloads.table(rows, "chart-links", key="twin-links", height=260)


def side() -> None:
    """Counts, what was said last, dates, details."""
    chart = desk.board().chart
    if not chart.nodes:
        st.caption(t("chart.keys"))
        return
    nodes, links = shown(chart)
    if chart.title:
        st.html(f"<div class='v-node'><b>{escaped(chart.title)}</b></div>")
    st.caption(t("chart.counts", nodes=number(len(nodes)), links=number(len(links))))
    if ss.said:
        key, values = ss.said
        remark(t(key, **values))
    if desk.over_warning():
        st.caption(t("chart.many"))
    if ss.asked in chart.nodes:
        picker(ss.asked)
    period()
    selected = [i for i in ss.selected if i in chart.nodes]
    if len(selected) == 1:
        node_panel(selected[0])
    elif selected:
        st.caption(t("chart.selected", count=number(len(selected))))
        for id in selected[:20]:
            remark(chart.nodes[id].name)
        if len(selected) == 2:
            frame.link("paths", t("chart.paths_between"), ":material/route:", a=selected[0], b=selected[1])
    elif ss.selected_line in chart.links:
        link_panel(ss.selected_line)
    else:
        st.caption(t("chart.pick"))


@st.fragment
def screen() -> None:
    """Everything below the heading; a change reruns only this."""
    left, right = st.columns([3.5, 1], gap="small")
    with left:
        toolbar()
        if ss.get("chart_query", "").strip():
            hits(ss.chart_query)
        chart = desk.board().chart
        if chart.nodes:
            linkchart(
                view(chart, language()),
                key=desk.KEY,
                ack=ss.get("ack", 0),
                selected=ss.selected,
                words=words(),
                on_command=desk.on_command,
            )
        else:
            frame.empty("chart.empty", "hub", height=460)
        if chart.nodes:
            twin()
    with right:
        side()


def follow_address() -> None:
    """``?chart=`` opens a kept chart, ``?id=`` begins one with a thing."""
    wanted = st.query_params.get("chart", "")
    if wanted and wanted != desk.board().chart.id and not desk.open_saved(wanted):
        st.warning(tm("chart.unknown", id=wanted))
    first = st.query_params.get("id", "")
    if first and not desk.board().chart.nodes and first in cases.store().entities([first]):
        desk.start_with([first])


frame.header(t("page.chart"))
follow_address()
if cases.is_empty() and not desk.board().chart.nodes:
    frame.no_data()
else:
    screen()
