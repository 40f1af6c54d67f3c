"""Consignments as columns, and who has which part in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.columns import Coded, coded, numbers, seconds
from vinculo.analytics.parties import Actors
from vinculo.graph.network import Codes, Floats, Ints, Network
from vinculo.graph.schema import WITHDRAWN

PARTY_ROLES = ("SHIPPER", "CONSIGNEE", "NOTIFY_PARTY")


@dataclass(frozen=True, eq=False)
class Consignments:
    """Consignments as columns, one row each; ``node`` is where they stand in the network."""

    node: Codes
    time: Ints
    hs: Coded
    quantity: Floats
    unit: Coded
    weight_kg: Floats
    declared: Floats
    exported: Floats
    imported: Floats
    currency: Coded


class Parties(NamedTuple):
    """Who has a role in which consignment: one row per link."""

    link: Codes
    node: Codes
    actor: Codes
    row: Codes
    role: Coded


def consignments_of(network: Network, properties: Callable[[str, Sequence[str]], pa.Table]) -> Consignments:
    """Consignments, in the order of their ids; ``properties(kind, names)`` is as ``Store.table`` gives them.

    One whose bill was withdrawn never moved, as far as anybody knows, and is left out; not where something was seized or
    inspected on it, for then it did.
    """
    table = properties(
        "Consignment",
        [
            "date",
            "hsCode",
            "quantity",
            "quantityUnit",
            "grossWeightKg",
            "declaredValue",
            "exportValue",
            "importValue",
            "currency",
            "status",
        ],
    )
    happened = np.zeros(len(network), np.bool_)
    happened[network.target[network.links_of_kind(["SEIZED_FROM", "INSPECTED"])]] = True
    withdrawn = pc.fill_null(pc.equal(table["status"], WITHDRAWN), False)
    table = table.filter(pc.or_(pc.invert(withdrawn), pa.array(happened[network.index(table["id"])])))
    return Consignments(
        node=network.index(table["id"]),
        time=seconds(table["date"])[0],
        hs=coded(table["hsCode"]),
        quantity=numbers(table["quantity"]),
        unit=coded(table["quantityUnit"]),
        weight_kg=numbers(table["grossWeightKg"]),
        declared=numbers(table["declaredValue"]),
        exported=numbers(table["exportValue"]),
        imported=numbers(table["importValue"]),
        currency=coded(table["currency"]),
    )


def roles_of(network: Network, consignments: Consignments, actors: Actors) -> Parties:
    """Shippers, consignees and notify parties of the consignments."""
    rows = np.flatnonzero(network.links_of_kind(PARTY_ROLES)).astype(np.int32)
    row_of = np.full(len(network), -1, np.int32)
    row_of[consignments.node] = np.arange(len(consignments.node), dtype=np.int32)
    at = row_of[network.target[rows]]
    rows, at = rows[at >= 0], at[at >= 0]
    node = network.source[rows]
    return Parties(rows, node, actors.of[node], at, coded(network.links["kind"].take(rows)))


def pairs_of(trade: Parties) -> dict[int, tuple[tuple[int, int], ...]]:
    """For each row of the consignments, its pairs of shipper and consignee (actors)."""
    shippers: dict[int, set[int]] = {}
    consignees: dict[int, set[int]] = {}
    for role, made in (("SHIPPER", shippers), ("CONSIGNEE", consignees)):
        at = trade.role.is_in([role])
        for row, actor in zip(trade.row[at].tolist(), trade.actor[at].tolist(), strict=True):
            made.setdefault(row, set()).add(actor)
    return {
        row: tuple((a, b) for a in sorted(found) for b in sorted(consignees.get(row, ())) if a != b)
        for row, found in sorted(shippers.items())
    }
