"""Groups that hold together more than with the rest; each opens on the chart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.jobs import Job, jobs
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import number, seen, t
from vinculo.graph.stores import open_store

METHODS = ("leiden", "louvain")
#: Collection of the store in which the last result of each method is kept.
KEPT = "communities"
#: Members drawn at most, and rows in the table.
DRAWN, ROWS = 300, 200


def _keep(job: Job) -> None:
    """Put a finished command's lines into the store; runs in a thread without a session."""
    method = job.arguments[job.arguments.index("--method") + 1]
    made = [c for c in job.results if "members" in c]
    store = open_store(job.case, create=False)
    try:
        document = {
            "communities": made,
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "version": store.version(),
        }
        store.save_document(KEPT, method, document)
    finally:
        store.close()


def _find(method: str) -> None:
    frame.start_job(t("job.communities", method=method.capitalize()), ["communities", "--method", method], then=_keep)


def controls() -> str:
    """Which method, and the button."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    method = bar.segmented_control(
        t("communities.method"), METHODS, default="leiden", format_func=str.capitalize, key="method", required=True
    )
    busy = bool(jobs().running(cases.current()))
    chosen = str(method or "leiden")
    bar.button(
        t("communities.find"), icon=":material/play_arrow:", key="find", on_click=_find, args=(chosen,), disabled=busy
    )
    return chosen


def listing(kept: dict[str, Any]) -> None:
    """The groups, largest first; a row opens on the chart."""
    groups = sorted(kept["communities"], key=lambda c: -int(c["size"]))
    stale = kept.get("version") != cases.store().version()
    st.caption(
        t("communities.count", count=number(len(groups)), when=spoken(kept.get("when", "")))
        + (" " + t("communities.stale") if stale else "")
    )
    first = [str(i) for c in groups[:ROWS] for i in _ids(c)[:3]]
    names = {i: e.name for i, e in cases.store().entities(first).items()}
    rows = [
        {
            t("rank"): place + 1,
            t("size"): int(c["size"]),
            t("communities.key_members"): " · ".join(seen(names[i]) for i in _ids(c)[:3] if i in names),
            t("communities.modularity"): _share(c.get("modularity")),
            t("communities.stability"): _share(c.get("stability")),
            "id": c.get("id", place),
        }
        for place, c in enumerate(groups[:ROWS])
    ]
    if all(r[t("communities.stability")] is None for r in rows):
        rows = [{k: v for k, v in r.items() if k != t("communities.stability")} for r in rows]
    st.caption(t("communities.click_row"))
    picked = downloads.table(rows, "communities", key="groups", height=420, select=True, hidden=("id",))
    if picked is None:
        return
    group = groups[picked]
    members = _ids(group)
    if st.button(
        t("communities.draw", count=number(min(len(members), DRAWN))), icon=":material/hub:", type="primary", key="draw"
    ):
        name = t("communities.title", place=picked + 1, size=number(len(members)))
        desk.draw_group(members[:DRAWN], name, max(0, len(members) - DRAWN))
        frame.go("chart")
    held = cases.store().entities(members[:500])
    member_rows = [{t("name"): seen(e.name), t("kind"): e.kind, "id": e.id} for e in held.values()]
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
    frame.job_list(2)
    kept_result = cases.store().documents(KEPT).get(chosen_method)
    if kept_result is None or not kept_result["communities"]:
        frame.empty("communities.empty", "workspaces", height=200)
    else:
        listing(kept_result)
