"""Values from a closed list."""

from __future__ import annotations

import re
from ipaddress import ip_address

_GENDERS = {
    "male": ("male", "m", "man", "masculin", "masculino", "hombre", "h", "männlich", "мужской", "男"),
    "female": ("female", "f", "woman", "féminin", "femenino", "mujer", "weiblich", "женский", "女"),
    "other": ("other", "o", "d", "divers", "otro"),
}
_GENDER = {word: code for code, words in _GENDERS.items() for word in words}
_TOPIC = re.compile(r"[a-z]+(?:\.[a-z]+){0,2}")
_LANGUAGES = {
    "en": "eng", "es": "spa", "fr": "fra", "de": "deu", "pt": "por", "it": "ita", "ru": "rus", "uk": "ukr", "ar": "ara",
    "fa": "fas", "zh": "zho", "ja": "jpn", "ko": "kor", "tr": "tur", "nl": "nld", "pl": "pol", "he": "heb", "hi": "hin",
}  # fmt: skip


def gender(value: str) -> str | None:
    """``male``, ``female`` or ``other``, from what forms say in English and Spanish.

    Examples
    --------
    >>> gender("Mujer"), gender("M"), gender("?")
    ('female', 'male', None)
    """
    return _GENDER.get(value.lower().strip())


def topic(value: str) -> str | None:
    """A topic of FollowTheMoney's (``sanction``, ``crime.traffick.drug``)."""
    code = value.lower().strip()
    return code if _TOPIC.fullmatch(code) else None


def language(value: str) -> str | None:
    """A language as three letters (ISO 639-3)."""
    code = value.lower().strip()
    return _LANGUAGES.get(code, code if re.fullmatch("[a-z]{3}", code) else None)


def currency(value: str) -> str | None:
    """A currency as three capitals (ISO 4217).

    Examples
    --------
    >>> currency(" usd "), currency("pesos")
    ('USD', None)
    """
    code = value.upper().strip()
    return code if re.fullmatch("[A-Z]{3}", code) else None


def ip(value: str) -> str | None:
    """An internet address."""
    try:
        return str(ip_address(value))
    except ValueError:
        return None
