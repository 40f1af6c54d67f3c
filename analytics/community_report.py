"""Communities described: what each is made of, who stands between it and others, and what it rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from vinculo.analytics.communities import Community, Division
from vinculo.analytics.community_openly import Openly, openly
from vinculo.analytics.community_profile import Profile, profiles, with_what_is_theirs
from vinculo.analytics.context import Context
from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.resting import ends, from_reports, tied_by, trading_by
from vinculo.graph.network import Codes, Csr
from vinculo.graph.store import Store

#: Share of the runs from which somebody who was in another group as well is told.
BETWEEN = 0.1
#: Ties told as evidence, heaviest first.
EVIDENCE = 500


@dataclass(frozen=True)
class Broker:
    """A member that some of the runs put into other groups: it stands between them.

    Attributes
    ----------
    id, name : str
    others : tuple of (str, float)
        Ids of the other communities, with the share of the runs, most often first.
    """

    id: str
    name: str
    others: tuple[tuple[str, float], ...]

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "others": [{"community": i, "share": round(s, 4)} for i, s in self.others],
        }


@dataclass(frozen=True)
class Described:
    """One community with all that is told of it.

    Attributes
    ----------
    community : Community
    profile : Profile
    brokers : tuple of Broker
        Who is most often elsewhere as well; only a stable division knows.
    evidence : tuple of str
        Ids of the first link behind each of the heaviest ties inside.
    window : tuple of (str, str)
        First and last date of these.
    taint : str
        ``sar`` where a member, a link to one, or what is told of either is known from suspicious-activity reports alone.
    made_up : str
        ``all`` or ``some`` where its members, their links and what is theirs stand in files marked as synthetic; else empty.
    openly : Described, optional
        The same as the other files know it, where reports add to what is told but who is in it does not rest on them.
    """

    community: Community
    profile: Profile
    brokers: tuple[Broker, ...]
    evidence: tuple[str, ...]
    window: tuple[str, str]
    taint: str
    made_up: str
    openly: Described | None = None

    def as_json(self) -> dict[str, Any]:
        """What the community says of itself, then what it is made of."""
        profile = {k: v for k, v in self.profile.as_json().items() if k not in ("group", "size")}
        marks = {"taint": self.taint, "made_up": self.made_up}
        return {
            **self.community.as_json(),
            **profile,
            "brokers": [b.as_json() for b in self.brokers],
            **{k: v for k, v in marks.items() if v},
        }


def described(
    store: Store,
    division: Division,
    *,
    smallest: int = 2,
    most: int | None = None,
    also: Collection[int] = (),
    progress: Progress | None = None,
) -> dict[int, Described]:
    """Describe the communities of a division.

    Parameters
    ----------
    store : Store
        From which the division was read.
    division : Division
    smallest : int
        Smaller ones are left out.
    most : int, optional
        The largest only, so many.
    also : collection of int
        And these groups.
    progress : callable, optional
        Told the stage ``describe``.

    Returns
    -------
    dict
        By number of the group, largest first.

    Examples
    --------
    >>> from vinculo.analytics.communities import divided
    >>> from vinculo.analytics.projecting.seeing import projected
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> described(store, divided(projected(store)))
    {}
    """
    if progress:
        progress("describe", 0, 0)
    groups = division.groups(smallest=smallest)
    shown = {g: c for n, (g, c) in enumerate(groups.items()) if most is None or n < most or g in also}
    if not shown:
        return {}
    seen = division.seen
    context = Context(seen.source, store.table, store, progress)
    graph, labels = on_the_whole(division)
    told = {p.group: p for p in profiles(context, graph, labels, smallest=smallest, only=shown)}
    marks = _tainted(store, context, division, labels)
    invented = _made_up(store, context, labels, shown)
    evidence = _evidence(division, shown)
    between = _brokers(division, context, groups, shown)
    found = {
        g: Described(c, told[g], between.get(g, ()), *evidence[g], "sar" if g in marks else "", invented[g])
        for g, c in shown.items()
    }
    seen_openly = openly(store, context)
    if seen_openly is None:
        return found
    bare = {p.group: p for p in profiles(seen_openly.context, graph, labels, smallest=smallest, only=shown)}
    return _without_values(found, bare, seen_openly, division, with_what_is_theirs(context, labels))


def _without_values(
    found: dict[int, Described], bare: dict[int, Profile], seen: Openly, division: Division, theirs: Codes
) -> dict[int, Described]:
    """Communities of which reports alone tell a value marked, and told without it where only that is theirs to tell."""
    network = seen.context.network
    spoken = _groups(theirs, seen.nodes)
    # what a payment, a tie, or what it is by way of amounts to, is in sums and weights
    rest = _groups(theirs, ends(network, seen.nodes[:0], seen.links), tied_by(division.seen, seen.nodes, seen.links))
    made = {}
    for g, d in found.items():
        if d.taint or g in rest:
            made[g] = replace(d, taint="sar")
        elif g in spoken or bare[g] != d.profile:
            brokers = tuple(
                replace(b, name=seen.entities[b.id].name if b.id in seen.entities else b.name) for b in d.brokers
            )
            made[g] = replace(d, taint="sar", openly=replace(d, profile=bare[g], brokers=brokers))
        else:
            made[g] = d
    return made


def on_the_whole(division: Division) -> tuple[Csr, Codes]:
    """The graph and the labels of a division over every node of the network, as profiles read them."""
    seen, graph = division.seen, division.seen.undirected
    n = len(seen.source)
    labels = np.full(n, -1, np.int32)
    labels[seen.nodes] = division.labels
    degrees = np.zeros(n, np.int64)
    degrees[seen.nodes] = graph.degrees
    ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(degrees)])
    # its nodes ascend in the network as they do in the graph, so rows and neighbours keep their order
    return Csr(ptr, seen.nodes[graph.neighbours], graph.links, graph.weights), labels


def _tainted(store: Store, context: Context, division: Division, labels: Codes) -> set[int]:
    """Groups that know something from reports alone: a member, a link to one or to what is theirs, part of a tie or of goods."""
    network, seen = context.network, division.seen
    nodes, links = from_reports(store, network)
    if not len(nodes) and not len(links):
        return set()
    counting = (ends(network, nodes, links), tied_by(seen, nodes, links), trading_by(network, links))
    return _groups(with_what_is_theirs(context, labels), *counting)


def _groups(theirs: Codes, *nodes: Codes) -> set[int]:
    """Groups that some of these nodes are in."""
    found = theirs[np.concatenate(nodes)]
    return set(np.unique(found[found >= 0]).tolist())


def _made_up(store: Store, context: Context, labels: Codes, shown: Collection[int]) -> dict[int, str]:
    """Of each group whether all it is made of, some or none stands in files that say they are made up.

    Members, what is theirs, and links to either: payments count as much as those who pay.
    """
    sources = store.sources()
    told = {s.synthetic for s in sources}
    if len(told) < 2:
        return dict.fromkeys(shown, "all" if told == {True} else "")
    network, theirs = context.network, with_what_is_theirs(context, labels)
    groups: dict[bool, set[int]] = {True: set(), False: set()}
    for source in sources:
        for sort, table in store.statements(source):
            for column in ("id",) if sort == "entity" else ("source", "target"):
                at = network.index(table[column])
                groups[source.synthetic].update(np.unique(theirs[at[at >= 0]]).tolist())
    return {g: "" if g not in groups[True] else "some" if g in groups[False] else "all" for g in shown}


def _evidence(division: Division, shown: Collection[int]) -> dict[int, tuple[tuple[str, ...], tuple[str, str]]]:
    """Of each group the links behind its heaviest ties, and the time they span."""
    seen, graph, labels = division.seen, division.seen.undirected, division.labels
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    inside = np.flatnonzero((rows < graph.neighbours) & (labels[rows] == labels[graph.neighbours]))
    group = labels[rows[inside]]
    order = inside[np.lexsort((inside, -graph.weights[inside], group))]
    ends = np.searchsorted(np.sort(group), np.arange(int(labels.max(initial=-1)) + 2))
    made = {}
    for g in shown:
        links = graph.links[order[ends[g] : ends[g + 1]][:EVIDENCE]]
        told = seen.source.links.take(pa.array(links[links >= 0]))
        dates = sorted(d[:10] for d in told["date"].to_pylist() if d)
        ids = tuple(dict.fromkeys(told["id"].to_pylist()))
        made[g] = (ids, (dates[0], dates[-1]) if dates else ("", ""))
    return made


def _brokers(
    division: Division, context: Context, groups: dict[int, Community], shown: Collection[int], top: int = 5
) -> dict[int, tuple[Broker, ...]]:
    stable = division.stable
    if stable is None:
        return {}
    seen = division.seen
    node = np.repeat(np.arange(len(division.labels)), np.diff(stable.other_ptr))
    often = np.bincount(node[stable.other_shares >= BETWEEN], minlength=len(division.labels))
    ids, names = seen.network.ids, seen.network.nodes["name"]
    is_party = context.actors.is_party[seen.nodes]
    made: dict[int, list[tuple[float, int, Broker]]] = {}
    for i in np.flatnonzero(often).tolist():
        group = int(division.labels[i])
        others = [(groups[g].id, s) for g, s in stable.others(i) if s >= BETWEEN and g in groups]
        if group in shown and others:
            id = str(ids[i].as_py())
            broker = Broker(id, names[i].as_py() or id, tuple(others[:3]))
            # people and firms before accounts and papers
            made.setdefault(group, []).append((-sum(s for _, s in others) - is_party[i], i, broker))
    return {g: tuple(b for _, _, b in sorted(told, key=lambda t: t[:2])[:top]) for g, told in made.items()}


def without_reports(found: dict[int, Described]) -> dict[int, Described]:
    """Those that rest on no suspicious-activity report, told as the other files know them, and nothing that leads to the rest."""
    kept = {g: d.openly or d for g, d in found.items() if d.openly or not d.taint}
    ids = {d.community.id for d in kept.values()}
    return {g: replace(d, brokers=tuple(_only(b, ids) for b in d.brokers)) for g, d in kept.items()}


def _only(broker: Broker, ids: Collection[str]) -> Broker:
    return replace(broker, others=tuple(o for o in broker.others if o[0] in ids))
