"""How central some were in each phase, as lines through time, with the file of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import streamlit as st

from vinculo.dashboard import downloads
from vinculo.dashboard.wording import remark, seen, t

ss = st.session_state
#: Lines drawn unasked and at most.
DRAWN, LINES = 5, 10
#: Phases whose names stand level under the lines.
LEVEL = 5


def lines(
    rows: list[dict[str, Any]], known: Mapping[str, str], allowed: Mapping[str, str], labels: dict[str, str]
) -> None:
    """Centrality through time of those who are chosen; a gap where somebody was not there. ``allowed`` are told in the file."""
    best: Counter[str] = Counter()
    names: dict[str, str] = {}
    values: dict[tuple[str, str], float] = {}
    for row in rows:
        for r in row["followed"]:
            if r["id"] in known:
                names[r["id"]] = seen(known[r["id"]])
                values[r["id"], row["phase"]] = r["betweenness"]
                best[r["id"]] = max(best[r["id"]], r["betweenness"])
    if not names:
        remark(t("phases.nobody_central"))
        return
    order = sorted(names, key=lambda i: (-best[i], i))
    asked = [i for i in ss.get("phases_follow", ()) if i in names]
    chosen = st.multiselect(
        t("phases.lines"),
        order,
        default=list(dict.fromkeys([*asked, *order[:DRAWN]]))[:LINES],
        format_func=names.__getitem__,
        max_selections=LINES,
        placeholder=t("phases.nobody"),
        key=f"lines-{'-'.join(asked)}-{rows[0]['phase']}-{len(rows)}",
    )
    if not chosen:
        return
    phase, who, value = t("phases.phase"), t("name"), t("phases.betweenness")

    def points(called: Mapping[str, str], head: tuple[str, str, str]) -> list[dict[str, Any]]:
        return [
            dict(zip(head, (labels[row["phase"]], called[i], values.get((i, row["phase"]))), strict=True))
            for i in called
            for row in rows
        ]

    data = points(apart({i: names[i] for i in chosen}), ("phase", "who", "value"))
    st.vega_lite_chart(data, drawing(slanted=len(rows) > LEVEL), height=320)
    made = points(apart({i: seen(allowed[i]) for i in chosen if i in allowed}), (phase, who, value))
    downloads.download(
        [d for d in made if d[value] is not None], "centrality", key="centrality", columns=(phase, who, value)
    )


def apart(names: dict[str, str]) -> dict[str, str]:
    """These names, with the beginning of the id where two are alike."""
    same = Counter(names.values())
    return {i: n if same[n] < 2 else f"{n} ({i[:6]})" for i, n in names.items()}


def drawing(*, slanted: bool) -> dict[str, Any]:
    """How the lines are drawn; a phase without a value breaks its line."""
    axis = {"labelAngle": -45 if slanted else 0, "labelLimit": 240}
    phase = {"field": "phase", "type": "ordinal", "sort": None, "title": t("phases.phase"), "axis": axis}
    value = {"field": "value", "type": "quantitative", "title": t("phases.betweenness")}
    who = {"field": "who", "type": "nominal", "sort": None, "title": None, "legend": {"labelLimit": 320}}
    told = [{"field": e["field"], "type": e["type"], "title": e["title"] or t("name")} for e in (phase, who, value)]
    return {
        "mark": {"type": "line", "point": True, "invalid": "break-paths-filter-domains"},
        "encoding": {"x": phase, "y": value, "color": who, "tooltip": told},
    }
