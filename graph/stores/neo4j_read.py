"""Reading from Neo4j: the server's strings into facts with their sources, and whole tables into Arrow, column by column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import UNIT
from vinculo.graph.statements import flat, halves, put_together
from vinculo.graph.stores.assembly import Told, told
from vinculo.graph.stores.neo4j_rows import read
from vinculo.graph.types import Source

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Connection
    from vinculo.graph.stores.neo4j_view import View

#: Things in one chunk of a bulk read.
PAGE = 10_000


def said(facts: Sequence[str], sources: dict[int, Source], hidden: Collection[int] = ()) -> Told:
    """What the server's strings say of one thing, without those of unpublished sources."""

    def statements() -> Iterator[tuple[str, int, int]]:
        for text in facts:
            pair, _, origin = text.rpartition(UNIT)
            number, _, record = origin.partition(":")
            if not hidden or int(number) not in hidden:
                yield pair, int(number), int(record)

    return told(statements(), sources)


def source_of(fact: str) -> str:
    """The number of the source in one of the server's strings."""
    return fact.rpartition(UNIT)[2].partition(":")[0]


def property_table(
    chunks: Iterable[Sequence[Any]], properties: Sequence[str], hidden: Collection[int] = ()
) -> pa.Table:
    """``id`` and per property the first value in sorted order, from columns of ids and of their strings."""
    columns = pa.schema([("id", pa.string()), *((p, pa.string()) for p in properties)])
    found = [columns.empty_table()]
    for ids, facts in chunks:
        lists = pa.array(facts, pa.list_(pa.string()))
        parents = pc.list_parent_indices(lists)
        statements = pc.list_flatten(lists)
        parts = pc.split_pattern(statements, UNIT, max_splits=1, reverse=True)
        if hidden:
            seen = pc.invert(pc.is_in(_numbers(pc.list_element(parts, 1)), pa.array(list(hidden), pa.int64())))
            parents, parts = parents.filter(seen), parts.filter(seen)
        pairs = pc.list_element(parts, 0)
        names, values = halves(pairs)
        table = pa.table({"id": pa.array(ids, pa.string())})
        for name in properties:
            which = pc.equal(names, name)
            own = pa.table({"at": parents.filter(which), "v": values.filter(which)})
            least = own.group_by("at").aggregate([("v", "min")])
            at = pc.index_in(pa.array(np.arange(len(ids)), parents.type), value_set=flat(least.column("at")))
            table = table.append_column(name, flat(least.column("v_min")).take(at))
        found.append(table.cast(columns))
    whole = pa.concat_tables(found)
    return whole.take(pc.sort_indices(whole.column("id")))


def _numbers(origins: pa.Array) -> pa.Array:
    """The source's numbers, of texts ``number:record``."""
    return pc.cast(pc.list_element(pc.split_pattern(origins, ":", max_splits=1), 0), pa.int64())


def pages(connection: Connection | View, query: str, size: int = 0, **values: Any) -> Iterator[list[list[Any]]]:
    """Columns in the order of their ids, a page at a time; the first column is the id, the empty id is nobody's."""
    after, size = "", size or PAGE
    while True:
        columns = list(connection.rows(query, after=after, limit=size, **values)[0])
        if columns[0]:
            yield columns
            after = columns[0][-1]
        if len(columns[0]) < size:
            return


def portions(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in portions of a page."""
    some: list[tuple[Any, ...]] = []
    for row in rows:
        some.append(row)
        if len(some) == PAGE:
            yield some
            some = []
    if some:
        yield some


def assertions(
    lists: Sequence[Sequence[str]], sources: dict[int, Source], only: int | None, hidden: Collection[int] = ()
) -> pa.Table:
    """Things' strings as assertions with their source's dataset and sha256; ``thing`` is the place in ``lists``."""
    things = np.repeat(np.arange(len(lists)), [len(x) for x in lists]).astype(np.int64)
    statements = read(things, pa.array([f for x in lists for f in x], pa.string()))
    if only is not None:
        statements = statements.filter(pc.equal(statements.column("source"), only))
    elif hidden:
        unseen = pc.is_in(statements.column("source"), pa.array(list(hidden), pa.int64()))
        statements = statements.filter(pc.invert(unseen))
    table = put_together(statements)
    numbers = flat(table.column("source")).to_pylist()
    return pa.table(
        {
            "thing": table.column("thing"),
            **{c: table.column(c) for c in ("kind", "record", "facts")},
            "dataset": pa.array([sources[n].dataset for n in numbers], pa.string()),
            "sha256": pa.array([sources[n].sha256 for n in numbers], pa.string()),
        }
    )


def with_heads(table: pa.Table, heads: dict[str, list[str]]) -> Iterator[pa.Table]:
    """The assertions with what stands once per thing (its id, its ends); nothing where there are none."""
    if table.num_rows:
        at = table.column("thing")
        columns = {name: pa.array(values, pa.string()).take(flat(at)) for name, values in heads.items()}
        ends = {n: c for n, c in columns.items() if n != "id"}
        rest = {n: table.column(n) for n in ("record", "facts", "dataset", "sha256")}
        yield pa.table({"id": columns["id"], "kind": table.column("kind"), **ends, **rest})
