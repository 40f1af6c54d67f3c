"""Sums over what a source asserts in the embedded store: each batch keeps what it added, a look through the store adds up anew.

A row's number changes with every bit of its id, ends, content and record; their sum does not depend on the order. What a
batch repeats adds nothing, so the sums of a source's batches are the sum over its rows, however it was cut.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from vinculo.graph.types import Source

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(31)


def row_sum(ids: Sequence[str], *numbers: Sequence[int]) -> int:
    """Sum over rows, modulo 2**64.

    Parameters
    ----------
    ids : sequence of str
        The thing each row is about.
    *numbers : sequences of int
        Columns of 64-bit numbers, as many rows each.

    Examples
    --------
    >>> row_sum(["a", "b"], [1, 2]) == row_sum(["b", "a"], [2, 1]) != row_sum(["a", "b"], [2, 1])
    True
    """
    mixed = np.fromiter((zlib.crc32(i.encode()) for i in ids), np.uint64, len(ids))
    for column in numbers:
        # each step can be undone: two rows that differ in one column never give one number
        mixed = (mixed ^ np.array(column, np.int64).view(np.uint64)) * _ODD
        mixed ^= mixed >> _HALF
    return int(mixed.sum(dtype=np.uint64))


def signed(total: int) -> int:
    """A sum as SQLite keeps it.

    Examples
    --------
    >>> signed(2**64 - 1), signed(2**64 + 5)
    (-1, 5)
    """
    total %= 1 << 64
    return total - (1 << 64) if total >> 63 else total


def manifest_sum(source: Source, number: int, run: int, records: int, fingerprints: bytes) -> int:
    """A number of a batch's manifest and of the source it belongs to."""
    told = (*source.key, source.file, bool(source.synthetic), source.taint, number, run, records)
    return zlib.crc32(fingerprints, zlib.crc32(repr(told).encode(errors="surrogatepass")))


def sum_of_links(db: sqlite3.Connection, source: int, numbers: Iterable[int]) -> int:
    """Sum over what a source asserts about these links, as it stands now."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS touched(no INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM temp.touched")
    db.executemany("INSERT OR IGNORE INTO temp.touched VALUES (?)", zip(numbers))
    rows: list[Any] = db.execute(
        """SELECT l.id, l.source, l.target, f.content, f.record FROM temp.touched t
           CROSS JOIN link_fact f ON f.link = t.no AND f.source = ? CROSS JOIN link l ON l.no = t.no""",
        (source,),
    ).fetchall()
    return row_sum(*zip(*rows, strict=True)) if rows else 0
