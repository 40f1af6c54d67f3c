"""From the store to a chart: what stands round a thing, and nodes and links ready to be drawn.

Values and their sources are read again when they are asked for or exported; a chart in a browser needs none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from vinculo.dashboard.charts import EXPAND_MAX
from vinculo.dashboard.wording import exact
from vinculo.graph.chart import ChartLink, ChartNode
from vinculo.graph.schema import ENTITY_CLASSES, is_a, kind
from vinculo.graph.standing import badge, standings
from vinculo.graph.store import Store
from vinculo.graph.types import Entity

_DATES = ("date", "startDate", "birthDate")


@dataclass(frozen=True)
class Around:
    """What is linked to a thing and not on the chart yet: ids by kind of link, in a fixed order."""

    centre: str
    new: dict[str, tuple[str, ...]]
    links: int

    @property
    def ids(self) -> tuple[str, ...]:
        """All of them, once."""
        return tuple(dict.fromkeys(i for ids in self.new.values() for i in ids))


def around(store: Store, id: str, present: Iterable[str]) -> Around:
    """What could be added round a thing."""
    here = set(present) | {id}
    links = store.links_at([id])
    new: dict[str, dict[str, None]] = {}
    columns = (links.column(c).to_pylist() for c in ("kind", "source", "target"))
    for name, source, target in zip(*columns, strict=True):
        other = target if source == id else source
        if other not in here:
            new.setdefault(name, {})[other] = None
    return Around(id, {name: tuple(ids) for name, ids in new.items()}, links.num_rows)


def some(around_it: Around, kinds: Sequence[str] | None = None, limit: int = EXPAND_MAX) -> list[str]:
    """At most so many of them, of these kinds of links, each kind in turn so that none crowds out the rest."""
    queues = [list(ids) for name, ids in around_it.new.items() if kinds is None or name in kinds]
    chosen: dict[str, None] = {}
    place = 0
    while len(chosen) < limit and any(place < len(q) for q in queues):
        for queue in queues:
            if place < len(queue) and len(chosen) < limit:
                chosen[queue[place]] = None
        place += 1
    return list(chosen)


def chart_nodes(store: Store, ids: Sequence[str]) -> list[ChartNode]:
    """Nodes for these ids, classes side by side, then by name; positions are decided by the chart."""
    found = store.entities(ids)
    parties = [e.id for e in found.values() if is_a(e.kind, "LegalEntity")]
    told = standings(store, parties)
    tainted = {i for i, e in found.items() if e.sources and all(p.source.taint for p in e.sources)}
    nodes = [
        ChartNode(
            id=e.id,
            kind=e.kind,
            name=e.name,
            x=0.0,
            y=0.0,
            date=happened(e),
            status=badge(e, told.get(e.id, ())),
            synthetic=any(p.source.synthetic for p in e.sources),
            taint=e.sources[0].source.taint if e.id in tainted else "",
        )
        for e in found.values()
    ]
    return sorted(nodes, key=lambda n: (ENTITY_CLASSES.index(kind(n.kind).appearance), n.name, n.id))


def happened(entity: Entity) -> str:
    """The day of a thing that happened; a person's birth or a firm's founding governs no chart."""
    if kind(entity.kind).appearance not in ("consignment", "seizure", "inspection"):
        return ""
    return entity.first("date") or entity.first("startDate")


def chart_links(table: pa.Table) -> list[ChartLink]:
    """Links for the rows of ``Store.links_at``; amount and currency go along, for the sum on a line."""
    made = []
    for row in table.to_pylist():
        facts: tuple[tuple[str, str, tuple[tuple[str, str, str, int], ...]], ...] = ()
        label = ""
        if row["amount"] is not None:
            facts = (("amount", repr(float(row["amount"])), ()), ("currency", row["currency"] or "", ()))
            label = f"{exact(row['amount'])} {row['currency'] or ''}".strip()
        made.append(
            ChartLink(
                id=row["id"],
                kind=row["kind"],
                source=row["source"],
                target=row["target"],
                label=label,
                date=row["date"] or "",
                inferred=row["kind"] == "MENTIONED",
                facts=facts,
            )
        )
    return made


def links_between(store: Store, new: Sequence[str], present: Iterable[str]) -> list[ChartLink]:
    """Links among these ids, and from them to those that are there."""
    return chart_links(store.links_at(new, among=list(present)))
