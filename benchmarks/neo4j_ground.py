"""What benchmarks of Neo4j stand on: a server, and the time that this process and the server take together."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from neo4j import Driver, GraphDatabase

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "neo4j"))

import neo4j_server
from neo4j_fixture import emptied

__all__ = ["Clock", "asked", "driver_of", "emptied", "server"]


JMX = "CALL dbms.queryJmx('java.lang:type=OperatingSystem') YIELD attributes RETURN attributes.ProcessCpuTime.value"


def asked(description: str, *, links: int, turns: int) -> argparse.Namespace:
    """What the command line asks for: ``url``, ``links``, ``turns``."""
    ask = argparse.ArgumentParser(description=description)
    ask.add_argument("url", nargs="?")
    ask.add_argument("--links", type=int, default=links)
    ask.add_argument("--turns", type=int, default=turns)
    return ask.parse_args()


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The address of that server, or of one that lasts as long as this."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="vinculo-benchmark-") as folder:
        started = neo4j_server.start(Path(folder))
        try:
            yield started.url
        finally:
            started.stop()


def driver_of(url: str) -> Driver:
    """The driver for an address as stores have it."""
    scheme, _, rest = url.partition("://")
    login, _, address = rest.rpartition("@")
    user, _, password = login.partition(":")
    return GraphDatabase.driver(f"{scheme}://{address}", auth=(user, password))


class Clock:
    """Seconds by the clock, and by the processor."""

    def __init__(self, url: str) -> None:
        self._driver = driver_of(url)
        self._since = self._now()

    def _now(self) -> npt.NDArray[np.float64]:
        server = self._driver.execute_query(JMX).records[0][0] / 1e9
        return np.array([time.perf_counter(), server + time.process_time()])

    def lap(self) -> npt.NDArray[np.float64]:
        """Both since the last time."""
        before, self._since = self._since, self._now()
        return self._since - before
