"""How the texts of a column look: dates in which order, numbers with which marks, texts that mean nothing is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vinculo.ingest.clean.dates import date
from vinculo.ingest.clean.numbers import SAMPLES, amount
from vinculo.ingest.clean.text import folded

#: Ways of writing a date, the commonest first; of two that fit every text, both are told.
DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%y", "%m/%d/%y",
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y", "%d de %B de %Y", "%d/%b/%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y%m%d%H%M%S", "%d%m%Y", "excel",
)  # fmt: skip
_NOTHING = frozenset(
    (
        "-", "--", "---", ".", "?", "n/a", "na", "n.a.", "s/d", "sd", "n/d", "nd", "s/n", "null", "none", "nil", "no aplica",
        "s/p", "sin placas", "s/f", "sin folio", "sin dato", "sin datos", "no identificado", "no identificada", "no especificado",
        "desconocido", "unknown", "no disponible", "not available",
    )
)  # fmt: skip
_FITS = 0.95
_NEARLY = 0.75
_WITH_UNIT = re.compile(r"([+-]?\d[\d.,' ]*?)\s*[^\W\d_][^\d]*")


@dataclass(frozen=True)
class Way:
    """How a column is written.

    Attributes
    ----------
    formats : tuple of str
        For a mapping's ``formats``; empty where none is needed.
    fits : float
        Part of the texts that can be read so.
    others : tuple of str
        Other ways that fit as many: which is right only the user knows.
    """

    formats: tuple[str, ...]
    fits: float
    others: tuple[str, ...] = ()


def nothing(texts: Sequence[str]) -> tuple[str, ...]:
    """Texts of a column that mean "no value", as they stand there.

    Examples
    --------
    >>> nothing(["3", "S/D", "n/a", "x"])
    ('S/D', 'n/a')
    """
    return tuple(dict.fromkeys(t for t in texts if folded(t) in _NOTHING))


def dates(texts: Sequence[str]) -> Way:
    """How dates are written.

    Examples
    --------
    >>> dates(["24/12/2023", "01/02/2024"]).formats, dates(["03/04/2014"]).others
    (('%d/%m/%Y',), ('%m/%d/%Y',))
    """
    if not texts:
        return Way((), 0.0)
    plain = sum(date(t) is not None for t in texts) / len(texts)
    fits = {form: sum(_dated(t, form) for t in texts) / len(texts) for form in DATES}
    best = max(fits.values())
    # under a short table one line of sums or a signature is many
    odd = round((1 - best) * len(texts))
    if plain >= best or (best < _FITS and (best < _NEARLY or odd > 1)):
        return Way((), plain)
    chosen = [form for form in DATES if fits[form] == best]
    return Way((chosen[0],), best, tuple(chosen[1:]))


def _dated(text: str, form: str) -> bool:
    # what is ISO is read whatever the form, and says nothing about it
    return date(text) is None and date(text, (form,)) is not None


def without_unit(text: str) -> str:
    """A number without the unit written behind it.

    Examples
    --------
    >>> without_unit("1.250,5 kg"), without_unit("7"), without_unit("kg 7")
    ('1.250,5', '7', 'kg 7')
    """
    parts = _WITH_UNIT.fullmatch(text.strip())
    return parts[1].strip() if parts else text


def numbers(texts: Sequence[str]) -> Way:
    """How numbers are written: ``1,234`` alone may be a thousand or one and a quarter.

    Examples
    --------
    >>> numbers(["1.234,56", "7,10"]).formats, numbers(["12", "7.5"]).formats
    (('1.234,56',), ())
    """
    if not texts:
        return Way((), 0.0)
    plain = sum(amount(t) is not None for t in texts) / len(texts)
    fits = {form: sum(amount(t, (form,)) is not None for t in texts) / len(texts) for form in SAMPLES}
    best = max(fits.values())
    # "9,500.00" can be read untold; the "9,500" of a later row cannot
    if plain > best or (plain == best and not any("," in t or t.count(".") > 1 for t in texts)):
        return Way((), plain)
    chosen = [form for form in SAMPLES if fits[form] == best]
    meanings = Counter(tuple(amount(t, (form,)) for t in texts) for form in chosen)
    same = {form for form in chosen if tuple(amount(t, (form,)) for t in texts) == next(iter(meanings))}
    return Way((chosen[0],), best, tuple(form for form in chosen[1:] if form not in same))


def figures(texts: Sequence[str]) -> bool:
    """Whether every text is a number with marks of thousands or decimals, or money: no name is.

    Examples
    --------
    >>> figures(["1.250,00", "7"]), figures(["1024", "7"]), figures(["Nogales"])
    (True, False, False)
    """
    marked = any(not t.strip().isdigit() for t in texts)
    return marked and all(any(amount(t, (form,)) is not None for form in SAMPLES) for t in texts)


def years(texts: Sequence[str]) -> bool:
    """Whether every text is a year, which is neither a date nor a sum.

    Examples
    --------
    >>> years(["2019", "2024"]), years(["2019", "950"])
    (True, False)
    """
    return bool(texts) and all(t.isascii() and t.isdigit() and len(t) == 4 and "1900" <= t <= "2100" for t in texts)


def readings(kind: str, texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Ways that read every one of these texts, and what each makes of them; ``""`` is the usual way, that needs no telling.

    Parameters
    ----------
    kind : str
        ``date``, ``amount`` or ``number``.
    texts : sequence of str

    Examples
    --------
    >>> {way: texts[0] for way, texts in readings("date", ["03/04/2014"]).items()}
    {'%d/%m/%Y': '2014-04-03', '%m/%d/%Y': '2014-03-04'}
    >>> readings("amount", ["9,500.00"])
    {'': ('9500',)}
    """
    clean = date if kind == "date" else amount
    if kind == "number":
        texts = [without_unit(t) for t in texts]
    found: dict[str, tuple[str, ...]] = {}
    for form in ("", *(DATES if kind == "date" else SAMPLES)):
        made = [clean(t, (form,) if form else ()) for t in texts]
        whole = tuple(m for m in made if m is not None)
        if texts and len(whole) == len(made) and whole not in found.values():
            found[form] = whole
    return found
