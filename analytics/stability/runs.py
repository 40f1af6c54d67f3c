"""Independent runs in order on a few threads; kernels release the interpreter lock, so threads run side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.kernels.random import next_random
from vinculo.analytics.kernels.watched import STOP, watching
from vinculo.graph.errors import Cancelled
from vinculo.graph.network import Ints

Cancel = Callable[[], bool]
_Made = TypeVar("_Made")
TICK_S = 0.1


@dataclass(frozen=True)
class Plan:
    """How runs are done; see :func:`vinculo.analytics.stability.stability`.

    Examples
    --------
    >>> plan = Plan(seed=1)
    >>> plan.every(int, part=0, count=3, stage="runs") == [int(s) for s in plan.seeds(0, 3)]
    True
    """

    resolution: float = 1.0
    seed: int = 0
    threads: int = 2
    progress: Progress | None = None
    cancel: Cancel | None = None
    #: Read inside the loops of every kernel that runs.
    watch: Ints = field(default_factory=watching)

    def seeds(self, part: int, count: int) -> list[np.uint64]:
        """Seeds for one part of the work; those of other parts and other plans are unrelated."""
        state = np.array([self.seed % 2**64], np.uint64)
        state[0] = np.uint64(next_random(state)) ^ np.uint64(part)
        state[0] = next_random(state)
        # numba gives plain numbers, which would not fit its signed ones again
        return [np.uint64(next_random(state)) for _ in range(count)]

    def every(self, job: Callable[[np.uint64], _Made], *, part: int, count: int, stage: str) -> list[_Made]:
        """One result per seed, in the order of the seeds, however many threads there are.

        ``progress`` is told by the calling thread after each, ``cancel`` asked before each and ten times a
        second; what is running then ends within a moment.

        Raises
        ------
        Cancelled
            ``cancelled``.
        """
        made: list[_Made] = []
        with ThreadPoolExecutor(max_workers=max(1, self.threads)) as pool:
            waiting = [pool.submit(self._one, job, seed) for seed in self.seeds(part, count)]
            try:
                for done, future in enumerate(waiting, 1):
                    while not wait([future], timeout=TICK_S).done:
                        self._ask()
                    made.append(future.result())
                    if self.progress:
                        self.progress(stage, done, count)
            except BaseException:
                self.watch[STOP] = 1
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return made

    def _one(self, job: Callable[[np.uint64], _Made], seed: np.uint64) -> _Made:
        self._ask()
        return job(seed)

    def _ask(self) -> None:
        if not self.watch[STOP] and self.cancel is not None and self.cancel():
            self.watch[STOP] = 1
        if self.watch[STOP]:
            raise Cancelled("cancelled")
