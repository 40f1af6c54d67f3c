"""Groups that hold together more than with the rest: what each is, how sure, what became of it; each drawn whole or as one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from vinculo.analytics.community_keeping import forget_communities, kept_runs
from vinculo.analytics.projecting.known import projections
from vinculo.analytics.stability.resolutions import RESOLUTIONS
from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard import community_view as tell
from vinculo.dashboard.divisions import LAYER_ROWS, LAYERS, ROWS, keep, kept
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.names import asked_taints
from vinculo.dashboard.times import spoken
from vinculo.dashboard.wording import escaped, into, notice, number, remark, seen, t
from vinculo.graph.types import Entity

ss = st.session_state
METHODS = ("leiden", "fine", "stable", "louvain")
VIEWS = (*METHODS, LAYERS)
DEFAULT = "everything"
#: Members drawn of one group, and groups drawn at once.
DRAWN, GROUPS = 80, 12
SHARES = ("belongs", "inside", "density")


def _find(view: str, projection: str) -> None:
    arguments = ["communities", "--projection", projection]
    name = seen(ss.get("keep_as", ""))
    if view == LAYERS:
        arguments += ["--resolutions", ",".join(f"{r:g}" for r in RESOLUTIONS)]
    else:
        # one text, or a name that begins with a dash would be taken for an option
        arguments += ["--method", view, "--limit", str(ROWS), *([f"--keep={name}"] if name else [])]
    frame.start_job(
        "communities", arguments, then=partial(keep, version=cases.store().version()), method=t(f"communities.{view}")
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


def listing(found: dict[str, Any]) -> None:
    """The groups, largest first; a row opens."""
    groups = found["communities"]
    known = tell.named([*groups, {"changes": found["gone"]}])
    head(found, groups[0], number(len(groups)) + ("+" if len(groups) >= ROWS else ""))
    said, urgent = tell.verdict(groups)
    notice([said, t("communities.no_accusation")], urgent=urgent)
    since = next((c["since"] for g in groups for c in g.get("changes", ())), "")
    if since:
        remark(t("communities.compared", run=since))
    if len(groups) >= ROWS:
        st.caption(t("communities.largest", count=number(ROWS)))
    if st.button(
        t("communities.draw_groups", count=number(min(GROUPS, len(groups)))),
        icon=":material/workspaces:",
        key="draw_all",
    ):
        _draw_groups(groups[:GROUPS], known)
    taints = asked_taints("communities_sar")
    allowed = tell.openly(known, taints)
    st.caption(t("communities.click_row"))
    picked = downloads.table(
        tell.rows(groups, known),
        "communities",
        shared=tell.rows([g for g in groups if tell.may_go_out(g, taints)], allowed),
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
    if picked is not None:
        one(groups, picked, known, taints)
    if found["gone"]:
        st.markdown(f"##### {t('communities.gone')}")
        downloads.table(tell.gone_rows(found["gone"], known), "communities-gone", key="gone", height=240)


def one(groups: list[dict[str, Any]], picked: int, known: dict[str, Any], taints: tuple[str, ...]) -> None:
    """The community of a row: what can be done with it, what it is, its members."""
    group = groups[picked]
    name = tell.name_of(group, known)
    st.html(f"<div class='v-head'>{escaped(name)}</div>")
    actions(group, picked, name)
    tell.profile(group, {g["id"]: n for n, g in enumerate(groups, 1)}, known, taints)
    held = cases.store().entities(group["members"])
    members = tell.member_rows(held, group["members"], group["key_members"])
    out = tell.openly(held, taints) if tell.may_go_out(group, taints) else {}
    shared = tell.member_rows(out, group["members"], group["key_members"])
    downloads.table(members, "members", shared=shared, key="members", height=320, hidden=("id",))
    if group["size"] > len(group["members"]):
        st.caption(t("communities.first_members", count=number(len(members)), total=number(group["size"])))


def actions(group: dict[str, Any], picked: int, name: str, key: str = "") -> None:
    """Draw its members, add it to the chart as one, ask what if."""
    members = group["members"][:DRAWN]
    left = int(group["size"]) - len(members)
    row = st.container(horizontal=True, gap="small")
    if row.button(
        t("communities.draw", count=number(len(members))), icon=":material/hub:", type="primary", key=f"{key}draw"
    ):
        title = t("communities.title", place=picked + 1, size=number(int(group["size"])))
        desk.draw_group(members, title, max(0, left))
        frame.go("chart")
    if row.button(t("communities.add_group"), icon=":material/workspaces:", key=f"{key}add_group"):
        desk.add_group(members, _of_all(group, members, name))
        frame.go("chart")
    if row.button(t("players.what_if"), icon=":material/call_split:", key=f"{key}what_if"):
        ss.whatif_group = members
        frame.go("disruption")


def _of_all(group: dict[str, Any], drawn: list[str], name: str) -> str:
    """A group's name for a chart that may hold only some of it."""
    size = int(group["size"])
    if size == len(drawn):
        return name
    return t("communities.part_of", name=name, count=number(len(drawn)), total=number(size))


def _draw_groups(groups: list[dict[str, Any]], known: dict[str, Any]) -> None:
    first = [g["members"][:DRAWN] for g in groups]
    drawn = [(ids, _of_all(g, ids, tell.name_of(g, known))) for g, ids in zip(groups, first, strict=True)]
    left = sum(int(g["size"]) - len(ids) for g, (ids, _) in zip(groups, drawn, strict=True))
    desk.draw_groups(drawn, t("page.communities"), left)
    frame.go("chart")


# -- several resolutions ---------------------------------------------------------------------------------------------
def layers(found: dict[str, Any]) -> None:
    """Every resolution in a row, then one of them beside the fine method."""
    made = found["layers"]
    head(found, made[0])
    rows = [
        {
            t("communities.method"): t(f"communities.{x['method']}"),
            t("communities.resolution"): f"{x['resolution']:g}" if x["method"] != "fine" else "",
            t("communities.groups"): x["groups"],
            t("communities.largest_group"): x["largest"],
            t("communities.modularity"): f"{x['modularity']:.3f}",
        }
        for x in made
    ]
    downloads.table(rows, "resolutions", key="resolutions")
    remark(t("communities.layers_about"))
    nested = [x for x in made if x["method"] != "fine"]
    fine = next((x for x in made if x["method"] == "fine"), None)
    names = {
        n: t("communities.at", resolution=f"{x['resolution']:g}", groups=number(x["groups"]))
        for n, x in enumerate(nested)
    }
    middle = next((n for n, x in enumerate(nested) if x["resolution"] == 1), 0)
    at = st.segmented_control(
        t("communities.resolution"),
        list(names),
        default=middle,
        format_func=names.__getitem__,
        key="layer",
        required=True,
    )
    left, right = st.columns([3, 2], gap="small")
    chosen = nested[int(at or 0)]
    with left:
        st.markdown(f"##### {t('communities.leiden')} · {names[int(at or 0)]}")
        picked = _layer(chosen, chosen["communities"], "layer")
    if fine is not None:
        with right:
            st.markdown(f"##### {t('communities.fine')} ({number(fine['groups'])})")
            _layer(fine, _beside(fine, picked), "fine")


def _beside(fine: dict[str, Any], picked: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The largest groups of the fine method, or those in which most members of the one that was picked are."""
    held = {g["place"]: g for g in fine["communities"]}
    if picked is None:
        return list(fine["communities"][:LAYER_ROWS])
    remark(t("communities.beside_of", name=tell.name_of(picked, tell.named([picked]))))
    return [held[p] | {"shared": n} for p, n in picked["beside"] if p in held]


def _layer_rows(groups: list[dict[str, Any]], known: Mapping[str, Entity]) -> list[dict[str, Any]]:
    return [
        {
            t("rank"): g["place"],
            t("communities.name"): tell.name_of(g, known),
            t("size"): g["size"],
            t("communities.shared"): g.get("shared"),
            t("communities.within"): t("communities.nth", place=number(g["within"])) if g["within"] else "",
            "id": g["id"],
        }
        for g in groups
    ]


def _layer(layer: dict[str, Any], groups: list[dict[str, Any]], key: str) -> dict[str, Any] | None:
    """Groups of one resolution; a row is drawn. Nothing says which of them rest on reports: the file is asked for as a whole."""
    known = tell.named(groups)
    picked = downloads.table(
        _layer_rows(groups, known),
        f"communities-{key}",
        key=f"groups-{key}-{len(groups)}",
        height=420,
        select=True,
        hidden=("id",),
        columns={
            t("rank"): st.column_config.NumberColumn(width=40),
            t("size"): st.column_config.NumberColumn(format="localized", width=80),
            t("communities.name"): st.column_config.TextColumn(width=330),
        },
    )
    if len(groups) < layer["groups"] and not any("shared" in g for g in groups):
        st.caption(t("communities.largest", count=number(len(groups))))
    if picked is None:
        return None
    group = groups[picked]
    actions(group, group["place"] - 1, tell.name_of(group, known), f"{key}-")
    return group


# -- runs kept to compare with ------------------------------------------------------------------------------------------
def _forget(name: str) -> None:
    with cases.writing() as store:
        forget_communities(store, name)


def runs() -> None:
    """What is kept under a name, to compare later results with and among the findings."""
    made = kept_runs(cases.store())
    if not made:
        return
    with st.expander(t("communities.runs", count=number(len(made)))):
        for name, run in reversed(made.items()):
            row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
            state = "" if run["current"] else " · " + t("communities.outdated")
            words = (
                f"{name} · {t('communities.' + run['method'])} · {spoken(run['when'])} · {number(run['communities'])}"
            )
            row.html(f"<div class='v-remark'>{escaped(words + state)}</div>", width="content")
            row.space("stretch")
            row.button(
                t("delete"),
                key=f"forget-{name}",
                type="tertiary",
                icon=":material/delete:",
                on_click=_forget,
                args=(name,),
            )


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
        layers(result)
    else:
        listing(result)
    runs()
