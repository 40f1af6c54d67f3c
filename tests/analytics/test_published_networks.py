"""Betweenness of published covert networks, as published or as computed with NetworkX when the figures were collected.

The data are not part of the repository; each figure is compared by name, never by rank, since top lists cut through ties.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from vinculo.analytics.kernels.centrality import betweenness
from vinculo.graph.network import Network

DATA = Path(os.environ.get("VINCULO_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "covert"


def checks() -> list[dict]:
    """The figures that need only the betweenness of one matrix."""
    path = DATA / "expected_results.json"
    if not path.exists():
        return []
    wanted = ("distance=1/weight", "unweighted", "shortest path on distance=1/weight, normalised")
    return [
        c
        for c in json.loads(path.read_text())
        if c.get("file", "").startswith("caviar_directed/CAVIAR")
        and c["metric"].startswith("betweenness top")
        and c["weighting"] in wanted
    ]


def matrix(path: Path) -> tuple[list[str], np.ndarray]:
    """A square matrix with names; a name that comes twice keeps its first row and column, as the published figures do."""
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    names = [n.strip() for n in rows[0][1:]]
    values = np.array([[float(v or 0) for v in row[1 : len(names) + 1]] for row in rows[1 : len(names) + 1]])
    keep = [i for i, n in enumerate(names) if names.index(n) == i]
    return [names[i] for i in keep], values[np.ix_(keep, keep)]


@pytest.mark.skipif(not checks(), reason="set VINCULO_SHARED_DATA to a folder with covert/expected_results.json")
@pytest.mark.parametrize(
    "check", checks() or [None], ids=lambda c: f"{c['dataset']}, {c['graph']}, {c['weighting']}" if c else "absent"
)
def test_betweenness_is_as_published(check):
    names, weights = matrix(DATA / check["file"])
    directed = check["graph"] == "directed"
    if not directed and not (weights == weights.T).all():
        weights = weights + weights.T
    a, b = np.nonzero(weights)
    network = Network.from_links([(names[i], names[j]) for i, j in zip(a, b, strict=True)])
    ids = network.ids.to_pylist()
    graph = network.simple(directed=True)
    at = [names.index(i) for i in ids]
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    lengths = 1.0 / weights[np.array(at)[rows], np.array(at)[graph.neighbours]]
    weighted = "1/weight" in check["weighting"]
    # an unweighted figure is of all names, also of those without a link
    found = betweenness(graph, directed=True, lengths=lengths if weighted else None, normalized=False)
    n = len(names)
    score = dict(zip(ids, found / ((n - 1) * (n - 2)), strict=True))
    for name, value in check["expected"]:
        assert score[name] == pytest.approx(value, abs=check["tolerance"]), name
