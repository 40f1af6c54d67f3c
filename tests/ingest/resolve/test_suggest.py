"""Spelling variants are found, near names that are others' are not, and nothing is merged."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from rapidfuzz.distance import OSA

from vinculo.graph.facts import pack
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, LINK_SCHEMA, Batch, Manifest, Source, Suggestion
from vinculo.ingest.resolve.names import taken_apart
from vinculo.ingest.resolve.pairs import OVERLAP, candidate_pairs
from vinculo.ingest.resolve.parties import MOST_HOLDERS
from vinculo.ingest.resolve.suggest import MOST_EACH, suggest, suggest_anew


def store_of(parties: list[tuple[str, str, str, str]], links: list[tuple[str, str, str]] = []) -> Store:  # noqa: B006
    """A store with parties (id, kind, name, country) and links (kind, source, target) to numbers."""
    store = open_store("sqlite:///:memory:")
    source = Source("test", "0" * 64, "test.csv")
    rows = [(i, k, n, pack([("name", name), ("country", c)])) for n, (i, k, name, c) in enumerate(parties, 1)]
    for target in sorted({t for _, _, t in links}):
        kind = {"r": "Identifier", "p": "Phone"}[target[0]]
        rows.append((target, kind, 1, pack([("number", target), *([("type", "RFC")] if kind == "Identifier" else [])])))
    made = [(f"{k}{s}{t}", k, s, t, 1, "") for k, s, t in links]
    entities = pa.table([pa.array(c, f.type) for c, f in zip(zip(*rows), ENTITY_SCHEMA)], schema=ENTITY_SCHEMA)  # noqa: B905
    table = (
        pa.table([pa.array(c, f.type) for c, f in zip(zip(*made), LINK_SCHEMA)], schema=LINK_SCHEMA)  # noqa: B905
        if made
        else None
    )
    run = store.begin_run(source)
    store.write(Batch.make(entities, table), Manifest(source, run, 1, 1, pa.array([], pa.binary(16))))
    store.finish_run(run, "done", {})
    return store


def suggested(store: Store) -> set[tuple[str, str]]:
    """Pairs suggested."""
    suggest(store)
    return {(s.left, s.right) for s in store.suggestions()}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Frutas Peña, S.A. de C.V.", "FRUTAS PENA SA DE CV"),
        ("RUIZ PEREZ, Juan", "Juan Ruiz Pérez"),
        ("Everich Commerce Group Ltd.", "Everichcommercegroup Ltd."),
        ("Everich And Tomic Housewares Co.", "Everich And Tomic Housewares Co. Lt"),
        ("World Trade Consultant Inc.", "World Trade Consltant Inc."),
        ("Comercializadora Xalmanova", "Comercialisadora Xalmanova, S. de R.L."),
        ("Грузовой Терминал", "ГРУЗОВОЙ ТЕРМИНАЛ"),
    ],
)
def test_spellings_of_one_name_are_suggested(left: str, right: str) -> None:
    assert suggested(store_of([("a", "Company", left, "mx"), ("b", "Company", right, "")])) == {("a", "b")}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Grupo Tres 1", "Grupo Tres 2"),
        ("Shelimar Holdings II", "Shelimar Holdings III"),
        ("AL-TIKRITI, Ali Saddam Hussein", "AL-TIKRITI, Rana Saddam Hussein"),
        ("Juan Perez Lopez", "Juan Perez Gomez"),
        ("Acme", "Acne"),
        ("Transportes del Norte", "Transportes del Sur"),
    ],
)
def test_near_names_of_others_are_not(left: str, right: str) -> None:
    assert not suggested(store_of([("a", "LegalEntity", left, "mx"), ("b", "LegalEntity", right, "mx")]))


def test_another_country_kind_or_tax_number_speaks_against_it() -> None:
    names = [
        ("a", "Company", "Norte Ficticio", "mx"),
        ("b", "Company", "Norte Ficticio", "us"),
        ("c", "Person", "Norte Ficticio", "mx"),
        ("d", "Company", "Norte Ficticio", "mx"),
        ("e", "Company", "NORTE FICTICIO", "mx"),
    ]
    # a and d have two tax numbers; d and e the same one, so they have met already
    links = [("HAS_IDENTIFIER", "a", "r1"), ("HAS_IDENTIFIER", "d", "r2"), ("HAS_IDENTIFIER", "e", "r2")]
    assert not suggested(store_of(names, links))


def test_a_shared_phone_raises_the_score_and_is_said() -> None:
    parties = [("a", "Company", "Norte Ficticio", "mx"), ("b", "Company", "Norte Ficticio SA", "mx")]
    alone, together = store_of(parties), store_of(parties, [("HAS_PHONE", "a", "p1"), ("HAS_PHONE", "b", "p1")])
    assert suggest(alone) == suggest(together) == 1
    (first,), (second,) = alone.suggestions(), together.suggestions()
    assert second.score > first.score
    assert "share a phone" in second.why.en and "comparten un teléfono" in second.why.es
    assert "phone" not in first.why.en and "mismo país (MX)" in first.why.es


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("Norte Ficticio", ("Two parties are called Norte Ficticio", "Dos partes se llaman Norte Ficticio")),
        ("NORTE FICTICIO SA", ("but for accents, punctuation, word order or legal form", "salvo acentos")),
        ("Norte Fictisio", ("differ by one letter", "difieren en una letra")),
    ],
)
def test_it_is_said_how_two_names_differ(right: str, said: tuple[str, str]) -> None:
    store = store_of([("a", "Company", "Norte Ficticio", "mx"), ("b", "Company", right, "")])
    assert suggested(store) == {("a", "b")}
    (pair,) = store.suggestions()
    assert said[0] in pair.why.en and said[1] in pair.why.es
    assert ("accents" in pair.why.en) == ("accents" in said[0])


def test_a_party_without_country_meets_one_with_a_number_of_a_country_by_its_name() -> None:
    """They are two parties, for a number says nothing without its country; a person may judge that they are one."""
    store = store_of(
        [("a", "Company", "Norte Ficticio", "us"), ("b", "Company", "Norte Ficticio", "")],
        [("HAS_IDENTIFIER", "a", "r1")],
    )
    assert suggested(store) == {("a", "b")}


def test_nothing_is_merged_a_judgement_stays_and_a_second_run_says_the_same() -> None:
    store = store_of([("a", "Company", "Norte Ficticio", "mx"), ("b", "Company", "NORTE FICTICIO", "mx")])
    suggest(store)
    (first,) = store.suggestions()
    store.save_suggestions([Suggestion(first.left, first.right, first.score, first.why, "not_same")])
    suggest(store)
    assert [s.judgement for s in store.suggestions()] == ["not_same"]
    assert store.nodes().num_rows == 2


def test_one_name_of_many_is_suggested_a_few_times_only() -> None:
    store = store_of([(f"n{i:02}", "LegalEntity", "Juan Perez", "mx") for i in range(30)])
    pairs = suggested(store)
    assert pairs and max(sum(i in p for p in pairs) for i in {i for p in pairs for i in p}) <= MOST_EACH


def test_candidate_pairs_miss_none_whose_triples_overlap_enough() -> None:
    rng = random.Random(3)
    names = sorted({"".join(rng.choice("abcdefgh") for _ in range(rng.randint(8, 14))) for _ in range(150)})
    names = sorted({*names, *(n[:4] + n[5:] for n in names)})
    triples = [{n[i : i + 3] for i in range(len(n) - 2)} for n in names]
    wanted = {
        (a, b)
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if len(triples[a] & triples[b]) >= OVERLAP * len(triples[a] | triples[b])
    }
    found = set(map(tuple, candidate_pairs(names).tolist()))
    assert wanted and wanted <= found and len(found) < len(names) ** 2 / 4


def test_legal_forms_are_taken_apart() -> None:
    forms = [
        "S.A. de C.V.",
        "SA DE CV",
        "S. de R.L. de C.V.",
        "LLC",
        "Co., Ltd.",
        "Inc.",
        "S.A.S.",
        "S.A.P.I. de C.V.",
        "",
    ]
    made = taken_apart([f"Norte Ficticio {f}" for f in forms])
    assert {n.core for n in made} == {"norte ficticio"}
    assert [n.form for n in made] == ["SA", "SA", "S DE RL", "LLC", "CO LTD", "INC", "SAS", "SAPI", ""]
    assert OSA.distance(made[0].squeezed, "norteficticio") == 0


def test_it_looks_anew_only_where_the_files_are_others() -> None:
    store = store_of([("a", "Company", "Norte Ficticio", "mx"), ("b", "Company", "NORTE FICTICIO", "mx")])
    assert [suggest_anew(store), suggest_anew(store)] == [1, None]
    source = Source("test", "1" * 64, "more.csv")
    more = pa.table({"id": ["c"], "kind": ["Company"], "record": [1], "facts": [pack([("name", "Norte Fictisio")])]})
    mark = pa.array([b"0" * 16], pa.binary(16))
    run = store.begin_run(source)
    store.write(Batch.make(more.cast(ENTITY_SCHEMA)), Manifest(source, run, 1, 1, mark))
    assert suggest_anew(store) is None
    store.finish_run(run, "done", {})
    assert [suggest_anew(store), suggest_anew(store)] == [3, None]
    store.withdraw(source)
    assert suggest_anew(store) is not None


def test_a_value_that_many_share_does_not_raise_the_score() -> None:
    """A freight agent's phone stands with all its clients."""
    pair = [("a", "Company", "Norte Ficticio", "mx"), ("b", "Company", "Norte Ficticio SA", "mx")]
    crowd = [(f"n{i}", "Company", f"{i} {'abcdefghijklmnopqrstuvwxyz'[i] * 9}", "mx") for i in range(MOST_HOLDERS - 1)]
    links = [("HAS_PHONE", party[0], "p1") for party in pair + crowd]
    crowded, fewer = store_of(pair + crowd, links), store_of(pair + crowd, links[:-1])
    suggest(crowded), suggest(fewer)
    (one,), (other,) = crowded.suggestions("a"), fewer.suggestions("a")
    assert "phone" not in one.why.en and "share a phone" in other.why.en and one.score < other.score


def test_the_unnamed_at_the_other_end_of_an_account_are_nobody_twice() -> None:
    called = "? 0033 4567 8901 2"
    assert suggested(store_of([("a", "LegalEntity", called, ""), ("b", "LegalEntity", called, "")])) == set()
    assert suggested(store_of([("a", "LegalEntity", called[2:], ""), ("b", "LegalEntity", called[2:], "")]))
