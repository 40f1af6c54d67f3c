"""Details of what is selected, each value with the file and record it comes from; shared by chart and entity screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from vinculo.dashboard import cases, charts, desk, downloads, frame, orders
from vinculo.dashboard.group_panel import bundle_rows, neighbours_form
from vinculo.dashboard.grouping import name_of
from vinculo.dashboard.picture import lines, shown
from vinculo.dashboard.wording import escaped, facts_table, icon, into, number, remark, seen, t, value_said
from vinculo.graph.schema import kind
from vinculo.graph.schema import property_label as label_of
from vinculo.graph.standing import Standing, badge, standings
from vinculo.graph.types import Entity, Fact, Link, Provenance

#: Links of one line that the panel spells out.
SPELLED = 30
#: Sources of one value in the panel; the entity screen has them all.
PANEL_SOURCES = 2


def source_line(origin: Provenance) -> str:
    """Where a value stands, for a person: file and record."""
    s = origin.source
    where = t("source", file=s.file or s.sha256[:12], record=number(origin.record))
    return where + (f" · {t('tainted')}" if s.taint else "")


def property_label(kind_name: str, name: str) -> str:
    """What a property is called in the reader's language."""
    return into(label_of(kind_name, name))


def fact_rows(
    kind_name: str, properties: Mapping[str, tuple[Fact, ...]], most: int | None = None
) -> list[tuple[str, str, list[str]]]:
    """Label, value, sources, featured properties first; every value that any file asserts has its row.

    With ``most``, so many sources a value, and how many more there are.
    """
    featured = kind(kind_name).featured
    known = kind(kind_name).properties
    # an id says nothing to a reader; the link to that entity says it
    told = [p for p in properties if p not in known or known[p].type != "entity"]
    order = sorted(told, key=lambda p: (featured.index(p) if p in featured else len(featured), p))
    return [
        (
            property_label(kind_name, p) + _unit(kind_name, p),
            value_said(kind_name, p, f.value),
            _told(f.sources, most),
        )
        for p in order
        for f in properties[p]
    ]


def _told(sources: Sequence[Provenance], most: int | None) -> list[str]:
    told = [source_line(s) for s in sources[:most]]
    left = len(sources) - len(told)
    return [*told, t("more_sources", left=number(left))] if left else told


def _unit(kind_name: str, name: str) -> str:
    known = kind(kind_name).properties.get(name)
    return f" ({known.unit})" if known and known.unit else ""


def heading(entity: Entity, told: Sequence[Standing], *, big: bool = False) -> None:
    """Icon, name and kind."""
    image = icon(entity.kind, badge(entity, told))
    size = "v-node v-big" if big else "v-node"
    st.html(
        f"<div class='{size}'><img src='{image}' alt=''><span><b>{escaped(entity.name)}</b>"
        f"<small>{escaped(into(kind(entity.kind).label))}</small></span></div>"
    )


def standing_lines(told: Iterable[Standing], *, of: str = "") -> None:
    """What lists say, in full sentences; with the name of whom, where that is not plain from the page."""
    for one in told:
        name = f"<b>{escaped(of)}</b><br>" if of else ""
        st.html(f"<div class='v-standing {escaped(one.code)}'>{name}{escaped(into(one.sentence))}</div>")


def _note(id: str) -> None:
    desk.do(charts.annotate(desk.board().chart, id, seen(st.session_state[f"note-{id}"])))


def _ask_kinds(id: str) -> None:
    st.session_state.group_of = id


def node_panel(id: str) -> None:
    """The selected node: what lists say, facts with their sources, a note, what can be done."""
    chart = desk.board().chart
    store = cases.store()
    entity = store.entities([id]).get(id)
    if entity is None:
        st.caption(t("chart.gone"))
        return
    told = standings(store, [id]).get(id, ())
    heading(entity, told)
    row = st.container(horizontal=True, gap="small")
    pinned = chart.nodes[id].pinned
    actions = {"expand": "chart.expand", "hide": "chart.hide", "pin": "chart.unpin" if pinned else "chart.pin_one"}
    for name, label in actions.items():
        command = {"name": name, "ids": [id]}
        row.button(t(label), key=f"panel-{name}", type="tertiary", on_click=orders.obey, args=(command,))
    if row.button(t("chart.open_entity"), key="panel-open", type="tertiary"):
        frame.go("entity", id=id)
    # made when it is asked for: every expand would pay for it
    row.button(t("chart.group_neighbours"), key="panel-neighbours", type="tertiary", on_click=_ask_kinds, args=(id,))
    if st.session_state.get("group_of") == id:
        neighbours_form(id)
    standing_lines(told)
    facts_table(fact_rows(entity.kind, entity.properties, PANEL_SOURCES))
    if not entity.sources:
        st.caption(t("entity.bare"))
    st.session_state[f"note-{id}"] = chart.notes.get(id, "")
    st.text_input(t("chart.note"), key=f"note-{id}", max_chars=300, on_change=_note, args=(id,))


def link_panel(id: str) -> None:
    """The selected line: every link on it with its facts and sources."""
    chart = desk.board().chart
    line = next((x for x in lines(chart, shown(chart)[1]) if any(one.id == id for one in x.links)), None)
    if line is None:
        st.caption(t("chart.pick"))
        return
    verb = into(kind(line.kind).verb)
    names = [name_of(chart, i) for i in (line.source, line.target)]
    st.html(
        f"<div class='v-node'><span><b>{escaped(names[0])}</b> {escaped(verb)} <b>{escaped(names[1])}</b></span></div>"
    )
    if len(line.links) > 1:
        st.caption(t("chart.line_count", count=number(len(line.links)), total=line.amount()))
    bundled = {line.source, line.target} & chart.groups.keys()
    if bundled:
        downloads.table(bundle_rows(chart, line.links), "links", key="bundle", height=260, hidden=("id",))
    held = cases.store().links([x.id for x in line.links[:SPELLED]])
    for x in held.values():
        if bundled:
            remark(f"{chart.nodes[x.source].name} → {chart.nodes[x.target].name}")
        link_facts(x)
    if len(line.links) > SPELLED:
        st.caption(t("chart.more_links", left=number(len(line.links) - SPELLED)))


def link_facts(link: Link) -> None:
    """One link's facts; a link without facts still says where it stands."""
    rows = fact_rows(link.kind, link.properties)
    if not rows:
        rows = [(into(kind(link.kind).label), "", [source_line(s) for s in link.sources])]
    facts_table(rows)
