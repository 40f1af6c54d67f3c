"""What becomes of a damaged file, and whether that keeps what is promised."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from damages import THIRD, Damage
from parts import RECORDS, Parts, Sample

from vinculo.graph.errors import VinculoError
from vinculo.graph.facts import unpack
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.ingest.load import ingest
from vinculo.ingest.report import FileReport

#: No file of this size may take longer, whatever is in it.
SECONDS = 5
Said = frozenset[tuple[str, str, str]]


class Broken(AssertionError):
    """A promise that was not kept."""


@dataclass(frozen=True)
class Outcome:
    """What happened: a letter of :mod:`damages`, and the code of what was said."""

    letter: str
    code: str = ""


@dataclass(frozen=True)
class Loaded:
    """A store after a file was loaded into it, and the error that ended it, if one did."""

    said: Said
    records: dict[tuple[str, str, str], int]
    report: FileReport | None
    error: VinculoError | None
    rejects: list[dict[str, Any]]


@contextmanager
def hurried(seconds: int = SECONDS) -> Iterator[None]:
    """End what takes too long, in the processor's time: the machine may be busy with other things."""

    def late(*_: object) -> None:
        raise Broken(f"not done after {seconds} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def statements(store: Store) -> dict[tuple[str, str, str], int]:
    """Everything said, with the record that says it; also by files that are held back until somebody decides."""
    return {
        (row["id"], name, value): row["record"]
        for source in [*store.sources(), *store.unpublished()]
        for _, table in store.statements(source)
        for row in table.to_pylist()
        for name, value in [("kind", row["kind"]), *unpack(row["facts"])]
    }


def loaded(path: Path, dataset: str | None = None) -> Loaded:
    """Load a file into a new store, twice: the second time changes nothing."""
    store = open_store("sqlite:///:memory:")
    report, error = _tried(path, store, dataset)
    said = statements(store)
    rejects = [r for s in store.sources() for r in store.rejects(s).to_pylist()] or _rejects(store)
    again, same = _tried(path, store, dataset)
    if statements(store) != said or (again and again.loaded) or (error and error.code) != (same and same.code):
        raise Broken("the second load changed something")
    store.close()
    return Loaded(frozenset(said), said, report, error, rejects)


def _rejects(store: Store) -> list[dict[str, Any]]:
    return [r for run in store.runs() for r in store.rejects(run.source).to_pylist()]


def _tried(path: Path, store: Store, dataset: str | None) -> tuple[FileReport | None, VinculoError | None]:
    try:
        (report,) = ingest(path, store, dataset=dataset)
    except VinculoError as error:
        for language in ("en", "es"):
            if not error.message(language) or not error.hint(language):
                raise Broken(f"{error.code} says nothing in {language}") from error
        return None, error
    return report, None


@cache
def _good(sample: Sample, folder: Path) -> tuple[Said, Said, Said]:
    """What the whole good file says, what it says without the third record, and what the records before it say."""
    parts = sample.parts()
    without = replace(parts, records=(*parts.records[:THIRD], *parts.records[THIRD + 1 :]))
    made = []
    for text in (parts, without):
        path = folder / sample.file
        path.write_bytes(sample.pack(_closed(text, sample).text) or b"")
        found = loaded(path, sample.dataset)
        if found.error is not None:
            raise Broken(f"the good file is refused: {found.error}")
        made.append(found)
    third = THIRD + 1 + sample.lead
    # what a statement says of itself may stand at its end
    before = frozenset(s for s, record in made[0].records.items() if sample.lead < record < third)
    return made[0].said, made[1].said, before


def _closed(parts: Parts, sample: Sample) -> Parts:
    """JSON's last record has no comma behind it."""
    if sample.name == "json" and parts.records:
        return parts.with_record(len(parts.records) - 1, parts.records[-1].rstrip(",\n") + "\n")
    return parts


def judge(sample: Sample, damage: Damage, folder: Path) -> Outcome | None:
    """What became of it; ``None`` where a format cannot have the damage.

    Raises
    ------
    Broken
        Where a promise is not kept; any other exception is one that a user would have seen as a traceback.
    """
    whole, others, before = _good(sample, folder)
    data = damage.make(sample)
    if data is None:
        return None
    path = folder / sample.file
    path.write_bytes(data)
    started = time.process_time()
    with hurried(4 * SECONDS):
        # what is recognised by its columns need not be told
        found = loaded(path, None if "header" in sample.tags else sample.dataset)
    if (took := (time.process_time() - started) / 2) > SECONDS:
        raise Broken(f"took {took:.1f} s")
    outcome = _outcome(sample, found, whole)
    if not damage.whole:
        _kept(sample, damage, found, outcome, whole, others, before)
    if outcome.letter not in damage.may:
        raise Broken(f"{outcome.letter} {outcome.code} where {damage.may} may be")
    return outcome


def _outcome(sample: Sample, found: Loaded, whole: Said) -> Outcome:
    if found.error is not None:
        return Outcome("s" if found.said else "x", found.error.code)
    report = found.report
    assert report is not None
    if not report.read:
        return Outcome("0")
    if report.rejected:
        return Outcome("r", ", ".join(sorted({r["code"] for r in found.rejects})))
    if report.duplicate_in_file:
        return Outcome("d")
    if report.read > sample.records:
        return Outcome("+")
    return Outcome("=" if found.said == whole else "~")


def _kept(
    sample: Sample, damage: Damage, found: Loaded, outcome: Outcome, whole: Said, others: Said, before: Said
) -> None:
    first, last = (damage.places or (lambda s: s.parts().lines(THIRD)))(sample)
    if found.error is not None:
        if found.said and not before <= found.said:
            raise Broken("a record before the damage was lost")
        if found.said - whole:
            raise Broken("something was guessed behind the damage")
        line = found.error.line
        if outcome.letter == "s" and (line is None or not first <= line <= max(last, first + 1)):
            raise Broken(f"{outcome.code}: line {line}, not {first} to {last}")
        return
    report = found.report
    assert report is not None
    if lost := (before if damage.cut else others) - found.said:
        raise Broken(f"an undamaged record was lost or changed: {sorted(lost)[:3]}")
    if report.read < (sample.lead + THIRD if damage.cut else sample.records):
        raise Broken(f"{report.read} records of {sample.records}")
    if len({found.records[s] for s in found.said - whole}) > 2:
        raise Broken("other records say something new")
    for reject in found.rejects:
        place = reject["line"]
        if place and not first <= place <= last:
            raise Broken(f"reject in line {place}, not {first} to {last}")
        if not place and reject["record"] not in (THIRD + 1, RECORDS + 1):
            raise Broken(f"reject of record {reject['record']}")
