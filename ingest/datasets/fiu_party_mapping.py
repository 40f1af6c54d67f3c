"""Parties of reports as entities: who they are, what they share with others, what they are to accounts and to one another."""

from __future__ import annotations

from vinculo.ingest.datasets import fiu_rules as fiu
from vinculo.ingest.datasets import rules as r
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping


def parties() -> Mapping:
    """Parties with what they share with others, each in its role."""
    phone = r.column("phones", "phone", hint="phone country")
    email = r.column("emails", "email")
    party = EntityRule(
        "party",
        "LegalEntity",
        fiu.party_key(),
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
        kind_values=fiu.KINDS,
    )
    entities = (
        party,
        fiu.THE_REPORT,
        fiu.THE_OPERATION,
        r.identifier_rule("tax id", "tax type", "tax number", "tax country"),
        EntityRule("phone", "Phone", Key(prefix="", literal="Phone", values=(phone,)), {"number": phone}),
        EntityRule(
            "email", "EmailAddress", Key(prefix="", literal="EmailAddress", values=(email,)), {"address": email}
        ),
    )
    facts = {"role": r.column("role"), "date": r.column("date", "date"), "summary": r.column("reason", "text")}
    links = (
        fiu.documents("party", ("role",), facts),
        fiu.takes_part("party", facts),
        r.link("HAS_IDENTIFIER", "party", "tax id"),
        r.link("HAS_PHONE", "party", "phone"),
        r.link("HAS_EMAIL", "party", "email"),
    )
    return Mapping(entities, links)


def addresses() -> Mapping:
    """Addresses of parties."""
    parts = {
        n: r.column(c) for n, c in (("street", "street"), ("city", "city"), ("state", "state"), ("postalCode", "zip"))
    }
    party = EntityRule("party", "LegalEntity", fiu.party_key(), {"address": r.column("full")}, "kind", fiu.KINDS)
    place = r.address_rule("place", "full", "full key", "country", parts)
    return Mapping((party, place), (r.link("HAS_ADDRESS", "party", "place", {"summary": r.column("note")}),))


def numbers() -> Mapping:
    """Official numbers of parties."""
    named = (("passportNumber", "passport"), ("socialSecurityNumber", "social"), ("idNumber", "other"))
    facts = {name: r.column(column) for name, column in named}
    party = EntityRule("party", "LegalEntity", fiu.party_key(), facts, "kind", fiu.KINDS)
    number = fiu.official("number", "type", "compared", "country code")
    return Mapping((party, number), (r.link("HAS_IDENTIFIER", "party", "number"),))


def holders() -> Mapping:
    """Who holds an account, or has to do with it."""
    party = fiu.reference("party", "LegalEntity", fiu.party_key())
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
    return Mapping((party, fiu.account_reference()), (holds, linked))


def ties() -> Mapping:
    """What one party is to another."""
    # only a company is owned and directed
    source, target = (
        fiu.reference(n, k, fiu.party_key(f"{n} key")) for n, k in (("source", "LegalEntity"), ("target", "Company"))
    )
    facts = {"role": r.column("role"), "date": r.column("date", "date")}
    shares = facts | {"percentage": r.column("share"), "sharesCount": r.column("shares")}

    def tie(kind: str) -> LinkRule:
        more = shares if kind == "OWNS" else facts
        return LinkRule(kind, "source", "target", Key(columns=("role",), literal=kind), more, where={"link": (kind,)})

    return Mapping((source, target), tuple(tie(kind) for kind in ("REPRESENTS", "DIRECTS", "OWNS", "LINKED_TO")))
