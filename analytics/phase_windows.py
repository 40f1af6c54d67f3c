"""Where the windows of dates begin that a timeline is cut into."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from vinculo.analytics.columns import DAY_S, UNDATED, seconds
from vinculo.graph.errors import UsageError

#: More windows than this are a mistake in the question.
MOST_WINDOWS = 1_000
#: Windows of the calendar, by their months.
CALENDAR = {"month": 1, "quarter": 3, "year": 12}


def edges(first: int, last: int, days: int | None, at: Sequence[str], every: str | None) -> list[int]:
    """First moments of the windows from ``first`` to ``last``, both dated, and the end of the last one."""
    first = first // DAY_S * DAY_S
    beyond = last // DAY_S * DAY_S + DAY_S
    if at:
        times, _ = seconds(pa.array(list(at), pa.string()))
        for text, time in zip(at, times.tolist(), strict=True):
            if time == UNDATED:
                raise UsageError("not_a_date", text=text)
        inner = sorted({t for t in times.tolist() if first < t < beyond})
        return [first, *inner, beyond]
    if every:
        return _calendar(first, last, CALENDAR[every])
    span = beyond - first
    step = days * DAY_S if days else max(DAY_S, -(-span // 12 // DAY_S) * DAY_S)
    _bounded(-(-span // step))
    return [*range(first, beyond, step), first + -(-span // step) * step]


def _calendar(first: int, last: int, months: int) -> list[int]:
    """First moments of the windows of the calendar from the one that holds ``first``, and the end of that of ``last``."""
    start, end = (int(np.datetime64(t, "s").astype("datetime64[M]").astype(np.int64)) // months for t in (first, last))
    _bounded(end - start + 1)
    numbers = np.arange(start, end + 2, dtype=np.int64) * months
    edges: list[int] = numbers.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64).tolist()
    return edges


def _bounded(windows: int) -> None:
    if windows > MOST_WINDOWS:
        raise UsageError("too_many_windows", windows=f"{windows:,}", most=f"{MOST_WINDOWS:,}")
