"""The network of actors: whoever is one by a shared tax number, or by the account he holds, is one node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vinculo.analytics.context import Context
from vinculo.analytics.generic_parties import generic_parties
from vinculo.analytics.projecting.projected import Projected
from vinculo.graph.network import Codes, Csr, Mask, simple_csr


@dataclass(frozen=True, eq=False)
class ActorGraph:
    """A graph of actors and of the things that tie them.

    Attributes
    ----------
    graph : Csr
        Simple, undirected, weighted as the projection weighs, ties of several nodes of one actor added up. Without whoever has
        no tie.
    node : int32 array
        For each row the node of the network that stands for it.
    row : int32 array
        For each node of the network its row, -1 where it has none.
    is_party, is_account : bool array
        By row; an account that somebody holds is counted as him.
    is_generic : bool array
        By row: parties that stand between many by trade (:func:`vinculo.analytics.generic_parties.generic_parties`).
    generic : bool array
        The same by node of the network.
    """

    graph: Csr
    node: Codes
    row: Codes
    is_party: Mask
    is_account: Mask
    is_generic: Mask
    generic: Mask

    def generic_nodes(self) -> Codes:
        """Nodes that stand for the generic parties among the rows, most ties first, then in order."""
        rows = np.flatnonzero(self.is_generic)
        return self.node[rows[np.argsort(-self.graph.degrees[rows], kind="stable")]]


def actor_graph(context: Context, seen: Projected) -> ActorGraph:
    """Put the nodes of each actor together.

    Parameters
    ----------
    context : Context
    seen : Projected
        What takes part of the context's network; directions do not count.

    Examples
    --------
    >>> from vinculo.analytics.projecting.project import project
    >>> from vinculo.graph.stores import open_store
    >>> context = Context.from_store(open_store("sqlite:///:memory:"))
    >>> actor_graph(context, project(context.network, "everything")).graph.nodes
    0
    """
    actors, graph = context.actors, seen.undirected
    of = actors.of[seen.nodes]
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    a, b = of[rows], of[graph.neighbours]
    once = np.flatnonzero((rows < graph.neighbours) & (a != b))
    a, b, weights = a[once], b[once], graph.weights[once]
    node = np.unique(np.concatenate([a, b])).astype(np.int32)
    row = np.full(len(actors.of), -1, np.int32)
    row[node] = np.arange(len(node), dtype=np.int32)
    low, high = row[np.minimum(a, b)], row[np.maximum(a, b)]
    generic = generic_parties(context.network, actors)
    made = simple_csr(len(node), low, high, weights, links=graph.links[once])
    return ActorGraph(
        graph=made,
        node=node,
        row=row[actors.of],
        is_party=actors.is_party[node],
        is_account=actors.is_account[node],
        is_generic=generic[node],
        generic=generic,
    )
