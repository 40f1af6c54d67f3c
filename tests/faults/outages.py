"""A small load into Neo4j while the connection to the server, or the server itself, goes away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bolt_proxy import BoltProxy
from jobs import HEADER
from neo4j_fixture import emptied
from neo4j_server import Server

from vinculo.graph.errors import VinculoError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store, while_waiting
from vinculo.graph.transfer import Digest, digest
from vinculo.graph.types import Manifest
from vinculo.ingest.load import ingest

#: Entities and links of one batch, so that a small file makes several.
BATCH_ROWS = 14


@dataclass
class Outcome:
    """How a disturbed load ended.

    Attributes
    ----------
    said : str
        Code of the error it ended with; empty where it went on by itself.
    waited : int
        How often it was told that the server was waited for.
    lost, partial : bool
        An acknowledged batch is not there; something is there that no whole number of batches gives.
    reopen_s : float
        How long it took to open the store afterwards.
    again : bool
        In the end, run again where it had ended with an error, everything is there exactly once.
    """

    said: str
    seconds: float
    waited: int
    lost: bool
    partial: bool
    differences: list[str]
    again: bool
    reopen_s: float


@dataclass
class Load:
    """A file, and what the store holds after each batch of it."""

    file: Path
    states: list[str] = field(default_factory=list)

    def undisturbed(self) -> None:
        """Learn the states from a load that nothing disturbs; every store gives the same."""
        with closing(open_store("sqlite:///:memory:")) as store:
            self.states.append(_asserted(store))
            with acknowledging(store, lambda: self.states.append(_asserted(store))):
                self.run(store)

    def run(self, store: Store) -> None:
        """Load the file."""
        store.batch_rows = BATCH_ROWS
        ingest([self.file], store, dataset="transfers")

    def through(self, url: str, address: str, then: Callable[[int], object] = lambda batches: None) -> Outcome:
        """Load through an address that goes bad, look at the server itself, and run again where that ended in an error.

        ``then`` is called after each batch with the number of those acknowledged.
        """
        acknowledged = waited = 0
        said = ""

        def acknowledge() -> None:
            nonlocal acknowledged
            acknowledged += 1
            then(acknowledged)

        def wait(stage: str, done: int, total: int) -> None:
            nonlocal waited
            waited += 1

        began = time.monotonic()
        token = while_waiting.set(wait)
        try:
            with closing(open_store(address)) as store, acknowledging(store, acknowledge):
                self.run(store)
        except VinculoError as problem:
            said = problem.code
        finally:
            while_waiting.reset(token)
        took = time.monotonic() - began
        began = time.monotonic()
        with closing(open_store(url)) as store:
            opened = time.monotonic() - began
            state = _asserted(store)
            there = [n for n, known in enumerate(self.states) if known == state]
            differences = [f"{d.what}: {d.where}" for d in store.verify()]
            if said:
                self.run(store)
            batches = [m.number for r in store.runs()[:1] for m in store.manifests(r.source)]
            again = _asserted(store) == self.states[-1] and len(batches) == len(set(batches))
            again = again and {r.status for r in store.runs()} <= {"done", "interrupted"}
        lost = bool(there) and max(there) < acknowledged
        return Outcome(said, round(took, 3), waited, lost, not there, differences, again, round(opened, 3))


def write_file(folder: Path, records: int = 12) -> Path:
    """A file of a few batches."""
    path = folder / "few.csv"
    rows = (
        f"T{n},2024-03-{n % 28 + 1:02d},{900 + n},USD,A-{n % 4},Firm {n % 4},B-{n % 3},Other {n % 3}\n"
        for n in range(records)
    )
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


@contextmanager
def acknowledging(store: Store, acknowledge: Callable[[], None]) -> Iterator[None]:
    """Call ``acknowledge`` after each batch."""
    write = store.write

    def told(batch: object, manifest: Manifest) -> object:
        made = write(batch, manifest)  # type: ignore[arg-type]
        acknowledge()
        return made

    store.write = told  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        store.write = write  # type: ignore[method-assign]


def _asserted(store: Store) -> str:
    """What the file asserts so far, seen by readers or not."""
    if not store.runs():
        return digest(store)["digest"]
    asserted = Digest()
    for sort, table in store.statements(store.runs()[0].source):
        asserted.add(sort, table)
    return asserted.sums()["digest"]


def address_through(url: str, proxy: BoltProxy) -> str:
    """The address of the server behind a proxy."""
    return f"bolt://{url.partition('://')[2].rpartition('@')[0]}@127.0.0.1:{proxy.port}"


class Crash:
    """Kills a server after some batches and starts it again, with its data; meanwhile somebody else tries to open it."""

    def __init__(self, server: Server, after: int) -> None:
        self._server, self._after = server, after
        #: When the server was back, when each batch was acknowledged; on the monotonic clock.
        self.back = 0.0
        self.acknowledged: list[float] = []
        #: What whoever opened it meanwhile was told, and after how many seconds.
        self.refused = ("", 0.0)

    def __call__(self, batches: int) -> None:
        self.acknowledged.append(time.monotonic())
        if batches == self._after:
            self._server.kill()
            threading.Thread(target=self._revive).start()

    def _revive(self) -> None:
        began = time.monotonic()
        try:
            open_store(self._server.url).close()
        except VinculoError as problem:
            self.refused = problem.code, time.monotonic() - began
        self._server.restart()
        self.back = time.monotonic()

    @property
    def resolved_s(self) -> float:
        """How long after the server's return the batch at work was acknowledged."""
        return self.acknowledged[self._after] - self.back


def fresh(url: str) -> None:
    """An empty server with its constraints."""
    emptied(url)
    open_store(url).close()
