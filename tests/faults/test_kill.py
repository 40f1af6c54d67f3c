"""kill -9 at a random moment of a load; the same command again; the contents are those of an undisturbed run."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from vinculo.ingest.demo import generate

KILLS = 20
pytestmark = pytest.mark.fault


def vinculo(*arguments: object) -> list[dict[str, Any]]:
    """Run a command to its end and read what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "vinculo", *map(str, arguments), "--json"], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A made-up case of a few seconds' loading."""
    return generate(tmp_path_factory.mktemp("case"), scale=0.08)


@pytest.fixture
def undisturbed(files: list[Path], tmp_path: Path) -> tuple[dict[str, Any], float]:
    """The digest of a run that nobody disturbs, and how long it took."""
    started = time.monotonic()
    vinculo("ingest", *files, "--store", tmp_path / "whole.db")
    return vinculo("digest", "--store", tmp_path / "whole.db")[0], time.monotonic() - started


def test_killed_loads_resume(files: list[Path], undisturbed: tuple[dict[str, Any], float], tmp_path: Path) -> None:
    """Twenty kills, spread over the whole length of a load, each on a fresh store."""
    wanted, seconds = undisturbed
    draw = random.Random(20)
    killed = n = 0
    while killed < KILLS and n < 4 * KILLS:
        n += 1
        started = time.monotonic()
        store = tmp_path / f"killed-{n}.db"
        child = subprocess.Popen(
            [sys.executable, "-m", "vinculo", "ingest", *map(str, files), "--store", str(store), "--quiet"],
            stdout=subprocess.DEVNULL,
            env=os.environ,
        )
        try:
            child.wait(draw.uniform(0.3, seconds))
            # the machine was busier when the undisturbed run was timed
            seconds = max(0.5, min(seconds, time.monotonic() - started))
        except subprocess.TimeoutExpired:
            child.kill()
            killed += 1
        child.wait()
        reports = vinculo("ingest", *files, "--store", store)
        for r in reports:
            assert r["read"] == r["loaded"] + r["duplicate_in_file"] + r["already_there"] + r["rejected"]
        assert vinculo("digest", "--store", store)[0] == wanted, f"kill {n}"
        # a killed run is told as interrupted, none as still running; each file has one that is done
        runs = vinculo("runs", "--store", store)
        assert {r["status"] for r in runs} <= {"done", "interrupted"}
        assert {r["sha256"] for r in runs if r["status"] == "done"} == {r["sha256"] for r in reports}
        for part in tmp_path.glob(f"killed-{n}.db*"):
            part.unlink()
    assert killed == KILLS
