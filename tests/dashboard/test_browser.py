"""The dashboard in a real browser: its figures, its stillness, its silence, and that nobody's text comes alive.

Times are the browser's own clock, from the event to the frame. Run with ``-m browser``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import hostile
import pytest
import small_case
from browser import (
    ARGUMENTS,
    CHROMIUM,
    PLACES,
    REVISION,
    context,
    double_click,
    drawn,
    idle,
    on_screen,
    server,
    wait,
)
from small_case import of, write

from vinculo.dashboard.frame import SCREENS
from vinculo.graph.stores import open_store
from vinculo.graph.text import say
from vinculo.graph.types import Source

pytestmark = pytest.mark.browser

#: Hubs in a row, each with so many neighbours of its own and the next hub.
HUBS, LEAVES = 36, 49


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard on a case in which every expand brings fifty new nodes."""
    folder = tmp_path_factory.mktemp("hubs")
    url = f"sqlite:///{folder / 'hubs.db'}"
    store = open_store(url)
    kinds = ("Company", "Person", "BankAccount", "Consignment", "Phone")
    entities = [(f"h{n}", "Company", {"name": f"Comercializadora Halcón {n}"}) for n in range(HUBS)]
    entities += [
        (f"n{n}-{k}", kinds[k % 5], {"name": f"Nombre {n} {k}", "country": "mx"})
        for n in range(HUBS)
        for k in range(LEAVES)
    ]
    links = [(f"x{n}", "OWNS", f"h{n}", f"h{n + 1}", {}) for n in range(HUBS - 1)]
    verbs = {
        "Company": "OWNS",
        "Person": "DIRECTS",
        "BankAccount": "HOLDS",
        "Consignment": "SHIPPER",
        "Phone": "HAS_PHONE",
    }
    for n in range(HUBS):
        for k in range(LEAVES):
            kind = kinds[k % 5]
            a, b = (f"n{n}-{k}", f"h{n}") if kind == "Person" else (f"h{n}", f"n{n}-{k}")
            links.append((f"l{n}-{k}", verbs[kind], a, b, {}))
            if k % 4 == 1:
                links.append((f"m{n}-{k}", "LINKED_TO", f"n{n}-{k}", f"n{n}-{k - 1}", {}))
    write(store, Source("hubs", "c" * 64, "hubs.csv", synthetic=True), entities, links)
    store.close()
    with server(url, folder / "home") as address:
        yield address


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard on the small case."""
    folder = tmp_path_factory.mktemp("small")
    with server(small_case.make(folder), folder / "home") as address:
        yield address


def chart(profile: Any, address: str, id: str) -> Any:
    """A page with a chart of one node, drawn."""
    page = profile.new_page()
    page.goto(f"{address}/chart?id={id}&lang=en", wait_until="commit")
    drawn(page)
    return page


#: The figures are promised for two quiet cores: a moment's noise is given two more tries, the bounds stay.
TRIES = 3


def best(measure: Callable[[], float], bound: float) -> float:
    """The first figure within the bound, else the smallest of all tries."""
    figures: list[float] = []
    while len(figures) < TRIES and (not figures or min(figures) > bound):
        figures.append(measure())
    return min(figures)


# -- figures -------------------------------------------------------------------------------------------------------
def search_s(browser: Any, hubs: str) -> float:
    with closing(browser.browser_type.launch(executable_path=CHROMIUM, args=ARGUMENTS)) as fresh:
        page = context(fresh).new_page()
        start = time.perf_counter()
        page.goto(f"{hubs}/search", wait_until="commit")
        box = page.locator("input[type=search]").first
        box.wait_for()
        box.fill("x")
        taken = time.perf_counter() - start
    print(f"navigation to usable search {taken:.2f} s")
    return taken


def test_a_search_is_usable_within_three_seconds_of_navigation(browser: Any, hubs: str) -> None:
    assert best(lambda: search_s(browser, hubs), 3) <= 3


def hit_s(browser: Any, hubs: str) -> float:
    profile = context(browser)
    page = profile.new_page()
    page.goto(f"{hubs}/chart?lang=en")
    page.locator("input[type=search]").first.fill("comersializadora halcon 7")
    hit = page.get_by_role("button", name="Comercializadora Halcón 7", exact=False).first
    hit.wait_for()
    start = time.perf_counter()
    hit.click()
    drawn(page)
    taken = time.perf_counter() - start
    profile.close()
    print(f"hit to first frame {taken:.2f} s")
    return taken


def test_a_hit_is_on_the_chart_within_two_seconds(browser: Any, hubs: str) -> None:
    assert best(lambda: hit_s(browser, hubs), 2) <= 2


def expands_p95_ms(browser: Any, hubs: str) -> float:
    profile = context(browser)
    page = chart(profile, hubs, "h0")
    double_click(page, "h0")
    times, moves = [], []
    for n in range(1, 31):
        page.wait_for_timeout(300)
        taken, moved, new = double_click(page, f"h{n}")
        assert new == 50
        times.append(taken)
        moves.append(moved)
    count = page.evaluate("__lc.net.body.nodeIndices.length")
    profile.close()
    p95 = sorted(times)[28]
    print(
        f"expand of 50 on a chart of 51 to {count}: p50 {statistics.median(times):.0f} ms, "
        f"p95 {p95:.0f} ms, max {max(times):.0f} ms"
    )
    print(f"largest move of a node that was there: {max(moves):.3f} px")
    assert count == 1551
    assert max(moves) <= 0.5
    return p95


def test_thirty_expands_of_fifty_are_quick_and_move_nothing(browser: Any, hubs: str) -> None:
    assert best(lambda: expands_p95_ms(browser, hubs), 300) <= 300


def test_undo_filter_and_page_switch_move_nothing(browser: Any, hubs: str) -> None:
    profile = context(browser)
    page = chart(profile, hubs, "h0")
    double_click(page, "h0")
    double_click(page, "h1")
    x, y = on_screen(page, "h1")
    page.mouse.move(x, y)
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(500)
    before = page.evaluate(PLACES)

    def moved() -> float:
        after = page.evaluate(PLACES)
        return max(
            ((after[i][0] - a) ** 2 + (after[i][1] - b) ** 2) ** 0.5 for i, (a, b) in before.items() if i in after
        )

    revision = page.evaluate(REVISION)
    page.evaluate("__lc.state.send('switch',{appearance:'person'})")
    drawn(page, revision)
    assert page.evaluate("__lc.net.body.data.nodes.get().filter(n=>n.hidden).length") > 10
    assert moved() <= 0.5
    for name in ("undo", "undo", "redo", "redo", "undo"):
        revision = page.evaluate(REVISION)
        page.evaluate(f"__lc.state.send('{name}')")
        drawn(page, revision)
        assert moved() <= 0.5
    page.mouse.wheel(0, 120)
    page.wait_for_timeout(500)
    view = page.evaluate("[__lc.net.getScale(),__lc.net.getViewPosition().x]")
    page.get_by_role("link", name="Home").click()
    page.get_by_text("Latest data").wait_for()
    page.get_by_role("link", name="Chart", exact=True).click()
    page.wait_for_timeout(800)
    idle(page)
    # until the chart is there again, the page holds what is left of the one before
    wait(page, f"Object.keys({PLACES}).length>0")
    page.wait_for_timeout(300)
    assert moved() <= 0.5
    assert page.evaluate("[__lc.net.getScale(),__lc.net.getViewPosition().x]") == pytest.approx(view, abs=0.01)
    profile.close()


# -- the hand ------------------------------------------------------------------------------------------------------
def test_keys_are_neither_lost_nor_done_twice(browser: Any, small: str) -> None:
    profile = context(browser)
    page = chart(profile, small, of("firm"))
    double_click(page, of("firm"))
    shown = "__lc.net.body.data.nodes.get().filter(n=>!n.hidden).length"
    assert page.evaluate(shown) == 16
    for n in range(4):
        page.evaluate("i=>{__lc.net.selectNodes([i],false);__lc.state.host.focus()}", of(f"bill{n}"))
        page.keyboard.press("Delete")
    wait(page, f"{shown}===12")
    page.wait_for_timeout(800)
    assert page.evaluate(shown) == 12
    for _ in range(4):
        page.keyboard.press("Control+z")
    wait(page, f"{shown}===16")
    page.keyboard.press("Control+Shift+z")
    wait(page, f"{shown}===15")
    page.wait_for_timeout(800)
    assert page.evaluate(shown) == 15 and page.evaluate("__lc.state.out.length") == 0
    profile.close()


def test_what_is_chosen_during_a_rerun_stays_chosen(browser: Any, small: str) -> None:
    """The answer to the last key knows nothing of the node chosen since: the next key is for that node."""
    profile = context(browser)
    page = chart(profile, small, of("firm"))
    double_click(page, of("firm"))
    shown = "__lc.net.body.data.nodes.get().filter(n=>!n.hidden).length"
    choose = "i=>{__lc.net.selectNodes([i],false);__lc.state.host.focus()}"
    page.evaluate(choose, of("bill0"))
    page.keyboard.press("Delete")
    page.evaluate(choose, of("bill1"))
    wait(page, f"{shown}===15 && __lc.state.out.length===0")
    page.wait_for_timeout(800)
    assert page.evaluate("__lc.net.getSelectedNodes()") == [of("bill1")]
    page.keyboard.press("Delete")
    wait(page, f"{shown}===14 && __lc.state.out.length===0")
    # nothing was chosen since: what Python says is chosen is drawn so
    wait(page, "__lc.net.getSelectedNodes().length===0")
    profile.close()


def test_a_drag_is_kept_and_taken_back(browser: Any, small: str) -> None:
    profile = context(browser)
    page = chart(profile, small, of("firm"))
    double_click(page, of("firm"))
    id = of("ana")
    x, y = on_screen(page, id)
    before = page.evaluate(PLACES)[id]
    revision = page.evaluate(REVISION)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 45, steps=5)
    page.mouse.up()
    drawn(page, revision)
    after = page.evaluate(PLACES)[id]
    assert after[0] - before[0] == pytest.approx(60, abs=2) and after[1] - before[1] == pytest.approx(45, abs=2)
    page.evaluate("__lc.state.host.focus()")
    revision = page.evaluate(REVISION)
    page.keyboard.press("Control+z")
    drawn(page, revision)
    assert page.evaluate(PLACES)[id] == before
    profile.close()


def test_typing_in_the_search_does_not_touch_the_chart(browser: Any, small: str) -> None:
    profile = context(browser)
    page = chart(profile, small, of("firm"))
    double_click(page, of("firm"))
    revision = page.evaluate(REVISION)
    box = page.locator("input[type=search]").first
    box.click()
    page.keyboard.type("abc")
    for key in ("Control+z", "Backspace", "Delete"):
        page.keyboard.press(key)
    page.wait_for_timeout(700)
    assert page.evaluate(REVISION) == revision
    profile.close()


def test_a_chart_is_saved_with_its_places_and_opens_in_another_browser(browser: Any, small: str) -> None:
    profile = context(browser)
    page = chart(profile, small, of("firm"))
    double_click(page, of("firm"))
    page.evaluate("i=>__lc.state.send('move',{to:{[i]:[333,-77]}})", of("ana"))
    page.evaluate("i=>__lc.state.send('hide',{ids:[i]})", of("bill3"))
    page.evaluate("__lc.state.send('switch',{appearance:'account'})")
    wait(page, "__lc.state.out.length===0")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Title").fill("Halcón")
    page.get_by_label("Title").press("Enter")
    idle(page)
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Save").click()
    wait(page, "location.search.includes('chart=')")
    wait(page, "__lc.state.out.length===0")
    places = page.evaluate(PLACES)
    address = page.url
    profile.close()
    other = context(browser)
    again = other.new_page()
    again.goto(address)
    drawn(again)
    assert again.evaluate(PLACES) == places and places[of("ana")] == [333, -77]
    hidden = again.evaluate("__lc.net.body.data.nodes.get().filter(n=>n.hidden).map(n=>n.id)")
    assert set(hidden) == {of("bill3"), of("account")}
    other.close()


def test_the_language_switch_turns_the_whole_page(browser: Any, small: str) -> None:
    profile = context(browser, locale="en-US")
    page = chart(profile, small, of("firm"))
    assert page.get_by_text("Legend").count()
    page.get_by_role("button", name="Español").click()
    page.get_by_text("Simbología").wait_for()
    idle(page)
    assert page.get_by_role("link", name="Hallazgos").count() and "lang=es" in page.url
    body = page.inner_text("body")
    for key in ("chart.undo", "chart.save", "page.findings", "chart.open_entity", "case"):
        assert say(f"dashboard.{key}", "es") in body
        if say(f"dashboard.{key}", "es") not in say(f"dashboard.{key}", "en"):
            assert say(f"dashboard.{key}", "en") not in body.split("\n")
    page.get_by_role("link", name="Hallazgos").click()
    page.get_by_text("Explicaciones lícitas").first.wait_for()
    profile.close()


def test_what_is_shared_needs_no_network_and_holds_what_is_seen(browser: Any, small: str, tmp_path: Path) -> None:
    profile = context(browser, accept_downloads=True)
    page = chart(profile, small, of("firm"))
    double_click(page, of("firm"))
    page.evaluate("i=>__lc.state.send('hide',{ids:[i]})", of("ana"))
    wait(page, "__lc.state.out.length===0")
    page.get_by_role("button", name="Share", exact=True).click()
    with page.expect_download() as made:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name="Download").click()
    path = tmp_path / "shared.html"
    made.value.save_as(path)
    assert made.value.suggested_filename.endswith(".html")
    text = path.read_text("utf-8")
    assert "Comercializadora Halc" in text and "Ana Mar" not in text and of("firm") not in text.split("<script")[0]
    other = profile.new_page()
    requests: list[str] = []
    other.on("request", lambda r: requests.append(r.url) if not r.url.startswith(("data:", "blob:")) else None)
    other.goto(path.as_uri())
    other.wait_for_timeout(800)
    assert requests == [path.as_uri()] and other.locator("canvas").count() == 1
    profile.close()


# -- jobs ----------------------------------------------------------------------------------------------------------
def test_a_job_outlives_page_and_reload_and_can_be_cancelled(browser: Any, tmp_path: Path) -> None:
    url = small_case.make(tmp_path, filled=False)
    with server(url, tmp_path / "home") as address:
        profile = context(browser)
        page = profile.new_page()
        page.goto(f"{address}/?lang=en")
        page.get_by_role("button", name="Load the demo case").click()
        page.get_by_role("button", name="Cancel").wait_for()
        page.get_by_role("link", name="Data", exact=True).click()
        page.get_by_text("Load files").wait_for()
        page.get_by_role("button", name="Cancel").wait_for()
        page.reload()
        page.get_by_text("Load files").wait_for()
        page.get_by_role("button", name="Cancel").wait_for()
        page.get_by_role("button", name="Cancel").click()
        start = time.perf_counter()
        page.get_by_text("cancelled").first.wait_for(timeout=5000)
        print(f"cancel shown after {time.perf_counter() - start:.2f} s")
        idle(page)
        assert not page.get_by_role("button", name="Cancel").count()
        profile.close()


def test_a_file_is_loaded_from_the_page(browser: Any, tmp_path: Path) -> None:
    url = small_case.make(tmp_path, filled=False)
    file = tmp_path / "seizures.csv"
    heads = (
        "seizure_id,date,agency,country,location,location_code,commodity,hs_code,quantity,unit,value_usd,bill_number"
    )
    file.write_text(
        f"# SYNTHETIC DATA\n{heads}\nD-1,2025-03-01,ANAM,mx,Nuevo Laredo,240,fentanyl,2933,2,kg,90000,BOL-7\n"
    )
    with server(url, tmp_path / "home") as address:
        profile = context(browser)
        page = profile.new_page()
        page.goto(f"{address}/data?lang=en")
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_text("seizures.csv").first.wait_for()
        idle(page)
        page.get_by_role("button", name="Load", exact=True).click()
        page.get_by_text("Loading seizures.csv: done").wait_for(timeout=30_000)
        page.get_by_text("What was loaded").wait_for()
        page.get_by_text("Synthetic data").first.wait_for()
        profile.close()
    (run,) = open_store(url).runs()
    assert (run.status, run.counts["read"], run.counts["loaded"], run.source.synthetic) == ("done", 1, 1, True)


# -- nobody's text comes alive ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("environment", [{}, {"VINCULO_NO_CSP": "1"}], ids=["policy", "no-policy"])
def test_hostile_text_is_inert_and_nothing_asks_another_origin(
    browser: Any, tmp_path: Path, environment: dict[str, str]
) -> None:
    with server(hostile.make(tmp_path), tmp_path / "home", **environment) as address:
        profile = context(browser)
        requests: list[str] = []
        problems: list[str] = []
        ours = (address, address.replace("http", "ws"), "data:", "blob:", "about:")
        profile.on("request", lambda r: requests.append(r.url) if not r.url.startswith(ours) else None)
        profile.on("dialog", lambda d: (problems.append("dialog"), d.dismiss()))
        page = chart(profile, address, hostile.HUB)
        page.on("pageerror", lambda e: problems.append(str(e)[:200]))

        def inert(where: str) -> None:
            idle(page)
            assert page.evaluate("window.__fired||0") == 0, where
            strange = (
                "iframe,object,base,form[action],link[href*=evil],img[src*=evil],meta[http-equiv=refresh],a[href*=evil]"
            )
            assert page.evaluate(f"document.querySelectorAll('{strange}').length") == 0, where
            assert requests == [] and problems == [], where

        double_click(page, hostile.HUB)
        for id in page.evaluate("__lc.net.body.nodeIndices"):
            page.evaluate("i=>__lc.state.send('select',{ids:[i]})", id)
            page.wait_for_timeout(60)
        inert("node panel")
        for id in page.evaluate("__lc.net.body.edgeIndices"):
            page.evaluate("i=>__lc.state.send('link',{id:i})", id)
            page.wait_for_timeout(40)
        inert("link panel")
        page.get_by_text("As a table").click()
        inert("table")
        page.evaluate("__lc.state.send('group',{ids:__lc.net.body.nodeIndices})")
        wait(page, "__lc.state.out.length===0 && __lc.net.getSelectedNodes()[0]?.startsWith('group:')")
        inert("group panel")
        page.evaluate("__lc.state.send('undo')")
        page.locator("input[type=search]").first.fill("zzz")
        page.wait_for_timeout(700)
        inert("hits")
        for name in SCREENS:
            for language in ("en", "es"):
                path = {
                    "home": "",
                    "search": "search?q=zzz",
                    "entity": f"entity?id={hostile.HUB}",
                    "paths": f"paths?a={hostile.HUB}",
                }
                first = path.get(name, name)
                page.goto(f"{address}/{first}{'&' if '?' in first else '?'}lang={language}")
                page.wait_for_timeout(500)
                inert(f"{name} {language}")
                if name == "communities":
                    box = page.get_by_test_id("stDataFrame").first.bounding_box()
                    page.mouse.click(box["x"] + 14, box["y"] + 52)
                    page.locator(".v-head").wait_for()
                    inert(f"one of {name} {language}")
        for query in ("<script", "![x](http://evil.test/q.png)", "http://evil.test/auto", "\u202e"):
            page.goto(f"{address}/search?lang=en")
            page.locator("input[type=search]").first.fill(query)
            page.wait_for_timeout(500)
            inert(query)
        for text in hostile.PAYLOADS[:12]:
            page.goto(f"{address}/findings?lang=en&finding=finding%201&q={text}")
            inert("address")
        profile.close()


@pytest.mark.parametrize("environment", [{}, {"VINCULO_NO_CSP": "1"}], ids=["policy", "no-policy"])
def test_no_page_asks_another_origin(browser: Any, tmp_path: Path, environment: dict[str, str]) -> None:
    with server(small_case.make(tmp_path), tmp_path / "home", **environment) as address:
        profile = context(browser)
        requests: list[str] = []
        ours = (address, "data:", "blob:")
        profile.on("request", lambda r: requests.append(r.url) if not r.url.startswith(ours) else None)
        page = profile.new_page()
        seen = 0
        for name in SCREENS:
            page.goto(f"{address}/{'' if name == 'home' else name}?lang=es")
            page.wait_for_timeout(600)
            idle(page)
            seen += page.get_by_text(say("dashboard.synthetic", "es")).count() > 0
        profile.close()
    assert requests == [] and seen == len(SCREENS)
