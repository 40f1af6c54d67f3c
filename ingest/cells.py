"""Columns as codes: every distinct text is cleaned, joined or split once, however many rows hold it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD
from vinculo.ingest.clean.text import printable

Codes = npt.NDArray[np.int64]


class Cells:
    """One column: ``codes`` says for each row which of the options stands there, -1 for none.

    An option is the tuple of texts in one cell: mostly one, several where the cell is a list or was split. Where none has
    several, the options are one Arrow column, ``single``, null for no text, and work on them is Arrow's.
    """

    def __init__(
        self, codes: Codes, options: list[tuple[str, ...]] | None = None, *, single: pa.Array | None = None
    ) -> None:
        self.codes = codes
        self._options = options
        self._single = single

    @property
    def options(self) -> list[tuple[str, ...]]:
        """Every option as a tuple of texts."""
        if self._options is None:
            texts = [] if self._single is None else self._single.to_pylist()
            self._options = [(t,) if t is not None else () for t in texts]
        return self._options

    @cached_property
    def single(self) -> pa.Array | None:
        """Every option's one text, null for none; ``None`` where one has several."""
        if self._single is None and self._options is not None:
            if any(len(o) > 1 for o in self._options):
                return None
            return pa.array([o[0] if o else None for o in self._options], pa.string())
        return self._single

    def mapped(self, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Cells:
        """The same rows with every option changed."""
        return Cells(self.codes, [change(o) for o in self.options])

    def take(self, rows: Codes) -> Cells:
        """These rows alone."""
        taken = Cells(self.codes[rows], self._options, single=self._single)
        if "single" in self.__dict__:
            taken.__dict__["single"] = self.single
        return taken

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Which options have a text."""
        if self.single is not None:
            return np.asarray(self.single.is_valid())
        return np.array([bool(o) for o in self.options], np.bool_)

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Where a row has at least one text."""
        return np.append(self.filled, False)[self.codes]

    def spread(self, made: Sequence[str | None] | pa.Array) -> pa.Array:
        """One value per option, as a column over all rows."""
        values = made if isinstance(made, pa.Array) else pa.array(made, pa.string())
        return values.take(pa.array(self.codes, mask=self.codes < 0))


def changed(texts: pa.Array, same: npt.NDArray[np.bool_], change: Callable[[str], str | None]) -> pa.Array:
    """Texts with ``change`` made to those that are not ``same``; a null stays one."""
    others = ~same & np.asarray(texts.is_valid())
    if not others.any():
        return texts
    mask = pa.array(others)
    made = pa.array([change(t) for t in texts.filter(mask).to_pylist()], pa.string())
    return pc.replace_with_mask(texts, mask, made)


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

    if listed:
        texts: list[str] = coded.dictionary.to_pylist()
        return Cells(codes, [tuple(m for t in text.split(RECORD) if (m := one(t))) for text in texts])
    return Cells(codes, single=changed(coded.dictionary, _printable(coded.dictionary, absent), one))


def _printable(texts: pa.Array, absent: set[str]) -> npt.NDArray[np.bool_]:
    """Texts that are printable as they stand: visible ASCII, a space only between."""
    plain = pc.match_substring_regex(texts, r"^[!-~](?:[ -~]*[!-~])?$")
    if absent:
        plain = pc.and_not(plain, pc.is_in(texts, pa.array(sorted(absent), pa.string())))
    return np.asarray(plain)


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
