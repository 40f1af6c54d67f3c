"""Communities of several sizes: every resolution in a row, then one of them beside the fine method."""

from __future__ import annotations

from typing import Any

import streamlit as st

from vinculo.dashboard import community_view as tell
from vinculo.dashboard import downloads
from vinculo.dashboard.community_actions import actions
from vinculo.dashboard.community_files import whole_layer
from vinculo.dashboard.divisions import LAYER_ROWS
from vinculo.dashboard.wording import number, remark, t


def layers(found: dict[str, Any]) -> None:
    """Every resolution in a row, then one of them beside the fine method."""
    made = found["layers"]
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
    every = [whole_layer(n, found) for n in range(len(made))]
    left, right = st.columns([3, 2], gap="small")
    chosen = nested[int(at or 0)]
    with left:
        st.markdown(f"##### {t('communities.leiden')} · {names[int(at or 0)]}")
        picked = _layer(chosen, chosen["communities"], "layer", every[made.index(chosen)])
    if fine is not None:
        with right:
            st.markdown(f"##### {t('communities.fine')} ({number(fine['groups'])})")
            _layer(fine, _beside(fine, picked), "fine", every[made.index(fine)])


def _beside(fine: dict[str, Any], picked: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The largest groups of the fine method, or those in which most members of the one that was picked are."""
    held = {g["place"]: g for g in fine["communities"]}
    if picked is None:
        return list(fine["communities"][:LAYER_ROWS])
    remark(t("communities.beside_of", name=tell.name_of(picked, tell.named([picked]))))
    return [held[p] | {"shared": n} for p, n in picked["beside"] if p in held]


def _layer(
    layer: dict[str, Any],
    groups: list[dict[str, Any]],
    key: str,
    every: list[dict[str, Any]] | None,
) -> dict[str, Any] | None:
    """Groups of one resolution; a row is drawn. Nothing says which of them rest on reports: the file is asked for as a whole."""
    known = tell.named(groups)
    some = any("shared" in g for g in groups)
    picked = downloads.table(
        tell.layer_rows(groups, known),
        f"communities-{key}",
        whole=None if some else every,
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
    if len(groups) < layer["groups"] and not some:
        told = "communities.largest" if every is not None else "communities.largest_beside"
        st.caption(t(told, count=number(len(groups)), total=number(layer["groups"])))
    if picked is None:
        return None
    group = groups[picked]
    actions(group, group["place"] - 1, tell.name_of(group, known), f"{key}-")
    return group
