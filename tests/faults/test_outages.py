"""The server goes away, the connection is cut, a reply is lost, two load at once: every batch is there, once.

Here some messages have their turn; ``python tests/faults/table.py neo4j`` gives it to every one.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import neo4j_server
import pytest
from bolt_proxy import WAYS, BoltProxy
from jobs import HEADER
from outages import Crash, Load, address_through, fresh, write_file

from vinculo.graph.stores import neo4j_connection, open_store
from vinculo.graph.transfer import digest
from vinculo.ingest.load import ingest

pytestmark = [pytest.mark.neo4j, pytest.mark.fault]
#: Messages cut of each way.
CUTS = 4


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Load:
    """A small file and what a store holds after each of its batches."""
    made = Load(write_file(tmp_path_factory.mktemp("few")))
    made.undisturbed()
    assert len(made.states) > 3
    return made


@pytest.fixture
def proxy(neo4j_url: str) -> Iterator[BoltProxy]:
    """Stands between the driver and the server."""
    made = BoltProxy(int(neo4j_url.rpartition(":")[2].partition("/")[0]))
    yield made
    made.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_cut_at_a_message(load: Load, neo4j_url: str, proxy: BoltProxy, way: str) -> None:
    """The load goes on by itself, whichever message is lost, the reply to a COMMIT among them."""
    address = address_through(neo4j_url, proxy)
    fresh(neo4j_url)
    proxy.arm()
    assert load.through(neo4j_url, address).said == ""
    messages = proxy.seen["down" if way == "down" else "up"]
    assert messages > 50
    for number in sorted(random.Random(way).sample(range(1, messages + 1), CUTS)):
        fresh(neo4j_url)
        proxy.arm(way, number)
        ended = load.through(neo4j_url, address)
        assert proxy.cuts == 1
        assert (ended.said, ended.lost, ended.partial, ended.differences, ended.again) == ("", False, False, [], True)
        assert ended.seconds < 60


def test_a_withdrawal_cut_at_a_message(load: Load, neo4j_url: str, proxy: BoltProxy) -> None:
    """Taking a file out goes on by itself too, and nothing of it is left; a lost reply is not told as another writer."""
    numbers: list[int] = [0]
    for turn in range(CUTS + 1):
        fresh(neo4j_url)
        with closing(open_store(neo4j_url)) as store:
            load.run(store)
            [source] = store.sources()
        with closing(open_store(address_through(neo4j_url, proxy))) as store:
            proxy.arm("down", numbers[turn])
            store.withdraw(source)
            assert proxy.cuts == (turn > 0)
            if not turn:
                numbers += random.Random(CUTS).sample(range(1, proxy.seen["down"] + 1), CUTS)
        with closing(open_store(neo4j_url)) as store:
            assert store.counts() == {"entities": {}, "links": {}}
            assert store.verify() == []
            assert store.runs()[-1].status == "withdrawn"


def test_a_server_killed_and_started_again(load: Load, tmp_path: Path) -> None:
    """Killed in the middle of a load, back half a minute later: the load waits, says so, and ends as if nothing had been."""
    if not neo4j_server.can_start():
        pytest.skip(neo4j_server.HOW)
    server = neo4j_server.start(tmp_path / "own")
    crash = Crash(server, 2)
    try:
        fresh(server.url)
        ended = load.through(server.url, server.url, crash)
        assert (ended.said, ended.lost, ended.partial, ended.differences, ended.again) == ("", False, False, [], True)
        assert ended.waited > 0
        # a machine that others use is slower by as much
        assert crash.resolved_s < 30 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        # who only begins while the server is down gets one sentence, at once
        assert crash.refused[0] == "store_unreachable" and crash.refused[1] < 20
    finally:
        server.stop()


def test_a_server_that_stays_away(
    load: Load, neo4j_url: str, proxy: BoltProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for as long as said, then told; what was acknowledged is there, and the same command ends the load."""
    monkeypatch.setattr(neo4j_connection, "RETURN_S", 2.0)
    monkeypatch.setattr(neo4j_connection, "RETRY_S", 0.5)
    fresh(neo4j_url)
    address = address_through(neo4j_url, proxy)
    ended = load.through(neo4j_url, address, lambda batches: proxy.close() if batches == 2 else None)
    assert ended.said == "store_unreachable" and ended.waited > 0
    assert (ended.lost, ended.partial, ended.differences, ended.again) == (False, False, [], True)


def test_two_loads_of_the_same_parties_at_once(neo4j_url: str, tmp_path: Path) -> None:
    """Two processes unite the same entities in opposite order: no deadlock is told, nothing is lost or doubled."""
    fresh(neo4j_url)
    files = []
    for name, order in (("up.csv", range(300)), ("down.csv", range(299, -1, -1))):
        rows = (f"{name}{n},2024-03-01,{n + 1},USD,A-{n % 40},Firm {n % 40},B-{n % 30},Other {n % 30}\n" for n in order)
        files.append(tmp_path / name)
        files[-1].write_text(HEADER + "".join(rows), encoding="utf-8")
    loads = [
        subprocess.Popen(
            [sys.executable, "-c", _IN_SMALL_BATCHES, str(file), neo4j_url],
            env={**os.environ, "VINCULO_STORE": neo4j_url},
        )
        for file in files
    ]
    assert [p.wait(120) for p in loads] == [0, 0]
    with closing(open_store("sqlite:///:memory:")) as alone:
        ingest(files, alone, dataset="transfers")
        wanted = digest(alone)
    with closing(open_store(neo4j_url)) as store:
        assert digest(store) == wanted
        assert store.verify() == []


_IN_SMALL_BATCHES = """
import sys
from vinculo.graph.stores import open_store
from vinculo.ingest.load import ingest
store = open_store(sys.argv[2])
store.batch_rows = 100
ingest([sys.argv[1]], store, dataset="transfers")
store.close()
"""
