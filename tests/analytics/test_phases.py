"""Who joined and left by hand; centrality as published for the phases of Caviar, and as NetworkX has it for windows of dates."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import pytest

from vinculo.analytics.phase_rows import LISTS, phase_rows
from vinculo.analytics.phases import from_store, from_ties
from vinculo.analytics.timeline import Timeline
from vinculo.graph.errors import UsageError

Ties = list[tuple[str, str, float]]


def ids(made: Timeline, codes) -> set[str]:
    return {made.ids[i] for i in codes.tolist()}


def test_joining_leaving_and_returning() -> None:
    made = from_ties(
        {"1": [("a", "b", 1.0)], "2": [("b", "c", 1.0)], "3": [("a", "c", 1.0), ("c", "c", 9.0)]}, members={"3": ["z"]}
    )
    one, two, three = made.phases
    assert (ids(made, one.joined), ids(made, one.left)) == ({"a", "b"}, set())
    assert (ids(made, two.joined), ids(made, two.left), ids(made, two.returned)) == ({"c"}, {"a"}, set())
    assert (ids(made, three.joined), ids(made, three.left), ids(made, three.returned)) == ({"z"}, {"b"}, {"a"})
    assert [p.ties for p in made.phases] == [1, 1, 1]
    [row] = made.of("z")
    assert (row["joined"], row["degree"], row["change"]) == (True, 0, None)


def test_change_is_against_the_phase_before() -> None:
    made = from_ties(
        {"1": [("a", "b", 1.0), ("b", "c", 1.0)], "2": [("a", "b", 1.0), ("b", "c", 1.0), ("a", "c", 1.0)]}
    )
    assert [(r["betweenness"], r["change"], r["rank"]) for r in made.of("b")] == [(1.0, None, 1), (0.0, -1.0, None)]
    assert made.table().num_rows == 6


def test_equal_values_have_equal_ranks_and_nothing_has_none() -> None:
    """A path of five: its middle leads, both beside it are second, no end is central; of two paths both middles lead."""
    path = from_ties({"1": [(a, b, 1.0) for a, b in ("ab", "bc", "cd", "de")]})
    assert {r["id"]: r["rank"] for r in path.table().to_pylist()} == {"a": None, "b": 2, "c": 1, "d": 2, "e": None}
    two = from_ties({"1": [(a, b, 1.0) for a, b in ("ab", "bc", "cd", "xy", "yz")]})
    assert {r["id"]: r["rank"] for r in two.table().to_pylist() if r["rank"]} == {"b": 1, "c": 1, "y": 3}


def caviar(folder: Path, phase: int) -> tuple[list[str], Ties]:
    """A matrix; a name that comes twice (9 in the seventh) keeps its first row and column, as the published figures do."""
    text = (folder / f"CAVIAR{phase}.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    names = [n.strip() for n in rows[0][1:]]
    first = [i for i, n in enumerate(names) if names.index(n) == i]
    ties = [(names[i], names[j], float(rows[i + 1][j + 1] or 0)) for i in first for j in first]
    return [names[i] for i in first], [t for t in ties if t[2]]


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    found = shared_data / "covert"
    if not (found / "expected_results.json").exists():
        pytest.skip("VINCULO_SHARED_DATA holds no covert/expected_results.json")
    return found


def figures(folder: Path, directed: bool) -> dict[int, dict[str, float]]:
    """The published (directed, 1 / weight) or collected (undirected, unweighted) betweenness of the leading few of each phase."""
    made = {}
    for check in json.loads((folder / "expected_results.json").read_text(encoding="utf-8")):
        graph = "directed" if directed else "undirected"
        if check["dataset"].startswith("Caviar phase") and check["graph"] == graph and "betweenness" in check["metric"]:
            made[int(check["dataset"].split()[-1])] = dict(check["expected"])
    return made


@pytest.mark.parametrize("directed", [True, False])
def test_the_eleven_phases_of_caviar(folder: Path, directed: bool) -> None:
    """Every figure there is, to 1e-4; directed ones as published by Anastasiadis and Antoniou (2024)."""
    told = {p: caviar(folder / "caviar_directed", p) for p in range(1, 12)}
    made = from_ties(
        {str(p): ties for p, (_, ties) in told.items()},
        members={str(p): names for p, (names, _) in told.items()},
        directed=directed,
        inverse_lengths=directed,
    )
    wanted = figures(folder, directed)
    assert sorted(wanted) == list(range(1, 12))
    compared = 0
    for phase, values in wanted.items():
        for name, value in values.items():
            [found] = [r["betweenness"] for r in made.of(name) if r["phase"] == str(phase)]
            assert found == pytest.approx(value, abs=1e-4), (phase, name)
            compared += 1
    assert compared == 33


def test_what_the_files_show_of_caviar(folder: Path) -> None:
    """Node 1 leads nine phases of eleven; node 12 has nothing running through it until the fourth and leads the last."""
    told = {p: caviar(folder / "caviar_directed", p) for p in range(1, 12)}
    made = from_ties(
        {str(p): ties for p, (_, ties) in told.items()},
        members={str(p): names for p, (names, _) in told.items()},
        directed=True,
        inverse_lengths=True,
    )
    leader = {int(r["phase"]): r["id"] for r in made.table().to_pylist() if r["rank"] == 1}
    assert {p for p, name in leader.items() if name == "1"} == {1, 2, 3, 4, 5, 6, 7, 8, 10}
    assert leader[9] == "3" and leader[11] == "12"
    rising = {int(r["phase"]): r["betweenness"] for r in made.of("12")}
    assert {p for p, value in rising.items() if value == 0} == {2, 3, 4} and sorted(rising) == list(range(2, 12))
    assert [len(p.members) for p in made.phases] == [len(names) for names, _ in told.values()]


def test_windows_of_dates_are_those_of_networkx(case) -> None:
    """Three months of payments; an active account brings its holder; betweenness of each window by NetworkX."""
    firms = {n: case.company(f"{n} SA") for n in "ABCD"}
    accounts = {n: case.account(f"{n}-1", firm) for n, firm in firms.items()}
    for payer, payee, on in (("A", "B", 0), ("B", "C", 3), ("C", "D", 31), ("B", "C", 35), ("A", "D", 70)):
        case.pay(accounts[payer], accounts[payee], on, 100)
    # when a firm was bought is no event of the case
    case.link("OWNS", firms["A"], firms["B"], startDate="1994-01-01")
    store = case.store()
    made = from_store(store, at=["2024-02-01", "2024-03-01"])
    assert [p.label for p in made.phases] == [
        "2024-01-01 - 2024-01-31",
        "2024-02-01 - 2024-02-29",
        "2024-03-01 - 2024-03-11",
    ]
    for phase, pairs in zip(made.phases, ("AB BC", "CD BC", "AD"), strict=True):
        oracle = nx.Graph([(accounts[a], accounts[b]) for a, b in pairs.split()])
        oracle.add_edges_from((firms[n], accounts[n]) for n in set(pairs) - {" "})
        wanted = nx.betweenness_centrality(oracle)
        found = dict(zip((made.ids[i] for i in phase.members), phase.betweenness.tolist(), strict=True))
        assert found == pytest.approx(wanted)
    assert ids(made, made.phases[1].left) == {firms["A"], accounts["A"]}
    assert ids(made, made.phases[2].returned) == {firms["A"], accounts["A"]}
    even = from_store(store, days=30)
    assert [len(p.members) for p in even.phases] == [6, 6, 4]
    again = from_store(case.store(reverse=True), days=30)
    assert again.table().equals(even.table())
    with pytest.raises(UsageError):
        from_store(store, at=["February"])


def test_no_phase_at_all(case) -> None:
    assert from_store(case.store()).phases == ()
    assert from_ties({}).table().column_names == from_ties({"1": [("a", "b", 1.0)]}).table().column_names
    assert len(from_ties({"1": []}).phases[0].members) == 0


def test_a_window_too_short_is_told(case) -> None:
    a, b = case.account("A"), case.account("B")
    case.pay(a, b, 0, 1)
    case.pay(a, b, 4_000, 1)
    with pytest.raises(UsageError):
        from_store(case.store(), days=1)
    assert len(from_store(case.store()).phases) == 12


def test_whole_months_and_quarters_of_the_calendar(case) -> None:
    """They begin on the first, hold what falls in them, and one without a payment stands there empty."""
    a, b, c = (case.account(n) for n in "ABC")
    for payer, payee, on in ((a, b, 14), (b, c, 15), (b, c, 74)):
        case.pay(payer, payee, on, 100)
    store = case.store()
    months = from_store(store, every="month").phases
    assert [(p.label, len(p.members)) for p in months] == [
        ("2024-01-01 - 2024-01-31", 3),
        ("2024-02-01 - 2024-02-29", 0),
        ("2024-03-01 - 2024-03-31", 2),
    ]
    [quarter] = from_store(store, every="quarter").phases
    assert quarter.label == "2024-01-01 - 2024-03-31" and len(quarter.members) == 3
    assert [p.label for p in from_store(store, every="year").phases] == ["2024-01-01 - 2024-12-31"]


def test_a_phase_is_told_by_lists_that_add_up() -> None:
    """Who is there joined, came back or stayed; names are cut, counts are not."""
    made = from_ties(
        {"1": [("a", "b", 1.0), ("b", "c", 1.0)], "2": [("b", "d", 1.0)], "3": [("a", "b", 1.0), ("a", "d", 1.0)]}
    )
    kinds = {"a": "Person", "b": "Person", "c": "BankAccount", "d": "Person"}
    rows = list(phase_rows(made, kinds, {"Person"}, names=1, follow=["d"]))
    for row in rows:
        counts = row["counts"]
        assert row["members"] == counts["joined"] + counts["returned"] + counts["stayed"]
        assert all(len(row[name]) == min(1, counts[name]) for name in LISTS)
    assert [r["counts"]["left"] for r in rows] == [0, 1, 0]
    assert [n["id"] for n in rows[0]["joined"]] == ["b"]
    assert [[f["id"] for f in r["followed"]] for r in rows] == [["b", "a"], ["b", "d"], ["a", "b", "d"]]
    with pytest.raises(UsageError):
        list(phase_rows(made, kinds, {"Person"}, follow=["nobody"]))
