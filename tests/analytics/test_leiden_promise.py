"""What Leiden promises on any graph: connected communities, and the same ones whatever unit the weights are in.

``VINCULO_FUZZED_GRAPHS=10000`` tries as many graphs, and as many directed ones; 240 each by default.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from vinculo.analytics.kernels import community, directed
from vinculo.analytics.kernels.structure import components
from vinculo.graph.network import Csr, simple_csr

GRAPHS = int(os.environ.get("VINCULO_FUZZED_GRAPHS", "240"))


def unit(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Sparse to dense, every link alike."""
    n = int(rng.integers(3, 120))
    m = int(rng.integers(1, 4 * n))
    return rng.integers(0, n, m), rng.integers(0, n, m), np.ones(m), n


def lognormal(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Weights as amounts of money are spread."""
    a, b, _, n = unit(rng)
    return a, b, rng.lognormal(0, rng.uniform(0.5, 4), len(a)), n


def tree(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """A tree of hubs and chains with few links besides, where a community hangs on one node."""
    n = int(rng.integers(3, 150))
    child = np.arange(1, n)
    parent = (child * rng.random(n - 1) ** rng.uniform(0.3, 3)).astype(np.int64)
    more = int(rng.integers(0, max(2, n // 10)))
    a = np.concatenate([child, rng.integers(0, n, more)])
    b = np.concatenate([parent, rng.integers(0, n, more)])
    return a, b, rng.lognormal(0, rng.choice([0.0, 1.0, 3.0]), len(a)), n


def built(kind, seed: int) -> tuple[Csr, Csr]:
    """The graph without direction and with: a tree leads to its root, here and there back."""
    rng = np.random.default_rng(seed)
    a, b, weights, n = kind(rng)
    keep = a != b
    a, b, weights = a[keep].astype(np.int32), b[keep].astype(np.int32), weights[keep]
    turned = rng.random(len(a)) < rng.choice([0.0, 0.2, 0.5])
    ends = np.where(turned, b, a), np.where(turned, a, b)
    return simple_csr(n, np.minimum(a, b), np.maximum(a, b), weights), simple_csr(n, *ends, weights, directed=True)


def torn(graph: Csr, labels: np.ndarray) -> bool:
    """Whether some community is not connected: another kernel (union-find on a list of links) than the one that sees to it."""
    rows = np.repeat(np.arange(graph.nodes, dtype=np.int32), graph.degrees)
    inside = labels[rows] == labels[graph.neighbours]
    return len(np.unique(components(graph.nodes, rows[inside], graph.neighbours[inside]))) != len(np.unique(labels))


@pytest.mark.parametrize("search", [community.leiden, directed.leiden], ids=["undirected", "directed"])
@pytest.mark.parametrize("kind", [unit, lognormal, tree], ids=lambda k: k.__name__)
def test_every_community_is_connected_and_no_unit_matters(kind, search):
    apart, moved = [], []
    for seed in range(GRAPHS // 3):
        linked, one_way = built(kind, seed)
        graph = one_way if search is directed.leiden else linked
        for potts in (False, True):
            resolution = float(np.median(graph.weights)) if potts and len(graph.weights) else 1.0
            labels = search(graph, seed=seed, potts=potts, resolution=resolution)
            if torn(linked, labels):
                apart.append((seed, potts))
            for factor in (1e-13, 1e9):
                other = search(
                    graph._replace(weights=graph.weights * factor),
                    seed=seed,
                    potts=potts,
                    resolution=resolution * factor if potts else 1.0,
                )
                if (other != labels).any():
                    moved.append((seed, potts, factor))
    assert not apart and not moved


def test_a_partition_that_is_torn_is_seen_as_such():
    """The check above can fail: two pairs with nothing between them are no community."""
    graph = simple_csr(4, np.array([0, 2], np.int32), np.array([1, 3], np.int32), np.ones(2))
    assert torn(graph, np.zeros(4, np.int32)) and not torn(graph, np.array([0, 0, 1, 1], np.int32))
