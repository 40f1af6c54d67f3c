"""Somebody else changes the store between two questions of a load: a record counts once, and what is shown is the whole file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph.errors import Cancelled, StoreError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.ingest import formats
from vinculo.ingest.formats import table
from vinculo.ingest.load import ingest

HEADER = "transfer_id,date,amount,currency,type,originator_account,beneficiary_account\n"
ROWS = 90
Write = Callable[..., Path]


@pytest.fixture
def file(written: Write, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of several chunks, and one rejected record in the first."""
    for module in (formats, table):
        monkeypatch.setattr(module, "CHUNK", 30)
    monkeypatch.setattr(table, "CHUNK_BYTES", 1)
    rows = [f"T{n},2024-03-{n % 28 + 1:02},{n}.50,USD,wire,ACC{n % 7},ACC{n % 5 + 20}\n" for n in range(ROWS)]
    return written("a.csv", HEADER + "bad\n" + "".join(rows))


def _once_after(store: Store, name: str, happens: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let something happen once, when the store has answered this question and the load has not gone on."""
    ask, due = getattr(store, name), [happens]

    def answer(*asked: Any) -> Any:
        told = ask(*asked)
        if due:
            due.pop()()
        return told

    monkeypatch.setattr(store, name, answer)


def _cut_short(file: Path, store: Store) -> None:
    """Load the first chunk of a file."""

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "ingest":
            raise Cancelled("cancelled")

    with contextlib.suppress(Cancelled):
        ingest(file, store, progress=stop)


@pytest.mark.parametrize("question", ["fingerprints", "rejects", "manifests", "sources", "runs"])
def test_what_another_writes_while_this_one_looks_counts_once(
    question: str, file: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(open_store(store.url)) as other:
        _once_after(store, question, lambda: ingest(file, other), monkeypatch)
        (mine,) = ingest(file, store)
        assert (mine.loaded, mine.already_there, mine.rejected) == (0, ROWS, 1)
        (source,) = other.sources()
        assert sum(m.records for m in other.manifests(source)) == ROWS
        assert other.rejects(source).num_rows == 1


@pytest.mark.parametrize("question", ["fingerprints", "rejects", "manifests", "sources"])
def test_a_file_taken_out_before_its_load_goes_on_is_not_shown_in_part(
    question: str, file: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_short(file, store)
    with contextlib.closing(open_store(store.url)) as other:
        (half,) = other.unpublished()
        _once_after(store, question, lambda: other.withdraw(half), monkeypatch)
        with contextlib.suppress(StoreError):
            ingest(file, store)
        # all of it or nothing
        assert sum(m.records for s in other.sources() for m in other.manifests(s)) in (0, ROWS)
        ingest(file, store)
        with contextlib.closing(open_store("sqlite:///:memory:")) as whole:
            ingest(file, whole)
            assert digest(other) == digest(whole)
            assert other.rejects(half).equals(whole.rejects(half))
        assert other.verify() == []
