"""Countries by the many names that manifests, banks and lists give them, in English and Spanish, today's and yesterday's.

The table is ``countries.csv`` beside this file: FollowTheMoney's code (ISO 3166 in lower case; ``suhh`` and the like for
states that are gone), ISO's three letters, both names, and other forms met in files, ``|`` between them.
"""

from __future__ import annotations

import csv
import functools
import re
from importlib.resources import files

from vinculo.graph.text import Text
from vinculo.ingest.clean.text import folded

_NOISE = re.compile(r"[^\w]+")
_ARTICLE = re.compile(r"^(?:the|la|el|los|las) ")


def _key(text: str) -> str:
    return _NOISE.sub(" ", folded(text)).strip()


@functools.cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Codes to the letter, names folded."""
    known: dict[str, str] = {}
    names: dict[str, str] = {}
    rows = csv.DictReader(files(__package__).joinpath("countries.csv").read_text(encoding="utf-8").splitlines())
    for row in rows:
        for code in (row["code"], row["alpha3"]):
            if code:
                known[code] = row["code"]
        for name in (row["en"], row["es"], *row["also"].split("|")):
            for form in (_key(name), _key(name.replace("&", " and "))):
                if form:
                    names.setdefault(form, row["code"])
    return known, names


@functools.cache
def country_names() -> dict[str, Text]:
    """Names by code, in both languages.

    Examples
    --------
    >>> country_names()["mx"].into("es")
    'México'
    """
    rows = csv.DictReader(files(__package__).joinpath("countries.csv").read_text(encoding="utf-8").splitlines())
    return {row["code"]: Text(row["en"], row["es"]) for row in rows}


@functools.lru_cache(100_000)
def country(value: str) -> str | None:
    """FollowTheMoney's code of a country; ``None`` for a text that names none. ``NA`` is Namibia.

    Examples
    --------
    >>> country("Estados Unidos Mexicanos"), country("CHINA, PEOPLES REP"), country("NA"), country("USSR")
    ('mx', 'cn', 'na', 'suhh')
    """
    codes, names = _tables()
    code = codes.get(value.strip().lower())
    if code:
        return code
    key = _key(value)
    return names.get(key) or names.get(_ARTICLE.sub("", key))
