"""The link chart: expand, hide, details with their sources, dates, the same as a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, charts, desk, downloads, frame, orders, saved_charts, toolbar
from vinculo.dashboard.group_panel import group_panel
from vinculo.dashboard.grouping import homes, name_of, on_chart
from vinculo.dashboard.linkchart import linkchart
from vinculo.dashboard.panel import link_panel, node_panel
from vinculo.dashboard.picture import lines, shown, view
from vinculo.dashboard.wording import escaped, into, language, number, remark, seen, t, tm
from vinculo.graph.schema import kind

#: What the calendar offers.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)

ss = st.session_state
LABELS = (
    "aria",
    "expand",
    "open",
    "group",
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
    made |= {mark: t(f"chart.mark_{mark}") for mark in ("listed", "cleared", "withdrawn")}
    made["language"] = language()
    return made


def _dates() -> None:
    first, last = (d.isoformat() if d else "" for d in (ss.date_first, ss.date_last))
    desk.do(charts.set_dates(desk.board().chart, first, last))


def period() -> None:
    """The one date range of the screen."""
    chart = desk.board().chart
    ss.date_first, ss.date_last = (_day(d) for d in chart.dates)
    # side by side where there is room, else one under the other
    row = st.container(horizontal=True, gap="xsmall")
    row.date_input(
        t("chart.from"),
        value=None,
        key="date_first",
        on_change=_dates,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
        width=136,
    )
    row.date_input(
        t("chart.to"),
        value=None,
        key="date_last",
        on_change=_dates,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="YYYY-MM-DD",
        width=136,
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
    home = homes(chart)
    rows: list[dict[str, Any]] = [
        {
            t("name"): seen(n.name),
            t("kind"): into(kind(n.kind).label),
            t("date"): n.date,
            t("status"): t(f"standing.{n.status}") if n.status else "",
            t("chart.note"): chart.notes.get(n.id, ""),
            t("chart.in_group"): seen(chart.groups[home[n.id]].name) if n.id in home else "",
            "id": n.id,
        }
        for n in chart.nodes.values()
        if n.id in nodes
    ]
    downloads.table(rows, "chart-nodes", key="twin-nodes", height=260, hidden=("id",))
    rows = [
        {
            t("from"): seen(name_of(chart, line.source)),
            t("link"): into(kind(line.kind).verb),
            t("to"): seen(name_of(chart, line.target)),
            t("count"): len(line.links),
            t("amount"): line.amount() or (line.links[0].label if len(line.links) == 1 else ""),
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
    if chart.groups:
        grouped = sum(i in nodes for i in homes(chart))
        st.caption(t("chart.groups", groups=number(len(chart.groups)), nodes=number(grouped)))
    selected = on_chart(chart, ss.selected)
    if len(selected) == 1 and selected[0] in chart.groups:
        group_panel(selected[0])
    elif len(selected) == 1:
        node_panel(selected[0])
    elif selected:
        st.caption(t("chart.selected", count=number(len(selected))))
        st.button(t("chart.group"), key="group", icon=":material/workspaces:", on_click=desk.group, args=(selected,))
        for id in selected[:20]:
            remark(name_of(chart, id))
        if len(selected) == 2 and not chart.groups.keys() & set(selected):
            frame.link("paths", t("chart.paths_between"), ":material/route:", a=selected[0], b=selected[1])
    elif ss.selected_line in chart.links:
        link_panel(ss.selected_line)
    else:
        st.caption(t("chart.pick"))


@st.fragment
def screen() -> None:
    """Everything below the heading; a change reruns only this."""
    left, right = st.columns([3.5, 1], gap="small")
    # The chart is sent first: the browser draws it while the rest is still made.
    above, middle = left.container(), left.container()
    chart = desk.board().chart
    with middle:
        if chart.nodes:
            linkchart(
                view(chart, language()),
                key=orders.KEY,
                ack=ss.get("ack", 0),
                selected=ss.selected,
                words=words(),
                on_command=orders.on_command,
            )
        else:
            with (
                frame.empty("chart.empty", "hub", height=460),
                st.container(horizontal=True, horizontal_alignment="center"),
            ):
                frame.link("findings", t("home.findings"), ":material/flag:")
    with above:
        toolbar.toolbar()
        if ss.get("chart_query", "").strip():
            toolbar.hits(ss.chart_query)
    with left:
        if chart.nodes:
            twin()
    with right:
        side()


def follow_address() -> None:
    """``?chart=`` opens a kept chart, ``?id=`` begins one with a thing."""
    wanted = st.query_params.get("chart", "")
    if wanted and wanted != desk.board().chart.id and not saved_charts.open_saved(wanted):
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
