"""What can be read and hardly be meant, or meant otherwise: dates far ahead, currencies that nobody has, parties named NA,
several bills of lading in a cell.

It is kept as it stands, and told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vinculo.graph.currencies import known_currency
from vinculo.graph.text import say
from vinculo.ingest.cells import Cells, read

#: Dates up to this far ahead happen: a shipment announced, a value date.
AHEAD_DAYS = 366
#: Of each column and chunk so many are remembered with their value; the first may turn out to be rejected.
_FIRST = 100
_YEAR = re.compile(r"[0-9]{4}(?:-|$)")
#: What stands where no name is known, and is somebody's name all the same (a family Na, a Mr Null).
_MAYBE_NAMES = r"(?i)^\W*(n\W*a|nan|null|none|nil)\W*$"
#: Datasets call the columns so that hold texts in the place of names.
_NOBODY = " nobody"
#: And so those of cells that ought to be told as they are.
_CELLS = {"several bills as one": "bills_as_one", "several bills apart": "bills_apart"}
#: What is about the future by its nature: ends, due dates.
_TO_COME = frozenset(
    (
        "awardingDate", "clarificationDeadline", "closeDate", "closingDate", "dissolutionDate", "endDate", "maturityDate",
        "periodEnd", "submissionDeadline",
    )
)  # fmt: skip


class Doubts:
    """Records of one file in which something is doubtful, by what it is, with the first of each.

    Examples
    --------
    >>> doubts = Doubts("2026-01-15")
    >>> dates = Cells(np.array([0, 1, 1]), [("2024-01-01",), ("2999-12-31",)])
    >>> doubts.look("date", "date", dates, np.array([1, 2, 3]))
    >>> doubts.told()
    ['Records with a date more than a year ahead: 2 (first: record 2, 2999-12-31). These values are kept as they stand.']
    """

    def __init__(self, today: str = "") -> None:
        now = datetime.fromisoformat(today) if today else datetime.now(UTC)
        self._latest = (now + timedelta(days=AHEAD_DAYS)).date().isoformat()
        self._records: dict[str, list[npt.NDArray[np.int64]]] = defaultdict(list)
        self._first: dict[str, dict[int, str]] = defaultdict(dict)

    def look(self, name: str, type: str, cells: Cells, records: npt.NDArray[np.int64]) -> None:
        """Look through the clean values of a property; ``records`` are the record numbers of its rows."""
        if type == "date" and name not in _TO_COME:
            self._note("date", cells, _later(cells, self._latest), records)
        elif name == "currency" or name.endswith("Currency"):
            self._note("currency", cells, _unknown(cells), records)

    def look_for_names(self, tables: Mapping[str, pa.Table]) -> None:
        """Look through what names nobody in the tables that a dataset prepared: some of it may be a name."""
        for table in tables.values():
            for name in (n for n in table.column_names if n.endswith(_NOBODY)):
                cells = read(table.column(name))
                if cells.single is not None and cells.filled.any():
                    maybe = pc.fill_null(pc.match_substring_regex(cells.single, _MAYBE_NAMES), False)
                    odd = {int(n): cells.single[int(n)].as_py() for n in np.flatnonzero(np.asarray(maybe))}
                    self._note("name", cells, odd, table.column("record").to_numpy())

    def look_for_bills(self, tables: Mapping[str, pa.Table]) -> None:
        """Look through the cells with several bills in the tables that a dataset prepared."""
        for table in tables.values():
            for name in (n for n in table.column_names if n in _CELLS):
                cells = read(table.column(name))
                odd = {n: option[0] for n, option in enumerate(cells.options) if option}
                self._note(_CELLS[name], cells, odd, table.column("record").to_numpy())

    def _note(self, sort: str, cells: Cells, odd: dict[int, str], records: npt.NDArray[np.int64]) -> None:
        if not odd:
            return
        rows = np.flatnonzero(np.isin(cells.codes, list(odd)))
        self._records[sort].append(records[rows])
        for row in rows[:_FIRST].tolist():
            self._first[sort].setdefault(int(records[row]), odd[int(cells.codes[row])])

    def also(self, other: Doubts) -> None:
        """Take in what another, of other records of the file, has noted."""
        for sort, found in other._records.items():
            self._records[sort] += found
            self._first[sort].update(other._first[sort])

    def told(self, rejected: Collection[int] = ()) -> list[str]:
        """A sentence for each sort of doubt; records that were rejected are left out."""
        sentences = []
        for sort, found in sorted(self._records.items()):
            records = np.setdiff1d(np.concatenate(found), np.fromiter(rejected, np.int64, len(rejected)))
            firsts = sorted(self._first[sort].keys() & set(records.tolist()))
            if firsts:
                value = self._first[sort][firsts[0]]
                blanks = {"count": f"{len(records):,}", "record": f"{firsts[0]:,}", "value": value}
                sentences.append(say(f"ingest.doubtful.{sort}", **blanks))
        return sentences


def _later(cells: Cells, latest: str) -> dict[int, str]:
    """Options with a date after this one; dates are ISO 8601, so their order is that of the texts."""
    texts = cells.single
    if texts is None:
        found = ((n, max(o)) for n, o in enumerate(cells.options) if o)
    else:
        late = np.flatnonzero(np.asarray(pc.fill_null(pc.greater(texts, pa.scalar(latest)), False)))
        found = ((n, texts[n].as_py()) for n in late.tolist())
    # a mapping may keep a text that is no date as it stands
    return {n: text for n, text in found if text > latest and _YEAR.match(text)}


def _unknown(cells: Cells) -> dict[int, str]:
    return {
        n: bad[0] for n, option in enumerate(cells.options) if (bad := [t for t in option if not known_currency(t)])
    }
