"""What is told of each phase: how many were there, who came and went by name, who was central, and some followed through all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from vinculo.analytics.timeline import Phase, Timeline
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Ints, Mask

#: Lists of a phase.
LISTS = ("joined", "returned", "left", "stayed")


def phase_rows(
    made: Timeline,
    kinds: Mapping[str, str],
    wanted: Collection[str],
    *,
    limit: int = 5,
    names: int | None = None,
    follow: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """One row per phase, as ``phases --json`` prints it.

    Parameters
    ----------
    made : Timeline
    kinds : mapping of str to str
        Kind of each id.
    wanted : collection of str
        Kinds that are told of; all take part.
    limit : int
        Central ones of each phase.
    names : int, optional
        Told by name in each list, those with most ties first; all by default. ``counts`` has all.
    follow : sequence of str
        Ids told of in every phase in which they are present, beside those that are central in any.

    Raises
    ------
    UsageError
        ``unknown_entity``.

    Examples
    --------
    >>> from vinculo.analytics.phases import from_ties
    >>> made = from_ties({"1": [("a", "b", 1.0), ("b", "c", 1.0)], "2": [("b", "d", 1.0)]})
    >>> rows = list(phase_rows(made, dict.fromkeys("abcd", "Person"), {"Person"}))
    >>> rows[1]["counts"], [r["id"] for r in rows[1]["joined"]], [r["id"] for r in rows[1]["followed"]]
    ({'joined': 1, 'returned': 0, 'left': 2, 'stayed': 1}, ['d'], ['b'])
    """
    for id in follow:
        if id not in kinds:
            raise UsageError("unknown_entity", id=id)
    told = np.array([kinds.get(id) in wanted for id in made.ids], np.bool_)
    by_phase: dict[str, list[dict[str, Any]]] = {p.label: [] for p in made.phases}
    for row in made.table().to_pylist():
        by_phase[row.pop("phase")].append(row)
    central = {
        label: [r for r in rows if r["rank"] and kinds.get(r["id"]) in wanted][:limit]
        for label, rows in by_phase.items()
    }
    followed = {*follow, *(r["id"] for rows in central.values() for r in rows)}
    ties = np.zeros(len(made.ids), np.int64)
    for phase in made.phases:
        before, ties = ties, _ties(phase, len(made.ids))
        lists = {name: _most_tied(nodes, told, ties + before) for name, nodes in zip(LISTS, _lists(phase), strict=True)}
        yield {
            "phase": phase.label,
            "members": int(told[phase.members].sum()),
            "links": phase.ties,
            "counts": {name: len(nodes) for name, nodes in lists.items()},
            **{name: [_named(made, n) for n in nodes[:names].tolist()] for name, nodes in lists.items()},
            "central": [{k: v for k, v in r.items() if k != "joined"} for r in central[phase.label]],
            "followed": [
                {k: v for k, v in r.items() if k != "joined"} for r in by_phase[phase.label] if r["id"] in followed
            ],
        }


def _lists(phase: Phase) -> tuple[Codes, Codes, Codes, Codes]:
    stayed = np.setdiff1d(phase.members, np.concatenate([phase.joined, phase.returned])).astype(np.int32)
    return phase.joined, phase.returned, phase.left, stayed


def _ties(phase: Phase, n: int) -> Ints:
    ties = np.zeros(n, np.int64)
    ties[phase.members] = phase.degree
    return ties


def _most_tied(nodes: Codes, told: Mask, ties: Ints) -> Codes:
    of_kind = nodes[told[nodes]]
    return of_kind[np.lexsort((of_kind, -ties[of_kind]))]


def _named(made: Timeline, node: int) -> dict[str, str]:
    return {"id": made.ids[node], "name": made.names[node]}
