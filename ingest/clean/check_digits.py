"""Numbers that check themselves: a wrong check digit is said beside the number, and is no ground to reject it."""

from __future__ import annotations

import re
from collections.abc import Callable

from vinculo.graph.currencies import known_currency
from vinculo.ingest.clean.identifiers import GENERIC_RFC, compact, container_check_digit, rfc_check_digit

_RFC = re.compile(r"[A-ZÑ&]{3,4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z0-9]{2}[0-9A]")
_CURP = re.compile(r"[A-ZÑ]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{2}[A-ZÑ]{3}[0-9A-Z]\d")
_CURP_ALPHABET = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")}
_LEI = re.compile(r"[0-9A-Z]{18}\d{2}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CONTAINER = re.compile(r"[A-Z]{3}[UJZR]\d{7}")
_IMO = re.compile(r"(?:IMO)?(\d{7})")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_MMSI = re.compile(r"[2-7]\d{8}|00[2-7]\d{6}|111\d{6}|97[024]\d{6}|98\d{7}|99\d{7}")
_SCAC = re.compile(r"[A-Z]{2,4}")
_DUNS = re.compile(r"\d{9}")


def _modulus_97(text: str) -> bool:
    """ISO 7064 MOD 97-10 of digits and letters (A is 10)."""
    return int("".join(str(int(c, 36)) for c in text)) % 97 == 1


def _rfc(text: str) -> bool:
    return bool(_RFC.fullmatch(text)) and rfc_check_digit(text) == text[-1]


def _curp(text: str) -> bool:
    """RENAPO's instructive: weights 18 down to 2, modulus 10."""
    if not _CURP.fullmatch(text):
        return False
    return (10 - sum(_CURP_ALPHABET[c] * (18 - i) for i, c in enumerate(text[:17])) % 10) % 10 == int(text[-1])


def _imo(text: str) -> bool:
    found = _IMO.fullmatch(text)
    digits = found.group(1) if found else ""
    return bool(digits) and sum(int(d) * (7 - i) for i, d in enumerate(digits[:6])) % 10 == int(digits[6])


def _lei(text: str) -> bool:
    return bool(_LEI.fullmatch(text)) and _modulus_97(text)


def _iban(text: str) -> bool:
    return bool(_IBAN.fullmatch(text)) and _modulus_97(text[4:] + text[:4])


def _container(text: str) -> bool:
    return bool(_CONTAINER.fullmatch(text)) and container_check_digit(text) == text[-1]


#: By what a number is. BIC, MMSI, SCAC and D-U-N-S have a form and no check digit (D-U-N-S gave its up in 2006).
CHECKS: dict[str, Callable[[str], bool]] = {
    "bic": lambda text: bool(_BIC.fullmatch(text)),
    "container": _container,
    "curp": _curp,
    "duns": lambda text: bool(_DUNS.fullmatch(text)),
    "iban": _iban,
    "imo": _imo,
    "lei": _lei,
    "mmsi": lambda text: bool(_MMSI.fullmatch(text)),
    "rfc": _rfc,
    "scac": lambda text: bool(_SCAC.fullmatch(text)),
}
_PROPERTIES = {
    "imoNumber": "imo",
    "leiCode": "lei",
    "iban": "iban",
    "swiftBic": "bic",
    "mmsi": "mmsi",
    "dunsCode": "duns",
    "carrierScac": "scac",
}
_RFC_LIKE = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}")
_CURP_LIKE = re.compile(r"[A-ZÑ]{4}\d{6}[A-Z]{6}[0-9A-Z]\d")


def checked(kind: str, text: str) -> bool:
    """Whether a number has the form of its kind and its check digits are right.

    Parameters
    ----------
    kind : str
        Key of ``CHECKS``.
    text : str
        The number; spaces, hyphens and case do not count.

    Examples
    --------
    >>> checked("curp", "BOXW310820HNERXN09"), checked("lei", "213800KUD8LAJWSQ9D15"), checked("imo", "9319467")
    (True, True, False)
    """
    made = compact(text) or ""
    return made.replace("Ñ", "N").isascii() and CHECKS[kind](made)


def doubt(kind: str, name: str, value: str, number_type: str = "") -> str:
    """What is doubtful about a number or a currency: ``check_digit``, ``generic``, ``currency``, or nothing.

    Parameters
    ----------
    kind, name : str
        Kind of the entity and name of the property.
    value : str
        The number, or the currency code.
    number_type : str
        For an ``Identifier``, its type (``RFC``, ``IMO``...).

    Examples
    --------
    >>> doubt("Container", "number", "CSQU3054384"), doubt("Company", "taxNumber", "XAXX010101000")
    ('check_digit', 'generic')
    >>> doubt("Company", "taxNumber", "12-3456789"), doubt("Company", "taxNumber", "GODE561231GR8")
    ('', '')
    """
    if name == "currency" or name.endswith("Currency"):
        return "" if known_currency(value) else "currency"
    text = compact(value) or ""
    checks = _PROPERTIES.get(name, "")
    if kind == "Container" and name == "number":
        checks = "container"
    elif kind == "Identifier" and name == "number" and number_type.lower() in CHECKS:
        checks = number_type.lower()
    elif name in ("taxNumber", "idNumber", "number", "registrationNumber"):
        # which number it is, only its form tells here; a number of another form is none of ours to check
        checks = "rfc" if _RFC_LIKE.fullmatch(text) else "curp" if _CURP_LIKE.fullmatch(text) else ""
    if checks == "rfc" and text in GENERIC_RFC:
        return "generic"
    return "check_digit" if checks and not checked(checks, text) else ""
