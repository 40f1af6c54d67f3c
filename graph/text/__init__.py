"""Every word a reader sees, in English and Spanish, from one place.

One CSV per room in this folder (``key,en,es``); keys are unique over all of them. Blanks are ``{name}`` fields; one that counts
things may bring its noun, ``{links:link|links}``, and the noun follows the number ("1 link", "3 links").
"""

from __future__ import annotations

import csv
import functools
import os
from importlib.resources import files
from typing import Any, NamedTuple

LANGUAGES = ("en", "es")


class Text(NamedTuple):
    """One phrase in both languages.

    Examples
    --------
    >>> Text("owns", "es propietario de").into("es")
    'es propietario de'
    """

    en: str
    es: str

    def into(self, language: str | None = None) -> str:
        """The phrase in ``language``, else in the reader's own."""
        return self.es if (language or current_language()) == "es" else self.en


def current_language() -> str:
    """``en`` or ``es``: from ``VINCULO_LANGUAGE``, else from the locale, else English."""
    for name in ("VINCULO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")[:2].lower()
        if value in LANGUAGES:
            return value
    return "en"


class _Number:
    """A value that a phrase may count things by: ``one|many`` after the colon are the forms of their noun."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        if not bar:
            return format(self.value, spec)
        return f"{self.value} {one if str(self.value) == '1' else many}"


@functools.cache
def catalogue() -> dict[str, Text]:
    """All phrases by key; a key that two files define is an error."""
    phrases: dict[str, Text] = {}
    for path in sorted(files(__package__).iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".csv"):
            continue
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            if row["key"] in phrases:
                raise ValueError(f"{path.name}: the key {row['key']} is defined twice")
            phrases[row["key"]] = Text(row["en"], row["es"])
    return phrases


def has(key: str) -> bool:
    """Whether the catalogue knows ``key``."""
    return key in catalogue()


def text(key: str) -> Text:
    """The phrase of ``key`` in both languages, blanks unfilled."""
    return catalogue()[key]


def say(key: str, language: str | None = None, /, **values: Any) -> str:
    """The phrase of ``key`` with its blanks filled.

    Parameters
    ----------
    key : str
        Key in the catalogue; an unknown one raises ``KeyError``.
    language : str, optional
        ``en`` or ``es``; the reader's own by default.
    **values
        For the blanks. Values are put in as they are: whoever shows them on a page escapes them there.

    Examples
    --------
    >>> say("error.unknown_dataset", "en", dataset="x")
    'There is no dataset called x.'
    >>> say("cli.digest.counts", "en", entities="2", links="1", values="1,204")
    '2 entities, 1 link, 1,204 values'
    """
    phrase = catalogue()[key].into(language)
    if "|" in phrase:
        values = {name: _Number(value) for name, value in values.items()}
    return phrase.format(**values)


def say_both(key: str, /, **values: Any) -> Text:
    """The phrase of ``key`` in both languages with the same blanks filled."""
    return Text(say(key, "en", **values), say(key, "es", **values))
