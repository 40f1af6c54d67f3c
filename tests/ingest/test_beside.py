"""Reading in a process beside: the same store, report and errors as in one process, whatever ends either of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph import errors
from vinculo.graph.errors import Cancelled, EnvironmentProblem, InputError, VinculoError
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.ingest import beside
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.expectations import Expectations
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.load import FileReport, ingest
from vinculo.ingest.marks import Marks
from vinculo.ingest.recognise import datasets, recognise

HEADER = "transfer_id,date,amount,currency,type,originator_account,beneficiary_account,purpose\n"
FTM = """
made:
  queries:
    - csv_url: a.csv
      entities:
        payer: {schema: LegalEntity, keys: [originator_account], properties: {name: {column: originator_account}}}
        payee: {schema: LegalEntity, keys: [beneficiary_account], properties: {name: {column: beneficiary_account}}}
"""
PROFILE = """
dataset: transfers
name: bank_9
columns: {transfer_id: Folio, date: Fecha, amount: Importe, originator_account: De, beneficiary_account: A}
missing: [S/D]
values: {currency: MXN}
"""
Write = Callable[..., Path]


def rows(count: int, start: int = 0) -> str:
    return "".join(
        f"T{n},2024-03-{n % 28 + 1:02},{n}.50,USD,wire,ACC{n % 17},ACC{n % 13 + 20},\n"
        for n in range(start, start + count)
    )


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every file is read beside, and this is by whom."""
    made: list[subprocess.Popen[bytes]] = []
    start = beside._child

    def child(*work: Any) -> subprocess.Popen[bytes] | None:
        started = start(*work)
        if started is not None:
            made.append(started)
        return started

    monkeypatch.setattr(beside, "LEAST_BYTES", 0)
    monkeypatch.setattr(beside, "_processors", lambda: 2)
    monkeypatch.setattr(beside, "_child", child)
    return made


def loaded(path: Path, **options: Any) -> tuple[FileReport, Any, list[Any]]:
    """Report, contents and rejects of a load into a store of its own; damage ends up among the warnings."""
    store = open_store("sqlite:///:memory:")
    try:
        (report,) = ingest(path, store, **options)
    except InputError as error:
        report = FileReport(str(path), "", "", warnings=[str(error.as_json())])
    made = digest(store), [store.rejects(s).to_pylist() for s in store.sources()]
    store.close()
    return replace(report, seconds=0.0), *made


@pytest.mark.parametrize("sort", ["transfers", "mapping", "profile", "damaged"])
def test_beside_is_as_alone(
    sort: str, written: Write, children: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options: dict[str, Any] = {}
    text = HEADER + rows(300) + rows(3) + "X,2024-99-01,1,USD,,A,B,\nshort\n"
    text += "F,2999-01-01,1,XQQ,,A,B,señal\n"
    if sort == "mapping":
        options["mapping"] = written("map.yml", FTM)
    if sort == "profile":
        options["mapping"] = written("map.yml", PROFILE)
        text = "Folio,Fecha,Importe,De,A\n1,2024-01-01,5,ACC1,ACC2\n2,2024-01-02,S/D,ACC1,S/D\n"
    if sort == "damaged":
        text += '"never closed,2024-01-01\n'
    path = written("a.csv", text)
    beside_it = loaded(path, **options)
    assert len(children) == 1 and children[0].poll() is not None
    monkeypatch.setattr(beside, "LEAST_BYTES", 1 << 40)
    assert loaded(path, **options) == beside_it
    assert len(children) == 1
    if sort == "transfers":
        report = beside_it[0]
        assert (report.loaded, report.duplicate_in_file, report.rejected) == (301, 3, 2)
        assert len(report.warnings) == 2 and report.notes["delimiter"] == "comma"


def test_what_is_there_is_not_mapped_again(written: Write, children: list[Any], store: Any) -> None:
    path = written("a.csv", HEADER + rows(40))
    assert [r.loaded for r in ingest(path, store)] == [40]
    before = digest(store)
    (again,) = ingest(path, store)
    assert (again.already_there, again.loaded) == (40, 0)
    assert digest(store) == before and len(children) == 2


@pytest.mark.fault
def test_a_killed_reader_is_one_sentence_and_loses_nothing(
    written: Write, children: list[Any], store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written("a.csv", HEADER + rows(66_000))
    whole = loaded(path)

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "ingest":
            children[-1].kill()
            children[-1].wait()

    with pytest.raises(EnvironmentProblem) as stopped:
        ingest(path, store, progress=kill)
    assert stopped.value.code == "reader_died" and str(path) in stopped.value.message()
    (run,) = store.runs()
    assert run.status == "interrupted" and 0 < run.counts["loaded"] < 66_000
    (rest,) = ingest(path, store)
    assert rest.loaded + run.counts["loaded"] == rest.read == 66_000
    assert digest(store) == whole[1]


def test_cancelling_ends_the_reader(written: Write, children: list[Any], store: Any) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage == "ingest":
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        ingest(written("a.csv", HEADER + rows(30)), store, progress=stop)
    assert children[0].poll() is not None
    assert [r.status for r in store.runs()] == ["interrupted"]


def test_a_reader_whose_parent_is_gone_ends_by_itself(written: Write, children: list[Any]) -> None:
    file = open_file(written("a.csv", HEADER + rows(3000)))
    child = beside._child(file, recognise(file), Marks())
    assert child is not None and child.stdout is not None
    child.stdout.close()
    assert child.wait(60) == 0


def test_a_dataset_of_the_callers_own_is_read_here(written: Write, children: list[Any], store: Any) -> None:
    own = replace(datasets()["transfers"], name="own", prepare=lambda t: datasets()["transfers"].prepare(t))  # type: ignore[misc]
    (report,) = ingest(written("a.csv", HEADER + rows(5)), store, dataset=own)
    assert (report.loaded, children) == (5, [])


def test_no_reader_where_none_starts(
    written: Write, children: list[Any], store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in (("-c", "raise SystemExit(3)"), ("-c", "print('x')")):
        monkeypatch.setattr(beside, "_PROGRAM", program)
        (report,) = ingest(written("a.csv", HEADER + rows(5)), store)
        assert (report.read, children) == (5, [])
    monkeypatch.setattr(beside.sys, "executable", "/no/such/program")
    assert ingest(written("b.csv", HEADER + rows(6)), store)[0].loaded == 1


def kinds_of_errors(kind: type[VinculoError]) -> list[type[VinculoError]]:
    return [kind, *(k for below in kind.__subclasses__() for k in kinds_of_errors(below))]


@pytest.mark.parametrize("kind", [k for k in kinds_of_errors(VinculoError) if k.__module__ == errors.__name__])
def test_errors_say_the_same_on_the_other_side(kind: type[VinculoError]) -> None:
    error = kind("unclosed_quote", file="a.csv", line=3, column=2, records=7, encoding="utf-8")
    there = beside._unpacked(beside._packed(error))
    assert type(there) is kind and there.as_json() == error.as_json() and there.values == error.values


def test_an_error_that_cannot_be_sent_is_told_as_text() -> None:
    class Local(Exception):
        pass

    noted = Doubts(), Expectations()
    *_, (*_, error) = beside._unpacked(beside._last({}, noted, Local("what happened")))
    assert isinstance(error, RuntimeError) and "what happened" in str(error)
    *_, (*_, error) = beside._unpacked(beside._last({}, noted, ValueError("known")))
    assert isinstance(error, ValueError) and "known" in error.__notes__[0]
