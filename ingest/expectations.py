"""What is expected of a file as a whole; a file that is not like that is kept, unseen, and says why.

A list cut off in the middle, or an export whose columns have moved, gives records that are each in order. Only their number and
how often a column is filled tell that something is wrong, and a chart made from half a list clears those on the other half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.text import Text, say_both
from vinculo.ingest.dataset import Dataset

#: Fewer rows than this say nothing about how often a column is filled.
FEW_ROWS = 20


class Expectations:
    """Counts what a dataset's ``minimum_records`` and ``fill_rates`` ask for, table by table.

    Examples
    --------
    >>> from vinculo.ingest.recognise import datasets
    >>> counted = Expectations(datasets()["seizures"])
    >>> counted.missed(read=0)[0].en
    'Only 0 records; a whole file of this dataset has at least 1.'
    """

    def __init__(self, dataset: Dataset | None = None) -> None:
        self._least = dataset.minimum_records if dataset else 0
        self._wanted: list[tuple[str, str, str, float]] = []
        for what, least in dataset.fill_rates.items() if dataset else ():
            table, _, column = what.partition(":")
            self._wanted.append((what, table.strip(), column.strip(), least))
        self._rows: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()

    @property
    def asks(self) -> bool:
        """Whether anything is asked of the columns."""
        return bool(self._wanted)

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        """Count prepared tables."""
        for what, name, column, _ in self._wanted:
            table = tables.get(name)
            if table is not None and table.num_rows:
                self._rows[what] += table.num_rows
                if column in table.column_names:
                    self._filled[what] += _filled(table.column(column))

    def also(self, other: Expectations) -> None:
        """Take in what another, of other records of the file, has counted."""
        self._rows.update(other._rows)
        self._filled.update(other._filled)

    def missed(self, read: int) -> list[Text]:
        """What is not as expected, a sentence each; ``read`` records were read."""
        found: list[Text] = []
        if read < self._least:
            found.append(say_both("ingest.few_records", read=f"{read:,}", expected=f"{self._least:,}"))
        for what, name, column, least in self._wanted:
            rows, filled = self._rows[what], self._filled[what]
            if rows >= FEW_ROWS and filled < least * rows:
                shown = f"{name}: {column}" if name else column
                share = f"{100 * filled / rows:.0f} %"
                found.append(
                    say_both("ingest.seldom_filled", column=shown, share=share, expected=f"{100 * least:.0f} %")
                )
        return found


def _filled(column: pa.ChunkedArray) -> int:
    """How many rows have a text, or a list with something in it."""
    if pa.types.is_list(column.type):
        there = pc.greater(pc.list_value_length(column), 0)
    else:
        there = pc.not_equal(pc.utf8_trim_whitespace(pc.cast(column, pa.string())), "")
    return int(pc.sum(there).as_py() or 0)
