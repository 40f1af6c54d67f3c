"""Divisions kept with the case: among its findings, and to tell what became of each community since.

A run is kept under a name, with what it looked at, how, and what the store held. Of each network the run kept last stands among
the findings, unless networks rewired at random divide as well: then there is nothing to be found. No names of the case are kept
beside its files: members stand by their ids, so that who is withdrawn is named no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from vinculo.analytics.communities import Division
from vinculo.analytics.community_change import Change, changes
from vinculo.analytics.community_finding import finding_of
from vinculo.analytics.community_report import Described
from vinculo.analytics.typology import COMMUNITY
from vinculo.graph.evidence import basis
from vinculo.graph.store import Store

#: Collections of documents: what is said of a run, and who is in its groups.
RUNS, GROUPS = "community_runs", "community_groups"
#: Smaller groups are no findings; so many of the largest are.
SMALLEST, FINDINGS = 3, 100


@dataclass(frozen=True)
class Before:
    """A group of a kept run.

    Attributes
    ----------
    id : str
    size : int
    key_members : tuple of str
    """

    id: str
    size: int
    key_members: tuple[str, ...]


@dataclass(frozen=True)
class Since:
    """What became of a kept run's groups.

    Attributes
    ----------
    run : str
        Its name.
    when : str
        When it was kept.
    of : dict
        By number of a group of today: what became of it, with the groups it was.
    gone : tuple of (Change, tuple of Before)
        Groups that are no longer there.
    """

    run: str
    when: str
    of: Mapping[int, tuple[tuple[Change, tuple[Before, ...]], ...]]
    gone: tuple[tuple[Change, tuple[Before, ...]], ...]


def keep_communities(
    store: Store, name: str, division: Division, told: Mapping[int, Described], *, basis: str, when: str
) -> dict[str, Any]:
    """Keep a division under a name, in place of what was kept there, and its communities among the findings.

    Parameters
    ----------
    store : Store
    name : str
    division : Division
    told : mapping
        Its communities described, largest first, by number of the group.
    basis : str
        What the store held before the division was read (:func:`vinculo.graph.evidence.basis`).
    when : str
        ISO time; runs are told in its order.

    Returns
    -------
    dict
        What is said of the run.
    """
    groups = division.groups()
    stable = division.stable
    projection = division.seen.as_json()
    findings = {} if stable is not None and not stable.is_real else told
    large = [d for d in findings.values() if d.community.size >= SMALLEST][:FINDINGS]
    made = {
        "method": division.method,
        "seed": division.seed,
        "resolution": division.resolution,
        "modularity": division.modularity,
        "projection": projection,
        "communities": len(groups),
        "basis": basis,
        "when": when,
        "among_findings": True,
        "findings": len(large),
    }
    if stable is not None:
        made |= {"real": stable.is_real, "z": round(stable.z, 6), "verdict": stable.verdict._asdict()}
    described = [
        {
            "id": c.id,
            "members": list(c.members),
            "key_members": list(told[g].profile.key_members) if g in told else list(c.members[:3]),
        }
        | ({} if c.stability is None else {"stability": c.stability})
        for g, c in groups.items()
    ]
    store.save_document(GROUPS, name, {"groups": described})
    others = {n: run for n, run in store.documents(RUNS).items() if n != name and run["among_findings"]}
    for other, run in others.items():
        # of an older state of the case, or of the same network: no finding any more, but still something to compare with
        if run["projection"]["id"] == projection["id"] or run["basis"] != basis:
            store.save_document(RUNS, other, run | {"among_findings": False, "findings": 0})
    store.save_document(RUNS, name, made)
    _save_findings(store, {n for n, r in kept_runs(store).items() if r["among_findings"]} - {name}, large, name)
    return made


def _save_findings(store: Store, stay: set[str], new: list[Described] | None = None, name: str = "") -> None:
    there = [f for f in store.findings(COMMUNITY) if f.features["kept_as"]["value"] in stay]
    store.save_findings(COMMUNITY, there + [finding_of(d, name) for d in new or ()])


def kept_runs(store: Store) -> dict[str, dict[str, Any]]:
    """Runs that are kept, oldest first, ``current`` told beside each: whether the store still holds what it rests on.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> kept_runs(open_store("sqlite:///:memory:"))
    {}
    """
    runs = sorted(store.documents(RUNS).items(), key=lambda r: (r[1]["when"], r[0]))
    now = basis(store) if runs else ""
    return {name: run | {"current": run["basis"] == now} for name, run in runs}


def changed_since_keeping(store: Store) -> bool:
    """Whether files were loaded or withdrawn after communities were put among the findings."""
    return any(run["among_findings"] and not run["current"] for run in kept_runs(store).values())


def forget_communities(store: Store, name: str) -> None:
    """Take a run away, and its communities from the findings; one that is not there is no error."""
    store.delete_document(RUNS, name)
    store.delete_document(GROUPS, name)
    _save_findings(store, {n for n, r in store.documents(RUNS).items() if r["among_findings"]})


def last_alike(store: Store, division: Division) -> str | None:
    """Name of the run kept last of the same network by the same method and resolution."""
    wanted = (division.seen.projection.with_id()["id"], division.method, division.resolution)
    alike = [
        name
        for name, run in kept_runs(store).items()
        if (run["projection"]["id"], run["method"], run["resolution"]) == wanted
    ]
    return alike[-1] if alike else None


def since(store: Store, name: str, division: Division) -> Since:
    """What became of a kept run's groups in a division of today.

    Parameters
    ----------
    store : Store
    name : str
        Of a run that is kept.
    division : Division
    """
    before = store.documents(GROUPS)[name]["groups"]
    was = [Before(g["id"], len(g["members"]), tuple(g["key_members"])) for g in before]
    members = [m for g in before for m in g["members"]]
    number = np.repeat(np.arange(len(was)), [g.size for g in was])
    left = pa.table({"id": pa.array(members, pa.string()), "group": number})
    right = pa.table({"id": division.seen.network.ids, "group": division.labels.astype(np.int64)})
    of: dict[int, list[tuple[Change, tuple[Before, ...]]]] = {}
    gone = []
    for change in changes(left, right):
        told = (change, tuple(was[g] for g in change.before))
        for group in change.after:
            of.setdefault(group, []).append(told)
        if not change.after:
            gone.append(told)
    when = str(store.documents(RUNS)[name]["when"])
    return Since(name, when, {g: tuple(c) for g, c in of.items()}, tuple(gone))
