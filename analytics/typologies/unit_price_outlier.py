"""Unit price outlier: goods declared far above or below what the same goods from the same country cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vinculo.analytics.chance import robust_z
from vinculo.analytics.columns import DAY_S, UNDATED
from vinculo.analytics.context import Context
from vinculo.analytics.phrasing import counted, money
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.network import Codes, Floats, Ints
from vinculo.graph.text import Text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class UnitPriceParameters:
    """Thresholds of unit prices.

    Attributes
    ----------
    peers_min : int
        Consignments of the same goods (HS 6), origin, unit and currency.
    z_min : float
        Robust distance of the logarithm of the price from theirs.
    factor_min : float
        And at least this many times the median, or the median this many times the price.
    premium_factor_max, premium_share_min : float
        A pair that sells at least this share of these goods at one and the same unusual price, up to this factor, deals in a
        better or poorer kind.
    repeats_min : int
        Consignments of one pair of parties, all in the same direction.
    """

    peers_min: int = 30
    z_min: float = 3.5
    factor_min: float = 1.4
    premium_factor_max: float = 3.0
    premium_share_min: float = 0.9
    repeats_min: int = 3


@dataclass(frozen=True)
class UnitPriceOutlier:
    """Over- and under-invoicing seen from the price."""

    name: ClassVar[str] = "unit_price_outlier"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Unusual unit price", "Precio unitario atípico")
    stage: ClassVar[str] = "trade"
    reference: ClassVar[str] = "Zdanowicz, Trade-Based Money Laundering, Review of Law & Economics 5(2), 2009"
    parameters: UnitPriceParameters = field(default_factory=UnitPriceParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per pair of shipper and consignee, goods and direction."""
        c, p = context.consignments, self.parameters
        # Where both sides declare a value the exporter's counts: what the importer adds to it is a value mismatch.
        value = np.where(c.exported > 0, c.exported, np.where(c.imported > 0, c.imported, c.declared))
        price, unit = self._prices(context, value)
        rows = np.flatnonzero(np.isfinite(price))
        goods = _hs6(c.hs.values)[c.hs.codes[rows]]
        rows, goods = rows[goods > 0], goods[goods > 0]
        z, peers = self._distances(context, rows, goods, context.origin[rows], unit[rows], price[rows])
        logs = np.log(price[rows] / np.where(peers > 0, peers, 1.0))
        odd = (np.abs(z) >= p.z_min) & (np.abs(logs) >= np.log(p.factor_min)) & (peers > 0)
        groups: dict[tuple[int, int, int, bool], list[int]] = defaultdict(list)
        sold: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for k, row in enumerate(rows.tolist()):
            for shipper, consignee in context.trading_pairs.get(row, ()):
                sold[shipper, consignee, int(goods[k])].append(k)
                if odd[k]:
                    groups[shipper, consignee, int(goods[k]), bool(z[k] > 0)].append(k)
        for key, members in groups.items():
            if len(members) >= p.repeats_min and not self._premium(logs, z, members, sold[key[:3]]):
                at = rows[members]
                yield self._finding(context, key, at, price[at], z[members], peers[members], value)

    def _premium(self, logs: Floats, z: Floats, members: list[int], sold: list[int]) -> bool:
        """Whether all that the pair sells has one price of its own, no less steady than the peers' prices."""
        p = self.parameters
        if len(members) < p.premium_share_min * len(sold):
            return False
        factor, spread = logs[sold], float(np.std(logs[sold]))
        usual = float(np.median(np.abs(logs[members] / z[members])))  # one robust standard deviation of the peers
        return bool(np.abs(np.median(factor)) <= np.log(p.premium_factor_max) and spread <= 1.5 * usual)

    @staticmethod
    def _prices(context: Context, value: Floats) -> tuple[Floats, Ints]:
        """Value per unit of quantity, else per kilogram; -2 as unit stands for kilograms of gross weight."""
        c = context.consignments
        by_quantity = c.quantity > 0
        amount = np.where(by_quantity, c.quantity, c.weight_kg)
        unit = np.where(by_quantity, c.unit.codes, -2).astype(np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            price = np.where((amount > 0) & (value > 0), value / amount, np.nan)
        return price, unit

    def _distances(
        self,
        context: Context,
        rows: Ints,
        goods: Ints,
        origin: Codes,
        unit: Ints,
        price: Floats,
    ) -> tuple[Floats, Floats]:
        """Robust z of each price among its peers (of the quarter where they are enough), and the peers' median."""
        c, p = context.consignments, self.parameters
        quarter = np.where(c.time[rows] == UNDATED, -1, c.time[rows] // (91 * DAY_S))
        z, peers = np.zeros(len(rows)), np.zeros(len(rows))
        for columns in (
            (goods, origin, unit, c.currency.codes[rows]),
            (goods, origin, unit, c.currency.codes[rows], quarter),
        ):
            if len(rows) == 0:
                break
            group = np.unique(np.stack([np.asarray(x, np.int64) for x in columns]), axis=1, return_inverse=True)[1]
            order = np.argsort(group, kind="stable")
            for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
                if len(part) >= p.peers_min:
                    z[part] = robust_z(np.log(price[part]))
                    peers[part] = np.median(price[part])
        return z, peers

    def _finding(
        self,
        context: Context,
        key: tuple[int, int, int, bool],
        rows: Ints,
        price: Floats,
        z: Floats,
        peers: Floats,
        value: Floats,
    ) -> Finding:
        shipper, consignee, goods, higher = key
        c = context.consignments
        order = np.lexsort((rows, c.time[rows]))
        rows, price, z, peers = rows[order], price[order], z[order], peers[order]
        currency = c.currency.at(int(rows[0]))
        quantity = value[rows] / price
        difference = float(((price - peers) * quantity).sum())
        unit = c.unit.at(int(rows[0])) if c.quantity[rows[0]] > 0 else "kg"
        entities = [(i, "exporter") for i in context.ids(context.actors.parties(shipper))]
        entities += [(i, "importer") for i in context.ids(context.actors.parties(consignee))]
        entities += [(i, "consignment") for i in context.ids(c.node[rows])]
        distance = float(np.median(np.abs(z)))
        return make_finding(
            self,
            score=distance / (distance + 3.5) * (1.0 - 1.0 / (1.0 + len(rows))),
            entities=entities,
            links=context.link_ids(context.party_links(rows.tolist(), {shipper, consignee})),
            window=context.dates(c.time[rows]),
            features={
                "consignments": measured(len(rows), "count"),
                "unit_price": measured(float(np.median(price)), f"{currency} / {unit}", float(np.median(peers))),
                "robust_z": measured(float(np.median(z)), "robust standard deviations", 0.0),
                "difference": measured(difference, currency),
            },
            reason_key=f"finding.unit_price_outlier.{'over' if higher else 'under'}",
            reason={
                "consignments": counted(len(rows), "consignment"),
                "goods": f"{goods:06d}",
                "low": f"{price.min():,.2f}",
                "high": f"{price.max():,.2f}",
                "median": f"{np.median(peers):,.2f}",
                "unit": f"{currency}/{unit}",
                "difference": money(abs(difference), abs(difference), currency),
            },
            lawful={"price_of_the_quarter": "tested", "quality": "tested", "unit_error": "not_testable"},
        )


def _hs6(values: tuple[str, ...]) -> Ints:
    """HS codes as their first six digits; 0 for fewer. One more entry at the end stands for an empty code (-1)."""
    digits = ["".join(ch for ch in v if ch.isdigit()) for v in values]
    return np.array([int(d[:6]) if len(d) >= 6 else 0 for d in digits] + [0], np.int64)


TYPOLOGY = UnitPriceOutlier()
