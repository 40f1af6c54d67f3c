"""``vinculo key-players``: as a ranking, as sets, by roles; for people in both languages and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

RANKED = (
    "id kind name degree betweenness pagerank core samples projection by value low high among_first places runs drop records "
    "files expected excess excess_place watched correlation watching convention seed "
    "generic_left_out generic_named basis"
)
SETS = (
    "size members value gain cost exact truncated agreeing starts goal before actors candidates generic_left_out generic_named "
    "steps seed projection convention basis"
)
Runner = Callable[..., object]


@pytest.fixture
def case(run, tmp_path: Path) -> Path:
    """Twelve clients pay one shop, which pays one account after each."""
    rows = []
    for k in range(12):
        day = f"2024-03-{2 * k + 1:02d}"
        rows.append(f"I{k},{day},1000,USD,C-{k},Client {k},S-1,Shop")
        rows.append(f"O{k},{day},950,USD,S-1,Shop,F-1,Far Away")
    header = "transfer_id,date,amount,currency,originator_account,originator_name,beneficiary_account,beneficiary_name"
    (tmp_path / "t.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    assert run("ingest", tmp_path / "t.csv", "--store", tmp_path / "c.db").code == 0
    return tmp_path / "c.db"


def test_a_ranking_carries_its_runs_and_records(run, case: Path) -> None:
    done = run(
        "key-players", "--store", case, "--json", "--by", "degree", "--projection", "who_pays_whom", "--runs", "20"
    )
    assert done.code == 0, done.err
    for line in done.lines:
        assert not set(RANKED.split()) - set(line)
    first = done.lines[0]
    assert (first["name"], first["value"], first["among_first"], first["runs"]) == ("Shop", 13, 20, 20)
    # 24 payments name the shop, in one file
    assert (first["records"], first["files"]) == (24, 1)
    again = run(
        "key-players", "--store", case, "--json", "--by", "degree", "--projection", "who_pays_whom", "--runs", "20"
    )
    assert again.out == done.out
    told = run("key-players", "--store", case, "--by", "degree", "--projection", "who_pays_whom", "--runs", "20").out
    assert "20 of 20 runs" in told and "rank correlation" in told


def test_nothing_is_measured_again_unless_asked(run, case: Path) -> None:
    told = run("key-players", "--store", case, "--runs", "0").out
    assert "runs" not in told and "Shop" in told


def test_sets_and_how_they_were_found(run, case: Path) -> None:
    done = run("key-players", "--store", case, "--json", "--sets", "2", "--goal", "reach", "--steps", "1")
    assert done.code == 0, done.err
    for line in done.lines:
        assert not set(SETS.split()) - set(line)
    assert [line["size"] for line in done.lines] == [1, 2] and done.lines[0]["members"][0]["name"] == "Shop"
    told = run("key-players", "--store", case, "--sets", "2", "--goal", "reach", "--steps", "1").out
    assert "every set was tried" in told and "within 1 step of" in told
    assert "What has to do with what" in told.splitlines()[0]
    out = run("key-players", "--store", case, "--sets", "1", "--without", done.lines[0]["members"][0]["id"], "--json")
    assert out.lines[0]["members"][0]["name"] != "Shop"


def test_roles_are_told_and_kept(run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("key-players", "--store", case, "--json", "--roles", "--projection", "who_pays_whom")
    assert done.code == 0, done.err
    assert {line["role"] for line in done.lines if line["name"] == "Shop"} == {"gatekeeper", "money_mule"}
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    told = run("key-players", "--store", case, "--roles", "--projection", "who_pays_whom").out
    assert "paso obligado" in told and "Qué también lo explicaría" in told
    assert "Quién le paga a quién" in told.splitlines()[0]


def test_every_goal_is_said_in_both_languages(run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for goal in ("fragment", "distance_fragment", "reach", "distance_reach"):
        monkeypatch.setenv("VINCULO_LANGUAGE", "en")
        english = run("key-players", "--store", case, "--sets", "1", "--goal", goal)
        monkeypatch.setenv("VINCULO_LANGUAGE", "es")
        spanish = run("key-players", "--store", case, "--sets", "1", "--goal", goal)
        assert english.code == spanish.code == 0 and english.out != spanish.out


def test_bad_calls_get_one_sentence(run, case: Path) -> None:
    for arguments, code in (
        (("--sets", "2", "--roles"), "sets_or_roles"),
        (("--sets", "2", "--without", "nobody"), "unknown_entity"),
        (("--projection", "nothing"), "unknown_projection"),
        (("--without", "nobody"), "without_sets"),
        (("--roles", "--without", "nobody"), "without_sets"),
        (("--roles", "--generic"), "generic_roles"),
    ):
        done = run("key-players", "--store", case, "--json", *arguments)
        assert (done.code, done.lines[0]["error"]) == (2, code)


def test_an_empty_case_is_no_fault(run, case: Path) -> None:
    run("withdraw", "t.csv", "--yes", "--store", case)
    for more in ((), ("--sets", "2"), ("--roles",)):
        done = run("key-players", "--store", case, *more)
        assert done.code == 0 and "0 nodes" in done.out and len(done.out.splitlines()) == 2
        # one line that says what was looked at, and nobody in it
        [line] = run("key-players", "--store", case, "--json", *more).lines
        assert line["projection"]["found"]["nodes"] == 0 and "id" not in line and "members" not in line
