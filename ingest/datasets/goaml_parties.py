"""People, entities and accounts of goAML reports, whatever the schema's version calls their parts."""

from __future__ import annotations

from vinculo.ingest.datasets.fiu_reports import Cells, Rows
from vinculo.ingest.datasets.fiu_texts import Node, birth, objects, text, texts, told

_OWN = frozenset({"UBO", "RBO", "SH", "SHRHL", "OWNER", "PRTNR", "PRO"})
_DIRECT = frozenset({"DIR", "CEO", "MGR", "BM", "ND", "GA"})
_NATIONAL = "NATIONAL ID"
#: Elements that say how to reach somebody: most parties of a payment have none.
_CONTACTS = frozenset(
    ("phones", "employer_phone_id", "addresses", "employer_address_id", "email", "emails", "url", "urls")
)
_GENDERS = {"M": "male", "F": "female"}


def party_or_account(
    rows: Rows, node: Node, kind: str, role: str, at: str, operation: str, head: Node, why: tuple[str, list[str], str]
) -> Cells:
    """A person, entity or account in a role; what a payment needs of it."""
    reason, notes, client = why
    more = [*notes, "client of the reporting entity"] if client else notes
    if kind == "account":
        return _account(rows, node, role, at, operation, more)
    said = person_of(node) if kind == "person" else _entity(node)
    said = said | {"reason": reason, "notes": [*said.get("notes", []), *more]}
    key = rows.party(said, role, at, operation)
    if kind == "entity":
        _related(rows, node, key, at)
    for n, one in enumerate(objects(node, "related_persons/person_related_person"), 1):
        for person in objects(one, "person"):
            other = rows.party(person_of(person), "related person", f"{at}|r{n}")
            role = text(one, "person_person_relation") or "related person"
            rows.add("ties", source_key=other, target_key=key, link="LINKED_TO", role=role)
    return {"party key": key}


def person_of(node: Node) -> Cells:
    """The columns of a person; ``first_name`` and ``last_name`` are all that some versions ask for."""
    first, middle, last = (text(node, n) for n in ("first_name", "middle_name", "last_name"))
    prefix = text(node, "prefix")
    name = " ".join(t for t in (first, middle, prefix, last) if t)
    former = [
        " ".join(t for t in (text(p, "first_name"), text(p, "last_name")) if t)
        for p in objects(node, "previous_names/previous_name")
    ]
    said = _contacts(node) | {
        "kind": "Person",
        "name": name,
        "first": first,
        "middle": middle,
        "last": " ".join(t for t in (prefix, last) if t),
        "aliases": [t for t in (*own_texts(node, "alias"), text(node, "full_name_frn"), *former) if t],
        "mother": text(node, "mothers_name"),
        "born": birth(text(node, "birthdate")),
        "birthplace": text(node, "birth_place"),
        "birth country": text(node, "country_of_birth"),
        "gender": _GENDERS.get(text(node, "gender").upper(), ""),
        "nationality": [t for n in ("nationality1", "nationality2", "nationality3") if (t := text(node, n))],
        "residence": text(node, "residence"),
        "profession": text(node, "occupation"),
        "tax": text(node, "tax_number"),
        "numbers": _numbers(node),
    }
    names = ("employer_name", "deceased", "date_deceased", "source_of_wealth", "comments", "title")
    said["notes"] = texts(node, names) + told({"peps": node.get("peps")})
    return said


def own_texts(node: Node, name: str) -> list[str]:
    """The texts of the children of a name, those that have children of their own left aside."""
    found = node.get(name, [])
    return [t.strip() for t in (found if isinstance(found, list) else [found]) if isinstance(t, str)]


def _numbers(node: Node) -> list[Cells]:
    """Official numbers: a passport, national numbers under either name, documents with the country that issued them."""
    made: list[Cells] = []
    issued: dict[str, str] = {}
    for one in [*objects(node, "identifications/identification"), *objects(node, "identification")]:
        number, country = text(one, "number"), text(one, "issue_country")
        issued.setdefault(number, country)
        is_passport = text(one, "type").upper() in ("PASSPORT", "PP", "P", "PASS")
        kind, column = ("PASSPORT", "passport") if is_passport else (_NATIONAL, "other")
        made.append({"type": kind, "number": number, "country": country, column: number})
    passport, country = text(node, "passport_number"), text(node, "passport_country")
    if passport:
        made.insert(0, {"type": "PASSPORT", "number": passport, "country": country, "passport": passport})
    for name in ("id_number", "ssn"):
        number = text(node, name)
        if number and number != passport:
            column = "social" if name == "ssn" else "other"
            made.insert(0, {"type": _NATIONAL, "number": number, "country": issued.get(number, ""), column: number})
    return made


def _entity(node: Node) -> Cells:
    others = [
        {"type": text(one, "type").upper(), "number": text(one, "number"), "country": text(one, "issue_country")}
        | {"other": text(one, "number")}
        for path in ("entity_identifications/entity_identification", "entity_identifications/entity_identifier")
        for one in objects(node, path)
    ]
    number, country = text(node, "incorporation_number"), text(node, "incorporation_country_code")
    if number and country:
        others.insert(0, {"type": "REGISTRATION", "number": number, "country": country})
    name, trade = text(node, "name"), text(node, "commercial_name")
    names = ("incorporation_state", "business_closed", "date_business_closed", "entity_status", "comments")
    return _contacts(node) | {
        "kind": "Company",
        "name": name or trade,
        "aliases": [trade] if name and trade and trade != name else [],
        "legal form": text(node, "incorporation_legal_form"),
        "registration": number,
        "sector": text(node, "business"),
        "country": country,
        "incorporated": text(node, "incorporation_date"),
        "tax": text(node, "tax_number"),
        "numbers": others,
        "notes": texts(node, names),
    }


def _contacts(node: Node) -> Cells:
    if _CONTACTS.isdisjoint(node):
        return {}
    phones = [*objects(node, "phones/phone"), *objects(node, "employer_phone_id")]
    addresses = [*objects(node, "addresses/address"), *objects(node, "employer_address_id")]
    places = [made for a in addresses if (made := address_of(a))]
    return {
        "phones": [f"+{p.lstrip('+')} {n}" if p else n for one in phones for p, n in [_number(one)] if n],
        "emails": [*own_texts(node, "email"), *own_texts(next(iter(objects(node, "emails")), {}), "email")],
        "websites": [*own_texts(node, "url"), *own_texts(next(iter(objects(node, "urls")), {}), "url")],
        "addresses": places,
        "phone country": next((a["country"] for a in places if a.get("country")), ""),
    }


def _number(node: Node) -> tuple[str, str]:
    prefix, number = text(node, "tph_country_prefix"), text(node, "tph_number")
    return ("" if number.startswith("+") or not prefix.lstrip("+").isdigit() else prefix), number


def address_of(node: Node) -> Cells:
    """The columns of an address; a state that only repeats its city is left out."""
    street = " ".join(t for n in ("address", "house_number", "apartment_number") if (t := text(node, n)))
    city = ", ".join(dict.fromkeys(t for n in ("town", "city") if (t := text(node, n))))
    state, code = text(node, "state"), text(node, "country_code")
    parts = {
        "street": street,
        "city": city,
        "state": "" if state == city else state,
        "zip": text(node, "zip"),
        "country": code,
    }
    return {n: said for n, said in parts.items() if said}


def _related(rows: Rows, node: Node, key: str, at: str) -> None:
    """Directors, owners and others of an entity."""
    people = [(p, p) for p in objects(node, "director_id")]
    people += [(o, p) for o in objects(node, "related_persons/entity_related_person") for p in objects(o, "person")]
    for n, (one, person) in enumerate(people, 1):
        role = text(one, "role")
        link = "OWNS" if role in _OWN else "DIRECTS" if role in _DIRECT or one is person else "LINKED_TO"
        said = rows.party(person_of(person), " ".join(t for t in ("related to an entity", role) if t), f"{at}|d{n}")
        share = text(one, "share_percentage")
        rows.add("ties", source_key=said, target_key=key, link=link, role=role or "director", share=share)
    for n, one in enumerate(objects(node, "related_entities/entity_related_entity"), 1):
        for entity in objects(one, "entity"):
            other = rows.party(_entity(entity), "related entity", f"{at}|e{n}")
            share = text(one, "share_percentage")
            link = "OWNS" if share else "LINKED_TO"
            role = text(one, "entity_entity_relation") or "related entity"
            rows.add("ties", source_key=other, target_key=key, link=link, role=role, share=share)


def _account(rows: Rows, node: Node, role: str, at: str, operation: str, notes: list[str]) -> Cells:
    cells = {
        "account": text(node, "iban") or text(node, "account"),
        "bank": text(node, "institution_name"),
        "bic": text(node, "swift"),
        "clearing": text(node, "institution_code"),
    }
    names = (
        "branch",
        "client_number",
        "status_code",
        "non_bank_institution",
        "beneficiary",
        "beneficiary_comment",
        "comments",
    )
    kept = texts(node, names)
    if text(node, "iban") and text(node, "account") not in ("", text(node, "iban")):
        kept.append(f"account: {text(node, 'account')}")
    rows.add(
        "accounts",
        report_key=rows.report,
        operation_key=operation,
        role=role,
        type=text(node, "account_type", "personal_account_type"),
        currency=text(node, "currency_code"),
        label=text(node, "account_name"),
        opened=text(node, "opened"),
        closed=text(node, "closed"),
        balance=text(node, "balance"),
        balance_date=text(node, "date_balance"),
        bank_country=text(node, "institution_country"),
        notes=[*kept, *notes],
        **cells,
    )
    owners = objects(node, "t_entity")
    for n, entity in enumerate(owners, 1):
        key = rows.party(_entity(entity), "account holder", f"{at}|h{n}", operation)
        _related(rows, entity, key, f"{at}|h{n}")
        rows.add("holders", party_key=key, link="HOLDS", role="account holder", **cells)
    people = [*objects(node, "signatory"), *objects(node, "related_persons/account_related_person")]
    for n, one in enumerate(people, 1):
        said = " ".join(t for t in ("signatory", text(one, "role")) if t)
        for person in objects(one, "t_person"):
            key = rows.party(person_of(person), said, f"{at}|s{n}", operation)
            rows.add("holders", party_key=key, link="LINKED_TO" if owners else "HOLDS", role=said, **cells)
    for n, one in enumerate(objects(node, "related_entities/account_related_entity"), 1):
        for entity in objects(one, "entity"):
            said = text(one, "account_entity_relation") or "related entity"
            key = rows.party(_entity(entity), said, f"{at}|a{n}", operation)
            rows.add("holders", party_key=key, link="LINKED_TO", role=said, **cells)
    return (
        cells if cells["account"] else {"party key": rows.party({"name": cells["bank"], "kind": "Company"}, role, at)}
    )
