"""JSON lines read as a table: an object a row, its keys the header, for the layouts of a person's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from vinculo.ingest.formats import Chunk, Layout, jsonl
from vinculo.ingest.formats.jsonl import BadJson, cell, parsed
from vinculo.ingest.formats.opened import OpenedFile

#: Between the members of a list in one cell.
BETWEEN = "; "


def beginning(file: OpenedFile, count: int) -> tuple[list[str], list[list[str]]]:
    """The keys of the first objects as a header, and their texts below it."""
    lines = file.start.splitlines()
    if len(file.head) < file.size:
        lines = lines[:-1] or lines
    objects = []
    for line in lines:
        try:
            made = parsed(line.strip("\ufeff"))
        except BadJson:
            continue
        if isinstance(made, dict):
            objects.append(made)
        if len(objects) == count:
            break
    keys = list(dict.fromkeys(k for o in objects for k in o))
    return keys, [[_text(cell(o.get(k))) or "" for k in keys] for o in objects]


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks, their columns called as the layout has them; errors as :func:`vinculo.ingest.formats.jsonl.reads`."""
    for chunk in jsonl.reads(file, layout, notes):
        table = _named(chunk.table, layout)
        notes |= {k: v for k, v in layout.unused(table.column_names[:-2]).items() if k not in notes}
        yield Chunk(table, chunk.rejects, chunk.marks)


def _named(table: pa.Table, layout: Layout) -> pa.Table:
    *keys, _, _ = table.column_names
    names = layout.names(keys)
    columns = [_texts(table.column(k)) for k in keys]
    # a key that no object of this chunk has is a column that is empty there
    for name in layout.columns:
        if name not in names:
            names.append(name)
            columns.append(pa.nulls(table.num_rows, pa.string()))
    return pa.table([*columns, table["record"], table["line"]], names=[*names, "record", "line"])


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if not pa.types.is_list(column.type):
        return column
    return pa.array([_text(value) for value in column.to_pylist()], pa.string())


def _text(value: str | list[str] | None) -> str | None:
    return BETWEEN.join(value) if isinstance(value, list) else value


#: The reader, where a dataset is a table and the file holds JSON lines.
AS_TABLE = replace(jsonl.FORMAT, name="json_table", reads=reads)
