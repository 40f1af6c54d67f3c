"""Rows of nodes that are looked at in random order, asked of memory before their turn comes.

Nothing is computed here: results are the same without it. In a graph larger than the processor's cache, moving nodes between
communities takes half the time with it.
"""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import fetch, kernel
from vinculo.graph.network import Codes, Floats, Ints

#: Turns before a node's that its row is asked for, and where that row lies.
SOON = 8
_FAR = 16
_LINE = 64  # bytes that come together


@kernel
def neighbours_ahead(ptr: Ints, neighbours: Codes, node: int) -> None:
    """Ask for the neighbours of a node whose turn comes soon."""
    fetch(neighbours, ptr[np.uint32(node)])


@kernel
def row_ahead(ptr: Ints, neighbours: Codes, weights: Floats, order: Codes, turn: int) -> None:
    """Ask for what the nodes of ``order`` need that come after ``turn``; after the last the first is next."""
    n = len(order)
    if n <= _FAR:
        return
    far = turn + _FAR
    if far >= n:
        far -= n
    fetch(ptr, np.intp(order[far]))
    soon = turn + SOON
    if soon >= n:
        soon -= n
    start = ptr[np.uint32(order[soon])]
    fetch(neighbours, start)
    fetch(weights, start)
    fetch(weights, min(start + _LINE // 8, len(weights) - 1))
