"""Kept divisions: among the findings while their files are there, compared by members, accusing nobody."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pyarrow as pa
import pytest

from vinculo.analytics import community_keeping as keeping
from vinculo.analytics.communities import divided
from vinculo.analytics.community_finding import reason_of
from vinculo.analytics.community_report import described
from vinculo.analytics.detect import detect
from vinculo.analytics.disruption.effects import spoken_of
from vinculo.analytics.finding_told import told
from vinculo.analytics.projecting.seeing import projected
from vinculo.analytics.typology import COMMUNITY, finding_kinds, typologies
from vinculo.graph.evidence import basis, grounded
from vinculo.graph.facts import pack
from vinculo.graph.network import Network
from vinculo.graph.text import has
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, Batch, Manifest, Source


def keep(store, name="first", projection="everything", when="2026-01-01T00:00:00+00:00", **how):
    """Divide, describe and keep."""
    read = basis(store)
    made = divided(projected(store, projection), **how)
    run = keeping.keep_communities(store, name, made, described(store, made), basis=read, when=when)
    return made, run


def rings(case, sides="PQ", size=6):
    """Rings of firms that pay one another."""
    made = [[case.company(f"{side} {k}") for k in range(size)] for side in sides]
    for ring in made:
        for k in range(size):
            case.pay(ring[k], ring[(k + 1) % size], k, 100)
            case.pay(ring[k], ring[(k + 2) % size], k, 100)
    for a, b in itertools.pairwise(made):
        case.pay(a[0], b[0], 30, 100)
    return made


@pytest.mark.parametrize("method", ["leiden", "stable"])
def test_kept_communities_are_findings_that_accuse_nobody(case, method):
    made = rings(case)
    store = case.store()
    keep(store, method=method)
    found = store.findings(COMMUNITY)
    assert [{i for i, _ in f.entities} for f in found] in (
        [set(made[0]), set(made[1])],
        [set(made[1]), set(made[0])],
    )
    patterns = {f.score for f in detect(store)}
    for f in found:
        assert 0 < f.score < 0.001 and all(f.score < s for s in patterns)
        assert set(store.links(f.links)) == set(f.links) and f.links
        assert all(has(f"feature.{name}") for name in f.features) and all(has(f"role.{r}") for _, r in f.entities)
        assert "accuses nobody" in f.reason.en and "no acusa a nadie" in f.reason.es and "made-up" in f.reason.en
        assert {s for _, s in f.lawful} <= {"tested", "not_testable"} and len(f.lawful) == 3
        assert f.features["projection"]["value"] == "everything" and f.features["made_up"]["value"] == "all"
        assert f.from_json(json.loads(json.dumps(f.as_json()))) == f
        for words in (f.reason, f.settles, *(t for t, _ in f.lawful)):
            assert words.en and words.es and words.en != words.es and "{" not in words.en + words.es
    assert COMMUNITY in finding_kinds() and COMMUNITY not in typologies()
    assert (len({f.lawful for f in found}) == 1) and {t.en: s for t, s in found[0].lawful}[
        "Chance alone divides networks too."
    ] == ("tested" if method == "stable" else "not_testable")


def test_the_same_contents_give_the_same_findings_in_any_order_of_writing(case):
    rings(case)
    one, other = case.store(), case.store(reverse=True)
    keep(one)
    keep(other)
    assert [f.as_json() for f in one.findings()] == [f.as_json() for f in other.findings()] != []


def test_being_in_a_community_speaks_of_nobody(case):
    rings(case)
    store = case.store()
    network = Network.from_store(store)
    before = spoken_of(store, network).sum()
    keep(store)
    assert store.findings(COMMUNITY) and spoken_of(store, network).sum() == before


def test_a_withdrawn_file_takes_its_communities_along(case):
    rings(case)
    store = case.store()
    keep(store)
    assert grounded(store, store.findings()) and not keeping.changed_since_keeping(store)
    [source] = store.sources()
    store.withdraw(source)
    assert grounded(store, store.findings()) == [] and keeping.changed_since_keeping(store)
    [run] = keeping.kept_runs(store).values()
    assert run["current"] is False
    assert "P 0" not in json.dumps([store.documents(c) for c in (keeping.RUNS, keeping.GROUPS)])


def test_a_withdrawn_file_takes_the_names_it_gave_along(case):
    """Firms that another file knows too stay in their finding, under the names that are left."""
    made = rings(case)
    store = case.store()
    source = Source("renamed", "2" * 64, "renamed.csv")
    number = store.begin_run(source)
    said = [
        {"id": i, "kind": "Company", "record": 1, "facts": pack([("name", f"A WITHDRAWN NAME {n} SA")])}
        for n, i in enumerate(made[0])
    ]
    batch = Batch.make(pa.Table.from_pylist(said, ENTITY_SCHEMA))
    store.write(batch, Manifest(source, number, 1, 1, pa.array([b"2" * 16], FINGERPRINT)))
    store.finish_run(number, "done", {})
    keep(store)
    assert "A WITHDRAWN NAME" in " ".join(f.reason.en for f in told(store, store.findings()))
    store.withdraw(source)
    found = told(store, grounded(store, store.findings()))
    assert len(found) == 2 and "WITHDRAWN" not in str([f.as_json() for f in found])
    for f, other in zip(found, store.findings(), strict=True):
        first = [store.entities([i])[i].name for i, _ in f.entities[:2]]
        assert f.reason.en == f"{first[0]}, {first[1]} and 4 more: {other.reason.en}"


def test_only_what_holds_together_is_said_to(case):
    """More than with the rest is more than half of the weight; a small group of the fine method may have less."""
    rings(case)
    store = case.store()
    d, *_ = described(store, divided(projected(store))).values()
    held = {inside: reason_of(replace(d, profile=replace(d.profile, inside=inside))) for inside in (0.3, 0.5, 0.8)}
    assert [("than with the rest" in r.en, "que con el resto" in r.es) for r in held.values()] == [
        (False, False),
        (False, False),
        (True, True),
    ]
    assert "30% of the weight" in held[0.3].en and "ties weigh more" in held[0.8].en and "de más peso" in held[0.8].es


def test_it_is_told_how_many_groups_are_findings(case):
    rings(case, "PQRS", 5)
    pairs = [case.company(f"Pair {k}") for k in range(4)]
    case.pay(pairs[0], pairs[1], 1, 1)
    case.pay(pairs[2], pairs[3], 1, 1)
    store = case.store()
    made, run = keep(store)
    assert run["findings"] == len(store.findings(COMMUNITY)) == sum(c.size > 2 for c in made.groups().values())
    assert run["communities"] == run["findings"] + 2
    keep(store, "later", when="2026-02-01")
    assert [r["findings"] for r in keeping.kept_runs(store).values()] == [0, run["findings"]]


def test_each_network_has_its_last_run_among_the_findings(case):
    rings(case)
    store = case.store()
    keep(store, "a", when="2026-01-01")
    keep(store, "b", "who_pays_whom", when="2026-01-02")
    assert {f.features["kept_as"]["value"] for f in store.findings()} == {"a", "b"}
    made, _ = keep(store, "c", "who_pays_whom", when="2026-01-03")
    assert {f.features["kept_as"]["value"] for f in store.findings()} == {"a", "c"}
    assert keeping.last_alike(store, made) == "c"
    keeping.forget_communities(store, "c")
    assert {f.features["kept_as"]["value"] for f in store.findings()} == {"a"}
    assert keeping.last_alike(store, made) == "b" and list(keeping.kept_runs(store)) == ["a", "b"]


def test_groups_that_chance_gives_as_well_are_kept_and_are_no_findings(case):
    firms = [case.company(f"F {k}") for k in range(24)]
    for a in range(24):
        for b in range(a):
            case.pay(firms[a], firms[b], a, 10)
    store = case.store()
    _, run = keep(store, method="stable")
    assert run["real"] is False and store.findings(COMMUNITY) == [] and "not real" in run["verdict"]["en"]


def test_what_became_of_each_group_is_told_by_its_members(case):
    p, q = rings(case)
    before = case.store()
    keep(before)
    # the rings grow together, and a third one appears
    for a in p:
        for b in q:
            case.pay(a, b, 50, 100)
    rings(case, "R")
    after = case.store()
    for collection in (keeping.RUNS, keeping.GROUPS):
        after.save_document(collection, "first", before.documents(collection)["first"])
    made = divided(projected(after))
    since = keeping.since(after, "first", made)
    kinds = {c.size: [change.kind for change, _ in since.of[g]] for g, c in made.groups().items()}
    assert kinds == {12: ["merged"], 6: ["born"]} and since.gone == ()
    [(change, was)] = next(t for t in since.of.values() if t[0][0].kind == "merged")
    assert change.shared == 12 and sorted(b.size for b in was) == [6, 6] and set(was[0].key_members) <= {*p, *q}


def test_a_group_that_is_gone_is_told(case):
    rings(case, "PQ")
    before = case.store()
    keep(before)
    case.entities.clear()
    case.links.clear()
    rings(case, "P")
    after = case.store()
    for collection in (keeping.RUNS, keeping.GROUPS):
        after.save_document(collection, "first", before.documents(collection)["first"])
    since = keeping.since(after, "first", divided(projected(after)))
    assert [(c.kind, c.before_size) for c, _ in since.gone] == [("died", 6)]
