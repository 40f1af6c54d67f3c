"""Patterns in transfers sorted by time: windows, money passed on, time-ordered cycles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Progress, Tiny, kernel
from vinculo.graph.network import Codes, Floats, Ints, Mask


class Timeline(NamedTuple):
    """Transfers by one of their ends: those of node ``i`` are ``rows[ptr[i]:ptr[i + 1]]``, in the order of time."""

    ptr: Ints
    rows: Codes


def timeline(nodes: int, end: Codes, rows: Codes | None = None) -> Timeline:
    """Sort transfers by an end; ``rows`` (in the order of time) picks some, all by default."""
    rows = np.arange(len(end), dtype=np.int32) if rows is None else rows.astype(np.int32)
    picked = end[rows]
    ptr = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(picked, minlength=nodes), out=ptr[1:])
    return Timeline(ptr, rows[np.argsort(picked, kind="stable")])


@kernel
def distinct_in_window(ptr: Ints, rows: Codes, other: Codes, time: Ints, window: int) -> Codes:
    """For each entry: how many different others stand in the window that ends with it, ``(time - window, time]``."""
    n = len(ptr) - 1
    others = 0
    for i in range(len(other)):
        others = max(others, other[i] + 1)
    count = np.zeros(others, np.int32)
    made = np.zeros(len(rows), np.int32)
    for v in range(n):
        oldest = ptr[v]
        distinct = 0
        for i in range(ptr[v], ptr[v + 1]):
            now = time[rows[i]]
            while time[rows[oldest]] <= now - window:
                o = other[rows[oldest]]
                count[o] -= 1
                if count[o] == 0:
                    distinct -= 1
                oldest += 1
            o = other[rows[i]]
            if count[o] == 0:
                distinct += 1
            count[o] += 1
            made[i] = distinct
        for i in range(oldest, ptr[v + 1]):
            count[other[rows[i]]] = 0
    return made


@kernel
def passed_on(
    in_ptr: Ints, in_rows: Codes, out_ptr: Ints, out_rows: Codes, time: Ints, amount: Floats, window: int
) -> tuple[Floats, Codes]:
    """For each transfer that comes in: how much of it leaves again within the window, and by which transfer last.

    Outgoing money is set against the oldest incoming money that is still within its window; equal times count as after.
    """
    made = np.zeros(len(time))
    last = np.full(len(time), -1, np.int32)
    left = amount.copy()
    for v in range(len(in_ptr) - 1):
        oldest = in_ptr[v]
        for j in range(out_ptr[v], out_ptr[v + 1]):
            f = out_rows[j]
            while oldest < in_ptr[v + 1] and time[in_rows[oldest]] < time[f] - window:
                oldest += 1
            remaining = amount[f]
            i = oldest
            while i < in_ptr[v + 1] and time[in_rows[i]] <= time[f] and remaining > 0.0:
                e = in_rows[i]
                taken = min(left[e], remaining)
                if taken > 0.0:
                    left[e] -= taken
                    remaining -= taken
                    made[e] += taken
                    last[e] = f
                i += 1
    return made, last


@kernel
def _first_at(rows: Codes, time: Ints, low: int, high: int, moment: int) -> int:
    """First entry between ``low`` and ``high`` that is not before the moment."""
    while low < high:
        middle = (low + high) // 2
        if time[rows[middle]] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def cycles_from(
    out_ptr: Ints,
    out_rows: Codes,
    in_ptr: Ints,
    in_rows: Codes,
    source: Codes,
    target: Codes,
    time: Ints,
    amount: Floats,
    currency: Codes,
    first_root: int,
    last_root: int,
    window: int,
    longest: int,
    retained: float,
    budget: int,
    room: int,
) -> tuple[Codes, Codes, int, int]:
    """All simple time-ordered cycles whose first transfer is one of the roots.

    Times do not decrease along a cycle, all lie within the window of the first, all share its currency, and the smallest
    amount is at least ``retained`` of the largest. Going backward from the root up to four steps gives, for every node, the
    latest moment from which the root can still be reached; the search forward stops where that has passed.

    Returns
    -------
    rows, lengths, found, steps
        ``rows`` has ``longest`` columns; ``found`` may exceed ``room`` and ``steps`` the budget: then something is missing.
    """
    n = len(out_ptr) - 1
    made = np.full((room, longest), -1, np.int32)
    lengths = np.zeros(room, np.int32)
    found = 0
    steps = 0
    back = min(4, longest - 1)
    latest = np.zeros((5, n), np.int64)
    stamp = np.full((5, n), -1, np.int32)
    front = np.empty(n, np.int32)
    path = np.empty(longest + 1, np.int32)
    nodes = np.empty(longest + 2, np.int32)
    cursor = np.empty(longest + 2, np.int64)
    low = np.empty(longest + 1)
    high = np.empty(longest + 1)
    for r in range(first_root, last_root):
        if steps > budget:
            break
        u = source[r]
        v = target[r]
        start = time[r]
        end = start + window
        if u == v or out_ptr[v] == out_ptr[v + 1]:
            continue
        least = amount[r] * retained
        most = amount[r] / retained
        # Closing transfers: into the root's payer, not before the root.
        i = _first_at(in_rows, time, in_ptr[u], in_ptr[u + 1], start)
        known = 0
        while i < in_ptr[u + 1] and time[in_rows[i]] <= end:
            e = in_rows[i]
            i += 1
            steps += 1
            x = source[e]
            if e == r or x == u or currency[e] != currency[r] or amount[e] < least or amount[e] > most:
                continue
            if stamp[1, x] != r:
                stamp[1, x] = r
                front[known] = x
                known += 1
            latest[1, x] = time[e]
        if known == 0:
            continue
        for b in range(2, back + 1):
            for q in range(known):
                x = front[q]
                stamp[b, x] = r
                latest[b, x] = latest[b - 1, x]
            before = known
            for q in range(before):
                x = front[q]
                if x == v:
                    continue
                i = _first_at(in_rows, time, in_ptr[x], in_ptr[x + 1], start)
                while i < in_ptr[x + 1] and time[in_rows[i]] <= latest[b - 1, x]:
                    e = in_rows[i]
                    i += 1
                    steps += 1
                    y = source[e]
                    if y == u or currency[e] != currency[r] or amount[e] < least or amount[e] > most:
                        continue
                    if stamp[b, y] != r:
                        stamp[b, y] = r
                        latest[b, y] = time[e]
                        front[known] = y
                        known += 1
                    elif time[e] > latest[b, y]:
                        latest[b, y] = time[e]
            if steps > budget:
                break
        if steps > budget:
            break
        if longest - 1 <= back and (stamp[longest - 1, v] != r or latest[longest - 1, v] < start):
            continue
        path[0] = r
        nodes[0] = u
        nodes[1] = v
        low[0] = amount[r]
        high[0] = amount[r]
        depth = 1
        cursor[1] = _first_at(out_rows, time, out_ptr[v], out_ptr[v + 1], start)
        while depth > 0:
            x = nodes[depth]
            remaining = longest - depth
            if cursor[depth] >= out_ptr[x + 1]:
                depth -= 1
                continue
            e = out_rows[cursor[depth]]
            now = time[e]
            if now > end or (remaining <= back and now > latest[remaining, x]):
                depth -= 1
                continue
            cursor[depth] += 1
            steps += 1
            if steps > budget:
                break
            if currency[e] != currency[r]:
                continue
            least = min(low[depth - 1], amount[e])
            most = max(high[depth - 1], amount[e])
            if least < retained * most:
                continue
            y = target[e]
            if y == u:
                if found < room:
                    for q in range(depth):
                        made[found, q] = path[q]
                    made[found, depth] = e
                    lengths[found] = depth + 1
                found += 1
                continue
            ahead = remaining - 1
            if ahead <= 0 or (ahead <= back and (stamp[ahead, y] != r or latest[ahead, y] < now)):
                continue
            again = False
            for q in range(1, depth + 1):
                if nodes[q] == y:
                    again = True
                    break
            if again:
                continue
            path[depth] = e
            low[depth] = least
            high[depth] = most
            depth += 1
            nodes[depth] = y
            cursor[depth] = _first_at(out_rows, time, out_ptr[y], out_ptr[y + 1], now)
    return made, lengths, found, steps


class Cycles(NamedTuple):
    """Cycles as tuples of rows, first transfer first; ``truncated`` where the work budget ended the search."""

    rows: list[tuple[int, ...]]
    truncated: bool


def cycles(
    nodes: int,
    source: Codes,
    target: Codes,
    time: Ints,
    amount: Floats,
    currency: Codes,
    *,
    window: int,
    longest: int,
    retained: float,
    budget: int,
    taking_part: Mask | None = None,
    progress: Progress | None = None,
) -> Cycles:
    """Every simple time-ordered cycle of transfers (sorted by time), in the order of its first transfer.

    Parameters
    ----------
    nodes : int
        Number of nodes.
    source, target, time, amount, currency : arrays
        One entry per transfer; ``time`` in any unit, not decreasing.
    window : int
        Longest time from the first to the last transfer, in that unit.
    longest : int
        Most transfers in a cycle.
    retained : float
        Smallest amount over largest, at least.
    budget : int
        Steps of the search after which it stops.
    taking_part : bool array, optional
        Which transfers; all by default.
    """
    rows = np.arange(len(time), dtype=np.int32)
    if taking_part is not None:
        rows = rows[taking_part]
    s, d, t = source[rows].astype(np.int32), target[rows].astype(np.int32), time[rows].astype(np.int64)
    a, c = amount[rows].astype(np.float64), currency[rows].astype(np.int32)
    out, into = timeline(nodes, s), timeline(nodes, d)
    found: list[tuple[int, ...]] = []
    truncated = False
    chunk, room = 4096, 1 << 15
    for start in range(0, len(rows), chunk):
        if progress:
            progress("round_trip", start, len(rows))
        stop = min(start + chunk, len(rows))
        made, lengths, count, steps = cycles_from(
            out.ptr, out.rows, into.ptr, into.rows, s, d, t, a, c,
            start, stop, window, longest, retained, budget, room,
        )  # fmt: skip
        kept = min(count, room)
        found += [tuple(rows[made[k, : lengths[k]]].tolist()) for k in range(kept)]
        budget -= steps
        if count > room or budget < 0:
            truncated = True
        if budget < 0:
            break
    return Cycles(found, truncated)


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    cycles = (
        t.ptr, t.codes, t.ptr, t.codes, t.codes, t.codes, t.times, t.floats, t.codes, 0, 2, 9, 4, 0.7, 100, 4,
    )  # fmt: skip
    return [
        (distinct_in_window, (t.ptr, t.ends, t.codes, t.times, 1)),
        (passed_on, (t.ptr, t.ends, t.ptr, t.ends, t.times, t.floats, 1)),
        (cycles_from, cycles),
    ]
