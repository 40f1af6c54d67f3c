"""Details of a closed group: who is in it, what runs among them and across its border. It is no party, and says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import streamlit as st

from vinculo.dashboard import desk, downloads, grouping, orders
from vinculo.dashboard.grouping import Contents
from vinculo.dashboard.picture import shown
from vinculo.dashboard.wording import escaped, facts_table, into, number, seen, t, tm
from vinculo.graph.chart import Chart, ChartLink
from vinculo.graph.schema import kind

#: Members told in the panel; the file has them all.
LISTED = 300


def _rename(id: str) -> None:
    desk.do(grouping.rename(desk.board().chart, id, seen(st.session_state[f"name-{id}"])))


def group_panel(id: str) -> None:
    """The selected group."""
    chart = desk.board().chart
    group = chart.groups[id]
    held = grouping.contents(chart, shown(chart))[id]
    st.html(
        f"<div class='v-node'><span><b>{escaped(group.name)}</b>"
        f"<small>{escaped(t('chart.group_is', count=number(len(group.members))))}</small></span></div>"
    )
    row = st.container(horizontal=True, gap="small")
    for name, label in (("expand", "chart.open"), ("hide", "chart.hide")):
        row.button(
            t(label), key=f"panel-{name}", type="tertiary", on_click=orders.obey, args=({"name": name, "ids": [id]},)
        )
    left = len(group.members) - len(held.members)
    if left:
        st.caption(t("chart.group_unseen", left=number(left)))
    facts_table(rows(held))
    downloads.table(member_rows(chart, held), "group", key="group-members", height=240, hidden=("id",))
    st.session_state[f"name-{id}"] = group.name
    st.text_input(t("chart.group_called"), key=f"name-{id}", max_chars=120, on_change=_rename, args=(id,))


def rows(held: Contents) -> list[tuple[str, str, Sequence[str]]]:
    """Kinds, standing on lists, links and money of a group; currencies stay apart."""
    made: list[tuple[str, str, Sequence[str]]] = [(into(kind(k).label), number(n), ()) for k, n in held.kinds]
    standing = Counter(n.status for n in held.members if n.status)
    made += [(t(f"standing.{status}"), number(n), ()) for status, n in sorted(standing.items())]
    sides = (("inside", held.inside), ("into", held.into), ("out", held.out))
    made += [(t(f"chart.links_{side}"), number(len(links)), ()) for side, links in sides]
    for side, links in sides:
        found, silent = grouping.sums(x for x in links if x.kind == "PAID")
        told = [f"{s.words} ({t('chart.payments', count=number(s.links))})" for s in found]
        told += [t("chart.no_amount", count=number(silent))] if silent else []
        made += [(t(f"chart.paid_{side}"), one, ()) for one in told]
    return made


def member_rows(chart: Chart, held: Contents) -> list[dict[str, Any]]:
    """Members as a table, best linked among themselves first."""
    degree = Counter(e for x in held.inside for e in {x.source, x.target})
    order = sorted(held.members, key=lambda n: (-degree[n.id], n.name, n.id))
    return [
        {
            t("name"): seen(n.name),
            t("kind"): into(kind(n.kind).label),
            t("chart.links_inside"): degree[n.id],
            t("status"): t(f"standing.{n.status}") if n.status else "",
            t("chart.note"): chart.notes.get(n.id, ""),
            "id": n.id,
        }
        for n in order
    ]


def bundle_rows(chart: Chart, links: Sequence[ChartLink]) -> list[dict[str, Any]]:
    """Each link of a bundle, with the ends it really has."""
    return [
        {
            t("from"): seen(chart.nodes[x.source].name),
            t("to"): seen(chart.nodes[x.target].name),
            t("date"): x.date,
            t("amount"): x.label,
            "id": x.id,
        }
        for x in links
    ]


def _close_neighbours(ids: Sequence[str], name: str) -> None:
    st.session_state.group_of = ""
    desk.group(ids, name)


def neighbours_form(id: str) -> None:
    """Neighbours of a node, to be drawn as one by their kind."""
    chart = desk.board().chart
    found = grouping.neighbours(chart, id, shown(chart)[0])
    if not found:
        st.caption(t("chart.no_neighbours"))
    box = st.container(gap="xxsmall")
    for name, ids in found.items():
        label = tm("chart.kind_count", kind=into(kind(name).label), count=number(len(ids)))
        called = t("chart.neighbours_name", kind=into(kind(name).plural), name=seen(chart.nodes[id].name))
        box.button(
            label,
            key=f"group-{name}",
            icon=":material/workspaces:",
            type="tertiary",
            on_click=_close_neighbours,
            args=(ids, called),
        )
