"""Opening a workbook to read its rows, without asking how large its sheets are.

openpyxl asks each sheet for its ``dimension`` as it opens a workbook, and parses the whole sheet to find that there is none.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet


class _Sheet(ReadOnlyWorksheet):  # type: ignore[misc]
    def _get_size(self) -> None:
        """What a sheet states may be wrong, and is not asked for: each row is read as long as it is."""


class _Reader(ExcelReader):  # type: ignore[misc]
    def read_worksheets(self) -> None:
        """Sheets of ours; of a sheet that is a picture nothing."""
        for sheet, part in self.parser.find_sheets():
            if part.target not in self.valid_files:
                continue
            if "chartsheet" in part.Type:
                # names of cells refer to sheets by their place, so that a picture keeps its own
                self.wb._sheets.append(SimpleNamespace(defined_names={}))
                continue
            made = _Sheet(self.wb, sheet.name, part.target, self.shared_strings)
            made.sheet_state = sheet.state
            self.wb._sheets.append(made)


def open_workbook(file: Path | BinaryIO) -> Any:
    """The workbook, read-only, with values in place of formulas; its sheets are read as they are walked."""
    reader = _Reader(file, read_only=True, data_only=True)
    reader.read()
    return reader.wb
