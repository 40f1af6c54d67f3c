"""What an export holds: chosen, and rid of what may not go out, before any format sees it.

Taint is taken off value by value: where a suspicious-activity report and a register both know a firm, the register's words
go out and nothing tells that the report exists (31 USC 5318(g)(2)); a name that only the report has is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.charting import links_among
from vinculo.graph.errors import UsageError
from vinculo.graph.naming import RANKS, candidate, unnamed
from vinculo.graph.schema import kind
from vinculo.graph.standing import Standing, standings
from vinculo.graph.store import Store
from vinculo.graph.text import current_language
from vinculo.graph.types import Entity, Fact, Link, Provenance, Source

Progress = Callable[[str, int, int], None]
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
    synthetic : bool
        Something that was read so far says it is made up: ask after reading.
    sources : list of Source
        What was read so far comes from these, sorted.
    entities_read, links_read : int
        How many went out, links counted after reading.
    entities_kept_back, links_kept_back : int
        How many did not, for their taint.
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
        self.kinds = dict(nodes)
        self.entities_kept_back, self.links_kept_back = kept_back
        self.entities_read = self.links_read = 0
        self._store, self._links, self._hidden, self._progress = store, links, hidden, progress
        self._sources: set[Source] = set()
        self._known = {s.key: s for s in store.sources()}
        self.standings: dict[str, tuple[Standing, ...]] = standings(store, list(nodes), without=tainted)

    @property
    def synthetic(self) -> bool:
        """Whether any source says of itself that it is made up."""
        return any(s.synthetic for s in self._sources)

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
        properties, sources = self._without_hidden(entity.properties), self._kept(entity.sources)
        name = entity.name
        if self._hidden and name != entity.id and name not in {f.value for facts in properties.values() for f in facts}:
            best = (candidate(p, f.value) for p, facts in properties.items() if p in RANKS for f in facts)
            name = min(best, default=unnamed(entity.id))[2]
        self._sources |= {p.source for p in sources}
        return replace(entity, name=name, properties=properties, sources=sources)

    def _clean_link(self, link: Link) -> Link:
        sources = self._kept(link.sources)
        self._sources |= {p.source for p in sources}
        return replace(link, properties=self._without_hidden(link.properties), sources=sources)

    def _kept(self, sources: tuple[Provenance, ...]) -> tuple[Provenance, ...]:
        return tuple(p for p in sources if p.source.key not in self._hidden)

    def _without_hidden(self, properties: dict[str, tuple[Fact, ...]]) -> dict[str, tuple[Fact, ...]]:
        if not self._hidden:
            return properties
        kept = {
            name: tuple(Fact(f.value, sources) for f in facts if (sources := self._kept(f.sources)) or not f.sources)
            for name, facts in properties.items()
        }
        return {name: facts for name, facts in kept.items() if facts}

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


def gather(
    store: Store,
    *,
    ids: Sequence[str] | None = None,
    chart: Chart | None = None,
    include_taint: Sequence[str] = (),
    language: str | None = None,
    title: str = "",
    handling: str = "",
    progress: Progress | None = None,
) -> Contents:
    """Choose what goes out; parameters as for ``export``."""
    hidden = frozenset(s.key for s in store.sources() if s.taint and s.taint not in include_taint)
    tainted = {id for id, taint in store.taints().items() if taint not in include_taint}
    if chart is not None:
        chart, nodes, links, kept_back = _of_chart(store, chart, tainted, include_taint)
        title, handling = chart.title or title, chart.handling or handling
    elif ids is not None:
        nodes, links, kept_back = _of_ids(store, ids, tainted, bool(hidden))
    else:
        nodes, links, kept_back = _of_everything(store, tainted, bool(hidden))
    return Contents(
        store,
        nodes,
        links,
        hidden=hidden,
        tainted=tainted,
        kept_back=kept_back,
        chart=chart,
        language=language or current_language(),
        title=title,
        handling=handling,
        progress=progress,
    )


_Chosen = tuple[dict[str, str], list[str], tuple[int, int]]


def _of_everything(store: Store, tainted: set[str], some_hidden: bool) -> _Chosen:
    nodes, links = store.nodes(), store.edges()
    bad = pa.array(sorted(tainted), pa.string())
    good_nodes = nodes.filter(pc.invert(pc.is_in(nodes.column("id"), bad)))
    codes = good_nodes.column("code")
    ends = pc.and_(pc.is_in(links.column("source"), codes), pc.is_in(links.column("target"), codes))
    good_links = links.filter(pc.and_(ends, pc.invert(pc.is_in(links.column("id"), bad))))
    if some_hidden:
        # nothing describes a bare end of a link: it goes where the last of its links goes
        before = pc.unique(
            pa.chunked_array([*links.column("source").chunks, *links.column("target").chunks], pa.int64())
        )
        after = pa.chunked_array([*good_links.column("source").chunks, *good_links.column("target").chunks], pa.int64())
        lost = pc.and_(pc.is_in(codes, before), pc.invert(pc.is_in(codes, after)))
        suspects = good_nodes.filter(lost).column("id").to_pylist()
        bare = {i for i, e in store.entities(suspects).items() if not e.sources}
        good_nodes = good_nodes.filter(
            pc.invert(pc.is_in(good_nodes.column("id"), pa.array(sorted(bare), pa.string())))
        )
    chosen = dict(zip(good_nodes.column("id").to_pylist(), good_nodes.column("kind").to_pylist(), strict=True))
    kept_back = (nodes.num_rows - good_nodes.num_rows, links.num_rows - good_links.num_rows)
    return chosen, good_links.column("id").to_pylist(), kept_back


def _found(store: Store, ids: Sequence[str]) -> dict[str, Entity]:
    batches = (store.entities(ids[start : start + _BATCH]) for start in range(0, len(ids), _BATCH))
    return {id: entity for batch in batches for id, entity in batch.items()}


def _orphans(store: Store, entities: Iterable[Entity], tainted: set[str]) -> set[str]:
    """Of entities that no file describes, those whose every link is tainted: only a report knows them."""
    bare = [e.id for e in entities if not e.sources]
    if not bare or not tainted:
        return set()
    kept: set[str] = set()
    known: set[str] = set()
    for id in bare:  # one by one: a limit may not cut off the one good link
        near = store.links_at([id])
        columns = (near.column(c).to_pylist() for c in ("id", "source", "target"))
        for link, *ends in zip(*columns, strict=True):
            known.add(id)
            if link not in tainted and not tainted & set(ends):
                kept.add(id)
    return known - kept


def _of_ids(store: Store, ids: Sequence[str], tainted: set[str], some_hidden: bool) -> _Chosen:
    wanted = sorted(set(ids))
    found = {
        id: e
        for start in range(0, len(wanted), _BATCH)
        for id, e in store.entities(wanted[start : start + _BATCH]).items()
    }
    for id in wanted:
        if id not in found:
            raise UsageError("unknown_entity", id=id)

    lost = tainted | (_orphans(store, found.values(), tainted) if some_hidden else set())
    nodes = {id: e.kind for id, e in sorted(found.items()) if id not in lost}
    links = links_among(store, wanted)
    held = store.links(links) if some_hidden else {}
    good = [
        x for x in links if x not in tainted and (not some_hidden or {held[x].source, held[x].target} <= nodes.keys())
    ]
    return nodes, good, (len(wanted) - len(nodes), len(links) - len(good))


def _of_chart(
    store: Store, chart: Chart, tainted: set[str], include_taint: Sequence[str]
) -> tuple[Chart, dict[str, str], list[str], tuple[int, int]]:
    """What is on the screen, and nothing else: what is hidden there is not in the file."""
    first, last = chart.dates

    def outside(date: str) -> bool:
        return bool(date) and bool((first and date[:10] < first) or (last and date[:10] > last))

    seen = {
        n.id: n
        for n in chart.nodes.values()
        if not n.hidden and kind(n.kind).appearance not in chart.off and not outside(n.date)
    }
    crossed = {
        x.id: x
        for x in chart.links.values()
        if x.source in seen and x.target in seen and kind(x.kind).appearance not in chart.off and not outside(x.date)
    }

    lost = tainted | _orphans(store, _found(store, sorted(seen)).values(), tainted)

    def may_go(thing: ChartNode | ChartLink) -> bool:
        return thing.id not in lost and (not thing.taint or thing.taint in include_taint)

    nodes = {n.id: n for n in seen.values() if may_go(n)}
    links = {x.id: x for x in crossed.values() if may_go(x) and x.source in nodes and x.target in nodes}
    notes = {id: note for id, note in chart.notes.items() if id in nodes}
    shown = chart.with_changes(nodes=nodes, links=links, notes=notes, off=())
    kept_back = (len(seen) - len(nodes), len(crossed) - len(links))
    return shown, {id: nodes[id].kind for id in sorted(nodes)}, sorted(links), kept_back
