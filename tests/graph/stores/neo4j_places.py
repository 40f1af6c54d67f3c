"""The test server as a place, and questions in its own language."""

from __future__ import annotations

from collections.abc import Callable

import store_places as at
from store_places import Place

from vinculo.graph.store import Store
from vinculo.graph.transfer import digest


class CutOff(Exception):
    """The process was killed here."""


#: Each begins its answer by looking for a withdrawal that is half done.
QUESTIONS: dict[str, Callable[[Store], object]] = {
    "entities": lambda s: [e.name for e in s.entities(["e1", "x"]).values()],
    "links": lambda s: list(s.links(["q1", "p"])),
    "neighbours": lambda s: s.neighbours("x").totals,
    "links_at": lambda s: s.links_at(["x"]).column("id").to_pylist(),
    "paths": lambda s: [[e.id for e in p.entities] for p in s.paths("x", "y")],
    "search": lambda s: [h.id for h in s.search("n 7")],
    "nodes": lambda s: s.nodes().column("id").to_pylist(),
    "edges": lambda s: s.edges().column("id").to_pylist(),
    "table": lambda s: s.table("Person", ["name"]).to_pylist(),
    "statements": digest,
    "taints": lambda s: s.taints(),
    "counts": lambda s: s.counts(),
    "sources": lambda s: [x.file for x in s.sources()],
    "manifests": lambda s: [len(s.manifests(at.source(f"d.{f}"))) for f in "ab"],
    "fingerprints": lambda s: list(s.fingerprints("d")),
    "runs": lambda s: [(r.source.file, r.status) for r in s.runs()],
}


def parts(url: str) -> tuple[str, str, int]:
    """User, password and port of an address."""
    login, _, address = url.partition("://")[2].rpartition("@")
    user, _, password = login.partition(":")
    return user, password, int(address.rpartition(":")[2])


def cypher(place: Place, query: str) -> list[tuple[object, ...]]:
    from vinculo.graph.stores.neo4j_connection import Connection

    connection = Connection(place.url)
    try:
        return connection.rows(query)
    finally:
        connection.close()


def cypher_write(place: Place, query: str) -> None:
    from vinculo.graph.stores.neo4j_connection import Connection

    connection = Connection(place.url)
    connection.write(lambda tx: tx.rows(query))
    connection.close()
