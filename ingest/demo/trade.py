"""The lawful trade of the case: who buys what from whom, at which price, through which port.

A relation is one seller, one buyer and one tariff line with its own price level, port and carrier. Few relations carry most
of the traffic, produce has its season, and trucks cross less on weekends. The value declared on import is the export value
plus freight and insurance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vinculo.ingest.demo.days import DAYS, FIRST_DAY, weekday
from vinculo.ingest.demo.draws import Draws, zipf
from vinculo.ingest.demo.parties import firms
from vinculo.ingest.demo.world import Bill, Good, Party, Port, World

#: Bills at scale 1: imported into the US, and shipped from Mexico to the other two countries.
US_IMPORTS = 15_300
OTHER_EXPORTS = 4_500
_ORIGINS = ("MX", "GT", "CO")
_ORIGIN_WEIGHTS = {"MX": 72, "GT": 11, "CO": 17}
#: The crossing on the Mexican side of each one on the US side.
_CROSSINGS = {
    "USLRD": "MXNLD",
    "USPFX": "MXREX",
    "USELP": "MXCJS",
    "USOLS": "MXNOG",
    "USEGP": "MXPIE",
    "USBRO": "MXMAM",
    "USCXL": "MXMXL",
    "USSAN": "MXTIJ",
}


@dataclass(eq=False)
class Relation:
    """One seller, one buyer, one kind of goods."""

    shipper: Party
    consignee: Party
    good: Good
    price: float
    lading: Port
    unlading: Port
    carrier: Party
    broker: Party
    notify: Party | None
    first: int
    last: int
    terms_days: int
    freight: float


def relation(world: World, draws: Draws, shipper: Party, consignee: Party, good: Good) -> Relation:
    """Open a relation with its port, carrier, broker and price level."""
    truck = {shipper.country, consignee.country} == {"US", "MX"} and draws.chance(0.93)
    sides = [
        [p for p in world.ports if p.country == c and p.mode == ("truck" if truck else "sea")]
        for c in (shipper.country, consignee.country)
    ]
    unlading = draws.choice(sides[1], [p.weight for p in sides[1]])
    if truck:
        pairs = _CROSSINGS if consignee.country == "US" else {v: k for k, v in _CROSSINGS.items()}
        lading = world.port(pairs[unlading.code])
    else:
        lading = draws.choice(sides[0], [p.weight for p in sides[0]])
    carriers = firms(world, ["carrier"])
    carriers = [c for c in carriers if (c.country in ("US", "MX")) == truck] or carriers
    brokers = firms(world, ["broker"], "US" if consignee.country == "US" else "MX")
    forwarders = firms(world, ["forwarder"])
    way = draws.uniform()
    notify = None if way < 0.42 else consignee if way < 0.68 else draws.choice(forwarders, zipf(len(forwarders), 6))
    first = 0 if draws.chance(0.7) else draws.integer(DAYS - 200)
    last = DAYS - 1 if draws.chance(0.8) else min(DAYS - 1, first + draws.integer(400, 150))
    return Relation(
        shipper,
        consignee,
        good,
        draws.lognormal(1.0, 0.08, 2.5),
        lading,
        unlading,
        draws.choice(carriers, zipf(len(carriers), 4)),
        draws.choice(brokers, zipf(len(brokers), 4)),
        notify,
        first,
        last,
        draws.choice((7, 15, 21, 30, 45, 60), (6, 20, 22, 30, 14, 8)),
        draws.uniform(1.015, 1.06),
    )


def ship_goods(world: World, relation: Relation, day: int, draws: Draws) -> Bill:
    """One consignment of a relation."""
    good = relation.good
    ocean = relation.lading.mode == "sea"
    loads = 1 if not ocean else draws.choice((1, 2, 3, 5), (60, 24, 10, 6))
    weight = round(good.kg_per_load * loads * draws.lognormal(1.0, 0.12, 2.5))
    per_kg = good.usd_per_kg * season_price(good, day) * relation.price * draws.lognormal(1.0, 0.045, 2.5)
    value = round(weight * per_kg, 2)
    boxes = loads if ocean or draws.chance(0.3) else 0
    bill = Bill(
        day,
        relation.shipper,
        relation.consignee,
        good,
        weight,
        value,
        round(value * relation.freight * draws.uniform(0.997, 1.003), 2),
        relation.lading,
        relation.unlading,
        relation.carrier,
        relation.broker,
        relation.notify,
        containers=tuple(container(world, draws) for _ in range(boxes)),
        sides=_sides(relation, draws),
    )
    if ocean:
        bill.ship = draws.choice(world.ships, zipf(len(world.ships), 12))
        bill.voyage = f"{day // 14 + 101}{draws.choice('NS')}"
    world.bills.append(bill)
    return bill


def _sides(relation: Relation, draws: Draws) -> tuple[str, ...]:
    if relation.consignee.country != "US":
        return ("export",)
    if relation.shipper.country != "MX" or draws.chance(0.13):
        return ("import",)
    return ("import", "export")


def container(world: World, draws: Draws) -> str:
    """A box: often one that came by before."""
    if len(world.boxes) > 200 and draws.chance(0.35):
        return draws.choice(world.boxes)
    world.boxes.append(world.numbers.container())
    return world.boxes[-1]


def season_price(good: Good, day: int) -> float:
    """Out of season produce costs a little more."""
    return 1.0 + 0.02 * _months_from_peak(good, day) if good.sector in ("produce", "flowers") else 1.0


def _months_from_peak(good: Good, day: int) -> int:
    month = int(str(np.datetime64(FIRST_DAY) + day)[5:7])
    away = abs(month - good.peak_month)
    return min(away, 12 - away)


def _day_weights(good: Good) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How likely a consignment is on each day, as whole numbers."""
    steep = {"produce": 13, "flowers": 13, "coffee": 8}.get(good.sector, 4)
    by_weekday = (10, 11, 11, 11, 10, 5, 1)
    return np.array(
        [(100 - steep * _months_from_peak(good, d)) * by_weekday[weekday(d)] for d in range(DAYS)], np.int64
    )


def trade(world: World, draws: Draws) -> list[Relation]:
    """Fill the case with consignments, and return the relations they belong to."""
    relations = _relations(world, draws)
    days = {g.hs: np.cumsum(_day_weights(g)) for g in world.goods}
    to_us = [r for r in relations if r.consignee.country == "US"]
    elsewhere = [r for r in relations if r.consignee.country != "US"]
    for group, total in ((to_us, world.count(US_IMPORTS)), (elsewhere, world.count(OTHER_EXPORTS))):
        by_origin = {o: [r for r in group if r.shipper.country == o] for o in _ORIGINS}
        share = {o: w for o, w in _ORIGIN_WEIGHTS.items() if by_origin[o]}
        for origin in sorted(share):
            mine = by_origin[origin]
            n = round(total * share[origin] / sum(share.values()))
            weights = [w * r.good.weight for w, r in zip(zipf(len(mine), 40), mine, strict=True)]
            for chosen in mine[:n] + draws.choices(mine, max(0, n - len(mine)), weights):
                ship_goods(world, chosen, _day(days[chosen.good.hs], chosen, draws), draws)
    return relations


def _day(ends: np.ndarray[tuple[int], np.dtype[np.int64]], relation: Relation, draws: Draws) -> int:
    low = int(ends[relation.first - 1]) if relation.first else 0
    high = int(ends[relation.last])
    return int(np.searchsorted(ends, low + draws.integer(high - low - 1), side="right"))


def _relations(world: World, draws: Draws) -> list[Relation]:
    made: list[Relation] = []
    for good in world.goods:
        for origin in good.origins:
            sellers = firms(world, [good.sector, "trading"] if origin == "CO" else [good.sector], origin)
            buyers = firms(world, [good.sector], "US")
            if not sellers or not buyers:
                continue
            rivals = sum(g.weight for g in world.goods if g.sector == good.sector and origin in g.origins)
            n = max(3, len(sellers) * good.weight * 9 // (rivals * 5))
            for _ in range(n):
                seller = draws.choice(sellers, zipf(len(sellers), 25))
                made.append(relation(world, draws, seller, draws.choice(buyers, zipf(len(buyers), 15)), good))
    mexican = [g for g in world.goods if "MX" in g.origins]
    abroad = firms(world, ["trading"], "GT") + firms(world, ["trading"], "CO")
    for buyer in abroad:
        for good in draws.choices(mexican, 2, [g.weight for g in mexican]):
            seller = draws.choice(firms(world, [good.sector], "MX"))
            made.append(relation(world, draws, seller, buyer, good))
    return draws.sample(made, len(made))
