"""Components, cores, triangles, and what holds a graph together."""

from __future__ import annotations

import numpy as np

from vinculo.analytics.kernels.ahead import SOON, neighbours_ahead
from vinculo.analytics.kernels.compiled import Calls, Tiny, kernel
from vinculo.analytics.kernels.depth import depth_first
from vinculo.analytics.kernels.levels import connected_parts, renumber
from vinculo.analytics.kernels.watched import OFTEN, over
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
def linked_labels(ptr: Ints, neighbours: Codes) -> tuple[Codes, int]:
    """Component of each node of an undirected graph, numbered in the order of their first node, and how many there are."""
    return connected_parts(ptr, neighbours, None)


@kernel
def core_numbers(ptr: Ints, neighbours: Codes) -> Codes:
    """Core number of each node of a simple undirected graph, in time of the links (Batagelj and Zaversnik 2003).

    Peeled core by core: what is left is looked through once for each core, which altogether is less than once for each link.
    Nodes need not be kept in order of their links then, and one number is touched a link instead of four.
    """
    n = len(ptr) - 1
    degree = np.empty(n, np.int32)
    for i in range(n):
        degree[i] = ptr[i + 1] - ptr[i]
    left = np.arange(n).astype(np.int32)
    queue = np.empty(n + 1, np.int32)  # the place after the last is written to and never read
    many = n
    core = 0
    while many > 0:
        kept = 0
        queued = 0
        least = n
        for k in range(many):
            v = np.uint32(left[k])
            links = degree[v]
            left[kept] = v
            kept += links > core
            least = min(least, links if links > core else n)
            queue[queued] = v
            queued += links == core
        many = kept
        head = 0
        while head < queued:
            if head + SOON < queued:
                neighbours_ahead(ptr, neighbours, queue[head + SOON])
            v = np.uint32(queue[head])
            head += 1
            for e in range(ptr[v], ptr[v + np.uint32(1)]):
                u = np.uint32(neighbours[e])  # without sign no check is compiled for places counted from the end
                links = degree[u]
                # reckoned rather than asked: no processor guesses the answers
                above = links > core
                degree[u] = links - above
                queue[queued] = u
                queued += above & (links - 1 == core)
        core = core + 1 if queued > 0 else least
    return degree


@kernel
def strong_labels(ptr: Ints, neighbours: Codes) -> tuple[Codes, int]:
    """Strongly connected component of each node, and how many there are (Tarjan 1972, without recursion).

    Components are numbered as the search leaves them: none leads to one with a higher number.
    """
    n = len(ptr) - 1
    labels = np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    low = np.empty(n, np.int32)
    path = np.empty(n, np.int32)
    held = np.empty(n, np.int32)
    edge = ptr[:-1].copy()
    clock = 0
    holding = 0
    count = 0
    for root in range(n):
        if seen[root] >= 0:
            continue
        depth = 0
        path[0] = root
        seen[root] = clock
        low[root] = clock
        clock += 1
        held[holding] = root
        holding += 1
        while depth >= 0:
            v = path[depth]
            if edge[v] < ptr[v + 1]:
                w = neighbours[edge[v]]
                edge[v] += 1
                if seen[w] < 0:
                    depth += 1
                    path[depth] = w
                    seen[w] = clock
                    low[w] = clock
                    clock += 1
                    held[holding] = w
                    holding += 1
                elif labels[w] < 0:
                    low[v] = min(low[v], seen[w])
                continue
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[v])
            if low[v] == seen[v]:
                while True:
                    holding -= 1
                    w = held[holding]
                    labels[w] = count
                    if w == v:
                        break
                count += 1
    return labels, count


@kernel
def low_points(ptr: Ints, neighbours: Codes) -> tuple[Codes, Codes, Codes]:
    """Of a depth-first search in a simple undirected graph: each node's time, its parent and its low point.

    The low point is the earliest time that it or what hangs below it reaches past the parent (Hopcroft and Tarjan 1973).
    """
    _, seen, parent, low = depth_first(ptr, neighbours, None)
    return seen, parent, low


@kernel
def triangle_counts(ptr: Ints, neighbours: Codes, watch: Ints) -> Ints:
    """Triangles at each node of a simple undirected graph, links from a node to itself passed over."""
    n = len(ptr) - 1
    # Every link is followed towards its end with more links, so that no list is long.
    start = np.zeros(n + 1, np.int64)
    ahead = np.empty(len(neighbours), np.int32)
    filled = 0
    for u in range(n):
        degree = ptr[u + 1] - ptr[u]
        for e in range(ptr[u], ptr[u + 1]):
            v = neighbours[e]
            other = ptr[v + 1] - ptr[v]
            if other > degree or (other == degree and v > u):
                ahead[filled] = v
                filled += 1
        start[u + 1] = filled
    made = np.zeros(n, np.int64)
    near = np.full(n, -1, np.int32)
    looked = 0
    for u in range(n):
        if looked > OFTEN:
            if over(watch, looked):
                break
            looked = 0
        for e in range(start[u], start[u + 1]):
            near[ahead[e]] = u
        for e in range(start[u], start[u + 1]):
            v = ahead[e]
            looked += start[v + 1] - start[v]
            for f in range(start[v], start[v + 1]):
                w = ahead[f]
                if near[w] == u:
                    made[u] += 1
                    made[v] += 1
                    made[w] += 1
    return made


def components(nodes: int, source: Codes, target: Codes) -> Codes:
    """Component of each node, numbered from 0 in the order of their smallest node.

    Examples
    --------
    >>> components(4, np.array([3], np.int32), np.array([1], np.int32)).tolist()
    [0, 1, 2, 1]
    """
    labels = component_labels(nodes, np.asarray(source, np.int32), np.asarray(target, np.int32))
    return renumber(labels)[0]


def core_number(graph: Csr) -> Codes:
    """Core number of each node: the largest k such that it is in a part where everyone has k neighbours.

    Parameters
    ----------
    graph : Csr
        Simple and undirected (:meth:`Network.simple`).
    """
    return core_numbers(graph.ptr, graph.neighbours)


def calls(t: Tiny) -> Calls:
    """What the kernels here are compiled with."""
    return [
        (component_labels, (2, t.codes, t.ends)),
        (core_numbers, (t.ptr, t.ends)),
        (linked_labels, (t.ptr, t.ends)),
        (strong_labels, (t.ptr, t.ends)),
        (low_points, (t.ptr, t.ends)),
        (triangle_counts, (t.ptr, t.ends, t.watch)),
    ]
