"""The chart's changes: whatever is done can be undone exactly, and nothing that is drawn moves by itself."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import small_case
from hypothesis import given, settings
from hypothesis import strategies as st
from small_case import of

from vinculo.dashboard import charts, grouping, place
from vinculo.dashboard.charts import Board
from vinculo.dashboard.picture import lines, shown, view, within
from vinculo.dashboard.reading import chart_nodes, links_between
from vinculo.dashboard.saved_charts import exported
from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.charting import layout
from vinculo.graph.stores import open_store


def node(id: str, kind: str = "Company", **more: object) -> ChartNode:
    return replace(ChartNode(id, kind, f"Name of {id}", 0.0, 0.0), **more)  # type: ignore[arg-type]


def paid(id: str, source: str, target: str, date: str = "", amount: str = "10") -> ChartLink:
    return ChartLink(id, "PAID", source, target, date=date, facts=(("amount", amount, ()), ("currency", "USD", ())))


def same(a: Chart, b: Chart) -> bool:
    """Equal but for the revision, which counts on."""
    return replace(a, revision=0) == replace(b, revision=0)


ids = st.integers(0, 12).map(lambda n: f"n{n}")
day = st.sampled_from(["", "2025-01-01", "2025-06-30"])
steps = st.one_of(
    st.tuples(st.just("add"), st.lists(ids, min_size=1, max_size=5), ids),
    st.tuples(st.just("hide"), st.lists(ids, max_size=4), ids),
    st.tuples(st.just("show"), st.just([]), ids),
    st.tuples(st.just("pin"), st.lists(ids, max_size=4, unique=True), ids),
    st.tuples(st.just("move"), st.lists(ids, max_size=4), ids),
    st.tuples(
        st.just("switch"), st.lists(st.sampled_from(["company", "money", "nonsense"]), min_size=1, max_size=1), ids
    ),
    st.tuples(st.just("dates"), st.lists(day, min_size=2, max_size=2), ids),
    st.tuples(st.just("note"), st.lists(st.text(max_size=4), min_size=1, max_size=1), ids),
    st.tuples(st.just("close"), st.lists(ids, max_size=6), ids),
    st.tuples(st.just("open"), st.just([]), ids),
    st.tuples(st.just("title"), st.lists(st.text(max_size=4), min_size=2, max_size=2), ids),
)


def step(chart: Chart, what: str, given_: list[str], anchor: str) -> charts.Patch | None:
    match what:
        case "add":
            return charts.add(
                chart,
                [node(i) for i in dict.fromkeys(given_)],
                [paid(f"{anchor}-{i}", anchor, i) for i in given_],
                anchor=anchor,
            )
        case "hide":
            return charts.hide(chart, given_)
        case "show":
            return charts.show_hidden(chart)
        case "pin":
            return charts.pin(chart, given_)
        case "move":
            return charts.move(chart, {i: (float(n), -1.5) for n, i in enumerate(given_)})
        case "switch":
            return charts.switch(chart, given_[0])
        case "dates":
            return charts.set_dates(chart, given_[0], given_[1])
        case "close":
            return grouping.close(chart, given_, "Group")
        case "open":
            return grouping.open_(chart, grouping.homes(chart).get(anchor, ""))
        case "note":
            return charts.annotate(chart, anchor, given_[0])
    return charts.entitle(chart, given_[0], given_[1])


@settings(max_examples=150)
@given(st.lists(steps, max_size=25))
def test_undo_of_do_is_identity_and_redo_brings_all_back(made: list[tuple[str, list[str], str]]) -> None:
    board = Board(Chart("c"))
    seen = [board.chart]
    for what in made:
        after = charts.do(board, step(board.chart, *what))
        if after is not board:
            seen.append(after.chart)
        board = after
    last = board.chart
    for earlier in reversed(seen[:-1]):
        board = charts.undo(board)
        assert same(board.chart, earlier)
    assert charts.undo(board) is board
    while board.undone:
        board = charts.redo(board)
    assert same(board.chart, last)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 50)), min_size=1, max_size=12))
def test_what_is_drawn_never_moves_and_nothing_overlaps(growth: list[tuple[int, int]]) -> None:
    board = charts.do(Board(Chart("c")), charts.add(Chart("c"), [node("start")], []))
    for turn, (anchor, count) in enumerate(growth):
        before = {i: (n.x, n.y) for i, n in board.chart.nodes.items()}
        home = sorted(before)[anchor % len(before)]
        board = charts.do(board, charts.add(board.chart, [node(f"{turn}-{k}") for k in range(count)], [], anchor=home))
        assert {i: (board.chart.nodes[i].x, board.chart.nodes[i].y) for i in before} == before
    cells = [(math.floor(n.x / place.CELL), math.floor(n.y / place.CELL)) for n in board.chart.nodes.values()]
    assert len(set(cells)) == len(cells) == 1 + sum(count for _, count in growth)


def test_the_document_survives_being_saved() -> None:
    chart = charts.do(Board(Chart("c")), charts.add(Chart("c"), [node("a"), node("b")], [paid("x", "a", "b")])).chart
    chart = charts.do(Board(chart), charts.annotate(chart, "a", "ask the bank")).chart
    assert Chart.from_json(chart.as_json()) == chart


def test_adding_what_is_there_changes_nothing() -> None:
    board = charts.do(Board(Chart("c")), charts.add(Chart("c"), [node("a")], []))
    assert charts.add(board.chart, [node("a")], []) is None
    assert charts.do(board, None) is board


def test_one_line_for_links_of_one_kind_and_direction() -> None:
    chart = Chart("c", nodes={i: node(i) for i in "ab"}, links={})
    links = [paid("1", "a", "b", "2025-01-02", "1"), paid("2", "a", "b", "2025-01-01", "2.5"), paid("3", "b", "a")]
    chart = replace(chart, links={x.id: x for x in links} | {"4": ChartLink("4", "OWNS", "a", "b")})
    made = lines(chart, shown(chart)[1])
    assert sorted((x.source, x.kind, len(x.links)) for x in made) == [
        ("a", "OWNS", 1),
        ("a", "PAID", 2),
        ("b", "PAID", 1),
    ]
    both = next(x for x in made if len(x.links) == 2)
    assert [x.id for x in both.links] == ["2", "1"] and both.label("en") == "paid ×2 · 3.50 USD" and both.width == 2


def test_dates_govern_links_and_what_hangs_on_them() -> None:
    nodes = [node("firm"), node("bill", "Consignment", date="2025-03-01"), node("port", "Location"), node("alone")]
    links = [
        ChartLink("s", "SHIPPER", "firm", "bill"),
        ChartLink("l", "LADEN_AT", "bill", "port"),
        paid("p", "firm", "alone", "2024-01-01"),
    ]
    chart = Chart("c", nodes={n.id: n for n in nodes}, links={x.id: x for x in links})
    assert shown(chart) == ({"firm", "bill", "port", "alone"}, {"s", "l", "p"})
    spring = replace(chart, dates=("2025-01-01", "2025-12-31"))
    assert shown(spring) == ({"firm", "bill", "port"}, {"s", "l"})
    later = replace(chart, dates=("2026-01-01", ""))
    assert shown(later) == (set(), set())
    kept = replace(later, nodes=later.nodes | {"firm": replace(later.nodes["firm"], pinned=True)})
    assert shown(kept) == ({"firm"}, set())


@pytest.mark.parametrize(
    ("date", "dates", "inside"),
    [
        ("2025-03-01", ("2025-03-01", "2025-03-01"), True),
        ("2025-03-01T10:00:00", ("", "2025-03-01"), True),
        ("2025", ("2025-05-01", ""), True),
        ("2024", ("2025-05-01", ""), False),
        ("2025-04", ("", "2025-03-31"), False),
        ("", ("2025-01-01", ""), True),
    ],
)
def test_a_month_counts_for_all_its_days(date: str, dates: tuple[str, str], inside: bool) -> None:
    assert within(date, dates) is inside


def test_switched_off_classes_keep_their_place_and_their_legend() -> None:
    chart = Chart("c", nodes={i: node(i) for i in "ab"}, links={"x": paid("x", "a", "b")}, off=("money",))
    made = view(chart, "en")
    assert made["links"] == [] and made["classes"] == ["money"]
    off = view(replace(chart, off=("company",)), "en")
    assert [n[7] for n in off["nodes"]] == [1, 1] and [n[4:6] for n in off["nodes"]] == [[0.0, 0.0], [0.0, 0.0]]


def test_what_is_added_round_a_node_lies_in_directions_of_its_own() -> None:
    # a link that runs along another one hides its label
    for count in (8, 24, 48):
        places = place.around((0.0, 0.0), count, [(0.0, 0.0)])
        turns = sorted(math.degrees(math.atan2(y, x)) % 360 for x, y in places)
        gaps = [b - a for a, b in zip(turns, [*turns[1:], turns[0] + 360], strict=True)]
        assert min(gaps) > 3


def test_a_round_trip_is_drawn_round() -> None:
    ring = [f"n{n}" for n in range(6)]
    pairs = [(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)] + [("holder", "n2")]
    at = layout([*ring, "holder"], pairs)
    x, y = (sum(at[i][k] for i in ring) / len(ring) for k in (0, 1))
    radii = [math.hypot(at[i][0] - x, at[i][1] - y) for i in ring]
    assert max(radii) - min(radii) < 1 and math.hypot(at["holder"][0] - x, at["holder"][1] - y) > max(radii) + 100
    steps = [math.dist(at[a], at[b]) for a, b in pairs[:6]]
    assert max(steps) - min(steps) < 1


def test_two_ways_round_are_no_single_one() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "c")]
    at = layout(list("abcde"), pairs)
    assert len(set(at.values())) == 5


def test_a_shared_chart_tells_the_record_behind_every_payment(tmp_path: Path) -> None:
    url = small_case.make(tmp_path)
    store = open_store(url, read_only=True)
    nodes = chart_nodes(store, [of("listed"), of("account")])
    links = links_between(store, [n.id for n in nodes], [])
    made = charts.do(Board(Chart("c")), charts.add(Chart("c"), nodes, links)).chart
    file = tmp_path / "chart.html"
    file.write_bytes(exported(url, "html", "html", made, "en", ()))
    block = file.read_text("utf-8").split('<script type="application/json" id="data">')[1].split("</script>")[0]
    paid = json.loads(block)["edges"]
    assert len(paid) == 7 and all(e["where"] for e in paid)
    # what the chart does not need, the reader of the file does: when, and how much in which currency
    assert all(len(e["facts"]) == 3 and all(sources for _, _, sources in e["facts"]) for e in paid)
    store.close()


def test_a_hub_of_many_stays_on_the_screen() -> None:
    at = layout(["hub", *(f"n{n}" for n in range(60))], [("hub", f"n{n}") for n in range(60)])
    xs, ys = zip(*at.values(), strict=True)
    assert max(max(xs) - min(xs), max(ys) - min(ys)) < 1250
    near = min(math.dist(a, b) for i, a in enumerate(at.values()) for b in list(at.values())[:i])
    assert near > 80
