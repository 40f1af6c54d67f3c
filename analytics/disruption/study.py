"""What holds together, flows, comes back and is lost when some of a group are gone; measured against the whole group."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from vinculo.analytics.disruption.actions import Action, checked
from vinculo.analytics.disruption.comparison import Point
from vinculo.analytics.disruption.effects import parties_beside, records, spoken_of, unmentioned
from vinculo.analytics.disruption.group import Group
from vinculo.analytics.disruption.measures import (
    EXACT_UP_TO,
    SAMPLES,
    Pipes,
    efficiency,
    flow,
    goods_pipes,
    largest_component,
    money_pipes,
    without,
)
from vinculo.analytics.disruption.recovery import Recovery, recovery
from vinculo.analytics.kernels.structure import linked_labels
from vinculo.analytics.ways.terrain import moments
from vinculo.graph.errors import UsageError
from vinculo.graph.network import Codes, Mask
from vinculo.graph.store import Store

#: Unmentioned parties named; all are counted.
NAMED = 20


class _Left(NamedTuple):
    """What holds together and flows when some are gone."""

    largest: int
    efficiency: float
    money: float | None
    goods: float | None
    truncated: bool


class Study:
    """What stays the same for all points."""

    def __init__(
        self,
        group: Group,
        store: Store | None,
        sources: Sequence[str],
        sinks: Sequence[str],
        currency: str | None,
        models: Sequence[str],
        settings: tuple[float, int, int, int],
    ) -> None:
        network = group.network
        self.group, self.store, self.models = group, store, models
        self.share, self.runs, self.most, self.seed = settings
        self.everyone = np.arange(len(group.members), dtype=np.int32)
        self.ends = self._inside(sources), self._inside(sinks)
        self._apart()
        self.money: Pipes | None = None
        self.goods: Pipes | None = None
        if sources and sinks:
            self.money = money_pipes(network, group.inside, currency)
            self.goods = goods_pipes(network, group.inside, store.table) if store is not None else None
        self.whole = network.simple()
        self.when = moments(network, store.table if store is not None else None)
        labels, _ = linked_labels(group.graph.ptr, group.graph.neighbours)
        self.in_largest = labels == np.argmax(np.bincount(labels, minlength=1))
        self.named = spoken_of(store, network) if store is not None else np.zeros(len(network), np.bool_)
        self.question: dict[str, Any] = {
            "entities": None if group.start is None else list(group.start),
            "hops": group.hops,
            "members": len(group.members),
            "links": len(group.graph.neighbours) // 2,
            "sources": list(sources),
            "sinks": list(sinks),
            "currency": currency,
            "money_unit": self.money.unit if self.money else "",
            "payments_left_out": self.money.unknown if self.money else 0,
            "payments_in_other_currencies": self.money.others if self.money else 0,
            "goods_unit": self.goods.unit if self.goods else "",
            "consignments_left_out": self.goods.unknown if self.goods else 0,
            "models": list(models),
            "share": self.share,
            "runs": self.runs,
            "most_ties": self.most,
            "seed": self.seed,
            "efficiency_sources": SAMPLES if len(group.members) > EXACT_UP_TO else 0,
        }
        self.whole_left = self._left(np.zeros(len(group.members), np.bool_))
        self.before = self.measured(Action("wait", ()), np.zeros(0, np.int32))

    def _inside(self, ids: Sequence[str]) -> Codes:
        nodes = self.group.network.index(list(ids))
        for id, node in zip(ids, nodes, strict=True):
            if node < 0:
                raise UsageError("unknown_entity", id=id)
            if self.group.place[node] < 0:
                raise UsageError("outside_group", id=id)
        return nodes

    def _apart(self) -> None:
        """Refuse a source that is a sink as well, or that holds one or is held by one: that is no flow between two."""
        network = self.group.network
        sources, sinks = (np.zeros(len(network), np.bool_) for _ in self.ends)
        sources[self.ends[0]], sinks[self.ends[1]] = True, True
        held = network.links_of_kind(["HOLDS"])
        a, b = network.source, network.target
        both = held & ((sources[a] & sinks[b]) | (sinks[a] & sources[b]))
        same = np.concatenate([np.flatnonzero(sources & sinks), a[both]])
        if len(same):
            raise UsageError("ends_overlap", name=self._called(same[:1])[0][1])

    def members_of(self, action: Action) -> Codes:
        """Nodes of an action's targets, all of them members."""
        nodes = checked(self.group.network, action)
        self._inside(action.targets)
        return nodes

    def measured(self, action: Action, targets: Codes) -> Point:
        """One point of a curve."""
        group, network = self.group, self.group.network
        removed = np.zeros(len(group.members), np.bool_)
        if action.removes:
            removed[group.place[targets]] = True
        left = self._left(removed) if removed.any() else self.whole_left
        first = len(targets) == 0
        was = self.whole_left
        last = ("", "") if first else self._called(targets[-1:])[0]
        seen = records(network, self.when, self.whole, group.members, targets)
        beside = self._unmentioned(targets)
        told = sorted(self._called(beside), key=lambda x: (x[1], x[0])) if beside is not None else []
        return Point(
            size=len(targets),
            target=last[0],
            name=last[1],
            cost=action.cost * len(targets),
            largest=left.largest,
            largest_share=round(left.largest / was.largest, 6) if was.largest else 0.0,
            efficiency=round(left.efficiency, 9),
            efficiency_share=round(left.efficiency / was.efficiency, 6) if was.efficiency else 0.0,
            money=left.money,
            goods=left.goods,
            recovery=() if first else self._recovery(removed),
            unmentioned=None if beside is None else len(told) * action.removes,
            unmentioned_named=tuple(told[:NAMED]) if action.removes else (),
            records_lost=seen.per_30_days if action.removes else 0.0,
            records_kept=0.0 if action.removes else seen.per_30_days,
            out_of_sight=seen.only_there if action.removes else 0,
            truncated=left.truncated,
        )

    def _left(self, removed: Mask) -> _Left:
        group = self.group
        graph = without(group.graph, removed)
        gone = np.zeros(len(group.network), np.bool_)
        gone[group.members[removed]] = True
        flows = [flow(p, *self.ends, gone) if p is not None else None for p in (self.money, self.goods)]
        money, goods = (round(f[0], 2) if f and isfinite(f[0]) else None for f in flows)
        reach = efficiency(graph, self.everyone, seed=self.seed)
        return _Left(largest_component(graph, ~removed), reach, money, goods, any(f and f[1] for f in flows))

    def _recovery(self, removed: Mask) -> tuple[Recovery, ...]:
        lost = int((removed & self.in_largest).sum())
        return tuple(
            recovery(
                self.group.graph,
                removed,
                largest_before=self.before.largest,
                lost_of_largest=lost,
                model=model,
                share=self.share,
                runs=self.runs,
                most=self.most,
                seed=self.seed,
            )
            for model in self.models
        )

    def _called(self, nodes: Codes) -> list[tuple[str, str]]:
        """Ids and names."""
        rows = self.group.network.nodes.take(nodes.astype(np.int64)).to_pylist()
        return [(r["id"], r["name"] or r["id"]) for r in rows]

    def _unmentioned(self, targets: Codes) -> Codes | None:
        if self.store is None:
            return None
        network = self.group.network
        return unmentioned(self.store, network, parties_beside(network, self.whole, targets), self.named)
