"""What an action would cost others and the inquiry itself: parties of whom nothing speaks, records that would stop coming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vinculo.analytics.columns import DAY_S, UNDATED
from vinculo.analytics.typology import COMMUNITY
from vinculo.analytics.ways.terrain import FLOWS, Moments
from vinculo.graph.evidence import grounded
from vinculo.graph.network import Codes, Csr, Ints, Mask, Network
from vinculo.graph.schema import descendants
from vinculo.graph.standing import standings
from vinculo.graph.store import Store

#: Kinds through which parties touch one another: an account, a bill, a box.
BETWEEN = ("BankAccount", "CryptoWallet", "Consignment", "Container", "Invoice")
#: Records are counted over so many days before the last one.
LOOKED_BACK_DAYS = 365
_MONTH = 30.0


def parties_beside(network: Network, graph: Csr, targets: Codes) -> Codes:
    """Parties one link from the targets, or two with an account, a consignment, a container or an invoice between.

    Parameters
    ----------
    network : Network
    graph : Csr
        :meth:`Network.simple` of it.
    targets : int32 array
        Nodes.
    """
    party = network.of_kind(descendants("LegalEntity"))
    between = network.of_kind([d for k in BETWEEN for d in descendants(k)])
    near = _neighbours(graph, targets)
    wider = _neighbours(graph, near[between[near]])
    found = np.union1d(near, wider)
    return np.setdiff1d(found[party[found]], targets).astype(np.int32)


def _neighbours(graph: Csr, nodes: Codes) -> Codes:
    parts = [graph.neighbours[graph.ptr[n] : graph.ptr[n + 1]] for n in nodes]
    return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int32)


def spoken_of(store: Store, network: Network) -> Mask:
    """Nodes that a finding of a pattern names, from whom something was seized, or that are linked to a thing that was.

    Being in a community speaks of nobody.
    """
    patterns = [f for f in store.findings() if f.typology != COMMUNITY]
    ids = {i for f in grounded(store, patterns) for i, _ in f.entities}
    made = np.zeros(len(network), np.bool_)
    at = network.index(sorted(ids))
    made[at[at >= 0]] = True
    things = np.zeros(len(network), np.bool_)
    things[network.target[network.links_of_kind(["SEIZED_FROM"])]] = True
    made |= things
    # what stands next to a person from whom something was seized is not spoken of by that
    things &= ~network.of_kind(descendants("LegalEntity"))
    made[network.source[things[network.target]]] = True
    made[network.target[things[network.source]]] = True
    return made


def unmentioned(store: Store, network: Network, parties: Codes, named: Mask) -> Codes:
    """Those of these parties of whom no finding, seizure or list speaks; one that a list has cleared is among them.

    That nothing speaks of them here is all it says.
    """
    quiet = parties[~named[parties]]
    ids = network.ids.take(quiet.astype(np.int64)).to_pylist()
    told = standings(store, ids)
    free = [all(s.code == "cleared" for s in told.get(i, ())) for i in ids]
    return quiet[np.array(free, np.bool_)] if len(quiet) else quiet


def span(times: Ints) -> tuple[int, int]:
    """From when to when things happened: mistyped dates far from all others aside.

    A date counts as an end where at least two events, and one in a hundred, lie in the year behind it; where none does, all
    count.

    Examples
    --------
    >>> span(np.array([0, 10, 20, 40_000], np.int64) * DAY_S) == (0, 20 * DAY_S)
    True
    """
    ordered = np.sort(times)
    year = LOOKED_BACK_DAYS * DAY_S
    least = max(2, len(ordered) // 100)
    at = np.arange(len(ordered))
    starts = np.searchsorted(ordered, ordered + year, side="right") - at >= least
    ends = at + 1 - np.searchsorted(ordered, ordered - year, side="left") >= least
    if not starts.any() or not ends.any():
        return int(ordered[0]), int(ordered[-1])
    return int(ordered[starts][0]), int(ordered[ends][-1])


@dataclass(frozen=True)
class Records:
    """How many records told of some nodes.

    Attributes
    ----------
    per_30_days : float
        Dated links at them in thirty days, over the last year of payments and consignments or as long as these go back.
    only_there : int
        Members of the group that nothing but the targets is linked to: they would drop out of sight.
    """

    per_30_days: float
    only_there: int


def records(network: Network, when: Moments, graph: Csr, members: Codes, targets: Codes) -> Records:
    """What the targets yield as long as they are watched.

    Parameters
    ----------
    network : Network
    when : Moments
        Dates of its links.
    graph : Csr
        :meth:`Network.simple` of it.
    members : int32 array
        Nodes of the group.
    targets : int32 array
        Nodes.
    """
    watched = np.zeros(len(network), np.bool_)
    watched[targets] = True
    dated = when.begins != UNDATED
    rate = 0.0
    # when somebody was put on a list or bought a firm tells nothing of how long records reach
    events = dated & network.links_of_kind(FLOWS)
    if events.any():
        first, last = span(when.begins[events])
        days = min(float(LOOKED_BACK_DAYS), (last - first) / DAY_S + 1.0)
        late = dated & (when.begins > last - days * DAY_S) & (when.begins <= last)
        rate = float((late & (watched[network.source] | watched[network.target])).sum()) / days * _MONTH
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    elsewhere = np.bincount(rows[~watched[graph.neighbours]], minlength=graph.nodes)
    alone = (elsewhere == 0) & (graph.degrees > 0) & ~watched
    return Records(round(rate, 2), int(alone[members].sum()))
