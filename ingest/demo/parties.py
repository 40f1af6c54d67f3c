"""Who lives in the case: firms, people, banks; ports, ships and tariff lines come from tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.names import Names, PersonName, rows, without_accents
from vinculo.ingest.demo.numbering import Numbers
from vinculo.ingest.demo.world import Account, Good, Party, Port, Ship, World

_STREETS = {
    "US": (
        "Industrial Blvd",
        "Commerce Dr",
        "Old Mill Rd",
        "Trade Center Way",
        "Bridge Ave",
        "Cannery Row",
        "Depot St",
    ),
    "MX": (
        "Av. Benito Juárez",
        "Blvd. Independencia",
        "Calle Hidalgo",
        "Calz. del Norte",
        "Av. Las Torres",
        "Calle 5 de Mayo",
    ),
    "GT": ("Calzada Roosevelt", "6a Avenida", "12 Calle", "Bulevar Los Próceres"),
    "CO": ("Carrera 15", "Calle 100", "Avenida El Dorado", "Transversal 23"),
}
_QUARTERS = {
    "MX": ("Col. Centro", "Col. Industrial", "Parque Industrial Norte", "Col. Las Granjas"),
    "GT": ("Zona 4", "Zona 10"),
}
#: How many firms of each kind there are at scale 1, by country.
_FIRMS = {
    "produce": {"US": 170, "MX": 250, "GT": 55, "CO": 40},
    "coffee": {"US": 40, "MX": 40, "GT": 35, "CO": 50},
    "flowers": {"US": 25, "CO": 30},
    "food": {"US": 90, "MX": 110, "GT": 30, "CO": 35},
    "auto": {"US": 130, "MX": 170},
    "electronics": {"US": 90, "MX": 110},
    "medical": {"US": 40, "MX": 40},
    "appliances": {"US": 25, "MX": 30},
    "hardware": {"US": 90, "MX": 90, "GT": 30, "CO": 35},
    "scrap": {"US": 25, "MX": 30, "GT": 10, "CO": 12},
    "apparel": {"US": 90, "MX": 70, "GT": 45, "CO": 40},
    "consumer": {"US": 60, "MX": 60, "CO": 25},
    "trading": {"US": 40, "MX": 50, "GT": 60, "CO": 80},
    "supply": {"MX": 420},
    "retail": {"US": 90, "MX": 60},
    "service": {"US": 70, "MX": 30},
    "carrier": {"US": 22, "MX": 26, "GT": 4, "CO": 5},
    "broker": {"US": 40, "MX": 40},
    "forwarder": {"US": 30, "MX": 22, "GT": 8, "CO": 8},
}
_PEOPLE = {"US": 960, "MX": 800, "GT": 150, "CO": 190}
_BANKS = {"US": 10, "MX": 8, "GT": 4, "CO": 5}


def populate(seed: int, scale: float) -> World:
    """A world with everybody in it, and nothing that happens yet."""
    draws = Draws(seed)
    world = World(draws.child("events"), Numbers(draws.child("numbers")), Names(draws.child("names")), scale)
    world.ports = [
        Port(r["code"], r["name"], r["country"], r["mode"], r["region"], int(r["weight"])) for r in rows("ports")
    ]
    world.goods = _goods(scale)
    maker = Draws(seed, "parties")
    for country, n in _BANKS.items():
        world.banks[country] = [new_firm(world, maker, country, "bank", accounts=0) for _ in range(n)]
    sectors = {g.sector for g in world.goods}
    for sector, by_country in _FIRMS.items():
        if sector not in sectors and sector not in (
            "trading",
            "supply",
            "retail",
            "service",
            "carrier",
            "broker",
            "forwarder",
        ):
            continue
        for country, n in by_country.items():
            made = [new_firm(world, maker, country, sector) for _ in range(world.count(n, 2))]
            world.firms[sector, country] = made
    for country, n in _PEOPLE.items():
        world.people[country] = [new_person(world, maker, country) for _ in range(world.count(n, 6))]
    world.ships = [Ship(f"{world.names.word().upper()} STAR", world.numbers.imo()) for _ in range(world.count(36, 4))]
    return world


def _goods(scale: float) -> list[Good]:
    made = [
        Good(
            r["hs"],
            r["en"],
            r["es"],
            float(r["usd_per_kg"]),
            float(r["kg_per_load"]),
            r["unit"],
            float(r["kg_per_unit"]),
            tuple(r["origins"].split()),
            int(r["peak_month"]),
            int(r["weight"]),
            r["sector"],
        )
        for r in rows("goods")
    ]
    if scale >= 0.5:
        return made
    # a small case trades in fewer things, else no price has peers to be compared with
    kept = {
        "080440",
        "080450",
        "070200",
        "070960",
        "090111",
        "060311",
        "870829",
        "854430",
        "690721",
        "610910",
        "853710",
        "220890",
    }
    return [g for g in made if g.hs in kept]


def new_firm(
    world: World,
    draws: Draws,
    country: str,
    sector: str,
    *,
    accounts: int = 1,
    like: Party | None = None,
    founded: str = "",
    city: str = "",
) -> Party:
    """A firm of its own, or at another's address (``like``)."""
    name = world.names.company(country, sector)
    since = founded or f"{draws.integer(2022, 1994)}-{draws.integer(12, 1):02d}-{draws.integer(28, 1):02d}"
    tax_id = world.numbers.rfc(name, None, since) if country == "MX" else world.numbers.tax_id(country)
    email = f"contact@{world.names.own_word(name)}.example"
    party = _settled(world, draws, name, country, tax_id, sector, like, city, email, since)
    if sector == "carrier":
        party.code = "Q" + "".join(draws.choices("BCDFGHJKLMNPQRSTVWXZ", 3))
    party.tells_tax_id = draws.chance(0.7)
    open_accounts(world, draws, party, accounts + (1 if accounts and draws.chance(0.12) else 0))
    return party


def new_person(world: World, draws: Draws, country: str, *, planted: bool = False, city: str = "") -> Party:
    """A person; one who takes part in a planted pattern has an invented surname."""
    name: PersonName = world.names.person(country, planted=planted)
    born = f"{draws.integer(2003, 1955)}-{draws.integer(12, 1):02d}-{draws.integer(28, 1):02d}"
    if country == "MX":
        tax_id = world.numbers.rfc("", (name.given, name.first, name.second or name.first), born)
    else:
        tax_id = world.numbers.tax_id(country)
    user = re.sub("[^a-z]", "", without_accents(name.given.split()[0] + name.first).lower())
    email = f"{user}{world.numbers.serial()}@mail.example"
    party = _settled(world, draws, name.full(), country, tax_id, "person", None, city, email, born)
    party.person = name
    open_accounts(world, draws, party, 1)
    return party


def _settled(
    world: World,
    draws: Draws,
    name: str,
    country: str,
    tax_id: str,
    sector: str,
    like: Party | None,
    city: str,
    email: str,
    since: str,
) -> Party:
    towns = [r for r in rows("cities") if r["country"] == country and (not city or r["city"] == city)]
    town = draws.choice(towns, [int(r["weight"]) for r in towns])
    if like:
        place = (like.street, like.city, like.region, like.postcode)
    else:
        place = (new_street(world, draws, country), town["city"], town["region"], town["postcode"])
    party = Party(name, country, tax_id, sector, *place, world.numbers.phone(country), email, since)
    world.parties.append(party)
    return party


def new_street(world: World, draws: Draws, country: str) -> str:
    """A street and number where nobody is yet."""
    while True:
        street, number = draws.choice(_STREETS[country]), draws.integer(9899, 101)
        if country == "US":
            made = f"{number} {street}" + (f" Suite {draws.integer(480, 10)}" if draws.chance(0.3) else "")
        elif country == "CO":
            made = f"{street} No. {number % 140 + 1}-{draws.integer(98, 10)} Of. {draws.integer(1200, 101)}"
        else:
            made = f"{street} {number}, {draws.choice(_QUARTERS[country])}"
        if made not in world.streets:
            world.streets.add(made)
            return made


def open_accounts(world: World, draws: Draws, party: Party, n: int, country: str = "") -> None:
    """Accounts at different banks of the party's country, or of another."""
    where = country or party.country
    for bank in draws.sample(world.banks[where], n) if n else ():
        number = world.numbers.account(where, world.banks[where].index(bank))
        party.accounts.append(Account(number, bank, party))


def firms(world: World, sectors: Sequence[str], country: str = "") -> list[Party]:
    """All firms of these sectors (in a country), in a fixed order."""
    return [
        party
        for (sector, where), made in world.firms.items()
        if sector in sectors and (not country or where == country)
        for party in made
    ]
