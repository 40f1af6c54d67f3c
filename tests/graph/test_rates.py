"""Amounts in another currency: Decimal, by a loaded table, at the day, told how; or not at all, and that is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vinculo.graph.conversion import DAYS
from vinculo.graph.rates import (
    Rates,
    both,
    choose_currency,
    chosen_currency,
    conversions,
    load_rates,
    rates_chosen,
)
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import Fact, Link, Provenance, Source
from vinculo.ingest.load import ingest

OWN = """date,base,currency,rate,units,source
2024-03-01,USD,MXN,17.05,,FIX
2024-02-29,USD,MXN,17.10,,FIX
2024-03-01,HUF,CZK,6.5,100,CNB
"""
ECB = """Date,USD,JPY,BGN,CYP,GBP,CHF,MXN,
2024-03-28,1.25,160,1.9558,N/A,0.8,0.95,20,
2024-03-27,1.20,161,1.9558,N/A,0.8,0.95,N/A,
"""
BANXICO = """{"bmx":{"series":[{"idSerie":"SF43718","titulo":"Tipo de cambio","datos":[{"fecha":"04/03/2024","dato":"17.0100"},
{"fecha":"05/03/2024","dato":"N/E"}]}]}}"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("VINCULO_HOME", str(tmp_path / "home"))
    opened = open_store("sqlite:///:memory:")
    yield opened
    opened.close()


def loaded(store: Store, folder: Path, **files: str) -> Rates:
    for name, text in files.items():
        suffix = "json" if text.startswith("{") else "csv"
        path = folder / f"{name}.{suffix}"
        path.write_text(text, encoding="utf-8")
        [report] = ingest(path, store)
        assert report.rejected == 0
    return load_rates(store)


def test_the_rate_of_the_day(store: Store, tmp_path: Path) -> None:
    rates = loaded(store, tmp_path, own=OWN)
    made = rates.convert(Decimal("9500.50"), "USD", "2024-03-01T17:30", "MXN")
    assert made.converted == Decimal("161983.525")
    assert (made.amount, made.currency, made.days, made.rates[0].record) == (Decimal("9500.50"), "USD", 0, 1)
    assert made.shown == "161,983.52 MXN"  # half to even
    assert "17.05" in made.told("en") and "own.csv" in made.told("en") and "2024-03-01" in made.told("es")


def test_the_nearest_day_before_and_no_further(store: Store, tmp_path: Path) -> None:
    rates = loaded(store, tmp_path, own=OWN)
    made = rates.convert(Decimal(1), "USD", "2024-03-03", "MXN")
    assert (made.converted, made.days) == (Decimal("17.05"), 2)
    assert "2 days before" in made.told("en") and "2 días antes" in made.told("es")
    assert rates.convert(Decimal(1), "USD", "2024-03-08", "MXN").days == DAYS
    late = rates.convert(Decimal(1), "USD", "2024-03-09", "MXN")
    assert (late.converted, late.reason) == (None, "no_rate") and "2024-03-09" in late.told("en")
    # never a rate of a later day
    assert rates.convert(Decimal(1), "USD", "2024-02-28", "MXN").reason == "no_rate"


def test_turned_round_in_units_and_through_a_third(store: Store, tmp_path: Path) -> None:
    rates = loaded(store, tmp_path, own=OWN, ecb=ECB)
    assert rates.convert(Decimal("6.5"), "CZK", "2024-03-01", "HUF").converted == 100
    assert rates.convert(Decimal(200), "HUF", "2024-03-01", "CZK").converted == 13
    cross = rates.convert(Decimal(5), "USD", "2024-03-28", "MXN")
    assert (cross.converted, [r.base for r in cross.rates]) == (80, ["EUR", "EUR"])
    assert "1 EUR = 1.25 USD" in cross.told("en") and "1 EUR = 20 MXN" in cross.told("en")
    # that day the euro has no rate in pesos: not the dollar of one day with the peso of another
    assert rates.convert(Decimal(5), "USD", "2024-03-27", "MXN").reason == "no_rate"


def test_the_bank_of_mexico(store: Store, tmp_path: Path) -> None:
    rates = loaded(store, tmp_path, banxico=BANXICO)
    made = rates.convert(Decimal(100), "USD", "2024-03-05", "MXN")
    assert (made.converted, made.days) == (Decimal(1701), 1)
    assert "Banxico SF43718" in made.told("en") and "the day before" in made.told("en")


def test_without_table_day_or_currency_nothing_is_converted(store: Store, tmp_path: Path) -> None:
    none = load_rates(store, "MXN").convert(Decimal(1), "USD", "2024-03-01")
    assert (none.converted, none.reason) == (None, "no_table")
    rates = loaded(store, tmp_path, own=OWN)
    for currency, day, reason in (
        ("USD", "2024-03", "no_day"),
        ("USD", "", "no_day"),
        ("", "2024-03-01", "no_currency"),
    ):
        made = rates.convert(Decimal(1), currency, day, "MXN")
        assert (made.converted, made.reason) == (None, reason)
        assert made.told("en") and made.told("es")
    same = rates.convert(Decimal(7), "MXN", "", "MXN")
    assert (same.converted, same.told("en")) == (7, "")


@given(amount=st.decimals("0.01", "1e12", places=2), day=st.sampled_from(["2024-03-01", "2024-03-02"]))
def test_there_and_back_is_the_amount(amount: Decimal, day: str) -> None:
    columns = {
        "date": ["2024-03-01"],
        "base": ["USD"],
        "units": ["1"],
        "currency": ["MXN"],
        "rate": ["17.0633"],
        "source": [""],
        "record": [1],
        "place": [0],
    }
    rates = Rates(pa.table(columns), [Source("exchange_rates", "0" * 64, "r.csv")])
    there = rates.convert(amount, "USD", day, "MXN")
    assert there.converted is not None
    back = rates.convert(there.converted, "MXN", day, "USD")
    assert back.rounded == amount


def test_of_one_day_the_file_loaded_last_counts(store: Store, tmp_path: Path) -> None:
    rates = loaded(store, tmp_path, own=OWN, later="date,base,currency,rate\n2024-03-01,USD,MXN,18\n")
    made = rates.convert(Decimal(1), "USD", "2024-03-01", "MXN")
    assert (made.converted, made.rates[0].source.file) == (18, "later.csv")


def test_a_number_of_any_length_is_told(store: Store, tmp_path: Path) -> None:
    choose_currency(store, "MXN")
    rates = loaded(store, tmp_path, own=OWN)
    told = both("9" * 40, "USD", "2024-03-01", rates)
    assert "MXN" in told.en and "MXN" in told.es
    assert rates.convert(Decimal(10) ** 40, "USD", "2024-03-01").rounded == Decimal("17.05") * 10**40


@pytest.mark.parametrize("day", ["2024-03-28", "2024-03-29"])
def test_another_file_takes_no_conversion_away(store: Store, tmp_path: Path, day: str) -> None:
    before = loaded(store, tmp_path, ecb=ECB).convert(Decimal(5), "USD", "2024-03-29", "MXN")
    # one of the two steps, of the same day or a later one
    more = f"date,base,currency,rate,units,source\n{day},EUR,USD,1.3,,OTHER\n"
    after = loaded(store, tmp_path, more=more).convert(Decimal(5), "USD", "2024-03-29", "MXN")
    assert (after.converted, after.days) == (before.converted, before.days) == (Decimal(80), 1)
    assert loaded(store, tmp_path).convert(Decimal(5), "USD", "0001-01-02", "MXN").reason == "no_rate"


def test_a_currency_is_chosen_for_the_store(store: Store, tmp_path: Path) -> None:
    loaded(store, tmp_path, own=OWN)
    values = {"amount": "100", "currency": "USD", "date": "2024-03-01", "amountEur": "5"}
    link = Link("pay", "PAID", "a", "b", {k: (Fact(v, ()),) for k, v in values.items()})
    assert not rates_chosen(store) and conversions(link, rates_chosen(store)) == []
    choose_currency(store, "MXN")
    assert chosen_currency(store) == "MXN"
    made = conversions(link, rates_chosen(store))
    assert [(c.converted, c.reason) for c in made] == [(1705, ""), (None, "no_rate")]
    text = both("100", "USD", "2024-03-01", rates_chosen(store))
    assert text.en.startswith("100 USD (1,705.00 MXN at 1 USD = 17.05 MXN") and text.es.startswith(
        "100 USD (1,705.00 MXN a"
    )
    assert both("100", "MXN", "", rates_chosen(store)).en == "100 MXN"
    choose_currency(store, "")
    assert both("100", "USD", "2024-03-01", rates_chosen(store)).en == "100 USD"


def test_an_amount_goes_with_the_currency_of_its_own_record(store: Store, tmp_path: Path) -> None:
    """Two files differ about a consignment: neither's amount is taken in the other's currency."""
    rates = loaded(store, tmp_path, own=OWN)
    one, two = (Provenance(Source("d", letter * 64), 1) for letter in "ab")
    properties = {
        "declaredValue": (Fact("100", (one,)), Fact("200", (two,)), Fact("300", (one, two))),
        "currency": (Fact("MXN", (two,)), Fact("USD", (one,))),
        "date": (Fact("2024-03-01", (one, two)),),
    }
    rates.target = "MXN"
    made = conversions(Link("x", "PAID", "a", "b", properties), rates)
    assert [(c.amount, c.converted, c.reason) for c in made] == [
        (100, 1705, ""),
        (200, 200, ""),
        (300, None, "no_currency"),
    ]
