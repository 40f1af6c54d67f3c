"""How two things are linked: shortest paths, each hop with its evidence."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.panel import fact_rows, source_line
from vinculo.dashboard.wording import escaped, figure, icon, into, number, seen, t, tm
from vinculo.graph.schema import LINK_CLASSES, kind, kinds
from vinculo.graph.standing import badge, standings
from vinculo.graph.types import Path


def end(side: str) -> str:
    """One end: a search box, then what it finds; the choice stands in the address."""
    store = cases.store()
    given = st.query_params.get(side, "") or st.session_state.get(f"path_{side}", "")
    held = store.entities([given]).get(given) if given else None
    query = st.text_input(t(f"paths.{side}"), type="search", live=True, key=f"q_{side}", placeholder=t("search.hint"))
    options = [h.id for h in store.search(query, limit=12)] if query and query.strip() else []
    if held and held.id not in options:
        options = [held.id, *options]
    if not options:
        st.caption(t("search.nothing_short") if query else t("paths.pick"))
        return ""
    known = store.entities(options)
    # a new search chooses its best hit, until a person chooses another
    index = (
        1
        if query
        and held
        and options[0] == held.id
        and len(options) > 1
        and st.session_state.get(f"asked_{side}") != query
        else 0
    )
    st.session_state[f"asked_{side}"] = query
    chosen = st.selectbox(
        t(f"paths.{side}"),
        options,
        index=index,
        format_func=lambda i: f"{seen(known[i].name)} · {into(kind(known[i].kind).label)}",
        label_visibility="collapsed",
        key=f"end_{side}_{query}",
    )
    st.session_state[f"path_{side}"] = chosen or ""
    return chosen or ""


def draw_path(path: Path, place: int) -> None:
    """One path from top to bottom."""
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
            origin = "; ".join(source_line(s) for s in x.sources[:3])
            dashed = " dashed" if x.kind == "MENTIONED" else ""
            parts.append(
                f"<div class='v-hop'><span class='line{dashed}'></span><span class='what'>{'↓' if forward else '↑'} "
                f"{escaped(f'{verb} · {facts}' if facts else verb)}<small>{escaped(origin)}</small></span></div>"
            )
    with st.container(border=True):
        st.html("".join(parts))
        if st.button(t("paths.draw"), key=f"draw-{place}", icon=":material/hub:", type="tertiary"):
            title = t("paths.title", a=seen(path.entities[0].name), b=seen(path.entities[-1].name))
            desk.draw([e.id for e in path.entities], [x.id for x in path.links], title)
            frame.go("chart")


def hops(paths: list[Path]) -> list[dict[str, str | int | float | None]]:
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


def search_paths(a: str, b: str) -> None:
    """The controls, and what there is."""
    left, middle, right = st.columns([1, 2, 2], gap="small", vertical_alignment="bottom")
    most = left.slider(t("paths.hops"), 1, 8, 6, key="hops")
    there = {kind(k).appearance for k in cases.counts()["links"]}
    from vinculo.graph.palette import palette

    names = {c: palette()["links"][c]["label"][st.session_state.language] for c in LINK_CLASSES if c in there}
    classes = middle.multiselect(
        t("paths.kinds"), list(names), format_func=names.__getitem__, placeholder=t("search.all_kinds"), key="classes"
    )
    timed = right.checkbox(t("paths.timed"), key="timed", help=t("paths.timed_help"))
    wanted = sorted(k.name for k in kinds().values() if k.is_link and k.appearance in classes) or None
    if wanted is not None:
        wanted = [k for k in wanted if k in cases.counts()["links"]]
    found = cases.store().paths(a, b, max_hops=most, kinds=wanted, time_ordered=timed)
    if not found:
        frame.empty("paths.none", "route", height=160)
        return
    st.caption(tm("paths.found", count=number(len(found)), hops=number(len(found[0].links))))
    for place, path in enumerate(found):
        draw_path(path, place)
    downloads.download(hops(found), "paths", key="paths")


frame.header(t("page.paths"))
if cases.is_empty():
    frame.no_data()
else:
    one, other = st.columns(2, gap="medium")
    with one:
        first = end("a")
    with other:
        second = end("b")
    if first and second and first != second:
        st.query_params["a"], st.query_params["b"] = first, second
        search_paths(first, second)
    else:
        frame.empty("paths.same" if first and first == second else "paths.empty", "route", height=160)
