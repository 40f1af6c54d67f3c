"""Actions that can be compared, and whom each can be taken against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vinculo.analytics.kernels.betweenness import betweenness
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Csr, Floats, Mask, Network
from vinculo.graph.schema import descendants

#: Action to the kinds of things it can be taken against; ``wait`` watches anything and removes nothing.
ACTIONS: dict[str, tuple[str, ...]] = {
    "arrest": ("Person", "LegalEntity"),
    "seize": ("Consignment", "Container", "Vehicle", "RealEstate"),
    "freeze": ("BankAccount", "CryptoWallet"),
    "close": ("Organization", "LegalEntity"),
    "wait": ("Thing",),
}
#: What an action is never taken against, though its kinds would allow it: nobody closes a ministry.
_NEVER = {"close": ("PublicBody",)}
#: Kinds that are one thing only where no file says more: a party that may be a person or a company, or anything.
_UNSPECIFIC = ("Thing", "LegalEntity")
#: Betweenness is exact up to so many nodes and sampled above, as in key players.
_EXACT_UP_TO, _SAMPLES = 2_000, 256


@dataclass(frozen=True)
class Action:
    """One action, to be looked at for its first target, its first two, and so on.

    Attributes
    ----------
    kind : str
        ``arrest``, ``seize``, ``freeze``, ``close`` or ``wait``.
    targets : tuple of str
        Ids, in the order in which they would be acted against.
    cost : float
        Of each target, in whatever unit the person who asks counts; it is shown and used for nothing else.
    """

    kind: str
    targets: tuple[str, ...]
    cost: float = 0.0

    @property
    def removes(self) -> bool:
        """Whether its targets would be gone."""
        return self.kind != "wait"


def allowed(network: Network, kind: str) -> Mask:
    """Nodes an action can be taken against; those of which no file says what they are always can.

    Raises
    ------
    UsageError
        ``unknown_action``.

    Examples
    --------
    >>> int(allowed(Network.from_links([("a", "b")], node_kind="Person"), "arrest").sum())
    2
    """
    if kind not in ACTIONS:
        raise UsageError("unknown_action", action=kind, known=", ".join(ACTIONS))
    named = set(ACTIONS[kind])
    specific = {d for k in named - set(_UNSPECIFIC) for d in descendants(k)}
    anything = set(descendants("Thing")) if kind == "wait" else set()
    never = {d for k in _NEVER.get(kind, ()) for d in descendants(k)}
    return network.of_kind((specific | named | anything | {"Thing"}) - never)


def checked(network: Network, action: Action) -> Codes:
    """Numbers of an action's targets.

    Raises
    ------
    UsageError
        ``unknown_action``, ``unknown_entity``, ``action_unfit`` (an account cannot be arrested).
    """
    fit = allowed(network, action.kind)
    nodes = network.index(list(dict.fromkeys(action.targets)))
    for id, node in zip(dict.fromkeys(action.targets), nodes, strict=True):
        if node < 0:
            raise UsageError("unknown_entity", id=id)
        if not fit[node]:
            name = network.nodes["name"][int(node)].as_py()
            raise UsageError("action_unfit", action=action.kind, id=id, name=name or id)
    return nodes


def between(graph: Csr, *, seed: int = 0) -> Floats:
    """Betweenness of each member of a group; from 256 sources drawn by the seed where it has more than 2,000."""
    samples = _SAMPLES if graph.nodes > _EXACT_UP_TO else None
    return betweenness(graph, samples=samples, seed=seed)


def candidates(
    network: Network, members: Codes, graph: Csr, kind: str, *, size: int, seed: int = 0, score: Floats | None = None
) -> tuple[str, ...]:
    """Ids of those in a group whom most shortest paths run through, among those an action can be taken against.

    One way to fill in targets, so that actions of equal size can be compared; not a suggestion whom to act against.

    Parameters
    ----------
    network : Network
    members : int32 array
        Nodes of the group.
    graph : Csr
        Its links, with members numbered in this order; who has none is passed over.
    kind : str
        Action.
    size : int
        How many at most.
    seed : int
        Draws the sources of sampled betweenness in a large group.
    score : float64 array, optional
        Of each member, by :func:`between`, where it is known already.
    """
    inside = np.flatnonzero(allowed(network, kind)[members] & (graph.degrees > 0))
    score = between(graph, seed=seed) if score is None else score
    order = inside[np.lexsort((inside, -graph.degrees[inside], -score[inside]))][:size]
    ids: Sequence[str] = network.ids.take(members[order].astype(np.int64)).to_pylist()
    return tuple(ids)
