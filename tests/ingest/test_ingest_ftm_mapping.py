"""FollowTheMoney mapping files give the entities that FollowTheMoney gives."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vinculo.graph.errors import InputError
from vinculo.graph.facts import unpack
from vinculo.graph.ids import edge_id, make_id
from vinculo.graph.schema import kind
from vinculo.graph.stores import open_store
from vinculo.ingest.engine import map_tables
from vinculo.ingest.formats.opened import open_file
from vinculo.ingest.load import ingest
from vinculo.ingest.user_mapping import read_mapping

COLUMNS = ("a", "b", "c d", "É")
#: A hostile mapping: everything the language has, on columns with awkward names.
HOSTILE = """
odd data:
  queries:
    - csv_url: http://unreachable.invalid/file.csv
      filters_not: {a: [skip, null]}
      entities:
        person:
          schema: Person
          key_literal: " p "
          keys: [a, "c d", b, a]
          properties:
            name: {columns: [b, a], join: " "}
            alias: {column: b, split: ","}
            country: {literals: [Mexico, US, Atlantis]}
            birthDate: {columns: [a, b, É]}
            email: {column: É}
            summary: {template: "{{a}}, {{ b }} - {{c d}} {{nowhere}}"}
            keywords: {literals: [one, two], column: a, split: "o"}
            phone: {column: b, format: MX}
            notes: {columns: [a, b], literal: "x", join: ";", split: "; "}
        firm:
          schema: Company
          id_column: É
          properties:
            name: {column: É, required: true}
            incorporationDate: {column: b, format: "%d/%m/%Y"}
            website: {column: "c d"}
        tie:
          schema: Ownership
          key: [a, É]
          properties:
            owner: {entity: person}
            asset: {entity: firm}
            role: {literal: " holder "}
            percentage: {column: b}
        where:
          schema: Address
          key_literal: w
          keys: [É]
          properties:
            full: {columns: [É, b], join: "; "}
        homeless:
          schema: Person
          key_literal: h
          keys: [b]
          properties:
            name: {column: b}
            addressEntity: {entity: where}
    - csv_url: http://unreachable.invalid/file.csv
      filters: {b: [yes please, "1"], a: x}
      entities:
        pay:
          schema: LegalEntity
          key_literal: pay  # without one it would share ids with the tie, as FollowTheMoney's rule has it
          keys: [b]
          properties: {name: {column: a}, taxNumber: {column: a}}
"""
PLAIN = """
payments:
  queries:
    - csv_url: x.csv
      entities:
        from: {schema: LegalEntity, key_literal: party, keys: [a], properties: {name: {column: a}}}
        to: {schema: LegalEntity, key_literal: party, keys: [b], properties: {name: {column: b}}}
        paid:
          schema: Payment
          key_literal: pay
          keys: [a, b, "c d"]
          properties:
            payer: {entity: from}
            beneficiary: {entity: to}
            amount: {column: "c d"}
            date: {column: É}
            purpose: {template: "{{c d}} on {{É}}"}
"""


def ours(mapping: str, path: Path, folder: Path) -> dict[str, tuple[str, dict[str, set[str]]]]:
    """Entities by id as FollowTheMoney tells them: schema and values, links with their ends."""
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    file = open_file(path)
    found: dict[str, tuple[str, dict[str, set[str]]]] = {}
    for made in read_mapping(folder / "mapping.yml", file):
        assert made.dataset.prepare is not None
        for chunk in made.format.reads(file, made.layout, {}):
            tables = made.dataset.prepare(chunk.table)
            batch = map_tables(made.dataset.mappings, tables, chunk.table, made.dataset.name)
            for row in batch.entities.to_pylist() + batch.links.to_pylist():
                known = kind(row["kind"])
                if not known.ftm:
                    continue
                ends = (
                    [(known.source_property, row["source"]), (known.target_property, row["target"])]
                    if known.is_link
                    else []
                )
                values = found.setdefault(edge_id(row["id"]), (known.ftm, {}))[1]
                for name, text in [*unpack(row["facts"]), *ends]:
                    if name != "unreadable":
                        values.setdefault(name, set()).add(text)
    return found


def theirs(oracle: Any, mapping: str, path: Path) -> dict[str, tuple[str, dict[str, set[str]]]]:
    answer = oracle.ask(op="map", mapping=yaml.safe_load(mapping), file=str(path))
    return {
        id: (schema, {name: set(texts) for name, texts in values.items() if texts and name != "namesMentioned"})
        for id, (schema, values) in answer.items()
    }


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "x", "skip", "1", "yes please", "mx", "Mexico", "31/12/2020", "2020-02", "a@b.com", "É", "o,o"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=12),
)


@pytest.mark.parametrize("mapping", [HOSTILE, PLAIN], ids=["hostile", "plain"])
def test_a_mapping_gives_the_same_entities(mapping: str, oracle: Any, tmp_path: Path) -> None:
    @settings(
        max_examples=80,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(st.tuples(*(CELLS for _ in COLUMNS)), max_size=12))
    def compared(rows: list[tuple[str, ...]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
        path = tmp_path / "x.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        assert ours(mapping, path, tmp_path) == theirs(oracle, mapping, path)

    compared()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=4), st.text("ab", max_size=3))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ids_are_those_of_the_oracle(oracle: Any, key: list[str], prefix: str) -> None:
    stripped = sorted((k.strip() for k in key), key=lambda k: k.encode())
    assert make_id(prefix, *key) == oracle.ask(op="ids", prefix=prefix, keys=[stripped])[0]


def test_a_mapped_file_is_loaded_once(written: Callable[..., Path], tmp_path: Path) -> None:
    path = written("x.csv", "a,b,c d,É\nAna,Beto,5,2020-01-02\nAna,Beto,5,2020-01-02\n,,,\nAna,Zoe,7,31/01/2020\n")
    mapping = written("m.yml", PLAIN)
    store = open_store(f"sqlite:///{tmp_path / 'm.db'}")
    (report,) = ingest(path, store, mapping=mapping)
    assert (report.dataset, report.read, report.loaded, report.duplicate_in_file, report.rejected) == (
        "payments",
        4,
        2,
        1,
        1,
    )
    assert store.counts() == {"entities": {"LegalEntity": 3}, "links": {"PAID": 2}}
    (again,) = ingest(path, store, mapping=mapping)
    assert (again.already_there, again.loaded, again.links) == (2, 0, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("d: {queries: [{csv_url: x, entities: {p: {schema: Persson, key: a}}}]}", "unknown schema 'Persson'"),
        ("d: {queries: [{csv_url: x, entities: {p: {schema: Person}}}]}", "either keys or an id_column"),
        (
            "d: {queries: [{csv_url: x, entities: {p: {schema: Person, key: a, properties: {nam: {column: a}}}}}]}",
            "no property nam",
        ),
        ("d: {queries: [{database: x, entities: {p: {schema: Person, key: a}}}]}", "database"),
        ("d: {queries: [{csv_url: x}]}", "no entities"),
        ("just: text", "neither queries nor"),
        ("a: [", "expected the node content"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_named(text: str, says: str, written: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as caught:
        ingest(written("x.csv", "a,b\n1,2\n"), "sqlite:///:memory:", mapping=written("m.yml", text))
    assert caught.value.code == "bad_mapping"
    assert says in caught.value.message("en")


def test_a_file_without_the_columns_of_a_mapping_is_named(written: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as caught:
        ingest(written("x.csv", "q,r\n1,2\n"), "sqlite:///:memory:", mapping=written("m.yml", PLAIN))
    assert caught.value.code in ("no_header", "missing_columns")
