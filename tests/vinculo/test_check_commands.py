"""``verify``, ``runs N`` and ``doctor``: what they print, their exit codes, and that no secret comes out."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph.leftovers import part_of

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
    assert all(line["started"] <= b["written"] <= line["finished"] for b in line["batches"])
    assert line["notes"]["delimiter"] == "comma" and Path(line["rejects_file"]).is_file()
    told = run("runs", "1", "--store", case).out
    assert f"written {line['batches'][0]['written']}" in told
    assert line["sha256"] in told and line["rejects_file"] in told
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


def test_what_a_killed_snapshot_left_is_told(run: Run, case: Path, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    own = part_of(tmp_path / "snap")
    left = own.with_name(own.name.replace(f"-{os.getpid()}-", f"-{child.pid}-"))
    left.mkdir()
    assert left.parent == case.parent
    [told] = [c for c in run("doctor", "--store", case, "--json").lines if c["name"] == "leftovers"]
    assert not told["ok"] and left.name in told["value"] and "delete them" in told["todo"]
    assert left.is_dir()
    assert left.name in run("snapshot", tmp_path / "snap", "--store", case).out and not left.exists()
    [told] = [c for c in run("doctor", "--store", case, "--json").lines if c["name"] == "leftovers"]
    assert told["ok"]


def test_doctor_makes_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    run("doctor", "--store", tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_which_half_is_missing_is_shown_on_somebodys_word(run: Run, tmp_path: Path) -> None:
    case, path = tmp_path / "held.db", tmp_path / "listado.csv"
    header = "No,RFC,Nombre del Contribuyente,Situación del contribuyente"
    path.write_text(f"{header}\n1,XAX010101AB1,FICTICIA SA DE CV,Definitivo\n", encoding="utf-8")
    held = run("ingest", str(path), "--store", case, "--dataset", "sat_69b", "--json")
    assert held.code == 3 and held.lines[0]["loaded"] == 1 and held.lines[0]["held"]
    assert run("search", "ficticia", "--store", case, "--json").lines == []
    [line] = run("runs", "1", "--store", case, "--json").lines
    assert (line["status"], line["held"]) == ("held", held.lines[0]["held"])
    assert run("publish", "1", "--store", case).code == 2
    [shown] = run("publish", "1", "--reason", "one firm, by the publisher", "--store", case, "--json").lines
    assert (shown["status"], shown["run"]) == ("done", 1)
    assert run("search", "ficticia", "--store", case, "--json").lines
    assert "by the publisher" in run("runs", "1", "--store", case).out
    assert run("publish", "1", "--reason", "again", "--store", case).code == 2


def test_a_store_of_an_older_version_is_brought_up_to_date(run: Run, case: Path) -> None:
    with closing(sqlite3.connect(case)) as db:
        for statement in ("PRAGMA user_version = 3", *(f"DROP TABLE {t}_pending" for t in ("entity", "link"))):
            db.execute(statement)
        for table, column in (("source", "published"), ("entity", "origin"), ("link", "origin")):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    refused = run("runs", "--store", case)
    assert refused.code == 4 and "vinculo upgrade" in refused.err
    [line] = run("upgrade", "--store", case, "--json").lines
    assert line["links"] > 0
    assert run("runs", "--store", case).code == 0
    assert run("upgrade", "--store", case.with_name("none.db")).code == 4
