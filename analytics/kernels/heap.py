"""A binary heap in two arrays, for searches that go on with the nearest: the least key first, of equals the least item."""

from __future__ import annotations

from vinculo.analytics.kernels.compiled import kernel
from vinculo.graph.network import Codes, Floats, Ints


@kernel
def push(keys: Floats, items: Ints | Codes, filled: int, key: float, item: int) -> int:
    """Put an item in; returns how many the heap holds now. The arrays must have room."""
    at = filled
    while at > 0:
        above = (at - 1) // 2
        if keys[above] < key or (keys[above] == key and items[above] < item):
            break
        keys[at] = keys[above]
        items[at] = items[above]
        at = above
    keys[at] = key
    items[at] = item
    return filled + 1


@kernel
def drop_first(keys: Floats, items: Ints | Codes, filled: int) -> int:
    """Take out the first, which is ``items[0]``; returns how many the heap holds now."""
    filled -= 1
    key = keys[filled]
    item = items[filled]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= filled:
            break
        if child + 1 < filled and (
            keys[child + 1] < keys[child] or (keys[child + 1] == keys[child] and items[child + 1] < items[child])
        ):
            child += 1
        if key < keys[child] or (key == keys[child] and item < items[child]):
            break
        keys[at] = keys[child]
        items[at] = items[child]
        at = child
    keys[at] = key
    items[at] = item
    return filled
