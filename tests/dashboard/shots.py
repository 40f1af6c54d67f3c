"""Pictures of every page, in both languages, light and dark, narrow and wide.

``python tests/dashboard/shots.py STORE_URL FOLDER [PAGE...]``.

Not a test: for a person to look at. The chart is the first finding's evidence, one member expanded.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from browser import chromium, context, drawn, idle, server

from vinculo.graph.stores import open_store

WIDTHS = (1280, 1920)
#: Pages longer than a screen.
TALL = ("data", "layout")
#: A file whose columns nobody knows, for the page on which they are said.
UNKNOWN = """REPORTE;;;;;
Folio;Fecha del hecho;Sustancia;Cantidad asegurada;Medida;Nombre del detenido;Peso (lb)
FGR/001/2024;04/03/2024;Metanfetamina;12,5;kg;Juan Pérez López;27
FGR/002/2024;05/03/2024;Fentanilo;3,25;kg;S/D;7
FGR/003/2024;09/04/2024;Cocaína;1.040;kg;Ana Ruiz;90
"""


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
        "key_players": "/key_players",
        "disruption": "/disruption",
        "data": "/data",
        "layout": "/layout",
    }


def expand(page: Any) -> None:
    """Expand what is on the chart."""
    drawn(page)
    page.evaluate("__lc.state.send('expand',{ids:[__lc.net.body.nodeIndices[0]]})")
    page.wait_for_timeout(1500)
    page.evaluate("__lc.state.fit(false)")
    page.wait_for_timeout(400)


def say_columns(page: Any) -> None:
    """Put a file on the page of unknown layouts."""
    file = {"name": "actas.csv", "mimeType": "text/csv", "buffer": UNKNOWN.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("actas.csv").first.wait_for()
    page.wait_for_timeout(2000)
    idle(page)


def main(url: str, folder: Path, only: list[str]) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {name: path for name, path in addresses(url).items() if not only or name in only}
    with tempfile.TemporaryDirectory() as home, server(url, Path(home)) as base, chromium() as browser:
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
                    if name == "layout":
                        say_columns(page)
                    for width in WIDTHS:
                        page.set_viewport_size({"width": width, "height": 1200 if name in TALL else 900})
                        page.wait_for_timeout(400)
                        page.screenshot(path=str(folder / f"{name}_{language}_{scheme}_{width}.png"))
                profile.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
