"""Assertions taken apart into statements, the smallest unit a store holds, and put together again; in columns.

A statement is (thing, pair, source, smallest record). Its ``pair`` is ``property<US>value`` as in :mod:`vinculo.graph.facts`;
the kind of a thing is a statement too, with an empty property. Two stores that hold the same statements hold the same contents,
however they spread them over rows: digests, snapshots and the server store are made of these.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD, UNIT

#: ``source`` numbers the sources in some list of the caller's.
STATEMENTS = pa.schema([("thing", pa.int64()), ("pair", pa.string()), ("source", pa.int64()), ("record", pa.int64())])


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array of a column."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    joined = column.combine_chunks()
    # older releases give a chunked array back where there is no chunk
    return joined if isinstance(joined, pa.Array) else pa.concat_arrays(joined.chunks or [pa.array([], column.type)])


def things_of(sort: str, chunk: pa.Table) -> pa.Array:
    """What tells the things of a chunk of statements apart: the id; of links the kind too, for an id may stand under two."""
    ids = flat(chunk.column("id"))
    return ids if sort == "entity" else pc.binary_join_element_wise(ids, flat(chunk.column("kind")), UNIT)


def order_of(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Per text its place among the distinct texts in byte order; sorting these numbers sorts the texts, faster."""
    coded = texts.dictionary_encode()
    rank = np.empty(len(coded.dictionary), np.int64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank))
    places: npt.NDArray[np.int64] = rank[coded.indices.to_numpy(zero_copy_only=False)]
    return places


def taken_apart(
    things: npt.NDArray[np.int64],
    kinds: pa.Array,
    records: pa.Array,
    facts: pa.Array,
    sources: npt.NDArray[np.int64],
) -> pa.Table:
    """Assertions as ``STATEMENTS``, by thing, pair and source, each once with its smallest record.

    Parameters
    ----------
    things, sources : numpy arrays of int64
        Numbers of the thing and of the source of each assertion.
    kinds, facts : pyarrow string arrays
        Its kind and packed facts.
    records : pyarrow int64 array
        Its record.
    """
    lists = pc.split_pattern(facts, RECORD)
    rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    pairs = pc.list_flatten(lists)
    present = pc.match_substring(pairs, UNIT)
    rows, pairs = rows[present.to_numpy(zero_copy_only=False)], pairs.filter(present)
    at = np.concatenate([np.arange(len(things)), rows]).astype(np.int64)
    pairs = pa.concat_arrays([pc.binary_join_element_wise("", kinds, UNIT), pairs])
    return once(things[at], pairs, sources[at], records.to_numpy(zero_copy_only=False)[at])


def once(
    things: npt.NDArray[np.int64],
    pairs: pa.Array,
    sources: npt.NDArray[np.int64],
    records: npt.NDArray[np.int64],
) -> pa.Table:
    """Statements by thing, pair and source, each once with its smallest record."""
    rank = order_of(pairs)
    order = np.lexsort((records, sources, rank, things))
    t, r, s = things[order], rank[order], sources[order]
    new = np.ones(len(order), bool)
    new[1:] = (t[1:] != t[:-1]) | (r[1:] != r[:-1]) | (s[1:] != s[:-1])
    kept = order[new]
    columns = [things[kept], pairs.take(pa.array(kept)), sources[kept], records[kept]]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, STATEMENTS, strict=True)], schema=STATEMENTS)


def joined_by(groups: npt.NDArray[np.int64], texts: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Texts of equal neighbouring groups joined by <RS>; returns where each group starts, and its text."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.empty(0, np.int64)
    offsets = pa.array(np.r_[starts, len(groups)], pa.int32())
    return starts, pc.binary_join(pa.ListArray.from_arrays(offsets, texts), RECORD)


def halves(pairs: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Property and value of each pair."""
    parts = pc.split_pattern(pairs, UNIT, max_splits=1)
    return pc.list_element(parts, 0), pc.list_element(parts, 1)


def put_together(statements: pa.Table) -> pa.Table:
    """The fewest assertions that make these statements: columns ``thing source kind record facts``, in that order.

    A row for each record that is the smallest of some value, under the kind this source asserts first; a row of its own for
    each further kind.
    """
    things, sources, records = (flat(statements.column(c)).to_numpy() for c in ("thing", "source", "record"))
    pairs = flat(statements.column("pair"))
    is_kind = pc.starts_with(pairs, UNIT).to_numpy(zero_copy_only=False)
    rank = order_of(pairs)

    def part(which: npt.NDArray[np.bool_], *keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        chosen = np.flatnonzero(which)
        return chosen[np.lexsort(tuple(k[chosen] for k in keys))]

    kinds = part(is_kind, rank, records, sources, things)
    owner = _group(things[kinds], sources[kinds])
    first = kinds[np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])] if len(kinds) else kinds
    values = part(~is_kind, rank, records, sources, things)
    starts, facts = joined_by(_group(things[values], sources[values], records[values]), pairs.take(pa.array(values)))
    heads = values[starts]
    # the kind of a group of values: the one its source asserts first
    base = {(t, s): k for t, s, k in zip(things[first].tolist(), sources[first].tolist(), first.tolist(), strict=True)}
    of_heads = [base[key] for key in zip(things[heads].tolist(), sources[heads].tolist(), strict=True)]
    covered = set(zip(of_heads, records[heads].tolist(), strict=True))
    bare = np.array([k for k in kinds.tolist() if (k, int(records[k])) not in covered], np.int64)
    rows = np.concatenate([heads, bare]).astype(np.int64)
    named = np.concatenate([np.array(of_heads, np.int64), bare])
    table = pa.table(
        {
            "thing": pa.array(things[rows], pa.int64()),
            "source": pa.array(sources[rows], pa.int64()),
            "kind": halves(pairs.take(pa.array(named)))[1],
            "record": pa.array(records[rows], pa.int64()),
            "facts": pa.concat_arrays([facts, pa.array([""] * len(bare), pa.string())]),
        }
    )
    return table.sort_by([(c, "ascending") for c in ("thing", "source", "record", "kind", "facts")])


def _group(*keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A number per run of equal keys, for keys that are sorted already."""
    if not len(keys[0]):
        return np.empty(0, np.int64)
    changes = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.cumsum(changes)
