"""Bad input and bad luck: one clear sentence, the documented exit code, nothing lost or half-written."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from vinculo.cli import vinculo

Run = Callable[..., Any]


def heed_ctrl_c() -> None:
    """A shell lets what it runs in the background ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


HEADER = "transfer_id,date,amount,currency,originator_account,originator_name,beneficiary_account,beneficiary_name\n"
GOOD = "T1,2024-03-01,10,USD,A-1,Ana,B-1,Beto\n"

#: What is wrong with a file, its bytes, the error's code, the line it must name.
WRONG = {
    "empty": (b"", "empty_file", None),
    "only spaces": (b"  \n \n", "empty_file", None),
    "another table": (b"colour,shape\nred,round\n", "unknown_file", None),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "binary_file", None),
    "cut gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03cut", "damaged_gzip", None),
    "unclosed quote": (
        (HEADER + GOOD + 'T2,2024-03-02,10,USD,"A-1,Ana,B-1,Beto\n' + GOOD).encode(),
        "unclosed_quote",
        3,
    ),
    "two headers alike": (HEADER.replace("currency", "date").encode() + GOOD.encode(), None, None),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(run: Run, tmp_path: Path, name: str) -> None:
    """Each is told with file and line, exit code 3 (or the record is rejected with its line)."""
    content, code, line = WRONG[name]
    file = tmp_path / ("wrong.csv.gz" if name == "cut gzip" else "wrong.csv")
    file.write_bytes(content)
    done = run("ingest", file, "--dataset", "transfers", "--store", tmp_path / "case.db", "--json")
    if name in ("another table", "only spaces", "two headers alike"):
        # said to be transfers: the columns that are missing are named; blank text has no header
        assert done.code == 3, done.out
        assert done.lines[-1]["error"] in {"missing_columns", "no_header", "empty_file", "duplicate_header"}
    else:
        assert done.code == 3, done.out
        assert done.lines[-1]["error"] == code
    told = done.lines[-1]
    assert str(file) in told["message"] and told["hint"]
    assert line is None or told["line"] == line
    assert "Traceback" not in done.err


def test_wrong_encoding_names_the_line(run: Run, tmp_path: Path) -> None:
    """Bytes that are of no encoding stop the file at their line or are read in the encoding they are; never garbled."""
    file = tmp_path / "latin.csv"
    file.write_bytes((HEADER + "T1,2024-03-01,10,USD,A-1,Peñón,B-1,Beto\n").encode("cp1252"))
    store = tmp_path / "case.db"
    done = run("ingest", file, "--store", store, "--json")
    assert done.code == 0, done.out
    [hit, *_] = run("search", "Penon", "--store", store, "--json").lines
    assert hit["name"] == "Peñón"


def test_ragged_row_and_impossible_values_are_rejected_one_by_one(run: Run, tmp_path: Path) -> None:
    """A row that is too long or short, a date and an amount that are none: each rejected with its line, the rest loads."""
    file = tmp_path / "mixed.csv"
    rows = [
        GOOD,
        "T2,2024-03-02,10,USD,A-1,Ana,B-1\n",
        "T3,2024-02-30,10,USD,A-1,Ana,B-1,Beto\n",
        "T4,2024-03-04,ten,USD,A-1,Ana,B-1,Beto\n",
        "T5,2024-03-05,10,USD,A-1,Ana,B-1,Beto\n",
    ]
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    [line] = run("ingest", file, "--store", tmp_path / "case.db", "--json").lines
    assert (line["read"], line["loaded"], line["rejected"]) == (5, 2, 3)
    rejects = Path(line["rejects_file"]).read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [r.split(",")[2] for r in rejects] == ["3", "4", "5"]


def test_another_writer(run: Run, case: Path, transfers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer waits, then says so; nothing of its work is half there."""
    from vinculo.graph.stores import sqlite_connection

    monkeypatch.setattr(sqlite_connection, "PATIENCE_S", 0.3)
    before = run("digest", "--store", case, "--json").out
    other = transfers.with_name("other.csv")
    other.write_text(transfers.read_text("utf-8").replace("T1,", "T9,"), encoding="utf-8")
    holding = sqlite3.connect(case, isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    try:
        done = run("ingest", other, "--store", case, "--json")
        assert run("digest", "--store", case, "--json").out == before
    finally:
        holding.rollback()
        holding.close()
    assert (done.code, done.lines[-1]["error"]) == (4, "store_busy")
    assert run("ingest", other, "--store", case).code == 0
    assert run("digest", "--store", case, "--json").out != before


def test_store_faults(run: Run, tmp_path: Path) -> None:
    """Missing, no store at all, of another version, an address that is none, a folder that is not there."""
    other = tmp_path / "notes.txt"
    other.write_text("not a database, but long enough to be looked at as if it were one\n" * 20, encoding="utf-8")
    newer = tmp_path / "newer.db"
    run("restore", "nowhere", "--store", newer)
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA user_version = 99")
    for url, code in (
        (tmp_path / "none.db", "store_missing"),
        (other, "store_damaged"),
        (newer, "store_version"),
        ("ftp://host/case", "unknown_store"),
        ("neo4j://127.0.0.1:9", "store_unreachable"),
    ):
        done = run("runs", "--store", url, "--json")
        assert done.lines[0]["error"] == code, (url, done.out)
        assert done.code == (2 if code == "unknown_store" else 4)
    file = tmp_path / "t.csv"
    file.write_text(HEADER + GOOD, encoding="utf-8")
    done = run("ingest", file, "--store", file / "case.db", "--json")
    assert done.code in (4, 5) and done.lines[0]["error"] == "store_unwritable"


def test_port_taken(run: Run, case: Path) -> None:
    """A port that somebody listens on is told before anything starts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("dashboard", "--port", port, "--store", case, "--json")
    assert (done.code, done.lines[0]["error"]) == (5, "port_taken")
    assert str(port) in done.lines[0]["message"]


def test_wrong_calls(run: Run) -> None:
    """Exit code 2 and a sentence of ours, in the reader's language, for each way to call a command wrongly."""
    for arguments in (
        ("serch",),
        ("search",),
        ("search", "x", "--bogus"),
        ("communities", "--method", "guess"),
        ("search", "x", "--limit", "many"),
        ("search", "x", "--limit"),
        ("show", "a", "b"),
    ):
        done = run(*arguments)
        assert done.code == 2, arguments
        assert done.out == "" and len(done.err.splitlines()) == 2, done.err
        assert "Usage" not in done.err and "Error" not in done.err


def test_errors_are_said_in_spanish(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code stays, the sentence is the reader's."""
    monkeypatch.setenv("VINCULO_LANGUAGE", "es")
    done = run("ingest", "no-hay.csv", "--json")
    assert done.lines[-1]["error"] == "no_file"
    assert done.lines[-1]["message"].startswith("No existe el archivo")


def test_a_fault_of_ours_leaves_a_log(run: Run, case: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, one sentence with the place of the log, no traceback on screen, no password in the log."""
    from vinculo.graph.stores import sqlite

    def broken(self: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(sqlite.SqliteStore, "runs", broken)
    done = run("runs", "--store", case)
    assert done.code == 1
    assert "Traceback" not in done.err and "ZeroDivisionError" in done.err
    [log] = (own_home / "logs").iterdir()
    assert str(log) in done.err and "inside" in log.read_text("utf-8")
    monkeypatch.setenv("VINCULO_DEBUG", "1")
    assert "Traceback" in run("runs", "--store", case).err


def test_a_reader_that_leaves_early(case: Path) -> None:
    """``vinculo ... | head`` ends quietly."""
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m vinculo datasets --json | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "141" and done.stderr == ""


def test_help_answers_at_once(process: Run) -> None:
    """0.3 s of the processor, the best of five: other tests run beside it. Nothing heavy is imported for it."""
    took = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert process("--help").code == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    assert 0 < min(took) < 0.3, took
    names = "{'numpy', 'pyarrow', 'numba', 'streamlit', 'networkx', 'neo4j'}"
    heavy = f"import sys, vinculo.cli; print(sorted({names} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True).stdout.strip() == "[]"


def _many(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(HEADER)
        for n in range(rows):
            out.write(f"T{n},2024-03-01,{n + 1},USD,A-{n % 500},Firm {n % 500},B-{n % 700},Other {n % 700}\n")


@pytest.mark.parametrize(("command", "again"), [("ingest", "goes on"), ("communities", "begins anew")])
def test_a_stopped_command_says_what_running_it_again_does(
    command: str, again: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A load goes on where it stopped; an analysis does not."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "main", stop)
    with pytest.raises(SystemExit) as left:
        vinculo.main([command])
    assert left.value.code == 130
    assert again in capsys.readouterr().err


@pytest.mark.fault
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_a_load(process: Run, tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C and a polite kill: exit code 130, a sentence, and running again ends where an undisturbed run does."""
    file, store, whole = tmp_path / "many.csv", tmp_path / "case.db", tmp_path / "whole.db"
    _many(file, 60_000)
    child = subprocess.Popen(
        [sys.executable, "-m", "vinculo", "ingest", str(file), "--store", str(store), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VINCULO_PROGRESS": "json"},
        preexec_fn=heed_ctrl_c,
    )
    assert child.stderr is not None and child.stdout is not None
    # the first batch is written by then
    while '"stage": "ingest"' not in child.stderr.readline():
        assert child.poll() is None
    child.send_signal(how)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 130, out
    assert '"error": "interrupted"' in out or '"error": "cancelled"' in out
    assert process("ingest", file, "--store", store).code == 0
    assert process("ingest", file, "--store", whole).code == 0
    assert process("digest", "--store", store, "--json").out == process("digest", "--store", whole, "--json").out


@pytest.mark.fault
def test_disk_full(process: Run, tmp_path: Path) -> None:
    """No room for the store: exit code 5, a sentence; with room again the same command ends as if nothing had been."""
    file, store, whole = tmp_path / "many.csv", tmp_path / "case.db", tmp_path / "whole.db"
    _many(file, 30_000)
    limit = 3_000_000
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(limit), "ingest", str(file), "--store", str(store), "--json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 5, done.stdout + done.stderr
    assert '"error": "disk_refuses' in done.stdout and "Traceback" not in done.stderr
    assert process("digest", "--store", store, "--json").code == 0
    assert process("ingest", file, "--store", store).code == 0
    assert process("ingest", file, "--store", whole).code == 0
    assert process("digest", "--store", store, "--json").out == process("digest", "--store", whole, "--json").out


#: Runs the command with files that may not grow beyond a size, as on a full disk.
FULL = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from vinculo.cli import main
main()
"""
