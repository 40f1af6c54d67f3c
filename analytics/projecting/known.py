"""Projections by name, and what a person means by a name or a file."""

from __future__ import annotations

from pathlib import Path

from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.document import read_projection
from vinculo.graph.errors import UsageError
from vinculo.graph.registry import discover

_FILES = (".yml", ".yaml", ".json")


def projections() -> dict[str, Projection]:
    """Every projection in ``analytics/projections``, by name.

    Examples
    --------
    >>> list(projections())
    ['accounts', 'everything', 'who_pays_whom', 'who_shares_identifiers', 'who_ships_with_whom']
    """
    return discover("vinculo.analytics.projections", "PROJECTION")


def resolved(wanted: Projection | str) -> Projection:
    """A projection itself, the known one of a name, or the one in a file.

    Raises
    ------
    UsageError
        ``unknown_projection``.
    InputError
        What is wrong with the file.

    Examples
    --------
    >>> resolved("accounts").directed
    True
    """
    if isinstance(wanted, Projection):
        return wanted
    known = projections()
    if wanted in known:
        return known[wanted]
    if Path(wanted).suffix.lower() in _FILES:
        return read_projection(wanted)
    raise UsageError("unknown_projection", projection=wanted, known=", ".join(known))
