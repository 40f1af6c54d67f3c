"""What OFAC puts into prose: dates of birth, nationalities, official numbers, ships' numbers and ``Linked To``.

A remark is a row of items with semicolons between. Labels stand in a table; what no label explains stays in the remark,
which is kept whole as ``notes``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

import pyarrow as pa

from vinculo.ingest.clean.countries import country
from vinculo.ingest.clean.identifiers import compact, imo, rfc


@dataclass(frozen=True)
class Number:
    """A kind of official number: its label in remarks, its type, and the property that holds it.

    ``of_country``: the same number in two countries is two numbers.
    """

    label: str
    type: str
    property: str
    of_country: bool


def _table() -> tuple[Number, ...]:
    rows = csv.DictReader(files(__package__).joinpath("ofac_numbers.csv").read_text(encoding="utf-8").splitlines())
    return tuple(Number(r["label"], r["type"], r["property"], r["of_country"] == "1") for r in rows)


#: OFAC cuts a remark here, in the middle of a word; the rest is in ``sdn_comments``.
LONGEST = 1000
NUMBERS = _table()
_IMO = r"(?:Vessel Registration Identification|Company Number|Company) IMO (\d{7})"
_VALUE = r"\s*#?\s*((?:IMO )?[^();]*?\d[^();]*?)"
_TAIL = r"(?:\s*\([^()]*\)(?=\s*\())*(?:\s*\((?P<place>[^()]*)\)?)?(?:\s+(?:expire[sd]?|issued|from|valid).*)?\.?$"
_PATTERNS = tuple((n, re.compile(rf"(?:alt\. )?{re.escape(n.label)}{_VALUE}{_TAIL}")) for n in NUMBERS)
_BORN = re.compile(r"(?:alt\. )?DOB (?:circa |approximately |approx\.? )?(.+?)\.?$")
_RANGE = re.compile(r"^(?:between )?(.+?) (?:to|and|or) (.+)$")
_LINKED = re.compile(r"Linked To:\s*(.+)$")
_WALLET = re.compile(r"(?:alt\. )?Digital Currency Address - (\w{2,6}) (\w{20,})\.?$")
#: One value each: label and property.
_PLAIN = tuple(
    (name, re.compile(rf"(?:alt\. )?{label}\s*(.+?)\.?$"))
    for name, label in (
        ("birthPlace", "POB"),
        ("nationality", "nationality"),
        ("citizenship", "citizen"),
        ("gender", "Gender"),
        ("email", r"Email Address(?:es)?"),
        ("website", "Website"),
        ("phone", r"(?:Phone Number|Telephone(?: No\.)?|Phone No\.|Tel\.?)"),
        ("model", "Aircraft Model"),
        ("buildDate", "Aircraft Manufacture Date"),
        ("serialNumber", r"Aircraft (?:Manufacturer's Serial|Construction) Number(?: \([^()]*\))?"),
        ("operator", "Aircraft Operator"),
        ("type", "Vessel Type"),
        ("pastFlags", "Former Vessel Flag"),
        ("yearBuilt", "Vessel Year of Build"),
    )
)  # fmt: skip
PLAIN = tuple(name for name, _ in _PLAIN)
NUMBER_PROPERTIES = tuple(dict.fromkeys([*(n.property for n in NUMBERS), "imoNumber"]))


def items(remark: str) -> list[str]:
    """The items of a remark; the last one of a remark that was cut off is not read, its end is in another file.

    Examples
    --------
    >>> items("DOB 01 Jan 1960; nationality Mexico.")
    ['DOB 01 Jan 1960', 'nationality Mexico.']
    """
    parts = remark.split(";")
    if len(remark) >= LONGEST:
        parts.pop()
    return [part.strip() for part in parts if part.strip()]


def details(remark: str) -> dict[str, list[str]]:
    """Everything with a plain label, by property; ``birthDate`` holds both ends of a range.

    Examples
    --------
    >>> details("DOB 1929 to 1930; POB Tuxpan, Mexico; citizen Mexico.")
    {'birthDate': ['1929', '1930'], 'birthPlace': ['Tuxpan, Mexico'], 'citizenship': ['Mexico']}
    """
    made: dict[str, list[str]] = {}
    for item in items(remark):
        if born := _BORN.match(item):
            between = _RANGE.match(born.group(1))
            made.setdefault("birthDate", []).extend(between.groups() if between else [born.group(1)])
            continue
        for name, pattern in _PLAIN:
            if plain := pattern.match(item):
                made.setdefault(name, []).append(plain.group(1))
                break
    return made


def numbers(remark: str) -> list[tuple[str, str, str, str, str]]:
    """Official numbers: property, type, number as written, number as compared, country code (empty where it does not matter).

    Examples
    --------
    >>> numbers("R.F.C. AAA-010101-AB1 (Mexico); Passport A-123456 (Iran) expires 2020.")[0]
    ('taxNumber', 'RFC', 'AAA-010101-AB1', 'AAA010101AB1', '')
    """
    made = []
    for item in items(remark):
        if ship := re.match(_IMO, item):
            number = imo(ship.group(1)) or f"IMO{ship.group(1)}"
            made.append(("imoNumber", "IMO", number, number, ""))
            continue
        for kind, pattern in _PATTERNS:
            told = pattern.match(item)
            if told is None:
                continue
            number = told.group(1).strip()
            compared = compact(number) or ""
            # an RFC without its last three characters is no key to anybody
            type_ = kind.type if kind.type != "RFC" or rfc(number) else "TAX"
            if 4 <= len(compared) <= 30 and len(set(compared)) > 1:
                where = country(told["place"]) if (kind.of_country or type_ == "TAX") and told["place"] else ""
                made.append((kind.property, type_, number, compared, where or ""))
            break
    return made


def wallets(remark: str) -> list[tuple[str, str]]:
    """Currency and address of crypto wallets.

    Examples
    --------
    >>> wallets("Digital Currency Address - XBT 1BoatSLRHtKNngkdXEeobR76b53LETtpyT;")
    [('XBT', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT')]
    """
    return [(found[1], found[2]) for item in items(remark) if (found := _WALLET.match(item))]


def linked(remark: str) -> list[str]:
    """Names behind ``Linked To:``, as written; the full stop at the end may be the name's or the remark's.

    Examples
    --------
    >>> linked("DOB 1950; Linked To: NORTE, S.A.; Linked To: SUR LLC.")
    ['NORTE, S.A.', 'SUR LLC.']
    """
    return [found.group(1).strip() for item in items(remark) if (found := _LINKED.match(item))]


_T = TypeVar("_T")


def per_remark(remarks: pa.Array, change: Callable[[str], _T]) -> list[_T | None]:
    """``change`` of each distinct remark, spread over the rows; ``None`` where there is no remark."""
    coded = remarks.dictionary_encode()
    made = [change(text) for text in coded.dictionary.to_pylist()]
    return [None if code is None else made[code] for code in coded.indices.to_pylist()]
