"""What a column of a template may be called in a header: by words in two languages, roles and attributes apart."""

from __future__ import annotations

import csv
import functools
from importlib.resources import files

from rapidfuzz import fuzz

from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats import loose

#: Words of a header that say nothing of what its column is.
_EMPTY = frozenset(
    ("de", "del", "la", "el", "los", "las", "no", "num", "numero", "nro", "n", "of", "the", "and", "y", "a", "en", "por", "for")
)  # fmt: skip
_ROLES = (
    "shipper",
    "consignee",
    "notify_party",
    "originator",
    "beneficiary",
    "counterparty",
    "holder",
    "party",
    "customs_broker",
)
_PARTLY = 0.82
_SHORT = 6
_CLOSE = 90
_REMOTE = 54
#: A column whose name has a unit is none whose header says another.
_OTHER_UNITS = {
    "kg": frozenset({"lb", "lbs", "pounds", "libras", "ton", "tons", "tonnes", "toneladas", "t", "g", "gr", "gramos"}),
    "usd": frozenset({"mxn", "mn", "pesos", "eur", "euros", "cad", "gbp", "cop", "gtq"}),
}


@functools.cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (files(__package__) / "words.csv").read_text(encoding="utf-8")
    return {row["column"]: tuple(row["words"].split("|")) for row in csv.DictReader(text.splitlines())}


@functools.cache
def vocabulary() -> frozenset[str]:
    """Every word that a column of a template may be called."""
    return frozenset(w for words in _words().values() for w in words)


@functools.cache
def _phrases(meant: str, dataset: str) -> tuple[str, ...]:
    """What a column of a template may be called: its own words, or a role's with an attribute's."""
    words = _words()
    made = [meant.replace("_", " "), *words.get(meant, ()), *words.get(f"{dataset}.{meant}", ())]
    for role in _ROLES:
        attribute = meant.removeprefix(f"{role}_")
        if attribute != meant and attribute in words:
            made += [f"{r} {a}" for r in words[role] for a in words[attribute]]
            if attribute == "name":
                made += words[role]
            if (role, attribute) == ("party", "tax_id"):
                # of a single party nobody says whose number it is
                made += words[attribute]
    return tuple(dict.fromkeys(_bare(m) for m in made))


def _bare(text: str) -> str:
    words = [w for w in loose(text).split() if w not in _EMPTY]
    return " ".join(words) or loose(text)


def alike(header: str, meant: str, dataset: Dataset) -> float:
    """0 to 1: how alike a header and a template's column are, whatever the order of their words."""
    text = _bare(header)
    if not text or _OTHER_UNITS.get(meant.rpartition("_")[2], frozenset()) & set(text.split()):
        return 0.0
    aliases = [a for a, column in dataset.aliases.items() if column == meant]
    phrases = (*_phrases(meant, dataset.name), *map(_bare, aliases))
    # of a short word one letter is much: "placa" is no "place"
    cutoff = 75 if len(text) > _SHORT else 85
    words = set(text.split())
    best = max(_ratio(text, words, phrase, cutoff) for phrase in phrases) / 100
    # a header that says more than the column's name is less sure
    return max(best, _PARTLY if any(words > set(phrase.split()) for phrase in phrases) else 0.0)


def _ratio(text: str, words: set[str], phrase: str, cutoff: int) -> float:
    made = float(fuzz.token_sort_ratio(text, phrase, score_cutoff=cutoff))
    # "propietario actual" and "propietario clave fiscal" share the role alone
    if made < _CLOSE and not all(any(fuzz.ratio(w, p) >= _REMOTE for w in words) for p in phrase.split()):
        return 0.0
    return made
