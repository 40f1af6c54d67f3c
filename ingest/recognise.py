"""Which dataset is this file of: by its header, by the shape of its rows where it has none, never by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from vinculo.graph.errors import InputError, UsageError
from vinculo.graph.registry import discover
from vinculo.graph.text import say
from vinculo.ingest.clean.text import printable
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats import HEADER_ROWS, Format, Head, Layout, formats
from vinculo.ingest.formats.json_table import AS_TABLE
from vinculo.ingest.formats.jsonl import BadJson, parsed
from vinculo.ingest.formats.opened import OpenedFile

# what a dataset may call its format, and the kind of content that is
_CONTENT = {"xlsx": "table", "csv": "table", "ofac": "table", "json_table": "table", "jsonl": "json"}
_SAMPLE = 100
_FITTING = 0.95


def datasets() -> dict[str, Dataset]:
    """Every dataset by name."""
    return discover("vinculo.ingest.datasets", "DATASET")


@dataclass(frozen=True)
class Recognised:
    """A file's dataset and the reader for it."""

    dataset: Dataset
    format: Format
    layout: Layout


@dataclass(frozen=True)
class Likeness:
    """How far a file looks like one dataset."""

    dataset: Dataset
    found: int
    explained: int
    missing: tuple[str, ...] = field(default=())

    @property
    def share(self) -> float:
        """Part of the wanted columns that are there."""
        wanted = self.found + len(self.missing)
        return self.found / wanted if wanted else 0.0


def layout_of(dataset: Dataset) -> Layout:
    """What the reader has to know of a dataset."""
    return Layout(
        columns=dataset.columns,
        optional=dataset.optional,
        aliases=dataset.aliases,
        headerless=dataset.headerless,
        elements=dataset.elements,
        tree=dataset.tree,
        context=dataset.context,
    )


def format_of(file: OpenedFile) -> Format:
    """The reader for a file, from its first bytes."""
    known = formats()
    for one in known.values():
        if one.looks is not None and one.looks(file):
            return one
    head = file.head
    if head.startswith(b"PK\x03\x04"):
        return known["xlsx"]
    start = file.start.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return known["xml"]
    if start.startswith("["):
        return known["json"]
    if start.startswith("{"):
        line = start.splitlines()[0]
        try:
            made = parsed(line)
        except BadJson:
            # the first line is not an object by itself: one document over several lines, or a damaged first record
            return known["jsonl"] if re.search(r"\}[^\S\n]*\n\s*\{\"", start) and line.endswith("}") else known["json"]
        holds = isinstance(made, dict) and any(
            isinstance(v, list) and v and isinstance(v[0], dict) for v in made.values()
        )
        return known["json"] if holds and len(start.rstrip().splitlines()) == 1 else known["jsonl"]
    return known["table"]


def _content(name: str) -> str:
    return _CONTENT.get(name, name)


def likenesses(file: OpenedFile, reader: Format, among: dict[str, Dataset] | None = None) -> list[Likeness]:
    """Every dataset that has something of this file, the most alike first."""
    heads = [h for h in reader.peek(file) if h.rows]
    found = []
    for dataset in (datasets() if among is None else among).values():
        if _content(dataset.format) != _content(reader.name):
            continue
        alike = _shaped(dataset, heads) if dataset.headerless else _headed(dataset, heads)
        if alike.found:
            found.append(alike)
    # a header that names every column says more than the shape of cells
    return sorted(found, key=lambda a: (-a.share, a.dataset.headerless, -a.explained, a.dataset.name))


def _headed(dataset: Dataset, heads: list[Head]) -> Likeness:
    layout = layout_of(dataset)
    best = Likeness(dataset, 0, 0, dataset.columns)
    for head in heads:
        for _, row in head.rows[:HEADER_ROWS]:
            must, may = layout.matched(row)
            if (must, must + may) > (best.found, best.explained):
                names = set(layout.names(row))
                best = Likeness(dataset, must, must + may, tuple(c for c in dataset.columns if c not in names))
    return best


def _shaped(dataset: Dataset, heads: list[Head]) -> Likeness:
    """A file without header: as many cells in each row, and texts that look as they should."""
    width = len(dataset.columns)
    patterns = [(dataset.columns.index(c), re.compile(p)) for c, p in dataset.shape.items()]
    best = 0.0
    for head in heads:
        rows = [r for _, r in head.rows[:_SAMPLE] if r != ["\x1a"]]
        fitting = sum(len(r) == width and all(p.fullmatch(printable(r[at]) or "") for at, p in patterns) for r in rows)
        best = max(best, fitting / len(rows) if rows else 0.0)
    alike = best >= _FITTING or (best > 0.5 and not dataset.shape)
    # of two that fit, the one that asks for more is meant
    return Likeness(dataset, width, width + len(patterns)) if alike else Likeness(dataset, 0, 0, dataset.columns)


def recognise(file: OpenedFile, dataset: str | Dataset | None = None) -> Recognised:
    """The dataset of a file, or of the one it is said to be.

    Parameters
    ----------
    file : OpenedFile
    dataset : str or Dataset, optional
        What the caller knows it to be; then only its columns are checked.

    Raises
    ------
    UsageError
        ``unknown_dataset``; ``ambiguous_file`` where two datasets have the same columns.
    InputError
        ``unknown_file``, with the datasets it resembles and the columns it lacks; ``missing_columns``; what a dataset's
        ``refusal`` names.
    """
    reader = format_of(file)
    if dataset is not None:
        known = dataset if isinstance(dataset, Dataset) else datasets().get(dataset)
        if known is None:
            raise UsageError("unknown_dataset", dataset=dataset)
        if reader.name == "jsonl" and _content(known.format) == "table" and not known.headerless:
            reader = AS_TABLE
        return Recognised(_loadable(file, known), reader, _checked(file, reader, known))
    alike = likenesses(file, reader)
    whole = [a for a in alike if not a.missing]
    if not whole:
        raise InputError("unknown_file", file=str(file.path), resembles=_resembling(alike), looks=_looks(file, reader))
    if len(whole) > 1 and (whole[0].explained, whole[0].dataset.headerless) == (
        whole[1].explained,
        whole[1].dataset.headerless,
    ):
        names = ", ".join(a.dataset.name for a in whole if a.explained == whole[0].explained)
        raise UsageError("ambiguous_file", file=str(file.path), datasets=names)
    return Recognised(_loadable(file, whole[0].dataset), reader, layout_of(whole[0].dataset))


def _loadable(file: OpenedFile, dataset: Dataset) -> Dataset:
    if dataset.refusal:
        raise InputError(dataset.refusal, file=str(file.path))
    return dataset


def _checked(file: OpenedFile, reader: Format, dataset: Dataset) -> Layout:
    if _content(dataset.format) != _content(reader.name):
        raise InputError(
            "wrong_format", file=str(file.path), dataset=dataset.name, wanted=dataset.format, found=reader.name
        )
    heads = [h for h in reader.peek(file) if h.rows]
    if dataset.headerless:
        if not any(len(r) == len(dataset.columns) for h in heads for _, r in h.rows):
            raise InputError(
                "missing_columns", file=str(file.path), dataset=dataset.name, columns=", ".join(dataset.columns)
            )
    else:
        missing = _headed(dataset, heads).missing
        if missing:
            raise InputError("missing_columns", file=str(file.path), dataset=dataset.name, columns=", ".join(missing))
    return layout_of(dataset)


def _resembling(alike: list[Likeness]) -> str:
    if not alike:
        return say("recognise.nothing")
    return "; ".join(
        say("recognise.resembles", dataset=a.dataset.name, columns=", ".join(a.missing)) for a in alike[:3]
    )


def _looks(file: OpenedFile, reader: Format) -> str:
    heads = [h for h in reader.peek(file) if h.rows]
    if not heads:
        return ""
    row = max(heads[0].rows[:HEADER_ROWS], key=lambda r: sum(bool(c.strip()) for c in r[1]))[1]
    return ", ".join((printable(c) or "")[:40] for c in row[:12])


def is_mapping(path: str | Path) -> bool:
    """Whether a file name is that of a mapping file."""
    return Path(path).suffix.lower() in (".yml", ".yaml")
