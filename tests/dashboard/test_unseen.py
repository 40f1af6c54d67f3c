"""Files that nobody sees yet: told on the first page, explained and decided on the data page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from small_case import of, write
from streamlit.testing.v1 import AppTest

from vinculo.dashboard.jobs import Job, jobs
from vinculo.dashboard.unseen import unseen
from vinculo.graph.stores import open_store
from vinculo.graph.text import Text, say
from vinculo.graph.types import REJECT_SCHEMA, Source
from vinculo.ingest.publishing import PUBLISHED, keep_held

Run = Callable[..., AppTest]
LATE = Source("seizures", "d" * 64, "decomisos.csv")
CUT = Source("transfers", "e" * 64, "pagos.csv")
REASONS = {"en": ["Only 3 records.", "<b>dates</b> are missing."], "es": ["Solo 3 registros.", "Faltan <b>fechas</b>."]}


@pytest.fixture
def held(case: str) -> str:
    """The small case with a file that is held back and one that was cut off."""
    store = open_store(case)
    write(store, LATE, [(of("late"), "Seizure", {"seizureNumber": "D-99"})], [], status="held")
    keep_held(store, LATE, store.runs()[-1].number, [Text(*pair) for pair in zip(*REASONS.values(), strict=True)])
    write(store, CUT, [(of("cut"), "Person", {"name": "Berta Cortada"})], [], status="interrupted")
    store.close()
    return case


def said(at: AppTest) -> str:
    return "\n".join(str(e.proto) for kind in ("markdown", "caption", "html", "button") for e in at.get(kind))


def notices(at: AppTest) -> str:
    return "\n".join(h.proto.body for h in at.get("html") if "class='v-notice" in h.proto.body)


def ended(url: str) -> Job:
    """The last job of a case, when it has ended."""
    until = time.monotonic() + 60
    while jobs().running(url):
        assert time.monotonic() < until
        time.sleep(0.05)
    return jobs().of(url)[0]


def test_a_case_where_all_is_seen_says_nothing(case: str, page: Run) -> None:
    assert unseen(open_store(case), "en", False) == []
    assert say("dashboard.unseen.title", "en") not in said(page("data")) and not notices(page("home"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_not_seen_is_told_with_the_reasons(held: str, page: Run, language: str) -> None:
    home = page("home", language=language)
    assert "decomisos.csv" in notices(home) and "pagos.csv" in notices(home)
    assert not any("decomisos.csv" in d.value.to_string() for d in home.dataframe)
    at = page("data", language=language)
    assert not at.exception
    table = next(d.value for d in at.dataframe if say("dashboard.reason", language) in d.value.columns)
    states = dict(zip(table[say("dashboard.file", language)], table[say("dashboard.state", language)], strict=True))
    assert states == {
        "decomisos.csv": say("dashboard.unseen.held", language),
        "pagos.csv": say("dashboard.unseen.cut", language),
    }
    # the data's words, not its markup
    assert REASONS[language][0] in notices(at) and "<b>" not in notices(at) and "&lt;b&gt;" in notices(at)
    # and nothing of them is seen
    assert not [b for b in page("search", language=language, q="D-99").button if (b.key or "").startswith("open-")]


def test_what_was_rejected_of_a_file_held_back_is_told(case: str, page: Run) -> None:
    store = open_store(case)
    told = {"record": 4, "line": 5, "column": "date", "raw": "31/02/2024", "code": "x", "en": "No.", "es": "No existe."}
    rejects = pa.Table.from_pylist([told], schema=REJECT_SCHEMA)
    write(store, LATE, [(of("late"), "Seizure", {"seizureNumber": "D-99"})], [], rejects, status="held")
    store.close()
    at = page("data", language="es")
    box = next(s for s in at.selectbox if s.key == "reject_source")
    box.set_value(LATE).run()
    assert not at.exception and any("31/02/2024" in d.value.to_string() for d in at.dataframe)


def test_a_file_that_was_cut_off_is_to_be_loaded_again(held: str, page: Run) -> None:
    at = page("data")
    cut = next(u for u in unseen(open_store(held), "en", False) if u.run.source == CUT)
    next(s for s in at.selectbox if s.key == "unseen_which").set_value(cut.run.number).run()
    assert not at.exception and say("dashboard.unseen.go_on", "en") in notices(at)
    assert not [b for b in at.button if b.key == "publish_yes"]


def test_a_run_that_says_it_is_running_may_have_been_killed(case: str) -> None:
    store = open_store(case)
    write(store, CUT, [(of("cut"), "Person", {"name": "Berta Cortada"})], [], status="")
    assert [u.state for u in unseen(store, "en", loading=True)] == ["loading"]
    assert [u.state for u in unseen(store, "en", loading=False)] == ["cut"]


def test_a_file_held_back_is_published_with_a_reason_that_is_kept(held: str, page: Run) -> None:
    at = page("data")
    assert next(b for b in at.button if b.key == "publish_yes").disabled
    next(i for i in at.text_input if (i.key or "").startswith("why-")).set_value("Checked with the office").run()
    next(b for b in at.button if b.key == "publish_yes").click().run()
    job = ended(held)
    assert job.state == "done", (job.error, job.hint)
    store = open_store(held)
    assert [s.file for s in store.unpublished()] == ["pagos.csv"] and of("late") in store.entities([of("late")])
    (vouched,) = store.documents(PUBLISHED).values()
    assert vouched["reason"] == "Checked with the office"
    at.run()
    assert not at.exception and any("Checked with the office" in d.value.to_string() for d in at.dataframe)


def test_a_file_held_back_is_withdrawn(held: str, page: Run) -> None:
    at = page("data")
    next(b for b in at.button if b.key == "unseen_withdraw").click().run()
    job = ended(held)
    assert job.state == "done", (job.error, job.hint)
    store = open_store(held)
    assert [s.file for s in store.unpublished()] == ["pagos.csv"]
    assert not any(u.run.source == LATE for u in unseen(store, "en", False))


def test_a_case_of_which_all_is_held_back_still_tells_it(empty_case: str, page: Run, tmp_path: Path) -> None:
    store = open_store(empty_case)
    write(store, LATE, [(of("late"), "Seizure", {"seizureNumber": "D-99"})], [], status="held")
    store.close()
    for name in ("home", "data"):
        at: Any = page(name)
        assert not at.exception and "decomisos.csv" in notices(at) + str([d.value.to_string() for d in at.dataframe])


def test_a_load_that_is_held_back_is_no_failure_without_a_word(case: str, page: Run, tmp_path: Path) -> None:
    file = tmp_path / "sdn.csv"
    row = '{n},"EMPRESA {n} SA","-0- ","SDNTK","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","-0- "\n'
    file.write_text("".join(row.format(n=n) for n in range(1, 4)), encoding="utf-8")
    at = page("data", language="es")
    next(i for i in at.text_input if i.key == "path").set_value(str(file))
    next(b for b in at.button if b.key == "start").click().run()
    job = ended(case)
    at.run()
    assert not at.exception and job.results[0]["held"] and not job.problems
    assert say("dashboard.job.held", "es") in said(at).replace("\\", "")
    assert "retenido" in "".join(d.value.to_string() for d in at.dataframe if "Observaciones" in d.value.columns)
    assert next(b for b in at.button if b.key == "publish_yes").disabled
