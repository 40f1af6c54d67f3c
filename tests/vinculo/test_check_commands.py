"""``verify``, ``runs N`` and ``doctor``: what they print, their exit codes, and that no secret comes out."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_verify_says_one_sentence_or_what_differs(run: Run, case: Path) -> None:
    well = run("verify", "--store", case)
    assert well.code == 0 and len(well.out.splitlines()) == 1
    assert run("verify", "--store", case, "--json").lines == []
    with closing(sqlite3.connect(case)) as db:
        db.execute("UPDATE link_fact SET record = record + 1")
        db.commit()
    wrong = run("verify", "--store", case, "--json")
    assert wrong.code == 4
    [line] = wrong.lines
    assert (line["what"], line["file"], line["batch"]) == ("sum", "transfers.csv", 1)
    assert "transfers.csv" in run("verify", "--store", case).out


def test_one_run_whole(run: Run, case: Path, transfers: Path) -> None:
    [line] = run("runs", "1", "--store", case, "--json").lines
    assert line["sha256"] == hashlib.sha256(transfers.read_bytes()).hexdigest()
    assert (line["read"], line["rejected"], sum(line["rejected_for"].values())) == (6, 1, 1)
    assert sum(b["records"] for b in line["batches"]) == 4
    assert line["sha256"] in run("runs", "1", "--store", case).out
    assert run("runs", "7", "--store", case).code == 2


def test_doctor_tells_what_is_wrong_and_no_password(run: Run, case: Path, tmp_path: Path) -> None:
    well = run("doctor", "--store", case, "--json")
    assert {c["name"] for c in well.lines} >= {"python", "sqlite", "home", "cache", "disk", "clock", "store"}
    assert [c["ok"] for c in well.lines if c["name"] == "store"] == [True]
    assert well.code == (0 if all(c["ok"] for c in well.lines) else 1)
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)
    done = run("doctor", "--store", broken)
    assert done.code == 1 and "broken.db" in done.out
    hidden = run("doctor", "--store", "neo4j://neo4j:secret77@127.0.0.1:1")
    assert hidden.code == 1 and "secret77" not in hidden.out + hidden.err


def test_doctor_makes_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    run("doctor", "--store", tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
