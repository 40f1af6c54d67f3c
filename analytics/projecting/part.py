"""Who takes part: nodes themselves, or those who stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from vinculo.analytics.projecting.definition import Held, Projection
from vinculo.graph.network import Codes, Ints, Mask, Network
from vinculo.graph.schema import descendants


class Part(NamedTuple):
    """Who takes part for each node: ``members[ptr[i]:ptr[i + 1]]``, itself, its holders, or nobody.

    ``takes`` says who takes part under its own name, ``held`` for whom others stand.
    """

    takes: Mask
    held: Mask
    ptr: Ints
    members: Codes

    @property
    def many(self) -> Ints:
        """How many take part for each node."""
        return np.diff(self.ptr)


class Joined(NamedTuple):
    """Who is joined by each of some links: of link ``at[k]`` the nodes ``a[k]`` and ``b[k]``, one of ``of[k]`` such pairs."""

    at: Ints
    a: Codes
    b: Codes
    of: Ints


def whole_kinds(kinds: Iterable[str]) -> list[str]:
    """These kinds and all that extend them."""
    return sorted({d for k in kinds for d in descendants(k)})


def taking_part(network: Network, projection: Projection) -> Part:
    """Who takes part in a projection; nobody for a node that a crowd holds, where crowds are left out."""
    n = len(network)
    named = network.of_kind(whole_kinds(projection.nodes)) if projection.nodes else np.ones(n, np.bool_)
    account, holder = holdings(network, projection.held, named)
    held = np.zeros(n, np.bool_)
    held[account] = True
    takes = named & ~held
    own = np.flatnonzero(takes).astype(np.int32)
    if not len(account):
        return Part(takes, held, _starts(takes.astype(np.int64)), own)
    if projection.hubs.crowded == "left_out":
        few = np.bincount(account, minlength=n)[account] <= projection.hubs.more_than
        account, holder = account[few], holder[few]
    owner = np.concatenate([account, own])
    order = np.argsort(owner, kind="stable")
    members = np.concatenate([holder, own])[order]
    return Part(takes, held, _starts(np.bincount(owner, minlength=n)), members)


def holdings(network: Network, held: Held, named: Mask) -> tuple[Codes, Codes]:
    """Each node that is held, with each of its holders among those ``named`` once, in order."""
    if not held.kinds:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    is_held = network.of_kind(whole_kinds(held.kinds))
    rows = np.flatnonzero(network.links_of_kind(held.by))
    holder, account = network.source[rows], network.target[rows]
    fits = is_held[account] & named[holder] & ~is_held[holder]
    pairs = np.unique(account[fits].astype(np.int64) * len(network) + holder[fits])
    return (pairs // max(1, len(network))).astype(np.int32), (pairs % max(1, len(network))).astype(np.int32)


def joined(part: Part, source: Codes, target: Codes) -> Joined:
    """Each link with every pair that takes part for its ends.

    Examples
    --------
    >>> part = Part(np.ones(3, bool), np.zeros(3, bool), np.array([0, 1, 2, 4]), np.array([0, 1, 0, 1], np.int32))
    >>> made = joined(part, np.array([0, 2], np.int32), np.array([1, 0], np.int32))
    >>> made.at.tolist(), made.a.tolist(), made.b.tolist()
    ([0, 1, 1], [0, 0, 1], [1, 0, 0])
    """
    many = part.many
    left, right = many[source], many[target]
    pairs = left * right
    if not len(pairs) or int(pairs.max()) <= 1:
        at = np.flatnonzero(pairs)
        a, b = (part.members[part.ptr[ends[at]]] for ends in (source, target))
        return Joined(at, a, b, np.ones(len(at), np.int64))
    at, place = spread(pairs)
    first, second = np.divmod(place, right[at])
    a = part.members[part.ptr[source[at]] + first]
    b = part.members[part.ptr[target[at]] + second]
    return Joined(at, a, b, pairs[at])


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Each row as often as it counts, and which of its repetitions each is.

    Examples
    --------
    >>> rows, place = spread(np.array([2, 0, 1]))
    >>> rows.tolist(), place.tolist()
    ([0, 0, 2], [0, 1, 0])
    """
    at = np.repeat(np.arange(len(counts)), counts)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)


def _starts(counts: Ints) -> Ints:
    made = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=made[1:])
    return made
