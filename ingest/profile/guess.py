"""Which template a file fits, and which of its columns is which: by header words in two languages and by what stands below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from vinculo.graph.errors import InputError, UsageError
from vinculo.ingest.clean import cleaner
from vinculo.ingest.clean.identifiers import iban
from vinculo.ingest.clean.text import printable
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats import Head, loose
from vinculo.ingest.formats.json_table import beginning
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.mapping import EntityRule, LinkRule
from vinculo.ingest.profile import shapes
from vinculo.ingest.profile.naming import alike, vocabulary
from vinculo.ingest.recognise import datasets, format_of
from vinculo.ingest.values import property_type

_ALIKE = 0.8
#: What is taken by what stands in it, not by its name: never sure.
_BY_TEXTS = 0.5
_TYPED = frozenset({"date", "amount", "number", "phone", "email", "country", "currency", "container", "imo", "iban"})
_READ = 30  # rows looked at
#: How columns end that may hold nothing but figures.
_NUMBERS = (
    "_id",
    "_number",
    "_numbers",
    "_code",
    "_phone",
    "account",
    "quantity",
    "voyage",
    "reference",
    "balance",
    "_kg",
)


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
    values : dict
        What the user says is the same in every row, by column of the template.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    nothing: tuple[str, ...]
    others: tuple[str, ...]
    values: dict[str, str] = field(default_factory=dict)

    @property
    def doubtful(self) -> bool:
        """Whether most of what the template must have is not there by name: it may be the wrong one, or none is right."""
        named = {c.meant for c in self.columns if c.sure > _BY_TEXTS} | set(self.values)
        return 2 * sum(c in named for c in self.dataset.columns) < len(self.dataset.columns)


def templates() -> dict[str, Dataset]:
    """The datasets that are layouts for anybody's data."""
    return {name: d for name, d in datasets().items() if d.format == "table" and not d.publisher}


def guess(file: OpenedFile, template: str = "", given: Sequence[str] | None = None) -> Profile:
    """What the columns of a table may be.

    Parameters
    ----------
    file : OpenedFile
        A table: delimited text, a workbook, or JSON lines, whose keys are its header.
    template : str
        Name of the template, where the user knows it.
    given : sequence of str, optional
        What each column of the file is, where the user says it: a column of ``template``, empty for one that is not used.

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
    if template and given is not None:
        return _told(known[template], header, texts, nothing, given)
    chosen = [known[template]] if template else list(known.values())
    ranked = sorted(((_fit(d, header, texts), d) for d in chosen), key=lambda f: (-f[0][0], f[1].name))
    (best, columns), dataset = ranked[0]
    meant = {c.meant for c in columns}
    others = tuple(d.name for (score, _), d in ranked[1:] if score > 0.85 * best > 0)
    return Profile(dataset, columns, tuple(c for c in dataset.columns if c not in meant), nothing, others)


def _told(
    dataset: Dataset, header: Sequence[str], texts: Sequence[list[str]], nothing: tuple[str, ...], given: Sequence[str]
) -> Profile:
    """What a person says the columns are; how their dates and numbers are written is still looked for."""
    types = column_types(dataset)
    columns = tuple(
        Column(
            name,
            meant,
            1.0 if meant else 0.0,
            _way(types.get(meant, "text"), texts[at]) if meant else shapes.Way((), 1.0),
            tuple(dict.fromkeys(texts[at]))[:3],
        )
        for at, (name, meant) in enumerate(zip(header, given, strict=True))
    )
    return Profile(dataset, columns, tuple(c for c in dataset.columns if c not in given), nothing, ())


def _table(file: OpenedFile) -> tuple[list[str], list[list[str]]]:
    reader = format_of(file)
    if reader.name == "jsonl":
        keys, values = beginning(file, _READ)
        if len(keys) < 2 or not any(any(row) for row in values):
            raise InputError("no_table", file=str(file.path))
        return keys, values
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
    known = sum(any(fuzz.ratio(t, w) > 85 for w in vocabulary()) for t in row if t)
    named = len({t for t in row if t and not any(c.isdigit() for c in t)})
    return known, named, -place


def _fit(dataset: Dataset, header: Sequence[str], texts: Sequence[list[str]]) -> tuple[float, tuple[Column, ...]]:
    """How well a template fits, and with which columns: the surest pairs first, each column once."""
    offered = (*dataset.columns, *dataset.optional)
    types = column_types(dataset)
    ways: dict[tuple[int, str], shapes.Way] = {}
    pairs = []
    for at, name in enumerate(header):
        for meant in offered:
            words = alike(name, meant, dataset)
            if words < _ALIKE:
                continue
            way = ways[at, meant] = _way(types.get(meant, "text"), texts[at])
            sure = words * (0.5 + 0.5 * way.fits) if types.get(meant) in _TYPED and texts[at] else words
            if sure >= 0.5 and not (types.get(meant) not in _TYPED and _wordy(meant) and shapes.figures(texts[at])):
                pairs.append((sure, meant in dataset.columns, -offered.index(meant), -at, meant))
    taken: dict[int, tuple[str, float]] = {}
    for sure, _, _, left, meant in sorted(pairs, reverse=True):
        at = -left
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
    found = {c.meant: c.sure for c in columns}
    # a column that no header names says little of which template it is
    must = sum(min(1.0, found[c] / _ALIKE) for c in dataset.columns if c in found) / len(dataset.columns)
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
            fitting = [at for at in free if _way(types[meant], texts[at]).fits > 0.95 and not shapes.years(texts[at])]
        elif meant.endswith(("_id", "_number")):
            fitting = [at for at in free if len(set(texts[at])) == len(texts[at]) and _numbered(texts[at])]
        else:
            continue
        if len(fitting) == 1:
            (at,) = fitting
            taken[at] = (meant, _BY_TEXTS)
            ways[at, meant] = _way(types.get(meant, "text"), texts[at])


def _numbered(texts: Sequence[str]) -> bool:
    if shapes.dates(texts).fits > 0.95 or all(iban(t) is not None for t in texts):
        return False
    return all(any(c.isdigit() for c in t) and len(t) <= 40 for t in texts)


def _wordy(meant: str) -> bool:
    """Whether the column holds names or words; figures with marks of thousands or decimals are none."""
    return not meant.endswith(_NUMBERS)


def column_types(dataset: Dataset) -> dict[str, str]:
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
    # what a party's columns are is told of the columns made of them, not of those in the file
    said = {c: c.rpartition("_")[2] for c in (*dataset.columns, *dataset.optional)}
    return {c: last for c, last in said.items() if last in ("country", "phone", "email")} | found


def _way(kind: str, texts: Sequence[str]) -> shapes.Way:
    if kind == "date":
        return shapes.dates(texts)
    if kind == "amount":
        return shapes.numbers(texts)
    if kind == "number":
        return shapes.numbers([shapes.without_unit(t) for t in texts])
    if kind not in _TYPED or not texts:
        return shapes.Way((), 1.0)
    clean = cleaner(kind)
    return shapes.Way((), sum(clean(t, "") is not None for t in texts) / len(texts))
