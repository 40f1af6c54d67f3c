"""The story that ties the case together; a newcomer can follow it in ten minutes.

A fresh-produce importer in Pharr, Texas, buys mangoes from one packer in Michoacán. A pest is found in September 2024, a
joint inspection in October leads to a seizure in one of its containers. Whom the carrier notifies shares a phone with two
firms that trade in nothing and pass on money; the first shipments notified those. Export and import records of the same
consignments disagree. The packer buys from a firm on the 69-B list. Three people bring cash just below the reporting
threshold to branches in several states; it leaves for a firm in Colombia that is directed by the person behind the notify
party.
"""

from __future__ import annotations

from vinculo.ingest.demo.cargo_patterns import consignments, pair, settle
from vinculo.ingest.demo.days import business_day, day_of, weekday
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.enforcement import CONTRABAND, inspected, seize
from vinculo.ingest.demo.names import rows
from vinculo.ingest.demo.numbering import RESERVED_PHONE
from vinculo.ingest.demo.parties import new_street
from vinculo.ingest.demo.patterns import firm, person
from vinculo.ingest.demo.payments import branch, cash_in
from vinculo.ingest.demo.world import MXN_PER_USD, Account, Bill, Held, Listed, Party, Planted, Transfer, World

#: Where the three bring the cash.
_TOWNS = ("McAllen", "Laredo", "Houston", "Chicago", "Atlanta")


def tell(world: World, draws: Draws) -> None:
    """Put the story into the world."""
    importer, packer, notify, shells = _cast(world, draws)
    bills = _mangoes(world, draws, importer, packer, notify)
    _border(world, draws, bills, importer, notify, shells)
    _values(world, draws, bills, importer, packer)
    _listed_supplier(world, draws, packer)
    _funnels(world, draws, notify, shells)


def _cast(world: World, draws: Draws) -> tuple[Party, Party, Party, list[Party]]:
    importer = firm(world, draws, "US", "produce")
    importer.name = "Puente Ámbar Fresh Produce LLC"
    packer = firm(world, draws, "MX", "produce")
    packer.name = "Empacadora Valdecerro Dorado, S.P.R. de R.L."
    packer.tax_id = world.numbers.rfc(packer.name, None, packer.founded)
    notify = firm(world, draws, "US", "forwarder")
    notify.name = "Ribera Quieta Logistics LLC"
    first, second = firm(world, draws, "US"), firm(world, draws, "US")
    first.name, second.name = "Tres Faroles Trading LLC", "Nogal Ciego Ventures LLC"
    for party, city, region, postcode in (
        (importer, "Pharr", "TX", "78577"),
        (packer, "Uruapan", "Michoacán", "60000"),
        (notify, "McAllen", "TX", "78501"),
        (first, "McAllen", "TX", "78501"),
        (second, "McAllen", "TX", "78501"),
    ):
        party.city, party.region, party.postcode = city, region, postcode
        party.street = new_street(world, draws, party.country)
    for name, party in (("puenteambar", importer), ("valdecerro", packer), ("riberaquieta", notify)):
        party.email = f"contact@{name}.example"
    # the phone that gives them away
    notify.phone = first.phone = second.phone = RESERVED_PHONE
    return importer, packer, notify, [first, second]


def _mangoes(world: World, draws: Draws, importer: Party, packer: Party, notify: Party) -> list[Bill]:
    trade = pair(world, draws, "080450", shipper=packer, consignee=importer)
    trade.notify = notify
    trade.lading, trade.unlading = world.port("MXREX"), world.port("USPFX")
    return consignments(world, draws, trade, 22, day_of("2024-03-04"), 400)


def _border(world: World, draws: Draws, bills: list[Bill], importer: Party, notify: Party, shells: list[Party]) -> None:
    pest = min(bills, key=lambda b: abs(b.day - day_of("2024-09-10")))
    pest.day = day_of("2024-09-11")
    seized = min((b for b in bills if b is not pest), key=lambda b: abs(b.day - day_of("2024-10-17")))
    seized.day = day_of("2024-10-17")
    # the first shipments notified the shells: there the phone stands beside their names
    for bill, shell in zip(sorted(bills, key=lambda b: b.day)[:4], shells * 2, strict=True):
        bill.notify = shell
    settle(world, draws, [b for b in bills if b is not pest])
    inspected(
        world,
        draws,
        pest,
        "agricultural",
        "Pest found; re-exported",
        "Anastrepha ludens",
        "Live larvae in 3 of 60 sampled boxes; quarantine action",
    )
    joint = inspected(
        world,
        draws,
        seized,
        "joint",
        "Contraband found",
        notes="Referred after the interception of 11 September; anomaly in the front wall of the container",
    )
    joint.partner = "ANAM Aduanas / SENASICA"
    seize(world, draws, seized, CONTRABAND["cargo"][0], 212.4, joint, "212.4 kg behind a false wall of the container")
    members: list[tuple[Party | Account, str]] = [(notify, "notify_party"), (importer, "consignee")]
    members += [(s, "shares_phone") for s in shells]
    note = (
        f"A joint inspection leads to a seizure in a container of {importer.name}; the notify party {notify.name} "
        f"shares its phone with {shells[0].name} and {shells[1].name}."
    )
    world.planted.append(Planted("seizure_proximity", members, note, hub=notify, bills=[pest, seized], story=True))


def _values(world: World, draws: Draws, bills: list[Bill], importer: Party, packer: Party) -> None:
    apart = [b for b in bills if draws.chance(0.75)]
    for bill in apart:
        bill.import_value = round(bill.export_value * draws.uniform(2.1, 2.9), 2)
    world.planted.append(
        Planted(
            "value_mismatch",
            [(packer, "shipper"), (importer, "consignee")],
            f"{len(apart)} of {len(bills)} consignments of mangoes are worth 2.1 to 2.9 times more on the import side.",
            bills=apart,
            story=True,
        )
    )


def _listed_supplier(world: World, draws: Draws, packer: Party) -> None:
    supplier = firm(world, draws, "MX", "supply")
    supplier.name = "Insumos Peña Celeste, S.A. de C.V."
    supplier.tax_id = world.numbers.rfc(supplier.name, None, supplier.founded)
    paid = [
        world.pay(
            business_day(day_of("2024-03-20") + 26 * k),
            packer.account,
            supplier.account,
            draws.lognormal(19_000, 0.2) * MXN_PER_USD,
            currency="MXN",
            purpose="Factura de empaque",
        )
        for k in range(12)
    ]
    world.listed.append(Listed("69b", supplier.name, supplier.tax_id, "Definitivo", supplier, day=day_of("2025-02-03")))
    note = f"{supplier.name}, paid twelve times by {packer.name}, is on the 69-B list as Definitivo."
    world.planted.append(Planted("list_match", [(supplier, "listed")], note, transfers=paid, story=True))


def _funnels(world: World, draws: Draws, notify: Party, shells: list[Party]) -> None:
    behind = person(world, draws, "US", city="McAllen")
    abroad = firm(world, draws, "CO")
    abroad.name = "Inversiones Caño Largo S.A.S."
    for one, role in ((notify, "Manager"), (abroad, "Representante legal"), *((s, "Manager") for s in shells)):
        world.held.append(Held(behind, one, role=role))
    world.held.append(Held(behind, notify, percentage=100))
    towns = {r["city"]: r for r in rows("cities") if r["country"] == "US"}
    for k in range(3):
        funnel = person(world, draws, "US", city=("McAllen", "Laredo", "Pharr")[k])
        _funnel(world, draws, funnel, abroad, day_of(("2024-08-05", "2024-10-21", "2025-01-13")[k]), towns)
    # what the shells live from: they pass money between the notify party and the firm abroad
    for k in range(6):
        day = business_day(day_of("2024-06-03") + 40 * k)
        amount = draws.lognormal(16_000, 0.3)
        world.pay(day, notify.account, shells[k % 2].account, amount, purpose="Services")
        world.pay(business_day(day + 12), shells[k % 2].account, abroad.account, amount * 0.7, purpose="Commission")


def _funnel(
    world: World, draws: Draws, who: Party, abroad: Party, begin: int, towns: dict[str, dict[str, str]]
) -> None:
    chosen = draws.sample(_TOWNS, 4)
    places = [branch(world, draws, who.account.bank, towns[t]) for t in chosen]
    deposits: list[Transfer] = []
    for k, day in enumerate(sorted(begin + draws.integer(8) for _ in range(draws.integer(12, 9)))):
        day += 1 if weekday(day) == 6 else 0
        deposits.append(cash_in(world, draws, who.account, day, 10.0 * draws.integer(991, 905), places[k % 4]))
    wires = []
    for part in (deposits[: len(deposits) // 2], deposits[len(deposits) // 2 :]):
        day = business_day(part[-1].day + 3)
        total = sum(d.amount for d in part)
        wires.append(world.pay(day, who.account, abroad.account, total * 0.97, purpose="Family support"))
    note = (
        f"{len(deposits)} cash deposits of 9,050-9,910 USD within {deposits[-1].day - deposits[0].day + 1} days "
        f"in {', '.join(chosen)}; "
        f"{sum(w.amount for w in wires):,.0f} USD leave for {abroad.name} in Colombia."
    )
    world.planted.append(
        Planted(
            "structuring", [(who.account, "depositor")], note, hub=who.account, transfers=deposits + wires, story=True
        )
    )
