"""A place for each registered store to stand in during a test, and a small way to write files into it."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from vinculo.graph import facts
from vinculo.graph.store import Store
from vinculo.graph.stores import open_store
from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, REJECT_SCHEMA, Batch, Manifest, Source

#: Rows of a batch: (id, kind, record, facts), (id, kind, source, target, record, facts).
EntityRow = tuple[str, str, int, dict[str, Any]]
LinkRow = tuple[str, str, str, str, int, dict[str, Any]]


#: A person, her firm, and a payment to somebody that nothing describes.
ANA: EntityRow = ("ana", "Person", 1, {"name": "Ana López", "birthDate": "1980-02-03"})
FIRM: EntityRow = ("firm", "Company", 2, {"name": "Halcón del Norte", "taxNumber": "HNO-010203-AB1"})
OWNS: LinkRow = ("own", "OWNS", "ana", "firm", 2, {"percentage": "51", "startDate": "2019-05-01"})
PAID: LinkRow = ("pay", "PAID", "firm", "abroad", 3, {"amount": "9500.50", "currency": "USD", "date": "2024-04-01"})


@dataclass
class Place:
    """Where one store stands.

    Attributes
    ----------
    name, url : str
    set_version : callable
        Make the store say it has another schema version.
    held : callable
        Context in which another writer holds the store.
    foreign : callable
        Put data of another program there instead.
    patience : str
        The constant that says how long a writer waits.
    """

    name: str
    url: str
    set_version: Callable[[int], None]
    held: Callable[[], contextlib.AbstractContextManager[None]]
    foreign: Callable[[], None]
    patience: str
    opened: list[Store] = field(default_factory=list)

    def open(self, **options: bool) -> Store:
        """Open it once more."""
        store = open_store(self.url, **options)
        self.opened.append(store)
        return store

    def close(self) -> None:
        """Close whatever a test left open."""
        for store in self.opened:
            store.close()


def sqlite_place(folder: Path, neo4j_url: Callable[[], str]) -> Place:
    """A file."""
    path = folder / "case.db"

    def run(statement: str) -> None:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute(statement)
            db.commit()

    @contextlib.contextmanager
    def held() -> Iterator[None]:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")

    return Place(
        name="sqlite",
        url=f"sqlite:///{path}",
        set_version=lambda n: run(f"PRAGMA user_version = {n}"),
        held=held,
        foreign=lambda: run("CREATE TABLE theirs(x)"),
        patience="vinculo.graph.stores.sqlite_connection.PATIENCE_S",
    )


def neo4j_place(folder: Path, neo4j_url: Callable[[], str]) -> Place:
    """The one database of the test server."""
    url = neo4j_url()

    def run(query: str) -> None:
        from vinculo.graph.stores.neo4j_connection import Connection

        connection = Connection(url)
        connection.write(lambda tx: tx.rows(query))
        connection.close()

    @contextlib.contextmanager
    def held() -> Iterator[None]:
        run("MATCH (w:WriterLock) SET w.owner = 'somebody else', w.until = timestamp() + 60000")
        yield
        run("MATCH (w:WriterLock) SET w.owner = null, w.until = 0")

    return Place(
        name="neo4j",
        url=url,
        set_version=lambda n: run(f"MATCH (s:VinculoStore) SET s.schema = {n}"),
        held=held,
        foreign=lambda: run("CREATE (:Theirs {x: 1})"),
        patience="vinculo.graph.stores.neo4j_connection.PATIENCE_S",
    )


#: By the name of the store; a new store needs its own here before the contract can be tested on it.
PLACES: dict[str, Callable[[Path, Callable[[], str]], Place]] = {"sqlite": sqlite_place, "neo4j": neo4j_place}


def entities(rows: Sequence[EntityRow]) -> pa.Table:
    """Rows (id, kind, record, facts) as a batch has them; a value may be a list of values."""
    return _table([(i, k, r, _packed(f)) for i, k, r, f in rows], ENTITY_SCHEMA)


def links(rows: Sequence[LinkRow]) -> pa.Table:
    """Rows (id, kind, source, target, record, facts) as a batch has them."""
    return _table([(i, k, s, t, r, _packed(f)) for i, k, s, t, r, f in rows], LINK_SCHEMA)


def rejects(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows of ``REJECT_SCHEMA``."""
    return _table(rows, REJECT_SCHEMA)


def prints(*texts: str) -> pa.Array:
    """Fingerprints of some records."""
    return pa.array([hashlib.blake2b(t.encode(), digest_size=16).digest() for t in texts], FINGERPRINT)


def source(name: str, **more: Any) -> Source:
    """A file of the dataset in front of the dot: ``lists.a`` is file ``a`` of ``lists``."""
    dataset, _, file = name.partition(".")
    return Source(dataset, hashlib.sha256(name.encode()).hexdigest(), f"{file or dataset}.csv", **more)


def load(
    store: Store, name: str, things: Sequence[EntityRow] = (), between: Sequence[LinkRow] = (), **more: Any
) -> Source:
    """Write one file in one batch and finish its run."""
    origin = source(name, **more)
    run = store.begin_run(origin)
    batch = Batch.make(entities(things), links(between))
    store.write(batch, Manifest(origin, run, 1, len(things) + len(between), prints(name)))
    store.finish_run(run, "done", {"read": len(things) + len(between)})
    return origin


def said(store: Store, id: str, name: str) -> dict[str, list[tuple[str, str, int]]]:
    """Values of a property, each with dataset, file and record of its sources."""
    thing = store.entities([id]).get(id) or store.links([id])[id]
    return {
        f.value: [(p.source.dataset, p.source.file, p.record) for p in f.sources]
        for f in thing.properties.get(name, ())
    }


def _packed(values: dict[str, Any]) -> str:
    return facts.pack((p, v) for p, some in values.items() for v in (some if isinstance(some, list) else [some]))


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
