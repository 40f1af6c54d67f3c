"""Reading context tables: rows of all files of one name, numbers as numbers, with what must not be summed twice marked.

What a row is, its column ``row`` says:

======== ==========================================================================================
(empty)  a figure of its own
total    it sums other rows that are kept here
repeated a file that was loaded later has a row of the same key, which counts instead
heading  it names what follows and has no figures
======== ==========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.context import Kept, kept_tables, rows_of
from vinculo.graph.errors import UsageError
from vinculo.graph.store import Store
from vinculo.ingest.context import NUMBERS, OWN, SORTS, ContextTable, context_tables
from vinculo.ingest.formats import loose

#: Which file a row is of, while rows are put together; no name of a column begins with a space.
_PLACE = " place"
_CONDITION = re.compile(r"(?P<column>.*?\S)\s*(?P<sign><=|>=|!=|=|<|>|~)\s*(?P<text>.*)", re.S)
_NUMBER = re.compile(SORTS["number"])


def read_context(store: Store, name: str, where: Sequence[str] = (), *, summable: bool = False) -> pa.Table:
    """All rows of a context table, as texts, with ``row``, ``file``, ``sha256``, ``record`` and ``line`` beside them.

    Parameters
    ----------
    store : Store
    name : str
        One of :func:`vinculo.ingest.context.context_tables`.
    where : sequence of str
        Conditions that all hold: ``column=text``, ``!=``, ``~`` (contains), ``<``, ``<=``, ``>``, ``>=``; case is passed over,
        numbers are compared as numbers.
    summable : bool
        Only rows that may be added up.

    Raises
    ------
    UsageError
        ``unknown_context``, ``bad_condition``, ``unknown_column``.

    Examples
    --------
    >>> from vinculo.graph.stores import open_store
    >>> read_context(open_store("sqlite:///:memory:"), "unodc_seizures").num_rows
    0
    """
    table = described(name)
    kept = kept_tables(store, name)
    tables = [_of_file(store, k, place) for place, k in enumerate(kept)]
    whole = pa.concat_tables(tables, promote_options="default") if tables else _empty(table)
    whole = _filled(whole)
    whole = _marked(table, whole)
    for condition in where:
        whole = whole.filter(_holds(table, whole, condition))
    return whole.filter(pc.equal(whole.column("row"), "")) if summable else whole


def described(name: str) -> ContextTable:
    """The description of a table.

    Raises
    ------
    UsageError
        ``unknown_context``.
    """
    known = context_tables()
    if name not in known:
        raise UsageError("unknown_context", name=name, known=", ".join(known))
    return known[name]


def numbers(table: ContextTable, column: str, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The texts of a column as numbers, null where there is none; ``None`` for a column of texts."""
    known = table.described.get(column)
    if known is None or known.sort not in NUMBERS:
        return None
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.cast(pc.if_else(pc.match_substring_regex(trimmed, f"^({_NUMBER.pattern})$"), trimmed, None), pa.float64())


def _empty(table: ContextTable) -> pa.Table:
    names = [*table.described, *(n for n in OWN[1:] if n not in table.described)]
    return pa.table(
        {n: pa.array([], pa.int64() if n in ("record", "line", _PLACE) else pa.string()) for n in [*names, _PLACE]}
    )


def _of_file(store: Store, kept: Kept, place: int) -> pa.Table:
    rows = rows_of(store, kept.source)
    count = rows.num_rows
    said = {"file": kept.source.file, "sha256": kept.source.sha256}
    for name, text in said.items():
        rows = rows.append_column(name, pa.array([text] * count, pa.string()))
    return rows.append_column(_PLACE, pa.array([place] * count, pa.int64()))


def _filled(whole: pa.Table) -> pa.Table:
    """Texts where a file lacked a column that another has."""
    for at, field in enumerate(whole.schema):
        if pa.types.is_string(field.type) and whole.column(at).null_count:
            whole = whole.set_column(at, field.name, pc.fill_null(whole.column(at), ""))
    return whole


def _marked(table: ContextTable, whole: pa.Table) -> pa.Table:
    count = whole.num_rows
    said = (
        whole.column("row") if "row" in whole.column_names else pa.chunked_array([pa.array([""] * count, pa.string())])
    )
    column, text = table.marked
    if column in whole.column_names and column != "row":
        said = pc.if_else(pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(whole.column(column))), text), "total", said)
    if count:
        said = pc.if_else(_totals(table, whole), "total", said)
        said = pc.if_else(pc.and_(_repeated(table, whole), pc.equal(said, "")), "repeated", said)
    whole = whole.drop_columns([n for n in ("row", _PLACE) if n in whole.column_names])
    own = [n for n in whole.column_names if n not in OWN]
    return whole.append_column("row", said).select([*own, *OWN])


def _keys(whole: pa.Table, names: Sequence[str]) -> pa.Array:
    """The texts of some columns as one."""
    columns = [pc.utf8_trim_whitespace(whole.column(n)) for n in names if n in whole.column_names]
    if not columns:
        return pa.array([""] * whole.num_rows, pa.string())
    return _flat(pc.binary_join_element_wise(*columns, "\x1f") if len(columns) > 1 else columns[0])


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _repeated(table: ContextTable, whole: pa.Table) -> pa.Array:
    """Rows whose key a file that was loaded later has too."""
    if not table.key:
        return pa.array([False] * whole.num_rows)
    rows = pa.table({"key": _keys(whole, table.key), "place": whole.column(_PLACE)})
    last = rows.group_by("key").aggregate([("place", "max")])
    at = pc.index_in(rows.column("key"), _flat(last.column("key")))
    return _flat(pc.less(rows.column("place"), last.column("place_max").take(at)))


def _totals(table: ContextTable, whole: pa.Table) -> pa.Array:
    """Rows that sum others: those with the code for all where a row with a single code is there as well."""
    found = [_sums_codes(table, whole, c, code) for c, code in table.totals.items() if c in whole.column_names]
    found += [_sums_levels(table, whole, c) for c in table.levels if c in whole.column_names]
    return reduce(pc.or_, found) if found else pa.array([False] * whole.num_rows)


def _others(table: ContextTable, whole: pa.Table, column: str) -> pa.Array:
    return _keys(whole, [k for k in table.key if k != column])


def _sums_codes(table: ContextTable, whole: pa.Table, column: str, code: str) -> pa.Array:
    keys, of_all = _others(table, whole, column), pc.equal(_keys(whole, [column]), code)
    single = pc.unique(keys.filter(pc.invert(of_all)))
    return pc.and_(of_all, pc.is_in(keys, single))


def _sums_levels(table: ContextTable, whole: pa.Table, column: str) -> pa.Array:
    keys, codes = _others(table, whole, column), _keys(whole, [column])
    beginnings: list[Any] = []
    lengths = [n for n in pc.unique(pc.utf8_length(codes)).to_pylist() if n]
    for length in lengths:
        longer = pc.greater(pc.utf8_length(codes), length)
        shortened = pc.utf8_slice_codeunits(codes.filter(longer), 0, length)
        beginnings.append(pc.binary_join_element_wise(keys.filter(longer), shortened, "\x1f"))
    if not beginnings:
        return pa.array([False] * whole.num_rows)
    return pc.is_in(pc.binary_join_element_wise(keys, codes, "\x1f"), pa.concat_arrays([_flat(b) for b in beginnings]))


def _holds(table: ContextTable, whole: pa.Table, condition: str) -> Any:
    found = _CONDITION.fullmatch(condition)
    if found is None:
        raise UsageError("bad_condition", condition=condition)
    wanted = loose(found["column"])
    name = next((n for n in whole.column_names if n == found["column"] or loose(n) == wanted), None)
    if name is None:
        raise UsageError("unknown_column", name=found["column"], known=", ".join(whole.column_names))
    column, sign, text = whole.column(name), found["sign"], found["text"].strip()
    values = pc.cast(column, pa.float64()) if name in ("record", "line") else numbers(table, name, column)
    if sign == "~":
        return pc.match_substring(pc.utf8_lower(pc.cast(column, pa.string())), text.lower())
    compare = {
        "=": pc.equal,
        "!=": pc.not_equal,
        "<": pc.less,
        "<=": pc.less_equal,
        ">": pc.greater,
        ">=": pc.greater_equal,
    }
    if values is not None and _NUMBER.fullmatch(text):
        return pc.fill_null(compare[sign](values, float(text)), False)
    return compare[sign](pc.utf8_lower(pc.utf8_trim_whitespace(pc.cast(column, pa.string()))), text.lower())
