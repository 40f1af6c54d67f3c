"""The chart a session works on: its board, what is selected, what was said last. The only place that changes them."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, charts, grouping, reading
from vinculo.dashboard.charts import EXPAND_MAX, SHOWN_MAX, SHOWN_WARN, Board, Patch
from vinculo.dashboard.linkchart import commands
from vinculo.dashboard.picture import as_seen
from vinculo.dashboard.wording import number, seen, t
from vinculo.graph.chart import Chart
from vinculo.graph.exports import export
from vinculo.graph.types import Finding

KEY = "linkchart"
#: Collection of the store in which charts are kept.
CHARTS = "charts"


def board() -> Board:
    """The board of this session; a case of its own gets a board of its own."""
    if st.session_state.get("board_case") != cases.current() or "board" not in st.session_state:
        fresh()
    made: Board = st.session_state.board
    return made


def fresh() -> None:
    """Begin an empty chart."""
    _set(Board(Chart(id=uuid.uuid4().hex[:10], store=cases.label(cases.current()))))


def _set(made: Board) -> None:
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


def draw_finding(finding: Finding, title: str) -> None:
    """A new chart of a finding: members, the links that are its evidence, holders of accounts, numbers they share."""
    store = cases.store()
    links = store.links(finding.links)
    ends = [end for x in links.values() for end in (x.source, x.target)]
    members = list(dict.fromkeys([*(i for i, _ in finding.entities), *ends]))
    # entries of one party in several files meet in its number; without it they would stand about unexplained
    holders: dict[str, list[str]] = {}
    for row in store.links_at(members, kinds=["HAS_IDENTIFIER"]).to_pylist():
        holders.setdefault(row["target"], []).append(row["id"])
    shared = {number: held for number, held in holders.items() if len(held) > 1}
    ours = set(members)
    holds = [
        row["id"]
        for row in store.links_at(members, kinds=["HOLDS"]).to_pylist()
        if row["source"] in ours and row["target"] in ours
    ]
    draw([*members, *shared], [*finding.links, *holds, *(x for held in shared.values() for x in held)], title)


def draw(ids: Sequence[str], links: Sequence[str], title: str) -> None:
    """A new chart of these things and these links."""
    fresh()
    store = cases.store()
    wanted = set(links)
    nodes = reading.chart_nodes(store, list(ids)[:SHOWN_MAX])
    lines = [x for x in reading.links_between(store, [n.id for n in nodes], []) if x.id in wanted]
    do(charts.add(board().chart, nodes, lines))
    do(charts.entitle(board().chart, title, ""))
    # one step: undo must not leave a chart with a title and nothing on it
    st.session_state.board = Board(board().chart)
    say("chart.evidence")


def draw_group(ids: Sequence[str], title: str, left_out: int = 0) -> None:
    """A new chart of these things and every link between them."""
    fresh()
    put(ids)
    do(charts.entitle(board().chart, title, ""))
    st.session_state.board = Board(board().chart)
    if left_out:
        say("chart.group_cut", count=number(len(ids)), left=number(left_out))


def draw_groups(groups: Sequence[tuple[Sequence[str], str]], title: str, left_out: int = 0) -> None:
    """A new chart on which each of these is a closed group, with the links between them; their members stand round about."""
    fresh()
    store = cases.store()
    nodes = reading.chart_nodes(store, [i for ids, _ in groups for i in ids][:SHOWN_MAX])
    known = {n.id for n in nodes}
    drawn = [(inside, name) for ids, name in groups if len(inside := [i for i in dict.fromkeys(ids) if i in known]) > 1]
    links = reading.links_between(store, [i for ids, _ in drawn for i in ids], [])
    closed, at = grouping.overview([ids for ids, _ in drawn], [(x.source, x.target) for x in links])
    placed = tuple(replace(n, x=at[n.id][0], y=at[n.id][1]) for n in nodes if n.id in at)
    chart = charts.do(Board(board().chart), Patch("add", nodes=placed, links=tuple(links))).chart
    for (ids, name), middle in zip(drawn, closed, strict=True):
        chart = charts.do(Board(chart), grouping.close(chart, ids, name, at=middle)).chart
    _set(Board(charts.do(Board(chart), charts.entitle(chart, title, "")).chart))
    if left_out:
        say("chart.groups_cut", left=number(left_out))
    else:
        say("chart.groups_drawn")


def over_warning() -> bool:
    """Whether so much is on the chart that it is hard to read."""
    return len(board().chart.nodes) > SHOWN_WARN


# -- commands from the browser -------------------------------------------------------------------------------------
def on_command() -> None:
    """Carry out what the browser has sent; nothing in it is trusted."""
    new, st.session_state.ack = commands(KEY, st.session_state.get("ack", 0))
    for command in new:
        obey(command)


def obey(command: dict[str, Any]) -> None:
    """Carry out one command."""
    chart = board().chart
    asked = command.get("ids")
    there = chart.nodes.keys() | chart.groups.keys() if chart.groups else chart.nodes.keys()
    ids = [i for i in (asked if isinstance(asked, list) else [])[:SHOWN_MAX] if isinstance(i, str) and i in there]
    match command["name"]:
        case "select":
            st.session_state.selected = ids
            st.session_state.selected_line = ""
        case "link":
            line = command.get("id")
            if isinstance(line, str) and line in chart.links:
                st.session_state.selected = []
                st.session_state.selected_line = line
        case "expand" if ids:
            expand(ids[0])
        case "hide":
            do(charts.hide(chart, grouping.members(chart, ids)))
            st.session_state.selected = []
        case "pin":
            do(charts.pin(chart, ids))
        case "group":
            group(ids)
        case "move":
            do(charts.move(chart, _places(command.get("to"))))
        case "switch" if isinstance(command.get("appearance"), str):
            do(charts.switch(chart, command["appearance"]))
        case "undo":
            undo()
        case "redo":
            redo()


def _places(to: object) -> dict[str, tuple[float, float]]:
    """Positions out of a command: finite numbers within a canvas nobody can scroll out of."""
    far = 1e6
    made = {}
    for id, place in to.items() if isinstance(to, dict) else ():
        if (
            isinstance(place, list)
            and len(place) == 2
            and all(isinstance(v, int | float) and -far < v < far for v in place)
        ):
            made[str(id)] = (float(place[0]), float(place[1]))
    return made


# -- saving --------------------------------------------------------------------------------------------------------
def save(title: str, handling: str) -> None:
    """Keep the chart in the store under its id, as it stands."""
    do(charts.entitle(board().chart, title, handling))
    chart = board().chart.with_changes(data_version=cases.store().version())
    with cases.writing() as store:
        store.save_document(CHARTS, chart.id, chart.as_json())


def saved() -> dict[str, dict[str, Any]]:
    """Charts kept in this case, by id."""
    return cases.store().documents(CHARTS)


def open_saved(id: str) -> bool:
    """Take a kept chart up again; False where there is none of that id."""
    kept = saved().get(id)
    if kept is None:
        return False
    chart = Chart.from_json(kept)
    _set(Board(chart))
    if chart.data_version and chart.data_version != cases.store().version():
        say("chart.older")
    return True


def forget(id: str) -> None:
    """Remove a kept chart."""
    with cases.writing() as store:
        store.delete_document(CHARTS, id)


def exported(url: str, format: str, extension: str, chart: Chart, language: str, taints: tuple[str, ...]) -> bytes:
    """The chart in a format. Runs in a thread without a session: everything it needs is passed in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"chart.{extension}"
        export(cases.reader(url), format, path, chart=as_seen(chart), include_taint=taints, language=language)
        return path.read_bytes()
