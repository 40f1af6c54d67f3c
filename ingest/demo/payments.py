"""The lawful money of the case: invoices, wages, rents, shopping, takings in cash, taxes.

Everything here repeats as it does in life: the same employer pays the same people on the same days, the same tenants pay the
same landlord, shops bank their takings whatever the sum.
"""

from __future__ import annotations

from collections import defaultdict

from vinculo.ingest.demo.days import DAYS, business_day, month_starts, weekday
from vinculo.ingest.demo.draws import Draws, zipf
from vinculo.ingest.demo.names import rows
from vinculo.ingest.demo.parties import firms, new_firm
from vinculo.ingest.demo.trade import Relation
from vinculo.ingest.demo.world import MXN_PER_USD, Account, Bill, Party, Planted, Transfer, World


def payments(world: World, draws: Draws, relations: list[Relation]) -> None:
    """Fill the case with transfers."""
    _invoices(world, draws, relations)
    _suppliers(world, draws)
    _services(world, draws, relations)
    _wages(world, draws)
    _rents(world, draws)
    _shopping(world, draws)
    _takings(world, draws)
    _cash_machines(world, draws)
    _friends(world, draws)
    _taxes(world, draws)


def branch(world: World, draws: Draws, bank: Party, town: dict[str, str] | None = None) -> tuple[str, str]:
    """A branch of a bank and its region (ISO 3166-2 style)."""
    towns = [r for r in rows("cities") if r["country"] == bank.country]
    town = town or draws.choice(towns, [int(r["weight"]) for r in towns])
    short = " ".join(bank.name.replace(",", "").split()[:2])
    return f"{short} - {town['city']} branch {draws.integer(3, 1)}", f"{bank.country}-{town['region']}"


def cash_in(
    world: World, draws: Draws, account: Account, day: int, amount: float, place: tuple[str, str], purpose: str = ""
) -> Transfer:
    """A cash deposit over the counter of a branch."""
    second = draws.integer(16 * 3600, 9 * 3600)
    made = Transfer(
        day, second, round(amount, 2), "cash_deposit", None, account, purpose, place=place[0], region=place[1]
    )
    world.transfers.append(made)
    return made


def _invoices(world: World, draws: Draws, relations: list[Relation]) -> None:
    terms = {(id(r.shipper), id(r.consignee)): r.terms_days for r in relations}
    open_bills: dict[tuple[int, int], list[Bill]] = defaultdict(list)
    for bill in sorted(world.bills, key=lambda b: b.day):
        key = (id(bill.shipper), id(bill.consignee))
        open_bills[key].append(bill)
        # several consignments are often paid together
        if len(open_bills[key]) < 3 and draws.chance(0.3):
            continue
        pay_bills(world, draws, open_bills.pop(key), terms.get(key, 30))
    for rest in open_bills.values():
        pay_bills(world, draws, rest, 30)


def pay_bills(world: World, draws: Draws, bills: list[Bill], terms_days: int) -> Transfer | None:
    """The buyer pays what the seller invoiced; not at all where that day lies after the case."""
    day = bills[-1].day + terms_days + draws.integer(5, -2)
    if day >= DAYS:
        return None
    amount = sum(b.export_value for b in bills)
    purpose = f"Invoice {draws.integer(99_999, 10_000)}" + (f" and {len(bills) - 1} more" if len(bills) > 1 else "")
    return world.pay(
        business_day(max(0, day)), bills[0].consignee.account, bills[0].shipper.account, amount, purpose=purpose
    )


def _suppliers(world: World, draws: Draws) -> None:
    suppliers = firms(world, ["supply"])
    sellers = firms(world, ["produce", "food", "auto", "electronics", "hardware", "consumer"], "MX")
    for supplier in suppliers:
        for buyer in draws.sample(sellers, draws.choice((1, 2), (7, 3))):
            usual = draws.lognormal(6_500, 0.8)
            gap = draws.choice((45, 60, 75, 90))
            day = draws.integer(gap)
            while day < DAYS:
                amount = usual * draws.lognormal(1.0, 0.2) * MXN_PER_USD
                world.pay(business_day(day), buyer.account, supplier.account, amount, currency="MXN", purpose="Factura")
                day += gap + draws.integer(4, -4)


def _services(world: World, draws: Draws, relations: list[Relation]) -> None:
    """Carriers and brokers are paid once a month by those who used them."""
    traffic: dict[tuple[int, int], int] = defaultdict(int)
    who = {id(p): p for p in world.parties}
    for bill in world.bills:
        traffic[id(bill.consignee), id(bill.carrier)] += 1
        traffic[id(bill.consignee), id(bill.broker)] += 1
    busiest = sorted(traffic.items(), key=lambda t: -t[1])[: world.count(150, 8)]
    for (payer, payee), n in busiest:
        for start in month_starts():
            amount = n / 18 * draws.lognormal(420, 0.25)
            day = business_day(start + 4 + draws.integer(2))
            world.pay(day, who[payer].account, who[payee].account, amount, type="ach", purpose="Monthly statement")


def _wages(world: World, draws: Draws) -> None:
    for country, n_firms, n_people, currency in (("US", 42, 300, "USD"), ("MX", 40, 290, "MXN")):
        bosses = draws.sample(
            firms(world, ["retail", "produce", "auto", "electronics", "food"], country), world.count(n_firms, 3)
        )
        staff = draws.sample(world.people[country], world.count(n_people, 18))
        chosen = draws.choices(bosses, len(staff), zipf(len(bosses), 8))
        fortnightly = {id(b) for b in bosses if draws.chance(0.25)}
        paid: dict[int, list[Transfer]] = defaultdict(list)
        people: dict[int, list[Party]] = defaultdict(list)
        for person, boss in zip(staff, chosen, strict=True):
            people[id(boss)].append(person)
            wage = draws.lognormal(2_300 if country == "US" else 900, 0.35)
            rate = MXN_PER_USD if currency == "MXN" else 1.0
            for day in _pay_days(id(boss) in fortnightly):
                amount = wage / (2 if id(boss) in fortnightly else 1) * rate
                paid[id(boss)].append(
                    world.pay(
                        day,
                        boss.account,
                        person.account,
                        amount,
                        second=9 * 3600 + draws.integer(900),
                        type="ach",
                        currency=currency,
                        purpose="Payroll" if country == "US" else "Nómina",
                    )
                )
        largest = max(bosses, key=lambda b: len(people[id(b)]))
        world.planted.append(
            Planted(
                "fan_out",
                [(largest.account, "employer")] + [(p.account, "employee") for p in people[id(largest)]],
                f"{largest.name} pays {len(people[id(largest)])} people.",
                hub=largest.account,
                transfers=paid[id(largest)],
                why="Payroll: the same people, the same days, the same sums.",
            )
        )


def _pay_days(fortnightly: bool) -> list[int]:
    starts = month_starts()
    ends = [business_day(s - 3) for s in [*starts[1:], DAYS]]
    return sorted([business_day(s + 14) for s in starts] + ends) if fortnightly else ends


def _rents(world: World, draws: Draws) -> None:
    for country, n, currency in (("US", 150, "USD"), ("MX", 100, "MXN")):
        landlords = firms(world, ["service"], country)
        tenants = draws.sample(world.people[country], world.count(n, 8))
        by_landlord: dict[int, list[Transfer]] = defaultdict(list)
        homes: dict[int, list[Party]] = defaultdict(list)
        for tenant in tenants:
            landlord = draws.choice(landlords, zipf(len(landlords), 6))
            homes[id(landlord)].append(tenant)
            rent = draws.lognormal(1_100 if country == "US" else 380, 0.3) * (MXN_PER_USD if currency == "MXN" else 1)
            for start in month_starts():
                day = business_day(start + draws.choice((0, 1, 2, 4), (6, 3, 2, 1)))
                by_landlord[id(landlord)].append(
                    world.pay(
                        day, tenant.account, landlord.account, rent, type="ach", currency=currency, purpose="Rent"
                    )
                )
        largest = max(landlords, key=lambda p: len(homes[id(p)]))
        world.planted.append(
            Planted(
                "fan_in",
                [(largest.account, "landlord")] + [(p.account, "tenant") for p in homes[id(largest)]],
                f"{largest.name} takes rent from {len(homes[id(largest)])} tenants.",
                hub=largest.account,
                transfers=by_landlord[id(largest)],
                why="Rents: the same tenants every month.",
            )
        )


def _shopping(world: World, draws: Draws) -> None:
    for country, n, currency in (("US", 5_600, "USD"), ("MX", 3_400, "MXN")):
        shops, people = firms(world, ["retail"], country), world.people[country]
        haunts = {id(p): draws.choices(shops, 3, zipf(len(shops), 6)) for p in people}
        buyers = draws.choices(people, world.count(n, 20), zipf(len(people), 60))
        amounts = draws.lognormals(len(buyers), 62, 0.8) * (MXN_PER_USD if currency == "MXN" else 1)
        for buyer, amount in zip(buyers, amounts.tolist(), strict=True):
            shop = draws.choice(haunts[id(buyer)])
            day, second = draws.integer(DAYS - 1), draws.integer(21 * 3600, 8 * 3600)
            world.pay(day, buyer.account, shop.account, amount, second=second, type="card", currency=currency)


def _takings(world: World, draws: Draws) -> None:
    """Shops bring their cash to the bank: any sum, above the reporting threshold as well as below."""
    shops = draws.sample(firms(world, ["retail"], "US"), world.count(44, 3))
    sizes = zipf(len(shops), 3)
    largest: list[Planted] = []
    for shop, size in zip(shops, sizes, strict=True):
        usual = 900 + 13_000 * size / sizes[0]
        homes = [branch(world, draws, shop.account.bank, _town(shop)) for _ in range(1 if size < sizes[0] // 3 else 3)]
        every = 1 if size > sizes[0] // 4 else 4
        made = [
            cash_in(world, draws, shop.account, day, draws.lognormal(usual, 0.45), draws.choice(homes), "Store takings")
            for day in range(DAYS)
            if weekday(day) < 6 and draws.chance(0.55 / every)
        ]
        largest.append(
            Planted(
                "structuring",
                [(shop.account, "depositor")],
                f"{shop.name} deposits its takings; the median is about {usual:,.0f} USD.",
                hub=shop.account,
                transfers=made,
                why="A shop's takings: sums of every size, many above the reporting threshold, the same branches all year.",
            )
        )
    world.planted.extend(largest[:2])


def _town(party: Party) -> dict[str, str]:
    return next(r for r in rows("cities") if r["city"] == party.city and r["country"] == party.country)


def _cash_machines(world: World, draws: Draws) -> None:
    people = world.people["US"] + world.people["MX"]
    for person in draws.choices(people, world.count(2_100, 10), zipf(len(people), 200)):
        mexican = person.country == "MX"
        place, region = branch(world, draws, person.account.bank, _town(person))
        amount = 20.0 * draws.integer(25, 2) * (10 if mexican else 1)
        world.transfers.append(
            Transfer(
                draws.integer(DAYS - 1),
                draws.integer(22 * 3600, 7 * 3600),
                amount,
                "cash_withdrawal",
                person.account,
                None,
                currency="MXN" if mexican else "USD",
                place=place,
                region=region,
            )
        )


def _friends(world: World, draws: Draws) -> None:
    """Small sums between people who know each other, and money sent home."""
    for _ in range(world.count(900, 6)):
        country = draws.choice(("US", "MX"))
        a, b = draws.sample(world.people[country], 2)
        rate = MXN_PER_USD if country == "MX" else 1.0
        world.pay(
            draws.integer(DAYS - 1),
            a.account,
            b.account,
            draws.lognormal(85, 0.7) * rate,
            type="internal",
            currency="MXN" if country == "MX" else "USD",
        )
    for _ in range(world.count(70, 2)):
        sender = draws.choice(world.people["US"])
        family = draws.choice(world.people[draws.choice(("MX", "GT", "CO"), (6, 3, 1))])
        usual = draws.lognormal(320, 0.4)
        for start in month_starts():
            day = start + draws.integer(9)
            world.pay(
                min(day, DAYS - 1),
                sender.account,
                family.account,
                usual * draws.lognormal(1, 0.1),
                purpose="Family support",
            )


def _taxes(world: World, draws: Draws) -> None:
    office = new_firm(world, draws, "US", "service")
    office.name = "Revenue Office of the Fictional Treasury"
    taxed = draws.sample(firms(world, ["produce", "auto", "electronics", "retail", "food"], "US"), world.count(80, 4))
    for firm in taxed:
        usual = draws.lognormal(5_200, 0.7)
        for start in month_starts()[::3]:
            amount = usual * draws.lognormal(1, 0.15)
            world.pay(
                business_day(start + 14), firm.account, office.account, amount, type="ach", purpose="Estimated tax"
            )
    world.firms["treasury", "US"] = [office]
