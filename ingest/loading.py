"""One file on its way into one store: which records are new, what is made of them, and how their run ends.

Another process may load the same file at the same time. Batches of a file are numbered, and a store takes each number once:
whoever comes second learns it from the store, looks again at what is there, and goes on with the rest.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import Cancelled, EnvironmentProblem, StoreError, VinculoError
from vinculo.graph.store import Store
from vinculo.graph.text import say
from vinculo.graph.types import FINGERPRINT, Batch, Manifest, Run, Source
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.engine import map_tables
from vinculo.ingest.formats import Chunk
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.portions import as_one, portions
from vinculo.ingest.recognise import Recognised
from vinculo.ingest.rejects import write_rejects
from vinculo.ingest.report import COUNTS, FileReport, Progress

_Mask = npt.NDArray[np.bool_]


class Loading:
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
        self.settled = self.report.counts()
        self.rejects: list[pa.Table] = []
        self.seen: set[bytes] = set()
        self.doubts = Doubts()

    def run(self) -> FileReport:
        """Read, map and write the whole file."""
        self._look()
        try:
            chunks = self.recognised.format.reads(self.file, self.recognised.layout, self.report.notes)
            for chunk in as_one(chunks) if self.dataset.whole_file else chunks:
                self._take(chunk)
        except BaseException as error:
            self._leave(error)
            if isinstance(error, KeyboardInterrupt | Cancelled):
                raise Cancelled("interrupted", file=str(self.file.path), records=self.report.read) from None
            raise
        self._account()
        if self.report.run is not None:
            self.store.finish_run(self.report.run, "done", self.report.counts())
        else:
            self._close_before()
        if self.report.read < self.dataset.minimum_records and not self.source.synthetic:
            self.report.warnings.append(
                say("ingest.few_records", read=self.report.read, expected=self.dataset.minimum_records)
            )
        return self.report

    # -- what the store has already ------------------------------------------------------------------------------
    def _look(self) -> None:
        """What this file and others of the dataset have written so far."""
        known = self.store.fingerprints(self.dataset.name)
        self.here = _as_set(known.pop(self.source.sha256, None))
        self.elsewhere: set[bytes] = set()
        for fingerprints in known.values():
            self.elsewhere |= _as_set(fingerprints)
        self.rejected_before = set(self.store.rejects(self.source).column("record").to_pylist())
        self.number = max((m.number for m in self.store.manifests(self.source)), default=0)

    def _run_before(self) -> Run | None:
        """The last run of this very source, unless it was withdrawn."""
        runs = [r for r in self.store.runs() if r.source.key == self.source.key and r.status != "withdrawn"]
        return runs[-1] if runs else None

    def _close_before(self) -> None:
        before = self._run_before()
        if before is None:
            return
        self.report.run = before.number
        if before.status == "running":
            # it was killed after its last chunk was written and before it could say so
            self.store.finish_run(before.number, "done", self.report.counts())

    def _end_killed_runs(self) -> None:
        """A run that was killed could not say so: this one does, with the records its manifests tell of."""
        for run in self.store.runs():
            if run.source.key == self.source.key and run.status == "running":
                written = sum(m.records for m in self.store.manifests(self.source) if m.run == run.number)
                counts = dict.fromkeys(COUNTS, 0) | {"read": written, "loaded": written}
                self.store.finish_run(run.number, "interrupted", counts)

    # -- one chunk -----------------------------------------------------------------------------------------------
    def _take(self, chunk: Chunk) -> None:
        fingerprints = fingerprints_of(chunk.table) if chunk.marks is None else list(chunk.marks)
        left: _Mask | None = self._firsts(fingerprints)
        while left is not None:
            left = self._load(chunk, fingerprints, left)
        self.report.read += chunk.read
        lines = chunk.table.column("line")
        done = lines[-1].as_py() if len(lines) else 0
        self.settled = self.report.counts()
        self.progress("ingest", done or self.report.read, self.file.lines if done else 0)

    def _firsts(self, fingerprints: list[bytes]) -> _Mask:
        """Which records stand in this file for the first time; the others are counted here."""
        seen = self.seen
        firsts = np.ones(len(fingerprints), np.bool_)
        for place, mark in enumerate(fingerprints):
            if mark in seen:
                firsts[place] = False
            else:
                seen.add(mark)
        self.report.duplicate_in_file += int(len(firsts) - firsts.sum())
        return firsts

    def _load(self, chunk: Chunk, fingerprints: list[bytes], left: _Mask) -> _Mask | None:
        """Write the records that are left of a chunk and count them; those still left where another process came between."""
        there = np.fromiter((mark in self.here for mark in fingerprints), np.bool_, len(fingerprints)) & left
        wanted = left & ~there
        batch = self._mapped(chunk.table, wanted)
        records = chunk.table.column("record").to_numpy()
        bad = np.isin(records, pc.unique(batch.rejects.column("record")).to_numpy())
        wanted &= ~bad
        rejects = pa.concat_tables([chunk.rejects, batch.rejects])
        known = pa.array(list(self.rejected_before), pa.int64())
        fresh = rejects.filter(pc.invert(pc.is_in(rejects.column("record"), known)))
        if wanted.any() or fresh.num_rows:
            places = np.flatnonzero(wanted)
            marks = [fingerprints[n] for n in places.tolist()]
            done = 0
            for part, some in portions(
                Batch(batch.entities, batch.links, fresh), records[wanted], marks, self.store.batch_rows
            ):
                if not self._write(part, some):
                    left = left.copy()
                    left[places[:done]] = False
                    self._look()
                    return left
                elsewhere = sum(mark in self.elsewhere for mark in some)
                self.report.loaded += len(some) - elsewhere
                self.report.already_there += elsewhere
                done += len(some)
        self.report.already_there += int(there.sum())
        self.report.rejected += chunk.rejects.num_rows + int(bad.sum())
        if rejects.num_rows:
            self.rejects.append(rejects)
        return None

    def _mapped(self, table: pa.Table, wanted: _Mask) -> Batch:
        if not wanted.any():
            return Batch.make()
        table = table.filter(pa.array(wanted)) if not wanted.all() else table
        tables = self.dataset.prepare(table) if self.dataset.prepare else {"": table}
        return map_tables(self.dataset.mappings, tables, table, self.dataset.name, self.doubts)

    def _write(self, batch: Batch, fingerprints: list[bytes]) -> bool:
        """Write one batch; not where another run has written one of this number."""
        if self.report.run is None:
            self._end_killed_runs()
            self.report.run = self.store.begin_run(self.source)
        self.number += 1
        marks = pa.array(fingerprints, FINGERPRINT)
        added = self.store.write(batch, Manifest(self.source, self.report.run, self.number, len(fingerprints), marks))
        if added is None:
            return False
        self.report.entities += added.entities
        self.report.links += added.links
        return True

    # -- the end -------------------------------------------------------------------------------------------------
    def _account(self) -> None:
        report = self.report
        ended = report.loaded + report.duplicate_in_file + report.already_there + report.rejected
        if report.read != ended:
            raise AssertionError(f"{report.file}: {report.read} records were read, {ended} accounted for")
        rejected = {record for table in self.rejects for record in table.column("record").to_pylist()}
        report.warnings += self.doubts.told(rejected)
        try:
            written = write_rejects(self.source, self.rejects)
        except EnvironmentProblem as problem:
            # the store keeps them too; the load is none the worse
            report.warnings.append(f"{problem.message()} {problem.hint()}")
        else:
            report.rejects_file = str(written) if written else None

    def _leave(self, error: BaseException) -> None:
        """Close the run of a file that could not be read to its end; what is written stays, and is known again."""
        # a chunk that was cut short is counted on the next run, as far as it was not written
        for name, count in self.settled.items():
            setattr(self.report, name, count)
        if isinstance(error, StoreError) or self.report.run is None:
            return
        with suppress(VinculoError):
            self._account()
            self.store.finish_run(self.report.run, "interrupted", self.report.counts())


def _as_set(fingerprints: pa.Array | None) -> set[bytes]:
    return set(fingerprints.to_pylist()) if fingerprints is not None else set()
