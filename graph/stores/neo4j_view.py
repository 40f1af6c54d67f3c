"""What readers see of Neo4j, and the thing that decides it.

``by`` of a node or relationship is the source that brought it: while that source is unpublished, the thing is not seen. What is
derived (kind, name, search terms, date, amount, currency) rests on the statements of published sources; of a thing that is not
seen on those of the source that brought it, so that nothing of it changes when that source is published. What else a publication
has to look at stands in ``Pending`` nodes: things that an unpublished source speaks of or links to, and others brought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from vinculo.graph.facts import UNIT
from vinculo.graph.statements import flat
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.assembly import portions

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Connection, Rows, Transaction

#: Rows of one statement, and things noted in one node.
ROWS, NOTED = 10_000, 5_000

TURN = "MATCH (m:VinculoStore) SET m.turn = coalesce(m.turn, 0) + 1, m.version = m.version + $changes"
HIDDEN = (
    """MATCH (s:Source) WHERE NOT coalesce(s.published, true) AND NOT coalesce(s.publishing, false) RETURN s.number"""
)
NOTE = "UNWIND $rows AS row CREATE (:Pending {source: row[0], sort: row[1], ids: row[2]})"
LOOK = "UNWIND $ids AS id MATCH (n:Entity {id: id}) WHERE $all OR n.by IN $hidden RETURN n.id, n.kind, n.facts, n.by"
#: Ends of links that are seen, and for the others: who speaks of their links.
LINKED = f"""UNWIND $ids AS id MATCH (n:Entity {{id: id}}) WHERE EXISTS {{ MATCH (n)-[r]-() WHERE {queries.seen("r")} }}
  RETURN n.id"""
TOUCHING = """UNWIND $ids AS id MATCH (n:Entity {id: id})-[r]-() UNWIND [f IN r.facts WHERE f STARTS WITH $unit] AS f
  RETURN DISTINCT n.id, toInteger(split(split(f, $unit)[-1], ':')[0])"""
#: Of the sources ``$hidden``: what nobody sees, by kind.
UNSEEN = (
    "MATCH (n:Entity) WHERE n.by IN $hidden RETURN 'entities' AS sort, n.kind AS kind, count(*) AS n UNION ALL "
    "MATCH ()-[r]->() WHERE r.by IN $hidden RETURN 'links' AS sort, type(r) AS kind, count(*) AS n"
)

#: An entity's sort among the pending; a link's is its kind.
ENTITY = "entity"


@dataclass(frozen=True)
class View:
    """A connection, and the sources whose things are not to be seen; ``turn`` counts what was published and taken out."""

    db: Connection
    hidden: tuple[int, ...]
    turn: int = 0

    def rows(self, query: str, **values: Any) -> Rows:
        """All rows of a query, which may name ``$hidden``."""
        return self.db.rows(query, hidden=list(self.hidden), **values)

    def chunks(self, query: str, **values: Any) -> Iterator[list[tuple[Any, ...]]]:
        """As :meth:`Connection.chunks`."""
        return self.db.chunks(query, hidden=list(self.hidden), **values)


class Known(NamedTuple):
    """A thing as it stands: of a link ``kind`` is its kind, which never changes."""

    id: str
    kind: str
    facts: list[str]
    by: int | None


def hidden_now(tx: Transaction) -> list[int]:
    """The sources whose things are not seen; one that is being published counts as seen already."""
    return [int(number) for (number,) in tx.rows(HIDDEN)]


def note(tx: Transaction, sort: str, pending: Iterable[tuple[int, str]]) -> None:
    """Keep in mind that the publication of a source must look at a thing: pairs (source, id)."""
    own: dict[int, dict[str, None]] = defaultdict(dict)
    for source, id in pending:
        own[source][id] = None
    rows = [[source, sort, list(some)] for source, ids in own.items() for some in portions(list(ids), NOTED)]
    if rows:
        tx.rows(NOTE, rows=rows)


# -- putting things right --------------------------------------------------------------------------------------------------
def look_again(
    tx: Transaction, ids: Sequence[str], hidden: Sequence[int], gone: int = 0, *, every: bool = True
) -> None:
    """Decide anew whether entities are seen, and derive what they show.

    Parameters
    ----------
    gone : int
        A source that is being taken out: what it still says here does not count.
    every : bool
        Else only those that an unpublished source (or the one that goes) brought.
    """
    unseen = [*hidden, gone]
    for some in portions(list(dict.fromkeys(ids)), ROWS):
        known = [Known(*row) for row in tx.rows(LOOK, ids=some, all=every, hidden=unseen)]
        put_right(tx, known, made_of.held([k.facts for k in known]), hidden, gone)


def put_right(
    tx: Transaction, known: Sequence[Known], statements: pa.Table, hidden: Sequence[int], gone: int = 0
) -> None:
    """Give entities these statements, decide whether they are seen, and derive what they show."""
    if not known:
        return
    said = _said(statements, len(known), {*hidden, gone})
    unsaid = [n for n, seen in enumerate(said.published) if not seen]
    ids = [known[n].id for n in unsaid]
    linked = {id for (id,) in tx.rows(LINKED, ids=ids, hidden=list(hidden))} if ids else set()
    alone = [id for id in ids if id not in linked]
    by_links: dict[str, set[int]] = defaultdict(set)
    for id, source in tx.rows(TOUCHING, ids=alone, unit=UNIT) if alone else ():
        by_links[id].add(source)
    owners = [0] * len(known)
    pending: list[tuple[int, str]] = []
    for n in unsaid:
        if known[n].id not in linked:
            touching = (said.hidden[n] | (by_links[known[n].id] & {*hidden})) - {gone}
            owners[n] = _owner(known[n].by, touching, gone if gone in hidden else 0)
            pending += [(source, known[n].id) for source in touching - {owners[n]} if owners[n] != known[n].by]
    pending += _taken_over(known, owners, hidden, gone)
    put_entities(tx, known, statements, owners, [*hidden, gone])
    note(tx, ENTITY, pending)


def links_right(
    tx: Transaction, known: Sequence[Known], statements: pa.Table, hidden: Sequence[int], gone: int = 0
) -> list[str]:
    """The same for links of one kind, each of which somebody asserts; returns ids of those that change hands."""
    said = _said(statements, len(known), {*hidden, gone})
    owners = [
        0 if seen else _owner(k.by, others, 0)
        for k, seen, others in zip(known, said.published, said.hidden, strict=True)
    ]
    put_links(tx, known, statements, owners, [*hidden, gone])
    if known:
        note(tx, known[0].kind, _taken_over(known, owners, hidden, gone))
    return [k.id for k, owner in zip(known, owners, strict=True) if owner != (k.by or 0)]


def _owner(by: int | None, touching: set[int], otherwise: int) -> int:
    """Who brought a thing that nobody published: who did so before, if it can be."""
    if by in touching:
        return by or 0
    return min(touching, default=otherwise)


def _taken_over(
    known: Sequence[Known], owners: Sequence[int], hidden: Sequence[int], gone: int
) -> Iterator[tuple[int, str]]:
    for thing, owner in zip(known, owners, strict=True):
        if thing.by in hidden and thing.by not in (owner, gone):
            yield thing.by or 0, thing.id


class _Said(NamedTuple):
    published: list[bool]
    hidden: list[set[int]]


def _said(statements: pa.Table, count: int, unseen: set[int]) -> _Said:
    """Per thing whether a published source asserts it, and which others do."""
    things, sources = (flat(statements.column(c)).to_numpy() for c in ("thing", "source"))
    hidden = np.isin(sources, list(unseen))
    published = np.zeros(count, bool)
    published[things[~hidden]] = True
    others: list[set[int]] = [set() for _ in range(count)]
    for thing, source in set(zip(things[hidden].tolist(), sources[hidden].tolist(), strict=True)):
        others[thing].add(source)
    return _Said(published.tolist(), others)


# -- writing what follows --------------------------------------------------------------------------------------------------
def counting(statements: pa.Table, owners: Sequence[int], unseen: Sequence[int]) -> pa.Table:
    """The statements that what is derived rests on: of published sources, or of a thing's owner where it has one."""
    things, sources = (flat(statements.column(c)).to_numpy() for c in ("thing", "source"))
    own = np.array(owners, np.int64)[things]
    return statements.filter(pa.array(np.where(own == 0, ~np.isin(sources, list(unseen)), sources == own)))


def put_entities(
    tx: Transaction, known: Sequence[Known], statements: pa.Table, owners: Sequence[int], unseen: Sequence[int]
) -> None:
    """Write entities with these statements and all that follows from them, where that differs from what stands there."""
    ids = [k.id for k in known]
    texts = made_of.together(statements, len(ids))
    count = counting(statements, owners, unseen)
    kinds, terms = made_of.merged_kinds(count, len(ids)), made_of.search_terms(count, len(ids))
    names = made_of.display_names(count, ids)
    changes: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for thing, owner, text, now, name, found_by in zip(known, owners, texts, kinds, names, terms, strict=True):
        row = [thing.id, name, made_of.split_text(text), found_by, _kept(thing.by, owner, unseen)]
        changes[thing.kind, now].append(row)
    for (was, now), rows in sorted(changes.items()):
        for some in portions(rows, ROWS):
            tx.rows(queries.update_entities(was, now), rows=some, kind=now)


def put_links(
    tx: Transaction, known: Sequence[Known], statements: pa.Table, owners: Sequence[int], unseen: Sequence[int]
) -> None:
    """Write links of one kind with these statements and all that follows from them."""
    texts = made_of.together(statements, len(known))
    derived = made_of.link_columns(counting(statements, owners, unseen), len(known))
    rows = [
        [thing.id, made_of.split_text(text), _kept(thing.by, owner, unseen), *values]
        for thing, owner, text, *values in zip(known, owners, texts, *derived, strict=True)
    ]
    for some in portions(rows, ROWS):
        tx.rows(queries.update_links(known[0].kind), rows=some)


def _kept(by: int | None, owner: int, unseen: Sequence[int]) -> int | None:
    """``by`` as it is written: one that is published stays, for it says nothing any more."""
    return owner or (None if by in unseen else by)
