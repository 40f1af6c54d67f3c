"""Loading: every record in one disposition, nothing changed by a second run, nothing lost by an interruption."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.errors import Cancelled, InputError, StoreUnreachable, UsageError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.ingest import formats
from vinculo.ingest.formats import jsonl, table
from vinculo.ingest.load import FileReport, ingest
from vinculo.ingest.publishing import held, publish
from vinculo.ingest.rejects import inert

HEADER = (
    "transfer_id,date,amount,currency,type,originator_account,originator_name,beneficiary_account,beneficiary_name\n"
)
Write = Callable[..., Path]


def rows(count: int, start: int = 0) -> str:
    return "".join(
        f"T{n},2024-03-{n % 28 + 1:02},{n}.50,USD,wire,ACC{n % 17},Person {n % 17},ACC{n % 13 + 20},Firm {n % 13} SA\n"
        for n in range(start, start + count)
    )


def adds_up(report: FileReport) -> bool:
    return report.read == report.loaded + report.duplicate_in_file + report.already_there + report.rejected


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (formats, table, jsonl):
        monkeypatch.setattr(module, "CHUNK", 50)
    monkeypatch.setattr(table, "CHUNK_BYTES", 1)


def test_dispositions_add_up_and_a_second_run_changes_nothing(store: Store, written: Write) -> None:
    text = HEADER + rows(30) + rows(2) + "T99,2024-02-30,1,USD,wire,A1,X,A2,Y\n" + "T98,2024-02-28\n"
    path = written("a.csv", text)
    (first,) = ingest(path, store)
    assert (first.read, first.loaded, first.duplicate_in_file, first.already_there, first.rejected) == (34, 30, 2, 0, 2)
    assert first.dataset == "transfers"
    assert adds_up(first)
    before = (digest(store), store.version(), len(store.runs()))
    (second,) = ingest(path, store)
    assert (second.loaded, second.already_there, second.duplicate_in_file, second.rejected) == (0, 30, 2, 2)
    assert (second.entities, second.links, second.run) == (0, 0, first.run)
    assert (digest(store), store.version(), len(store.runs())) == before


def test_the_same_bytes_under_another_name_are_the_same_source(store: Store, written: Write) -> None:
    ingest(written("a.csv", HEADER + rows(5)), store)
    before = digest(store)
    (report,) = ingest(written("b.csv.gz", HEADER + rows(5)), store)
    assert (report.loaded, report.already_there, digest(store)) == (0, 5, before)


def test_another_file_is_added_as_source_and_only_that(store: Store, written: Write) -> None:
    ingest(written("a.csv", HEADER + rows(10)), store)
    before = digest(store)
    (report,) = ingest(written("b.csv", HEADER + rows(10, start=5)), store)
    assert (report.loaded, report.already_there) == (5, 5)
    shared = next(e for e in store.edges(["PAID"]).column("id").to_pylist() if len(store.links([e])[e].sources) == 2)
    assert {p.source.file for p in store.links([shared])[shared].sources} == {"a.csv", "b.csv"}
    store.withdraw(next(s for s in store.sources() if s.file == "b.csv"))
    assert digest(store) == before


def test_rejects_are_a_file_a_person_can_open(store: Store, written: Write, home: Path) -> None:
    path = written("a.csv", HEADER + "=cmd(),2024-02-30,1,USD,wire,A1,X,A2,Y\nT1\n")
    (report,) = ingest(path, store)
    assert report.rejects_file == str(home / "rejects" / f"a.csv.{report.sha256[:8]}.rejects.csv")
    raw = Path(report.rejects_file).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    told = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [(t["record"], t["line"], t["code"]) for t in told] == [("1", "2", "unreadable"), ("2", "3", "ragged")]
    assert told[0]["raw text"] == "2024-02-30"
    assert [r["record"] for r in store.rejects(store.sources()[0]).to_pylist()] == [1, 2] if store.sources() else True


@given(st.text(max_size=6))
def test_no_cell_of_the_rejects_is_a_formula(text: str) -> None:
    assert inert(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_a_stop_at_any_chunk_is_gone_on_from(written: Write, tmp_path: Path, small_chunks: None) -> None:
    path = written("a.csv", HEADER + rows(220) + "bad\n")
    whole = open_store("sqlite:///:memory:")
    ingest(path, whole)
    for stop in range(1, 5):
        store = open_store(f"sqlite:///{tmp_path / f'{stop}.db'}")
        calls = iter(range(100))

        def progress(stage: str, done: int, total: int, calls: Any = calls, stop: int = stop) -> None:
            assert done >= 0 and (total == 0 or done <= total)
            if stage == "ingest" and next(calls) + 1 == stop:
                raise Cancelled("cancelled")

        with pytest.raises(Cancelled) as caught:
            ingest(path, store, progress=progress)
        assert caught.value.exit_code == 130
        assert [r.status for r in store.runs()] == ["interrupted"]
        assert store.runs()[0].counts["loaded"] == min(stop * 50, 220)
        (report,) = ingest(path, store)
        assert (report.already_there, report.loaded) == (min(stop * 50, 220), 220 - min(stop * 50, 220))
        assert adds_up(report)
        assert digest(store) == digest(whole)


class Failing:
    """A store whose n-th write fails, before or after it took hold."""

    def __init__(self, store: Store, at: int, after: bool, error: BaseException) -> None:
        self._store, self._at, self._after, self._error, self._count = store, at, after, error, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, batch: Any, manifest: Any) -> Any:
        self._count += 1
        if self._count == self._at and not self._after:
            raise self._error
        added = self._store.write(batch, manifest)
        if self._count == self._at:
            raise self._error
        return added


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [StoreUnreachable("cancelled"), KeyboardInterrupt()], ids=["store", "ctrl-c"])
def test_a_write_that_fails_is_made_good(after: bool, error: BaseException, written: Write, small_chunks: None) -> None:
    path = written("a.csv", HEADER + rows(120))
    whole = open_store("sqlite:///:memory:")
    ingest(path, whole)
    for at in (1, 2, 3):
        store = open_store("sqlite:///:memory:")
        with pytest.raises((StoreUnreachable, Cancelled)):
            ingest(path, Failing(store, at, after, error))  # type: ignore[arg-type]
        (report,) = ingest(path, store)
        assert adds_up(report)
        assert digest(store) == digest(whole)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(1, 39))
def test_cut_and_overlapping_files_give_the_same_contents(written: Write, order: list[int], cut: int) -> None:
    lines = rows(31).splitlines(keepends=True)
    whole, parts = open_store("sqlite:///:memory:"), open_store("sqlite:///:memory:")
    ingest(written("whole.csv", HEADER + "".join(lines[i] for i in order)), whole)
    for number, some in enumerate((order[:cut], order[max(0, cut - 3) :])):
        if some:
            (report,) = ingest(written(f"{number}.csv", HEADER + "".join(lines[i] for i in some)), parts)
            assert adds_up(report)
    assert digest(parts)["values_digest"] == digest(whole)["values_digest"]
    assert parts.counts() == whole.counts()
    assert (
        parts.edges()
        .select(["id", "kind", "date", "amount"])
        .equals(whole.edges().select(["id", "kind", "date", "amount"]))
    )


def test_damage_keeps_what_stands_before_it(store: Store, written: Write) -> None:
    with pytest.raises(InputError) as caught:
        ingest(written("a.csv", HEADER + rows(3) + 'T9,"2024'), store)
    assert (caught.value.code, caught.value.line) == ("unclosed_quote", 5)
    assert store.counts() == {"entities": {}, "links": {}}
    (run,) = store.runs()
    assert (run.status, [t.en for t in held(store, run)]) == ("held", [caught.value.message("en")])
    publish(store, run.number, "the rest is of no account")
    assert store.counts()["links"]["PAID"] == 3
    assert (store.runs()[0].status, held(store, run)) == ("done", [])


def test_a_wrong_file_is_told_what_it_resembles(store: Store, written: Write) -> None:
    path = written("a.csv", "transfer_id,amount,currency,type,originator_account\n1,2,USD,wire,3\n")
    with pytest.raises(InputError) as caught:
        ingest(path, store)
    assert caught.value.code == "unknown_file"
    assert "transfers" in caught.value.message("en")
    with pytest.raises(InputError) as caught:
        ingest(path, store, dataset="bills_of_lading")
    assert (caught.value.code, "bill_number" in caught.value.message("en")) == ("missing_columns", True)
    with pytest.raises(UsageError) as unknown:
        ingest(path, store, dataset="nothing_like_it")
    assert unknown.value.code == "unknown_dataset"
    assert store.counts() == {"entities": {}, "links": {}}


def test_a_spreadsheet_of_ones_own_is_mapped_to_a_template(store: Store, written: Write) -> None:
    path = written(
        "actas.csv", "Folio;Día;Monto;Moneda;De;A\nF1;31/12/2023;1.500,25;MXN;A1;A2\nF2;s/d;7;MXN;A1;A2\n", "cp1252"
    )
    mapping = written(
        "m.yml",
        "dataset: transfers\nname: banco_x\nmissing: [s/d]\nformats: {date: '%d/%m/%Y', amount: '1.234,56'}\n"
        "columns: {transfer_id: Folio, date: Día, amount: Monto, currency: Moneda, "
        "originator_account: De, beneficiary_account: A}\n",
    )
    (report,) = ingest(path, store, mapping=mapping)
    assert (report.dataset, report.loaded) == ("banco_x", 2)
    told = {(e["date"], e["amount"]) for e in store.edges(["PAID"]).to_pylist()}
    assert told == {("2023-12-31", 1500.25), (None, 7.0)}


def test_synthetic_is_told_by_file_or_caller(store: Store, written: Write) -> None:
    (says,) = ingest(written("a.csv", "# SYNTHETIC DATA\n" + HEADER + rows(2)), store)
    (said,) = ingest(written("b.csv", HEADER + rows(2, 7)), store, synthetic=True)
    (neither,) = ingest(written("c.csv", HEADER + rows(2, 14)), store)
    assert (says.synthetic, said.synthetic, neither.synthetic) == (True, True, False)
    assert {s.file: s.synthetic for s in store.sources()} == {"a.csv": True, "b.csv": True, "c.csv": False}


def test_a_home_that_cannot_be_written_is_named_and_the_other_files_are_loaded(
    store: Store, written: Write, home: Path
) -> None:
    home.write_text("a file where a folder should be")
    bad = written("a.csv", HEADER + rows(1) + "bad\n")
    first, second = ingest([bad, written("b.csv", HEADER + rows(3, 7))], store)
    assert (first.loaded, first.rejected, first.rejects_file) == (1, 1, None)
    [warning] = first.warnings
    assert str(home) in warning and "VINCULO_HOME" in warning
    assert (second.loaded, second.warnings) == (3, [])
    assert [r.status for r in store.runs()] == ["done", "done"]
    assert store.rejects(next(s for s in store.sources() if s.file == "a.csv")).num_rows == 1


class Between:
    """A store in which somebody else does something before each write."""

    def __init__(self, store: Store, work: Callable[[], None]) -> None:
        self._store, self._work = store, work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, batch: Any, manifest: Any) -> Any:
        self._work()
        return self._store.write(batch, manifest)


@pytest.mark.parametrize("batch_rows", [250_000, 60], ids=["whole", "in-parts"])
def test_two_loads_of_one_file_at_once_add_up(
    batch_rows: int, written: Write, tmp_path: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two generators take turns, write by write: each record is loaded by one of them, each thing counted once."""
    path = written("a.csv", HEADER + rows(210) + "bad\n" + rows(4))
    whole = open_store("sqlite:///:memory:")
    (alone,) = ingest(path, whole)
    url = f"sqlite:///{tmp_path / 'both.db'}"
    one, two = open_store(url), open_store(url)
    for store in (one, two):
        monkeypatch.setattr(store, "batch_rows", batch_rows)
    reports: list[FileReport] = []
    turns = iter([False, True, False, True, False, True])

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "ingest":
            raise Cancelled("cancelled")

    def other() -> None:
        # a chunk of it, or the rest
        with contextlib.suppress(Cancelled):
            reports.extend(ingest(path, two, progress=None if next(turns, True) else stop))

    (mine,) = ingest(path, Between(one, other))  # type: ignore[arg-type]
    assert adds_up(mine) and all(adds_up(r) for r in reports)
    assert digest(one) == digest(whole)
    runs = one.runs()
    assert sum(r.counts["loaded"] for r in runs) == alone.loaded == 210
    assert sum(r.counts["entities"] for r in runs) == alone.entities
    assert sum(r.counts["links"] for r in runs) == alone.links
    assert {r.status for r in runs} <= {"done", "interrupted"}
    assert one.rejects(one.sources()[0]).num_rows == 1
    one.close()
    two.close()


def test_loads_of_different_files_count_what_is_new_for_themselves(written: Write, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'both.db'}"
    one, two = open_store(url), open_store(url)
    reports: list[FileReport] = []

    def other() -> None:
        reports.extend(ingest(written("b.csv", HEADER + rows(40, start=100)), two))

    reports += ingest(written("a.csv", HEADER + rows(10)), Between(one, other))  # type: ignore[arg-type]
    assert [r.loaded for r in reports] == [40, 10]
    assert sum(r.entities for r in reports) == sum(one.counts()["entities"].values())
    assert [r.links for r in reports][1] >= 10
    assert sum(r.links for r in reports) == sum(one.counts()["links"].values())
    one.close()
    two.close()


@pytest.mark.parametrize(
    ("name", "dataset", "read", "duplicates"),
    [
        ("d_watchlists/sat_69b_listado_completo.csv.gz", "sat_69b", 12_666, 0),
        ("d_watchlists/ofac_sdn.csv.gz", "ofac_sdn", 7_379, 0),
        ("b_trade/panjiva_us_imports_1832.csv.gz", "panjiva", 1_832, 18),
        ("c_finance/icij_fincen_transactions_map.csv.gz", "fincen_files_transactions", 4_507, None),
    ],
)
def test_real_files_add_up_and_load_once(
    name: str, dataset: str, read: int, duplicates: int | None, store: Store, real: Path
) -> None:
    (first,) = ingest(real / name, store)
    assert first.read == read
    assert adds_up(first)
    assert duplicates is None or (first.duplicate_in_file, first.rejected) == (duplicates, 0)
    version = store.version()
    (again,) = ingest(real / name, store)
    assert (again.loaded, again.already_there) == (0, first.loaded)
    assert store.version() == version


def test_a_corrected_mapping_is_not_taken_for_the_old_one(written: Write, store: Store) -> None:
    path = written("acta.csv", "acta,dia,que,cuanto\n1,03/04/2024,x,5\n")

    def mapping(form: str, note: str = "") -> Path:
        columns = "columns: {seizure_id: acta, date: dia, commodity: que, quantity: cuanto}"
        return written("m.yml", f"{note}dataset: seizures\nname: actas\n{columns}\nformats: {{date: '{form}'}}\n")

    (first,) = ingest(path, store, mapping=mapping("%d/%m/%Y"))
    assert first.loaded == 1
    (again,) = ingest(path, store, mapping=mapping("%d/%m/%Y", "# a remark\n"))
    assert again.already_there == 1
    with pytest.raises(UsageError) as caught:
        ingest(path, store, mapping=mapping("%m/%d/%Y"))
    assert caught.value.code == "other_mapping"
    assert first.sha256[:12] in caught.value.hint("en")
    (source,) = store.sources()
    store.withdraw(source)
    ingest(path, store, mapping=mapping("%m/%d/%Y"))
    (seizure,) = [e for e in store.nodes().to_pylist() if e["kind"] == "Seizure"]
    assert store.entities([seizure["id"]])[seizure["id"]].first("date") == "2024-03-04"


def test_a_reversed_header_makes_other_records_and_another_order_of_columns_the_same(
    store: Store, written: Write
) -> None:
    """``already there`` would hide that payer and payee have changed places."""
    ends = ("originator_account", "beneficiary_account")
    first = ("transfer_id", "date", "amount", "currency", *ends)

    def file(name: str, header: Iterable[str], *row: str) -> Path:
        return written(name, f"{','.join(header)}\n{','.join(row)}\n")

    row = ("T1", "2024-03-01", "5", "USD", "A1", "A2")
    (one,) = ingest(file("a.csv", first, *row), store)
    (turned,) = ingest(file("b.csv", (*first[:4], ends[1], ends[0]), *row), store)
    (moved,) = ingest(file("c.csv", reversed(first), *reversed(row)), store)
    assert [(r.loaded, r.already_there) for r in (one, turned, moved)] == [(1, 0), (1, 0), (0, 1)]


def test_columns_that_nothing_is_made_of_are_named(store: Store, written: Write) -> None:
    (plain,) = ingest(written("a.csv", HEADER + rows(3)), store)
    assert "not_used" not in plain.notes
    wide = HEADER.strip() + ",Color del camión,risk\n" + "".join(f"{line},rojo,9\n" for line in rows(3).splitlines())
    (report,) = ingest(written("b.csv", wide), store)
    assert report.notes["not_used"] == "color del camion, risk"
