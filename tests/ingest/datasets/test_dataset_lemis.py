"""Wildlife shipments: with and without their dispositions, parties named and not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vinculo.graph.transfer import digest

FULL = (
    "control_number", "species_code", "taxa", "class", "genus", "species", "subspecies", "specific_name", "generic_name",
    "description", "quantity", "unit", "value", "country_origin", "country_imp_exp", "purpose", "source", "action", "disposition",
    "disposition_date", "disposition_year", "shipment_date", "shipment_year", "import_export", "port", "us_co", "foreign_co",
    "cleaning_notes",
)  # fmt: skip
SHORT = "control_number,species,genus,specific,generic,category,qty,unit,origin,disp_date\n"
#: As the cleaned release writes a line: NA wherever there is nothing.
LINE = dict.fromkeys(FULL, "NA") | {
    "control_number": "2030000001", "species_code": "CROC", "taxa": "reptile", "class": "Reptilia", "genus": "Crocodylus",
    "species": "niloticus", "specific_name": "NILE", "generic_name": "CROCODILE", "description": "SKI", "quantity": "12",
    "unit": "NO", "value": "1,800", "country_origin": "ZW", "country_imp_exp": "ZA", "purpose": "T", "source": "W",
    "action": "C", "disposition": "C", "disposition_date": "2030-03-02T00:00:00Z", "disposition_year": "2030",
    "shipment_date": "2030-02-27T00:00:00Z", "shipment_year": "2030", "import_export": "I", "port": "LA",
    "us_co": "INVENTED HIDES INC", "foreign_co": "NO SUCH TANNERY PTY LTD",
}  # fmt: skip
SEIZED = LINE | {
    "species_code": "PYTH", "genus": "Python", "species": "sp.", "specific_name": "NA", "generic_name": "PYTHON",
    "description": "LPS", "quantity": "3", "value": "NA", "action": "R", "disposition": "S",
}  # fmt: skip


def test_a_shipment_partly_seized(graph, write_rows: Callable[..., Path]) -> None:
    file = write_rows("lemis.csv", FULL, LINE, SEIZED)
    (report,) = graph.load(file)
    assert (report.dataset, report.read, report.loaded, report.rejected) == ("lemis", 2, 2, 0)
    (shipment,) = graph.entities("Consignment")
    values = graph.values(shipment)
    assert (values["billNumber"], values["date"]) == (["2030000001"], ["2030-02-27"])
    assert values["goods"] == ["Crocodylus niloticus, skin", "Python sp., leather product"]
    assert values["notes"][0].startswith(
        "Crocodylus niloticus; NILE CROCODILE; species code CROC; SKI = skin; quantity 12 NO;"
    )
    (inspection,) = graph.entities("Inspection")
    told = graph.values(inspection)
    assert told["result"] == ["cleared", "refused", "seized"] and told["date"] == ["2030-03-02"]
    assert told["inspectionKind"] == ["wildlife"]
    (seizure,) = graph.entities("Seizure")
    taken = graph.values(seizure)
    assert (taken["quantity"], taken["quantityUnit"]) == (["3"], ["specimens"])
    assert "quantity 3 NO" in taken["notes"][0] and "valueUsd" not in taken
    assert [(x.source, x.target) for x in graph.links("SEIZED_FROM")] == [(seizure.id, shipment.id)]
    assert [(x.source, x.target) for x in graph.links("FOLLOWED")] == [(seizure.id, inspection.id)]
    number = shipment.name
    assert graph.pairs("SHIPPER") == {("NO SUCH TANNERY PTY LTD", number)}
    assert graph.pairs("CONSIGNEE") == {("INVENTED HIDES INC", number)}
    assert {p[1] for p in graph.pairs("UNLADEN_AT") | graph.pairs("OCCURRED_AT")} == {"Los Angeles"}
    before = digest(graph.store)
    (again,) = graph.load(file)
    assert again.already_there == 2 and digest(graph.store) == before


def test_abandoned_and_reexported_are_results_and_no_seizures(graph, write_rows: Callable[..., Path]) -> None:
    left = SEIZED | {"disposition": "A", "control_number": "2030000002", "value": "90"}
    sent = SEIZED | {"disposition": "R", "control_number": "2030000003"}
    graph.load(write_rows("l.csv", FULL, left, sent))
    results = {graph.values(e)["inspectionNumber"][0]: graph.values(e)["result"] for e in graph.entities("Inspection")}
    assert results == {"2030000002": ["abandoned", "refused"], "2030000003": ["reexported", "refused"]}
    assert not graph.entities("Seizure")


def test_an_export_turns_the_sides_and_a_transit_takes_none(graph, write_rows: Callable[..., Path]) -> None:
    transit = LINE | {"import_export": "T", "control_number": "2030000009"}
    graph.load(write_rows("e.csv", FULL, LINE | {"import_export": "E"}, transit))
    assert graph.pairs("SHIPPER") == {("INVENTED HIDES INC", "2030000001")}
    assert graph.pairs("CONSIGNEE") == {("NO SUCH TANNERY PTY LTD", "2030000001")}
    assert len(graph.links("LADEN_AT")) == 1 and not graph.links("UNLADEN_AT")
    assert graph.pairs("LINKED_TO") == {
        ("INVENTED HIDES INC", "2030000009"),
        ("NO SUCH TANNERY PTY LTD", "2030000009"),
    }


def test_parties_that_are_not_named_join_nothing(graph, write_rows: Callable[..., Path]) -> None:
    nobody = ("*****", "NA", "PRIVATE INDIVIDUAL", "(b)(6), (b)(7)(C)", "Hand carried", "UNKNOWN", "PERSONAL")
    rows = [
        LINE | {"control_number": f"20300001{n:02}", "us_co": name, "foreign_co": name} for n, name in enumerate(nobody)
    ]
    (report,) = graph.load(write_rows("n.csv", FULL, *rows))
    assert report.loaded == len(nobody)
    assert not graph.links("SHIPPER") and not graph.links("CONSIGNEE")
    assert not graph.entities("LegalEntity") and not graph.entities("Company") and not graph.entities("Person")
    notes = [note for e in graph.entities("Consignment") for note in graph.values(e)["notes"]]
    assert "US party: PRIVATE INDIVIDUAL" in notes and "foreign party: *****" in notes
    assert not any(": NA" in note for note in notes)


def test_one_name_in_two_countries_is_two_parties(graph, write_rows: Callable[..., Path]) -> None:
    there = LINE | {"country_imp_exp": "CN", "control_number": "2030000004"}
    graph.load(write_rows("c.csv", FULL, LINE, there))
    parties = [e for e in graph.entities("Company") if e.name == "NO SUCH TANNERY PTY LTD"]
    # the country goods were shipped from tells them apart; it is not said to be theirs
    assert len(parties) == 2 and not any("country" in graph.values(e) for e in parties)


def test_a_layout_without_dispositions_meets_the_one_with_them(
    graph, write: Callable[..., Path], write_rows: Callable[..., Path]
) -> None:
    short = SHORT + (
        "2030000001,NILOTICUS,CROCODYLUS,NILE,CROCODILE,SKI,12,NO,ZW,03/02/2030\n"
        "2030000007,CAMELOPARDALIS,GIRAFFA,,GIRAFFE,TRO,1,N0,NA,03/05/2030\n"
    )
    (report,) = graph.load(write("short.csv", short.replace("\n", "\r\n")))
    assert (report.dataset, report.loaded) == ("lemis", 2)
    assert all("result" not in graph.values(e) for e in graph.entities("Inspection"))
    giraffe = graph.values(graph.entities("Consignment")[1])
    assert giraffe["notes"] == ["GIRAFFA CAMELOPARDALIS; GIRAFFE; TRO = trophy; quantity 1 N0; origin NA"]
    graph.load(write_rows("full.csv", FULL, LINE))
    assert [e.name for e in graph.entities("Consignment")] == ["2030000001", "2030000007"]
    assert [graph.values(e).get("result") for e in graph.entities("Inspection")] == [["cleared"], None]


def test_na_is_namibia_only_where_nothing_else_is_na(graph, write_rows: Callable[..., Path]) -> None:
    graph.load(write_rows("na.csv", FULL, LINE | {"country_origin": "NA"}))
    (note,) = (n for n in graph.values(graph.entities("Consignment")[0])["notes"] if n.startswith("Croc"))
    assert "origin (Namibia or not given) NA" in note


def test_lines_without_a_control_number_stay_apart(graph, write_rows: Callable[..., Path]) -> None:
    bare = SEIZED | {"control_number": "NA"}
    graph.load(write_rows("b.csv", FULL, bare, bare | {"disposition_date": "2030-03-09"}))
    assert len(graph.entities("Consignment")) == 2 and len(graph.entities("Seizure")) == 2
    assert all("billNumber" not in graph.values(e) for e in graph.entities("Consignment"))


def test_the_real_extract(graph, real: Path) -> None:
    """5,250 lines of 1,757 shipments, counted in the file by control number; 33 lines repeat another to the last letter."""
    (report,) = graph.load(real / "a_seizures" / "lemis" / "seattletimes_shipmentDetails.csv.gz")
    assert (report.dataset, report.read, report.loaded, report.duplicate_in_file) == ("lemis", 5250, 5217, 33)
    assert len(graph.entities("Consignment")) == len(graph.entities("Inspection")) == 1757
