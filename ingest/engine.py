"""Declaration plus table gives batch: column by column, never row by row.

Every distinct text is cleaned once, every distinct key is hashed once, and what a record says of a thing is put together by
Arrow. What the same record, or another one of the chunk, says again in the same words is kept once, with its first record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.facts import RECORD, UNIT, join_packed
from vinculo.graph.schema import UNREADABLE
from vinculo.graph.text import say_both
from vinculo.graph.types import ENTITY_SCHEMA, LINK_SCHEMA, REJECT_SCHEMA, Batch
from vinculo.ingest.cells import Cells, Codes, combined, no_collecting
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.keys import ids_of
from vinculo.ingest.mapping import EntityRule, LinkRule, Mapping
from vinculo.ingest.values import Clean, Reading


@dataclass
class _Made:
    """What one entity rule gave: for each thing, the row of the table it came from, its id and its kind."""

    rows: Codes
    ids: pa.Array
    whole: bool  # one thing per row of the table, in its order


def map_table(mapping: Mapping, table: pa.Table, dataset: str) -> Batch:
    """Turn a table of texts into entities and links.

    Parameters
    ----------
    mapping : Mapping
        The rules.
    table : pyarrow.Table
        Columns of strings or lists of strings; ``record`` (1-based record number) and, for rejects, ``line``.
    dataset : str
        Goes into ids, where a key has no prefix of its own.

    Returns
    -------
    Batch
        Its rejects are records with an unreadable text in an essential column, and records that say nothing at all.

    Examples
    --------
    >>> from vinculo.ingest.mapping import EntityRule, Key, Mapping, Value
    >>> rule = EntityRule("who", "Person", Key(columns=("no",)), {"name": Value(columns=("name",))})
    >>> table = pa.table({"no": ["1", ""], "name": ["Ana", "?"], "record": [1, 2]})
    >>> batch = map_table(Mapping((rule,)), table, "demo")
    >>> batch.entities.num_rows, batch.rejects.column("code").to_pylist()
    (1, ['says_nothing'])
    """
    return map_tables({"": mapping}, {"": table}, table, dataset)


def map_tables(
    mappings: dict[str, Mapping],
    tables: dict[str, pa.Table],
    original: pa.Table,
    dataset: str,
    doubts: Doubts | None = None,
) -> Batch:
    """The tables that a dataset made of one original table, each by the mapping of its name, as one batch.

    A record is rejected as a whole, whichever of the tables its unreadable text is in; it says nothing only where none of
    them makes anything of it. ``doubts`` take note of what can hardly be meant, in rejected records too.
    """
    with no_collecting():
        return _map_tables(mappings, tables, original, dataset, doubts)


def _map_tables(
    mappings: dict[str, Mapping], tables: dict[str, pa.Table], original: pa.Table, dataset: str, doubts: Doubts | None
) -> Batch:
    entities, links, failed = [ENTITY_SCHEMA.empty_table()], [LINK_SCHEMA.empty_table()], []
    applies = np.zeros(0, np.int64)
    filtered = False
    for name, table in tables.items():
        if name not in mappings or not table.num_rows:
            continue
        reading = Reading(mappings[name], table, doubts)
        records = reading.records
        more_entities, more_links = _mapped(reading, records, dataset)
        entities += more_entities
        links += more_links
        failed += [(int(records[row]), column, raw, by) for row, column, raw, by in reading.essential_failures()]
        if reading.mapping.ftm and any(r.where for r in reading.mapping.entities):
            filtered = True
            applies = np.union1d(applies, records[reading.applies()])
    made = (pa.concat_tables(entities), pa.concat_tables(links))
    rejects = _rejects(original, failed, made, applies if filtered else None)
    if rejects.num_rows:
        bad = pc.unique(rejects.column("record"))
        made = (
            made[0].filter(pc.invert(pc.is_in(made[0].column("record"), bad))),
            made[1].filter(pc.invert(pc.is_in(made[1].column("record"), bad))),
        )
    return Batch(collapsed(made[0]), collapsed(made[1]), rejects)


def _mapped(reading: Reading, records: npt.NDArray[np.int64], dataset: str) -> tuple[list[pa.Table], list[pa.Table]]:
    made: dict[str, _Made] = {}
    entities = []
    rules: list[EntityRule | LinkRule] = [*reading.mapping.entities, *reading.mapping.links]
    referring = [v for r in rules for v in r.properties.values() if v.entity]
    for rule in reading.mapping.entities:
        things, part = _entities(rule, reading, records, dataset)
        made[rule.name] = things
        if not rule.reference:
            entities.append(part)
        if any(rule.name == v.entity for v in referring):
            codes = np.full(reading.rows, -1, np.int64)
            coded = things.ids.dictionary_encode()
            codes[things.rows] = coded.indices.to_numpy(zero_copy_only=False)
            reading.ids[rule.name] = Cells(codes, single=coded.dictionary)
    return entities, [_links(rule, reading, records, dataset, made) for rule in reading.mapping.links]


def collapsed(assertions: pa.Table) -> pa.Table:
    """Each assertion once, with the first record that makes it."""
    if assertions.num_rows < 2 or pc.count_distinct(assertions.column("id")).as_py() == assertions.num_rows:
        return assertions.combine_chunks()
    said = [c for c in assertions.column_names if c != "record"]
    grouped = assertions.group_by(said, use_threads=False).aggregate([("record", "min")])
    return grouped.rename_columns([*said, "record"]).select(assertions.column_names).combine_chunks()


def _entities(
    rule: EntityRule, reading: Reading, records: npt.NDArray[np.int64], dataset: str
) -> tuple[_Made, pa.Table]:
    rows, parts = reading.key_rows(rule.key)
    keep = reading.mask(rule.where, rule.key.needs)[rows]
    ids = ids_of(rule.key, reading, dataset, rows, parts)
    keep &= ids.is_valid().to_numpy(zero_copy_only=False)
    values = {name: reading.cleaned(rule.kind, name, value, parts) for name, value in rule.properties.items()}
    for name in rule.required:
        some = np.zeros(len(rows), np.bool_)
        for clean in values[name]:
            some |= clean.at(rows).present
        keep &= some
    whole = len(rows) == reading.rows and bool(keep.all()) and parts is None
    facts = _facts(values, rows, keep)
    kinds = reading.kinds(rule, rows)
    if not whole:
        mask = pa.array(keep)
        rows, ids, kinds = rows[keep], ids.filter(mask), kinds.filter(mask)
        facts = facts.filter(mask)
    table = pa.table([ids, kinds, pa.array(records[rows]), facts], schema=ENTITY_SCHEMA)
    return _Made(rows, ids, whole), table


def _links(
    rule: LinkRule, reading: Reading, records: npt.NDArray[np.int64], dataset: str, made: dict[str, _Made]
) -> pa.Table:
    rows, sources, targets = _ends(made[rule.source], made[rule.target], reading.rows)
    keep = reading.mask(rule.where, rule.key.needs)[rows]
    if not keep.all():
        mask = pa.array(keep)
        rows, sources, targets = rows[keep], sources.filter(mask), targets.filter(mask)
    ends = (sources, targets) if rule.ends_in_key else ()
    ids = ids_of(rule.key, reading, dataset, rows, None, ends)
    values = {name: reading.cleaned(rule.kind, name, value, None) for name, value in rule.properties.items()}
    keep = ids.is_valid().to_numpy(zero_copy_only=False)
    for name in rule.required:
        some = np.zeros(len(rows), np.bool_)
        for clean in values[name]:
            some |= clean.at(rows).present
        keep &= some
    facts = _facts(values, rows, keep)
    kinds = pa.array([rule.kind], pa.string()).take(pa.array(np.zeros(len(rows), np.int64)))
    table = pa.table([ids, kinds, sources, targets, pa.array(records[rows]), facts], schema=LINK_SCHEMA)
    return table if keep.all() else table.filter(pa.array(keep))


def _ends(left: _Made, right: _Made, rows: int) -> tuple[Codes, pa.Array, pa.Array]:
    """Every pair of a source and a target that stand in the same row."""
    if left.whole and right.whole:
        return left.rows, left.ids, right.ids
    # both sides are in row order: each source meets all targets of its row
    starts = np.searchsorted(right.rows, np.arange(rows), "left")
    counts = np.searchsorted(right.rows, np.arange(rows), "right") - starts
    meets = counts[left.rows]
    at = np.repeat(np.arange(len(left.rows)), meets)
    within = np.arange(len(at)) - np.repeat(np.cumsum(meets) - meets, meets)
    to = starts[left.rows[at]] + within
    return left.rows[at], left.ids.take(pa.array(at)), right.ids.take(pa.array(to))


def _facts(values: dict[str, list[Clean]], rows: Codes, keep: npt.NDArray[np.bool_]) -> pa.Array:
    """The packed facts of each thing; properties in order, values sorted inside a property, none twice."""
    segments: list[tuple[str, pa.Array]] = []
    unread: list[Cells] = []
    for name, cleans in values.items():
        cells = [c.at(rows) for c in cleans if c.any]
        if cells:
            segments.append((name, _segment(name, cells, len(rows))))
        unread += [Cells(c.at(rows).codes, c.failed(name)) for c in cleans if c.failures]
    if unread:
        segments.append((UNREADABLE, _segment(UNREADABLE, unread, len(rows))))
    if not segments:
        return pa.array([""], pa.string()).take(pa.array(np.zeros(len(rows), np.int64)))
    segments.sort(key=lambda s: s[0])
    return join_packed([s for _, s in segments])


def _segment(name: str, cells: list[Cells], rows: int) -> pa.Array:
    if len(cells) > 1:
        cells = [combined(cells, lambda options: tuple({v for option in options for v in option}), rows)]
    texts = cells[0].single
    if texts is not None:
        return cells[0].spread(pc.binary_join_element_wise(name, texts, UNIT))
    made = [RECORD.join(f"{name}{UNIT}{v}" for v in sorted(set(option))) or None for option in cells[0].options]
    return cells[0].spread(made)


def _rejects(
    original: pa.Table,
    failed: list[tuple[int, str, str, str]],
    made: tuple[pa.Table, pa.Table],
    applies: npt.NDArray[np.int64] | None,
) -> pa.Table:
    records = original.column("record")
    spoken = pc.unique(
        pa.chunked_array([*made[0].column("record").chunks, *made[1].column("record").chunks], pa.int64())
    )
    silent = set(records.filter(pc.invert(pc.is_in(records, spoken))).to_pylist())
    wrong: dict[int, tuple[str, str, str]] = {}
    for record, column, raw, by in failed:
        wrong.setdefault(record, (column, raw, by))
    if not silent and not wrong:
        return REJECT_SCHEMA.empty_table()
    allowed = set(applies.tolist()) if applies is not None else None
    lines = original.column("line").to_pylist() if "line" in original.column_names else [0] * original.num_rows
    rows: list[tuple[int, int, str, str, str, str, str]] = []
    for row, record in enumerate(records.to_pylist()):
        if record in wrong:
            column, raw, by = wrong[record]
            said = say_both("reject.unreadable", column=column, raw=raw, type=by)
            rows.append((record, lines[row], column, raw, "unreadable", said.en, said.es))
        elif record in silent:
            code = "says_nothing" if allowed is None or record in allowed else "filtered"
            said = say_both(f"reject.{code}")
            rows.append((record, lines[row], "", raw_row(original, row), code, said.en, said.es))
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), REJECT_SCHEMA, strict=True)], schema=REJECT_SCHEMA
    )


def raw_row(table: pa.Table, row: int) -> str:
    """A row as text, for a person to recognise it."""
    texts = (table.column(c)[row].as_py() for c in table.column_names if c not in ("record", "line"))
    return " | ".join("; ".join(map(str, t)) if isinstance(t, list) else str(t) for t in texts if t)[:2000]
