"""Writing into Neo4j: one batch, one transaction.

New things are merged in as whole rows; the server hands back those that were there already with other facts, and only these are
united here and sent again. So a first load pays nothing for what a second file may add.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.statements import flat, once, things_of
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.assembly import portions
from vinculo.graph.stores.neo4j_connection import Transaction
from vinculo.graph.types import Added, Batch, Manifest

#: Rows of one statement. One transaction holds a whole batch.
ROWS = 10_000


class HalfWithdrawn(Exception):
    """Somebody is taking out the source that was to be written."""


class Prepared(NamedTuple):
    """A batch as rows for the server, by kind; made once, however often the transaction is tried."""

    entities: dict[str, list[list[Any]]]
    links: dict[str, list[list[Any]]]
    bare: list[str]
    entity_statements: pa.Table
    link_statements: pa.Table
    entity_ids: list[str]
    link_keys: list[str]


def prepare(batch: Batch, source: int) -> Prepared:
    """Turn a batch into rows; refuses kinds the schema does not name."""
    statements, ids = made_of.asserted("entity", batch.entities, source)
    kinds = made_of.merged_kinds(statements, len(ids))
    columns = (
        ids,
        made_of.display_names(statements, ids),
        made_of.together(statements, len(ids)),
        made_of.search_terms(statements, len(ids)),
    )
    entities: dict[str, list[list[Any]]] = defaultdict(list)
    for kind, id, name, facts, terms in zip(kinds, *columns, strict=True):
        entities[kind].append([id, 0, name, facts, terms])
    link_statements, link_keys = made_of.asserted("link", batch.links, source)
    first = pc.index_in(pa.array(link_keys, pa.string()), things_of("link", batch.links))
    link_ids, link_kinds, sources, targets = (
        flat(batch.links.column(c)).take(first).to_pylist() for c in ("id", "kind", "source", "target")
    )
    facts_of = made_of.together(link_statements, len(link_keys))
    derived = made_of.link_columns(link_statements, len(link_keys))
    links: dict[str, list[list[Any]]] = defaultdict(list)
    for kind, *row in zip(link_kinds, link_ids, sources, targets, facts_of, *derived, strict=True):
        links[kind].append(row)
    described = set(ids)
    bare = [i for i in dict.fromkeys([*sources, *targets]) if i not in described]
    return Prepared(dict(entities), dict(links), bare, statements, link_statements, ids, link_keys)


def write_batch(
    tx: Transaction, ready: Prepared, batch: Batch, manifest: Manifest, source: int, careful: bool
) -> Added:
    """Write inside the caller's transaction and count what is new. ``careful``: keep the ends of links that are there already.

    Raises
    ------
    HalfWithdrawn
        What is written now would be taken out again.
    """
    if tx.rows(queries.WITHDRAWING, source=source):
        raise HalfWithdrawn
    fresh = sum(map(len, ready.entities.values())) + len(ready.bare)
    code = tx.rows(queries.CODES, count=fresh)[0][0]
    known: list[tuple[Any, ...]] = []
    for kind, rows in sorted(ready.entities.items()):
        for place, row in enumerate(rows):
            row[1] = code + place
        code += len(rows)
        for some in portions(rows, ROWS):
            known += tx.rows(queries.write_entities(kind), rows=some, kind=kind, separator=RECORD)
    unite_entities(tx, known, ready)
    for some in portions([[id, n] for n, id in enumerate(ready.bare, code)], ROWS):
        tx.rows(queries.write_bare(), rows=some)
    for kind, rows in sorted(ready.links.items()):
        for some in portions(rows, ROWS):
            written = _with_known_ends(tx, kind, some) if careful else some
            there = tx.rows(queries.write_links(kind), rows=written, separator=RECORD)
            unite_links(tx, kind, there, ready)
    added = Added(tx.nodes_created, tx.relationships_created)
    tx.rows(
        queries.MAKE_MANIFEST,
        key=f"{source}:{manifest.number}",
        source=source,
        number=manifest.number,
        run=manifest.run,
        records=manifest.records,
        fingerprints=b"".join(manifest.fingerprints.to_pylist()),
        rejects=json.dumps(batch.rejects.to_pylist(), ensure_ascii=False),
    )
    tx.rows(queries.CHANGED)
    return added


def _with_known_ends(tx: Transaction, kind: str, rows: Sequence[list[Any]]) -> list[list[Any]]:
    there = {id: (source, target) for id, source, target in tx.rows(queries.ends(kind), ids=[r[0] for r in rows])}
    return [[row[0], *there.get(row[0], (row[1], row[2])), *row[3:]] for row in rows]


def _united(held: Sequence[Sequence[str]], ids: Sequence[str], ready: pa.Table, ready_ids: list[str]) -> pa.Table:
    """Statements of things that are there with those of the batch; numbered by their place in ``ids``."""
    place = np.full(len(ready_ids), -1, np.int64)
    at = pc.index_in(pa.array(ids, pa.string()), pa.array(ready_ids, pa.string())).to_numpy(zero_copy_only=False)
    place[at.astype(np.int64)] = np.arange(len(ids))
    things = place[flat(ready.column("thing")).to_numpy()]
    new = ready.filter(pa.array(things >= 0))
    old = made_of.held(held)

    def both(name: str) -> Any:
        return np.concatenate([flat(t.column(name)).to_numpy() for t in (old, new)])

    numbers = np.concatenate([flat(old.column("thing")).to_numpy(), things[things >= 0]])
    pairs = pa.concat_arrays([flat(old.column("pair")), flat(new.column("pair"))])
    return once(numbers, pairs, both("source"), both("record"))


def unite_entities(tx: Transaction, known: Sequence[tuple[Any, ...]], ready: Prepared) -> None:
    """Add the batch's statements to entities that were there: rows (id, kind, facts)."""
    if known:
        ids = [row[0] for row in known]
        statements = _united([row[2] for row in known], ids, ready.entity_statements, ready.entity_ids)
        put_entities(tx, known, ids, statements)


def put_entities(tx: Transaction, known: Sequence[tuple[Any, ...]], ids: Sequence[str], statements: pa.Table) -> None:
    """Give entities (rows id, kind, facts) these statements and all that follows from them."""
    texts = made_of.together(statements, len(ids))
    kinds = made_of.merged_kinds(statements, len(ids))
    names, terms = made_of.display_names(statements, ids), made_of.search_terms(statements, len(ids))
    changes: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for (id, was, before), text, now, name, found_by in zip(known, texts, kinds, names, terms, strict=True):
        after = made_of.split_text(text)
        if after != before:
            changes[was, now].append([id, name, after, found_by])
    for (was, now), rows in sorted(changes.items()):
        for some in portions(rows, ROWS):
            tx.rows(queries.update_entities(was, now), rows=some, kind=now)


def unite_links(tx: Transaction, kind: str, known: Sequence[tuple[Any, ...]], ready: Prepared) -> None:
    """Add the batch's statements to links that were there: rows (id, facts)."""
    if known:
        keys = [f"{row[0]}{UNIT}{kind}" for row in known]
        put_links(tx, kind, known, _united([row[1] for row in known], keys, ready.link_statements, ready.link_keys))


def put_links(tx: Transaction, kind: str, known: Sequence[tuple[Any, ...]], statements: pa.Table) -> None:
    """Give links (rows id, facts) these statements and all that follows from them."""
    texts = made_of.together(statements, len(known))
    derived = made_of.link_columns(statements, len(known))
    rows = [
        [id, made_of.split_text(text), *values]
        for (id, before), text, *values in zip(known, texts, *derived, strict=True)
        if made_of.split_text(text) != before
    ]
    for some in portions(rows, ROWS):
        tx.rows(queries.update_links(kind), rows=some)
