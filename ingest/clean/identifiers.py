"""Numbers that name things. A canonical form or ``None``; a failed check digit is said by ``flag``, never rejects."""

from __future__ import annotations

import re

_NOT_ALNUM = re.compile(r"[^0-9A-Za-z&ÑñÀ-ÿ]+")
_RFC = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}")
_RFC_ALPHABET = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}
#: RFCs that stand for "the public" and "a foreigner": they name nobody and never link parties.
GENERIC_RFC = frozenset({"XAXX010101000", "XEXX010101000"})
#: References in payments that refer to nothing.
NO_REFERENCE = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "NONE", "N/A", "-", "0"})
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
#: Characters of an IBAN by country (SWIFT's registry).
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
    "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
_CONTAINER = re.compile(r"[A-Z]{3}[UJZR]\d{7}")
# ISO 6346: letters count from 10 and leave out the multiples of 11
_CONTAINER_VALUE = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", [v for v in range(10, 39) if v % 11], strict=True))
_CHECKSUM = re.compile(r"[0-9a-fA-F]{32,128}")


def identifier(value: str) -> str | None:
    """A number in an unknown system: single spaces, otherwise as it stands."""
    return " ".join(value.split()) or None


def compact(value: str) -> str | None:
    """A number without spaces, hyphens and dots, in capitals: how one identifier is known again in another file.

    Examples
    --------
    >>> compact(" ab-12.3 ")
    'AB123'
    """
    return _NOT_ALNUM.sub("", value).upper() or None


def rfc(value: str) -> str | None:
    """A Mexican tax number (RFC): 12 characters for a firm, 13 for a person, hyphens and spaces removed.

    Examples
    --------
    >>> rfc("DIB-771110-HQ1"), rfc("XXXXXXXXXXXX")
    ('DIB771110HQ1', None)
    """
    text = compact(value) or ""
    return text if _RFC.fullmatch(text) else None


def rfc_check_digit(text: str) -> str:
    """The check digit that a canonical RFC should end in (weights 13 down to 2, modulus 11).

    Examples
    --------
    >>> rfc_check_digit("GODE561231GR8")
    '8'
    """
    body = text[:-1].rjust(12)
    rest = 11 - sum(_RFC_ALPHABET[c] * (13 - i) for i, c in enumerate(body)) % 11
    return {11: "0", 10: "A"}.get(rest, str(rest))


def iban(value: str) -> str | None:
    """An international bank account number whose check digits are right.

    Examples
    --------
    >>> iban("GB82 WEST 1234 5698 7654 32"), iban("GB82 WEST 1234 5698 7654 33")
    ('GB82WEST12345698765432', None)
    """
    text = compact(value) or ""
    if not (_IBAN.fullmatch(text) and text.isascii()):
        return None
    digits = "".join(str(int(c, 36)) for c in text[4:] + text[:4])
    return text if int(digits) % 97 == 1 else None


def iban_shaped(value: str) -> str | None:
    """A text that has the form and length of its country's IBANs, whether its check digits are right or not.

    Examples
    --------
    >>> iban_shaped("gb82 west 1234 5698 7654 33"), iban_shaped("GB82WEST")
    ('GB82WEST12345698765433', None)
    """
    text = compact(value) or ""
    shaped = text.isascii() and len(text) == _IBAN_LENGTHS.get(text[:2]) and _IBAN.fullmatch(text)
    return text if shaped else None


def imo(value: str) -> str | None:
    """A ship's IMO number, seven digits of which the last checks the others.

    Examples
    --------
    >>> imo("IMO 9319466"), imo("9319467")
    ('IMO9319466', None)
    """
    text = (compact(value) or "").removeprefix("IMO")
    if not (re.fullmatch(r"\d{7}", text) and text.isascii()):
        return None
    right = sum(int(d) * w for d, w in zip(text, range(7, 1, -1), strict=False)) % 10 == int(text[6])
    return f"IMO{text}" if right else None


def container(value: str) -> str | None:
    """A freight container's number (ISO 6346): owner, category, six digits and the check digit, without spaces.

    A wrong check digit stays (see :mod:`.check_digits`): it is what stands in the manifest.

    Examples
    --------
    >>> container("csqu 305438-3")
    'CSQU3054383'
    """
    text = compact(value) or ""
    return text if _CONTAINER.fullmatch(text) and text.isascii() else None


def container_check_digit(text: str) -> str:
    """The check digit that the first ten characters of a container number call for.

    Examples
    --------
    >>> container_check_digit("CSQU305438")
    '3'
    """
    values = (_CONTAINER_VALUE[c] if c.isalpha() else int(c) for c in text[:10])
    return str(sum(v << i for i, v in enumerate(values)) % 11 % 10)


def checksum(value: str) -> str | None:
    """A content hash in hexadecimal, lower case."""
    return value.lower() if _CHECKSUM.fullmatch(value) else None
