"""Find the roles of a store and keep them, with what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vinculo.analytics.actor_graph import actor_graph
from vinculo.analytics.context import Context
from vinculo.analytics.generic_parties import Generic, told
from vinculo.analytics.kernels.betweenness import betweenness
from vinculo.analytics.kernels.community import leiden
from vinculo.analytics.kernels.compiled import Progress, warm
from vinculo.analytics.key_players import EXACT_UP_TO, SAMPLES
from vinculo.analytics.projecting.definition import Projection
from vinculo.analytics.projecting.known import resolved
from vinculo.analytics.projecting.project import project
from vinculo.analytics.projecting.projected import Projected
from vinculo.analytics.role_places import Places
from vinculo.analytics.role_rules import RULES
from vinculo.analytics.roles import ROLES, Role, RoleThresholds
from vinculo.graph.errors import UsageError
from vinculo.graph.evidence import basis
from vinculo.graph.store import Store
from vinculo.graph.text import Text, text

#: Where the last roles are kept in the store.
COLLECTION, LAST = "roles", "last"


@dataclass(frozen=True)
class Roles:
    """The roles found in a network.

    Attributes
    ----------
    rows : tuple of Role
        By role, strongest first.
    thresholds : RoleThresholds
    actors : int
        Actors and things with a tie.
    left_out : Generic
        Who stands between many by trade and gets no role from that, most ties first.
    samples : int
        Sources from which betweenness was counted; 0 where it is exact.
    seed : int
    projection : Projection
        What took part.
    convention : Text
        How ties were counted.
    seen : Projected
        What the projection showed.
    basis : str
        What the store held before it was read (:func:`vinculo.graph.evidence.basis`).
    """

    rows: tuple[Role, ...]
    thresholds: RoleThresholds
    actors: int
    left_out: Generic
    samples: int
    seed: int
    projection: Projection
    convention: Text
    seen: Projected = field(repr=False, compare=False)
    basis: str

    def as_json(self) -> dict[str, Any]:
        """As a store keeps it."""
        return {
            "rows": [r.as_json() for r in self.rows],
            "thresholds": self.thresholds.as_json(),
            "actors": self.actors,
            **self.left_out.as_json(),
            "samples": self.samples,
            "seed": self.seed,
            "projection": self.projection.with_id(),
            "convention": self.convention._asdict(),
        }


def roles(
    store: Store,
    *,
    only: Sequence[str] = ROLES,
    thresholds: RoleThresholds | None = None,
    top: int = 20,
    seed: int = 0,
    projection: Projection | str = "everything",
    progress: Progress | None = None,
) -> Roles:
    """Who stands where in the network of a store, by rules.

    Parameters
    ----------
    store : Store
    only : sequence of str
        Roles of :data:`vinculo.analytics.roles.ROLES` to look for.
    thresholds : RoleThresholds, optional
    top : int
        Rows of each role, strongest first.
    seed : int
        Of the communities that connectors connect and of sampled betweenness; the same seed gives the same bytes.
    projection : Projection or str
        What takes part where roles rest on the network; money mules and fronts rest on payments and papers as they are.
    progress : callable, optional
        Told the stage; may raise to stop.

    Raises
    ------
    UsageError
        ``unknown_role``, ``unknown_projection``.
    InputError
        What is wrong with the file of a projection.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> roles(open_store("sqlite:///:memory:")).rows
    ()
    """
    for role in only:
        if role not in ROLES:
            raise UsageError("unknown_role", role=role, known=", ".join(ROLES))
    thresholds = thresholds or RoleThresholds()
    wanted = resolved(projection)
    warm(progress)
    if progress:
        progress("read", 0, 0)
    # a load that ends while this is at work makes the result one of before
    read = basis(store)
    context = Context.from_store(store, progress)
    seen = project(context.network, wanted, store.table)
    actors = actor_graph(context, seen)
    samples = SAMPLES if actors.graph.nodes > EXACT_UP_TO else None
    places = Places(
        context=context,
        actors=actors,
        betweenness=betweenness(actors.graph, samples=samples, seed=seed, progress=progress),
        labels=leiden(actors.graph, seed=seed),
        thresholds=thresholds,
    )
    rows: list[Role] = []
    if actors.graph.nodes:
        for role in (r for r in ROLES if r in only):
            if progress:
                progress("roles", 0, 0)
            rows += sorted(RULES[role](places), key=lambda r: (-r.strength, r.id))[:top]
    return Roles(
        rows=tuple(rows),
        thresholds=thresholds,
        actors=actors.graph.nodes,
        left_out=told(context.network, actors.generic_nodes()),
        samples=samples or 0,
        seed=seed,
        projection=wanted,
        convention=text("convention.roles"),
        seen=seen,
        basis=read,
    )


def keep_roles(store: Store, found: Roles) -> None:
    """Keep what was found, and on which contents it rests: those it was read from, in place of what was kept before.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> store = open_store("sqlite:///:memory:")
    >>> keep_roles(store, roles(store))
    >>> kept_roles(store)["rows"]
    []
    """
    store.save_document(COLLECTION, LAST, found.as_json() | {"basis": found.basis})


def kept_roles(store: Store) -> dict[str, Any] | None:
    """What was kept last, ``current`` told beside it: whether the store still holds what it rests on.

    Rows whose entity or evidence is no longer there are left out: a withdrawn file takes what was concluded from it along.
    None, too, where a version of the program kept it that named no generic parties.
    """
    made = store.documents(COLLECTION).get(LAST)
    if made is None or "generic_named" not in made:
        return None
    named = made["generic_named"]
    entities = store.entities(list(dict.fromkeys(row["id"] for row in [*made["rows"], *named])))
    links = store.links(list(dict.fromkeys(i for row in made["rows"] for i in row["links"])))
    rows = [r for r in made["rows"] if r["id"] in entities and all(i in links for i in r["links"])]
    named = [p for p in named if p["id"] in entities]
    return made | {"rows": rows, "generic_named": named, "current": made["basis"] == basis(store)}
