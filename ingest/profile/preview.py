"""What a few records become by a mapping, before anything is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from vinculo.graph.facts import unpack
from vinculo.graph.types import Batch
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.engine import map_tables
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.user_mapping import read_mapping


def preview(file: OpenedFile, mapping: str | Path, count: int = 5) -> list[dict[str, Any]]:
    """The first records, each with what is made of it.

    Parameters
    ----------
    file : OpenedFile
    mapping : path
        The mapping file.
    count : int
        How many records.

    Returns
    -------
    list of dict
        ``record``, ``line``, ``entities`` (id, kind, properties), ``links`` (kind, source, target, properties) and ``rejected``
        (sentences in English and Spanish) of each.

    Raises
    ------
    InputError, UsageError
        As for loading: the mapping does not fit the file, the file cannot be read.
    """
    made: list[dict[str, Any]] = []
    for recognised in read_mapping(mapping, file):
        dataset = recognised.dataset
        for chunk in recognised.format.reads(file, recognised.layout, {}):
            # each by itself: what a record repeats of the one before is shown with it too
            found = [_record(chunk.table.slice(n, 1), dataset) for n in range(min(count, chunk.table.num_rows))]
            found += [
                _made(r, Batch.make(rejects=chunk.rejects.slice(n, 1))) for n, r in enumerate(_places(chunk.rejects))
            ]
            made += sorted(found, key=lambda f: int(f["record"]))[: count - len(made)]
            break
    return made


def _places(table: pa.Table) -> list[tuple[int, int]]:
    return list(zip(table.column("record").to_pylist(), table.column("line").to_pylist(), strict=True))


def _record(table: pa.Table, dataset: Dataset) -> dict[str, Any]:
    tables = dataset.prepare(table) if dataset.prepare else {"": table}
    return _made(_places(table)[0], map_tables(dataset.mappings, tables, table, dataset.name))


def _made(place: tuple[int, int], batch: Batch) -> dict[str, Any]:
    return {
        "record": place[0],
        "line": place[1],
        "entities": _whole(batch),
        "links": [
            {"kind": k["kind"], "source": k["source"], "target": k["target"], "properties": unpack(k["facts"])}
            for k in batch.links.to_pylist()
        ],
        "rejected": [{"en": r["en"], "es": r["es"]} for r in batch.rejects.to_pylist()],
    }


def _whole(batch: Batch) -> list[dict[str, Any]]:
    """The entities, each once with all that the tables of its record say of it."""
    found: dict[str, dict[str, Any]] = {}
    for e in batch.entities.to_pylist():
        one = found.setdefault(e["id"], {"id": e["id"], "kind": e["kind"], "properties": []})
        one["properties"] += [p for p in unpack(e["facts"]) if p not in one["properties"]]
    return list(found.values())
