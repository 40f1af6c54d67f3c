"""Nested records become the tables that their branches declare, whatever repeats, is missing, or lies above."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


# -- every path against its meaning, step by step ---------------------------------------------------------------------
Place = tuple[Any, str, int, Any]  # value, name, position, the place above


def stepped(place: Place, step: str) -> list[Place]:
    value, name, position, above = place
    if step in ("..", "."):
        return [place] if step == "." else [above] if above else []
    if step in ("name()", "position()"):
        return [(name if step == "name()" else str(position), "", 1, place)]
    if not isinstance(value, dict):
        return []
    names = [k for k in value if k[:1] not in ("@", "#", "^")] if step == "*" else [step]
    return [(one, k, n, place) for k in names for n, one in enumerate(members(value.get(k)), 1)]


def members(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [one for inner in value for one in members(inner)]
    return [] if value is None else [value]


def followed(place: Place, path: str) -> list[Place]:
    found = [place]
    if path.startswith("/"):
        while found[0][3]:
            found = [found[0][3]]
        found = stepped(found[0], "^")
    for step in filter(None, path.split("/")):
        found = [below for one in found for below in stepped(one, step)]
    return found


def said(place: Place) -> str:
    value = place[0].get("#text", "") if isinstance(place[0], dict) else place[0]
    return str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else ""


KEYS = st.sampled_from(["a", "b", "@a", "#text", "^", ""])
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        st.none() | st.booleans() | st.sampled_from(["", "x", "y"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=4,
)
STEPS = st.lists(st.sampled_from(["a", "b", "*", "@a", "..", "."]), max_size=4)
PATHS = st.tuples(st.sampled_from(["", "/"]), STEPS, st.sampled_from(["", "", "/name()", "/position()"])).map(
    lambda p: (p[0] + "/".join(p[1]) + p[2]).lstrip("/" if not p[0] else "") or "."
)
COLUMNS = st.tuples(st.lists(PATHS, min_size=1, max_size=2).map("|".join), st.sampled_from(["", "[]"])).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=3), STEPS.map("/".join), st.lists(COLUMNS, min_size=1, max_size=4))
@example([{"a": "", "^": {"b": ""}}], "", ["a", "/b", "a[]"])
def test_columns_say_what_their_paths_lead_to(trees: list[Any], branch: str, paths: list[str]) -> None:
    table = pa.table(
        {"tree": [json.dumps(t) for t in trees], "record": list(range(len(trees))), "line": [0] * len(trees)}
    )
    made = branched({"": Branch(branch, {f"c{n}": p for n, p in enumerate(paths)})})(table)[""]
    rows = [place for tree in trees for place in followed((tree, "", 1, None), branch)]
    for n, path in enumerate(paths):
        wanted: list[Any] = []
        for row in rows:
            ways = ([t for p in followed(row, one) if (t := said(p))] for one in path.removesuffix("[]").split("|"))
            texts = next(filter(None, ways), None)
            wanted.append(texts if path.endswith("[]") else texts[0] if texts else None)
        assert made.column(f"c{n}").to_pylist() == wanted, path
