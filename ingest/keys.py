"""Ids of a whole column: FollowTheMoney's rule, hashed once per distinct key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.cells import Cells, Codes
from vinculo.ingest.mapping import Key, Value

if TYPE_CHECKING:
    from vinculo.ingest.values import Reading


def ids_of(
    key: Key,
    reading: Reading,
    dataset: str,
    rows: Codes,
    parts: tuple[Value, Cells] | None,
    ends: Sequence[pa.Array] = (),
) -> pa.Array:
    """The id of each thing: one per entry of ``rows``, null where its key is empty.

    Parameters
    ----------
    key : Key
        What the id is made of.
    reading : Reading
        Where the key's columns are.
    dataset : str
        In place of the key's prefix, where it has none.
    rows : array of int
        Row of the table each thing comes from.
    parts : (Value, Cells), optional
        Exploded texts of one of the key's values, one per entry of ``rows``.
    ends : arrays of str
        Ids of the ends of links, part of the key.
    """
    if key.id_column:
        column = reading.column(key.id_column)
        return column.take(rows).spread([o[0] if o else None for o in column.options])
    prefix = ((dataset if key.prefix is None else key.prefix) + key.literal).encode()
    columns = [reading.column(name).take(rows) for name in key.columns]
    for value in key.values:
        if parts is not None and parts[0] == value:
            columns.append(parts[1])
        else:
            columns += [c.cells.take(rows) for c in reading.clean(value, value.clean or "text")]
    texts = [_texts(c) for c in columns]
    if len(columns) == 1 and not ends:
        made = [hashlib.sha1(prefix + t).hexdigest() if t else None for t in texts[0]]
        return columns[0].spread(made)
    lists = [_bytes(c, t) for c, t in zip(columns, texts, strict=True)]
    if ends:
        lists += [end.view(pa.binary()).to_pylist() for end in ends]
    sha1, join = hashlib.sha1, b"".join
    if not lists:
        return pa.nulls(len(rows), pa.string())
    # hashing again costs no more than looking up whether it was hashed before
    keys = [join(sorted(row)) for row in zip(*lists, strict=True)]
    return pa.array([sha1(prefix + k).hexdigest() if k else None for k in keys], pa.string())


def _texts(column: Cells) -> list[bytes]:
    """Each option as the bytes that go into a key."""
    if column.single is not None:
        made: list[bytes] = pc.fill_null(column.single, "").view(pa.binary()).to_pylist()
        return made
    return ["\n".join(sorted(o)).encode() for o in column.options]


def _bytes(column: Cells, texts: list[bytes]) -> list[bytes]:
    padded = np.empty(len(texts) + 1, object)
    padded[:-1] = texts
    padded[-1] = b""
    made: list[bytes] = padded[column.codes].tolist()
    return made
