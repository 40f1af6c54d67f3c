"""What comparing actions gives: a curve for each, made of points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from vinculo.analytics.disruption.actions import Action
from vinculo.analytics.disruption.recovery import Recovery

#: Columns of :meth:`Comparison.table`, before those of the models.
_COLUMNS = [
    ("action", pa.string()),
    ("size", pa.int64()),
    ("target", pa.string()),
    ("name", pa.string()),
    ("cost", pa.float64()),
    ("largest", pa.int64()),
    ("largest_share", pa.float64()),
    ("efficiency", pa.float64()),
    ("efficiency_share", pa.float64()),
    ("money", pa.float64()),
    ("goods", pa.float64()),
    ("unmentioned", pa.int64()),
    ("unmentioned_named", pa.string()),
    ("records_lost", pa.float64()),
    ("records_kept", pa.float64()),
    ("out_of_sight", pa.int64()),
    ("truncated", pa.bool_()),
]


@dataclass(frozen=True)
class Point:
    """What would hold with the first ``size`` targets of an action gone (with ``wait``: watched).

    Attributes
    ----------
    size, target, name, cost : int, str, str, float
        How many, the last of them, and what they cost together.
    largest, largest_share : int, float
        Nodes of the largest connected part, and their share of it as it was.
    efficiency, efficiency_share : float
        Of the group, removed members counted, and its share of what it was.
    money, goods : float or None
        What could still flow from the sources to the sinks; None where none were named, or where nothing bounds it because
        they share an account.
    recovery : tuple of Recovery
        One per model.
    unmentioned : int or None
        Parties beside the targets of whom no finding and no list speaks; None without a store.
    unmentioned_named : tuple of (id, name)
        The first of them, by name.
    records_lost, records_kept : float
        Records in thirty days that would stop, or keep, telling of the targets.
    out_of_sight : int
        Members that only the targets are linked to.
    truncated : bool
        A flow stopped at its work budget: it may be larger.
    """

    size: int
    target: str
    name: str
    cost: float
    largest: int
    largest_share: float
    efficiency: float
    efficiency_share: float
    money: float | None
    goods: float | None
    recovery: tuple[Recovery, ...]
    unmentioned: int | None
    unmentioned_named: tuple[tuple[str, str], ...]
    records_lost: float
    records_kept: float
    out_of_sight: int
    truncated: bool = False

    def as_json(self) -> dict[str, Any]:
        """One point of a curve."""
        told = dict(vars(self))
        told["recovery"] = [r.as_json() for r in self.recovery]
        told["unmentioned_named"] = [{"id": i, "name": n} for i, n in self.unmentioned_named]
        return told


@dataclass(frozen=True)
class Comparison:
    """Curves of several actions against one group.

    Attributes
    ----------
    question : dict
        Everything that was asked, with the conventions of the measures: the same question gives the same answer.
    before : Point
        As it is; its size is 0.
    curves : tuple of (Action, tuple of Point)
    """

    question: dict[str, Any]
    before: Point
    curves: tuple[tuple[Action, tuple[Point, ...]], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a store and printed by ``disrupt --json``."""
        curves = [
            {"action": a.kind, "targets": list(a.targets), "cost": a.cost, "curve": [p.as_json() for p in points]}
            for a, points in self.curves
        ]
        return {"question": self.question, "before": self.before.as_json(), "actions": curves}

    def table(self) -> pa.Table:
        """Side by side: one row per action and size, models of recovery as columns."""
        rows = []
        for action, points in self.curves:
            for p in points:
                row: dict[str, Any] = {"action": action.kind, **vars(p)}
                for r in row.pop("recovery"):
                    row |= {f"ties_{r.model}_{q}": getattr(r, q) for q in r._fields[1:]}
                row["unmentioned_named"] = "; ".join(n for _, n in p.unmentioned_named)
                rows.append(row)
        told = [f"ties_{m}_{q}" for m in self.question["models"] for q in Recovery._fields[1:]]
        return pa.Table.from_pylist(rows, schema=pa.schema([*_COLUMNS, *((name, pa.float64()) for name in told)]))
