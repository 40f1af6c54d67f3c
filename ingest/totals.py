"""Lines of totals under a table: they look like records, and are none."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import say_both
from vinculo.graph.types import REJECT_SCHEMA
from vinculo.ingest.engine import raw_row

_WORD = r"(?i)^\W*(grand?\s+)?(sub\W?)?(totals?|totales|sumas?)(\s+(general|final|total))?\W*$"
#: Looked at first, cell by cell: few cells of a table begin so.
_BEGINS = r"(?i)^\W*(gran|sub|tot|sum)"


def lines_of_totals(table: pa.Table, summed: Collection[str]) -> npt.NDArray[np.bool_]:
    """Rows that are unmistakably no records: the first text is *Total*, all others are sums.

    Parameters
    ----------
    table : pyarrow.Table
        As read.
    summed : collection of str
        Columns that such a line fills: amounts, weights, their units. Without one there is no line of totals.

    Examples
    --------
    >>> table = pa.table({"bill": ["B1", "TOTAL:", "Total"], "date": ["2024", "", "2024"], "value": ["5", "5", "7"]})
    >>> lines_of_totals(table, ["value"]).tolist()
    [False, True, False]
    """
    found = np.zeros(table.num_rows, np.bool_)
    texts = [n for n in table.column_names if pa.types.is_string(table.schema.field(n).type)]
    if not summed or not texts:
        return found
    others = [n for n in texts if n not in summed]
    filled = sum((_true(pc.not_equal(table.column(n), "")).astype(np.int16) for n in others), np.zeros(1, np.int16))
    alone = np.flatnonzero(filled == 1)
    if not len(alone):
        return found
    some = table.take(pa.array(alone))
    maybe = np.zeros(len(alone), np.bool_)
    for name in others:
        maybe |= _true(pc.match_substring_regex(some.column(name), _BEGINS))
    for row in alone[maybe].tolist():
        cells = [(n, t.strip()) for n in texts if (t := table.column(n)[row].as_py()) and t.strip()]
        (first, word), *rest = cells
        found[row] = (
            first not in summed
            and bool(pc.match_substring_regex(pa.scalar(word), _WORD).as_py())
            and all(name in summed for name, _ in rest)
            and any(c.isdigit() for _, text in rest for c in text)
        )
    return found


def _true(hits: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    hits = pc.fill_null(hits, False)
    return np.asarray(hits.combine_chunks() if isinstance(hits, pa.ChunkedArray) else hits)


def rejected_totals(table: pa.Table) -> pa.Table:
    """The rejects of these lines of totals."""
    said = say_both("reject.total_line")
    lines = table.column("line").to_pylist()
    rows = [
        (record, lines[row], "", raw_row(table, row), "total_line", said.en, said.es)
        for row, record in enumerate(table.column("record").to_pylist())
    ]
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), REJECT_SCHEMA, strict=True)], schema=REJECT_SCHEMA
    )
