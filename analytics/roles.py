"""Roles in a network: what somebody's place is like, by rules with thresholds, each with its figures beside those of peers.

A role says where somebody stands *in this network, as recorded*, and never what he did. Each row names what could lawfully
explain it. One party may have several roles, most have none.

Actors are rated, not nodes: whoever is one by a shared tax number is one, with the accounts he holds
(:mod:`vinculo.analytics.parties`). Banks, carriers and customs brokers stand between many by trade and get no role from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from vinculo.analytics.typologies.pass_through import PassThroughParameters
from vinculo.graph.taxpayers import MOST_HOLDERS
from vinculo.graph.text import Text

#: In the order in which they are told.
ROLES = ("hub", "broker", "gatekeeper", "connector", "money_mule", "front")


@dataclass(frozen=True)
class HubThresholds:
    """Many ties.

    Attributes
    ----------
    degree_min : int
        Ties to different others.
    above_share : float
        Share of the peers that have fewer.
    """

    degree_min: int = 10
    above_share: float = 0.95


@dataclass(frozen=True)
class BrokerThresholds:
    """Between others far more than its ties let expect.

    Attributes
    ----------
    betweenness_min : float
        Share of the shortest ways between others that run through it.
    times_expected : float
        As a multiple of what peers with as many ties have: the rising function of ties that is nearest to all their values.
    degree_max_share : float
        Nobody of the uppermost share by ties: they are hubs.
    """

    betweenness_min: float = 0.01
    times_expected: float = 2.0
    degree_max_share: float = 0.01


@dataclass(frozen=True)
class GatekeeperThresholds:
    """Every known way between two parts leads through it.

    Attributes
    ----------
    cut_off_min : int
        Parties and accounts that would be cut off from the largest part without it.
    """

    cut_off_min: int = 5


@dataclass(frozen=True)
class ConnectorThresholds:
    """Ties spread over communities; the limits are those of Guimera and Amaral (2005).

    Attributes
    ----------
    participation_min : float
        For one with few ties inside its own community ("non-hub connector").
    hub_z_min : float
        Ties inside its community, in standard deviations above that community's mean, from which it is a hub there.
    hub_participation_min : float
        For such a hub ("connector hub").
    communities_min : int
        Communities to which it has a tie.
    degree_min : int
        Ties: three ties to three communities are no pattern.
    """

    participation_min: float = 0.62
    hub_z_min: float = 2.5
    hub_participation_min: float = 0.30
    communities_min: int = 3
    degree_min: int = 5


@dataclass(frozen=True)
class FrontThresholds:
    """A company that shares much with others and neither ships nor receives, yet has payments.

    Attributes
    ----------
    shared_min : int
        Addresses, phones, e-mails and officers that it has in common with other companies.
    users_max : int
        One that more companies use is a registered agent's or an office tower's and does not count. Nor does one of which half
        or more of the users are one recorded agent and whom it represents.
    payments_min : int
        Payments it made or received.
    """

    shared_min: int = 2
    users_max: int = MOST_HOLDERS
    payments_min: int = 1


@dataclass(frozen=True)
class RoleThresholds:
    """The thresholds of all roles; those of the money mule are pass-through's with three days to pass the money on."""

    hub: HubThresholds = field(default_factory=HubThresholds)
    broker: BrokerThresholds = field(default_factory=BrokerThresholds)
    gatekeeper: GatekeeperThresholds = field(default_factory=GatekeeperThresholds)
    connector: ConnectorThresholds = field(default_factory=ConnectorThresholds)
    money_mule: PassThroughParameters = field(
        default_factory=lambda: replace(PassThroughParameters(), window_hours=72.0)
    )
    front: FrontThresholds = field(default_factory=FrontThresholds)

    def as_json(self) -> dict[str, dict[str, Any]]:
        """By role, by name."""
        return asdict(self)


@dataclass(frozen=True)
class Role:
    """A role of one actor in this network, as recorded; no accusation.

    Attributes
    ----------
    id, kind, name : str
        The entity that stands for the actor.
    role : str
        One of :data:`ROLES`.
    strength : float
        The figure that orders rows of one role.
    features : dict
        What was measured beside the median of its peers, as in :class:`vinculo.graph.types.Finding`.
    reason : Text
        One sentence with the figures.
    lawful : tuple of (Text, str)
        What could lawfully explain it, ``tested`` (and did not hold) or ``not_testable``.
    links : tuple of str
        Ids of the evidence, where the role rests on single links.
    """

    id: str
    kind: str
    name: str
    role: str
    strength: float
    features: dict[str, dict[str, Any]]
    reason: Text
    lawful: tuple[tuple[Text, str], ...]
    links: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As ``key-players --roles --json`` prints it and a store keeps it."""
        return {
            **vars(self),
            "reason": self.reason._asdict(),
            "lawful": [t._asdict() | {"status": s} for t, s in self.lawful],
            "links": list(self.links),
        }


Lawful = TypeVar("Lawful")


def common_lawful(rows: Sequence[Sequence[tuple[Lawful, str]]]) -> list[tuple[Lawful, str]]:
    """The explanations of several rows of one role: tested where that is so of every row.

    Examples
    --------
    >>> common_lawful([[("a bank", "tested"), ("an agent", "tested")], [("a bank", "tested"), ("an agent", "not_testable")]])
    [('a bank', 'tested'), ('an agent', 'not_testable')]
    """
    return [
        (told[0][0], "tested" if all(status == "tested" for _, status in told) else "not_testable")
        for told in zip(*rows, strict=True)
    ]
