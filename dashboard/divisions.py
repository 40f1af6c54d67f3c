"""What the command found about communities, kept with the case: the last answer of each method, and several resolutions.

Members stand by their ids alone and are named when they are shown, so that who is withdrawn is named no more.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from vinculo.dashboard.jobs import Job
from vinculo.graph.schema import is_a
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store

#: Collection of the store in which the last result of each method is kept.
KEPT, LAYERS = "communities", "resolutions"
#: Collection of the same results whole, read only for a file: every group, every member.
WHOLE = "communities_whole"
#: Communities asked for, members kept of each; groups of one resolution, members kept of each.
ROWS, MEMBERS, LAYER_ROWS, LAYER_MEMBERS = 200, 500, 40, 80
#: Groups of the fine method that stand beside one of a resolution, and at most so many of them kept.
BESIDE, FINE_ROWS = 6, 400
#: What is said of a community besides its members; names are told from ids.
_ABOUT = (
    *(
        "id",
        "size",
        "modularity",
        "method",
        "seed",
        "resolution",
        "projection",
        "stability",
        "real",
        "kinds",
        "countries",
    ),
    *("links", "density", "inside", "money", "goods", "key_members", "seizures", "changes", "taint", "made_up"),
)


def keep(job: Job, version: str) -> None:
    """Put a finished command's lines into the store; runs in a thread without a session.

    ``version`` is the store's when the command began: what was loaded meanwhile may not be in the result.
    """
    store = open_store(job.case, create=False)
    try:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        told = {"when": when, "version": version}
        if "--resolutions" in job.arguments:
            store.save_document(WHOLE, LAYERS, told | {"layers": _layers(store, job.results, every=True)})
            store.save_document(KEPT, LAYERS, told | {"layers": _layers(store, job.results)})
            return
        method = job.arguments[job.arguments.index("--method") + 1]
        found = [c for c in job.results if "members" in c]
        made = found[:ROWS]
        near = inside(store, [c["members"] for c in made])
        kept = [
            _told(c) | {"members": core(c["members"], (c.get("key_members") or c["members"])[0], near, MEMBERS)}
            for c in made
        ]
        whole = [_told(c) | {"members": c["members"]} for c in found]
        gone = [line["gone"] for line in job.results if "gone" in line]
        store.save_document(WHOLE, method, told | {"communities": whole})
        store.save_document(KEPT, method, told | {"communities": kept, "gone": gone, "count": len(found)})
    finally:
        store.close()


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a community besides its members."""
    told = {k: found[k] for k in _ABOUT if k in found}
    return told | {"brokers": [{"id": b["id"], "others": b["others"]} for b in found.get("brokers", ())]}


def inside(store: Store, groups: Sequence[Sequence[str]]) -> dict[str, set[str]]:
    """Neighbours of each thing within its own group."""
    group = {i: n for n, ids in enumerate(groups) for i in ids}
    nodes, links = store.nodes(), store.edges()
    ids, codes = nodes.column("id").to_pylist(), nodes.column("code").to_numpy()
    of = np.full(int(codes.max(initial=-1)) + 1, -1, np.int64)
    of[codes] = [group.get(i, -1) for i in ids]
    a, b = (links.column(c).to_numpy() for c in ("source", "target"))
    within = (of[a] >= 0) & (of[a] == of[b]) & (a != b)
    id_of = dict(zip(codes.tolist(), ids, strict=True))
    near: dict[str, set[str]] = {}
    for source, target in zip(a[within].tolist(), b[within].tolist(), strict=True):
        near.setdefault(id_of[source], set()).add(id_of[target])
        near.setdefault(id_of[target], set()).add(id_of[source])
    return near


def core(ids: Sequence[str], start: str, near: Mapping[str, set[str]], most: int) -> list[str]:
    """The best linked part of a group that hangs together: from one member, always on to the reachable one with most links.

    Examples
    --------
    >>> core(["a", "b", "c"], "b", {"a": {"b"}, "b": {"a"}}, 3)
    ['b', 'a', 'c']
    """
    chosen: dict[str, None] = {}
    for first in (start, *ids):
        reach = [(-len(near.get(first, ())), first)]
        while reach and len(chosen) < most:
            _, id = heapq.heappop(reach)
            if id in chosen:
                continue
            chosen[id] = None
            for other in near.get(id, ()):
                if other not in chosen:
                    heapq.heappush(reach, (-len(near[other]), other))
        if len(chosen) >= most:
            break
    return list(chosen)


def _layers(store: Store, results: Sequence[Mapping[str, Any]], *, every: bool = False) -> list[dict[str, Any]]:
    """Each resolution with its largest groups: in which of the one before each lies, in which fine ones its members are.

    With ``every``, all of its groups.
    """
    made = [line for line in results if "communities" in line]
    kind_of = dict(zip(*(store.nodes().column(c).to_pylist() for c in ("id", "kind")), strict=True))
    in_fine = {
        i: n for x in made if x["method"] == "fine" for n, c in enumerate(x["communities"]) for i in c["members"]
    }
    above: dict[str, int] = {}
    beside: Counter[int] = Counter()
    told = []
    for line in made:  # the fine method comes last
        groups = line["communities"]
        wanted = set(range(LAYER_ROWS))
        if line["method"] == "fine":
            wanted |= {n for n, _ in beside.most_common(FINE_ROWS)}
        shown = {n: c for n, c in enumerate(groups) if every or n in wanted}
        near = inside(store, [c["members"] for c in shown.values()])
        kept = []
        for n, c in shown.items():
            row = _group(c, near, kind_of) | {"place": n + 1, "within": above.get(c.get("within", ""), 0)}
            if line["method"] != "fine":
                parts = Counter(in_fine[i] for i in c["members"] if i in in_fine)
                row["beside"] = [[p + 1, k] for p, k in sorted(parts.items(), key=lambda x: (-x[1], x[0]))[:BESIDE]]
                beside.update(p - 1 for p, _ in row["beside"])
            kept.append(row)
        above = {c["id"]: n + 1 for n, c in enumerate(groups)}
        about = {k: line[k] for k in ("method", "resolution", "modularity", "groups", "projection")}
        told.append(about | {"largest": groups[0]["size"] if groups else 0, "communities": kept})
    return told


def _group(found: Mapping[str, Any], near: Mapping[str, set[str]], kind_of: Mapping[str, str]) -> dict[str, Any]:
    """A group of one resolution: parties with most links inside first."""
    order = sorted(found["members"], key=lambda i: (-len(near.get(i, ())), i))
    leading = [i for i in order if is_a(kind_of.get(i, "Thing"), "LegalEntity")] or order
    return {
        "id": found["id"],
        "size": found["size"],
        "key_members": leading[:3],
        "members": core(order, leading[0], near, LAYER_MEMBERS),
    }


def kept(store: Store, name: str) -> dict[str, Any] | None:
    """What was kept last of a method, or of several resolutions; ``current`` tells whether the data is still the same.

    What was kept in an older form is as if it had not been.
    """
    made = store.documents(KEPT).get(name)
    if made is None or not (made.get("layers") or all("kinds" in c for c in made.get("communities", ()))):
        return None
    return made | {"current": made.get("version") == store.version()}


def whole(store: Store, name: str, when: str) -> dict[str, Any] | None:
    """The same result with every group and every member; nothing where it was not kept with that one."""
    made = store.documents(WHOLE).get(name)
    return made if made is not None and made.get("when") == when else None
