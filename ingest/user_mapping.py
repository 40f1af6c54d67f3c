"""Mapping files that users write: FollowTheMoney's, or their own columns for a template of ours.

::

    dataset: seizures            # the template
    name: aduana_19              # optional: what this data is called, goes into ids of parties
    columns:                     # column of the template: header in the file
      seizure_id: No. de acta
      date: Fecha
    formats:                     # optional: how dates or numbers of a column are written
      date: "%d/%m/%Y"
      value_usd: "1.234,56"
    missing: [S/D, N/A]          # optional: texts that mean "no value" in this file
    values:                      # optional: what is the same in every row and stands in no column
      agency: SENASICA
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from vinculo.graph.errors import InputError, UsageError
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.datasets.columns import texts, with_columns, without
from vinculo.ingest.formats import loose
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.ftm_mapping import is_ftm_mapping, read_ftm_mapping
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value
from vinculo.ingest.recognise import Recognised, datasets, recognise

_KEYS = {"dataset", "name", "columns", "formats", "missing", "values"}


def read_mapping(path: str | Path, file: OpenedFile, dataset: str | Dataset | None = None) -> list[Recognised]:
    """How to read ``file`` by a mapping file; several datasets where the mapping file has several.

    Raises
    ------
    InputError
        ``bad_mapping``, with what is wrong; ``missing_columns``.
    UsageError
        ``unknown_dataset``.
    """
    made = load_yaml(path)
    if is_ftm_mapping(made):
        name = dataset.name if isinstance(dataset, Dataset) else dataset
        return read_ftm_mapping(made, str(path), file, name)
    return [recognise(file, _profile(made, str(path)))]


def load_yaml(path: str | Path) -> Any:
    """A YAML file, safely.

    Raises
    ------
    InputError
        ``no_file``, ``bad_mapping``.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("no_file", file=str(path)) from None
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("bad_mapping", file=str(path), reason=str(error)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            "bad_mapping",
            file=str(path),
            line=mark.line + 1 if mark else None,
            column=mark.column + 1 if mark else None,
            reason=str(getattr(error, "problem", None) or error),
        ) from None


def _profile(made: Any, path: str) -> Dataset:
    if not isinstance(made, dict) or "dataset" not in made or not isinstance(made.get("columns", {}), dict):
        raise InputError("bad_mapping", file=path, reason="neither queries nor a dataset with columns")
    unknown = set(made) - _KEYS
    if unknown:
        raise InputError("bad_mapping", file=path, reason=f"unknown key {sorted(map(str, unknown))[0]}")
    base = datasets().get(str(made["dataset"]))
    if base is None:
        raise UsageError("unknown_dataset", dataset=made["dataset"])
    columns = {str(k): str(v) for k, v in (made.get("columns") or {}).items()}
    offered = (*base.columns, *base.optional)
    values = {str(k): str(v) for k, v in (made.get("values") or {}).items()}
    for name in (*columns, *values):
        if name not in offered or (name in columns and name in values):
            raise InputError("bad_mapping", file=path, reason=f"{base.name} has no column {name}")
    formats = {
        str(k): tuple(map(str, v if isinstance(v, list) else [v])) for k, v in (made.get("formats") or {}).items()
    }
    missing = tuple(str(t) for t in made.get("missing") or ())
    mappings = {name: _changed(m, formats, missing) for name, m in base.mappings.items()}
    # a header of the file's own that happens to be called like a column of the template makes way for the mapped one
    taken = {loose(v) for v in columns.values()}
    prepare = partial(_without_missing, base.prepare, missing) if base.prepare and missing else base.prepare
    return replace(
        base,
        name=str(made.get("name") or base.name),
        columns=tuple(c for c in base.columns if c not in values),
        optional=tuple(c for c in base.optional if c not in values),
        mappings=mappings,
        prepare=partial(_with_values, prepare, values) if values else prepare,
        aliases={
            **{a: c for a, c in base.aliases.items() if loose(a) not in taken},
            **{v: k for k, v in columns.items()},
        },
    )


# by partial, not inside one another: a process that reads a file is told of them by name
def _without_missing(
    prepare: Callable[[pa.Table], dict[str, pa.Table]], missing: tuple[str, ...], table: pa.Table
) -> dict[str, pa.Table]:
    """``prepare`` makes keys of texts; one that means "no value" must be gone before."""
    named = [n for n in table.column_names if pa.types.is_string(table.schema.field(n).type)]
    return prepare(with_columns(table, {n: without(texts(table, n), missing) for n in named}))


def _with_values(
    prepare: Callable[[pa.Table], dict[str, pa.Table]] | None, values: dict[str, str], table: pa.Table
) -> dict[str, pa.Table]:
    """``prepare`` of a table with columns in which every row says the same."""
    whole = with_columns(table, {n: pa.array([v] * table.num_rows, pa.string()) for n, v in values.items()})
    return prepare(whole) if prepare else {"": whole}


def _changed(mapping: Mapping, formats: dict[str, tuple[str, ...]], missing: tuple[str, ...]) -> Mapping:
    def value(v: Value) -> Value:
        wanted = next((formats[c] for c in v.columns if c in formats), None)
        return replace(v, formats=wanted) if wanted else v

    def key(k: Key) -> Key:
        return replace(k, values=tuple(value(v) for v in k.values))

    def rule(r: Any) -> Any:
        return replace(r, key=key(r.key), properties={n: value(v) for n, v in r.properties.items()})

    entities: tuple[EntityRule, ...] = tuple(rule(r) for r in mapping.entities)
    links: tuple[LinkRule, ...] = tuple(rule(r) for r in mapping.links)
    return replace(mapping, entities=entities, links=links, missing=(*mapping.missing, *missing))
