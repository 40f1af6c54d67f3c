"""What every dataset's declaration promises, whatever it is."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from vinculo.graph.schema import is_a, kinds
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats import formats, loose
from vinculo.ingest.recognise import datasets

ALL = sorted(datasets().values(), key=lambda d: d.name)


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_kinds_properties_and_ends_are_the_schemas(dataset: Dataset) -> None:
    known = kinds()
    for mapping in dataset.mappings.values():
        made = {}
        for rule in mapping.entities:
            possible = {rule.kind, *rule.kind_values.values()}
            made[rule.name] = possible
            assert possible <= set(known) and not any(known[k].is_link for k in possible)
            properties = set().union(*(known[k].properties for k in possible))
            assert set(rule.properties) <= properties, (rule.name, set(rule.properties) - properties)
        for rule in mapping.links:
            kind = known[rule.kind]
            assert kind.is_link and set(rule.properties) <= set(kind.properties), (rule.kind, rule.properties.keys())
            if dataset.name == "ftm":
                continue  # FollowTheMoney's files say what they say
            for end, allowed in ((rule.source, kind.source), (rule.target, kind.target)):
                assert any(is_a(k, allowed) or is_a(allowed, k) for k in made[end]), (rule.kind, end)


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_it_says_in_two_languages_what_it_is_and_reads_what_it_names(dataset: Dataset) -> None:
    for text in (dataset.title, dataset.description):
        assert text.en and text.es and text.en != text.es
    assert re.fullmatch("[a-z0-9_]+", dataset.name) and dataset.format in formats()
    assert not set(dataset.columns) & set(dataset.optional) and dataset.minimum_records >= 1
    columns = {*dataset.columns, *dataset.optional}
    assert set(dataset.aliases.values()) <= columns
    # an alias that is itself a column would take that column's place
    assert not {loose(a) for a in dataset.aliases} & {loose(c) for c in columns}
    assert set(dataset.shape) <= set(dataset.columns)
    if dataset.headerless:
        assert dataset.shape


def test_templates_need_no_licence_and_others_name_their_publisher() -> None:
    without = {d.name for d in ALL if not d.publisher}
    assert without == {"bills_of_lading", "transfers", "bank_statement", "seizures", "inspections", "ftm"}
    assert all(d.licence and d.url for d in ALL if d.publisher)


def test_no_dataset_is_taken_for_another() -> None:
    """A file that has all columns of one has some of its own, or more of them, than any other that fits."""
    headed = [d for d in ALL if not d.headerless and d.format == "table"]
    for one in headed:
        columns = {*one.columns, *one.optional}
        for other in headed:
            if other is not one and set(other.columns) <= columns:
                assert len({*other.columns, *other.optional} & columns) < len(columns), (one.name, other.name)


#: FollowTheMoney's files hold fragments of anything; an acknowledgement is refused.
WITHOUT_RATES = {"ftm", "fincen_acknowledgement"}
#: Published whole: a list cut short would clear people by leaving them out. Everything else may come in parts.
WHOLE = {
    "sat_69b", "ofac_sdn", "ofac_consolidated", "ofac_add", "ofac_alt", "un_consolidated", "bis_dpl", "us_csl", "fincen_files",
    "fincen_connections",
}  # fmt: skip


@pytest.mark.parametrize("dataset", ALL, ids=lambda d: d.name)
def test_what_is_expected_of_a_file_can_be_looked_at(dataset: Dataset) -> None:
    """Tables and columns that ``prepare`` gives, with head-room."""
    assert (dataset.minimum_records > 1) == (dataset.name in WHOLE)
    assert bool(dataset.fill_rates) == (dataset.name not in WITHOUT_RATES)
    assert all(0 < rate <= 0.95 for rate in dataset.fill_rates.values())
    expected = [key.partition(": ")[::2] for key in dataset.fill_rates]
    assert {name for name, _ in expected} <= set(dataset.mappings)
    if dataset.format == "table":  # what trees and messages give is seen in real ones (test_dataset_expectations.py)
        names = (*dataset.columns, *dataset.optional)
        row = pa.table({n: ["1"] for n in names} | {"record": [1], "line": [2]})
        made = dataset.prepare(row) if dataset.prepare else {"": row}
        for name, column in expected:
            assert name not in made or column in made[name].column_names, (name, column)
        assert {name for name, _ in expected} & set(made)
