"""Commands from the browser, carried out on the chart; nothing in them is trusted."""

from __future__ import annotations

from typing import Any

import streamlit as st

from vinculo.dashboard import charts, desk, grouping
from vinculo.dashboard.charts import SHOWN_MAX
from vinculo.dashboard.linkchart import commands

KEY = "linkchart"


def on_command() -> None:
    """Carry out what the browser has sent; nothing in it is trusted."""
    new, st.session_state.ack = commands(KEY, st.session_state.get("ack", 0))
    for command in new:
        obey(command)


def obey(command: dict[str, Any]) -> None:
    """Carry out one command."""
    chart = desk.board().chart
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
            desk.expand(ids[0])
        case "hide":
            desk.do(charts.hide(chart, grouping.members(chart, ids)))
            st.session_state.selected = []
        case "pin":
            desk.do(charts.pin(chart, ids))
        case "group":
            desk.group(ids)
        case "move":
            desk.do(charts.move(chart, _places(command.get("to"))))
        case "switch" if isinstance(command.get("appearance"), str):
            desk.do(charts.switch(chart, command["appearance"]))
        case "undo":
            desk.undo()
        case "redo":
            desk.redo()


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
