"""The packed text of what one record asserts about one thing, and how to take it apart in columns.

``property <US> value <RS> property <US> value ...`` sorted and without repeats, where <US> is U+001F and <RS> is U+001E.
Cleaned values never hold either (``clean.text`` removes control characters). One string per assertion travels through
Arrow, both stores and the snapshot at full speed; JSON would have to be parsed at each step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

UNIT = "\x1f"
RECORD = "\x1e"
_SEPARATORS = re.compile("[\x1e\x1f]")


def pack(pairs: Iterable[tuple[str, str]]) -> str:
    """Pack (property, value) pairs.

    Examples
    --------
    >>> unpack(pack([("name", "B"), ("name", "A"), ("name", "B")]))
    [('name', 'A'), ('name', 'B')]
    """
    return RECORD.join(sorted({f"{p}{UNIT}{_SEPARATORS.sub(' ', v)}" for p, v in pairs if v}))


def unpack(facts: str) -> list[tuple[str, str]]:
    """The (property, value) pairs of one packed text, sorted."""
    return [(p, v) for p, _, v in (f.partition(UNIT) for f in facts.split(RECORD) if f)]


def pack_columns(columns: Iterable[tuple[str, pa.Array]]) -> pa.Array:
    """Pack whole columns: (property, string array) pairs of equal length, null or empty where there is no value.

    A property may come several times. Values must be cleaned already; the result is sorted by property, not by value
    inside a property, so pass several columns of one property only through :func:`pack` or accept their given order.
    """
    parts = []
    for name, values in sorted(columns, key=lambda c: c[0]):
        present = pc.if_else(pc.equal(pc.fill_null(values, ""), ""), None, values)
        parts.append(pc.binary_join_element_wise(name, present, UNIT))
    return join_packed(parts)


def join_packed(parts: Sequence[pa.Array]) -> pa.Array:
    """Join columns of packed facts row by row; a null stands for no facts.

    Examples
    --------
    >>> join_packed([pa.array(["a", None, None]), pa.array(["b", "c", None])]).to_pylist() == ["a\x1eb", "c", ""]
    True
    """
    if not parts:
        raise ValueError("there are no columns to join")
    # not null_handling="skip": in pyarrow 26 it drops rows in which every part is null
    opened = [pc.binary_join_element_wise("", part, RECORD) for part in parts]
    joined = pc.binary_join_element_wise(*opened, "", null_handling="replace", null_replacement="")
    # no value begins with a separator; trimming bytes is faster than slicing characters
    return pc.ascii_ltrim(joined, RECORD)


def column(facts: pa.Array | pa.ChunkedArray, name: str) -> pa.Array | pa.ChunkedArray:
    """The first value of property ``name`` in each packed text, null where there is none.

    Examples
    --------
    >>> column(pa.array([pack([("date", "2024-01-02"), ("name", "A")]), ""]), "date").to_pylist()
    ['2024-01-02', None]
    """
    pattern = f"(?:^|{RECORD}){re.escape(name)}{UNIT}(?P<v>[^{RECORD}]*)"
    return pc.struct_field(pc.extract_regex(facts, pattern), "v")
