"""The parties of a store as they are compared: their names first, what else is known of them only where names are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.schema import descendants
from vinculo.graph.store import Store
from vinculo.ingest.resolve.names import Name, taken_apart

#: Links to values that several parties may share, and the word for each value.
SHARED = {"HAS_PHONE": "phone", "HAS_EMAIL": "email", "HAS_ADDRESS": "address"}
#: A value that more parties than this share says nothing about two of them.
MOST_HOLDERS = 20
#: Up to so many entities are looked up one by one; for more it is quicker to read a property of them all.
_FEW = 2_000


@dataclass(frozen=True)
class Named:
    """Everybody who has a name of their own, in the order of the ids.

    Attributes
    ----------
    nodes : pyarrow.Table
        All nodes of the store, as ``Store.nodes`` gives them.
    codes : list of int
        Where the parties stand in ``edges``.
    ids, names, kinds : list of str
    apart : list of Name
        The names taken apart; two spellings of one name may be the same there.
    """

    nodes: pa.Table
    codes: list[int]
    ids: list[str]
    names: list[str]
    kinds: list[str]
    apart: list[Name]


@dataclass
class Known:
    """What is known of one party beside its name: numbers by their type, shared values by the link to them."""

    country: str = ""
    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    shared: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def named_parties(store: Store) -> Named:
    """Persons and organizations that are called something.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> named_parties(open_store("sqlite:///:memory:")).ids
    []
    """
    nodes = store.nodes()
    is_party = pc.is_in(nodes["kind"], pa.array(descendants("LegalEntity")))
    called = pc.and_(pc.not_equal(nodes["name"], ""), pc.not_equal(nodes["name"], nodes["id"]))
    # "? 0033" is somebody unnamed at the other end of account 0033: two of them share nothing but that
    called = pc.and_not(called, pc.starts_with(nodes["name"], "? "))
    some = nodes.filter(pc.and_(is_party, called))
    names = some["name"].to_pylist()
    distinct = list(dict.fromkeys(names))
    apart_of = dict(zip(distinct, taken_apart(distinct), strict=True))
    apart = [apart_of[name] for name in names]
    says = [bool(name.core) for name in apart]
    some = some.filter(pa.array(says, pa.bool_()))
    codes, ids, names, kinds = (some[c].to_pylist() for c in ("code", "id", "name", "kind"))
    return Named(nodes, codes, ids, names, kinds, [name for name in apart if name.core])


def known_of(store: Store, parties: Named, wanted: Iterable[int]) -> dict[int, Known]:
    """What is known of some of the parties, by their position in the lists of ``parties``."""
    places = sorted(set(wanted))
    if not places:
        return {}
    countries = _first(store, "LegalEntity", "country", [parties.ids[at] for at in places])
    made = {at: Known(countries.get(parties.ids[at], "")) for at in places}
    at_code = {parties.codes[at]: at for at in places}
    links = store.edges(["HAS_IDENTIFIER", *SHARED])
    links = links.filter(pc.is_in(links["source"], pa.array(parties.codes, pa.int64())))
    common = _held_by_many(links)
    links = links.filter(pc.is_in(links["source"], pa.array(list(at_code), pa.int64())))
    types = _types(store, parties, links)
    for kind, source, target in zip(*(links[c].to_pylist() for c in ("kind", "source", "target")), strict=True):
        known = made[at_code[source]]
        if kind == "HAS_IDENTIFIER":
            known.numbers[types.get(target, "")].add(target)
        elif target not in common:
            known.shared[kind].add(target)
    return made


def _held_by_many(links: pa.Table) -> set[int]:
    """Values that too many parties share to say anything."""
    shared = links.filter(pc.not_equal(links["kind"], "HAS_IDENTIFIER")).select(["source", "target"])
    counted = shared.group_by(["source", "target"]).aggregate([]).group_by("target").aggregate([("source", "count")])
    return set(counted.filter(pc.greater(counted["source_count"], MOST_HOLDERS))["target"].to_pylist())


def _types(store: Store, parties: Named, links: pa.Table) -> dict[int, str]:
    """Type of each number that these links lead to, by its code."""
    numbers = pc.unique(links.filter(pc.equal(links["kind"], "HAS_IDENTIFIER"))["target"])
    nodes = parties.nodes.filter(pc.is_in(parties.nodes["code"], numbers))
    ids = nodes["id"].to_pylist()
    type_of = _first(store, "Identifier", "type", ids)
    return {code: type_of.get(id, "") for code, id in zip(nodes["code"].to_pylist(), ids, strict=True)}


def _first(store: Store, kind: str, name: str, ids: Sequence[str]) -> dict[str, str]:
    """First value of a property, by the ids of those that have one."""
    if len(ids) <= _FEW:
        return {id: value for id, entity in store.entities(ids).items() if (value := entity.first(name))}
    table = store.table(kind, [name])
    return {i: v for i, v in zip(table["id"].to_pylist(), table[name].to_pylist(), strict=True) if v}
