"""Reading a whole table of the embedded store column by column.

SQLite joins a portion of each column to one text, which Arrow takes apart: fifty thousand values then cost Python as much as
one. Where a portion does not come apart into what it was, it is read row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.errors import StoreError
from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.stores.assembly import table_of
from vinculo.graph.stores.sqlite_connection import ROWS, Connection
from vinculo.graph.stores.sqlite_tables import SEEN

#: Columns that may hold nothing, and what is written for it; cleaned values never hold it, nor what stands between two.
_MAY_LACK, _NOTHING, _BETWEEN = ("date", "amount", "currency"), RECORD, UNIT

_LARGEST = 2**63 - 1


def columns(
    db: Connection, thing: str, schema: pa.Schema, only: str = "", values: Sequence[str] = ()
) -> Iterator[pa.Table]:
    """What is seen of ``entity`` or ``link``, in portions, in the order of its numbers.

    Parameters
    ----------
    schema : pyarrow.Schema
        Columns by their names; ``code`` is the number.
    only : str
        A further condition, beginning with ``AND``; ``values`` are its parameters.
    """
    some, times = _portion(thing, only, schema)
    joined = f"SELECT count(*), max(no), {', '.join(map(_joined, schema))} {some}"
    plain = f"SELECT no, {', '.join(map(_column, schema.names))} {some} ORDER BY no"
    after = -1
    # as long as this one is under way, every query of this connection sees the store at the same moment; it has rows always
    with closing(db.cursor("SELECT 1 FROM sqlite_master")):
        while True:
            read = _read(db, joined, (*values, after) * times)
            made = _taken_apart(read, schema)
            if made is not None:
                many, after = made.num_rows, read[1]
            else:
                rows = db.rows(plain, (*values, after) * times)
                many, after = len(rows), rows[-1][0] if rows else after
                made = table_of(list(zip(*rows, strict=True))[1:], schema)
            if many:
                yield made
            if many < ROWS:
                return


def _portion(thing: str, only: str, schema: pa.Schema) -> tuple[str, int]:
    """From where a portion comes, and how often its parameters stand there."""
    seen = f"FROM {thing} NOT INDEXED WHERE origin {SEEN}{only} AND no > ?"
    if only:
        # looking for its end first would read the table twice where few rows are of a kind
        names = ", ".join({"no": 0} | dict.fromkeys(map(_column, schema.names)))
        return f"FROM (SELECT {names} {seen} ORDER BY no LIMIT {ROWS})", 1
    # a twelfth quicker than through a query within
    end = f"SELECT no {seen} ORDER BY no LIMIT 1 OFFSET {ROWS - 1}"
    return f"{seen} AND no <= coalesce(({end}), {_LARGEST})", 2


def _column(name: str) -> str:
    return "no" if name == "code" else name


def _joined(field: pa.Field) -> str:
    name = _column(field.name)
    between = f"char({ord(_BETWEEN)})"
    if not pa.types.is_floating(field.type):
        return f"group_concat({_or_nothing(name)}, {between})"
    # SQLite would write fifteen digits of it: hundredths, where it is some to the last bit (and below 2**53)
    hundredths = f"CAST(round({name} * 100) AS INTEGER)"
    exact = f"total({hundredths} / 100.0 <> {name} OR abs({name}) > 9e13) = 0"
    return f"CASE WHEN {exact} THEN group_concat({_or_nothing(name, hundredths)}, {between}) END"


def _or_nothing(name: str, value: str = "") -> str:
    return f"coalesce({value or name}, char({ord(_NOTHING)}))" if name in _MAY_LACK else name


def _read(db: Connection, query: str, values: Sequence[Any]) -> Sequence[Any]:
    try:
        return db.rows(query, values)[0]
    except StoreError as problem:
        # longer than SQLite lets a text be; or no text, which is told with the value at fault and not with all beside it
        if isinstance(problem.__cause__, sqlite3.DataError) or "UTF-8" in str(problem.__cause__):
            return ()
        raise


def _taken_apart(read: Sequence[Any], schema: pa.Schema) -> pa.Table | None:
    """A portion (how many rows, the last number, a text a column) as a table; none where a text is not of one value a row."""
    if not read:
        return None
    many, _, *texts = read
    if not many:
        return schema.empty_table()
    made = []
    for field, text in zip(schema, texts, strict=True):
        values = pc.split_pattern(pa.array([text], pa.string()), _BETWEEN).flatten()
        if len(values) != many:
            return None
        if field.name in _MAY_LACK:
            values = pc.if_else(pc.equal(values, _NOTHING), None, values)
        if pa.types.is_floating(field.type):
            made.append(pc.divide(values.cast(pa.int64()).cast(field.type), 100.0))
        else:
            made.append(values.cast(field.type))
    return pa.table(made, schema=schema)
