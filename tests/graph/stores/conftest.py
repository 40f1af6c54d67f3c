"""Every registered store in turn, each in a place of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "neo4j")]

from neo4j_fixture import neo4j_url  # noqa: E402, F401
from store_places import PLACES, Place, neo4j_place  # noqa: E402

from vinculo.graph.registry import discover  # noqa: E402

STORES = sorted(discover("vinculo.graph.stores", "STORE"))


@pytest.fixture(params=[pytest.param(s, marks=[pytest.mark.neo4j] * (s == "neo4j")) for s in STORES])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty place for each store that registers itself."""
    made = PLACES[request.param](tmp_path, lambda: request.getfixturevalue("neo4j_url"))
    yield made
    made.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Place]:
    """A second empty place, on the embedded store: what a test compares with."""
    folder = tmp_path / "other"
    folder.mkdir()
    made = PLACES["sqlite"](folder, lambda: "")
    yield made
    made.close()


@pytest.fixture
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Place]]:
    """A place for every store at once, by name."""
    made = {name: PLACES[name](tmp_path, lambda: request.getfixturevalue("neo4j_url")) for name in STORES}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def server(tmp_path: Path, neo4j_url: str) -> Iterator[Place]:  # noqa: F811
    """The test server as a place."""
    made = neo4j_place(tmp_path, lambda: neo4j_url)
    yield made
    made.close()
