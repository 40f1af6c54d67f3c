"""Which official numbers tell that two records mean one party: ``schema/number_types.csv`` says it of each type."""

from __future__ import annotations

import csv
import functools
import re
from importlib.resources import files

#: Numbers that many share by design: Mexico's RFC for the general public and for foreigners.
PLACEHOLDERS = frozenset({"XAXX010101000", "XEXX010101000"})
#: A number that more parties than this share is a placeholder nobody has listed yet.
MOST_HOLDERS = 20
_RFC = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}")


@functools.cache
def number_types() -> dict[str, tuple[str, str]]:
    """By type of number, whether it joins parties (``anywhere``, within one ``country``, ``never``), and why.

    A type that is not in the table joins nobody.

    Examples
    --------
    >>> number_types()["TAX"][0], number_types()["PASSPORT"][0]
    ('country', 'never')
    """
    table = files("vinculo.graph.schema").joinpath("number_types.csv").read_text("utf-8")
    return {row["type"]: (row["joins"], row["why"]) for row in csv.DictReader(table.splitlines())}


def taxpayer(type_: str | None, number: str | None, country: str | None) -> tuple[str, str, str] | None:
    """What an official number says of who holds it: its type, country and digits; ``None`` where it does not tell one party.

    Numbers are compared within their type, and tax numbers within their country: a Colombian firm's NIT is not an Iranian
    passport of the same digits.

    Examples
    --------
    >>> taxpayer("TAX", "900.111.222", "co"), taxpayer("PASSPORT", "900111222", "ir"), taxpayer("TAX", "900111222", None)
    (('TAX', 'co', '900111222'), None, None)
    >>> taxpayer("TAX", "DIB-771110-HQ1", None)
    ('RFC', '', 'DIB771110HQ1')
    """
    plain, sort = _plain(number), (type_ or "").upper()
    if len(plain) < 5 or plain in PLACEHOLDERS:
        return None
    if sort == "TAX" and _RFC.fullmatch(plain):
        sort = "RFC"
    joins, _ = number_types().get(sort, ("never", ""))
    if joins == "anywhere":
        return sort, "", plain
    if joins == "country" and country:
        return sort, country.lower(), plain
    return None


def _plain(number: str | None) -> str:
    return "".join(c for c in (number or "").upper() if c.isalnum() or c in "&Ñ")
