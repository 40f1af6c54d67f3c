"""Likely paths on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Ids = Callable[..., list[str]]


def test_likely_paths_tell_their_price_and_what_is_against_shorter_ones(
    run: Run, ids: Ids, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Money went from A to C over B; straight to C only C's own payment leads, the other way round."""
    a, c = ids(case, "A-1", "C-1")
    path, ruled = run("path", a, c, "--likely", "--time-ordered", "--store", case, "--json").lines
    assert {"hops", "entities", "links", "cost", "carried", "told", "usable"} <= set(path)
    assert [e["name"] for e in path["entities"]] == ["A-1", "B-1", "C-1"]
    assert path["carried"] == {"USD": 8000.0}
    assert (ruled["ruled_out"]["code"], ruled["ruled_out"]["hops"]) == ("direction", 1)
    told = run("path", a, c, "--likely", "--time-ordered", "--store", case).out
    assert "transfers.csv" in told and "8,000 USD" in told and "against the direction" in told
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "en sentido contrario" in run("path", a, c, "--likely", "--time-ordered", "--store", case).out


def test_what_is_avoided_is_not_passed(run: Run, ids: Ids, case: Path) -> None:
    a, b, c = ids(case, "A-1", "B-1", "C-1")
    lines = run("path", a, c, "--avoid", b, "--time-ordered", "--store", case, "--json").lines
    assert not [x for x in lines if "hops" in x]
    assert {x["ruled_out"]["code"] for x in lines} == {"direction", "avoided"}
    assert run("path", a, "nobody", "--likely", "--store", case).code == 2


def test_kinds_that_are_not_passed_can_be_none(run: Run, ids: Ids, case: Path) -> None:
    a, c = ids(case, "A-1", "C-1")
    asked = ("path", a, c, "--max-hops", "3", "--store", case, "--json")
    kept_out = run(*asked, "--avoid-kind", "BankAccount").lines
    let_pass = run(*asked, "--avoid-kind", "none").lines
    assert [len(x["entities"]) for x in kept_out if "told" in x] == [2]
    assert max(len(x["entities"]) for x in let_pass if "told" in x) == 3


def test_a_search_that_stopped_says_so_to_programs_too(
    run: Run, ids: Ids, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vinculo.analytics.ways import possible

    whole = possible.k_best
    asked = ("path", *ids(case, "A-1", "C-1"), "--likely", "--store", case, "--json")
    assert {"truncated": True} not in run(*asked).lines
    monkeypatch.setattr(possible, "k_best", lambda *given, **more: whole(*given, **more, work=0))
    assert {"truncated": True} in run(*asked).lines
