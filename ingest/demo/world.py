"""What the case is made of before it becomes files: parties, accounts, consignments, transfers, events, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vinculo.ingest.demo.draws import Draws
from vinculo.ingest.demo.names import Names, PersonName
from vinculo.ingest.demo.numbering import Numbers

COUNTRIES = {"US": "United States", "MX": "Mexico", "GT": "Guatemala", "CO": "Colombia"}
#: Pesos for a dollar; one rate for the whole case keeps its sums easy to follow.
MXN_PER_USD = 18.0


@dataclass(eq=False)
class Account:
    """An account at a bank."""

    number: str
    bank: Party
    holder: Party

    @property
    def country(self) -> str:
        """Where the bank is."""
        return self.bank.country


@dataclass(eq=False)
class Party:
    """A person or a firm.

    ``sector`` says what it lives from; ``tells_tax_id`` is whether manifests of the other country carry its tax number.
    """

    name: str
    country: str
    tax_id: str
    sector: str
    street: str
    city: str
    region: str
    postcode: str
    phone: str
    email: str
    founded: str
    person: PersonName | None = None
    accounts: list[Account] = field(default_factory=list)
    code: str = ""
    tells_tax_id: bool = True
    registered: bool = False

    @property
    def account(self) -> Account:
        """The account it uses most."""
        return self.accounts[0]

    @property
    def address(self) -> str:
        """The whole address in one line."""
        return f"{self.street}, {self.city}, {self.region} {self.postcode}, {COUNTRIES[self.country]}"


@dataclass(frozen=True)
class Port:
    """A place where goods cross: ``mode`` is ``truck`` or ``sea``."""

    code: str
    name: str
    country: str
    mode: str
    region: str
    weight: int


@dataclass(frozen=True)
class Good:
    """A line of the tariff with what it usually costs and weighs."""

    hs: str
    en: str
    es: str
    usd_per_kg: float
    kg_per_load: float
    unit: str
    kg_per_unit: float
    origins: tuple[str, ...]
    peak_month: int
    weight: int
    sector: str


@dataclass(frozen=True)
class Ship:
    """A vessel."""

    name: str
    imo: str


@dataclass(eq=False)
class Bill:
    """A consignment; values in USD. ``sides`` are the files it stands in."""

    day: int
    shipper: Party
    consignee: Party
    good: Good
    weight_kg: float
    export_value: float
    import_value: float
    lading: Port
    unlading: Port
    carrier: Party
    broker: Party
    notify: Party | None = None
    ship: Ship | None = None
    voyage: str = ""
    containers: tuple[str, ...] = ()
    sides: tuple[str, ...] = ("import", "export")
    goods: str = ""
    master: str = ""
    number: str = ""

    @property
    def quantity(self) -> int:
        """Packages or pieces."""
        return max(1, round(self.weight_kg / self.good.kg_per_unit))


@dataclass(eq=False)
class Transfer:
    """A movement of money. Without a payer (or payee) the place is that end: cash."""

    day: int
    second: int
    amount: float
    type: str
    payer: Account | None
    payee: Account | None
    purpose: str = ""
    currency: str = "USD"
    place: str = ""
    region: str = ""
    id: str = ""


@dataclass(eq=False)
class Seizure:
    """Something seized."""

    day: int
    agency: str
    port: Port
    commodity: str
    hs: str
    quantity: float
    unit: str
    value_usd: float
    bill: Bill | None = None
    party: Party | None = None
    role: str = ""
    plate: str = ""
    inspection: Inspection | None = None
    notes: str = ""
    id: str = ""


@dataclass(eq=False)
class Inspection:
    """An inspection: ``kind`` is cargo, agricultural or joint."""

    day: int
    kind: str
    agency: str
    port: Port
    bill: Bill
    result: str
    partner: str = ""
    pest: str = ""
    notes: str = ""
    id: str = ""


@dataclass(eq=False)
class Listed:
    """An entry of a list. ``list`` is ``69b`` or ``sdn``; ``status`` is the word of the 69-B list."""

    list: str
    name: str
    tax_id: str
    status: str = ""
    party: Party | None = None
    day: int = 0
    program: str = "SDNTK"
    person: PersonName | None = None
    linked_to: str = ""
    remarks: str = ""


@dataclass(eq=False)
class Held:
    """Somebody owns (``percentage``) or directs (``role``) a firm, as the register says."""

    who: Party
    firm: Party
    percentage: int = 0
    role: str = ""


@dataclass(eq=False)
class Planted:
    """A pattern hidden in the case, or something lawful that looks like one (``why`` says what it is)."""

    typology: str
    members: Sequence[tuple[Party | Account, str]]
    note: str
    hub: Party | Account | None = None
    transfers: list[Transfer] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    why: str = ""
    story: bool = False


@dataclass(eq=False)
class World:
    """The case while it is being made."""

    draws: Draws
    numbers: Numbers
    names: Names
    scale: float
    banks: dict[str, list[Party]] = field(default_factory=dict)
    firms: dict[tuple[str, str], list[Party]] = field(default_factory=dict)
    people: dict[str, list[Party]] = field(default_factory=dict)
    ports: list[Port] = field(default_factory=list)
    goods: list[Good] = field(default_factory=list)
    ships: list[Ship] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    seizures: list[Seizure] = field(default_factory=list)
    inspections: list[Inspection] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    streets: set[str] = field(default_factory=set)
    boxes: list[str] = field(default_factory=list)
    officers: dict[str, list[Party]] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)

    def count(self, at_full_scale: int, least: int = 1) -> int:
        """A number of things at this scale."""
        return max(least, round(at_full_scale * self.scale))

    def officer(self, country: str) -> Party:
        """Somebody to direct a firm: nobody directs a third one before everybody has two."""
        if not self.officers.get(country):
            seized_from = {id(s.party) for s in self.seizures}
            # whoever was stopped in a private car is no director, else half the register stands near a seizure
            pool = [p for p in self.people[country] if id(p) not in seized_from]
            self.officers[country] = self.draws.child(f"officers {country}").sample(pool, len(pool))
        return self.officers[country].pop()

    def port(self, code: str) -> Port:
        """The port of that code."""
        return next(p for p in self.ports if p.code == code)

    def good(self, hs: str) -> Good:
        """The tariff line of that code."""
        return next(g for g in self.goods if g.hs == hs)

    def pay(self, day: int, payer: Account, payee: Account, amount: float, **more: Any) -> Transfer:
        """Record a transfer between two accounts; ``second`` of the day is drawn where none is given."""
        second = more.pop("second", None)
        made = Transfer(
            day,
            self.draws.integer(17 * 3600, 8 * 3600) if second is None else second,
            round(amount, 2),
            more.pop("type", "wire"),
            payer,
            payee,
            **more,
        )
        self.transfers.append(made)
        return made
