"""Every single thing that ties two nodes: a link between them, or a node they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vinculo.analytics.columns import UNDATED
from vinculo.analytics.projecting.crowds import damping, generic_nodes, within_budget
from vinculo.analytics.projecting.definition import Projection, Tie
from vinculo.analytics.projecting.part import Part, joined, spread, whole_kinds
from vinculo.analytics.projecting.worth import Worth, shared_kinds
from vinculo.graph.network import Codes, Floats, Ints, Mask, Network


class Records(NamedTuple):
    """What ties ``a`` to ``b``, a row each.

    ``left`` is what age and hubs leave of ``weight``, where that is not in it already (``log_amount``). ``link`` is the row of
    the link, or of the first of those by which ``a`` meets ``b`` at the node ``shared`` (-1: direct); ``tie`` the number of the
    tie in the projection.
    """

    a: Codes
    b: Codes
    weight: Floats
    left: Floats | None
    link: Codes
    shared: Codes
    tie: npt.NDArray[np.int16]


class Meeting(NamedTuple):
    """Who meets at shared nodes: each pair of a shared node and another once, in order.

    ``links[ptr[k]:ptr[k + 1]]`` are the rows of the links by which ``node[k]`` meets others at ``shared[k]``, and ``day`` is
    that of the latest.
    """

    shared: Codes
    node: Codes
    ptr: Ints
    links: Codes
    day: Ints | None

    def between(self, shared: int, node: int) -> Codes:
        """Rows of the links of a node to a shared one."""
        start, end = np.searchsorted(self.shared, [shared, shared + 1])
        k = start + int(np.searchsorted(self.node[start:end], node))
        return self.links[self.ptr[k] : self.ptr[k + 1]] if k < end and self.node[k] == node else self.links[:0]


class Touched(NamedTuple):
    """What a hub rule did to nodes: how many meet at each, and how many ties went or were damped."""

    rule: str
    treatment: str
    nodes: Ints
    many: Ints
    ties: Ints


class Gathering:
    """Gathers the records of one projection of one network.

    Attributes
    ----------
    touched : list of Touched
        Shared nodes that rules touched.
    meetings : dict
        By number of a tie through shared nodes, its two sides.
    truncated : bool
        Something was left out to keep to the work allowed.
    """

    def __init__(self, network: Network, wanted: Projection, part: Part, worth: Worth) -> None:
        self.network = network
        self.wanted = wanted
        self.part = part
        self.worth = worth
        self.touched: list[Touched] = []
        self.meetings: dict[int, tuple[Meeting, Meeting]] = {}
        self.truncated = False
        self.left = wanted.most_pairs
        hubs = wanted.hubs
        self.generic = generic_nodes(network, hubs.more_than) if hubs.generic != "kept" else None

    def records(self) -> Records:
        """All of them: tie by tie, in the order of links or of shared nodes."""
        made = [self._through(i, t) if t.through else self._direct(i, t) for i, t in enumerate(self.wanted.ties)]
        return made[0] if len(made) == 1 else _all_of(made)

    # -- direct -------------------------------------------------------------------------------------------------------
    def _direct(self, number: int, tie: Tie) -> Records:
        network, worth = self.network, self.worth
        fits = ~network.links_of_kind(tie.all_but) if tie.all_but else network.links_of_kind(tie.links)
        rows = np.flatnonzero(fits)
        some = self.part.many > 0
        both = some[network.source[rows]] & some[network.target[rows]]
        worth.note("without_end", rows[~both])
        rows = rows[both]
        day = worth.link_days(rows)
        admitted = worth.admitted(day, rows)
        if admitted is not None and day is not None:
            rows, day = rows[admitted], day[admitted]
        amount = worth.link_amounts(rows)
        valued = worth.valued(amount)
        if valued is not None and amount is not None:
            rows, amount = rows[valued], amount[valued]
            day = None if day is None else day[valued]
        rows, day, amount = self._affordable(rows, day, amount)
        weight, left = worth.weigh(len(rows), day, amount)
        join = joined(self.part, network.source[rows], network.target[rows])
        made = Records(
            join.a,
            join.b,
            weight[join.at] / join.of,
            None if left is None else left[join.at],
            rows[join.at].astype(np.int32),
            np.full(len(join.at), -1, np.int32),
            np.full(len(join.at), number, np.int16),
        )
        if tie.direction == "against":
            return made._replace(a=made.b, b=made.a)
        return _both_ways(made) if tie.direction == "both" and self.wanted.directed else made

    def _affordable(
        self, rows: Ints, day: Ints | None, amount: Floats | None
    ) -> tuple[Ints, Ints | None, Floats | None]:
        """Links without those whose many joint holders would make more pairs than allowed."""
        many = self.part.many
        pairs = many[self.network.source[rows]] * many[self.network.target[rows]]
        extra = np.where(pairs > 1, pairs, 0)
        keep = self._within(extra)
        if keep.all():
            return rows, day, amount
        return rows[keep], None if day is None else day[keep], None if amount is None else amount[keep]

    def _within(self, sizes: Ints) -> Mask:
        keep = within_budget(sizes, self.left)
        self.left -= int(sizes[keep].sum())
        if not keep.all():
            self.truncated = True
            self.worth.counts["beyond_budget"] += int(np.count_nonzero(~keep))
        return keep

    # -- through a shared node ----------------------------------------------------------------------------------------
    def _through(self, number: int, tie: Tie) -> Records:
        kinds = shared_kinds(tie.through)
        is_shared = self.network.of_kind(whole_kinds(kinds))
        own_days = self.worth.node_days(kinds)
        near = self._meeting(tie.links, is_shared, own_days)
        far = self._meeting(tie.to, is_shared, own_days) if tie.to else near
        self.meetings[number] = near, far
        n = len(self.network)
        near_many, far_many = (np.bincount(m.shared, minlength=n) for m in (near, far))
        if tie.to:
            key = np.unique(np.concatenate([_keys(near, n), _keys(far, n)])) // max(1, n)
            many, sizes = np.bincount(key, minlength=n), near_many * far_many
        else:
            many, sizes = near_many, near_many * (near_many - 1) // 2
        scale = self._allowed(many, sizes)
        amount = self._amounts(kinds, scale, sizes)
        if tie.to:
            at, place = spread(np.where(scale > 0, far_many, 0)[near.shared])
            start = np.cumsum(far_many) - far_many
            other = start[near.shared[at]] + place
        else:
            start = np.cumsum(near_many) - near_many
            behind = near_many[near.shared] - 1 - (np.arange(len(near.shared)) - start[near.shared])
            at, place = spread(np.where(scale[near.shared] > 0, behind, 0))
            other = at + 1 + place
        shared = near.shared[at]
        day = None if near.day is None or far.day is None else np.maximum(near.day[at], far.day[other])
        weight, left = self.worth.weigh(len(at), day, None if amount is None else amount[shared], scale[shared])
        first = near.links[near.ptr[at]]
        made = Records(near.node[at], far.node[other], weight, left, first, shared, np.full(len(at), number, np.int16))
        return made if tie.to or not self.wanted.directed else _both_ways(made)

    def _meeting(self, kinds: Sequence[str], is_shared: Mask, own_days: Ints | None) -> Meeting:
        """Who takes part and has a link of these kinds to a shared node."""
        network, part = self.network, self.part
        rows = np.flatnonzero(network.links_of_kind(kinds))
        ends = ((network.source, network.target), (network.target, network.source))
        row = np.concatenate([rows[is_shared[far[rows]]] for _, far in ends])
        node = np.concatenate([near[rows[is_shared[far[rows]]]] for near, far in ends])
        shared = np.concatenate([far[rows[is_shared[far[rows]]]] for _, far in ends])
        day = self.worth.link_days(row)
        if day is not None and own_days is not None:
            day = np.where(day == UNDATED, own_days[shared], day)
        admitted = self.worth.admitted(day, row)
        if admitted is not None and day is not None:
            row, node, shared, day = row[admitted], node[admitted], shared[admitted], day[admitted]
        at, place = spread(part.many[node])
        node = part.members[part.ptr[node[at]] + place]
        shared, row, day = shared[at], row[at], None if day is None else day[at]
        kept = np.flatnonzero(node != shared)
        key = shared[kept].astype(np.int64) * len(network) + node[kept]
        order = np.lexsort((row[kept], key))
        kept, key = kept[order], key[order]
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.zeros(0, np.int64)
        latest = None if day is None else _over(np.maximum, day[kept], first)
        ptr = np.append(first, len(key))
        return Meeting(shared[kept][first], node[kept][first], ptr, row[kept].astype(np.int32), latest)

    def _allowed(self, many: Ints, sizes: Ints) -> Floats:
        """What is left of a tie through each node, 0 for nothing; notes what the rules touched."""
        hubs = self.wanted.hubs
        crowded = (many > hubs.more_than) & (sizes > 0)
        generic = self.generic & (sizes > 0) if self.generic is not None else np.zeros(len(many), np.bool_)
        scale = (sizes > 0).astype(np.float64)
        damped = damping(many)
        for rule, treatment, hit in (
            ("generic", hubs.generic, generic),
            ("crowded", hubs.crowded, crowded & ~generic if hubs.generic == "left_out" else crowded),
        ):
            if treatment == "kept":
                continue
            scale = np.where(hit, 0.0 if treatment == "left_out" else damped, scale)
            self._note(np.flatnonzero(hit), rule, treatment, many, sizes)
        keep = self._within(np.where(scale > 0, sizes, 0))
        self._note(np.flatnonzero(~keep), "budget", "left_out", many, sizes)
        return np.where(keep, scale, 0.0)

    def _amounts(self, kinds: Sequence[str], scale: Floats, sizes: Ints) -> Floats | None:
        """Amounts of shared nodes by node; where one must have an amount, others lose their ``scale``."""
        used = np.flatnonzero((scale > 0) & (sizes > 0))
        found = self.worth.node_amounts(kinds, used)
        if found is None:
            return None
        valued = self.worth.valued(found)
        if valued is not None:
            scale[used[~valued]] = 0.0
        made = np.full(len(scale), np.nan)
        made[used] = found
        return made

    def _note(self, nodes: Ints, rule: str, treatment: str, many: Ints, ties: Ints) -> None:
        if len(nodes):
            self.touched.append(Touched(rule, treatment, nodes, many[nodes], ties[nodes]))


def _over(ufunc: np.ufunc, values: npt.NDArray[Any], first: Ints) -> npt.NDArray[Any]:
    """A function over each run of values that starts at ``first``."""
    return ufunc.reduceat(values, first) if len(first) else values[:0]


def _keys(meeting: Meeting, nodes: int) -> Ints:
    return meeting.shared.astype(np.int64) * nodes + meeting.node


def _both_ways(made: Records) -> Records:
    return _all_of([made, made._replace(a=made.b, b=made.a)])


def _all_of(parts: Sequence[Records]) -> Records:
    columns: list[Any] = [None if c[0] is None else np.concatenate(c) for c in zip(*parts, strict=True)]
    return Records(*columns)
