"""Time as the clock and as the processor tells it, of this process and of a Neo4j server together."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
from neo4j import Driver, GraphDatabase

JMX = "CALL dbms.queryJmx('java.lang:type=OperatingSystem') YIELD attributes RETURN attributes.ProcessCpuTime.value"


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
