"""The page *What if*: a group by search, a comparison kept by the command, read back whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from small_case import of, suspect
from streamlit.testing.v1 import AppTest

from vinculo.analytics.disruption.actions import Action
from vinculo.analytics.disruption.compare import compare
from vinculo.analytics.disruption.group import group_of
from vinculo.analytics.disruption.telling import KEPT, keep, told
from vinculo.dashboard.jobs import Jobs
from vinculo.graph.network import Network
from vinculo.graph.stores import open_store
from vinculo.graph.text import say

Run = Callable[..., AppTest]


def said(at: AppTest) -> str:
    """Captions and markup of a page."""
    return "\n".join(str(e.proto) for kind in ("caption", "html", "markdown") for e in at.get(kind))


def made(url: str) -> Any:
    """A comparison round the firm, kept in the case."""
    with closing(open_store(url)) as store:
        group = group_of(Network.from_store(store), [of("firm")], hops=2)
        found = compare(
            group, [Action("close", (of("firm"),), 40.0), Action("wait", (of("ana"),))], store=store, runs=5
        )
        keep(store, "around the firm", found)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_kept_comparison_is_told_as_the_command_tells_it(case: str, page: Run, language: str) -> None:
    found = made(case)
    at = page("disruption", language=language)
    assert not at.exception
    for action, points in found.curves:
        assert getattr(told(found, action, points), language) in said(at)
    assert say("cli.disrupt.no_advice", language) in said(at)
    table = at.dataframe[0].value
    assert table[say("dashboard.disruption.targets", language)].tolist() == [1, 1]
    assert table[say("dashboard.disruption.cost", language)].tolist()[0] == 40.0
    closed = found.curves[0][1][0]
    assert table[say("dashboard.disruption.largest", language)].tolist()[0] == closed.largest
    names = at.dataframe[1].value[say("dashboard.name", language)].tolist()
    assert names == [name for _, name in closed.unmentioned_named] and names


def test_who_is_found_joins_the_group_and_the_command_is_asked_about_it(
    case: str, page: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(Jobs, "start", lambda self, title, arguments, **more: asked.append((title, arguments)))
    at = page("disruption")
    at.text_input(key="whatif_asked").set_value("comercialisadora alcon").run()
    at.button(key=f"add-{of('firm')}").click().run()
    assert at.session_state.whatif_group == [of("firm")]
    at.number_input(key="cost-close").set_value(12.5).run()
    at.button(key="compare").click().run()
    ((_, arguments),) = asked
    assert arguments[:5] == ["disrupt", "--entity", of("firm"), "--hops", "2"]
    assert ("--cost", "close=12.5") in itertools.pairwise(arguments)
    assert arguments[-2:] == ["--keep", "Comercializadora Halcón SA de CV"]


def test_a_kept_comparison_is_not_overwritten_unasked(case: str, page: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name proposed has a number where the first one is taken, and so has a taken name that is typed."""
    firm = "Comercializadora Halcón SA de CV"
    found = made(case)
    with closing(open_store(case)) as store:
        keep(store, firm, found)
    asked: list[list[str]] = []
    monkeypatch.setattr(Jobs, "start", lambda self, title, arguments, **more: asked.append(arguments))
    at = page("disruption", id=of("firm"))
    [name] = [x for x in at.text_input if x.label == say("dashboard.disruption.name", "en")]
    assert name.value == f"{firm} (2)"
    name.set_value("around the firm").run()
    at.button(key="compare").click().run()
    assert asked[0][-2:] == ["--keep", "around the firm (2)"]


def test_a_comparison_of_another_version_is_asked_for_again(case: str, page: Run) -> None:
    made(case)
    with closing(open_store(case)) as store:
        document = store.documents(KEPT)["around the firm"]
        for action in document["actions"]:
            for point in action["curve"]:
                del point["unmentioned_named"]
        store.save_document(KEPT, "around the firm", document)
    at = page("disruption")
    assert not at.exception and say("dashboard.kept_by_another", "en") in said(at)
    assert at.button(key="forget")


def test_names_of_a_comparison_are_those_the_case_has_now(case: str, page: Run) -> None:
    made(case)
    with closing(open_store(case)) as store:
        kept = json.dumps(store.documents(KEPT)["around the firm"])
        assert "Comercializadora Halc" in kept
        kept = kept.replace("Comercializadora Halc", "Withdrawn ").replace("Comercializadora Alc", "Withdrawn ")
        store.save_document(KEPT, "around the firm", json.loads(kept))
    at = page("disruption")
    assert not at.exception and "Withdrawn" not in str([f.value.to_csv() for f in at.dataframe])


def test_what_only_reports_call_somebody_goes_into_no_file_unasked(
    case: str, page: Run, written: dict[str, str]
) -> None:
    made(case)
    suspect(case, of("firm"), of("cleared"), of("twin"), of("listed"))
    at = page("disruption")
    assert "Suspect" in str([f.value.to_csv() for f in at.dataframe])
    assert {"disruption", "unmentioned-parties"} <= written.keys() and "Suspect" not in str(written)
    at.checkbox(key="whatif_sar").check().run()
    assert "Suspect" in written["disruption"]


def test_what_was_sampled_or_cut_off_is_said(case: str, page: Run) -> None:
    found = made(case)
    with closing(open_store(case)) as store:
        cut = replace(found, before=replace(found.before, truncated=True))
        keep(store, "cut", replace(cut, question=found.question | {"efficiency_sources": 256, "money_unit": "USD"}))
        store.delete_document(KEPT, "around the firm")
    at = page("disruption", language="es")
    assert say("cli.disrupt.sampled", "es", sources="256") in said(at)
    assert say("dashboard.disruption.unbounded", "es") in said(at)
    assert say("cli.disrupt.truncated", "es") in [w.value for w in at.warning]


def test_a_comparison_older_than_the_data_says_so_and_can_be_removed(case: str, page: Run) -> None:
    made(case)
    stale = say("dashboard.disruption.stale", "en")
    assert stale not in said(page("disruption"))
    with closing(open_store(case)) as store:
        document = store.documents(KEPT)["around the firm"]
        store.save_document(KEPT, "around the firm", document | {"basis": "of another day"})
    at = page("disruption")
    assert stale in said(at)
    at.button(key="forget").click().run()
    with closing(open_store(case)) as store:
        assert store.documents(KEPT) == {}
    assert say("dashboard.disruption.empty", "en") in said(at)
