"""Load files into a store: every record ends in exactly one disposition, and running it again changes nothing.

A record is known again by its fingerprint. What this file has written before is *already there* and left alone; what another
file of the dataset has written is *already there* too, and written again so that this file is added as its source. A chunk and
its manifest commit together, so a run cut off at any instant goes on from what is written.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import Cancelled, InputError, StoreError, UsageError, VinculoError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.text import say
from vinculo.graph.types import FINGERPRINT, Batch, Manifest, Source
from vinculo.ingest.cells import no_collecting
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.engine import map_tables
from vinculo.ingest.formats import Chunk
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.formats.opened import OpenedFile, open_file
from vinculo.ingest.gathering import Found, gathered
from vinculo.ingest.portions import as_one, portions
from vinculo.ingest.recognise import Recognised, recognise
from vinculo.ingest.rejects import write_rejects
from vinculo.ingest.user_mapping import load_yaml, read_mapping

#: ``progress(stage, done, total)``; ``total`` 0 where it is not known. May raise ``Cancelled``.
Progress = Callable[[str, int, int], None]
COUNTS = ("read", "loaded", "duplicate_in_file", "already_there", "rejected", "entities", "links")


@dataclass
class FileReport:
    """What became of one file; ``read`` is the sum of the four dispositions that follow it.

    Attributes
    ----------
    file, sha256, dataset : str
    read, loaded, duplicate_in_file, already_there, rejected : int
        Records.
    entities, links : int
        How many more of them the store has now.
    run : int or None
        The run that wrote it, now or before; ``None`` where nothing ever was.
    rejects_file : str or None
        CSV of the rejected records.
    seconds : float
    synthetic : bool
    taint : str
    notes : dict
        What was found out about the file: encoding, delimiter, header line, sheet.
    warnings : list of str
        Sentences.
    """

    file: str
    sha256: str
    dataset: str
    read: int = 0
    loaded: int = 0
    duplicate_in_file: int = 0
    already_there: int = 0
    rejected: int = 0
    entities: int = 0
    links: int = 0
    run: int | None = None
    rejects_file: str | None = None
    seconds: float = 0.0
    synthetic: bool = False
    taint: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As ``ingest --json`` prints it."""
        return asdict(self)

    def counts(self) -> dict[str, int]:
        """As a store keeps them with the run."""
        return {name: getattr(self, name) for name in COUNTS}


def ingest(
    paths: str | Path | Iterable[str | Path],
    store: Store | str,
    *,
    dataset: str | Dataset | None = None,
    mapping: str | Path | None = None,
    synthetic: bool = False,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Load files into a store.

    Parameters
    ----------
    paths : path or several
        Files, each alone or packed by gzip; folders, patterns (``*.csv``) and zip archives, read within limits.
    store : Store or str
        An open store, or the address of one.
    dataset : str or Dataset, optional
        What the files are; recognised from their contents by default.
    mapping : path, optional
        A FollowTheMoney mapping file, or a mapping of a spreadsheet's own columns to a template.
    synthetic : bool
        Mark the files as made up, whether they say so or not.
    progress : callable, optional
        ``progress(stage, done, total)``, called between chunks; may raise ``Cancelled``.

    Returns
    -------
    list of FileReport
        One for each file.

    Raises
    ------
    UsageError, InputError, StoreError, EnvironmentProblem, Cancelled
        Each with one sentence. What was written before stays; running again goes on from there.

    Examples
    --------
    >>> from vinculo.graph.errors import InputError
    >>> try:
    ...     ingest("no-such-file.csv", "sqlite:///:memory:")
    ... except InputError as error:
    ...     print(error.code)
    no_file
    """
    return list(ingest_each(paths, store, dataset=dataset, mapping=mapping, synthetic=synthetic, progress=progress))


def ingest_each(
    paths: str | Path | Found | Iterable[str | Path | Found],
    store: Store | str,
    *,
    dataset: str | Dataset | None = None,
    mapping: str | Path | None = None,
    synthetic: bool = False,
    progress: Progress | None = None,
) -> Iterator[FileReport]:
    """Like :func:`ingest`, giving each report as soon as its file is done."""
    several: Sequence[str | Path | Found] = [paths] if isinstance(paths, str | Path | Found) else list(paths)
    opened = open_store(store) if isinstance(store, str) else store
    try:
        for found in _found(several):
            started = time.monotonic()
            file = open_file(found.path, progress, found.shown if found.shown != found.path else None)
            for recognised in _recognised(file, dataset, mapping):
                _keep_mapping(opened, file, recognised.dataset.name, mapping)
                loading = _Loading(opened, file, recognised, synthetic or file.synthetic, progress)
                with no_collecting():
                    report = loading.run()
                report.seconds = round(time.monotonic() - started, 3)
                yield report
    finally:
        if isinstance(store, str):
            opened.close()


def _keep_mapping(store: Store, file: OpenedFile, dataset: str, mapping: str | Path | None) -> None:
    """Remember what a file was mapped by; its records are known by their texts, which another mapping does not change.

    Raises
    ------
    UsageError
        ``other_mapping`` where the file is there by another one: its records would end as *already there*, unchanged.
    """
    made = json.dumps(load_yaml(mapping), sort_keys=True, default=str) if mapping is not None else ""
    digest = hashlib.sha256(made.encode()).hexdigest() if made else ""
    name = f"{dataset} {file.sha256}"
    kept = store.documents("mappings").get(name)
    there = any(
        r.status != "withdrawn" and (r.source.dataset, r.source.sha256) == (dataset, file.sha256) for r in store.runs()
    )
    if there and kept is not None and kept.get("sha256") != digest:
        raise UsageError("other_mapping", file=str(file.path), sha256=file.sha256[:12])
    if digest and (not there or kept is None):
        store.save_document("mappings", name, {"sha256": digest})


def _found(paths: Sequence[str | Path | Found]) -> Iterator[Found]:
    for path in paths:
        if isinstance(path, Found):
            yield path
            continue
        with gathered([path]) as files:
            for found in files:
                if isinstance(found, InputError):
                    raise found
                yield found


def _recognised(file: OpenedFile, dataset: str | Dataset | None, mapping: str | Path | None) -> list[Recognised]:
    if mapping is not None:
        return read_mapping(mapping, file, dataset)
    return [recognise(file, dataset)]


class _Loading:
    """One file on its way into one store."""

    def __init__(
        self, store: Store, file: OpenedFile, recognised: Recognised, synthetic: bool, progress: Progress | None
    ) -> None:
        self.store, self.file, self.recognised = store, file, recognised
        self.dataset = recognised.dataset
        self.progress: Progress = progress or (lambda stage, done, total: None)
        taint = "sar" if self.dataset.suspicious_activity else ""
        synthetic = synthetic or self.dataset.synthetic
        self.source = Source(self.dataset.name, file.sha256, file.name, synthetic, taint)
        self.report = FileReport(str(file.path), file.sha256, self.dataset.name, synthetic=synthetic, taint=taint)
        self.number = 0
        self.settled = self.report.counts()
        self.rejects: list[pa.Table] = []
        self.seen: set[bytes] = set()

    def run(self) -> FileReport:
        """Read, map and write the whole file."""
        known = self.store.fingerprints(self.dataset.name)
        self.here = _as_set(known.get(self.source.sha256))
        self.elsewhere: set[bytes] = set()
        for sha256, fingerprints in known.items():
            if sha256 != self.source.sha256:
                self.elsewhere |= _as_set(fingerprints)
        self.rejected_before = set(self.store.rejects(self.source).column("record").to_pylist())
        self.number = max((m.number for m in self.store.manifests(self.source)), default=0)
        before = self._things()
        open_run = self._run_before()
        try:
            chunks = self.recognised.format.reads(self.file, self.recognised.layout, self.report.notes)
            for chunk in as_one(chunks) if self.dataset.whole_file else chunks:
                self._take(chunk)
        except BaseException as error:
            self._leave(error, before)
            if isinstance(error, KeyboardInterrupt | Cancelled):
                raise Cancelled("interrupted", file=str(self.file.path), records=self.report.read) from None
            raise
        self._count(before)
        if self.report.run is not None:
            self.store.finish_run(self.report.run, "done", self.report.counts())
        else:
            self._close_before(open_run)
        if self.report.read < self.dataset.minimum_records and not self.source.synthetic:
            self.report.warnings.append(
                say("ingest.few_records", read=self.report.read, expected=self.dataset.minimum_records)
            )
        return self.report

    def _things(self) -> tuple[int, int]:
        counts = self.store.counts()
        return sum(counts["entities"].values()), sum(counts["links"].values())

    def _run_before(self) -> tuple[int, str] | None:
        """The last run of this very source, unless it was withdrawn."""
        runs = [r for r in self.store.runs() if r.source.key == self.source.key and r.status != "withdrawn"]
        return (runs[-1].number, runs[-1].status) if runs else None

    def _close_before(self, run: tuple[int, str] | None) -> None:
        if run is None:
            return
        self.report.run = run[0]
        if run[1] == "running":
            # it was killed after its last chunk was written and before it could say so
            self.store.finish_run(run[0], "done", self.report.counts())

    def _end_killed_runs(self) -> None:
        """A run that was killed could not say so: this one does, with the records its manifests tell of."""
        for run in self.store.runs():
            if run.source.key == self.source.key and run.status == "running":
                written = sum(m.records for m in self.store.manifests(self.source) if m.run == run.number)
                counts = dict.fromkeys(COUNTS, 0) | {"read": written, "loaded": written}
                self.store.finish_run(run.number, "interrupted", counts)

    def _take(self, chunk: Chunk) -> None:
        fingerprints = fingerprints_of(chunk.table) if chunk.marks is None else list(chunk.marks)
        new, again = self._dispositions(fingerprints)
        wanted = new | again
        batch = Batch.make()
        if wanted.any():
            table = chunk.table.filter(pa.array(wanted)) if not wanted.all() else chunk.table
            batch = self._mapped(table)
        bad = set(batch.rejects.column("record").to_pylist())
        if bad:
            records = chunk.table.column("record").to_numpy()
            good = ~np.isin(records, list(bad))
            new, again, wanted = new & good, again & good, wanted & good
        self.report.loaded += int(new.sum())
        self.report.already_there += int(again.sum())
        self.report.rejected += chunk.rejects.num_rows + len(bad)
        self.report.read += chunk.read
        rejects = pa.concat_tables([chunk.rejects, batch.rejects])
        if rejects.num_rows:
            self.rejects.append(rejects)
        fresh = rejects.filter(
            pc.invert(pc.is_in(rejects.column("record"), pa.array(list(self.rejected_before), pa.int64())))
        )
        if wanted.any() or fresh.num_rows:
            marks = [f for f, w in zip(fingerprints, wanted, strict=True) if w]
            records = chunk.table.column("record").to_numpy()[wanted]
            for part, some in portions(
                Batch(batch.entities, batch.links, fresh), records, marks, self.store.batch_rows
            ):
                self._write(part, some)
        lines = chunk.table.column("line")
        done = lines[-1].as_py() if len(lines) else 0
        self.settled = self.report.counts()
        self.progress("ingest", done or self.report.read, self.file.lines if done else 0)

    def _dispositions(self, fingerprints: list[bytes]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which records are new, and which another file has written; the rest are counted here."""
        new = np.zeros(len(fingerprints), np.bool_)
        again = np.zeros(len(fingerprints), np.bool_)
        seen, here, elsewhere = self.seen, self.here, self.elsewhere
        for place, mark in enumerate(fingerprints):
            if mark in seen:
                self.report.duplicate_in_file += 1
                continue
            seen.add(mark)
            if mark in here:
                self.report.already_there += 1
            elif mark in elsewhere:
                again[place] = True
            else:
                new[place] = True
        return new, again

    def _mapped(self, table: pa.Table) -> Batch:
        tables = self.dataset.prepare(table) if self.dataset.prepare else {"": table}
        return map_tables(self.dataset.mappings, tables, table, self.dataset.name)

    def _write(self, batch: Batch, fingerprints: list[bytes]) -> None:
        if self.report.run is None:
            self._end_killed_runs()
            self.report.run = self.store.begin_run(self.source)
        self.number += 1
        marks = pa.array(fingerprints, FINGERPRINT)
        self.store.write(batch, Manifest(self.source, self.report.run, self.number, len(fingerprints), marks))

    def _count(self, before: tuple[int, int]) -> None:
        report = self.report
        ended = report.loaded + report.duplicate_in_file + report.already_there + report.rejected
        if report.read != ended:
            raise AssertionError(f"{report.file}: {report.read} records were read, {ended} accounted for")
        now = self._things()
        report.entities, report.links = now[0] - before[0], now[1] - before[1]
        written = write_rejects(self.source, self.rejects)
        report.rejects_file = str(written) if written else None

    def _leave(self, error: BaseException, before: tuple[int, int]) -> None:
        """Close the run of a file that could not be read to its end; what is written stays, and is known again."""
        # a chunk that was cut short is counted on the next run, as far as it was not written
        for name, count in self.settled.items():
            setattr(self.report, name, count)
        if isinstance(error, StoreError) or self.report.run is None:
            return
        with suppress(VinculoError):
            self._count(before)
            self.store.finish_run(self.report.run, "interrupted", self.report.counts())


def _as_set(fingerprints: pa.Array | None) -> set[bytes]:
    return set(fingerprints.to_pylist()) if fingerprints is not None else set()
