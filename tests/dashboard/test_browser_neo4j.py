"""The dashboard on a Neo4j server, in a real browser: every page, a chart kept and taken up again, several people at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import small_case
from browser import context, double_click, drawn, idle, server
from small_case import of

from vinculo.dashboard.frame import SCREENS
from vinculo.graph.stores import hide_password, open_store

sys.path.insert(0, str(Path(__file__).parents[1] / "neo4j"))
from neo4j_fixture import neo4j_url  # noqa: F401

pytestmark = pytest.mark.neo4j

PEOPLE = 3
PARAMETERS = {
    "search": "?q=halcon",
    "entity": f"?id={of('firm')}",
    "chart": f"?id={of('firm')}",
    "paths": f"?a={of('ana')}&b={of('seizure')}",
}
#: What proves that a page has read the store.
SAYS = {
    "home": "Latest data",
    "search": "CHA010101AA1",
    "entity": "Comercializadora Halcón SA de CV",
    "paths": "Shortest paths: 1",
    "findings": "The deposit slips.",
    "communities": "No communities were computed yet",
    "key_players": "No ranking was made yet",
    "missing_links": "Nothing was looked for yet",
    "phases": "No phases were made yet",
    "disruption": "Nothing was compared yet",
    "data": "What was loaded",
    "layout": "Say once what its columns are",
}


def test_every_page_works_on_a_server_for_several_people_at_once(
    browser: Any,
    neo4j_url: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    store = open_store(neo4j_url)
    small_case.fill(store)
    with server(neo4j_url, tmp_path / "home") as address:
        pages = [context(browser).new_page() for _ in range(PEOPLE)]
        for name in SCREENS:
            path = ("" if name == "home" else name) + PARAMETERS.get(name, "")
            # all ask before any is answered: the one driver of the server's process is shared by their threads
            for page in pages:
                page.goto(f"{address}/{path}{'&' if '?' in path else '?'}lang=en", wait_until="commit")
            for page in pages:
                if name == "chart":
                    drawn(page)
                else:
                    page.get_by_text(SAYS[name]).first.wait_for()
                idle(page)
                assert page.get_by_test_id("stAlert").count() == 0, name
                assert hide_password(neo4j_url) == neo4j_url or neo4j_url not in page.content()
        first = pages[0]
        first.goto(f"{address}/chart?id={of('firm')}&lang=en")
        drawn(first)
        _, moved, new = double_click(first, of("firm"))
        assert (moved, new) == (0, 15)
        first.get_by_role("button", name="Save").click()
        first.get_by_label("Title").fill("On the server")
        first.get_by_test_id("stPopoverBody").get_by_role("button", name="Save").click()
        first.get_by_text("Saved.").wait_for()
        (kept,) = store.documents("charts").values()
        assert kept["title"] == "On the server" and len(kept["nodes"]) == 16
        other = pages[1]
        other.goto(f"{address}/chart?chart={kept['id']}&lang=en")
        drawn(other)
        assert other.evaluate("__lc.net.body.nodeIndices.length") == 16
    store.close()
