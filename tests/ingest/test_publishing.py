"""A file that is not what is expected of its dataset is kept, shown to nobody, explained, and shown on somebody's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from vinculo.graph.errors import Cancelled, InputError, UsageError
from vinculo.graph.store import Store
from vinculo.ingest.expectations import FEW_ROWS, Expectations
from vinculo.ingest.load import ingest
from vinculo.ingest.publishing import PUBLISHED, held, kept_of, publish
from vinculo.ingest.recognise import datasets

Write = Callable[..., Path]
TRANSFERS = datasets()["transfers"]
HEADER = "transfer_id,date,amount,currency,originator_account,beneficiary_account\n"
NOTHING: dict[str, dict[str, int]] = {"entities": {}, "links": {}}


def rows(count: int, empty: int = 0) -> str:
    """Transfers, the first few without an amount."""
    return HEADER + "".join(f"T{n},2024-01-02,{'' if n < empty else 5},USD,A{n},B{n}\n" for n in range(count))


def test_a_file_of_too_few_records_is_held_back(store: Store, written: Write) -> None:
    list_of_ten = replace(TRANSFERS, minimum_records=10)
    (report,) = ingest(written("a.csv", rows(9)), store, dataset=list_of_ten)
    assert report.loaded == 9 and "9 records" in report.held[0] and "10" in report.held[0]
    assert store.counts() == NOTHING and store.sources() == []
    (run,) = store.runs()
    assert (run.status, run.number) == ("held", report.run)
    assert [t.es for t in held(store, run)] != [t.en for t in held(store, run)]
    # the same file again is as short as before
    (again,) = ingest(written("a.csv", rows(9)), store, dataset=list_of_ten)
    assert again.held == report.held and again.already_there == 9
    # what the run brought is still told of it
    assert (store.runs()[0].counts["loaded"], store.runs()[0].counts["already_there"]) == (9, 0)
    assert store.counts() == NOTHING
    # the whole file is another one
    (whole,) = ingest(written("b.csv", rows(10)), store, dataset=list_of_ten)
    assert whole.held == [] and store.counts()["links"]["PAID"] == 10
    assert (whole.loaded, whole.already_there) == (10, 0)


@pytest.mark.parametrize("least", [0, 1 << 40], ids=["in a process beside", "in this process"])
def test_a_column_that_is_seldom_filled_holds_a_file_back(
    store: Store, written: Write, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setattr("vinculo.ingest.beside.LEAST_BYTES", least)
    whole = replace(TRANSFERS, fill_rates={"account to account: amount": 0.9})
    (report,) = ingest(written("a.csv", rows(40, empty=5)), store, dataset=whole)
    assert "88 %" in report.held[0] and "amount" in report.held[0] and "90 %" in report.held[0]
    (good,) = ingest(written("b.csv", rows(40, empty=4)), store, dataset=whole)
    assert good.held == []
    # a handful of rows says nothing
    (few,) = ingest(written("c.csv", rows(FEW_ROWS - 1, empty=5)), store, dataset=whole)
    assert few.held == []


def test_lists_are_filled_where_something_is_in_them() -> None:
    column = pa.array([["a"], [], None, ["b", "c"]] * 10, pa.list_(pa.string()))
    counted = Expectations(replace(TRANSFERS, fill_rates={"rows: names": 0.51}))
    counted.add({"rows": pa.table({"names": column}), "others": pa.table({"names": column})})
    assert "50 %" in counted.missed(read=40)[0].en


def test_what_was_cut_short_is_judged_by_all_of_its_records(
    store: Store, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second half of the file has every amount; with the first, read before the load was stopped, it falls short."""
    monkeypatch.setattr("vinculo.ingest.formats.table.CHUNK", 30)
    monkeypatch.setattr("vinculo.ingest.formats.table.CHUNK_BYTES", 1)
    whole = replace(TRANSFERS, fill_rates={"account to account: amount": 0.9})
    path = written("a.csv", rows(60, empty=20))

    class Stop(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "ingest":
            raise Stop

    with pytest.raises(Stop):
        ingest(path, store, dataset=whole, progress=stop)
    assert store.counts() == NOTHING and [m.records for m in store.manifests(store.unpublished()[0])] == [30]
    (report,) = ingest(path, store, dataset=whole)
    assert "67 %" in report.held[0]
    assert store.counts() == NOTHING


def test_files_marked_synthetic_are_not_asked(store: Store, written: Write) -> None:
    list_of_ten = replace(TRANSFERS, minimum_records=10)
    (report,) = ingest(written("a.csv", rows(3)), store, dataset=list_of_ten, synthetic=True)
    assert report.held == [] and store.counts()["links"]["PAID"] == 3


def test_what_is_held_back_is_shown_on_somebodys_word(store: Store, written: Write) -> None:
    list_of_ten = replace(TRANSFERS, minimum_records=10)
    (report,) = ingest(written("a.csv", rows(9)), store, dataset=list_of_ten)
    assert report.run is not None
    for reason in ("", "  "):
        with pytest.raises(UsageError) as told:
            publish(store, report.run, reason)
        assert told.value.code == "needs_reason"
    run = publish(store, report.run, "an extract, agreed by telephone", at="2026-01-02T03:04:05+00:00")
    assert run.status == "done" and store.counts()["links"]["PAID"] == 9
    (kept,) = store.documents(PUBLISHED).values()
    assert (kept["reason"], kept["at"]) == ("an extract, agreed by telephone", "2026-01-02T03:04:05+00:00")
    assert "9 records" in kept["against"][0]["en"]
    for number, code in ((report.run, "run_not_held"), (99, "unknown_run")):
        with pytest.raises(UsageError) as told:
            publish(store, number, "again")
        assert told.value.code == code
    # and stays so when the file is loaded again
    (again,) = ingest(written("a.csv", rows(9)), store, dataset=list_of_ten)
    assert again.held == [] and store.counts()["links"]["PAID"] == 9


def test_what_is_held_back_can_be_withdrawn(store: Store, written: Write) -> None:
    (report,) = ingest(written("a.csv", rows(9)), store, dataset=replace(TRANSFERS, minimum_records=10))
    (source,) = store.unpublished()
    assert store.withdraw(source)["links"] == 9
    assert store.unpublished() == []
    with pytest.raises(UsageError) as told:
        publish(store, report.run or 0, "too late")
    assert told.value.code == "run_not_held"


def test_what_is_held_back_is_not_shown_by_loading_it_again(store: Store, written: Write) -> None:
    """A record that stands in the file many times counts once, and what came as real stays real."""
    whole = replace(TRANSFERS, fill_rates={"account to account: amount": 0.9})
    repeated = rows(30, empty=5) + "T29,2024-01-02,5,USD,A29,B29\n" * 40
    (first,) = ingest(written("a.csv", repeated), store, dataset=whole)
    (second,) = ingest(written("a.csv", repeated), store, dataset=whole)
    assert first.held == second.held != []
    (third,) = ingest(written("a.csv", repeated), store, dataset=whole, synthetic=True)
    assert third.held == first.held and store.counts() == NOTHING


def test_damage_met_after_a_stop_holds_what_was_read_back(
    store: Store, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vinculo.ingest.formats.table.CHUNK", 30)
    monkeypatch.setattr("vinculo.ingest.formats.table.CHUNK_BYTES", 1)
    path = written("a.csv", rows(30) + 'T99,"2024')

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "ingest":
            raise Cancelled("interrupted", file="a.csv", records=done)

    with pytest.raises(Cancelled):
        ingest(path, store, progress=stop)
    with pytest.raises(InputError) as told:
        ingest(path, store)
    (run,) = store.runs()
    assert (run.status, told.value.kept_run) == ("held", run.number)
    publish(store, run.number, "the rest is of no account")
    assert store.counts()["links"]["PAID"] == 30


def test_why_a_file_was_held_back_goes_with_it(store: Store, written: Write) -> None:
    list_of_ten = replace(TRANSFERS, minimum_records=10)
    (report,) = ingest(written("a.csv", rows(9)), store, dataset=list_of_ten)
    publish(store, report.run or 0, "agreed by telephone", at="2026-01-02T03:04:05+00:00")
    store.withdraw(store.sources()[0])
    later = store.begin_run(store.runs()[0].source, at="2031-01-01T00:00:00+00:00")
    run = next(r for r in store.runs() if r.number == later)
    assert (kept_of(store, PUBLISHED, run), held(store, run)) == ({}, [])
