"""The main job: a case made up, loaded, analysed, and the dashboard at the address it prints."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def heed_ctrl_c() -> None:
    """A shell lets what it runs in the background ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def demo(run: Run, tmp_path: Path) -> tuple[Path, Any]:
    """A small made-up case in a store, and what the command said."""
    store = tmp_path / "demo.db"
    arguments = ("--no-dashboard", "--scale", "0.05", "--folder", tmp_path / "made", "--store", store, "--json")
    return store, run("demo", *arguments)


def test_demo_and_score(run: Run, demo: tuple[Path, Any]) -> None:
    """Every file's dispositions add up; what was planted is compared with what was found."""
    store, said = demo
    assert said.code == 0, said.out + said.err
    *files, told = said.lines
    assert len(files) >= 5
    for f in files:
        assert f["read"] == f["loaded"] + f["duplicate_in_file"] + f["already_there"] + f["rejected"]
        assert f["synthetic"] is True
    assert told["findings"] > 0 and told["entities"] > 0
    rows = run("score", "demo", "--store", store, "--json").lines
    assert set(rows[0]) >= {"typology", "planted", "found", "missed", "look_alikes", "flagged"}
    total = rows[-1]
    assert total["found"] + len(total["missed"]) == total["planted"] > 10
    counts = [len(run("findings", "--store", store, "--json").lines), told["findings"]]
    assert counts[0] == counts[1]


def test_detection_does_not_read_the_answers(run: Run, demo: tuple[Path, Any], tmp_path: Path) -> None:
    """Without the file of answers the findings are the same; scoring then says what it lacks."""
    store, _ = demo
    before = run("findings", "--store", store, "--json").out
    (tmp_path / "made" / "answers.json").unlink()
    run("detect", "--store", store, "--json")
    assert run("findings", "--store", store, "--json").out == before
    done = run("score", "demo", "--store", store, "--json")
    assert (done.code, done.lines[0]["error"]) == (3, "answers_missing")


def test_demo_keeps_out_of_a_real_case(run: Run, case: Path, tmp_path: Path) -> None:
    """Invented crime is not mixed with real files unless somebody insists."""
    done = run("demo", "--no-dashboard", "--scale", "0.02", "--folder", tmp_path / "made", "--store", case, "--json")
    assert (done.code, done.lines[0]["error"]) == (2, "demo_into_real_case")
    assert not (tmp_path / "made").exists()


def test_score_without_a_demo(run: Run, case: Path) -> None:
    """A sentence, not a fault."""
    done = run("score", "demo", "--store", case, "--json")
    assert (done.code, done.lines[0]["error"]) == (2, "no_demo_here")


def test_the_same_findings_told(run: Run, demo: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding in full, by the beginning of its id, in both languages."""
    store, _ = demo
    first = run("findings", "--store", store, "--json").lines[0]
    english = run("findings", first["id"][:14], "--store", store).out
    assert first["reason"]["en"] in english and first["settles"]["en"] in english
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    assert first["reason"]["es"] in run("findings", first["id"][:14], "--store", store).out
    unknown = run("findings", "ffffffffffffffffff", "--store", store, "--json")
    assert (unknown.code, unknown.lines[0]["error"]) == (2, "unknown_finding")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_dashboard_opens_and_closes(case: Path, how: signal.Signals) -> None:
    """It answers at the address it prints, and Ctrl-C ends it and its server without noise."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "vinculo", "dashboard", "--no-browser", "--json", f"--port={port}", f"--store={case}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
        preexec_fn=heed_ctrl_c,
    )
    try:
        assert child.stdout is not None
        address = json.loads(child.stdout.readline())["address"]
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert child.poll() is None and time.monotonic() < until
                time.sleep(0.1)
        child.send_signal(how)
        _, err = child.communicate(timeout=30)
    finally:
        # a polite end, for it takes the server along
        child.terminate()
        child.wait(30)
    assert child.returncode == 0 and "Traceback" not in err
    with socket.socket() as probe:
        # the server is gone with it
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
