"""The beginning of a large file, so that looking at it takes no longer than at a small one."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from vinculo.graph.errors import InputError

#: Bytes that are enough to tell columns by.
ENOUGH = 1 << 20


def sample(path: Path, folder: Path) -> Path:
    """The file itself, or where it is long, its first lines in a file of the same name in another folder.

    Parameters
    ----------
    path : pathlib.Path
        Text, packed by gzip or not; a workbook is given back as it is, for its beginning alone is none.
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
        if mark == b"PK" or (mark != b"\x1f\x8b" and path.stat().st_size <= ENOUGH):
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


def _line_end(head: bytes) -> int:
    """Where the last whole line ends; of UTF-16, whose line feeds are two bytes, on an even place."""
    end = head.rfind(b"\n") + 1 or ENOUGH
    if head.startswith(b"\xff\xfe") or b"\n\0" in head[:4096]:
        end += 1
    return end - end % 2 if b"\0" in head[:4] else end
