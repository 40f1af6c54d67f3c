"""Who is probably one and the same, for analysis only.

The same party stands in the store once per dataset; nothing merges those nodes. What joins them here is a shared number of one
taxpayer (an ``Identifier`` node both have, or the same ``taxNumber`` of one country; :mod:`vinculo.graph.taxpayers`), and an
account counts as its holder where it has exactly one. The store is not touched, and every finding names the nodes themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from vinculo.analytics.kernels.structure import component_labels
from vinculo.graph.network import Codes, Csr, Mask, Network, csr
from vinculo.graph.schema import descendants
from vinculo.graph.taxpayers import MOST_HOLDERS, taxpayer

ACCOUNT_KINDS = ("BankAccount", "CryptoWallet")


@dataclass(frozen=True, eq=False)
class Actors:
    """Nodes put together as one actor.

    Attributes
    ----------
    of : int32 array
        For each node its actor: the number of one node that stands for all.
    is_party : bool array
        Which nodes are parties (people and organisations).
    is_account : bool array
        Which nodes are accounts.
    joined_by : int32 array
        Rows of the ``HAS_IDENTIFIER`` links that joined parties.
    has_number : bool array
        Which actors have a tax number.
    """

    of: Codes
    is_party: Mask
    is_account: Mask
    joined_by: Codes
    has_number: Mask

    @cached_property
    def _members(self) -> Csr:
        return csr(len(self.of), self.of, np.arange(len(self.of), dtype=np.int32))

    def members(self, actor: int) -> Codes:
        """Every node of an actor, parties and accounts, in order."""
        made = self._members
        return made.neighbours[made.ptr[actor] : made.ptr[actor + 1]]

    def parties(self, actor: int) -> Codes:
        """The party nodes of an actor; the node itself where it has none."""
        members = self.members(actor)
        found = members[self.is_party[members]]
        return found if len(found) else members


def actors(network: Network, properties: Callable[[str, Sequence[str]], pa.Table]) -> Actors:
    """Put nodes together by shared tax number and accounts with their holder.

    Parameters
    ----------
    network : Network
        With its ``HAS_IDENTIFIER`` and ``HOLDS`` links.
    properties : callable
        As :meth:`vinculo.graph.store.Store.table`.
    """
    n = len(network)
    is_party = network.of_kind(descendants("LegalEntity"))
    is_account = network.of_kind([k for a in ACCOUNT_KINDS for k in descendants(a)])
    rows = np.flatnonzero(network.links_of_kind(["HAS_IDENTIFIER"]))
    rows = rows[is_party[network.source[rows]] & _identifying(network, properties)[network.target[rows]]]
    holders = np.bincount(network.target[rows], minlength=n)
    rows = rows[holders[network.target[rows]] <= MOST_HOLDERS]
    ends = _same_number(network, properties, is_party)
    labels = component_labels(
        n, np.concatenate([network.source[rows], ends[0]]), np.concatenate([network.target[rows], ends[1]])
    )
    # An Identifier may have the smallest number of its group; the actor is its first party.
    first = np.full(n, n, np.int64)
    nodes = np.flatnonzero(is_party)
    np.minimum.at(first, labels[nodes], nodes)
    of = np.arange(n, dtype=np.int32)
    of[nodes] = first[labels[nodes]]
    has_number = np.zeros(n, np.bool_)
    has_number[of[network.source[rows]]] = True
    has_number[of[ends[2]]] = True
    of = _accounts_to_holders(network, of, is_account)
    return Actors(of, is_party, is_account, rows.astype(np.int32), has_number)


def _same_number(
    network: Network, properties: Callable[[str, Sequence[str]], pa.Table], is_party: Mask
) -> tuple[Codes, Codes, Codes]:
    """Pairs of nodes with one tax number where it is a property (FollowTheMoney's way) rather than a node, and its parties."""
    holders: dict[tuple[str, str, str], list[int]] = {}
    for kind, columns in (("LegalEntity", ("taxNumber", "country")), ("Identifier", ("number", "country", "type"))):
        table = properties(kind, columns)
        types = table["type"].to_pylist() if kind == "Identifier" else ["TAX"] * table.num_rows
        at = network.index(table["id"]).tolist()
        told = zip(at, table[columns[0]].to_pylist(), table["country"].to_pylist(), types, strict=True)
        for i, number, country, type_ in told:
            known = taxpayer(type_, number, country)
            if i >= 0 and known is not None:
                holders.setdefault(known, []).append(i)
    a: list[int] = []
    b: list[int] = []
    parties: list[int] = []
    for nodes in holders.values():
        of_party = [i for i in nodes if is_party[i]]
        if len(of_party) <= MOST_HOLDERS:
            a += nodes[:-1]
            b += nodes[1:]
            parties += of_party
    return np.array(a, np.int32), np.array(b, np.int32), np.array(parties, np.int32)


def _identifying(network: Network, properties: Callable[[str, Sequence[str]], pa.Table]) -> Mask:
    """Which nodes are numbers of one taxpayer."""
    made = np.zeros(len(network), np.bool_)
    table = properties("Identifier", ["number", "country", "type"])
    columns = (table[n].to_pylist() for n in ("type", "number", "country"))
    for i, *told in zip(network.index(table["id"]).tolist(), *columns, strict=True):
        if i >= 0 and taxpayer(*told) is not None:
            made[i] = True
    return made


def _accounts_to_holders(network: Network, of: Codes, is_account: Mask) -> Codes:
    rows = np.flatnonzero(network.links_of_kind(["HOLDS"]))
    rows = rows[is_account[network.target[rows]]]
    holder, account = of[network.source[rows]], network.target[rows]
    lowest = np.full(len(of), len(of), np.int64)
    highest = np.full(len(of), -1, np.int64)
    np.minimum.at(lowest, account, holder)
    np.maximum.at(highest, account, holder)
    single = (highest >= 0) & (lowest == highest)
    made = of.copy()
    made[single] = highest[single]
    return made
