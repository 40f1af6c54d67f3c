"""Readers: from bytes to records of text, with their numbers and lines. One module each, found by its ``FORMAT``.

A reader never guesses: a row that does not fit is rejected with its line, damage that hides where rows end stops the file
there. Values stay texts; what they mean is the dataset's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import pyarrow as pa

from vinculo.graph.registry import discover
from vinculo.graph.text import Text, say_both
from vinculo.graph.types import REJECT_SCHEMA
from vinculo.ingest.clean.text import folded
from vinculo.ingest.formats.opened import OpenedFile

#: Among the notes on a file: a sentence that belongs with the warnings.
WARNING = "warning"
#: Records of a chunk: what is read, mapped and written at a time.
CHUNK = 16_384
#: A header is looked for in so many rows.
HEADER_ROWS = 20
#: Cells of the widest row that may be a header; the widest real one known here has 57.
WIDEST = 2_000
_SHORT = 200


@dataclass(frozen=True)
class Layout:
    """What a reader is told about a file.

    Attributes
    ----------
    columns : tuple of str
        Columns that must be there.
    optional : tuple of str
        Columns that may be there.
    aliases : mapping
        Other header texts for a column.
    headerless : bool
        Columns are taken by position, in the order of ``columns``.
    exact : bool
        Column names to the letter, as FollowTheMoney's mapping files want them; else folded.
    elements : tuple of str
        XML elements that are records; key of the array that holds them in JSON.
    tree : bool
        Each record as one JSON text, in a column ``tree``.
    context : tuple of str
        XML elements that belong to the records after them, beside the element above.
    only : bool
        Give ``columns`` and ``optional`` alone; what else a file has goes into the fingerprints of its records.
    """

    columns: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    headerless: bool = False
    exact: bool = False
    elements: tuple[str, ...] = ()
    tree: bool = False
    context: tuple[str, ...] = ()
    only: bool = False

    def names(self, header: Sequence[str]) -> list[str]:
        """Column names of a header row; one that comes again gets its position among its like (``account_2``)."""
        known = {} if self.exact else self._known
        names: list[str] = []
        seen: dict[str, int] = {}
        for place, text in enumerate(header, 1):
            name = text.strip("\ufeff") if self.exact else known.get(loose(text)) or _plain(text)
            name = name or f"column {place}"
            seen[name] = seen.get(name, 0) + 1
            names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
        if self.exact:
            # FollowTheMoney reads the last of two columns of one name
            for name, count in seen.items():
                if count > 1:
                    first, last = names.index(name), names.index(f"{name}_{count}")
                    names[first], names[last] = names[last], names[first]
        return names

    def unused(self, names: Sequence[str]) -> dict[str, str]:
        """The note that tells columns of a file which nothing is made of; empty where there are none."""
        known = {*self.columns, *self.optional}
        left = [n for n in names if n not in known and not n.startswith("column ")]
        return {"not_used": ", ".join(left)} if left and known and not self.exact else {}

    @cached_property
    def _known(self) -> dict[str, str]:
        known = {loose(name): name for name in (*self.columns, *self.optional)}
        return {loose(alias): name for alias, name in self.aliases.items()} | known

    def matched(self, header: Sequence[str]) -> tuple[int, int]:
        """How many of the columns that must, and that may, be in a header row."""
        names = set(self.names(header))
        return sum(c in names for c in self.columns), sum(c in names for c in self.optional)


@dataclass(frozen=True)
class Chunk:
    """Some records: a table of texts (or lists of texts) with ``record`` and ``line``, and those that do not fit.

    ``marks`` are the fingerprints of the records, where the reader knows more of them than stands in the table.
    """

    table: pa.Table
    rejects: pa.Table
    marks: tuple[bytes, ...] | None = None

    @property
    def read(self) -> int:
        """Records in it, rejected ones counted."""
        return int(self.table.num_rows + self.rejects.num_rows)


@dataclass
class Head:
    """What the beginning of a file looks like: rows that may be its header, each with its line, and some rows below."""

    rows: list[tuple[int, list[str]]]
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """A reader.

    Attributes
    ----------
    name : str
        As ``Dataset.format`` has it.
    title : Text
    suffixes : tuple of str
        Usual endings of file names (each also with ``.gz``).
    peek : callable
        ``peek(file) -> list[Head]``: what to recognise the dataset by; one for each sheet or delimiter that may be meant.
    reads : callable
        ``reads(file, layout, notes) -> Iterator[Chunk]``; ``notes`` is filled with what was found out (encoding, delimiter,
        header line) before the first chunk.
    looks : callable, optional
        ``looks(file) -> bool``: whether a file is in this format, where its first character does not tell.
    """

    name: str
    title: Text
    suffixes: tuple[str, ...]
    peek: Callable[[OpenedFile], list[Head]]
    reads: Callable[[OpenedFile, Layout, dict[str, str]], Iterator[Chunk]]
    looks: Callable[[OpenedFile], bool] | None = None


def formats() -> dict[str, Format]:
    """Every reader by name.

    Examples
    --------
    >>> sorted(formats())
    ['iso20022', 'json', 'jsonl', 'ofx', 'saai_m3', 'swift_mt', 'table', 'xlsx', 'xml']
    """
    return discover(__name__, "FORMAT")


def loose(text: str) -> str:
    """A header text for comparison: folded, everything but letters and digits a space.

    Examples
    --------
    >>> loose("Número_de  Factura #")
    'numero de factura'
    """
    # recognising a file asks this, and the next, of the same few texts for each dataset there is
    return _loosened(text) if len(text) <= _SHORT else _loosened.__wrapped__(text)


@lru_cache(1 << 14)
def _loosened(text: str) -> str:
    return re.sub(r"[\W_]+", " ", folded(text)).strip()


def _plain(text: str) -> str:
    return _folded(text) if len(text) <= _SHORT else folded(text)


_folded = lru_cache(1 << 14)(folded)


def rejected(rows: Sequence[tuple[int, int, str, str, str, dict[str, object]]]) -> pa.Table:
    """Rejects from (record, line, column, raw text, code, blanks of the sentence)."""
    if not rows:
        return REJECT_SCHEMA.empty_table()
    made = [(*r[:5], *say_both(f"reject.{r[4]}", **r[5])) for r in rows]
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(zip(*made, strict=True), REJECT_SCHEMA, strict=True)],
        schema=REJECT_SCHEMA,
    )
