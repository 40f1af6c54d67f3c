"""A file nobody knows, in a real browser and by keyboard alone; its texts stay texts. Run with ``-m browser``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import small_case
from browser import context, idle, server

from vinculo.graph.stores import open_store

pytestmark = pytest.mark.browser

EVIL = '<img src=x onerror="window.__fired=1">![x](http://evil.test/q.png)'
FILE = f"""Acta;Fecha;Droga;Cuanto;{EVIL}
A-1;03/04/2024;fentanilo;1.040;{EVIL}
A-2;04/04/2024;metanfetamina;12,5;Ana Ruiz
"""


def choose(page: Any, label: str, text: str) -> None:
    """Choose in a selection field without a mouse."""
    field = page.get_by_role("combobox", name=label).first
    field.focus()
    page.keyboard.type(text)
    page.get_by_role("option", name=text).first.wait_for()
    page.keyboard.press("Enter")
    idle(page)


def test_an_unknown_file_is_told_shown_and_loaded(browser: Any, tmp_path: Path) -> None:
    url = small_case.make(tmp_path, filled=False)
    file = tmp_path / "abril.csv"
    file.write_text(FILE, encoding="utf-8")
    with server(url, tmp_path / "home") as address:
        profile = context(browser)
        requests: list[str] = []
        profile.on("request", lambda r: requests.append(r.url) if "evil" in r.url else None)
        page = profile.new_page()
        # loading it as it is fails, and leads to where its columns can be said
        page.goto(f"{address}/data?lang=en")
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_text("abril.csv").first.wait_for()
        idle(page)
        page.get_by_role("button", name="Load", exact=True).click()
        say = page.get_by_role("button", name="Say what the columns of abril.csv are")
        say.wait_for(timeout=30_000)
        say.click()
        page.get_by_text("Needed, and not said yet: Quantity").wait_for()
        load = page.get_by_role("button", name="Load with this layout")
        assert load.is_disabled()
        choose(page, "Cuanto", "Quantity")
        choose(page, "img src x onerror", "Party, name")
        page.get_by_text("Record 1, line 2").wait_for()
        # among the samples of the column, and as a party
        page.get_by_text("Ana Ruiz").nth(1).wait_for()
        # which day it was only a person knows
        page.get_by_text("Date: 2024-04-03").first.wait_for()
        choose(page, "How Fecha is written", "MM/DD")
        page.get_by_text("Date: 2024-03-04").first.wait_for()
        assert page.evaluate("window.__fired||0") == 0 and requests == []
        assert page.locator("a[href*=evil], img[src*=evil]").count() == 0
        load.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Loading abril.csv: done").wait_for(timeout=30_000)
        page.get_by_text("Layouts of this case").wait_for()
        # what was said outlives a look at another page
        page.get_by_role("link", name="Home", exact=True).click()
        page.get_by_text("Latest data").wait_for()
        page.get_by_role("link", name="Own layout", exact=True).click()
        page.get_by_text("The columns are those of a layout kept with this case: abril").wait_for()
        profile.close()
    store = open_store(url)
    (run,) = store.runs()
    assert (run.status, run.counts["loaded"], run.source.dataset) == ("done", 2, "abril")
    assert {e.first("date") for e in store.entities(store.nodes().column("id").to_pylist()).values()} >= {"2024-03-04"}
