"""Amounts in another currency: only by exchange rates that were loaded, at the day of the transaction, and told how.

An amount is kept as it was given, always. Beside it stands what it came to by a loaded table: on its own day, or else on the
nearest day before it that has a rate, a few days back at most. A rate is taken straight, turned round, or through one third
currency of the same file and day. Where none is to be had nothing is converted, and that is said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.context import kept_tables, rows_of
from vinculo.graph.conversion import DAYS, Conversion, Rate
from vinculo.graph.store import Store
from vinculo.graph.text import Text
from vinculo.graph.types import Entity, Fact, Link, Source

_DIGITS = 34
_SETTINGS = ("settings", "currency")
_COLUMNS = ("date", "base", "units", "currency", "rate", "source", "record", "place")
_SCHEMA = pa.schema([(c, pa.int64() if c in ("record", "place") else pa.string()) for c in _COLUMNS])
#: Properties with amounts, and the currency of those that have their own.
_AMOUNTS = {
    "amount": "",
    "amountUsd": "USD",
    "amountEur": "EUR",
    "declaredValue": "",
    "exportValue": "",
    "importValue": "",
    "valueUsd": "USD",
}


@dataclass
class Rates:
    """The exchange rates of a store, and the currency its amounts are shown in beside their own.

    Attributes
    ----------
    table : pyarrow.Table
        A row a rate; ``place`` is the number of its file.
    files : sequence of Source
        In the order in which they were loaded.
    target : str
        Currency to convert into; empty where nobody chose one.
    """

    table: pa.Table
    files: Sequence[Source] = ()
    target: str = ""
    _pairs: list[tuple[str, str]] | None = field(default=None, repr=False)
    _found: dict[tuple[str, str, date], tuple[int, tuple[Rate, ...]] | None] = field(default_factory=dict, repr=False)
    _known: dict[tuple[str, str], tuple[list[str], list[dict[str, Any]]]] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.target)

    def convert(self, amount: Decimal, currency: str, day: str, target: str = "") -> Conversion:
        """An amount of a day in another currency.

        Parameters
        ----------
        amount : decimal.Decimal
        currency : str
            Its ISO 4217 code.
        day : str
            ISO date; what comes after the day is passed over.
        target : str, optional
            Code of the other currency; the one chosen for the store by default.
        """
        target, day = target or self.target, day[:10]
        asked = Conversion(amount, currency, target, day=day)
        if currency == target:
            return replace(asked, converted=amount)
        if not currency or not self.table.num_rows:
            return replace(asked, reason="no_currency" if self.table.num_rows else "no_table")
        try:
            moment = date.fromisoformat(day)
        except ValueError:
            return replace(asked, reason="no_day")
        found = self._way(currency, target, moment)
        if found is None:
            return replace(asked, reason="no_rate")
        days, rates = found
        with localcontext() as context:
            context.prec = _DIGITS
            made, now = amount, currency
            for r in rates:
                straight = r.base == now
                made = made * r.rate / r.units if straight else made * r.units / r.rate
                now = r.currency if straight else r.base
        return replace(asked, converted=made, days=days, rates=rates)

    def _way(self, a: str, b: str, moment: date) -> tuple[int, tuple[Rate, ...]] | None:
        """The rates to take on a day, and how many days old they are; found once for each day."""
        asked = (a, b, moment)
        if asked not in self._found:
            ways = sorted(self._ways(a, b, moment), key=lambda w: w[:3])
            self._found[asked] = (ways[0][0], ways[0][3]) if ways else None
        return self._found[asked]

    def _ways(self, a: str, b: str, moment: date) -> Iterator[tuple[int, int, int, tuple[Rate, ...]]]:
        """Days back, steps, what was loaded last first; and the rates."""
        for pair in ((a, b), (b, a)):
            if (found := self._nearest(pair, moment)) is not None:
                rate, days, place = found
                yield days, 1, -place, (rate,)
        for between in sorted(self._beside(a) & self._beside(b)):
            first, second = self._recent(a, between, moment), self._recent(between, b, moment)
            if common := first.keys() & second.keys():
                day, place = max(common)
                back = (moment - date.fromisoformat(day)).days
                yield back, 2, -place, (first[day, place], second[day, place])

    def _recent(self, a: str, b: str, moment: date) -> dict[tuple[str, int], Rate]:
        """The rates of two currencies in the days before, by day and file; straight where a file has both ways."""
        found = {}
        # the calendar begins somewhere
        earliest = max(moment, date.min + timedelta(days=DAYS)) - timedelta(days=DAYS)
        for pair in ((b, a), (a, b)):
            days, rows = self._of(pair)
            begin = bisect_left(days, earliest.isoformat())
            for row in rows[begin : bisect_right(days, moment.isoformat())]:
                found[row["date"], row["place"]] = self._rate(row)
        return found

    def _nearest(self, pair: tuple[str, str], moment: date) -> tuple[Rate, int, int] | None:
        days, rows = self._of(pair)
        at = bisect_right(days, moment.isoformat()) - 1
        if at < 0:
            return None
        row = rows[at]
        back = (moment - date.fromisoformat(row["date"])).days
        if back > DAYS:
            return None
        return self._rate(row), back, row["place"]

    def _rate(self, row: dict[str, Any]) -> Rate:
        source = self.files[row["place"]]
        units, rate = Decimal(row["units"]), Decimal(row["rate"])
        return Rate(row["date"], row["base"], units, row["currency"], rate, row["source"], source, row["record"])

    def _of(self, pair: tuple[str, str]) -> tuple[list[str], list[dict[str, Any]]]:
        """Days and rows of a pair, by day; of one day the file loaded last, and its first record, stands last."""
        if pair not in self._known:
            mask = pc.and_(
                pc.equal(self.table.column("base"), pair[0]), pc.equal(self.table.column("currency"), pair[1])
            )
            order = [("date", "ascending"), ("place", "ascending"), ("record", "descending")]
            rows = self.table.filter(mask).sort_by(order).to_pylist()
            self._known[pair] = ([r["date"] for r in rows], rows)
        return self._known[pair]

    def _beside(self, code: str) -> set[str]:
        """Currencies that have a rate with this one."""
        if self._pairs is None:
            distinct = self.table.group_by(["base", "currency"]).aggregate([])
            self._pairs = list(zip(*(distinct.column(c).to_pylist() for c in ("base", "currency")), strict=True))
        return {b if a == code else a for a, b in self._pairs if code in (a, b)}


def load_rates(store: Store, target: str = "") -> Rates:
    """The exchange rates that a store keeps.

    Parameters
    ----------
    store : Store
    target : str, optional
        Currency to convert into; else the one that :func:`choose_currency` keeps with the store.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> load_rates(open_store("sqlite:///:memory:"), "MXN").convert(Decimal(5), "USD", "2024-03-01").reason
    'no_table'
    """
    kept = [k for k in kept_tables(store) if k.rates]
    tables = []
    for place, k in enumerate(kept):
        rows = rows_of(store, k.source)
        if rows.num_rows:
            rows = rows.append_column("place", pa.array([place] * rows.num_rows, pa.int64())).select(list(_COLUMNS))
            texts = [
                rows.column(c) if c in ("record", "place") else pc.utf8_trim_whitespace(rows.column(c))
                for c in _COLUMNS
            ]
            tables.append(pa.table(texts, names=list(_COLUMNS)))
    return Rates(
        pa.concat_tables(tables or [_SCHEMA.empty_table()]), [k.source for k in kept], target or chosen_currency(store)
    )


def rates_chosen(store: Store) -> Rates:
    """The exchange rates of a store where a currency is chosen; nothing is read, and nothing converted, where none is."""
    target = chosen_currency(store)
    return load_rates(store, target) if target else Rates(_SCHEMA.empty_table())


def chosen_currency(store: Store) -> str:
    """The currency that amounts of this store are shown in beside their own; empty where none is chosen."""
    return str(store.documents(_SETTINGS[0]).get(_SETTINGS[1], {}).get("code", ""))


def choose_currency(store: Store, code: str) -> None:
    """Keep that choice with the store; an empty code takes it back."""
    if code:
        store.save_document(*_SETTINGS, {"code": code})
    else:
        store.delete_document(*_SETTINGS)


def conversions(thing: Entity | Link, rates: Rates) -> list[Conversion]:
    """Every amount of an entity or link in the chosen currency, in the order of its values; none where none is chosen."""
    made = []
    for name, currency in _AMOUNTS.items() if rates else ():
        for fact in thing.properties.get(name, ()):
            try:
                amount = Decimal(fact.value)
            except InvalidOperation:
                continue
            day = _beside(thing, "date", fact) or _beside(thing, "startDate", fact)
            made.append(rates.convert(amount, currency or _beside(thing, "currency", fact), day))
    return made


def _beside(thing: Entity | Link, name: str, fact: Fact) -> str:
    """The value of a property that belongs to this fact: the only one, or the only one that a record of the fact asserts."""
    found = thing.properties.get(name, ())
    if len(found) > 1:
        said = set(fact.sources)
        found = tuple(f for f in found if said & set(f.sources))
    return found[0].value if len(found) == 1 else ""


def both(amount: str, currency: str, day: str, rates: Rates) -> Text:
    """An amount as given and, where a currency is chosen, what it came to, as one text for a screen, in both languages."""
    given = " ".join(t for t in (amount, currency) if t)
    try:
        made = rates.convert(Decimal(amount), currency, day) if rates else None
    except InvalidOperation:
        made = None
    if made is None or currency == rates.target:
        return Text(given, given)
    return Text(f"{given} ({made.told('en')})", f"{given} ({made.told('es')})")
