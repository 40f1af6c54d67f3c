"""A finding says what the case holds when it is read; what it was found by stays."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from vinculo.analytics.detect import detect
from vinculo.analytics.finding_told import told
from vinculo.graph.evidence import grounded
from vinculo.graph.facts import pack
from vinculo.graph.text import Text
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, Batch, Manifest, Source

NEWER = Source("list", "2" * 64, "list-march.csv")


def firm_on_a_list(case, **said):
    """A firm that ships, and a listing of it that a file tells of as ``said``."""
    firm = case.company("Comercializadora Norte", "PAC010101AB1")
    listing = case.entity("Listing", "entry 1", **said)
    case.link("LISTED", firm, listing)
    case.consignment("L1", firm, case.company("A buyer"), 1)
    return firm, listing


def say(store, listing, **said):
    """Another file of the same listing."""
    number = store.begin_run(NEWER)
    row = {"id": listing, "kind": "Listing", "record": 1, "facts": pack(said.items())}
    batch = Batch.make(pa.Table.from_pylist([row], ENTITY_SCHEMA))
    store.write(batch, Manifest(NEWER, number, 1, 1, pa.array([b"2" * 16], FINGERPRINT)))
    store.finish_run(number, "done", {})


def test_what_a_withdrawn_list_said_lives_on_in_no_finding(case):
    _, listing = firm_on_a_list(case, program="SAT 69-B", status="Presunto", standing="presumed")
    store = case.store()
    say(store, listing, status="Definitivo", standing="listed")
    detect(store, typologies=["list_match"])
    [before] = told(store, store.findings())
    assert "(SAT 69-B: Definitivo)" in before.reason.en
    store.withdraw(NEWER)
    [kept] = grounded(store, store.findings())
    [now] = told(store, [kept])
    assert "(SAT 69-B: Presunto)" in now.reason.en and "Definitivo" not in str(now.as_json())
    # nothing else of it is other than it was found
    assert replace(now, reason=before.reason) == before


def test_a_store_of_before_opens_and_tells_what_is_so_now(case):
    """Findings once kept the words of the lists in their sentence."""
    firm_on_a_list(case, program="SAT 69-B", status="Presunto", standing="presumed")
    store = case.store()
    [found] = detect(store, typologies=["list_match"])
    old = "This party appears on a list (A WITHDRAWN NAME: Definitivo). A listing is not a finding of guilt."
    store.save_findings("list_match", [replace(found, reason=Text(old, old))])
    [now] = told(store, store.findings())
    assert "(SAT 69-B: Presunto)" in now.reason.en and "WITHDRAWN" not in now.reason.en
    assert "(SAT 69-B: Presunto)" in now.reason.es


@pytest.mark.parametrize("said", [{}, {"publicationDate": "2024-01-01"}])
def test_a_listing_of_which_nothing_is_stated_is_told_by_its_record(case, said):
    _, listing = firm_on_a_list(case, **said)
    store = case.store()
    detect(store, typologies=["list_match"])
    [now] = told(store, store.findings())
    assert f"(record {listing}, of which no source says any more what list it is)" in now.reason.en
    assert listing in now.reason.es


def test_what_is_kept_of_findings_names_nobody_and_quotes_no_list(case):
    firm_on_a_list(case, program="SAT 69-B", status="Definitivo", standing="listed")
    store = case.store()
    assert detect(store)
    kept = str([f.as_json() for f in store.findings()])
    for words in ("Comercializadora", "A buyer", "69-B", "Definitivo"):
        assert words not in kept


def test_findings_come_back_in_their_order(case):
    firm_on_a_list(case, program="SAT 69-B", status="Definitivo", standing="listed")
    store = case.store()
    [listed] = detect(store, typologies=["list_match"])
    other = replace(listed, id="x", typology="structuring", reason=Text("as found", "como se halló"))
    assert [f.reason.en[:8] for f in told(store, [other, listed, other])] == ["as found", "This par", "as found"]
