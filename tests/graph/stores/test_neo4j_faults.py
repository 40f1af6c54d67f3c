"""Replies of the server that are lost, writers that die."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading

import pytest
import store_places as at
from neo4j_places import cypher, cypher_write, parts
from store_places import Place

from vinculo.graph.stores import open_store
from vinculo.graph.transfer import digest
from vinculo.graph.types import Batch, Manifest

pytestmark = pytest.mark.neo4j


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
    # published before, so that every batch changes the version
    store.finish_run(run, "done", {})
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


@pytest.mark.parametrize("lost", [{1}, {4}, {2, 5, 8}])
def test_a_publication_whose_replies_are_lost_happens_once(
    server: Place, monkeypatch: pytest.MonkeyPatch, lost: set[int]
) -> None:
    """The end of the run commits once, each look for marks, each lock and each step once more."""
    monkeypatch.setattr("vinculo.graph.stores.neo4j_view.NOTED", 4)
    user, password, port = parts(server.url)
    people = [(f"e{n}", "Person", n + 1, {"name": f"N {n}"}) for n in range(10)]
    at.load(server.open(), "d.a", people)
    proxy = Proxy(port)
    store = open_store(f"bolt://{user}:{password}@127.0.0.1:{proxy.port}")
    server.opened.append(store)
    origin = at.source("d.b")
    run = store.begin_run(origin)
    longer: list[at.EntityRow] = [(f"e{n}", "Company", n + 1, {"name": f"Longer {n}"}) for n in range(10)]
    store.write(Batch.make(at.entities(longer)), Manifest(origin, run, 1, 10, at.prints("b")))
    version = int(store.version().rpartition("-")[2])
    assert store.counts()["entities"] == {"Person": 10}
    proxy.commits, proxy.deaf = 0, lost
    store.finish_run(run, "done", {})
    assert proxy.cuts == len(lost)
    assert store.counts()["entities"] == {"LegalEntity": 10}
    assert int(store.version().rpartition("-")[2]) == version + 1
    assert store.verify() == []
    proxy.close()


def test_a_writer_that_died_with_the_lock_holds_up_nobody_for_long(
    server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = server.open()
    cypher_write(server, "MATCH (w:WriterLock) SET w.owner = 'dead', w.until = timestamp() + 1500")
    at.load(store, "d.a", [("x", "Person", 1, {})])
    assert store.counts()["entities"] == {"Person": 1}
    assert cypher(server, "MATCH (w:WriterLock) RETURN w.owner") == [(None,)]


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
