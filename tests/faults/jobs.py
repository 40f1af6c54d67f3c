"""Small jobs that write files, each with a way to look at what is there afterwards.

A job's ``look`` gives one text for all that a reader would see; the same contents give the same text. It opens the store for
writing first, so that whatever a dead process left behind is put right, as the next command would.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vinculo.cli import vinculo as command_line
from vinculo.faults import guarded
from vinculo.graph.errors import VinculoError
from vinculo.graph.snapshot import Snapshot
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store, sqlite
from vinculo.graph.text import Text
from vinculo.graph.transfer import Digest, digest
from vinculo.graph.types import Finding

HEADER = "transfer_id,date,amount,currency,originator_account,originator_name,beneficiary_account,beneficiary_name\n"
#: Entities and links of one batch, so that a small file makes several.
BATCH_ROWS = 90


@dataclass
class Seen:
    """What there is after a job."""

    state: str
    #: What ``verify`` finds.
    differences: list[str] = field(default_factory=list)
    #: Code of the error that a reader gets, who does not write.
    reader: str = ""
    #: How long opening the store took, and a first question.
    reopen_s: float = 0.0


@dataclass(frozen=True)
class Job:
    """Something that writes.

    Attributes
    ----------
    prepare, act, look : callable
        What must be there before; the work itself, which returns an exit code; what is there afterwards.
    each_write : bool
        Whether each batch must last. Those of a load must; a copy that fails takes its own out again.
    """

    name: str
    prepare: Callable[[Path], object]
    act: Callable[[Path], int]
    look: Callable[[Path], Seen]
    each_write: bool = False


def command(*arguments: object) -> int:
    """Run a command of the command line in this process."""
    try:
        command_line.main([*map(str, arguments), "--json"])
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("a command always leaves")


@contextmanager
def telling(tell: Callable[[bool], None], each_write: bool) -> Iterator[None]:
    """Call ``tell`` after each step: true where it must last from here on (``each_write``: batches too), else false."""
    write, finish, save = sqlite.SqliteStore.write, sqlite.SqliteStore.finish_run, sqlite.SqliteStore.save_findings

    def told_write(self: Any, *arguments: Any) -> Any:
        made = write(self, *arguments)
        tell(each_write)
        return made

    def told_finish(self: Any, run: int, status: str, counts: dict[str, int], **more: Any) -> None:
        finish(self, run, status, counts, **more)
        if status == "done":
            tell(True)

    def told_save(self: Any, *arguments: Any) -> None:
        save(self, *arguments)
        tell(True)

    kept = {"write": told_write, "finish_run": told_finish, "save_findings": told_save, "batch_rows": BATCH_ROWS}
    before = {name: getattr(sqlite.SqliteStore, name) for name in kept}
    for name, value in kept.items():
        setattr(sqlite.SqliteStore, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(sqlite.SqliteStore, name, value)


def write_files(folder: Path) -> list[Path]:
    """Two files that say much of the same; one record repeats, one date is none."""
    made = []
    for name, first, end in (("one.csv", 0, 34), ("two.csv", 22, 50)):
        rows = [
            f"T{n},2024-03-{n % 28 + 1:02d},{900 + n},USD,A-{n % 7},Firm {n % 7},B-{n % 5},Other {n % 5}\n"
            for n in range(first, end)
        ]
        rows[3] = rows[3].replace("2024-03-", "2024-13-")
        path = folder / name
        path.write_text(HEADER + "".join([*rows, rows[0]]), encoding="utf-8")
        made.append(path)
    return made


def _store(place: Path) -> str:
    return f"sqlite:///{place / 'case.db'}"


def _load(place: Path) -> int:
    files = place / "one.csv", place / "two.csv"
    return command("ingest", *files, "--dataset", "transfers", "--store", _store(place), "--no-suggest")


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _contents(store: Store) -> dict[str, Any]:
    """All that a store holds, that of runs under way too."""
    every = {r.source.key: r.source for r in store.runs()}
    found: dict[str, Any] = {"readers": digest(store), "findings": [f.as_json() for f in store.findings()]}
    for key, source in sorted(every.items()):
        batches = [[m.number, m.records, m.fingerprints.to_pylist()] for m in store.manifests(source)]
        if batches:
            asserted = Digest()
            for sort, table in store.statements(source):
                asserted.add(sort, table)
            found["/".join(key)] = [batches, asserted.sums()["digest"], store.rejects(source).to_pylist()]
    return found


def _text(contents: Any) -> str:
    return hashlib.sha256(json.dumps(contents, sort_keys=True, default=str).encode()).hexdigest()


def see_store(place: Path) -> Seen:
    """The store, for a reader first, then as the next command opens it; and what was written beside it."""
    reader = ""
    try:
        with closing(open_store(_store(place), read_only=True)) as store:
            digest(store)
    except VinculoError as problem:
        reader = problem.code
    began = time.monotonic()
    with closing(open_store(_store(place))) as store:
        store.runs()
        took = time.monotonic() - began
        differences = [f"{d.what}: {d.where}" for d in store.verify()]
        contents = _contents(store)
    return Seen(_text(contents), differences, reader, took)


def see_rejects(place: Path) -> Seen:
    """The store and the files of rejects: each whole or not there at all."""
    seen = see_store(place)
    for path in sorted((place / "home" / "rejects").glob("*.csv")):
        text = path.read_text(encoding="utf-8-sig")
        if len(text.splitlines()) != 2 or not text.endswith("\n"):
            seen.differences.append(f"{path.name}: half")
    return seen


def _see_file(name: str) -> Callable[[Path], Seen]:
    return lambda place: Seen(_sha(place / name) if (place / name).exists() else "")


def see_snapshot(place: Path) -> Seen:
    """A snapshot that is there reads back whole."""
    folder = place / "snapshot"
    if not folder.exists():
        return Seen("")
    taken = Snapshot(folder)
    told = digest(taken)
    taken.check(told)
    return Seen(_text([told, [r.status for r in taken.runs()]]))


def _loaded(place: Path) -> None:
    write_files(place)
    assert _load(place) == 0


def _with_snapshot(place: Path) -> None:
    _loaded(place)
    assert command("snapshot", place / "snapshot", "--store", _store(place)) == 0
    (place / "case.db").unlink()


def _finding(name: str) -> Finding:
    return Finding(name, "t", "1", 0.5, (), (), ("", ""), {}, Text("a", "b"), (), Text("c", "d"))


def _find(place: Path) -> int:
    def act() -> None:
        with closing(open_store(_store(place))) as store:
            store.save_findings("t", [_finding(f"new {n}") for n in range(40)])

    return guarded(act, as_json=True)


def _with_findings(place: Path) -> None:
    _loaded(place)
    with closing(open_store(_store(place))) as store:
        store.save_findings("t", [_finding(f"old {n}") for n in range(60)])


def _exported(format: str, name: str) -> Job:
    def act(place: Path) -> int:
        return command("export", format, place / name, "--store", _store(place))

    def prepare(place: Path) -> None:
        _loaded(place)
        (place / name).write_text("what was here before\n" * 400, encoding="utf-8")

    return Job(f"export {format}", prepare, act, _see_file(name))


_EVERY = [
    Job("load", write_files, _load, see_rejects, each_write=True),
    Job(
        "withdraw",
        _loaded,
        lambda place: command("withdraw", _sha(place / "two.csv"), "--store", _store(place), "--yes"),
        see_store,
    ),
    Job("findings", _with_findings, _find, see_store),
    Job(
        "snapshot",
        _loaded,
        lambda place: command("snapshot", place / "snapshot", "--store", _store(place)),
        see_snapshot,
    ),
    Job(
        "restore",
        _with_snapshot,
        lambda place: command("restore", place / "snapshot", "--store", _store(place)),
        see_store,
    ),
    _exported("ftm", "case.ftm.json"),
    _exported("csv", "case.zip"),
    Job(
        "profile",
        write_files,
        lambda place: command("profile", place / "one.csv", "--mapping", place / "one.yml"),
        _see_file("one.yml"),
    ),
]
JOBS = {job.name: job for job in _EVERY}
