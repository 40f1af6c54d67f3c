"""Value mismatch: one consignment declared at one value on export and at another on import, time after time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from vinculo.analytics.chance import robust_z
from vinculo.analytics.context import Context
from vinculo.analytics.phrasing import counted, money, percent
from vinculo.analytics.typology import make_finding, measured
from vinculo.graph.network import Floats, Mask
from vinculo.graph.text import Text
from vinculo.graph.types import Finding


@dataclass(frozen=True)
class ValueMismatchParameters:
    """Thresholds of value mismatch.

    Attributes
    ----------
    gap_min : float
        |import - export| over the export value, beyond what freight and insurance usually add (the median of all
        consignments with both values).
    z_min : float
        Robust distance of the gap from those of all consignments.
    repeats_min : int
        Consignments of one pair of parties, all in the same direction.
    slip_tolerance : float
        Values that differ by a factor of ten, a hundred or a thousand, or of pounds to kilograms, within this much, are a
        slip of the pen or of the unit.
    usual_gap_max : float
        Freight and insurance are taken to add at most so much.
    """

    gap_min: float = 0.15
    z_min: float = 3.5
    repeats_min: int = 3
    slip_tolerance: float = 0.01
    usual_gap_max: float = 0.15


@dataclass(frozen=True)
class ValueMismatch:
    """Both sides of the same trade compared, as a Trade Transparency Unit does."""

    name: ClassVar[str] = "value_mismatch"
    version: ClassVar[str] = "1"
    title: ClassVar[Text] = Text("Two values for one consignment", "Dos valores para un mismo embarque")
    stage: ClassVar[str] = "trade"
    reference: ClassVar[str] = (
        "FATF and Egmont Group, Trade-Based Money Laundering: Trends and Developments (2020); TTU method"
    )
    parameters: ValueMismatchParameters = field(default_factory=ValueMismatchParameters)

    def find(self, context: Context) -> Iterator[Finding]:
        """One finding per pair of shipper and consignee."""
        c, p = context.consignments, self.parameters
        both = np.flatnonzero((c.exported > 0) & (c.imported > 0))
        if len(both) == 0:
            return
        gaps = np.log(c.imported[both] / c.exported[both])
        usual = float(np.clip(np.median(gaps), 0.0, np.log1p(p.usual_gap_max)))
        z = robust_z(gaps)
        excess = gaps - usual
        spread_known = bool(np.any(z != 0))
        odd = (np.abs(excess) >= np.log1p(p.gap_min)) & ((np.abs(z) >= p.z_min) | (not spread_known))
        pairs = context.trading_pairs
        odd &= ~_slips(np.exp(np.abs(gaps)), p.slip_tolerance)
        groups: dict[tuple[int, int, bool], list[int]] = defaultdict(list)
        for k in np.flatnonzero(odd):
            for pair in pairs.get(int(both[k]), ()):
                groups[(*pair, bool(excess[k] > 0))].append(int(k))
        traded: dict[tuple[int, int], int] = defaultdict(int)
        for row in both.tolist():
            for pair in pairs.get(row, ()):
                traded[pair] += 1
        for (shipper, consignee, higher), members in groups.items():
            rows = self._one_currency(context, both[members])
            if len(rows) >= p.repeats_min:
                yield self._finding(context, shipper, consignee, higher, rows, usual, traded[shipper, consignee])

    @staticmethod
    def _one_currency(context: Context, rows: np.ndarray) -> list[int]:
        """Consignments whose two sides are declared in one currency: two currencies cannot be compared without a rate."""
        if context.store is None:
            return [int(r) for r in rows]
        ids = context.ids(context.consignments.node[rows])
        known = context.store.entities(ids)
        return [int(r) for r, i in zip(rows, ids, strict=True) if len(known[i].properties.get("currency", ())) <= 1]

    def _finding(
        self, context: Context, shipper: int, consignee: int, higher: bool, rows: list[int], usual: float, traded: int
    ) -> Finding:
        c = context.consignments
        rows = sorted(rows, key=lambda r: (int(c.time[r]), r))
        ratio = c.imported[rows] / c.exported[rows] - 1.0
        exported, imported = float(c.exported[rows].sum()), float(c.imported[rows].sum())
        currency = c.currency.at(rows[0])
        entities = [(i, "exporter") for i in context.ids(context.actors.parties(shipper))]
        entities += [(i, "importer") for i in context.ids(context.actors.parties(consignee))]
        entities += [(i, "consignment") for i in context.ids(c.node[rows])]
        gap = float(np.median(np.abs(ratio)))
        return make_finding(
            self,
            score=0.3 + 0.4 * min(1.0, gap) + 0.3 * (1.0 - 2.0 / max(2.0, len(rows))),
            entities=entities,
            links=context.link_ids(context.party_links(rows, {shipper, consignee})),
            window=context.dates(c.time[rows]),
            features={
                "consignments": measured(len(rows), "count", traded),
                "median_gap": measured(float(np.median(ratio)), "share of the export value", float(np.expm1(usual))),
                "export_value": measured(exported, currency),
                "import_value": measured(imported, currency),
                "difference": measured(imported - exported, currency),
            },
            reason_key=f"finding.value_mismatch.{'over' if higher else 'under'}",
            reason={
                "consignments": counted(len(rows), "consignment"),
                "traded": str(traded),
                "gap": percent(gap),
                "exported": money(exported, exported, currency),
                "imported": money(imported, imported, currency),
                "usual": percent(float(np.expm1(usual))),
            },
            lawful={
                "freight": "tested",
                "currencies": "tested",
                "typing_error": "tested",
                "amended_invoice": "not_testable",
            },
        )


def _slips(factor: Floats, tolerance: float) -> Mask:
    made: Mask = np.zeros(len(factor), np.bool_)
    for known in (10.0, 100.0, 1000.0, 2.2046):
        made |= np.abs(factor / known - 1.0) <= tolerance
    return made


TYPOLOGY = ValueMismatch()
