"""Groups that hold together more than with the rest; each opens on the chart."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from vinculo.analytics.projecting.known import projections
from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.jobs import Job, jobs
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import into, language, number, plain, remark, seen, t
from vinculo.graph.schema import is_a, kind
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.text import say

METHODS = ("leiden", "stable", "louvain")
DEFAULT = "everything"
#: Collection of the store in which the last result of each method is kept.
KEPT = "communities"
#: Members kept and drawn at most, and rows in the table.
MEMBERS, DRAWN, ROWS = 500, 80, 200


def _keep(job: Job) -> None:
    """Put a finished command's lines into the store; runs in a thread without a session."""
    method = job.arguments[job.arguments.index("--method") + 1]
    made = [c for c in job.results if "members" in c]
    store = open_store(job.case, create=False)
    try:
        inner = inside(store, made)
        kind_of = dict(zip(*(store.nodes().column(c).to_pylist() for c in ("id", "kind")), strict=True))
        kept = []
        for c in made:
            ids = _ids(c)
            parties = [i for i in ids if is_a(kind_of.get(i, "Thing"), "LegalEntity")]
            named = sorted(parties or ids, key=lambda i: (-len(inner.get(i, ())), i))
            about = {k: v for k, v in c.items() if k != "members"}
            kept.append(about | {"size": len(ids), "named": named[:3], "members": core(ids, named[0], inner, MEMBERS)})
        when = datetime.now(UTC).isoformat(timespec="seconds")
        store.save_document(KEPT, method, {"communities": kept, "when": when, "version": store.version()})
    finally:
        store.close()


def inside(store: Store, groups: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Neighbours of each thing within its own group."""
    group = {i: n for n, c in enumerate(groups) for i in _ids(c)}
    id_of = dict(zip(*(store.nodes().column(c).to_pylist() for c in ("code", "id")), strict=True))
    near: dict[str, set[str]] = {}
    links = store.edges()
    for source, target in zip(*(links.column(c).to_pylist() for c in ("source", "target")), strict=True):
        a, b = id_of[source], id_of[target]
        if a != b and a in group and group[a] == group.get(b):
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    return near


def core(ids: Sequence[str], start: str, near: Mapping[str, set[str]], most: int) -> list[str]:
    """The best linked part of a group that hangs together: from one member, always on to the reachable one with most links.

    Examples
    --------
    >>> core(["a", "b", "c"], "b", {"a": {"b"}, "b": {"a"}}, 3)
    ['b', 'a', 'c']
    """
    chosen: dict[str, None] = {}
    for first in (start, *ids):
        reach = [(-len(near.get(first, ())), first)]
        while reach and len(chosen) < most:
            _, id = heapq.heappop(reach)
            if id in chosen:
                continue
            chosen[id] = None
            for other in near.get(id, ()):
                if other not in chosen:
                    heapq.heappush(reach, (-len(near[other]), other))
        if len(chosen) >= most:
            break
    return list(chosen)


def _find(method: str, projection: str) -> None:
    arguments = ["communities", "--method", method, "--projection", projection]
    frame.start_job("communities", arguments, then=_keep, method=t(f"communities.{method}"))


def controls() -> str:
    """Which method, which network, and the button."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    methods = {m: t(f"communities.{m}") for m in METHODS}
    method = bar.segmented_control(
        t("communities.method"), METHODS, default="leiden", format_func=methods.__getitem__, key="method", required=True
    )
    titles = {n: into(p.words()) for n, p in projections().items()}
    projection = bar.selectbox(
        t("players.projection"),
        sorted(titles, key=lambda n: n != DEFAULT),
        format_func=titles.__getitem__,
        key="projection",
        width=260,
    )
    busy = bool(jobs().running(cases.current()))
    chosen = str(method or "leiden")
    bar.button(
        t("communities.find"),
        icon=":material/play_arrow:",
        key="find",
        on_click=_find,
        args=(chosen, str(projection)),
        disabled=busy,
    )
    return chosen


def listing(kept: dict[str, Any]) -> None:
    """The groups, largest first; a row opens on the chart."""
    groups = sorted(kept["communities"], key=lambda c: -int(c["size"]))
    stale = kept.get("version") != cases.store().version()
    st.caption(
        t(
            "communities.count",
            count=number(len(groups)),
            when=spoken(kept.get("when", "")),
            modularity=_share(groups[0].get("modularity")),
        )
        + (" " + t("communities.stale") if stale else "")
    )
    told = groups[0].get("projection") or {}
    if told.get("name") in projections():
        st.caption(plain(into(projections()[told["name"]].words())))
    if "real" in groups[0]:
        remark(say("cli.communities.real" if groups[0]["real"] else "cli.communities.not_real", language()))
    first = [str(i) for c in groups[:ROWS] for i in c.get("named", ())]
    names = {i: e.name for i, e in cases.store().entities(first).items()}
    rows = [
        {
            t("rank"): place + 1,
            t("size"): int(c["size"]),
            t("communities.stability"): _share(c.get("stability")),
            t("communities.key_members"): " · ".join(seen(names[i]) for i in c.get("named", ()) if i in names),
            "id": c.get("id", place),
        }
        for place, c in enumerate(groups[:ROWS])
    ]
    if all(r[t("communities.stability")] is None for r in rows):
        rows = [{k: v for k, v in r.items() if k != t("communities.stability")} for r in rows]
    st.caption(t("communities.click_row"))
    picked = downloads.table(
        rows,
        "communities",
        key="groups",
        height=420,
        select=True,
        hidden=("id",),
        columns={
            t("rank"): st.column_config.NumberColumn(width=60),
            t("size"): st.column_config.NumberColumn(format="localized", width=110),
            # wide, or the others would be stretched
            t("communities.key_members"): st.column_config.TextColumn(width=1200),
            t("communities.stability"): st.column_config.NumberColumn(format="%.2f", width=100),
        },
    )
    if picked is None:
        return
    group = groups[picked]
    members = _ids(group)
    if st.button(
        t("communities.draw", count=number(min(len(members), DRAWN))), icon=":material/hub:", type="primary", key="draw"
    ):
        name = t("communities.title", place=picked + 1, size=number(int(group["size"])))
        desk.draw_group(members[:DRAWN], name, max(0, int(group["size"]) - DRAWN))
        frame.go("chart")
    if st.button(t("players.what_if"), icon=":material/call_split:", key="what_if"):
        st.session_state.whatif_group = members[:DRAWN]
        frame.go("disruption")
    held = cases.store().entities(members[:500])
    member_rows = [{t("name"): seen(e.name), t("kind"): into(kind(e.kind).label), "id": e.id} for e in held.values()]
    downloads.table(member_rows, "members", key="members", height=320, hidden=("id",))


def _ids(group: dict[str, Any]) -> list[str]:
    return [str(m["id"] if isinstance(m, dict) else m) for m in group["members"]]


def _share(value: Any) -> float | None:
    return round(float(value), 3) if isinstance(value, int | float) else None


frame.header(t("page.communities"))
if cases.is_empty():
    frame.no_data()
else:
    chosen_method = controls()
    frame.job_list(2, of="communities")
    kept_result = cases.store().documents(KEPT).get(chosen_method)
    if kept_result is None or not kept_result["communities"]:
        frame.empty("communities.empty", "workspaces", height=200)
    else:
        listing(kept_result)
