"""Statements of the Beneficial Ownership Data Standard, versions 0.2 to 0.4, as one kind of records.

0.4 says ``recordId`` of what a statement is about, and its statements follow one another. 0.2 and 0.3 say of each statement
which earlier ones it replaces, and name the statements of the parties, not the parties: the first of such a row stands for
all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_KINDS = {
    "personStatement": "person",
    "entityStatement": "entity",
    "ownershipOrControlStatement": "relationship",
    "person": "person",
    "entity": "entity",
    "relationship": "relationship",
}
#: Types that say that the party is not told.
_UNTOLD = ("anonymousPerson", "unknownPerson", "anonymousEntity", "unknownEntity")
_REFERENCES = ("describedByPersonStatement", "describedByEntityStatement")


@dataclass
class Statement:
    """One statement: which row of the file, what it is about, what it says.

    Attributes
    ----------
    row : int
        Where it stands in the table.
    kind : str
        ``person``, ``entity`` or ``relationship``.
    id, record, date, status : str
        Of the statement; of what it is about; ``new``, ``updated``, ``closed`` or ``replaced`` (by a later one).
    said : dict
        ``recordDetails``, or the whole statement before 0.4.
    """

    row: int
    kind: str
    id: str
    record: str
    date: str
    status: str
    said: dict[str, Any] = field(repr=False)

    @property
    def untold(self) -> str:
        """Why the party is not told, in the publisher's words; empty for a party that is."""
        type_ = self.said.get("personType") or typed(self.said.get("entityType"))
        if type_ not in _UNTOLD:
            return ""
        return reason(self.said.get("unspecifiedPersonDetails") or self.said.get("unspecifiedEntityDetails"), type_)


def statements(objects: Sequence[dict[str, Any]]) -> list[Statement]:
    """The statements of a file in their order of time; those that a later one replaces say so.

    Examples
    --------
    >>> old = {"statementID": "a", "statementType": "personStatement", "statementDate": "2020-01-01"}
    >>> new = {**old, "statementID": "b", "statementDate": "2021-01-01", "replacesStatements": ["a"]}
    >>> [(s.id, s.record, s.status) for s in statements([new, old])]
    [('a', 'a', 'replaced'), ('b', 'a', '')]
    """
    made = [s for row, one in enumerate(objects) if (s := _statement(row, one))]
    made.sort(key=lambda s: (s.date, s.row))
    roots: dict[str, str] = {}
    for one in made:
        replaced = [i for i in objects[one.row].get("replacesStatements") or () if isinstance(i, str)]
        if not one.record:
            one.record = next((roots[i] for i in replaced if i in roots), replaced[0] if replaced else one.id)
            for i in replaced:
                roots.setdefault(i, one.record)
        roots[one.id] = one.record
    last: dict[str, Statement] = {one.record: one for one in made}
    for one in made:
        if last[one.record] is not one:
            one.status = "replaced"
    for one in made:
        if one.kind == "relationship":
            one.said = {
                **one.said,
                **{end: referred(one.said.get(end), roots) for end in ("subject", "interestedParty")},
            }
    return made


def _statement(row: int, said: dict[str, Any]) -> Statement | None:
    kind = _KINDS.get(str(said.get("recordType") or said.get("statementType") or ""))
    if kind is None:
        return None
    details = said.get("recordDetails")
    return Statement(
        row,
        kind,
        text(said.get("statementId") or said.get("statementID")),
        text(said.get("recordId")),
        text(said.get("statementDate")),
        text(said.get("recordStatus")),
        details if isinstance(details, dict) else said,
    )


def referred(end: Any, roots: dict[str, str]) -> tuple[str, str]:
    """Which record an end of a relationship is, or why it is not told: one of the two is empty.

    Examples
    --------
    >>> referred({"describedByPersonStatement": "b"}, {"b": "a"}), referred({"reason": "unknown"}, {})
    (('a', ''), ('', 'unknown'))
    """
    if isinstance(end, str):
        return end, ""
    if not isinstance(end, dict):
        return "", ""
    for name in _REFERENCES:
        if end.get(name):
            return roots.get(text(end[name]), text(end[name])), ""
    return "", reason(end.get("unspecified") or end, "")


def reason(said: Any, without: str) -> str:
    """A reason and its description in one text."""
    parts = [text(said.get(n)) for n in ("reason", "description")] if isinstance(said, dict) else []
    return ": ".join(p for p in parts if p) or without


def typed(value: Any) -> str:
    """A type that is a text before 0.4 and an object since."""
    return text(value.get("type")) if isinstance(value, dict) else text(value)


def text(value: Any) -> str:
    """A member as a text, empty where it is none."""
    return value.strip() if isinstance(value, str) else ""


def share(said: Any) -> str:
    """A share of an interest in per cent: exact, or both ends of a range; empty where none is given.

    Examples
    --------
    >>> share({"exact": "76.5"}), share({"minimum": "25", "maximum": "50"}), share({"exclusiveMinimum": "75"}), share(None)
    ('76.5', '25-50', '75-100', '')
    """
    if not isinstance(said, dict):
        return ""
    if text(said.get("exact")):
        return text(said["exact"])
    # before 0.4 the exclusive ends are yes or no, since then they are numbers of their own
    ends = [next((t for n in names if (t := text(said.get(n)))), "") for names in _ENDS]
    return f"{ends[0] or '0'}-{ends[1] or '100'}" if any(ends) else ""


_ENDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
