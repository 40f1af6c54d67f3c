"""Scoring: the rule by hand-made findings, then the whole road from the generator to the score."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vinculo.analytics.detect import detect
from vinculo.analytics.score import score
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.text import Text
from vinculo.graph.types import Finding
from vinculo.ingest.demo import generate
from vinculo.ingest.load import ingest

NOTHING = Text("", "")


def finding(*members: str, number: int = 1, value: float = 0.5) -> Finding:
    return Finding(
        f"f{number}",
        "fan_in",
        "1",
        value,
        tuple((m, "member") for m in members),
        (),
        ("", ""),
        {},
        NOTHING,
        (),
        NOTHING,
    )


@pytest.fixture
def scored(case: Any) -> Iterator[Callable[..., dict[str, Any]]]:
    """Score findings over ten companies ``T0`` to ``T9``, each with an account ``A0`` to ``A9``."""
    firms = [case.company(f"Firm {n}", tax=f"TAX-00{n}") for n in range(10)]
    accounts = [case.account(f"00{n}", holder=firms[n]) for n in range(10)]
    again = case.company("FIRM 1", tax="TAX-001", country="mx")  # the same taxpayer in another dataset
    place = case.entity("Location", "Branch")
    store = case.store()
    ids = {f"T{n}": i for n, i in enumerate(firms)} | {f"A{n}": i for n, i in enumerate(accounts)}
    ids |= {"again": again, "place": place}

    def scored(
        *findings: tuple[str, ...], members: str = "1234", hub: str = "", look_alike: bool = False, value: float = 0.5
    ) -> dict[str, Any]:
        store.save_findings(
            "fan_in", [finding(*(ids[m] for m in f), number=k, value=value) for k, f in enumerate(findings)]
        )
        answer: dict[str, Any] = {"id": "p", "typology": "fan_in", "members": [{"account": f"00{n}"} for n in members]}
        if hub:
            answer["hub"] = {"tax_id": f"TAX00{hub}"}
        answers = {"patterns": [] if look_alike else [answer], "look_alikes": [answer] if look_alike else []}
        rows = score(store, answers)
        assert rows[-1]["typology"] == "total" and rows[-1]["found"] == rows[0]["found"]
        return rows[0]

    yield scored


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (("A1", "A2", "A3", "A4"), 1),
        (("T1", "T2"), 1),  # half, by their holders
        (("A1",), 0),  # less than half
        (("A1", "T1", "again"), 0),  # three ids, but one actor
        (("again", "A2", "place"), 1),  # another dataset's node of the same taxpayer; a place is no member
        (("A1", "A2", *(f"A{n}" for n in range(3, 10)), "A0"), 1),  # ten actors: 2 * 4 + 2
    ],
)
def test_half_of_the_members_in_not_too_many(
    scored: Callable[..., dict[str, Any]], named: tuple[str, ...], found: int
) -> None:
    row = scored(named)
    assert (row["found"], row["missed"]) == (found, [] if found else ["p"])


def test_everybody_hits_nothing(scored: Callable[..., dict[str, Any]]) -> None:
    everybody = tuple(f"A{n}" for n in range(10))
    assert scored(everybody, members="123")["found"] == 0  # ten are more than 2 * 3 + 2


def test_the_hub_must_be_named(scored: Callable[..., dict[str, Any]]) -> None:
    assert scored(("A1", "A2"), hub="4")["found"] == 0
    assert scored(("A1", "A4"), hub="4")["found"] == 1


def test_one_pattern_is_found_once(scored: Callable[..., dict[str, Any]]) -> None:
    row = scored(("A1", "A2"), ("A3", "A4"), ("A7", "A8"))
    assert (row["planted"], row["found"], row["findings"], row["other"]) == (1, 1, 3, 1)


def test_a_look_alike_is_flagged_by_a_finding_about_it(scored: Callable[..., dict[str, Any]]) -> None:
    assert scored(("A1",), look_alike=True)["flagged"] == ["p"]
    assert scored(("A1", "A7"), look_alike=True)["flagged"] == ["p"]
    assert scored(("A1", "A7", "A8"), look_alike=True)["flagged"] == []
    assert scored(("A1",), look_alike=True, value=0.0)["flagged"] == []  # said to be cleared


@pytest.fixture(scope="module", params=[7, pytest.param(3, marks=pytest.mark.slow)])
def solved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Any, Any]]:
    """A case generated, loaded and analysed; its answers are taken away before anything reads the folder."""
    folder: Path = tmp_path_factory.mktemp("case")
    files = generate(folder, seed=request.param, scale=0.1)
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    (folder / "answers.json").unlink()
    store = open_store(f"sqlite:///{folder / 'case.db'}")
    reports = {r.as_json()["file"].rpartition("/")[2]: r.as_json() for r in ingest(files, store)}
    detect(store)
    yield store, answers, reports
    store.close()


def test_the_generated_files_load_as_their_answers_say(solved: tuple[Store, Any, Any]) -> None:
    _, answers, reports = solved
    assert len(reports) == 8 and all(r["synthetic"] for r in reports.values())
    assert {f: r["rejected"] for f, r in reports.items() if r["rejected"]} == answers["rejects_by_file"]
    repeated = {f: r["duplicate_in_file"] for f, r in reports.items() if r["duplicate_in_file"]}
    assert repeated == answers["duplicates_by_file"]


def test_planted_patterns_are_found_and_look_alikes_are_not_flagged(solved: tuple[Store, Any, Any]) -> None:
    store, answers, _ = solved
    rows = score(store, answers)
    total = rows[-1]
    assert total["planted"] == len(answers["patterns"]) and total["look_alikes"] == len(answers["look_alikes"])
    assert total["missed"] == [] and total["flagged"] == [], "\n".join(map(str, rows))
    # not by flagging everything
    assert total["other"] <= total["found"], "\n".join(map(str, rows))


def test_without_findings_everything_is_missed(solved: tuple[Store, Any, Any]) -> None:
    _, answers, _ = solved
    with_nothing = score(open_store("sqlite:///:memory:"), answers)[-1]
    assert with_nothing["found"] == 0 and len(with_nothing["missed"]) == len(answers["patterns"])


def test_detection_repeats_itself(solved: tuple[Store, Any, Any]) -> None:
    store, _, _ = solved
    first = [f.as_json() for f in store.findings()]
    detect(store)
    assert [f.as_json() for f in store.findings()] == first
