"""Code tables that come with Vinculo: what a code means, beside the fact that holds it; never a fact itself.

One CSV per table in this folder. A code is looked up as text; leading zeros count.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from importlib.resources import files

from vinculo.graph.text import Text


@dataclass(frozen=True)
class Table:
    """A code table.

    Attributes
    ----------
    name : str
    title : Text
    edition : str
        Which edition the codes are of; codes change.
    source : str
        Who publishes it, and on which terms it is here.
    """

    name: str
    title: Text
    edition: str
    source: str


@dataclass(frozen=True)
class Meaning:
    """What a code means.

    Attributes
    ----------
    table : Table
    code : str
        The code found; shorter than the one asked for where only its heading is known (a tariff line of ten digits).
    label : str
        In the language the table is published in.
    country : str
        For places: the country, as the table writes it.
    """

    table: Table
    code: str
    label: str
    country: str = ""


TABLES = {
    t.name: t
    for t in (
        Table(
            "aduanas",
            Text("Mexican customs offices", "Aduanas de México"),
            "RGCE 2026, Anexo 22, Apéndice 1 (DOF 15-01-2026), sección 0",
            "SHCP/ANAM; official text, free of copyright (LFDA art. 14 VIII)",
        ),
        Table(
            "hs",
            Text("Harmonized System, to six digits", "Sistema Armonizado, a seis dígitos"),
            "2017 and 2022 nomenclature as in UN Comtrade",
            "WCO and UN Comtrade by datasets/harmonized-system, Public Domain Dedication and License",
        ),
        Table(
            "schedule_d",
            Text(
                "US customs districts and ports (Schedule D)", "Distritos y puertos aduaneros de EE. UU. (Schedule D)"
            ),
            "Schedule D",
            "US Census Bureau and CBP; work of the US federal government, public domain",
        ),
        Table(
            "schedule_k",
            Text("Foreign ports (Schedule K)", "Puertos extranjeros (Schedule K)"),
            "4th quarter 2024, official names",
            "US Army Corps of Engineers; work of the US federal government, public domain",
        ),
        Table(
            "wpi",
            Text("Ports of the world by UN/LOCODE (WPI)", "Puertos del mundo por UN/LOCODE (WPI)"),
            "World Port Index, 2024",
            "National Geospatial-Intelligence Agency, Pub. 150; work of the US federal government, public domain",
        ),
    )
}
#: Which table a property's codes are of; a place's depend on how the code looks.
_OF_PROPERTY = {"hsCode": ("hs",), "customsOffice": ("aduanas",)}
_PLACES = (
    ("schedule_d", re.compile(r"\d{4}")),
    ("schedule_k", re.compile(r"\d{5}")),
    ("aduanas", re.compile(r"\d{2}0?")),
    ("wpi", re.compile(r"[A-Z]{2} ?[A-Z2-9]{3}")),
)


@functools.cache
def _rows(name: str) -> dict[str, tuple[str, str]]:
    text = (files(__package__) / f"{name}.csv").read_text(encoding="utf-8")
    return {
        r["code"]: (r.get("en") or r.get("es") or "", r.get("country") or "") for r in csv.DictReader(text.splitlines())
    }


def look_up(table: str, code: str) -> Meaning | None:
    """What a code of a table means; ``None`` where the table does not have it.

    Parameters
    ----------
    table : str
        Key of ``TABLES``.
    code : str
        As it stands in a document: dots and spaces do not count. Of an HS code longer than six digits the longest beginning that
        is known; of an *aduana-sección* of three digits, its *aduana*.

    Raises
    ------
    KeyError
        There is no such table.

    Examples
    --------
    >>> look_up("hs", "0101.21.00.10").code, look_up("aduanas", "240").label
    ('010121', 'Nuevo Laredo, Tamaulipas')
    >>> look_up("schedule_d", "9999") is None
    True
    """
    rows = _rows(TABLES[table].name)
    bare = re.sub(r"[.\s]", "", code)
    shortest = {"hs": 2, "aduanas": 2}.get(table, len(bare))
    for length in range(min(len(bare), 6), shortest - 1, -1):
        if (found := rows.get(bare[:length])) is not None:
            return Meaning(TABLES[table], bare[:length], *found)
    return None


def meaning(kind: str, name: str, value: str) -> Meaning | None:
    """What the value of a property means, where it is a code of one of the tables.

    Examples
    --------
    >>> meaning("Consignment", "hsCode", "080440").label
    'Fruit, edible; avocados, fresh or dried'
    >>> meaning("Location", "code", "2304").label, meaning("Location", "name", "2304")
    ('LAREDO, TX', None)
    """
    for table in _OF_PROPERTY.get(name, ()):
        if (found := look_up(table, value)) is not None:
            return found
    if kind == "Location" and name == "code":
        for table, form in _PLACES:
            if form.fullmatch(value):
                return look_up(table, value)
    return None
