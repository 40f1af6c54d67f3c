"""What an export holds, rid of what may not go out, before any format sees it.

Taint is taken off value by value: where a suspicious-activity report and a register both know a firm, the register's words
go out and nothing tells that the report exists (31 USC 5318(g)(2)); a name that only the report has is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.rates import rates_chosen
from vinculo.graph.standing import Standing, standings
from vinculo.graph.store import Store
from vinculo.graph.taint import link_without, name_from, without
from vinculo.graph.types import Entity, Fact, Link, Provenance, Source

Progress = Callable[[str, int, int], None]


def made_up(sources: Iterable[Provenance]) -> str:
    """How much of a thing is invented: ``all``, ``some`` where other files know it too, or an empty text.

    Examples
    --------
    >>> made = Provenance(Source("demo", "0" * 64, "demo.csv", synthetic=True), 1)
    >>> made_up([made]), made_up([made, Provenance(Source("ofac_sdn", "1" * 64, "sdn.csv"), 7)]), made_up([])
    ('all', 'some', '')
    """
    told = {p.source.synthetic for p in sources}
    return "" if True not in told else "some" if False in told else "all"


_BATCH = 2000
_Facts = tuple[tuple[str, str, tuple[tuple[str, str, str, int], ...]], ...]


class Contents:
    """Entities and links to write, read in batches and already clean.

    Attributes
    ----------
    language : str
    title, handling, label : str
        Title, handling code and label of the case.
    data_version : str
        The store's version it was read from.
    chart : Chart or None
        What was asked for, hidden things left out.
    standings : dict
        What lists say, by entity id.
    kinds : dict
        Kind by entity id, of what goes out.
    rates : Rates
        By which amounts are told in another currency too; false where none is chosen.
    synthetic : bool
        Something that was read so far says it is made up: ask after reading.
    sources : list of Source
        What was read so far comes from these, sorted.
    entities_read, links_read : int
        How many went out, links counted after reading.
    entities_kept_back, links_kept_back : int
        How many did not, for their taint.
    groups_opened : int
        Groups that are closed on the chart and of which members go out, one by one.
    """

    def __init__(
        self,
        store: Store,
        nodes: Mapping[str, str],
        links: Sequence[str],
        *,
        hidden: frozenset[tuple[str, str]],
        tainted: set[str],
        kept_back: tuple[int, int],
        groups_opened: int,
        chart: Chart | None,
        language: str,
        title: str,
        handling: str,
        progress: Progress | None,
    ) -> None:
        self.language, self.title, self.handling = language, title, handling
        self.label = chart.store if chart else ""
        self.data_version = (chart.data_version if chart else "") or store.version()
        self.chart = chart
        self.rates = rates_chosen(store)
        self.kinds = dict(nodes)
        self.entities_kept_back, self.links_kept_back = kept_back
        self.groups_opened = groups_opened
        self.entities_read = self.links_read = 0
        self._store, self._links, self._hidden, self._progress = store, links, hidden, progress
        self._sources: set[Source] = set()
        self._known = {s.key: s for s in store.sources()}
        self.standings: dict[str, tuple[Standing, ...]] = standings(store, list(nodes), without=tainted, hidden=hidden)

    @property
    def synthetic(self) -> bool:
        """Whether any source says of itself that it is made up."""
        return any(s.synthetic for s in self._sources)

    @property
    def mixed(self) -> bool:
        """Whether made-up data stands beside real data: then only what is marked is made up."""
        return len({s.synthetic for s in self._sources}) > 1

    @property
    def synthetic_said(self) -> str:
        """Key of the sentence about synthetic data: all of it, some of it, or none (empty)."""
        return "" if not self.synthetic else "export.synthetic.some" if self.mixed else "export.synthetic"

    @property
    def sources(self) -> list[Source]:
        return sorted(self._sources, key=lambda s: s.key)

    def entities(self) -> Iterator[Entity]:
        """Every entity, in order of the ids."""
        ids = list(self.kinds)
        self.entities_read = 0
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            found = self._store.entities(batch)
            for id in batch:
                drawn = self.chart.nodes.get(id) if self.chart else None
                if drawn is not None and drawn.facts:
                    entity = Entity(id, drawn.kind, drawn.name, *self._read(drawn))
                elif id in found:
                    entity = found[id]
                elif drawn is not None:
                    entity = Entity(id, drawn.kind, drawn.name)
                else:
                    continue
                self.entities_read += 1
                yield self._clean_entity(entity)
            self._tell("entities", start + len(batch), len(ids))

    @property
    def link_ids(self) -> Sequence[str]:
        """Ids of the links that go out, in order."""
        return self._links

    def links(self) -> Iterator[Link]:
        """Every link, in order of the ids."""
        self.links_read = 0
        for start in range(0, len(self._links), _BATCH):
            batch = self._links[start : start + _BATCH]
            found = self._store.links(batch)
            for id in batch:
                drawn = self.chart.links.get(id) if self.chart else None
                if drawn is not None and (drawn.facts or id not in found):
                    link = Link(id, drawn.kind, drawn.source, drawn.target, *self._read(drawn))
                elif id in found:
                    link = found[id]
                else:
                    continue
                self.links_read += 1
                yield self._clean_link(link)
            self._tell("links", start + len(batch), len(self._links))

    def ends(self, kinds: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Kind, source and target of the links of some kinds, without reading what else is said of them."""
        if self.chart is not None:
            yield from ((x.kind, x.source, x.target) for x in self.chart.links.values() if x.kind in kinds)
            return
        wanted = set(self._links)
        nodes, links = self._store.nodes(), self._store.edges(kinds)
        id_of = dict(zip(nodes.column("code").to_pylist(), nodes.column("id").to_pylist(), strict=True))
        columns = (links.column(c).to_pylist() for c in ("id", "kind", "source", "target"))
        for id, name, source, target in zip(*columns, strict=True):
            if id in wanted:
                yield name, id_of[source], id_of[target]

    def some(self, ids: Iterable[str]) -> Iterator[Entity]:
        """These of the entities, clean."""
        wanted = sorted(set(ids) & self.kinds.keys())
        if self.chart is not None:
            held = set(wanted)
            yield from (e for e in self.entities() if e.id in held)
            return
        for start in range(0, len(wanted), _BATCH):
            yield from map(self._clean_entity, self._store.entities(wanted[start : start + _BATCH]).values())

    # -- cleaning ------------------------------------------------------------------------------------------------------
    def _clean_entity(self, entity: Entity) -> Entity:
        shown = without(entity, self._hidden)
        name = entity.name
        if self._hidden and name not in {f.value for facts in shown.properties.values() for f in facts}:
            name = name_from(shown.properties, entity.id)
        self._sources |= {p.source for p in shown.sources}
        return replace(shown, name=name, kind=self.kinds.get(entity.id, shown.kind))

    def _clean_link(self, link: Link) -> Link:
        shown = link_without(link, self._hidden)
        self._sources |= {p.source for p in shown.sources}
        return shown

    def _read(self, drawn: ChartNode | ChartLink) -> tuple[dict[str, tuple[Fact, ...]], tuple[Provenance, ...]]:
        """Facts and sources as a chart document holds them."""
        properties: dict[str, list[Fact]] = {}
        everyone: dict[tuple[str, str], Provenance] = {}
        for name, value, rows in drawn.facts:
            told = []
            for dataset, file, sha256, record in rows:
                known = self._known.get((dataset, sha256))
                source = known or Source(dataset, sha256, file, drawn.synthetic, drawn.taint)
                told.append(Provenance(source, record))
                everyone.setdefault(source.key, told[-1])
            properties.setdefault(name, []).append(Fact(value, tuple(told)))
        return {n: tuple(f) for n, f in properties.items()}, tuple(everyone[k] for k in sorted(everyone))

    def _tell(self, stage: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(stage, done, total)
