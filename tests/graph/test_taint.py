"""What only a suspicious-activity report says of a thing stays behind: its kind, its name, a listing's status, a link's label."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vinculo.graph.charting import chart_of
from vinculo.graph.exports import export
from vinculo.graph.exports.choice import gather
from vinculo.graph.standing import standings
from vinculo.graph.store import Store
from vinculo.graph.types import Source

Write = Callable[..., Source]


@pytest.fixture
def known(store: Store, rows: Write) -> Store:
    """A register knows three things vaguely; a report knows better, and adds an amount, a status and an earlier date."""
    rows(
        store,
        "register",
        [
            ("halcon", "LegalEntity", 1, {"name": "Halcón"}),
            ("ana", "Person", 2, {"name": "Ana"}),
            ("place", "Thing", 3, {"name": "Patio"}),
            ("listing", "Listing", 4, {"program": "SAT 69-B", "status": "Presunto", "standing": "presumed"}),
        ],
        [
            ("l1", "LISTED", "halcon", "listing", 4, {}),
            ("l2", "PAID", "ana", "halcon", 5, {"amount": "9500", "currency": "USD", "date": "2024-04-01"}),
        ],
    )
    rows(
        store,
        "reports",
        [
            ("halcon", "Company", 1, {"name": "Halcón the launderer"}),
            ("ana", "Company", 2, {}),
            ("place", "BankAccount", 3, {}),
            ("listing", "Listing", 4, {"status": "Definitivo", "standing": "listed"}),
        ],
        [("l2", "PAID", "ana", "halcon", 5, {"amount": "73619", "date": "2019-12-31"})],
        taint="sar",
    )
    return store


def exported(store: Store, folder: Path, format: str, **asked: Any) -> str:
    """Everything that is in the file, as one text."""
    path = folder / f"case.{format}"
    export(store, format, path, **asked)
    if format == "csv":
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(name).decode("utf-8-sig") for name in parts.namelist())
    return path.read_text(encoding="utf-8")


def ways(store: Store) -> dict[str, dict[str, Any]]:
    """Everything, by ids, as a chart."""
    ids = ["halcon", "ana", "place", "listing"]
    return {"everything": {}, "ids": {"ids": ids}, "chart": {"chart": chart_of(store, ids)}}


def test_the_store_itself_says_what_all_sources_say(known: Store) -> None:
    found = known.entities(["halcon", "ana", "place"])
    assert {i: e.kind for i, e in found.items()} == {"halcon": "Company", "ana": "LegalEntity", "place": "BankAccount"}
    assert [(k.value, [p.source.dataset for p in k.sources]) for k in found["ana"].kinds] == [
        ("Company", ["reports"]),
        ("Person", ["register"]),
    ]


@pytest.mark.parametrize("way", ["everything", "ids", "chart"])
def test_a_kind_that_only_a_report_asserts_does_not_go_out(known: Store, tmp_path: Path, way: str) -> None:
    asked = ways(known)[way]
    lines = [json.loads(x) for x in exported(known, tmp_path, "ftm", **asked).splitlines()]
    kinds = {x["id"]: x["schema"] for x in lines}
    assert {i: kinds.get(i) for i in ("halcon", "ana", "place")} == {
        "halcon": "LegalEntity",
        "ana": "Person",
        "place": "Thing",
    }
    assert "launderer" not in json.dumps(lines)
    asked = ways(known)[way] | {"include_taint": ["sar"]}
    lines = [json.loads(x) for x in exported(known, tmp_path, "ftm", **asked).splitlines()]
    assert {x["id"]: x["schema"] for x in lines}["halcon"] == "Company"


@pytest.mark.parametrize("way", ["everything", "ids", "chart"])
@pytest.mark.parametrize("format", ["csv", "graphml", "ftm", "html"])
def test_no_format_tells_what_only_a_report_says(known: Store, tmp_path: Path, way: str, format: str) -> None:
    text = exported(known, tmp_path, format, **ways(known)[way])
    for secret in ("launderer", "73619", "73,619", "2019-12-31", "Definitivo", "reports.csv", "BankAccount"):
        if secret == "BankAccount" and format == "html":
            # the script that draws may name every kind
            continue
        assert secret not in text, secret
    assert "Halcón" in text or "Halc\\u00f3n" in text


def test_the_standing_is_that_of_the_other_sources(known: Store) -> None:
    hidden = {s.key for s in known.sources() if s.taint}
    assert [s.code for s in standings(known, ["halcon"])["halcon"]] == ["listed"]
    told = standings(known, ["halcon"], hidden=hidden)["halcon"]
    assert [(s.code, s.status) for s in told] == [("presumed", "Presunto")]


def test_a_chart_shows_the_badge_of_the_other_sources(known: Store) -> None:
    chart = chart_of(known, ["halcon", "ana", "listing"])
    assert chart.nodes["halcon"].status == "listed"
    contents = gather(known, chart=chart)
    assert contents.chart is not None
    assert contents.chart.nodes["halcon"].status == ""
    assert [s.code for s in contents.standings["halcon"]] == ["presumed"]
    assert (contents.chart.nodes["halcon"].kind, contents.kinds["halcon"]) == ("LegalEntity", "LegalEntity")
    assert [(x.label, x.date) for x in contents.chart.links.values() if x.kind == "PAID"] == [
        ("9,500 USD", "2024-04-01")
    ]
    told = gather(known, chart=chart, include_taint=["sar"])
    assert told.chart is not None
    assert told.chart.nodes["halcon"].status == "listed"
