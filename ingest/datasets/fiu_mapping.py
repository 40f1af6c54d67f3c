"""How the tables of reports to financial-intelligence units become entities and links.

The report is an entity. It *documents* parties, accounts, transactions and goods, each in a role; a party takes part in a
transaction in a role too. ``PAID`` stands only where the form says who paid whom.
"""

from __future__ import annotations

from vinculo.ingest.datasets import rules as r
from vinculo.ingest.datasets.payments import FAMILY
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

_REPORT = Key(columns=("report key",), literal="report", needs=("report key",))
_OPERATION = Key(columns=("operation key",), literal="operation", needs=("operation key",))
_KINDS = {"Person": "Person", "Company": "Company"}


def _reference(name: str, kind: str, key: Key) -> EntityRule:
    return EntityRule(name, kind, key, reference=True)


_THE_REPORT, _THE_OPERATION = _reference("report", "Report", _REPORT), _reference("operation", "Operation", _OPERATION)


def _party_key(column: str = "party key") -> Key:
    return Key(columns=(column,), literal="party", needs=(column,))


def _official(name: str, kind: str, number: str, country: str) -> EntityRule:
    """An official number as a node that datasets share; of another country it is another."""
    key = Key(columns=(kind, number, country), prefix="", literal="Identifier", needs=(number,))
    facts = {"type": r.column(kind), "number": r.column(number), "country": r.column(country)}
    return EntityRule(name, "Identifier", key, facts)


def _documents(name: str, record: tuple[str, ...] = (), facts: dict[str, Value] | None = None) -> LinkRule:
    return r.link("DOCUMENTS", "report", name, facts, record)


def _takes_part(name: str, facts: dict[str, Value]) -> LinkRule:
    return r.link("LINKED_TO", name, "operation", facts, ("role",))


def _reports() -> Mapping:
    report = EntityRule(
        "report",
        "Report",
        _REPORT,
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


def _parties() -> Mapping:
    phone = r.column("phones", "phone", hint="phone country")
    email = r.column("emails", "email")
    party = EntityRule(
        "party",
        "LegalEntity",
        _party_key(),
        {
            "name": r.column("name"),
            "abbreviation": r.column("nobody"),
            "alias": r.column("aliases", "name"),
            "firstName": r.column("first", "text"),
            "middleName": r.column("middle", "text"),
            "lastName": r.column("last", "text"),
            "fatherName": r.column("father", "text"),
            "motherName": r.column("mother", "text"),
            "nameSuffix": r.column("suffix", "text"),
            "birthDate": r.column("born", "date"),
            "birthPlace": r.column("birthplace", "text"),
            "birthCountry": r.column("birth country", "country"),
            "gender": r.column("gender", "gender"),
            "nationality": r.column("nationality", "country"),
            "country": r.column("country", "country"),
            "mainCountry": r.column("residence", "country"),
            "taxNumber": r.column("tax"),
            "registrationNumber": r.column("registration"),
            "legalForm": r.column("legal form", "text"),
            "sector": r.column("sector", "text"),
            "profession": r.column("profession", "text"),
            "incorporationDate": r.column("incorporated", "date"),
            "phone": phone,
            "email": email,
            "website": r.column("websites", "url"),
            "notes": r.column("notes", "text"),
        },
        kind_column="kind",
        kind_values=_KINDS,
    )
    entities = (
        party,
        _THE_REPORT,
        _THE_OPERATION,
        r.identifier_rule("tax id", "tax type", "tax number", "tax country"),
        EntityRule("phone", "Phone", Key(prefix="", literal="Phone", values=(phone,)), {"number": phone}),
        EntityRule(
            "email", "EmailAddress", Key(prefix="", literal="EmailAddress", values=(email,)), {"address": email}
        ),
    )
    facts = {"role": r.column("role"), "date": r.column("date", "date"), "summary": r.column("reason", "text")}
    links = (
        _documents("party", ("role",), facts),
        _takes_part("party", facts),
        r.link("HAS_IDENTIFIER", "party", "tax id"),
        r.link("HAS_PHONE", "party", "phone"),
        r.link("HAS_EMAIL", "party", "email"),
    )
    return Mapping(entities, links)


def _addresses() -> Mapping:
    parts = {
        n: r.column(c) for n, c in (("street", "street"), ("city", "city"), ("state", "state"), ("postalCode", "zip"))
    }
    party = EntityRule("party", "LegalEntity", _party_key(), {"address": r.column("full")}, "kind", _KINDS)
    place = r.address_rule("place", "full", "full key", "country", parts)
    return Mapping((party, place), (r.link("HAS_ADDRESS", "party", "place", {"summary": r.column("note")}),))


def _numbers() -> Mapping:
    named = (("passportNumber", "passport"), ("socialSecurityNumber", "social"), ("idNumber", "other"))
    facts = {name: r.column(column) for name, column in named}
    party = EntityRule("party", "LegalEntity", _party_key(), facts, "kind", _KINDS)
    number = _official("number", "type", "compared", "country code")
    return Mapping((party, number), (r.link("HAS_IDENTIFIER", "party", "number"),))


def _account(side: str = "") -> EntityRule:
    key = Key(columns=(f"{side}account key",), prefix="", literal="BankAccount")
    return _reference(f"{side}account", "BankAccount", key)


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
    holder = _reference("institution", "Company", _party_key("bank party key"))
    entities = (EntityRule("account", "BankAccount", key, facts), bank, holder, _THE_REPORT, _THE_OPERATION)
    role = {"role": r.column("role")}
    links = (
        _documents("account", ("role",), role),
        _takes_part("account", role),
        r.link("HELD_AT", "account", "bank"),
        r.link("HELD_AT", "account", "institution"),
    )
    return Mapping(entities, links)


def _holders() -> Mapping:
    party = _reference("party", "LegalEntity", _party_key())
    holds = LinkRule(
        "HOLDS", "party", "account", Key(literal="HOLDS"), {"role": r.column("role")}, where={"link": ("HOLDS",)}
    )
    linked = LinkRule(
        "LINKED_TO",
        "party",
        "account",
        Key(columns=("role",), literal="LINKED_TO"),
        {"role": r.column("role")},
        where={"link": ("LINKED_TO",)},
    )
    return Mapping((party, _account()), (holds, linked))


def _ties() -> Mapping:
    # only a company is owned and directed
    source, target = (
        _reference(n, k, _party_key(f"{n} key")) for n, k in (("source", "LegalEntity"), ("target", "Company"))
    )
    facts = {"role": r.column("role"), "date": r.column("date", "date")}
    shares = facts | {"percentage": r.column("share"), "sharesCount": r.column("shares")}

    def tie(kind: str) -> LinkRule:
        more = shares if kind == "OWNS" else facts
        return LinkRule(kind, "source", "target", Key(columns=("role",), literal=kind), more, where={"link": (kind,)})

    return Mapping((source, target), tuple(tie(kind) for kind in ("REPRESENTS", "DIRECTS", "OWNS", "LINKED_TO")))


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
    operation = EntityRule("operation", "Operation", _OPERATION, facts)
    return Mapping((operation, _THE_REPORT), (_documents("operation"),))


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
    parties = tuple(_reference(f"{s}party", "LegalEntity", _party_key(f"{s}party key")) for s in sides)
    accounts = tuple(_account(s) for s in sides)
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
    links = (_documents("goods", (), role), r.link("LINKED_TO", "goods", "operation", role))
    return Mapping((goods, _THE_REPORT, _THE_OPERATION), links)


MAPPINGS = {
    "reports": _reports(),
    "parties": _parties(),
    "addresses": _addresses(),
    "numbers": _numbers(),
    "accounts": _accounts(),
    "holders": _holders(),
    "ties": _ties(),
    "operations": _operations(),
    "payments": _payments(),
    "goods": _goods(),
}
