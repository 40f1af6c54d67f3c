"""Searching Neo4j: candidates by its full-text index, chosen as :mod:`vinculo.graph.search` says, then ranked there.

Terms are folded letters and digits, so none of them means anything to the index's own language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vinculo.graph.facts import UNIT
from vinculo.graph.schema import searched_properties
from vinculo.graph.search import CANDIDATES, Question, chosen_values, ranked
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores.assembly import spread
from vinculo.graph.stores.neo4j_read import source_of
from vinculo.graph.stores.neo4j_records import Records
from vinculo.graph.stores.neo4j_rows import whole_term
from vinculo.graph.types import Hit


class Searches(Records):
    """The part of the store that finds names and identifiers."""

    def search(self, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
        asked, among = Question.of(text), spread(kinds)
        view = self._view()
        if not self._db.read_only:
            self._db.rows(queries.REFRESH)
        chosen: set[tuple[str, str]] = set()
        for query, values in _ways(asked):
            rows = view.rows(query, kinds=among, limit=CANDIDATES, **values)
            chosen |= {(id, held) for id, held, *_ in rows}
        heads = view.rows(queries.ENTITIES, ids=sorted({id for id, _ in chosen})) if chosen else []
        return ranked(text, chosen_values(_values(heads, {str(n) for n in view.hidden}), chosen), limit)


def _ways(asked: Question) -> Iterator[tuple[str, dict[str, Any]]]:
    """Queries, with what they ask for."""
    for text in asked.whole:
        yield queries.HELD_WHOLE, {"terms": f'"{whole_term(text)}"', "held": text}
    if asked.beginning:
        yield queries.HELD_BEGINNING, {"terms": f"{whole_term(asked.beginning)}*", "held": asked.beginning}
    if asked.trigrams:
        # a range scores one for a term that is there, however often and however long the rest is
        terms = " OR ".join(f'["{t}" TO "{t}"]' for t in asked.trigrams)
        yield queries.HELD_SHARING, {"terms": terms, "trigrams": list(asked.trigrams), "least": asked.least}


def _values(heads: Sequence[tuple[Any, ...]], hidden: set[str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Every searched value of the entities found."""
    sorts = searched_properties()
    for id, kind, name, facts in heads:
        for pair in {f.rpartition(UNIT)[0] for f in facts if not hidden or source_of(f) not in hidden}:
            property_name, _, value = pair.partition(UNIT)
            if property_name in sorts:
                yield id, kind, name, sorts[property_name], value
