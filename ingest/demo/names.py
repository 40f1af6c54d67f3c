"""Names of people and firms, and what clerks make of them.

Firms are called after invented words. People have the given names and surnames that are common there; whoever takes part
in a planted pattern has at least one invented surname, so that nobody's real name stands in an invented crime.
"""

from __future__ import annotations

import csv
import functools
import unicodedata
from importlib.resources import files
from typing import NamedTuple

from vinculo.ingest.demo.draws import Draws

LEGAL_FORMS = {
    "MX": ("S.A. de C.V.", "S. de R.L. de C.V.", "S.P.R. de R.L.", "S.C."),
    "US": ("LLC", "Inc.", "Corp.", "Co."),
    "GT": ("S.A.", "Cía. Ltda."),
    "CO": ("S.A.S.", "Ltda.", "S.A."),
}
_FORM_WEIGHTS = {"MX": (70, 20, 6, 4), "US": (55, 30, 10, 5), "GT": (90, 10), "CO": (75, 15, 10)}


class PersonName(NamedTuple):
    """The parts of a person's name; ``second`` is empty where only one surname is used."""

    given: str
    first: str
    second: str

    def full(self) -> str:
        """Given name first."""
        return " ".join(p for p in self if p)

    def listed(self) -> str:
        """As sanctions lists print it: surnames in capitals, then the given name, without accents."""
        return without_accents(f"{' '.join(p for p in self[1:] if p).upper()}, {self.given}")


@functools.cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    """One of the tables beside this module."""
    text = files(__package__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _weighted(table: str, **wanted: str) -> tuple[list[str], list[int]]:
    chosen = [r for r in rows(table) if all(r[k] == v for k, v in wanted.items())]
    return [r["name"] for r in chosen], [int(r["weight"]) for r in chosen]


class Names:
    """Gives out names of firms, none twice; names of people repeat, as in life.

    Parameters
    ----------
    draws : Draws
        Its own stream.
    """

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._taken: set[str] = set()
        self._parts = {
            p: [r["text"] for r in rows("syllables") if r["place"] == p] for p in ("first", "middle", "last")
        }
        self._surnames = {language: _weighted("surnames", language=language) for language in ("es", "en", "invented")}
        self._given = {language: _weighted("given_names", language=language) for language in ("es", "en")}
        self._trades: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for r in rows("trades"):
            self._trades.setdefault((r["sector"], r["country"]), []).append((r["before"], r["after"]))

    def word(self) -> str:
        """An invented word that no firm here uses yet."""
        while True:
            middles = self._draws.sample(self._parts["middle"], 1 if self._draws.chance(0.6) else 2)
            made = self._draws.choice(self._parts["first"]) + "".join(middles) + self._draws.choice(self._parts["last"])
            key = without_accents(made).lower()
            halves = [key[i : i + 2] for i in range(len(key) - 1)]
            # a syllable that comes twice makes a word nobody would call a firm after
            if key not in self._taken and len(set(halves)) == len(halves):
                self._taken.add(key)
                return made

    def company(self, country: str, sector: str) -> str:
        """A firm's full name."""
        before, after = self._draws.choice(self._trades.get((sector, country)) or self._trades["trading", country])
        form = self._draws.choice(LEGAL_FORMS[country], _FORM_WEIGHTS[country])
        if sector == "bank":
            form = {"US": "N.A.", "MX": "S.A.", "GT": "S.A.", "CO": "S.A."}[country]
        body = " ".join(p for p in (before, self.word(), after) if p)
        return f"{body}, {form}" if country == "MX" else f"{body} {form}"

    def own_word(self, company: str) -> str:
        """The invented word in a firm's name, in plain small letters: no other firm has it."""
        words = without_accents(company).lower().replace(",", "").split()
        return next(word for word in words if word in self._taken)

    def person(self, country: str, *, planted: bool = False) -> PersonName:
        """A person's name: two surnames, but one where the family is English-speaking."""
        english = country == "US" and not planted and self._draws.chance(0.45)
        given = self._draws.choice(*self._given["en" if english else "es"])
        first = self._draws.choice(*self._surnames["en" if english else "es"])
        if planted:
            return PersonName(given, first, self._draws.choice(*self._surnames["invented"]))
        return PersonName(given, first, "" if english else self._draws.choice(*self._surnames["es"]))


def without_accents(text: str) -> str:
    """The same letters without any mark.

    Examples
    --------
    >>> without_accents("Peña Núñez")
    'Pena Nunez'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def as_typed(name: str, draws: Draws) -> str:
    """How a clerk writes a name: mostly as it is, else without accents, in capitals, abbreviated or with a slip."""
    way = draws.integer(99)
    if way < 78:
        return name
    if way < 88:
        return without_accents(name)
    if way < 93:
        return name.upper()
    if way < 96:
        return name.replace("S.A. de C.V.", "SA DE CV").replace("S. de R.L. de C.V.", "S DE RL DE CV").replace(",", "")
    if way < 98 or len(name) < 8:
        return name.replace(" de ", " ").replace(" y ", " & ")
    at = draws.integer(len(name) - 3, 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def as_manifest(name: str) -> str:
    """How a US manifest prints a name: capitals, no accents, 35 characters.

    Examples
    --------
    >>> as_manifest("Agrícola Norvalle, S.A. de C.V.")
    'AGRICOLA NORVALLE SA DE CV'
    """
    made = without_accents(name).upper().replace(",", "").replace(".", "")
    return " ".join(made.split())[:35].rstrip()
