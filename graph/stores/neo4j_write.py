"""Writing into Neo4j: one batch, one transaction.

New things are merged in as whole rows; the server hands back those that were there already with other facts, and only these are
united here and sent again. So a first load pays nothing for what a second file may add.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD, UNIT
from vinculo.graph.statements import flat, once, things_of
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.assembly import portions, sources_by_number
from vinculo.graph.stores.checksum import manifest_sum, signed
from vinculo.graph.stores.neo4j_checksum import link_key, own_text, sum_of
from vinculo.graph.stores.neo4j_connection import Transaction
from vinculo.graph.stores.neo4j_publish import refuse_withdrawn
from vinculo.graph.stores.neo4j_view import ENTITY, Known, hidden_now, look_again, note, put_entities, put_links
from vinculo.graph.types import Added, Batch, Manifest

#: Rows of one statement. One transaction holds a whole batch.
ROWS = 10_000
NOTES = "MATCH (p:Pending) RETURN count(p)"
#: Entities as they stand, before anything is merged into them.
THERE = "UNWIND $ids AS id MATCH (n:Entity {id: id}) RETURN n.id, n.kind, n.facts, n.by"


class HalfWithdrawn(Exception):
    """Somebody is taking out the source that was to be written."""


class Repeated(Exception):
    """Something is there with these very facts: whoever adds up what is new has to look before writing."""


class Prepared(NamedTuple):
    """A batch as rows for the server, by kind; made once, however often the transaction is tried."""

    entities: dict[str, list[list[Any]]]
    links: dict[str, list[list[Any]]]
    bare: list[str]
    entity_statements: pa.Table
    link_statements: pa.Table
    entity_ids: list[str]
    link_keys: list[str]
    total: int


def prepare(batch: Batch, source: int) -> Prepared:
    """Turn a batch into rows; refuses kinds the schema does not name."""
    statements, ids = made_of.asserted("entity", batch.entities, source)
    kinds = made_of.merged_kinds(statements, len(ids))
    facts_of = made_of.together(statements, len(ids))
    total = sum_of(ids, facts_of)
    columns = (ids, made_of.display_names(statements, ids), facts_of, made_of.search_terms(statements, len(ids)))
    entities: dict[str, list[list[Any]]] = defaultdict(list)
    for kind, id, name, facts, terms in zip(kinds, *columns, strict=True):
        entities[kind].append([id, 0, name, facts, terms])
    link_statements, link_keys = made_of.asserted("link", batch.links, source)
    first = pc.index_in(pa.array(link_keys, pa.string()), things_of("link", batch.links))
    link_ids, link_kinds, sources, targets = (
        flat(batch.links.column(c)).take(first).to_pylist() for c in ("id", "kind", "source", "target")
    )
    facts_of = made_of.together(link_statements, len(link_keys))
    total += sum_of(map(link_key, link_ids, link_kinds, sources, targets), facts_of)
    derived = made_of.link_columns(link_statements, len(link_keys))
    links: dict[str, list[list[Any]]] = defaultdict(list)
    for kind, *row in zip(link_kinds, link_ids, sources, targets, facts_of, *derived, strict=True):
        links[kind].append(row)
    described = set(ids)
    bare = [i for i in dict.fromkeys([*sources, *targets]) if i not in described]
    return Prepared(dict(entities), dict(links), bare, statements, link_statements, ids, link_keys, total)


@dataclass
class Writing:
    """One batch on its way into the graph.

    Attributes
    ----------
    careful : bool
        Look at what is there before writing: keeps the ends of links that are there already, and finds what is repeated.
    hidden : list of int
        Unpublished sources.
    grown : int
        By how much the source's sum grows.
    """

    tx: Transaction
    ready: Prepared
    source: int
    careful: bool
    hidden: list[int]
    grown: int = 0
    #: Entities that the batch may have brought into view: ends of its links that another brought.
    uncovered: list[str] = field(default_factory=list)

    @property
    def unseen(self) -> bool:
        """Whether the source is unpublished."""
        return self.source in self.hidden

    @property
    def by(self) -> int | None:
        """Who brings what is new, where that matters."""
        return self.source if self.unseen else None


def write_batch(
    tx: Transaction, ready: Prepared, batch: Batch, manifest: Manifest, source: int, careful: bool
) -> Added:
    """Write inside the caller's transaction and count what is new.

    Raises
    ------
    HalfWithdrawn
        What is written now would be taken out again.
    Repeated
        It has to be done carefully.
    StoreError
        ``run_withdrawn``.
    """
    withdrawing, *kept = tx.rows(queries.SOURCE_NOW, source=source)[0]
    if withdrawing:
        raise HalfWithdrawn
    refuse_withdrawn(tx, manifest.run)
    before = tx.rows(NOTES)[0][0]
    at = Writing(tx, ready, source, careful, hidden_now(tx), ready.total)
    _entities(at)
    for kind, rows in sorted(ready.links.items()):
        for some in portions(rows, ROWS):
            _links(at, kind, some)
    if not at.unseen:
        look_again(tx, at.uncovered, at.hidden, every=False)
    # notes are nodes too
    noted = tx.rows(NOTES)[0][0] - before
    added = Added(tx.nodes_created - noted, tx.relationships_created)
    fingerprints = b"".join(manifest.fingerprints.to_pylist())
    tx.rows(
        queries.MAKE_MANIFEST,
        key=f"{source}:{manifest.number}",
        source=source,
        number=manifest.number,
        run=manifest.run,
        records=manifest.records,
        fingerprints=fingerprints,
        rejects=json.dumps(batch.rejects.to_pylist(), ensure_ascii=False),
        content=signed(at.grown),
        told=manifest_sum(
            sources_by_number([tuple(kept)])[source], manifest.number, manifest.run, manifest.records, fingerprints
        ),
    )
    if not at.unseen:
        tx.rows(queries.CHANGED)
    return added


def _entities(at: Writing) -> None:
    tx, ready = at.tx, at.ready
    code = tx.rows(queries.CODES, count=sum(map(len, ready.entities.values())) + len(ready.bare))[0][0]
    known: list[Known] = []
    for kind, rows in sorted(ready.entities.items()):
        for place, row in enumerate(rows):
            row[1] = code + place
        code += len(rows)
        for some in portions(rows, ROWS):
            known += _merged(at, kind, some)
    unite_entities(at, known)
    others = [number for number in at.hidden if number != at.source]
    covered: list[tuple[str, int]] = []
    for some in portions([[id, n] for n, id in enumerate(ready.bare, code)], ROWS):
        covered += tx.rows(queries.write_bare(), rows=some, by=at.by, others=others)
    if at.unseen:
        note(tx, ENTITY, ((at.source, id) for id, _ in covered))
    else:
        at.uncovered += [id for id, _ in covered]


def _merged(at: Writing, kind: str, rows: Sequence[list[Any]]) -> list[Known]:
    """Write entities of a kind; returns those that were there, to be united."""
    there = [Known(*row) for row in at.tx.rows(THERE, ids=[r[0] for r in rows])] if at.careful else []
    ids, before = {k.id for k in there}, at.tx.nodes_created
    fresh = [row for row in rows if row[0] not in ids]
    found = at.tx.rows(queries.write_entities(kind), rows=fresh, kind=kind, separator=RECORD, by=at.by)
    if len(found) + at.tx.nodes_created - before < len(fresh):
        raise Repeated
    return [*there, *(Known(*row) for row in found)]


def _links(at: Writing, kind: str, rows: Sequence[list[Any]]) -> None:
    """Write links of a kind, and unite those that were there."""
    there: list[tuple[Any, ...]] = []
    if at.careful:
        there = at.tx.rows(queries.links_there(kind), ids=[r[0] for r in rows])
    ids, before = {row[0] for row in there}, at.tx.relationships_created
    fresh = [row for row in rows if row[0] not in ids]
    found = at.tx.rows(queries.write_links(kind), rows=fresh, separator=RECORD, by=at.by)
    if len(found) + at.tx.relationships_created - before < len(fresh):
        raise Repeated
    unite_links(at, kind, [*there, *found], {row[0]: (row[1], row[2]) for row in rows})


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


def unite_entities(at: Writing, known: Sequence[Known]) -> None:
    """Add the batch's statements to entities that were there."""
    if known:
        ids = [k.id for k in known]
        statements = _united([k.facts for k in known], ids, at.ready.entity_statements, at.ready.entity_ids)
        _count_again(at, ids, ids, known, statements, {r[0]: r[3] for rows in at.ready.entities.values() for r in rows})
        put_entities(at.tx, known, statements, _owners(at, known), at.hidden)
        _note(at, ENTITY, known)


def unite_links(at: Writing, kind: str, there: Sequence[tuple[Any, ...]], ends: dict[str, tuple[str, str]]) -> None:
    """The same for links: rows (id, facts, by, source, target)."""
    if not there:
        return
    known = [Known(id, kind, facts, by) for id, facts, by, *_ in there]
    keys = [f"{k.id}{UNIT}{kind}" for k in known]
    statements = _united([k.facts for k in known], keys, at.ready.link_statements, at.ready.link_keys)
    asserted = [link_key(k.id, kind, *ends[k.id]) for k in known]
    standing = [link_key(row[0], kind, row[3], row[4]) for row in there]
    texts = {row[0]: row[3] for row in at.ready.links[kind]}
    _count_again(at, asserted, standing, known, statements, texts)
    put_links(at.tx, known, statements, _owners(at, known), at.hidden)
    _note(at, kind, known)
    if not at.unseen:
        at.uncovered += [end for row in there if row[2] in at.hidden for end in row[3:]]


def _count_again(
    at: Writing,
    asserted: Sequence[str],
    standing: Sequence[str],
    known: Sequence[Known],
    statements: pa.Table,
    texts: dict[str, str],
) -> None:
    """What was there already adds what it grows by, not what the batch says of it."""
    own = statements.filter(pc.equal(statements.column("source"), at.source))
    at.grown += sum_of(standing, made_of.together(own, len(known)))
    at.grown -= sum_of(standing, (own_text(k.facts, at.source) for k in known))
    at.grown -= sum_of(asserted, (texts[k.id] for k in known))


def _owners(at: Writing, known: Iterable[Known]) -> list[int]:
    """Who brought each thing, 0 where it is seen: a source that is published brings everything it speaks of into view."""
    return [(k.by or 0) if at.unseen and k.by in at.hidden else 0 for k in known]


def _note(at: Writing, sort: str, known: Iterable[Known]) -> None:
    if at.unseen:
        note(at.tx, sort, ((at.source, k.id) for k in known if k.by != at.source))
    else:
        note(at.tx, sort, ((k.by or 0, k.id) for k in known if k.by in at.hidden))
