"""Context tables: figures that somebody publishes, to be read beside a case. One module each, found by its ``CONTEXT``.

Such a file says how much was seized or traded, by whom in no case; so it makes no entities and no links. It is kept as it
stands, and its description here says what its columns are, in which unit, and which rows sum others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from vinculo.graph.registry import discover
from vinculo.graph.text import Text
from vinculo.ingest.formats import Layout

#: What a text of a column has to look like, by its sort; white space around it is passed over.
SORTS = {
    "text": "",
    "code": "",
    "year": "[12][0-9]{3}",
    "date": "[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    "count": r"[0-9]{1,18}(\.0+)?",
    "number": r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?",
    "rate": r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?",
    "currency": "[A-Z]{3}",
}
#: Columns that every table has beside its own; a file's own of that name gets an underscore.
OWN = ("row", "file", "sha256", "record", "line")
#: Sorts that are read as numbers.
NUMBERS = ("year", "count", "number", "rate")


@dataclass(frozen=True)
class Column:
    """One column of a published table.

    Attributes
    ----------
    name : str
        Its header, folded (lower case, no accents, single spaces).
    sort : str
        A key of ``SORTS``.
    unit : str
        Of its numbers; in brackets the column that names the unit.
    needed : bool
        A record without it is rejected.
    sums : bool
        It sums other columns of its row.
    derived : bool
        It does not stand in the file: the table's ``prepare`` makes it.
    """

    name: str
    sort: str = "text"
    unit: str = ""
    needed: bool = False
    sums: bool = False
    derived: bool = False


@dataclass(frozen=True)
class ContextTable:
    """A published table: a module in ``ingest/context`` defines it as ``CONTEXT``.

    Attributes
    ----------
    name : str
        As in ``vinculo context NAME``.
    title, description : Text
    publisher, licence, url : str
        Who publishes it and on which terms; ``url`` is for people, never fetched.
    format : str
        ``table`` (CSV, TSV, XLSX) or ``json``.
    columns : tuple of Column
        What a file is recognised by: all of them must be there.
    optional : tuple of Column
        What else it may have; any other column is kept as text.
    aliases : dict
        Other header texts (folded) for a column.
    missing : tuple of str
        Texts that mean "no value" here.
    key : tuple of str
        Columns that no two rows share. Where there are some, a row that comes twice is a duplicate, and of rows of two files
        with one key the file loaded last counts. Without any, equal rows are two facts.
    totals : dict
        By column the text that stands for all others of that column: such a row sums the rows that differ from it there alone.
    levels : tuple of str
        Columns with codes of several lengths: the row of a code sums those whose code begins with it.
    marked : tuple of str
        Column and text (lower case) by which the file itself says that a row is a total.
    prepare : callable, optional
        ``prepare(table, sheet)`` reshapes a piece of the file as read; ``record`` and ``line`` stay with their rows.
    only : tuple of str
        Patterns: each further column of a file matches one of them, or the file is another.
    unfolds : bool
        The file is one record for its reader and many for us: ``prepare`` numbers them.
    rates : bool
        Its rows are exchange rates.
    minimum_records : int
        Fewer than this is said as a warning.
    filled : dict
        The least share of records that have a value in a column; less is said as a warning.
    page : int
        Records that the publisher gives at a time: as many exactly are probably not all.
    """

    name: str
    title: Text
    description: Text
    publisher: str
    licence: str
    columns: tuple[Column, ...]
    optional: tuple[Column, ...] = ()
    format: str = "table"
    url: str = ""
    aliases: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    key: tuple[str, ...] = ()
    totals: dict[str, str] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    marked: tuple[str, str] = ("", "")
    prepare: Callable[[pa.Table, str], pa.Table] | None = None
    only: tuple[str, ...] = ()
    unfolds: bool = False
    rates: bool = False
    minimum_records: int = 1
    filled: dict[str, float] = field(default_factory=dict)
    page: int = 0

    @property
    def layout(self) -> Layout:
        """What the reader has to know."""
        return Layout(
            columns=tuple(c.name for c in self.columns if not c.derived),
            optional=tuple(c.name for c in self.optional if not c.derived),
            aliases=self.aliases,
        )

    @property
    def described(self) -> dict[str, Column]:
        """Every column that is described, by name."""
        return {c.name: c for c in (*self.columns, *self.optional)}

    def fits(self, header: list[str], *, sure: bool = False) -> bool:
        """Whether a header row is that of such a file; of one that is said to be, what else it has does not count."""
        layout = self.layout
        names = layout.names(header)
        if not set(layout.columns) <= set(names):
            return False
        known = {*layout.columns, *layout.optional}
        others = [n for n, text in zip(names, header, strict=True) if n not in known and text.strip()]
        return sure or not self.only or all(any(re.fullmatch(p, n) for p in self.only) for n in others)


def context_tables() -> dict[str, ContextTable]:
    """Every context table by name.

    Examples
    --------
    >>> context_tables()["un_comtrade"].publisher
    'United Nations Statistics Division'
    """
    return discover(__name__, "CONTEXT")
