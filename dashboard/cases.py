"""Which store is at hand. A case is a store; a person may switch between several.

Pages read through a connection of their own thread, opened read-only; a write opens the store for as long as it takes.
Nothing of a session lives here, only addresses and connections.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from vinculo.graph.settings import load_settings
from vinculo.graph.store import Store
from vinculo.graph.stores import hide_password, open_store
from vinculo.graph.whole import whole

_mine = threading.local()
_shared: dict[str, Store] = {}
_lock = threading.Lock()
#: Addresses remembered at most.
RECENT = 12


def current() -> str:
    """Address of the case this session works in."""
    return str(st.session_state.get("case") or load_settings().store)


def store() -> Store:
    """The store of this session's case, to read."""
    return reader(current())


def reader(url: str) -> Store:
    """A store to read, one connection per thread; a server's driver is shared, it is made for that."""
    if not url.startswith("sqlite:"):
        with _lock:
            if url not in _shared:
                _shared[url] = open_store(url, create=False, read_only=True)
            return _shared[url]
    held: dict[str, Store] = _mine.__dict__.setdefault("stores", {})
    if url not in held:
        _made(url)
        held[url] = open_store(url, create=False, read_only=True)
    return held[url]


def _made(url: str) -> None:
    """Make an empty store where there is none, so that the first page can say what to do."""
    path = Path(url.partition(":///")[2])
    with _lock:
        if not path.exists():
            open_store(url).close()


@contextmanager
def writing() -> Iterator[Store]:
    """The store of this session's case, to write, for as long as the block."""
    opened = open_store(current(), create=False)
    try:
        yield opened
    finally:
        opened.close()


def label(url: str) -> str:
    """What to call a case on a page.

    Examples
    --------
    >>> label("sqlite:////cases/border.db"), label("neo4j://ana:secret@host:7687")
    ('border', 'host:7687')
    """
    if url.startswith("sqlite:"):
        return Path(url.partition(":///")[2]).stem or "sqlite"
    return hide_password(url).partition("://")[2].rpartition("@")[2]


def key(url: str) -> str:
    """A short name for an address in the browser's own address line, which tells no folder and no password.

    Examples
    --------
    >>> len(key("sqlite:///case.db"))
    8
    """
    return hashlib.sha256(url.encode()).hexdigest()[:8]


def _file() -> Path:
    return load_settings().data_folder / "cases.json"


def recent() -> list[str]:
    """Addresses opened lately, newest first; the one the dashboard was started with is always among them."""
    try:
        kept = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        kept = []
    known = [u for u in kept if isinstance(u, str)] if isinstance(kept, list) else []
    return list(dict.fromkeys([*known, *_shared, load_settings().store]))


def remember(url: str) -> None:
    """Put an address first among the recent ones. One with a password stays in memory and goes to no file."""
    if hide_password(url) != url:
        return
    kept = list(dict.fromkeys([url, *(u for u in recent() if hide_password(u) == u)]))[:RECENT]
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        with whole(_file()) as part:
            part.write_text(json.dumps(kept, indent=1), "utf-8")
    except OSError:
        # a list of recent addresses is a comfort; a full or read-only disk must not stop the page
        return


def switch(url: str) -> None:
    """Work in another case from now on; raises what opening it raises."""
    reader(url)
    st.session_state.case = url
    remember(url)


# -- what every page asks, kept as long as the contents stay the same ----------------------------------------------
@st.cache_data(max_entries=16, show_spinner=False)
def _counts(url: str, version: str) -> dict[str, dict[str, int]]:
    return reader(url).counts()


@st.cache_data(max_entries=16, show_spinner=False)
def _synthetic(url: str, version: str) -> str:
    made_up = {s.synthetic for s in reader(url).sources()}
    return ("some" if len(made_up) > 1 else "all") if True in made_up else ""


@st.cache_data(max_entries=16, show_spinner=False)
def _reports(url: str, version: str) -> bool:
    return any(s.taint for s in reader(url).sources())


def has_reports() -> bool:
    """Whether the case holds suspicious-activity reports, or anything else that may go out only if asked for."""
    return _reports(current(), store().version())


@st.cache_resource(max_entries=4, show_spinner=False)
def _taints(url: str, version: str) -> dict[str, str]:
    return reader(url).taints()


def taints() -> dict[str, str]:
    """Ids of what only tainted sources assert, with the taint; asked of the whole case, and so remembered. Not to be changed."""
    return _taints(current(), store().version())


def counts() -> dict[str, dict[str, int]]:
    """How many of each kind this case holds."""
    return _counts(current(), store().version())


def is_empty() -> bool:
    """Whether nothing was loaded yet."""
    return not counts()["entities"]


def synthetic() -> str:
    """How much of it says of itself that it is made up: ``all``, ``some``, or nothing."""
    return _synthetic(current(), store().version())
