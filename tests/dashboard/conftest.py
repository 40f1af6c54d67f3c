"""Fixtures of the dashboard's tests: a small case, an empty one, and pages run without a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

sys.path.insert(0, str(Path(__file__).parent))

import small_case
from browser import CHROMIUM, chromium

from vinculo.dashboard import downloads

ROOT = Path(__file__).parents[2]
APP = str(ROOT / "dashboard" / "app.py")
Run = Callable[..., AppTest]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The small case, as the one the dashboard was started with."""
    url = small_case.make(tmp_path)
    monkeypatch.setenv("VINCULO_STORE", url)
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    return url


@pytest.fixture
def empty_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case into which nothing was loaded."""
    url = small_case.make(tmp_path, filled=False)
    monkeypatch.setenv("VINCULO_STORE", url)
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    return url


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the files under the tables of a page hold, by name, as a page offers them."""
    held: dict[str, str] = {}

    def download(rows: Any, name: str, *, key: str, columns: Any = None, cleared: bool = False) -> None:
        held[name] = downloads.csv_bytes(rows, list(columns or (rows[0] if rows else ()))).decode()

    monkeypatch.setattr(downloads, "download", download)
    return held


@pytest.fixture
def page() -> Run:
    """Run a screen: ``page("entity", language="es", id=...)``."""

    def run(name: str, *, language: str = "en", **parameters: str) -> AppTest:
        at = AppTest.from_file(APP, default_timeout=60)
        at.query_params["lang"] = language
        at.run()
        for key, value in parameters.items():
            at.query_params[key] = value
        if name != "home":
            at.switch_page(f"screens/{name}.py").run()
        return at

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e .[browser]")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install it, or set VINCULO_CHROMIUM")
    with chromium() as made:
        yield made
