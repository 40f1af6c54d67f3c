"""Who came, who went and who was central in each phase of a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vinculo.analytics.kernels.betweenness import betweenness
from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.timeline import Phase
from vinculo.graph.network import Codes, Floats, simple_csr

#: Betweenness is exact up to so many present and sampled above, as in key players.
EXACT_UP_TO, SAMPLES = 2_000, 256
#: What it is called, ends and weights of its ties, and who was present.
Snapshot = tuple[str, Codes, Codes, Floats, Codes]


def measured(
    snapshots: Sequence[Snapshot], n: int, directed: bool, inverse: bool, seed: int, progress: Progress | None
) -> tuple[Phase, ...]:
    """The phases of snapshots of ``n`` numbered members, in their order."""
    made: list[Phase] = []
    ever = np.zeros(n, np.bool_)
    before = np.zeros(n, np.bool_)
    score_before = np.full(n, np.nan)
    for number, (label, source, target, weight, members) in enumerate(snapshots):
        if progress:
            progress("phases", number, len(snapshots))
        place = np.full(n, -1, np.int32)
        place[members] = np.arange(len(members), dtype=np.int32)
        apart = source != target
        a, b, w = place[source[apart]], place[target[apart]], weight[apart]
        if not directed:
            a, b = np.minimum(a, b), np.maximum(a, b)
        graph = simple_csr(len(members), a, b, w, directed=directed)
        size = len(members)
        samples = SAMPLES if size > EXACT_UP_TO else None
        lengths = 1.0 / graph.weights if inverse else None
        score = betweenness(graph, directed=directed, lengths=lengths, samples=samples, seed=seed)
        now = np.zeros(n, np.bool_)
        now[members] = True
        ties = len(graph.neighbours) // (1 if directed else 2)
        degree = graph.degrees + (np.bincount(graph.neighbours, minlength=size) if directed else 0)
        made.append(
            Phase(
                label=label,
                members=members,
                joined=_where(now & ~ever),
                returned=_where(now & ever & ~before),
                left=_where(before & ~now),
                ties=ties,
                degree=degree,
                betweenness=score,
                change=score - score_before[members],
                samples=samples or 0,
            )
        )
        ever |= now
        before = now
        score_before = np.full(n, np.nan)
        score_before[members] = score
    return tuple(made)


def _where(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> Codes:
    return np.flatnonzero(mask).astype(np.int32)
