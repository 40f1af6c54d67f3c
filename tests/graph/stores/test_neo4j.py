"""What only the server store can get wrong: its address, its replies, its lock, its schema."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import store_places as at
from neo4j_fixture import decision
from neo4j_server import HOW, free_port
from store_places import Place

from vinculo.graph.errors import StoreDenied, StoreError, StoreUnreachable, UsageError
from vinculo.graph.schema import kinds
from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.graph.types import Batch, Manifest

pytestmark = pytest.mark.neo4j


@pytest.fixture
def server(tmp_path: Path, neo4j_url: str) -> Iterator[Place]:
    made = at.neo4j_place(tmp_path, lambda: neo4j_url)
    yield made
    made.close()


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


# -- which server ---------------------------------------------------------------------------------------------------
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


# -- its address ------------------------------------------------------------------------------------------------------
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


# -- its schema -------------------------------------------------------------------------------------------------------
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


# -- replies that are lost, writers that die --------------------------------------------------------------------------
class Proxy:
    """Hands bytes on to the server; a COMMIT whose number is in ``deaf`` reaches it, but its reply reaches nobody."""

    COMMIT = b"\x00\x02\xb0\x12\x00\x00"

    def __init__(self, port: int) -> None:
        self._target = port
        self.deaf: set[int] = set()
        self.commits = self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            mute = threading.Event()
            threading.Thread(target=self._upward, args=(client, server, mute), daemon=True).start()
            threading.Thread(target=self._downward, args=(client, server, mute), daemon=True).start()

    def _upward(self, client: socket.socket, server: socket.socket, mute: threading.Event) -> None:
        while data := self._read(client):
            if data.endswith(self.COMMIT):
                self.commits += 1
                if self.commits in self.deaf:
                    mute.set()
            server.sendall(data)
        self._end(server)

    def _downward(self, client: socket.socket, server: socket.socket, mute: threading.Event) -> None:
        while data := self._read(server):
            if mute.is_set():
                # the server has committed and says so; nobody hears it
                self.cuts += 1
                break
            client.sendall(data)
        self._end(client)

    @staticmethod
    def _read(end: socket.socket) -> bytes:
        try:
            return end.recv(65_536)
        except OSError:
            return b""

    @staticmethod
    def _end(end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

    def close(self) -> None:
        self._listener.close()


@pytest.mark.parametrize("lost", [{1}, {2}, {3}, {1, 2, 4}, {2, 3, 5}, {3, 4, 8}])
def test_a_lost_commit_reply_is_resolved_by_the_manifest(server: Place, lost: set[int]) -> None:
    """A write commits three times: it looks for withdrawals, takes the lock, writes. Any of them may go unheard."""
    user, password, port = parts(server.url)
    server.open().close()
    proxy = Proxy(port)
    store = open_store(f"bolt://{user}:{password}@127.0.0.1:{proxy.port}")
    server.opened.append(store)
    origin = at.source("d.a")
    run = store.begin_run(origin)
    version = int(store.version().rpartition("-")[2])
    proxy.commits, proxy.deaf = 0, lost
    for number in (1, 2):
        rows = [(f"e{number}-{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(20)]
        between = [(f"p{number}-{n}", "PAID", rows[n][0], rows[n - 1][0], n + 1, {}) for n in range(20)]
        batch = Batch.make(at.entities(rows), at.links(between))
        store.write(batch, Manifest(origin, run, number, 20, at.prints(str(number))))
    assert proxy.cuts == len(lost)
    assert store.counts() == {"entities": {"Person": 40}, "links": {"PAID": 40}}
    assert [m.number for m in store.manifests(origin)] == [1, 2]
    # each batch was written once: done again, it found its manifest
    assert int(store.version().rpartition("-")[2]) == version + 2
    assert cypher(server, "MATCH (w:WriterLock) RETURN w.owner") == [(None,)]
    proxy.close()


def test_a_writer_that_died_with_the_lock_holds_up_nobody_for_long(
    server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = server.open()
    cypher_write(server, "MATCH (w:WriterLock) SET w.owner = 'dead', w.until = timestamp() + 1500")
    at.load(store, "d.a", [("x", "Person", 1, {})])
    assert store.counts()["entities"] == {"Person": 1}
    assert cypher(server, "MATCH (w:WriterLock) RETURN w.owner") == [(None,)]


def cypher_write(place: Place, query: str) -> None:
    from vinculo.graph.stores.neo4j_connection import Connection

    connection = Connection(place.url)
    connection.write(lambda tx: tx.rows(query))
    connection.close()


KILLED = """
import os, sys
sys.path[:0] = sys.argv[2:]
import store_places as at
from vinculo.graph.stores import neo4j_write, open_store
from vinculo.graph.types import Batch, Manifest
store = open_store(sys.argv[1])
put = neo4j_write.unite_entities
neo4j_write.unite_entities = lambda *a: os._exit(9)
at.load(store, "d.a", [("x", "Person", 1, {"name": "X"})], [("p", "PAID", "x", "y", 1, {})])
"""


def test_a_writer_killed_in_its_transaction_leaves_nothing(server: Place) -> None:
    store = server.open()
    before = digest(store)
    done = subprocess.run([sys.executable, "-c", KILLED, server.url, *sys.path[:4]], env=dict(os.environ), check=False)
    assert done.returncode == 9
    at.load(store, "d.b", [("z", "Person", 1, {})])
    store.withdraw(at.source("d.b"))
    assert digest(store) == before


@pytest.mark.parametrize("step", ["_links", "_entities", "_bare_ends", "_end"])
def test_a_withdrawal_cut_off_goes_on_at_the_next_opening(
    server: Place, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = server.open()
    at.load(store, "d.a", [("x", "Person", 1, {"name": "X"})], [("p", "PAID", "x", "y", 1, {})])
    before = digest(store)
    rows = [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(30)]
    paid = [(f"q{n}", "PAID", f"e{n}", f"e{n - 1}" if n else "x", n + 1, {}) for n in range(30)]
    second = at.load(store, "d.b", [*rows, ("x", "Company", 1, {"name": "Longer X"})], paid)

    class CutOff(Exception):
        pass

    def cut(*_: object) -> None:
        raise CutOff

    with monkeypatch.context() as patched:
        patched.setattr(f"vinculo.graph.stores.neo4j_withdraw.{step}", cut)
        with pytest.raises(CutOff):
            store.withdraw(second)
    store.close()
    again = server.open()
    assert digest(again) == before
    assert [r.status for r in again.runs()] == ["done", "withdrawn"]
    at.load(again, "d.b", [*rows, ("x", "Company", 1, {"name": "Longer X"})], paid)
    assert again.counts()["links"] == {"PAID": 31}


def test_pages_of_a_withdrawal_and_of_a_bulk_read(server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw.PAGE", 7)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_withdraw.ROWS", 6)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_write.ROWS", 6)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_read.PAGE", 5)
    monkeypatch.setattr("vinculo.graph.stores.neo4j_connection.FETCH", 4)
    store = server.open()
    at.load(store, "d.a", [("e3", "Company", 1, {"name": "Other"})])
    before = digest(store)
    rows = [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(50)]
    paid = [(f"q{n}", ("PAID", "OWNS")[n % 2], f"e{n}", f"z{n}", n + 1, {"amount": "1"}) for n in range(50)]
    second = at.load(store, "d.b", rows, paid)
    chunks = [(s, t.column("id").to_pylist()) for s, t in store.statements()]
    assert [i for s, some in chunks if s == "link" for i in some] == sorted(r[0] for r in paid)
    assert len(chunks) >= 20
    assert store.nodes().num_rows == 100
    assert store.edges().num_rows == 50
    assert store.withdraw(second) == {"entities": 49, "links": 50, "values": 100}
    assert digest(store) == before
