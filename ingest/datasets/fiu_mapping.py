"""How the tables of reports to financial-intelligence units become entities and links.

The report is an entity. It *documents* parties, accounts, transactions and goods, each in a role; a party takes part in a
transaction in a role too. ``PAID`` stands only where the form says who paid whom.
"""

from __future__ import annotations

from vinculo.ingest.datasets import fiu_party_mapping as party_mapping
from vinculo.ingest.datasets import fiu_rules as fiu
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.payments import FAMILY
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping


def _reports() -> Mapping:
    report = EntityRule(
        "report",
        "Report",
        fiu.REPORT,
        {
            "name": r.column("name", "text"),
            "reportNumber": r.column("number"),
            "reportType": r.column("type"),
            "date": r.column("filed", "date"),
            "startDate": r.column("begins", "date"),
            "endDate": r.column("ends", "date"),
            "publisher": r.column("publisher"),
            "country": r.column("country", "country"),
            "amount": r.column("amount", "amount"),
            "currency": r.column("currency", "upper"),
            "priorReportNumber": r.column("prior"),
            "processingStatus": r.column("status"),
            "indicators": r.column("indicators", "text"),
            "bodyText": r.column("narrative", "text"),
            "notes": r.column("notes", "text"),
        },
    )
    return Mapping((report,))


def _accounts() -> Mapping:
    facts = {
        "accountNumber": r.column("account"),
        "iban": r.column("account iban", "iban"),
        "bic": r.column("bic"),
        "bankName": r.column("bank"),
        "accountType": r.column("type"),
        "currency": r.column("currency", "upper"),
        "summary": r.column("label"),
        "openingDate": r.column("opened", "date"),
        "closingDate": r.column("closed", "date"),
        "balance": r.column("balance", "number"),
        "balanceDate": r.column("balance date", "date"),
        "maxBalance": r.column("highest", "number"),
        "notes": r.column("notes", "text"),
    }
    key = Key(columns=("account key",), prefix="", literal="BankAccount")
    bank = EntityRule(
        "bank",
        "Company",
        Key(columns=("bank key",), literal="bank", prefix=FAMILY),
        {"name": r.column("bank"), "swiftBic": r.column("bic"), "country": r.column("bank country", "country")},
        where={"bank party key": ("",)},
    )
    holder = fiu.reference("institution", "Company", fiu.party_key("bank party key"))
    entities = (EntityRule("account", "BankAccount", key, facts), bank, holder, fiu.THE_REPORT, fiu.THE_OPERATION)
    role = {"role": r.column("role")}
    links = (
        fiu.documents("account", ("role",), role),
        fiu.takes_part("account", role),
        r.link("HELD_AT", "account", "bank"),
        r.link("HELD_AT", "account", "institution"),
    )
    return Mapping(entities, links)


def _operations() -> Mapping:
    facts = {
        "name": r.column("name", "text"),
        "operationType": r.column("type"),
        "date": r.column("date", "date"),
        "amount": r.column("amount", "amount"),
        "currency": r.column("currency", "upper"),
        "method": r.column("method"),
        "recordId": r.column("number"),
        "description": r.column("text", "text"),
        "notes": r.column("notes", "text"),
    }
    operation = EntityRule("operation", "Operation", fiu.OPERATION, facts)
    return Mapping((operation, fiu.THE_REPORT), (fiu.documents("operation"),))


def _payments() -> Mapping:
    paid = {
        "amount": r.column("amount", "amount"),
        "currency": r.column("currency", "upper"),
        "instructedAmount": r.column("instructed amount", "amount"),
        "instructedCurrency": r.column("instructed currency"),
        "receivedAmount": r.column("received amount", "amount"),
        "receivedCurrency": r.column("received currency"),
        "exchangeRate": r.column("rate", "number"),
        "date": r.column("date", "date"),
        "valueDate": r.column("value date", "date"),
        "method": r.column("method"),
        "transactionType": r.column("transaction type"),
        "purpose": r.column("purpose", "text"),
        "place": r.column("place"),
        "transactionNumber": r.column("number"),
        "recordId": r.column("report number"),
        "status": r.column("status"),
        "description": r.column("description", "text"),
    }
    sides = ("originator ", "beneficiary ")
    parties = tuple(fiu.reference(f"{s}party", "LegalEntity", fiu.party_key(f"{s}party key")) for s in sides)
    accounts = tuple(fiu.account_reference(s) for s in sides)
    key = Key(columns=("payment key",), literal="PAID", needs=("payment key",))
    links = tuple(
        LinkRule(
            "PAID",
            sides[0] + a,
            sides[1] + b,
            key,
            paid,
            where={"originator end": (a,), "beneficiary end": (b,)},
        )
        for a in ("account", "party")
        for b in ("account", "party")
    )
    return Mapping((*parties, *accounts), links)


def _goods() -> Mapping:
    facts = {
        "name": r.column("name", "text"),
        "description": r.column("text", "text"),
        "amount": r.column("amount", "amount"),
        "currency": r.column("currency", "upper"),
        "country": r.column("country", "country"),
        "registrationNumber": r.column("number"),
        "notes": r.column("notes", "text"),
    }
    key = Key(columns=("goods key",), literal="goods", needs=("goods key",))
    goods = EntityRule("goods", "Asset", key, facts, "kind", {"RealEstate": "RealEstate", "Vehicle": "Vehicle"})
    role = {"role": r.constant("goods")}
    links = (fiu.documents("goods", (), role), r.link("LINKED_TO", "goods", "operation", role))
    return Mapping((goods, fiu.THE_REPORT, fiu.THE_OPERATION), links)


MAPPINGS = {
    "reports": _reports(),
    "parties": party_mapping.parties(),
    "addresses": party_mapping.addresses(),
    "numbers": party_mapping.numbers(),
    "accounts": _accounts(),
    "holders": party_mapping.holders(),
    "ties": party_mapping.ties(),
    "operations": _operations(),
    "payments": _payments(),
    "goods": _goods(),
}
