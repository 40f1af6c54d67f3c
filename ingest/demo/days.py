"""The days of the case, counted from its first."""

from __future__ import annotations

import datetime as dt

FIRST_DAY = dt.date(2024, 1, 1)
LAST_DAY = dt.date(2025, 6, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1


def date_of(day: int) -> str:
    """The ISO date of a day of the case (0 is the first)."""
    return (FIRST_DAY + dt.timedelta(days=day)).isoformat()


def day_of(date: str) -> int:
    """The inverse of :func:`date_of`."""
    return (dt.date.fromisoformat(date) - FIRST_DAY).days


def weekday(day: int) -> int:
    """0 is Monday."""
    return (FIRST_DAY.weekday() + day) % 7


def business_day(day: int) -> int:
    """This day, or the next that is no Saturday or Sunday, inside the case."""
    while weekday(day) > 4:
        day += 1
    while day >= DAYS or weekday(day) > 4:
        day -= 1
    return day


def month_starts() -> list[int]:
    """The first day of each month of the case."""
    return [
        (dt.date(year, month, 1) - FIRST_DAY).days
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1)
        for month in range(1, 13)
        if dt.date(year, month, 1) <= LAST_DAY
    ]
