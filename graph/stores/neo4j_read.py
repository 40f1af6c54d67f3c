"""Reading from Neo4j: the server's strings into facts with their sources, and whole tables into Arrow, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import UNIT
from vinculo.graph.schema import searched_properties
from vinculo.graph.search import folded, squeezed, trigrams
from vinculo.graph.statements import flat, halves, put_together
from vinculo.graph.stores.neo4j_rows import read, whole_terms
from vinculo.graph.types import FINGERPRINT, Fact, Provenance, Source

if TYPE_CHECKING:
    from vinculo.graph.stores.neo4j_connection import Connection

#: Things in one chunk of a bulk read.
PAGE = 10_000


def merged(
    facts: Sequence[str], sources: dict[int, Source]
) -> tuple[dict[str, tuple[Fact, ...]], tuple[Provenance, ...]]:
    """Facts by property, each with its sources; and the sources of the thing itself."""
    own: dict[int, int] = {}
    values: dict[tuple[str, str], list[Provenance]] = {}
    for text in facts:
        pair, _, origin = text.rpartition(UNIT)
        number, _, record = origin.partition(":")
        if pair.startswith(UNIT):
            own[int(number)] = min(int(record), own.get(int(number), int(record)))
        else:
            name, _, value = pair.partition(UNIT)
            values.setdefault((name, value), []).append(Provenance(sources[int(number)], int(record)))
    found: dict[str, list[Fact]] = {}
    for (name, value), origins in sorted(values.items()):
        found.setdefault(name, []).append(Fact(value, _in_order(origins)))
    return {n: tuple(f) for n, f in found.items()}, _in_order(Provenance(sources[s], r) for s, r in own.items())


def _in_order(origins: Iterable[Provenance]) -> tuple[Provenance, ...]:
    return tuple(sorted(origins, key=lambda p: (p.source.key, p.record)))


def source_of(fact: str) -> str:
    """The number of the source in one of the server's strings."""
    return fact.rpartition(UNIT)[2].partition(":")[0]


def lookups(text: str) -> list[str]:
    """What to ask the index for: whole names and beginnings first, then names that share trigrams.

    Terms are folded letters and digits, so none of them means anything to the index's own language.
    """
    query, squeezed_query = folded(text), squeezed(text)
    exact = [w for t in dict.fromkeys((query, squeezed_query)) if t for w in whole_terms(t)[:1]]
    if 0 < len(query) < 3:
        exact.append("_" + query)
    grams = dict.fromkeys([*trigrams(query), *trigrams(squeezed_query)])
    return [" OR ".join(f'"{t}"' for t in terms) for terms in (exact, grams) if terms]


def candidates(heads: dict[str, tuple[str, str, list[str]]]) -> Iterator[tuple[str, str, str, str, str]]:
    """Every searched value of the entities found, for the ranking."""
    sorts = searched_properties()
    for id, (kind, name, facts) in heads.items():
        for pair in {f.rpartition(UNIT)[0] for f in facts}:
            property_name, _, value = pair.partition(UNIT)
            if property_name in sorts:
                yield id, kind, name, sorts[property_name], value


def by_id(chunks: Iterable[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """Columns as a table in the order of its ids."""
    tables = [pa.table([pa.array(c, f.type) for c, f in zip(x, schema, strict=True)], schema=schema) for x in chunks]
    table = pa.concat_tables([schema.empty_table(), *tables])
    return table.take(pc.sort_indices(table.column("id")))


def property_table(chunks: Iterable[Sequence[Any]], properties: Sequence[str]) -> pa.Table:
    """``id`` and per property the first value in sorted order, from columns of ids and of their strings."""
    columns = pa.schema([("id", pa.string()), *((p, pa.string()) for p in properties)])
    found = [columns.empty_table()]
    for ids, facts in chunks:
        lists = pa.array(facts, pa.list_(pa.string()))
        parents = pc.list_parent_indices(lists)
        statements = pc.list_flatten(lists)
        pairs = pc.list_element(pc.split_pattern(statements, UNIT, max_splits=1, reverse=True), 0)
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


def pages(connection: Connection, query: str, size: int = 0, **values: Any) -> Iterator[list[list[Any]]]:
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


def assertions(lists: Sequence[Sequence[str]], sources: dict[int, Source], only: int | None) -> pa.Table:
    """Things' strings as assertions with their source's dataset and sha256; ``thing`` is the place in ``lists``."""
    things = np.repeat(np.arange(len(lists)), [len(x) for x in lists]).astype(np.int64)
    statements = read(things, pa.array([f for x in lists for f in x], pa.string()))
    if only is not None:
        statements = statements.filter(pc.equal(statements.column("source"), only))
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


def fixed(some: bytes) -> pa.Array:
    """Fingerprints from their bytes."""
    return pa.Array.from_buffers(FINGERPRINT, len(some) // 16, [None, pa.py_buffer(some)])
