"""Phases on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Ids = Callable[..., list[str]]


def test_phases_tell_who_came_and_went(run: Run, ids: Ids, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days each; the third firm comes with the first payment it gets."""
    lines = run("phases", "--days", "2", "--store", case, "--json").lines
    assert [(x["phase"], x["members"], len(x["joined"])) for x in lines] == [
        ("2024-03-01 - 2024-03-02", 2, 2),
        ("2024-03-03 - 2024-03-04", 2, 1),
        ("2024-03-05 - 2024-03-06", 2, 0),
    ]
    assert lines[1]["joined"][0]["name"] == "Importadora Sol" and len(lines[2]["returned"]) == 1
    [b] = ids(case, "B-1")
    followed = run("phases", "--days", "2", "--entity", b, "--store", case, "--json").lines
    # between two firms stand their two accounts, alike
    assert [(x["degree"], x["rank"]) for x in followed] == [(2, 1), (2, 1)]
    lines = run("phases", "--days", "2", "--kind", "Thing", "--store", case, "--json").lines
    assert [[(c["rank"], c["betweenness"] > 0) for c in x["central"]] for x in lines] == [[(1, True)] * 2] * 3
    [firm] = ids(case, "Importadora Sol")
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


def test_phases_follow_the_calendar_and_whom_one_names(run: Run, ids: Ids, case: Path) -> None:
    """A phase of payments alone, whole months, one account followed through all it is in."""
    [a] = ids(case, "A-1")
    asked = ("phases", "--every", "year", "--event", "PAID", "--kind", "BankAccount", "--follow", a, "--names", "1")
    rows = run(*asked, "--store", case, "--json").lines
    assert rows and all(r["phase"].endswith("-12-31") for r in rows)
    assert any(f["id"] == a for r in rows for f in r["followed"])
    assert all(len(r["joined"]) <= 1 <= r["counts"]["joined"] for r in rows[:1])
    assert run("phases", "--event", "NOTHING", "--store", case).code == 2
