"""Stores by address: one module each, found by its ``STORE`` constant."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from vinculo.graph.errors import UsageError
from vinculo.graph.registry import discover
from vinculo.graph.store import Store

#: Called with (stage, seconds waited, seconds at most) while a store waits for its server; may raise ``Cancelled``.
while_waiting: ContextVar[Callable[[str, int, int], None] | None] = ContextVar("while_waiting", default=None)


@dataclass(frozen=True)
class StoreKind:
    """How to open one kind of store: ``opens(url, create, read_only)``."""

    name: str
    schemes: tuple[str, ...]
    opens: Callable[[str, bool, bool], Store]


def open_store(url: str, *, create: bool = True, read_only: bool = False) -> Store:
    """Open the store at an address.

    Parameters
    ----------
    url : str
        ``sqlite:///case.db`` (relative), ``sqlite:////absolute/case.db``, ``neo4j://user:password@host:7687``.
    create : bool
        Make it where there is none; else that is an error.
    read_only : bool
        Refuse writes; several readers may stand beside one writer.

    Raises
    ------
    UsageError
        ``unknown_store``.
    StoreError
        Missing, unreachable, denied, damaged or of another schema version.

    Examples
    --------
    >>> store = open_store("sqlite:///:memory:")
    >>> store.counts()
    {'entities': {}, 'links': {}}
    """
    scheme = url.partition("://")[0]
    for kind in discover(__name__, "STORE").values():
        if scheme in kind.schemes:
            opened: Store = kind.opens(url, create, read_only)
            return opened
    raise UsageError("unknown_store", url=hide_password(url))


def hide_password(url: str) -> str:
    """The address as it may be shown.

    Examples
    --------
    >>> hide_password("neo4j://ana:secret@host:7687")
    'neo4j://ana:***@host:7687'
    """
    scheme, sep, rest = url.partition("://")
    login, at, host = rest.rpartition("@")
    return f"{scheme}{sep}{login.partition(':')[0]}:***@{host}" if at and ":" in login else url
