"""A file nobody knows, on the page: what is guessed, said, shown before it is stored, kept, and loaded."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from vinculo.dashboard import uploads
from vinculo.dashboard.jobs import Job, jobs
from vinculo.graph.errors import EnvironmentProblem
from vinculo.graph.stores import open_store
from vinculo.graph.text import say
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.profile import guess, keep, kept

Run = Callable[..., AppTest]
SEIZURES = """REPORTE DE ASEGURAMIENTOS;;;;;
Folio;Fecha del hecho;Sustancia;Cantidad asegurada;Nombre del detenido;Peso (lb)
FGR/001/2024;04/03/2024;Metanfetamina;12,5;Juan Pérez López;27
FGR/002/2024;05/03/2024;Fentanilo;3,25;S/D;7
FGR/003/2024;06/04/2024;<b>Cocaína</b>;1.040;![x](http://evil.test/a.png);90
"""
STATEMENT = """Día;Concepto;Retiros;Depósitos
03/04/2024;Nómina;1.500,00;
14/04/2024;Depósito en efectivo;;9.500,00
"""


def said(at: AppTest) -> str:
    """Everything the page says."""
    kinds = ("markdown", "caption", "html", "text", "button", "warning", "info", "error", "selectbox", "code", "toast")
    return "\n".join(str(e.proto) for kind in kinds for e in at.get(kind))


@pytest.fixture
def layout(page: Run, tmp_path: Path) -> Callable[..., AppTest]:
    """The page with a file on it."""

    def run(text: str, name: str = "actas.csv", language: str = "en") -> AppTest:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        at = page("home", language=language)
        at.session_state.layout_file = str(file)
        at.switch_page("screens/layout.py").run()
        assert not at.exception
        return at

    return run


def meanings(at: AppTest) -> dict[str, str]:
    """What each column of the file is said to be."""
    return {s.label: s.value for s in at.selectbox if s.key and "-is-" in s.key}


def told(at: AppTest, urgent: bool = False) -> str:
    """What stands in the boxes of the page."""
    mark = "v-notice urgent" if urgent else "v-notice'"
    return "\n".join(h.proto.body for h in at.get("html") if mark in h.proto.body and "<style" not in h.proto.body)


def box(at: AppTest, part: str) -> Any:
    return next(s for s in at.selectbox if s.key and part in s.key)


def ended(url: str) -> Job:
    """The last job of a case, when it has ended."""
    until = time.monotonic() + 60
    while jobs().running(url):
        assert time.monotonic() < until
        time.sleep(0.05)
    return jobs().of(url)[0]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_guess_is_shown_with_what_the_records_become(empty_case: str, layout: Any, language: str) -> None:
    at = layout(SEIZURES, language=language)
    assert list(meanings(at).values()) == ["seizure_id", "date", "commodity", "quantity", "party_name", ""]
    page = said(at)
    for text in ("Juan P", "FGR/001/2024", say("dashboard.layout.record", language, record=1, line=3)):
        assert text.encode("unicode_escape").decode() in page.encode("unicode_escape").decode() or text in page
    # which order the days are in only a person knows
    assert ("DD/MM/AAAA" if language == "es" else "DD/MM/YYYY") in page
    assert "2024-03-04" in str(box(at, "-way-1-date").options)
    assert open_store(empty_case).counts()["entities"] == {}


def test_no_text_of_the_file_is_markup(empty_case: str, layout: Any) -> None:
    at = layout(SEIZURES.replace("Sustancia", "![x](http://evil.test/h.png)"))
    assert all("![x](" not in e.proto.body for kind in ("markdown", "caption") for e in at.get(kind))
    assert all("<b>Coca" not in h.proto.body for h in at.get("html"))
    assert not [s.label for s in at.selectbox if "![x](" in s.label]


def test_what_a_person_says_changes_what_the_records_become(empty_case: str, layout: Any) -> None:
    at = layout(SEIZURES)
    box(at, "-way-1-date").set_value("%m/%d/%Y").run()
    assert not at.exception and "Date: 2024-04-03" in said(at) and "Date: 2024-03-04" not in said(at)
    box(at, "-is-4").set_value("").run()
    assert not at.exception and "Juan" not in "".join(
        h.proto.body for h in at.get("html") if "v-record" in h.proto.body
    )
    # two columns cannot be one thing
    box(at, "-is-5").set_value("quantity").run()
    assert "Two columns of the file are said to be Quantity" in told(at, urgent=True)
    assert next(b for b in at.button if b.key == "layout_load").disabled


def test_what_is_in_no_column_is_said_for_every_row(empty_case: str, layout: Any) -> None:
    at = layout(STATEMENT, "marzo.csv", "es")
    assert box(at, "-template").value == "bank_statement"
    assert told(at, urgent=True) and next(b for b in at.button if b.key == "layout_load").disabled
    asked = {i.key.rpartition("-value-")[2]: i for i in at.text_input if i.key and "-value-" in i.key}
    assert set(asked) == {"account", "currency"}
    asked["account"].set_value("0012345678")
    asked["currency"].set_value("MXN").run()
    assert not told(at, urgent=True) and not at.exception
    next(b for b in at.button if b.key == "layout_load").click().run()
    job = ended(empty_case)
    assert (job.state, job.results[0]["loaded"], job.results[0]["dataset"]) == ("done", 2, "marzo")
    store = open_store(empty_case)
    assert store.edges(["PAID"]).column("currency").to_pylist() == ["MXN", "MXN"]
    # loading it keeps the layout, and a second load changes nothing
    assert kept(store)["marzo"]["values"] == {"account": "0012345678", "currency": "MXN"}


def test_a_kept_layout_is_offered_for_the_next_file_with_its_header(empty_case: str, layout: Any) -> None:
    at = layout(SEIZURES)
    box(at, "-way-1-date").set_value("%m/%d/%Y").run()
    next(i for i in at.text_input if i.key and i.key.endswith("-name")).set_value("aduana_19").run()
    next(b for b in at.button if b.key == "layout_keep").click().run()
    assert not at.exception and list(kept(open_store(empty_case))) == ["aduana_19"]
    again = layout(SEIZURES.replace("04/03", "03/04"), "abril.csv")
    assert box(again, "-begin").value == "aduana_19"
    assert yaml.safe_load(again.code[0].value)["formats"]["date"] == "%m/%d/%Y"
    assert again.dataframe[0].value.iloc[0]["Name"] == "aduana_19"
    next(b for b in again.button if b.key == "forget_yes").click().run()
    assert not again.exception and kept(open_store(empty_case)) == {}


def test_what_is_no_table_is_one_sentence(empty_case: str, layout: Any) -> None:
    at = layout("only a title\n", "x.csv")
    assert "no table" in told(at, urgent=True) and not at.selectbox


def test_the_data_page_offers_a_kept_layout(empty_case: str, page: Run, tmp_path: Path) -> None:
    file = tmp_path / "actas.csv"
    file.write_text(SEIZURES, encoding="utf-8")
    store = open_store(empty_case)
    keep(store, guess(open_file(file)), "aduana_19")
    store.close()
    at = page("data")
    at.get("file_uploader")[0].set_value([("mayo.csv", SEIZURES.encode(), "text/csv")]).run()
    assert not at.exception and "layout aduana_19" in told(at)
    next(b for b in at.button if b.key == "use_layout").click().run()
    next(b for b in at.button if b.key == "start").click().run()
    job = ended(empty_case)
    assert (job.state, job.results[0]["dataset"], job.results[0]["loaded"]) == ("done", "aduana_19", 3)
    assert not [f for f in uploads._folder().rglob("*") if f.is_file()]


def test_an_archive_tells_each_of_its_files(empty_case: str, page: Run) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("d/decomisos.csv", "seizure_id,date,commodity,quantity\nD-1,2025-03-01,fentanyl,2\n")
        archive.writestr("actas.csv", SEIZURES)
        archive.writestr("../evil.csv", "a,b\n1,2\n")
    at = page("data")
    at.get("file_uploader")[0].set_value([("marzo.zip", content.getvalue(), "application/zip")]).run()
    assert not at.exception and "marzo.zip: 3 files" in said(at)
    next(b for b in at.button if b.key == "start").click().run()
    job = ended(empty_case)
    assert job.state == "failed"
    at.run()
    table = next(d.value for d in at.dataframe if len(d.value) == 3 and "Remarks" in d.value.columns)
    states = dict(zip(table["File"], table["State"], strict=True))
    assert states == {
        "marzo.zip/decomisos.csv": "read",
        "marzo.zip/actas.csv": "not read",
        "marzo.zip/evil.csv": "not read",
    }
    assert str(uploads._folder()) not in said(at)
    # the file nobody knows is opened where its columns can be said
    next(b for b in at.button if (b.key or "").startswith("columns-")).click().run()
    assert not at.exception and Path(at.session_state.layout_file).read_text("utf-8") == SEIZURES


def test_an_archive_too_large_is_told_before_it_is_loaded() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for n in range(1001):
            archive.writestr(f"{n}.csv", "")
    packed = uploads.packed(content)
    assert packed is not None and packed.files == 1001 and not packed.fits
    assert uploads.packed(io.BytesIO(b"PK\x03\x04 not an archive")) is None
    assert uploads.packed(io.BytesIO(b"a,b\n1,2\n")) is None


@pytest.mark.parametrize("name", ["../../x.csv", "..", "", "a/b\\c.csv", "\u202egpj.csv", "x" * 400, "CON", "a\x00b"])
def test_a_file_is_kept_under_a_harmless_name(name: str, empty_case: str) -> None:
    path = uploads.kept(name, b"1")
    assert path.parent.parent == uploads._folder() and path.read_bytes() == b"1"
    assert path.name.isprintable() and len(path.name) <= 120
    again = uploads.kept(name, b"2")
    assert again != path and path.read_bytes() == b"1"
    assert uploads.without_folder(f"{path} is empty.") == f"{path.name} is empty."


def test_copies_go_once_they_are_loaded_or_old_and_are_limited(
    empty_case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.csv"
    own.write_text("a")
    first, second = uploads.kept("a.csv", b"1"), uploads.kept("a.csv", b"2")
    uploads.release([str(first), str(own), "--mapping"])
    assert uploads.gone(str(first)) and second.exists() and own.exists() and not uploads.gone(str(own))
    # a place is never given out twice: a page may remember it
    assert uploads.kept("a.csv", b"3").parent != first.parent
    os.utime(second.parent, (0, 0))
    third = uploads.kept("b.csv", b"4")
    assert uploads.gone(str(second)) and third.exists()
    monkeypatch.setattr(uploads, "KEPT_MIB", 0)
    with pytest.raises(EnvironmentProblem) as told:
        uploads.kept("c.csv", b"5")
    assert "c.csv" in told.value.message("es") and told.value.code == "uploads_full"
    assert not list(uploads._folder().rglob("*.part"))
