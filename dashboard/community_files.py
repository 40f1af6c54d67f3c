"""Files of communities hold every group and every member, of which the page shows the first: made once for each result."""

from __future__ import annotations

from typing import Any

import streamlit as st

from vinculo.dashboard import cases
from vinculo.dashboard import community_view as tell
from vinculo.dashboard.divisions import LAYERS, whole
from vinculo.dashboard.wording import language

Rows = list[dict[str, Any]]


def whole_list(found: dict[str, Any], method: str, taints: tuple[str, ...]) -> Rows | None:
    """Every community, as a file may have it; nothing where the result was kept by an earlier version."""
    return _list(*_at(), method, found["when"], taints)


def whole_members(found: dict[str, Any], method: str, id: str, taints: tuple[str, ...]) -> Rows | None:
    """Every member of a community, as a file may have it."""
    return _members(*_at(), method, found["when"], id, taints)


def whole_layer(place: int, found: dict[str, Any]) -> Rows | None:
    """Every group of one resolution."""
    return _layer(*_at(), place, found["when"])


def _at() -> tuple[str, str, str]:
    return cases.current(), cases.store().version(), language()


# the case, its version and the language are in the key: rows made of another would be wrong
@st.cache_resource(max_entries=6, show_spinner=False)
def _list(case: str, version: str, language: str, method: str, when: str, taints: tuple[str, ...]) -> Rows | None:
    made = whole(cases.store(), method, when)
    if made is None:
        return None
    groups = [g for g in made["communities"] if tell.may_go_out(g, taints)]
    return tell.rows(groups, tell.openly(tell.named(groups), taints))


@st.cache_resource(max_entries=6, show_spinner=False)
def _members(
    case: str, version: str, language: str, method: str, when: str, id: str, taints: tuple[str, ...]
) -> Rows | None:
    made = whole(cases.store(), method, when)
    group = next((g for g in made["communities"] if g["id"] == id), None) if made is not None else None
    if group is None:
        return None
    held = tell.openly(cases.store().entities(group["members"]), taints) if tell.may_go_out(group, taints) else {}
    return tell.member_rows(held, group["members"], group["key_members"])


@st.cache_resource(max_entries=20, show_spinner=False)
def _layer(case: str, version: str, language: str, place: int, when: str) -> Rows | None:
    made = whole(cases.store(), LAYERS, when)
    if made is None:
        return None
    groups = made["layers"][place]["communities"]
    return tell.layer_rows(groups, tell.named(groups))
