"""Many nodes drawn as one: closing and opening a group, and what a closed one stands for.

A group is no party and never becomes one: it has members, and sums of what runs among them. The members keep their own places,
so that opening it puts each back exactly where it was.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vinculo.dashboard import place
from vinculo.dashboard.charts import Patch
from vinculo.dashboard.wording import exact, figure
from vinculo.graph.chart import Chart, ChartGroup, ChartLink, ChartNode
from vinculo.graph.charting import layout

#: Groups lie so much further apart than nodes: they are larger, and so are their labels.
SPREAD = 1.35
#: Free space between the members of one group and of another, in the chart's units.
GAP = 260.0
#: Currencies told on the canvas; the panel has them all.
TOLD = 2


@dataclass(frozen=True)
class Sum:
    """Amounts of one currency, how many there are, and how many links say none."""

    currency: str
    amount: float
    links: int

    @property
    def words(self) -> str:
        """The amount with its currency."""
        return f"{exact(self.amount)} {self.currency}".strip()


@dataclass(frozen=True)
class Contents:
    """What is in a closed group, of what is not hidden, switched off or outside the dates.

    ``inside`` are links among members, ``into`` and ``out`` those that cross the border.
    """

    members: tuple[ChartNode, ...]
    inside: tuple[ChartLink, ...]
    into: tuple[ChartLink, ...]
    out: tuple[ChartLink, ...]

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """How many members of each kind, most first."""
        return sorted(Counter(n.kind for n in self.members).items(), key=lambda k: (-k[1], k[0]))

    @property
    def paid(self) -> list[ChartLink]:
        """Payments among members."""
        return [x for x in self.inside if x.kind == "PAID"]


def sums(links: Iterable[ChartLink]) -> tuple[list[Sum], int]:
    """Amounts of money on links by currency, never added up across them, and how many payments say no amount.

    Examples
    --------
    >>> paid = [ChartLink(c, "PAID", "a", "b", facts=(("amount", "5", ()), ("currency", c, ()))) for c in ("USD", "MXN")]
    >>> [s.words for s in sums([*paid, *paid[:1], ChartLink("x", "PAID", "a", "b")])[0]]
    ['10 USD', '5 MXN']
    """
    amounts: dict[str, list[float]] = defaultdict(list)
    silent = 0
    for x in links:
        facts = {p: v for p, v, _ in reversed(x.facts)}
        amount = figure(facts.get("amount", ""))
        if amount is not None:
            amounts[facts.get("currency", "")].append(amount)
        elif x.kind == "PAID":
            silent += 1
    made = [Sum(c, math.fsum(found), len(found)) for c, found in amounts.items()]
    return sorted(made, key=lambda s: (-s.links, s.currency)), silent


def homes(chart: Chart) -> dict[str, str]:
    """The group each grouped node is in."""
    return {i: g.id for g in chart.groups.values() for i in g.members}


def members(chart: Chart, ids: Iterable[str]) -> list[str]:
    """Nodes that these ids of nodes and groups stand for, each once."""
    found = (chart.groups[i].members if i in chart.groups else (i,) for i in ids)
    return [i for i in dict.fromkeys(i for some in found for i in some) if i in chart.nodes]


def on_chart(chart: Chart, ids: Iterable[str]) -> list[str]:
    """What of these can be pointed at: nodes, and for a node inside a closed group that group."""
    home = homes(chart)
    there = (home.get(i, i) for i in ids)
    return [i for i in dict.fromkeys(there) if i in chart.nodes or i in chart.groups]


def name_of(chart: Chart, id: str) -> str:
    """What a node or a group is called."""
    return chart.groups[id].name if id in chart.groups else chart.nodes[id].name


def close(chart: Chart, ids: Iterable[str], name: str, *, at: tuple[float, float] | None = None) -> Patch | None:
    """Draw these nodes as one; groups among them go into it with their members.

    A member that was in another group leaves it, and a group that is left with one member is no more.

    Parameters
    ----------
    chart : Chart
    ids : iterable of str
        Nodes and groups; others are passed over.
    name : str
    at : (float, float), optional
        Where it goes; else into the middle of its members, or the nearest free place.
    """
    inside = sorted(members(chart, ids))
    if len(inside) < 2 or any(set(g.members) == set(inside) for g in chart.groups.values()):
        return None
    gone = set(inside)
    left = {g.id: replace(g, members=tuple(i for i in g.members if i not in gone)) for g in chart.groups.values()}
    kept = {i: g for i, g in left.items() if len(g.members) > 1}
    if at is None:
        middle = (
            sum(chart.nodes[i].x for i in inside) / len(inside),
            sum(chart.nodes[i].y for i in inside) / len(inside),
        )
        taken = [(n.x, n.y) for n in chart.nodes.values() if n.id not in gone] + [(g.x, g.y) for g in kept.values()]
        at = place.roomy(middle, taken)
    id = "group:" + hashlib.sha256("\n".join(inside).encode("utf-8", "replace")).hexdigest()[:16]
    while id in chart.nodes:  # ids come from files, and somebody may have thought of this one
        id += "'"
    return Patch("group", fields={"groups": kept | {id: ChartGroup(id, name, tuple(inside), *at)}})


def overview(
    groups: Sequence[Sequence[str]], pairs: Sequence[tuple[str, str]]
) -> tuple[list[tuple[float, float]], dict[str, tuple[float, float]]]:
    """Places for closed groups close together, and for their members round about, each group's on the side where it stands.

    Parameters
    ----------
    groups : sequence of sequence of str
        Members of each.
    pairs : sequence of (str, str)
        Which members are linked.

    Returns
    -------
    closed, members : list of (float, float), dict
        One place for each group, and one for each member.
    """
    of = {i: n for n, ids in enumerate(groups) for i in ids}
    within: list[list[tuple[str, str]]] = [[] for _ in groups]
    across = set()
    for a, b in pairs:
        if of[a] == of[b]:
            within[of[a]].append((a, b))
        else:
            across.add((str(of[a]), str(of[b])))
    spread = layout([str(n) for n in range(len(groups))], sorted(across))
    closed = _centred([(spread[str(n)][0] * SPREAD, spread[str(n)][1] * SPREAD) for n in range(len(groups))])
    taken = [_box(closed)]
    there: dict[str, tuple[float, float]] = {}
    for n, ids in enumerate(groups):
        own = layout(list(ids), within[n])
        block = _centred([own[i] for i in ids])
        dx, dy = _clear(_box(block), closed[n], taken)
        put = [place.whole(x + dx, y + dy) for x, y in block]
        taken.append(_box(put))
        there |= dict(zip(ids, put, strict=True))
    return [place.whole(x, y) for x, y in closed], there


_Box = tuple[float, float, float, float]


def _box(places: Sequence[tuple[float, float]]) -> _Box:
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return min(xs, default=0.0), min(ys, default=0.0), max(xs, default=0.0), max(ys, default=0.0)


def _centred(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    left, top, right, bottom = _box(places)
    return [(x - (left + right) / 2, y - (top + bottom) / 2) for x, y in places]


def _clear(box: _Box, towards: tuple[float, float], taken: Sequence[_Box]) -> tuple[float, float]:
    """How far to move a box from the middle, in a direction as near to this as may be, until it lies clear of the others."""
    aim = math.atan2(towards[1], towards[0])
    distance = 0.0
    while True:
        # out a little more, and then as far to both sides as a third of the way round
        for turn in (0.0, 0.2, -0.2, 0.4, -0.4, 0.7, -0.7):
            dx, dy = distance * math.cos(aim + turn), distance * math.sin(aim + turn)
            left, top, right, bottom = box[0] + dx - GAP, box[1] + dy - GAP, box[2] + dx + GAP, box[3] + dy + GAP
            if all(right < a or left > c or bottom < b or top > d for a, b, c, d in taken):
                return dx, dy
        distance += place.CELL


def open_(chart: Chart, id: str) -> Patch | None:
    """Draw the members of a group again, each where it was."""
    if id not in chart.groups:
        return None
    return Patch("open", fields={"groups": {i: g for i, g in chart.groups.items() if i != id}})


def rename(chart: Chart, id: str, name: str) -> Patch | None:
    """Call a group something else."""
    if id not in chart.groups or not name or chart.groups[id].name == name:
        return None
    return Patch("rename", fields={"groups": chart.groups | {id: replace(chart.groups[id], name=name)}})


def neighbours(chart: Chart, id: str, seen: set[str]) -> dict[str, list[str]]:
    """Nodes that are seen and linked to this one, by kind; those in groups are not among them."""
    home = homes(chart)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for x in chart.links.values():
        if id in (x.source, x.target):
            other = x.target if x.source == id else x.source
            if other != id and other in seen and other not in home:
                found[chart.nodes[other].kind][other] = None
    return {name: sorted(ids) for name, ids in sorted(found.items(), key=lambda f: (-len(f[1]), f[0])) if len(ids) > 1}


def contents(chart: Chart, seen: tuple[set[str], set[str]]) -> dict[str, Contents]:
    """What is in each closed group; ``seen`` are the nodes and links that filters leave, as ``picture.shown`` tells them."""
    if not chart.groups:
        return {}
    standing, crossed = seen
    home = homes(chart)
    parts: dict[str, tuple[list[ChartLink], list[ChartLink], list[ChartLink]]] = {i: ([], [], []) for i in chart.groups}
    for x in chart.links.values():
        if x.id not in crossed:
            continue
        a, b = home.get(x.source, ""), home.get(x.target, "")
        if a and a == b:
            parts[a][0].append(x)
            continue
        if b:
            parts[b][1].append(x)
        if a:
            parts[a][2].append(x)
    return {
        i: Contents(
            tuple(chart.nodes[m] for m in g.members if m in standing),
            *(tuple(sorted(part, key=lambda x: (x.date, x.id))) for part in parts[i]),
        )
        for i, g in chart.groups.items()
    }


def suggested(chart: Chart, ids: Sequence[str], degree: Mapping[str, int]) -> list[str]:
    """Names of the two members with most links, for a name of the group."""
    first = sorted(ids, key=lambda i: (-degree.get(i, 0), chart.nodes[i].name, i))
    return [chart.nodes[i].name for i in first[:2]]


def degrees(chart: Chart, ids: Iterable[str]) -> Counter[str]:
    """Links of each of these nodes to others of them."""
    among = set(ids)
    return Counter(e for x in chart.links.values() if {x.source, x.target} <= among for e in (x.source, x.target))
