"""Key players of a store as sets: by :mod:`vinculo.analytics.set_search` on the network of its actors, with their names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vinculo.analytics.actor_graph import ActorGraph, actor_graph
from vinculo.analytics.context import Context
from vinculo.analytics.generic_parties import Generic, told
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.known import resolved
from vinculo.analytics.projecting.project import project
from vinculo.analytics.projecting.projected import Projected
from vinculo.analytics.set_goals import set_value
from vinculo.analytics.set_search import KeySet, key_sets
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Mask
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store
from vinculo.graph.text import Text, text


@dataclass(frozen=True)
class Member:
    """The entity that stands for an actor of a set."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True)
class PlayerSets:
    """The best sets of 1, 2, ... members, and how they were looked for.

    Attributes
    ----------
    goal : str
        One of :data:`vinculo.analytics.set_goals.GOALS`.
    before : float
        The measure with no member.
    sets : tuple of (KeySet, tuple of Member)
        By size; ``KeySet.members`` are rows of the actors' network, the second their names in the same order.
    actors : int
        Actors and things with a tie: all count in the measure.
    candidates : int
        Who could be a member.
    generic : Generic
        Who stands between many by trade and could not, unless let in; most ties first.
    steps, seed : int
    projection : Projection
        What took part.
    convention : Text
        How ties were counted.
    seen : Projected
        What the projection showed.
    """

    goal: str
    before: float
    sets: tuple[tuple[KeySet, tuple[Member, ...]], ...]
    actors: int
    candidates: int
    generic: Generic
    steps: int
    seed: int
    projection: Projection
    convention: Text
    seen: Projected = field(repr=False, compare=False)

    def as_json(self) -> list[dict[str, Any]]:
        """As ``key-players --sets --json`` prints it: a line per size."""
        shared = {
            "goal": self.goal,
            "before": round(self.before, 9),
            "actors": self.actors,
            "candidates": self.candidates,
            **self.generic.as_json(),
            "steps": self.steps,
            "seed": self.seed,
            "projection": self.projection.with_id(),
            "convention": self.convention._asdict(),
        }
        return [
            {
                "size": len(members),
                "members": [vars(m) for m in members],
                "value": round(found.value, 9),
                "gain": round(found.gain, 9),
                "cost": found.cost,
                "exact": found.exact,
                "truncated": found.truncated,
                "agreeing": found.agreeing,
                "starts": found.starts,
                **shared,
            }
            for found, members in self.sets
        ]


def player_sets(
    store: Store,
    goal: str = "fragment",
    *,
    size_max: int = 5,
    kind: str = "LegalEntity",
    without: Sequence[str] = (),
    generic: bool = False,
    costs: Mapping[str, float] | None = None,
    cost_max: float = math.inf,
    steps: int = 2,
    starts: int = 8,
    seed: int = 0,
    projection: Projection | str = "everything",
    progress: Progress | None = None,
) -> PlayerSets:
    """Whom to take out together, or to know, in the network of a store.

    Parameters
    ----------
    store : Store
    goal : str
        ``fragment``, ``distance_fragment``, ``reach`` or ``distance_reach``.
    size_max : int
        Members of the largest set.
    kind : str
        Kind of the members, with its descendants; everybody counts in the measure.
    without : sequence of str
        Entity ids that may not be members.
    generic : bool
        Let parties that stand between many by trade be members.
    costs : mapping, optional
        Cost by entity id, above 0; 1 for whoever is not named.
    cost_max : float
        What a set may cost.
    steps, starts, seed : int
        As :func:`vinculo.analytics.set_search.key_sets`.
    projection : Projection or str
        What takes part: itself, the name of one that is known, or a file.
    progress : callable, optional
        Told the stage; may raise to stop.

    Raises
    ------
    UsageError
        ``unknown_goal``, ``unknown_entity``, ``costs_not_positive``, ``unknown_projection``.
    InputError
        What is wrong with the file of a projection.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> player_sets(open_store("sqlite:///:memory:")).sets
    ()
    """
    wanted = resolved(projection)
    warm(progress)
    if progress:
        progress("read", 0, 0)
    context = Context.from_store(store, progress)
    seen = project(context.network, wanted, store.table)
    actors = actor_graph(context, seen)
    allowed = _allowed(context, actors, kind, without, generic)
    prices = np.ones(actors.graph.nodes)
    for id, price in (costs or {}).items():
        prices[_row(context, actors, id)] = price
    found = key_sets(
        actors.graph,
        goal,
        size_max=size_max,
        candidates=allowed,
        costs=prices,
        cost_max=cost_max,
        steps=steps,
        starts=starts,
        seed=seed,
        progress=progress,
    )
    return PlayerSets(
        goal=goal,
        before=set_value(actors.graph, goal, (), steps=steps),
        sets=tuple((s, _named(context, actors, s)) for s in found),
        actors=actors.graph.nodes,
        candidates=int(allowed.sum()),
        generic=Generic(0, ()) if generic else told(context.network, actors.generic_nodes()),
        steps=steps,
        seed=seed,
        projection=wanted,
        convention=text("convention.sets"),
        seen=seen,
    )


def _allowed(context: Context, actors: ActorGraph, kind: str, without: Sequence[str], generic: bool) -> Mask:
    made = context.network.of_kind(descendants(kind))[actors.node]
    if not generic:
        made = made & ~actors.is_generic
    for id in without:
        made[_row(context, actors, id)] = False
    return made


def _row(context: Context, actors: ActorGraph, id: str) -> list[int]:
    """The row of the actor an entity belongs to; none where it has no tie."""
    [node] = context.network.index([id]).tolist()
    if node < 0:
        raise UsageError("unknown_entity", id=id)
    return [r for r in (int(actors.row[node]),) if r >= 0]


def _named(context: Context, actors: ActorGraph, found: KeySet) -> tuple[Member, ...]:
    rows = context.network.nodes.take(actors.node[list(found.members)]).to_pylist()
    return tuple(Member(row["id"], row["kind"], row["name"] or "") for row in rows)
