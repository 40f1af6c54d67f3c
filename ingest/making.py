"""From a file to batches: its chunks read, the records that are new among them told apart and mapped. No store in sight."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.types import Batch
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.engine import map_tables
from vinculo.ingest.expectations import Expectations
from vinculo.ingest.formats import Chunk
from vinculo.ingest.formats.fingerprints import fingerprints_of
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.marks import Halves, Marks, halves
from vinculo.ingest.portions import as_one
from vinculo.ingest.recognise import Recognised
from vinculo.ingest.totals import lines_of_totals, rejected_totals


@dataclass(frozen=True)
class Made:
    """What one chunk of a file gives.

    Attributes
    ----------
    batch : Batch
        What its new records assert; all its rejects, the reader's and the mapping's.
    records : numpy array of int64
        The new records by number, ascending; rejected ones are not among them.
    marks : numpy array
        Their fingerprints.
    read, duplicates, there, rejected : int
        Records of the chunk; those that stand in the file before; those it has written before; those that were rejected.
    line : int
        Of its last record; 0 where it has none.
    """

    batch: Batch
    records: npt.NDArray[np.int64]
    marks: Halves
    read: int
    duplicates: int
    there: int
    rejected: int
    line: int


def made_of(
    file: OpenedFile,
    recognised: Recognised,
    here: Marks,
    notes: dict[str, str],
    doubts: Doubts,
    expected: Expectations,
) -> Iterator[Made]:
    """Read and map a file, a chunk at a time.

    Parameters
    ----------
    file : OpenedFile
    recognised : Recognised
        What it is, and how to read it.
    here : Marks
        Records that this file has written before.
    notes : dict
        Filled with what is found out about the file.
    doubts : Doubts
        Told of what can hardly be meant.
    expected : Expectations
        Told of all records, those of ``here`` too: what is expected is expected of the whole file.

    Raises
    ------
    InputError
        Where the file is damaged, after what stands before the damage.
    """
    seen, said = Marks(), Marks()
    chunks = recognised.format.reads(file, recognised.layout, notes)
    for chunk in as_one(chunks) if recognised.dataset.whole_file else chunks:
        yield _made(chunk, recognised.dataset, seen, said, here, doubts, expected)


def _made(
    chunk: Chunk, dataset: Dataset, seen: Marks, said: Marks, here: Marks, doubts: Doubts, expected: Expectations
) -> Made:
    table = chunk.table
    marks = halves(fingerprints_of(table) if chunk.marks is None else chunk.marks)
    firsts = seen.firsts(marks)
    there = here.known(marks) & firsts
    wanted = firsts & ~there
    if expected.asks and there.any():
        # not mapped again, yet they are part of what is expected of the file
        expected.add(_prepared(table.filter(pa.array(there)), dataset))
    batch = _mapped(table.filter(pa.array(wanted)) if not wanted.all() else table, dataset, doubts, expected)
    records = table.column("record").to_numpy()
    bad = np.isin(records, pc.unique(batch.rejects.column("record")).to_numpy())
    wanted &= ~bad
    lines = table.column("line")
    # an index takes what comes in its order a fifth faster
    links = batch.links.take(pc.sort_indices(batch.links.column("id")))
    return Made(
        Batch(_unsaid(batch.entities, said), links, pa.concat_tables([chunk.rejects, batch.rejects])),
        records[wanted],
        marks[wanted],
        chunk.read,
        len(firsts) - int(firsts.sum()),
        int(there.sum()),
        chunk.rejects.num_rows + int(bad.sum()),
        lines[-1].as_py() if len(lines) else 0,
    )


def _unsaid(entities: pa.Table, said: Marks) -> pa.Table:
    """What no earlier chunk asserts: an account is described anew by each of its transfers, and its first record counts."""
    if not entities.num_rows:
        return entities
    # ids and kinds hold no control characters
    texts = pc.binary_join_element_wise(
        *(entities.column(c).cast(pa.binary()) for c in ("id", "kind", "facts")), b"\x00"
    )
    marks = halves([hashlib.blake2b(text, digest_size=16).digest() for text in texts.to_pylist()])
    firsts = said.firsts(marks)
    return entities if firsts.all() else entities.filter(pa.array(firsts))


def _mapped(table: pa.Table, dataset: Dataset, doubts: Doubts, expected: Expectations) -> Batch:
    if not table.num_rows:
        return Batch.make()
    totals = lines_of_totals(table, dataset.summed)
    if totals.any():
        batch = _mapped(table.filter(pa.array(~totals)), dataset, doubts, expected)
        rejects = pa.concat_tables([batch.rejects, rejected_totals(table.filter(pa.array(totals)))])
        return Batch(batch.entities, batch.links, rejects)
    tables = _prepared(table, dataset)
    expected.add(tables)
    doubts.look_for_names(tables)
    doubts.look_for_bills(tables)
    return map_tables(dataset.mappings, tables, table, dataset.name, doubts)


def _prepared(table: pa.Table, dataset: Dataset) -> dict[str, pa.Table]:
    return dataset.prepare(table) if dataset.prepare else {"": table}
