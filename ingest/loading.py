"""One file on its way into one store: which records are new, what is made of them, and how their run ends.

Another process may load the same file at the same time. Batches of a file are numbered, and a store takes each number once:
whoever comes second learns it from the store, looks again at what is there, and goes on with the rest.
"""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import Cancelled, EnvironmentProblem, InputError, StoreError, VinculoError
from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.types import Batch, Manifest, Run, Source
from vinculo.ingest.beside import made_beside
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.expectations import Expectations
from vinculo.ingest.formats import WARNING
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.making import Made
from vinculo.ingest.marks import Halves, Marks, as_arrow, halves_of
from vinculo.ingest.portions import portions
from vinculo.ingest.publishing import forget_held, keep_held, keep_told
from vinculo.ingest.recognise import Recognised
from vinculo.ingest.rejects import write_rejects
from vinculo.ingest.report import COUNTS, FileReport, Progress

_Rest = tuple[Batch, npt.NDArray[np.int64], Halves]


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
        self.written: dict[str, str] = {}  # when, by the number of the batch
        self.doubts = Doubts()
        self.expected = Expectations(self.dataset)

    def run(self) -> FileReport:
        """Read, map and write the whole file."""
        self._look()
        self.seen_before = any(s.key == self.source.key for s in self.store.sources())
        try:
            told = self.report.notes, self.doubts, self.expected
            with closing(made_beside(self.file, self.recognised, self.here, *told)) as chunks:
                for made in chunks:
                    self._take(made)
        except BaseException as error:
            self._leave(error)
            if isinstance(error, KeyboardInterrupt | Cancelled):
                raise Cancelled("interrupted", file=str(self.file.path), records=self.report.read) from None
            raise
        self._account()
        self._end()
        return self.report

    # -- what the store has already ------------------------------------------------------------------------------
    def _look(self) -> None:
        """What this file and others of the dataset have written so far."""
        # before the records: a batch or a withdrawal that comes in between must be noticed when this load writes
        self.number = max((m.number for m in self.store.manifests(self.source)), default=0)
        self.withdrawn = self._withdrawn_runs()
        known = self.store.fingerprints(self.dataset.name)
        here = known.pop(self.source.sha256, None)
        self.here = Marks(halves_of(here)) if here is not None else Marks()
        self.elsewhere = Marks()
        shown = {s.sha256 for s in self.store.sources() if s.dataset == self.dataset.name}
        for sha256, fingerprints in known.items():
            # what nobody sees is not there yet
            if sha256 in shown:
                self.elsewhere.firsts(halves_of(fingerprints))
        self.rejected_before = set(self.store.rejects(self.source).column("record").to_pylist())

    def _withdrawn_runs(self) -> set[int]:
        return {r.number for r in self.store.runs() if r.source.key == self.source.key and r.status == "withdrawn"}

    def _run_before(self) -> Run | None:
        """The last run of this very source, unless it was withdrawn."""
        runs = [r for r in self.store.runs() if r.source.key == self.source.key and r.status != "withdrawn"]
        return runs[-1] if runs else None

    def _end(self) -> None:
        """Publish the file, or hold it back where it is not what is expected of it."""
        run, report = self.report.run, self.report
        wrote = run is not None
        before = None
        if run is None:
            before = self._run_before()
            if before is None:
                return
            run = self.report.run = before.number
            if before.status == "done":
                return
        # a run that could not say so itself (it was killed after its last chunk), or was held back, is ended here
        # what it was when it came counts, not what this load says
        there = next((s for s in self.store.unpublished() if s.key == self.source.key), self.source)
        asked = not (self.seen_before or there.synthetic)
        missed: list[Text] = self.expected.missed(report.read) if asked else []
        if missed:
            keep_held(self.store, self.source, run, missed)
            report.held = [sentence.into() for sentence in missed]
        if wrote:
            told = {"notes": report.notes, "warnings": report.warnings, "rejects_file": report.rejects_file or ""}
            keep_told(self.store, self.source, run, told | {"written": self.written})
        self.store.finish_run(run, "held" if missed else "done", self._counts_of(before))
        if not missed:
            forget_held(self.store, self.source)

    def _counts_of(self, before: Run | None) -> dict[str, int]:
        """How the records of a run ended: for one that was ended by a later load, what it wrote it loaded, and was not there."""
        counts = self.report.counts()
        if before is None:
            return counts
        if before.status == "held" and before.counts.get("read") == counts["read"]:
            return before.counts
        written = sum(m.records for m in self.store.manifests(self.source) if m.run == before.number)
        own = min(written, counts["already_there"])
        return counts | {"loaded": counts["loaded"] + own, "already_there": counts["already_there"] - own}

    def _end_killed_runs(self) -> None:
        """A run that was killed could not say so: this one does, with the records its manifests tell of."""
        for run in self.store.runs():
            if run.source.key == self.source.key and run.status == "running":
                written = sum(m.records for m in self.store.manifests(self.source) if m.run == run.number)
                counts = dict.fromkeys(COUNTS, 0) | {"read": written, "loaded": written}
                self.store.finish_run(run.number, "interrupted", counts)

    # -- one chunk -----------------------------------------------------------------------------------------------
    def _take(self, made: Made) -> None:
        """Write what a chunk gives and count its records."""
        self._put(made)
        report = self.report
        report.read += made.read
        report.duplicate_in_file += made.duplicates
        report.already_there += made.there
        report.rejected += made.rejected
        if made.batch.rejects.num_rows:
            self.rejects.append(made.batch.rejects)
        self.settled = report.counts()
        self.progress("ingest", made.line or report.read, self.file.lines if made.line else 0)

    def _put(self, made: Made) -> None:
        """Write the records of a chunk; where another process came between, those that are left then."""
        batch, records, marks = made.batch, made.records, made.marks
        done: int | None = 0
        while done is not None:
            batch, records, marks = _after(batch, records, marks, done)
            there = self.here.known(marks)
            self.report.already_there += int(there.sum())
            batch, records, marks = _without(batch, records, marks, there)
            rejects = batch.rejects
            known = pa.array(list(self.rejected_before), pa.int64())
            fresh = rejects.filter(pc.invert(pc.is_in(rejects.column("record"), known)))
            done = self._written(Batch(batch.entities, batch.links, fresh), records, marks)

    def _written(self, batch: Batch, records: npt.NDArray[np.int64], marks: Halves) -> int | None:
        """Write records in portions; how many are written where another process came between."""
        if not len(records) and not batch.rejects.num_rows:
            return None
        done = 0
        for part, some in portions(batch, records, marks, self.store.batch_rows):
            if not self._write(part, some):
                self._look()
                return done
            elsewhere = int(self.elsewhere.known(some).sum())
            self.report.loaded += len(some) - elsewhere
            self.report.already_there += elsewhere
            done += len(some)
        return None

    def _write(self, batch: Batch, marks: Halves) -> bool:
        """Write one batch; not where another run has written one of this number."""
        if self.report.run is None:
            self.report.run = self._begin()
        self.number += 1
        manifest = Manifest(self.source, self.report.run, self.number, len(marks), as_arrow(marks))
        added = self.store.write(batch, manifest)
        if added is None:
            return False
        self.written[str(self.number)] = datetime.now(UTC).isoformat(timespec="seconds")
        self.report.entities += added.entities
        self.report.links += added.links
        return True

    def _begin(self) -> int:
        """Begin a run and return its number; not where the records that were passed over as known are there no more.

        Raises
        ------
        StoreError
            ``run_withdrawn``; the store refuses by itself what is written after the run began.
        """
        self._end_killed_runs()
        run = self.store.begin_run(self.source)
        if self._withdrawn_runs() - self.withdrawn:
            self.store.finish_run(run, "withdrawn", {})
            raise StoreError("run_withdrawn", file=self.file.name, run=run)
        return run

    # -- the end -------------------------------------------------------------------------------------------------
    def _account(self) -> None:
        report = self.report
        ended = report.loaded + report.duplicate_in_file + report.already_there + report.rejected
        if report.read != ended:
            raise AssertionError(f"{report.file}: {report.read} records were read, {ended} accounted for")
        rejected = {record for table in self.rejects for record in table.column("record").to_pylist()}
        report.warnings += self.doubts.told(rejected)
        if warning := report.notes.pop(WARNING, ""):
            report.warnings.append(warning)
        try:
            written = write_rejects(self.source, self.rejects)
        except EnvironmentProblem as problem:
            # the store keeps them too; the load is none the worse
            report.warnings.append(f"{problem.message()} {problem.hint()}")
        else:
            report.rejects_file = str(written) if written else None

    def _leave(self, error: BaseException) -> None:
        """Close the run of a file that could not be read to its end; what is written stays, unseen, and is known again."""
        # a chunk that was cut short is counted on the next run, as far as it was not written
        for name, count in self.settled.items():
            setattr(self.report, name, count)
        if isinstance(error, StoreError):
            return
        with suppress(VinculoError):
            damaged = error if isinstance(error, InputError) else None
            before = self._run_before() if self.report.run is None and damaged else None
            run = before.number if before and before.status != "done" else self.report.run
            if run is None:
                return
            self._account()
            if damaged is not None:
                keep_held(self.store, self.source, run, [Text(damaged.message("en"), damaged.message("es"))])
                damaged.kept_run = run
            counts = self._counts_of(before if before and run == before.number else None)
            self.store.finish_run(run, "held" if damaged else "interrupted", counts)


def _after(batch: Batch, records: npt.NDArray[np.int64], marks: Halves, done: int) -> _Rest:
    """What is left of a batch when its first records are written."""
    gone = np.arange(len(records)) < done
    return _without(batch, records, marks, gone)


def _without(batch: Batch, records: npt.NDArray[np.int64], marks: Halves, gone: npt.NDArray[np.bool_]) -> _Rest:
    """A batch without some of its records; the store has what they assert."""
    if not gone.any():
        return batch, records, marks
    known = pa.array(records[gone])
    entities, links = (t.filter(pc.invert(pc.is_in(t.column("record"), known))) for t in (batch.entities, batch.links))
    return Batch(entities, links, batch.rejects), records[~gone], marks[~gone]
