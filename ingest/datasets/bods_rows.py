"""Statements of the Beneficial Ownership Data Standard as tables: parties, numbers, addresses, interests, what is not told."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from vinculo.ingest.datasets import columns as c
from vinculo.ingest.datasets.bods_statements import Statement, share, statements, text, typed
from vinculo.ingest.datasets.party_columns import number_key

Row = dict[str, Any]
KINDS = {
    "registeredEntity": "Company",
    "legalEntity": "Organization",
    "arrangement": "LegalEntity",
    "state": "PublicBody",
    "stateBody": "PublicBody",
}
_OWNS = ("shareholding", "rightsToSurplusAssetsOnDissolution", "rightsToProfitOrIncome")
_DIRECTS = ("boardMember", "boardChair", "seniorManagingOfficial")
#: Interests that are no control.
_TIES = ("nominee", "nominator", "unknownInterest", "unpublishedInterest", "")
_SCHEMES = {"XI-LEI": "LEI"}
_PARTY = ("record id", "kind", "name", "previous", "alias", "first", "last", "born", "died", "nationality", "citizen",
          "birth place", "jurisdiction", "founded", "dissolved", "type", "closed", "modified")  # fmt: skip
_NUMBER = ("record id", "kind", "number", "scheme", "compared", "compared type")
_PLACE = ("record id", "kind", "address", "country", "postal code", "address type")
_NOTE = ("record id", "note")
_INTEREST = ("subject", "holder", "link", "role", "percentage", "starts", "ends", "status", "told", "details", "legal")
#: An interest that a later statement repeats is one link: what ends it is said there.
SAME = ("holder", "role", "percentage", "starts")
_LISTS = ("previous", "alias", "nationality")


def prepare(table: pa.Table) -> dict[str, pa.Table]:
    """Parties, their numbers and addresses, interests, and what is told of parties that are not."""
    objects = [json.loads(t) for t in table.column("tree").to_pylist()]
    told = statements(objects)
    rows: dict[str, list[tuple[int, Row]]] = {n: [] for n in ("", "numbers", "places", "interests", "notes")}
    names = {s.record: _name(s) for s in told}
    untold = {s.record: s.untold for s in told if s.untold}
    for one in told:
        if one.kind == "relationship":
            _relate(one, untold, rows)
        elif not one.untold:
            rows[""].append((one.row, _party(one, names[one.record])))
            rows["numbers"] += [(one.row, n) for n in _numbers(one)]
            rows["places"] += [(one.row, a) for a in _places(one)]
    _last_word(rows["interests"])
    _keep_back(told, untold, rows)
    columns = {"": _PARTY, "numbers": _NUMBER, "places": _PLACE, "interests": _INTEREST, "notes": _NOTE}
    made = {name: _table(table, rows[name], columns[name]) for name in columns}
    streets, countries = c.texts(made["places"], "address"), c.texts(made["places"], "country")
    made["places"] = c.with_columns(made["places"], {"address key": c.address_keys(streets, countries)})
    return made


def _table(table: pa.Table, rows: list[tuple[int, Row]], names: tuple[str, ...]) -> pa.Table:
    kept = table.select(["record", "line"]).take(pa.array([at for at, _ in rows], pa.int64()))
    types = {n: pa.list_(pa.string()) if n in _LISTS else pa.string() for n in names}
    return c.with_columns(kept, {n: pa.array([m.get(n) or None for _, m in rows], types[n]) for n in names})


def _objects(value: Any) -> list[dict[str, Any]]:
    return [m for m in value if isinstance(m, dict)] if isinstance(value, list) else []


def _full(name: dict[str, Any]) -> str:
    parts = (text(name.get("givenName")), text(name.get("patronymicName")), text(name.get("familyName")))
    return text(name.get("fullName")) or " ".join(p for p in parts if p)


def _name(one: Statement) -> str:
    names = _objects(one.said.get("names"))
    first = next((n for n in names if typed(n) in ("legal", "individual", "")), names[0] if names else {})
    return text(one.said.get("name")) or _full(first)


def _land(value: Any) -> str:
    """A country's code, or its name; the part of a country (``US-DE``) counts as the country."""
    if not isinstance(value, dict):
        return text(value)
    return text(value.get("code")).split("-")[0] or text(value.get("name"))


def _party(one: Statement, current: str) -> Row:
    said, own = one.said, _name(one)
    names = _objects(said.get("names"))
    others = [t for t in said.get("alternateNames") or () if isinstance(t, str)] + [_full(n) for n in names]
    first = next((n for n in names if _full(n) == own), {})
    jurisdiction = said.get("jurisdiction") or said.get("incorporatedInJurisdiction")
    type_ = said.get("entityType")
    more = [text(type_.get(n)) for n in ("subtype", "details")] if isinstance(type_, dict) else []
    return {
        "record id": one.record,
        "kind": _kind(one),
        "name": current,
        "previous": [own] if own and own != current else [],
        "alias": [t for t in others if t not in ("", own, current)],
        "first": text(first.get("givenName")),
        "last": text(first.get("familyName")),
        "born": text(said.get("birthDate")),
        "died": text(said.get("deathDate")),
        "nationality": [_land(n) for n in _objects(said.get("nationalities"))],
        "birth place": text((said.get("placeOfBirth") or {}).get("address"))
        if isinstance(said.get("placeOfBirth"), dict)
        else "",
        "jurisdiction": _land(jurisdiction),
        "founded": text(said.get("foundingDate")),
        "dissolved": text(said.get("dissolutionDate")),
        "type": "; ".join(t for t in (typed(type_), *more) if t),
        "closed": f"Record closed {one.date[:10]}" if one.status == "closed" else "",
        "modified": one.date,
    }


def _kind(one: Statement) -> str:
    return "Person" if one.kind == "person" else KINDS.get(typed(one.said.get("entityType")), "LegalEntity")


def _numbers(one: Statement) -> list[Row]:
    made = []
    for said in _objects(one.said.get("identifiers")):
        number, scheme = text(said.get("id")), text(said.get("scheme")) or text(said.get("schemeName"))
        if number:
            made.append(
                {
                    "record id": one.record,
                    "kind": _kind(one),
                    "number": number,
                    "scheme": scheme,
                    # a number without its scheme is no key to anybody
                    "compared": number_key(number) if scheme else None,
                    "compared type": _SCHEMES.get(scheme, scheme.upper()),
                }
            )
    return made


def _places(one: Statement) -> list[Row]:
    return [
        {
            "record id": one.record,
            "kind": _kind(one),
            "address": text(said.get("address")),
            "country": _land(said.get("country")),
            "postal code": text(said.get("postCode")) or text(said.get("postcode")),
            "address type": typed(said),
        }
        for said in _objects(one.said.get("addresses"))
        if text(said.get("address"))
    ]


def _link(type_: str) -> str:
    bare = type_.replace("-", "").lower()
    for names, kind in ((_OWNS, "OWNS"), (_DIRECTS, "DIRECTS"), (_TIES, "LINKED_TO")):
        if bare in [n.lower() for n in names]:
            return kind
    return "CONTROLS"


def _relate(one: Statement, untold: dict[str, str], rows: dict[str, list[tuple[int, Row]]]) -> None:
    (subject, _), (holder, why) = one.said["subject"], one.said["interestedParty"]
    why = why or untold.get(holder, "")
    if why or not holder:
        if subject and subject not in untold:
            note = f"Interested party not told: {why or 'no reason given'}"
            rows["notes"].append((one.row, {"record id": subject, "note": note}))
        return
    if not subject or subject in untold:
        rows["notes"].append((one.row, {"record id": holder, "note": f"Company not told: {untold.get(subject, '')}"}))
        return
    for said in _objects(one.said.get("interests")) or [{}]:
        level = text(said.get("directOrIndirect")) or text(said.get("interestLevel"))
        beneficial = {"true": "beneficial", "false": "not beneficial"}.get(
            str(said.get("beneficialOwnershipOrControl")).lower(), ""
        )
        rows["interests"].append(
            (
                one.row,
                {
                    "subject": subject,
                    "holder": holder,
                    "link": _link(text(said.get("type"))),
                    "role": text(said.get("type")) or "ownership or control",
                    "percentage": share(said.get("share")),
                    "starts": text(said.get("startDate")),
                    "ends": text(said.get("endDate")),
                    "status": one.status if one.status in ("closed", "replaced") else "current",
                    "told": "; ".join(t for t in (level, beneficial) if t),
                    "details": text(said.get("details")),
                },
            )
        )


def _last_word(rows: list[tuple[int, Row]]) -> None:
    """An interest that a later statement repeats has the status it has there, in every statement that tells of it."""
    last = {_repeated(row): row["status"] for _, row in rows}
    for _, row in rows:
        row["status"] = last[_repeated(row)]


def _repeated(row: Row) -> tuple[str, ...]:
    return tuple(row[n] for n in ("subject", *SAME))


def _keep_back(told: list[Statement], untold: dict[str, str], rows: dict[str, list[tuple[int, Row]]]) -> None:
    """The statement about a party that is not told says it of the companies it would hold."""
    held: dict[str, set[str]] = {}
    for one in told:
        if one.kind == "relationship":
            held.setdefault(one.said["interestedParty"][0], set()).add(one.said["subject"][0])
    for one in told:
        if one.kind != "relationship" and one.untold:
            note = f"Interested party not told: {one.untold}"
            subjects = sorted(s for s in held.get(one.record, ()) if s and s not in untold)
            rows["notes"] += [(one.row, {"record id": s, "note": note}) for s in subjects]
