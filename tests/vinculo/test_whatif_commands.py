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
