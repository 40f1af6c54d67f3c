"""``vinculo projections`` and ``--projection``: the list, a file of one's own, its mistakes, and what a result says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vinculo.analytics.projecting.known import projections

Run = Callable[..., Any]


def test_the_list_is_that_of_the_registry(run: Run) -> None:
    lines = run("projections", "--json").lines
    assert {x["name"]: x["id"] for x in lines} == {n: p.id for n, p in projections().items()}
    told = run("projections").out
    assert all(name in told and p.words().en in told for name, p in projections().items())


@pytest.mark.parametrize("name", projections())
def test_one_that_is_printed_is_read_back(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(run("projections", name).out, encoding="utf-8")
    [again] = run("projections", file, "--json").lines
    assert again["id"] == projections()[name].id


def test_a_result_says_what_it_looked_at(run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(
        "name: dollars\ntitle: {en: Dollars sent, es: Dólares enviados}\nnodes: [BankAccount]\ndirected: true\n"
        "ties: [{name: sent, links: [PAID]}]\nweight: {measure: amount, currency: USD}\n",
        encoding="utf-8",
    )
    [found] = run("communities", "--store", case, "--projection", file, "--json").lines
    assert found["size"] == 3
    told = found["projection"]
    assert told["name"] == "dollars" and told["weight"] == {"measure": "amount", "currency": "USD"}
    assert told["id"] == run("projections", file, "--json").lines[0]["id"]
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "Dólares enviados: 3 nodos, 3 lazos" in run("communities", "--store", case, "--projection", file).out


def test_mistakes_are_one_sentence(run: Run, case: Path, tmp_path: Path) -> None:
    wrong = run("communities", "--store", case, "--projection", "who_pays_who", "--json")
    assert wrong.code == 2 and wrong.lines[0]["error"] == "unknown_projection"
    file = tmp_path / "mine.yml"
    file.write_text("name: x\nties:\n- {name: t, links: [Company]}\n", encoding="utf-8")
    done = run("projections", file, "--json")
    [said] = done.lines
    assert done.code == 3 and (said["error"], said["line"], said["column"]) == ("projection_kind_is_node", 3, 21)
    assert str(file) in said["message"]
    shown = run("projections", file)
    assert shown.code == 3 and f"{file}, line 3, column 21: Company" in shown.err and "Traceback" not in shown.err
    unknown = run("projections", "who_pays_who", "--json")
    assert unknown.code == 2 and "who_pays_whom" in unknown.lines[0]["hint"]
