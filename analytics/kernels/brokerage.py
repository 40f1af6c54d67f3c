"""How a node's ties are spread: over communities (participation), and over people who know one another (constraint)."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.graph.network import Codes, Csr, Floats, Ints


@kernel
def spread_of_ties(ptr: Ints, neighbours: Codes, labels: Codes) -> tuple[Floats, Codes]:
    """Participation of each node, and how many of its ties stay in its own community."""
    n = len(ptr) - 1
    made = np.zeros(n)
    inside = np.zeros(n, np.int32)
    count = np.zeros(n, np.int64)
    for i in range(n):
        degree = ptr[i + 1] - ptr[i]
        if degree == 0:
            continue
        for e in range(ptr[i], ptr[i + 1]):
            count[labels[neighbours[e]]] += 1
        inside[i] = count[labels[i]]
        squares = 0
        for e in range(ptr[i], ptr[i + 1]):
            label = labels[neighbours[e]]
            squares += count[label] * count[label]
            count[label] = 0
        made[i] = 1.0 - squares / (degree * degree)
    return made, inside


@kernel
def constraints(ptr: Ints, neighbours: Codes, weights: Floats, strength: Floats, nodes: Codes) -> Floats:
    """Burt's constraint of some nodes; NaN for one without ties."""
    n = len(ptr) - 1
    made = np.full(len(nodes), np.nan)
    mark = np.full(n, -1, np.int32)
    held = np.zeros(n)
    for k in range(len(nodes)):
        i = nodes[k]
        if ptr[i] == ptr[i + 1]:
            continue
        for e in range(ptr[i], ptr[i + 1]):
            mark[neighbours[e]] = k
            held[neighbours[e]] = weights[e] / strength[i]
        for e in range(ptr[i], ptr[i + 1]):
            q = neighbours[e]
            share = weights[e] / strength[i]
            for f in range(ptr[q], ptr[q + 1]):
                j = neighbours[f]
                if mark[j] == k and j != i:
                    held[j] += share * weights[f] / strength[q]
        total = 0.0
        for e in range(ptr[i], ptr[i + 1]):
            total += held[neighbours[e]] * held[neighbours[e]]
        made[k] = total
    return made


def participation(graph: Csr, labels: Codes) -> tuple[Floats, Floats]:
    """Participation coefficient of each node and its within-community degree as z-score.

    P = 1 - sum over communities of (ties to it / ties)^2: 0 where all ties go to one community, near 1 where they are spread
    evenly over many. z tells how many standard deviations a node's ties inside its community stand above that community's mean;
    0 where all have the same.

    Parameters
    ----------
    graph : Csr
        Simple and undirected; ties are counted, not weighted.
    labels : int32 array
        Community of each node, numbered from 0, below the number of nodes.

    References
    ----------
    Guimera and Amaral, Functional cartography of complex metabolic networks, Nature 433, 895 (2005).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> star = Network.from_links([("a", "b"), ("a", "c"), ("a", "d"), ("a", "e")]).simple()
    >>> participation(star, np.array([0, 0, 0, 1, 1], np.int32))[0].tolist()
    [0.5, 0.0, 0.0, 0.0, 0.0]
    """
    spread, inside = spread_of_ties(graph.ptr, graph.neighbours, labels)
    members = np.bincount(labels, minlength=1)
    mean = np.bincount(labels, weights=inside) / np.maximum(members, 1)
    squares = np.bincount(labels, weights=inside.astype(np.float64) ** 2) / np.maximum(members, 1)
    deviation = np.sqrt(np.maximum(squares - mean**2, 0.0))
    z = np.zeros(graph.nodes)
    # a variance made of rounding is none
    np.divide(inside - mean[labels], deviation[labels], out=z, where=deviation[labels] > 1e-9)
    return spread, z


def constraint(graph: Csr, nodes: Codes | None = None) -> Floats:
    """Burt's constraint: how far a node's ties lead to people who are tied to one another; low for a broker.

    Parameters
    ----------
    graph : Csr
        Simple, undirected, weighted.
    nodes : int32 array, optional
        Of whom; of all by default.

    References
    ----------
    Burt, Structural holes and good ideas, American Journal of Sociology 110, 349 (2004).

    Examples
    --------
    >>> from vinculo.graph.network import Network
    >>> constraint(Network.from_links([("a", "b"), ("a", "c")]).simple()).tolist()
    [0.5, 1.0, 1.0]
    """
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    strength = np.bincount(rows, weights=graph.weights, minlength=graph.nodes).astype(np.float64)
    wanted = np.arange(graph.nodes, dtype=np.int32) if nodes is None else np.asarray(nodes, np.int32)
    return constraints(graph.ptr, graph.neighbours, graph.weights, strength, wanted)


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (spread_of_ties, (t.ptr, t.ends, t.codes)),
        (constraints, (t.ptr, t.ends, t.floats, t.floats, t.codes)),
    ]
