"""The link chart as one JSON document: what a screen shows, a file carries and a court can check."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class ChartNode:
    """A node where it stands; ``sources`` are (dataset, file, sha256, record) for the panel."""

    id: str
    kind: str
    name: str
    x: float
    y: float
    pinned: bool = False
    hidden: bool = False
    facts: tuple[tuple[str, str, tuple[tuple[str, str, str, int], ...]], ...] = ()
    date: str = ""  # of a thing that happened (a seizure, a consignment): governed by the chart's dates
    status: str = ""  # what must be said wherever it is shown: "listed", "cleared", ...
    synthetic: bool = False
    taint: str = ""


@dataclass(frozen=True)
class ChartLink:
    """A link between two nodes of the chart; ``inferred`` ones are drawn dashed."""

    id: str
    kind: str
    source: str
    target: str
    label: str = ""
    date: str = ""
    width: int = 1  # class 1 to 4
    inferred: bool = False
    facts: tuple[tuple[str, str, tuple[tuple[str, str, str, int], ...]], ...] = ()
    synthetic: bool = False
    taint: str = ""


@dataclass(frozen=True)
class ChartGroup:
    """Nodes of the chart drawn as one; each keeps its own place, where it stands again when the group is opened."""

    id: str
    name: str
    members: tuple[str, ...]
    x: float
    y: float


@dataclass(frozen=True)
class Chart:
    """One chart: immutable; every change gives a new one with the next revision.

    Attributes
    ----------
    id, title : str
    nodes, links : dict by id
    groups : dict by id
        Nodes that are drawn as one, none of them in two groups. They are in ``nodes`` too, and go out like any other.
    off : tuple of str
        Appearances (entity and link classes) switched off in the legend.
    dates : tuple of (str, str)
        First and last day shown; empty texts for no bound.
    notes : dict
        Free text by node id.
    revision : int
    data_version : str
        The store's version it was drawn from.
    handling : str
        Handling code to print on every copy, e.g. ``"LAW ENFORCEMENT SENSITIVE"``.
    store : str
        Label of the case.
    """

    id: str
    title: str = ""
    nodes: dict[str, ChartNode] = field(default_factory=dict)
    links: dict[str, ChartLink] = field(default_factory=dict)
    groups: dict[str, ChartGroup] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    dates: tuple[str, str] = ("", "")
    notes: dict[str, str] = field(default_factory=dict)
    revision: int = 0
    data_version: str = ""
    handling: str = ""
    store: str = ""

    def with_changes(self, **changes: Any) -> Chart:
        """A copy with these fields changed."""
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        """The document as it is saved and shared."""
        made = asdict(self)
        made["nodes"] = [asdict(n) for n in self.nodes.values()]
        made["links"] = [asdict(x) for x in self.links.values()]
        made["groups"] = [asdict(g) for g in self.groups.values()]
        return made

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Chart:
        """The inverse of :meth:`as_json`; a document from before there were groups has none."""

        def facts(rows: Any) -> Any:
            return tuple((p, v, tuple((d, f, s, int(r)) for d, f, s, r in sources)) for p, v, sources in rows)

        nodes = [ChartNode(**{**n, "facts": facts(n["facts"])}) for n in made["nodes"]]
        links = [ChartLink(**{**x, "facts": facts(x["facts"])}) for x in made["links"]]
        groups = [ChartGroup(**{**g, "members": tuple(g["members"])}) for g in made.get("groups", ())]
        return cls(
            **{
                **made,
                "nodes": {n.id: n for n in nodes},
                "links": {x.id: x for x in links},
                "groups": {g.id: g for g in groups},
                "off": tuple(made["off"]),
                "dates": tuple(made["dates"]),
            }
        )
