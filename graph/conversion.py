"""What an amount comes to in another currency, and how that is told: by which rate of which day, file and record."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from vinculo.graph.text import say
from vinculo.graph.types import Source

#: A rate may be so many days older than the transaction: the longest run of days without one (Easter, year's end) is five.
DAYS = 7
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rate:
    """``units`` of ``base`` cost ``rate`` of ``currency`` on ``date``, as one record of a file says."""

    date: str
    base: str
    units: Decimal
    currency: str
    rate: Decimal
    said_by: str
    source: Source
    record: int


@dataclass(frozen=True)
class Conversion:
    """An amount as given, and what it came to in another currency, or why nothing is known of that.

    Attributes
    ----------
    amount : decimal.Decimal
    currency : str
    target : str
        The other currency.
    converted : decimal.Decimal or None
        Not rounded.
    days : int
        How many days before the transaction the rate is of.
    rates : tuple of Rate
        One, or two where it goes through a third currency.
    reason : str
        Empty where it is converted (or is in that currency anyway); else ``no_table``, ``no_rate``, ``no_day``, ``no_currency``.
    day : str
        Of the transaction.
    """

    amount: Decimal
    currency: str
    target: str
    converted: Decimal | None = None
    days: int = 0
    rates: tuple[Rate, ...] = ()
    reason: str = ""
    day: str = ""

    @property
    def rounded(self) -> Decimal | None:
        """The converted amount to two places, half to even."""
        if self.converted is None:
            return None
        with localcontext() as context:
            # quantize refuses more digits than the context has, and a file may hold any number
            context.prec = max(context.prec, self.converted.adjusted() + 4)
            return self.converted.quantize(_CENT, ROUND_HALF_EVEN)

    @property
    def shown(self) -> str:
        """The converted amount to two places, with its currency; empty where there is none."""
        return "" if self.rounded is None else f"{self.rounded:,} {self.target}"

    def told(self, language: str | None = None) -> str:
        """One sentence: the amount converted, by which rate of which day and file; or why it is not."""
        if not self.rates:
            blanks = {"currency": self.currency, "target": self.target, "day": self.day, "days": DAYS}
            return say(f"rates.{self.reason}", language, **blanks) if self.reason else ""
        each = [
            say(
                "rates.rate",
                language,
                units=f"{r.units.normalize():f}",
                base=r.base,
                rate=f"{r.rate:f}",
                currency=r.currency,
            )
            for r in self.rates
        ]
        first = self.rates[0]
        key = ("rates.told", "rates.told_day_before", "rates.told_earlier")[min(self.days, 2)]
        where = {"file": first.source.file, "record": ", ".join(dict.fromkeys(str(r.record) for r in self.rates))}
        by = f"{first.said_by}, " if first.said_by else ""
        return say(
            key, language, shown=self.shown, rates="; ".join(each), day=first.date, by=by, days=self.days, **where
        )

    def as_json(self) -> dict[str, Any]:
        """As ``show --json`` prints it."""
        made: dict[str, Any] = {"amount": str(self.amount), "currency": self.currency, "target": self.target}
        if self.converted is None:
            return made | {"converted": None, "reason": self.reason}
        said = [
            {
                "date": r.date,
                "units": str(r.units),
                "base": r.base,
                "rate": str(r.rate),
                "currency": r.currency,
                "dataset": r.source.dataset,
                "file": r.source.file,
                "sha256": r.source.sha256,
                "record": r.record,
            }
            for r in self.rates
        ]
        return made | {
            "converted": str(self.rounded),
            "days": self.days,
            "rates": said,
        }
