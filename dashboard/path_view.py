"""A path as a person reads it, from top to bottom with the evidence of each step; and its steps as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, frame, new_charts
from vinculo.dashboard.panel import fact_rows, source_line
from vinculo.dashboard.wording import escaped, figure, icon, into, number, remark, seen, t
from vinculo.graph.schema import kind
from vinculo.graph.standing import badge, standings
from vinculo.graph.types import Path


def draw_path(path: Path, place: int, *, about: str = "", usable: Sequence[dict[str, Any]] = ()) -> None:
    """One path; ``about`` is a sentence above it, ``usable`` tells by how many links each step can be taken, and when."""
    told = standings(cases.store(), [e.id for e in path.entities])
    parts = []
    for n, e in enumerate(path.entities):
        picture = icon(e.kind, badge(e, told.get(e.id, ())))
        parts.append(
            f"<div class='v-node'><img src='{picture}' alt=''><span><b>{escaped(e.name)}</b>"
            f"<small>{escaped(into(kind(e.kind).label))}</small></span></div>"
        )
        if n < len(path.links):
            x = path.links[n]
            forward = x.source == e.id
            verb = into(kind(x.kind).verb)
            facts = "; ".join(f"{label}: {value}" for label, value, _ in fact_rows(x.kind, x.properties)[:6])
            others = _others(usable[n]) if usable else ""
            origin = "; ".join(source_line(s) for s in x.sources[:3])
            dashed = " dashed" if x.kind == "MENTIONED" else ""
            line = " · ".join(part for part in (verb, facts) if part)
            parts.append(
                f"<div class='v-hop'><span class='line{dashed}'></span><span class='what'>{'↓' if forward else '↑'} "
                f"{escaped(line)}<small>{escaped(' · '.join(p for p in (others, origin) if p))}</small></span></div>"
            )
    with st.container(border=True):
        if about:
            remark(about)
        st.html("".join(parts))
        if st.button(t("paths.draw"), key=f"draw-{place}", icon=":material/hub:", type="tertiary"):
            draw_on_chart([path])


def draw_on_chart(paths: Sequence[Path]) -> None:
    """A new chart of these paths; they have the same ends."""
    first = paths[0]
    title = t("paths.title", a=seen(first.entities[0].name), b=seen(first.entities[-1].name))
    ids = list(dict.fromkeys(e.id for p in paths for e in p.entities))
    new_charts.draw(ids, list(dict.fromkeys(x.id for p in paths for x in p.links)), title)
    frame.go("chart")


def _others(usable: dict[str, Any]) -> str:
    """By how many links a step can be taken; nothing where it is the one that is told."""
    if usable["links"] < 2:
        return ""
    count = number(usable["links"])
    if not usable["first"]:
        return t("paths.usable", count=count)
    return t("paths.usable_dated", count=count, first=usable["first"], last=usable["last"])


def hops(paths: Sequence[Path]) -> list[dict[str, str | int | float | None]]:
    """The hops of all paths as rows."""
    return [
        {
            t("path"): place + 1,
            t("from"): seen(path.entities[n].name),
            t("direction"): "→" if x.source == path.entities[n].id else "←",
            t("link"): into(kind(x.kind).verb),
            t("to"): seen(path.entities[n + 1].name),
            t("date"): (x.first("date") or x.first("startDate")).replace("T", " "),
            t("amount"): figure(x.first("amount")),
            t("currency"): x.first("currency"),
            t("sources"): "; ".join(source_line(s) for s in x.sources),
        }
        for place, path in enumerate(paths)
        for n, x in enumerate(path.links)
    ]
