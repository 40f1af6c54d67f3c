"""What a projection means, in plain Python: one loop a rule, nothing clever."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections import defaultdict
from typing import Any, NamedTuple

from vinculo.analytics.projecting.crowds import ACCOUNTS, ROLES
from vinculo.analytics.projecting.definition import Projection, Tie
from vinculo.graph.schema import is_a, kind
from vinculo.graph.taxpayers import PLACEHOLDERS


class Answer(NamedTuple):
    """Nodes that take part, ties with their weight, links behind each, and (node, rule, treatment) of the hubs."""

    nodes: set[str]
    ties: dict[tuple[str, str], float]
    loops: dict[str, float]
    evidence: dict[tuple[str, str], set[str]]
    touched: set[tuple[str, str, str]]


class Single(NamedTuple):
    """One thing that ties two nodes."""

    a: str
    b: str
    weight: float
    left: float
    links: frozenset[str]
    shared: str = ""


def answer(nodes: dict[str, str], links: list[dict[str, Any]], wanted: Projection) -> Answer:
    """``nodes`` gives each id its kind; links are rows of ``EDGE_SCHEMA`` with ids at their ends."""
    return _Oracle(nodes, links, wanted).answer()


class _Oracle:
    def __init__(self, nodes: dict[str, str], links: list[dict[str, Any]], wanted: Projection) -> None:
        self.nodes, self.links, self.wanted = nodes, links, wanted
        self.touched: set[tuple[str, str, str]] = set()
        named = {i for i, k in nodes.items() if not wanted.nodes or any(is_a(k, w) for w in wanted.nodes)}
        self.holders: dict[str, set[str]] = defaultdict(set)
        self.holding: dict[tuple[str, str], set[str]] = defaultdict(set)
        for x in links:
            a, b = x["source"], x["target"]
            if x["kind"] in wanted.held.by and self._held(b) and not self._held(a) and a in named:
                self.holders[b].add(a)
                self.holding[b, a].add(x["id"])
        self.takes = {i for i in named if i not in self.holders}

    def _held(self, id: str) -> bool:
        return any(is_a(self.nodes[id], k) for k in self.wanted.held.kinds)

    def members(self, id: str) -> set[str]:
        """Who takes part for a node."""
        if id in self.holders:
            crowd = self.wanted.hubs.crowded == "left_out" and len(self.holders[id]) > self.wanted.hubs.more_than
            return set() if crowd else self.holders[id]
        return {id} if id in self.takes else set()

    def generic(self, id: str) -> bool:
        """Whether a node stands next to everybody by its trade."""
        role = sum(x["kind"] in ROLES and x[ROLES[x["kind"]]] == id for x in self.links)
        ends = [
            e
            for x in self.links
            if kind(x["kind"]).appearance in ("trade", "money")
            for e in (x["source"], x["target"])
        ]
        own = {
            x["target"] for x in self.links if x["kind"] in ACCOUNTS.by and x["source"] == id and not self._account(id)
        }
        moves = [
            x
            for x in self.links
            if kind(x["kind"]).appearance in ("trade", "money") and x["kind"] not in (*ROLES, "HOLDS")
        ]
        through = sum(self._account(e) and e in own for x in moves for e in (x["source"], x["target"]))
        clients = {x["target"] for x in self.links if x["kind"] == "REPRESENTS" and x["source"] == id}
        place = is_a(self.nodes[id], "Location") or (is_a(self.nodes[id], "Identifier") and id in PLACEHOLDERS)
        return 2 * role > ends.count(id) + through or len(clients) > self.wanted.hubs.more_than or place

    def _account(self, id: str) -> bool:
        return any(is_a(self.nodes[id], k) for k in ACCOUNTS.kinds)

    def day(self, x: dict[str, Any]) -> dt.date | None:
        """A full date, or none."""
        try:
            return dt.date.fromisoformat((x["date"] or "")[:10])
        except ValueError:
            return None

    def admitted(self, x: dict[str, Any]) -> bool:
        """Whether a link counts by its date."""
        p, day = self.wanted, self.day(x)
        if not p.dated:
            return True
        if day is None:
            return p.no_date == "kept"
        return (not p.since or day.isoformat() >= p.since) and (not p.until or day.isoformat() <= p.until)

    def amount(self, x: dict[str, Any]) -> float | None:
        """An amount above 0 in the currency, or none."""
        right = x["amount"] is not None and x["currency"] == self.wanted.weight.currency and x["amount"] > 0
        return x["amount"] if right else None

    def weighed(self, things: list[tuple[float | None, dt.date | None]]) -> list[tuple[float, float]]:
        """What things of this amount and day weigh, and what age leaves of it."""
        w = self.wanted.weight
        made = _filled([a for a, _ in things]) if self.wanted.by_amount else [1.0] * len(things)
        if not w.half_life_days:
            return [(m, 1.0) for m in made]
        as_of = dt.date.fromisoformat(w.as_of)
        ages = [None if d is None else max(0, (as_of - d).days) for _, d in things]
        faded = _filled([None if g is None else 0.5 ** (g / w.half_life_days) for g in ages])
        return list(zip(made, faded, strict=True))

    def direct(self, tie: Tie) -> list[Single]:
        """Links as ties."""
        rows = [x for x in self.links if (x["kind"] not in tie.all_but if tie.all_but else x["kind"] in tie.links)]
        rows = [x for x in rows if self.members(x["source"]) and self.members(x["target"]) and self.admitted(x)]
        if self.wanted.by_amount and self.wanted.no_amount == "left_out":
            rows = [x for x in rows if self.amount(x) is not None]
        made = []
        for x, (weight, left) in zip(rows, self.weighed([(self.amount(x), self.day(x)) for x in rows]), strict=True):
            pairs = list(itertools.product(self.members(x["source"]), self.members(x["target"])))
            for a, b in pairs:
                behind = frozenset(
                    {x["id"]}
                    | {h for e in (x["source"], x["target"]) for m in (a, b) for h in self.holding.get((e, m), ())}
                )
                one = Single(a, b, weight / len(pairs), left, behind)
                if tie.direction != "against":
                    made.append(one)
                if tie.direction == "against" or (tie.direction == "both" and self.wanted.directed):
                    made.append(one._replace(a=b, b=a))
        return made

    def meeting(self, kinds: tuple[str, ...], tie: Tie) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """By shared node and node that takes part: the links between them."""
        made: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for x in self.links:
            for near, far in (("source", "target"), ("target", "source")):
                shared = x[far]
                if x["kind"] in kinds and any(is_a(self.nodes[shared], k) for k in tie.through) and self.admitted(x):
                    for m in self.members(x[near]) - {shared}:
                        made[shared][m].append(x)
        return made

    def through(self, tie: Tie) -> list[Single]:
        """Shared nodes as ties."""
        p, made, raw = self.wanted, [], []
        near = self.meeting(tie.links, tie)
        far = self.meeting(tie.to, tie) if tie.to else near
        for shared in sorted(near):
            if tie.to:
                pairs = list(itertools.product(sorted(near[shared]), sorted(far.get(shared, ()))))
            else:
                pairs = list(itertools.combinations(sorted(near[shared]), 2))
            many = len(set(near[shared]) | set(far.get(shared, ())))
            scale = self._scale(shared, many) if pairs else 0.0
            if not scale or (p.by_amount and p.no_amount == "left_out"):
                continue
            for a, b in pairs:
                links = near[shared][a] + far[shared][b]
                sides = links if not tie.to else near[shared][a] + far[shared][b]
                days = [d for d in map(self.day, links) if d is not None]
                behind = {x["id"] for x in sides}
                for m in (a, b):
                    for side in (near, far):
                        own = side[shared].get(m, []) if shared in side else []
                        behind |= {x["id"] for x in own}
                        ends = {e for x in own for e in (x["source"], x["target"])} - {shared}
                        behind |= {h for e in ends for h in self.holding.get((e, m), ())}
                raw.append((a, b, scale, max(days, default=None), frozenset(behind), shared))
        for (a, b, scale, _, behind, node), (weight, left) in zip(
            raw, self.weighed([(None, r[3]) for r in raw]), strict=True
        ):
            made.append(Single(a, b, weight, left * scale, behind, node))
            if not tie.to and p.directed:
                made.append(Single(b, a, weight, left * scale, behind, node))
        return made

    def _scale(self, id: str, many: int) -> float:
        hubs, scale = self.wanted.hubs, 1.0
        if hubs.generic != "kept" and self.generic(id):
            self.touched.add((id, "generic", hubs.generic))
            if hubs.generic == "left_out":
                return 0.0
            scale = _damped(many)
        if hubs.crowded != "kept" and many > hubs.more_than:
            self.touched.add((id, "crowded", hubs.crowded))
            scale = 0.0 if hubs.crowded == "left_out" else _damped(many)
        return scale

    def answer(self) -> Answer:
        """Everything put together."""
        p = self.wanted
        groups: dict[tuple[str, str], list[Single]] = defaultdict(list)
        for tie in p.ties:
            for one in self.through(tie) if tie.through else self.direct(tie):
                pair = (one.a, one.b) if p.directed or one.a <= one.b else (one.b, one.a)
                groups[pair].append(one)
        ties = {pair: self._together(some) for pair, some in groups.items()}
        gone: set[str] = set()
        left: dict[str, float] = defaultdict(lambda: 1.0)

        def near(id: str) -> int:
            pairs = [t for t in ties if id in t and not gone & set(t)]
            return len({e for t in pairs for e in t} - {id})

        if p.hubs.generic != "kept":
            many = {i: near(i) for i in self.nodes}
            hit = {
                i
                for i in self.nodes
                if self.generic(i) and (i in self.takes if p.hubs.generic == "left_out" else many[i])
            }
            self._touch(hit, "generic", p.hubs.generic, many, gone, left)
        if p.hubs.kinds and p.hubs.crowded != "kept":
            many = {i: near(i) for i in self.nodes}
            kinds = {i for i, k in self.nodes.items() if any(is_a(k, w) for w in p.hubs.kinds)}
            self._touch({i for i in kinds if many[i] > p.hubs.more_than}, "crowded", p.hubs.crowded, many, gone, left)
        ties = {t: w * min(left[t[0]], left[t[1]]) for t, w in ties.items() if not gone & set(t)}
        loops = {a: w for (a, b), w in ties.items() if a == b} if p.loops == "kept" else {}
        kept = {t: w for t, w in ties.items() if t[0] != t[1]}
        behind = {t: {i for s in groups[t] for i in s.links} for t in kept}
        return Answer(self.takes - gone, kept, loops, behind, self.touched)

    def _touch(
        self, hit: set[str], rule: str, how: str, many: dict[str, int], gone: set[str], left: dict[str, float]
    ) -> None:
        for id in hit:
            self.touched.add((id, rule, how))
            left[id] = min(left[id], _damped(many[id])) if how == "damped" else left[id]
        if how == "left_out":
            gone |= hit

    def _together(self, some: list[Single]) -> float:
        """A node shared in several roles is shared once."""
        once = {s.shared: s for s in sorted(some, key=lambda s: s.weight * s.left) if s.shared}
        things = [s for s in some if not s.shared] + list(once.values())
        made = self._parallel([s.weight * s.left for s in things])
        if self.wanted.weight.measure != "log_amount":
            return made
        whole = self._parallel([s.weight for s in things])
        return math.log1p(whole) * made / whole

    def _parallel(self, weights: list[float]) -> float:
        rule = self.wanted.weight.parallel
        made = max(weights) if rule == "once" else sum(weights)
        return made / len(weights) * (1 + math.log(len(weights))) if rule == "log" else made


def _damped(many: int) -> float:
    return 1 / math.log2(1 + max(many, 1))


def _filled(values: list[float | None]) -> list[float]:
    known = [v for v in values if v is not None]
    usual = statistics.median(known) if known else 1.0
    return [usual if v is None else v for v in values]
