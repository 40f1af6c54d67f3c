"""Groups that hold together more than with the rest: what each is, how sure, what became of it; each drawn whole or as one."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from vinculo.analytics.projecting.known import projections
from vinculo.analytics.stability.resolutions import RESOLUTIONS
from vinculo.dashboard import cases, downloads, frame
from vinculo.dashboard import community_view as tell
from vinculo.dashboard.community_actions import GROUPS, actions, draw_groups
from vinculo.dashboard.community_files import whole_list, whole_members
from vinculo.dashboard.community_layers import layers
from vinculo.dashboard.community_runs import runs
from vinculo.dashboard.divisions import LAYERS, keep, kept
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.names import asked_taints
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import alarm, escaped, into, notice, number, remark, seen, t
from vinculo.graph.text import say_both

ss = st.session_state
METHODS = ("leiden", "fine", "stable", "louvain")
VIEWS = (*METHODS, LAYERS)
DEFAULT = "everything"
SHARES = ("belongs", "inside", "density")


def _find(view: str, projection: str) -> None:
    arguments = ["communities", "--projection", projection]
    name = seen(ss.get("keep_as", ""))
    if view == LAYERS:
        arguments += ["--resolutions", ",".join(f"{r:g}" for r in RESOLUTIONS)]
    else:
        # one text, or a name that begins with a dash would be taken for an option
        arguments += ["--method", view, *([f"--keep={name}"] if name else [])]
    frame.start_job(
        "communities",
        arguments,
        then=partial(keep, version=cases.store().version()),
        method=say_both(f"dashboard.communities.{view}"),
    )


def controls() -> str:
    """Which view, which network, whether to keep it, and the button."""
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    views = {m: t(f"communities.{m}") for m in VIEWS}
    view = bar.segmented_control(
        t("communities.method"), VIEWS, default="leiden", format_func=views.__getitem__, key="method", required=True
    )
    titles = {n: into(p.words()) for n, p in projections().items()}
    projection = bar.selectbox(
        t("players.projection"),
        sorted(titles, key=lambda n: n != DEFAULT),
        format_func=titles.__getitem__,
        key="projection",
        width=240,
    )
    chosen = str(view or "leiden")
    if chosen != LAYERS:
        bar.text_input(
            t("communities.keep_as"), key="keep_as", max_chars=60, placeholder=t("communities.keep_hint"), width=210
        )
    bar.button(
        t("communities.find"),
        icon=":material/play_arrow:",
        key="find",
        type="primary",
        on_click=_find,
        args=(chosen, str(projection)),
        disabled=bool(jobs().running(cases.current())),
    )
    st.caption(t(f"communities.about_{chosen}"))
    return chosen


def head(found: dict[str, Any], told: dict[str, Any], count: str = "") -> None:
    """What was looked at, when, and whether it still holds."""
    name = str((told.get("projection") or {}).get("name", ""))
    known = projections()
    title = into(known[name].words()) if name in known else seen(name)
    values = {"count": count, "when": spoken(found["when"]), "modularity": f"{told['modularity']:.3f}"}
    # not a caption: a projection of somebody's own may be named like an address, of which that would make a link
    remark(title + " · " + t("communities.count" if count else "communities.computed", **values))
    if not found["current"]:
        st.warning(t("communities.stale"), icon=":material/update:")


def listing(found: dict[str, Any], method: str) -> None:
    """The groups, largest first; a row opens."""
    groups = found["communities"]
    known = tell.named([*groups, {"changes": found["gone"]}])
    count = int(found.get("count", len(groups)))
    head(found, groups[0], number(count))
    said, unreal = tell.verdict(groups)
    if unreal:
        alarm(t("communities.not_real"), said)
    notice([*([] if unreal else [said]), t("communities.no_accusation")])
    since = next((c["since"] for g in groups for c in g.get("changes", ())), "")
    if since:
        remark(t("communities.compared", run=since))
    if len(groups) > 1 and st.button(
        t("communities.draw_groups", count=number(min(GROUPS, len(groups)))),
        icon=":material/workspaces:",
        key="draw_all",
    ):
        draw_groups(groups[:GROUPS], known)
    taints = asked_taints("communities_sar")
    if count > len(groups):
        st.caption(t("communities.largest", count=number(len(groups)), total=number(count)))
    st.caption(t("communities.click_row"))
    picked = table(found, method, known, taints)
    if picked is not None:
        if unreal:
            alarm(t("communities.not_real"), said)
        one(found, method, picked, known, taints)
    if found["gone"]:
        st.markdown(f"##### {t('communities.gone')}")
        downloads.table(tell.gone_rows(found["gone"], known), "communities-gone", key="gone", height=240)


def table(found: dict[str, Any], method: str, known: dict[str, Any], taints: tuple[str, ...]) -> int | None:
    """The largest groups as rows, all of them as a file; the row that is picked."""
    groups = found["communities"]
    every = whole_list(found, method, taints)
    if every is None:
        every = tell.rows([g for g in groups if tell.may_go_out(g, taints)], tell.openly(known, taints))
    return downloads.table(
        tell.rows(groups, known),
        "communities",
        shared=every,
        key="groups",
        height=420,
        select=True,
        hidden=("id",),
        columns={
            t("rank"): st.column_config.NumberColumn(width=50),
            t("size"): st.column_config.NumberColumn(format="localized", width=90),
            t("communities.name"): st.column_config.TextColumn(width=330),
            **{t(f"communities.{c}"): st.column_config.NumberColumn(format="percent") for c in SHARES},
        },
    )


def one(found: dict[str, Any], method: str, picked: int, known: dict[str, Any], taints: tuple[str, ...]) -> None:
    """The community of a row: what can be done with it, what it is, its members."""
    groups = found["communities"]
    group = groups[picked]
    name = tell.name_of(group, known)
    st.html(f"<div class='v-head'>{escaped(name)}</div>")
    actions(group, picked, name)
    tell.profile(group, {g["id"]: n for n, g in enumerate(groups, 1)}, known, taints)
    held = cases.store().entities(group["members"])
    members = tell.member_rows(held, group["members"], group["key_members"])
    every = whole_members(found, method, group["id"], taints)
    if every is None:
        out = tell.openly(held, taints) if tell.may_go_out(group, taints) else {}
        every = tell.member_rows(out, group["members"], group["key_members"])
    if group["size"] > len(group["members"]):
        st.caption(t("communities.first_members", count=number(len(members)), total=number(group["size"])))
    downloads.table(members, "members", shared=every, key="members", height=320, hidden=("id",))


frame.header(t("page.communities"))
if cases.is_empty():
    frame.no_data()
else:
    chosen = controls()
    frame.job_list(2, of="communities")
    result = kept(cases.store(), chosen)
    if result is None or not (result.get("communities") or result.get("layers")):
        frame.empty(f"communities.empty_{'layers' if chosen == LAYERS else 'groups'}", "workspaces", height=200)
    elif chosen == LAYERS:
        head(result, result["layers"][0])
        layers(result)
    else:
        listing(result, chosen)
    runs()
