"""The links on record that make a tie of a projection between two, and no others."""

from __future__ import annotations

from itertools import islice

from vinculo.analytics.projecting.definition import Projection, Tie
from vinculo.graph.schema import is_a, kinds
from vinculo.graph.store import Store
from vinculo.graph.types import Path

#: Paths told of a pair, and looked at to find them.
TOLD, LOOKED_AT = 3, 100
#: Steps between two that are tied from account to account.
BY_ACCOUNTS = 3


def tie_paths(store: Store, projection: Projection, a: str, b: str, most: int = TOLD) -> list[Path]:
    """The shortest ways in which records tie two to each other as a projection sees it.

    Whatever else joins them is no reason for what was found in the projection.

    Raises
    ------
    UsageError
        ``unknown_entity``.
    """
    made: dict[tuple[str, ...], Path] = {}
    # each sort of tie by itself: the fewest steps by one would hide those by another
    for tie in projection.ties:
        hops = 2 if tie.through else BY_ACCOUNTS if projection.held.kinds else 1
        links = {*kinds_of(tie), *projection.held.by}
        found = store.paths(a, b, max_hops=hops, kinds=sorted(links), limit=LOOKED_AT)
        fitting = (p for p in found if fits(p, tie))
        made |= {tuple(x.id for x in p.links): p for p in islice(fitting, most)}
    return list(made.values())


def kinds_of(tie: Tie) -> tuple[str, ...]:
    """Kinds of links that a tie is made of.

    Examples
    --------
    >>> kinds_of(Tie("goods", links=("SHIPPER",), to=("CONSIGNEE",), through=("Consignment",)))
    ('SHIPPER', 'CONSIGNEE')
    """
    if tie.all_but:
        return tuple(sorted(k.name for k in kinds().values() if k.is_link and k.name not in tie.all_but))
    return (*tie.links, *tie.to)


def fits(path: Path, tie: Tie) -> bool:
    """Whether a path is this tie: for one through a shared node, that node and the roles of both sides."""
    if not tie.through:
        return any(x.kind in kinds_of(tie) for x in path.links)
    if len(path.links) != 2 or not any(is_a(path.entities[1].kind, k) for k in tie.through):
        return False
    first, last = (x.kind for x in path.links)
    one, other = tie.links, tie.to or tie.links
    return (first in one and last in other) or (first in other and last in one)
