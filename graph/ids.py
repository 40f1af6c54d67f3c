"""Stable ids from natural keys, as FollowTheMoney's mappings make them.

``id = sha1(prefix + literal + key values)``: values stripped, empty ones skipped, sorted by their bytes, joined without a
separator. So ("1", "23") equals ("12", "3") and A to B equals B to A: a link's key always carries a literal and a record key.
Value nodes that several datasets share (phones, addresses, tax numbers, containers, bills, places) have no dataset in
their prefix, only their kind. Nothing random, nothing from the clock.

FollowTheMoney gives an edge an id that says nothing of its ends: two files may tell one id with other owners. A link is one
between these two ends, so its id here is the edge's with a mark of its ends behind it.
"""

from __future__ import annotations

import hashlib
import re

import numpy as np
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


#: Of an end's mark, in characters: enough to tell the ends of one edge apart, not more, for each link carries two.
_MARK = 8
_IS_SHA1 = "^[0-9a-f]{40}$"
_ENDS = re.compile(f"~[0-9a-f]{{{2 * _MARK}}}$")


def with_ends(
    ids: pa.Array | pa.ChunkedArray, sources: pa.Array | pa.ChunkedArray, targets: pa.Array | pa.ChunkedArray
) -> pa.Array | pa.ChunkedArray:
    """The ids of links that are edges of FollowTheMoney between these ends.

    Parameters
    ----------
    ids : string array, chunked or not
        The edges' own ids; one that has the mark of these ends already, from an export, stays.
    sources, targets : string arrays of the same length
        Ids of the ends.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray
        As ``ids``; null where an edge has no id.

    Examples
    --------
    >>> made = with_ends(pa.array(["o", "o"]), pa.array(["a", "b"]), pa.array(["c", "c"]))
    >>> made.to_pylist()
    ['o~86f7e43784a51684', 'o~e9d71f5e84a51684']
    >>> with_ends(made, pa.array(["a", "b"]), pa.array(["c", "c"])).equals(made)
    True
    """
    if not all(isinstance(column, pa.Array) for column in (ids, sources, targets)):
        made = with_ends(_whole(ids), _whole(sources), _whole(targets))
        return pa.chunked_array([made]) if isinstance(ids, pa.ChunkedArray) else made
    ends = pc.binary_join_element_wise("~", _mark(sources), _mark(targets), "")
    if pc.any(pc.match_substring(ids, "~")).as_py():
        marked = pc.equal(pc.utf8_slice_codeunits(ids, -(2 * _MARK + 1)), ends)
        ends = pc.if_else(marked, "", ends)
    return pc.binary_join_element_wise(ids, ends, "")


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def edge_id(id: str) -> str:
    """The id FollowTheMoney knows a link by.

    Examples
    --------
    >>> edge_id("o~86f7e43784a51684"), edge_id("86f7e437faa5a7fce15d1ddcb9eaeaea377667b8")
    ('o', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8')
    """
    return _ENDS.sub("", id)


def _mark(ids: pa.Array) -> pa.Array:
    """The begin of each text's sha1; a text that is one stands for itself."""
    if not _all_sha1(ids):
        is_one = pc.match_substring_regex(ids, _IS_SHA1)
        coded = pc.if_else(is_one, None, ids).dictionary_encode()
        made = [hashlib.sha1(t.encode("utf-8", "surrogatepass")).hexdigest() for t in coded.dictionary.to_pylist()]
        ids = pc.if_else(is_one, ids, pa.array(made, pa.string()).take(coded.indices))
    return pc.utf8_slice_codeunits(ids, 0, _MARK)


def _all_sha1(ids: pa.Array) -> bool:
    """Whether each text is one, byte by byte: a pattern takes far longer."""
    if ids.null_count or not pc.all(pc.equal(pc.binary_length(ids), 40)).as_py():
        return False
    data = ids.buffers()[2]
    begin = pc.min(pa.Array.from_buffers(pa.int32(), len(ids), [None, ids.buffers()[1]], offset=ids.offset)).as_py()
    if data is None or begin is None:
        return True
    letters = np.frombuffer(data, np.uint8)[begin : begin + 40 * len(ids)]
    return bool(((letters - ord("0") < 10) | (letters - ord("a") < 6)).all())  # below "0" and "a" bytes wrap round
