"""Components and cores."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.compiled import kernel
from vinculo.graph.network import Codes, Csr, Ints


@kernel
def component_labels(nodes: int, source: Codes, target: Codes) -> Codes:
    """For each node the smallest node it is connected to, regardless of direction (union-find)."""
    parent = np.arange(nodes).astype(np.int32)
    for i in range(len(source)):
        a = source[i]
        b = target[i]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    for i in range(nodes):
        parent[i] = parent[parent[i]]
    return parent


@kernel
def core_numbers(ptr: Ints, neighbours: Codes) -> Codes:
    """Core number of each node of a simple undirected graph (Batagelj and Zaversnik 2003, O(links))."""
    n = len(ptr) - 1
    degree = np.empty(n, np.int32)
    largest = 0
    for i in range(n):
        degree[i] = ptr[i + 1] - ptr[i]
        largest = max(largest, degree[i])
    start = np.zeros(largest + 2, np.int64)
    for i in range(n):
        start[degree[i] + 1] += 1
    for d in range(largest + 1):
        start[d + 1] += start[d]
    fill = start[:-1].copy()
    position = np.empty(n, np.int64)
    sorted_nodes = np.empty(n, np.int32)
    for i in range(n):
        position[i] = fill[degree[i]]
        sorted_nodes[position[i]] = i
        fill[degree[i]] += 1
    first = start[:-1].copy()
    for i in range(n):
        v = sorted_nodes[i]
        for e in range(ptr[v], ptr[v + 1]):
            u = neighbours[e]
            if degree[u] > degree[v]:
                swap_at = first[degree[u]]
                other = sorted_nodes[swap_at]
                if u != other:
                    sorted_nodes[position[u]] = other
                    sorted_nodes[swap_at] = u
                    position[other] = position[u]
                    position[u] = swap_at
                first[degree[u]] += 1
                degree[u] -= 1
    return degree


def components(nodes: int, source: Codes, target: Codes) -> Codes:
    """Component of each node, numbered from 0 in the order of their smallest node.

    Examples
    --------
    >>> components(4, np.array([3], np.int32), np.array([1], np.int32)).tolist()
    [0, 1, 2, 1]
    """
    labels = component_labels(nodes, np.asarray(source, np.int32), np.asarray(target, np.int32))
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)


def core_number(graph: Csr) -> Codes:
    """Core number of each node: the largest k such that it is in a part where everyone has k neighbours.

    Parameters
    ----------
    graph : Csr
        Simple and undirected (:meth:`Network.simple`).
    """
    return core_numbers(graph.ptr, graph.neighbours)
