"""Rows that say the same are made once: the batch is the one that is made of every row by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vinculo.graph.ids import make_id
from vinculo.graph.types import ENTITY_SCHEMA
from vinculo.ingest import engine
from vinculo.ingest.engine import collapsed, map_table
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value

PHONE = Value(columns=("phone",), split=";")
MAPPING = Mapping(
    (
        EntityRule(
            "who",
            "LegalEntity",
            Key(columns=("name", "country"), literal="who"),
            {
                "name": Value(columns=("name",)),
                "country": Value(columns=("country",)),
                "incorporationDate": Value(columns=("date",)),
            },
            kind_column="kind",
            kind_values={"p": "Person", "c": "Company"},
            required=("name",),
        ),
        EntityRule("phone", "Page", Key(literal="phone", values=(PHONE,)), {"title": PHONE, "url": Value(literals=("x.com",))}),
        EntityRule("firm", "Company", Key(columns=("name",)), {"summary": Value(columns=("country",))}, where={"!kind": ("p",)}),
    ),
    (
        LinkRule("UnknownLink", "who", "phone", Key(columns=("no",), literal="has"), {"date": Value(columns=("date",))}),
        LinkRule("UnknownLink", "firm", "who", Key(literal="is"), {}),
    ),
    essential=("date",),
)  # fmt: skip
ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Ana", "Ñu", "", "B SA"]),
        "country": st.sampled_from(["mx", "US", "nowhere", ""]),
        "date": st.sampled_from(["2024-01-02", "2024-02-31", ""]),
        "kind": st.sampled_from(["p", "c", "?", ""]),
        "phone": st.sampled_from(["1;2", "2", "", "2;3;2"]),
        "no": st.sampled_from(["1", "2", ""]),
    }
)


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return sorted(zip(*(c.to_pylist() for c in table.columns), strict=True), key=repr)


@settings(max_examples=120, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=30))
def test_made_once_is_made_for_each(rows: list[dict[str, str]]) -> None:
    table = pa.Table.from_pylist(rows).append_column("record", pa.array(np.arange(1, len(rows) + 1)))
    made = []
    for few in (0, 1 << 40):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "_FEW", few)
            patch.setattr(engine, "_MOST", 1.0)
            batch = map_table(MAPPING, table, "demo")
        made.append([rows_of(batch.entities), rows_of(batch.links), rows_of(batch.rejects)])
    assert made[0] == made[1]


ASSERTION = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["Person", "Company"]), st.integers(1, 5), st.sampled_from("xy")
)


@given(st.lists(ASSERTION, max_size=20))
def test_collapsed_keeps_each_assertion_with_its_first_record(rows: list[tuple[str, str, int, str]]) -> None:
    table = pa.table([pa.array(c, f.type) for c, f in zip(list(zip(*rows, strict=True)) or [[]] * 4, ENTITY_SCHEMA, strict=True)],
                     schema=ENTITY_SCHEMA)  # fmt: skip
    first: dict[tuple[str, str, str], int] = {}
    for id, kind, record, facts in rows:
        first[id, kind, facts] = min(record, first.get((id, kind, facts), record))
    made = collapsed(table)
    assert [(r["id"], r["kind"], r["facts"]) for r in made.to_pylist()] == list(first)
    assert made.column("record").to_pylist() == list(first.values())


TEXT = st.text(alphabet="aZ0Ññ漢\U0001f600", max_size=3)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=10))
def test_keys_are_put_together_as_the_rule_says(rows: list[tuple[str, str, str]]) -> None:
    """Sorted by their bytes, empty ones left out; nothing is made where all are empty."""
    columns = {name: [row[n] for row in rows] for n, name in enumerate("abc")}
    rule = EntityRule("x", "Thing", Key(columns=("a", "b", "c"), literal="k"), {})
    batch = map_table(Mapping((rule,)), pa.table(columns | {"record": list(range(1, len(rows) + 1))}), "demo")
    wanted = dict.fromkeys(i for row in rows if (i := make_id("demok", *row)))
    assert batch.entities.column("id").to_pylist() == list(wanted)
