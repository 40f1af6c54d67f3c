"""What the mappings of reports have in common: the report, who takes part in what, things that another record describes."""

from __future__ import annotations

from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Value

REPORT = Key(columns=("report key",), literal="report", needs=("report key",))
OPERATION = Key(columns=("operation key",), literal="operation", needs=("operation key",))
KINDS = {"Person": "Person", "Company": "Company"}


def reference(name: str, kind: str, key: Key) -> EntityRule:
    """An end of links that another record of the report describes."""
    return EntityRule(name, kind, key, reference=True)


THE_REPORT, THE_OPERATION = reference("report", "Report", REPORT), reference("operation", "Operation", OPERATION)


def party_key(column: str = "party key") -> Key:
    """What a party is known by."""
    return Key(columns=(column,), literal="party", needs=(column,))


def official(name: str, kind: str, number: str, country: str) -> EntityRule:
    """An official number as a node that datasets share; of another country it is another."""
    key = Key(columns=(kind, number, country), prefix="", literal="Identifier", needs=(number,))
    facts = {"type": r.column(kind), "number": r.column(number), "country": r.column(country)}
    return EntityRule(name, "Identifier", key, facts)


def documents(name: str, record: tuple[str, ...] = (), facts: dict[str, Value] | None = None) -> LinkRule:
    """The report tells of it."""
    return r.link("DOCUMENTS", "report", name, facts, record)


def takes_part(name: str, facts: dict[str, Value]) -> LinkRule:
    """It takes part in the transaction, in its role."""
    return r.link("LINKED_TO", name, "operation", facts, ("role",))


def account_reference(side: str = "") -> EntityRule:
    """The account of a side, which another record describes."""
    key = Key(columns=(f"{side}account key",), prefix="", literal="BankAccount")
    return reference(f"{side}account", "BankAccount", key)
