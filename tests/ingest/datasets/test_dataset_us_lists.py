"""Lists of US offices beside the SDN: OFAC's other list, the Denied Persons List, the Consolidated Screening List: made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from vinculo.graph.standing import standings

NOTHING = ",".join(["-0- "] * 7)
SDN = f'7101,"FICTICIO, Ana","individual","SDNTK",{NOTHING},"DOB 1970."\n'
OTHER_LIST = (
    f'7101,"FICTICIO, Ana","individual","NS-PLC",{NOTHING},"DOB 1970."\n'
    f'7102,"NORTE FICTICIO AO",-0- ,"UKRAINE-EO13662] [RUSSIA-EO14024",{NOTHING},'
    '"Legal Entity Number 5493001KJTIIGC8Y1R12; Linked To: FICTICIO, Ana."\n'
)


def test_the_other_list_of_ofac_is_not_the_sdn_and_side_files_join_either(
    graph: Any, write: Callable[..., Path]
) -> None:
    reports = graph.load(
        write("a.csv", SDN), write("b.csv", OTHER_LIST), write("c.csv", '7102,1,"aka","NORTE OTRO",-0- \n')
    )
    assert [r.dataset for r in reports] == ["ofac_sdn", "ofac_consolidated", "ofac_alt"]
    (ana,) = graph.entities("Person")
    assert {(s.program, s.code) for s in standings(graph.store, [ana.id])[ana.id]} == {
        ("OFAC SDNTK", "listed"),
        ("OFAC non-SDN NS-PLC", "listed"),
    }, "one entry on two lists has two listings"
    (firm,) = graph.entities("Organization")
    assert (firm.first("alias"), firm.first("leiCode")) == ("NORTE OTRO", "5493001KJTIIGC8Y1R12")
    assert graph.pairs("LINKED_TO") == {("NORTE FICTICIO AO", "FICTICIO, Ana")}


DPL = (
    '"Name"\t"Street_Address"\t"City"\t"State"\t"Country"\t"Postal_Code"\t"Effective_Date"\t"Expiration_Date"\t'
    '"Standard_Order"\t"Last_Update"\t"Action"\t"FR_Citation"\n'
    '" ANA FICTICIA"\t"CALLE UNO 5"\t"TUCSON"\t"AZ"\t"US"\t"85701"\t"10/03/2017"\t"10/04/2020"\t"Y"\t"2017-10-23"\t'
    '"FR NOTICE ADDED"\t"82 F.R. 1 10/20/2017"\n'
    '" ANA FICTICIA"\t"CALLE UNO 5"\t"TUCSON"\t"AZ"\t"US"\t"85701"\t"10/05/2020"\t""\t"N"\t"2020-10-23"\t"RENEWAL"\t"85 F.R. 2"\n'
)


def test_american_and_iso_days_in_one_row_of_the_denied_persons_list(graph: Any, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("dpl.txt", DPL))
    assert (report.dataset, report.loaded) == ("bis_dpl", 2)
    (ana,) = graph.entities("LegalEntity")
    assert ana.name == "ANA FICTICIA" and "status" not in ana.properties
    told = {
        (s.first("startDate"), s.first("endDate"), s.first("modifiedAt"), s.first("provisions"))
        for s in graph.entities("Sanction")
    }
    assert told == {
        ("2017-10-03", "2020-10-04", "2017-10-23", "Standard order"),
        ("2020-10-05", "", "2020-10-23", "Not a standard order"),
    }
    assert {s.end for s in standings(graph.store, [ana.id])[ana.id]} == {"2020-10-04", ""}, (
        "an order that ended says so"
    )


CSL = (
    "source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order,"
    "license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,vessel_flag,vessel_owner,"
    "remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,source_information_url,ids\n"
    'Specially Designated Nationals (SDN) - Treasury Department,7102,Entity,SDNTK; SDGT,NORTE FICTICIO SA,,"Calle Uno 5, '
    'Saltillo, MX; Moscow, RU",,,,,,,,,,,,,,,NORTE OTRO; NORTE VIEJO,,,,,,"MX, NFI010101AB2, R.F.C.; 5030056754, Tax ID No."\n'
    "Entity List (EL) - Bureau of Industry and Security,,,,SUR FICTICIO LTD,,,80 FR 1,2015-11-12,2020-01-01,,For all items,"
    "Presumption of denial.,,,,,,,,,,,,,,,\n"
    'Denied Persons List (DPL) - Bureau of Industry and Security,,,, ANA FICTICIA,,"1 Main St, Tucson, US",,,,,,,,,,,,,,,,,,,,,\n'
)


def test_each_row_of_the_screening_list_says_which_list_it_is_of(graph: Any, write: Callable[..., Path]) -> None:
    (report,) = graph.load(write("csl.csv", CSL))
    assert (report.dataset, report.read, report.loaded) == ("us_csl", 3, 3)
    told = {(s.first("program"), s.first("authority"), s.first("endDate")) for s in graph.entities("Sanction")}
    assert told == {
        ("Specially Designated Nationals (SDN)", "Treasury Department", ""),
        ("Entity List (EL)", "Bureau of Industry and Security", "2020-01-01"),
        ("Denied Persons List (DPL)", "Bureau of Industry and Security", ""),
    }
    firm = graph.values(next(e for e in graph.entities("Company") if e.name == "NORTE FICTICIO SA"))
    assert firm["alias"] == ["NORTE OTRO", "NORTE VIEJO"] and firm["country"] == ["mx", "ru"]
    assert firm["taxNumber"] == ["5030056754", "NFI010101AB2"]
    assert {(e.first("type"), e.first("number")) for e in graph.entities("Identifier")} == {
        ("RFC", "NFI010101AB2"),
        ("TAX", "5030056754"),
    }
    assert graph.pairs("HAS_ADDRESS") == {
        ("NORTE FICTICIO SA", "Calle Uno 5, Saltillo, MX"),
        ("ANA FICTICIA", "1 Main St, Tucson, US"),
    }, "a town alone joins nobody"
