"""Stable ids from natural keys, as FollowTheMoney's mappings make them.

``id = sha1(prefix + literal + key values)``: values stripped, empty ones skipped, sorted by their bytes, joined without a
separator. So ("1", "23") equals ("12", "3") and A to B equals B to A: a link's key always carries a literal and a record key.
Value nodes that several datasets share (phones, addresses, tax numbers, containers, bills, places) have no dataset in
their prefix, only their kind. Nothing random, nothing from the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def make_id(prefix: str, *values: str | None) -> str | None:
    """One id, or ``None`` where every value is empty.

    Parameters
    ----------
    prefix : str
        Dataset and key literal, put together.
    *values
        Key values as text.

    Examples
    --------
    >>> make_id("d", "x", " y ") == make_id("d", "y", "x")
    True
    >>> make_id("d", " ", None) is None
    True
    """
    parts = sorted(v.strip().encode() for v in values if v is not None and v.strip())
    if not parts:
        return None
    return hashlib.sha1(prefix.encode() + b"".join(parts)).hexdigest()


def make_ids(prefix: str, columns: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
    """Ids for a whole table: :func:`make_id` once per distinct key, not per row.

    Parameters
    ----------
    prefix : str
        Dataset and key literal, put together.
    columns : sequence of string arrays of equal length
        The key columns.

    Returns
    -------
    pyarrow.Array
        String array; null where every value is empty.
    """
    flat = [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    joined = pc.binary_join_element_wise(*flat, "\x1f", null_handling="replace", null_replacement="")
    coded = joined.dictionary_encode()
    made = [make_id(prefix, *key.split("\x1f")) for key in coded.dictionary.to_pylist()]
    return pa.array(made, pa.string()).take(coded.indices)
