"""Nested records become the tables that their branches declare, whatever repeats, is missing, or lies above."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from vinculo.ingest.trees import Branch, branched

RECORD: dict[str, Any] = {
    "@kind": "x",
    "no": "7",
    "who": {"name": ["A", "B"], "born": {"#text": "1970", "@type": "EXACT"}},
    "leg": [
        {"to": "MX", "stop": [[{"at": "1"}], [{"at": "2"}, {"at": "3"}]]},
        {"to": "US", "cost": {"#text": "5", "@ccy": "USD"}},
    ],
    "other": {"truck": {"plate": "P1"}},
    "nothing": None,
    "flag": True,
    "^": {"Doc": {"@v": "2", "Acct": {"Id": ["X", "Y"]}}},
}


def column(path: str, at: str = "") -> list[Any]:
    """One column of one branch of the record above."""
    table = pa.table({"tree": [json.dumps(RECORD)], "record": [4], "line": [9]})
    made = branched({"t": Branch(at, {"c": path})})(table)["t"]
    assert set(made.column("record").to_pylist()) <= {4}
    return made.column("c").to_pylist()


@pytest.mark.parametrize(
    ("path", "at", "texts"),
    [
        ("no", "", ["7"]),
        ("@kind", "", ["x"]),
        ("who/name", "", ["A"]),
        ("who/name[]", "", [["A", "B"]]),
        ("who/born", "", ["1970"]),
        ("who/born/@type", "", ["EXACT"]),
        ("missing", "", [None]),
        ("missing/deeper[]", "", [None]),
        ("nothing", "", [None]),
        ("flag", "", ["true"]),
        ("missing|no", "", ["7"]),
        ("to", "leg", ["MX", "US"]),
        ("position()", "leg", ["1", "2"]),
        ("cost/@ccy", "leg", [None, "USD"]),
        ("../no", "leg", ["7", "7"]),
        ("at", "leg/stop", ["1", "2", "3"]),
        ("../../no", "leg/stop", ["7"] * 3),
        ("position()", "leg/stop", ["1", "2", "3"]),
        ("name()", "other/*", ["truck"]),
        ("plate", "other/*", ["P1"]),
        ("to|plate", "leg|other/truck", ["MX", "US", "P1"]),
        ("/Doc/@v", "leg/stop", ["2"] * 3),
        ("/Doc/Acct/Id[]", "", [["X", "Y"]]),
        ("../../../../no", "leg", [None, None]),
        ("no", "absent", []),
    ],
)
def test_paths(path: str, at: str, texts: list[Any]) -> None:
    assert column(path, at) == texts
