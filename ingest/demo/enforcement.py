"""Inspections and seizures that are everyday business: most inspections find nothing, most seizures are in private cars."""

from __future__ import annotations

from dataclasses import dataclass

from vinculo.ingest.demo.days import DAYS
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.names import rows
from vinculo.ingest.demo.world import Bill, Inspection, Port, Seizure, World

INSPECTIONS = 1_985
SEIZURES = 285
#: Who inspects on each side.
AGENCIES = {
    "US": {"cargo": "CBP Office of Field Operations", "agricultural": "CBP Agriculture Specialists"},
    "MX": {"cargo": "ANAM Aduanas", "agricultural": "SENASICA"},
}
PARTNERS = {"US": "ANAM Aduanas", "MX": "CBP Office of Field Operations"}


@dataclass(frozen=True)
class Contraband:
    """What is found: usual amount and value for each unit."""

    name: str
    hs: str
    unit: str
    usual: float
    usd_per_unit: float


CONTRABAND = {
    "car": (
        Contraband("Methamphetamine", "293971", "kg", 14, 4_800),
        Contraband("Cocaine", "293972", "kg", 9, 28_000),
        Contraband("Fentanyl", "293334", "kg", 3, 31_000),
        Contraband("Heroin", "293919", "kg", 4, 29_000),
        Contraband("Marijuana", "121190", "kg", 38, 900),
        Contraband("Undeclared currency", "490700", "USD", 46_000, 1),
        Contraband("Firearms", "930200", "pcs", 5, 900),
    ),
    "cargo": (
        Contraband("Methamphetamine", "293971", "kg", 190, 4_800),
        Contraband("Cocaine", "293972", "kg", 120, 28_000),
        Contraband("Counterfeit goods", "420221", "pcs", 900, 60),
        Contraband("Undeclared cigarettes", "240220", "pcs", 40_000, 0.4),
        Contraband("Prohibited plant material", "060220", "kg", 60, 4),
    ),
}
_CLEAN = ("No discrepancies", "Released", "Conforms to declaration", "Sample taken; released")
_ODD = (
    "Weight discrepancy; released after correction",
    "Seal replaced; documents requested",
    "Quantity discrepancy; penalty",
)


def enforcement(world: World, draws: Draws) -> None:
    """Fill the case with inspections and seizures."""
    _inspections(world, draws.child("inspections"))
    _seizures(world, draws.child("seizures"))


def border(bill: Bill) -> Port:
    """Where a consignment is looked at: on the US side where it has one, else where it leaves Mexico."""
    return bill.unlading if bill.unlading.country == "US" else bill.lading


def inspected(
    world: World, draws: Draws, bill: Bill, kind: str, result: str, pest: str = "", notes: str = ""
) -> Inspection:
    """Record an inspection of a consignment, on the day it crosses or the day after."""
    port = border(bill)
    agencies = AGENCIES.get(port.country, AGENCIES["MX"])
    agency = agencies["cargo" if kind == "joint" else kind]
    made = Inspection(
        min(DAYS - 1, bill.day + draws.integer(1)), kind, agency, port, bill, result, pest=pest, notes=notes
    )
    if kind == "joint":
        made.partner = PARTNERS.get(port.country, "")
    world.inspections.append(made)
    return made


def _inspections(world: World, draws: Draws) -> None:
    pests = {hs: [r["pest"] for r in rows("pests") if hs in r["hosts"].split()] for hs in {g.hs for g in world.goods}}
    bills = [b for b in world.bills if border(b).country in AGENCIES]
    fresh = [b for b in bills if b.good.sector in ("produce", "flowers")]
    n = world.count(INSPECTIONS, 20)
    for kind, share, pool in (("cargo", 60, bills), ("agricultural", 34, fresh), ("joint", 6, bills)):
        for bill in draws.sample(pool, min(len(pool), n * share // 100)):
            result, pest = draws.choice(_CLEAN), ""
            if kind == "agricultural" and pests[bill.good.hs] and draws.chance(0.07):
                pest = draws.choice(pests[bill.good.hs])
                result = draws.choice(("Pest found; fumigated", "Pest found; re-exported", "Pest found; destroyed"))
            elif kind != "agricultural" and draws.chance(0.06):
                result = draws.choice(_ODD)
            inspected(world, draws, bill, kind, result, pest)


def _seizures(world: World, draws: Draws) -> None:
    crossings = [p for p in world.ports if p.mode == "truck"]
    n = world.count(SEIZURES, 10)
    for _ in range(n * 72 // 100):
        port = draws.choice(crossings, [p.weight for p in crossings])
        what = draws.choice(CONTRABAND["car"], (26, 12, 12, 6, 18, 18, 8))
        amount = _amount(draws, what)
        driver = draws.choice(world.people[port.country]) if draws.chance(0.35) else None
        letters = "".join(draws.choices("BCDFGHJKLMNPRSTVWXYZ", 3))
        world.seizures.append(
            Seizure(
                draws.integer(DAYS - 1),
                AGENCIES[port.country]["cargo"],
                port,
                what.name,
                what.hs,
                amount,
                what.unit,
                round(amount * what.usd_per_unit, 2),
                party=driver,
                role="driver" if driver else "",
                plate=f"{letters}-{draws.integer(9999):04d}",
                notes=draws.choice(
                    ("", "Concealed in spare tyre", "Concealed in dashboard", "Taped to body", "Referred to secondary")
                ),
            )
        )
    # in cargo it is chance whose consignment it is: the large importers have most
    boxed = [b for b in world.bills if b.containers and border(b).country in AGENCIES]
    hit = draws.sample(boxed, min(len(boxed), n - n * 72 // 100))
    for bill in hit:
        what = draws.choice(CONTRABAND["cargo"], (20, 16, 28, 14, 12))
        seize(world, draws, bill, what, _amount(draws, what))


def seize(
    world: World,
    draws: Draws,
    bill: Bill,
    what: Contraband,
    amount: float,
    inspection: Inspection | None = None,
    notes: str = "",
) -> Seizure:
    """Record a seizure in a consignment."""
    port = inspection.port if inspection else border(bill)
    made = Seizure(
        inspection.day if inspection else min(DAYS - 1, bill.day + draws.integer(2)),
        AGENCIES.get(port.country, AGENCIES["MX"])["cargo"],
        port,
        what.name,
        what.hs,
        amount,
        what.unit,
        round(amount * what.usd_per_unit, 2),
        bill,
        bill.consignee,
        "consignee",
        inspection=inspection,
        notes=notes,
    )
    world.seizures.append(made)
    return made


def _amount(draws: Draws, what: Contraband) -> float:
    made = draws.lognormal(what.usual, 0.7, 2.2)
    return round(made, 2) if what.unit == "kg" else float(max(1, round(made)))
