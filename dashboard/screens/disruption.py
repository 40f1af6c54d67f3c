"""What if: actions against a group side by side, what each would break, cost and leave; a calculation, never advice."""

from __future__ import annotations

from collections.abc import Container, Mapping
from itertools import count
from typing import Any

import streamlit as st

from vinculo.analytics.disruption.actions import ACTIONS
from vinculo.analytics.disruption.comparison import Comparison, Point
from vinculo.analytics.disruption.kept import comparison_of
from vinculo.analytics.disruption.telling import KEPT, told
from vinculo.dashboard import answers, cases, desk, downloads, frame
from vinculo.dashboard.grouping import members
from vinculo.dashboard.jobs import jobs
from vinculo.dashboard.names import asked_taints, names_of, shareable
from vinculo.dashboard.wording import escaped, into, language, number, plain, remark, seen, t
from vinculo.graph.evidence import basis
from vinculo.graph.schema import kind
from vinculo.graph.text import say

ss = st.session_state
#: Measures that can be drawn, and how a point tells each.
MEASURES = ("largest_share", "efficiency_share", "money", "goods", "unmentioned", "records_lost")
#: Things a group may begin with.
MOST = 50


def _from_chart() -> None:
    chart = desk.board().chart
    chosen = members(chart, ss.get("selected", ())) or list(chart.nodes)
    ss.whatif_group = chosen[:MOST]
    ss.whatif_asked = ""


def group() -> list[str]:
    """What the group begins with: found by search, or taken over from the chart; nothing is the whole case."""
    store = cases.store()
    given = st.query_params.get("id", "")
    if given and "whatif_group" not in ss:
        ss.whatif_group = [given]
    held = list(store.entities(ss.get("whatif_group", [])))
    left, right = st.columns([3, 1], vertical_alignment="bottom", gap="small")
    query = left.text_input(
        t("disruption.search"), type="search", live=True, key="whatif_asked", placeholder=t("search.hint")
    )
    drawn = len(desk.board().chart.nodes)
    right.button(
        t("disruption.from_chart"), icon=":material/hub:", on_click=_from_chart, disabled=not drawn, key="from_chart"
    )
    if query and query.strip():
        hits(query, held)
    known = store.entities(held)
    chosen = st.multiselect(
        t("disruption.group"),
        held,
        default=held,
        format_func=lambda i: seen(known[i].name),
        placeholder=t("disruption.whole_case"),
        key=f"group-{len(held)}-{'-'.join(held[-1:])}",
    )
    ss.whatif_group = chosen
    return chosen


def hits(query: str, held: list[str]) -> None:
    """What the search finds, as buttons that add it to the group."""
    found = [h for h in cases.store().search(query, limit=6) if h.id not in held]
    if not found:
        st.caption(t("search.nothing_short"))
    box = st.container(gap="xxsmall")
    for hit in found:
        label = f"{plain(hit.name)} · {plain(into(kind(hit.kind).label))}"
        box.button(label, key=f"add-{hit.id}", icon=":material/add:", type="tertiary", on_click=_add, args=(hit.id,))


def _add(id: str) -> None:
    ss.whatif_group = [*ss.get("whatif_group", []), id][-MOST:]
    ss.whatif_asked = ""


def question(ids: list[str]) -> None:
    """The controls, and the button that starts the comparison."""
    left, middle, right = st.columns([1, 1, 2], gap="small", vertical_alignment="bottom")
    hops = left.slider(t("disruption.hops"), 0, 4, 2, key="whatif_hops", disabled=not ids)
    size = middle.slider(t("disruption.size"), 1, 10, 3, key="whatif_size")
    actions = right.multiselect(
        t("disruption.actions"),
        list(ACTIONS),
        default=list(ACTIONS),
        format_func=action_name,
        placeholder=t("disruption.actions"),
        key="whatif_actions",
    )
    costs = {}
    with st.expander(t("disruption.costs")):
        st.caption(t("disruption.costs_about"))
        row = st.columns(len(ACTIONS), gap="small")
        for place, action in enumerate(ACTIONS):
            costs[action] = row[place].number_input(action_name(action), min_value=0.0, value=0.0, key=f"cost-{action}")
    ends = {}
    if ids:
        known = cases.store().entities(ids)
        with st.expander(t("disruption.flow")):
            st.caption(t("disruption.flow_about"))
            sides = st.columns(2, gap="small")
            for place, side in enumerate(("from", "to")):
                ends[side] = sides[place].multiselect(
                    t(f"disruption.{side}"),
                    ids,
                    format_func=lambda i: seen(known[i].name),
                    placeholder=t("disruption.nobody"),
                    key=f"flow-{side}",
                )
    first = cases.store().entities(ids[:1])
    taken = cases.store().documents(KEPT)
    proposed = free(seen(next(iter(first.values())).name) if first else t("disruption.whole_case"), taken)
    left, right = st.columns([3, 1], vertical_alignment="bottom", gap="small")
    name = left.text_input(
        t("disruption.name"), value=proposed, max_chars=80, key=f"name-{'-'.join(ids[:1])}-{proposed}"
    )
    arguments = [x for i in ids for x in ("--entity", i)] + ["--hops", str(hops), "--size", str(size)]
    arguments += [x for a in actions for x in ("--action", a)]
    arguments += [x for a in actions if costs[a] for x in ("--cost", f"{a}={costs[a]}")]
    arguments += [x for side, chosen in ends.items() for i in chosen for x in (f"--{side}", i)]
    right.button(
        t("disruption.compare"),
        icon=":material/play_arrow:",
        type="primary",
        key="compare",
        on_click=_compare,
        args=(arguments, free(name.strip() or proposed, taken)),
        disabled=not actions or bool(jobs().running(cases.current())),
    )


def free(name: str, taken: Container[str]) -> str:
    """This name, with a number where a comparison has it already."""
    numbered = (f"{name} ({n})" for n in count(2))
    return name if name not in taken else next(n for n in numbered if n not in taken)


def _compare(arguments: list[str], name: str) -> None:
    ss.whatif_name = name
    frame.start_job("disrupt", ["disrupt", *arguments, "--keep", name])


def action_name(action: str) -> str:
    """What an action is called."""
    return say(f"cli.action.{action}", language()).capitalize()


def kept() -> None:
    """Comparisons of this case; one is shown."""
    there = cases.store().documents(KEPT)
    if not there:
        frame.empty("disruption.empty", "call_split", height=160)
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom", gap="small")
    made = {name: _read(document) for name, document in there.items()}
    # the one asked for last is shown as soon as it is there, else one that can be read, of the data as it is now
    last = ss.get("whatif_name", "")
    now = basis(cases.store())
    names = sorted(there, key=lambda n: (n != last, made[n] is None, there[n].get("basis") != now))
    name = left.selectbox(t("disruption.kept"), names, format_func=seen, key=f"kept-{last if last in there else ''}")
    if name is None:
        return
    right.button(t("delete"), icon=":material/delete:", type="tertiary", on_click=_forget, args=(name,), key="forget")
    if there[name].get("basis") != now:
        st.caption(t("disruption.stale"))
    comparison = made[name]
    if comparison is None:
        answers.note_another(KEPT, name)
    else:
        show(comparison, name)


def _read(document: Mapping[str, Any]) -> Comparison | None:
    """The comparison of a document; nothing where another version kept it, which may have other fields."""
    try:
        return comparison_of(document)
    except (KeyError, TypeError):
        return None


def _forget(name: str) -> None:
    with cases.writing() as store:
        store.delete_document(KEPT, name)


def show(made: Comparison, name: str) -> None:
    """Sentences, the curve of one measure, the table side by side, who else would be touched."""
    q = made.question
    before = made.before
    st.caption(
        say(
            "cli.disrupt.group",
            language(),
            members=number(q["members"]),
            links=number(q["links"]),
            largest=number(before.largest),
        )
        + " "
        + say("cli.disrupt.no_advice", language())
    )
    if not made.curves:
        remark(say("cli.disrupt.none", language()))
        return
    for action, points in made.curves:
        remark(f"{action_name(action.kind)}: {into(told(made, action, points))}")
    curve(made)
    ids = [i for p in _points(made) for i in (p.target, *(x for x, _ in p.unmentioned_named))]
    names = names_of(cases.store(), ids)
    allowed = shareable(ids, asked_taints("whatif_sar"))
    rows, shared = (
        [row(made, action.kind, p, by) for action, points in made.curves for p in points] for by in (names, allowed)
    )
    downloads.table(rows, "disruption", key=f"table-{name}", height=420, shared=shared)
    st.caption(say("cli.disrupt.models", language(), runs=number(q["runs"]), share=f"{q['share']:.0%}"))
    if any(q[f"{m}_unit"] and getattr(before, m) is None for m in ("money", "goods")):
        st.caption(t("disruption.unbounded"))
    if q["efficiency_sources"]:
        st.caption(say("cli.disrupt.sampled", language(), sources=number(q["efficiency_sources"])))
    if any(p.truncated for p in (before, *(p for _, points in made.curves for p in points))):
        st.warning(say("cli.disrupt.truncated", language()))
    unmentioned(made, names, allowed)


def _points(made: Comparison) -> list[Point]:
    return [p for _, points in made.curves for p in points]


def curve(made: Comparison) -> None:
    """One measure of all actions, by how many targets are gone."""
    points = [(a.kind, p) for a, some in made.curves for p in some]
    there = [m for m in MEASURES if any(getattr(p, m) is not None for _, p in points)]
    measure = st.segmented_control(
        t("disruption.measure"),
        there,
        default=there[0],
        format_func=lambda m: t(f"disruption.{m}"),
        key="whatif_measure",
        required=True,
    )
    size, value, what = t("disruption.targets"), t(f"disruption.{measure}"), t("disruption.action")
    data: list[dict[str, Any]] = []
    for action, some in made.curves:
        if measure != "unmentioned" or action.removes:
            for p in (made.before, *some):
                data.append({what: action_name(action.kind), size: p.size, value: getattr(p, str(measure))})
    st.line_chart(data, x=size, y=value, color=what, height=280)


def row(made: Comparison, action: str, p: Point, names: Mapping[str, str]) -> dict[str, Any]:
    """One row of the table; a target without a name here stays unnamed."""
    medians = [r.median for r in p.recovery]
    found = sorted(m for m in medians if m is not None)
    ties = (number(found[0]) if found[0] == found[-1] else f"{number(found[0])}–{number(found[-1])}") if found else ""
    if len(found) < len(medians):
        ties = f"{ties} ({say('cli.disrupt.some_never', language())})".strip()
    units = {"money": made.question["money_unit"], "goods": made.question["goods_unit"]}
    flows = {f"{t(f'disruption.{m}')} ({u})": getattr(p, m) for m, u in units.items() if u}
    return {
        t("disruption.action"): action_name(action),
        t("disruption.targets"): p.size,
        t("disruption.last"): seen(names.get(p.target, "")),
        t("disruption.cost"): p.cost or None,
        t("disruption.largest"): p.largest,
        t("disruption.efficiency_share"): f"{p.efficiency_share:.0%}",
        **flows,
        t("disruption.new_ties"): ties,
        t("disruption.unmentioned"): p.unmentioned,
        t("disruption.records_lost"): round(p.records_lost),
        t("disruption.records_kept"): round(p.records_kept),
        t("disruption.out_of_sight"): p.out_of_sight,
    }


def unmentioned(made: Comparison, names: Mapping[str, str], allowed: Mapping[str, str]) -> None:
    """Parties beside the targets of whom no finding and no list speaks, by action; ``allowed`` are told in the file."""
    rows, shared = (
        [
            {t("disruption.action"): action_name(action.kind), t("name"): seen(by[id]), "id": id}
            for action, points in made.curves
            for id, _ in (points[-1].unmentioned_named if points else ())
            if id in by
        ]
        for by in (names, allowed)
    )
    if not rows:
        return
    st.markdown(f"##### {plain(t('disruption.unmentioned_title'))}")
    st.html(f"<div class='v-remark'>{escaped(t('disruption.unmentioned_about'))}</div>")
    downloads.table(rows, "unmentioned-parties", key="unmentioned", height=240, hidden=("id",), shared=shared)


frame.header(t("page.disruption"))
if cases.is_empty():
    frame.no_data()
else:
    question(group())
    frame.job_list(2, of="disrupt")
    kept()
