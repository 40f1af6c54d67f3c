"""The server that tests use: one given by its address, else one started here, else none, said plainly.

A conftest takes the fixture over by importing it::

    sys.path.insert(0, str(TESTS / "neo4j"))
    from neo4j_fixture import neo4j_url  # noqa: F401
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import neo4j_server
import pytest
from neo4j import GraphDatabase

#: Rows one transaction deletes: a server for tests has little memory.
PORTION = 10_000


def decision(environment: Mapping[str, str], can_start: bool) -> str:
    """``use`` the server whose address is given, ``start`` one, ``skip``, or ``fail`` where nothing may be skipped."""
    if environment.get("VINCULO_TEST_NEO4J"):
        return "use"
    if can_start:
        return "start"
    return "fail" if environment.get("CI", "").lower() in ("true", "1") else "skip"


@functools.cache
def _started() -> neo4j_server.Server:
    home = Path(tempfile.mkdtemp(prefix="vinculo-neo4j-"))
    server = neo4j_server.start(home)

    def end() -> None:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)
    return server


@contextlib.contextmanager
def only_user(url: str) -> Iterator[None]:
    """Keep other test processes away from a server that is shared by its address."""
    try:
        import fcntl
    except ImportError:  # Windows: one test process at a time, please
        yield
        return
    name = "".join(c if c.isalnum() else "_" for c in url.rpartition("@")[2])
    with (Path(tempfile.gettempdir()) / f"vinculo-neo4j-{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def emptied(url: str) -> None:
    """Delete everything but constraints and indexes."""
    scheme, _, rest = url.partition("://")
    login, _, address = rest.rpartition("@")
    user, _, password = login.partition(":")
    with GraphDatabase.driver(f"{scheme}://{address}", auth=(user, password)) as driver:
        while driver.execute_query(f"MATCH (n) WITH n LIMIT {PORTION} DETACH DELETE n RETURN count(*)").records[0][0]:
            pass


def server_url() -> str:
    """Address of the server; where there is none, the test skips, in CI it fails."""
    what = decision(os.environ, neo4j_server.can_start())
    if what == "skip":
        pytest.skip(neo4j_server.HOW)
    if what == "fail":
        pytest.fail(neo4j_server.HOW, pytrace=False)
    return _started().url if what == "start" else os.environ["VINCULO_TEST_NEO4J"]


@pytest.fixture
def neo4j_url() -> Iterator[str]:
    """Address of the server, emptied, and nobody else's until the test ends."""
    url = server_url()
    with only_user(url):
        emptied(url)
        yield url
