"""FollowTheMoney's YAML mapping files, read into the same declarations as our own datasets.

They run unchanged for CSV sources: ids, filters, ``join``, ``split``, ``template``, ``literal`` mean here what they mean
there. ``csv_url`` only says which of several queries a file belongs to; nothing is fetched. Edges (Ownership, Payment, ...)
become links with FtM's ids, other references between entities become links beside the property that holds the id.
Ids are those of ``ftm map --no-sign``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from vinculo.graph.errors import InputError
from vinculo.graph.schema import is_a, kinds
from vinculo.graph.text import Text
from vinculo.ingest.dataset import Dataset
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.mapping import EntityRule, Key, LinkRule, Mapping, Value
from vinculo.ingest.recognise import Recognised, format_of, layout_of
from vinculo.ingest.values import BLANK

# references that have a link kind of their own: (schema, property) -> link, and whether the referred one is its source
_LINKS = {
    ("Sanction", "entity"): ("LISTED", True),
    ("Risk", "entity"): ("LISTED", True),
    ("Thing", "addressEntity"): ("HAS_ADDRESS", False),
    ("BankAccount", "bank"): ("HELD_AT", False),
}


class _Bad(ValueError):
    """What is wrong with a mapping file, in a few words."""


def is_ftm_mapping(made: Any) -> bool:
    """Whether a parsed YAML file is one: dataset names, each with ``query`` or ``queries``."""
    return isinstance(made, dict) and any(
        isinstance(meta, dict) and ("queries" in meta or "query" in meta) for meta in made.values()
    )


def read_ftm_mapping(made: dict[str, Any], path: str, file: OpenedFile, dataset: str | None = None) -> list[Recognised]:
    """The datasets of a mapping file that this file belongs to, ready to be read.

    Parameters
    ----------
    made : dict
        The parsed file.
    path : str
        Its name, for sentences.
    file : OpenedFile
        The file to load by it.
    dataset : str, optional
        In place of the dataset's name in the mapping file, as ``ftm map --dataset``.

    Raises
    ------
    InputError
        ``bad_mapping``; ``missing_columns`` where the file has not the columns of any query.
    """
    found = []
    reader = format_of(file)
    for name, meta in made.items():
        if not isinstance(meta, dict) or not ("queries" in meta or "query" in meta):
            continue
        try:
            queries = [q for q in _several(meta, "query", "queries") if isinstance(q, dict)]
            mappings = [(_urls(q), _mapping(q)) for q in queries]
        except _Bad as error:
            raise InputError("bad_mapping", file=path, reason=str(error)) from None
        chosen = _chosen(mappings, file.name)
        called = (dataset or str(name)).strip()
        columns = tuple(dict.fromkeys(c for m in chosen for c in _columns(m)))
        filters = tuple(dict.fromkeys(c.removeprefix("!") for m in chosen for r in m.entities for c in r.where))
        made_dataset = Dataset(
            name=called,
            title=Text(called, called),
            description=Text(str(meta.get("label") or ""), str(meta.get("label") or "")),
            publisher="",
            licence="",
            format="table",
            columns=columns,
            optional=tuple(c for c in filters if c not in columns),
            mappings={str(number): m for number, m in enumerate(chosen)},
            prepare=partial(_each, len(chosen)),
        )
        found.append(Recognised(made_dataset, reader, replace(layout_of(made_dataset), exact=True, only=True)))
    return found


def _each(count: int, table: pa.Table) -> dict[str, pa.Table]:
    return {str(number): table for number in range(count)}


def _several(data: dict[str, Any], *names: str) -> list[Any]:
    """All values of keys that may hold one or a list."""
    values: list[Any] = []
    for name in names:
        value = data.get(name)
        values += value if isinstance(value, list | tuple | set) else [] if value is None else [value]
    return values


def _urls(query: dict[str, Any]) -> set[str]:
    if "database" in query:
        raise _Bad("it reads from a database; only CSV sources are mapped here")
    return {PurePosixPath(str(u).split("?")[0]).name for u in _several(query, "csv_url", "csv_urls")}


def _chosen(mappings: list[tuple[set[str], Mapping]], name: str) -> list[Mapping]:
    """The queries for a file: those that name it, where some do and others name another; else all."""
    plain = name.removesuffix(".gz")
    named = [m for urls, m in mappings if plain in {u.removesuffix(".gz") for u in urls}]
    return named or [m for _, m in mappings]


def _columns(mapping: Mapping) -> list[str]:
    found: list[str] = []
    rules: list[EntityRule | LinkRule] = [*mapping.entities, *mapping.links]
    for rule in rules:
        found += [*rule.key.columns, *([rule.key.id_column] if rule.key.id_column else [])]
        for value in rule.properties.values():
            found += [*value.columns, *(BLANK.findall(value.template) if value.template else [])]
    return found


def _mapping(query: dict[str, Any]) -> Mapping:
    declared = query.get("entities")
    if not isinstance(declared, dict) or not declared:
        raise _Bad("a query has no entities")
    where = _filters(query.get("filters"), "") | _filters(query.get("filters_not"), "!")
    schemas = {}
    for name, data in declared.items():
        schema = str((data or {}).get("schema", ""))
        edge = next((k for k in kinds().values() if k.is_link and k.ftm == schema), None)
        known = edge or kinds().get(schema)
        if known is None or (known.is_link and edge is None):
            raise _Bad(f"unknown schema {schema!r} of {name}")
        schemas[str(name)] = known
    entities: dict[str, EntityRule] = {}
    links: list[LinkRule] = []
    references: list[LinkRule] = []
    for name, data in declared.items():
        name, known = str(name), schemas[str(name)]
        properties, required = _properties(name, data, known, schemas)
        key = _key(name, data)
        if not known.is_link:
            entities[name] = EntityRule(name, known.name, key, properties, where=where, required=required)
            references += _references(name, known, properties, schemas, where)
            continue
        ends = [properties[p].entity for p in (known.source_property, known.target_property) if p in properties]
        if len(ends) == 2 and all(ends):
            more = {p: v for p, v in properties.items() if p not in (known.source_property, known.target_property)}
            needs = tuple(p for p in required if p in more)
            links.append(LinkRule(known.name, ends[0], ends[1], key, more, where, required=needs, ends_in_key=False))
        else:
            raise _Bad(f"{name}: a {known.ftm} needs both {known.source_property} and {known.target_property}")
    return Mapping(_ordered(entities), (*links, *references), ftm=True)


def _ordered(rules: dict[str, EntityRule]) -> tuple[EntityRule, ...]:
    """Referred to first, as FtM does it."""
    done: dict[str, EntityRule] = {}
    left = dict(rules)
    while left:
        ready = [n for n, r in left.items() if all(not v.entity or v.entity in done for v in r.properties.values())]
        if not ready:
            raise _Bad("its entities refer to each other in a circle")
        done |= {n: left.pop(n) for n in ready}
    return tuple(done.values())


def _key(name: str, data: dict[str, Any]) -> Key:
    columns = tuple(str(k) for k in _several(data, "key", "keys"))
    id_column = data.get("id_column")
    if bool(columns) == bool(id_column):
        raise _Bad(f"{name} needs either keys or an id_column")
    literal = str(data.get("key_literal") if data.get("key_literal") is not None else "").strip()
    return Key(columns=columns, literal=literal, id_column=str(id_column).strip() if id_column else None)


def _properties(
    name: str, data: dict[str, Any], known: Any, schemas: dict[str, Any]
) -> tuple[dict[str, Value], tuple[str, ...]]:
    properties: dict[str, Value] = {}
    required = []
    for prop, spec in (data.get("properties") or {}).items():
        if prop not in known.properties:
            raise _Bad(f"{known.ftm} has no property {prop}")
        spec = spec or {}
        if not isinstance(spec, dict):
            raise _Bad(f"{name}.{prop} is no mapping")
        if spec.get("required"):
            required.append(prop)
        entity = spec.get("entity")
        if entity is not None:
            if str(entity) not in schemas:
                raise _Bad(f"{name}.{prop} refers to {entity}, which is not mapped")
            if schemas[str(entity)].is_link:
                raise _Bad(f"{name}.{prop} refers to {entity}, which is a link here")
            properties[prop] = Value(entity=str(entity))
            continue
        if spec.get("split") == "":
            raise _Bad(f"{name}.{prop} splits at nothing")
        template = spec.get("template")
        properties[prop] = Value(
            columns=tuple(str(c) for c in _several(spec, "column", "columns")),
            literals=tuple(str(c) for c in _several(spec, "literal", "literals")),
            join=None if spec.get("join") is None else str(spec["join"]),
            split=None if spec.get("split") is None else str(spec["split"]),
            template=None if template is None or not str(template).strip() else str(template).strip(),
            formats=(str(spec["format"]),) if spec.get("format") else (),
            fuzzy=bool(spec.get("fuzzy")),
        )
    return properties, tuple(required)


def _references(
    name: str, known: Any, properties: dict[str, Value], schemas: dict[str, Any], where: dict[str, tuple[str, ...]]
) -> list[LinkRule]:
    made = []
    for prop, value in properties.items():
        if not value.entity:
            continue
        kind, backwards = next(
            (link for (schema, p), link in _LINKS.items() if p == prop and is_a(known.name, schema)),
            ("REFERS_TO", False),
        )
        ends = (value.entity, name) if backwards else (name, value.entity)
        told = {"property": Value(literals=(prop,))} if kind == "REFERS_TO" else {}
        made.append(LinkRule(kind, *ends, Key(prefix="", literal=kind + prop), told, where))
    return made


def _filters(made: Any, mark: str) -> dict[str, tuple[str, ...]]:
    """Texts a column must (``mark`` "!": must not) have; a text that is none in the file never matches, no value is ""."""
    if not made:
        return {}
    if not isinstance(made, dict):
        raise _Bad("filters are no mapping")
    found = {}
    for column, texts in made.items():
        several = texts if isinstance(texts, list | tuple | set) else [] if texts is None else [texts]
        found[f"{mark}{column}"] = tuple(
            "" if t is None else t for t in several if t is None or (isinstance(t, str) and t)
        )
    return found
