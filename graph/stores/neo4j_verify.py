"""Looking through Neo4j for what is not as it was written: what follows from facts is derived once more from them.

The server checks its own pages; what it cannot know is whether names, kinds, dates and search terms still say what the facts
say, whether these are the facts that were written (:mod:`vinculo.graph.stores.neo4j_checksum`), and whether every fact has its
file and every batch its run. Read page by page; nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores import neo4j_read as reading
from vinculo.graph.stores import neo4j_rows as made_of
from vinculo.graph.stores.checksum import manifest_sum, signed
from vinculo.graph.stores.neo4j_checksum import link_key, sums_of
from vinculo.graph.stores.neo4j_context import spoiled_contexts
from vinculo.graph.stores.neo4j_view import LINKED, View, counting
from vinculo.graph.types import Source
from vinculo.graph.verifying import MOST, Difference, Progress

ENTITIES = """MATCH (n:Entity) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit WITH collect(n) AS ns
  RETURN [n IN ns | n.id], [n IN ns | n.kind], [n IN ns | n.name], [n IN ns | n.terms], [n IN ns | labels(n)],
  [n IN ns | n.facts], [n IN ns | n.by]"""
BARE = "MATCH (n:Entity) WHERE size(n.facts) = 0 AND NOT (n)--() RETURN n.id LIMIT $limit"
BATCHES = """MATCH (m:Manifest) OPTIONAL MATCH (s:Source {number: m.source}) OPTIONAL MATCH (r:Run {number: m.run})
  RETURN m.source, m.number, m.key, s.number, r.source, m.content, m.told, m.run, m.records, m.fingerprints
  ORDER BY m.source, m.number"""


def _links(kind: str) -> str:
    return f"""MATCH (a)-[r:{queries.link_type(kind)}]->(b) WHERE r.id > $after
      WITH a, r, b ORDER BY r.id LIMIT $limit WITH collect([r, a, b]) AS xs
      RETURN [x IN xs | x[0].id], [x IN xs | x[0].date], [x IN xs | x[0].amount], [x IN xs | x[0].currency],
      [x IN xs | x[1].id], [x IN xs | x[2].id], [x IN xs | x[0].facts], [x IN xs | x[0].by]"""


class _Looking:
    """One look: what the sources are, and what the facts met so far add up to, by source."""

    def __init__(self, view: View, sources: dict[int, Source]) -> None:
        self.view, self.sources = view, sources
        self.sums: dict[int, int] = defaultdict(int)

    def of(self, number: int) -> dict[str, str]:
        """Names of a source for a difference."""
        source = self.sources.get(number)
        return {"dataset": source.dataset, "file": source.file} if source else {}

    def read(self, ids: Sequence[str], facts: Sequence[Any], keys: Sequence[str]) -> Iterator[Difference]:
        """Add facts up; tells those of no file, and such as cannot be taken apart."""
        for number, total in sums_of(keys, facts).items():
            self.sums[number] += total
        known = {str(no) for no in self.sources}
        for id, own in zip(ids, facts, strict=True):
            for fact in own or ():
                number, _, record = fact.rpartition("\x1f")[2].partition(":")
                if number not in known or not record.isdigit():
                    yield Difference("dangling", f"source: {id}")
                    break


def differences(
    view: View, present: Sequence[str], sources: dict[int, Source], progress: Progress | None = None
) -> list[Difference]:
    """Everything that differs, each sort at most ``MOST`` times; empty where all is well."""
    found: list[Difference] = []
    look = _Looking(view, sources)
    parts: list[Callable[[], Iterator[Difference]]] = [
        partial(_manifests, look),
        partial(spoiled_contexts, view.db),
        partial(_entities, look),
        *(partial(_links_of, look, kind) for kind in present),
        partial(_sums, look),
    ]
    for done, part in enumerate(parts):
        if progress:
            progress("verify", done, len(parts))
        differing = part()
        found += islice(differing, MOST)
        # what comes after is not told, but has to be added up
        for _ in differing:
            pass
    if progress:
        progress("verify", len(parts), len(parts))
    return found


def _manifests(look: _Looking) -> Iterator[Difference]:
    for source, number, key, there, run, _, told, *rest in look.view.rows(BATCHES):
        whole = there is not None and run == source and key == f"{source}:{number}"
        # an older version kept no sums
        if not whole or (told is not None and told != manifest_sum(look.sources[source], number, *rest)):
            yield Difference("manifest", batch=number, **look.of(source))
    for (id,) in look.view.rows(BARE, limit=MOST):
        yield Difference("dangling", f"unsaid_entity: {id}")


def _sums(look: _Looking) -> Iterator[Difference]:
    """Each source asserts as much as its batches wrote."""
    kept: dict[int, list[Any]] = defaultdict(list)
    batches: dict[int, list[int]] = defaultdict(list)
    for source, number, _, _, _, content, *_ in look.view.rows(BATCHES):
        kept[source].append(content)
        batches[source].append(number)
    for source in sorted({*look.sums, *kept}):
        if None not in kept[source] and signed(sum(kept[source])) != signed(look.sums[source]):
            only = batches[source][0] if len(batches[source]) == 1 else None
            yield Difference("sum", batch=only, **look.of(source))


def _entities(look: _Looking) -> Iterator[Difference]:
    hidden = look.view.hidden
    for ids, kinds, names, terms, labels, facts, by in reading.pages(look.view, ENTITIES):
        lost = list(look.read(ids, facts, ids))
        yield from lost
        if lost:
            # what cannot be taken apart cannot be derived from either
            continue
        owners = [b if b in hidden else 0 for b in by]
        statements = counting(made_of.held([own or [] for own in facts]), owners, hidden)
        said = _said(facts, hidden)
        bare = [id for id, speaks, owner in zip(ids, said, owners, strict=True) if not speaks and not owner]
        linked = {id for (id,) in look.view.rows(LINKED, ids=bare)} if bare else set()
        made = zip(
            made_of.merged_kinds(statements, len(ids)),
            made_of.display_names(statements, ids),
            made_of.search_terms(statements, len(ids)),
            strict=True,
        )
        for n, (id, (kind, name, found_by)) in enumerate(zip(ids, made, strict=True)):
            wrong = (kinds[n], names[n], sorted(labels[n])) != (kind, name, sorted({"Entity", kind}))
            if wrong or _wrongly_seen(said[n], owners[n], id in linked):
                yield Difference("derived", id)
            if set((terms[n] or "").split()) != set(found_by.split()):
                yield Difference("names", id)


def _wrongly_seen(published: bool, owner: int, linked: bool) -> bool:
    return published if owner else not (published or linked)


def _said(facts: Sequence[Any], hidden: Sequence[int]) -> list[bool]:
    """Whether a published source asserts each thing."""
    unseen = {str(number) for number in hidden}
    return [any(reading.source_of(f) not in unseen for f in own or ()) for own in facts]


def _links_of(look: _Looking, kind: str) -> Iterator[Difference]:
    hidden = look.view.hidden
    for ids, dates, amounts, currencies, starts, ends, facts, by in reading.pages(look.view, _links(kind)):
        keys = [link_key(id, kind, a or "", b or "") for id, a, b in zip(ids, starts, ends, strict=True)]
        lost = list(look.read(ids, facts, keys))
        yield from lost
        for id, a, b, own in zip(ids, starts, ends, facts, strict=True):
            if a is None or b is None:
                yield Difference("dangling", f"end: link {id}")
            if not own:
                yield Difference("dangling", f"unsaid_link: {id}")
        if lost or not all(facts):
            continue
        owners = [b if b in hidden else 0 for b in by]
        made = made_of.link_columns(counting(made_of.held(facts), owners, hidden), len(ids))
        said = _said(facts, hidden)
        for n, (id, wanted) in enumerate(zip(ids, zip(*made, strict=True), strict=True)):
            if (dates[n], amounts[n], currencies[n]) != wanted or _wrongly_seen(said[n], owners[n], False):
                yield Difference("derived", id)
