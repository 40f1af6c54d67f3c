"""Listed is not guilty, cleared is said, and a shared number says whose listing it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vinculo.graph import standing
from vinculo.graph.standing import standings, status_of
from vinculo.graph.store import Store


def test_the_party_itself(case: Store) -> None:
    (own,) = standings(case, ["halcon"])["halcon"]
    assert (own.program, own.status, own.code, own.date, own.direct) == (
        "SAT 69-B",
        "Definitivo",
        "listed",
        "2018-05-01",
        True,
    )
    assert "Definitivo" in own.sentence.en and "not a finding of guilt" in own.sentence.en
    assert "no equivale a ser culpable" in own.sentence.es


def test_cleared_is_said_with_the_lists_own_word(case: Store) -> None:
    (own,) = standings(case, ["lucky"])["lucky"]
    assert own.code == "cleared"
    assert own.sentence.en == "Cleared: on SAT 69-B with status Sentencia Favorable."
    assert own.sentence.es.startswith("Aclarado a su favor") and "guilt" not in own.sentence.en


def test_a_shared_number_leads_to_anothers_listing(case: Store) -> None:
    (other,) = standings(case, ["twin"])["twin"]
    assert (other.direct, other.number, other.holder, other.listing) == (False, "RFC HNO010203AB1", "halcon", "list1")
    assert "not by its own entry" in other.sentence.en and "HNO010203AB1" in other.sentence.es


def test_asking_for_the_number_too_changes_nothing(case: Store) -> None:
    assert standings(case, ["twin", "rfc"]) == standings(case, ["twin"])


def test_who_is_on_no_list_has_no_standing(case: Store) -> None:
    assert standings(case, ["ana", "bl1", "no such id"]) == {}
    assert status_of(()) == ""


def test_bulk_and_one_by_one_agree(case: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = case.nodes().column("id").to_pylist()
    few = standings(case, ids)
    monkeypatch.setattr(standing, "_FEW", 0)
    assert standings(case, ids) == few
    assert set(few) == {"halcon", "twin", "lucky"}
    monkeypatch.setattr(standing, "_FEW", 40)
    monkeypatch.setattr(standing, "_MOST", 1)
    assert standings(case, ids) == few


def test_files_that_disagree_are_both_said(store: Store, rows: Callable[..., object]) -> None:
    rows(
        store,
        "a",
        [("x", "Company", 1, {"name": "X"}), ("l", "Listing", 1, {"status": "Presunto", "standing": "presumed"})],
        [("k", "LISTED", "x", "l", 1, {})],
    )
    rows(store, "b", [("l", "Listing", 1, {"status": "Desvirtuado", "standing": "cleared"})])
    (both,) = standings(store, ["x"])["x"]
    assert both.code == "presumed" and both.status == "Desvirtuado / Presunto"
    assert "on a list with status" in both.sentence.en and "en una lista" in both.sentence.es


def test_the_weightiest_makes_the_badge(store: Store, rows: Callable[..., object]) -> None:
    rows(
        store,
        "a",
        [
            ("x", "Person", 1, {"name": "X"}),
            ("old", "Sanction", 1, {"program": "OLD", "startDate": "2010-01-01", "endDate": "2012-01-01"}),
            ("new", "Listing", 1, {"program": "NEW", "standing": "cleared"}),
        ],
        [("k1", "LISTED", "x", "old", 1, {}), ("k2", "LISTED", "x", "new", 1, {})],
    )
    told = standings(store, ["x"])["x"]
    assert [s.code for s in told] == ["listed", "cleared"]
    assert status_of(told) == "listed"
    assert "from 2010-01-01 until 2012-01-01" in told[0].sentence.en


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ({"type": "PASSPORT", "number": "900111222", "country": "ir"}, False),
        ({"type": "NATIONAL ID", "number": "900111222", "country": "co"}, False),
        ({"type": "TAX", "number": "900111222", "country": "co"}, True),
        ({"type": "TAX", "number": "900111222"}, False),
        ({"type": "RFC", "number": "XAXX010101000"}, False),
        ({"type": "RFC", "number": "PAC010101AB1"}, True),
    ],
)
@pytest.mark.parametrize("few", [0, 2000])
def test_only_a_number_of_one_party_leads_to_anothers_listing(
    store: Store,
    rows: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
    number: dict[str, str],
    told: bool,
    few: int,
) -> None:
    """Two people on a list had one passport number; neither stands there for the other."""
    monkeypatch.setattr(standing, "_FEW", few)
    rows(
        store,
        "a",
        [
            ("x", "Person", 1, {"name": "X"}),
            ("y", "Company", 2, {"name": "Y"}),
            ("n", "Identifier", 1, number),
            ("l", "Sanction", 1, {"program": "SDNTK"}),
        ],
        [
            ("k1", "LISTED", "x", "l", 1, {}),
            ("k2", "HAS_IDENTIFIER", "x", "n", 1, {}),
            ("k3", "HAS_IDENTIFIER", "y", "n", 2, {}),
        ],
    )
    found = standings(store, ["x", "y"])
    assert status_of(found["x"]) == "listed" and (status_of(found.get("y", ())) == "listed") == told


def test_a_number_of_very_many_is_nobodys(store: Store, rows: Callable[..., object]) -> None:
    crowd = [f"y{n}" for n in range(25)]
    rows(
        store,
        "a",
        [
            *((id, "Company", n, {"name": id}) for n, id in enumerate(["x", *crowd], 1)),
            ("n", "Identifier", 1, {"type": "RFC", "number": "PAC010101AB1"}),
            ("l", "Sanction", 1, {"program": "SDNTK"}),
        ],
        [("k", "LISTED", "x", "l", 1, {})]
        + [(f"h{id}", "HAS_IDENTIFIER", id, "n", n, {}) for n, id in enumerate(["x", *crowd], 1)],
    )
    assert set(standings(store, ["x", *crowd])) == {"x"}
