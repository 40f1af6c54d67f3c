"""Cutting what a file gives into what a store takes at once, and putting a whole file together for datasets that need it so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import InputError, VinculoError
from vinculo.graph.types import Batch
from vinculo.ingest.formats import Chunk
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.marks import Halves


def portions(batch: Batch, records: npt.NDArray[np.int64], marks: Halves, limit: int) -> Iterator[tuple[Batch, Halves]]:
    """A batch cut between records where it has more rows than ``limit``; each part with the fingerprints of its records.

    Parameters
    ----------
    batch : Batch
        Its rejects go with the last part.
    records : numpy array of int64
        Numbers of the records it holds, ascending.
    marks : numpy array
        Their fingerprints.
    limit : int
        Rows, entities and links together, that the store takes at once.
    """
    count = max(1, min(len(records), -(-(batch.entities.num_rows + batch.links.num_rows) // limit)))
    ends = [len(records) * n // count for n in range(count + 1)]
    for n in range(count):
        low = records[ends[n]] if n else None
        high = records[ends[n + 1]] if n < count - 1 else None
        entities, links = (_between(t, low, high) for t in (batch.entities, batch.links))
        rejects = batch.rejects if high is None else None
        yield Batch.make(entities, links, rejects), marks[ends[n] : ends[n + 1]]


def _between(table: pa.Table, low: int | None, high: int | None) -> pa.Table:
    """Rows of the records from ``low`` up to, not including, ``high``."""
    if low is not None:
        table = table.filter(pc.greater_equal(table.column("record"), int(low)))
    if high is not None:
        table = table.filter(pc.less(table.column("record"), int(high)))
    return table


def as_one(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """All chunks as one; where the file is damaged, what was read before the damage, and then the error."""
    tables: list[pa.Table] = []
    rejects: list[pa.Table] = []
    marks: list[bytes] = []
    error: VinculoError | None = None
    try:
        for chunk in chunks:
            tables.append(chunk.table)
            rejects.append(chunk.rejects)
            marks += fingerprints_of(chunk.table) if chunk.marks is None else chunk.marks
    except InputError as damage:
        error = damage
    if tables:
        yield Chunk(pa.concat_tables(tables, promote_options="default"), pa.concat_tables(rejects), tuple(marks))
    if error is not None:
        raise error
