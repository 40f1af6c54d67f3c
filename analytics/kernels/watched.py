"""Kernels that may take long: they hear Ctrl-C, tell how far they are, and keep to a budget of work.

A kernel cannot be interrupted from outside, so each long one reads a small array inside its loops, its *watch*. Work is
counted in links looked at, never in seconds: what a budget cuts off is the same on every machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from vinculo.analytics.kernels.compiled import Progress, kernel
from vinculo.graph.errors import Cancelled
from vinculo.graph.network import Ints

#: Places of a watch: told to stop, links looked at so far, how many may still be (below 0: any), cut off by that.
STOP, DONE, LEFT, CUT = range(4)
#: Links after which a kernel looks at its watch.
OFTEN = 1 << 16
#: Links up to which work takes no time anybody notices.
SMALL = 200_000
_TICK_S = 0.1

_Result = TypeVar("_Result")


def watching(budget: int | None = None) -> Ints:
    """A watch for one call; with a budget of so many links to look at, after which the result is what was found till then.

    Examples
    --------
    >>> was_cut(watching(10))
    False
    """
    return np.array([0, 0, -1 if budget is None else budget, 0], np.int64)


def was_cut(watch: Ints) -> bool:
    """Whether the budget ended before the work did: *truncated*, which the result must say."""
    return bool(watch[CUT])


@kernel
def over(watch: Ints, links: int) -> bool:
    """Count so many links as looked at; whether to end now."""
    watch[DONE] += links
    if watch[LEFT] >= 0:
        watch[LEFT] -= links
        if watch[LEFT] < 0:
            watch[LEFT] = 0
            watch[CUT] = 1
    return bool(watch[STOP] != 0 or watch[CUT] != 0)


def heard(
    work: Callable[[Ints], _Result],
    *,
    links: int,
    watch: Ints | None = None,
    stage: str = "",
    unit: int = 1,
    total: int = 0,
    progress: Progress | None = None,
) -> _Result:
    """Run kernels so that Ctrl-C, and whatever ``progress`` raises, ends them within a moment.

    Parameters
    ----------
    work : callable
        Gets the watch, hands it to its kernels and returns their result.
    links : int
        How large the graph is: small ones are worked on where they are, larger ones in a thread beside this one.
    watch : int64 array, optional
        As :func:`watching` makes it; another thread may set its place ``STOP``.
    stage, unit, total : str, int, int
        What progress is told: of what, how many links are one of it, how many there will be (0 where that is not known).
    progress : callable, optional
        Told ``(stage, done, total)`` ten times a second; may raise to stop.

    Raises
    ------
    Cancelled
        Another thread has told the watch to stop.

    Examples
    --------
    >>> heard(lambda watch: 7, links=0)
    7
    """
    flags = watching() if watch is None else watch

    def tell() -> None:
        if progress:
            progress(stage, int(flags[DONE]) // unit, total)

    result = work(flags) if links < SMALL else _beside(work, flags, tell)
    if flags[STOP]:
        raise Cancelled("cancelled")
    return result


def _beside(work: Callable[[Ints], _Result], watch: Ints, tell: Callable[[], None]) -> _Result:
    found: list[_Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work(watch))
        except BaseException as problem:
            failed.append(problem)

    thread = threading.Thread(target=run, name="kernel", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_TICK_S)
            tell()
    except BaseException:
        watch[STOP] = 1
        thread.join()
        raise
    if failed:
        raise failed[0]
    return found[0]
