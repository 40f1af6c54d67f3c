"""From one store to another: digest, copy, snapshot and restore; all made of statements, so that any two stores agree."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.context import kept_tables
from vinculo.graph.errors import UsageError, VinculoError
from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.snapshot import Snapshot, write_snapshot
from vinculo.graph.statements import flat, order_of, taken_apart, things_of
from vinculo.graph.store import Store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

Progress = Callable[[str, int, int], None]
#: Rows of one batch of a copy: what one transaction of a small server holds.
ROWS = 40_000


class Digest:
    """Adds up statements into one sha256; chunks may be cut anywhere between two ids."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()
        self._values_sum = hashlib.sha256()
        #: Distinct values (thing, property, value) seen so far.
        self.values = 0

    def add(self, sort: str, table: pa.Table) -> None:
        """Take in a chunk as :meth:`vinculo.graph.store.Store.statements` gives it, in its order."""
        rest = ["id"] if sort == "entity" else ["id", "kind", "source", "target"]
        named = things_of(sort, table)
        ids = named.dictionary_encode()
        things = ids.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        origin = pc.binary_join_element_wise(flat(table.column("dataset")), flat(table.column("sha256")), UNIT)
        rank = order_of(origin)
        origins = pc.unique(origin)
        origins = origins.take(pc.sort_indices(origins))
        kinds, records, facts = (flat(table.column(c)) for c in ("kind", "record", "facts"))
        made = taken_apart(things, kinds, records, facts, rank)
        first = pc.index_in(ids.dictionary, named)
        key = pc.binary_join_element_wise(sort, *(flat(table.column(c)).take(first) for c in rest), UNIT)
        pairs, at, source = (flat(made.column(c)) for c in ("pair", "thing", "source"))
        record = pc.binary_join_element_wise(pc.cast(flat(made.column("record")), pa.string()), RECORD, "")
        said = pc.binary_join_element_wise(key.take(at), pairs, UNIT)
        self._sum.update(_bytes(pc.binary_join_element_wise(said, origins.take(source), record, UNIT)))
        number, rank = at.to_numpy(), order_of(pairs)
        value = ~pc.starts_with(pairs, UNIT).to_numpy(zero_copy_only=False)
        new = np.ones(len(number), bool)
        new[1:] = (number[1:] != number[:-1]) | (rank[1:] != rank[:-1])
        self.values += int((value & new).sum())
        # files of one dataset stand side by side: what several of them say counts once here
        datasets = pc.list_element(pc.split_pattern(origins, UNIT), 0)
        dataset = order_of(datasets)[source.to_numpy()]
        new[1:] |= dataset[1:] != dataset[:-1]
        ended = pc.binary_join_element_wise(datasets, RECORD, "")
        told = pc.binary_join_element_wise(said, ended.take(source), UNIT)
        self._values_sum.update(_bytes(told.filter(pa.array(new))))

    def sums(self) -> dict[str, str]:
        """What was added up so far, with files and records and without."""
        return {"digest": self._sum.hexdigest(), "values_digest": self._values_sum.hexdigest()}


def _bytes(texts: pa.Array) -> memoryview:
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])] if data is not None else memoryview(b"")


def digest(store: Store | Snapshot) -> dict[str, Any]:
    """One sha256 over everything files assert, the same for equal contents on any store.

    Covers every value of every entity and link with its dataset, file and smallest record, kinds and ends of links; not what
    people and analytics add, nor when a file was loaded. Independent of the order in which files were loaded.

    Returns
    -------
    dict
        ``digest``; ``values_digest``, which leaves out files and records: the same however the records of a dataset are cut
        into files, and in whatever order they stand there; ``entities`` and ``links`` in the store; ``values``, distinct by
        thing, property and text.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> digest(open_store("sqlite:///:memory:"))["entities"]
    0
    """
    made = Digest()
    for sort, table in store.statements():
        made.add(sort, table)
    counted = {sort: sum(kinds.values()) for sort, kinds in store.counts().items()}
    return {**made.sums(), **counted, "values": made.values}


def copy(origin: Store | Snapshot, target: Store, progress: Progress | None = None) -> dict[str, int]:
    """Copy everything readers see of a store into another one.

    A file that the target has complete already is passed over, a half-copied one is copied again; so an interrupted copy is
    repeated by the same call. Runs keep the times of the origin.

    Parameters
    ----------
    origin, target : Store
        From where and to where; the target may hold other files already.
    progress : callable, optional
        Called with (``"copy"``, rows done, rows in all) after each batch; may raise ``Cancelled``.

    Returns
    -------
    dict
        ``sources`` copied, ``passed_over``, tables of ``context``, ``findings``, ``suggestions``, ``documents``.

    Raises
    ------
    UsageError
        ``copy_same``: both are the same store.
    """
    if origin.url == target.url:
        raise UsageError("copy_same")
    first_run: dict[tuple[str, str], int] = {}
    for r in origin.runs():
        first_run.setdefault(r.source.key, r.number)
    every = sorted(origin.sources(), key=lambda s: (first_run.get(s.key, 0), s.key))
    wanted = [s for s in every if not _complete(origin, target, s)]
    there = {s.key for s in (*target.sources(), *target.unpublished())}
    with tempfile.TemporaryDirectory(prefix="vinculo-copy-") as folder, _Spool(Path(folder)) as spool:
        if wanted:
            spool.fill(origin, {s.key for s in wanted})
        done, total = 0, spool.rows
        for source in wanted:
            if source.key in there:
                target.withdraw(source)
            try:
                for rows in _copy_source(origin, target, source, spool):
                    done += rows
                    if progress:
                        progress("copy", done, total)
            except BaseException:
                # the fingerprints must not outlive the values they stand for
                with contextlib.suppress(VinculoError):
                    target.withdraw(source)
                raise
    carried = _copy_contexts(origin, target)
    _copy_bare_runs(origin, target, {s.key for s in every})
    added = _copy_additions(origin, target)
    return {"sources": len(wanted), "passed_over": len(every) - len(wanted), "context": carried, **added}


def _complete(origin: Store | Snapshot, target: Store, source: Source) -> bool:
    """Whether the target has every batch of the source, and shows it."""
    if source.key not in {s.key for s in target.sources()}:
        return False
    statuses = [r.status for r in target.runs() if r.source.key == source.key]
    if not statuses or statuses[-1] == "running":
        return False

    def told(store: Store | Snapshot) -> list[Any]:
        return [(m.number, m.records, m.fingerprints.to_pylist()) for m in _telling(store.manifests(source))]

    return told(origin) == told(target)


def _telling(manifests: Sequence[Manifest]) -> list[Manifest]:
    """The batches that stand for records; where none does (all were rejected), the first."""
    return [m for m in manifests if m.records or len(m.fingerprints)] or list(manifests[:1])


def _copy_source(origin: Store | Snapshot, target: Store, source: Source, spool: _Spool) -> Iterator[int]:
    """Values first, in batches that any server takes, then what says which records they stand for.

    A copy that is killed leaves values without fingerprints, which a later load or copy simply writes again.
    """
    runs = [r for r in origin.runs() if r.source.key == source.key and r.status != "withdrawn"]
    numbers = {r.number: target.begin_run(source, at=r.started) for r in runs} or {0: target.begin_run(source)}
    last_run = max(numbers.values())
    every = origin.manifests(source)
    after = max((m.number for m in every), default=0)
    for number, (sort, rows) in enumerate(spool.batches(source), after + 1):
        batch = Batch.make(rows) if sort == "entity" else Batch.make(links=rows)
        target.write(batch, Manifest(source, last_run, number, 0, pa.array([], FINGERPRINT)))
        yield rows.num_rows
    rejects: pa.Table | None = origin.rejects(source)
    for manifest in _telling(every):
        run = numbers.get(manifest.run, last_run)
        batch = Batch.make(rejects=rejects)
        rejects = None
        target.write(batch, Manifest(source, run, manifest.number, manifest.records, manifest.fingerprints))
        yield 0
    for r in runs:
        target.finish_run(numbers[r.number], r.status, r.counts, at=r.finished)
    if source.key in {s.key for s in target.unpublished()}:
        # an older version let readers see what a run had left unfinished
        target.finish_run(last_run, "done", runs[-1].counts if runs else {})


def _copy_bare_runs(origin: Store | Snapshot, target: Store, asserting: set[tuple[str, str]]) -> None:
    """Runs of sources that were withdrawn."""
    known = {r.source.key for r in target.runs()}
    for r in origin.runs():
        if r.source.key not in asserting and r.source.key not in known and r.status == "withdrawn":
            target.finish_run(target.begin_run(r.source, at=r.started), r.status, r.counts, at=r.finished)


def _copy_contexts(origin: Store | Snapshot, target: Store) -> int:
    """Tables of published figures that the target has not, and the runs that kept them."""
    there = target.contexts()
    wanted = [kept.source for kept in kept_tables(origin) if kept.source.key not in there]
    for source in wanted:
        target.save_context(source, origin.context(source))
        for r in origin.runs():
            if r.source.key == source.key and r.status != "withdrawn":
                target.finish_run(target.begin_run(source, at=r.started), r.status, r.counts, at=r.finished)
    return len(wanted)


def _copy_additions(origin: Store | Snapshot, target: Store) -> dict[str, int]:
    findings, suggestions, documents = origin.findings(), origin.suggestions(), 0
    for typology in sorted({f.typology for f in findings}):
        target.save_findings(typology, [f for f in findings if f.typology == typology])
    target.save_suggestions(suggestions)
    for collection in origin.collections():
        for name, document in origin.documents(collection).items():
            target.save_document(collection, name, document)
            documents += 1
    return {"findings": len(findings), "suggestions": len(suggestions), "documents": documents}


class _Spool:
    """The rows of each source in a file of its own, so that a store is read once however many sources it has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[tuple[tuple[str, str], str], Any] = {}
        self._names: dict[tuple[tuple[str, str], str], Path] = {}
        self.rows = 0

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def fill(self, origin: Store | Snapshot, wanted: set[tuple[str, str]]) -> None:
        """Read the store once."""
        for sort, table in origin.statements():
            keys = zip(table.column("dataset").to_pylist(), table.column("sha256").to_pylist(), strict=True)
            for key in sorted(set(keys) & wanted):
                which = pc.and_(pc.equal(table.column("dataset"), key[0]), pc.equal(table.column("sha256"), key[1]))
                schema = ENTITY_SCHEMA if sort == "entity" else LINK_SCHEMA
                rows = table.filter(which).select(schema.names).cast(schema)
                if (key, sort) not in self._writers:
                    self._names[key, sort] = self._folder / f"{len(self._names)}.arrow"
                    self._writers[key, sort] = pa.ipc.new_file(str(self._names[key, sort]), schema)
                self._writers[key, sort].write_table(rows)
                self.rows += rows.num_rows
        self._close()

    def batches(self, source: Source) -> Iterator[tuple[str, pa.Table]]:
        """The rows of a source, at most ``ROWS`` at a time."""
        for sort in ("entity", "link"):
            name = self._names.get((source.key, sort))
            if name is not None:
                with pa.memory_map(str(name)) as file:
                    table = pa.ipc.open_file(file).read_all()
                    for start in range(0, table.num_rows, ROWS):
                        yield sort, table.slice(start, ROWS)


def snapshot(store: Store, folder: str | Path, progress: Progress | None = None) -> dict[str, Any]:
    """Write a store as canonical Parquet files; equal contents give equal rows.

    Parameters
    ----------
    folder : path
        Must not be there yet; it appears complete or not at all. What snapshots that were killed left beside it is taken away.

    Returns
    -------
    dict
        As :func:`digest`.

    Raises
    ------
    UsageError
        ``snapshot_exists``.
    """
    return write_snapshot(store, Path(folder), Digest, progress)


def restore(folder: str | Path, store: Store, progress: Progress | None = None) -> dict[str, int]:
    """Read a snapshot into a store, after checking that its files are whole; returns as :func:`copy`.

    Raises
    ------
    InputError
        ``snapshot_missing``, ``snapshot_damaged``, ``snapshot_version``.
    """
    taken = Snapshot(Path(folder))
    taken.check(digest(taken))
    return copy(taken, store, progress)
