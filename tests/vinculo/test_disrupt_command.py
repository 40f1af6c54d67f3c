"""Compared actions on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Ids = Callable[..., list[str]]


def test_disrupt_compares_keeps_and_writes(
    run: Run, ids: Ids, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One document as JSON, a table and sentences for people, a file to take along; the same twice."""
    a, b, c = ids(case, "A-1", "B-1", "C-1")
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


def test_what_was_sampled_or_cut_off_is_said(run: Run, ids: Ids, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vinculo.analytics import flowing
    from vinculo.analytics.disruption import measures, study

    monkeypatch.setattr(measures, "EXACT_UP_TO", 1)
    monkeypatch.setattr(study, "EXACT_UP_TO", 1)
    monkeypatch.setattr(measures, "maximum_flow", lambda *a, work: (flowing.maximum_flow(*a)[0], True))
    a, c = ids(case, "A-1", "C-1")
    done = run("disrupt", "--from", a, "--to", c, "--runs", "2", "--store", case)
    assert "drawn by the seed" in done.out and "stopped at its limit of work" in done.out + done.err
    [made] = run("disrupt", "--from", a, "--to", c, "--runs", "2", "--store", case, "--json").lines
    assert made["before"]["truncated"] and made["question"]["efficiency_sources"]
