"""Rejected records as a file that a person can open in a spreadsheet program and mend."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from vinculo.graph.errors import EnvironmentProblem
from vinculo.graph.settings import load_settings
from vinculo.graph.text import current_language, say
from vinculo.graph.types import Source
from vinculo.graph.whole import whole

# a spreadsheet program runs a cell that begins like this as a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def inert(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula.

    Examples
    --------
    >>> inert("=1+1"), inert("ACME")
    ("'=1+1", 'ACME')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def rejects_path(source: Source) -> Path:
    """Where the rejects of a source are written: ``<data folder>/rejects/<file>.<sha8>.rejects.csv``."""
    return load_settings().data_folder / "rejects" / f"{Path(source.file).name}.{source.sha256[:8]}.rejects.csv"


def write_rejects(source: Source, tables: Iterable[pa.Table]) -> Path | None:
    """Write the rejects of a file, in the reader's language; ``None`` where there are none.

    Raises
    ------
    EnvironmentProblem
        ``rejects_unwritable``: the folder is read-only or the disk full.
    """
    rows = [row for table in tables for row in table.to_pylist()]
    if not rows:
        return None
    path = rejects_path(source)
    language = current_language()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # with its mark, so that Excel reads it as UTF-8
        with whole(path) as part, part.open("w", encoding="utf-8-sig", newline="", errors="replace") as out:
            writer = csv.writer(out)
            writer.writerow(
                say(f"rejects.{name}") for name in ("file", "record", "line", "column", "code", "why", "raw")
            )
            for row in sorted(rows, key=lambda r: (r["record"], r["column"])):
                texts = (row["column"], row["code"], row[language], row["raw"])
                writer.writerow(
                    [inert(source.file), row["record"], row["line"] or "", *(inert(t or "") for t in texts)]
                )
    except OSError as error:
        raise EnvironmentProblem("rejects_unwritable", file=str(path), reason=error.strerror or str(error)) from None
    return path
