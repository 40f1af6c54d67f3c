"""Folders that a program was killed in the middle of writing: found by their names, and taken away once nobody writes them."""

from __future__ import annotations

import os
import platform
import re
import secrets
import shutil
import time
import zlib
from pathlib import Path

#: A folder of another machine, or of a system that does not tell who runs, counts as left behind after so long a silence.
SILENT_S = 86_400
_NAME = re.compile(r".+\.([0-9a-f]{8})-([0-9]+)-[0-9a-f]{8}\.part")


def part_of(folder: Path) -> Path:
    """Where to write what shall become ``folder``: beside it, named after this machine and process.

    Examples
    --------
    >>> part_of(Path("backup/monday")).name.startswith("monday.")
    True
    """
    return folder.with_name(f"{folder.name}.{_machine()}-{os.getpid()}-{secrets.token_hex(4)}.part")


def left_behind(folder: Path) -> list[Path]:
    """Unfinished folders in this one that nobody is writing any more, by name."""
    try:
        found = [p for p in folder.iterdir() if _NAME.fullmatch(p.name) and p.is_dir() and not p.is_symlink()]
        return sorted(p for p in found if not _written(p))
    except OSError:
        return []


def clear(folder: Path) -> list[Path]:
    """Take them away; those that went."""
    gone = []
    for part in left_behind(folder):
        shutil.rmtree(part, ignore_errors=True)
        if not part.exists():
            gone.append(part)
    return gone


def _machine() -> str:
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _written(part: Path) -> bool:
    """Whether somebody may be at work on it."""
    match = _NAME.fullmatch(part.name)
    assert match is not None
    # on Windows this question would end the process that it is asked of
    if match[1] == _machine() and os.name == "posix":
        return _runs(int(match[2]))
    last = max(p.stat().st_mtime for p in (part, *part.iterdir()))
    return time.time() - last < SILENT_S


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's
    return True
