"""The chart a session works on: its board, what is selected, what was said last, and what is done to it step by step."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, charts, grouping, reading
from vinculo.dashboard.charts import EXPAND_MAX, SHOWN_MAX, SHOWN_WARN, Board, Patch
from vinculo.dashboard.wording import number, seen, t
from vinculo.graph.chart import Chart


def board() -> Board:
    """The board of this session; a case of its own gets a board of its own."""
    if st.session_state.get("board_case") != cases.current() or "board" not in st.session_state:
        fresh()
    made: Board = st.session_state.board
    return made


def fresh() -> None:
    """Begin an empty chart."""
    take_up(Board(Chart(id=uuid.uuid4().hex[:10], store=cases.label(cases.current()))))


def take_up(made: Board) -> None:
    """Put another board on the desk, with nothing selected and nothing said."""
    st.session_state.board_case = cases.current()
    st.session_state.board = made
    st.session_state.selected = []
    st.session_state.selected_line = ""
    st.session_state.asked = ""
    st.session_state.said = None


def do(patch: Patch | None) -> None:
    """Change the chart; what can be done can be undone."""
    st.session_state.board = charts.do(board(), patch)


def undo() -> None:
    """Take the last change back."""
    st.session_state.board = charts.undo(board())
    _still_there()


def redo() -> None:
    """Do it again."""
    st.session_state.board = charts.redo(board())
    _still_there()


def _still_there() -> None:
    st.session_state.selected = grouping.on_chart(board().chart, st.session_state.selected)
    st.session_state.said = None
    st.session_state.asked = ""


def say(key: str, /, **values: Any) -> None:
    """Keep a remark for the panel, as key and values: the reader may change the language."""
    st.session_state.said = (key, values)


def put(ids: Sequence[str], *, anchor: str | None = None) -> list[str]:
    """Add these things, and every link between them and what is there; returns the ids that are new."""
    chart = board().chart
    new = [i for i in dict.fromkeys(ids) if i not in chart.nodes]
    room = SHOWN_MAX - len(chart.nodes)
    if len(new) > room:
        say("chart.full", most=number(SHOWN_MAX))
        new = new[: max(0, room)]
    store = cases.store()
    nodes = reading.chart_nodes(store, new)
    known = [n.id for n in nodes]
    links = reading.links_between(store, [*known, *([anchor] if anchor else [])], chart.nodes)
    do(charts.add(chart, nodes, links, anchor=anchor))
    return known


def start_with(ids: Sequence[str]) -> None:
    """Add things from another page, hidden ones again, and select them."""
    there = board().chart.nodes
    hidden = tuple(replace(there[i], hidden=False) for i in ids if i in there and there[i].hidden)
    do(Patch("show", nodes=hidden) if hidden else None)
    put(ids)
    st.session_state.selected = grouping.on_chart(board().chart, ids)
    st.session_state.selected_line = ""


def expand(id: str) -> None:
    """Add what is linked to a node; above the limit, ask which kinds. A group is opened."""
    chart = board().chart
    if id in chart.groups:
        open_group(id)
        return
    if id not in chart.nodes:
        return
    found = reading.around(cases.store(), id, chart.nodes)
    name = chart.nodes[id].name
    st.session_state.selected = [id]
    st.session_state.selected_line = ""
    st.session_state.asked = ""
    if len(found.ids) > EXPAND_MAX:
        st.session_state.asked = id
        say("chart.ask", count=number(len(found.ids)), name=name)
        return
    st.session_state.said = None
    made = put(found.ids, anchor=id)
    if not st.session_state.said:
        say("chart.added_all" if made else "chart.nothing_more", count=number(len(made)), name=name)


def expand_some(id: str, kinds: Sequence[str], limit: int = EXPAND_MAX) -> None:
    """Add some of what is linked to a node by these kinds of links, and say what was left out."""
    chart = board().chart
    if id not in chart.nodes:
        return
    found = reading.around(cases.store(), id, chart.nodes)
    made = put(reading.some(found, kinds, limit), anchor=id)
    left = len(found.ids) - len(made)
    figures = {"count": number(len(made)), "total": number(len(found.ids)), "left": number(left)}
    say("chart.added_some", name=chart.nodes[id].name, **figures)
    st.session_state.asked = id if left > 0 else ""


def add_group(ids: Sequence[str], name: str) -> None:
    """Add these to the chart, drawn as one."""
    put(ids)
    group(ids, name)


def group(ids: Sequence[str], name: str = "") -> None:
    """Draw these as one, and select that."""
    chart = board().chart
    inside = grouping.members(chart, ids)
    made = grouping.close(chart, ids, name or _group_name(chart, inside))
    if made is None:
        return
    do(made)
    st.session_state.selected = grouping.on_chart(board().chart, inside[:1])
    st.session_state.selected_line = ""
    st.session_state.asked = ""
    say("chart.grouped", count=number(len(inside)))


def _group_name(chart: Chart, inside: Sequence[str]) -> str:
    first = grouping.suggested(chart, inside, grouping.degrees(chart, inside))
    left = len(inside) - len(first)
    return (
        t("chart.group_name", names=", ".join(seen(n) for n in first), left=number(left)) if left else ", ".join(first)
    )


def open_group(id: str) -> None:
    """Draw the members of a group again where they were, and select them."""
    chart = board().chart
    inside = grouping.members(chart, [id])
    do(grouping.open_(chart, id))
    st.session_state.selected = inside
    st.session_state.selected_line = ""
    say("chart.opened", count=number(len(inside)), name=chart.groups[id].name)


def over_warning() -> bool:
    """Whether so much is on the chart that it is hard to read."""
    return len(board().chart.nodes) > SHOWN_WARN
