"""A chart for a handful of ids: what stands between them, laid out the same way every time.

A spanning tree of each connected part is drawn on rings round its best-linked member, each branch in a sector as wide as it
has leaves; a part that is one closed way and what hangs on it is drawn round that way. The parts stand in rows, largest first.
No random number and no force: same ids, same picture.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.chart import Chart, ChartLink, ChartNode
from vinculo.graph.schema import kind
from vinculo.graph.standing import Standing, badge, standings
from vinculo.graph.store import Store
from vinculo.graph.types import Entity, Fact, Link

#: Room for an icon and two lines of label, along a ring, to the first ring, and from ring to ring, in the chart's units. The
#: first ring's links carry what matters, amounts as a rule, and are short.
ALONG, FIRST, ACROSS = 104.0, 170.0, 140.0
#: A ring so many times as wide as it could be is folded, and how far the folds lie apart.
WIDE, FOLD = 1.6, 110.0
#: Up to this many ids and links they are asked for; above, all links are read once.
_FEW, _MOST = 5000, 20_000


def chart_of(store: Store, ids: Sequence[str], *, title: str = "", handling: str = "", label: str = "") -> Chart:
    """A chart of these entities and every link between them.

    Parameters
    ----------
    store : Store
    ids : sequence of str
        Unknown ones are passed over.
    title, handling, label : str
        Title, handling code and label of the case as the chart carries them.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> chart_of(open_store("sqlite:///:memory:"), ["nobody"]).nodes
    {}
    """
    entities = store.entities(ids)
    links = store.links(links_among(store, list(entities)))
    told = standings(store, list(entities))
    made = draw(entities.values(), links.values(), told, title=title, taints=store.taints())
    return made.with_changes(handling=handling, store=label, data_version=store.version())


def links_among(store: Store, ids: Sequence[str]) -> list[str]:
    """Ids of the links whose both ends are among these entities, sorted."""
    wanted = sorted(set(ids))
    if len(wanted) <= _FEW:
        near = store.links_at(wanted, among=wanted, limit=_MOST)
        if near.num_rows < _MOST:
            return sorted(near.column("id").to_pylist())
    nodes, links = store.nodes(), store.edges()
    codes = nodes.filter(pc.is_in(nodes.column("id"), pa.array(wanted, pa.string()))).column("code")
    both = pc.and_(pc.is_in(links.column("source"), codes), pc.is_in(links.column("target"), codes))
    return sorted(links.filter(both).column("id").to_pylist())


def draw(
    entities: Iterable[Entity],
    links: Iterable[Link],
    told: Mapping[str, Sequence[Standing]],
    *,
    title: str = "",
    taints: Mapping[str, str] | None = None,
) -> Chart:
    """A chart of things already read; links with an end elsewhere are left out."""
    held = {e.id: e for e in entities}
    drawn = [x for x in links if x.source in held and x.target in held]
    places = layout(list(held), [(x.source, x.target) for x in drawn])
    widths = _widths(drawn)
    tainted = taints or {}
    nodes = {
        id: ChartNode(
            id=id,
            kind=e.kind,
            name=e.name,
            x=places[id][0],
            y=places[id][1],
            facts=_facts(e.properties),
            status=badge(e, told.get(id, ())),
            date=e.first("date"),
            synthetic=any(p.source.synthetic for p in e.sources),
            taint=tainted.get(id, ""),
        )
        for id, e in held.items()
    }
    made = {
        x.id: ChartLink(
            id=x.id,
            kind=x.kind,
            source=x.source,
            target=x.target,
            label=link_label(x),
            date=x.first("date") or x.first("startDate"),
            width=widths.get(x.id, 1),
            inferred=x.kind == "MENTIONED",
            facts=_facts(x.properties),
            synthetic=any(p.source.synthetic for p in x.sources),
            taint=tainted.get(x.id, ""),
        )
        for x in drawn
    }
    return Chart(id="", title=title, nodes=nodes, links=made)


def link_label(link: Link) -> str:
    """What to write on a link besides its kind: an amount, a share, a role; empty where there is none.

    Examples
    --------
    >>> link_label(Link("x", "PAID", "a", "b", {"amount": (Fact("9500", ()),), "currency": (Fact("USD", ()),)}))
    '9,500 USD'
    """
    amount = link.first("amount")
    if amount:
        try:
            number = float(amount)
        except ValueError:
            return f"{amount} {link.first('currency')}".strip()
        spoken = f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"
        return f"{spoken} {link.first('currency')}".strip()
    if share := link.first("percentage"):
        return share if share.endswith("%") else f"{share} %"
    return link.first("role") or link.first("relationship")


def _facts(
    properties: Mapping[str, tuple[Fact, ...]],
) -> tuple[tuple[str, str, tuple[tuple[str, str, str, int], ...]], ...]:
    return tuple(
        (name, f.value, tuple((p.source.dataset, p.source.file, p.source.sha256, p.record) for p in f.sources))
        for name, facts in properties.items()
        for f in facts
    )


def _widths(links: Sequence[Link]) -> dict[str, int]:
    """Class 1 to 4 by quarter of the amounts in the commonest currency; other currencies are not compared with it."""
    paid: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for x in links:
        if kind(x.kind).appearance == "money" and x.first("amount"):
            try:
                paid[x.first("currency")].append((abs(float(x.first("amount"))), x.id))
            except ValueError:
                continue
    if not paid:
        return {}
    commonest = min(paid, key=lambda c: (-len(paid[c]), c))
    amounts = sorted(a for a, _ in paid[commonest])
    if amounts[0] == amounts[-1]:
        return {}
    cuts = [amounts[min(len(amounts) - 1, len(amounts) * q // 4)] for q in (1, 2, 3)]
    return {id: 1 + sum(amount >= cut for cut in cuts) for amount, id in paid[commonest]}


def layout(ids: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Positions by id, for links given as pairs; depends on nothing but these.

    Examples
    --------
    >>> layout(["a"], [])
    {'a': (0.0, 0.0)}
    """
    near: dict[str, set[str]] = {id: set() for id in ids}
    degree: Counter[str] = Counter()
    for a, b in pairs:
        if a != b:
            near[a].add(b)
            near[b].add(a)
            degree[a] += 1
            degree[b] += 1
    trees = []
    left = set(ids)
    for root in sorted(ids, key=lambda i: (-len(near[i]), -degree[i], i)):
        if root in left:
            children = _tree([root], near)
            left -= children.keys()
            way = _closed_way(list(children), near)
            if way:
                trees.append(_rings("", {"": way} | _tree(way, near)))
                del trees[-1][""]
            else:
                trees.append(_rings(root, children))
    return _rows(trees)


def _closed_way(part: Sequence[str], near: Mapping[str, set[str]]) -> list[str]:
    """The one cycle of a connected part in its order; nothing where there is none, or more than one."""
    links = sum(len(near[node]) for node in part) // 2
    if links != len(part):
        return []
    # as many links as nodes: take ends away, and the one cycle is left
    open_ends = {node: len(near[node]) for node in part}
    bare = [node for node in part if open_ends[node] == 1]
    while bare:
        node = bare.pop()
        del open_ends[node]
        for other in near[node]:
            if other in open_ends:
                open_ends[other] -= 1
                if open_ends[other] == 1:
                    bare.append(other)
    way = [min(open_ends)]
    while len(way) < len(open_ends):
        way.append(min(other for other in near[way[-1]] if other in open_ends and other not in way))
    return way


def _tree(roots: Sequence[str], near: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Children of each node in breadth-first trees from these roots."""
    children: dict[str, list[str]] = {root: [] for root in roots}
    front = list(roots)
    while front:
        grown = []
        for node in front:
            for other in sorted(near[node]):
                if other not in children:
                    children[other] = []
                    children[node].append(other)
                    grown.append(other)
        front = grown
    return children


def _rings(root: str, children: Mapping[str, list[str]]) -> dict[str, tuple[float, float]]:
    order = list(children)  # breadth first, so that children come after their parents
    leaves: dict[str, int] = {}
    for node in reversed(order):
        leaves[node] = sum(leaves[c] for c in children[node]) or 1
    depth = {root: 0}
    sector = {root: (0.0, 2 * math.pi)}
    for node in order:
        start, end = sector[node]
        width = (end - start) / leaves[node]
        for child in children[node]:
            depth[child] = depth[node] + 1
            sector[child] = (start, start + width * leaves[child])
            start += width * leaves[child]
    # each ring is wide enough for its narrowest sector; one that would be very wide is folded into two or three
    radius = {0: 0.0}
    out: dict[str, float] = {}
    for ring in range(1, max(depth.values()) + 1):
        at = [n for n in order if depth[n] == ring]
        narrow = min(sector[n][1] - sector[n][0] for n in at) if len(at) > 1 else 2 * math.pi
        least = radius[ring - 1] + (ACROSS if ring > 1 else FIRST)
        folds = min(3, max(1, math.ceil(ALONG / narrow / least / WIDE)))
        inner = max(least, ALONG / narrow / folds)
        out |= {n: inner + FOLD * (place % folds) for place, n in enumerate(at)}
        radius[ring] = inner + FOLD * (folds - 1)
    places = {}
    for node in order:
        middle = sum(sector[node]) / 2 - math.pi / 2
        r = out.get(node, 0.0)
        places[node] = (r * math.cos(middle), r * math.sin(middle))
    return places


def _rows(trees: Sequence[Mapping[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """Set trees side by side in rows of about a screen's proportions, largest first."""
    boxes = []
    for places in trees:
        xs, ys = [p[0] for p in places.values()], [p[1] for p in places.values()]
        boxes.append((min(xs), min(ys), max(xs) - min(xs) + 2 * ALONG, max(ys) - min(ys) + 2 * ALONG, places))
    widest = max((b[2] for b in boxes), default=0.0)
    row = max(widest, math.sqrt(sum(b[2] * b[3] for b in boxes) * 1.6))
    x = y = height = 0.0
    placed: dict[str, tuple[float, float]] = {}
    for left, top, width, tall, places in sorted(boxes, key=lambda b: (-len(b[4]), min(b[4]))):
        if x and x + width > row:
            x, y, height = 0.0, y + height, 0.0
        for id, (px, py) in places.items():
            placed[id] = (round(x + px - left, 1) + 0.0, round(y + py - top, 1) + 0.0)
        x, height = x + width, max(height, tall)
    return placed
