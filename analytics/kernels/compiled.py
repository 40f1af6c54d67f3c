"""The one place that imports numba: where compiled code is kept, and how to have it compiled before it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from vinculo.graph.settings import load_settings

Progress = Callable[[str, int, int], None]
_Function = TypeVar("_Function", bound=Callable[..., Any])

if "NUMBA_CACHE_DIR" not in os.environ and not os.access(Path(__file__).parent, os.W_OK):
    # numba reads this when it is imported; its own fallback folder may be read-only as well.
    os.environ["NUMBA_CACHE_DIR"] = str(load_settings().cache_folder / "numba")

import numba  # noqa: E402 - only now is its folder known

#: Kernels that no folder could be found for.
_not_kept: list[str] = []


def kernel(function: _Function) -> _Function:
    """Compile a loop on arrays: cached on disk where a folder can be written, without the interpreter lock, exact arithmetic."""
    try:
        made = numba.njit(cache=True, nogil=True, fastmath=False)(function)
    except RuntimeError:
        # numba found no folder it may write; compiled code then lives as long as the process does
        _not_kept.append(function.__qualname__)
        made = numba.njit(nogil=True, fastmath=False)(function)
    return cast(_Function, made)


def kept() -> bool:
    """Whether compiled code stays on this disk; where no folder can be written, every process compiles again.

    Examples
    --------
    >>> kept() in (True, False)
    True
    """
    return not _not_kept


def _cold(dispatcher: Any) -> bool:
    """Whether this kernel has neither been compiled in this process nor on this disk."""
    if dispatcher.signatures:
        return False
    if not dispatcher.stats.cache_path:
        return True
    folder = Path(dispatcher.stats.cache_path)
    function = dispatcher.py_func
    return not any(folder.glob(f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}-*.nbi"))


def warm(progress: Progress | None = None) -> None:
    """Have every kernel compiled, and say so (stage ``compile``) while that takes time.

    Takes 20 to 40 seconds once per installation, milliseconds afterwards.

    Parameters
    ----------
    progress : callable, optional
        Told ``("compile", done, total)`` before each kernel that is compiled; it may raise to stop.
    """
    from vinculo.analytics.kernels import (
        brokerage,
        centrality,
        community,
        levels,
        paths,
        patterns,
        player_sets,
        structure,
        thinning,
        watched,
    )

    ptr = np.array([0, 1, 2], np.int64)
    ints = np.array([1, 0], np.int32)
    floats = np.ones(2)
    times = np.array([0, 1], np.int64)
    codes = np.zeros(2, np.int32)
    watch = watched.watching()
    calls: list[tuple[Any, tuple[Any, ...]]] = [
        (structure.component_labels, (2, codes, ints)),
        (structure.core_numbers, (ptr, ints)),
        (levels.renumber, (codes,)),
        (levels.strengths, (ptr, floats, floats)),
        (structure.linked_labels, (ptr, ints)),
        (structure.strong_labels, (ptr, ints)),
        (structure.low_points, (ptr, ints)),
        (structure.triangle_counts, (ptr, ints, watch)),
        (centrality.pagerank_scores, (ptr, ints, floats, floats, np.ones(2), floats, floats, 0.85, 1e-6, 2, watch)),
        (centrality.eigenvector_scores, (ptr, ints, floats, np.ones(2), 1e-6, 2, watch)),
        (centrality.accumulate_unweighted, (ptr, ints, codes[:1], np.zeros(2), False, watch)),
        (centrality.accumulate_weighted, (ptr, ints, floats, codes[:1], np.zeros(2), False, watch)),
        (paths.by_links, (ptr, ints, 0, 1.0)),
        (paths.by_length, (ptr, ints, floats, 0, 1.0)),
        (paths.add_reach, (ptr, ints, floats, True, codes[:1], np.zeros(2, np.int64), np.zeros(2), np.zeros(2), watch)),
        (community.partition, (ptr, ints, floats, np.zeros(2), floats, np.uint64(1), 1.0, True, 2, 64, 1e-7, watch)),
        (community.modularity_of, (ptr, ints, floats, codes, 1.0)),
        (brokerage.spread_of_ties, (ptr, ints, codes)),
        (brokerage.constraints, (ptr, ints, floats, floats, codes)),
        (player_sets.cut_pairs, (ptr, ints, np.zeros(2, np.bool_))),
        (player_sets.pairs_at_distance, (ptr, ints, np.zeros(2, np.bool_), np.zeros(3, np.int64))),
        (player_sets.nearness_without, (ptr, ints, np.zeros(2, np.bool_), codes, 9)),
        (player_sets.distance_from, (ptr, ints, codes, 2)),
        (player_sets.reach_gains, (ptr, ints, codes, codes, floats, 9)),
        (thinning.evenly_drawn, (2, np.zeros(1, np.uint64))),
        (patterns.distinct_in_window, (ptr, ints, codes, times, 1)),
        (patterns.passed_on, (ptr, ints, ptr, ints, times, floats, 1)),
        (patterns.cycles_from, _cycle_arguments()),
    ]
    cold = [c for c in calls if _cold(c[0])]
    for done, (function, arguments) in enumerate(cold):
        if progress:
            progress("compile", done, len(cold))
        function(*arguments)
    if cold and progress:
        progress("compile", len(cold), len(cold))


def _cycle_arguments() -> tuple[Any, ...]:
    ptr = np.array([0, 1, 2], np.int64)
    order = np.array([0, 1], np.int32)
    ends = np.array([0, 1], np.int32)
    return (ptr, order, ptr, order[::-1].copy(), ends, ends[::-1].copy(), np.array([0, 1], np.int64), np.ones(2),
            np.zeros(2, np.int32), 0, 2, 9, 4, 0.7, 100, 4)  # fmt: skip
