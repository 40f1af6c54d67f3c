"""A new chart on the desk: of a finding, of things and links, of a group, of several groups each closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from vinculo.dashboard import cases, charts, desk, grouping, reading
from vinculo.dashboard.charts import SHOWN_MAX, Board, Patch
from vinculo.dashboard.wording import number
from vinculo.graph.types import Finding


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
    desk.fresh()
    store = cases.store()
    wanted = set(links)
    nodes = reading.chart_nodes(store, list(ids)[:SHOWN_MAX])
    lines = [x for x in reading.links_between(store, [n.id for n in nodes], []) if x.id in wanted]
    desk.do(charts.add(desk.board().chart, nodes, lines))
    desk.do(charts.entitle(desk.board().chart, title, ""))
    # one step: undo must not leave a chart with a title and nothing on it
    st.session_state.board = Board(desk.board().chart)
    desk.say("chart.evidence")


def draw_group(ids: Sequence[str], title: str, left_out: int = 0) -> None:
    """A new chart of these things and every link between them."""
    desk.fresh()
    desk.put(ids)
    desk.do(charts.entitle(desk.board().chart, title, ""))
    st.session_state.board = Board(desk.board().chart)
    if left_out:
        desk.say("chart.group_cut", count=number(len(ids)), left=number(left_out))


def draw_groups(groups: Sequence[tuple[Sequence[str], str]], title: str, left_out: int = 0) -> None:
    """A new chart on which each of these is a closed group, with the links between them; their members stand round about."""
    desk.fresh()
    store = cases.store()
    nodes = reading.chart_nodes(store, [i for ids, _ in groups for i in ids][:SHOWN_MAX])
    known = {n.id for n in nodes}
    drawn = [(inside, name) for ids, name in groups if len(inside := [i for i in dict.fromkeys(ids) if i in known]) > 1]
    links = reading.links_between(store, [i for ids, _ in drawn for i in ids], [])
    closed, at = grouping.overview([ids for ids, _ in drawn], [(x.source, x.target) for x in links])
    placed = tuple(replace(n, x=at[n.id][0], y=at[n.id][1]) for n in nodes if n.id in at)
    chart = charts.do(Board(desk.board().chart), Patch("add", nodes=placed, links=tuple(links))).chart
    for (ids, name), middle in zip(drawn, closed, strict=True):
        chart = charts.do(Board(chart), grouping.close(chart, ids, name, at=middle)).chart
    desk.take_up(Board(charts.do(Board(chart), charts.entitle(chart, title, "")).chart))
    if left_out:
        desk.say("chart.groups_cut", left=number(left_out))
    else:
        desk.say("chart.groups_drawn")
