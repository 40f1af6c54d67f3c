"""How two things are linked: the shortest paths, or those that could have happened; each hop with its evidence."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, downloads, frame
from vinculo.dashboard.likely import likely
from vinculo.dashboard.path_view import draw_path, hops
from vinculo.dashboard.wording import into, number, seen, t, tm
from vinculo.graph.palette import palette
from vinculo.graph.schema import LINK_CLASSES, kind, kinds

#: What may be looked for: the fewest steps, or what could have happened.
WAYS = ("shortest", "likely")


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
        format_func={i: f"{seen(e.name)} · {into(kind(e.kind).label)}" for i, e in known.items()}.__getitem__,
        label_visibility="collapsed",
        key=f"end_{side}_{query}",
    )
    st.session_state[f"path_{side}"] = chosen or ""
    return chosen or ""


def search_paths(a: str, b: str) -> None:
    """The controls, and what there is."""
    asked = st.query_params.get("way", "")
    way = st.segmented_control(
        t("paths.way"),
        WAYS,
        default=asked if asked in WAYS else WAYS[0],
        format_func={w: t(f"paths.way.{w}") for w in WAYS}.__getitem__,
        key="way",
        required=True,
    )
    st.query_params["way"] = str(way)
    likelier = way == "likely"
    left, middle, right, *more = st.columns(
        [1, 2, 1, *([1] if likelier else [])], gap="small", vertical_alignment="bottom"
    )
    # a step from an account to its holder counts too, so what could have happened takes more of them
    most = left.slider(t("paths.hops"), 1, 12 if likelier else 8, 8 if likelier else 6, key=f"hops-{way}")
    there = {kind(k).appearance for k in cases.counts()["links"]}
    names = {c: palette()["links"][c]["label"][st.session_state.language] for c in LINK_CLASSES if c in there}
    classes = middle.multiselect(
        t("paths.kinds"), list(names), format_func=names.__getitem__, placeholder=t("search.all_kinds"), key="classes"
    )
    about = t("paths.timed_help_likely" if likelier else "paths.timed_help")
    timed = right.checkbox(t("paths.timed"), key="timed", help=about)
    wanted = sorted(k.name for k in kinds().values() if k.is_link and k.appearance in classes)
    wanted = [k for k in wanted if k in cases.counts()["links"]]
    if likelier:
        limit = more[0].number_input(t("paths.limit"), 1, 20, 5, key="likely_limit")
        common = ["--max-hops", str(most), "--limit", str(limit), *(["--time-ordered"] if timed else [])]
        likely(a, b, common + [x for k in wanted for x in ("--kind", k)])
    else:
        shortest(a, b, most, wanted, timed=timed)


def shortest(a: str, b: str, most: int, wanted: list[str], *, timed: bool) -> None:
    """The paths with the fewest steps."""
    found = cases.store().paths(a, b, max_hops=most, kinds=wanted or None, time_ordered=timed)
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
