"""A network through time: its phases, and one entity or everybody through all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from vinculo.graph.network import Codes, Floats, Ints

#: Columns of :meth:`Timeline.table`.
_COLUMNS = pa.schema(
    [
        ("phase", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("degree", pa.int64()),
        ("betweenness", pa.float64()),
        ("rank", pa.int64()),
        ("change", pa.float64()),
        ("joined", pa.bool_()),
    ]
)


@dataclass(frozen=True, eq=False)
class Phase:
    """One phase.

    Attributes
    ----------
    label : str
        What it is called; its days where it is a window.
    members : int32 array
        Who was present, as numbers of the timeline.
    joined, returned, left : int32 arrays
        Present for the first time; present again after being away; present in the phase before and not in this one.
    ties : int
        Pairs that were tied.
    degree, betweenness, change : arrays
        Of each member; change is not a number for those who were not there before.
    samples : int
        Sources betweenness was taken from; 0 where it is exact.
    """

    label: str
    members: Codes
    joined: Codes
    returned: Codes
    left: Codes
    ties: int
    degree: Ints
    betweenness: Floats
    change: Floats
    samples: int


@dataclass(frozen=True, eq=False)
class Timeline:
    """Phases in their order; ``ids`` and ``names`` are those of everybody."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    phases: tuple[Phase, ...]

    def of(self, id: str) -> list[dict[str, Any]]:
        """One entity through all phases: one row for each in which it was present.

        Examples
        --------
        >>> from vinculo.analytics.phases import from_ties
        >>> made = from_ties({"1": [("a", "b", 1.0), ("b", "c", 1.0)], "2": [("a", "c", 1.0)]})
        >>> [(r["phase"], r["betweenness"]) for r in made.of("b")]
        [('1', 1.0)]
        """
        node = self.ids.index(id)
        return [row for row in self._rows() if row["node"] == node]

    def table(self) -> pa.Table:
        """One row per phase and member: ``phase id name degree betweenness rank change joined``.

        Equal values have equal ranks; who has nothing running through them has none.
        """
        rows = [{k: v for k, v in row.items() if k != "node"} for row in self._rows()]
        return pa.Table.from_pylist(rows, schema=_COLUMNS)

    def _rows(self) -> Iterable[dict[str, Any]]:
        for phase in self.phases:
            order = np.lexsort((phase.members, -phase.betweenness))
            fresh = set(phase.joined.tolist())
            score = np.round(phase.betweenness, 9)
            # as many are ahead as have more; through whom nothing runs is not central at all
            ahead = len(score) - np.searchsorted(np.sort(score), score, side="right")
            for i in order.tolist():
                node = int(phase.members[i])
                change = float(phase.change[i])
                yield {
                    "phase": phase.label,
                    "node": node,
                    "id": self.ids[node],
                    "name": self.names[node],
                    "degree": int(phase.degree[i]),
                    "betweenness": float(score[i]),
                    "rank": int(ahead[i]) + 1 if score[i] > 0 else None,
                    "change": None if np.isnan(change) else round(change, 9),
                    "joined": node in fresh,
                }
