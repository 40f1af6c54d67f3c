"""Reading everything of one sort from Neo4j over several connections, each a range of ids.

One connection waits for the server while it works, and the server for the connection. Where ranges begin is drawn from a sample
of ids: it decides how evenly the work is spread, never what is read.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from vinculo.graph.stores.neo4j_view import View

#: Things in one page of a range: a page is one row of whole columns, for the driver makes an object of every row.
PAGE = 25_000
#: Connections at work at once, and ranges for each, so that none is left with the longest alone.
AT_ONCE, EACH = 3, 4
#: How many ids the beginnings of ranges are chosen from, for each range.
SAMPLE = 50


@dataclass(frozen=True)
class Sort:
    """Things of one sort: how many, how to ask for them, what to make of them.

    Attributes
    ----------
    page, last : str
        Give columns of things after ``$after`` up to ``$until`` (the last: to the end), the id first, at most ``$limit``.
    sample : str
        Gives each id with the likelihood ``$share``, as one sorted list.
    made : callable
        A table from columns.
    """

    count: int
    page: str
    last: str
    sample: str
    made: Callable[[Sequence[Any]], pa.Table]


def read(view: View, sorts: Sequence[Sort]) -> list[pa.Table]:
    """Tables of all of them, by sort, then range."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = [
            # a thread knows nothing of what its caller waits with
            pool.submit(contextvars.copy_context().run, _range, view, sort, after, until)
            for sort in sorts
            for after, until in _ranges(view, sort)
        ]
        try:
            return [table for one in begun for table in one.result()]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _ranges(view: View, sort: Sort) -> Iterator[tuple[str, str]]:
    """Each begins after an id, and ends with one or, the last, with none."""
    starts = [""]
    wanted = min(AT_ONCE * EACH, sort.count // PAGE)
    if wanted > 1:
        drawn = view.rows(sort.sample, share=min(1.0, wanted * SAMPLE / sort.count))[0][0]
        starts += sorted({drawn[len(drawn) * n // wanted] for n in range(1, wanted)}, key=drawn.index) if drawn else []
    return zip(starts, [*starts[1:], ""], strict=True)


def _range(view: View, sort: Sort, after: str, until: str) -> list[pa.Table]:
    made: list[pa.Table] = []
    query = sort.page if until else sort.last
    while True:
        columns = view.rows(query, after=after, until=until, limit=PAGE)[0]
        if columns[0]:
            made.append(sort.made(columns))
            after = columns[0][-1]
        if len(columns[0]) < PAGE:
            return made
