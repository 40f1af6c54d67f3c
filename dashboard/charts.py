"""What a person does to a chart: every change is a patch of plain data that can be taken back.

Nothing here knows Streamlit or a store. A :class:`Board` is a chart with the patches that undo and redo it; the history is
kept beside the document, never in it, so that what is saved or shared says nothing of what was tried on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from vinculo.dashboard import place
from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.charting import layout
from vinculo.graph.schema import ENTITY_CLASSES, LINK_CLASSES

#: A double-click adds at most this many without asking.
EXPAND_MAX = 50
#: Above these a person is warned, and refused.
SHOWN_WARN, SHOWN_MAX = 1_000, 5_000
#: Steps that can be taken back.
STEPS = 200


@dataclass(frozen=True)
class Patch:
    """One change as data: nodes and links put (new or replaced), dropped, and fields of the chart set."""

    name: str
    nodes: tuple[ChartNode, ...] = ()
    links: tuple[ChartLink, ...] = ()
    drop_nodes: tuple[str, ...] = ()
    drop_links: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """A chart, and the patches that take back (``undone``: bring back) what was done to it, newest last."""

    chart: Chart
    done: tuple[Patch, ...] = ()
    undone: tuple[Patch, ...] = ()


def applied(chart: Chart, patch: Patch) -> tuple[Chart, Patch]:
    """The chart after a patch, one revision on, and the patch that takes it back.

    Examples
    --------
    >>> before = Chart("c", dates=("", ""))
    >>> after, back = applied(before, Patch("dates", fields={"dates": ("2025-01-01", "")}))
    >>> after.dates, applied(after, back)[0].dates
    (('2025-01-01', ''), ('', ''))
    """
    nodes = (
        {id: n for id, n in chart.nodes.items() if id not in patch.drop_nodes} if patch.drop_nodes else {**chart.nodes}
    )
    links = (
        {id: x for id, x in chart.links.items() if id not in patch.drop_links} if patch.drop_links else {**chart.links}
    )
    nodes.update({n.id: n for n in patch.nodes})
    links.update({x.id: x for x in patch.links})
    back = Patch(
        patch.name,
        nodes=tuple(chart.nodes[i] for i in [*(n.id for n in patch.nodes), *patch.drop_nodes] if i in chart.nodes),
        links=tuple(chart.links[i] for i in [*(x.id for x in patch.links), *patch.drop_links] if i in chart.links),
        drop_nodes=tuple(n.id for n in patch.nodes if n.id not in chart.nodes),
        drop_links=tuple(x.id for x in patch.links if x.id not in chart.links),
        fields={name: getattr(chart, name) for name in patch.fields},
    )
    made = replace(chart, nodes=nodes, links=links, revision=chart.revision + 1, **patch.fields)
    return made, back


def do(board: Board, patch: Patch | None) -> Board:
    """The board after a patch; nothing to do gives the board as it is."""
    if patch is None:
        return board
    chart, back = applied(board.chart, patch)
    return Board(chart, (*board.done, back)[-STEPS:])


def undo(board: Board) -> Board:
    """The board before the last change."""
    if not board.done:
        return board
    chart, again = applied(board.chart, board.done[-1])
    return Board(chart, board.done[:-1], (*board.undone, again))


def redo(board: Board) -> Board:
    """The board with the change that was taken back last."""
    if not board.undone:
        return board
    chart, back = applied(board.chart, board.undone[-1])
    return Board(chart, (*board.done, back), board.undone[:-1])


# -- the changes there are ---------------------------------------------------------------------------------------
def add(
    chart: Chart,
    nodes: Sequence[ChartNode],
    links: Iterable[ChartLink],
    *,
    anchor: str | None = None,
    pairs: Sequence[tuple[str, str]] = (),
) -> Patch | None:
    """Put things on the chart; what is there already stays exactly where it is.

    Parameters
    ----------
    chart : Chart
    nodes, links : ChartNode, ChartLink
        Those on the chart already are passed over; links with an end that is not on it then, too.
    anchor : str, optional
        Node round which the new ones go.
    pairs : sequence of (str, str)
        On an empty chart: what is linked to what, for the layout; by default the links.
    """
    fresh = [n for n in nodes if n.id not in chart.nodes]
    there = chart.nodes.keys() | {n.id for n in fresh}
    new = [x for x in links if x.id not in chart.links and x.source in there and x.target in there]
    if not fresh and not new:
        return None
    if chart.nodes:
        taken = [(n.x, n.y) for n in chart.nodes.values()] + [(g.x, g.y) for g in chart.groups.values()]
        home = chart.nodes.get(anchor) if anchor else None
        centre = (home.x, home.y) if home else place.beside(taken)
        places = place.around(centre, len(fresh), taken)
    else:
        joined = pairs or [(x.source, x.target) for x in new]
        ends = {end for pair in joined for end in pair}
        spread = layout([n.id for n in fresh if n.id in ends], joined)
        lone = [n.id for n in fresh if n.id not in ends]
        spread |= dict(zip(lone, place.beneath(list(spread.values()), len(lone)), strict=True))
        places = [place.whole(*spread[n.id]) for n in fresh]
    put = tuple(replace(n, x=x, y=y) for n, (x, y) in zip(fresh, places, strict=True))
    return Patch("add", nodes=put, links=tuple(new))


def hide(chart: Chart, ids: Iterable[str]) -> Patch | None:
    """Hide these nodes."""
    found = tuple(replace(chart.nodes[i], hidden=True) for i in ids if i in chart.nodes and not chart.nodes[i].hidden)
    return Patch("hide", nodes=found) if found else None


def show_hidden(chart: Chart) -> Patch | None:
    """Show every hidden node again."""
    found = tuple(replace(n, hidden=False) for n in chart.nodes.values() if n.hidden)
    return Patch("show", nodes=found) if found else None


def pin(chart: Chart, ids: Iterable[str]) -> Patch | None:
    """Pin these nodes, or let them go."""
    found = tuple(replace(n, pinned=not n.pinned) for i in ids if (n := chart.nodes.get(i)))
    return Patch("pin", nodes=found) if found else None


def move(chart: Chart, to: Mapping[str, tuple[float, float]]) -> Patch | None:
    """Set nodes and groups down elsewhere; the members of a group stay where they are."""
    there = {i: place.whole(x, y) for i, (x, y) in to.items()}
    found = tuple(replace(chart.nodes[i], x=x, y=y) for i, (x, y) in there.items() if i in chart.nodes)
    groups = {i: replace(chart.groups[i], x=x, y=y) for i, (x, y) in there.items() if i in chart.groups}
    if not found and not groups:
        return None
    return Patch("move", nodes=found, fields={"groups": chart.groups | groups} if groups else {})


def switch(chart: Chart, appearance: str) -> Patch | None:
    """Switch a class of entities or links off, or on again."""
    if appearance not in (*ENTITY_CLASSES, *LINK_CLASSES):
        return None
    off = tuple(c for c in chart.off if c != appearance) if appearance in chart.off else (*chart.off, appearance)
    return Patch("switch", fields={"off": off})


def set_dates(chart: Chart, first: str, last: str) -> Patch | None:
    """Show only what lies between two days, both included; an empty text is no bound."""
    return Patch("dates", fields={"dates": (first, last)}) if (first, last) != chart.dates else None


def annotate(chart: Chart, id: str, note: str) -> Patch | None:
    """Write a note on a node; an empty one takes it away."""
    if id not in chart.nodes or chart.notes.get(id, "") == note:
        return None
    notes = {i: n for i, n in chart.notes.items() if i != id} | ({id: note} if note else {})
    return Patch("note", fields={"notes": notes})


def entitle(chart: Chart, title: str, handling: str) -> Patch | None:
    """Set title and handling code."""
    if (title, handling) == (chart.title, chart.handling):
        return None
    return Patch("title", fields={"title": title, "handling": handling})
