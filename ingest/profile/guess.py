"""Which template a file fits, and which of its columns is which: by header words in two languages and by what stands below."""

from __future__ import annotations

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from rapidfuzz import fuzz

from vinculo.graph.errors import InputError, UsageError
from vinculo.ingest.clean import cleaner
from vinculo.ingest.clean.text import printable
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats import Head, loose
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.mapping import EntityRule, LinkRule
from vinculo.ingest.profile import shapes
from vinculo.ingest.recognise import datasets, format_of
from vinculo.ingest.values import property_type

#: Words of a header that say nothing of what its column is.
_EMPTY = frozenset(
    (
        "de",
        "del",
        "la",
        "el",
        "los",
        "las",
        "no",
        "num",
        "numero",
        "nro",
        "n",
        "of",
        "the",
        "and",
        "y",
        "a",
        "en",
        "por",
        "for",
    )
)
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
_ALIKE = 0.8
_PARTLY = 0.82
#: What is taken by what stands in it, not by its name: never sure.
_BY_TEXTS = 0.5
_TYPED = frozenset({"date", "amount", "number", "phone", "email", "country", "currency", "container", "imo", "iban"})
#: A column whose name has a unit is none whose header says another.
_OTHER_UNITS = {
    "kg": frozenset({"lb", "lbs", "pounds", "libras", "ton", "tons", "tonnes", "toneladas", "t", "g", "gr", "gramos"}),
    "usd": frozenset({"mxn", "mn", "pesos", "eur", "euros", "cad", "gbp", "cop", "gtq"}),
}
_READ = 30  # rows looked at


@dataclass(frozen=True)
class Column:
    """One column of the file.

    Attributes
    ----------
    header : str
        As it stands in the file.
    meant : str
        Column of the template, empty where none fits.
    sure : float
        0 to 1: how alike the words are, more or less by what stands in it.
    way : Way
        How its dates or numbers are written.
    samples : tuple of str
        Some of its texts.
    """

    header: str
    meant: str
    sure: float
    way: shapes.Way
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """What a file may be.

    Attributes
    ----------
    dataset : Dataset
        The template.
    columns : tuple of Column
        Every column of the file, in its order.
    missing : tuple of str
        Columns the template must have and none of the file's fits.
    nothing : tuple of str
        Texts that seem to mean "no value".
    others : tuple of str
        Templates that fit nearly as well.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    nothing: tuple[str, ...]
    others: tuple[str, ...]


def templates() -> dict[str, Dataset]:
    """The datasets that are layouts for anybody's data."""
    return {name: d for name, d in datasets().items() if d.format == "table" and not d.publisher}


def guess(file: OpenedFile, template: str = "") -> Profile:
    """What the columns of a table may be.

    Parameters
    ----------
    file : OpenedFile
        A table: delimited text or a workbook.
    template : str
        Name of the template, where the user knows it.

    Raises
    ------
    InputError
        ``no_table`` where the file is none, or has no header with rows below.
    UsageError
        ``unknown_dataset``.
    """
    known = templates()
    if template and template not in known:
        raise UsageError("unknown_dataset", dataset=template)
    header, rows = _table(file)
    below = [[(printable(r[at]) or "") for r in rows if at < len(r)] for at in range(len(header))]
    texts = [[t for t in column if t] for column in below]
    nothing = tuple(dict.fromkeys(t for column in texts for t in shapes.nothing(column)))
    texts = [[t for t in column if t not in nothing] for column in texts]
    chosen = [known[template]] if template else list(known.values())
    ranked = sorted(((_fit(d, header, texts), d) for d in chosen), key=lambda f: (-f[0][0], f[1].name))
    (best, columns), dataset = ranked[0]
    meant = {c.meant for c in columns}
    others = tuple(d.name for (score, _), d in ranked[1:] if score > 0.85 * best > 0)
    return Profile(dataset, columns, tuple(c for c in dataset.columns if c not in meant), nothing, others)


def _table(file: OpenedFile) -> tuple[list[str], list[list[str]]]:
    reader = format_of(file)
    heads = [h for h in reader.peek(file) if len(h.rows) > 1] if reader.name in ("table", "xlsx") else []
    if not heads:
        raise InputError("no_table", file=str(file.path))
    places = [(head, place) for head in heads for place in range(min(20, len(head.rows) - 1))]
    head, place = max(places, key=lambda p: _headerlike(*p))
    header = [printable(t) or "" for t in head.rows[place][1]]
    while header and not header[-1]:
        header.pop()
    if len(header) < 2:
        raise InputError("no_table", file=str(file.path))
    return header, [row for _, row in head.rows[place + 1 : place + 1 + _READ]]


def _headerlike(head: Head, place: int) -> tuple[int, int, int]:
    """Rows of names come before rows of figures: the words known, then distinct texts without digits, then how early."""
    row = [loose(t) for t in head.rows[place][1]]
    known = sum(any(fuzz.ratio(t, w) > 85 for w in _vocabulary()) for t in row if t)
    named = len({t for t in row if t and not any(c.isdigit() for c in t)})
    return known, named, -place


def _fit(dataset: Dataset, header: Sequence[str], texts: Sequence[list[str]]) -> tuple[float, tuple[Column, ...]]:
    """How well a template fits, and with which columns: the surest pairs first, each column once."""
    offered = (*dataset.columns, *dataset.optional)
    types = _types(dataset)
    ways: dict[tuple[int, str], shapes.Way] = {}
    pairs = []
    for at, name in enumerate(header):
        for meant in offered:
            alike = _alike(name, meant, dataset)
            if alike < _ALIKE:
                continue
            way = ways[at, meant] = _way(types.get(meant, "text"), texts[at])
            sure = alike * (0.5 + 0.5 * way.fits) if types.get(meant) in _TYPED and texts[at] else alike
            if sure >= 0.5:
                pairs.append((sure, meant in dataset.columns, -offered.index(meant), at, meant))
    taken: dict[int, tuple[str, float]] = {}
    for sure, _, _, at, meant in sorted(pairs, reverse=True):
        if at not in taken and all(meant != m for m, _ in taken.values()):
            taken[at] = (meant, sure)
    _by_texts(dataset, texts, types, taken, ways)
    columns = tuple(
        Column(
            name,
            *taken.get(at, ("", 0.0)),
            ways.get((at, taken[at][0]), shapes.Way((), 1.0)) if at in taken else shapes.Way((), 1.0),
            tuple(dict.fromkeys(texts[at]))[:3],
        )
        for at, name in enumerate(header)
    )
    found = {c.meant for c in columns}
    must = sum(c in found for c in dataset.columns) / len(dataset.columns)
    return must * 2 + sum(c.sure for c in columns) / len(header), columns


def _by_texts(
    dataset: Dataset,
    texts: Sequence[list[str]],
    types: dict[str, str],
    taken: dict[int, tuple[str, float]],
    ways: dict[tuple[int, str], shapes.Way],
) -> None:
    """Give a needed column that no header names the one column left that could be it: dates, amounts, numbers of records."""
    for meant in dataset.columns:
        if any(meant == m for m, _ in taken.values()):
            continue
        free = [at for at in range(len(texts)) if at not in taken and texts[at]]
        if types.get(meant) in ("date", "amount"):
            fitting = [at for at in free if _way(types[meant], texts[at]).fits > 0.95]
        elif meant.endswith(("_id", "_number")):
            fitting = [at for at in free if len(set(texts[at])) == len(texts[at]) and _numbered(texts[at])]
        else:
            continue
        if len(fitting) == 1:
            (at,) = fitting
            taken[at] = (meant, _BY_TEXTS)
            ways[at, meant] = _way(types.get(meant, "text"), texts[at])


def _numbered(texts: Sequence[str]) -> bool:
    return all(any(c.isdigit() for c in t) and len(t) <= 40 for t in texts) and not shapes.dates(texts).fits > 0.95


@functools.cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (files(__package__) / "words.csv").read_text(encoding="utf-8")
    return {row["column"]: tuple(row["words"].split("|")) for row in csv.DictReader(text.splitlines())}


@functools.cache
def _vocabulary() -> frozenset[str]:
    return frozenset(w for words in _words().values() for w in words)


@functools.cache
def _phrases(meant: str) -> tuple[str, ...]:
    """What a column of a template may be called: its own words, or a role's with an attribute's."""
    words = _words()
    made = [meant.replace("_", " "), *words.get(meant, ())]
    for role in _ROLES:
        attribute = meant.removeprefix(f"{role}_")
        if attribute != meant and attribute in words:
            made += [f"{r} {a}" for r in words[role] for a in words[attribute]]
            if attribute == "name":
                made += words[role]
    return tuple(dict.fromkeys(_bare(m) for m in made))


def _bare(text: str) -> str:
    words = [w for w in loose(text).split() if w not in _EMPTY]
    return " ".join(words) or loose(text)


def _alike(header: str, meant: str, dataset: Dataset) -> float:
    """0 to 1: how alike a header and a template's column are, whatever the order of their words."""
    text = _bare(header)
    if not text or _OTHER_UNITS.get(meant.rpartition("_")[2], frozenset()) & set(text.split()):
        return 0.0
    aliases = [a for a, column in dataset.aliases.items() if column == meant]
    phrases = (*_phrases(meant), *map(_bare, aliases))
    best = max(fuzz.token_sort_ratio(text, phrase, score_cutoff=75) for phrase in phrases) / 100
    # a header that says more than the column's name is less sure
    words = set(text.split())
    return max(best, _PARTLY if any(words > set(phrase.split()) for phrase in phrases) else 0.0)


def _types(dataset: Dataset) -> dict[str, str]:
    """What each column of a template is cleaned as."""
    found: dict[str, str] = {}
    for mapping in dataset.mappings.values():
        rules: tuple[EntityRule | LinkRule, ...] = (*mapping.entities, *mapping.links)
        for rule in rules:
            for name, value in rule.properties.items():
                for column in value.columns:
                    kind = value.clean or property_type(rule.kind, name)
                    if kind in _TYPED or column not in found:
                        found[column] = kind
    return found


def _way(kind: str, texts: Sequence[str]) -> shapes.Way:
    if kind == "date":
        return shapes.dates(texts)
    if kind in ("amount", "number"):
        return shapes.numbers(texts)
    if kind not in _TYPED or not texts:
        return shapes.Way((), 1.0)
    clean = cleaner(kind)
    return shapes.Way((), sum(clean(t, "") is not None for t in texts) / len(texts))
