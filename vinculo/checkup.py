"""What ``vinculo doctor`` looks at: this machine, the libraries, the store. Nothing is made or changed, nothing secret told."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from vinculo.graph.errors import VinculoError
from vinculo.graph.leftovers import left_behind
from vinculo.graph.settings import load_settings
from vinculo.graph.stores import hide_password, open_store
from vinculo.graph.stores.sqlite_connection import library
from vinculo.graph.text import say

OLDEST_PYTHON, OLDEST_SQLITE = (3, 11), (3, 35, 0)
#: Less free disk than this and a load may not end, bytes.
ENOUGH = 1 << 30
#: A clock before this is wrong: nothing of Vinculo is as old.
FIRST_YEAR, LAST_YEAR = 2025, 2100


@dataclass(frozen=True)
class Check:
    """One line of the screen: what was looked at, whether it is in order, what was found, and what to do where it is not."""

    name: str
    ok: bool
    value: str
    todo: str = ""

    def told(self) -> str:
        """What was found, and what to do."""
        return f"{self.value.rstrip('.')}. {self.todo}" if self.todo else self.value

    def as_json(self) -> dict[str, Any]:
        """As ``vinculo doctor --json`` prints it."""
        return asdict(self)


def _check(name: str, ok: bool, value: str, **values: str) -> Check:
    return Check(name, ok, value, "" if ok else say(f"doctor.{name}.todo", **values))


def checks(url: str) -> Iterator[Check]:
    """Look at everything in turn; a store that cannot be opened is a line, not an error."""
    yield _check("python", sys.version_info >= OLDEST_PYTHON, platform.python_version())
    yield _libraries()
    yield _sqlite()
    settings = load_settings()
    for name, folder in (("home", settings.data_folder), ("cache", settings.cache_folder)):
        yield _check(name, _writable(folder), str(folder), folder=str(folder))
    yield _disk(_place(url) or settings.data_folder)
    yield _leftovers(url)
    yield _kernels(settings.cache_folder)
    now = datetime.now(UTC)
    yield _check("clock", FIRST_YEAR <= now.year < LAST_YEAR, f"{now:%Y-%m-%d %H:%M} UTC")
    yield _store(url)


def _libraries() -> Check:
    found, absent = [], []
    for name in ("click", "neo4j", "networkx", "numba", "numpy", "pyarrow", "streamlit"):
        try:
            found.append(f"{name} {installed(name)}")
        except PackageNotFoundError:
            absent.append(name)
    return _check("libraries", not absent, ", ".join(found), absent=", ".join(absent))


def _sqlite() -> Check:
    found, trigrams = library()
    value = f"{found}, {say('doctor.sqlite.trigrams' if trigrams else 'doctor.sqlite.no_trigrams')}"
    return _check("sqlite", trigrams and tuple(map(int, found.split("."))) >= OLDEST_SQLITE, value)


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _writable(folder: Path) -> bool:
    there = _nearest(folder)
    if not there.is_dir():
        return False
    try:
        # permissions do not say whether a file system is full or read-only: only writing does
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
            file.flush()
    except OSError:
        return False
    return os.access(there, os.X_OK)


def _place(url: str) -> Path | None:
    """The file of an embedded store."""
    scheme, _, name = url.partition(":///")
    return Path(name) if scheme == "sqlite" and name and name != ":memory:" else None


def _disk(place: Path) -> Check:
    free = shutil.disk_usage(_nearest(place if place.is_dir() else place.parent)).free
    return _check("disk", free >= ENOUGH, f"{free / (1 << 30):,.1f} GiB")


def _leftovers(url: str) -> Check:
    place = _place(url)
    folders = {Path.cwd(), *([place.absolute().parent] if place else [])}
    found = [str(part) for folder in sorted(folders) for part in left_behind(folder)]
    return _check("leftovers", not found, ", ".join(found) or say("doctor.leftovers.none"))


def _kernels(cache: Path) -> Check:
    compiled = sum(1 for _ in cache.rglob("*.nbc")) if cache.is_dir() else 0
    return _check(
        "kernels", True, say("doctor.kernels.some", count=f"{compiled:,}") if compiled else say("doctor.kernels.none")
    )


def _store(url: str) -> Check:
    shown = hide_password(url)
    place = _place(url)
    if place is not None and not place.exists():
        return _check("store", True, f"{shown} ({say('doctor.store.none')})")
    try:
        store = open_store(url, create=False, read_only=True)
    except VinculoError as problem:
        return Check("store", False, problem.message(), problem.hint())
    try:
        counts = {sort: sum(kinds.values()) for sort, kinds in store.counts().items()}
    except VinculoError as problem:
        return Check("store", False, problem.message(), problem.hint())
    finally:
        store.close()
    size = f"{place.stat().st_size / (1 << 20):,.1f} MiB" if place else getattr(store, "server", "")
    numbers = {sort: f"{n:,}" for sort, n in counts.items()}
    return _check("store", True, f"{shown}: {size}, " + say("doctor.store.holds", **numbers))
