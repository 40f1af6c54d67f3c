"""The one place that speaks to the Neo4j driver: opening, transactions, and what its errors mean to a person.

Labels and types never come from data, values always travel as parameters. Every piece of work is idempotent, so one whose commit
reply was lost, or whose server went away, is simply done again: a batch finds its manifest there and is content.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from vinculo.graph.errors import (
    EnvironmentProblem,
    StoreBusy,
    StoreDenied,
    StoreError,
    StoreUnreachable,
    StoreVersionError,
    UsageError,
    VinculoError,
)
from vinculo.graph.stores import hide_password, while_waiting

if TYPE_CHECKING:
    import neo4j

Made = TypeVar("Made")
Rows = list[tuple[Any, ...]]

#: How long to wait: for an answer when connecting, for a server that comes back, for another writer. Seconds.
CONNECT_S, RETURN_S, PATIENCE_S = 5.0, 120.0, 15.0
#: How long the driver itself tries again, and how long to wait between two of our own tries. Seconds.
RETRY_S, PAUSE_S = 3.0, 0.5
#: A writer that took the lock and died before its transaction began loses it after this long, in milliseconds.
LEASE_MS = 5_000
#: Rows the server sends at once.
FETCH = 10_000
#: The oldest server whose Cypher has all we use.
OLDEST = (5, 23)


class LockLost(Exception):
    """The server was away for so long that another writer took the lock."""


class EndsDiffer(StoreError):
    """A link of this id is there already, between other entities."""


class Connection:
    """A pool of connections to one database of one server; safe to use from several threads."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.read_only = read_only
        self._database = unquote(urlsplit(url).path.strip("/")) or None
        self._driver = _driver(url)
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        try:
            self._connected()
        except StoreUnreachable:
            if self.url.startswith("neo4j"):
                self._ask_without_routing()
            raise
        name, versions = self.rows("CALL dbms.components() YIELD name, versions RETURN name, versions")[0]
        found = tuple(int(n) for n in versions[0].split(".")[:2])
        if found < OLDEST:
            wanted = ".".join(map(str, OLDEST))
            raise StoreVersionError("neo4j_version", url=hide_password(self.url), found=versions[0], wanted=wanted)
        #: What the server says it is.
        self.server = f"{name} {versions[0]}"

    def _connected(self) -> None:
        """Reach the server; once more where the connection was cut at once, for nobody else would do it again."""
        began = time.monotonic()
        try:
            with self._told_plainly():
                # a read would ask again and again for as long as a retry may take
                self._driver.verify_connectivity()
        except StoreUnreachable:
            if time.monotonic() - began > CONNECT_S / 2:
                raise
            with self._told_plainly():
                self._driver.verify_connectivity()

    def _ask_without_routing(self) -> None:
        """Asked for its routes, an address that is no server gives no reason; asked directly, it does."""
        with self._told_plainly(), _driver("bolt" + self.url.removeprefix("neo4j")) as direct:
            direct.verify_connectivity()
        raise StoreUnreachable("neo4j_routing", url=hide_password(self.url))

    def close(self) -> None:
        """Close every connection of the pool."""
        self._driver.close()

    def _session(self, mode: str, fetch: int = FETCH) -> neo4j.Session:
        return self._driver.session(
            database=self._database,
            default_access_mode=mode,
            fetch_size=fetch,
            bookmark_manager=self._driver.execute_query_bookmark_manager,
        )

    # -- reading -------------------------------------------------------------------------------------------------
    def rows(self, query: str, **values: Any) -> Rows:
        """All rows of a query."""

        def work(tx: neo4j.ManagedTransaction) -> Rows:
            return [tuple(r) for r in tx.run(query, values)]

        return self._again("READ", lambda session: session.execute_read(work))

    def chunks(self, query: str, **values: Any) -> Iterator[list[tuple[Any, ...]]]:
        """The columns of a query's rows, ``FETCH`` rows at a time."""
        with self._session("READ") as session:
            with self._told_plainly():
                result = session.run(query, values)
            while True:
                with self._told_plainly():
                    records = result.fetch(FETCH)
                if not records:
                    return
                yield list(zip(*records, strict=True))

    # -- writing -------------------------------------------------------------------------------------------------
    def write(self, work: Callable[[Transaction], Made]) -> Made:
        """Do work in one managed transaction; it may be done several times and must bear that."""
        if self.read_only:
            raise StoreError("store_unwritable", url=hide_password(self.url), reason="read only")
        return self._again("WRITE", lambda session: session.execute_write(lambda tx: work(Transaction(tx))))

    def _again(self, mode: str, managed: Callable[[neo4j.Session], Made]) -> Made:
        """Do work in a session, and again where its commit reply was lost, the server went away or a deadlock broke it."""

        def work() -> Made:
            with self._told_plainly(), self._session(mode) as session:
                return managed(session)

        return self._outlasting(work)

    def _outlasting(self, work: Callable[[], Made]) -> Made:
        """Do work; where the server goes away, wait until it is there again. Whoever waits is told."""
        since: float | None = None
        while True:
            try:
                return work()
            except (StoreUnreachable, StoreBusy) as problem:
                now = time.monotonic()
                since = now if since is None else since
                away = isinstance(problem, StoreUnreachable) and not self.read_only
                most = RETURN_S if away else PATIENCE_S
                if now - since > most:
                    raise
                tell = while_waiting.get()
                if away and tell is not None:
                    tell("server", int(now - since), int(most))
                time.sleep(PAUSE_S)

    def schema(self, statements: Sequence[str]) -> None:
        """Run statements about constraints and indexes, in one transaction, and wait until they hold."""
        self.write(lambda tx: [tx.rows(s) for s in statements])
        self.write(lambda tx: tx.rows("CALL db.awaitIndexes(300)"))

    def exclusively(
        self, owner: str, done: Callable[[Transaction], bool], work: Callable[[Transaction], Made]
    ) -> Made | None:
        """Do work as the only writer; nothing where ``done`` says it has been committed already.

        Raises
        ------
        StoreBusy
            Another writer held the lock for longer than ``PATIENCE_S``.
        """
        if self.read_only:
            raise StoreError("store_unwritable", url=hide_password(self.url), reason="read only")

        def guarded(tx: Transaction) -> Made | None:
            # the first statement locks the node until the commit: from here on the lease may end
            holder = tx.rows("MATCH (w:WriterLock) SET w.touched = timestamp() RETURN w.owner")[0][0]
            if done(tx):
                tx.rows("MATCH (w:WriterLock {owner: $owner}) SET w.owner = null, w.until = 0", owner=owner)
                return None
            if holder != owner:
                raise LockLost
            made = work(tx)
            tx.rows("MATCH (w:WriterLock) SET w.owner = null, w.until = 0")
            return made

        while True:
            self._take_lock(owner)
            try:
                return self.write(guarded)
            except LockLost:
                continue
            except BaseException:
                self._leave_lock(owner)
                raise

    def _take_lock(self, owner: str) -> None:
        end = time.monotonic() + PATIENCE_S
        query = """MATCH (w:WriterLock) SET w.touched = timestamp()
                   WITH w WHERE w.owner IS NULL OR w.owner = $owner OR w.until < timestamp()
                   SET w.owner = $owner, w.until = timestamp() + $lease RETURN w.owner"""
        while True:
            if self._outlasting(lambda: self._briefly(query, owner=owner, lease=LEASE_MS)):
                return
            if time.monotonic() > end:
                raise StoreBusy("store_busy", url=hide_password(self.url))
            time.sleep(0.05)

    def _briefly(self, query: str, **values: Any) -> Rows:
        """Rows of a statement that another writer may hold up; none where it did so for too long."""
        from neo4j import exceptions as faults

        with self._told_plainly(), self._session("WRITE") as session:
            try:
                with session.begin_transaction(timeout=min(2.0, PATIENCE_S)) as tx:
                    rows = [tuple(r) for r in tx.run(query, values)]
                    tx.commit()
                    return rows
            except (faults.TransientError, faults.IncompleteCommit):
                return []
            except faults.ClientError as problem:
                if "TransactionTimedOut" in (problem.code or ""):
                    return []
                raise

    def _leave_lock(self, owner: str) -> None:
        try:
            self._briefly("MATCH (w:WriterLock {owner: $owner}) SET w.owner = null, w.until = 0", owner=owner)
        except VinculoError:
            # the server is gone; the lease ends by itself
            return

    # -- errors ----------------------------------------------------------------------------------------------------
    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        from neo4j import exceptions as faults

        try:
            yield
        except (faults.DriverError, faults.Neo4jError, OSError) as problem:
            raise _plain(problem, hide_password(self.url)) from problem


def _driver(url: str) -> neo4j.Driver:
    # half a second that whoever opens another store need not spend
    import neo4j
    from neo4j import exceptions as faults

    parts = urlsplit(url)
    login = (unquote(parts.username or "neo4j"), unquote(parts.password or ""))
    try:
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or "localhost"
        return neo4j.GraphDatabase.driver(
            f"{parts.scheme}://{host}:{parts.port or 7687}",
            auth=login if parts.password else None,
            connection_timeout=CONNECT_S,
            connection_acquisition_timeout=CONNECT_S * 2,
            max_transaction_retry_time=RETRY_S,
            notifications_min_severity="OFF",
            user_agent="vinculo",
        )
    except (faults.ConfigurationError, ValueError) as problem:
        raise UsageError("unknown_store", url=hide_password(url)) from problem


class Transaction:
    """What a piece of work may do inside a managed transaction."""

    def __init__(self, tx: neo4j.ManagedTransaction) -> None:
        self._tx = tx
        #: Since the transaction began.
        self.nodes_created = self.relationships_created = 0

    def rows(self, query: str, **values: Any) -> Rows:
        """All rows of a query."""
        result = self._tx.run(query, values)
        rows = [tuple(r) for r in result]
        counters = result.consume().counters
        self.nodes_created += counters.nodes_created
        self.relationships_created += counters.relationships_created
        return rows


def _plain(problem: Exception, url: str) -> VinculoError:
    from neo4j import exceptions as faults

    text = " ".join(str(problem).split())
    code = getattr(problem, "code", None) or ""
    if "CredentialsExpired" in code:
        return StoreDenied("neo4j_first_password", url=url)
    if isinstance(problem, faults.AuthError):
        return StoreDenied("store_denied", url=url)
    if "DatabaseNotFound" in code:
        return StoreError("neo4j_no_database", url=url)
    if "ConstraintValidationFailed" in code:
        return EndsDiffer("store_failed", url=url, reason=text)
    if "OutOfMemory" in code or "MemoryPool" in code:
        return EnvironmentProblem("neo4j_memory", url=url)
    if isinstance(problem, (faults.Forbidden, faults.ForbiddenOnReadOnlyDatabase)) or "AccessMode" in code:
        return StoreError("store_unwritable", url=url, reason=text)
    if "DatabaseUnavailable" in code:
        # a server that has just come back
        return StoreUnreachable("store_unreachable", url=url)
    if isinstance(problem, faults.TransientError) or "TransactionTimedOut" in code:
        return StoreBusy("store_busy", url=url)
    if isinstance(problem, (faults.ServiceUnavailable, faults.SessionExpired, faults.ConnectionPoolError, OSError)):
        if "HTTP" in text or "handshake" in text.lower() or "protocol" in text.lower():
            return StoreError("not_neo4j", url=url)
        return StoreUnreachable("store_unreachable", url=url)
    if isinstance(problem, faults.ConfigurationError):
        return StoreError("not_neo4j", url=url)
    return StoreError("store_failed", url=url, reason=text)
