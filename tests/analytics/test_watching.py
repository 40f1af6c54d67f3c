"""Watching bias: who is looked at more often scores higher, and a ranking says how far that explains it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

from vinculo.analytics.ranking import Ranking, ranking
from vinculo.analytics.watching import observations, watching
from vinculo.graph.facts import pack
from vinculo.graph.network import Network
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import copy
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source

#: (file, record, source, target): a record that tells of one link.
Record = tuple[str, int, str, str]


@contextmanager
def told(records: list[Record]) -> Iterator[Store]:
    """A store that holds these records: two people and the tie between them in each."""
    store = open_store("sqlite:///:memory:")
    for file in sorted({r[0] for r in records}):
        source = Source("by_hand", file * 64, f"{file}.csv", synthetic=True)
        run = store.begin_run(source)
        mine = [r for r in records if r[0] == file]
        people = [(p, "Person", n, pack([("name", p)])) for _, n, a, b in mine for p in (a, b)]
        ties = [(f"{file}{n:06d}", "ASSOCIATE_OF", a, b, n, "") for _, n, a, b in mine]
        batch = Batch.make(_table(people, ENTITY_SCHEMA), _table(ties, LINK_SCHEMA))
        store.write(batch, Manifest(source, run, 1, len(mine), pa.array([b"0" * 16] * len(mine), FINGERPRINT)))
        store.finish_run(run, "done", {})
    try:
        yield store
    finally:
        store.close()


def _table(rows: list[tuple[str | int, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table([pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def test_records_and_files_that_mention_a_node_are_counted_once_each() -> None:
    records = [("a", 1, "x", "y"), ("a", 2, "x", "y"), ("a", 2, "x", "z"), ("b", 1, "x", "y")]
    with told(records) as store:
        network = Network.from_store(store)
        seen = observations(store, network)
        found = dict(
            zip(network.ids.to_pylist(), zip(seen.records.tolist(), seen.files.tolist(), strict=True), strict=True)
        )
    assert found == {"x": (3, 2), "y": (3, 2), "z": (1, 1)}


def test_what_a_record_repeats_counts_on_no_store(tmp_path: Path) -> None:
    """One store keeps the second record's row, a copy does not: it says nothing that the first has not said."""
    source = Source("by_hand", "a" * 64, "a.csv", synthetic=True)
    said = [[("name", "x"), ("notes", "1")], [("name", "x")], [("name", "x"), ("notes", "3")]]
    rows = [("x", "Person", n + 1, pack(facts)) for n, facts in enumerate(said)]
    found = []
    with (
        closing(open_store(f"sqlite:///{tmp_path}/a.db")) as store,
        closing(open_store(f"sqlite:///{tmp_path}/b.db")) as other,
    ):
        run = store.begin_run(source)
        manifest = Manifest(source, run, 1, 3, pa.array([b"0" * 16] * 3, FINGERPRINT))
        store.write(Batch.make(_table(rows, ENTITY_SCHEMA)), manifest)
        store.finish_run(run, "done", {})
        copy(store, other)
        for each in (store, other):
            found.append(observations(each, Network.from_store(each)).records.tolist())
    assert found == [[2], [2]]


def halves(seed: int) -> list[tuple[str, str]]:
    """Two groups of 40 in which everybody has twelve ties; nobody is like ``0-00`` less than anybody else."""
    graphs = [nx.random_regular_graph(12, 40, seed=seed * 2 + k) for k in (0, 1)]
    return [(f"{half}-{a:02d}", f"{half}-{b:02d}") for half, graph in enumerate(graphs) for a, b in graph.edges]


def observed(seed: int) -> list[Record]:
    """Records of these groups and of one broker who alone joins them, watched unevenly.

    ``0-00`` is watched ten times as often as the others, the broker, with ten ties into each group, half as often.
    """
    rng = np.random.default_rng(seed)
    ties = halves(seed) + [("broker", f"{half}-{k:02d}") for half in (0, 1) for k in range(1, 11)]
    rate = {"0-00": 10.0, "broker": 0.5}
    seen = [rng.poisson(0.2 * (rate.get(a, 1.0) + rate.get(b, 1.0))) for a, b in ties]
    pairs = [tie for tie, times in zip(ties, seen, strict=True) for _ in range(times)]
    return [("c", n + 1, a, b) for n, (a, b) in enumerate(pairs)]


def rank(records: list[Record], **more: int) -> Ranking:
    with told(records) as store:
        return ranking(store, top=100, **more)


def test_watching_explains_the_watched_one_and_not_the_broker() -> None:
    places = []
    for seed in range(6):
        found = rank(observed(seed), runs=1)
        by_id = {p.player.id: (k + 1, p) for k, p in enumerate(found.players)}
        (place, watched), (broker_place, broker) = by_id["0-00"], by_id["broker"]
        places.append(place)
        assert found.correlation > 0.3 and "scores higher" in found.watched.en
        assert watched.records == max(p.records for p in found.players)
        assert watched.excess <= 0.1 * watched.expected and watched.excess_place > place
        assert "explain" in watched.watched.en and "explican" in watched.watched.es
        assert broker.records < watched.records / 2
        assert broker_place <= 2 and broker.excess_place == 1 and broker.excess > 0.35
        assert "it has" in broker.watched.en and "tiene" in broker.watched.es
    # like anybody, and yet among the first of 81
    assert np.median(places) <= 12


def test_evenly_watched_the_same_one_is_nobody() -> None:
    """The other side of the test above: his place came from watching, for without it he has none."""
    places = []
    for seed in range(6):
        found = rank([("c", n + 1, a, b) for n, (a, b) in enumerate(halves(seed))], runs=1)
        places.append([p.player.id for p in found.players].index("0-00") + 1)
    assert np.median(places) > 20


def test_a_ranking_repeats_and_carries_how_sure_it_is() -> None:
    records = observed(1)
    found = rank(records, runs=20, seed=3)
    assert found == rank(list(reversed(records)), runs=20, seed=3)
    first = found.players[0]
    assert first.player.id == "broker" and first.among_first >= 15
    assert first.low <= first.value <= first.high * 1.5
    lines = found.as_json()
    assert lines[0]["runs"] == 20 and lines[0]["drop"] == 0.1 and "direction" in lines[0]["convention"]["en"]
    assert sum(p.among_first for p in found.players) >= 20 * 5


def test_expected_never_falls_with_records() -> None:
    rng = np.random.default_rng(5)
    records = rng.integers(1, 20, 200)
    made = watching(rng.random(200), records)
    order = np.argsort(records, kind="stable")
    assert (np.diff(made.expected[order]) >= -1e-12).all()
    assert made.excess.sum() == pytest.approx(0.0, abs=1e-9)
