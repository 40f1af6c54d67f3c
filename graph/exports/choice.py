"""What goes into an export: everything, some entities or what a chart shows, and none of what only tainted sources tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.charting import link_label, links_among
from vinculo.graph.errors import UsageError
from vinculo.graph.exports.contents import Contents, Progress
from vinculo.graph.schema import kind
from vinculo.graph.store import Store
from vinculo.graph.taint import Hidden, link_without, told_by_hidden, without
from vinculo.graph.text import current_language
from vinculo.graph.types import Entity, Link

#: Entities asked for at once.
_BATCH = 2000


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
    closed = chart.groups.values() if chart is not None else ()
    if chart is not None:
        chart, nodes, links, kept_back = _of_chart(store, chart, tainted, include_taint, hidden)
        title, handling = chart.title or title, chart.handling or handling
    elif ids is not None:
        nodes, links, kept_back = _of_ids(store, ids, tainted, hidden)
    else:
        nodes, links, kept_back = _of_everything(store, tainted, hidden)
    return Contents(
        store,
        nodes,
        links,
        hidden=hidden,
        tainted=tainted,
        kept_back=kept_back,
        groups_opened=sum(not nodes.keys().isdisjoint(g.members) for g in closed),
        chart=chart,
        language=language or current_language(),
        title=title,
        handling=handling,
        progress=progress,
    )


_Chosen = tuple[dict[str, str], list[str], tuple[int, int]]


def _of_everything(store: Store, tainted: set[str], hidden: Hidden) -> _Chosen:
    nodes, links = store.nodes(), store.edges()
    bad = pa.array(sorted(tainted), pa.string())
    good_nodes = nodes.filter(pc.invert(pc.is_in(nodes.column("id"), bad)))
    codes = good_nodes.column("code")
    ends = pc.and_(pc.is_in(links.column("source"), codes), pc.is_in(links.column("target"), codes))
    good_links = links.filter(pc.and_(ends, pc.invert(pc.is_in(links.column("id"), bad))))
    if hidden:
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
    touched = sorted(_described_by(store, hidden) & chosen.keys())
    chosen |= {id: without(e, hidden).kind for id, e in _found(store, touched).items()}
    kept_back = (nodes.num_rows - good_nodes.num_rows, links.num_rows - good_links.num_rows)
    return chosen, good_links.column("id").to_pylist(), kept_back


def _described_by(store: Store, hidden: Hidden) -> set[str]:
    """Ids of the entities that these sources describe."""
    found: set[str] = set()
    for source in store.sources():
        if source.key in hidden:
            for sort, table in store.statements(source):
                if sort == "link":
                    break
                found |= set(table.column("id").to_pylist())
    return found


def _found(store: Store, ids: Sequence[str]) -> dict[str, Entity]:
    batches = (store.entities(ids[start : start + _BATCH]) for start in range(0, len(ids), _BATCH))
    return {id: entity for batch in batches for id, entity in batch.items()}


def orphans(store: Store, entities: Iterable[Entity], tainted: set[str]) -> set[str]:
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


def _of_ids(store: Store, ids: Sequence[str], tainted: set[str], hidden: Hidden) -> _Chosen:
    wanted = sorted(set(ids))
    found = _found(store, wanted)
    for id in wanted:
        if id not in found:
            raise UsageError("unknown_entity", id=id)

    lost = tainted | (orphans(store, found.values(), tainted) if hidden else set())
    nodes = {id: without(e, hidden).kind for id, e in sorted(found.items()) if id not in lost}
    links = links_among(store, wanted)
    held = store.links(links) if hidden else {}
    good = [x for x in links if x not in tainted and (not hidden or {held[x].source, held[x].target} <= nodes.keys())]
    return nodes, good, (len(wanted) - len(nodes), len(links) - len(good))


def _of_chart(
    store: Store, chart: Chart, tainted: set[str], include_taint: Sequence[str], hidden: Hidden
) -> tuple[Chart, dict[str, str], list[str], tuple[int, int]]:
    """What is on the screen, and nothing else: what is hidden there is not in the file. Members of a group go out one by one."""
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

    found = _found(store, sorted(seen))
    lost = tainted | orphans(store, found.values(), tainted)

    def may_go(thing: ChartNode | ChartLink) -> bool:
        return thing.id not in lost and (not thing.taint or thing.taint in include_taint)

    nodes = {n.id: n for n in seen.values() if may_go(n)}
    links = {x.id: x for x in crossed.values() if may_go(x) and x.source in nodes and x.target in nodes}
    if hidden:
        nodes = {id: _node_without(n, found.get(id), hidden) for id, n in nodes.items()}
        held = store.links(sorted(links))
        links = {id: _link_without(x, held.get(id), hidden) for id, x in links.items()}
    notes = {id: note for id, note in chart.notes.items() if id in nodes}
    # a group's name may tell of a member that stays behind
    shown = chart.with_changes(nodes=nodes, links=links, groups={}, notes=notes, off=())
    kept_back = (len(seen) - len(nodes), len(crossed) - len(links))
    return shown, {id: nodes[id].kind for id in sorted(nodes)}, sorted(links), kept_back


def _node_without(drawn: ChartNode, entity: Entity | None, hidden: Hidden) -> ChartNode:
    """A node whose kind, date and badge say nothing that only hidden sources do; the badge is asked for anew."""
    if entity is None:
        return drawn
    drawn = replace(drawn, status="")
    if not told_by_hidden(entity, hidden):
        return drawn
    shown = without(entity, hidden)
    return replace(drawn, kind=shown.kind, date=shown.first("date"))


def _link_without(drawn: ChartLink, link: Link | None, hidden: Hidden) -> ChartLink:
    """The same for the label and date of a link."""
    if link is None or link.kind != drawn.kind or not told_by_hidden(link, hidden):
        return drawn
    shown = link_without(link, hidden)
    return replace(drawn, label=link_label(shown), date=shown.first("date") or shown.first("startDate"))
