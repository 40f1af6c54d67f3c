"""Closed groups: nothing is lost, nothing is counted twice, nothing moves, and no group passes for a party."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import small_case
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import of
from streamlit.testing.v1 import AppTest

from vinculo.dashboard import charts, grouping
from vinculo.dashboard.charts import Board
from vinculo.dashboard.group_panel import bundle_rows, rows
from vinculo.dashboard.picture import lines, shown, view
from vinculo.dashboard.reading import chart_nodes, links_between
from vinculo.dashboard.saved_charts import exported
from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.palette import palette
from vinculo.graph.schema import ENTITY_CLASSES
from vinculo.graph.stores import open_store
from vinculo.graph.text import say
from vinculo.graph.types import Source

Run = Callable[..., AppTest]
CURRENCIES = ("USD", "MXN", "EUR")


def paid(id: str, source: str, target: str, amount: float | None, currency: str) -> ChartLink:
    facts = (("amount", repr(amount), ()), ("currency", currency, ())) if amount is not None else ()
    return ChartLink(id, "PAID", source, target, facts=facts)


NAMES = [f"n{k}" for k in range(9)]
payments = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.one_of(st.none(), st.integers(1, 10**6).map(lambda n: n / 4)),
        st.sampled_from(CURRENCIES),
    ),
    max_size=40,
)
divisions = st.lists(st.lists(st.sampled_from(NAMES), max_size=6), max_size=4)


def grouped(made: list[tuple[str, str, float | None, str]], parts: list[list[str]]) -> Chart:
    """A chart of these payments on which these were closed one after the other."""
    nodes = [ChartNode(i, "Company", i.upper(), 0.0, 0.0) for i in NAMES]
    links = [paid(f"x{k}", *row) for k, row in enumerate(made)]
    chart = charts.do(Board(Chart("c")), charts.add(Chart("c"), nodes, links)).chart
    for part in parts:
        chart = charts.do(Board(chart), grouping.close(chart, part, "Some")).chart
    return chart


@settings(max_examples=150)
@given(payments, divisions)
def test_every_link_is_drawn_once_or_lies_within_one_group(
    made: list[tuple[str, str, float | None, str]], parts: list[list[str]]
) -> None:
    chart = grouped(made, parts)
    standing, visible = shown(chart)
    held = grouping.contents(chart, (standing, visible))
    drawn = [x.id for line in lines(chart, visible) for x in line.links]
    inside = [x.id for one in held.values() for x in one.inside]
    assert Counter(drawn + inside) == Counter(list(chart.links))
    home = grouping.homes(chart)
    assert Counter(m for g in chart.groups.values() for m in g.members) == Counter(list(home))
    assert all(len(g.members) > 1 for g in chart.groups.values())
    for line in lines(chart, visible):
        for x in line.links:
            assert (home.get(x.source, x.source), home.get(x.target, x.target)) == (line.source, line.target)


@settings(max_examples=150)
@given(payments, divisions)
def test_money_is_that_of_the_links_and_currencies_stay_apart(
    made: list[tuple[str, str, float | None, str]], parts: list[list[str]]
) -> None:
    chart = grouped(made, parts)
    held = grouping.contents(chart, shown(chart))
    for id, group in chart.groups.items():
        of_side: dict[str, dict[str, list[float]]] = {s: defaultdict(list) for s in ("inside", "into", "out")}
        silent: Counter[str] = Counter()
        for source, target, amount, currency in made:
            a, b = source in group.members, target in group.members
            side = "inside" if a and b else "out" if a else "into" if b else ""
            if side and amount is None:
                silent[side] += 1
            elif side and amount is not None:
                of_side[side][currency].append(amount)
        for side, amounts in of_side.items():
            found, without = grouping.sums(getattr(held[id], side))
            assert {s.currency: s.amount for s in found} == {c: math.fsum(a) for c, a in amounts.items()}
            assert without == silent[side]


@settings(max_examples=100)
@given(payments, divisions, st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), max_size=4))
def test_opening_puts_every_member_back_where_it_was(
    made: list[tuple[str, str, float | None, str]], parts: list[list[str]], drags: list[tuple[int, int]]
) -> None:
    chart = grouped(made, [])
    before = {i: (n.x, n.y) for i, n in chart.nodes.items()}
    chart = grouped(made, parts)
    for (x, y), id in zip(drags, list(chart.groups), strict=False):
        chart = charts.do(Board(chart), charts.move(chart, {id: (float(x), float(y))})).chart
        assert (chart.groups[id].x, chart.groups[id].y) == (x, y)
    for id in list(chart.groups):
        chart = charts.do(Board(chart), grouping.open_(chart, id)).chart
    assert {i: (n.x, n.y) for i, n in chart.nodes.items()} == before and chart.groups == {}


def test_what_comes_while_a_group_is_closed_leaves_its_members_their_places() -> None:
    chart = grouped([], [NAMES[:5]])
    chart = charts.do(
        Board(chart), charts.add(chart, [ChartNode(f"new{k}", "Person", "", 0, 0) for k in range(40)], [], anchor="n7")
    ).chart
    places = [(n.x, n.y) for n in (*chart.nodes.values(), *chart.groups.values())]
    assert len(set(places)) == len(places)


def test_a_group_has_a_shape_of_its_own_and_no_class() -> None:
    looks = palette()["entities"]
    assert palette()["group"]["shape"] not in [look["shape"] for look in looks.values()]
    assert "group" not in ENTITY_CLASSES and palette()["group"].keys() & {"light", "dark"} == set()
    chart = grouped([("n0", "n1", 10, "USD"), ("n1", "n0", 5, "MXN"), ("n1", "n8", 1, "USD")], [NAMES[:3]])
    made = view(chart, "en")
    [row] = [n for n in made["nodes"] if n[1] == "group"]
    assert row[2] == "3" and row[3].splitlines() == ["Some", "Company 3", "5 MXN · 10 USD"]
    hidden = {n[0]: n[7] for n in made["nodes"]}
    assert [hidden[i] for i in NAMES[:4]] == [1, 1, 1, 0] and hidden[row[0]] == 0
    assert [(x[3], x[4]) for x in made["links"]] == [(row[0], "n8")]
    assert charts.switch(chart, "group") is None


def test_filters_reach_into_a_group() -> None:
    chart = grouped([("n0", "n1", 10, "USD"), ("n0", "n8", 10, "USD")], [NAMES[:3]])
    [id] = chart.groups
    chart = charts.do(Board(chart), charts.hide(chart, ["n0"])).chart
    assert next(n for n in view(chart, "en")["nodes"] if n[0] == id)[2] == "2 / 3"
    assert view(chart, "en")["links"] == []
    chart = charts.do(Board(chart), charts.hide(chart, grouping.members(chart, [id]))).chart
    assert next(n for n in view(chart, "en")["nodes"] if n[0] == id)[7] == 1


def test_an_id_from_a_file_cannot_stand_for_a_group() -> None:
    plain = grouped([], [NAMES[:3]])
    [taken] = plain.groups
    chart = charts.do(
        Board(grouped([], [])), charts.add(grouped([], []), [ChartNode(taken, "Company", "x", 0, 0)], [])
    ).chart
    chart = charts.do(Board(chart), grouping.close(chart, NAMES[:3], "Some")).chart
    assert not chart.groups.keys() & chart.nodes.keys()


def test_a_group_is_saved_and_an_older_document_has_none() -> None:
    chart = grouped([("n0", "n5", 10, "USD")], [NAMES[:3], NAMES[4:7]])
    document = json.loads(json.dumps(chart.as_json()))
    assert Chart.from_json(document) == chart
    del document["groups"]
    assert Chart.from_json(document) == charts.replace(chart, groups={})


@pytest.mark.parametrize("format", ["html", "csv", "graphml", "ftm"])
def test_a_closed_group_goes_out_with_its_members_and_not_as_a_thing(tmp_path: Path, format: str) -> None:
    url = small_case.make(tmp_path)
    store = open_store(url, read_only=True)
    nodes = chart_nodes(store, [of(x) for x in ("listed", "account", "firm", "ana")])
    chart = charts.do(
        Board(Chart("c")), charts.add(Chart("c"), nodes, links_between(store, [n.id for n in nodes], []))
    ).chart
    closed = charts.do(Board(chart), grouping.close(chart, [of("listed"), of("account")], "Zorro")).chart
    assert closed.groups
    made = exported(url, format, "x", closed, "en", ())
    # that its members stand one by one is said of the closed one, and nothing else differs
    said = rb'<(p|span)[^>]* data-word="groups_opened"></\1>'
    assert re.sub(said, b"", made) == exported(url, format, "x", chart, "en", ())
    assert b"Zorro" not in made and (of("listed").encode() in made or format == "csv")
    store.close()


def test_the_number_told_of_an_export_is_what_the_file_holds(case: str, page: Run) -> None:
    """Of a group of four one is hidden, one is known from reports alone, and one only by a report's link."""
    with closing(open_store(case)) as store:
        reports = Source("reports", "e" * 64, "reports.csv", taint="sar")
        told = [(of("suspect"), "Person", {"name": "Suspect"})]
        small_case.write(store, reports, told, [(of("tip"), "PAID", of("suspect"), of("bare"), {})])
        ids = [of(x) for x in ("firm", "ana", "suspect", "bare")]
        chart = charts.do(Board(Chart("c")), charts.add(Chart("c"), chart_nodes(store, ids), [])).chart
        chart = charts.do(Board(chart), grouping.close(chart, ids, "Grupo")).chart
        chart = charts.do(Board(chart), charts.hide(chart, [of("ana")])).chart
    at = page("chart")
    at.session_state["board"] = Board(chart)
    for ticked, expected in ((False, 1), (True, 3)):
        at.run()
        at.checkbox(key="with_sar").set_value(ticked).run()
        made = exported(case, "graphml", "x", chart, "en", ("sar",) * ticked).decode()
        assert sum(f'<node id="{i}"' in made for i in ids) == expected
        said = "\n".join(c.value for c in at.caption)
        assert say("dashboard.chart.groups_exported", "en", count=str(expected)) in said


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_panel_says_what_a_group_is_and_leads_to_the_evidence(case: str, page: Run, language: str) -> None:
    at = page("chart", language=language, id=of("account"))
    board: Board = at.session_state["board"]
    store = open_store(case, read_only=True)
    nodes = chart_nodes(store, [of(x) for x in ("listed", "firm", "phone", "ana")])
    known = [n.id for n in nodes]
    board = charts.do(board, charts.add(board.chart, nodes, links_between(store, [*known, of("account")], [])))
    board = charts.do(board, grouping.close(board.chart, [of("firm"), of("account"), of("ana")], "<b>Grupo</b>"))
    store.close()
    [group] = board.chart.groups
    at.session_state["board"] = board
    at.session_state["selected"] = [group]
    at.run()
    assert not at.exception
    text = "\n".join(str(e.proto) for kind in ("caption", "html", "markdown") for e in at.get(kind))
    assert say("dashboard.chart.group_is", language, count="3") in text
    assert "&lt;b&gt;Grupo" in text and "<b>Grupo" not in text.replace("<b>&lt;b", "")
    held = grouping.contents(board.chart, shown(board.chart))[group]
    assert any(value.startswith("66,500 USD") for _, value, _ in rows(held))
    line = next(x for x in lines(board.chart, shown(board.chart)[1]) if x.kind == "PAID")
    at.session_state["selected"] = []
    at.session_state["selected_line"] = line.id
    at.run()
    assert not at.exception
    tables = [t.value for t in at.dataframe if len(t.value) == 7]
    assert tables and len(bundle_rows(board.chart, line.links)) == 7
    # each payment's own record is told
    text = "\n".join(str(e.proto) for e in at.get("html"))
    assert "bills.csv" in text


def test_neighbours_of_one_kind_are_closed_from_the_panel(case: str, page: Run) -> None:
    at = page("chart", id=of("firm"))
    next(b for b in at.button if b.key == "panel-expand").click().run()
    next(b for b in at.button if b.key == "panel-neighbours").click().run()
    next(b for b in at.button if b.key == "group-Consignment").click().run()
    assert not at.exception
    [group] = at.session_state["board"].chart.groups.values()
    assert set(group.members) == {of(f"bill{n}") for n in range(12)}
    assert group.name == "Consignments linked to Comercializadora Halcón SA de CV"
    assert at.session_state["selected"] == [group.id]
