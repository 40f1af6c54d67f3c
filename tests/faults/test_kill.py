"""kill -9 at a random moment of a load; the same command again; the contents are those of an undisturbed run."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import time
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from jobs import command

from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.ingest.demo import generate

KILLS = 20
#: One file of each sort that the made-up case has: entities, shipments, seizures, payments.
FILES = {"company_register.ftm.json", "bills_of_lading_us_imports.csv", "seizures.csv", "transfers.csv"}
pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Some seconds' loading."""
    made = [f for f in generate(tmp_path_factory.mktemp("case"), scale=0.05) if f.name in FILES]
    assert len(made) == len(FILES)
    return made


def begun(files: list[Path], store: Path) -> subprocess.Popen[bytes]:
    """A load in a process of its own."""
    command = [sys.executable, "-m", "vinculo", "ingest", *map(str, files), "--store", str(store), "--quiet"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)


def contents(store: Path) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The digest, and each run's file and status."""
    with closing(open_store(f"sqlite:///{store}")) as opened:
        return digest(opened), [(r.source.sha256, r.status) for r in opened.runs()]


@pytest.fixture
def undisturbed(files: list[Path], tmp_path: Path) -> tuple[dict[str, Any], float]:
    """The digest of a run that nobody disturbs, and how long it took."""
    started = time.monotonic()
    assert begun(files, tmp_path / "whole.db").wait() == 0
    took = time.monotonic() - started
    return contents(tmp_path / "whole.db")[0], took


def resumed(files: list[Path], store: Path) -> list[dict[str, Any]]:
    """What the same command says when it is given again."""
    with redirect_stdout(io.StringIO()) as out:
        assert command("ingest", *files, "--store", store) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_killed_loads_resume(files: list[Path], undisturbed: tuple[dict[str, Any], float], tmp_path: Path) -> None:
    """Twenty kills, spread over the whole length of a load, each on a fresh store."""
    wanted, seconds = undisturbed
    draw = random.Random(20)
    killed = n = 0
    while killed < KILLS and n < 4 * KILLS:
        n += 1
        started = time.monotonic()
        store = tmp_path / f"killed-{n}.db"
        child = begun(files, store)
        try:
            child.wait(draw.uniform(0.3, seconds))
            # the machine was busier when the undisturbed run was timed
            seconds = max(0.5, min(seconds, time.monotonic() - started))
        except subprocess.TimeoutExpired:
            child.kill()
            killed += 1
        child.wait()
        reports = resumed(files, store)
        for r in reports:
            assert r["read"] == r["loaded"] + r["duplicate_in_file"] + r["already_there"] + r["rejected"]
        found, runs = contents(store)
        assert found == wanted, f"kill {n}"
        # a killed run is told as interrupted, none as still running; each file has one that is done
        assert {status for _, status in runs} <= {"done", "interrupted"}
        assert {sha256 for sha256, status in runs if status == "done"} == {r["sha256"] for r in reports}
        for part in tmp_path.glob(f"killed-{n}.db*"):
            part.unlink()
    assert killed == KILLS
