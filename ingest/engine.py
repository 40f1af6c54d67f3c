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
from vinculo.graph.ids import with_ends
from vinculo.graph.schema import UNREADABLE
from vinculo.graph.text import say_both
from vinculo.graph.types import ENTITY_SCHEMA, LINK_SCHEMA, REJECT_SCHEMA, Batch
from vinculo.ingest.cells import Cells, Codes, combined, no_collecting
from vinculo.ingest.doubtful import Doubts
from vinculo.ingest.keys import ids_of
from vinculo.ingest.mapping import EntityRule, LinkRule, Mapping, Value
from vinculo.ingest.values import Clean, Reading

#: Tables of fewer rows are not looked through for rows alike, nor those in which a larger share is alone.
_FEW, _MOST = 100, 0.8
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(31)


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
    readings = {
        name: Reading(mappings[name], table, doubts)
        for name, table in tables.items()
        if name in mappings and table.num_rows
    }
    failed = [
        (int(reading.records[row]), column, raw, by)
        for reading in readings.values()
        for row, column, raw, by in reading.essential_failures()
    ]
    bad = np.unique(np.array([record for record, *_ in failed], np.int64))
    entities, links = [ENTITY_SCHEMA.empty_table()], [LINK_SCHEMA.empty_table()]
    spoken: list[Codes] = []
    applies: Codes | None = None
    for reading in readings.values():
        more_entities, more_links, records = _mapped(reading, bad, dataset)
        entities += more_entities
        links += more_links
        spoken += records
        if reading.mapping.ftm and any(r.where for r in reading.mapping.entities):
            through = reading.records[reading.applies()]
            applies = through if applies is None else np.union1d(applies, through)
    rejects = _rejects(original, failed, spoken, applies)
    return Batch(_without(bad, entities), _without(bad, links), rejects)


def _without(bad: Codes, assertions: list[pa.Table]) -> pa.Table:
    """What is asserted, once each, without that of the records that are rejected."""
    made = pa.concat_tables(assertions)
    return collapsed(made.filter(pa.array(~np.isin(made.column("record"), bad))) if len(bad) else made)


def _mapped(reading: Reading, bad: Codes, dataset: str) -> tuple[list[pa.Table], list[pa.Table], list[Codes]]:
    """Entities and links, and the records that say any."""
    made: dict[str, _Made] = {}
    entities, spoken = [], []
    rules: list[EntityRule | LinkRule] = [*reading.mapping.entities, *reading.mapping.links]
    referring = [v for r in rules for v in r.properties.values() if v.entity]
    for rule in reading.mapping.entities:
        things, part = _entities(rule, reading, bad, dataset)
        made[rule.name] = things
        if not rule.reference:
            entities.append(part)
            spoken.append(reading.records[things.rows])
        if any(rule.name == v.entity for v in referring):
            codes = np.full(reading.rows, -1, np.int64)
            coded = things.ids.dictionary_encode()
            codes[things.rows] = coded.indices.to_numpy(zero_copy_only=False)
            reading.ids[rule.name] = Cells(codes, single=coded.dictionary)
    links = [_links(rule, reading, dataset, made) for rule in reading.mapping.links]
    return entities, links, spoken + [part.column("record").to_numpy() for part in links]


def collapsed(assertions: pa.Table) -> pa.Table:
    """Each assertion once, with the first record that makes it."""
    if assertions.num_rows < 2:
        return assertions.combine_chunks()
    ids = assertions.column("id").combine_chunks().dictionary_encode()
    codes = ids.indices.to_numpy()
    again = np.bincount(codes)[codes] > 1
    if not again.any():
        return assertions.combine_chunks()
    # only what is said of one thing twice can be the same
    rows = np.flatnonzero(again)
    some = assertions.select([c for c in assertions.column_names if c not in ("id", "record")]).take(pa.array(rows))
    some = some.append_column("thing", ids.indices.take(pa.array(rows)))
    said = some.column_names
    records = assertions.column("record").to_numpy()
    some = some.append_column("record", pa.array(records[rows])).append_column("row", pa.array(rows))
    first = some.group_by(said, use_threads=False).aggregate([("record", "min"), ("row", "min")])
    kept = first.column("row_min").to_numpy()
    keep, records = ~again, records.copy()
    keep[kept], records[kept] = True, first.column("record_min").to_numpy()
    place = assertions.column_names.index("record")
    return assertions.set_column(place, "record", pa.array(records)).filter(pa.array(keep)).combine_chunks()


def _entities(rule: EntityRule, reading: Reading, bad: Codes, dataset: str) -> tuple[_Made, pa.Table]:
    every, parts = reading.key_rows(rule.key)
    values = {name: reading.cleaned(rule.kind, name, value, parts) for name, value in rule.properties.items()}
    rows = every
    records = reading.records
    columns = _codes_of(rule, reading, rows, parts, values)
    # a record that is rejected speaks for no other
    columns += [np.isin(records[rows], bad).astype(np.int64)] if len(bad) else []
    alike = _alike(columns, records[rows])
    if alike is not None:
        # what many rows say in the same words is made once
        rows = every[alike.first]
        if parts is not None:
            parts = parts[0], parts[1].take(alike.first)
            some = Clean(parts[1], {}, parts=True)
            values = {name: [some if c.parts else c for c in cleans] for name, cleans in values.items()}
    keep = reading.mask(rule.where, rule.key.needs)[rows]
    ids = ids_of(rule.key, reading, dataset, rows, parts)
    keep &= ids.is_valid().to_numpy(zero_copy_only=False)
    for name in rule.required:
        keep &= _some(values[name], rows)
    facts = _facts(values, rows, keep)
    kinds = reading.kinds(rule, rows)
    if alike is not None:
        spread = keep[alike.group]
        made_ids = ids.take(pa.array(alike.group if spread.all() else alike.group[spread]))
        made = _Made(every[spread], made_ids, bool(spread.all()) and parts is None)
    else:
        whole = bool(keep.all()) and parts is None
        made = _Made(rows, ids, True) if whole else _Made(rows[keep], ids.filter(pa.array(keep)), False)
    if not keep.all():
        mask = pa.array(keep)
        rows, ids, kinds, facts = rows[keep], ids.filter(mask), kinds.filter(mask), facts.filter(mask)
    return made, pa.table([ids, kinds, pa.array(records[rows]), facts], schema=ENTITY_SCHEMA)


def _some(cleans: list[Clean], rows: Codes) -> npt.NDArray[np.bool_]:
    """Rows in which at least one of these has a value."""
    some = np.zeros(len(rows), np.bool_)
    for clean in cleans:
        some |= clean.at(rows).present
    return some


def _links(rule: LinkRule, reading: Reading, dataset: str, made: dict[str, _Made]) -> pa.Table:
    rows, sources, targets = _ends(made[rule.source], made[rule.target], reading.rows)
    keep = reading.mask(rule.where, rule.key.needs)[rows]
    if not keep.all():
        mask = pa.array(keep)
        rows, sources, targets = rows[keep], sources.filter(mask), targets.filter(mask)
    ends = (sources, targets) if rule.ends_in_key else ()
    ids = ids_of(rule.key, reading, dataset, rows, None, ends)
    if not rule.ends_in_key:
        ids = with_ends(ids, sources, targets)
    values = {name: reading.cleaned(rule.kind, name, value, None) for name, value in rule.properties.items()}
    keep = ids.is_valid().to_numpy(zero_copy_only=False)
    for name in rule.required:
        keep &= _some(values[name], rows)
    facts = _facts(values, rows, keep)
    kinds = pa.array([rule.kind], pa.string()).take(pa.array(np.zeros(len(rows), np.int64)))
    table = pa.table([ids, kinds, sources, targets, pa.array(reading.records[rows]), facts], schema=LINK_SCHEMA)
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


@dataclass
class _Alike:
    """Rows that say the same: the first row of each group, in order, and for each row its group."""

    first: Codes
    group: Codes


def _codes_of(
    rule: EntityRule,
    reading: Reading,
    rows: Codes,
    parts: tuple[Value, Cells] | None,
    values: dict[str, list[Clean]],
) -> list[Codes]:
    """All that a rule's things are made of: rows with the same numbers in every column give the same."""
    names = [*rule.key.columns, *rule.key.needs, *(name.removeprefix("!") for name in rule.where)]
    names += [name for name in (rule.key.id_column, rule.kind_column) if name]
    cells = {id(c): c for c in map(reading.column, names)}
    for value in rule.key.values:
        if parts is None or parts[0] != value:
            cells |= {id(c.cells): c.cells for c in reading.clean(value, value.clean or "text")}
    cells |= {id(c.cells): c.cells for cleans in values.values() for c in cleans if not c.parts}
    whole = len(rows) == reading.rows and parts is None
    columns = [c.codes if whole else c.codes[rows] for c in cells.values()]
    return columns if parts is None else [*columns, parts[1].codes]


def _alike(columns: list[Codes], records: npt.NDArray[np.int64]) -> _Alike | None:
    """Groups of rows with the same numbers in every column; ``None`` where most rows are alone, or not in order."""
    if len(records) < _FEW or (np.diff(records) < 0).any():
        return None
    mixed = np.zeros(len(records), np.uint64)
    for column in columns:
        mixed = (mixed ^ column.view(np.uint64)) * _ODD
        mixed ^= mixed >> _HALF
    _, first, group = np.unique(mixed, return_index=True, return_inverse=True)
    if len(first) > len(records) * _MOST:
        return None
    if any((column[first][group] != column).any() for column in columns):
        return None  # two that differ gave one number
    order = np.argsort(first)
    rank = np.empty(len(first), np.int64)
    rank[order] = np.arange(len(first))
    return _Alike(first[order], rank[group])


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
    original: pa.Table, failed: list[tuple[int, str, str, str]], spoken: list[Codes], applies: Codes | None
) -> pa.Table:
    records = original.column("record").to_numpy()
    silent = set(np.setdiff1d(records, np.concatenate(spoken) if spoken else records[:0]).tolist())
    wrong: dict[int, tuple[str, str, str]] = {}
    for record, column, raw, by in failed:
        wrong.setdefault(record, (column, raw, by))
    if not silent and not wrong:
        return REJECT_SCHEMA.empty_table()
    allowed = set(applies.tolist()) if applies is not None else None
    lines = original.column("line").to_pylist() if "line" in original.column_names else [0] * original.num_rows
    rows: list[tuple[int, int, str, str, str, str, str]] = []
    for row, record in enumerate(records.tolist()):
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
