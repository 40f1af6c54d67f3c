"""Detection as a whole: repeats byte by byte on any order of writing, can be stopped, says what it does not know."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

import pytest

from vinculo.analytics.detect import chosen, detect
from vinculo.analytics.phrasing import counted
from vinculo.analytics.typology import make_finding, measured, merge_overlapping, typologies
from vinculo.graph.errors import Cancelled, UsageError
from vinculo.graph.text import has


@pytest.fixture
def busy(case):
    """A ring, a structurer, a conduit and shells in one case."""
    ring = [case.account(f"R{k}", case.company(f"Ring {k}")) for k in range(4)]
    for k, a in enumerate(ring):
        case.pay(a, ring[(k + 1) % 4], 10 + k, 90_000 - k)
    ana = case.account("1", case.entity("Person", "Ana"))
    for k in range(8):
        case.deposit(ana, 20 + k, 9_000 + k)
    mule, away = case.account("M", case.entity("Person", "Mule")), case.account("A", case.company("Away"))
    for k in range(5):
        case.pay(ring[k % 4], mule, 50 + 3 * k, 7_000)
        case.pay(mule, away, 51 + 3 * k, 6_900)
    phone = case.entity("Phone", "+525555550100", number="+525555550100")
    shells = [case.company(f"Shell {k}", f"SHE01010{k}AB1") for k in range(3)]
    for k, shell in enumerate(shells):
        case.link("HAS_PHONE", shell, phone)
        case.consignment(f"B{k}", shell, shells[(k + 1) % 3], k)
    return case


def as_bytes(findings) -> bytes:
    return json.dumps([f.as_json() for f in findings], ensure_ascii=False).encode()


def test_the_same_contents_give_the_same_findings_in_any_order_of_writing(busy):
    store, reversed_store = busy.store(), busy.store(reverse=True)
    first = detect(store)
    assert {f.typology for f in first} >= {"round_trip", "structuring", "pass_through", "shared_address_shells"}
    assert as_bytes(first) == as_bytes(detect(store)) == as_bytes(detect(reversed_store))
    assert {f.id: f for f in store.findings()} == {f.id: f for f in first}


def test_findings_name_only_what_is_in_the_store_and_speak_both_languages(busy):
    store = busy.store()
    for finding in detect(store):
        assert set(store.entities([i for i, _ in finding.entities])) == {i for i, _ in finding.entities}
        assert set(store.links(finding.links)) == set(finding.links) and finding.links
        assert 0 <= finding.score <= 1
        for words in (finding.reason, finding.settles, *(t for t, _ in finding.lawful)):
            assert words.en and words.es and words.en != words.es and "{" not in words.en + words.es
        assert {s for _, s in finding.lawful} <= {"tested", "not_testable"} and finding.lawful
        for _, role in finding.entities:
            assert has(f"role.{role}")
        for name in finding.features:
            assert has(f"feature.{name}")


def test_one_typology_alone_replaces_only_its_own_findings(busy):
    store = busy.store()
    detect(store)
    before = {f.typology: f.id for f in store.findings()}
    detect(store, typologies=["structuring"])
    assert {f.typology: f.id for f in store.findings()} == before


def test_a_search_that_is_stopped_saves_nothing(busy):
    store = busy.store()

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "structuring":
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        detect(store, progress=stop)
    assert store.findings() == []


def test_an_unknown_typology_is_refused_with_those_that_are_known(busy):
    with pytest.raises(UsageError, match="nonsense") as refused:
        detect(busy.store(), typologies=["structuring", "nonsense"])
    assert "round_trip" in refused.value.hint()


@pytest.mark.parametrize("name", sorted(typologies()))
def test_every_typology_is_whole(name):
    [typology] = chosen([name])
    assert typology.name == name and typology.version and typology.reference
    assert typology.title.en and typology.title.es and has(f"stage.{typology.stage}") and has(f"settles.{name}")
    assert is_dataclass(typology.parameters) and typology.parameters.__dataclass_params__.frozen
    described = type(typology.parameters).__doc__ or ""
    for field in fields(typology.parameters):
        assert field.name in described or field.name == "methods", field.name


def test_findings_that_rest_on_the_same_evidence_are_one():
    def finding(score: float, links: list[str]):
        reason = dict.fromkeys(("hops", "actors", "days", "amounts", "retained", "times"), "")
        return make_finding(
            typologies()["round_trip"], score=score, entities=[("a", "origin")], links=links, window=("", ""),
            features={"hops": measured(len(links), "count")}, reason=reason, lawful={"refund": "tested"},
        )  # fmt: skip

    best, same, apart = finding(0.9, ["1", "2", "3"]), finding(0.5, ["2", "3"]), finding(0.4, ["3", "4"])
    kept = merge_overlapping([apart, same, best])
    assert [f.id for f in kept] == [best.id, apart.id]
    assert kept[0].features["merged"]["value"] == 1


@pytest.mark.parametrize("noun", ["day", "time", "deposit", "company"])
def test_numbers_agree_with_their_nouns(noun):
    assert counted(1, noun) != counted(2, noun)
