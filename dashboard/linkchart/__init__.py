"""The link chart on a page: a Components v2 wrapper round the vis-network file that pyvis ships.

Our HTML, style and script go in as texts: a component by file must lie inside the distribution's own folder, which an editable
install with a package map has not. The vis file is served by our own server and loaded once a tab.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from vinculo.graph.palette import palette

#: Route of our own server under which vis-network is found.
ASSETS = "/vinculo-assets"
_HTML = """<div class='lc' tabindex='0' role='application'>
<div class='lc-net'></div><div class='lc-tools' role='toolbar'></div>
<div class='lc-legend'></div><div class='lc-menu' role='menu'></div></div>"""


def vis_folder() -> Path:
    """pyvis' folder with vis-network, found without importing pyvis (which brings IPython along)."""
    found = find_spec("pyvis")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("pyvis")
    return Path(found.submodule_search_locations[0]) / "templates" / "lib" / "vis-9.1.2"


@cache
def _component() -> Callable[..., Any]:
    # once per process: a second call would register the same name again
    here = resources.files(__package__)
    script = f"const PALETTE = {json.dumps(palette())};\n" + here.joinpath("linkchart.js").read_text("utf-8")
    style = here.joinpath("linkchart.css").read_text("utf-8")
    made: Callable[..., Any] = st.components.v2.component(
        "vinculo_linkchart", html=_HTML, css=style, js=script, isolate_styles=True
    )
    return made


def linkchart(
    view: dict[str, Any],
    *,
    key: str,
    ack: int,
    selected: Sequence[str],
    words: dict[str, str],
    on_command: Callable[[], None],
) -> None:
    """Draw a view of a chart.

    Parameters
    ----------
    view : dict
        As ``picture.view`` makes it.
    key : str
        Always needed: without it the data would be part of the identity and the chart would mount anew at each change.
    ack : int
        Number of the last command carried out; the browser sends all later ones again.
    selected : sequence of str
        Ids of selected nodes.
    words : dict
        Labels, in the reader's language.
    on_command : callable
        Called when the browser has sent commands; read them with :func:`commands`.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}" if base else ""
    data = {
        **view,
        "ack": ack,
        "selected": list(selected),
        "text": words,
        "vis": f"{prefix}{ASSETS}/vis-network.min.js",
    }
    # fail here: what Streamlit cannot serialise it turns into one long string without a word
    json.dumps(data)
    _component()(key=key, data=data, on_cmd_change=on_command)


def commands(key: str, ack: int) -> tuple[list[dict[str, Any]], int]:
    """New commands, oldest first, and the number to acknowledge. They come from a browser: check every field before use."""
    got = getattr(st.session_state.get(key), "cmd", None)
    return new_commands(got, ack)


def new_commands(got: object, ack: int) -> tuple[list[dict[str, Any]], int]:
    """Those of ``got`` that are well formed and later than ``ack``.

    Examples
    --------
    >>> new_commands([{"n": 2, "name": "undo"}, {"n": 1, "name": "undo"}, "x"], 1)
    ([{'n': 2, 'name': 'undo'}], 2)
    """
    made = [
        c
        for c in (got if isinstance(got, list) else [])
        if isinstance(c, dict)
        and isinstance(c.get("n"), int)
        and not isinstance(c["n"], bool)
        and c["n"] > ack
        and isinstance(c.get("name"), str)
    ]
    made.sort(key=lambda c: int(c["n"]))
    return made, max([ack, *(int(c["n"]) for c in made)])
