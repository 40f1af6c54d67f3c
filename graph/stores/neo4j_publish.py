"""Publishing a source in Neo4j: in many transactions if need be, yet never seen half done.

What the source brought itself is seen as soon as the source says so, however much it is. What others brought, and it speaks of
too, was noted when it was written; each note is worked off in one transaction under the writer's lock, the source being marked
meanwhile. Whoever finds the mark goes on from there, as with a withdrawal.
"""

from __future__ import annotations

from vinculo.graph.errors import StoreError
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.neo4j_connection import Transaction
from vinculo.graph.stores.neo4j_view import ENTITY, TURN, Known, hidden_now, links_right, look_again
from vinculo.graph.stores.neo4j_withdraw import Exclusively

START = """MATCH (r:Run {number: $run}) MATCH (s:Source {number: r.source})
  WHERE NOT s.withdrawing AND NOT coalesce(s.published, true) SET s.publishing = true"""
WITHDRAWN = """MATCH (r:Run {number: $run, status: 'withdrawn'}) MATCH (s:Source {number: r.source})
  RETURN s.file, s.sha256"""
PUBLISHING = "MATCH (s:Source {number: $source, publishing: true}) RETURN 1"
NEXT = "MATCH (p:Pending {source: $source}) RETURN elementId(p), p.sort, p.ids LIMIT 1"
DROP = "MATCH (p:Pending) WHERE elementId(p) = $note DELETE p"
END = "MATCH (s:Source {number: $source}) SET s.published = true, s.publishing = false"


def refuse_withdrawn(tx: Transaction, run: int) -> None:
    """Let nobody go on with a run whose file was taken out meanwhile.

    Raises
    ------
    StoreError
        ``run_withdrawn``.
    """
    for file, sha256 in tx.rows(WITHDRAWN, run=run):
        raise StoreError("run_withdrawn", file=file or sha256, run=run)


def publish(source: int, each: Exclusively) -> None:
    """Do what is left of a publication."""
    while each(lambda tx: _step(tx, source)):
        pass


def _step(tx: Transaction, source: int) -> bool:
    """Work off one note, or end it; whether there is more to do."""
    if not tx.rows(PUBLISHING, source=source):
        return False
    found = tx.rows(NEXT, source=source)
    if not found:
        _end(tx, source)
        return False
    note, sort, ids = found[0]
    hidden = hidden_now(tx)
    if sort == ENTITY:
        look_again(tx, ids, hidden)
    else:
        _links(tx, sort, ids, hidden)
    tx.rows(DROP, note=note)
    return True


def _links(tx: Transaction, kind: str, ids: list[str], hidden: list[int]) -> None:
    rows = tx.rows(queries.links_there(kind), ids=ids)
    known = [Known(id, kind, facts, by) for id, facts, by, *_ in rows]
    changed = set(links_right(tx, known, made_of.held([k.facts for k in known]), hidden))
    look_again(tx, [end for row in rows if row[0] in changed for end in row[3:]], hidden, every=False)


def _end(tx: Transaction, source: int) -> None:
    tx.rows(END, source=source)
    tx.rows(TURN, changes=1)
