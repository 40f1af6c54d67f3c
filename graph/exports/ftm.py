"""FollowTheMoney entities, one JSON object a line, as OpenAleph, OpenSanctions' tools and ``ftm`` read them.

What came in as FtM goes out with the same ids, schemata and values. Only an edge of which two files tell other ends goes out as
two, each with the mark of its ends in its id: under one id readers would put them together and join ends that no file joins. The
trade extension goes out under the nearest schema that is true of it, with what FtM has no property for beside it under
``vinculo`` (readers keep unknown fields):

===================  ==============================================================================================
ours                 FtM
===================  ==============================================================================================
Consignment          ``Asset`` (goods: name, summary, amount and currency of the declared value)
Container            ``Asset``
Location             ``Address``
Invoice, Report      ``Document``
Seizure, Inspection  ``Event``; their place also as ``addressEntity``
Operation            ``Event``
Listing              ``Risk`` of the listed entity, with status and reason
Identifier           ``Identification`` of its holders, unless all of them have the number in a property of their own
Phone, EmailAddress  no entity: ``phone`` and ``email`` of the parties
HAS_ADDRESS          ``addressEntity`` of the party
LISTED               ``entity`` of the Sanction or Risk
HOLDS                ``Ownership`` of an account, ``holder`` of a wallet
HELD_AT              ``bank`` of the account
PAID                 ``Payment``; ends that are accounts become ``payerAccount``, ``beneficiaryAccount``
SHIPPER, ... others  ``UnknownLink`` with the kind as ``role``
REFERS_TO            nothing: the property itself has the id
===================  ==============================================================================================
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any

from vinculo.graph.exports import Export
from vinculo.graph.exports.contents import Contents, made_up
from vinculo.graph.ids import edge_id
from vinculo.graph.schema import is_a, kind
from vinculo.graph.search import squeezed
from vinculo.graph.text import Text
from vinculo.graph.types import Entity, Fact, Link

#: Values by property; a dictionary of keys keeps their order and drops repeats.
_Values = dict[str, dict[str, None]]

#: FtM schema of each kind of the trade extension, and our property to FtM's; empty schema: no entity of its own.
EXTENSION: dict[str, tuple[str, dict[str, str]]] = {
    "Consignment": (
        "Asset",
        {"billNumber": "name", "goods": "summary", "declaredValue": "amount", "currency": "currency"},
    ),
    "Container": ("Asset", {"number": "name"}),
    "Location": ("Address", {"name": "full", "code": "remarks"}),
    "Invoice": ("Document", {"number": "title", "date": "date"}),
    "Report": ("Document", {"reportNumber": "title", "reportType": "summary", "date": "date"}),
    "Operation": ("Event", {"operationType": "name"}),
    "Seizure": ("Event", {"seizureNumber": "name", "commodity": "summary"}),
    "Inspection": ("Event", {"inspectionNumber": "name", "commodity": "summary"}),
    "Listing": ("Risk", {"date": "listingDate"}),
    "Identifier": ("Identification", {}),
    "Phone": ("", {}),
    "EmailAddress": ("", {}),
}
#: Properties of ours on kinds that FtM has.
OURS: dict[str, frozenset[str]] = {
    "PAID": frozenset(
        (
            "method", "place", "placeRegion", "count", "valueDate", "instructedAmount", "instructedCurrency", "receivedAmount",
            "receivedCurrency", "exchangeRate", "charges", "status", "transactionType", "intermediary", "uetr", "endToEndId",
        )
    )
}  # fmt: skip

#: Links that become a property of one end, holding the other's id: whose, and which.
_FOLDED: dict[str, tuple[str, str]] = {
    "HAS_ADDRESS": ("source", "addressEntity"),
    "LISTED": ("target", "entity"),
    "HELD_AT": ("source", "bank"),
    "OCCURRED_AT": ("source", "addressEntity"),
}
#: Links to numbers: the party's property that takes the value ("": the number is an entity there too), and where it stands.
_VALUES: dict[str, tuple[str, str]] = {
    "HAS_PHONE": ("phone", "number"),
    "HAS_EMAIL": ("email", "address"),
    "HAS_IDENTIFIER": ("", "number"),
}
_NOT_OURS_TO_TELL = frozenset({"REFERS_TO"})


def writes(contents: Contents, path: Path) -> None:
    """Write entities, then links. Links are read first: some of them are properties of their ends."""
    folded, needless = _folds(contents)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for entity in contents.entities():
            made = None if entity.id in needless else entity_of(entity, folded.get(entity.id, {}))
            if made is not None:
                out.write(_line(_with_context(made, entity, contents)))
        told_twice = {id for id, n in Counter(map(edge_id, contents.link_ids)).items() if n > 1}
        for link in contents.links():
            told = link_of(link, contents.kinds, told_twice)
            if told is not None:
                out.write(_line(_with_context(told, link, contents)))


def _folds(contents: Contents) -> tuple[dict[str, _Values], set[str]]:
    """Properties that entities get from their links, and nodes that say nothing their holders do not say themselves.

    What came in as FtM has its numbers in properties; the nodes that were made of them, so that parties meet, do not go out.
    """
    found: dict[str, _Values] = defaultdict(lambda: defaultdict(dict))
    holders: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for link_kind, source, target in contents.ends([*_VALUES, *_FOLDED, "HOLDS"]):
        if link_kind in _VALUES:
            holders[target].append((source, link_kind))
        elif link_kind in _FOLDED:
            end, name = _FOLDED[link_kind]
            owner, other = (source, target) if end == "source" else (target, source)
            found[owner][name][other] = None
        elif not is_a(contents.kinds[target], "Asset"):
            found[target]["holder"][source] = None
    parties = {party for held in holders.values() for party, _ in held}
    said: dict[str, frozenset[str]] = {}
    own: dict[str, frozenset[str]] = {}
    values: dict[str, dict[str, tuple[Fact, ...]]] = {}
    for entity in contents.some(parties | holders.keys()):
        if entity.id in parties:
            every = (f.value for facts in entity.properties.values() for f in facts)
            said[entity.id] = frozenset(squeezed(t) for t in every)
            own[entity.id] = frozenset(entity.properties)
        if entity.id in holders:
            values[entity.id] = entity.properties
    needless = set()
    for node, held in holders.items():
        lacking = 0
        for party, link_kind in held:
            name, of = _VALUES[link_kind]
            texts = [f.value for f in values.get(node, {}).get(of, ())]
            # the node's number is cleaned for comparing: a party's own way of writing it goes out alone
            if name in own.get(party, ()) or all(squeezed(t) in said.get(party, ()) for t in texts):
                continue
            lacking += 1
            if name:
                found[party][name] |= dict.fromkeys(texts)
        if not lacking:
            needless.add(node)
        else:
            for party, link_kind in held:
                if link_kind == "HAS_IDENTIFIER":
                    found[node]["holder"][party] = None
    return found, needless


def entity_of(entity: Entity, folded: Mapping[str, Iterable[str]]) -> dict[str, Any] | None:
    """An entity as FtM has it; ``None`` for what is no entity there, or what no file describes.

    Parameters
    ----------
    entity : Entity
    folded : mapping of str to strings
        Further values from its links.

    Examples
    --------
    >>> from vinculo.graph.types import Fact, Provenance, Source
    >>> where = (Provenance(Source("d", "00"), 1),)
    >>> entity_of(Entity("x", "Container", "x", {"number": (Fact("MSKU1234565", where),)}, where), {})
    {'id': 'x', 'schema': 'Asset', 'properties': {'name': ['MSKU1234565']}, 'vinculo': {'kind': 'Container'}}
    """
    if not entity.sources and not entity.properties:
        return None
    schema, renamed = EXTENSION.get(entity.kind, (kind(entity.kind).ftm, {}))
    if not schema:
        return None
    known = kind(schema).properties
    properties: _Values = defaultdict(dict)
    beside: dict[str, list[str]] = {}
    for name, facts in entity.properties.items():
        if (target := renamed.get(name, name)) in known:
            properties[target] |= dict.fromkeys(f.value for f in facts)
        else:
            beside[name] = [f.value for f in facts]
    for name, more in folded.items():
        if name in known:
            properties[name] |= dict.fromkeys(more)
    made = _made(entity.id, schema, properties)
    ours = ({"kind": entity.kind} if entity.kind in EXTENSION else {}) | ({"properties": beside} if beside else {})
    return made | ({"vinculo": ours} if ours else {})


def link_of(link: Link, kinds: Mapping[str, str], told_twice: Container[str] = ()) -> dict[str, Any] | None:
    """A link as FtM has it; ``None`` for one that is a property there.

    Parameters
    ----------
    link : Link
    kinds : mapping
        Kind by id of the ends.
    told_twice : container of str
        Edges that other links are as well: these keep the mark of their ends.

    Examples
    --------
    >>> link_of(Link("x", "OWNS", "a", "b"), {"a": "Person", "b": "Company"})
    {'id': 'x', 'schema': 'Ownership', 'properties': {'asset': ['b'], 'owner': ['a']}}
    """
    if link.kind in _FOLDED or link.kind in _VALUES or link.kind in _NOT_OURS_TO_TELL:
        return None
    told = kind(link.kind)
    if link.kind == "HOLDS":
        if not is_a(kinds[link.target], "Asset"):
            return None
        told = kind("OWNS")
    schema, ends = told.ftm, (told.source_property, told.target_property)
    if not schema:
        schema, ends = "UnknownLink", ("subject", "object")
    if schema == "Payment":
        payer, payee = (is_a(kinds[id], "BankAccount") for id in (link.source, link.target))
        ends = (f"{ends[0]}Account" if payer else ends[0], f"{ends[1]}Account" if payee else ends[1])
    known = kind("LINKED_TO" if schema == "UnknownLink" else told.name).properties
    properties: _Values = defaultdict(dict)
    beside: dict[str, list[str]] = {}
    for name, facts in link.properties.items():
        values = [f.value for f in facts]
        if name in known and name not in OURS.get(told.name, ()):
            properties[name] |= dict.fromkeys(values)
        else:
            beside[name] = values
    if told.name != link.kind or not told.ftm:
        properties["role"] = {link.kind: None} | properties.get("role", {})
    for end, id in zip(ends, (link.source, link.target), strict=True):
        properties[end][id] = None
    edge = edge_id(link.id)
    made = _made(link.id if edge in told_twice else edge, schema, properties)
    ours = ({"kind": link.kind} if told.ftm == "" or told.name != link.kind else {}) | (
        {"properties": beside} if beside else {}
    )
    return made | ({"vinculo": ours} if ours else {})


def _made(id: str, schema: str, properties: _Values) -> dict[str, Any]:
    return {"id": id, "schema": schema, "properties": {n: list(v) for n, v in sorted(properties.items()) if v}}


def _with_context(made: dict[str, Any], thing: Entity | Link, contents: Contents) -> dict[str, Any]:
    """What FtM has no property for: datasets, synthetic data, and what lists say."""
    context: dict[str, Any] = {"datasets": sorted({p.source.dataset for p in thing.sources})}
    if invented := made_up(thing.sources):
        context["synthetic" if invented == "all" else "containsSynthetic"] = True
    if told := contents.standings.get(thing.id):
        context["standings"] = [s.as_json() for s in told]
    if contents.handling:
        context["handling"] = contents.handling
    return made | context


def _line(made: dict[str, Any]) -> str:
    # a lone surrogate cannot be written as UTF-8
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode("utf-8") + "\n"


EXPORT = Export(
    name="ftm",
    title=Text("FollowTheMoney entities", "Entidades FollowTheMoney"),
    description=Text(
        "One JSON object a line, for OpenAleph, OpenSanctions and ftm.",
        "Un objeto JSON por línea, para OpenAleph, OpenSanctions y ftm.",
    ),
    extension="ftm.json",
    writes=writes,
)
