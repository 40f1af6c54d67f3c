"""Taking a source out of Neo4j: in many transactions, for one server may not hold it in one, yet never seen half done.

The source is marked first. Whoever finds a mark, the one that set it, a reader, the next opening, goes on from there before it
answers, or waits where it may not write. Each page is read and changed in one transaction under the writer's lock and only
while the mark is there: several may work at it at once, and nothing written meanwhile is lost.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from vinculo.graph.errors import StoreBusy
from vinculo.graph.stores import hide_password
from vinculo.graph.stores import neo4j_connection as connecting
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.neo4j_connection import Connection, Transaction
from vinculo.graph.stores.neo4j_write import put_entities, put_links

#: Things looked at in one transaction, and ends without a link dropped in one.
PAGE, ROWS = 5_000, 10_000
#: Between two looks at a withdrawal that somebody else has to end, seconds.
PAUSE_S = 0.1

#: Runs one piece of work as the only writer.
Exclusively = Callable[[Callable[[Transaction], Any]], Any]


def settle(connection: Connection, each: Callable[[], Exclusively]) -> None:
    """End every withdrawal that was begun.

    Raises
    ------
    StoreBusy
        ``store_withdrawing``: this connection may not write, and nobody else ended it in time.
    """
    end = time.monotonic() + connecting.PATIENCE_S
    while unfinished := connection.rows(queries.UNFINISHED):
        if not connection.read_only:
            for (number,) in unfinished:
                go_on(number, each())
        elif time.monotonic() > end:
            raise StoreBusy("store_withdrawing", url=hide_password(connection.url))
        else:
            time.sleep(PAUSE_S)


def withdraw_source(source: int, each: Exclusively) -> dict[str, int]:
    """Take out what only this source asserts.

    Returns
    -------
    dict
        ``entities``, ``links``, ``values`` that went, whoever took them out.
    """
    each(lambda tx: tx.rows(queries.START_WITHDRAWAL, source=source))
    return go_on(source, each)


def go_on(source: int, each: Exclusively) -> dict[str, int]:
    """Do what is left of a withdrawal."""
    counted = each(lambda tx: tx.rows(queries.counts()))
    for kind in sorted(kind for sort, kind, n in counted if sort == "links" and n):
        _every_page(each, _links_of(source, kind))
    _every_page(each, lambda tx, after: _entities(tx, source, after))
    while each(lambda tx: _bare_ends(tx, source)) == ROWS:
        pass
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
    if not tx.rows(queries.WITHDRAWING, source=source):
        return []
    columns = list(tx.rows(query, after=after, limit=PAGE, mark=f"\x1f{source}:")[0])
    return columns if columns[0] else []


def _links(tx: Transaction, source: int, kind: str, after: str) -> str:
    """Take the source off a page of links; returns the last id, empty where there was none."""
    page = _page(tx, source, queries.link_page(kind), after)
    if not page:
        return ""
    ids, _, _, facts = page
    left, lost, values = _without(ids, facts, source)
    if left:
        put_links(tx, kind, [(id, before) for id, before, _ in left], made_of.held([stay for _, _, stay in left]))
    tx.rows(queries.drop_links(kind), ids=lost)
    tx.rows(queries.GONE, source=source, entities=0, links=len(lost), values=values)
    return str(ids[-1])


def _entities(tx: Transaction, source: int, after: str) -> str:
    """The same for entities; one that is left with nothing is an end that nothing describes."""
    page = _page(tx, source, queries.ENTITY_PAGE, after)
    if not page:
        return ""
    ids, names, facts = page
    kinds = dict(zip(ids, names, strict=True))
    left, lost, values = _without(ids, facts, source)
    if left:
        known = [(id, kinds[id], before) for id, before, _ in left]
        put_entities(tx, known, [id for id, _, _ in left], made_of.held([stay for _, _, stay in left]))
    by_kind: dict[str, list[list[Any]]] = defaultdict(list)
    for id in lost:
        by_kind[kinds[id]].append([id, id, [], ""])
    for was, rows in sorted(by_kind.items()):
        tx.rows(queries.update_entities(was, "Thing"), rows=rows, kind="Thing")
    tx.rows(queries.GONE, source=source, entities=len(lost), links=0, values=values)
    return str(ids[-1])


def _bare_ends(tx: Transaction, source: int) -> int:
    if not tx.rows(queries.WITHDRAWING, source=source):
        return 0
    return int(tx.rows(queries.DROP_BARE, limit=ROWS)[0][0])


def _end(tx: Transaction, source: int) -> Sequence[int]:
    if tx.rows(queries.WITHDRAWING, source=source):
        tx.rows(queries.CHANGED)
    gone: Sequence[int] = tx.rows(queries.END_WITHDRAWAL, source=source)[0]
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
