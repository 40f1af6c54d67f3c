"""The page *Communities*: what the command found is kept by ids, told in both languages, exported, drawn whole and as one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from small_case import of, write
from streamlit.testing.v1 import AppTest

from vinculo.cli import vinculo
from vinculo.dashboard import divisions
from vinculo.dashboard.community_view import share
from vinculo.dashboard.divisions import KEPT, LAYERS, core, keep, kept, whole
from vinculo.graph.stores import open_store
from vinculo.graph.text import say
from vinculo.graph.types import Source

Run = Callable[..., AppTest]


def search(case: str, *arguments: str) -> list[dict[str, Any]]:
    """Run the command as the page does, and keep what it prints; returns its lines."""
    asked = ["communities", "--json", "--projection", "everything", *arguments]
    done = CliRunner().invoke(vinculo, asked, env={"VINCULO_STORE": case})
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    with closing(open_store(case)) as store:
        version = store.version()
    keep(SimpleNamespace(case=case, arguments=asked, results=lines), version)  # type: ignore[arg-type]  # what a job shows
    return lines


def said(at: AppTest) -> str:
    """Captions and markup of a page."""
    return "\n".join(str(e.proto) for kind in ("caption", "html", "markdown", "warning") for e in at.get(kind))


def opened(at: AppTest, method: str) -> AppTest:
    """The page with one of its views chosen."""
    at.session_state["method"] = method
    return at.run()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_list_tells_what_the_command_found(case: str, page: Run, language: str) -> None:
    lines = search(case, "--method", "leiden")
    at = page("communities", language=language)
    assert not at.exception
    table = at.dataframe[0].value
    made = [line for line in lines if "members" in line]
    assert table[say("dashboard.size", language)].tolist() == [c["size"] for c in made]
    assert table[say("dashboard.communities.inside", language)].tolist() == [c["inside"] for c in made]
    paid = table[say("dashboard.communities.paid_inside", language)].tolist()
    told = [" · ".join(f"{m['inside']:,.0f} {m['currency']}" for m in c["money"] if m["inside"]) for c in made]
    assert paid == told and any("66,500 USD" in p for p in paid)
    # one search knows nothing of how sure it is, and no group is an accusation
    assert say("dashboard.communities.unsure", language) in said(at)
    assert say("dashboard.communities.no_accusation", language) in said(at)
    assert say("dashboard.communities.belongs", language) not in table.columns


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_split_that_is_not_real_is_said_first(case: str, page: Run, language: str) -> None:
    lines = search(case, "--method", "stable")
    assert lines[0]["real"] is False
    at = opened(page("communities", language=language), "stable")
    assert not at.exception
    told = say("cli.communities.not_real", language)
    assert "v-alarm" in next(str(e.proto) for e in at.get("html") if told in str(e.proto))
    assert say("dashboard.communities.not_real", language) in said(at)
    sure = at.dataframe[0].value[say("dashboard.communities.belongs", language)].tolist()
    assert sure == [line["stability"] for line in lines if "members" in line]


def test_what_became_of_a_kept_group_is_told(case: str, page: Run) -> None:
    search(case, "--method", "leiden", "--keep", "January")
    lines = search(case, "--method", "leiden")
    assert all(c["kind"] == "same" for line in lines for c in line.get("changes", ()))
    at = page("communities")
    assert not at.exception
    changed = at.dataframe[0].value[say("dashboard.communities.change", "en")].tolist()
    assert set(changed) - {""} == {say("community_change.word.same", "en")}
    assert say("dashboard.communities.compared", "en", run="January") in said(at)
    next(b for b in at.button if b.key == "forget-January").click().run()
    assert not at.exception and not any((b.key or "").startswith("forget-") for b in at.button)


def test_sizes_lie_within_one_another_and_beside_the_fine_method(case: str, page: Run) -> None:
    lines = search(case, "--resolutions", "0.25,1,4")
    with closing(open_store(case)) as store:
        found = kept(store, LAYERS)
    assert found is not None and [x["groups"] for x in found["layers"]] == [x["groups"] for x in lines]
    whole = {(line["method"], line["resolution"]): line["communities"] for line in lines}
    fine = lines[-1]["communities"]
    for before, layer in zip([None, *found["layers"]], found["layers"], strict=False):
        groups = whole[layer["method"], layer["resolution"]]
        for row in layer["communities"]:
            members = set(groups[row["place"] - 1]["members"])
            assert row["size"] == len(members) and set(row["members"]) <= members
            if row["within"] and before is not None:
                assert members <= set(whole[before["method"], before["resolution"]][row["within"] - 1]["members"])
            assert [n for _, n in row.get("beside", ())] == [
                len(members & set(fine[p - 1]["members"])) for p, _ in row.get("beside", ())
            ]
    at = opened(page("communities"), LAYERS)
    assert not at.exception and len(at.dataframe) == 3


def test_who_was_withdrawn_is_named_no_more_and_older_results_say_so(case: str, page: Run) -> None:
    search(case, "--method", "leiden")
    with closing(open_store(case)) as store:
        document = store.documents(KEPT)["leiden"]
        text = json.dumps(document, ensure_ascii=False)
        # by ids alone: no name of the case stands in what is kept
        assert of("firm") in text and "Halcón" not in text and "Ana María" not in text
        store.save_document(KEPT, "leiden", document | {"version": "of another day"})
    assert say("dashboard.communities.stale", "en") in said(page("communities"))
    with closing(open_store(case)) as store:
        for source in store.sources():
            store.withdraw(source)
    at = page("communities")
    assert not at.exception and "Halc" not in said(at)


def test_what_only_reports_tell_goes_into_no_file_unasked(
    case: str, page: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group that a report adds to is on the page with a mark, and in no file; who has another name there has it here only."""
    written: dict[str, str] = {}
    monkeypatch.setattr(
        "vinculo.dashboard.downloads.download",
        lambda rows, name, *, key, **more: written.update({key: str(list(rows))}),
    )
    with closing(open_store(case)) as store:
        facts = {"name": "Suspect as only the reports call him, and nobody else does", "country": "pa"}
        reports = Source("reports", "e" * 64, "reports.csv", taint="sar")
        write(store, reports, [(of(who), "Company", facts) for who in ("firm", "listed")], [])
    search(case, "--method", "leiden")
    at = opened(page("communities"), "leiden")
    assert not at.exception and "Suspect" in str([f.value.to_csv() for f in at.dataframe])
    assert written and "Suspect" not in str(written) and "Panam" not in str(written)
    at.checkbox(key="communities_sar").check().run()
    assert not at.exception and "Suspect" in str(written)


def test_files_of_resolutions_are_asked_for_where_there_are_reports(case: str, page: Run) -> None:
    """Sizes and ids of groups count whoever only reports tell of."""
    search(case, "--resolutions", "1")
    before = len(opened(page("communities"), LAYERS).get("download_button"))
    assert before == 3
    with closing(open_store(case)) as store:
        write(
            store, Source("reports", "e" * 64, "reports.csv", taint="sar"), [(of("spy"), "Person", {"name": "Spy"})], []
        )
    at = opened(page("communities"), LAYERS)
    boxes = [c for c in at.checkbox if c.label == say("dashboard.download_reports", "en")]
    assert not at.exception and not at.get("download_button") and len(boxes) == before
    boxes[1].check().run()
    assert len(at.get("download_button")) == 1


def test_what_an_earlier_version_kept_is_asked_for_again(case: str, page: Run) -> None:
    with closing(open_store(case)) as store:
        older = {"id": "x", "size": 3, "named": [], "members": [of("firm")], "modularity": 0.5}
        store.save_document(KEPT, "leiden", {"communities": [older], "when": "", "version": store.version()})
    at = page("communities")
    assert not at.exception and say("dashboard.communities.empty_groups", "en") in said(at)


def test_the_largest_are_drawn_as_closed_groups(case: str, page: Run) -> None:
    lines = [line for line in search(case, "--method", "leiden") if "members" in line]
    at = page("communities")
    next(b for b in at.button if b.key == "draw_all").click().run()
    at.switch_page("screens/chart.py").run()
    assert not at.exception
    chart = at.session_state["board"].chart
    assert {g.members for g in chart.groups.values()} == {tuple(sorted(c["members"])) for c in lines}

    # closed ones stand clear of every member that may be opened
    def box(things: Any) -> tuple[float, float, float, float]:
        xs, ys = [t.x for t in things], [t.y for t in things]
        return min(xs), min(ys), max(xs), max(ys)

    boxes = [box(chart.groups.values()), *(box([chart.nodes[i] for i in g.members]) for g in chart.groups.values())]
    for n, (left, top, right, bottom) in enumerate(boxes):
        assert all(right < a or left > c or bottom < b or top > d for a, b, c, d in boxes[:n])
    assert len({(g.x, g.y) for g in chart.groups.values()}) == len(chart.groups)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_says_what_it_leaves_out_and_the_files_hold_all(
    case: str, page: Run, written: dict[str, str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(divisions, "ROWS", 1)
    monkeypatch.setattr(divisions, "MEMBERS", 2)
    monkeypatch.setattr(divisions, "LAYER_ROWS", 1)
    made = [line for line in search(case, "--method", "leiden") if "members" in line]
    several = search(case, "--resolutions", "0.25,4")
    with closing(open_store(case)) as store:
        found = kept(store, "leiden")
        assert found is not None and [len(g["members"]) for g in found["communities"]] == [2] and len(made) > 1
        every = whole(store, "leiden", found["when"])
    assert every is not None and [g["members"] for g in every["communities"]] == [g["members"] for g in made]
    at = page("communities", language=language)
    assert not at.exception and len(at.dataframe[0].value) == 1
    assert say("dashboard.communities.largest", language, count="1", total=str(len(made))) in said(at)
    assert [row["id"] for row in csv.DictReader(written["communities"].splitlines())] == [g["id"] for g in made]
    at = opened(at, LAYERS)
    assert not at.exception
    rows = list(csv.DictReader(written["communities-layer"].splitlines()))
    assert len(rows) == several[0]["groups"] and len(at.dataframe[1].value) == 1


def test_a_chart_of_a_split_that_is_not_real_is_called_so(case: str, page: Run) -> None:
    search(case, "--method", "stable")
    at = opened(page("communities", language="es"), "stable")
    next(b for b in at.button if b.key == "draw_all").click().run()
    at.switch_page("screens/chart.py").run()
    title = say("dashboard.communities.not_real_title", "es", title=say("dashboard.page.communities", "es"))
    assert at.session_state["board"].chart.title == title


def test_a_group_that_holds_only_some_members_says_so(case: str, page: Run) -> None:
    lines = [line for line in search(case, "--method", "leiden") if "members" in line]
    with closing(open_store(case)) as store:
        made = dict(store.documents(KEPT)["leiden"])
        made["communities"] = [c | {"size": c["size"] + 7} for c in made["communities"]]
        store.save_document(KEPT, "leiden", made)
    at = page("communities")
    next(b for b in at.button if b.key == "draw_all").click().run()
    at.switch_page("screens/chart.py").run()
    titles = {g.name for g in at.session_state["board"].chart.groups.values()}
    assert {t.partition(":")[0] for t in titles} == {f"{c['size']} of {c['size'] + 7} members" for c in lines}


def test_the_core_of_a_group_hangs_together() -> None:
    near = {"a": {"b"}, "b": {"a", "c"}, "c": {"b"}, "x": {"y"}, "y": {"x"}}
    assert core(["x", "y", "a", "b", "c"], "a", near, 3) == ["a", "b", "c"]
    assert core(["x", "y", "a", "b", "c"], "a", near, 9) == ["a", "b", "c", "x", "y"]


def test_a_share_that_is_there_is_never_told_as_none() -> None:
    assert [share(v) for v in (0.0, 0.0004, 0.012, 0.96, None)] == ["0.0%", "< 0.1%", "1.2%", "96%", ""]
