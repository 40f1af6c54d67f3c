"""Cleaners: from a text as it stands in a file to the one form it is stored in, or ``None`` where it cannot be read.

A cleaner sees a trimmed text that is never empty (``clean.text.printable`` went before) and each distinct text once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from vinculo.graph.errors import UsageError
from vinculo.ingest.clean import codes, contacts, countries, dates, identifiers, numbers, text

#: From a text and a hint (the country of a phone number) to its clean form.
Cleaner = Callable[[str, str], str | None]

#: By name, as ``Value.clean`` says it; FollowTheMoney's property types are among them.
CLEANERS: dict[str, Callable[..., str | None]] = {
    "address": text.address,
    "amount": numbers.amount,
    "checksum": identifiers.checksum,
    "compact": identifiers.compact,
    "container": identifiers.container,
    "country": countries.country,
    "currency": codes.currency,
    "date": dates.date,
    "email": contacts.email,
    "folded": lambda value: text.folded(value) or None,
    "gender": codes.gender,
    "html": text.as_it_is,
    "iban": identifiers.iban,
    "identifier": identifiers.identifier,
    "imo": identifiers.imo,
    "ip": codes.ip,
    "json": text.as_it_is,
    "language": codes.language,
    "mimetype": text.text,
    "name": text.name,
    "number": numbers.number,
    "phone": contacts.phone,
    "raw": text.as_it_is,
    "rfc": identifiers.rfc,
    "string": text.text,
    "text": text.text,
    "topic": codes.topic,
    "upper": lambda value: text.squashed(value).upper() or None,
    "url": contacts.url,
}
# where FollowTheMoney leaves a value as it is or reads it by another rule; its mapping files are cleaned by these
_FTM: dict[str, Callable[..., str | None]] = {
    "checksum": text.as_it_is,
    "date": dates.ftm_date,
    "identifier": text.as_it_is,
    "number": text.as_it_is,
    "phone": contacts.ftm_phone,
    "string": text.as_it_is,
    "text": text.as_it_is,
}
#: Property types whose values a FollowTheMoney mapping file gives the same here as there. Countries: every ISO code and English
#: name; more forms are read here.
SAME_AS_FTM = (
    "name",
    "string",
    "text",
    "html",
    "identifier",
    "country",
    "date",
    "number",
    "email",
    "phone",
    "url",
    "address",
    "gender",
    "checksum",
    "ip",
)


# A text of this form (RE2, whole) is clean already: tests/ingest/test_unchanged.py
_SPACED = r"^[!-~]+(?: [!-~]+)*$"
_ANY = r"(?s)^.+$"
_NUMBER = r"^(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{0,30}[1-9])?$"
_UNCHANGED = {
    "amount": _NUMBER,
    "date": r"^[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$",
    "html": _ANY,
    "identifier": _SPACED,
    "json": _ANY,
    "mimetype": _SPACED,
    "name": r"^[!#-&(-~][!-~]*(?: [!-~]+)*$",
    "number": _NUMBER,
    "raw": _ANY,
    "string": _SPACED,
    "text": _SPACED,
}
_FTM_UNCHANGED = dict.fromkeys(("checksum", "identifier", "number", "string", "text"), _ANY) | {
    "date": None,
    "phone": None,
}


def unchanged(name: str, *, ftm: bool = False) -> str | None:
    """The form of texts that a cleaner gives back as they are, as a regular expression; ``None`` where none is known.

    What matches need not be cleaned text by text. It may be narrower than the truth, never wider.
    """
    return _FTM_UNCHANGED[name] if ftm and name in _FTM_UNCHANGED else _UNCHANGED.get(name)


def cleaner(name: str, formats: tuple[str, ...] = (), *, ftm: bool = False) -> Cleaner:
    """The cleaner of that name, made ready.

    Parameters
    ----------
    name : str
        A key of ``CLEANERS``.
    formats : tuple of str
        Date formats or a sample of numbers, for cleaners that take them.
    ftm : bool
        As FollowTheMoney cleans this type.

    Raises
    ------
    UsageError
        ``unknown_cleaner``.

    Examples
    --------
    >>> cleaner("date", ("%d/%m/%Y",))("24/12/2024", "")
    '2024-12-24'
    """
    found = (_FTM.get(name) if ftm else None) or CLEANERS.get(name)
    if found is None:
        raise UsageError("unknown_cleaner", cleaner=name, known=", ".join(sorted(CLEANERS)))
    takes = inspect.signature(found).parameters
    if "formats" in takes:
        return lambda value, hint: found(value, formats=formats)
    if "hint" in takes:
        return lambda value, hint: found(value, hint=hint)
    return lambda value, hint: found(value)
