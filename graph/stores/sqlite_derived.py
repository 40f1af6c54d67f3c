"""What the embedded store derives from assertions, derived once more and compared with what stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from vinculo.graph.naming import RANKS, Candidate, candidate, exploded, unnamed
from vinculo.graph.schema import merged_kind, searched_properties
from vinculo.graph.search import indexed
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_deriving import derived_columns, heard
from vinculo.graph.verifying import Difference

#: Things looked at together.
SPAN = 20_000


def derived_entities(db: Connection) -> Iterator[Difference]:
    """Entities whose kind, name or search names are not what their assertions give."""
    sorts = searched_properties()
    for low, high in _spans(db, "entity"):
        there = {
            no: (id, kind, name, rank)
            for no, id, kind, name, rank in db.rows(
                "SELECT no, id, kind, name, rank FROM entity WHERE no >= ? AND no < ?", (low, high)
            )
        }
        rows = db.rows(f"SELECT x.no, f.kind, f.facts {heard('entity')} AND x.no >= ? AND x.no < ?", (low, high))
        kinds: dict[int, set[str]] = defaultdict(set)
        best: dict[int, Candidate] = {}
        names: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
        for no, kind, _ in rows:
            kinds[no].add(kind)
        for row, name, value in zip(
            *(c.to_pylist() for c in exploded(pa.array([r[2] for r in rows], pa.string()))), strict=True
        ):
            no = rows[row][0]
            if name in RANKS:
                best[no] = min(candidate(name, value), best.get(no, unnamed("")))
            if name in sorts:
                names[no].add((sorts[name], value, indexed(sorts[name], value)))
        held: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
        for no, *told in db.rows(
            "SELECT entity, sort, value, held FROM name WHERE entity >= ? AND entity < ?", (low, high)
        ):
            held[no].add((told[0], told[1], told[2]))
        for no, (id, kind, name, rank) in there.items():
            made = best.get(no, unnamed(id))
            wanted = merged_kind(frozenset(kinds[no])) if no in kinds else "Thing"
            if (kind, name, rank) != (wanted, made[2], made[0]):
                yield Difference("derived", id)
            if held[no] != names[no]:
                yield Difference("names", id)


def derived_links(db: Connection) -> Iterator[Difference]:
    """Links whose date, amount or currency is not what their assertions give."""
    for low, high in _spans(db, "link"):
        rows = db.rows(f"SELECT x.no, f.facts {heard('link')} AND x.no >= ? AND x.no < ?", (low, high))
        columns = derived_columns(pa.chunked_array([pa.array([r[1] for r in rows], pa.string())]))
        told: dict[int, list[Any]] = {}
        for (no, _), *values in zip(rows, *(c.to_pylist() for c in columns), strict=True):
            before = told.setdefault(no, values)
            told[no] = [
                min((v for v in pair if v is not None), default=None) for pair in zip(before, values, strict=True)
            ]
        query = "SELECT no, id, date, amount, currency FROM link WHERE no >= ? AND no < ?"
        for no, id, *values in db.rows(query, (low, high)):
            if no in told and told[no] != values:
                yield Difference("derived", id)


def _spans(db: Connection, table: str) -> Iterator[tuple[int, int]]:
    # a damaged number must not make this walk for ever: only spans that hold something
    at = -(1 << 63)
    while rows := db.rows(f"SELECT min(no) FROM {table} WHERE no >= ?", (at,)):
        if rows[0][0] is None:
            return
        low = int(rows[0][0])
        at = min(low + SPAN, (1 << 63) - 1)
        yield low, at
        if at == (1 << 63) - 1:
            return
