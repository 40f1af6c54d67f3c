"""Shared by every test: no test touches the user's own data folder, and one language is spoken unless asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own; English; no store from the environment."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VINCULO_HOME", str(home))
    monkeypatch.setenv("VINCULO_LANGUAGE", "en")
    for name in ("VINCULO_STORE", "VINCULO_PROGRESS", "VINCULO_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real files the tests read; they are not part of the repository."""
    folder = Path(os.environ.get("VINCULO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real files are not here: set VINCULO_SHARED_DATA (looked in {folder})")
    return folder
