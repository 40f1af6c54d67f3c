"""What can be done with a community: drawn by its members, added to a chart as one group, asked about; several drawn at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from vinculo.dashboard import community_view as tell
from vinculo.dashboard import desk, frame, new_charts
from vinculo.dashboard.wording import number, t
from vinculo.graph.types import Entity

#: Members drawn of one group, and groups drawn at once.
DRAWN, GROUPS = 80, 12


def actions(group: dict[str, Any], picked: int, name: str, key: str = "") -> None:
    """Draw its members, add it to the chart as one, ask what if."""
    members = group["members"][:DRAWN]
    left = int(group["size"]) - len(members)
    row = st.container(horizontal=True, gap="small")
    if row.button(
        t("communities.draw", count=number(len(members))), icon=":material/hub:", type="primary", key=f"{key}draw"
    ):
        title = t("communities.title", place=picked + 1, size=number(int(group["size"])))
        new_charts.draw_group(members, _titled(title, group), max(0, left))
        frame.go("chart")
    if row.button(t("communities.add_group"), icon=":material/workspaces:", key=f"{key}add_group"):
        desk.add_group(members, _of_all(group, members, name))
        frame.go("chart")
    if row.button(t("players.what_if"), icon=":material/call_split:", key=f"{key}what_if"):
        st.session_state.whatif_group = members
        frame.go("disruption")
    if left > 0:
        st.caption(t("communities.draws", count=number(len(members)), total=number(int(group["size"]))))


def _titled(title: str, group: dict[str, Any]) -> str:
    """What a chart is called: of a split that is not real it says so for as long as it is kept."""
    return title if group.get("real", True) else t("communities.not_real_title", title=title)


def _of_all(group: dict[str, Any], drawn: list[str], name: str) -> str:
    """A group's name for a chart that may hold only some of it."""
    size = int(group["size"])
    if size == len(drawn):
        return name
    return t("communities.part_of", name=name, count=number(len(drawn)), total=number(size))


def draw_groups(groups: list[dict[str, Any]], known: Mapping[str, Entity]) -> None:
    """A new chart of these, each closed."""
    first = [g["members"][:DRAWN] for g in groups]
    drawn = [(ids, _of_all(g, ids, tell.name_of(g, known))) for g, ids in zip(groups, first, strict=True)]
    left = sum(int(g["size"]) - len(ids) for g, (ids, _) in zip(groups, drawn, strict=True))
    new_charts.draw_groups(drawn, _titled(t("page.communities"), groups[0]), left)
    frame.go("chart")
