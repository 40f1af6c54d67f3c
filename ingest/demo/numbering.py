"""Numbers that look right, pass their check digits, and belong to nobody.

- **RFC**: the tax authority makes the two characters of the homoclave from a table of 34 signs without ``0`` and ``O``, and
  none of the 12,580 RFCs of the published 69-B list holds one. Every RFC here has ``O`` as second sign of its homoclave:
  date and check digit are valid, yet no such number can have been issued.
- **EIN**: prefixes 89 and 79 are not assigned to any office of the IRS.
- **NIT**: Colombian and Guatemalan numbers are given out in order; those from 999 million and 99 million upwards are decades
  away.
- **Phones**: ``555-01xx`` in the US; in Mexico area codes 600 to 609, in Guatemala numbers that begin with 9, in Colombia
  numbers that begin with 9: none of them is in the numbering plans.
- **Containers**: owner codes ``QXZ``, ``ZQX``, ``XQJ``, ``QZV``, with the ISO 6346 check digit.
- **Ships**: IMO numbers from 3,000,000 to 3,999,999; real ones are above 5,000,000 or, of late, just above
  1,000,000.
- **CLABE**: bank codes 290 to 299 are not assigned.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterator
from importlib.resources import files

from vinculo.ingest.demo.draws import Draws

_RFC_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_HOMOCLAVE_FIRST = "123456789ABCDEFGHIJKLMNPQRSTUV"
# syllables that the authority replaces, because the four letters of a person would read as a rude word
_RUDE = frozenset(
    [
        "BUEI",
        "BUEY",
        "CACA",
        "CACO",
        "CAGA",
        "CAGO",
        "CAKA",
        "CAKO",
        "COGE",
        "COJA",
        "COJE",
        "COJI",
        "COJO",
        "CULO",
        "FETO",
        "GUEY",
        "JOTO",
        "KACA",
        "KACO",
        "KAGA",
        "KAGO",
        "KAKA",
        "KOGE",
        "KOJO",
        "KULO",
        "MAME",
        "MAMO",
        "MEAR",
        "MEAS",
        "MEON",
        "MION",
        "MOCO",
        "MULA",
        "PEDA",
        "PEDO",
        "PENE",
        "PUTA",
        "PUTO",
        "QULO",
        "RATA",
        "RUIN",
    ]
)
_CONTAINER_OWNERS = ("QXZU", "ZQXU", "XQJU", "QZVU")
# letters of ISO 6346: 10 upwards, without the multiples of 11
#: Never given out: the story uses it.
RESERVED_PHONE = "+1 832-555-0110"
_CONTAINER_VALUES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [v for v in range(10, 39) if v % 11], strict=True))


def rfc_check_digit(number: str) -> str:
    """The last sign of an RFC (12 or 13 signs) from the others.

    Examples
    --------
    >>> rfc_check_digit("GODE561231GR")
    '8'
    """
    padded = number.rjust(12)
    total = sum(_RFC_ALPHABET.index(sign) * (13 - i) for i, sign in enumerate(padded))
    # the remainder 0 gives "0" and 10 gives "A", as the authority prints them
    return "0123456789A"[(11 - total) % 11]


def container_check_digit(number: str) -> int:
    """The check digit of ISO 6346 for owner code and serial number (10 signs).

    Examples
    --------
    >>> container_check_digit("CSQU305438")
    3
    """
    total = sum((int(s) if s.isdigit() else _CONTAINER_VALUES[s]) << i for i, s in enumerate(number))
    return total % 11 % 10


def imo_check_digit(serial: str) -> int:
    """The last digit of an IMO number from its first six.

    Examples
    --------
    >>> imo_check_digit("907472")
    9
    """
    return sum(int(s) * (7 - i) for i, s in enumerate(serial)) % 10


def clabe_check_digit(number: str) -> int:
    """The last digit of a Mexican account number (CLABE) from its first 17."""
    return -sum(int(s) * (3, 7, 1)[i % 3] % 10 for i, s in enumerate(number)) % 10


def nit_co_check_digit(number: str) -> int:
    """The check digit of a Colombian NIT."""
    weights = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43)
    rest = sum(int(s) * w for s, w in zip(reversed(number), weights, strict=False)) % 11
    return rest if rest < 2 else 11 - rest


def nit_gt_check_digit(number: str) -> str:
    """The check digit of a Guatemalan NIT (``K`` stands for ten)."""
    rest = -sum(int(s) * w for w, s in enumerate(reversed(number), 2)) % 11
    return "K" if rest == 10 else str(rest)


class Numbers:
    """Gives out numbers, none of them twice.

    Parameters
    ----------
    draws : Draws
        Its own stream.
    """

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._taken: set[str] = set()
        self._serial = itertools.count(1)
        self._phones = {country: self._phone_numbers(country) for country in ("US", "MX", "GT", "CO")}

    def _new(self, drawn: Callable[[], str]) -> str:
        """The first number drawn that nobody has."""
        while not self._once(number := drawn()):
            pass
        return number

    def _once(self, number: str) -> bool:
        if number in self._taken:
            return False
        self._taken.add(number)
        return True

    def rfc(self, name: str, person: tuple[str, str, str] | None, date: str) -> str:
        """An RFC from a company's name, or from (given, first surname, second surname), and an ISO date."""
        letters = rfc_letters_person(*person) if person else rfc_letters_company(name)
        while True:
            stem = f"{letters}{date[2:4]}{date[5:7]}{date[8:10]}{self._draws.choice(_HOMOCLAVE_FIRST)}O"
            number = stem + rfc_check_digit(stem)
            if self._once(number):
                return number
            date = f"{date[:8]}{self._draws.integer(28, 1):02d}"

    def tax_id(self, country: str) -> str:
        """A company's or person's tax number outside Mexico."""

        def drawn() -> str:
            if country == "US":
                return f"{self._draws.choice(('89', '79'))}-{self._draws.integer(9_999_999):07d}"
            if country == "CO":
                stem = f"999{self._draws.integer(999_999):06d}"
                return f"{stem}-{nit_co_check_digit(stem)}"
            stem = f"99{self._draws.integer(9_999_999):07d}"
            return f"{stem}-{nit_gt_check_digit(stem)}"

        return self._new(drawn)

    def container(self) -> str:
        """A container number with its check digit."""

        def drawn() -> str:
            stem = f"{self._draws.choice(_CONTAINER_OWNERS)}{self._draws.integer(999_999):06d}"
            return f"{stem}{container_check_digit(stem)}"

        return self._new(drawn)

    def imo(self) -> str:
        """The IMO number of a ship, digits only."""

        def drawn() -> str:
            stem = f"3{self._draws.integer(99_999):05d}"
            return f"{stem}{imo_check_digit(stem)}"

        return self._new(drawn)

    def account(self, country: str, bank_number: int) -> str:
        """An account number as banks of that country write them (digits)."""

        def drawn() -> str:
            if country == "MX":
                stem = f"29{bank_number % 10}{self._draws.integer(999, 1):03d}{self._draws.integer(10**11 - 1):011d}"
                return f"{stem}{clabe_check_digit(stem)}"
            digits = {"US": 10, "GT": 12, "CO": 11}[country]
            return f"{bank_number % 100:02d}{self._draws.integer(10 ** (digits - 2) - 1):0{digits - 2}d}"

        return self._new(drawn)

    def phone(self, country: str) -> str:
        """A phone number in international form."""
        return next(self._phones[country])

    def _phone_numbers(self, country: str) -> Iterator[str]:
        if country == "US":
            areas = files(__package__).joinpath("area_codes.csv").read_text(encoding="utf-8").split()[1:]
            pool = [f"+1 {area}-555-01{n:02d}" for area in areas for n in range(100)]
            pool.remove(RESERVED_PHONE)
            yield from self._draws.child("phones").sample(pool, len(pool))
        draws = self._draws.child(f"phones {country}")
        while True:
            n = draws.integer(9_999_999)
            if country == "MX":
                number = f"+52 60{draws.integer(9)} {n // 10_000:03d} {n % 10_000:04d}"
            elif country == "GT":
                number = f"+502 9{n // 10_000:03d} {n % 10_000:04d}"
            elif country == "CO":
                number = f"+57 9{draws.integer(99):02d} {n // 10_000:03d} {n % 10_000:04d}"
            else:
                raise ValueError("there are no more fictional phone numbers in the US")
            if self._once(number):
                yield number

    def serial(self) -> int:
        """1, 2, 3, ..."""
        return next(self._serial)


def plain(text: str) -> str:
    """Upper case without accents; ``Ñ`` stays, as in tax numbers.

    Examples
    --------
    >>> plain("Muñoz Peñalba, José")
    'MUÑOZ PEÑALBA, JOSE'
    """
    kept = text.upper().replace("Ñ", "\0")
    folded = "".join(c for c in unicodedata.normalize("NFKD", kept) if not unicodedata.combining(c))
    return folded.replace("\0", "Ñ")


def rfc_letters_company(name: str) -> str:
    """The three letters of a company: of its first three words that count."""
    skip = {"DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "S.A.", "C.V.", "S", "R.L.", "SA", "CV", "RL"}
    words = [w for w in plain(name).replace(",", " ").replace(".", " ").split() if w not in skip and w.isalpha()]
    if len(words) == 1:
        return (words[0] + "XX")[:3]
    if len(words) == 2:
        return (words[0][0] + words[1] + "X")[:3]
    return words[0][0] + words[1][0] + words[2][0]


def rfc_letters_person(given: str, first: str, second: str) -> str:
    """The four letters of a person: first surname (letter and first inner vowel), second surname, given name."""
    first, second, given = plain(first).split()[-1], plain(second).split()[-1], plain(given)
    names = given.split()
    if len(names) > 1 and names[0] in ("JOSE", "MARIA"):
        names = names[1:]
    vowel = next((c for c in first[1:] if c in "AEIOU"), "X")
    letters = f"{first[0]}{vowel}{second[0]}{names[0][0]}".replace("Ñ", "X")
    return letters[:3] + "X" if letters in _RUDE else letters
