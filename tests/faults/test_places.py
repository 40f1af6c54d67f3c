"""Places that cannot be written, files that go away, clocks that run backwards: one sentence each, and nothing lost."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jobs import HEADER, telling

from vinculo.graph.errors import StoreError
from vinculo.graph.stores import assembly, open_store, sqlite_connection
from vinculo.graph.transfer import digest
from vinculo.ingest.load import ingest

pytestmark = pytest.mark.fault
#: What lets root pass over permissions: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER.
PASSES_OVER = (1, 2, 3)


def as_anybody() -> None:
    """Give up what lets root pass over permissions; of no effect for anybody else."""
    if sys.platform == "linux":
        for capability in PASSES_OVER:
            # PR_CAPBSET_DROP
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def vinculo(*arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    """Run a command as somebody whom permissions hold; exit code, what it says, its error output."""
    done = subprocess.run(
        [sys.executable, "-m", "vinculo", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        preexec_fn=as_anybody,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def write(path: Path, first: int, end: int) -> Path:
    """Transfers with these numbers."""
    rows = (f"T{n},2024-03-01,{n + 1},USD,A-{n % 9},Firm {n % 9},B-{n % 7},Other {n % 7}\n" for n in range(first, end))
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def load(store: Path, *files: Path) -> tuple[int, list[dict[str, Any]], str]:
    """Load files by the command."""
    return vinculo("ingest", *files, "--dataset", "transfers", "--no-suggest", "--store", store)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file of a few batches."""
    return write(tmp_path / "few.csv", 0, 60)


@pytest.fixture
def store(tmp_path: Path, file: Path) -> Iterator[Path]:
    """A store in a folder of its own that holds another file."""
    path = tmp_path / "case" / "case.db"
    with closing(open_store(f"sqlite:///{path}")) as opened:
        ingest([write(tmp_path / "before.csv", 15, 30)], opened, dataset="transfers")
    yield path
    path.parent.chmod(0o755)
    path.chmod(0o644)


def contents(store: Path) -> dict[str, Any]:
    """What it holds; it is well."""
    with closing(open_store(f"sqlite:///{store}")) as opened:
        assert opened.verify() == []
        return digest(opened)


@pytest.mark.parametrize("what", ["folder", "file", "nothing at all"])
def test_what_may_not_be_written(store: Path, file: Path, what: str) -> None:
    """A load is refused with a sentence; what was there stays; with the permission back the same command loads."""
    before = contents(store)
    if what == "folder":
        store.parent.chmod(0o555)
    else:
        store.chmod(0o444 if what == "file" else 0)
    for command in ("ingest", "runs"):
        code, said, errors = load(store, file) if command == "ingest" else vinculo("runs", "--store", store)
        if what == "file" and command == "runs":
            assert (code, errors) == (0, "")
            continue
        wanted = "store_unwritable" if command == "ingest" else "store_unreadable"
        assert (code, [line.get("error") for line in said], errors) == (4, [wanted], "")
        assert str(store) in said[0]["message"] and said[0]["hint"]
    if what == "folder":
        code, said, _ = load(store.with_name("new.db"), file)
        assert (code, said[0]["error"]) == (4, "store_unwritable")
    store.parent.chmod(0o755)
    store.chmod(0o644)
    assert contents(store) == before
    assert load(store, file)[0] == 0


def test_what_lies_where_nobody_can_write(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store on a DVD is read without a file beside it; one with a log beside it is not read without the log."""
    before = contents(store)
    asked = os.statvfs

    class Fixed:
        f_flag = os.ST_RDONLY

    monkeypatch.setattr(os, "statvfs", lambda path: Fixed if Path(path) == store else asked(path))
    with closing(open_store(f"sqlite:///{store}", read_only=True)) as opened:
        assert digest(opened) == before
        assert [p.name for p in store.parent.iterdir()] == [store.name]
    assert sqlite_connection._engraved(store)
    store.with_name("case.db-wal").touch()
    assert not sqlite_connection._engraved(store)


def test_several_who_make_the_same_store(tmp_path: Path) -> None:
    """Four processes load overlapping files into a store that none of them finds there."""
    files = [write(tmp_path / f"{n}.csv", 10 * n, 10 * n + 25) for n in range(4)]
    path = tmp_path / "case.db"
    arguments = ["--dataset", "transfers", "--no-suggest", "--store", str(path), "--quiet"]
    loads = [subprocess.Popen([sys.executable, "-m", "vinculo", "ingest", str(f), *arguments]) for f in files]
    assert [p.wait(120) for p in loads] == [0] * 4
    with closing(open_store("sqlite:///:memory:")) as alone:
        ingest(files, alone, dataset="transfers")
        # a record that two files hold is loaded by either and already there for the other
        assert contents(path) == digest(alone)


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
def test_a_store_that_goes_away_while_it_is_written(store: Path, file: Path, tmp_path: Path, how: str) -> None:
    """Nothing is acknowledged that is written where nobody finds it."""
    other = tmp_path / "other.db"
    with closing(open_store(f"sqlite:///{other}")):
        pass
    acts: dict[str, Callable[[], object]] = {
        "deleted": store.unlink,
        "moved": lambda: store.rename(tmp_path / "moved.db"),
        "replaced": lambda: other.replace(store),
    }
    done: list[bool] = []

    def after(lasts: bool) -> None:
        if not done:
            acts[how]()
        done.append(lasts)

    with telling(after, each_write=True), closing(open_store(f"sqlite:///{store}")) as opened:
        with pytest.raises(StoreError) as told:
            ingest([file], opened, dataset="transfers")
        assert told.value.code == "store_moved"
    assert len(done) == 1
    for path in store.parent.glob("case.db-*"):
        path.unlink()
    assert load(store, file)[0] == 0


def test_a_killed_process_leaves_nothing_in_the_way(store: Path, file: Path, tmp_path: Path) -> None:
    """Log and shared memory of a killed process hold nobody up; a copy without its log is the store of a moment before."""
    before = contents(store)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file), str(store), str(Path(__file__).parent)])
    assert killed.returncode == -signal.SIGKILL
    left = {p.name for p in store.parent.iterdir()}
    assert left == {"case.db", "case.db-wal", "case.db-shm"}
    copies = tmp_path / "copies"
    shutil.copytree(store.parent, copies)
    bare = tmp_path / "bare.db"
    shutil.copy(store, bare)
    assert contents(bare) == before
    for path in (store, copies / "case.db", bare):
        assert load(path, file)[0] == 0
    assert contents(store) == contents(copies / "case.db") == contents(bare)


#: Loads a file and is killed after its second batch.
KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[3])
from jobs import telling
from vinculo.ingest.load import ingest
done = []
def after(lasts):
    done.append(lasts)
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
with telling(after, each_write=True):
    ingest([sys.argv[1]], f"sqlite:///{sys.argv[2]}", dataset="transfers")
"""


def test_a_store_copied_over_one_that_was_killed(store: Path, file: Path, tmp_path: Path) -> None:
    """The log of the one is not mixed into the other, as SQLite would; both are there once the log is moved away."""
    backup = tmp_path / "backup.db"
    assert load(backup, write(tmp_path / "more.csv", 100, 400))[0] == 0
    wanted = contents(backup)
    subprocess.run([sys.executable, "-c", KILLED, str(file), str(store), str(Path(__file__).parent)])
    shutil.copy(store, tmp_path / "killed.db")
    shutil.copy(backup, store)
    for read_only in (True, False):
        with pytest.raises(StoreError) as told:
            open_store(f"sqlite:///{store}", read_only=read_only)
        assert told.value.code == "store_foreign_log"
    for end in ("wal", "shm"):
        store.with_name(f"case.db-{end}").rename(tmp_path / f"killed.db-{end}")
    assert contents(store) == wanted
    assert contents(tmp_path / "killed.db")["entities"] > 0


def test_a_clock_that_runs_backwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs keep their order and contents their digest, whatever the clock says."""
    files = [write(tmp_path / f"{n}.csv", 10 * n, 10 * n + 15) for n in range(4)]
    years = iter(range(2030, 1990, -1))
    with closing(open_store("sqlite:///:memory:")) as steady, closing(open_store("sqlite:///:memory:")) as mad:
        ingest(files, steady, dataset="transfers")
        monkeypatch.setattr(assembly, "now", lambda: f"{next(years)}-01-01T00:00:00+00:00")
        ingest(files, mad, dataset="transfers")
        assert digest(mad) == digest(steady)
        assert [r.source.sha256 for r in mad.runs()] == [r.source.sha256 for r in steady.runs()]
        assert [r.status for r in mad.runs()] == ["done"] * 4
        assert mad.verify() == []
