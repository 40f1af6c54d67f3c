"""What all typologies read, built once: the network, who is one actor, transfers and consignments as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from vinculo.analytics.columns import UNDATED, Coded, day, seconds
from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.parties import Actors, actors
from vinculo.analytics.trade import Consignments, Parties, consignments_of, pairs_of, roles_of
from vinculo.analytics.transfers import Transfers, transfers_of
from vinculo.graph.network import Codes, Mask, Network
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store

#: Links by which one party controls or belongs to another.
CONTROL_KINDS = (
    "OWNS",
    "DIRECTS",
    "FAMILY_OF",
    "ASSOCIATE_OF",
    "MEMBER_OF",
    "EMPLOYED_BY",
    "REPRESENTS",
    "SUCCEEDED",
    "LINKED_TO",
)


@dataclass(eq=False)
class Context:
    """Everything a typology may read.

    Build it with :meth:`from_store`; columns are made when first asked for.
    """

    network: Network
    properties: Callable[[str, Sequence[str]], pa.Table]
    store: Store | None = None
    progress: Progress | None = None

    @classmethod
    def from_store(cls, store: Store, progress: Progress | None = None) -> Context:
        """Read a store's nodes and links once."""
        return cls(Network.from_store(store), store.table, store, progress)

    @cached_property
    def actors(self) -> Actors:
        """Who counts as one."""
        return actors(self.network, self.properties)

    @cached_property
    def is_place(self) -> Mask:
        """Which nodes are places."""
        return self.network.of_kind(descendants("Location"))

    @cached_property
    def banks(self) -> Mask:
        """Actors at which accounts are held."""
        made = np.zeros(len(self.network), np.bool_)
        rows = self.network.links_of_kind(["HELD_AT"])
        made[self.actors.of[self.network.target[rows]]] = True
        return made

    @cached_property
    def intermediaries(self) -> Mask:
        """Actors that stand in everybody's business by trade: banks, carriers and customs brokers."""
        made = self.banks.copy()
        rows = self.network.links_of_kind(["CARRIER", "DECLARANT"])
        made[self.actors.of[self.network.source[rows]]] = True
        return made

    @cached_property
    def _control(self) -> dict[int, set[int]]:
        """Actors tied by ownership, office, family or employment."""
        network, of = self.network, self.actors.of
        rows = np.flatnonzero(network.links_of_kind(CONTROL_KINDS))
        made: dict[int, set[int]] = {}
        for a, b in zip(of[network.source[rows]].tolist(), of[network.target[rows]].tolist(), strict=True):
            made.setdefault(a, set()).add(b)
            made.setdefault(b, set()).add(a)
        return made

    def related(self, actor: int) -> set[int]:
        """Actors that own, are owned by, direct or are directed by this one, or share such a one with it."""
        near = self._control.get(actor, set())
        wider = {b for a in near for b in self._control.get(a, ())}
        return (near | wider) - {actor}

    @cached_property
    def country(self) -> Coded:
        """Country of each actor: of its first node that has one, the bank's country for a bare account."""
        codes = np.full(len(self.network), -1, np.int32)
        values: dict[str, int] = {}
        for kind in ("LegalEntity", "Location", "BankAccount"):
            table = self.properties(kind, ["country"])
            at = self.actors.of[self.network.index(table["id"])]
            for i, value in zip(at.tolist(), table["country"].to_pylist(), strict=True):
                if value and codes[i] < 0:
                    codes[i] = values.setdefault(value.lower(), len(values))
        return Coded(codes, tuple(values))

    @cached_property
    def transfers(self) -> Transfers:
        """Single payments, by time."""
        return transfers_of(self.network, self.properties, self.actors)

    @cached_property
    def between_actors(self) -> Mask:
        """Which transfers go from one actor to another, neither of them a bank or a place."""
        t = self.transfers
        idle = self.is_place | self.banks
        made: Mask = (t.payer != t.payee) & ~idle[t.payer] & ~idle[t.payee]
        return made

    @cached_property
    def consignments(self) -> Consignments:
        """Consignments, in the order of their ids."""
        return consignments_of(self.network, self.properties)

    @cached_property
    def trade(self) -> Parties:
        """Shippers, consignees and notify parties of consignments."""
        return roles_of(self.network, self.consignments, self.actors)

    @cached_property
    def trading_pairs(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """For each row of the consignments, its pairs of shipper and consignee (actors)."""
        return pairs_of(self.trade)

    @cached_property
    def _partners(self) -> frozenset[tuple[int, int]]:
        return frozenset(pair for pairs in self.trading_pairs.values() for pair in pairs)

    def trades_with(self, a: int, b: int) -> bool:
        """Whether one ships to the other."""
        return (a, b) in self._partners or (b, a) in self._partners

    def party_links(self, rows: Sequence[int], actors: set[int]) -> list[int]:
        """Rows of the links by which these actors stand in these consignments, consignment by consignment."""
        trade = self.trade
        wanted = np.flatnonzero(np.isin(trade.row, list(rows)) & np.isin(trade.actor, sorted(actors)))
        place = {row: i for i, row in enumerate(rows)}
        return [int(trade.link[k]) for k in sorted(wanted.tolist(), key=lambda k: (place[int(trade.row[k])], k))]

    @cached_property
    def origin(self) -> Codes:
        """Country each consignment comes from: of its shipper, else of where it was laden; -1 where unknown."""
        made = np.full(len(self.consignments.node), -1, np.int32)
        trade, network = self.trade, self.network
        at = np.flatnonzero(trade.role.is_in(["SHIPPER"]))[::-1]
        made[trade.row[at]] = self.country.codes[trade.actor[at]]
        row_of = np.full(len(network), -1, np.int32)
        row_of[self.consignments.node] = np.arange(len(made), dtype=np.int32)
        laden = np.flatnonzero(network.links_of_kind(["LADEN_AT"]))[::-1]
        laden = laden[row_of[network.source[laden]] >= 0]
        rows = row_of[network.source[laden]]
        unknown = made[rows] < 0
        made[rows[unknown]] = self.country.codes[network.target[laden[unknown]]]
        return made

    @cached_property
    def seizure_time(self) -> dict[int, int]:
        """When each seizure happened, by node; undated ones are absent."""
        table = self.properties("Seizure", ["date"])
        times = seconds(table["date"])[0]
        at = self.network.index(table["id"])
        return {int(n): int(t) for n, t in zip(at, times, strict=True) if t != UNDATED}

    def link_dates(self, rows: Iterable[int]) -> tuple[str, str]:
        """First and last day of these links, of their consignment's where they have none of their own."""
        wanted = np.asarray(list(rows), np.int64)
        if len(wanted) == 0:
            return ("", "")
        own = seconds(self.network.links["date"].take(pa.array(wanted)))[0]
        by_node = np.full(len(self.network), UNDATED, np.int64)
        by_node[self.consignments.node] = self.consignments.time
        return self.dates(np.where(own == UNDATED, by_node[self.network.target[wanted]], own).tolist())

    def ids(self, nodes: Iterable[int]) -> list[str]:
        """Ids of these nodes."""
        made = self.network.ids.take(pa.array(np.asarray(list(nodes), np.int64)))
        return [str(i) for i in made.to_pylist()]

    def link_ids(self, rows: Iterable[int]) -> list[str]:
        """Ids of these links."""
        made = self.network.link_ids.take(pa.array(np.asarray(list(rows), np.int64)))
        return [str(i) for i in made.to_pylist()]

    def dates(self, times: Iterable[int]) -> tuple[str, str]:
        """First and last day, ISO; empty where nothing is dated."""
        dated = [int(t) for t in times if t != UNDATED]
        return (day(min(dated)), day(max(dated))) if dated else ("", "")
