"""What a dataset is: where data came from, how to recognise its file, how its columns map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from vinculo.graph.text import Text
from vinculo.ingest.mapping import Mapping


@dataclass(frozen=True)
class Dataset:
    """One source of data. A module in ``ingest/datasets`` defines it as ``DATASET``.

    Attributes
    ----------
    name : str
        As in ``--dataset``; part of ids.
    title, description : Text
    publisher, licence, url : str
        Who publishes it and on which terms; ``url`` is for people, never fetched.
    format : str
        Reader in ``ingest/formats`` (``table`` for CSV, TSV and XLSX; ``jsonl``, ``json``, ``ofac``, ``un_xml``, ...).
    columns : tuple of str
        Columns (folded: lower case, no accents, single spaces) that must be there; how a file is recognised.
    optional : tuple of str
        Further columns the mapping knows.
    mappings : dict
        Mapping by the name of a table that ``prepare`` gives; ``""`` is the table as read.
    prepare : callable, optional
        From the table of text columns as read (plus ``record`` and ``line``) to the tables to map (``record`` in each).
    aliases : dict
        Other header texts (folded) for a column.
    headerless : bool
        The file has no header row; columns are taken by position.
    suspicious_activity : bool
        Facts carry the ``sar`` taint from the first moment.
    minimum_records : int
        Fewer than this is said as a warning.
    fill_rates : dict
        What is expected of a good file: the least share of the rows of a prepared table (``"table: column"``; the table as read
        has no name, ``": column"``) in which the column has a text.
    shape : dict
        For a file without header: what every text of a column looks like (a regular expression, matched whole), by column.
        How such a file is recognised.
    elements : tuple of str
        For XML, the names of the elements that are records; for JSON, the key of the array that holds them.
    tree : bool
        For XML and JSON: ``prepare`` gets each record as one JSON text in a column ``tree`` (see :mod:`vinculo.ingest.trees`),
        not a column for each child.
    context : tuple of str
        For XML with ``tree``: children of the elements above a record that it needs too (the account of a statement).
    whole_file : bool
        ``prepare`` sees all records of the file at once (records that name each other); for lists that fit in memory.
    refusal : str
        For files that are recognised and hold nothing to load (a receipt): the code of the error that says so.
    synthetic : bool
        Everything in this layout is made up (a simulator's output), whether the file says so or not.
    summed : tuple of str
        Columns that a line of totals fills (amounts, weights, their units): where such a line is told from a record.
    """

    name: str
    title: Text
    description: Text
    publisher: str
    licence: str
    format: str
    columns: tuple[str, ...]
    mappings: dict[str, Mapping]
    optional: tuple[str, ...] = ()
    prepare: Callable[[pa.Table], dict[str, pa.Table]] | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    headerless: bool = False
    suspicious_activity: bool = False
    minimum_records: int = 1
    url: str = ""
    fill_rates: dict[str, float] = field(default_factory=dict)
    shape: dict[str, str] = field(default_factory=dict)
    elements: tuple[str, ...] = ()
    tree: bool = False
    context: tuple[str, ...] = ()
    whole_file: bool = False
    refusal: str = ""
    synthetic: bool = False
    summed: tuple[str, ...] = ()
