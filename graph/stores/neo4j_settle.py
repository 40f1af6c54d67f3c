"""Ending what was begun: a withdrawal or publication takes many transactions, and nobody answers in the middle of one."""

from __future__ import annotations

import time
from collections.abc import Callable

from vinculo.graph.errors import StoreBusy
from vinculo.graph.stores import hide_password
from vinculo.graph.stores import neo4j_connection as connecting
from vinculo.graph.stores.neo4j_connection import Connection
from vinculo.graph.stores.neo4j_publish import publish
from vinculo.graph.stores.neo4j_view import View
from vinculo.graph.stores.neo4j_withdraw import Exclusively, go_on

#: Between two looks at work that somebody else has to end, seconds.
PAUSE_S = 0.1

MARKS = """MATCH (m:VinculoStore) OPTIONAL MATCH (s:Source) WHERE s.withdrawing OR NOT coalesce(s.published, true)
  RETURN coalesce(m.turn, 0), s.number, s.withdrawing, coalesce(s.publishing, false), coalesce(s.published, true)"""


def settle(connection: Connection, each: Callable[[], Exclusively]) -> View:
    """End every withdrawal and publication that was begun; returns what may be seen then.

    Raises
    ------
    StoreBusy
        ``store_withdrawing``, ``store_publishing``: this connection may not write, and nobody else ended it in time.
    """
    end = time.monotonic() + connecting.PATIENCE_S
    while True:
        rows = connection.rows(MARKS)
        marks = [row[1:] for row in rows if row[1] is not None]
        leaving = [number for number, withdrawing, _, _ in marks if withdrawing]
        coming = [number for number, _, publishing, _ in marks if publishing]
        if not leaving and not coming:
            return View(
                connection, tuple(sorted(number for number, *_, published in marks if not published)), rows[0][0]
            )
        if not connection.read_only:
            for number in leaving:
                go_on(number, each())
            for number in coming:
                publish(number, each())
        elif time.monotonic() > end:
            code = "store_withdrawing" if leaving else "store_publishing"
            raise StoreBusy(code, url=hide_password(connection.url))
        else:
            time.sleep(PAUSE_S)
