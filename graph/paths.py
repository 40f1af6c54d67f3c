"""Shortest paths over a store's adjacency: one algorithm for every store, so that both tell the same paths.

Paths differ in their entities; of parallel links the one with the smallest id stands for all (in time order: the earliest
that is not before the link in front of it).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from vinculo.graph.errors import UsageError

#: A search that has touched this many links gives up with what it has.
WORK = 2_000_000


#: A store's own handle of an entity: a number or an id.
Node = int | str


class Step(NamedTuple):
    """One link as seen from a search."""

    link: str
    source: Node
    target: Node
    date: str


#: Links that start at (``forward``), or touch, one of these entities.
Adjacent = Callable[[list[Node], bool], Iterable[Step]]
#: Ids of these entities.
Names = Callable[[set[Node]], dict[Node, str]]


def shortest(
    adjacent: Adjacent,
    a: Node,
    b: Node,
    *,
    max_hops: int,
    limit: int,
    names: Names,
) -> list[tuple[list[Node], list[str]]]:
    """All shortest paths regardless of direction, by the ids of their entities, at most ``limit``.

    Searches from both ends, the smaller front first; ``names`` gives the ids that fix the order.
    """
    if a == b:
        return [([a], [])]
    depth: tuple[dict[Node, int], dict[Node, int]] = ({a: 0}, {b: 0})
    fronts: list[list[Node]] = [[a], [b]]
    best: dict[tuple[Node, Node], str] = {}
    hops = work = 0
    meeting: set[Node] = set()
    while not meeting and hops < max_hops and fronts[0] and fronts[1]:
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        here, there, fresh = depth[side], depth[1 - side], []
        level = here[fronts[side][0]] + 1
        inside = set(fronts[side])
        for step in adjacent(fronts[side], False):
            work += 1
            for x, y in ((step.source, step.target), (step.target, step.source)):
                if x not in inside or x == y:
                    continue
                pair = (x, y) if side == 0 else (y, x)
                if pair not in best or step.link < best[pair]:
                    best[pair] = step.link
                if y not in here:
                    here[y] = level
                    fresh.append(y)
                if y in there and here[y] == level:
                    meeting.add(y)
        fronts[side] = fresh
        hops += 1
        if work > WORK:
            break
    if not meeting:
        return []
    length = min(depth[0][m] + depth[1][m] for m in meeting)
    return _assembled(best, depth, a, b, length, limit, names)


def _assembled(
    best: dict[tuple[Node, Node], str],
    depth: tuple[dict[Node, int], dict[Node, int]],
    a: Node,
    b: Node,
    length: int,
    limit: int,
    names: Names,
) -> list[tuple[list[Node], list[str]]]:
    follow: dict[Node, set[Node]] = defaultdict(set)

    def from_a(n: Node) -> int:
        return depth[0][n] if n in depth[0] else length - depth[1][n]

    def on_path(n: Node) -> bool:
        known = [depth[0].get(n), depth[1].get(n)]
        return known[0] is None or known[1] is None or known[0] + known[1] == length

    for x, y in best:
        if on_path(x) and on_path(y) and from_a(y) == from_a(x) + 1 and 0 <= from_a(x) < length:
            follow[x].add(y)
    # only nodes from which b can be reached
    alive = {b}
    backward: dict[Node, set[Node]] = defaultdict(set)
    for x, ys in follow.items():
        for y in ys:
            backward[y].add(x)
    stack = [b]
    while stack:
        for x in backward[stack.pop()]:
            if x not in alive:
                alive.add(x)
                stack.append(x)
    ids = names(alive)
    found: list[tuple[list[Node], list[str]]] = []

    def walk(path: list[Node]) -> None:
        if len(found) >= limit:
            return
        if path[-1] == b:
            found.append((list(path), [best[p] for p in pairwise(path)]))
            return
        for y in sorted(follow[path[-1]] & alive, key=lambda n: ids[n]):
            walk([*path, y])

    if a in alive:
        walk([a])
    return found


def in_time(
    adjacent: Adjacent,
    a: Node,
    b: Node,
    *,
    max_hops: int,
    limit: int,
    names: Names,
) -> list[tuple[list[Node], list[str]]]:
    """Shortest forward paths whose links are dated in order, at most ``limit``; undated links take no part.

    No entity comes twice. Each hop takes the earliest link that is not before the one in front of it, which leaves the
    most room for the rest, so nothing reachable is missed.
    """
    if a == b:
        return [([a], [])]
    paths: list[tuple[list[Node], list[str], str]] = [([a], [], "")]
    for _ in range(max_hops):
        heads = list(dict.fromkeys(p[0][-1] for p in paths))
        onward: dict[Node, dict[Node, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        for step in adjacent(heads, True):
            if step.date and step.source != step.target:
                onward[step.source][step.target].append((step.date, step.link))
        grown: list[tuple[list[Node], list[str], str]] = []
        for nodes, links, when in paths:
            for y, options in onward[nodes[-1]].items():
                later = min((o for o in options if o[0] >= when), default=None)
                if later and y not in nodes:
                    grown.append(([*nodes, y], [*links, later[1]], later[0]))
        arrived = [p for p in grown if p[0][-1] == b]
        if arrived:
            ids = names({n for p in arrived for n in p[0]})
            arrived.sort(key=lambda p: [ids[n] for n in p[0]])
            return [(p[0], p[1]) for p in arrived[:limit]]
        if len(grown) > WORK:
            raise UsageError("too_many_paths")
        paths = grown
    return []
