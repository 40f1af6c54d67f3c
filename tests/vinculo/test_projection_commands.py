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


MIXED = """\
transfer_id,date,amount,currency,type,originator_account,originator_name,beneficiary_account,beneficiary_name
T1,2024-03-01,9500,USD,wire,A-1,Alfa,B-1,Beta
T2,2024-03-02,1000000,MXN,wire,A-1,Alfa,C-1,Gama
T3,2024-03-03,2000000,MXN,wire,C-1,Gama,B-1,Beta
"""


def mixed(run: Run, folder: Path, currency: str, more: str = "") -> tuple[Path, Path]:
    """A case with payments in two currencies, and a projection of one."""
    (folder / "transfers.csv").write_text(MIXED, encoding="utf-8")
    store, file = folder / "mixed.db", folder / "mine.yml"
    assert run("ingest", folder / "transfers.csv", "--store", store, "--quiet").code == 0
    file.write_text(
        f"name: at\nnodes: [BankAccount]\nties: [{{name: sent, links: [PAID]}}]\n"
        f"weight: {{measure: amount, currency: {currency}}}\n{more}",
        encoding="utf-8",
    )
    return store, file


def test_payments_in_another_currency_are_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, file = mixed(run, tmp_path, "USD")
    [found] = run("communities", "--store", store, "--projection", file, "--json").lines
    assert found["size"] == 2 and found["projection"]["id"] == run("projections", file, "--json").lines[0]["id"]
    assert found["projection"]["found"] == {
        "nodes": 3,
        "ties": 1,
        "hubs_left_out": 0,
        "hubs_damped": 0,
        "unknown": {"other_currency": 2},
        "truncated": False,
    }
    told = run("communities", "--store", store, "--projection", file).out
    assert "do not count: 2 in another currency." in told and "all the same" not in told
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert "no cuentan: 2 en otra moneda." in run("communities", "--store", store, "--projection", file).out
    kept = mixed(run, tmp_path, "USD", "no_amount: kept\nuntil: 2024-03-02\n")[1]
    told = run("communities", "--store", store, "--projection", kept).out
    assert "no cuentan: 1 fuera de las fechas." in told and "con la mediana donde importa: 1 en otra moneda." in told


@pytest.mark.parametrize("options", [(), ("--sets", "1", "--kind", "BankAccount"), ("--roles",)])
def test_key_players_tell_them_too(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    store, file = mixed(run, tmp_path, "USD")
    for line in run("key-players", *options, "--store", store, "--projection", file, "--json").lines:
        assert line["projection"]["found"]["unknown"] == {"other_currency": 2}
    assert "2 in another currency" in run("key-players", *options, "--store", store, "--projection", file).out


def test_where_nothing_is_left_to_group_it_is_told_why(run: Run, tmp_path: Path) -> None:
    store, file = mixed(run, tmp_path, "EUR")
    [only] = run("communities", "--store", store, "--projection", file, "--json").lines
    assert only.keys() == {"projection"} and only["projection"]["found"]["unknown"] == {"other_currency": 3}
    told = run("communities", "--store", store, "--projection", file).out
    # by its own name, though the catalogue has a phrase ``projection.at``
    assert "at: 3 nodes, 0 ties" in told and "3 in another currency" in told and "nothing to group" in told


def test_another_network_by_a_known_name_does_not_get_its_title(run: Run, case: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yml"
    file.write_text("name: who_pays_whom\nties: [{name: t, links: [HOLDS]}]\n", encoding="utf-8")
    told = run("communities", "--store", case, "--projection", file).out
    assert "who_pays_whom: " in told and "Who pays whom" not in told
    file.write_text("name: 'a {b} \\ [c]'\nties: [{name: t, links: [HOLDS]}]\n", encoding="utf-8")
    assert "a {b} \\ [c]: " in run("communities", "--store", case, "--projection", file).out
    file.write_text(run("projections", "who_pays_whom").out, encoding="utf-8")
    assert "Who pays whom: " in run("communities", "--store", case, "--projection", file).out


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
