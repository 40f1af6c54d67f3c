"""Columns of texts as arrays that loops can run over: numbers, moments, codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.network import Codes, Floats, Ints, Mask

DAY_S = 86_400
#: Stands for "no date" in a column of seconds.
UNDATED = np.iinfo(np.int64).min


class Coded(NamedTuple):
    """A text column as numbers; -1 where it is empty."""

    codes: Codes
    values: tuple[str, ...]

    def is_in(self, wanted: Iterable[str]) -> Mask:
        """Which rows hold one of these texts."""
        codes = [i for i, v in enumerate(self.values) if v in set(wanted)]
        return np.isin(self.codes, codes)

    def at(self, row: int) -> str:
        """The text of a row, empty where there is none."""
        code = self.codes[row]
        return self.values[code] if code >= 0 else ""


def day(time: int) -> str:
    """The ISO date of a moment in seconds since 1970.

    Examples
    --------
    >>> day(86_400)
    '1970-01-02'
    """
    return str(np.datetime64(int(time), "s").astype("datetime64[D]"))


def seconds(dates: pa.ChunkedArray | pa.Array) -> tuple[Ints, Mask]:
    """ISO dates (with or without a time) as seconds since 1970, and where only the day was given.

    A partial date (``2024-05``) has no place on a time line: it counts as none.

    Examples
    --------
    >>> seconds(pa.array(["1970-01-01T00:01:00", "1970-01-02", "1970-01", None]))[0].tolist()[:2]
    [60, 86400]
    """
    text = pc.fill_null(dates, "")
    text = whole(text) if isinstance(text, pa.ChunkedArray) else text
    days = pc.strptime(pc.utf8_slice_codeunits(text, 0, 10), format="%Y-%m-%d", unit="s", error_is_null=True)
    clock = pc.utf8_slice_codeunits(text, 11, 19)
    with_seconds = pc.if_else(pc.equal(pc.utf8_length(clock), 5), pc.binary_join_element_wise(clock, "00", ":"), clock)
    parts = pc.extract_regex(with_seconds, r"^(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)$")
    hours, minutes, secs = (
        pc.fill_null(pc.cast(pc.struct_field(parts, name), pa.int64()), 0).to_numpy(zero_copy_only=False)
        for name in "hms"
    )
    made = pc.fill_null(pc.cast(days, pa.int64()), UNDATED).to_numpy(zero_copy_only=False)
    dated = made != UNDATED
    day_only = pc.equal(clock, "").to_numpy(zero_copy_only=False)
    return np.where(dated, made + hours * 3600 + minutes * 60 + secs, UNDATED), day_only


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    made = column.combine_chunks()
    return pa.concat_arrays(made.chunks) if isinstance(made, pa.ChunkedArray) else made


def numbers(column: pa.ChunkedArray) -> Floats:
    """Numbers of a column; NaN where a text is none."""
    values = whole(column)
    if pa.types.is_string(values.type):
        plain = pc.match_substring_regex(values, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        values = pc.cast(pc.if_else(pc.fill_null(plain, False), values, None), pa.float64())
    return np.asarray(pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False), np.float64)


def absent(column: pa.ChunkedArray) -> Mask:
    """Where a text column has nothing, or an empty text."""
    return np.asarray(whole(pc.equal(pc.fill_null(column, ""), "")).to_numpy(zero_copy_only=False), np.bool_)


def coded(column: pa.ChunkedArray) -> Coded:
    """A text column as codes in the order of the texts, so that they do not depend on the order of rows."""
    values = whole(column)
    names = sorted({v for v in pc.unique(values).to_pylist() if v})
    codes = pc.fill_null(pc.index_in(values, value_set=pa.array(names, pa.string())), -1)
    return Coded(codes.to_numpy(zero_copy_only=False).astype(np.int32), tuple(names))
