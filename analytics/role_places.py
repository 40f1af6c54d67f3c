"""What the rules of roles read: the actors' network, with what was measured on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vinculo.analytics.actor_graph import ActorGraph
from vinculo.analytics.context import Context
from vinculo.analytics.phrasing import sentence
from vinculo.analytics.roles import Role, RoleThresholds
from vinculo.graph.network import Codes, Floats, Mask
from vinculo.graph.text import text


@dataclass(eq=False)
class Places:
    """A network of actors, and what is the same for all rules."""

    context: Context
    actors: ActorGraph
    betweenness: Floats
    labels: Codes
    thresholds: RoleThresholds

    @property
    def generic(self) -> Mask:
        """By node of the network: of a party that stands between many by trade."""
        return self.actors.generic

    @cached_property
    def rated(self) -> Codes:
        """Rows of parties and of accounts that nobody is known to hold, the generic ones left out."""
        may = (self.actors.is_party | self.actors.is_account) & ~self.actors.is_generic
        return np.flatnonzero(may).astype(np.int32)

    @cached_property
    def degrees(self) -> Floats:
        """Different others of each row."""
        return self.actors.graph.degrees.astype(np.float64)

    def median(self, values: Floats) -> float:
        """Of the peers."""
        return float(np.median(values[self.rated])) if len(self.rated) else 0.0

    def role(
        self,
        role: str,
        node: int,
        strength: float,
        features: Mapping[str, dict[str, Any]],
        reason: Mapping[str, Any],
        lawful: Mapping[str, str],
        links: tuple[str, ...] = (),
    ) -> Role:
        """Put a row together; ``node`` is of the network, ``reason`` fills the blanks of ``place.ROLE``."""
        nodes = self.context.network.nodes
        return Role(
            id=str(nodes["id"][node]),
            kind=str(nodes["kind"][node]),
            name=nodes["name"][node].as_py() or "",
            role=role,
            strength=round(float(strength), 6),
            features=dict(sorted(features.items())),
            reason=sentence(f"place.{role}", **reason),
            lawful=tuple((text(f"lawful.{k}"), status) for k, status in lawful.items()),
            links=links,
        )
