"""Taking a source out of Neo4j: in many transactions, for one server may not hold it in one, yet never seen half done.

The source is marked first. Whoever finds a mark, the one that set it, a reader, the next opening, goes on from there before it
answers, or waits where it may not write. Each page is read and changed in one transaction under the writer's lock and only
while the mark is there: several may work at it at once, and nothing written meanwhile is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.neo4j_connection import Transaction
from vinculo.graph.stores.neo4j_view import TURN, Known, hidden_now, links_right, look_again, put_right

#: Things looked at in one transaction, and ends without a link dropped in one.
PAGE, ROWS = 5_000, 10_000

START = """MATCH (s:Source {number: $source}) WHERE NOT s.withdrawing
  SET s.withdrawing = true, s.publishing = false, s.gone_entities = 0, s.gone_links = 0, s.gone_values = 0 WITH s
  OPTIONAL MATCH (m:Manifest {source: s.number}) DETACH DELETE m
  WITH DISTINCT s OPTIONAL MATCH (r:Run {source: s.number}) SET r.status = 'withdrawn'"""
WITHDRAWING = "MATCH (s:Source {number: $source, withdrawing: true}) RETURN coalesce(s.published, true)"
GONE = """MATCH (s:Source {number: $source}) SET s.gone_entities = coalesce(s.gone_entities, 0) + $entities,
  s.gone_links = coalesce(s.gone_links, 0) + $links, s.gone_values = coalesce(s.gone_values, 0) + $values"""
END = """MATCH (s:Source {number: $source}) SET s.withdrawing = false, s.published = false
  WITH s MATCH (p:Pending {source: $source}) DELETE p"""
COUNTED = """MATCH (s:Source {number: $source})
  RETURN coalesce(s.gone_entities, 0), coalesce(s.gone_links, 0), coalesce(s.gone_values, 0)"""
#: Ends that nothing describes stay only as long as a link refers to them.
DROP_BARE = "MATCH (n:Thing) WHERE size(n.facts) = 0 AND NOT (n)--() WITH n LIMIT $limit DELETE n RETURN count(*)"
BROUGHT = """MATCH (n:Entity) WHERE n.id > $after AND n.by = $source
  WITH n.id AS id ORDER BY id LIMIT $limit RETURN collect(id)"""

#: Runs one piece of work as the only writer.
Exclusively = Callable[[Callable[[Transaction], Any]], Any]


def _drop_links(name: str) -> str:
    """Drop links by ``$ids``; found first, or each look-up passes over all that the transaction has dropped."""
    return f"""UNWIND $ids AS id MATCH ()-[r:{queries.link_type(name)} {{id: id}}]->()
      WITH collect(r) AS rs UNWIND rs AS r DELETE r"""


def withdraw_source(source: int, each: Exclusively) -> dict[str, int]:
    """Take out what only this source asserts.

    Returns
    -------
    dict
        ``entities``, ``links``, ``values`` that went, whoever took them out.
    """
    each(lambda tx: tx.rows(START, source=source))
    return go_on(source, each)


def go_on(source: int, each: Exclusively) -> dict[str, int]:
    """Do what is left of a withdrawal."""
    for kind in queries.counted(each(lambda tx: tx.rows(queries.counts())))[1]:
        _every_page(each, _links_of(source, kind))
    _every_page(each, lambda tx, after: _entities(tx, source, after))
    while each(lambda tx: _bare_ends(tx, source)) == ROWS:
        pass
    _every_page(each, lambda tx, after: _brought(tx, source, after))
    gone = each(lambda tx: _end(tx, source))
    return dict(zip(("entities", "links", "values"), gone, strict=True))


def _links_of(source: int, kind: str) -> Callable[[Transaction, str], str]:
    return lambda tx, after: _links(tx, source, kind, after)


def _every_page(each: Exclusively, work: Callable[[Transaction, str], str]) -> None:
    after = ""
    while after := each(_from(work, after)):
        pass


def _from(work: Callable[[Transaction, str], str], after: str) -> Callable[[Transaction], str]:
    return lambda tx: work(tx, after)


def _page(tx: Transaction, source: int, query: str, after: str) -> list[list[Any]]:
    """Columns of the next things the source asserts; none where somebody else has ended the withdrawal."""
    if not tx.rows(WITHDRAWING, source=source):
        return []
    columns = list(tx.rows(query, after=after, limit=PAGE, mark=f"\x1f{source}:", hidden=[])[0])
    return columns if columns[0] else []


def _links(tx: Transaction, source: int, kind: str, after: str) -> str:
    """Take the source off a page of links; returns the last id, empty where there was none."""
    page = _page(tx, source, queries.link_page(kind), after)
    if not page:
        return ""
    ids, starts, ends, facts, by = page
    stay, values = _without(facts, source)
    hidden = hidden_now(tx)
    left = [n for n, some in enumerate(stay) if some]
    known = [Known(ids[n], kind, facts[n], by[n]) for n in left]
    links_right(tx, known, made_of.held([stay[n] for n in left]), hidden, source)
    lost = [id for id, some in zip(ids, stay, strict=True) if not some]
    tx.rows(_drop_links(kind), ids=lost)
    if source not in hidden and hidden:
        # an end that only unpublished files have left is not seen any more
        look_again(tx, [*starts, *ends], hidden, source)
    tx.rows(GONE, source=source, entities=0, links=len(lost), values=values)
    return str(ids[-1])


def _entities(tx: Transaction, source: int, after: str) -> str:
    """The same for entities; one that is left with nothing is an end that nothing describes."""
    page = _page(tx, source, queries.ENTITY_PAGE, after)
    if not page:
        return ""
    stay, values = _without(page[2], source)
    known = [Known(*row) for row in zip(*page, strict=True)]
    put_right(tx, known, made_of.held(stay), hidden_now(tx), source)
    lost = sum(not some for some in stay)
    tx.rows(GONE, source=source, entities=lost, links=0, values=values)
    return known[-1].id


def _brought(tx: Transaction, source: int, after: str) -> str:
    """Hand on ends that the source brought and nobody describes: others link to them still."""
    if not tx.rows(WITHDRAWING, source=source):
        return ""
    ids: list[str] = tx.rows(BROUGHT, source=source, after=after, limit=PAGE)[0][0]
    look_again(tx, ids, hidden_now(tx), source)
    return ids[-1] if ids else ""


def _bare_ends(tx: Transaction, source: int) -> int:
    if not tx.rows(WITHDRAWING, source=source):
        return 0
    return int(tx.rows(DROP_BARE, limit=ROWS)[0][0])


def _end(tx: Transaction, source: int) -> Sequence[int]:
    marked = tx.rows(WITHDRAWING, source=source)
    if marked:
        tx.rows(END, source=source)
        # what nobody saw leaves the contents as they were
        tx.rows(TURN, changes=int(marked[0][0]))
    gone: Sequence[int] = tx.rows(COUNTED, source=source)[0]
    return gone


def _without(held: Sequence[list[str]], source: int) -> tuple[list[list[str]], int]:
    """Per thing the facts that are left, and how many values went."""
    left: list[list[str]] = []
    values = 0
    for facts in held:
        stay = [f for f in facts if not f.rpartition("\x1f")[2].startswith(f"{source}:")]
        pairs = [{f.rpartition("\x1f")[0] for f in some if not f.startswith("\x1f")} for some in (facts, stay)]
        values += len(pairs[0]) - len(pairs[1])
        left.append(stay)
    return left, values
