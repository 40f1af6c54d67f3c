"""Ids of a whole column: FollowTheMoney's rule, hashed once per distinct key."""

from __future__ import annotations

import hashlib
from binascii import hexlify
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.cells import Cells, Codes
from vinculo.ingest.mapping import Key, Value

#: Characters of an id.
_HEX = 40

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
    if len(columns) == 1 and not ends:
        # each text is hashed once, however many rows hold it
        return _hashed(prefix, pc.fill_null(_texts(columns[0]), "")).take(
            pa.array(columns[0].codes, mask=columns[0].codes < 0)
        )
    parted = [pc.fill_null(c.spread(_texts(c)), "") for c in columns] + [pc.fill_null(end, "") for end in ends]
    if not parted:
        return pa.nulls(len(rows), pa.string())
    # hashing again costs no more than looking up whether it was hashed before
    return _hashed(prefix, pc.binary_join_element_wise(*_sorted(parted), ""))


def _texts(column: Cells) -> pa.Array:
    """Each option as the text that goes into a key."""
    if column.single is not None:
        return column.single
    return pa.array(["\n".join(sorted(o)) for o in column.options], pa.string())


def _sorted(columns: list[pa.Array]) -> list[pa.Array]:
    """The texts of each row in the order of their bytes; Arrow compares bytes."""
    made = list(columns)
    for end in range(len(made) - 1, 0, -1):
        for n in range(end):
            left, right = made[n], made[n + 1]
            turned = pc.greater(left, right)
            if turned.true_count:
                made[n], made[n + 1] = pc.if_else(turned, right, left), pc.if_else(turned, left, right)
    return made


def _hashed(prefix: bytes, keys: pa.Array) -> pa.Array:
    """The sha1 of each key behind the prefix, in hex; null for an empty key."""
    sha1 = hashlib.sha1
    made = b"".join([sha1(prefix + k).digest() for k in keys.view(pa.binary()).to_pylist()])
    empty = np.asarray(pc.equal(keys, ""))
    offsets = np.arange(len(keys) + 1, dtype=np.int32) * _HEX
    ids = pa.StringArray.from_buffers(len(keys), pa.py_buffer(offsets), pa.py_buffer(hexlify(made)))
    return pc.if_else(pa.array(empty), None, ids) if empty.any() else ids
