"""Closing and opening groups on the chart in a real browser: nothing moves, nothing is lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_case
from browser import PLACES, REVISION, context, double_click, drawn, idle, on_screen, server, wait
from small_case import of

from vinculo.graph.text import say

pytestmark = pytest.mark.browser

SHOWN = "__lc.net.body.data.nodes.get().filter(n=>!n.hidden).map(n=>n.id)"
GROUPS = f"{SHOWN}.filter(i=>i.startsWith('group:'))"
#: Ends of what is drawn, as the renderer itself has them.
ENDS = "Object.values(__lc.net.body.edges).filter(e=>e.connected).map(e=>[e.fromId,e.toId])"
CHOOSE = "i=>{__lc.net.selectNodes(i,false);__lc.state.host.focus()}"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard on the small case."""
    folder = tmp_path_factory.mktemp("groups")
    with server(small_case.make(folder), folder / "home") as address:
        yield address


def test_a_group_closes_and_opens_with_every_member_where_it_was(browser: Any, small: str, tmp_path: Path) -> None:
    profile = context(browser, accept_downloads=True)
    page = profile.new_page()
    page.goto(f"{small}/chart?id={of('firm')}&lang=en", wait_until="commit")
    drawn(page)
    double_click(page, of("firm"))
    before, lines = page.evaluate(PLACES), page.evaluate(ENDS)
    bills = [of(f"bill{n}") for n in range(12)]
    page.evaluate(CHOOSE, bills)
    revision = page.evaluate(REVISION)
    page.keyboard.press("g")
    drawn(page, revision)
    [group] = page.evaluate(GROUPS)
    assert not set(bills) & set(page.evaluate(SHOWN)) and len(page.evaluate(SHOWN)) == 5
    # twelve consignments by one shipper are one line, and no line ends at what is not drawn
    assert page.evaluate(ENDS).count([of("firm"), group]) == 1
    assert {e for pair in page.evaluate(ENDS) for e in pair} <= set(page.evaluate(SHOWN))
    # dragged away, kept, opened elsewhere
    x, y = on_screen(page, group)
    revision = page.evaluate(REVISION)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y - 60, steps=5)
    page.mouse.up()
    drawn(page, revision)
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Title").fill("Grupo")
    page.get_by_label("Title").press("Enter")
    idle(page)
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Save").click()
    wait(page, "location.search.includes('chart=') && __lc.state.out.length===0")
    address, closed = page.url, page.evaluate(PLACES)
    profile.close()
    other = context(browser)
    page = other.new_page()
    page.goto(address)
    drawn(page)
    assert page.evaluate(PLACES) == closed and page.evaluate(GROUPS) == [group]
    revision = page.evaluate(REVISION)
    page.mouse.dblclick(*on_screen(page, group))
    drawn(page, revision)

    def moved() -> float:
        now = page.evaluate(PLACES)
        return max(max(abs(now[i][0] - x), abs(now[i][1] - y)) for i, (x, y) in before.items() if i in now)

    assert page.evaluate(GROUPS) == [] and set(page.evaluate(SHOWN)) == set(before) and moved() <= 0.5
    assert sorted(page.evaluate(ENDS)) == sorted(lines)
    page.evaluate("__lc.state.host.focus()")
    for undone, groups in (("Control+z", 1), ("Control+Shift+z", 0), ("Control+z", 1)):
        revision = page.evaluate(REVISION)
        page.keyboard.press(undone)
        drawn(page, revision)
        assert len(page.evaluate(GROUPS)) == groups and moved() <= 0.5
    other.close()


def test_a_community_is_found_told_and_added_to_the_chart_as_one_group(browser: Any, small: str) -> None:
    profile = context(browser)
    page = profile.new_page()
    page.goto(f"{small}/communities?lang=en")
    page.get_by_text("No communities were computed yet").wait_for()
    page.locator(".st-key-find button").click()
    page.get_by_text(say("dashboard.communities.unsure", "en")).wait_for(timeout=120_000)
    idle(page)
    table = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.click(table["x"] + 14, table["y"] + 52)
    page.locator(".v-head").wait_for()
    page.get_by_role("button", name=say("dashboard.communities.add_group", "en")).click()
    wait(page, "location.pathname.endsWith('/chart')")
    drawn(page)
    [group] = page.evaluate(GROUPS)
    assert page.evaluate(SHOWN) == [group] and page.evaluate("__lc.net.getSelectedNodes()") == [group]
    page.get_by_text("drawn as one: no person, no company").wait_for()
    profile.close()


def running(url: str) -> list[str]:
    """Processes that look for communities in a case."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, environment = ((folder / name).read_bytes().split(b"\0") for name in ("cmdline", "environ"))
        except OSError:
            continue
        if b"communities" in words and f"VINCULO_STORE={url}".encode() in environment:
            found.append(folder.name)
    return found


def test_a_search_for_communities_is_cancelled_within_a_second(browser: Any, tmp_path: Path) -> None:
    language = "es"
    url = small_case.make(tmp_path)
    with server(url, tmp_path / "home") as address:
        profile = context(browser)
        page = profile.new_page()
        page.goto(f"{address}/communities?lang={language}")
        page.get_by_role("radio", name=say("dashboard.communities.stable", language)).click()
        idle(page)
        page.locator(".st-key-find button").click()
        cancel = page.get_by_role("button", name=say("dashboard.cancel", language))
        cancel.wait_for()
        assert len(running(url)) == 1
        cancel.click()
        asked = time.monotonic()
        said = page.get_by_text(say("dashboard.job.cancelled", language)).first
        said.wait_for(timeout=1000)
        while running(url):
            assert time.monotonic() - asked < 1
            time.sleep(0.02)
        idle(page)
        assert not cancel.count() and page.locator(".st-key-find button").is_enabled()
        profile.close()
