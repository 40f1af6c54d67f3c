"""How payments and statements, put into the form of :mod:`vinculo.ingest.datasets.payments`, become entities and links."""

from __future__ import annotations

from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.accounts import account_rule
from vinculo.ingest.datasets.payments import ENDS, FAMILY, SIDES
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value


def side_rules(side: str, account: dict[str, Value] | None = None) -> r.Rules:
    """The party, account and bank of one side, and how they belong together."""
    extra = {
        "idNumber": r.column(f"{side} number"),
        "leiCode": r.column(f"{side} lei"),
        "birthDate": r.column(f"{side} born", "date"),
        "birthPlace": r.column(f"{side} birthplace"),
        "birthCountry": r.column(f"{side} birth country", "country"),
    }
    parties = r.party_rules(side, extra=extra, prefix=FAMILY)
    bank = EntityRule(
        f"{side} bank",
        "Company",
        Key(columns=(f"{side} bank key",), literal="bank", prefix=FAMILY),
        {
            "name": r.column(f"{side} bank name"),
            "swiftBic": r.column(f"{side} bic"),
            "registrationNumber": r.column(f"{side} clearing"),
            "abbreviation": r.column(f"{side} bic"),
        },
    )
    entities = (
        account_rule(side, account),
        bank,
        r.identifier_rule(f"{side} bic number", f"{side} bic type", f"{side} bic"),
        r.identifier_rule(f"{side} lei number", f"{side} lei type", f"{side} lei"),
    )
    links = (
        r.link("HOLDS", side, f"{side} account"),
        r.link("HELD_AT", f"{side} account", f"{side} bank"),
        r.link("HAS_IDENTIFIER", f"{side} bank", f"{side} bic number"),
        r.link("HAS_IDENTIFIER", side, f"{side} lei number"),
    )
    return r.put_together(parties, (entities, links))


def _somebody(side: str) -> r.Rules:
    """Who stands where a statement names nobody; and the bank itself, where banks pay each other."""
    somebody = EntityRule(
        f"{side} somebody",
        "LegalEntity",
        Key(columns=(f"{side} somebody key",), literal="somebody", prefix=FAMILY),
        {"abbreviation": r.column(f"{side} somebody")},
        where={f"{side} end": ("somebody",)},
    )
    institution = EntityRule(
        f"{side} institution",
        "Company",
        Key(columns=(f"{side} institution key",), literal="bank", prefix=FAMILY),
        {},
    )
    at: dict[str, tuple[str, ...]] = {f"{side} end": ("party", "somebody")}
    links = tuple(
        LinkRule(
            "LINKED_TO", end, f"{side} bank", Key(literal="LINKED_TO"), {"role": r.column(f"{side} bank of")}, where=at
        )
        for end in (side, f"{side} somebody")
    )
    return (somebody, institution), links


def _ultimate_rules(role: str, side: str) -> r.Rules:
    party, *rest = r.party_rules(role, prefix=FAMILY)[0]
    entities = (party, rest[0])
    key = Key(columns=("payment key",), literal="LINKED_TO")
    facts = {"role": r.column(f"{role} role"), "date": r.column("date"), "recordId": r.column("transaction number")}
    links = tuple(
        LinkRule("LINKED_TO", role, _end(side, end), key, facts, where={f"{side} end": (end,)}) for end in ENDS
    )
    return entities, (*links, r.link("HAS_IDENTIFIER", role, f"{role} tax id"))


def _end(side: str, end: str) -> str:
    return {"account": f"{side} account", "party": side, "bank": f"{side} institution"}.get(end, f"{side} somebody")


def _paid(source: str, target: str, paid: dict[str, Value]) -> LinkRule:
    return LinkRule(
        "PAID",
        _end("originator", source),
        _end("beneficiary", target),
        Key(columns=("payment key",), literal="PAID", prefix=FAMILY, needs=("payment key",)),
        paid,
        where={"originator end": (source,), "beneficiary end": (target,)},
    )


def payment_mapping(amount: tuple[str, ...] = ("amount",), value_date: str = "value date") -> Mapping:
    """The mapping of a table that :func:`payments` made; its amount stands in one of these columns."""
    paid = {
        "amount": Value(columns=amount, clean="amount"),
        "instructedAmount": r.column("instructed amount", "amount"),
        "receivedAmount": r.column("received amount", "amount"),
        "date": r.column("date"),
        "valueDate": r.column(value_date, "date"),
        "currency": r.column("currency", "upper"),
        "instructedCurrency": r.column("instructed currency"),
        "receivedCurrency": r.column("received currency"),
        "exchangeRate": r.column("rate", "number"),
        "charges": r.column("charges"),
        "method": r.column("method"),
        "place": r.column("placed"),
        "status": r.column("status"),
        "transactionType": r.column("transaction type"),
        "purpose": r.column("purpose", "text"),
        "summary": r.column("nobody"),
        "description": r.column("description"),
        "count": r.column("count"),
        "intermediary": r.column("intermediary"),
        "transactionNumber": r.column("transaction number"),
        "uetr": r.column("uetr"),
        "endToEndId": r.column("end to end"),
        "recordId": r.column("statement"),
    }
    rules = r.put_together(
        *(side_rules(side) for side in SIDES),
        *(_somebody(side) for side in SIDES),
        *(_ultimate_rules(f"{side} ultimate", side) for side in SIDES),
        _ultimate_rules("initiator", "originator"),
    )
    links = tuple(_paid(a, b, paid) for a in ENDS for b in ENDS)
    return Mapping(rules[0], (*rules[1], *links), essential=("date", *amount))


def _statement_mapping() -> Mapping:
    account = {
        "currency": r.column("currency", "upper"),
        "balance": r.column("balance", "number"),
        "balanceDate": r.column("balance date", "date"),
        # every balance with its date, sign and currency, together as they belong
        "notes": Value(columns=("balances", "owner nobody")),
        "summary": r.column("owner label"),
    }
    return Mapping(*side_rules("owner", account))


PAYMENTS = payment_mapping()
STATEMENTS = _statement_mapping()
MAPPINGS = {"payments": PAYMENTS, "statements": STATEMENTS}
#: A user's file may be one line long: half of what must be there tells a layout that was misread.
FILLED = {"payments: amount": 0.5, "payments: date": 0.5, "payments: payment key": 0.5}
