"""Work on whole columns that several datasets share: keys that compare, texts sorted into kinds, lists put together.

Everything here takes and gives Arrow arrays; what Python must do is done once per distinct text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.clean.countries import country

_SEPARATOR = "\x1e"


def texts(table: pa.Table, name: str) -> pa.Array:
    """A column, trimmed, null where it is empty or not there."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    column = table.column(name)
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(flat, pa.ChunkedArray):
        flat = pa.concat_arrays(flat.chunks)
    if not pa.types.is_string(flat.type):
        flat = flat.cast(pa.string())
    return present(pc.utf8_trim_whitespace(flat))


def present(values: pa.Array) -> pa.Array:
    """Null in place of empty texts."""
    return pc.if_else(pc.equal(pc.fill_null(values, ""), ""), pa.scalar(None, pa.string()), values)


def without(values: pa.Array, missing: Iterable[str]) -> pa.Array:
    """Null in place of texts that mean "no value" in this dataset."""
    return pc.if_else(
        pc.is_in(values, value_set=pa.array(list(missing), pa.string())), pa.scalar(None, pa.string()), values
    )


def with_columns(table: pa.Table, made: Mapping[str, pa.Array]) -> pa.Table:
    """The table with these columns added, or put in the place of those of the same name."""
    for name, values in made.items():
        if name in table.column_names:
            table = table.set_column(table.column_names.index(name), name, values)
        else:
            table = table.append_column(name, values)
    return table


def through(values: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Every text through ``change``, once per distinct text.

    Examples
    --------
    >>> through(pa.array(["a", None, "a"]), str.upper).to_pylist()
    ['A', None, 'A']
    """
    coded = values.dictionary_encode()
    made = pa.array([change(t) for t in coded.dictionary.to_pylist()], pa.string())
    return made.take(coded.indices)


def renamed(values: pa.Array, names: Mapping[str, str]) -> pa.Array:
    """Texts that ``names`` knows (by their compared form) as it says, others as they are."""
    return through(values, lambda text: names.get(_alike_one(text), text))


def _alike_one(text: str) -> str:
    return alike(pa.array([text])).to_pylist()[0] or ""


def alike(values: pa.Array) -> pa.Array:
    """Texts in the form in which they are compared: no accents, lower case, one space for everything but letters and digits.

    Examples
    --------
    >>> alike(pa.array(["  Peña & Hijos, S.A. de C.V. ", "--"])).to_pylist()
    ['pena hijos s a de c v', None]
    """
    return distinctly(values, compared)


def compared(values: pa.Array) -> pa.Array:
    """Texts in the form in which they are compared, each by itself: :func:`alike` does it once per distinct text."""
    made = pc.utf8_normalize(values, form="NFKD")
    made = pc.utf8_lower(pc.replace_substring_regex(made, r"\pM+", ""))
    made = pc.replace_substring_regex(made, r"[^\pL\pN]+", " ")
    return present(pc.utf8_trim_whitespace(made))


def distinctly(values: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """``change`` of a column, worked out for its distinct texts only."""
    coded = values.dictionary_encode()
    return change(coded.dictionary).take(coded.indices)


def joined(parts: Iterable[pa.Array], mark: str = ", ") -> pa.Array:
    """The present texts of a row with ``mark`` between them, null where there is none.

    Examples
    --------
    >>> joined([pa.array(["Calle 5", None]), pa.array([None, None], pa.string()), pa.array(["Saltillo", None])]).to_pylist()
    ['Calle 5, Saltillo', None]
    """
    made: pa.Array | None = None
    for part in parts:
        if made is None:
            made = part
            continue
        both = pc.and_(pc.is_valid(made), pc.is_valid(part))
        made = pc.if_else(both, pc.binary_join_element_wise(made, part, mark), pc.coalesce(made, part))
    if made is None:
        raise ValueError("joined needs at least one column")
    return made


def listed(columns: Iterable[pa.Array]) -> pa.Array:
    """Several columns of texts as one column of lists; absent ones stand as empty texts, which the engine passes over."""
    filled = [pc.fill_null(c, "") for c in columns]
    return pc.split_pattern(pc.binary_join_element_wise(*filled, _SEPARATOR), _SEPARATOR)


def split(values: pa.Array, pattern: str) -> pa.Array:
    """Each text cut at ``pattern`` into a list.

    Examples
    --------
    >>> split(pa.array(["MSKU1; TCLU2", None]), r"\\s*[;|]\\s*").to_pylist()
    [['MSKU1', 'TCLU2'], None]
    """
    return pc.split_pattern_regex(values, pattern)


def whole_row(table: pa.Table, names: Iterable[str]) -> pa.Array:
    """All these columns as one text: what a record without a number of its own is known by."""
    filled = [pc.fill_null(texts(table, n), "") for n in names]
    return pc.binary_join_element_wise(*filled, " | ")


def country_codes(values: pa.Array) -> pa.Array:
    """FollowTheMoney's codes of countries, null for what names none."""
    return through(values, country)


def address_keys(streets: pa.Array, countries: pa.Array) -> pa.Array:
    """Addresses as they compare: street and town, and the country's code in whatever language it was written.

    Examples
    --------
    >>> address_keys(pa.array(["Calle 5, Saltillo", "CALLE 5 SALTILLO", None]), pa.array(["Mexico", "MX", "MX"])).to_pylist()
    ['calle 5 saltillo|mx', 'calle 5 saltillo|mx', None]
    """
    alone = alike(streets)
    return if_any(alone, joined([alone, country_codes(countries)], "|"))


def if_any(needed: pa.Array, values: pa.Array) -> pa.Array:
    """The values where ``needed`` has one."""
    return pc.if_else(pc.is_valid(needed), values, pa.scalar(None, pa.string()))


def constant(text: str, like: pa.Array) -> pa.Array:
    """This text wherever ``like`` has one."""
    return pc.if_else(pc.is_valid(like), pa.scalar(text), pa.scalar(None, pa.string()))


def where(values: pa.Array, mask: pa.Array) -> pa.Array:
    """The values where ``mask`` is true, null elsewhere."""
    return pc.if_else(pc.fill_null(mask, False), values, pa.scalar(None, pa.string()))


def absent(values: pa.Array, other: pa.Array) -> pa.Array:
    """The values where ``other`` has none."""
    return pc.if_else(pc.is_null(other), values, pa.scalar(None, pa.string()))


def marked(before: str, values: pa.Array) -> pa.Array:
    """Each text with this in front."""
    return pc.binary_join_element_wise(pa.scalar(before), values, "")


def repeats(values: pa.Array) -> pa.Array:
    """How often each text has stood above it: nothing for the first, then ``2``, ``3``, ...

    Examples
    --------
    >>> repeats(pa.array(["a", "b", "a", "a"])).to_pylist()
    [None, None, '2', '3']
    """
    seen: dict[str | None, int] = {}
    made = []
    for text in values.to_pylist():
        seen[text] = seen.get(text, 0) + 1
        made.append(str(seen[text]) if seen[text] > 1 else None)
    return pa.array(made, pa.string())


def found(values: pa.Array, pattern: str) -> pa.Array:
    """Everything in a text that matches ``pattern`` (its first group), as a list.

    Examples
    --------
    >>> found(pa.array(["DOB 1950; DOB 1951", None]), r"DOB (\\d+)").to_pylist()
    [['1950', '1951'], None]
    """
    match = re.compile(pattern)
    coded = values.dictionary_encode()
    made = pa.array([match.findall(t) for t in coded.dictionary.to_pylist()], pa.list_(pa.string()))
    return made.take(coded.indices)
