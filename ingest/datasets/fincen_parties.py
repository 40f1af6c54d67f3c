"""Parties of FinCEN's reports: names, numbers, what a form says of them, and to whom they belong."""

from __future__ import annotations

import re

from vinculo.ingest.datasets import fincen_codes as codes
from vinculo.ingest.datasets.fiu_reports import Cells, Rows
from vinculo.ingest.datasets.fiu_texts import Node, birth, day, objects, text, told

_NAMES = (
    "RawIndividualFirstName",
    "RawIndividualMiddleName",
    "RawEntityIndividualLastName",
    "RawIndividualNameSuffixText",
)


def _name(node: Node) -> str:
    return text(node, "RawPartyFullName") or " ".join(t for n in _NAMES if (t := text(node, n)))


def party_of(rows: Rows, node: Node, at: str, form: str) -> Cells:
    """A party and its key, as the other parts of the report need it."""
    code = text(node, "ActivityPartyTypeCode")
    said = _said(node, code)
    key = rows.party(said, codes.ROLES.get(code, f"party {code}"), f"{at}|{code}")
    return {"key": key, "code": code, "name": said.get("name", ""), "node": node, "tax": said.get("tax", ""), "at": at}


def _said(node: Node, code: str) -> Cells:
    names = objects(node, "PartyName")
    legal = next((n for n in names if text(n, "PartyNameTypeCode") in ("", "L") and _name(n)), next(iter(names), {}))
    work = next(iter(objects(node, "PartyOccupationBusiness")), {})
    electronic = [text(e, "ElectronicAddressText") for e in objects(node, "ElectronicAddress")]
    person = _is_person(node, code)
    addresses = [made for a in objects(node, "Address") if (made := _address(a))]
    said: Cells = {
        "kind": {True: "Person", False: "Company", None: ""}[person],
        "name": _name(legal),
        "aliases": [_name(n) for n in names if n is not legal and _name(n)],
        "born": birth(day(text(node, "IndividualBirthDateText"))),
        "gender": "female"
        if yes(node, "FemaleGenderIndicator")
        else "male"
        if yes(node, "MaleGenderIndicator")
        else "",
        "phones": [text(p, "PhoneNumberText") for p in objects(node, "PhoneNumber")],
        "emails": [e for e in electronic if "@" in e],
        "websites": [e for e in electronic if e and "@" not in e],
        "phone country": "us",
        "country": next((a["country"] for a in addresses if a.get("country")), ""),
        "addresses": addresses,
        "sector": "" if person else text(work, "OccupationBusinessText"),
        "profession": text(work, "OccupationBusinessText") if person else "",
        "notes": _remarks(node),
    }
    if person:
        said |= {"first": text(legal, _NAMES[0]), "middle": text(legal, _NAMES[1]), "last": text(legal, _NAMES[2])}
        said["suffix"] = text(legal, _NAMES[3])
    return said | _numbers(node, said["notes"])


def _is_person(node: Node, code: str) -> bool | None:
    if yes(node, "PartyAsEntityOrganizationIndicator") or text(node, "PartyTypeCode") == "O" or code in codes.FIRMS:
        return False
    alone = any(text(node, n) for n in ("IndividualBirthDateText", "PartyName/RawIndividualFirstName"))
    marked = yes(node, "FilerTypeIndividualIndicator") or text(node, "PartyTypeCode") == "I"
    return True if alone or marked or code in codes.PEOPLE else None


def yes(node: Node, name: str) -> bool:
    """Whether a mark is set."""
    return text(node, name).upper() == "Y"


def _remarks(node: Node) -> list[str]:
    """What a form says of a party by a mark or a sum that has no column of its own."""
    marks = [n.removesuffix("Indicator") for n, v in node.items() if n.endswith("Indicator") and v == "Y"]
    names = ("IndividualEntityCashInAmountText", "IndividualEntityCashOutAmountText", "LossToFinancialAmountText")
    sums = [f"{n.removesuffix('Text')}: {said}" for n in names if (said := text(node, n))]
    kinds = told({"OrganizationClassificationTypeSubtype": node.get("OrganizationClassificationTypeSubtype")})
    names = ("ContactDateText", "PrimaryRegulatorTypeCode", "PartyOccupationBusiness/NAICSCode")
    more = [f"{n}: {said}" for n in names if (said := text(node, n))]
    return [*marks, *sums, *kinds, *more]


def _address(node: Node) -> Cells:
    parts = {
        "street": text(node, "RawStreetAddress1Text"),
        "city": text(node, "RawCityText"),
        "state": text(node, "RawStateCodeText"),
        "zip": text(node, "RawZIPCode"),
        "country": text(node, "RawCountryCodeText"),
    }
    return {n: said for n, said in parts.items() if said}


def _numbers(node: Node, notes: list[str]) -> Cells:
    taxes, others = [], []
    for one in objects(node, "PartyIdentification"):
        number, kind = text(one, "PartyIdentificationNumberText"), text(one, "PartyIdentificationTypeCode")
        country, state = text(one, "OtherIssuerCountryText"), text(one, "OtherIssuerStateText")
        other = text(one, "OtherPartyIdentificationTypeText")
        if number and kind in codes.TAX:
            taxes.append(number)
        elif number and (kind in codes.NUMBERS or other):
            # states number their licences each for itself
            said = " ".join(
                t for t in (codes.NUMBERS.get(kind) or other.upper(), state if kind in ("5", "999") else "") if t
            )
            column = "passport" if kind == "6" else "other"
            others.append({"type": said, "number": number, "country": country, column: number})
        elif number:
            notes.append(f"number of type {kind}: {number}" + (f" ({state or country})" if state or country else ""))
    # a second tax number stands beside the first, and joins nobody
    notes += [f"further tax number: {t}" for t in taxes[1:] if t != taxes[0]]
    return {"tax": taxes[0] if taxes else "", "tax country": "us", "numbers": others}


def associations(rows: Rows, party: Cells) -> None:
    """Branches of an institution; what a subject is to an institution, known by its tax number."""
    for n, one in enumerate(objects(party["node"], "PartyAssociation"), 1):
        for m, branch in enumerate(objects(one, "Party"), 1):
            if objects(branch, "PartyIdentification") or any(_address(a) for a in objects(branch, "Address")):
                key = party_of(rows, branch, f"{party['at']}|branch {n}|{m}", "")["key"]
                rows.add("ties", source_key=key, target_key=party["key"], link="LINKED_TO", role="branch")
        number = text(one, "SubjectRelationshipFinancialInstitutionTINText")
        marks = [k.removesuffix("Indicator") for k, v in one.items() if k.endswith("Indicator") and v == "Y"]
        more = text(one, "OtherPartyAssociationTypeText")
        role = ", ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", t).lower() for t in [*marks, more] if t)
        if number and role and "NoRelationshipToInstitution" not in marks:
            key = rows.party(
                {"tax": number, "tax country": "us", "kind": "Company"},
                "institution named by a subject",
                f"{party['at']}|{n}",
            )
            rows.add("ties", source_key=party["key"], target_key=key, link="LINKED_TO", role=role)
