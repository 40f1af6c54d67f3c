"""From any store to any other: the same digest, and nothing half-copied."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import permutations

import pytest
import store_places as at
from store_places import Place
from transfer_cases import Rows, everything, filled

from vinculo.graph.errors import Cancelled, UsageError
from vinculo.graph.registry import discover
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import copy, digest
from vinculo.graph.types import Batch, Manifest

WAYS = list(permutations(sorted(discover("vinculo.graph.stores", "STORE")), 2))


def by_hand(files: Sequence[Sequence[Rows]]) -> tuple[str, str]:
    """Both sums, said in plain steps: the smallest record of each (thing, property, value, source), sorted, one sha256; and
    the same of (thing, property, value, dataset).
    """
    lines: dict[tuple[object, ...], int] = {}
    for batches in files:
        for name, things, between in batches:
            origin = at.source(name)
            sorted_rows = [(0, (i,), k, r, f) for i, k, r, f in things]
            sorted_rows += [(1, (i, k, a, b), k, r, f) for i, k, a, b, r, f in between]
            for sort, head, kind, record, values in sorted_rows:
                pairs = [
                    ("", kind),
                    *((p, v) for p, vs in values.items() for v in ([vs] if isinstance(vs, str) else vs)),
                ]
                for property_name, value in pairs:
                    key = (sort, head, f"{property_name}\x1f{value}", origin.dataset, origin.sha256)
                    lines[key] = min(record, lines.get(key, record))
    made, plain = hashlib.sha256(), hashlib.sha256()
    for (sort, head, pair, dataset, sha256), record in sorted(lines.items()):
        text = "\x1f".join([("entity", "link")[sort], *head, pair, dataset, sha256, str(record)])  # type: ignore[list-item, misc, call-overload]
        made.update(text.encode() + b"\x1e")
    # keys are of mixed things, which types cannot tell apart
    for sort, head, pair, dataset in sorted({key[:4] for key in lines}):  # type: ignore[misc]
        text = "\x1f".join([("entity", "link")[sort], *head, pair, dataset])  # type: ignore[list-item, misc, call-overload]
        plain.update(text.encode() + b"\x1e")
    return made.hexdigest(), plain.hexdigest()


def test_the_digest_is_what_it_is_said_to_be(place: Place) -> None:
    store = place.open()
    made = filled(store)
    told = digest(store)
    assert (told["digest"], told["values_digest"]) == by_hand(made)
    assert told["entities"] == sum(store.counts()["entities"].values())
    assert told["links"] == sum(store.counts()["links"].values())
    assert told["values"] == len(
        {
            (sort, i, p, v)
            for f in made
            for _, things, _ in f
            for i, _, _, vs in things
            for sort in "e"
            for p, v in vs.items()
        }
        | {
            (sort, i, p, v)
            for f in made
            for _, _, ls in f
            for i, _, _, _, _, vs in ls
            for sort in "l"
            for p, v in vs.items()
        }
    )


def test_a_changed_value_kind_end_record_or_file_changes_the_digest() -> None:
    def of(
        name: str = "d.a", value: str = "X", kind: str = "Person", target: str = "y", record: int = 3
    ) -> tuple[str, str]:
        store = open_store("sqlite:///:memory:")
        at.load(store, name, [("x", kind, record, {"name": value})], [("p", "PAID", "x", target, 1, {})])
        made = digest(store)
        store.close()
        return made["digest"], made["values_digest"]

    seen = [of(), of(name="d.b"), of(value="Y"), of(kind="Company"), of(target="z"), of(record=4)]
    assert len({whole for whole, _ in seen}) == len(seen)
    plain = [values for _, values in seen]
    assert plain[0] == plain[1] == plain[5], "which file, which record"
    assert len({*plain[:1], *plain[2:5]}) == 4
    assert of() == seen[0]


@pytest.mark.neo4j
@pytest.mark.parametrize(("origin", "target"), WAYS)
def test_a_copy_holds_the_same(both: dict[str, Place], origin: str, target: str) -> None:
    first, second = both[origin].open(), both[target].open()
    filled(first)
    first.withdraw(at.source("d1.f1", synthetic=True))
    told: list[tuple[str, int, int]] = []
    made = copy(first, second, lambda *step: told.append(step))
    assert made == {"sources": 2, "passed_over": 0, "context": 0, "findings": 0, "suggestions": 1, "documents": 2}
    assert digest(second) == digest(first)
    assert sorted(map(repr, everything(second).pop("runs"))) == sorted(map(repr, everything(first).pop("runs")))  # type: ignore[call-overload]
    assert {k: v for k, v in everything(second).items() if k != "runs"} == {
        k: v for k, v in everything(first).items() if k != "runs"
    }
    assert told[-1][1] == told[-1][2] > 0
    # there and back again
    assert copy(second, first)["passed_over"] == 2
    version = second.version()
    assert copy(first, second)["passed_over"] == 2
    assert second.version() == version


@pytest.mark.neo4j
@pytest.mark.parametrize(("origin", "target"), WAYS)
def test_both_stores_answer_alike(both: dict[str, Place], origin: str, target: str) -> None:
    first, second = both[origin].open(), both[target].open()
    filled(first, seed=8)
    copy(first, second)
    for text in ("nunez", "Núñez 3", "nuñes 12", "e1", "", "nn", "12"):
        assert first.search(text, limit=50) == second.search(text, limit=50), text
    ids = first.nodes().column("id").to_pylist()
    for id in ids:
        one, two = first.neighbours(id, hops=2, limit=30), second.neighbours(id, hops=2, limit=30)
        assert (one.links, one.totals, one.truncated) == (two.links, two.totals, two.truncated)
        assert set(one.entities) == set(two.entities)
    for a, b in zip(ids, ids[7:], strict=False):
        for time_ordered in (False, True):
            assert first.paths(a, b, time_ordered=time_ordered) == second.paths(a, b, time_ordered=time_ordered)
    for kind, names in (("LegalEntity", ["name", "country"]), ("PAID", ["amount", "date"])):
        assert first.table(kind, names).equals(second.table(kind, names))
    every = [*first.entities(ids).values(), *first.links(first.edges().column("id").to_pylist()).values()]
    again = {**second.entities(ids), **second.links(first.edges().column("id").to_pylist())}
    for thing in every:
        assert thing.properties == again[thing.id].properties
        assert thing.sources == again[thing.id].sources


def test_a_copy_that_was_stopped_leaves_no_half_file_and_can_be_repeated(place: Place) -> None:
    origin = open_store("sqlite:///:memory:")
    filled(origin)
    target = place.open()
    calls = 0

    def stop(stage: str, done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        copy(origin, target, stop)
    assert len(target.sources()) == 1
    assert all([m.records for m in target.manifests(s) if m.records] == [50, 50] for s in target.sources())
    made = copy(origin, target)
    assert (made["sources"], made["passed_over"]) == (2, 1)
    assert digest(target) == digest(origin)
    origin.close()


def test_a_half_copied_file_is_copied_again(place: Place) -> None:
    origin, target = open_store("sqlite:///:memory:"), place.open()
    made = filled(origin)
    name, things, between = made[0][0]
    half = at.source(name, synthetic=True)
    # the process was killed here: the run never finished
    batch = Batch.make(at.entities(things[:3]), at.links(between[:3]))
    target.write(batch, Manifest(half, target.begin_run(half), 1, 50, at.prints(f"{name} 1 a", f"{name} 1 b")))
    copy(origin, target)
    assert digest(target) == digest(origin)
    origin.close()


def test_a_copy_goes_in_batches_that_a_server_takes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinculo.graph.transfer.ROWS", 7)
    origin, target = open_store("sqlite:///:memory:"), place.open()
    filled(origin)
    copy(origin, target)
    assert digest(target) == digest(origin)
    assert everything(target) == everything(origin)
    # what is loaded into the copy afterwards goes on with its own numbers
    for one in target.sources():
        numbers = [m.number for m in target.manifests(one)]
        assert numbers == sorted(set(numbers))
    assert copy(origin, target)["passed_over"] == 3
    origin.close()


def test_a_file_of_rejects_alone_is_copied(place: Place) -> None:
    origin, target = open_store("sqlite:///:memory:"), place.open()
    one = at.source("d.a")
    bad = at.rejects([(1, 2, "c", "raw", "bad", "e", "s")])
    origin.write(Batch.make(rejects=bad), Manifest(one, origin.begin_run(one), 1, 0, at.prints()))
    origin.finish_run(1, "done", {"rejected": 1})
    copy(origin, target)
    assert target.sources() == [one]
    assert target.rejects(one).equals(bad)
    assert copy(origin, target)["passed_over"] == 1
    origin.close()


def test_a_copy_adds_to_what_is_there(place: Place) -> None:
    origin, target = open_store("sqlite:///:memory:"), place.open()
    at.load(target, "mine.a", [("e1", "Person", 1, {"name": "Mine"})])
    filled(origin)
    copy(origin, target)
    assert "Mine" in [f.value for f in target.entities(["e1"])["e1"].properties["name"]]
    target.withdraw(at.source("mine.a"))
    assert digest(target) == digest(origin)
    origin.close()


def test_a_store_is_not_copied_onto_itself(place: Place) -> None:
    with pytest.raises(UsageError) as told:
        copy(place.open(), place.open())
    assert told.value.code == "copy_same"
