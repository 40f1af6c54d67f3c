"""Patterns hidden in the money: who takes part, what moves, and where the answer is written down.

Members live an ordinary life beside it (shopping, invoices), and nothing begins in the first four months, when every link
is new. Sizes and gaps are drawn; no two patterns of a kind are alike.
"""

from __future__ import annotations

from vinculo.ingest.demo.days import business_day, weekday
from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.parties import firms, new_firm, new_person
from vinculo.ingest.demo.payments import branch, cash_in
from vinculo.ingest.demo.world import Account, Held, Party, Planted, Transfer, World

_TRADING = ("US", "MX", "GT", "CO")
_PURPOSES = ("Services", "Advance", "Loan", "Consulting fee", "Purchase of goods", "Settlement", "Commission")


def hide_money(world: World, draws: Draws) -> None:
    """Plant every pattern of the money, so many of each as the scale allows."""
    for number in range(instances(world)):
        for plant in (structuring, fan_in, fan_out, round_trip, pass_through, shells):
            plant(world, draws.child(f"{plant.__name__} {number}"))


def instances(world: World) -> int:
    """How many of each pattern there are, beside the story's own."""
    return 4 if world.scale >= 0.5 else 2


def person(world: World, draws: Draws, country: str = "US", city: str = "") -> Party:
    """Somebody who takes part, with an ordinary life."""
    made = new_person(world, draws, country, planted=True, city=city)
    shops = draws.sample(firms(world, ["retail"], "MX" if country == "MX" else "US"), 2)
    rate, currency = (18.0, "MXN") if country == "MX" else (1.0, "USD")
    for _ in range(draws.integer(14, 5)):
        day = draws.integer(540)
        amount = draws.lognormal(58, 0.7) * rate
        world.pay(day, made.account, draws.choice(shops).account, amount, type="card", currency=currency)
    return made


def firm(world: World, draws: Draws, country: str, sector: str = "trading", *, like: Party | None = None) -> Party:
    """A firm that takes part: founded late, with a few invoices of its own."""
    founded = f"2023-{draws.integer(12, 1):02d}-{draws.integer(28, 1):02d}"
    made = new_firm(world, draws, country, sector, like=like, founded=founded)
    made.registered = made.tells_tax_id = True
    for supplier in draws.sample(firms(world, ["service", "forwarder"], "MX" if country == "MX" else "US"), 2):
        for _ in range(draws.integer(4, 1)):
            amount = draws.lognormal(700, 0.5)
            world.pay(business_day(draws.integer(540)), made.account, supplier.account, amount, purpose="Office")
    return made


def start_day(draws: Draws, needs_days: int) -> int:
    """A working day between the fourth month and the end."""
    return business_day(draws.integer(520 - needs_days, 125))


def structuring(world: World, draws: Draws) -> None:
    """Cash brought in below the reporting threshold, within days, at several branches."""
    who = person(world, draws)
    begin, n = start_day(draws, 20), draws.integer(11, 6)
    places = [branch(world, draws, who.account.bank) for _ in range(draws.integer(4, 2))]
    days = sorted(begin + draws.integer(9) for _ in range(n))
    deposits = []
    for day in days:
        amount = 10.0 * draws.integer(992, 815)
        deposits.append(cash_in(world, draws, who.account, _open(day), amount, draws.choice(places)))
    # the money goes on slowly, so that this is structuring and nothing else
    firm_ = firm(world, draws, "US")
    for k in range(2):
        out = world.pay(
            business_day(begin + 25 + 14 * k), who.account, firm_.account, sum(d.amount for d in deposits) * 0.3
        )
        out.purpose = draws.choice(_PURPOSES)
    world.planted.append(
        Planted(
            "structuring",
            [(who.account, "depositor")],
            f"{n} cash deposits of 8,150-9,920 USD in {days[-1] - days[0] + 1} days at up to {len(places)} branches.",
            hub=who.account,
            transfers=deposits,
        )
    )


def _open(day: int) -> int:
    return day + 1 if weekday(day) == 6 else day


def fan_in(world: World, draws: Draws) -> None:
    """Many who never paid it before pay one firm within weeks."""
    hub = firm(world, draws, draws.choice(("US", "MX")))
    senders = [person(world, draws) for _ in range(draws.integer(13, 8))]
    begin, span = start_day(draws, 60), draws.integer(21, 10)
    sent: list[Transfer] = []
    for sender in senders:
        for _ in range(draws.choice((1, 2), (3, 1))):
            day = business_day(begin + draws.integer(span))
            sent.append(
                world.pay(
                    day, sender.account, hub.account, 10.0 * draws.integer(920, 210), purpose=draws.choice(_PURPOSES)
                )
            )
    buyer = firm(world, draws, "CO")
    world.pay(
        business_day(begin + span + 30),
        hub.account,
        buyer.account,
        sum(t.amount for t in sent) * 0.55,
        purpose="Purchase",
    )
    members: list[tuple[Party | Account, str]] = [(hub.account, "hub"), *((s.account, "sender") for s in senders)]
    note = f"{len(senders)} people who never paid it before send money to {hub.name} within {span} days."
    world.planted.append(Planted("fan_in", members, note, hub=hub.account, transfers=sent))


def fan_out(world: World, draws: Draws) -> None:
    """One firm pays many it never paid before within weeks, each another sum."""
    hub = firm(world, draws, draws.choice(("US", "MX")))
    payees = [person(world, draws, draws.choice(("US", "MX", "CO"))) for _ in range(draws.integer(13, 8))]
    begin, span = start_day(draws, 30), draws.integer(21, 10)
    source = firm(world, draws, "US")
    sums = [10.0 * draws.integer(920, 180) for _ in payees]
    world.pay(business_day(begin - 20), source.account, hub.account, sum(sums) * 1.4, purpose="Capital contribution")
    sent = [
        world.pay(
            business_day(begin + draws.integer(span)), hub.account, p.account, amount, purpose=draws.choice(_PURPOSES)
        )
        for p, amount in zip(payees, sums, strict=True)
    ]
    members: list[tuple[Party | Account, str]] = [(hub.account, "hub"), *((p.account, "receiver") for p in payees)]
    note = f"{hub.name} pays {len(payees)} people it never paid before within {span} days."
    world.planted.append(Planted("fan_out", members, note, hub=hub.account, transfers=sent))


def round_trip(world: World, draws: Draws) -> None:
    """Money returns to where it started, over firms in several countries, a little less at each step."""
    n = draws.integer(6, 3)
    ring = [firm(world, draws, _TRADING[(k + draws.integer(3)) % 4]) for k in range(n)]
    day, amount = start_day(draws, 40), 1_000.0 * draws.integer(380, 75)
    sent = []
    first = day
    for k, payer in enumerate(ring):
        sent.append(world.pay(day, payer.account, ring[(k + 1) % n].account, amount, purpose=draws.choice(_PURPOSES)))
        amount *= draws.uniform(0.94, 0.985)
        day = business_day(day + draws.integer(4, 1))
    kept = sent[-1].amount / sent[0].amount
    note = f"{n} firms pass {sent[0].amount:,.0f} USD round in {sent[-1].day - first} days; {kept:.0%} come back."
    world.planted.append(Planted("round_trip", [(f.account, "link") for f in ring], note, transfers=sent))


def pass_through(world: World, draws: Draws) -> None:
    """What comes in leaves within two days, time and again."""
    mule = person(world, draws)
    payers = [firm(world, draws, "US") for _ in range(draws.integer(4, 3))]
    out = firm(world, draws, draws.choice(("CO", "GT", "MX")))
    day, moved = start_day(draws, 50), []
    rounds = draws.integer(7, 5)
    for k in range(rounds):
        amount = 10.0 * draws.integer(2_900, 640)
        moved.append(
            world.pay(
                day,
                payers[k % len(payers)].account,
                mule.account,
                amount,
                purpose=draws.choice(_PURPOSES),
                second=10 * 3600,
            )
        )
        later = draws.integer(40, 5)
        leave, second = day + (10 + later) // 24, (10 + later) % 24 * 3600 + draws.integer(3_500)
        moved.append(
            world.pay(
                leave, mule.account, out.account, amount * draws.uniform(0.93, 0.985), purpose="Transfer", second=second
            )
        )
        day = business_day(day + draws.integer(6, 3))
    note = f"{rounds} payments come in and more than nine tenths of each leave within two days for {out.name}."
    members: list[tuple[Party | Account, str]] = [(mule.account, "pass_through"), (out.account, "receiver")]
    members += [(p.account, "payer") for p in payers]
    world.planted.append(Planted("pass_through", members, note, hub=mule.account, transfers=moved))


def shells(world: World, draws: Draws) -> None:
    """Firms at one address with one phone and one director, that pay one another."""
    country = draws.choice(("US", "MX"))
    first = firm(world, draws, country)
    group = [first] + [firm(world, draws, country, like=first) for _ in range(draws.integer(6, 4))]
    director = person(world, draws, country)
    for one in group:
        one.phone = first.phone
        world.held.append(Held(director, one, role="Administrador único" if country == "MX" else "Manager"))
    begin = start_day(draws, 200)
    sent = []
    for _ in range(draws.integer(16, 9)):
        payer, payee = draws.sample(group, 2)
        day = business_day(begin + draws.integer(190))
        sent.append(
            world.pay(day, payer.account, payee.account, draws.lognormal(24_000, 0.5), purpose=draws.choice(_PURPOSES))
        )
    note = f"{len(group)} firms share an address, a phone and the director {director.name}, and pay one another."
    world.planted.append(Planted("shared_address_shells", [(f, "shell") for f in group], note, transfers=sent))
