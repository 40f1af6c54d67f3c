"""Writing into Neo4j: one batch, one transaction; and taking a source out again.

New things are merged in as whole rows; the server hands back those that were there already with other facts, and only these are
united here and sent again. So a first load pays nothing for what a second file may add.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD
from vinculo.graph.statements import flat, once
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.neo4j_connection import Connection, Transaction
from vinculo.graph.stores.neo4j_read import pages
from vinculo.graph.types import Batch, Manifest

#: Rows of one statement. One transaction holds a whole batch.
ROWS = 10_000
#: Things looked at in one transaction of a withdrawal.
PAGE = 5_000


class Prepared(NamedTuple):
    """A batch as rows for the server, by kind; made once, however often the transaction is tried."""

    entities: dict[str, list[list[Any]]]
    links: dict[str, list[list[Any]]]
    bare: list[str]
    entity_statements: pa.Table
    link_statements: pa.Table
    entity_ids: list[str]
    link_ids: list[str]


def prepare(batch: Batch, source: int) -> Prepared:
    """Turn a batch into rows; refuses kinds the schema does not name."""
    statements, ids = made_of.asserted(batch.entities, source)
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
    link_statements, link_ids = made_of.asserted(batch.links, source)
    first = pc.index_in(pa.array(link_ids, pa.string()), flat(batch.links.column("id")))
    link_kinds, sources, targets = (
        flat(batch.links.column(c)).take(first).to_pylist() for c in ("kind", "source", "target")
    )
    facts_of = made_of.together(link_statements, len(link_ids))
    derived = made_of.link_columns(link_statements, len(link_ids))
    links: dict[str, list[list[Any]]] = defaultdict(list)
    for kind, *row in zip(link_kinds, link_ids, sources, targets, facts_of, *derived, strict=True):
        links[kind].append(row)
    described = set(ids)
    bare = [i for i in dict.fromkeys([*sources, *targets]) if i not in described]
    return Prepared(dict(entities), dict(links), bare, statements, link_statements, ids, link_ids)


def write_batch(tx: Transaction, ready: Prepared, batch: Batch, manifest: Manifest, source: int, careful: bool) -> None:
    """Write inside the caller's transaction. ``careful``: keep the ends of links that are there already."""
    fresh = sum(map(len, ready.entities.values())) + len(ready.bare)
    code = tx.rows(queries.CODES, count=fresh)[0][0]
    known: list[tuple[Any, ...]] = []
    for kind, rows in sorted(ready.entities.items()):
        for place, row in enumerate(rows):
            row[1] = code + place
        code += len(rows)
        for some in portions(rows):
            known += tx.rows(queries.write_entities(kind), rows=some, kind=kind, separator=RECORD)
    unite_entities(tx, known, ready)
    for some in portions([[id, n] for n, id in enumerate(ready.bare, code)]):
        tx.rows(queries.write_bare(), rows=some)
    for kind, rows in sorted(ready.links.items()):
        for some in portions(rows):
            written = _with_known_ends(tx, kind, some) if careful else some
            there = tx.rows(queries.write_links(kind), rows=written, separator=RECORD)
            unite_links(tx, kind, there, ready)
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


def portions(rows: Sequence[Any], size: int = ROWS) -> Iterator[Sequence[Any]]:
    """Rows in portions that one statement takes."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


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
        for some in portions(rows):
            tx.rows(queries.update_entities(was, now), rows=some, kind=now)


def unite_links(tx: Transaction, kind: str, known: Sequence[tuple[Any, ...]], ready: Prepared) -> None:
    """Add the batch's statements to links that were there: rows (id, facts)."""
    if known:
        ids = [row[0] for row in known]
        put_links(tx, kind, known, _united([row[1] for row in known], ids, ready.link_statements, ready.link_ids))


def put_links(tx: Transaction, kind: str, known: Sequence[tuple[Any, ...]], statements: pa.Table) -> None:
    """Give links (rows id, facts) these statements and all that follows from them."""
    texts = made_of.together(statements, len(known))
    derived = made_of.link_columns(statements, len(known))
    rows = [
        [id, made_of.split_text(text), *values]
        for (id, before), text, *values in zip(known, texts, *derived, strict=True)
        if made_of.split_text(text) != before
    ]
    for some in portions(rows):
        tx.rows(queries.update_links(kind), rows=some)


def withdraw_source(
    connection: Connection, source: int, present: Sequence[str], each: Callable[[Callable[[Transaction], Any]], Any]
) -> dict[str, int]:
    """Take out what only this source asserts, page by page.

    The manifests go first, with a mark on the source: cut off at any instant, the next opening goes on from there.

    Parameters
    ----------
    present : sequence of str
        Kinds of links there are.
    each : callable
        Runs one piece of work as the only writer.
    """
    gone = {"entities": 0, "links": 0, "values": 0}
    mark = f"\x1f{source}:"
    each(lambda tx: tx.rows(queries.START_WITHDRAWAL, source=source))
    for kind in present:
        for ids, _, _, facts in pages(connection, queries.link_page(kind), PAGE, mark=mark):
            left, lost, values = _without(ids, facts, source)
            each(lambda tx, kind=kind, left=left, lost=lost: _put_or_drop_links(tx, kind, left, lost))  # type: ignore[misc]
            gone["links"] += len(lost)
            gone["values"] += values
    for ids, names, facts in pages(connection, queries.ENTITY_PAGE, PAGE, mark=mark):
        kinds = dict(zip(ids, names, strict=True))
        left, lost, values = _without(ids, facts, source)
        each(lambda tx, kinds=kinds, left=left, lost=lost: _put_or_bare(tx, kinds, left, lost))  # type: ignore[misc]
        gone["entities"] += len(lost)
        gone["values"] += values
    while each(lambda tx: tx.rows(queries.DROP_BARE, limit=ROWS))[0][0] == ROWS:
        pass
    each(lambda tx: (tx.rows(queries.END_WITHDRAWAL, source=source), tx.rows(queries.CHANGED)))
    return gone


def _without(
    ids: Sequence[str], held: Sequence[list[str]], source: int
) -> tuple[list[tuple[str, list[str], list[str]]], list[str], int]:
    """Things (id, facts before, facts left), ids of those left with nothing, and how many values went."""
    left: list[tuple[str, list[str], list[str]]] = []
    lost: list[str] = []
    values = 0
    for id, facts in zip(ids, held, strict=True):
        stay = [f for f in facts if not f.rpartition("\x1f")[2].startswith(f"{source}:")]
        pairs = [{f.rpartition("\x1f")[0] for f in some if not f.startswith("\x1f")} for some in (facts, stay)]
        values += len(pairs[0]) - len(pairs[1])
        if not stay:
            lost.append(id)
        elif len(stay) < len(facts):
            left.append((id, facts, stay))
    return left, lost, values


def _put_or_drop_links(tx: Transaction, kind: str, left: Sequence[Any], lost: list[str]) -> None:
    if left:
        put_links(tx, kind, [(id, before) for id, before, _ in left], made_of.held([stay for _, _, stay in left]))
    tx.rows(queries.drop_links(kind), ids=lost)


def _put_or_bare(tx: Transaction, kinds: dict[str, str], left: Sequence[Any], lost: Sequence[str]) -> None:
    if left:
        known = [(id, kinds[id], before) for id, before, _ in left]
        put_entities(tx, known, [id for id, _, _ in left], made_of.held([stay for _, _, stay in left]))
    by_kind: dict[str, list[list[Any]]] = defaultdict(list)
    for id in lost:
        by_kind[kinds[id]].append([id, id, [], ""])
    for was, rows in sorted(by_kind.items()):
        tx.rows(queries.update_entities(was, "Thing"), rows=rows, kind="Thing")
