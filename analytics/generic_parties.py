"""Parties that stand between many by trade: one rule for rankings, sets and roles, that of projections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from vinculo.analytics.parties import Actors
from vinculo.analytics.projecting.crowds import generic_nodes
from vinculo.graph.network import Codes, Mask, Network
from vinculo.graph.taxpayers import MOST_HOLDERS

#: Generic parties told by name.
NAMED = 20


@dataclass(frozen=True)
class Generic:
    """Who was left out as generic: how many, and those who come first."""

    count: int
    first: tuple[dict[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Fields of a result."""
        return {"generic_left_out": self.count, "generic_named": list(self.first)}


def generic_parties(network: Network, actors: Actors, more_than: int = MOST_HOLDERS) -> Mask:
    """Which nodes are of a party that stands between many by trade.

    The rule is that of projections (:class:`vinculo.analytics.projecting.definition.Hubs`), asked of actors: what one does under
    two of its nodes or through the accounts it holds counts together. Who keeps more than ``more_than`` accounts is a bank,
    however much is paid to it besides.

    Parameters
    ----------
    network : Network
    actors : Actors
        Of this network.
    more_than : int
        Clients of an agent, accounts at a bank.

    Examples
    --------
    >>> from vinculo.analytics.context import Context
    >>> from vinculo.graph.stores import open_store
    >>> context = Context.from_store(open_store("sqlite:///:memory:"))
    >>> generic_parties(context.network, context.actors).tolist()
    []
    """
    of, n = actors.of, len(network)
    kept = np.asarray(network.links_of_kind(["HELD_AT"]), np.bool_)
    # an account at a bank is the bank's trade and not its holder's
    source, target = np.where(kept, network.source, of[network.source]).astype(np.int32), of[network.target]
    # a holder has taken its accounts' links over already; money moved from one's own pocket to another is nobody's business
    rows = np.flatnonzero(~network.links_of_kind(["HOLDS"]) & (source != target))
    links = network.links.take(pa.array(rows))
    made = generic_nodes(replace(network, links=links, source=source[rows], target=target[rows]), more_than)
    accounts = np.unique(target[kept].astype(np.int64) * n + source[kept]) // max(1, n)
    made |= np.bincount(accounts, minlength=n) > more_than
    found: Mask = (made & actors.is_party)[of]
    return found


def told(network: Network, nodes: Codes) -> Generic:
    """These parties, as a result tells them, in their order."""
    rows = network.nodes.take(pa.array(nodes[:NAMED])).to_pylist()
    return Generic(len(nodes), tuple({"id": r["id"], "kind": r["kind"], "name": r["name"] or ""} for r in rows))
