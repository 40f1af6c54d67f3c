"""The test server as a place, and questions in its own language."""

from __future__ import annotations

from store_places import Place


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
