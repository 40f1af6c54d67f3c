"""Sums over what a source asserts in the embedded store: each batch keeps what it added, a look through the store adds up anew.

A row's number changes with every bit of its id, ends, content and record; their sum does not depend on the order. What a
batch repeats adds nothing, so the sums of a source's batches are the sum over its rows, however it was cut.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from vinculo.graph.stores.checksum import manifest_sum, row_sum, signed

__all__ = ["manifest_sum", "row_sum", "signed", "sum_of_links"]


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
