"""Texts and names: what can be printed stays, spaces are single, accents are composed."""

from __future__ import annotations

import re
import unicodedata

# What never belongs in a value: control characters but tab and line ends, zero-width and direction marks, lone surrogates.
# U+001E and U+001F among them: they separate facts (``graph.facts``). FollowTheMoney removes the same.
_REMOVED = [
    *range(0x00, 0x09),
    0x0B,
    0x0C,
    *range(0x0E, 0x20),
    *range(0x7F, 0xA0),
    0xAD,
    0x061C,
    *range(0x200B, 0x2010),
    *range(0x2060, 0x2065),
    0xFEFF,
    *range(0xD800, 0xE000),
]
_SPACES = [*range(0x2000, 0x200B), 0x2028, 0x2029, 0x0A00, 0x1680, 0x202F, 0x205F, 0x3000]
_TABLE: dict[int, str | None] = dict.fromkeys(_REMOVED) | dict.fromkeys(_SPACES, " ")
_RUNS = re.compile(r"[\s\u0a00]+")
_QUOTED = re.compile(r"[\"'](.*)[\"']\n?")
_BREAKS = re.compile(r"\r\n|\n|<BR/>|<BR>|\t|ESQ\.,|ESQ,|;")
_COMMAS = re.compile(r",\s?[,.]")


def printable(text: str) -> str | None:
    """The text as it may be stored: composed (NFC), line ends as one, no control or invisible characters, trimmed.

    ``None`` when nothing is left.

    Examples
    --------
    >>> printable("  Jose\\u0301\\x1f ")
    'José'
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text).translate(_TABLE)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip() or None


def squashed(text: str) -> str:
    """Every run of white space as one space, none at the ends.

    Examples
    --------
    >>> squashed(" a \\n b ")
    'a b'
    """
    return _RUNS.sub(" ", text).strip(" ")


def text(value: str) -> str | None:
    """A text on one line.

    Examples
    --------
    >>> text("two\\nlines")
    'two lines'
    """
    return squashed(value) or None


def as_it_is(value: str) -> str | None:
    """The text, line breaks and all."""
    return value or None


def name(value: str) -> str | None:
    """A name: on one line, without the quotes that wrap it.

    Examples
    --------
    >>> name('"ACME  S.A."')
    'ACME S.A.'
    """
    wrapped = _QUOTED.fullmatch(value)
    return squashed(wrapped.group(1) if wrapped else value) or None


def address(value: str) -> str | None:
    """An address on one line, its parts separated by commas.

    Examples
    --------
    >>> address("Calle 5\\nNuevo Laredo;Tamaulipas")
    'Calle 5, Nuevo Laredo, Tamaulipas'
    """
    return squashed(_COMMAS.sub(", ", _BREAKS.sub(", ", value))) or None


def folded(value: str) -> str:
    """Lower case, no accents, single spaces: for comparing headers and names, never for storing.

    Examples
    --------
    >>> folded("  Número de Pedimento ")
    'numero de pedimento'
    """
    if not value.isascii():
        value = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    return squashed(value.translate(_TABLE).casefold())
