"""Cells with several numbers of bills of lading.

A row of an inspection may name each bill it was about; a row of a manifest has one weight and one value, which nobody can divide
among bills. So the first are taken apart, where each part has the form of such a number, and the second are told.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.ingest.datasets import columns as c

#: Columns of the cells that ``ingest/doubtful.py`` tells.
AS_ONE, APART = "several bills as one", "several bills apart"
_BETWEEN = r"\s*[;|\n]\s*"
# a carrier's letters, then a number; air waybills have figures alone
_NUMBER = r"[A-Za-z]{0,12}-?[0-9][A-Za-z0-9-]{3,24}"
_SEVERAL = rf"^\s*{_NUMBER}({_BETWEEN}{_NUMBER})+\s*$"
_MAYBE_SEVERAL = rf"\w{_BETWEEN}\w"


def with_doubt(table: pa.Table) -> pa.Table:
    """The table with the cells that seem to hold several bills and are taken as one."""
    said = c.texts(table, "bill_number")
    return c.with_columns(table, {AS_ONE: c.where(said, pc.match_substring_regex(said, _MAYBE_SEVERAL))})


def each_bill(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The first bill of a cell with several in its row, each other one in a row of its own.

    Examples
    --------
    >>> table = pa.table({"record": [1, 2], "line": [2, 3], "bill_number": ["MAEU12345; MAEU12346", "A; B"]})
    >>> [part.column("bill_number").to_pylist() for part in each_bill(table)]
    [['MAEU12345', 'A; B'], ['MAEU12346']]
    """
    table = with_doubt(table)
    said = c.texts(table, "bill_number")
    several = c.where(said, pc.match_substring_regex(said, _SEVERAL))
    parts = c.split(pc.utf8_trim_whitespace(several), _BETWEEN)
    first = c.present(pc.list_element(pc.fill_null(parts, [""]), 0))
    told = {APART: several, AS_ONE: c.absent(c.texts(table, AS_ONE), several)}
    table = c.with_columns(table, {"bill_number": pc.coalesce(first, said), **told})
    more = pc.list_slice(parts, 1)
    further = table.take(pc.list_parent_indices(more))
    return table, c.with_columns(further, {"bill_number": c.present(pc.list_flatten(more))})
