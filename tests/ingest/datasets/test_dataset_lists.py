"""Lists: SAT 69-B, OFAC's files, the UN's XML, FollowTheMoney entities. Every name here is made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from vinculo.graph.exports import export
from vinculo.graph.ids import edge_id
from vinculo.graph.standing import standings
from vinculo.ingest.datasets import ofac_remarks, sat_69b

HEADER = (
    "No,RFC,Nombre del Contribuyente,Situación del contribuyente,"
    "Número y fecha de oficio global de presunción SAT,Publicación página SAT presuntos,"
    "Número y fecha de oficio global de presunción DOF,Publicación DOF presuntos,"
    "Número y fecha de oficio global de contribuyentes que desvirtuaron SAT,Publicación página SAT desvirtuados,"
    "Número y fecha de oficio global de contribuyentes que desvirtuaron DOF,Publicación DOF desvirtuados,"
    "Número y fecha de oficio global de definitivos SAT,Publicación página SAT definitivos,"
    "Número y fecha de oficio global de definitivos DOF,Publicación DOF definitivos,"
    "Número y fecha de oficio global de sentencia favorable SAT,Publicación página SAT sentencia favorable,"
    "Número y fecha de oficio global de sentencia favorable DOF,Publicación DOF sentencia favorable"
)
PRESUMED = "500-05-2018-1 de fecha 01 de junio de 2018,01/06/2018,500-05-2018-1 de fecha 01 de junio de 2018,43276"
FINAL = '500-05-2019-7 de fecha 5 de mayo de 2019,"25/05/2022 - 26/05/2019",500-05-2019-7 de fecha 5 de mayo de 2019,03/06/2019'
FAVOURABLE = "500-05-2020-9 de fecha 5 de mayo de 2020,05/05/2020,,10/05/2020"
LIST_69B = "\r\n".join(
    (
        "SYNTHETIC DATA,,,",
        "Listado completo de contribuyentes (Artículo 69-B del CFF),,,",
        HEADER,
        f"1,FIC010101AB1,“FICTICIA  UNO”. S.A. DE C.V. ,Definitivo,{PRESUMED},,,,,{FINAL},,,,",
        f"2,FIC010101AB1,FICTICIA UNO,Sentencia Favorable,{PRESUMED},,,,,{FINAL},{FAVOURABLE}",
        f"3,ÑIC800101AB2,PERSONA FICTICIA,Presunto,{PRESUMED},,,,,,,,,,,,",
        f"4,XXXXXXXXXXXX,Información suprimida,Presunto,{PRESUMED},,,,,,,,,,,,",
        f"5,XXXXXXXXXXXX,Información suprimida,Presunto,{PRESUMED},,,,,,,,,,,,",
        "6,FIC020202AB3,FICTICIA DOS,Desvirtuado,,,,,,,,,,,,,,,,",
        "",
    )
)


def test_a_listing_has_the_status_and_its_holder_has_none(graph, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("69b.csv", LIST_69B, "cp1252"))
    assert (report.dataset, report.read, report.loaded, report.notes["encoding"]) == ("sat_69b", 6, 6, "cp1252")
    listings = graph.entities("Listing")
    told = sorted((x.first("status"), x.first("standing")) for x in listings)
    assert told == [
        ("Definitivo", "listed"),
        ("Desvirtuado", "cleared"),
        ("Presunto", "presumed"),
        ("Presunto", "presumed"),
        ("Presunto", "presumed"),
        ("Sentencia Favorable", "cleared"),
    ]
    # two names were removed by a court: two listings of nobody, no firm of that name
    assert len(graph.links("LISTED")) == 4
    assert sorted(x.first("reason") for x in listings) == ["", "", "", "", *["Información suprimida"] * 2]
    holders = [*graph.entities("Company"), *graph.entities("Person")]
    assert all("status" not in h.properties for h in holders)
    assert {h.kind for h in holders if h.first("taxNumber").startswith("ÑIC")} == {"Company"}
    final = graph.values(next(x for x in listings if x.first("status") == "Definitivo"))
    assert final["date"] == ["2019-05-26", "2022-05-25"] and final["publicationDate"] == ["2019-06-03"]
    assert final["recordId"] == ["500-05-2019-7"] and final["startDate"] == ["2018-06-01"]
    assert any(t.startswith("Presunción: oficio 500-05-2018-1 de fecha") for t in final["description"])
    presumed = next(x for x in listings if x.first("status") == "Presunto")
    assert presumed.first("publicationDate") == "2018-06-25", "a date that Excel had made a number"


def test_one_rfc_on_the_list_twice_is_one_party_with_both_standings(graph, write: Callable[..., Path]) -> None:
    graph.load(write("69b.csv", LIST_69B, "cp1252"))
    party = next(e for e in graph.entities("Company") if e.first("taxNumber") == "FIC010101AB1")
    assert {s.code for s in standings(graph.store, [party.id])[party.id]} == {"listed", "cleared"}
    assert set(sat_69b.STATUSES) == {"presunto", "desvirtuado", "definitivo", "sentencia favorable"}


SDN = (
    '101,"FICTICIO, Ana","individual","SDNTK",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 05 Mar 1970; alt. DOB 1971; POB Tuxpan, Mexico; nationality Mexico; Gender Female; R.F.C. FIC-700305-AB1 (Mexico); '
    'Passport A123456 (Mexico) expires 01 Jan 2020; Linked To: NORTE FICTICIO, S.A. DE C.V.; Linked To: NOT LISTED LLC."\n'
    '102,"NORTE FICTICIO, S.A. DE C.V.",-0- ,"SDNTK] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"R.F.C. NFI010101AB2 (Mexico); Email Address ventas@ficticio.example; Linked To: FICTICIO, Ana."\n'
    '103,"NO SUCH SHIP","vessel","SDGT",-0- ,"ABCD1","Crude Oil Tanker","318,000","164,241","Panama","Nobody Ltd",'
    '"Vessel Registration Identification IMO 9319466; MMSI 123456789; Linked To: TWICE LISTED."\n'
    '104,"TWICE LISTED",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
    '105,"TWICE LISTED",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0\n'
)


def test_an_sdn_file_is_known_by_its_shape_and_its_remarks_are_read(graph, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("list.csv", SDN))
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("ofac_sdn", 5, 5, 0)
    (ana,) = graph.entities("Person")
    values = graph.values(ana)
    assert (values["lastName"], values["firstName"]) == (["FICTICIO"], ["Ana"])
    assert values["birthDate"] == ["1970-03-05", "1971"] and values["nationality"] == ["mx"]
    assert values["taxNumber"] == ["FIC-700305-AB1"] and values["passportNumber"] == ["A123456"]
    assert {(e.first("type"), e.first("number"), e.first("country")) for e in graph.entities("Identifier")} == {
        ("RFC", "FIC700305AB1", ""),
        ("PASSPORT", "A123456", "mx"),
        ("RFC", "NFI010101AB2", ""),
        ("IMO", "IMO9319466", ""),
        ("MMSI", "123456789", ""),
    }
    # exact names become links; an unknown one, and one that two entries have, stays a mention
    assert graph.pairs("LINKED_TO") == {
        ("FICTICIO, Ana", "NORTE FICTICIO, S.A. DE C.V."),
        ("NORTE FICTICIO, S.A. DE C.V.", "FICTICIO, Ana"),
    }
    assert graph.pairs("MENTIONED") == {("FICTICIO, Ana", "NOT LISTED LLC"), ("NO SUCH SHIP", "TWICE LISTED")}
    assert {e.name for e in graph.entities("Mention")} == {"NOT LISTED LLC", "TWICE LISTED"}
    (ship,) = graph.entities("Vessel")
    assert (ship.first("tonnage"), ship.first("flag"), ship.first("imoNumber")) == ("318000", "pa", "IMO9319466")
    assert len(graph.links("LISTED")) == len(graph.entities("Sanction")) == 5
    sanction = next(s for s in graph.entities("Sanction") if s.first("authorityId") == "102")
    assert graph.values(sanction)["programId"] == ["SDGT", "SDNTK"]


def test_ofac_addresses_and_aliases_join_their_entry(graph, write: Callable[..., Path]) -> None:
    reports = graph.load(
        write("sdn.csv", SDN),
        write(
            "add.csv",
            '101,7,"Calle Uno 5","Tuxpan","Mexico",-0- \n102,8,-0- ,"Tuxpan","Mexico",-0- \n103,9,-0- ,-0- ,-0- ,-0\n',
        ),
        write("alt.csv", '101,1,"aka","LA FICTICIA",-0- \n102,2,"fka","SUR FICTICIO",-0- \n'),
        write("more.csv", '101,"and so on; Linked To: STILL NOT LISTED."\n102,"of it."\n'),
    )
    assert [r.dataset for r in reports] == ["ofac_sdn", "ofac_add", "ofac_alt", "ofac_comments"]
    assert all(r.rejected == 0 and r.read == r.loaded for r in reports)
    (ana,) = graph.entities("Person")
    assert ana.first("alias") == "LA FICTICIA" and ana.first("address") == "Calle Uno 5, Tuxpan, Mexico"
    assert graph.pairs("HAS_ADDRESS") == {("FICTICIO, Ana", "Calle Uno 5, Tuxpan, Mexico")}
    firm = next(e for e in graph.entities("Company") if "NORTE" in e.name)
    assert firm.first("previousName") == "SUR FICTICIO" and firm.first("country") == "mx"
    assert ("FICTICIO, Ana", "STILL NOT LISTED") in graph.pairs("MENTIONED")


def test_a_listed_firm_and_a_taxpayer_meet_by_rfc_and_clearing_is_said(graph, write: Callable[..., Path]) -> None:
    sdn = SDN.replace("NFI010101AB2", "FIC-020202-AB3")
    graph.load(write("sdn.csv", sdn), write("69b.csv", LIST_69B, "cp1252"))
    firm = next(e for e in graph.entities("Company") if "NORTE" in e.name)
    told = standings(graph.store, [firm.id])[firm.id]
    assert {(s.code, s.direct) for s in told} == {("listed", True), ("cleared", False)}


@pytest.mark.parametrize(
    ("remark", "numbers"),
    [
        ("Cedula No. 16247821 (Colombia)", [("CEDULA", "16247821", "co")]),
        ("NIT # 800146749-7 (Colombia).", [("TAX", "8001467497", "co")]),
        ("Folio Mercantil No. 88198 (Jalisco) (Mexico).", [("REGISTRATION", "88198", "mx")]),
        ("R.F.C. FIC-700305 (Mexico)", [("TAX", "FIC700305", "mx")]),
        ("all offices worldwide.", []),
        ("X" * 990 + "; Passport 1234567", []),
    ],
)
def test_official_numbers_in_prose(remark: str, numbers: list[tuple[str, str, str]]) -> None:
    assert [(type_, number, place) for _, type_, _, number, place in ofac_remarks.numbers(remark)] == numbers


UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00Z"><INDIVIDUALS><INDIVIDUAL>
<DATAID>1</DATAID><FIRST_NAME>ANA</FIRST_NAME><SECOND_NAME>FICTICIA</SECOND_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE>
<REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON><GENDER>Female</GENDER>
<NATIONALITY><VALUE>Mexico</VALUE></NATIONALITY><DESIGNATION><VALUE>General</VALUE><VALUE>Minister</VALUE></DESIGNATION>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>ANITA F</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>LA A</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
<INDIVIDUAL_ADDRESS><STREET>Calle Uno 5</STREET><CITY>Tuxpan</CITY><COUNTRY>Mexico</COUNTRY></INDIVIDUAL_ADDRESS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1970</FROM_YEAR><TO_YEAR>1972</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1971-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>A-123456</NUMBER><ISSUING_COUNTRY>Mexico</ISSUING_COUNTRY>
</INDIVIDUAL_DOCUMENT></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><DATAID>2</DATAID><FIRST_NAME>FRENTE FICTICIO</FIRST_NAME><UN_LIST_TYPE>Taliban</UN_LIST_TYPE>
<REFERENCE_NUMBER>XXe.002</REFERENCE_NUMBER><LISTED_ON>2013-01-01</LISTED_ON>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>VIEJO FRENTE</ALIAS_NAME></ENTITY_ALIAS></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>
"""


def test_the_un_list_gives_people_entities_and_their_sanctions(graph, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("un.xml", UN))
    assert (report.dataset, report.read, report.loaded) == ("un_consolidated", 2, 2)
    (ana,) = graph.entities("Person")
    values = graph.values(ana)
    assert ana.name == "ANA FICTICIA" and values["alias"] == ["ANITA F"] and values["weakAlias"] == ["LA A"]
    assert values["birthDate"] == ["1970", "1971-02-03", "1972"] and values["nationality"] == ["mx"]
    assert values["position"] == ["General", "Minister"] and values["passportNumber"] == ["A-123456"]
    (front,) = graph.entities("Organization")
    assert front.first("previousName") == "VIEJO FRENTE"
    assert {(s.first("unscId"), s.first("program"), s.first("listingDate")) for s in graph.entities("Sanction")} == {
        ("XXi.001", "UN DRC", "2012-12-31"),
        ("XXe.002", "UN Taliban", "2013-01-01"),
    }
    assert len(graph.links("LISTED")) == 2
    assert graph.pairs("HAS_ADDRESS") == {("ANA FICTICIA", "Calle Uno 5, Tuxpan, Mexico")}
    assert {e.first("number") for e in graph.entities("Identifier")} == {"A123456"}


FTM = [
    {"id": "p1", "schema": "Person", "properties": {"name": ["Ana  Ficticia", "АНА"], "addressEntity": ["a1"]}},
    {"id": "c1", "schema": "Company", "properties": {"name": ["Norte\nFicticio"], "notes": ["two\nlines"]}},
    {"id": "a1", "schema": "Address", "properties": {"full": ["Calle Uno 5"]}},
    {"id": "o1", "schema": "Ownership", "properties": {"owner": ["p1", "p2"], "asset": ["c1"], "percentage": ["50"]}},
    {"id": "s1", "schema": "Sanction", "properties": {"entity": ["p1"], "program": ["XX"]}},
    {
        "id": "y1",
        "schema": "Payment",
        "properties": {"payerAccount": ["b1"], "beneficiary": ["c1"], "amountEur": ["1000"]},
    },
    {"id": "d1", "schema": "Passport", "properties": {"holder": ["p1"], "number": ["A1"]}},
    {"id": "x1", "schema": "NoSuchSchema", "properties": {"name": ["x"]}},
    {"id": "o2", "schema": "Ownership", "properties": {"owner": ["p1"]}},
]


def test_ftm_entities_keep_ids_and_values_and_go_out_as_they_came(
    graph, write: Callable[..., Path], tmp_path: Path
) -> None:
    (report,) = graph.load(write("e.ftm.json", "".join(json.dumps(e) + "\n" for e in FTM)))
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("ftm", 9, 7, 2)
    assert graph.values(graph.store.entities(["p1"])["p1"])["name"] == ["Ana  Ficticia", "АНА"]
    (owns,) = graph.links("OWNS")
    assert (edge_id(owns.id), owns.source, owns.target) == ("o1", "p1", "c1")
    # the second owner is a derived link, so that nothing is counted twice
    assert {(x.source, x.target, x.first("property")) for x in graph.links("REFERS_TO")} == {
        ("p2", "c1", "Ownership"),
        ("d1", "p1", "holder"),
    }
    assert {(x.source, x.target) for x in graph.links("LISTED")} == {("p1", "s1")}
    assert {(x.source, x.target) for x in graph.links("HAS_ADDRESS")} == {("p1", "a1")}
    (paid,) = graph.links("PAID")
    assert (edge_id(paid.id), paid.source, paid.target) == ("y1", "b1", "c1")
    out = tmp_path / "out.ftm.json"
    export(graph.store, "ftm", out)
    went = {e["id"]: e for e in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    came = {e["id"]: e for e in FTM if e["id"] not in ("x1", "o2")}
    assert set(went) == set(came)
    for id, entity in came.items():
        assert went[id]["schema"] == entity["schema"]
        if id != "y1":
            assert {n: sorted(v) for n, v in went[id]["properties"].items()} == {
                n: sorted(v) for n, v in entity["properties"].items()
            }


def test_parties_of_a_register_meet_others_at_their_numbers_and_go_out_unchanged(
    graph, write: Callable[..., Path], tmp_path: Path
) -> None:
    given = [
        {"id": "r1", "schema": "Company", "properties": {"name": ["Ficticia Uno"], "taxNumber": ["FIC-010101-AB1"]}},
        {
            "id": "r2",
            "schema": "Company",
            "properties": {"name": ["Dos"], "phone": ["(832) 555-0110"], "country": ["us"]},
        },
        {"id": "r3", "schema": "Person", "properties": {"name": ["Tres"], "phone": ["+1 832 555 0110"]}},
    ]
    graph.load(
        write("e.ftm.json", "".join(json.dumps(e) + "\n" for e in given)), write("69b.csv", LIST_69B, encoding="cp1252")
    )
    (number,) = {x.target for x in graph.links("HAS_IDENTIFIER") if x.source == "r1"}
    others = {x.source for x in graph.links("HAS_IDENTIFIER") if x.target == number}
    # the party of the list and the firm of the register are two entities that share one number
    assert len(others) == 2
    assert {x.source for x in graph.links("HAS_PHONE")} == {"r2", "r3"}
    assert len({x.target for x in graph.links("HAS_PHONE")}) == 1
    out = tmp_path / "out.ftm.json"
    export(graph.store, "ftm", out)
    went = {e["id"]: e["properties"] for e in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    assert {e["id"]: went[e["id"]] for e in given} == {e["id"]: e["properties"] for e in given}
