"""Searching the embedded store: candidates by index, chosen as :mod:`vinculo.graph.search` says, then ranked there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vinculo.graph.search import CANDIDATES, WHOLE, Question, chosen_values, ranked
from vinculo.graph.stores.assembly import spread
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_lookup import kind_filter
from vinculo.graph.stores.sqlite_tables import SEEN
from vinculo.graph.types import Hit

#: Behind the last text that begins like another.
_LAST = "\U0010ffff"
#: Of the trigrams that a value must share, one in so many is not counted by the index but by looking at the values the others
#: leave: reading where the commonest stand costs more.
_LEFT_TO_THE_VALUE = 4

_HELD = f"substr(n.held, 1, {WHOLE})"


class Searches:
    """The part of the store that finds names and identifiers."""

    _db: Connection

    def search(self, text: str, *, kinds: Sequence[str] | None = None, limit: int = 20) -> list[Hit]:
        asked = Question.of(text)
        only, values = kind_filter(spread(kinds), "e.kind")
        only = f"{only} AND e.origin {SEEN}"
        asks = (self._whole, self._beginning, self._sharing)
        pairs = {pair for ask in asks for pair in ask(asked, only, values)}
        query = """SELECT e.id, e.kind, e.name, n.sort, n.value FROM name n JOIN entity e ON e.no = n.entity
                   WHERE n.entity IN ({})"""
        rows = self._db.rows_in(query, sorted({no for no, _, _ in pairs}))
        return ranked(text, chosen_values(rows, {(id, held) for _, id, held in pairs}), limit)

    def _whole(self, asked: Question, only: str, kinds: list[str]) -> list[tuple[Any, ...]]:
        """Values that are what was asked for; of a text cut at ``WHOLE`` letters, those that begin like it."""
        found: list[tuple[Any, ...]] = []
        for text in asked.whole:
            same = ("n.held = ?", [text]) if len(text) < WHOLE else ("n.held BETWEEN ? AND ?", [text, text + _LAST])
            query = f"""SELECT DISTINCT n.entity, e.id, {_HELD} AS h FROM name n JOIN entity e ON e.no = n.entity
                        WHERE {same[0]}{only} ORDER BY e.id LIMIT ?"""
            found += self._db.rows(query, [*same[1], *kinds, CANDIDATES])
        return found

    def _beginning(self, asked: Question, only: str, kinds: list[str]) -> list[tuple[Any, ...]]:
        if not asked.beginning:
            return []
        query = f"""SELECT DISTINCT n.entity, e.id, {_HELD} AS h FROM name n JOIN entity e ON e.no = n.entity
                    WHERE n.held BETWEEN ? AND ?{only} ORDER BY h, e.id LIMIT ?"""
        return self._db.rows(query, [asked.beginning, asked.beginning + _LAST, *kinds, CANDIDATES])

    def _sharing(self, asked: Question, only: str, kinds: list[str]) -> list[tuple[Any, ...]]:
        """Values that share enough trigrams.

        The rare ones find them: who shares ``least`` of all shares at least ``least`` less those that are not counted.
        """
        if not asked.trigrams:
            return []
        marks = ",".join("?" * len(asked.trigrams))
        often = dict(self._db.rows(f"SELECT term, doc FROM temp.trigram WHERE term IN ({marks})", asked.trigrams))
        if len(often) < asked.least:
            return []
        passed = asked.least // _LEFT_TO_THE_VALUE
        rare = sorted(asked.trigrams, key=lambda t: (often.get(t, 0), t))[: len(asked.trigrams) - passed]
        rare = [t for t in rare if t in often]
        shared = "+".join(["(instr(h, ?) > 0)"] * len(asked.trigrams))
        query = f"""
            WITH near AS MATERIALIZED (
              SELECT doc FROM temp.trigram_place WHERE term IN ({",".join("?" * len(rare))})
              GROUP BY doc HAVING count(*) >= ?),
            held AS MATERIALIZED (SELECT n.entity, {_HELD} AS h FROM near CROSS JOIN name n ON n.no = near.doc),
            told AS MATERIALIZED (SELECT entity, h, {shared} AS shared FROM held)
            SELECT DISTINCT t.entity, e.id, t.h, t.shared FROM told t CROSS JOIN entity e ON e.no = t.entity
            WHERE t.shared >= ?{only} ORDER BY t.shared DESC, length(t.h), t.h, e.id LIMIT ?"""
        values = [*rare, asked.least - passed, *asked.trigrams, asked.least, *kinds, CANDIDATES]
        return [row[:3] for row in self._db.rows(query, values)]
