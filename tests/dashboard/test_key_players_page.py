"""The page *Key players*: what the commands found is kept, told in both languages and handed on."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from small_case import of, suspect
from streamlit.testing.v1 import AppTest

from vinculo.analytics.player_sets import player_sets
from vinculo.analytics.projecting.seeing import projected
from vinculo.analytics.ranking import ranking_of
from vinculo.analytics.role_finding import COLLECTION, LAST, keep_roles
from vinculo.analytics.role_finding import roles as find_roles
from vinculo.dashboard.players import KEPT, keep, kept
from vinculo.graph.evidence import basis
from vinculo.graph.stores import open_store
from vinculo.graph.text import say

Run = Callable[..., AppTest]


def said(at: AppTest) -> str:
    """Captions and markup of a page."""
    return "\n".join(str(e.proto) for kind in ("caption", "html", "markdown") for e in at.get(kind))


def ended(case: str, rows: list[dict[str, Any]], *arguments: str) -> None:
    """A command that ended with these lines, as the dashboard's job hands it over."""
    keep(SimpleNamespace(case=case, arguments=("key-players", *arguments), results=json.loads(json.dumps(rows))))  # type: ignore[arg-type]  # what a job shows


@pytest.fixture
def found(case: str) -> str:
    """The small case with a ranking, sets and roles kept."""
    with closing(open_store(case)) as store:
        ranking = ranking_of(store, projected(store, "everything", None), top=5, runs=10)
        sets = player_sets(store, "fragment", size_max=2)
        keep_roles(store, find_roles(store))
        read = {"basis": basis(store)}
    ended(case, [line | read for line in ranking.as_json()], "--limit", "5")
    ended(case, [line | read for line in sets.as_json()], "--sets", "2")
    return case


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_ranking_says_how_sure_it_is_and_what_watching_explains(found: str, page: Run, language: str) -> None:
    with closing(open_store(found)) as store:
        rows = store.documents(KEPT)["ranking"]["rows"]
    at = page("key_players", language=language)
    assert not at.exception
    assert rows[0]["convention"][language] in said(at) and rows[0]["watching"][language] in said(at)
    table = at.dataframe[0].value
    assert table[say("dashboard.name", language)].tolist() == [r["name"] for r in rows]
    runs = say("dashboard.players.among_first", language, places=str(rows[0]["places"]))
    assert table[runs].tolist() == [f"{r['among_first']} / 10" for r in rows]
    assert table[say("dashboard.players.watched", language)].tolist() == [r["watched"][language] for r in rows]


@pytest.mark.parametrize("language", ["en", "es"])
def test_sets_are_told_by_size_and_roles_accuse_nobody(found: str, page: Run, language: str) -> None:
    with closing(open_store(found)) as store:
        rows = store.documents(KEPT)["sets"]["rows"]
    at = page("key_players", language=language)
    at.session_state["view"] = "sets"
    at.run()
    assert not at.exception
    table = at.dataframe[0].value
    members = [" · ".join(m["name"] for m in r["members"]) for r in rows]
    assert table[say("dashboard.players.members", language)].tolist() == members
    assert table[say("dashboard.size", language)].tolist() == [r["size"] for r in rows]
    at.session_state["view"] = "roles"
    at.run()
    assert not at.exception
    kept = say("dashboard.players.no_accusation", language) in said(at)
    assert kept or say("dashboard.players.empty_roles", language) in said(at)


def test_what_is_older_than_the_data_says_so(found: str, page: Run) -> None:
    """It is as old as what the command read, not as when it was kept."""
    stale = say("dashboard.players.stale", "en")
    assert stale not in said(page("key_players"))
    with closing(open_store(found)) as store:
        rows = store.documents(KEPT)["ranking"]["rows"]
    ended(found, [row | {"basis": "of another day"} for row in rows])
    assert stale in said(page("key_players"))


def test_who_was_withdrawn_is_told_of_no_more(found: str) -> None:
    gone = {"id": "gone", "kind": "Person", "name": "Gone"}
    with closing(open_store(found)) as store:
        for view in ("ranking", "sets"):
            known = store.documents(KEPT)[view]["rows"]
            other = {"members": [*known[0]["members"], gone]} if view == "sets" else gone
            rows = [known[0] | other, *known[1:]]
            made = store.documents(KEPT)[view] | {"rows": [r | {"generic_named": [gone]} for r in rows]}
            store.save_document(KEPT, view, made)
            result = kept(store, view)
            assert result is not None and result["current"]
            assert result["rows"] == [r | {"generic_named": []} for r in known[1:]]


def test_names_are_those_the_case_has_now(found: str, page: Run) -> None:
    with closing(open_store(found)) as store:
        for collection, views in ((KEPT, ("ranking", "sets")), (COLLECTION, (LAST,))):
            for view in views:
                made = json.dumps(store.documents(collection)[view])
                assert "Comercializadora Halc" in made or view == LAST
                store.save_document(collection, view, json.loads(made.replace("Comercializadora Halc", "Withdrawn ")))
    at = page("key_players")
    for view in ("ranking", "sets", "roles"):
        at.session_state["view"] = view
        at.run()
        assert not at.exception and "Withdrawn" not in said(at) + str([f.value.to_csv() for f in at.dataframe])


def test_what_only_reports_call_somebody_goes_into_no_file_unasked(
    found: str, page: Run, written: dict[str, str]
) -> None:
    suspect(found, of("firm"))
    at = page("key_players")
    for view in ("ranking", "sets"):
        at.session_state["view"] = view
        at.run()
    assert {"key-players", "key-player-sets"} <= written.keys()
    assert "Suspect" in str([f.value.to_csv() for f in at.dataframe]) and "Suspect" not in str(written)
    at.checkbox(key="players_sar").check().run()
    assert "Suspect" in written["key-player-sets"]


@pytest.mark.parametrize("view", ["ranking", "roles", "sets"])
def test_what_another_version_kept_is_asked_for_again(found: str, page: Run, view: str) -> None:
    with closing(open_store(found)) as store:
        rows = [{"id": of("firm"), "name": "Halcón", "basis": "", "convention": {"en": "", "es": ""}}]
        store.save_document(KEPT, view, {"rows": rows, "when": ""})
        store.save_document(COLLECTION, LAST, {"rows": [], "basis": ""})
    at = page("key_players")
    at.session_state["view"] = view
    at.run()
    assert not at.exception
    assert say("dashboard.kept_by_another", "en") in said(at)
    assert say(f"dashboard.players.empty_{view}", "en") in said(at)


def test_who_was_left_out_as_generic_is_told(found: str, page: Run) -> None:
    with closing(open_store(found)) as store:
        rows = store.documents(KEPT)["ranking"]["rows"]
        bank = {k: rows[0][k] for k in ("id", "kind", "name")}
    ended(found, [r | {"generic_left_out": 1, "generic_named": [bank]} for r in rows])
    assert f"left out here: 1 ({bank['name']})" in said(page("key_players"))
