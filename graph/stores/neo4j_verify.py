"""Looking through Neo4j for what is not as it was written: what follows from facts is derived once more from them.

The server checks its own pages; what it cannot know is whether names, kinds, dates and search terms still say what the facts
say, and whether every fact has its file and every batch its run. Read page by page; nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_read as reading
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.neo4j_connection import Connection
from vinculo.graph.types import Source
from vinculo.graph.verifying import MOST, Difference, Progress

ENTITIES = """MATCH (n:Entity) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit WITH collect(n) AS ns
  RETURN [n IN ns | n.id], [n IN ns | n.kind], [n IN ns | n.name], [n IN ns | n.terms], [n IN ns | labels(n)],
  [n IN ns | n.facts]"""
BARE = "MATCH (n:Entity) WHERE size(n.facts) = 0 AND NOT (n)--() RETURN n.id LIMIT $limit"
BATCHES = """MATCH (m:Manifest) OPTIONAL MATCH (s:Source {number: m.source}) OPTIONAL MATCH (r:Run {number: m.run})
  RETURN m.source, m.number, m.key, s.number, r.source"""


def _links(kind: str) -> str:
    return f"""MATCH (a)-[r:{queries.link_type(kind)}]->(b) WHERE r.id > $after
      WITH a, r, b ORDER BY r.id LIMIT $limit WITH collect([r, a, b]) AS xs
      RETURN [x IN xs | x[0].id], [x IN xs | x[0].date], [x IN xs | x[0].amount], [x IN xs | x[0].currency],
      [x IN xs | x[1].id IS NOT NULL AND x[2].id IS NOT NULL], [x IN xs | x[0].facts]"""


def differences(
    db: Connection, present: Sequence[str], sources: dict[int, Source], progress: Progress | None = None
) -> list[Difference]:
    """Everything that differs, each sort at most ``MOST`` times; empty where all is well."""
    found: list[Difference] = []
    parts: list[Callable[[], Iterator[Difference]]] = [
        partial(_manifests, db, sources),
        partial(_entities, db, sources),
        *(partial(_links_of, db, kind, sources) for kind in present),
    ]
    for done, part in enumerate(parts):
        if progress:
            progress("verify", done, len(parts))
        found += islice(part(), MOST)
    if progress:
        progress("verify", len(parts), len(parts))
    return found


def _manifests(db: Connection, sources: dict[int, Source]) -> Iterator[Difference]:
    for source, number, key, there, run in db.rows(BATCHES):
        if there is None or run != source or key != f"{source}:{number}":
            told = sources.get(source)
            yield Difference(
                "manifest", dataset=told.dataset if told else "", file=told.file if told else "", batch=number
            )
    for (id,) in db.rows(BARE, limit=MOST):
        yield Difference("dangling", f"unsaid_entity: {id}")


def _unread(ids: Sequence[str], facts: Sequence[Any], sources: dict[int, Source]) -> Iterator[Difference]:
    """Facts of no file, and such as cannot be taken apart."""
    known = {str(no) for no in sources}
    for id, own in zip(ids, facts, strict=True):
        for fact in own or ():
            number, _, record = fact.rpartition("\x1f")[2].partition(":")
            if number not in known or not record.isdigit():
                yield Difference("dangling", f"source: {id}")
                break


def _entities(db: Connection, sources: dict[int, Source]) -> Iterator[Difference]:
    for ids, kinds, names, terms, labels, facts in reading.pages(db, ENTITIES):
        lost = list(_unread(ids, facts, sources))
        yield from lost
        if lost:
            # what cannot be taken apart cannot be derived from either
            continue
        said = [n for n, own in enumerate(facts) if own]
        statements = made_of.held([facts[n] for n in said])
        own_ids = [ids[n] for n in said]
        made = zip(
            made_of.merged_kinds(statements, len(said)),
            made_of.display_names(statements, own_ids),
            made_of.search_terms(statements, len(said)),
            strict=True,
        )
        wanted = dict(zip(said, made, strict=True))
        for n, id in enumerate(ids):
            kind, name, found_by = wanted.get(n, ("Thing", id, ""))
            if (kinds[n], names[n], sorted(labels[n])) != (kind, name, sorted({"Entity", kind})):
                yield Difference("derived", id)
            if set((terms[n] or "").split()) != set(found_by.split()):
                yield Difference("names", id)


def _links_of(db: Connection, kind: str, sources: dict[int, Source]) -> Iterator[Difference]:
    for ids, dates, amounts, currencies, ended, facts in reading.pages(db, _links(kind)):
        lost = list(_unread(ids, facts, sources))
        yield from lost
        for n, id in enumerate(ids):
            if not ended[n]:
                yield Difference("dangling", f"end: link {id}")
            if not facts[n]:
                yield Difference("dangling", f"unsaid_link: {id}")
        if lost or not all(facts):
            continue
        made = made_of.link_columns(made_of.held(facts), len(ids))
        for n, (id, wanted) in enumerate(zip(ids, zip(*made, strict=True), strict=True)):
            if (dates[n], amounts[n], currencies[n]) != wanted:
                yield Difference("derived", id)
