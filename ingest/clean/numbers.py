"""Numbers and amounts as decimal text: never through a float, never a guess between 1,234 and 1.234."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,30})(?:\.\d*[1-9])?")
_CODES = "USD|MXN|EUR|GBP|CAD|CNY|JPY|CHF|HKD|COP|GTQ|HNL|NIO|CRC|PAB|PEN|CLP|BRL|ARS|DOP|PYG|UYU|BOB|VES"
_CURRENCY = re.compile(rf"^(?:{_CODES}|[A-Z]{{0,3}}[$€£¥])\s?|\s?(?:{_CODES}|[€$£¥])$")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}")
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
# thousands and decimals can be told apart without being told: both marks are there, or a mark comes twice
_BOTH = {
    re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}"): ",",
    re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?\d{1,3}(?:\.\d{3}){2,}"): ".",
    re.compile(r"[+-]?\d{1,3}(?:[ \u00a0']\d{3})+(?:\.\d+)?"): " \u00a0'",
}
#: How a dataset declares its numbers: with a sample of them.
SAMPLES = {"1,234.56": (",", "."), "1.234,56": (".", ","), "1 234,56": (" \u00a0", ","), "1234,56": ("", ",")}


def number(value: str, formats: tuple[str, ...] = ()) -> str | None:
    """A number as plain decimal text; ``None`` where the text is not one number.

    Parameters
    ----------
    value : str
        Text.
    formats : tuple of str
        A sample of how numbers are written here (a key of ``SAMPLES``). Without one, ``1,234`` is not read: it may be one
        thousand or one and a quarter.

    Examples
    --------
    >>> number("5.689852347E7"), number("1,234.50"), number("1,234"), number("1,234", ("1,234.56",))
    ('56898523.47', '1234.5', None, '1234')
    """
    if _PLAIN.fullmatch(value):
        return value if value != "-0" else "0"
    text = value.strip()
    for form in formats:
        thousands, decimal = SAMPLES[form]
        group = f"[{thousands}]" if thousands else "(?!)"
        if re.fullmatch(rf"[+-]?(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+)(?:{re.escape(decimal)}\d+)?", text):
            for mark in thousands:
                text = text.replace(mark, "")
            return _canonical(text.replace(decimal, "."))
    if _DECIMAL.fullmatch(text) and text.isascii():
        return _canonical(text)
    if _SCIENTIFIC.fullmatch(text) and text.isascii():
        return _canonical(text)
    for pattern, marks in _BOTH.items():
        if not formats and pattern.fullmatch(text) and text.isascii() | ("\u00a0" in text):
            for mark in marks:
                text = text.replace(mark, "")
            return _canonical(text.replace(",", "."))
    return None


def amount(value: str, formats: tuple[str, ...] = ()) -> str | None:
    """A sum of money as plain decimal text, the currency sign or code beside it left out; accountants' (5) is -5.

    Examples
    --------
    >>> amount("$ 9,500.00"), amount("(1200.50)"), amount("1,000 MXN", ("1,234.56",))
    ('9500', '-1200.5', '1000')
    """
    text = value.strip()
    if text.startswith("(") and text.endswith(")"):
        inner = amount(text[1:-1], formats)
        return None if inner is None or inner.startswith("-") else inner if inner == "0" else f"-{inner}"
    sign = ""
    if text[:1] in "+-" and text[1:2] and not text[1].isdigit():
        sign, text = text[0].replace("+", ""), text[1:].lstrip()
    made = number(_CURRENCY.sub("", text).strip(), formats)
    return made if made is None or not sign else (f"-{made}" if not made.startswith("-") else None)


def _canonical(text: str) -> str | None:
    try:
        made = Decimal(text)
    except InvalidOperation:
        return None
    plain = f"{made:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain
