"""Colours, silhouettes and icons of a chart: ``palette.json``, one file that page and export both read.

Ten classes of entities are told apart three times over: by silhouette, by glyph and by colour. The closest two fills lie
18.4 apart (CIEDE2000) for normal sight and at least 12.5 for the three kinds of colour blindness; every fill stands 3:1
against its canvas. A kind may carry a glyph of its own (a ship for ``Vessel``) inside its class's silhouette.
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import quote

from vinculo.graph.schema import ancestors, kinds

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


@functools.cache
def palette() -> dict[str, Any]:
    """The palette: ``entities`` and ``links`` by class, ``glyphs`` by kind, ``marks``, ``widths``, ``dash``, ``canvas`` by theme.

    ``group`` is many nodes drawn as one: no class of entities, and in no class's colour.

    ``glyphs`` is filled up here for every kind that inherits one, so that a reader needs no schema.

    Examples
    --------
    >>> palette()["links"]["money"]["arrow"]
    'triangle'
    >>> palette()["glyphs"]["Passport"] == palette()["glyphs"]["Identification"]
    True
    """
    made: dict[str, Any] = json.loads(files("vinculo.graph").joinpath("palette.json").read_text("utf-8"))
    own = made["glyphs"]
    found: dict[str, Any] = {}
    for name, kind in kinds().items():
        if kind.is_link:
            continue
        # the glyph of "something" is for what is only known as a thing, not for everything that is one
        nearest = [a for a in ancestors(name) if a in own and (a != "Thing" or name == "Thing")]
        same_class = [a for a in nearest if kinds()[a].appearance == kind.appearance]
        if same_class:
            found[name] = own[max(same_class, key=lambda a: (len(ancestors(a)), a))]
    return made | {"glyphs": found}


@functools.cache
def node_image(
    appearance: str, theme: Theme, selected: bool = False, *, kind: str = "", pinned: bool = False, status: str = ""
) -> str:
    """One node as an SVG data URI, silhouette and glyph in one picture of 112 by 112.

    Parameters
    ----------
    appearance : str
        One of ``schema.ENTITY_CLASSES``.
    theme : {"light", "dark"}
    selected : bool
        With a ring in the primary colour.
    kind : str
        For a glyph of its own where the palette has one.
    pinned : bool
        With a dot at the upper right.
    status : str
        ``listed`` or ``presumed``: a filled shield at the lower right; ``cleared``: a shield with a tick in outline;
        ``withdrawn``: empty, in a dashed outline.

    Examples
    --------
    >>> node_image("person", "light").startswith("data:image/svg+xml,%3Csvg")
    True
    """
    shades = palette()["canvas"][theme]
    look = palette()["entities"][appearance]
    glyph = palette()["glyphs"].get(kind, look)
    gone = status == "withdrawn"
    ink = shades["text"] if gone else shades["glyph"]
    if glyph["glyph_mode"] == "fill":
        pen = f'fill="{ink}" fill-rule="evenodd"'
    else:
        pen = f'fill="none" stroke="{ink}" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"'
    shape = f'<path d="{look["shape"]}" stroke-linejoin="round" '
    parts = []
    if selected:
        parts.append(f'{shape}fill="none" stroke="{shades["select"]}" stroke-width="9"/>')
    edge, width = (shades["halo"], 2) if selected else (shades["outline"], 1)
    if gone:
        dashes = 'stroke-width="2" stroke-dasharray="4 3"'
        parts.append(f'{shape}fill="{shades["second"]}" stroke="{shades["text"]}" {dashes}/>')
    else:
        parts.append(f'{shape}fill="{look[theme]}" stroke="{edge}" stroke-width="{width}"/>')
    parts.append(f'<g transform="translate(12 12)"><path d="{glyph["glyph"]}" {pen}/></g>')
    if pinned:
        parts.append(
            f'<circle cx="43" cy="5" r="6" fill="{shades["select"]}" stroke="{shades["halo"]}" stroke-width="2"/>'
        )
    parts += _mark(status, shades)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="112" height="112" viewBox="-4 -4 56 56">' + "".join(parts)
    return "data:image/svg+xml," + quote(svg + "</svg>", safe="")


def _mark(status: str, shades: dict[str, str]) -> list[str]:
    """The badge of a standing: filled where the list holds it against the party, an outline with a tick where cleared."""
    shield = palette()["marks"]["listed"]
    if status in ("listed", "presumed"):
        return [f'<path d="{shield}" fill="{shades["listed"]}" stroke="{shades["halo"]}" stroke-width="2"/>']
    if status == "cleared":
        line = f'stroke="{shades["listed"]}" stroke-linecap="round" stroke-linejoin="round"'
        tick = palette()["marks"]["cleared"]
        return [
            f'<path d="{shield}" fill="{shades["background"]}" {line} stroke-width="1.6"/>',
            f'<path d="{tick}" fill="none" {line} stroke-width="2.2"/>',
        ]
    return []
