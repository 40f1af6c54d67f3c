"""What NetworkX reads of the backend when it is imported itself; importing NetworkX here would run in a circle."""

from __future__ import annotations

from typing import Any

_OWN_ORDER = "Nodes are visited in an order of Vinculo's own, repeatable for a seed."
#: Function of NetworkX to what differs from NetworkX, if anything.
FUNCTIONS = {
    "all_pairs_dijkstra_path_length": "Lengths must not be negative.",
    "all_pairs_shortest_path_length": "",
    "articulation_points": "In the order of the nodes.",
    "asyn_lpa_communities": "Undirected graphs with weights that are not negative. " + _OWN_ORDER,
    "average_clustering": "Undirected and unweighted graphs, all nodes.",
    "betweenness_centrality": "Weights are lengths and must be positive; no node may be reached by infinite ones alone.",
    "bridges": "All of them; with a root NetworkX runs.",
    "closeness_centrality": "All nodes; lengths must not be negative.",
    "clustering": "Undirected and unweighted graphs, all nodes.",
    "connected_components": "",
    "core_number": "",
    "eigenvector_centrality": "From the even start.",
    "fast_label_propagation_communities": "Weights must not be negative. " + _OWN_ORDER,
    "harmonic_centrality": "All nodes, in their order; lengths must not be negative.",
    "has_bridges": "All of them; with a root NetworkX runs.",
    "hits": "Weights must not be negative; from the even start, normalized.",
    "is_connected": "",
    "is_strongly_connected": "",
    "is_weakly_connected": "",
    "leiden_communities": (
        "Weights must not be negative; every community is connected, regardless of direction. Merges greedily, so theta "
        "must stay as it is. " + _OWN_ORDER
    ),
    "leiden_partitions": "As leiden_communities, after each level.",
    "louvain_communities": "Weights must not be negative. " + _OWN_ORDER,
    "louvain_partitions": "As louvain_communities, after each level.",
    "number_connected_components": "",
    "number_strongly_connected_components": "",
    "number_weakly_connected_components": "",
    "pagerank": "",
    "simple_cycles": "Up to a length; each from its first node on, in the order of these.",
    "single_source_dijkstra_path_length": "Lengths must not be negative.",
    "single_source_shortest_path_length": "",
    "single_target_shortest_path_length": "",
    "strongly_connected_components": "",
    "transitivity": "Undirected graphs.",
    "triangles": "All nodes.",
    "weakly_connected_components": "",
}


def backend_info() -> dict[str, Any]:
    """Name, summary and functions, as NetworkX' documentation shows them.

    Examples
    --------
    >>> "pagerank" in backend_info()["functions"]
    True
    """
    return {
        "backend_name": "vinculo",
        "project": "vinculo",
        "package": "vinculo",
        "short_summary": "Compiled kernels on arrays, one thread, the same result on every run.",
        "functions": {name: {"additional_docs": note} if note else {} for name, note in FUNCTIONS.items()},
    }
