"""Figures and sentences of findings, in both languages from the catalogue."""

from __future__ import annotations

from typing import Any

from vinculo.graph.text import Text, say, text


def both(value: object) -> Text:
    """The same words in both languages."""
    return value if isinstance(value, Text) else Text(str(value), str(value))


def sentence(key: str, /, **values: Any) -> Text:
    """The phrase of ``key`` with its blanks filled; a value may be a :class:`Text` of its own."""
    made = {name: both(value) for name, value in values.items()}
    return Text(
        say(key, "en", **{name: value.en for name, value in made.items()}),
        say(key, "es", **{name: value.es for name, value in made.items()}),
    )


def number(value: float) -> str:
    """A whole number with commas, as both languages write it along the US-Mexico border.

    Examples
    --------
    >>> number(9100.4)
    '9,100'
    """
    return f"{value:,.0f}"


def money(low: float, high: float, currency: str) -> str:
    """An amount or a range with its currency.

    Examples
    --------
    >>> money(9100, 9900, "USD"), money(5, 5, "")
    ('9,100-9,900 USD', '5')
    """
    shown = number(low) if number(low) == number(high) else f"{number(low)}-{number(high)}"
    return f"{shown} {currency}".strip()


def percent(share: float) -> str:
    """A share as a whole percentage.

    Examples
    --------
    >>> percent(0.987)
    '99%'
    """
    return f"{share * 100:.0f}%"


def counted(value: int, noun: str) -> Text:
    """A number with its noun in the right form: keys ``count.NOUN.one`` and ``count.NOUN.many``.

    Examples
    --------
    >>> counted(1, "day").en, counted(4, "day").es
    ('1 day', '4 días')
    """
    phrase = text(f"count.{noun}.{'one' if value == 1 else 'many'}")
    return Text(*(p.format(n=number(value)) for p in phrase))
