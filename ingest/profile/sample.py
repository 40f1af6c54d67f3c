"""The beginning of a large file, so that looking at it takes no longer than at a small one."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from itertools import islice
from pathlib import Path
from typing import Any

from vinculo.graph.errors import InputError
from vinculo.ingest.formats.xlsx import LARGEST

#: Bytes, and rows of a workbook's sheet, that are enough to tell columns by.
ENOUGH = 1 << 20
ROWS = 200
#: A smaller workbook is read as quickly whole.
_SMALL_BOOK = 100_000


def sample(path: Path, folder: Path) -> Path:
    """The file itself, or where it is long, its first lines in a file of the same name in another folder.

    Parameters
    ----------
    path : pathlib.Path
        Text, packed by gzip or not, or a workbook.
    folder : pathlib.Path
        Where the beginning is kept; made where it is not there.

    Raises
    ------
    InputError
        ``no_file``, ``is_folder``, ``unreadable_file``, ``damaged_gzip``.
    """
    if path.is_dir():
        raise InputError("is_folder", file=str(path))
    try:
        with path.open("rb") as raw:
            mark = raw.read(2)
        size = path.stat().st_size
        if mark == b"PK":
            return path if size <= _SMALL_BOOK else _first_rows(path, folder)
        if mark != b"\x1f\x8b" and size <= ENOUGH:
            return path
        with gzip.open(path, "rb") if mark == b"\x1f\x8b" else path.open("rb") as stream:
            head = stream.read(ENOUGH + 1)
    except FileNotFoundError:
        raise InputError("no_file", file=str(path)) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError("damaged_gzip", file=str(path), reason=str(error)) from None
    except OSError as error:
        raise InputError("unreadable_file", file=str(path), reason=error.strerror or str(error)) from None
    if len(head) <= ENOUGH:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    begun = folder / path.name.removesuffix(".gz")
    begun.write_bytes(head[: _line_end(head)])
    return begun


def _first_rows(path: Path, folder: Path) -> Path:
    """The first rows of each sheet as a workbook; the file itself where it is none that can be read, for the reader to say so."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    from vinculo.ingest.formats.workbook import open_workbook

    def cell(sheet: Any, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith("="):
            return value
        # a text, which would come back as a formula without a value
        made = WriteOnlyCell(sheet, value=value)
        made.data_type = "s"
        return made

    try:
        with zipfile.ZipFile(path) as members:
            if sum(m.file_size for m in members.infolist()) > LARGEST:
                return path
        book, begun = open_workbook(path), openpyxl.Workbook(write_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            out = begun.create_sheet(sheet.title)
            for row in islice(sheet.iter_rows(values_only=True), ROWS):
                out.append([cell(out, value) for value in row])
        book.close()
        folder.mkdir(parents=True, exist_ok=True)
        begun.save(folder / path.name)
    except (zipfile.BadZipFile, KeyError, ValueError, SyntaxError, IllegalCharacterError):
        return path
    return folder / path.name


def _line_end(head: bytes) -> int:
    """Where the last whole line ends; of UTF-16, whose line feeds are two bytes, on an even place."""
    end = head.rfind(b"\n") + 1 or ENOUGH
    if head.startswith(b"\xff\xfe") or b"\n\0" in head[:4096]:
        end += 1
    return end - end % 2 if b"\0" in head[:4] else end
