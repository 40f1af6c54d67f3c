"""Vinculo's kernels behind NetworkX's functions: ``nx.pagerank(graph, backend="vinculo")``.

NetworkX finds the backend by the entry points ``networkx.backends`` (:mod:`.backend`) and ``networkx.backend_info``
(:mod:`.info`, read whenever NetworkX is imported, so it imports nothing). What no kernel does raises ``NotImplementedError``, as
NetworkX asks of its backends: it then runs its own function, or tells whoever named this backend.
"""
