"""One division of a graph from many runs, and how sure each node's place in it is.

Each run leaves out a part of the links and searches with a seed of its own. The consensus is Leiden's division of the graph whose
weights are the shares of runs that have both ends of a link in one community (Lancichinetti and Fortunato, Consensus clustering
in complex networks, Scientific Reports 2, 336, 2012). Only linked nodes are compared, as Tandon et al. do (Fast consensus
clustering in complex networks, Physical Review E 99, 042301, 2019). Of the ways tried on planted graphs it put most nodes where
they belong: more than the run that agrees best with the others, with or without a vote, and than what is joined by links that
half of the runs keep inside; repeating it gained nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vinculo.analytics.kernels import consensus
from vinculo.analytics.kernels.community import leiden
from vinculo.analytics.kernels.levels import renumber
from vinculo.analytics.stability.runs import Plan
from vinculo.graph.network import Codes, Csr, Floats, Ints, Mask

TOGETHER = 0.1  # share of runs below which two ends of a link count as apart
PASSES = 2  # of Leiden in each run
AGREED = 0.3  # resolution of the consensus: parts on which runs do not agree stay together


class Division(NamedTuple):
    """Groups, and what the runs say of them.

    Attributes
    ----------
    labels : int32 array
        Group of each node, numbered in the order of their first node.
    groups : int
        How many.
    sure : float64 array
        For each node the share of runs in which it is in the match of its group.
    overlap : float64 array
        For each group the mean Jaccard index of it and its match.
    ptr, others, times
        For each node the other groups it was in, and in how many runs, as compressed rows.
    """

    labels: Codes
    groups: int
    sure: Floats
    overlap: Floats
    ptr: Ints
    others: Codes
    times: Codes


def divide(graph: Csr, bound: Codes, chosen: Mask, plan: Plan, *, runs: int, drop: float, part: int) -> Division:
    """Divide each chosen group of ``bound`` as a graph of its own; nodes of other groups stay alone.

    Parameters
    ----------
    graph : Csr
        Simple and undirected.
    bound : int32 array
        Group of each node.
    chosen : bool array
        Which groups.
    plan : Plan
        Seed, resolution, threads.
    runs, drop
        As :func:`vinculo.analytics.stability.stability`.
    part : int
        Makes the seeds of this call its own.
    """
    gamma = plan.resolution * max(1, int(chosen.sum()))

    def run(seed: np.uint64) -> Codes:
        of = consensus.thinned(graph, bound, chosen, seed, drop)
        return leiden(of, seed=int(seed), resolution=gamma, passes=PASSES, watch=plan.watch)

    drawn = plan.every(run, part=part, count=runs, stage="runs")
    matrix = np.ascontiguousarray(np.array(drawn, np.int32).T)
    inside = consensus.thinned(graph, bound, chosen, np.uint64(0), 0.0)
    together = consensus.agreement(inside.ptr, inside.neighbours, matrix) / runs
    agreed = _only(inside, together, together >= TOGETHER)
    of = consensus.thinned(agreed, bound, chosen, np.uint64(0), 0.0)
    labels, count = renumber(leiden(of, seed=plan.seed % 2**64, resolution=AGREED * gamma, watch=plan.watch))
    sure, homes, overlap = consensus.follow(matrix, labels, count)
    ptr, others, times = consensus.memberships(homes, labels, count)
    return Division(labels, count, sure / runs, overlap, ptr, others, times)


def _only(graph: Csr, weights: Floats, keep: Mask) -> Csr:
    """Some entries, with these weights."""
    kept = np.concatenate([[0], np.cumsum(keep)])
    return Csr(kept[graph.ptr], graph.neighbours[keep], np.zeros(0, np.int32), weights[keep])
