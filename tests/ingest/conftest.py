"""What tests of ingest share: a home and a store of their own, files written in one line, the shared data, the oracle."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph.store import Store
from vinculo.graph.stores import open_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own; sentences in English."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VINCULO_HOME", str(folder))
    monkeypatch.setenv("VINCULO_LANGUAGE", "en")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'case.db'}")
    yield opened
    opened.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a file: ``written("a.csv", text)``; bytes stay as they are, a ``.gz`` is packed."""

    def write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        data = content if isinstance(content, bytes) else content.encode(encoding)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real public files, kept outside the repository."""
    folder = Path(os.environ.get("VINCULO_SHARED_DATA") or ROOT.parent / "shared" / "data") / "real"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: set VINCULO_SHARED_DATA to the folder of real files")
    return folder


class Oracle:
    """FollowTheMoney itself, in an interpreter of its own; one line asks, one line answers."""

    def __init__(self, python: str) -> None:
        script = Path(__file__).with_name("ftm_oracle.py")
        self._process = subprocess.Popen(
            [python, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def ask(self, **question: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the oracle stopped"
        return json.loads(answer)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    """FollowTheMoney from ``VINCULO_FTM_PYTHON``; absent it is a reason to skip on a laptop, a failure in CI."""
    python = os.environ.get("VINCULO_FTM_PYTHON")
    if not python:
        reason = "set VINCULO_FTM_PYTHON to a Python that has followthemoney 4.11"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    made = Oracle(python)
    assert made.ask(op="version").startswith("4.11")
    yield made
    made.close()
