"""Shells under one roof: companies that share an address, a phone, an e-mail or an officer, and deal with one another."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import ClassVar

import numpy as np

from vinculo.analytics.attributes import Users, attributes, rows_of
from vinculo.analytics.context import Context
from vinculo.analytics.phrasing import counted
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.schema import descendants
from vinculo.graph.text import Text, text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class SharedAddressParameters:
    """Thresholds of shells under one roof.

    Attributes
    ----------
    companies_min : int
        Companies (distinct taxpayers) behind one attribute.
    degree_max : int
        An attribute that more companies use belongs to a registered agent or an office tower: what also shares a second
        attribute is found by that one.
    trade_companies_max : int
        The same trade counts only for groups up to this size: in a larger one it is the trade that they are all in.
    involved_min : int
        Companies that deal with another of the group (payment, common consignment) or trade the same goods with the same
        counterparty.
    involved_share_min : float
        As a share of the group.
    """

    companies_min: int = 3
    degree_max: int = 50
    trade_companies_max: int = 5
    involved_min: int = 2
    involved_share_min: float = 0.5


@dataclass(frozen=True)
class SharedAddressShells:
    """Groups of companies behind one attribute with dealings inside the group."""

    name: ClassVar[str] = "shared_address_shells"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text(
        "Companies sharing address, phone or officer", "Empresas con domicilio, teléfono o administrador en común"
    )
    stage: ClassVar[str] = "integration"
    reference: ClassVar[str] = (
        "FATF and Egmont Group, Concealment of Beneficial Ownership (2018); TBML Risk Indicators (2021)"
    )
    parameters: SharedAddressParameters = field(default_factory=SharedAddressParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per group; groups by several attributes with the same members are one."""
        p = self.parameters
        users = attributes(context)
        groups: dict[frozenset[int], list[tuple[str, int]]] = defaultdict(list)
        for (word, value), links in users.items():
            if p.companies_min <= len(links) <= p.degree_max:
                groups[frozenset(links)].append((word, value))
        if not groups:
            return
        in_groups = {a for g in groups for a in g}
        dealings = _dealings(context, in_groups)
        common = _common_trade(context, in_groups)
        for members, shared in sorted(groups.items(), key=lambda g: sorted(g[0])):
            inside: dict[tuple[int, int], list[int]] = {}
            same_trade: dict[tuple[int, int], list[int]] = {}
            for pair in combinations(sorted(members), 2):
                if pair in dealings:
                    inside[pair] = dealings[pair]
                elif pair in common and len(members) <= p.trade_companies_max:
                    same_trade[pair] = common[pair]
            involved = {a for pair in (*inside, *same_trade) for a in pair}
            if len(involved) < max(p.involved_min, p.involved_share_min * len(members)):
                continue
            if self._declared_group(context, members):
                continue
            yield self._finding(context, members, shared, users, inside, same_trade, len(involved))

    @staticmethod
    def _declared_group(context: Context, members: frozenset[int]) -> bool:
        """All are tied to one another by declared ownership among companies: a group at its headquarters."""
        network, of = context.network, context.actors.of
        rows = np.flatnonzero(network.links_of_kind(["OWNS"]))
        person = network.of_kind(descendants("Person"))
        owned = {
            int(of[b]): int(of[a])
            for a, b in zip(network.source[rows].tolist(), network.target[rows].tolist(), strict=True)
            if not person[a]
        }
        roots = {owned.get(m, m) for m in members}
        return len(roots) == 1

    def _finding(
        self,
        context: Context,
        members: frozenset[int],
        shared: list[tuple[str, int]],
        users: dict[tuple[str, int], Users],
        inside: dict[tuple[int, int], list[int]],
        same_trade: dict[tuple[int, int], list[int]],
        involved: int,
    ) -> Finding:
        shared = sorted(shared)
        evidence = [row for key in shared for actor in sorted(users[key]) for row in rows_of(users[key][actor])]
        dealing_rows = [row for rows in inside.values() for row in rows]
        trade_rows = [row for rows in same_trade.values() for row in rows]
        rows = evidence + dealing_rows[:200] + trade_rows[:100]
        entities = [(i, "member") for m in sorted(members) for i in context.ids(context.actors.parties(m))]
        entities += [(i, f"shared_{word}") for word, value in shared for i in context.ids([value])]
        rarity = sum(1.0 / math.log1p(len(users[key])) for key in shared)
        words = [text(f"shared.{word}") for word in dict.fromkeys(w for w, _ in shared)]
        dates = context.link_dates(dealing_rows + trade_rows)
        return make_finding(
            self,
            score=1.0 - 1.0 / (1.0 + rarity * (0.5 + involved / len(members)) * (1.5 if inside else 1.0)),
            entities=entities,
            links=context.link_ids(rows),
            window=dates,
            features={
                "companies": measured(len(members), "count"),
                "attributes_shared": measured(len(shared), "count", 0.0),
                "involved": measured(involved, "count"),
                "dealings_inside": measured(len(dealing_rows), "count"),
                "same_trade": measured(len(same_trade), "pairs"),
            },
            reason_key=f"finding.shared_address_shells.{'dealings' if inside else 'trade'}",
            reason={
                "companies": counted(len(members), "company"),
                "shared": Text(" + ".join(w.en for w in words), " + ".join(w.es for w in words)),
                "dealings": counted(len(dealing_rows), "dealing"),
                "involved": str(involved),
            },
            lawful={"registered_agent": "tested", "declared_group": "tested", "same_forwarder": "not_testable"},
        )


def _dealings(context: Context, actors: set[int]) -> dict[tuple[int, int], list[int]]:
    """Payments and common consignments between actors of these, by pair, as rows of links."""
    t, trade = context.transfers, context.trade
    wanted = np.zeros(len(context.network), np.bool_)
    wanted[sorted(actors)] = True
    made: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k in np.flatnonzero(wanted[t.payer] & wanted[t.payee] & (t.payer != t.payee)).tolist():
        a, b = sorted((int(t.payer[k]), int(t.payee[k])))
        made[a, b].append(int(t.link[k]))
    by_row: dict[int, list[int]] = defaultdict(list)
    for k in np.flatnonzero(wanted[trade.actor]).tolist():
        by_row[int(trade.row[k])].append(k)
    for ks in by_row.values():
        for x, y in combinations(ks, 2):
            if trade.actor[x] != trade.actor[y]:
                a, b = sorted((int(trade.actor[x]), int(trade.actor[y])))
                made[a, b] += [int(trade.link[x]), int(trade.link[y])]
    return made


def _common_trade(context: Context, actors: set[int]) -> dict[tuple[int, int], list[int]]:
    """Pairs of these actors that trade the same goods (HS 4) with the same counterparty, each as rows of links."""
    c, trade = context.consignments, context.trade
    link_of = {
        (int(row), int(actor)): int(link)
        for link, row, actor in zip(trade.link[::-1], trade.row[::-1], trade.actor[::-1], strict=True)
    }
    same: dict[tuple[int, bool, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, pairs in context.trading_pairs.items():
        goods = c.hs.at(row)[:4]
        for shipper, consignee in pairs:
            if consignee in actors:
                same[shipper, True, goods][consignee].append(link_of[row, consignee])
            if shipper in actors:
                same[consignee, False, goods][shipper].append(link_of[row, shipper])
    made: dict[tuple[int, int], list[int]] = defaultdict(list)
    for traders in same.values():
        if len(traders) < 2:
            continue
        for a, b in combinations(sorted(traders), 2):
            made[a, b] += traders[a][:5] + traders[b][:5]
    return made


TYPOLOGY = SharedAddressShells()
