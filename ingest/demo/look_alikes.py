"""Lawful business that looks like a pattern. A detector that cannot tell them apart is of no use at work."""

from __future__ import annotations

from vinculo.ingest.demo.cargo_patterns import consignments, pair, settle
from vinculo.ingest.demo.days import business_day, month_starts
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.parties import firms, new_firm, new_person, open_accounts
from vinculo.ingest.demo.world import Held, Listed, Party, Planted, Transfer, World


def look_alikes(world: World, draws: Draws) -> None:
    """Put them in; those that need no scene of their own (payroll, rents, takings) come with the everyday money."""
    for number in range(2 if world.scale >= 0.5 else 1):
        for scene in (refund, netting, duties, salary_and_rent, premium, freight_gap, typing_error, cleared_seller):
            scene(world, draws.child(f"{scene.__name__} {number}"))
    registered_agent(world, draws.child("agent"))
    business_park(world, draws.child("park"))
    busiest_carrier(world)


def _plain_firm(world: World, draws: Draws, country: str, sector: str, *, like: Party | None = None) -> Party:
    made = new_firm(world, draws, country, sector, like=like)
    made.registered = made.tells_tax_id = True
    return made


def refund(world: World, draws: Draws) -> None:
    """A buyer pays in advance; the consignment falls through and the seller pays it back."""
    trade = pair(world, draws)
    settle(world, draws, consignments(world, draws, trade, 8, 20, 350))
    day, amount = draws.integer(400, 150), draws.lognormal(42_000, 0.3)
    there = world.pay(
        business_day(day), trade.consignee.account, trade.shipper.account, amount, purpose="Advance on order 7714"
    )
    back = world.pay(
        business_day(day + 9),
        trade.shipper.account,
        trade.consignee.account,
        amount,
        purpose="Refund of advance on order 7714",
    )
    world.planted.append(
        Planted(
            "round_trip",
            [(trade.consignee.account, "buyer"), (trade.shipper.account, "seller")],
            "An advance comes back in full after nine days.",
            transfers=[there, back],
            why="A refund between a buyer and a seller who trade with each other all year.",
        )
    )


def netting(world: World, draws: Draws) -> None:
    """A group of companies settles what its members owe one another at the end of each month."""
    parent = _plain_firm(world, draws, "US", "auto")
    group = [parent] + [_plain_firm(world, draws, c, "auto") for c in ("MX", "MX", "US")]
    for daughter in group[1:]:
        world.held.append(Held(parent, daughter, percentage=100))
    sent = []
    for start in month_starts()[1:]:
        amount = draws.lognormal(260_000, 0.25)
        for k, payer in enumerate(group):
            day = business_day(start - 2 + k)
            sent.append(
                world.pay(
                    day,
                    payer.account,
                    group[(k + 1) % 4].account,
                    amount * draws.uniform(0.9, 1.0),
                    purpose="IC netting",
                )
            )
    world.planted.append(
        Planted(
            "round_trip",
            [(f.account, "group company") for f in group],
            f"Four companies of one group settle accounts every month; {parent.name} owns the others.",
            transfers=sent,
            why="Treasury netting inside one group, every month, with the owner in the company register.",
        )
    )


def duties(world: World, draws: Draws) -> None:
    """A customs broker collects duties from its clients and hands them to the treasury."""
    broker, treasury = draws.choice(firms(world, ["broker"], "US")), world.firms["treasury", "US"][0]
    # money held for clients is kept apart from the broker's own
    open_accounts(world, draws, broker, 1)
    trust = broker.accounts[-1]
    clients = draws.sample(firms(world, ["produce", "auto", "apparel", "hardware"], "US"), 6)
    sent: list[Transfer] = []
    for start in month_starts():
        day, total = business_day(start + 8), 0.0
        for client in clients:
            amount = draws.lognormal(4_800, 0.4)
            total += amount
            sent.append(
                world.pay(day, client.account, trust, amount, type="ach", purpose="Duties and fees", second=9 * 3600)
            )
        sent.append(
            world.pay(business_day(day + 1), trust, treasury.account, total, purpose="Periodic monthly statement")
        )
    world.planted.append(
        Planted(
            "pass_through",
            [(trust, "broker"), (treasury.account, "treasury")] + [(c.account, "client") for c in clients],
            f"{broker.name} collects duties from six importers and pays them on the next day.",
            hub=trust,
            transfers=sent,
            why="Duties that a customs broker pays on behalf of its clients: same payers, same payee, every month.",
        )
    )


def salary_and_rent(world: World, draws: Draws) -> None:
    """Nearly all of a salary goes to the landlord on the next day."""
    tenant = new_person(world, draws, "US", city="Los Angeles")
    boss, landlord = (
        draws.choice(firms(world, ["electronics", "auto"], "US")),
        draws.choice(firms(world, ["service"], "US")),
    )
    salary, sent = draws.lognormal(2_450, 0.1), []
    for start in month_starts():
        day = business_day(start)
        sent.append(
            world.pay(day, boss.account, tenant.account, salary, type="ach", purpose="Payroll", second=8 * 3600)
        )
        sent.append(
            world.pay(
                business_day(day + 1), tenant.account, landlord.account, salary * 0.84, type="ach", purpose="Rent"
            )
        )
    world.planted.append(
        Planted(
            "pass_through",
            [(tenant.account, "tenant"), (landlord.account, "landlord"), (boss.account, "employer")],
            "84 percent of a salary leaves for the rent within a day, every month.",
            hub=tenant.account,
            transfers=sent,
            why="Salary and rent: one payer, one payee, the same sums every month.",
        )
    )


def premium(world: World, draws: Draws) -> None:
    """Goods of a better kind, always at the same high price, on both sides of the border."""
    trade = pair(world, draws)
    trade.price = 2.3
    bills = consignments(world, draws, trade, 24, 10, 480)
    for bill in bills:
        bill.goods = f"CERTIFIED ORGANIC PREMIUM {bill.good.en}"
    settle(world, draws, bills)
    world.planted.append(
        Planted(
            "unit_price_outlier",
            [(trade.shipper, "shipper"), (trade.consignee, "consignee")],
            f"{trade.shipper.name} always sells at about 2.3 times the usual price.",
            bills=bills,
            why="Certified organic goods: the same high price in every consignment, paid in full, the same on both sides.",
        )
    )


def freight_gap(world: World, draws: Draws) -> None:
    """Import values that hold freight and insurance for a long way."""
    trade = pair(world, draws)
    trade.freight = 1.13
    bills = consignments(world, draws, trade, 14, 20, 450)
    settle(world, draws, bills)
    world.planted.append(
        Planted(
            "value_mismatch",
            [(trade.shipper, "shipper"), (trade.consignee, "consignee")],
            "The import value is always 13 percent above the export value.",
            bills=bills,
            why="Freight and insurance: the same share every time.",
        )
    )


def typing_error(world: World, draws: Draws) -> None:
    """One declaration with a digit too many."""
    trade = pair(world, draws)
    bills = consignments(world, draws, trade, 14, 20, 450)
    settle(world, draws, bills)
    slip = bills[draws.integer(12, 1)]
    slip.export_value = round(slip.export_value / 10, 2)
    world.planted.append(
        Planted(
            "value_mismatch",
            [(trade.shipper, "shipper"), (trade.consignee, "consignee")],
            "One export declaration of fourteen is a tenth of the import value.",
            bills=[slip],
            why="A typing error: exactly a factor of ten, once.",
        )
    )


def cleared_seller(world: World, draws: Draws) -> None:
    """A seller that the 69-B list names and clears."""
    trade = pair(world, draws)
    bills = consignments(world, draws, trade, 7, 40, 420)
    settle(world, draws, bills)
    before = sum(1 for p in world.planted if p.typology == "list_match" and p.why)
    status = ("Sentencia Favorable", "Desvirtuado")[before % 2]
    world.listed.append(
        Listed("69b", trade.shipper.name, trade.shipper.tax_id, status, trade.shipper, day=draws.integer(300, 50))
    )
    world.planted.append(
        Planted(
            "list_match",
            [(trade.shipper, "cleared")],
            f"{trade.shipper.name} stands on the 69-B list as {status}.",
            bills=bills,
            why=f"Cleared: {status}.",
        )
    )


def registered_agent(world: World, draws: Draws) -> None:
    """Eighty firms at the address of the agent that registered them; they have nothing else to do with one another."""
    agent = _plain_firm(world, draws, "US", "service")
    hosted = [_plain_firm(world, draws, "US", draws.choice(("trading", "consumer")), like=agent) for _ in range(80)]
    for one in hosted:
        world.held.append(Held(world.officer("US"), one, role="Manager"))
    for one in draws.sample(hosted, 24):
        trade = pair(world, draws, shipper=draws.choice(firms(world, ["hardware", "produce"], "MX")), consignee=one)
        settle(world, draws, consignments(world, draws, trade, draws.integer(4, 1), 20, 450))
    world.planted.append(
        Planted(
            "shared_address_shells",
            [(f, "hosted firm") for f in hosted],
            f"{len(hosted)} firms have the address of {agent.name}.",
            why="A registered agent's building: different directors and phones, and no money between the firms.",
        )
    )


def business_park(world: World, draws: Draws) -> None:
    """Six importers in one business park, each with a life of its own."""
    first = _plain_firm(world, draws, "US", "hardware")
    park = [first] + [
        _plain_firm(world, draws, "US", s, like=first) for s in ("auto", "produce", "food", "auto", "hardware")
    ]
    for one in park:
        trade = pair(world, draws, consignee=one)
        settle(world, draws, consignments(world, draws, trade, draws.integer(12, 6), 10, 480))
        staff = [new_person(world, draws, "US", city=first.city) for _ in range(3)]
        for person in staff:
            wage = draws.lognormal(2_400, 0.2)
            for start in month_starts():
                world.pay(business_day(start + 27), one.account, person.account, wage, type="ach", purpose="Payroll")
    world.planted.append(
        Planted(
            "shared_address_shells",
            [(f, "tenant") for f in park],
            f"Six importers at {first.street}, {first.city}.",
            why="A business park: each firm has its own trade, staff and phone, and none pays another.",
        )
    )


def busiest_carrier(world: World) -> None:
    """Who carries and clears most stands near most seizures, by trade."""
    near: dict[int, int] = {}
    who = {id(p): p for p in world.parties}
    for seizure in world.seizures:
        if seizure.bill:
            for party in (seizure.bill.carrier, seizure.bill.broker):
                near[id(party)] = near.get(id(party), 0) + 1
    for sector, role in (("carrier", "carrier"), ("broker", "customs broker")):
        most = max((i for i in near if who[i].sector == sector), key=lambda i: (near[i], who[i].tax_id))
        world.planted.append(
            Planted(
                "seizure_proximity",
                [(who[most], role)],
                f"There were {near[most]} seizures in what {who[most].name} handled.",
                hub=who[most],
                why=f"It stands there only as {role}, as for hundreds of other consignments.",
            )
        )
