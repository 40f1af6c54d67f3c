"""Generic parties and crowds: which nodes stand next to everybody."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.analytics.projecting.definition import Held
from vinculo.analytics.projecting.part import holdings, whole_kinds
from vinculo.graph.network import Floats, Ints, Mask, Network
from vinculo.graph.schema import kinds
from vinculo.graph.taxpayers import PLACEHOLDERS

#: By kind of link, which of its ends is there by trade.
ROLES = {"CARRIER": "source", "DECLARANT": "source", "HELD_AT": "target"}
#: Whose business is that of their holders.
ACCOUNTS = Held(("BankAccount", "CryptoWallet"), ("HOLDS", "OWNS"))


def generic_nodes(network: Network, more_than: int) -> Mask:
    """Which nodes are generic: :class:`vinculo.analytics.projecting.definition.Hubs` says how.

    Parameters
    ----------
    network : Network
    more_than : int
        An agent that represents more parties than this is one.
    """
    n = len(network)
    in_role = np.zeros(n, np.int64)
    for name, end in ROLES.items():
        rows = np.flatnonzero(network.links_of_kind([name]))
        ends = network.source if end == "source" else network.target
        in_role += np.bincount(ends[rows], minlength=n)
    made = 2 * in_role > _at_ends(network, _business()) + _by_accounts(network)
    rows = np.flatnonzero(network.links_of_kind(["REPRESENTS"]))
    clients = np.unique(network.source[rows].astype(np.int64) * n + network.target[rows]) // max(1, n)
    made |= np.bincount(clients, minlength=n) > more_than
    made |= network.of_kind(whole_kinds(["Location"]))
    numbers = np.flatnonzero(network.of_kind(whole_kinds(["Identifier"])))
    given = pc.is_in(network.nodes["name"].take(pa.array(numbers)), value_set=pa.array(sorted(PLACEHOLDERS)))
    made[numbers[np.asarray(given.to_numpy(), np.bool_)]] = True
    return made


def _at_ends(network: Network, kinds: Sequence[str]) -> Ints:
    """How many ends of links of these kinds each node is."""
    rows = np.flatnonzero(network.links_of_kind(kinds))
    n = len(network)
    made: Ints = np.bincount(network.source[rows], minlength=n) + np.bincount(network.target[rows], minlength=n)
    return made


def _by_accounts(network: Network) -> Ints:
    """Business of each node through the accounts it holds; that they are held, and at which bank, is none."""
    account, holder = holdings(network, ACCOUNTS, np.ones(len(network), np.bool_))
    moved = _at_ends(network, [k for k in _business() if k not in ROLES and k not in ACCOUNTS.by])
    made = np.zeros(len(network), np.int64)
    np.add.at(made, holder, moved[account])
    return made


@functools.cache
def _business() -> tuple[str, ...]:
    """Links of trade and money."""
    return tuple(k.name for k in kinds().values() if k.is_link and k.appearance in ("trade", "money"))


def damping(many: Ints) -> Floats:
    """What is left of a tie at a node where so many meet.

    Examples
    --------
    >>> damping(np.array([0, 1, 3, 1023])).tolist()
    [1.0, 1.0, 0.5, 0.1]
    """
    made: Floats = 1.0 / np.log2(1.0 + np.maximum(many, 1))
    return made


def within_budget(sizes: Ints, most: int) -> Mask:
    """Which can be afforded: the smallest first, of equal ones the first, until the next one is too much.

    Examples
    --------
    >>> within_budget(np.array([5, 1, 3, 3]), 7).tolist()
    [False, True, True, True]
    >>> within_budget(np.array([5, 1, 3, 3]), 6).tolist()
    [False, True, True, False]
    """
    if int(sizes.sum()) <= most:
        return np.ones(len(sizes), np.bool_)
    order = np.argsort(sizes, kind="stable")
    made = np.zeros(len(sizes), np.bool_)
    made[order] = np.cumsum(sizes[order]) <= most
    return made
