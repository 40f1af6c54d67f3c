"""Files that appear whole or not at all, whatever stops the program or the machine while they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what shall stand at ``path``: beside it, and only at the end, on the disk, in its place.

    Yields
    ------
    Path
        In the same folder; what is left there by a failure is taken away.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "list.txt"
    ...     with whole(path) as part:
    ...         _ = part.write_text("all of it")
    ...     path.read_text(), len(list(path.parent.iterdir()))
    ('all of it', 1)
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        # a name may reach the disk before what it names
        on_disk(part)
        part.replace(path)
        on_disk(path.parent)
    finally:
        with suppress(OSError):
            part.unlink()


def on_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive a power cut."""
    if path.is_dir():
        # Windows opens no folders, some drives sync none
        with suppress(OSError):
            _synced(path, os.O_RDONLY)
    else:
        _synced(path, os.O_RDWR)


def _synced(path: Path, how: int) -> None:
    number = os.open(path, how)
    try:
        os.fsync(number)
    finally:
        os.close(number)
