"""Flipped bits and cut ends of the embedded store's file: what changes an answer is reported or refused, never a traceback."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import store_places as at

from vinculo.graph.errors import StoreError
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest

FLIPS, CUTS = 200, 20


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """A small store of two files that overlap, closed."""
    path = tmp_path / "whole.db"
    store = open_store(f"sqlite:///{path}")
    people = [(f"p{n}", "Person", n, {"name": f"Ana {n} López", "birthDate": f"1980-02-{n:02}"}) for n in range(1, 25)]
    paid = [
        (f"t{n}", "PAID", f"p{n}", f"p{n % 24 + 1}", n, {"amount": f"{n}00", "currency": "USD", "date": "2024-04-01"})
        for n in range(1, 25)
    ]
    at.load(store, "d.a", [*people, at.FIRM], [*paid, at.PAID])
    at.load(store, "d.b", [at.ANA, people[3]], [at.OWNS, *paid[:5]], taint="sar")
    store.close()
    return path.read_bytes()


def answers(store: Store) -> dict[str, Any]:
    """What digest, search and show say."""
    nodes = store.nodes()
    edges = store.edges()
    shown = store.entities(nodes.column("id").to_pylist())
    return {
        "digest": digest(store),
        "search": [store.search(text) for text in ("ana lopez", "halcon", "HNO010203AB1", "ana 7")],
        "show": [(e.id, e.kind, e.name, e.properties, e.sources) for e in shown.values()],
        "links": [
            (x.id, x.source, x.target, x.properties) for x in store.links(edges.column("id").to_pylist()).values()
        ],
        "edges": edges.select(["id", "kind", "date", "amount", "currency"]).to_pylist(),
        "near": [[x.id for x in store.neighbours(i).links] for i in ("p1", "firm")],
    }


def outcome(path: Path, right: dict[str, Any]) -> str:
    """What became of a damaged file: refused, reported, harmless, or missed."""
    try:
        store = open_store(f"sqlite:///{path}", create=False, read_only=True)
    except StoreError:
        return "refused"
    try:
        found = store.verify()
        assert all(d.message() for d in found)
        if found:
            return "reported"
        try:
            return "harmless" if answers(store) == right else "missed"
        except Exception:
            return "missed"
    finally:
        store.close()


def test_every_flip_that_changes_an_answer_is_reported(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "flipped.db"
    path.write_bytes(whole)
    store = open_store(f"sqlite:///{path}", read_only=True)
    assert store.verify() == []
    right = answers(store)
    store.close()
    chance = random.Random(7)
    # most of a small file is empty room: half of the flips fall where something stands
    used = [n for n, byte in enumerate(whole) if byte]
    counted: Counter[str] = Counter()
    for turn in range(FLIPS):
        damaged = bytearray(whole)
        place = chance.choice(used) if turn % 2 else chance.randrange(len(whole))
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        became = outcome(path, right)
        counted[became] += 1
        assert became != "missed", (place, damaged[place], whole[place])
    print(f"\n{FLIPS} flips:", dict(sorted(counted.items())))
    assert counted["reported"] > FLIPS // 10


def test_a_cut_file_is_refused_or_reported_unless_it_answers_alike(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cut.db"
    path.write_bytes(whole)
    store = open_store(f"sqlite:///{path}", read_only=True)
    right = answers(store)
    store.close()
    chance = random.Random(11)
    counted: Counter[str] = Counter()
    for _ in range(CUTS):
        path.write_bytes(whole[: chance.randrange(len(whole))])
        counted[outcome(path, right)] += 1
    print(f"\n{CUTS} cuts:", dict(sorted(counted.items())))
    # only room that nothing stands in may be cut off unnoticed: the last page
    assert counted["missed"] == 0 and counted["refused"] + counted["reported"] > CUTS * 3 // 4
