"""How many of the patterns planted in a case were found, and how many lawful look-alikes were flagged.

A finding hits a planted pattern of the same typology when

- it names at least half of the pattern's members,
- it names no more than twice as many actors as the pattern has members, plus two (so that "everybody" hits nothing),
- it names the hub, where the pattern has one.

One finding hits one pattern at most. Members are counted as actors: a party under a shared tax number, with the accounts it
holds, is one, in whatever dataset it stands. Consignments, places and the like in a finding are evidence, not members.

A look-alike counts as flagged when at least half of the actors a finding of its typology names belong to it. A finding with
score 0 accuses nobody (a listed party that was cleared is told as cleared): it neither hits nor flags.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vinculo.graph.evidence import grounded
from vinculo.graph.schema import descendants
from vinculo.graph.store import Store
from vinculo.graph.types import Finding

#: Share of a pattern's members a finding must name, and of a finding's actors that make it one about a look-alike.
HALF = 0.5
_PARTIES = frozenset(descendants("LegalEntity"))
_ACCOUNTS = frozenset({*descendants("BankAccount"), *descendants("CryptoWallet")})


def score(store: Store, answers: str | Path | Mapping[str, Any]) -> list[dict[str, Any]]:
    """Compare the findings in a store with the answers of a generated case.

    Parameters
    ----------
    store : Store
        With findings (see :func:`vinculo.analytics.detect.detect`), made without sight of the answers.
    answers : path or mapping
        ``answers.json``, or what it holds: ``patterns`` and ``look_alikes``, each with ``id``, ``typology``, ``members``
        (by ``account``, ``tax_id`` or ``name``) and perhaps ``hub``.

    Returns
    -------
    list of dict
        One row for each typology, sorted, and the total: ``typology``, ``planted`` and ``found`` (counts), ``missed`` (ids),
        ``look_alikes`` (count), ``flagged`` (ids), ``findings`` (how many there are in all) and ``other`` (those that are
        about neither a planted pattern nor a look-alike).

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> score(open_store("sqlite:///:memory:"), {"patterns": [], "look_alikes": []})[-1]["planted"]
    0
    """
    known = answers if isinstance(answers, Mapping) else json.loads(Path(answers).read_text(encoding="utf-8"))
    who = _Who(store)
    planted = [_Pattern.of(p, who) for p in known["patterns"]]
    alike = [_Pattern.of(p, who) for p in known["look_alikes"]]
    rows = []
    for typology in sorted({p.typology for p in planted + alike}):
        found = [who.actors_of(f) for f in grounded(store, store.findings(typology)) if f.score > 0]
        rows.append(
            _row(
                typology,
                found,
                [p for p in planted if p.typology == typology],
                [p for p in alike if p.typology == typology],
            )
        )
    return [*rows, _total(rows)]


class _Who:
    """Which ids of the store are one actor, and how a number or name leads there."""

    def __init__(self, store: Store) -> None:
        nodes = store.nodes()
        ids, kinds, names = (nodes[c].to_pylist() for c in ("id", "kind", "name"))
        at = dict(zip(nodes["code"].to_pylist(), ids, strict=True))
        self.kind = dict(zip(ids, kinds, strict=True))
        self._parent: dict[str, str] = {}
        self._of_number: dict[str, str] = {}
        self._of_name: dict[str, list[str]] = {}
        tax = dict(_column(store, "Identifier", "number"))
        edges = store.edges(["HAS_IDENTIFIER", "HOLDS"])
        for kind, source, target in zip(*(edges[c].to_pylist() for c in ("kind", "source", "target")), strict=True):
            a, b = at[source], at[target]
            if self.kind[a] in _PARTIES and (kind == "HOLDS" or b in tax):
                self._join(a, b)
        for id, number in tax.items():
            self._of_number[_plain(number)] = id
        for id, number in _column(store, "LegalEntity", "taxNumber"):
            self._join(id, self._of_number.setdefault(_plain(number), id))
        for id, number in _column(store, "BankAccount", "accountNumber"):
            self._of_number.setdefault(_plain(number), id)
        for id, kind, name in zip(ids, kinds, names, strict=True):
            if kind in _PARTIES:
                self._of_name.setdefault(name.casefold(), []).append(id)

    def _root(self, id: str) -> str:
        while (up := self._parent.get(id, id)) != id:
            self._parent[id] = self._parent.get(up, up)
            id = up
        return id

    def _join(self, a: str, b: str) -> None:
        a, b = sorted((self._root(a), self._root(b)))
        if a != b:
            self._parent[b] = a

    def actors(self, member: Mapping[str, str]) -> frozenset[str]:
        """The actor behind a member: by account, else by tax number, else everybody of that name."""
        for key in ("account", "tax_id"):
            id = self._of_number.get(_plain(member.get(key, "")))
            if id:
                return frozenset({self._root(id)})
        return frozenset(self._root(i) for i in self._of_name.get(member.get("name", "").casefold(), ()))

    def actors_of(self, finding: Finding) -> frozenset[str]:
        """The actors that a finding names."""
        return frozenset(self._root(i) for i, _ in finding.entities if self.kind.get(i) in _PARTIES | _ACCOUNTS)


@dataclass(frozen=True)
class _Pattern:
    id: str
    typology: str
    members: tuple[frozenset[str], ...]
    hub: frozenset[str]

    @classmethod
    def of(cls, answer: Mapping[str, Any], who: _Who) -> _Pattern:
        members = tuple(who.actors(m) for m in answer["members"])
        hub = who.actors(answer["hub"]) if "hub" in answer else frozenset()
        return cls(answer["id"], answer["typology"], members, hub)

    def hit_by(self, actors: frozenset[str]) -> bool:
        named = sum(1 for m in self.members if m & actors)
        enough = named >= HALF * len(self.members) and named > 0
        return enough and len(actors) <= 2 * len(self.members) + 2 and (not self.hub or bool(self.hub & actors))

    def is_about(self, actors: frozenset[str]) -> bool:
        everybody = frozenset().union(*self.members)
        return bool(actors) and len(actors & everybody) >= HALF * len(actors)


def _row(typology: str, found: list[frozenset[str]], planted: list[_Pattern], alike: list[_Pattern]) -> dict[str, Any]:
    missed = {p.id: p for p in planted}
    other = 0
    for actors in found:  # best first: the better finding takes the pattern
        hit = next((p for p in missed.values() if p.hit_by(actors)), None)
        if hit:
            del missed[hit.id]
        elif not any(p.is_about(actors) for p in planted + alike):
            other += 1
    flagged = [p.id for p in alike if any(p.is_about(actors) for actors in found)]
    return {
        "typology": typology,
        "planted": len(planted),
        "found": len(planted) - len(missed),
        "missed": sorted(missed),
        "look_alikes": len(alike),
        "flagged": sorted(flagged),
        "findings": len(found),
        "other": other,
    }


def _total(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "typology": "total",
        "planted": 0,
        "found": 0,
        "missed": [],
        "look_alikes": 0,
        "flagged": [],
    }
    made |= {"findings": 0, "other": 0}
    for row in rows:
        for key in made.keys() - {"typology"}:
            made[key] = made[key] + row[key]
    return made


def _column(store: Store, kind: str, name: str) -> list[tuple[str, str]]:
    table = store.table(kind, [name])
    return [(i, v) for i, v in zip(table["id"].to_pylist(), table[name].to_pylist(), strict=True) if v]


def _plain(number: str) -> str:
    return "".join(c for c in number.upper() if c.isalnum() or c == "&")
