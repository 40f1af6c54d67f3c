"""One graph at several resolutions, from a few large groups to many small ones, with a method beside it that is no modularity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vinculo.analytics.kernels.community import leiden, modularity
from vinculo.analytics.kernels.levels import shrink
from vinculo.graph.network import Codes, Csr

RESOLUTIONS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Layer(NamedTuple):
    """One division of a graph.

    Attributes
    ----------
    method : str
        ``modularity`` or ``potts``.
    resolution : float
        Of that method.
    labels : int32 array
        Group of each node, numbered in the order of their first node.
    groups : int
        How many.
    modularity : float
        At resolution 1, so that layers can be compared.
    """

    method: str
    resolution: float
    labels: Codes
    groups: int
    modularity: float


class Layers(NamedTuple):
    """A hierarchy and a division beside it.

    Attributes
    ----------
    nested : tuple of Layer
        By modularity, coarsest first. Every group lies whole in one group of the layer before it, so that a chart can open
        and close them.
    fine : Layer
        By the constant Potts model (Traag, Van Dooren, Nesterov 2011), which has no resolution limit: each group holds at
        least the share ``resolution`` of the links it could hold. Not nested with the others.
    """

    nested: tuple[Layer, ...]
    fine: Layer


def layers(
    graph: Csr, *, resolutions: tuple[float, ...] = RESOLUTIONS, density: float | None = None, seed: int = 0
) -> Layers:
    """Divide a graph at several resolutions in one call.

    The finest is found by Leiden on the graph; each coarser one by Leiden on the groups of the one before, which can only
    merge.

    Parameters
    ----------
    graph : Csr
        Simple and undirected, with positive weights.
    resolutions : tuple of float
        Of modularity (Reichardt and Bornholdt 2006), in any order; 1 is plain modularity.
    density : float, optional
        Of the constant Potts model, in units of the weights. By default the mean weight times the geometric mean of the
        graph's density and that of a part in which all are linked.
    seed : int
        The same seed gives the same layers.

    Examples
    --------
    >>> from vinculo.graph.network import simple_csr
    >>> a, b = np.array([0, 0, 1, 3, 3, 4, 2], np.int32), np.array([1, 2, 2, 4, 5, 5, 3], np.int32)
    >>> found = layers(simple_csr(6, a, b, np.ones(7)), resolutions=(0.1, 1.0))
    >>> [layer.groups for layer in found.nested], found.fine.labels.tolist()
    ([1, 2], [0, 0, 0, 1, 1, 1])
    """
    made: list[Layer] = []
    at = np.arange(graph.nodes, dtype=np.int32)
    small, loops = graph, np.zeros(graph.nodes)
    for resolution in sorted(resolutions, reverse=True):
        labels = leiden(small, seed=seed, resolution=resolution, loops=loops / 2)
        at = labels[at]
        count = int(labels.max(initial=-1)) + 1
        made.append(_layer(graph, "modularity", resolution, at))
        ptr, neighbours, weights, loops = shrink(small.ptr, small.neighbours, small.weights, loops, labels, count)
        small = Csr(ptr, neighbours, np.zeros(0, np.int32), weights)
    gamma = usual_density(graph) if density is None else density
    fine = leiden(graph, seed=seed, resolution=gamma, potts=True)
    return Layers(tuple(reversed(made)), _layer(graph, "potts", gamma, fine))


def usual_density(graph: Csr) -> float:
    """Density, in units of the weights, halfway (as a ratio) between that of the graph and 1."""
    n = graph.nodes
    if n < 2 or not len(graph.weights):
        return 1.0
    mean = float(graph.weights.mean())
    return mean * float(np.sqrt(len(graph.weights) / (n * (n - 1))))


def _layer(graph: Csr, method: str, resolution: float, labels: Codes) -> Layer:
    groups = int(labels.max(initial=-1)) + 1
    return Layer(method, resolution, labels, groups, modularity(graph, labels))
