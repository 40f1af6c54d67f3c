"""Pictures of every page, in both languages, light and dark: ``python tests/dashboard/shots.py STORE_URL FOLDER``.

Not a test: for a person to look at. The chart is the first finding's evidence, one member expanded.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from browser import context, drawn, idle, launch, server
from playwright.sync_api import sync_playwright

from vinculo.graph.stores import open_store


def addresses(url: str) -> dict[str, str]:
    """Path and parameters of each page, with things of this store."""
    store = open_store(url, create=False, read_only=True)
    findings = store.findings()
    first = findings[0].entities[0][0] if findings else ""
    party = first
    for i, _ in findings[0].entities if findings else ():
        if store.entities([i])[i].kind in ("Company", "Person"):
            party = i
            break
    last = next((f.entities[0][0] for f in reversed(findings) if f.entities[0][0] != first), first)
    name = (store.entities([party])[party].name if party else "halcon").split()[0]
    store.close()
    return {
        "home": "/",
        "search": f"/search?q={name}",
        "entity": f"/entity?id={party}",
        "chart": f"/chart?id={party}",
        "paths": f"/paths?a={first}&b={last}",
        "findings": "/findings",
        "communities": "/communities",
        "data": "/data",
    }


def expand(page: Any) -> None:
    """Expand what is on the chart."""
    drawn(page)
    page.evaluate("__lc.state.send('expand',{ids:[__lc.net.body.nodeIndices[0]]})")
    page.wait_for_timeout(1500)
    page.evaluate("__lc.state.fit(false)")
    page.wait_for_timeout(400)


def main(url: str, folder: Path, only: list[str]) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {name: path for name, path in addresses(url).items() if not only or name in only}
    with tempfile.TemporaryDirectory() as home, server(url, Path(home)) as base, sync_playwright() as p:
        browser = launch(p)
        for scheme in ("light", "dark"):
            for language, locale in (("en", "en-US"), ("es", "es-MX")):
                profile = context(browser, color_scheme=scheme, locale=locale)
                page = profile.new_page()
                for name, path in pages.items():
                    page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}")
                    page.wait_for_timeout(1200)
                    idle(page)
                    if name == "chart":
                        expand(page)
                    page.screenshot(path=str(folder / f"{name}_{language}_{scheme}.png"))
                profile.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
