"""Where new nodes go. Python decides every position, so a chart is the same on screen, in the file and when made again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

#: Room for an icon and two lines of label under it, in the chart's units: side of a cell, along a ring, ring to ring.
CELL, ALONG, ACROSS = 72.0, 104.0, 110.0
#: Places on the first ring, and how far each ring is turned, in parts of the angle between two of these. Places of the second
#: lie between the first's, and so on: a link to an outer one would else run under an inner one, and its label into the other's.
SLOTS, TURNED = 8, (0.0, 1 / 4, 1 / 6, 1 / 8)
#: Radius of the first ring, and how far away a node still counts as near.
FIRST, NEAR = 150.0, 900.0


def _cell(x: float, y: float) -> tuple[int, int]:
    return (math.floor(x / CELL), math.floor(y / CELL))


def whole(x: float, y: float) -> tuple[float, float]:
    """A place in whole units: vis-network cuts the rest off what it is given, and a chart must open as it was left.

    Examples
    --------
    >>> whole(1.6, -0.2)
    (2.0, 0.0)
    """
    return float(round(x)), float(round(y))


def beside(taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A centre to the right of everything that is drawn.

    Examples
    --------
    >>> beside([(0.0, 10.0), (100.0, 30.0)])
    (280.0, 20.0)
    """
    xs, ys = [x for x, _ in taken], [y for _, y in taken]
    return (max(xs) + FIRST + 30, (min(ys) + max(ys)) / 2)


def beneath(taken: Sequence[tuple[float, float]], count: int) -> list[tuple[float, float]]:
    """Places in close rows under what is drawn, for things that are linked to nothing there.

    Examples
    --------
    >>> beneath([], 2)
    [(0.0, 0.0), (130.0, 0.0)]
    """
    left, right = min((x for x, _ in taken), default=0.0), max((x for x, _ in taken), default=0.0)
    top = max((y for _, y in taken), default=-FIRST) + FIRST
    wide, tall = ALONG + 26, ALONG
    a_row = max(1 + int((right - left) / wide), math.ceil(math.sqrt(1.6 * count)), 1)
    return [(left + wide * (n % a_row), top + tall * (n // a_row)) for n in range(count)]


def around(anchor: tuple[float, float], count: int, taken: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Free places round an anchor, on rings, from the side away from what is drawn already.

    No place lies in a cell that is taken, so nothing overlaps and nothing drawn needs to move.

    Examples
    --------
    >>> around((0.0, 0.0), 1, [(0.0, 0.0)])
    [(150.0, 0.0)]
    """
    ax, ay = anchor
    drawn = list(taken)
    busy = {_cell(x, y) for x, y in drawn}
    near = [(x, y) for x, y in drawn if 0 < math.hypot(x - ax, y - ay) < NEAR] or [(ax - 1, ay)]
    away = math.atan2(ay - sum(y for _, y in near) / len(near), ax - sum(x for x, _ in near) / len(near))
    found: list[tuple[float, float]] = []
    if count == 1 and _cell(ax, ay) not in busy:
        return [whole(ax, ay)]
    radius, ring = FIRST, 0
    while len(found) < count:
        slots = SLOTS * max(1, round(2 * math.pi * radius / ALONG / SLOTS))
        for k in range(slots):
            # 0, +1, -1, +2, ...: grows to both sides of the free direction
            turn = ((k + 1) // 2) * (1 if k % 2 else -1)
            angle = away + 2 * math.pi * (turn / slots + TURNED[ring % len(TURNED)] / SLOTS)
            # rounded first: the cell must be that of the place as it is kept
            x, y = whole(ax + radius * math.cos(angle), ay + radius * math.sin(angle))
            if _cell(x, y) in busy:
                continue
            busy.add(_cell(x, y))
            found.append((x, y))
            if len(found) == count:
                break
        radius, ring = radius + ACROSS, ring + 1
    return found


def roomy(middle: tuple[float, float], taken: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The place nearest to the middle with room for a large node and its lines of label, and for the labels of lines to it.

    Examples
    --------
    >>> roomy((10.2, 0.0), []), roomy((0.0, 0.0), [(0.0, 0.0)])
    ((10.0, 0.0), (17.0, 143.0))
    """
    mx, my = middle
    drawn = list(taken)
    radius = 0.0
    while True:
        count = max(1, round(2 * math.pi * radius / CELL))
        for k in range(count):
            turn = 2 * math.pi * k / count
            x, y = whole(mx + radius * math.cos(turn), my + radius * math.sin(turn))
            if all(abs(x - a) >= ALONG + CELL or abs(y - b) >= ALONG + CELL / 2 for a, b in drawn):
                return x, y
        radius += CELL / 2
