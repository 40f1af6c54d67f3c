"""Columns as codes: every distinct text is cleaned, joined or split once, however many rows hold it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD
from vinculo.ingest.clean.text import printable

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """One column: ``codes`` says for each row which of ``options`` stands there, -1 for none.

    An option is the tuple of texts in one cell: mostly one, several where the cell is a list or was split.
    """

    codes: Codes
    options: list[tuple[str, ...]]

    def mapped(self, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Cells:
        """The same rows with every option changed."""
        return Cells(self.codes, [change(o) for o in self.options])

    def take(self, rows: Codes) -> Cells:
        """These rows alone."""
        return Cells(self.codes[rows], self.options)

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Where a row has at least one text."""
        filled = np.array([bool(o) for o in self.options] + [False])
        return filled[self.codes]

    def spread(self, made: Sequence[str | None]) -> pa.Array:
        """One value per option, as a column over all rows."""
        return pa.array(made, pa.string()).take(pa.array(self.codes, mask=self.codes < 0))


def read(column: pa.Array | pa.ChunkedArray, missing: Iterable[str] = ()) -> Cells:
    """A column of texts, or of lists of texts, made printable; empty ones and ``missing`` ones are no value."""
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    listed = pa.types.is_list(flat.type) or pa.types.is_large_list(flat.type)
    if listed:
        flat = pc.binary_join(flat, RECORD)
    coded = flat.dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    absent = set(missing)

    def one(text: str) -> str | None:
        if text in absent:
            return None
        made = printable(text)
        return None if made in absent else made

    texts: list[str] = coded.dictionary.to_pylist()
    if listed:
        return Cells(codes, [tuple(m for t in text.split(RECORD) if (m := one(t))) for text in texts])
    return Cells(codes, [(made,) if (made := one(text)) else () for text in texts])


def constant(texts: tuple[str, ...], rows: int) -> Cells:
    """The same texts in every row."""
    return Cells(np.zeros(rows, np.int64), [texts])


def combined(
    columns: Sequence[Cells], change: Callable[[Sequence[tuple[str, ...]]], tuple[str, ...]], rows: int
) -> Cells:
    """Several columns as one: ``change`` makes an option from the options of one row, once per distinct combination."""
    if not columns:
        return constant(change(()), rows)
    key = columns[0].codes + 1
    for column in columns[1:]:
        width = len(column.options) + 1
        key = key * width + (column.codes + 1)
        # numbered anew after each column, so that the product of many columns never overflows
        _, key = np.unique(key, return_inverse=True)
    _, first, codes = np.unique(key, return_index=True, return_inverse=True)
    lists = [[c.options[code] if code >= 0 else () for code in c.codes[first].tolist()] for c in columns]
    return Cells(codes.astype(np.int64), [change(row) for row in zip(*lists, strict=True)])


def exploded(cells: Cells) -> tuple[Codes, Cells]:
    """One row per text: the row each came from, and the texts by themselves."""
    lengths = np.array([len(o) for o in cells.options] + [0])[cells.codes]
    rows = np.repeat(np.arange(len(cells.codes)), lengths)
    starts = np.cumsum([0, *(len(o) for o in cells.options)])[:-1]
    flat: list[tuple[str, ...]] = [(t,) for o in cells.options for t in o]
    if not len(rows):
        return rows, Cells(np.zeros(0, np.int64), flat)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows, Cells(starts[cells.codes[rows]] + within, flat)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Leave the cycle collector alone for a while.

    A million new lists and tuples of texts make it walk them again and again; there are no cycles among them.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
