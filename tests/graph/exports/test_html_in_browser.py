"""The offline chart in a real browser: it asks for nothing, runs nothing of the data's, and every switch does what it says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph.charting import chart_of
from vinculo.graph.exports import export
from vinculo.graph.store import Store

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright to run the browser tests")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium to run the browser tests")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


class Seen:
    """A page, and everything it asked for or complained of."""

    def __init__(self, browser: Any, path: Path, **how: Any) -> None:
        self.page = browser.new_page(viewport={"width": 1400, "height": 900}, **how)
        self.requests: list[str] = []
        self.trouble: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("pageerror", lambda e: self.trouble.append(f"error: {e}"))
        self.page.on("console", lambda m: self.trouble.append(f"{m.type}: {m.text}"))
        self.page.on("dialog", lambda d: (self.trouble.append("dialog"), d.dismiss()))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("#net canvas")
        self.page.wait_for_timeout(150)

    def asked(self) -> list[str]:
        """Requests but for the page itself and pictures inside it."""
        return [u for u in self.requests[1:] if not u.startswith(("data:", "blob:"))]

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def shown(self) -> tuple[int, int]:
        nodes = self.run("nodes.get({filter: n => !n.hidden}).length")
        return nodes, self.run("edges.get({filter: e => !e.hidden}).length")


@pytest.mark.parametrize("policy", ["with its policy", "policy stripped"])
def test_hostile_text_is_inert(
    browser: Any, store: Store, rows: Callable[..., Any], hostile: tuple[str, ...], tmp_path: Path, policy: str
) -> None:
    kinds = ["Company", "Person", "Phone", "Listing", "Consignment", "Address", "BankAccount"]
    rows(
        store,
        "data" + hostile[0],
        [
            (t + str(n), kinds[n % 7], n + 1, {"name": t, "notes": t, "status": t})
            for n, t in enumerate(hostile)
            if t.strip()
        ],
        [
            (
                t + str(n),
                ("LINKED_TO", "PAID", "LISTED")[n % 3],
                hostile[0] + "0",
                t + str(n),
                n + 1,
                {"role": t, "date": t},
            )
            for n, t in enumerate(hostile)
            if t.strip()
        ],
        file="file" + hostile[3],
    )
    ids = store.nodes().column("id").to_pylist()
    chart = chart_of(store, ids, title=hostile[3] + hostile[0], handling=hostile[4], label=hostile[5])
    chart = chart.with_changes(notes=dict(zip(ids, hostile, strict=False)))
    path = tmp_path / "chart.html"
    export(store, "html", path, chart=chart)
    if policy == "policy stripped":
        text = path.read_text("utf-8")
        bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        assert bare != text
        path.write_text(bare, "utf-8")
    seen = Seen(browser, path)
    page = seen.page
    assert seen.shown() == (len(ids), len(ids))
    for part, show in (("D.nodes", "showNode"), ("D.edges", "showLink")):
        assert seen.run(f"{part}.forEach({show}) || document.getElementById('details').children.length") > 1
    seen.run("speak(), paint(), report()")
    for text in ("img", "script", "evil", "__proto__"):
        page.fill("#find", text)
        page.wait_for_timeout(30)
        page.locator("#hits button").first.click()
    for name in ("#list", "#list", "#language", "#language", "#theme", "#theme", "#in", "#out", "#fit"):
        page.click(name)
    for button in range(page.locator("#legend button").count()):
        page.locator("#legend button").nth(button).click()
    seen.run("dispatchEvent(new Event('beforeprint')), dispatchEvent(new Event('afterprint'))")
    canvas = page.locator("#net canvas")
    for x, y in ((200, 200), (500, 400), (700, 450)):
        canvas.click(position={"x": x, "y": y}, button="right")
        canvas.hover(position={"x": x, "y": y})
    page.wait_for_timeout(200)
    assert seen.run("window.__fired || 0") == 0
    assert seen.asked() == []
    assert [t for t in seen.trouble if "dialog" in t or "error" in t] == []
    strangers = "iframe,object,embed,link,base,form,math,details,textarea,meta[http-equiv=refresh],style + style,a"
    assert page.locator(strangers).count() == 0
    assert seen.run("document.scripts.length") == 3
    assert seen.run("[...document.images].every(i => !i.src || i.src.startsWith('data:'))")
    assert page.url == path.as_uri()
    page.close()


def test_every_switch_does_what_it_says(browser: Any, case: Store, tmp_path: Path) -> None:
    chart = chart_of(
        case, case.nodes().column("id").to_pylist(), title="Caso Limón", handling="LAW ENFORCEMENT SENSITIVE"
    )
    chart = chart.with_changes(notes={"ana": "seen at the border"})
    path = tmp_path / "chart.html"
    export(case, "html", path, chart=chart, language="es")
    seen = Seen(browser, path, color_scheme="dark")
    page = seen.page
    assert seen.trouble == [] and seen.asked() == []
    assert seen.shown() == (11, 10)
    assert page.title() == "Caso Limón" and page.locator("html").get_attribute("lang") == "es"
    assert page.get_by_text("LAW ENFORCEMENT SENSITIVE").count() == 2
    assert page.get_by_text("Datos sintéticos").count() >= 2
    assert seen.run("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 27)"
    # find forgives accents and reads every value; details tell file and record and what lists say
    page.fill("#find", "halcon del norte")
    page.locator("#hits button").first.click()
    details = page.locator("#details")
    assert "Estar en una lista no equivale a ser culpable" in details.inner_text()
    assert "bills.csv, registro 1" in details.inner_text() and "RFC o clave fiscal" in details.inner_text()
    page.fill("#find", "1980-02-03")
    page.locator("#hits button").first.click()
    assert "seen at the border" in details.inner_text()
    # both languages
    page.click("#language")
    assert page.inner_text("#list") == "List"
    assert "Tax number" in seen.run(
        "showNode(D.nodes.find(n => n.ref === 'halcon')), document.getElementById('details').innerText"
    )
    # the legend switches classes off and on, of entities and of links
    page.locator("#legend button", has_text="Money").click()
    assert seen.shown() == (11, 8)
    page.locator("#legend button", has_text="Company or organization").click()
    nodes, links = seen.shown()
    assert nodes == 8 and links < 8
    for name in ("Money", "Company or organization"):
        page.locator("#legend button", has_text=name).click()
    assert seen.shown() == (11, 10)
    # dates
    page.fill("#last", "2024-04-01")
    page.locator("#last").dispatch_event("change")
    assert seen.shown() == (11, 9)
    assert "9 of 10 links" in page.inner_text("#counted")
    # parallel links are both there, apart
    assert (
        len(set(seen.run("edges.get({filter: e => e.label.endsWith('USD')}).map(e => JSON.stringify(e.smooth))"))) == 2
    )
    # the list, the theme, the keyboard
    page.click("#list")
    assert "Cleared: on SAT 69-B" in page.inner_text("#report") and page.locator("#report table").count() == 3
    page.click("#list")
    page.click("#theme")
    assert seen.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    before = seen.run("net.getScale()")
    page.focus("#net")
    page.keyboard.press("+")
    assert seen.run("net.getScale()") > before
    page.keyboard.press("/")
    assert seen.run("document.activeElement.id") == "find"
    assert seen.trouble == [] and seen.asked() == []
    page.close()


def test_positions_are_drawn_as_they_are_in_the_document(browser: Any, case: Store, tmp_path: Path) -> None:
    chart = chart_of(case, ["ana", "halcon", "acc", "bl1"])
    path = tmp_path / "chart.html"
    export(case, "html", path, chart=chart)
    seen = Seen(browser, path)
    drawn = seen.run("Object.fromEntries(D.nodes.map(n => [n.ref, [net.body.nodes[n.id].x, net.body.nodes[n.id].y]]))")
    assert drawn == {id: [n.x, n.y] for id, n in chart.nodes.items()}
    seen.page.close()


def test_an_empty_chart_says_what_to_do(browser: Any, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "chart.html"
    export(store, "html", path, language="en")
    seen = Seen(browser, path)
    assert seen.page.locator("#empty").is_visible()
    assert "Search for a party" in seen.page.inner_text("#empty")
    assert seen.trouble == []
    seen.page.close()


def test_a_printed_chart_has_picture_list_and_marking(browser: Any, case: Store, tmp_path: Path) -> None:
    path = tmp_path / "chart.html"
    export(case, "html", path, ids=["ana", "halcon", "lucky"], handling="LES", language="en")
    seen = Seen(browser, path)
    seen.run("dispatchEvent(new Event('beforeprint'))")
    seen.page.emulate_media(media="print")
    assert seen.run("document.getElementById('picture').naturalWidth") > 100
    assert seen.page.locator("#report").is_visible() and not seen.page.locator("aside").is_visible()
    assert "Cleared: on SAT 69-B" in seen.page.inner_text("#report")
    assert seen.page.pdf().startswith(b"%PDF")
    seen.page.close()
