"""Registers of firms and owners: GLEIF, BODS, UK PSC, ICIJ Offshore Leaks. Everybody in them is made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vinculo.graph.transfer import digest

CHILD, PARENT = "5493001KJTIIGC8Y1R12", "213800WSGIIZCXF1P572"


def _lei(lei: str, name: str, **more: Any) -> dict[str, Any]:
    address = {
        "FirstAddressLine": {"$": "Calle Uno 5"},
        "AdditionalAddressLine": [{"$": "Piso 2"}, {"$": "Puerta B"}],
        "City": {"$": "Saltillo"},
        "Country": {"$": "MX"},
        "PostalCode": {"$": "25000"},
    }
    return {
        "LEI": {"$": lei},
        "Entity": {
            "LegalName": {"@xml:lang": "es", "$": name},
            "LegalAddress": address,
            "HeadquartersAddress": address,
            "RegistrationAuthority": {
                "RegistrationAuthorityID": {"$": "RA000459"},
                "RegistrationAuthorityEntityID": {"$": "N-2017004567"},
            },
            "LegalJurisdiction": {"$": "US-DE"},
            "EntityCategory": {"$": "GENERAL"},
            "EntityStatus": {"$": "INACTIVE"},
            "EntityCreationDate": {"$": "2017-09-20T00:00:00+02:00"},
            "EntityExpirationDate": {"$": "2020-01-02T00:00:00Z"},
            "EntityExpirationReason": {"$": "DISSOLVED"},
            **more,
        },
        "Registration": {
            "InitialRegistrationDate": {"$": "2018-03-27T00:00:00+02:00"},
            "LastUpdateDate": {"$": "2024-05-04T00:00:00Z"},
            "RegistrationStatus": {"$": "LAPSED"},
        },
    }


OTHER_NAMES = {
    "OtherEntityNames": {
        "OtherEntityName": [
            {"@xml:lang": "es", "@type": "PREVIOUS_LEGAL_NAME", "$": "VIEJA FICTICIA SA"},
            {"@xml:lang": "en", "@type": "TRADING_OR_OPERATING_NAME", "$": "FICTICIA TRADING"},
        ]
    }
}


def test_gleif_json_with_lists_two_deep(graph: Any, write: Callable[..., Path]) -> None:
    file = write("lei.json", json.dumps({"records": [_lei(CHILD, "FICTICIA NORTE SA", **OTHER_NAMES)]}))
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded) == ("gleif_lei_json", 1, 1)
    (firm,) = graph.entities("Company")
    values = graph.values(firm)
    assert values["previousName"] == ["VIEJA FICTICIA SA"] and values["alias"] == ["FICTICIA TRADING"]
    assert values["incorporationDate"] == ["2017-09-20"], "the day as written, not the day before in UTC"
    assert (values["status"], values["dissolutionDate"]) == (["INACTIVE"], ["2020-01-02"])
    assert values["jurisdiction"] == ["us"] and "unreadable" not in values
    assert values["notes"] == ["Ended: DISSOLVED", "Jurisdiction: US-DE"]
    assert values["address"] == ["Calle Uno 5, Piso 2, Puerta B, Saltillo, 25000, MX"]
    assert {(e.first("type"), e.first("number"), e.first("country")) for e in graph.entities("Identifier")} == {
        ("LEI", CHILD, ""),
        ("REGISTRATION", "N2017004567", "mx"),
    }
    told = {x.first("summary") for x in graph.links("HAS_IDENTIFIER")}
    assert told == {"LEI registration: LAPSED", "RA000459"}, "a lapsed number is said of the number, not of the firm"
    (place,) = graph.links("HAS_ADDRESS")
    assert graph.values(place)["summary"] == ["headquarters", "legal"]
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert (again.loaded, again.entities, again.links) == (0, 0, 0) and digest(graph.store) == before


def test_gleif_csv_says_what_the_json_says(graph: Any, write_rows: Callable[..., Path]) -> None:
    row = {
        "LEI": CHILD,
        "Entity.LegalName": "FICTICIA NORTE SA",
        "Entity.OtherEntityNames.OtherEntityName.1": "VIEJA FICTICIA SA",
        "Entity.OtherEntityNames.OtherEntityName.1.type": "PREVIOUS_LEGAL_NAME",
        "Entity.LegalAddress.FirstAddressLine": "Calle Uno 5",
        "Entity.LegalAddress.AdditionalAddressLine.1": "Piso 2",
        "Entity.LegalAddress.City": "Saltillo",
        "Entity.LegalAddress.Country": "MX",
        "Entity.EntityCategory": "SOLE_PROPRIETOR",
        "Entity.EntityStatus": "ACTIVE",
        "Registration.RegistrationStatus": "ISSUED",
    }
    (report,) = graph.load(write_rows("lei.csv", tuple(row), row))
    assert (report.dataset, report.loaded) == ("gleif_lei_csv", 1)
    (party,) = graph.entities("LegalEntity")
    assert (party.name, party.first("leiCode"), party.first("previousName")) == (
        "FICTICIA NORTE SA",
        CHILD,
        "VIEJA FICTICIA SA",
    )
    assert graph.pairs("HAS_ADDRESS") == {("FICTICIA NORTE SA", "Calle Uno 5, Piso 2, Saltillo, MX")}


def _relation(kind: str) -> dict[str, Any]:
    return {
        "Relationship": {
            "StartNode": {"NodeID": {"$": CHILD}, "NodeIDType": {"$": "LEI"}},
            "EndNode": {"NodeID": {"$": PARENT}, "NodeIDType": {"$": "LEI"}},
            "RelationshipType": {"$": kind},
            "RelationshipPeriods": {
                "RelationshipPeriod": [
                    {"StartDate": {"$": "2019-01-01T00:00:00Z"}, "PeriodType": {"$": "ACCOUNTING_PERIOD"}},
                    {
                        "StartDate": {"$": "2015-02-03T00:00:00+01:00"},
                        "EndDate": {"$": "2021-05-06T00:00:00Z"},
                        "PeriodType": {"$": "RELATIONSHIP_PERIOD"},
                    },
                ]
            },
            "RelationshipStatus": {"$": "INACTIVE"},
        },
        "Registration": {"RegistrationStatus": {"$": "PUBLISHED"}},
    }


def test_the_parent_of_a_gleif_relationship_is_its_end(graph: Any, write: Callable[..., Path]) -> None:
    entities = {"records": [_lei(CHILD, "FICTICIA HIJA SA"), _lei(PARENT, "FICTICIA MADRE SA")]}
    relations = [_relation(k) for k in ("IS_DIRECTLY_CONSOLIDATED_BY", "IS_FUND-MANAGED_BY")]
    reports = graph.load(write("a.json", json.dumps(entities)), write("b.json", json.dumps({"relations": relations})))
    assert {(r.dataset, r.loaded) for r in reports} == {("gleif_lei_json", 2), ("gleif_rr_json", 2)}
    assert graph.pairs("CONTROLS") == {("FICTICIA MADRE SA", "FICTICIA HIJA SA")}
    assert graph.pairs("LINKED_TO") == {("FICTICIA HIJA SA", "FICTICIA MADRE SA")}
    (control,) = graph.links("CONTROLS")
    assert graph.values(control) | {"summary": []} == {
        "role": ["IS_DIRECTLY_CONSOLIDATED_BY"],
        "status": ["INACTIVE"],
        "startDate": ["2015-02-03"],
        "endDate": ["2021-05-06"],
        "summary": [],
    }


def test_gleif_relationships_as_csv(graph: Any, write_rows: Callable[..., Path]) -> None:
    row = {
        "Relationship.StartNode.NodeID": CHILD,
        "Relationship.EndNode.NodeID": PARENT,
        "Relationship.RelationshipType": "IS_ULTIMATELY_CONSOLIDATED_BY",
        "Relationship.RelationshipStatus": "ACTIVE",
        "Relationship.Period.1.startDate": "2019-01-01T00:00:00Z",
        "Relationship.Period.1.periodType": "ACCOUNTING_PERIOD",
        "Relationship.Period.2.startDate": "2015-02-03T00:00:00Z",
        "Relationship.Period.2.periodType": "RELATIONSHIP_PERIOD",
        "Registration.RegistrationStatus": "PUBLISHED",
    }
    (report,) = graph.load(write_rows("rr.csv", tuple(row), row))
    (control,) = graph.links("CONTROLS")
    assert (report.dataset, control.first("startDate"), control.first("status")) == (
        "gleif_rr_csv",
        "2015-02-03",
        "ACTIVE",
    )


def _psc(number: str, **data: Any) -> str:
    return json.dumps({"company_number": number, "data": data})


NATURES = ["ownership-of-shares-25-to-50-percent", "voting-rights-75-to-100-percent"]
PERSON = {
    "kind": "individual-person-with-significant-control",
    "etag": "e1",
    "name_elements": {"title": "Ms", "forename": "Ana", "surname": "Ficticia"},
    "nationality": "British, Irish",
    "country_of_residence": "England",
    "date_of_birth": {"month": 3, "year": 1970},
    "address": {"premises": "5", "address_line_1": "High Street", "locality": "York", "country": "England"},
    "natures_of_control": NATURES,
    "notified_on": "2016-04-06",
    "ceased_on": "2018-10-11",
    "links": {"self": "/company/01234567/persons-with-significant-control/individual/a1"},
}
FIRM = {
    "kind": "corporate-entity-person-with-significant-control",
    "etag": "e2",
    "name": "FICTICIA HOLDING LTD",
    "identification": {"country_registered": "United Kingdom", "registration_number": "56099"},
    "natures_of_control": ["significant-influence-or-control"],
    "notified_on": "2019-01-01",
    "links": {"self": "/company/01234567/persons-with-significant-control/corporate-entity/b2"},
}
EXEMPT = {"x": {"exemption_type": "psc-exempt-as-shares-admitted-on-market", "items": [{"exempt_from": "2016-10-29"}]}}
SNAPSHOT = "\n".join(
    (
        _psc("1234567", **PERSON),
        _psc("01234567", **FIRM),
        _psc("1234567", kind="super-secure-person-with-significant-control", description="super-secure-psc", etag="e3"),
        _psc("1234567", kind="persons-with-significant-control-statement", statement="psc-details-not-confirmed",
             notified_on="2016-07-12", ceased_on="2016-10-11", etag="e4"),
        _psc("1234567", kind="exemptions", exemptions=EXEMPT, etag="e5"),
        json.dumps({"data": {"kind": "totals#persons-of-significant-control-snapshot", "statements_count": 1}}),
    )
)  # fmt: skip


def test_psc_lines_that_are_nobody_are_told_of_the_company(graph: Any, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("psc.txt", SNAPSHOT))
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("uk_psc", 6, 5, 1)
    (ana,) = graph.entities("Person")
    values = graph.values(ana)
    assert (ana.name, values["birthDate"], values["nationality"]) == ("Ana Ficticia", ["1970-03"], ["gb", "ie"])
    companies = {e.first("registrationNumber"): e for e in graph.entities("Company")}
    assert set(companies) == {"01234567", "56099"}, "one company, with and without the zero in front"
    assert graph.values(companies["01234567"])["notes"] == [
        "psc-details-not-confirmed; notified 2016-07-12; ceased 2016-10-11",
        "psc-exempt-as-shares-admitted-on-market; from 2016-10-29",
        "super-secure-psc",
    ]
    assert {(e.first("number"), e.first("country")) for e in graph.entities("Identifier")} == {
        ("01234567", "gb"),
        ("00056099", "gb"),
    }
    (owned,) = graph.links("OWNS")
    assert graph.values(owned) == {
        "role": [NATURES[0]],
        "percentage": ["25-50"],
        "status": ["ceased"],
        "startDate": ["2016-04-06"],
        "endDate": ["2018-10-11"],
    }
    assert {(x.first("role"), x.first("status")) for x in graph.links("CONTROLS")} == {
        (NATURES[1], "ceased"),
        ("significant-influence-or-control", ""),
    }


def _bods(record: str, kind: str, status: str, date: str, **details: Any) -> dict[str, Any]:
    return {
        "statementId": f"{record}-{date}-{kind}-statement",
        "statementDate": date,
        "recordId": record,
        "recordType": kind,
        "recordStatus": status,
        "recordDetails": {"isComponent": False, **details},
    }


def _interest(share: str, start: str = "2019-01-01", **more: str) -> dict[str, Any]:
    return {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "share": {"exact": float(share)},
        "startDate": start,
        **more,
    }


ENDS = {"subject": "c1", "interestedParty": "p1"}
BODS_04 = [
    _bods("c1", "entity", "new", "2019-01-01", name="FICTICIA OLD LTD", entityType={"type": "registeredEntity"},
          identifiers=[{"id": "758355", "scheme": "US-DE"}], jurisdiction={"code": "US-DE", "name": "Delaware"}),
    _bods("c1", "entity", "updated", "2020-01-01", name="FICTICIA LTD", entityType={"type": "registeredEntity"}),
    _bods("p1", "person", "new", "2019-01-01", personType="knownPerson", names=[{"type": "legal", "fullName": "Ana Ficticia"}]),
    _bods("p2", "person", "new", "2019-01-01", personType="anonymousPerson",
          unspecifiedPersonDetails={"reason": "interestedPartyExemptFromDisclosure", "description": "under age"}),
    _bods("r1", "relationship", "new", "2019-01-01", **ENDS, interests=[_interest("100")]),
    _bods("r1", "relationship", "updated", "2021-01-01", **ENDS,
          interests=[_interest("100", endDate="2020-12-31"), _interest("40", "2021-01-01")]),
    _bods("r1", "relationship", "updated", "2022-01-01", **ENDS, interests=[_interest("30", "2021-06-01")]),
    _bods("r2", "relationship", "new", "2019-01-01", subject="c1", interestedParty="p2", interests=[_interest("5")]),
    _bods("r3", "relationship", "new", "2019-01-01", subject="c1", interestedParty={"reason": "subjectUnableToConfirm"}),
]  # fmt: skip


def test_bods_statements_follow_one_another_and_nobody_is_invented(graph: Any, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("bods.json", json.dumps(BODS_04)))
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("bods", 9, 9, 0)
    (ana,) = graph.entities("Person")
    (firm,) = graph.entities("Company")
    assert (ana.name, firm.name, firm.first("previousName")) == ("Ana Ficticia", "FICTICIA LTD", "FICTICIA OLD LTD")
    assert graph.values(firm)["notes"] == [
        "Interested party not told: interestedPartyExemptFromDisclosure: under age",
        "Interested party not told: subjectUnableToConfirm",
    ]
    told = {(x.first("percentage"), x.first("endDate"), x.first("status")) for x in graph.links("OWNS")}
    assert told == {("100.0", "2020-12-31", "replaced"), ("40.0", "", "replaced"), ("30.0", "", "current")}
    assert {(e.first("type"), e.first("number")) for e in graph.entities("Identifier")} == {("US-DE", "758355")}


BODS_02 = [
    {"statementID": "s1", "statementType": "entityStatement", "entityType": "registeredEntity", "name": "FICTICIA LTD"},
    {"statementID": "s2", "statementType": "personStatement", "personType": "knownPerson", "statementDate": "2019-01-01",
     "names": [{"type": "individual", "fullName": "Ana Vieja"}]},
    {"statementID": "s3", "statementType": "personStatement", "personType": "knownPerson", "statementDate": "2020-01-01",
     "names": [{"type": "individual", "fullName": "Ana Nueva"}], "replacesStatements": ["s2"]},
    {"statementID": "s4", "statementType": "ownershipOrControlStatement", "statementDate": "2020-01-01",
     "subject": {"describedByEntityStatement": "s1"}, "interestedParty": {"describedByPersonStatement": "s3"},
     "interests": [{"type": "voting-rights", "interestLevel": "indirect", "share": {"minimum": 25, "maximum": 50}},
                   {"type": "shareholding", "share": {"minimum": 25, "maximum": 50, "exclusiveMinimum": True}}]},
    {"statementID": "s5", "statementType": "ownershipOrControlStatement", "statementDate": "2020-01-01",
     "subject": {"describedByEntityStatement": "s1"},
     "interestedParty": {"unspecified": {"reason": "unknown", "description": "not found"}}},
]  # fmt: skip


def test_older_bods_name_statements_and_a_replaced_one_is_the_same_party(
    graph: Any, write: Callable[..., Path]
) -> None:
    (report,) = graph.load(write("bods.jsonl", "\n".join(map(json.dumps, BODS_02))))
    assert (report.dataset, report.read, report.loaded) == ("bods_older", 5, 5)
    (ana,) = graph.entities("Person")
    assert (ana.name, ana.first("previousName")) == ("Ana Nueva", "Ana Vieja")
    assert graph.pairs("CONTROLS") == graph.pairs("OWNS") == {("Ana Nueva", "FICTICIA LTD")}
    (owned,) = graph.links("OWNS")
    assert owned.first("percentage") == "25-50"
    assert graph.entities("Company")[0].first("notes") == "Interested party not told: unknown: not found"


ICIJ_ENTITIES = (
    "node_id,name,original_name,former_name,jurisdiction,jurisdiction_description,company_type,address,internal_id,"
    "incorporation_date,inactivation_date,struck_off_date,dorm_date,status,service_provider,ibcRUC,country_codes,countries,"
    "sourceID,valid_until,note\n"
    '1,FICTICIA LTD,,OLD FICTICIA LTD,BVI,British Virgin Islands,Standard,"Calle 5; Panama",9,23-MAR-2006,18-FEB-2013,'
    "15-FEB-2013,,Defaulted,Provider,2522100,PAN;MEX,Panama;Mexico,Made-up Papers,Current through 2015,\n"
    "2,FICTICIA DORMIDA LTD,,,BVI,British Virgin Islands,,,10,,01-JAN-2010,,02-JAN-2010,Inactive,Provider,,,,Made-up Papers,,\n"
)
ICIJ_OFFICERS = (
    "node_id,name,countries,country_codes,sourceID,valid_until,note\n5,Ana Ficticia,Mexico,MEX,Made-up Papers,,\n"
)
ICIJ_MORE = (
    "node_id,name,status,internal_id,address,countries,country_codes,sourceID,valid_until,note\n"
    "6,BUFETE FICTICIO SA,ACTIVE,7,,Panama,PAN,Made-up Papers,,\n"
)
ICIJ_OTHERS = (
    "node_id,name,type,incorporation_date,struck_off_date,closed_date,jurisdiction,jurisdiction_description,countries,"
    "country_codes,sourceID,valid_until,note\n8,OTRA FICTICIA SA,LIMITED,,,02-JAN-2012,SAM,Samoa,,,Made-up Papers,,\n"
)
ICIJ_ADDRESSES = (
    "node_id,address,name,countries,country_codes,sourceID,valid_until,note\n"
    "7,,Calle 5 Ciudad de Panama,Panama,PAN,Made-up Papers,,\n"
)
OLD_ADDRESSES = (
    "address,icij_id,valid_until,country_codes,countries,node_id,sourceID,note\n"
    '"-\tCalle 5 Ciudad de Panama",ABC,,PAN,Panama,7,Made-up Papers,\n'
)
ICIJ_LINKS = (
    "node_id_start,node_id_end,rel_type,link,status,start_date,end_date,sourceID\n"
    "5,1,officer_of,shareholder of,,01-JAN-2007,31-DEC-2010,Made-up Papers\n"
    "5,1,officer_of,Director of,,01-JAN-2007,,Made-up Papers\n"
    "5,1,officer_of,nominee shareholder of,,,,Made-up Papers\n"
    "5,1,officer_of,related entity of,,,,Made-up Papers\n"
    "6,1,intermediary_of,intermediary of,,,,Made-up Papers\n"
    "1,7,registered_address,registered address,,,,Made-up Papers\n"
    "1,2,same_name_as,same name as,,,,Made-up Papers\n"
)


def test_icij_nodes_join_by_number_and_the_words_of_a_link_are_kept(graph: Any, write: Callable[..., Path]) -> None:
    texts = (ICIJ_ENTITIES, ICIJ_OFFICERS, ICIJ_MORE, ICIJ_OTHERS, ICIJ_ADDRESSES, ICIJ_LINKS)
    reports = graph.load(*(write(f"{n}.csv", text) for n, text in enumerate(texts)))
    assert {r.dataset: (r.read, r.loaded) for r in reports} == {
        "icij_entities": (2, 2),
        "icij_officers": (1, 1),
        "icij_intermediaries": (1, 1),
        "icij_others": (1, 1),
        "icij_addresses": (1, 1),
        "icij_relationships": (7, 7),
    }
    assert not graph.entities("Thing"), "every end is a node of another file"
    firms = {e.name: graph.values(e) for e in graph.entities("Company")}
    firm = firms["FICTICIA LTD"]
    assert (firm["incorporationDate"], firm["dissolutionDate"]) == (["2006-03-23"], ["2013-02-15"])
    assert firm["country"] == ["mx", "pa"] and firm["jurisdiction"] == ["vg"] and firm["status"] == ["Defaulted"]
    sleeping = firms["FICTICIA DORMIDA LTD"]
    assert "dissolutionDate" not in sleeping and sleeping["notes"] == ["Dormant: 02-JAN-2010", "Inactive: 01-JAN-2010"]
    pair = {("Ana Ficticia", "FICTICIA LTD")}
    assert graph.pairs("OWNS") == graph.pairs("DIRECTS") == pair
    assert graph.pairs("REPRESENTS") == pair | {("BUFETE FICTICIO SA", "FICTICIA LTD")}
    assert graph.pairs("LINKED_TO") == pair | {("FICTICIA LTD", "FICTICIA DORMIDA LTD")}, (
        "same name is not the same firm"
    )
    (owned,) = graph.links("OWNS")
    assert (owned.first("role"), owned.first("endDate")) == ("officer_of: shareholder of", "2010-12-31")
    assert ("FICTICIA LTD", "Calle 5 Ciudad de Panama") in {(a, b) for a, b in graph.pairs("HAS_ADDRESS")}


def test_both_layouts_of_icij_addresses_say_the_same(graph: Any, write: Callable[..., Path]) -> None:
    graph.load(write("new.csv", ICIJ_ADDRESSES))
    (place,) = graph.entities("Address")
    graph.load(write("old.csv", OLD_ADDRESSES))
    (same,) = graph.entities("Address")
    assert place.id == same.id and graph.values(same)["full"] == ["Calle 5 Ciudad de Panama"]


def test_the_first_layout_of_icij_relationships(graph: Any, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("edges.csv", "node_1,rel_type,node_2\n5,shareholder of,1\n5,officer_of,1\n"))
    assert (report.dataset, report.loaded) == ("icij_relationships", 2)
    assert [x.first("role") for x in graph.links("OWNS")] == ["shareholder of"]
    assert [x.first("role") for x in graph.links("LINKED_TO")] == ["officer_of"]
