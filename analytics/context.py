"""What all typologies read, built once: the network, who is one actor, transfers and consignments as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.parties import Actors, actors
from vinculo.graph.network import Codes, Floats, Ints, Mask, Network
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store

DAY_S = 86_400
#: Stands for "no date" in a column of seconds.
UNDATED = np.iinfo(np.int64).min
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
PARTY_ROLES = ("SHIPPER", "CONSIGNEE", "NOTIFY_PARTY")


class Coded(NamedTuple):
    """A text column as numbers; -1 where it is empty."""

    codes: Codes
    values: tuple[str, ...]

    def is_in(self, wanted: Iterable[str]) -> Mask:
        """Which rows hold one of these texts."""
        codes = [i for i, v in enumerate(self.values) if v in set(wanted)]
        return np.isin(self.codes, codes)

    def at(self, row: int) -> str:
        """The text of a row, empty where there is none."""
        code = self.codes[row]
        return self.values[code] if code >= 0 else ""


@dataclass(frozen=True, eq=False)
class Transfers:
    """Single dated payments with an amount, by time, then by link id.

    ``source`` and ``target`` are nodes (accounts where there are some), ``payer`` and ``payee`` their actors, ``time`` is in
    seconds since 1970 and ``day_only`` tells where only the day is known. Sums of several payments in one record (a ``count``
    above 1, an end date) are left out: they have no moment.
    """

    link: Codes
    source: Codes
    target: Codes
    payer: Codes
    payee: Codes
    time: Ints
    day_only: Mask
    amount: Floats
    currency: Coded
    method: Coded
    place: Coded
    region: Coded

    def __len__(self) -> int:
        return len(self.link)

    @cached_property
    def span_days(self) -> float:
        """Days from the first to the last transfer, at least one."""
        return max(1.0, (self.time[-1] - self.time[0]) / DAY_S) if len(self) else 1.0


@dataclass(frozen=True, eq=False)
class Consignments:
    """Consignments as columns, one row each; ``node`` is where they stand in the network."""

    node: Codes
    time: Ints
    hs: Coded
    quantity: Floats
    unit: Coded
    weight_kg: Floats
    declared: Floats
    exported: Floats
    imported: Floats
    currency: Coded


class Parties(NamedTuple):
    """Who has a role in which consignment: one row per link."""

    link: Codes
    node: Codes
    actor: Codes
    row: Codes
    role: Coded


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
        network = self.network
        rows = np.flatnonzero(network.links_of_kind(["PAID"])).astype(np.int32)
        links = network.links.take(rows)
        table = self.properties("PAID", ["method", "place", "placeRegion", "count", "endDate"])
        extra = table.take(pc.index_in(links["id"], value_set=_whole(table["id"])))
        time, day_only = seconds(links["date"])
        amount = _numbers(links["amount"])
        single = ~(_numbers(extra["count"]) > 1) & _null(extra["endDate"])
        keep = np.flatnonzero(single & (time != UNDATED) & (amount > 0))
        keep = keep[np.argsort(time[keep], kind="stable")]
        source, target = network.source[rows[keep]], network.target[rows[keep]]
        return Transfers(
            link=rows[keep],
            source=source,
            target=target,
            payer=self.actors.of[source],
            payee=self.actors.of[target],
            time=time[keep],
            day_only=day_only[keep],
            amount=amount[keep],
            currency=_coded(links["currency"].take(keep)),
            method=_coded(extra["method"].take(keep)),
            place=_coded(extra["place"].take(keep)),
            region=_coded(extra["placeRegion"].take(keep)),
        )

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
        table = self.properties(
            "Consignment",
            [
                "date",
                "hsCode",
                "quantity",
                "quantityUnit",
                "grossWeightKg",
                "declaredValue",
                "exportValue",
                "importValue",
                "currency",
            ],
        )
        return Consignments(
            node=self.network.index(table["id"]),
            time=seconds(table["date"])[0],
            hs=_coded(table["hsCode"]),
            quantity=_numbers(table["quantity"]),
            unit=_coded(table["quantityUnit"]),
            weight_kg=_numbers(table["grossWeightKg"]),
            declared=_numbers(table["declaredValue"]),
            exported=_numbers(table["exportValue"]),
            imported=_numbers(table["importValue"]),
            currency=_coded(table["currency"]),
        )

    @cached_property
    def trade(self) -> Parties:
        """Shippers, consignees and notify parties of consignments."""
        network = self.network
        rows = np.flatnonzero(network.links_of_kind(PARTY_ROLES)).astype(np.int32)
        row_of = np.full(len(network), -1, np.int32)
        row_of[self.consignments.node] = np.arange(len(self.consignments.node), dtype=np.int32)
        at = row_of[network.target[rows]]
        rows, at = rows[at >= 0], at[at >= 0]
        node = network.source[rows]
        return Parties(rows, node, self.actors.of[node], at, _coded(network.links["kind"].take(rows)))

    @cached_property
    def trading_pairs(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """For each row of the consignments, its pairs of shipper and consignee (actors)."""
        shippers: dict[int, set[int]] = {}
        consignees: dict[int, set[int]] = {}
        trade = self.trade
        for role, made in (("SHIPPER", shippers), ("CONSIGNEE", consignees)):
            at = trade.role.is_in([role])
            for row, actor in zip(trade.row[at].tolist(), trade.actor[at].tolist(), strict=True):
                made.setdefault(row, set()).add(actor)
        return {
            row: tuple((a, b) for a in sorted(found) for b in sorted(consignees.get(row, ())) if a != b)
            for row, found in sorted(shippers.items())
        }

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


def day(time: int) -> str:
    """The ISO date of a moment in seconds since 1970.

    Examples
    --------
    >>> day(86_400)
    '1970-01-02'
    """
    return str(np.datetime64(int(time), "s").astype("datetime64[D]"))


def seconds(dates: pa.ChunkedArray | pa.Array) -> tuple[Ints, Mask]:
    """ISO dates (with or without a time) as seconds since 1970, and where only the day was given.

    A partial date (``2024-05``) has no place on a time line: it counts as none.

    Examples
    --------
    >>> seconds(pa.array(["1970-01-01T00:01:00", "1970-01-02", "1970-01", None]))[0].tolist()[:2]
    [60, 86400]
    """
    text = pc.fill_null(dates, "")
    text = _whole(text) if isinstance(text, pa.ChunkedArray) else text
    days = pc.strptime(pc.utf8_slice_codeunits(text, 0, 10), format="%Y-%m-%d", unit="s", error_is_null=True)
    clock = pc.utf8_slice_codeunits(text, 11, 19)
    with_seconds = pc.if_else(pc.equal(pc.utf8_length(clock), 5), pc.binary_join_element_wise(clock, "00", ":"), clock)
    parts = pc.extract_regex(with_seconds, r"^(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)$")
    hours, minutes, secs = (
        pc.fill_null(pc.cast(pc.struct_field(parts, name), pa.int64()), 0).to_numpy(zero_copy_only=False)
        for name in "hms"
    )
    made = pc.fill_null(pc.cast(days, pa.int64()), UNDATED).to_numpy(zero_copy_only=False)
    dated = made != UNDATED
    day_only = pc.equal(clock, "").to_numpy(zero_copy_only=False)
    return np.where(dated, made + hours * 3600 + minutes * 60 + secs, UNDATED), day_only


def _whole(column: pa.ChunkedArray) -> pa.Array:
    made = column.combine_chunks()
    return pa.concat_arrays(made.chunks) if isinstance(made, pa.ChunkedArray) else made


def _numbers(column: pa.ChunkedArray) -> Floats:
    """Numbers of a column; NaN where a text is none."""
    values = _whole(column)
    if pa.types.is_string(values.type):
        plain = pc.match_substring_regex(values, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        values = pc.cast(pc.if_else(pc.fill_null(plain, False), values, None), pa.float64())
    return np.asarray(pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False), np.float64)


def _null(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.asarray(_whole(pc.equal(pc.fill_null(column, ""), "")).to_numpy(zero_copy_only=False), np.bool_)


def _coded(column: pa.ChunkedArray) -> Coded:
    """A text column as codes in the order of the texts, so that they do not depend on the order of rows."""
    values = _whole(column)
    names = sorted({v for v in pc.unique(values).to_pylist() if v})
    codes = pc.fill_null(pc.index_in(values, value_set=pa.array(names, pa.string())), -1)
    return Coded(codes.to_numpy(zero_copy_only=False).astype(np.int32), tuple(names))
