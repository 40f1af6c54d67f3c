"""A hypothesis in a real browser: selected, its reason drawn, and no link between the two. Run with ``-m browser``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import small_case
from browser import context, drawn, idle, server
from small_case import of

from vinculo import __version__
from vinculo.dashboard.answers import LAST, collection
from vinculo.graph.stores import open_store

pytestmark = pytest.mark.browser
#: Height of a row of a table.
ROW_PX = 35


def keep(url: str) -> None:
    """An answer of one hypothesis, as the page keeps it."""
    names = {n: f"{n} [x](http://evil.test)" for n in ("north", "south", "east", "west")}
    told = "Hypothesis, not a link: " + names["north"]
    row = {"hypothesis": True, "method": "resource_allocation", "score": 1.0, "lift": 3.0, "common": 2}
    row |= {"a": of("north"), "b": of("south"), "a_name": names["north"], "b_name": names["south"]}
    row |= {"through": [{"id": of(n), "name": names[n]} for n in ("east", "west")], "told": {"en": told, "es": told}}
    row |= {"projection": {"name": "who_ships_with_whom"}}
    asked = ["predict", "--projection", "who_ships_with_whom", "--method", "resource_allocation", "--hub-from", "100"]
    answer = {"arguments": asked, "rows": [row], "when": "", "basis": "", "version": __version__}
    store = open_store(url)
    store.save_document(collection("missing_links"), LAST, answer)
    store.close()


def test_the_reason_of_a_hypothesis_is_drawn_and_the_hypothesis_is_not(browser: Any, tmp_path: Path) -> None:
    url = small_case.make(tmp_path)
    small_case.ship_together(url)
    keep(url)
    with server(url, tmp_path / "home") as address:
        profile = context(browser)
        requests: list[str] = []
        profile.on("request", lambda r: requests.append(r.url) if "evil" in r.url else None)
        page = profile.new_page()
        page.goto(f"{address}/missing_links?lang=en")
        table = page.locator("[data-testid=stDataFrame]")
        table.wait_for()
        idle(page)
        # Streamlit's own file would hold all that is shown, formulas as they are
        own = page.locator("button[aria-label^='Download as CSV']").first
        own.wait_for(state="attached")
        around = "b=>getComputedStyle(b.closest('[data-testid=stElementToolbarButton]')).display"
        assert own.evaluate(around) == "none"
        box = table.bounding_box()
        page.mouse.click(box["x"] + ROW_PX / 2, box["y"] + ROW_PX * 1.5)
        page.get_by_role("button", name="Draw the reason").click()
        drawn(page)
        there = set(page.evaluate("__lc.net.body.nodeIndices"))
        lines = page.evaluate("__lc.net.body.data.edges.get().map(e=>[e.from,e.to])")
        profile.close()
    # the consignments over which each of the two is linked to those they share
    assert there == {of(n) for n in ("north", "south", "east", "west", "way0", "way1", "way2", "way3")}
    assert len(lines) == 8 and not [x for x in lines if not {*x} & {of(f"way{n}") for n in range(4)}]
    assert requests == []
