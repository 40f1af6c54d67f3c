"""Find what is there: one constant per module, discovered by folder."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Any


@functools.cache
def discover(package: str, attribute: str) -> dict[str, Any]:
    """All values of ``attribute`` in the modules of ``package``, by their ``name``, sorted.

    Parameters
    ----------
    package : str
        Dotted name, e.g. ``"vinculo.analytics.typologies"``.
    attribute : str
        Constant to look for; a module without it is passed over. Its value is one thing with a ``name``, or a tuple of them.

    Raises
    ------
    ValueError
        Two modules define the same name.
    """
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        module = importlib.import_module(f"{package}.{info.name}")
        values = getattr(module, attribute, ())
        for value in values if isinstance(values, tuple) else (values,):
            if value.name in found:
                raise ValueError(f"{package}: two modules define {value.name}")
            found[value.name] = value
    return dict(sorted(found.items()))
