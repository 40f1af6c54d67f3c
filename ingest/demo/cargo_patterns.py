"""Patterns hidden in the cargo: prices, values that disagree over the border, what stands near seizures, listed sellers."""

from __future__ import annotations

from vinculo.ingest.demo.days import DAYS, weekday
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.enforcement import CONTRABAND, inspected, seize
from vinculo.ingest.demo.patterns import firm, instances
from vinculo.ingest.demo.payments import pay_bills
from vinculo.ingest.demo.trade import Relation, container, relation, ship_goods
from vinculo.ingest.demo.world import Bill, Listed, Party, Planted, World


def hide_cargo(world: World, draws: Draws) -> None:
    """Plant every pattern of the cargo, so many of each as the scale allows."""
    for number in range(instances(world)):
        for plant in (unit_price, value_mismatch, near_seizures, listed_seller):
            plant(world, draws.child(f"{plant.__name__} {number}"))


def pair(
    world: World, draws: Draws, hs: str = "", *, shipper: Party | None = None, consignee: Party | None = None
) -> Relation:
    """A new seller in Mexico and a new buyer in the US, trading something that many trade."""
    common = sorted((g for g in world.goods if "MX" in g.origins), key=lambda g: -g.weight)[:8]
    good = world.good(hs) if hs else draws.choice(common)
    seller = shipper or firm(world, draws, "MX", good.sector)
    buyer = consignee or firm(world, draws, "US", good.sector)
    made = relation(world, draws, seller, buyer, good)
    made.price, made.first, made.last = draws.lognormal(1.0, 0.05), 0, DAYS - 1
    if made.lading.mode != "truck":
        made.unlading, made.lading = world.port("USLRD"), world.port("MXNLD")
    return made


def consignments(world: World, draws: Draws, pair: Relation, n: int, begin: int, span: int) -> list[Bill]:
    """Consignments of a relation on working days, with a box each, paid as usual."""
    made = []
    for day in sorted(begin + draws.integer(span) for _ in range(n)):
        bill = ship_goods(world, pair, day - 1 if weekday(day) == 6 and day else day, draws)
        bill.sides = ("import", "export")
        bill.containers = bill.containers or (container(world, draws),)
        made.append(bill)
    return made


def settle(world: World, draws: Draws, bills: list[Bill]) -> None:
    """The buyer pays each of them."""
    for bill in bills:
        pay_bills(world, draws, [bill], 30)


def unit_price(world: World, draws: Draws) -> None:
    """Goods like everybody's at several times the price, between consignments at the usual one."""
    trade = pair(world, draws)
    bills = consignments(world, draws, trade, draws.integer(13, 9), draws.integer(200, 30), 260)
    dear = draws.sample(bills, len(bills) * 2 // 3)
    for bill in dear:
        times = draws.uniform(4.0, 9.0)
        bill.export_value, bill.import_value = round(bill.export_value * times, 2), round(bill.import_value * times, 2)
    settle(world, draws, bills)
    note = f"{len(dear)} of {len(bills)} consignments of {trade.good.en.lower()} are invoiced at 4 to 9 times the usual price."
    members: list[tuple[Party, str]] = [(trade.shipper, "shipper"), (trade.consignee, "consignee")]
    world.planted.append(Planted("unit_price_outlier", [*members], note, bills=sorted(dear, key=lambda b: b.day)))


def value_mismatch(world: World, draws: Draws) -> None:
    """The value declared on import is about twice the one declared on export."""
    trade = pair(world, draws)
    bills = consignments(world, draws, trade, draws.integer(14, 9), draws.integer(200, 30), 260)
    apart = draws.sample(bills, len(bills) * 3 // 4)
    for bill in apart:
        bill.import_value = round(bill.export_value * draws.uniform(1.6, 2.6), 2)
        if draws.chance(0.3):
            bill.export_value = round(bill.export_value * 0.85, 2)
    settle(world, draws, bills)
    note = f"{len(apart)} of {len(bills)} consignments are worth 1.6 to 3 times more on the import than on the export side."
    members: list[tuple[Party, str]] = [(trade.shipper, "shipper"), (trade.consignee, "consignee")]
    world.planted.append(Planted("value_mismatch", [*members], note, bills=sorted(apart, key=lambda b: b.day)))


def near_seizures(world: World, draws: Draws) -> None:
    """A notify party of several buyers: each of them had a seizure, and two of them share its phone."""
    notify = firm(world, draws, "US", "forwarder")
    buyers = [firm(world, draws, "US") for _ in range(3)]
    hit = []
    for k, buyer in enumerate(buyers):
        trade = pair(world, draws, consignee=buyer)
        trade.notify = notify
        bills = consignments(world, draws, trade, draws.integer(7, 4), 150, 300)
        settle(world, draws, bills)
        struck = bills[-1 - draws.integer(1)]
        what = draws.choice(CONTRABAND["cargo"][:2])
        found = inspected(world, draws, struck, "cargo", "Contraband found")
        seize(world, draws, struck, what, round(draws.lognormal(what.usual, 0.4), 2), found, "Concealed in cargo")
        hit.append(struck)
        if k < 2:
            buyer.phone = notify.phone
    note = (
        f"{notify.name} is notified of what three firms receive; in each there was a seizure, and two share its phone."
    )
    members: list[tuple[Party, str]] = [(notify, "notify_party"), *((b, "consignee") for b in buyers)]
    world.planted.append(Planted("seizure_proximity", [*members], note, hub=notify, bills=hit))


def listed_seller(world: World, draws: Draws) -> None:
    """A seller whose tax number is on a list: definitively on 69-B, or named by OFAC."""
    sanctioned = any(p.typology == "list_match" for p in world.planted) and not any(
        entry.list == "sdn" and entry.party for entry in world.listed
    )
    trade = pair(world, draws)
    bills = consignments(world, draws, trade, draws.integer(8, 4), 60, 400)
    settle(world, draws, bills)
    seller = trade.shipper
    if sanctioned:
        entry = Listed("sdn", seller.name, seller.tax_id, party=seller)
        where = "on the sanctions list"
    else:
        entry = Listed("69b", seller.name, seller.tax_id, "Definitivo", seller, day=draws.integer(400, 100))
        where = "on the 69-B list as Definitivo"
    world.listed.append(entry)
    note = f"{seller.name}, which ships to {trade.consignee.name}, is {where}."
    world.planted.append(Planted("list_match", [(seller, "listed")], note, bills=bills))
