"""What OFAC puts into prose: dates of birth, nationalities, official numbers, ships' numbers and ``Linked To``.

A remark is a row of items with semicolons between. Labels stand in a table; what no label explains stays in the remark,
which is kept whole as ``notes``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    of_country: bool = True


#: OFAC cuts a remark here, in the middle of a word; the rest is in ``sdn_comments``.
LONGEST = 1000
NUMBERS = (
    Number(r"R\.F\.C\.", "RFC", "taxNumber", False),
    Number(r"C\.U\.R\.P\.", "CURP", "idNumber", False),
    Number(r"(?:Stateless Person )?Passport(?: #)?", "PASSPORT", "passportNumber"),
    Number(r"Cedula No\.|Cedula de Ciudadania(?: No\.)?|Residency Number|Numero de Identidad", "CEDULA", "idNumber"),
    Number(r"National ID No\.|National Foreign ID Number|Identification Number|Personal ID Card|Identification Card", "NATIONAL ID", "idNumber"),
    Number(r"D\.N\.I\.|I\.F\.E\.|Birth Certificate Number|Electoral Registry No\.", "NATIONAL ID", "idNumber"),
    Number(r"Driver's License No\.", "DRIVING LICENCE", "idNumber"),
    Number(r"Cartilla de Servicio Militar Nacional", "MILITARY CARD", "idNumber"),
    Number(r"SSN", "SSN", "idNumber", False),
    Number(r"NIT #?|RUC #?|RIF #?|Tax ID No\.|C\.U\.I\.T\.|C\.U\.I\.P\.|Italian Fiscal Code|V\.A\.T\. Number|RTN|C\.I\.F\.|Romanian Tax Registration", "TAX", "taxNumber", False),
    Number(r"US FEIN", "TAX", "taxNumber", False),
    Number(r"Registration (?:ID|Number)|Company Number|Business Registration Document #|Business Registration Number|Business Number", "REGISTRATION", "registrationNumber"),
    Number(r"Commercial Registry Number|Matricula Mercantil No\.?|Folio Mercantil No\.|Certificate of Incorporation Number", "REGISTRATION", "registrationNumber"),
    Number(r"Trade License No\.|Chamber of Commerce Number|Public Registration Number|Enterprise Number|Legal Entity Number|C\.R\. No\.|UK Company Number", "REGISTRATION", "registrationNumber"),
    Number(r"Government Gazette Number", "GAZETTE", "registrationNumber"),
    Number(r"D-U-N-S Number", "DUNS", "dunsCode", False),
    Number(r"SWIFT/BIC", "SWIFT", "swiftBic", False),
    Number(r"MMSI", "MMSI", "mmsi", False),
)  # fmt: skip
_IMO = r"(?:Vessel Registration Identification|Company Number|Company) IMO (\d{7})"
_VALUE = r"\s*#?\s*((?:IMO )?[^();]*?\d[^();]*?)"
_TAIL = r"(?:\s*\([^()]*\)(?=\s*\())*(?:\s*\((?P<place>[^()]*)\)?)?(?:\s+(?:expire[sd]?|issued|from|valid).*)?\.?$"
_PATTERNS = tuple((n, re.compile(rf"(?:alt\. )?(?:{n.label}){_VALUE}{_TAIL}")) for n in NUMBERS)
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
        ("serialNumber", r"Aircraft (?:Manufacturer's Serial Number \(MSN\)|Construction Number \(also called L/N or S/N or F/N\))"),
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
                where = country(told["place"]) if kind.of_country and told["place"] else ""
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
    return [found.groups() for item in items(remark) if (found := _WALLET.match(item))]  # type: ignore[misc]


def linked(remark: str) -> list[str]:
    """Names behind ``Linked To:``, as written; the full stop at the end may be the name's or the remark's.

    Examples
    --------
    >>> linked("DOB 1950; Linked To: NORTE, S.A.; Linked To: SUR LLC.")
    ['NORTE, S.A.', 'SUR LLC.']
    """
    return [found.group(1).strip() for item in items(remark) if (found := _LINKED.match(item))]


def per_remark(remarks: pa.Array, change: object) -> list[object]:
    """``change`` of each distinct remark, spread over the rows; ``None`` where there is no remark."""
    if not callable(change):
        raise TypeError("change must be a function of one text")
    coded = remarks.dictionary_encode()
    made = [change(text) for text in coded.dictionary.to_pylist()]
    return [None if code is None else made[code] for code in coded.indices.to_pylist()]
