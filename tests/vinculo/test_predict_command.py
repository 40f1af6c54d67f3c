"""Hypotheses on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Ids = Callable[..., list[str]]


def test_a_hypothesis_that_rests_on_reports_is_marked(
    run: Run, ids: Ids, case: Path, report: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("predict", "--projection", "everything", "--kind", "Thing", "--store", case)
    assert not any("taint" in x for x in run(*asked, "--json").lines)
    assert "suspicious" not in (plain := run(*asked)).out + plain.err
    [account] = ids(case, "A-1")
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


def test_a_search_that_stopped_says_so_to_programs_too(run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vinculo.analytics import prediction

    ranked = prediction.ranked
    asked = ("predict", "--projection", "accounts", "--kind", "BankAccount", "--store", case, "--json")
    assert {"truncated": True} not in run(*asked).lines
    monkeypatch.setattr(prediction, "ranked", lambda *given, **more: ranked(*given, **more)._replace(truncated=True))
    assert {"truncated": True} in run(*asked).lines
