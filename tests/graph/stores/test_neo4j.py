"""What only the server store can get wrong: its address and its schema."""

from __future__ import annotations

import socketserver
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import store_places as at
from neo4j_fixture import decision
from neo4j_places import cypher, parts
from neo4j_server import HOW, free_port
from store_places import Place

from vinculo.graph.errors import StoreDenied, StoreError, StoreUnreachable, UsageError
from vinculo.graph.schema import kinds
from vinculo.graph.stores import open_store

pytestmark = pytest.mark.neo4j


@pytest.mark.parametrize(
    ("environment", "can_start", "what"),
    [
        ({"VINCULO_TEST_NEO4J": "neo4j://x", "CI": "true"}, False, "use"),
        ({}, True, "start"),
        ({"CI": "true"}, True, "start"),
        ({}, False, "skip"),
        ({"CI": "true"}, False, "fail"),
    ],
)
def test_these_tests_fail_rather_than_skip_in_ci(environment: dict[str, str], can_start: bool, what: str) -> None:
    assert decision(environment, can_start) == what
    assert "docker compose up -d neo4j" in HOW
    assert "VINCULO_TEST_NEO4J" in HOW


def test_it_is_a_real_server(server: Place) -> None:
    version = cypher(server, "CALL dbms.components() YIELD name, versions, edition RETURN name, versions[0], edition")[
        0
    ]
    print("server:", *version)
    assert version[0] == "Neo4j Kernel"


def test_another_store_does_not_load_the_driver(tmp_path: Path) -> None:
    script = f"""
import sys
from vinculo.graph.stores import open_store
open_store("sqlite:///{tmp_path}/x.db").close()
print(sorted(m for m in sys.modules if m == "neo4j" or m.startswith("neo4j.")))
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


def test_a_wrong_password(server: Place) -> None:
    user, _, port = parts(server.url)
    with pytest.raises(StoreDenied) as told:
        open_store(f"neo4j://{user}:wrong@127.0.0.1:{port}")
    assert told.value.code == "store_denied"
    assert "wrong" not in told.value.message("en") + told.value.hint("en")
    with pytest.raises(StoreDenied):
        open_store(f"neo4j://127.0.0.1:{port}")


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
def test_nobody_answers(scheme: str) -> None:
    with pytest.raises(StoreUnreachable) as told:
        open_store(f"{scheme}://u:secret@127.0.0.1:{free_port()}")
    assert told.value.exit_code == 4
    assert "secret" not in told.value.message("en")


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b""])
def test_something_else_answers(monkeypatch: pytest.MonkeyPatch, scheme: str, answer: bytes) -> None:
    monkeypatch.setattr("vinculo.graph.stores.neo4j_connection.CONNECT_S", 0.5)

    class Other(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(64)
            self.request.sendall(answer)
            # one that says nothing keeps the line open
            self.request.recv(64)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(StoreError) as told:
            open_store(f"{scheme}://u:secret@127.0.0.1:{other.server_address[1]}")
        other.shutdown()
    assert told.value.code == "not_neo4j"
    assert "secret" not in told.value.message("en")


def test_a_database_that_is_not_there(server: Place) -> None:
    with pytest.raises(StoreError) as told:
        open_store(f"{server.url}/nothing-of-that-name")
    assert told.value.code == "neo4j_no_database"


@pytest.mark.parametrize("url", ["neo4j://u:p@host:notaport", "neo4j://u:p@", "neo4j://"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises((UsageError, StoreUnreachable, StoreDenied)):
        open_store(url)


def test_every_kind_of_link_has_its_constraint(server: Place) -> None:
    server.open()
    found = cypher(
        server, "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties RETURN type, labelsOrTypes[0], properties[0]"
    )
    unique = {what for sort, what, name in found if "UNIQUENESS" in str(sort) and name == "id"}
    assert unique >= {k.name for k in kinds().values() if k.is_link} | {"Entity"}


def test_labels_and_types_are_the_kinds(server: Place) -> None:
    store = server.open()
    at.load(store, "d.a", [("x", "Company", 1, {"name": "X"})], [("p", "PAID", "x", "y", 1, {})])
    assert sorted(cypher(server, "MATCH (n:Entity) RETURN n.id, labels(n)")) == [
        ("x", ["Entity", "Company"]),
        ("y", ["Entity", "Thing"]),
    ]
    assert cypher(server, "MATCH ()-[r]->() RETURN type(r), r.facts") == [("PAID", ["\x1fPAID\x1f1:1"])]
