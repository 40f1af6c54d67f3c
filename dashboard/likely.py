"""The paths that could have happened: how they are priced, which there are, why shorter ones are not among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from vinculo.dashboard import answers, cases, downloads, frame
from vinculo.dashboard.answers import Answer
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.path_view import draw_on_chart, draw_path, hops
from vinculo.dashboard.wording import into, language, number, plain, remark, seen, t
from vinculo.graph.schema import kind
from vinculo.graph.text import Text, say
from vinculo.graph.types import Path

ss = st.session_state
#: Kinds that paths do not pass unless a person lets them.
PLACES = "Location"
#: Paths that are shown whole at once; more would fill screens.
OPEN = 3


def likely(a: str, b: str, common: Sequence[str]) -> None:
    """The price, the button, and the answer to what is asked now; ``common`` are the options both kinds of search have."""
    arguments = ["path", "--likely", *common, *price(a, b), "--", a, b]
    st.button(
        t("paths.find"),
        icon=":material/play_arrow:",
        type="primary",
        key="find_paths",
        on_click=answers.ask,
        args=("paths", arguments),
        disabled=bool(jobs().running(cases.current())),
    )
    frame.job_list(1, of="path")
    answer = answers.remembered(arguments)
    if answer is None:
        frame.empty("paths.likely_empty", "route", height=160)
        return
    if not answer.current:
        # its sentences have names in them that a withdrawn file may have given
        frame.empty("paths.stale", "update", height=160)
        return
    show(answer, a, b)


def price(a: str, b: str) -> list[str]:
    """What an entity with many neighbours costs, and what no path may pass."""
    with st.expander(t("paths.price")):
        st.caption(t("paths.price_about"))
        steps_at, above_at, left, right = st.columns([1, 1, 2, 2], gap="small", vertical_alignment="bottom")
        steps = steps_at.number_input(t("paths.hub_steps"), 0.0, 10.0, 1.0, 0.5, key="hub_steps")
        above = above_at.number_input(t("paths.hub_from"), 1, 10_000, 10, key="hub_from")
        there = sorted({PLACES, *cases.counts()["entities"]}, key=lambda k: into(kind(k).plural).lower())
        kinds = left.multiselect(
            t("paths.avoid_kinds"),
            there,
            default=[PLACES],
            format_func=lambda k: into(kind(k).plural),
            placeholder=t("paths.avoid_nothing"),
            key="avoid_kinds",
        )
        # whoever stands on a path that was shown can be asked to stand on none
        met = cases.store().entities([i for i in ss.get(f"met-{a}-{b}", ()) if i not in (a, b)])
        avoided = right.multiselect(
            t("paths.avoid"),
            list(met),
            format_func=lambda i: seen(met[i].name),
            placeholder=t("paths.avoid_nobody"),
            key=f"avoid-{a}-{b}",
        )
    asked = ["--hub-steps", f"{steps:g}", "--hub-from", str(above)]
    asked += [x for k in kinds or ["none"] for x in ("--avoid-kind", k)]
    return asked + [x for i in avoided for x in ("--avoid", i)]


def show(answer: Answer, a: str, b: str) -> None:
    """Each path with its sentence, then what is against shorter ones."""
    if any(r.get("truncated") for r in answer.rows):
        st.caption(say("cli.path.truncated", language()))
    rows = [r for r in answer.rows if "told" in r]
    against = [r["ruled_out"] for r in answer.rows if "ruled_out" in r]
    found = [(row, path) for row in rows if (path := path_of(row))]
    ss[f"met-{a}-{b}"] = list(
        dict.fromkeys([*ss.get(f"met-{a}-{b}", ()), *(e.id for _, p in found for e in p.entities)])
    )
    if found:
        st.caption(t("paths.could", count=number(len(found))))
        if len(found) > 1 and st.button(t("paths.draw_all"), icon=":material/hub:", key="draw-all"):
            draw_on_chart([p for _, p in found])
    else:
        frame.empty("paths.none", "route", height=160)
    if against:
        ruled_out(against)
    for place, (row, path) in enumerate(found):
        about = f"{place + 1}. {into(Text(**row['told']))}"
        if place < OPEN:
            draw_path(path, place, about=about, usable=row["usable"])
        else:
            with st.expander(plain(about)):
                draw_path(path, place, usable=row["usable"])
    if found:
        downloads.download(table(found), "likely-paths", key="likely-paths")


def path_of(row: dict[str, Any]) -> Path | None:
    """A path that was found, as the case holds it; nothing where a part of it is not there."""
    store = cases.store()
    ids, lines = [e["id"] for e in row["entities"]], [x["id"] for x in row["links"]]
    entities, links = store.entities(ids), store.links(lines)
    if len(entities) < len(set(ids)) or len(links) < len(set(lines)):
        return None
    return Path(tuple(entities[i] for i in ids), tuple(links[i] for i in lines))


def table(found: Sequence[tuple[dict[str, Any], Path]]) -> list[dict[str, Any]]:
    """Every hop as a row, with what is said of its path."""
    said = {n + 1: into(Text(**row["told"])) for n, (row, _) in enumerate(found)}
    return [r | {t("paths.told"): said[int(r[t("path")] or 0)]} for r in hops([p for _, p in found])]


def ruled_out(against: Sequence[dict[str, Any]]) -> None:
    """What is against shorter paths, one sentence each."""
    names = cases.store().entities([i for r in against for i in r["entities"]])
    told = [r for r in against if all(i in names for i in r["entities"])]
    if not told:
        return
    st.markdown(f"##### {t('paths.ruled_out')}")
    for r in told:
        remark("– " + into(Text(**r["reason"])))
    rows = [
        {
            t("path"): " – ".join(seen(names[i].name) for i in r["entities"]),
            t("paths.steps"): r["hops"],
            t("paths.against"): into(Text(**r["reason"])),
        }
        for r in told
    ]
    downloads.download(rows, "ruled-out-paths", key="ruled-out")
