"""Why a shorter path is not among those told: one sentence, the first obstacle on the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vinculo.analytics.columns import UNDATED, day
from vinculo.analytics.kernels.ways import NEVER
from vinculo.analytics.phrasing import counted, number, sentence
from vinculo.analytics.ways.k_best import Way, arrivals, k_best
from vinculo.analytics.ways.terrain import FLOWS, Moments, Terrain, terrain
from vinculo.graph.network import Codes, Mask
from vinculo.graph.schema import kinds as all_kinds
from vinculo.graph.text import Text

#: Shorter paths that are looked at.
LOOKED_AT = 20


@dataclass(frozen=True)
class RuledOut:
    """A shorter path and what is against it.

    Attributes
    ----------
    entities : tuple of str
        Ids along the path.
    code : str
        ``avoided``, ``passing`` (of a kind to be avoided), ``kind``, ``direction``, ``undated``, ``backwards`` or ``hub``.
    at : tuple of str
        Ids of the entity, or of the two ends of the step, that stands in the way.
    reason : Text
        One sentence.
    """

    entities: tuple[str, ...]
    code: str
    at: tuple[str, ...]
    reason: Text

    def as_json(self) -> dict[str, Any]:
        """As ``path --likely --json`` prints it."""
        told = {"entities": list(self.entities), "hops": len(self.entities) - 1, "code": self.code}
        return told | {"at": list(self.at), "reason": self.reason._asdict()}


def ruled_out(
    ground: Terrain,
    when: Moments,
    source: int,
    target: int,
    found: Sequence[Way],
    *,
    kinds: Sequence[str] | None,
    avoid: Collection[int],
    passing: Mask,
    max_hops: int,
    limit: int = 3,
) -> list[RuledOut]:
    """Paths shorter than the best one found, in steps, that anybody would ask about, each with what is against it.

    Of several with the same obstacle only the first is told. ``passing`` tells nodes that are of no kind to be avoided.
    """
    longest = len(found[0].nodes) - 2 if found else max_hops
    if longest < 1:
        return []
    plain = terrain(ground.network, when, hub_steps=0.0)
    shorter, _ = k_best(plain, source, target, k=LOOKED_AT, max_hops=longest)
    known = {w.nodes for w in found}
    told: list[RuledOut] = []
    seen: set[object] = set()
    for way in shorter:
        if way.nodes in known:
            continue
        obstacle = _obstacle(ground, plain, when, way, kinds, avoid, passing)
        if obstacle is None:
            continue
        code, at, reason = obstacle
        # kinds that are not allowed are told once, wherever they stand
        what = _verbs(ground, plain.links(*at)) if code == "kind" else at
        if (code, what) in seen:
            continue
        seen.add((code, what))
        told.append(RuledOut(tuple(_ids(ground, way.nodes)), code, tuple(_ids(ground, at)), reason))
        if len(told) == limit:
            break
    return told


_Obstacle = tuple[str, tuple[int, ...], Text]


def _obstacle(
    ground: Terrain,
    plain: Terrain,
    when: Moments,
    way: Way,
    kinds: Sequence[str] | None,
    avoid: Collection[int],
    passing: Mask,
) -> _Obstacle | None:
    hops = counted(len(way.nodes) - 1, "hop")
    for node in way.nodes[1:-1]:
        if node in avoid:
            return "avoided", (node,), sentence("way.avoided", hops=hops, name=_name(ground, node))
        if not passing[node]:
            label = all_kinds()[str(ground.network.nodes["kind"][node].as_py())].plural
            return "passing", (node,), sentence("way.passing", hops=hops, name=_name(ground, node), kind=label)
    pairs = list(zip(way.nodes, way.nodes[1:], strict=False))
    for a, b in pairs:
        rows = plain.links(a, b)
        if kinds is not None and not _of_kind(ground, rows, kinds).any():
            ends = {"a": _name(ground, a), "b": _name(ground, b)}
            return "kind", (a, b), sentence("way.kind", hops=hops, kinds=_verbs(ground, rows), **ends)
    times = arrivals(ground, way.nodes)
    for (a, b), now, then in zip(pairs, times, times[1:], strict=False):
        if then == NEVER:
            return _stopped(ground, plain, when, hops, a, b, now)
    dearest = max(way.nodes[1:-1], key=lambda n: float(ground.price[n]), default=None)
    if dearest is None or ground.price[dearest] <= 1.0:
        return None
    told = sentence(
        "way.hub",
        hops=hops,
        name=_name(ground, dearest),
        degree=number(ground.degree[dearest]),
        steps=f"{float(ground.price[dearest]):.1f}",
    )
    return "hub", (dearest,), told


def _stopped(ground: Terrain, plain: Terrain, when: Moments, hops: Text, a: int, b: int, now: int) -> _Obstacle:
    """Flows that do not lead on: against their direction, without a date, or too early."""
    network = ground.network
    rows = plain.links(a, b)
    ends = {"a": _name(ground, a), "b": _name(ground, b)}
    onward = ground.links(a, b)
    if len(onward):
        last = int(when.ends[onward].max())
        dates = {"last": day(last), "before": day(now)}
        if dates["last"] == dates["before"]:
            # only the time of the day is in the way
            dates = {"last": _moment(last), "before": _moment(now)}
        return "backwards", (a, b), sentence("way.backwards", hops=hops, **ends, **dates)
    towards = np.array([FLOWS.get(k, True) for k in network.links["kind"].take(rows).to_pylist()])
    leads = np.where(towards, network.source[rows] == a, network.target[rows] == a)
    if (leads & (when.begins[rows] == UNDATED)).any():
        return "undated", (a, b), sentence("way.undated", hops=hops, **ends)
    return "direction", (a, b), sentence("way.direction", hops=hops, kinds=_verbs(ground, rows), **ends)


def _moment(time: int) -> str:
    return str(np.datetime64(time, "s")).replace("T", " ")


def _of_kind(ground: Terrain, rows: Codes, kinds: Sequence[str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.isin(ground.network.links["kind"].take(rows).to_pylist(), list(kinds))


def _verbs(ground: Terrain, rows: Codes) -> Text:
    known = all_kinds()
    names = sorted(set(ground.network.links["kind"].take(rows).to_pylist()))
    verbs = [known[k].verb if k in known else Text(k, k) for k in names]
    return Text(", ".join(v.en for v in verbs), ", ".join(v.es for v in verbs))


def _name(ground: Terrain, node: int) -> str:
    return str(ground.network.nodes["name"][node].as_py() or ground.network.ids[node].as_py())


def _ids(ground: Terrain, nodes: Sequence[int]) -> list[str]:
    return [str(ground.network.ids[n].as_py()) for n in nodes]
