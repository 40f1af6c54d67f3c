"""What lists say of a party, wherever it is shown: *listed* is not *guilty*, and *cleared* is said.

A party stands on a list by a link of its own (``LISTED``), or because another party with the same official number
(``HAS_IDENTIFIER``) does, where it is a number of one party (:mod:`vinculo.graph.taxpayers`): a passport that a list gives
to two people lists neither for the other. The status belongs to the listing; nothing here is written back to the party.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vinculo.graph.schema import WITHDRAWN, is_a
from vinculo.graph.store import Store
from vinculo.graph.taint import Hidden
from vinculo.graph.taint import without as visible
from vinculo.graph.taxpayers import MOST_HOLDERS, taxpayer
from vinculo.graph.text import LANGUAGES, Text, say, text
from vinculo.graph.types import Entity

#: From what weighs most on a chart to what weighs least.
CODES = ("listed", "presumed", "cleared")
#: Above this many ids the links are read in bulk; so they are where one id has so many that some would be cut off.
_FEW = 2000
_MOST = 20_000


@dataclass(frozen=True)
class Standing:
    """What one listing says of one party.

    Attributes
    ----------
    listing : str
        Id of the ``Listing`` or ``Sanction``.
    program : str
        The list (``SAT 69-B``); empty where it does not say.
    status : str
        The list's own word (``Definitivo``).
    code : str
        ``listed``, ``presumed`` or ``cleared``.
    date, end : str
        First and last day as the list has them, ISO; empty where it has none.
    number : str
        The shared number that leads to the listing (``RFC AAA010101AAA``); empty where the party itself is listed.
    holder : str
        Id of the party that the list names; the party itself where ``number`` is empty.
    sentence : Text
        All of this in one sentence.
    """

    listing: str
    program: str
    status: str
    code: str
    date: str
    end: str
    number: str
    holder: str
    sentence: Text

    @property
    def direct(self) -> bool:
        """Whether the list names this very party."""
        return not self.number

    def as_json(self) -> dict[str, Any]:
        """As ``show --json`` and the exports print it."""
        return {
            "listing": self.listing,
            "program": self.program,
            "status": self.status,
            "standing": self.code,
            "date": self.date,
            "end": self.end,
            "through": self.number,
            "holder": self.holder,
            "sentence": self.sentence._asdict(),
        }


def standings(
    store: Store, ids: Sequence[str], *, without: Container[str] = frozenset(), hidden: Hidden = ()
) -> dict[str, tuple[Standing, ...]]:
    """What lists say of these entities.

    Parameters
    ----------
    store : Store
    ids : sequence of str
        Any number; for many the ``LISTED`` and ``HAS_IDENTIFIER`` links are read once in bulk.
    without : container of str
        Ids of entities and links that may not be used, e.g. tainted ones.
    hidden : collection of (dataset, sha256)
        Keys of sources whose words on a listing or a number may not be used either.

    Returns
    -------
    dict
        By id, for those that have any: own listings first, then those through a shared number; each in the order listed,
        presumed, cleared.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> standings(open_store("sqlite:///:memory:"), ["nobody"])
    {}
    """
    wanted = list(dict.fromkeys(ids))
    rows = _links_near(store, wanted) if len(wanted) <= _FEW else None
    reached = _reached(wanted, rows if rows is not None else _links_of_all(store), without)
    needed = {i for ways in reached.values() for listing, number, _ in ways for i in (listing, number) if i}
    things = {id: visible(thing, hidden) for id, thing in _in_batches(store, sorted(needed)).items()}
    return {id: made for id in wanted if (made := _told(id, reached.get(id, ()), things))}


def status_of(told: Iterable[Standing]) -> str:
    """One word for a badge: the weightiest of these, empty for none.

    Examples
    --------
    >>> status_of(())
    ''
    """
    codes = {s.code for s in told}
    return next((c for c in CODES if c in codes), "")


def badge(entity: Entity, told: Iterable[Standing]) -> str:
    """One word for what must be seen wherever an entity is drawn: what lists say, or that a consignment was withdrawn.

    Examples
    --------
    >>> from vinculo.graph.types import Fact
    >>> badge(Entity("b", "Consignment", "B1", {"status": (Fact("withdrawn", ()),)}, ()), ())
    'withdrawn'
    """
    gone = is_a(entity.kind, "Consignment") and entity.first("status") == WITHDRAWN
    return status_of(told) or (WITHDRAWN if gone else "")


#: A link as (id, kind, source, target).
_Row = tuple[str, str, str, str]
#: Ways to listings, by id of a party: (listing, shared identifier or "", holder).
_Ways = Mapping[str, Iterable[tuple[str, str, str]]]


def _links_near(store: Store, ids: Sequence[str]) -> set[_Row] | None:
    """The links that matter for these ids, in three questions; ``None`` where there are too many to ask for."""

    def asked(ends: set[str], kinds: list[str]) -> set[_Row] | None:
        table = store.links_at(sorted(ends), kinds=kinds, limit=_MOST)
        if len(ends) > _FEW or table.num_rows >= _MOST:
            return None
        columns = (table.column(c).to_pylist() for c in ("id", "kind", "source", "target"))
        return set(zip(*columns, strict=True))

    own = asked(set(ids), ["HAS_IDENTIFIER", "LISTED"])
    if own is None:
        return None
    numbers = {target for _, kind, _, target in own if kind == "HAS_IDENTIFIER"}
    shared = asked(numbers, ["HAS_IDENTIFIER"])
    if shared is None:
        return None
    listed = asked({source for _, _, source, _ in shared}, ["LISTED"])
    return None if listed is None else own | shared | listed


def _links_of_all(store: Store) -> set[_Row]:
    links, nodes = store.edges(["HAS_IDENTIFIER", "LISTED"]), store.nodes()
    id_of = dict(zip(nodes.column("code").to_pylist(), nodes.column("id").to_pylist(), strict=True))
    columns = (links.column(c).to_pylist() for c in ("id", "kind", "source", "target"))
    return {(id, kind, id_of[source], id_of[target]) for id, kind, source, target in zip(*columns, strict=True)}


def _reached(ids: Sequence[str], rows: Iterable[_Row], without: Container[str]) -> _Ways:
    listed: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, list[str]] = defaultdict(list)
    holders: dict[str, list[str]] = defaultdict(list)
    for id, kind, source, target in rows:
        if id in without or source in without or target in without:
            continue
        if kind == "LISTED":
            listed[source].append(target)
        else:
            numbers[source].append(target)
            holders[target].append(source)
    reached: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for id in ids:
        reached[id] |= {(listing, "", id) for listing in listed.get(id, ())}
        for number in numbers.get(id, ()):
            for holder in holders[number] if len(holders[number]) <= MOST_HOLDERS else ():
                if holder != id:
                    reached[id] |= {(listing, number, holder) for listing in listed.get(holder, ())}
    return reached


def _in_batches(store: Store, ids: Sequence[str]) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for start in range(0, len(ids), 2000):
        found |= store.entities(ids[start : start + 2000])
    return found


def _told(id: str, ways: Iterable[tuple[str, str, str]], things: Mapping[str, Entity]) -> tuple[Standing, ...]:
    told = []
    own = {listing for listing, number, _ in ways if not number}
    for listing, number, holder in sorted(ways):
        if listing not in things or (number and (listing in own or not _of_one_party(things.get(number)))):
            continue
        told.append(_standing(things[listing], things.get(number), holder))
    return tuple(sorted(told, key=lambda s: (s.number, CODES.index(s.code), s.program, s.date, s.listing)))


def _of_one_party(number: Entity | None) -> bool:
    if number is None:
        return False
    countries = [f.value for f in number.properties.get("country", ())] or [""]
    return any(taxpayer(number.first("type"), number.first("number"), c) for c in countries)


def _standing(listing: Entity, number: Entity | None, holder: str) -> Standing:
    # files that disagree are all said; the weightiest is the badge
    codes = {f.value for f in listing.properties.get("standing", ())}
    code = next((c for c in CODES if c in codes), "listed")
    program = listing.first("program") or listing.first("authority")
    status = " / ".join(f.value for f in listing.properties.get("status", ()))
    end = listing.first("endDate")
    date = next((d for p in ("date", "startDate", "listingDate", "publicationDate") if (d := listing.first(p))), "")
    shared = ""
    if number is not None:
        shared = " ".join(t for t in (number.first("type"), number.first("number") or number.name) if t)
    spoken = {language: _sentence(language, code, program, status, date, end, shared) for language in LANGUAGES}
    return Standing(listing.id, program, status, code, date, end, shared, holder, Text(**spoken))


def _sentence(language: str, code: str, program: str, status: str, date: str, end: str, shared: str) -> str:
    when = ""
    if date or end:
        key = "standing.ended" if date and end else "standing.until" if end else "standing.date"
        when = say(key, language, date=date, end=end)
    state = say("standing.status", language, status=status) if status else ""
    where = program or text("standing.a_list").into(language)
    sentence = say(f"standing.{code}", language, program=where, status=state, date=when)
    return say("standing.through", language, number=shared, sentence=sentence) if shared else sentence
