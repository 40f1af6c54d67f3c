"""What each community is made of: kinds, money and goods inside and across its border, countries, key members, seizures.

Money is that of single dated payments (:mod:`vinculo.analytics.transfers`: what two banks tell of one payment counts once); goods
are consignments that were not withdrawn. Amounts of different currencies are never added up.

Where a projection shows parties only, what their accounts pay, and what is seized on their consignments, is theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from vinculo.analytics.context import Context
from vinculo.analytics.phrasing import number, sentence
from vinculo.graph.network import Codes, Csr, Floats, Ints
from vinculo.graph.schema import descendants
from vinculo.graph.text import Text

ENDS = ("SHIPPER", "CONSIGNEE")


@dataclass(frozen=True)
class Money:
    """Payments of one currency: among members, to members from outside, from members to outside."""

    currency: str
    payments: int
    inside: float
    into: float
    out: float


@dataclass(frozen=True)
class Goods:
    """Consignments of one HS code: with all shippers and consignees in the community, and with only some of them."""

    hs_code: str
    inside: int
    across: int
    inside_kg: float
    across_kg: float


@dataclass(frozen=True)
class Profile:
    """One community described.

    Attributes
    ----------
    group : int
        Its number in the labels.
    size : int
        Members.
    name : Text
        Suggested, from its key members.
    kinds : dict
        Number of members of each kind, most first.
    countries : dict
        Number of members in each country that is known, most first.
    links, density : int, float
        Pairs of members that are linked, and as a share of all pairs.
    inside : float
        Share of the members' weight of links that stays inside.
    money : tuple of Money
        By currency.
    goods : tuple of Goods
        The codes with most consignments.
    key_members : tuple of str
        Ids of the parties with most weight of links inside (of all members, where there is no party).
    seizures : int
        Seizures that are members, or were made on a member.
    """

    group: int
    size: int
    name: Text
    kinds: dict[str, int]
    countries: dict[str, int]
    links: int
    density: float
    inside: float
    money: tuple[Money, ...]
    goods: tuple[Goods, ...]
    key_members: tuple[str, ...]
    seizures: int

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            **vars(self),
            "name": self.name._asdict(),
            "density": round(self.density, 9),
            "inside": round(self.inside, 9),
            "money": [_rounded(m) for m in self.money],
            "goods": [_rounded(g) for g in self.goods],
            "key_members": list(self.key_members),
        }


def _rounded(row: Money | Goods) -> dict[str, Any]:
    """Sums to the cent, so that the order of adding up does not show."""
    return {k: round(v, 2) if isinstance(v, float) else v for k, v in vars(row).items()}


def profiles(
    context: Context,
    graph: Csr,
    labels: Codes,
    *,
    smallest: int = 2,
    top: int = 5,
    only: Collection[int] | None = None,
) -> list[Profile]:
    """Describe communities.

    Parameters
    ----------
    context : Context
        The network, and columns of its payments and consignments.
    graph : Csr
        In which the communities were found; a row for each node of the network.
    labels : int32 array
        Community of each node, -1 where it has none.
    smallest : int
        Smaller ones are left out.
    top : int
        How many key members and codes of goods.
    only : collection of int, optional
        Of these groups only.

    Returns
    -------
    list of Profile
        Largest first, then by number.

    Examples
    --------
    >>> from vinculo.analytics.communities import projection
    >>> from vinculo.graph.network import Network
    >>> network = Network.from_links([("a", "b"), ("b", "c")], node_kind="Person")
    >>> from vinculo.graph.stores import open_store
    >>> context = Context(network, open_store("sqlite:///:memory:").table)
    >>> [made] = profiles(context, projection(network), np.zeros(3, np.int32))
    >>> made.size, made.kinds, round(made.density, 2), made.name.en
    (3, {'Person': 3}, 0.67, 'b, a and 1 more')
    """
    count = int(labels.max(initial=-1)) + 1
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    wanted = np.flatnonzero(sizes >= smallest)
    if only is not None:
        wanted = wanted[np.isin(wanted, np.fromiter(only, np.int64, len(only)))]
    order = np.argsort(labels, kind="stable")
    start = np.searchsorted(labels[order], np.arange(count + 1))
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    same = (labels[rows] == labels[graph.neighbours]) & (labels[rows] >= 0)
    links = np.bincount(labels[rows[same]], minlength=count) // 2
    within = np.bincount(rows[same], graph.weights[same], graph.nodes)
    whole = np.bincount(rows, graph.weights, graph.nodes)
    kinds = _tally(labels, context.network.nodes["kind"].to_pylist())
    country = context.country
    of_node = country.codes[context.actors.of]
    countries = _tally(labels, [country.values[c] if c >= 0 else None for c in of_node.tolist()])
    theirs = with_what_is_theirs(context, labels)
    money, goods = _money(context, theirs), _goods(context, theirs, top)
    seizures = _seizures(context, theirs, count)
    is_party = context.actors.is_party
    ids, names = context.network.ids, context.network.nodes["name"]
    made = []
    for g in wanted[np.lexsort((wanted, -sizes[wanted]))].tolist():
        members = order[start[g] : start[g + 1]]
        parties = members[is_party[members]]
        leading = parties if len(parties) else members
        leading = leading[np.lexsort((leading, -within[leading]))][:top]
        size, pairs = len(members), len(members) * (len(members) - 1) / 2
        weight = float(whole[members].sum())
        made.append(
            Profile(
                group=g,
                size=size,
                name=name_of([names[int(i)].as_py() or ids[int(i)].as_py() for i in leading[:2]], size),
                kinds=kinds.get(g, {}),
                countries=countries.get(g, {}),
                links=int(links[g]),
                density=float(links[g] / pairs) if pairs else 0.0,
                inside=float(within[members].sum() / weight) if weight else 0.0,
                money=tuple(money.get(g, ())),
                goods=tuple(goods.get(g, ())),
                key_members=tuple(ids.take(leading).to_pylist()),
                seizures=int(seizures[g]),
            )
        )
    return made


def with_what_is_theirs(context: Context, labels: Codes) -> Codes:
    """Labels also of nodes that took no part but stand for an actor who did: accounts held, the same party in another file."""
    free = labels < 0
    if not free.any():
        return labels
    of = context.actors.of
    actor = np.full(len(labels), -1, np.int32)
    # from the last to the first, so that the first has the last word
    taking = np.flatnonzero(~free)[::-1]
    actor[of[taking]] = labels[taking]
    made = labels.copy()
    made[free] = actor[of[free]]
    return made


def name_of(first: list[str], size: int) -> Text:
    """A name from the first one or two members; texts of the data are filled in, never formatted.

    Examples
    --------
    >>> name_of(["Sol SA", "Luna SA"], 12).en
    'Sol SA, Luna SA and 10 more'
    """
    if size <= 1:
        return Text(first[0], first[0])
    if len(first) == 1:
        return sentence("community.name.one", a=first[0], n=number(size - 1))
    if size == 2:
        return sentence("community.name.two", a=first[0], b=first[1])
    return sentence("community.name.more", a=first[0], b=first[1], n=number(size - 2))


def _tally(labels: Codes, values: list[str | None]) -> dict[int, dict[str, int]]:
    """For each group how often each value stands in it, most first."""
    known = sorted({v for v in values if v})
    code = {v: i for i, v in enumerate(known)}
    codes = np.array([code.get(v or "", -1) for v in values], np.int64)
    keep = (codes >= 0) & (labels >= 0)
    key, times = np.unique(labels[keep].astype(np.int64) * max(1, len(known)) + codes[keep], return_counts=True)
    made: dict[int, dict[str, int]] = {}
    for at in np.lexsort((key, -times)).tolist():
        made.setdefault(int(key[at]) // len(known), {})[known[int(key[at]) % len(known)]] = int(times[at])
    return made


def _money(context: Context, labels: Codes) -> dict[int, list[Money]]:
    t = context.transfers
    source, target = labels[t.source].astype(np.int64), labels[t.target].astype(np.int64)
    names = ("", *t.currency.values)
    currency = t.currency.codes.astype(np.int64) + 1
    width = len(names)
    inside = source == target
    parts = [(inside, source), (~inside, target), (~inside, source)]
    keys = [np.where(take & (g >= 0), g * width + currency, -1) for take, g in parts]
    found = np.unique(np.concatenate(keys))
    found = found[found >= 0]
    sums = []
    times = np.zeros(len(found), np.int64)
    for key in keys:
        at = np.searchsorted(found, key[key >= 0])
        sums.append(np.bincount(at, t.amount[key >= 0], len(found)))
        times += np.bincount(at, minlength=len(found))
    made: dict[int, list[Money]] = {}
    for k, n, *amounts in zip(found.tolist(), times.tolist(), *(s.tolist() for s in sums), strict=True):
        made.setdefault(k // width, []).append(Money(names[k % width], n, *amounts))
    return made


def _goods(context: Context, labels: Codes, top: int) -> dict[int, list[Goods]]:
    held, trade = context.consignments, context.trade
    ends = trade.role.is_in(ENDS)
    row, group = trade.row[ends].astype(np.int64), labels[trade.node[ends]].astype(np.int64)
    count = int(labels.max(initial=-1)) + 1
    # one entry for each consignment and group at its ends; -1 is a group like any other here: outside
    pairs = np.unique(row * (count + 1) + group + 1)
    row, group = pairs // (count + 1), pairs % (count + 1) - 1
    groups_at = np.bincount(row, minlength=len(held.node))
    keep = (group >= 0) & (held.hs.codes[row] >= 0)
    row, group = row[keep], group[keep]
    inside = groups_at[row] == 1
    width = max(1, len(held.hs.values))
    key, at = np.unique(group * width + held.hs.codes[row], return_inverse=True)
    weight = np.nan_to_num(held.weight_kg[row])

    def total(take: np.ndarray, values: Floats | None = None) -> Ints | Floats:
        return np.bincount(at[take], None if values is None else values[take], len(key))

    columns = (total(inside), total(~inside), total(inside, weight), total(~inside, weight))
    made: dict[int, list[Goods]] = {}
    for i in np.lexsort((key, -(columns[0] + columns[1]))).tolist():
        of = made.setdefault(int(key[i]) // width, [])
        if len(of) < top:
            hs = held.hs.values[int(key[i]) % width]
            of.append(Goods(hs, int(columns[0][i]), int(columns[1][i]), float(columns[2][i]), float(columns[3][i])))
    return made


def _seizures(context: Context, labels: Codes, count: int) -> Ints:
    """Different seizures in each group, or made on a member, or on a consignment of one that took no part itself."""
    network = context.network
    nodes = np.flatnonzero(network.of_kind(descendants("Seizure")))
    rows = network.links_of_kind(["SEIZED_FROM"])
    source, target = network.source[rows], network.target[rows]
    ends = network.links_of_kind(ENDS)
    party, thing = network.source[ends], network.target[ends]
    order = np.argsort(thing, kind="stable")
    first, last = (np.searchsorted(thing[order], target, side=side) for side in ("left", "right"))
    many = np.where(labels[target] < 0, last - first, 0)
    at = np.repeat(first - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
    seizure = np.concatenate([nodes, source, np.repeat(source, many)]).astype(np.int64)
    group = np.concatenate([labels[nodes], labels[target], labels[party[order[at]]]]).astype(np.int64)
    pairs = np.unique((seizure * (count + 1) + group + 1)[group >= 0])
    made: Ints = np.bincount(pairs % (count + 1) - 1, minlength=count)
    return made
