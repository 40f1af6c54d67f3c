"""What of a chart is seen, and how it is told to the browser: hidden, switched off, outside the dates, put together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from vinculo.dashboard.grouping import TOLD, Contents, contents, homes, sums
from vinculo.dashboard.wording import number, seen, short_label
from vinculo.graph.chart import Chart, ChartGroup, ChartLink
from vinculo.graph.schema import kind

#: From how many links on a line each width class begins.
WIDTH_FROM = (1, 2, 5, 20)


@dataclass(frozen=True)
class Line:
    """All links of one kind from one node or closed group to another, drawn as one; ``id`` is the first link's."""

    id: str
    kind: str
    source: str
    target: str
    links: tuple[ChartLink, ...]

    @property
    def width(self) -> int:
        """Class 1 to 4, by the number of links."""
        return sum(len(self.links) >= least for least in WIDTH_FROM)

    @property
    def inferred(self) -> bool:
        """Whether nothing on it is confirmed."""
        return all(x.inferred for x in self.links)

    def label(self, language: str) -> str:
        """The verb, and how often or how much."""
        verb = kind(self.kind).verb.into(language)
        if len(self.links) == 1:
            return f"{verb} {self.links[0].label}".strip()
        told = self._amounts()
        total = " · ".join(told[:TOLD]) + (" …" if len(told) > TOLD else "")
        return f"{verb} ×{number(len(self.links))}" + (f" · {total}" if total else "")

    def amount(self) -> str:
        """The sum in each currency; nothing where a link says no amount."""
        return " · ".join(self._amounts())

    def _amounts(self) -> list[str]:
        found, _ = sums(self.links)
        return [s.words for s in found] if sum(s.links for s in found) == len(self.links) else []


def within(date: str, dates: tuple[str, str]) -> bool:
    """Whether a date lies between two days; an unknown one is not excluded.

    Examples
    --------
    >>> within("2025-03", ("2025-03-02", "")), within("", ("2025-01-01", "")), within("2024-12-31", ("2025-01-01", ""))
    (True, True, False)
    """
    first, last = dates
    # a month or a year counts for all its days
    return not date or (date >= first[: len(date)] and (not last or date[:10] <= last[: len(date)]))


def shown(chart: Chart) -> tuple[set[str], set[str]]:
    """Ids of the nodes and of the links that are seen, one by one or in a closed group.

    A link lies outside the chart's dates when its own date does or that of a thing it touches. A node goes with the dates
    when its own lies outside, or when it has links on the chart and all of them do; a pinned one stays.
    """
    off = set(chart.off)
    in_time = {n.id for n in chart.nodes.values() if n.pinned or within(n.date, chart.dates)}
    linked: set[str] = set()
    still: set[str] = set()
    dated = []
    for x in chart.links.values():
        linked |= {x.source, x.target}
        if within(x.date, chart.dates) and x.source in in_time and x.target in in_time:
            still |= {x.source, x.target}
            dated.append(x)
    nodes = {
        n.id
        for n in chart.nodes.values()
        if n.id in in_time
        and not n.hidden
        and kind(n.kind).appearance not in off
        and (n.pinned or n.id in still or n.id not in linked)
    }
    links = {x.id for x in dated if x.source in nodes and x.target in nodes and kind(x.kind).appearance not in off}
    return nodes, links


def lines(chart: Chart, visible: set[str]) -> list[Line]:
    """The links that are seen, put together: one line per kind and direction between two nodes or closed groups.

    Links within a closed group are not drawn.
    """
    groups: dict[tuple[str, str, str], list[ChartLink]] = defaultdict(list)
    home = homes(chart)
    for x in chart.links.values():
        if x.id in visible:
            source, target = home.get(x.source, x.source), home.get(x.target, x.target)
            if source != target or source not in chart.groups:
                groups[source, target, x.kind].append(x)
    return [
        Line(group[0].id, kind_name, source, target, tuple(sorted(group, key=lambda x: (x.date, x.id))))
        for (source, target, kind_name), group in groups.items()
    ]


def view(chart: Chart, language: str) -> dict[str, Any]:
    """What the browser draws. Nodes that are not seen stay in it, flagged, so that they keep their place."""
    standing, visible = seen_here = shown(chart)
    closed = contents(chart, seen_here)
    home = homes(chart)
    nodes = [
        [
            n.id,
            kind(n.kind).appearance,
            n.kind,
            short_label(n.name) + (f"\n✎ {short_label(chart.notes[n.id], 22, 1)}" if chart.notes.get(n.id) else ""),
            n.x,
            n.y,
            int(n.pinned),
            int(n.id not in standing or n.id in home),
            n.status,
        ]
        for n in chart.nodes.values()
    ]
    nodes += [
        # in the place of a kind the number that stands in the picture
        [
            g.id,
            "group",
            _count(closed[g.id], g),
            group_label(g, closed[g.id], language),
            g.x,
            g.y,
            0,
            int(not closed[g.id].members),
            "",
        ]
        for g in chart.groups.values()
    ]
    drawn = [
        [
            line.id,
            kind(line.kind).appearance,
            seen(line.label(language)),
            line.source,
            line.target,
            line.width,
            int(line.inferred),
        ]
        for line in lines(chart, visible)
    ]
    return {
        "chart": chart.id,
        "revision": chart.revision,
        "off": list(chart.off),
        "nodes": nodes,
        "links": drawn,
        "classes": sorted({kind(x.kind).appearance for x in chart.links.values()}),
    }


def _count(held: Contents, group: ChartGroup) -> str:
    """Members that are seen, of how many."""
    seen_of = number(len(held.members))
    return seen_of if len(held.members) == len(group.members) else f"{seen_of} / {number(len(group.members))}"


def group_label(group: ChartGroup, held: Contents, language: str) -> str:
    """Name, kinds, and what was paid among members, by currency."""
    kinds = [f"{kind(name).label.into(language)} {number(count)}" for name, count in held.kinds]
    paid = [s.words for s in sums(held.paid)[0]]
    rows = [short_label(group.name, 26), *(_first(told) for told in (kinds, paid) if told)]
    return "\n".join(rows)


def _first(told: list[str]) -> str:
    return short_label(" · ".join(told[:TOLD]), 48, 1) + (" · …" if len(told) > TOLD else "")


def as_seen(chart: Chart) -> Chart:
    """The chart for an export: what is not seen is marked hidden, so that it is left out there.

    An amount that is on the chart only to be added up goes: facts of a chart come before the store's, and it has no source.
    """
    standing, visible = shown(chart)
    return replace(
        chart,
        nodes={i: n if i in standing else replace(n, hidden=True) for i, n in chart.nodes.items()},
        links={i: replace(x, facts=tuple(f for f in x.facts if f[2])) for i, x in chart.links.items() if i in visible},
    )
