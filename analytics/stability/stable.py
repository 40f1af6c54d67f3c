"""Communities with how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vinculo.analytics.kernels import consensus
from vinculo.analytics.kernels.community import modularity
from vinculo.analytics.kernels.compiled import Progress
from vinculo.analytics.phrasing import sentence
from vinculo.analytics.stability.calibration import Features, log_odds, probability
from vinculo.analytics.stability.chance import Chance
from vinculo.analytics.stability.rehearsal import found_again
from vinculo.analytics.stability.runs import Cancel, Plan
from vinculo.analytics.stability.splitting import REAL_Z, Groups, Level, first_members, split_up
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask
from vinculo.graph.text import Text

#: Nodes of the whole that are counted with each group when it is said how many of it are found again.
BORROWED = 5


@dataclass(frozen=True, eq=False)
class Stability:
    """A consensus of many runs.

    Attributes
    ----------
    labels : int32 array
        Group of each node, numbered in the order of their first node.
    probability : float64 array
        For each node how likely its group is the one it belongs to, calibrated; 0 for a node without links.
    confidence : float64 array
        For each node the share of runs in which the community it was in is the best match of its group. Not a probability.
    group_probability, group_confidence : float64 arrays
        Mean of each group's members.
    group_sizes : int64 array
        Members of each group.
    other_ptr, other_groups, other_shares : arrays
        For each node the other groups it was in, and in what share of the runs, as compressed rows: who stands between groups.
    modularity : float
        Of the consensus.
    chance : Chance
        Modularity of one division of the whole beside that of its rewired selves.
    runs, drop, seed, resolution
        What was asked for.
    """

    labels: Codes
    probability: Floats
    confidence: Floats
    group_probability: Floats
    group_confidence: Floats
    group_sizes: Ints
    other_ptr: Ints
    other_groups: Codes
    other_shares: Floats
    modularity: float
    chance: Chance
    features: Features
    runs: int
    drop: float
    seed: int
    resolution: float

    @property
    def z(self) -> float:
        """Standard deviations by which the division of the whole exceeds those of rewired graphs."""
        return float(self.chance.z[0])

    @property
    def is_real(self) -> bool:
        """Whether the graph is divided more than chance would divide it."""
        return self.z >= REAL_Z

    @property
    def verdict(self) -> Text:
        """Whether the split is real, as a sentence."""
        return sentence(
            "stability.real" if self.is_real else "stability.not_real",
            found=f"{self.chance.found[0]:.3f}",
            mean=f"{self.chance.mean[0]:.3f}",
            z=f"{self.z:.1f}",
        )

    def others(self, node: int) -> list[tuple[int, float]]:
        """Other groups a node was in, with the share of the runs, most often first."""
        at = slice(int(self.other_ptr[node]), int(self.other_ptr[node + 1]))
        pairs = zip(self.other_groups[at].tolist(), self.other_shares[at].tolist(), strict=True)
        return sorted(pairs, key=lambda p: (-p[1], p[0]))


def stability(
    graph: Csr,
    *,
    runs: int = 100,
    drop: float = 0.1,
    seed: int = 0,
    resolution: float = 1.0,
    rewired: int = 20,
    split: bool = True,
    threads: int = 2,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Stability:
    """Find communities that many runs agree on, and say how sure each node's place is.

    Leiden is run many times, each time with a new seed and with links left out by chance. Modularity alone merges groups much
    smaller than the square root of the number of links (Fortunato and Barthelemy 2007): so each group of the consensus is
    looked at as a graph of its own, and where its inside is divided well beyond its own rewired selves, it is split, with runs
    of its own (as Ruan and Zhang 2008). A node's confidence is then the product over the splits. How likely its place is
    also rests on a rehearsal: the same search on a copy of the graph in which the groups are known.

    Parameters
    ----------
    graph : Csr
        Simple and undirected, with positive weights (:meth:`Network.simple`).
    runs : int
        How many; 100 or more for what is to be relied on.
    drop : float
        Chance of each link to be left out of a run.
    seed : int
        The same seed gives the same bytes, with any number of threads.
    resolution : float
        Above 1: smaller communities.
    rewired : int
        How many graphs by chance to compare with.
    split : bool
        Look into groups; else they are those of modularity on the whole.
    threads : int
        Runs at once.
    progress : callable, optional
        Told the stage (``chance``, ``runs``, ``rehearsal``), done and total; may raise to stop.
    cancel : callable, optional
        Asked before each run; true stops.

    Raises
    ------
    Cancelled
        ``cancelled``.

    References
    ----------
    Ruan and Zhang, Identifying network communities with a high resolution, Physical Review E 77, 016104 (2008). The others are
    named where they are used: :mod:`vinculo.analytics.stability.consensus`, :mod:`vinculo.analytics.kernels.rewiring`.

    Examples
    --------
    Two triangles and a link between them:

    >>> from vinculo.graph.network import simple_csr
    >>> a, b = np.array([0, 0, 1, 3, 3, 4, 2], np.int32), np.array([1, 2, 2, 4, 5, 5, 3], np.int32)
    >>> found = stability(simple_csr(6, a, b, np.ones(7)), runs=20)
    >>> found.labels.tolist()
    [0, 0, 0, 1, 1, 1]
    """
    plan = Plan(resolution, seed, threads, progress, cancel)
    made = split_up(graph, plan, runs=runs, drop=drop, rewired=rewired, split=split)
    again = found_again(graph, made.labels, plan, drop=drop, split=split)
    features = _features(graph, made, again)
    likely = probability(features)
    count = len(made.sizes)
    ptr, others, shares = _elsewhere(graph, made.labels, count, made.levels, runs)
    return Stability(
        labels=made.labels,
        probability=likely,
        confidence=made.confidence,
        group_probability=np.bincount(made.labels, likely, count) / made.sizes,
        group_confidence=np.bincount(made.labels, made.confidence, count) / made.sizes,
        group_sizes=made.sizes,
        other_ptr=ptr,
        other_groups=others,
        other_shares=shares,
        modularity=modularity(graph, made.labels, resolution=resolution),
        chance=made.whole,
        features=features,
        runs=runs,
        drop=drop,
        seed=seed,
        resolution=resolution,
    )


def _features(graph: Csr, made: Groups, again: Mask) -> Features:
    groups, sizes = made.labels, made.sizes
    degrees = graph.degrees.astype(np.float64)
    linked = degrees > 0
    shares = np.bincount(groups, degrees, len(sizes)) / max(1.0, float(degrees.sum()))
    inside, margin = consensus.pull(graph.ptr, graph.neighbours, graph.weights, groups, shares)
    rows = np.repeat(np.arange(graph.nodes), graph.degrees)
    weight = np.bincount(rows, graph.weights, graph.nodes)
    squares = np.bincount(rows, graph.weights**2, graph.nodes)
    mean = float(again[linked].mean()) if linked.any() else 0.0
    # a group of few nodes says little by itself: it borrows from the whole
    borrowed = np.bincount(groups, again, len(sizes)) + BORROWED * mean

    def of_group(values: Floats) -> Floats:
        found: Floats = (np.bincount(groups, values, len(sizes)) / sizes)[groups]
        return found

    return Features(
        linked=linked,
        confidence=made.confidence,
        group_confidence=of_group(log_odds(made.confidence)),
        overlap=made.overlap,
        inside=inside - shares[groups],
        margin=margin,
        group_margin=of_group(margin),
        ends=np.divide(weight**2, squares, out=np.zeros(graph.nodes), where=linked),
        divided=made.gain[groups],
        size=sizes[groups].astype(np.float64),
        real_z=np.full(graph.nodes, made.whole.z[0]),
        found_again=np.full(graph.nodes, mean),
        group_found_again=(borrowed / (sizes + BORROWED))[groups],
    )


def _elsewhere(graph: Csr, groups: Codes, count: int, levels: list[Level], runs: int) -> tuple[Ints, Codes, Floats]:
    """Other groups each node was in, on any level, as the parts of them that it is linked to most."""
    first = first_members(groups)
    nodes, others, shares = [], [], []
    for level in levels:
        d = level.division
        near = consensus.nearest_part(
            graph.ptr, graph.neighbours, graph.weights, groups, d.labels[first], d.ptr, d.others
        )
        node = np.repeat(np.arange(graph.nodes), np.diff(d.ptr))
        keep = near >= 0
        nodes.append(node[keep])
        others.append(near[keep])
        shares.append((d.times / runs * level.before[node])[keep])
    key = np.concatenate(nodes) * count + np.concatenate(others)
    pairs, at = np.unique(key, return_inverse=True)
    ptr = np.searchsorted(pairs, np.arange(graph.nodes + 1, dtype=np.int64) * count)
    summed: Floats = np.bincount(at, np.concatenate(shares), len(pairs)).astype(np.float64)
    return ptr.astype(np.int64), (pairs % count).astype(np.int32), summed
