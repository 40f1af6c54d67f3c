"""What the embedded store derives from assertions: kind, name and search names of entities, date, amount and currency of links.

Derived columns rest on the assertions of published sources; those of a thing that none of these asserts, on the source alone that
brought it in. So a source that is not published yet changes nothing that is seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph import facts as packed
from vinculo.graph.naming import NAMING, Candidate, candidate, exploded, unnamed
from vinculo.graph.schema import merged_kind, searched_properties
from vinculo.graph.search import indexed
from vinculo.graph.stores.assembly import portions
from vinculo.graph.stores.sqlite_tables import SEEN

#: Numbers of one query.
FEW = 500
#: Assertions that count, of ``{thing}_fact f`` joined with its thing ``x``.
HEARD = f"(f.source {SEEN} OR f.source = x.origin)"


def heard(thing: str) -> str:
    """Which assertions about entities or links count: a FROM clause with ``f`` and ``x`` and its condition."""
    return f"FROM {thing}_fact f JOIN {thing} x ON x.no = f.{thing} WHERE {HEARD}"


#: What an entity goes by: kind, name, rank of the property that names it.
Called = tuple[str, str, int]


def called(id: str) -> Called:
    """What an entity goes by of which nothing is known."""
    rank, _, name = unnamed(id)
    return "Thing", name, rank


def derive(
    db: sqlite3.Connection,
    at: list[int],
    kinds: list[str],
    facts: pa.ChunkedArray,
    fresh: Mapping[int, Called] | None = None,
) -> dict[int, Called]:
    """Bring merged kind, display name and search index of these entities up to what is asserted now.

    Parameters
    ----------
    db : sqlite3.Connection
        In a transaction.
    at, kinds, facts
        By assertion: the entity's number, the kind and the packed facts.
    fresh : mapping, optional
        Entities that are not in the table yet, by number: what they go by before these assertions.

    Returns
    -------
    dict
        What the fresh ones go by now, for the caller to insert.
    """
    fresh = fresh or {}
    asserted: dict[int, set[str]] = {}
    for no, kind in set(zip(at, kinds, strict=True)):
        asserted.setdefault(no, set()).add(kind)
    rows, properties, values = exploded(facts)
    best: dict[int, Candidate] = {}
    naming = pc.is_in(properties, pa.array(NAMING))
    for row, name, value in {
        (at[r], p, v)
        for r, p, v in zip(
            rows.filter(naming).to_pylist(),
            properties.filter(naming).to_pylist(),
            values.filter(naming).to_pylist(),
            strict=True,
        )
    }:
        made = candidate(name, value)
        if row not in best or made < best[row]:
            best[row] = made
    touched = sorted(asserted)
    held: dict[int, Called] = {no: fresh[no] for no in touched if no in fresh}
    for some in portions([no for no in touched if no not in fresh], FEW):
        marks = ",".join("?" * len(some))
        held |= {
            n: (k, m, r)
            for n, k, m, r in db.execute(f"SELECT no, kind, name, rank FROM entity WHERE no IN ({marks})", some)
        }
    # another kind than the one it has: all that is asserted decides, not the order in which it came
    for some in portions([no for no in touched if no not in fresh and asserted[no] != {held[no][0]}], FEW):
        marks = ",".join("?" * len(some))
        for no, kind in db.execute(f"SELECT DISTINCT x.no, f.kind {heard('entity')} AND x.no IN ({marks})", some):
            asserted[no].add(kind)
    changed, made_now = [], {}
    for no in touched:
        kind, name, rank = held[no]
        now_kind = merged_kind(frozenset(asserted[no]))
        was = (rank, -len(name) if rank < len(NAMING) else 0, name)
        now = min(was, best.get(no, was))
        if no in fresh:
            made_now[no] = now_kind, now[2], now[0]
        elif (now_kind, now) != (kind, was):
            changed.append((now_kind, now[2], now[0], no))
    db.executemany("UPDATE entity SET kind = ?, name = ?, rank = ? WHERE no = ?", changed)
    _index_names(db, at, rows, properties, values)
    return made_now


def _index_names(db: sqlite3.Connection, at: list[int], rows: pa.Array, properties: pa.Array, values: pa.Array) -> None:
    sorts = searched_properties()
    wanted = pc.is_in(properties, pa.array(list(sorts), pa.string()))
    found = {
        (at[r], sorts[p], v)
        for r, p, v in zip(
            rows.filter(wanted).to_pylist(),
            properties.filter(wanted).to_pylist(),
            values.filter(wanted).to_pylist(),
            strict=True,
        )
    }
    before = db.execute("SELECT coalesce(max(no), 0) + 1 FROM name").fetchone()[0]
    db.executemany(
        "INSERT OR IGNORE INTO name(entity, sort, value, held) VALUES (?,?,?,?)",
        ((no, sort, value, indexed(sort, value)) for no, sort, value in sorted(found)),
    )
    db.execute("INSERT INTO name_trigrams(rowid, held) SELECT no, held FROM name WHERE no >= ?", (before,))


def derived_columns(facts: pa.ChunkedArray) -> tuple[Any, Any, Any]:
    """Date (else start date), amount and currency of links, from their packed facts."""
    date = pc.coalesce(packed.column(facts, "date"), packed.column(facts, "startDate"))
    amount = packed.column(facts, "amount")
    readable = pc.match_substring_regex(pc.fill_null(amount, ""), r"^[+-]?\d+(\.\d+)?$")
    return date, pc.cast(pc.if_else(readable, amount, None), pa.float64()), packed.column(facts, "currency")


def rederive_entities(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Derive these entities (at most ``FEW``) from nothing."""
    marks = ",".join("?" * len(numbers))
    rank, _, _ = unnamed("")
    old = db.execute(f"SELECT no, held FROM name WHERE entity IN ({marks})", numbers).fetchall()
    db.executemany("INSERT INTO name_trigrams(name_trigrams, rowid, held) VALUES ('delete', ?, ?)", old)
    db.execute(f"DELETE FROM name WHERE entity IN ({marks})", numbers)
    db.execute(f"UPDATE entity SET kind = 'Thing', name = id, rank = ? WHERE no IN ({marks})", (rank, *numbers))
    rows = db.execute(f"SELECT x.no, f.kind, f.facts {heard('entity')} AND x.no IN ({marks})", numbers).fetchall()
    if rows:
        at, kinds, facts = (list(c) for c in zip(*rows, strict=True))
        derive(db, at, kinds, pa.chunked_array([pa.array(facts, pa.string())]))


def rederive_links(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Derive these links (at most ``FEW``) from nothing."""
    if not numbers:
        return
    marks = ",".join("?" * len(numbers))
    rows = db.execute(f"SELECT x.no, f.facts {heard('link')} AND x.no IN ({marks})", numbers).fetchall()
    merged: dict[int, list[tuple[Any, ...]]] = {}
    columns = [c.to_pylist() for c in derived_columns(pa.chunked_array([pa.array([r[1] for r in rows], pa.string())]))]
    for (no, _), values in zip(rows, zip(*columns, strict=True), strict=True):
        merged.setdefault(no, []).append(values)
    smallest = [
        (*(min((v for v in column if v is not None), default=None) for column in zip(*values, strict=True)), no)
        for no, values in merged.items()
    ]
    db.executemany("UPDATE link SET date = ?, amount = ?, currency = ? WHERE no = ?", smallest)
