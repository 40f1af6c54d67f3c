"""Dates: ISO 8601 prefixes that keep the precision they came with (year, month, day, hour, minute, second)."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(?P<Y>[12]\d{3})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?:(?P=s)(?P<d>\d{1,2})"
    r"(?:[T ](?P<H>\d{1,2})(?::(?P<M>\d{1,2})(?::(?P<S>\d{1,2})(?:[.,]\d+)?)?)?\s?(?P<z>Z|UTC|[-+]\d{2}:?\d{2})?)?)?)?"
)
_PLAIN = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])")
_MONTHS = (
    ("jan", "january", "ene", "enero"),
    ("feb", "february", "febrero"),
    ("mar", "march", "marzo"),
    ("apr", "april", "abr", "abril"),
    ("may", "mayo"),
    ("jun", "june", "junio"),
    ("jul", "july", "julio"),
    ("aug", "august", "ago", "agosto"),
    ("sep", "sept", "september", "septiembre", "setiembre"),
    ("oct", "october", "octubre"),
    ("nov", "november", "noviembre"),
    ("dec", "december", "dic", "diciembre"),
)
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_WORD = r"(?P<b>[^\W\d_]+)\.?"
_DIRECTIVES = {
    "Y": r"(?P<Y>[12]\d{3})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})(?:[.,]\d+)?",
    "b": _WORD,
    "B": _WORD,
    "z": r"(?P<z>Z|UTC|[-+]\d{2}:?\d{2})",
    "%": "%",
}
_LENGTHS = {"Y": 4, "y": 4, "m": 7, "b": 7, "d": 10, "H": 13, "M": 16, "S": 19}
_EXCEL = re.compile(r"(\d{4,6})(?:\.\d+)?")


@functools.cache
def _pattern(form: str) -> re.Pattern[str]:
    """A ``strptime`` format as a regular expression; numbers are read strictly, month names in English and Spanish."""
    parts = re.split(r"%(.)", form)
    made = [_DIRECTIVES[p] if i % 2 else re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(p)) for i, p in enumerate(parts)]
    return re.compile("".join(made))


def _zone(text: str) -> timezone:
    if text in ("Z", "UTC"):
        return UTC
    away = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-away if text[0] == "-" else away)


def _built(found: re.Match[str]) -> str | None:
    parts = {k: v for k, v in found.groupdict().items() if v is not None}
    year = int(parts["Y"]) if "Y" in parts else 0
    if "y" in parts:
        # the window of POSIX: 69 to 99 are 1969 to 1999
        year = int(parts["y"]) + (1900 if int(parts["y"]) >= 69 else 2000)
    month = _MONTH.get(parts["b"].casefold(), 0) if "b" in parts else int(parts.get("m", 1))
    try:
        moment = datetime(
            year,
            month,
            int(parts.get("d", 1)),
            int(parts.get("H", 0)),
            int(parts.get("M", 0)),
            int(parts.get("S", 0)),
            tzinfo=_zone(parts["z"]) if "z" in parts else None,
        )
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat()[: max(length for key, length in _LENGTHS.items() if key in parts)]


def date(value: str, formats: tuple[str, ...] = ()) -> str | None:
    """A date as the longest ISO 8601 prefix that its text supports; ``None`` for one that no calendar has.

    Parameters
    ----------
    value : str
        Text; times with a zone are given in UTC.
    formats : tuple of str
        ``strptime`` formats tried in order (month names in English or Spanish), or ``"excel"`` for a day number of Excel's;
        a text in none of them is read as ISO, year first. Day and month are never guessed apart.

    Examples
    --------
    >>> date("31/12/2023", ("%d/%m/%Y",)), date("2024-02"), date("3 de abril de 2014", ("%d de %B de %Y",))
    ('2023-12-31', '2024-02', '2014-04-03')
    >>> date("2023-02-30") is None, date("03/04/2014") is None
    (True, True)
    """
    if _PLAIN.fullmatch(value):
        return value
    for form in formats:
        if form == "excel":
            serial = _EXCEL.fullmatch(value)
            # day 60 is 29 February 1900, which only Excel has; nothing before it is a case's date
            if serial and 61 <= int(serial.group(1)) < 73_415:
                return (datetime(1899, 12, 30) + timedelta(days=int(serial.group(1)))).date().isoformat()
            continue
        found = _pattern(form).fullmatch(value)
        if found and (made := _built(found)):
            return made
    found = _ISO.fullmatch(value)
    return _built(found) if found else None


_PREFIX = re.compile(
    r"\s*(?P<Y>[12]\d{3}\b)(?:-(?P<m>\d{1,2}\b)(?:-(?P<d>\d{1,2})(?:[T ](?:(?P<H>\d{1,2}\b)(?::(?P<M>\d{1,2}\b)"
    r"(?::(?P<S>\d{1,2}\b)(?:\.\d{4,6}\b)?(?:Z|(?P<sign>[-+])(?P<zh>\d{2})(?::?(?P<zm>\d{2}\b)))?)?)?)?)?)?)?"
)
_CODED = (("%b %B %m %c %x", 4), ("%d %w %c %x", 7), ("%H %I %c %X", 10), ("%M %c %X", 13), ("%S %c %X", 16))


def ftm_date(value: str, formats: tuple[str, ...] = ()) -> str | None:
    """A date as FollowTheMoney cleans it: an ISO prefix, whatever follows it ignored; or by one ``strptime`` format."""
    if formats:
        try:
            moment = datetime.strptime(value, formats[0])
        except ValueError:
            return None
        length = next((n for codes, n in _CODED if not any(c in formats[0] for c in codes.split())), 19)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
        return moment.isoformat()[:length]
    found = _PREFIX.match(value)
    if found is None:
        return None
    parts: list[int] = []
    length = 19
    for key, lowest, shorter in (("Y", 1000, 0), ("m", 1, 4), ("d", 1, 7), ("H", 0, 10), ("M", 0, 13), ("S", 0, 16)):
        number = int(found[key]) if found[key] is not None else -1
        if number < lowest:
            number, length = lowest, min(length, shorter)
        parts.append(number)
    zone = None
    if found["zm"] is not None:
        away = timedelta(hours=int(found["zh"]), minutes=int(found["zm"]))
        if away < timedelta(hours=24):
            zone = timezone(-away if found["sign"] == "-" else away)
    try:
        moment = datetime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], tzinfo=zone)
        if zone is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat()[:length] or None
