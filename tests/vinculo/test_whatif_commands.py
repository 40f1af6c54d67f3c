"""Likely paths, comparisons, hypotheses and phases on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def ids(run: Run, case: Path, *names: str) -> list[str]:
    """Ids of the best hits."""
    return [run("search", name, "--store", case, "--json").lines[0]["id"] for name in names]


def test_likely_paths_tell_their_price_and_what_is_against_shorter_ones(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Money went from A to C over B; straight to C only C's own payment leads, the other way round."""
    a, c = ids(run, case, "A-1", "C-1")
    path, ruled = run("path", a, c, "--likely", "--time-ordered", "--store", case, "--json").lines
    assert {"hops", "entities", "links", "cost", "carried", "told", "usable"} <= set(path)
    assert [e["name"] for e in path["entities"]] == ["A-1", "B-1", "C-1"]
    assert path["carried"] == {"USD": 8000.0}
    assert (ruled["ruled_out"]["code"], ruled["ruled_out"]["hops"]) == ("direction", 1)
    told = run("path", a, c, "--likely", "--time-ordered", "--store", case).out
    assert "transfers.csv" in told and "8,000 USD" in told and "against the direction" in told
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "en sentido contrario" in run("path", a, c, "--likely", "--time-ordered", "--store", case).out


def test_what_is_avoided_is_not_passed(run: Run, case: Path) -> None:
    a, b, c = ids(run, case, "A-1", "B-1", "C-1")
    lines = run("path", a, c, "--avoid", b, "--time-ordered", "--store", case, "--json").lines
    assert not [x for x in lines if "hops" in x]
    assert {x["ruled_out"]["code"] for x in lines} == {"direction", "avoided"}
    assert run("path", a, "nobody", "--likely", "--store", case).code == 2


def test_kinds_that_are_not_passed_can_be_none(run: Run, case: Path) -> None:
    a, c = ids(run, case, "A-1", "C-1")
    asked = ("path", a, c, "--max-hops", "3", "--store", case, "--json")
    kept_out = run(*asked, "--avoid-kind", "BankAccount").lines
    let_pass = run(*asked, "--avoid-kind", "none").lines
    assert [len(x["entities"]) for x in kept_out if "told" in x] == [2]
    assert max(len(x["entities"]) for x in let_pass if "told" in x) == 3


def test_a_search_that_stopped_says_so_to_programs_too(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vinculo.analytics import prediction
    from vinculo.analytics.ways import possible

    whole, ranked = possible.k_best, prediction.ranked
    a, c = ids(run, case, "A-1", "C-1")
    path, predict = ("path", a, c, "--likely"), ("predict", "--projection", "accounts", "--kind", "BankAccount")
    for asked in (path, predict):
        assert {"truncated": True} not in run(*asked, "--store", case, "--json").lines
    monkeypatch.setattr(possible, "k_best", lambda *given, **more: whole(*given, **more, work=0))
    monkeypatch.setattr(prediction, "ranked", lambda *given, **more: ranked(*given, **more)._replace(truncated=True))
    for asked in (path, predict):
        assert {"truncated": True} in run(*asked, "--store", case, "--json").lines


def test_disrupt_compares_keeps_and_writes(
    run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One document as JSON, a table and sentences for people, a file to take along; the same twice."""
    a, b, c = ids(run, case, "A-1", "B-1", "C-1")
    asked = (
        "disrupt",
        "--against",
        f"freeze:{b}",
        "--against",
        f"wait:{b}",
        "--cost",
        "freeze=7",
        "--from",
        a,
        "--to",
        c,
    )
    [made] = run(*asked, "--store", case, "--json").lines
    assert {"question", "before", "actions"} <= set(made)
    freeze, wait = made["actions"]
    assert (made["before"]["money"], freeze["curve"][0]["money"], wait["curve"][0]["money"]) == (8000.0, 0.0, 8000.0)
    assert freeze["curve"][0]["cost"] == 7.0
    assert run(*asked, "--store", case, "--json").lines == [made]
    told = run(*asked, "--store", case, "--keep", "mine", "--csv", tmp_path / "t.csv")
    assert told.code == 0 and "it recommends nothing" in told.out and "B-1" in told.out
    assert (tmp_path / "t.csv").read_text("utf-8-sig").startswith("action,size,")
    taken = run(*asked, "--store", case, "--keep", "mine", "--json")
    assert taken.code == 2 and taken.lines[0]["error"] == "name_taken" and "--replace" in taken.lines[0]["hint"]
    assert run(*asked, "--store", case, "--keep", "mine", "--replace").code == 0
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "congelar: Sin 1" in run(*asked, "--store", case).out


def test_disrupt_without_names_tries_what_can_be_acted_against(run: Run, case: Path) -> None:
    [made] = run("disrupt", "--size", "2", "--runs", "5", "--store", case, "--json").lines
    tried = {x["action"]: len(x["curve"]) for x in made["actions"]}
    assert tried["freeze"] == 2 and tried["wait"] == 2 and "seize" not in tried


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--cost", "freeze"), "cost_unreadable"),
        (("--cost", "freeze=nan"), "cost_unreadable"),
        (("--cost", "freeze=inf"), "cost_unreadable"),
        (("--cost", "freeze=-5"), "cost_unreadable"),
        (("--against", "freeze"), "against_unreadable"),
        (("--against", "freeze:nobody"), "unknown_entity"),
        (("--action", "invite"), "unknown_action"),
        (("--csv", "no/such/folder/t.csv"), "table_unwritable"),
    ],
)
def test_disrupt_says_what_is_wrong(run: Run, case: Path, arguments: tuple[str, str], code: str) -> None:
    done = run("disrupt", *arguments, "--store", case, "--json")
    assert done.code in (2, 3) and done.lines[-1]["error"] == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("disrupt", "--seed", str(2**63)),
        ("predict", "--seed", str(2**63)),
        ("phases", "--seed", str(2**63)),
        ("phases", "--days", "36501"),
    ],
)
def test_numbers_out_of_range_are_refused(run: Run, case: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--store", case)
    assert done.code == 2 and "Traceback" not in done.out


def test_what_was_sampled_or_cut_off_is_said(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vinculo.analytics import flowing
    from vinculo.analytics.disruption import measures, study

    monkeypatch.setattr(measures, "EXACT_UP_TO", 1)
    monkeypatch.setattr(study, "EXACT_UP_TO", 1)
    monkeypatch.setattr(measures, "maximum_flow", lambda *a, work: (flowing.maximum_flow(*a)[0], True))
    a, c = ids(run, case, "A-1", "C-1")
    done = run("disrupt", "--from", a, "--to", c, "--runs", "2", "--store", case)
    assert "drawn by the seed" in done.out and "stopped at its limit of work" in done.out + done.err
    [made] = run("disrupt", "--from", a, "--to", c, "--runs", "2", "--store", case, "--json").lines
    assert made["before"]["truncated"] and made["question"]["efficiency_sources"]


def test_a_hypothesis_that_rests_on_reports_is_marked(
    run: Run, case: Path, report: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("predict", "--projection", "everything", "--kind", "Thing", "--store", case)
    assert not any("taint" in x for x in run(*asked, "--json").lines)
    assert "suspicious" not in (plain := run(*asked)).out + plain.err
    [account] = ids(run, case, "A-1")
    report(case, account)
    lines = run(*asked, "--json").lines
    with_spy = [x for x in lines if "spy" in (x["a"], x["b"])]
    assert with_spy and all(x["taint"] == "sar" for x in with_spy)
    told = run(*asked)
    assert "[from a suspicious-activity report] Hypothesis" in told.out
    assert f"reports tell of: {sum('taint' in x for x in lines)} hypotheses." in told.err
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "reportes de operaciones inusuales" in run(*asked).err


def test_predict_tells_hypotheses(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B-1 and A-1 both deal with C-1's account, and so on; nothing is stored."""
    before = run("digest", "--store", case, "--json").out
    lines = run("predict", "--projection", "everything", "--kind", "Thing", "--check", "--store", case, "--json").lines
    fields = {
        "hypothesis",
        "a",
        "b",
        "a_name",
        "b_name",
        "method",
        "score",
        "expected",
        "lift",
        "common",
        "through",
        "told",
    }
    assert len(lines) > 1 and all(fields <= set(x) and x["hypothesis"] is True for x in lines[:-1])
    # a tenth of the nine pairs that are linked is none
    assert lines[-1]["check"]["hidden"] == 0
    assert (
        "too few links"
        in run("predict", "--projection", "everything", "--kind", "Thing", "--check", "--store", case).out
    )
    assert run("digest", "--store", case, "--json").out == before
    assert (
        "Hypotheses, not links" in run("predict", "--projection", "everything", "--kind", "Thing", "--store", case).out
    )
    assert all(x["projection"]["name"] == "everything" and x["projection"]["found"]["nodes"] for x in lines)
    [none] = run("predict", "--projection", "who_pays_whom", "--store", case, "--json").lines
    assert none["projection"]["name"] == "who_pays_whom" and "hypothesis" not in none
    assert run("predict", "--method", "magic", "--store", case).code == 2
    assert run("predict", "--projection", "magic", "--store", case).code == 2
    # three firms that all pay one another leave no pair
    assert "No two entities" in run("predict", "--projection", "who_pays_whom", "--store", case).out
    assert "No two entities" in run("predict", "--kind", "Vessel", "--check", "--store", case).out
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert (
        "Hipótesis" in run("predict", "--projection", "everything", "--kind", "Thing", "--check", "--store", case).out
    )


def test_phases_tell_who_came_and_went(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days each; the third firm comes with the first payment it gets."""
    lines = run("phases", "--days", "2", "--store", case, "--json").lines
    assert [(x["phase"], x["members"], len(x["joined"])) for x in lines] == [
        ("2024-03-01 - 2024-03-02", 2, 2),
        ("2024-03-03 - 2024-03-04", 2, 1),
        ("2024-03-05 - 2024-03-06", 2, 0),
    ]
    assert lines[1]["joined"][0]["name"] == "Importadora Sol" and len(lines[2]["returned"]) == 1
    [b] = ids(run, case, "B-1")
    followed = run("phases", "--days", "2", "--entity", b, "--store", case, "--json").lines
    # between two firms stand their two accounts, alike
    assert [(x["degree"], x["rank"]) for x in followed] == [(2, 1), (2, 1)]
    lines = run("phases", "--days", "2", "--kind", "Thing", "--store", case, "--json").lines
    assert [[(c["rank"], c["betweenness"] > 0) for c in x["central"]] for x in lines] == [[(1, True)] * 2] * 3
    [firm] = ids(run, case, "Importadora Sol")
    followed = run("phases", "--days", "2", "--entity", firm, "--store", case, "--json").lines
    assert {x["rank"] for x in followed} == {None}
    assert run("phases", "--days", "2", "--entity", firm, "--store", case).code == 0
    # a firm at the end of its only account has nothing running through it
    assert "Importadora Sol" not in run("phases", "--days", "2", "--store", case).out
    assert "B-1" in run("phases", "--days", "2", "--kind", "Thing", "--store", case).out
    for wrong in (("--at", "spring"), ("--entity", "nobody"), ("--kind", "NoKind")):
        assert run("phases", *wrong, "--store", case).code == 2
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "entraron" in run("phases", "--store", case).out


def test_phases_follow_the_calendar_and_whom_one_names(run: Run, case: Path) -> None:
    """A phase of payments alone, whole months, one account followed through all it is in."""
    [a] = ids(run, case, "A-1")
    asked = ("phases", "--every", "year", "--event", "PAID", "--kind", "BankAccount", "--follow", a, "--names", "1")
    rows = run(*asked, "--store", case, "--json").lines
    assert rows and all(r["phase"].endswith("-12-31") for r in rows)
    assert any(f["id"] == a for r in rows for f in r["followed"])
    assert all(len(r["joined"]) <= 1 <= r["counts"]["joined"] for r in rows[:1])
    assert run("phases", "--event", "NOTHING", "--store", case).code == 2
