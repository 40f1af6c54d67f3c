"""What NetworkX calls: the functions, the conversions, and what can and should be run here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import networkx as nx

from vinculo.analytics.networkx_backend import centrality, communities, paths, structure
from vinculo.analytics.networkx_backend.convert import convert_from_nx, convert_to_nx
from vinculo.analytics.networkx_backend.info import FUNCTIONS

__all__ = ["can_run", "convert_from_nx", "convert_to_nx", "should_run", *FUNCTIONS]

_HOMES = (structure, centrality, communities, paths)
_CALLS: dict[str, Callable[..., Any]] = {
    name: next(vars(home)[name] for home in _HOMES if name in vars(home)) for name in FUNCTIONS
}
globals().update(_CALLS)
_SIGNATURES = {name: inspect.signature(call) for name, call in _CALLS.items()}

#: Arguments that must stay as they are, for the kernel knows no other way.
_FIXED: dict[str, dict[str, Any]] = {
    "average_clustering": {"nodes": None, "weight": None},
    "bridges": {"root": None},
    "closeness_centrality": {"u": None, "sp": None},
    "clustering": {"nodes": None, "weight": None},
    "eigenvector_centrality": {"nstart": None},
    "harmonic_centrality": {"nbunch": None, "sources": None},
    "has_bridges": {"root": None},
    "hits": {"nstart": None, "normalized": True},
    "leiden_communities": {"theta": communities.THETA},
    "leiden_partitions": {"theta": communities.THETA},
    "triangles": {"nodes": None},
}
if communities.OWN_LEVELS:
    _FIXED["leiden_communities"]["max_level"] = None
_SIMPLE = {"average_clustering", "clustering", "transitivity"}
_UNDIRECTED = _SIMPLE | {"asyn_lpa_communities"}
#: One pass over the links: NetworkX has done it before the graph is taken over into arrays.
_LIGHT = {
    "connected_components",
    "is_connected",
    "is_weakly_connected",
    "number_connected_components",
    "number_weakly_connected_components",
    "single_source_shortest_path_length",
    "single_target_shortest_path_length",
    "weakly_connected_components",
}

# The warning at every use of a converted graph would repeat what docs/networkx.md says once.
nx.config.warnings_to_ignore.add("cache")


def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
    """Whether a kernel knows these arguments; else why not."""
    try:
        given = _SIGNATURES[name].bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    given.apply_defaults()
    values = given.arguments
    graph = values["G"]
    if name in _UNDIRECTED and graph.is_directed():
        return "only graphs without direction"
    if name in _SIMPLE and graph.is_multigraph():
        return "only graphs without parallel links"
    if not all(isinstance(values.get(argument), str | None) for argument in ("weight", "distance")):
        return "only weights that are an attribute"
    for argument, value in _FIXED.get(name, {}).items():
        if values[argument] is not value and values[argument] != value:
            return f"only {argument}={value}"
    if name == "leiden_partitions" and communities.OWN_LEVELS:
        return "the levels of this NetworkX are those of its own implementation"
    if values.get("method", "svd") not in ("power_iteration", "svd"):
        return "only the methods that NetworkX has"
    if name == "simple_cycles" and values["length_bound"] is None:
        return "only up to a length"
    if values.get("metric", "modularity") not in ("modularity", "cpm"):
        return "only modularity and the constant Potts model"
    return True


def should_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
    """Whether it pays to take the graph over first; always where that has been done."""
    graph = args[0] if args else kwargs.get("G")
    if name not in _LIGHT or getattr(graph, "__networkx_backend__", "networkx") == "vinculo":
        return True
    kept = (getattr(graph, "__networkx_cache__", None) or {}).get("backends", {}).get("vinculo")
    return True if kept else "NetworkX is done before the graph is taken over into arrays"
