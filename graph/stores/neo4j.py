"""The server store for teams: Neo4j, official driver, constraints first, UNWIND and MERGE in managed transactions.

A node has the label ``Entity`` and that of its kind, a relationship's type is its kind; both carry ``facts`` (see
:mod:`vinculo.graph.stores.neo4j_rows`). One database holds one case. The driver is loaded when such a store is opened.
What the store does stands in the files beside this one: ``neo4j_lookup``, ``neo4j_search`` and ``neo4j_bulk`` read,
``neo4j_write``, ``neo4j_publish`` and ``neo4j_withdraw`` change the graph, ``neo4j_view`` says what is seen of it,
``neo4j_records`` keeps what was loaded and what people add.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from typing import Any

from vinculo.graph.errors import StoreError, StoreVersionError, UsageError
from vinculo.graph.stores import StoreKind, hide_password
from vinculo.graph.stores import neo4j_queries as queries
from vinculo.graph.stores.neo4j_bulk import Bulk
from vinculo.graph.stores.neo4j_connection import Connection, EndsDiffer, Transaction
from vinculo.graph.stores.neo4j_context import Contexts
from vinculo.graph.stores.neo4j_lookup import Lookups
from vinculo.graph.stores.neo4j_search import Searches
from vinculo.graph.stores.neo4j_settle import settle
from vinculo.graph.stores.neo4j_verify import differences
from vinculo.graph.stores.neo4j_view import View
from vinculo.graph.stores.neo4j_withdraw import Exclusively, withdraw_source
from vinculo.graph.stores.neo4j_write import HalfWithdrawn, Repeated, prepare, write_batch
from vinculo.graph.types import Added, Batch, Manifest, Source
from vinculo.graph.verifying import Difference, Progress

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


class Neo4jStore(Lookups, Searches, Bulk, Contexts):
    """A :class:`vinculo.graph.store.Store` in one database of a Neo4j server. Safe to use from several threads."""

    #: One transaction of a small server: about 4 kB of its memory a row.
    batch_rows = 60_000

    def __init__(self, url: str, *, create: bool = True, read_only: bool = False) -> None:
        self.url = url
        self._owner = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
        self._numbers: dict[tuple[str, str], int] = {}
        self._db = Connection(url, read_only=read_only)
        try:
            self._checked(create and not read_only)
            if not read_only:
                self._settled()
        except BaseException:
            self.close()
            raise

    def _checked(self, create: bool) -> None:
        found = self._db.rows(queries.META)
        if not found:
            if self._db.rows(queries.CONTENTS)[0][0]:
                raise StoreError("neo4j_other_data", url=hide_password(self.url))
            if not create:
                raise StoreError("store_missing", url=hide_password(self.url))
        elif found[0][0] == queries.OLDER:
            # who only reads sees all of it as it is
            if not self._db.read_only:
                self._db.write(lambda tx: tx.rows(queries.RAISE, older=queries.OLDER, schema=queries.SCHEMA_VERSION))
        elif found[0][0] != queries.SCHEMA_VERSION:
            raise StoreVersionError(
                "store_version", url=hide_password(self.url), found=found[0][0], wanted=queries.SCHEMA_VERSION
            )
        if create:
            there = {name for (name,) in self._db.rows("SHOW CONSTRAINTS YIELD name")}
            there |= {name for (name,) in self._db.rows("SHOW INDEXES YIELD name")}
            absent = [s for name, s in queries.schema_statements().items() if name not in there]
            if absent:
                self._db.schema(absent)
        if not found:
            self._db.write(lambda tx: tx.rows(queries.MAKE_META, schema=queries.SCHEMA_VERSION))

    def close(self) -> None:
        """Release the connections."""
        self._db.close()

    @property
    def server(self) -> str:
        """What the server says it is, e.g. ``Neo4j Kernel 5.26.30``."""
        return self._db.server

    def write(self, batch: Batch, manifest: Manifest) -> Added | None:
        source = self._source_number(manifest.source)
        ready = prepare(batch, source)
        key = f"{source}:{manifest.number}"

        added, anothers = Added(0, 0), False

        def there(tx: Transaction) -> bool:
            nonlocal anothers
            runs = tx.rows(queries.MANIFEST_THERE, key=key)
            anothers = any(run != manifest.run for (run,) in runs)
            return bool(runs)

        careful, done = False, False
        while not done:
            self._settled()

            def work(tx: Transaction, careful: bool = careful) -> None:
                # kept where the reply to the commit is lost and the batch is found to be there
                nonlocal added
                added = write_batch(tx, ready, batch, manifest, source, careful)

            try:
                self._db.exclusively(self._owner, there, work)
                done = True
            except (EndsDiffer, Repeated):
                if careful:
                    raise
                careful = True
            except HalfWithdrawn:
                # somebody has begun to take this very source out since: that ends first
                continue
        return None if anothers else added

    def withdraw(self, source: Source) -> dict[str, int]:
        self._settled()
        known = [no for no, s in self._sources_by_number().items() if s.key == source.key]
        if not known:
            raise UsageError("unknown_source", source=source.file or source.sha256)
        self._drop_context(source)
        return withdraw_source(known[0], self._each())

    def verify(self, progress: Progress | None = None) -> list[Difference]:
        return differences(self._view(), self._present(), self._sources_by_number(), progress)

    def _each(self) -> Exclusively:
        def each(work: Callable[[Transaction], Any]) -> Any:
            return self._db.exclusively(self._owner, lambda tx: False, work)

        return each

    def _view(self) -> View:
        return settle(self._db, self._each)


STORE = StoreKind(
    name="neo4j",
    schemes=SCHEMES,
    opens=lambda url, create, read_only: Neo4jStore(url, create=create, read_only=read_only),
)
