"""Reading the whole embedded store into Arrow, a portion of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph import facts as packed
from vinculo.graph.schema import descendants
from vinculo.graph.schema import kind as kind_of
from vinculo.graph.store import EDGE_SCHEMA, NODE_SCHEMA
from vinculo.graph.stores.assembly import by_id
from vinculo.graph.stores.sqlite_columns import columns
from vinculo.graph.stores.sqlite_connection import Connection
from vinculo.graph.stores.sqlite_lookup import kind_filter
from vinculo.graph.stores.sqlite_tables import SEEN
from vinculo.graph.types import ENTITY_SCHEMA, LINK_SCHEMA, Source


class Bulk:
    """The part of the store that gives everything."""

    _db: Connection

    def nodes(self) -> pa.Table:
        return by_id(columns(self._db, "entity", NODE_SCHEMA), NODE_SCHEMA)

    def edges(self, kinds: Sequence[str] | None = None) -> pa.Table:
        only, kind_values = kind_filter(kinds)
        return by_id(columns(self._db, "link", EDGE_SCHEMA, only, kind_values), EDGE_SCHEMA)

    def table(self, kind: str, properties: Sequence[str]) -> pa.Table:
        if kind_of(kind).is_link:
            query = "SELECT l.id, f.facts FROM link l JOIN link_fact f ON f.link = l.no WHERE l.kind = ?"
            values: list[str] = [kind]
        else:
            values = list(descendants(kind))
            marks = ",".join("?" * len(values))
            query = (
                f"SELECT e.id, f.facts FROM entity e JOIN entity_fact f ON f.entity = e.no WHERE e.kind IN ({marks})"
            )
        query = f"{query} AND f.source {SEEN}"
        schema = pa.schema([("id", pa.string()), ("facts", pa.string())])
        columns = pa.schema([("id", pa.string()), *((p, pa.string()) for p in properties)])
        chunks = [
            pa.table([t.column("id"), *(packed.column(t.column("facts"), p) for p in properties)], schema=columns)
            for t in self._db.stream(query, values, schema)
        ]
        whole = pa.concat_tables(chunks) if chunks else columns.empty_table()
        grouped = whole.group_by("id").aggregate([(p, "min") for p in properties])
        return (
            grouped.rename_columns([c.removesuffix("_min") if c != "id" else c for c in grouped.column_names])
            .select(["id", *properties])
            .sort_by("id")
        )

    def statements(self, source: Source | None = None) -> Iterator[tuple[str, pa.Table]]:
        origin = [("dataset", pa.string()), ("sha256", pa.string())]
        only, values = (
            (" WHERE s.dataset = ? AND s.sha256 = ?", source.key) if source else (" WHERE s.published <> 0", ())
        )
        entity = """SELECT e.id, f.kind, f.record, f.facts, s.dataset, s.sha256 FROM entity e
                    JOIN entity_fact f ON f.entity = e.no JOIN source s ON s.no = f.source"""
        link = """SELECT l.id, l.kind, a.id, b.id, f.record, f.facts, s.dataset, s.sha256 FROM link l
                  JOIN link_fact f ON f.link = l.no JOIN source s ON s.no = f.source
                  JOIN entity a ON a.no = l.source JOIN entity b ON b.no = l.target"""
        order = "s.dataset, s.sha256, f.record, f.content"
        for sort, query, schema, by in (
            ("entity", entity, ENTITY_SCHEMA, f"e.id, {order}"),
            ("link", link, LINK_SCHEMA, f"l.id, l.kind, {order}"),
        ):
            stream = self._db.stream(f"{query}{only} ORDER BY {by}", values, pa.schema([*schema, *origin]))
            yield from ((sort, t) for t in _whole_ids(stream))

    def taints(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self._db.rows("SELECT 1 FROM source WHERE taint <> '' AND published <> 0 LIMIT 1"):
            return found
        for thing in ("entity", "link"):
            found |= dict(
                self._db.rows(
                    f"""SELECT x.id, max(s.taint) FROM {thing} x JOIN {thing}_fact f ON f.{thing} = x.no
                        JOIN source s ON s.no = f.source WHERE s.published <> 0 GROUP BY x.no HAVING min(s.taint) <> ''"""
                )
            )
        return found


def _whole_ids(chunks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows, cut so that no id is spread over two chunks."""
    kept: pa.Table | None = None
    for chunk in chunks:
        table = pa.concat_tables([kept, chunk]) if kept is not None else chunk
        last = table.column("id")[-1]
        split = pc.index(table.column("id"), last).as_py()
        kept = table.slice(split)
        if split:
            yield table.slice(0, split)
    if kept is not None:
        yield kept
