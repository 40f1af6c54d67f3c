"""Every screen runs in both languages, on a case and on an empty one, and does what its controls say."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import small_case
from small_case import of
from streamlit.testing.v1 import AppTest

from vinculo.analytics.communities import divided
from vinculo.analytics.community_keeping import keep_communities
from vinculo.analytics.community_report import described
from vinculo.analytics.projecting.seeing import projected
from vinculo.dashboard.frame import SCREENS
from vinculo.graph.evidence import basis, note_detection
from vinculo.graph.stores import open_store
from vinculo.graph.text import say
from vinculo.ingest.load import ingest

Run = Callable[..., AppTest]
WITH = {
    "search": {"q": "halcon"},
    "entity": {"id": of("firm")},
    "chart": {"id": of("firm")},
    "paths": {"a": of("ana"), "b": of("seizure")},
}


def words(at: AppTest) -> str:
    """Everything a page says, markup and all."""
    kinds = ("markdown", "caption", "html", "text", "button", "metric", "warning", "error", "text_input", "selectbox")
    return "\n".join(str(e.proto) for kind in kinds for e in at.get(kind))


def sent(at: AppTest) -> dict[str, Any]:
    """What the browser would draw."""
    made: dict[str, Any] = json.loads(at.get("bidi_component")[0].proto.json)
    return made


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_runs(case: str, page: Run, name: str, language: str) -> None:
    at = page(name, language=language, **WITH.get(name, {}))
    assert not at.exception and not at.error
    said = words(at)
    assert say(f"dashboard.page.{name}", language) in said and say("dashboard.synthetic.some", language) in said


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", SCREENS)
def test_an_empty_case_says_what_to_do(empty_case: str, page: Run, name: str, language: str) -> None:
    at = page(name, language=language)
    assert not at.exception and not at.error
    key = {"home": "home.empty", "data": "data.empty", "layout": "layout.empty"}.get(name, "empty_case")
    assert say(f"dashboard.{key}", language) in words(at)
    assert say("dashboard.synthetic.some", language) not in words(at)


@pytest.mark.parametrize("name", SCREENS)
def test_the_spanish_page_has_no_english_of_ours(case: str, page: Run, name: str) -> None:
    from vinculo.graph.text import catalogue

    said = words(page(name, language="es", **WITH.get(name, {})))
    phrases = [
        v
        for k, v in catalogue().items()
        if k.startswith("dashboard.") and v.en != v.es and len(v.en) > 12 and "{" not in v.en
    ]
    assert [v.en for v in phrases if v.en in said] == []


def test_search_forgives_and_keeps_its_words_in_the_address(case: str, page: Run) -> None:
    at = page("search")
    at.text_input(key="q").set_value("comercialisadora alcon").run()
    assert at.query_params["q"] == "comercialisadora alcon"
    assert [b for b in at.button if b.key == f"open-{of('firm')}"]
    at.text_input(key="q").set_value("zzzzqqqq").run()
    assert "zzzzqqqq" in words(at) and not [b for b in at.button if (b.key or "").startswith("open-")]


def test_entries_of_one_name_are_told_apart_by_number_and_file(case: str, page: Run) -> None:
    said = words(page("search", q="halcon"))
    assert "CHA010101AA1" in said and "bills.csv" in said


def test_codes_of_ours_are_words_on_the_page(case: str, page: Run) -> None:
    said = words(page("entity", language="es", id=of("firm")))
    assert "México" in said and ">mx<" not in said


def test_every_table_can_be_taken_along(case: str, page: Run) -> None:
    for name in SCREENS:
        at = page(name, **WITH.get(name, {}))
        if name == "chart":
            continue  # its tables are made when they are opened
        files = [b for b in at.get("download_button") if "CSV" in b.proto.label]
        assert len(files) >= len(at.dataframe) + words(at).count("<table"), name
        # these show nothing before somebody has asked
        asked = ("communities", "key_players", "missing_links", "phases", "disruption", "layout")
        assert name in asked or files, name


def test_an_entity_tells_each_value_with_file_and_record(case: str, page: Run) -> None:
    said = words(page("entity", id=of("ana")))
    # two files disagree, both are told
    assert "1980-02-03" in said and "bills.csv, record 2" in said
    assert "1980-03-02" in said and "register.csv, record 1" in said


def test_what_lists_say_is_said_and_cleared_is_cleared(case: str, page: Run) -> None:
    listed = words(page("entity", id=of("listed")))
    assert "Definitivo" in listed and "not a finding of guilt" in listed
    assert "Cleared" in words(page("entity", id=of("cleared")))
    assert "Aclarado a su favor" in words(page("entity", language="es", id=of("cleared")))


def test_a_judgement_is_kept(case: str, page: Run) -> None:
    at = page("entity", id=of("firm"))
    next(b for b in at.button if (b.key or "").startswith("not_same-")).click().run()
    assert not at.exception
    assert [s.judgement for s in open_store(case).suggestions(of("firm"))] == ["not_same"]


def test_a_chart_is_saved_and_opens_at_its_own_address(case: str, page: Run) -> None:
    at = page("chart", id=of("firm"))
    next(b for b in at.button if b.key == "panel-expand").click().run()
    before = sent(at)
    assert len(before["nodes"]) == 16 and len(before["links"]) == 15
    next(b for b in at.button if b.key == "panel-hide").click().run()
    at.text_input(key="chart_title").set_value("Halcón and <b>others</b>").run()
    next(b for b in at.button if b.key == "save").click().run()
    assert not at.exception
    id = at.query_params["chart"]
    again = page("chart", chart=id)
    assert not again.exception
    got = sent(again)
    assert [n[:6] for n in got["nodes"]] == [n[:6] for n in before["nodes"]]
    assert [n[0] for n in got["nodes"] if n[7]] == [of("firm")]
    assert open_store(case).documents("charts")[id]["title"] == "Halcón and <b>others</b>"


def test_an_unknown_chart_is_said(case: str, page: Run) -> None:
    at = page("chart", chart="nosuch")
    assert not at.exception and "nosuch" in at.warning[0].value


def test_undo_and_redo_stand_beside_the_search(case: str, page: Run) -> None:
    at = page("chart", id=of("firm"))
    next(b for b in at.button if b.key == "panel-expand").click().run()
    next(b for b in at.button if b.label == "Undo").click().run()
    assert len(sent(at)["nodes"]) == 1
    next(b for b in at.button if b.label == "Redo").click().run()
    assert len(sent(at)["nodes"]) == 16


def test_paths_tell_each_hop_with_its_record(case: str, page: Run) -> None:
    said = words(page("paths", a=of("ana"), b=of("seizure")))
    for name in ("Ana María López Peña", "Comercializadora Halcón SA de CV", "BOL0000", "D-1"):
        assert name in said
    assert "bills.csv, record" in said


def test_findings_tell_reason_and_lawful_explanations_in_the_readers_language(case: str, page: Run) -> None:
    said = words(page("findings", language="es"))
    assert (
        "7 depósitos de 9,500 USD" in said and "Ingresos de una tienda." in said and "Las fichas de depósito." in said
    )


def test_findings_older_than_the_contents_say_so(case: str, page: Run) -> None:
    def told() -> bool:
        return any(say("dashboard.findings.changed", "es") in i.value for i in page("findings", language="es").info)

    store = open_store(case)
    note_detection(store, ["structuring"])
    assert not told()
    store.withdraw(store.sources()[-1])
    store.close()
    assert told()


def test_communities_that_are_kept_stand_among_the_findings_until_their_files_go(case: str, page: Run) -> None:
    def outdated() -> bool:
        said = say("dashboard.findings.communities_changed", "es")
        return any(said in i.value for i in page("findings", language="es").info)

    store = open_store(case)
    made = divided(projected(store))
    told = described(store, made)
    keep_communities(store, "marzo", made, told, basis=basis(store), when="2026-01-01")
    kept = store.findings("community")
    assert kept and not outdated()
    said = words(page("findings", language="es", finding=kept[0].id))
    assert "no acusa a nadie" in said and "Qué tiene que ver con qué" in said and "marzo" in said
    assert "Un grupo empresarial" in said and kept[0].reason.es[:20] in said
    store.withdraw(store.sources()[-1])
    store.close()
    assert outdated()


def test_a_community_among_the_findings_is_about_no_single_firm(case: str, page: Run) -> None:
    with closing(open_store(case)) as store:
        made = divided(projected(store))
        keep_communities(store, "marzo", made, described(store, made), basis=basis(store), when="2026-01-01")
        found = store.findings("community")[0]
        leading = [i for i, role in found.entities if role == "key_member"][:2]
        first = [store.entities(leading)[i].name for i in leading]
    more = str(found.features["members"]["value"] - 2)
    called = f"Comunidad: {say('community.name.more', 'es', a=first[0], b=first[1], n=more)}"
    at = page("findings", language="es", finding=found.id)
    assert called in "".join(h.proto.body for h in at.get("html") if "<h2" in h.proto.body)
    table = at.dataframe[0].value
    subjects = table[table[say("dashboard.typology", "es")] == "Comunidad"][say("dashboard.subject", "es")]
    assert len(subjects) and set(subjects) == {""}
    next(b for b in at.button if b.key == "draw").click().run()
    assert at.session_state.board.chart.title == called


def test_the_evidence_of_a_finding_is_drawn_at_one_click(case: str, page: Run) -> None:
    at = page("findings")
    next(b for b in at.button if b.key == "draw").click().run()
    at.switch_page("screens/chart.py").run()
    got = sent(at)
    assert {n[0] for n in got["nodes"]} == {of("listed"), of("account")}
    assert len(got["links"]) == 1 and got["links"][0][2] == "paid ×7 · 66,500 USD"


def test_rejects_are_told_with_line_and_reason(case: str, page: Run) -> None:
    at = page("data", language="es")
    tables = [df.value for df in at.dataframe]
    rejects = next(d for d in tables if "Texto original" in d.columns)
    assert rejects.iloc[0]["Motivo"] == "No existe esa fecha." and rejects.iloc[0]["Línea"] == 24


def test_a_run_is_told_by_its_batches(case: str, page: Run, tmp_path: Path) -> None:
    file = tmp_path / "transfers.csv"
    header = "transfer_id,date,amount,currency,originator_account,beneficiary_account"
    file.write_text(f"{header}\nT1,2024-01-01,5,USD,A1,A2\n")
    with closing(open_store(case)) as store:
        ingest(file, store)
    at = page("data")
    at.toggle(key="batches_shown").set_value(True).run()
    shown = [f.value for f in at.dataframe if "Written" in f.value.columns]
    assert not at.exception and len(shown) == 1
    assert shown[0]["Records"].tolist() == [1] and shown[0]["Written"][0].startswith("20")


def test_another_case_is_opened_by_its_address(case: str, page: Run, tmp_path: Any) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    at = page("data")
    at.text_input(key="other_url").set_value(other)
    next(b for b in at.button if b.label == "Open").click().run()
    assert not at.exception and at.session_state.case == other
    assert say("dashboard.data.empty", "en") in words(at)
    at.text_input(key="other_url").set_value("nonsense")
    next(b for b in at.button if b.label == "Open").click().run()
    assert not at.exception and at.error and at.session_state.case == other


def test_a_case_that_went_away_is_a_sentence(case: str, page: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCULO_STORE", "neo4j://127.0.0.1:1")
    at = page("home")
    assert not at.exception and at.error


def test_a_password_goes_to_no_file(case: str, tmp_path: Any) -> None:
    from vinculo.dashboard import cases

    cases.remember("neo4j://ana:secret@host:7687")
    cases.remember(case)
    assert cases.recent()[0] == case
    assert all("secret" not in p.read_text("utf-8") for p in (tmp_path / "home").rglob("*") if p.is_file())


def test_the_small_case_is_what_it_says(case: str) -> None:
    assert open_store(case).counts()["entities"]["Consignment"] == 12 and small_case.finding().links


@pytest.mark.parametrize(("name", "parameters"), [("entity", {"id": of("firm")}), ("findings", {}), ("data", {})])
def test_a_case_with_reports_gives_no_file_of_a_table_unasked(
    case: str, page: Run, name: str, parameters: dict[str, str]
) -> None:
    def files(at: AppTest) -> int:
        assert not at.exception
        return sum("CSV" in b.proto.label for b in at.get("download_button"))

    before = files(page(name, **parameters))
    assert before
    small_case.suspect(case, of("firm"))
    at = page(name, **parameters)
    assert files(at) == 0
    boxes = [c for c in at.checkbox if c.label == say("dashboard.download_reports", "en")]
    assert len(boxes) >= before
    boxes[0].check().run()
    assert files(at) == 1
