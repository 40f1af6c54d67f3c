"""One thing: its facts each with file and record, its links by kind, what lists say, what it may be the same as."""

from __future__ import annotations

import streamlit as st

from vinculo.dashboard import cases, desk, downloads, frame
from vinculo.dashboard.panel import fact_rows, heading, source_line, standing_lines
from vinculo.dashboard.wording import escaped, facts_table, figure, into, number, remark, seen, t, value_said
from vinculo.graph.evidence import changed_since_suggesting, still_there
from vinculo.graph.schema import kind
from vinculo.graph.standing import standings
from vinculo.graph.types import Entity, Link, Suggestion

#: Links of one kind read at a time.
LINKS = 200


def facts(entity: Entity) -> None:
    """Every value with every source."""
    st.markdown(f"##### {t('entity.facts')}")
    if not entity.sources:
        st.caption(t("entity.bare"))
        return
    made = fact_rows(entity.kind, entity.properties)
    facts_table(made)
    rows = [
        {t("property"): label, t("value"): value, t("sources"): "; ".join(sources)} for label, value, sources in made
    ]
    downloads.download(rows, "facts", key="facts")


def links(entity: Entity) -> None:
    """Links by kind, each with its facts and source; a row opens the other end."""
    store = cases.store()
    totals = store.neighbours(entity.id, limit=1).totals
    st.markdown(f"##### {t('entity.links')}")
    if not totals:
        st.caption(t("entity.no_links"))
        return
    names = sorted(totals, key=lambda k: (-totals[k], k))
    name = st.pills(
        t("entity.link_kinds"),
        names,
        default=names[0],
        format_func=lambda k: t("chart.kind_count", kind=into(kind(k).label), count=number(totals[k])),
        label_visibility="collapsed",
        key=f"kind-{entity.id}",
        wrap=True,
    )
    if name is None:
        return
    near = store.neighbours(entity.id, kinds=[name], limit=LINKS)
    if near.truncated:
        st.caption(t("entity.first_links", count=number(len(near.links)), total=number(totals[name])))
    known = {e.id: e for e in near.entities}
    verb = into(kind(name).verb)
    rows = []
    featured = [p for p in kind(name).featured if p in kind(name).properties]
    if "amount" in featured and "currency" in kind(name).properties:
        featured.insert(featured.index("amount") + 1, "currency")
    for x in sorted(near.links, key=lambda x: x.first("date") or x.first("startDate"), reverse=True):
        outward = x.source == entity.id
        other = known[x.target if outward else x.source]
        own = {into(kind(name).properties[p].label): _cell(x, p) for p in featured if x.first(p)}
        rows.append(
            {
                t("direction"): "→" if outward else "←",
                t("link"): verb,
                t("other"): seen(other.name),
                t("kind"): into(kind(other.kind).label),
                **own,
                t("sources"): "; ".join(source_line(s) for s in x.sources),
                "id": other.id,
            }
        )
    columns = dict.fromkeys(c for r in rows for c in r if c not in (t("sources"), "id"))
    figures = {c for r in rows for c, v in r.items() if isinstance(v, float)}
    table = [{c: r.get(c, None if c in figures else "") for c in [*columns, t("sources"), "id"]} for r in rows]
    st.caption(t("entity.click_row"))
    picked = downloads.table(table, "links", key=f"links-{entity.id}-{name}", select=True, hidden=("id",))
    if picked is not None:
        frame.go("entity", id=str(rows[picked]["id"]))


def _cell(link: Link, name: str) -> str | float:
    """The first value of a property, a figure as a figure."""
    made = figure(link.first(name)) if kind(link.kind).properties[name].type == "number" else None
    return value_said(link.kind, name, link.first(name)) if made is None else made


def _judge(suggestion: Suggestion, judgement: str) -> None:
    with cases.writing() as store:
        store.save_suggestions(
            [Suggestion(suggestion.left, suggestion.right, suggestion.score, suggestion.why, judgement)]
        )


def same_as(entity: Entity) -> None:
    """What this may be the same as; a person judges, nothing is merged."""
    found = still_there(cases.store(), cases.store().suggestions(entity.id))
    if not found:
        return
    st.markdown(f"##### {t('entity.same')}")
    st.caption(t("entity.same_hint"))
    if changed_since_suggesting(cases.store()):
        st.caption(t("entity.same_changed"))
    others = cases.store().entities([s.right if s.left == entity.id else s.left for s in found])
    for suggestion in found[:20]:
        other = others.get(suggestion.right if suggestion.left == entity.id else suggestion.left)
        if other is None:
            continue
        pair = f"{suggestion.left}-{suggestion.right}"
        left, right = st.columns([3, 2], vertical_alignment="center")
        state = t(f"judgement.{suggestion.judgement}")
        left.html(
            f"<div class='v-node'><span><b>{escaped(other.name)}</b><span class='v-chip'>{escaped(state)}</span>"
            f"<small>{escaped(into(suggestion.why))}</small></span></div>"
        )
        row = right.container(horizontal=True, gap="small")
        if row.button(t("open"), key=f"open-{pair}", type="tertiary"):
            frame.go("entity", id=other.id)
        for judgement in ("same", "not_same"):
            row.button(
                t(f"judge.{judgement}"),
                key=f"{judgement}-{pair}",
                type="tertiary",
                disabled=suggestion.judgement == judgement,
                on_click=_judge,
                args=(suggestion, judgement),
            )


def show(entity: Entity) -> None:
    """The whole page of one thing."""
    told = standings(cases.store(), [entity.id]).get(entity.id, ())
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        heading(entity, told, big=True)
    bar = right.container(horizontal=True, horizontal_alignment="right", gap="xsmall")
    if bar.button(t("add_to_chart"), icon=":material/add:", type="primary", key="add"):
        desk.start_with([entity.id])
        frame.go("chart")
    if bar.button(t("entity.paths"), icon=":material/route:", key="paths"):
        frame.go("paths", a=entity.id)
    standing_lines(told)
    if entity.sources and all(s.source.taint for s in entity.sources):
        st.warning(t("entity.tainted"), icon=":material/lock:")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        facts(entity)
        remark(t("entity.id", id=entity.id))
    with right:
        links(entity)
        same_as(entity)


frame.header(t("page.entity"))
wanted = st.query_params.get("id", "") or st.session_state.get("entity_id", "")
found = cases.store().entities([wanted]).get(wanted) if wanted else None
if cases.is_empty():
    frame.no_data()
elif found is None:
    with (
        frame.empty("entity.unknown" if wanted else "entity.empty", "description"),
        st.container(horizontal=True, horizontal_alignment="center"),
    ):
        frame.link("search", t("home.search"), ":material/search:")
else:
    # the menu drops the address's parameters; coming back shows the same thing again
    st.session_state.entity_id = wanted
    st.query_params["id"] = wanted
    show(found)
