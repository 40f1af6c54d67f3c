"""The pages *Paths* (what could have happened), *Missing links* and *Phases*: asked by a button, told as the commands do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple, cast

import hostile
import pytest
from click.testing import CliRunner
from small_case import of, ship_together, suspect, write
from streamlit.testing.v1 import AppTest

from vinculo.analytics.projecting.known import resolved
from vinculo.cli import vinculo
from vinculo.dashboard import answers
from vinculo.dashboard.jobs import Job, Jobs, jobs
from vinculo.dashboard.names import alike
from vinculo.dashboard.tie_paths import tie_paths
from vinculo.graph.stores import open_store
from vinculo.graph.text import Text, say
from vinculo.graph.types import Source, Suggestion

Run = Callable[..., AppTest]


def said(at: AppTest) -> str:
    """Captions and markup of a page."""
    return "\n".join(str(e.proto) for kind in ("caption", "html", "markdown") for e in at.get(kind))


def files(at: AppTest) -> str:
    """What stands in the tables of a page."""
    return str([f.value.to_csv() for f in at.dataframe])


#: Whom each page tells of in the small case.
OWN = {"missing_links": "north [x]", "phases": "Comercializadora Halcón"}


def rename(url: str, source: Source, name: str) -> None:
    """A second file that asserts firms under a name that is longer, and so comes before their own."""
    with closing(open_store(url)) as store:
        firms = [(of(n), "Company", {"name": name.format(n)}) for n in ("firm", "north", "south", "east", "west")]
        write(store, source, firms, [])


class Asked(NamedTuple):
    """A command as it was started, and the lines it answered."""

    arguments: tuple[str, ...]
    results: list[dict[str, Any]]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Asked]]:
    """Commands run in this process and have ended when the button's callback returns."""
    made: list[Asked] = []

    def start(self: Jobs, title: Text, arguments: list[str], *, case: str, language: str, then: Any) -> Job:
        done = CliRunner().invoke(vinculo, [arguments[0], "--json", *arguments[1:]], env={"VINCULO_STORE": case})
        assert done.exit_code == 0, done.output
        process = cast(subprocess.Popen[str], None)
        job = Job(f"job{len(made)}", title, case, tuple(arguments), process, state="done")
        job.results = [json.loads(line) for line in done.stdout.splitlines()]
        made.append(Asked(job.arguments, list(job.results)))
        then(job)
        self._all[job.id] = job
        return job

    monkeypatch.setattr(Jobs, "start", start)
    yield made
    for n in range(len(made)):
        del jobs()._all[f"job{n}"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_likely_paths_tell_price_evidence_and_what_is_against_shorter_ones(
    case: str, page: Run, at_once: list[Asked], language: str
) -> None:
    ends = {"a": of("firm"), "b": of("listed"), "way": "likely"}
    at = page("paths", language=language, **ends)
    assert say("dashboard.paths.likely_empty", language) in said(at)
    at.checkbox(key="timed").check().run()
    at.button(key="find_paths").click().run()
    assert not at.exception
    [job] = at_once
    paths = [r for r in job.results if "told" in r]
    assert paths and all(r["told"][language] in said(at) for r in paths)
    # seven payments lead the same way; the first stands for them, with its record
    assert say("dashboard.paths.usable_dated", language, count="7", first="2025-02-01", last="2025-02-07") in said(at)
    assert say("dashboard.source", language, file="bills.csv", record="24") in said(at)


def test_the_price_of_hubs_and_what_is_not_passed_reach_the_command(case: str, page: Run, at_once: list[Asked]) -> None:
    """An answer is shown to the question it answers, and to no other; who was met can be avoided."""
    at = page("paths", a=of("firm"), b=of("listed"), way="likely")
    at.button(key="find_paths").click().run()
    assert of("phone") in {e["id"] for r in at_once[0].results if "entities" in r for e in r["entities"]}
    at.number_input(key="hub_steps").set_value(0.5).run()
    assert say("dashboard.paths.likely_empty", "en") in said(at)
    at.multiselect(key="avoid_kinds").set_value([]).run()
    at.multiselect(key=f"avoid-{of('firm')}-{of('listed')}").set_value([of("phone")]).run()
    at.button(key="find_paths").click().run()
    asked = at_once[1].arguments
    assert asked[-3:] == ("--", of("firm"), of("listed"))
    assert asked[asked.index("--hub-steps") :][:4] == ("--hub-steps", "0.5", "--hub-from", "10")
    assert ("--avoid-kind", "none", "--avoid", of("phone")) == asked[asked.index("--avoid-kind") :][:4]
    against = [r["ruled_out"] for r in at_once[1].results if "ruled_out" in r]
    assert all(r["reason"]["en"].split(",")[0] in said(at) for r in against)
    assert not [r for r in at_once[1].results if "told" in r and of("phone") in {e["id"] for e in r["entities"]}]


@pytest.fixture
def ties(case: str) -> str:
    """The small case with firms that share the partners they ship to."""
    ship_together(case)
    return case


@pytest.mark.parametrize("language", ["en", "es"])
def test_hypotheses_are_marked_and_stand_beside_how_often_they_are_right(
    ties: str, page: Run, at_once: list[Asked], language: str
) -> None:
    at = page("missing_links", language=language)
    assert say("dashboard.missing.empty", language) in said(at)
    at.button(key="find").click().run()
    assert not at.exception
    assert say("dashboard.missing.about", language) in said(at)
    assert say("cli.predict.uncheckable", language) in said(at)
    table = at.dataframe[0].value
    pairs = {tuple(sorted(p)) for p in zip(table.iloc[:, 1], table.iloc[:, 2], strict=True)}
    called = {n: f"{n} [x](http://evil.test)" for n in ("north", "south", "east", "west")}
    assert {(called["north"], called["south"]), (called["east"], called["west"])} <= pairs
    assert set(table[say("dashboard.missing.what", language)]) == {say("dashboard.missing.hypothesis", language)}
    with closing(open_store(ties)) as store:
        links = store.links_at([of("north")]).to_pylist()
        assert of("south") not in {end for x in links for end in (x["source"], x["target"])}
        before = store.version()
    page("missing_links")
    assert open_store(ties).version() == before


def test_what_another_version_kept_is_asked_for_again(ties: str, page: Run, at_once: list[Asked]) -> None:
    page("missing_links").button(key="find").click().run()
    with closing(open_store(ties)) as store:
        kept = store.documents(answers.collection("missing_links"))[answers.LAST]
        store.save_document(
            answers.collection("missing_links"), answers.LAST, kept | {"version": "0.0.1", "rows": [{"other": "shape"}]}
        )
    at = page("missing_links")
    assert not at.exception and say("dashboard.missing.empty", "en") in said(at)
    assert say("dashboard.kept_by_another", "en") in said(at)


def test_how_often_guesses_are_right_is_said_in_words(ties: str, page: Run, at_once: list[Asked]) -> None:
    page("missing_links").button(key="find").click().run()
    with closing(open_store(ties)) as store:
        kept = store.documents(answers.collection("missing_links"))[answers.LAST]
        check = {"hidden": 8, "runs": 10, "auc": {"mean": 0.6, "low": 0.49, "high": 0.7}, "chance": 0.001}
        check["precision"] = {"10": {"mean": 0.3, "low": 0.1, "high": 0.5}, "100": {"mean": 0.1, "low": 0, "high": 1}}
        rows = [*(r for r in kept["rows"] if "check" not in r), {"truncated": True}, {"check": check}]
        store.save_document(answers.collection("missing_links"), answers.LAST, kept | {"rows": rows})
    at = page("missing_links")
    assert "in 60% of the comparisons (49% to 70%; chance gives 50%)" in said(at)
    assert "Of the first 10 guesses, 30% were hidden links; a blind guess is right once in 1,000." in said(at)
    assert say("dashboard.missing.no_better", "en") in said(at)
    assert say("dashboard.missing.truncated", "en") in said(at)


def test_pairs_that_may_be_one_party_are_set_aside_until_asked_for(ties: str, page: Run, at_once: list[Asked]) -> None:
    page("missing_links").button(key="find").click().run()
    with closing(open_store(ties)) as store:
        why = Text("The names are alike.", "Los nombres se parecen.")
        store.save_suggestions([Suggestion(*sorted((of("north"), of("south"))), 0.9, why)])
    at = page("missing_links")
    assert say("dashboard.missing.set_aside", "en", count="1") in said(at)
    few = len(at.dataframe[0].value)
    at.toggle(key="aside").set_value(False).run()
    assert len(at.dataframe[0].value) == few + 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Zarlinel Automotive Systems Corp.", "ZARLINEL AUTMOOTIVE SYSTEMS CORP", True),
        ("Línea Blanca Xalquemedera, S. de R.L. de C.V.", "LINEA BLANCA XALQUEMEDERA S DE RL D", True),
        ("Transportes del Norte, S.A. de C.V.", "Transportes del Sur, S.A. de C.V.", False),
        ("Ulgamar Logistics Inc.", "Ulgamar Logistics Norte Inc.", False),
        ("S.A.", "S. A.", False),
    ],
)
def test_names_are_alike_word_by_word(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_one_name_written_twice_is_set_aside_unless_a_person_says_otherwise(
    ties: str, page: Run, at_once: list[Asked]
) -> None:
    rename(ties, Source("papers", "e" * 64, "papers.csv"), "Agroexportadorainternacional{}, S.A.")
    page("missing_links").button(key="find").click().run()
    at = page("missing_links")
    assert say("dashboard.missing.all_aside", "en") in said(at) and not at.dataframe
    with closing(open_store(ties)) as store:
        judged = Suggestion(*sorted((of("north"), of("south"))), 0.9, Text("Alike.", "Iguales."), judgement="not_same")
        store.save_suggestions([judged])
    assert len(page("missing_links").dataframe[0].value) == 1


def test_what_is_withdrawn_is_told_of_no_more(ties: str, page: Run, at_once: list[Asked]) -> None:
    page("missing_links").button(key="find").click().run()
    page("phases").button(key="find").click().run()
    with closing(open_store(ties)) as store:
        store.withdraw(next(s for s in store.sources() if s.dataset == "ways"))
    at = page("missing_links")
    assert say("dashboard.missing.stale", "en").split(":")[0] in said(at) and "north" not in said(at)
    at = page("phases")
    assert say("dashboard.phases.stale", "en").split(":")[0] in said(at)
    assert not at.exception and "north" not in said(at) + str([f.value.to_csv() for f in at.dataframe])


def test_names_that_were_withdrawn_stand_nowhere(ties: str, page: Run, at_once: list[Asked]) -> None:
    """Another file still asserts the firms, under other names."""
    rename(ties, Source("papers", "e" * 64, "papers.csv"), "Papers Name, in the papers and nowhere else, of {}")
    asked = {name: page(name).button(key="find").click().run() for name in ("missing_links", "phases")}
    assert all("Papers Name" in files(at) for at in asked.values())
    with closing(open_store(ties)) as store:
        store.withdraw(next(s for s in store.sources() if s.dataset == "papers"))
    for name in asked:
        at = page(name)
        assert say(f"dashboard.{name.replace('_links', '')}.stale", "en").split(":")[0] in said(at)
        assert not at.exception and "Papers Name" not in said(at) + files(at) and OWN[name] in files(at)


def test_likely_paths_of_before_are_asked_for_again(case: str, page: Run, at_once: list[Asked]) -> None:
    """Their sentences name whom they pass."""
    rename(case, Source("papers", "e" * 64, "papers.csv"), "Papers Name, in the papers and nowhere else, of {}")
    ends = {"a": of("firm"), "b": of("listed"), "way": "likely"}
    at = page("paths", **ends).button(key="find_paths").click().run()
    assert "Papers Name" in said(at) and "told" in str(at_once[0].results)
    with closing(open_store(case)) as store:
        store.withdraw(next(s for s in store.sources() if s.dataset == "papers"))
    at = page("paths", **ends)
    assert not at.exception and say("dashboard.paths.stale", "en") in said(at)
    assert "Papers Name" not in said(at) and not at.get("download_button")
    at.button(key="find_paths").click().run()
    assert say("dashboard.paths.stale", "en") not in said(at) and "Comercializadora" in said(at)


def test_what_only_reports_call_somebody_goes_into_no_file_unasked(
    ties: str, page: Run, at_once: list[Asked], written: dict[str, str]
) -> None:
    suspect(ties, *map(of, ("firm", "north", "south", "east", "west")))
    at = page("phases").button(key="find").click().run()
    assert "Suspect" in files(at)
    assert written and "Suspect" not in str(written) and OWN["phases"] in str(written)
    [box] = [c for c in at.checkbox if c.key and c.key.endswith("_sar")]
    assert box.label == say("dashboard.chart.with_sar", "en")
    box.check().run()
    assert "Suspect" in str(written)


def test_hypotheses_that_rest_on_reports_are_marked_and_their_file_is_asked_for(
    ties: str, page: Run, at_once: list[Asked]
) -> None:
    """Everybody is known otherwise; only a report tells that one of them shares a neighbour. Scores count it in every row."""
    at = page("missing_links").button(key="find").click().run()
    assert len(at.get("download_button")) == 1 and say("dashboard.tainted", "en") not in files(at)
    with closing(open_store(ties)) as store:
        met = ("l", "CONSIGNEE", of("firm"), of("way0"), {})
        write(store, Source("reports", "e" * 64, "reports.csv", taint="sar"), [], [met])
    at = page("missing_links").button(key="find").click().run()
    assert not at.exception and say("dashboard.tainted", "en") in files(at)
    assert not at.get("download_button")
    [box] = [c for c in at.checkbox if c.label == say("dashboard.download_reports", "en")]
    box.check().run()
    assert len(at.get("download_button")) == 1


def test_the_reason_that_is_drawn_is_made_of_what_the_network_is_made_of(
    ties: str, page: Run, at_once: list[Asked]
) -> None:
    """Payments between the same firms are shorter, and no reason for a tie by consignments."""
    pairs = [(a, b) for a in ("north", "south") for b in ("east", "west")]
    paid = [(of(f"paid{a}{b}"), "PAID", of(a), of(b), {}) for a, b in pairs]
    with closing(open_store(ties)) as store:
        write(store, Source("bank", "f" * 64, "bank.csv"), [], paid)
        drawn = [p for a, b in pairs for p in tie_paths(store, resolved("who_ships_with_whom"), of(a), of(b))]
        assert {x.id for p in drawn for x in p.links} == {of(f"w{side}{n}") for side in "sc" for n in range(4)}
        drawn = [p for a, b in pairs for p in tie_paths(store, resolved("who_pays_whom"), of(a), of(b))]
        assert {x.id for p in drawn for x in p.links} == {x[0] for x in paid}
    at = page("missing_links").button(key="find").click().run()
    at.session_state["hypotheses"] = {"selection": {"rows": [0], "columns": []}}
    at.run()
    at.button(key="draw").click().run()
    kinds = {x.kind for x in at.session_state.board.chart.links.values()}
    assert kinds == {"SHIPPER", "CONSIGNEE"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_phases_are_counted_and_their_central_ones_followed(
    ties: str, page: Run, at_once: list[Asked], language: str
) -> None:
    at = page("phases", language=language)
    assert say("dashboard.phases.empty", language) in said(at)
    at.button(key="find").click().run()
    assert not at.exception
    rows = at_once[0].results
    table = at.dataframe[0].value
    assert table[say("dashboard.phases.phase", language)].tolist()[0] == rows[0]["phase"][:7] == "2025-01"
    for name in ("joined", "left", "stayed"):
        column = say(f"dashboard.phases.{name}", language)
        counts = [r["counts"][name] for r in rows]
        assert (table[column].tolist() if any(counts) else counts) == counts
    [chart] = at.get("vega_lite_chart")
    assert json.loads(chart.proto.spec)["encoding"]["y"]["title"] == say("dashboard.phases.betweenness", language)


def test_dates_of_ones_own_are_read_or_refused(ties: str, page: Run, at_once: list[Asked]) -> None:
    at = page("phases")
    at.session_state["period"] = "dates"
    at.run()
    assert at.button(key="find").disabled
    at.text_input(key="begin").set_value("2025-02-01, February").run()
    assert at.button(key="find").disabled and "February is no day" in said(at)
    at.text_input(key="begin").set_value("2025-02-01 2025-04-01").run()
    at.button(key="find").click().run()
    assert [r["phase"][:10] for r in at_once[0].results] == ["2025-01-01", "2025-02-01", "2025-04-01"]
    assert "2025-02-01 – 2025-03-31" in at.dataframe[0].value.to_csv()


def test_whom_one_follows_is_told_of_in_every_phase(ties: str, page: Run, at_once: list[Asked]) -> None:
    at = page("phases")
    at.text_input(key="phases_asked").set_value("comercializadora halcon").run()
    at.button(key=f"add-{of('firm')}").click().run()
    at.button(key="find").click().run()
    assert ("--follow", of("firm")) == at_once[0].arguments[-2:]
    assert any(r["id"] == of("firm") for row in at_once[0].results for r in row["followed"])
    [lines] = [m for m in at.multiselect if m.key and m.key.startswith("lines-")]
    assert lines.value[0] == of("firm")


def test_a_case_without_dates_has_no_phases(empty_case: str, page: Run, at_once: list[Asked]) -> None:
    with closing(open_store(empty_case)) as store:
        write(store, Source("x", "c" * 64, "x.csv"), [(of("a"), "Company", {"name": "A"})], [])
    at = page("phases")
    at.button(key="find").click().run()
    assert not at.exception and say("dashboard.phases.none", "en") in said(at)
    at = page("missing_links")
    at.button(key="find").click().run()
    assert not at.exception and say("dashboard.missing.none", "en") in said(at)


def test_hostile_names_stay_text(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, page: Run, at_once: list[Asked]
) -> None:
    monkeypatch.setenv("VINCULO_STORE", hostile.make(tmp_path))
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    for name in ("missing_links", "phases"):
        at = page(name)
        at.button(key="find").click().run()
        assert not at.exception
    store = open_store(f"sqlite:///{tmp_path / 'hostile.db'}")
    other = next(e for e in store.nodes().column("id").to_pylist() if e.startswith("![x]"))
    store.close()
    at = page("paths", a="hub", b=other, way="likely")
    at.button(key="find_paths").click().run()
    assert not at.exception and [r for r in at_once[-1].results if "told" in r]
    drawn = "".join(h.proto.body for h in at.get("html"))
    assert "<img src=x onerror" not in drawn and "&lt;img src=x" in drawn
