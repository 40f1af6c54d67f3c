"""Vinculo: a graph analytics platform for transnational criminal networks.

>>> from vinculo import open_store, ingest, detect  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["detect", "ingest", "open_store"]

if TYPE_CHECKING:
    from vinculo.analytics.detect import detect
    from vinculo.graph.stores import open_store
    from vinculo.ingest.load import ingest

_HOMES = {
    "detect": "vinculo.analytics.detect",
    "open_store": "vinculo.graph.stores",
}


def __getattr__(name: str) -> Any:
    # imported at first use: `vinculo --help` answers in 0.3 s
    if name == "ingest":
        return import_module("vinculo.ingest")  # a package that is also the function
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
