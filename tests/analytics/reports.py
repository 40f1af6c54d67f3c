"""A suspicious-activity report beside a small case."""

from __future__ import annotations

import pyarrow as pa

from vinculo.graph.types import ENTITY_SCHEMA, FINGERPRINT, LINK_SCHEMA, Batch, Manifest, Source


def with_reports(store, entities, links, taint="sar"):
    """The same store with a report: what it alone says is tainted."""
    source = Source("reports", "1" * 64, "reports.csv", synthetic=False, taint=taint)
    run = store.begin_run(source)
    rows = [
        pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
        for rows, schema in ((entities, ENTITY_SCHEMA), (links, LINK_SCHEMA))
    ]
    store.write(Batch.make(*rows), Manifest(source, run, 1, 1, pa.array([b"1" * 16], FINGERPRINT)))
    store.finish_run(run, "done", {})
    return store
