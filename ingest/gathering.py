"""Which files are meant: a file, a folder, a pattern, a zip archive. Archives are unpacked within limits, and never as they say.

An archive's member is read by number and kept under a name of ours: what it calls itself is shown, never used as a path.
"""

from __future__ import annotations

import glob
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from vinculo.graph.errors import EnvironmentProblem, InputError
from vinculo.ingest.clean.text import printable
from vinculo.ingest.formats.limits import MEMBERS, RATIO, TOTAL, is_bomb

_PIECE = 1 << 20
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
_HIDDEN = ("__MACOSX/",)


@dataclass(frozen=True)
class Found:
    """A file to read.

    Attributes
    ----------
    path : pathlib.Path
        Where its bytes are.
    shown : pathlib.Path
        What to call it: for an archive's member, the archive and the member's name.
    """

    path: Path
    shown: Path


@contextmanager
def gathered(paths: Iterable[str | Path]) -> Iterator[Iterator[Found | InputError]]:
    """Every file that is meant, in order; for one that cannot be had, the error, so that the others are still read.

    Parameters
    ----------
    paths : paths
        Files; folders (every file below, by name, hidden ones left out); patterns (``*``, ``?``, ``[``, ``**``); zip archives.

    Examples
    --------
    >>> with gathered(["no-such-file-*.csv"]) as files:
    ...     print([getattr(f, "code", "") for f in files])
    ['no_match']
    """
    with tempfile.TemporaryDirectory(prefix="vinculo-", ignore_cleanup_errors=True) as folder:
        yield (found for path in paths for found in _meant(Path(path), Path(folder)))


def _meant(path: Path, folder: Path) -> Iterator[Found | InputError]:
    for one in _spread(path):
        if isinstance(one, InputError):
            yield one
        elif _is_archive(one):
            yield from _members(one, folder)
        else:
            yield Found(one, one)


def _spread(path: Path) -> Iterator[Path | InputError]:
    if path.is_dir():
        below = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
        if below:
            yield from below
        else:
            yield InputError("empty_folder", file=str(path))
    elif not path.exists() and glob.has_magic(str(path)):
        matches = sorted(Path(p) for p in glob.glob(str(path), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute one
        if not matches:
            yield InputError("no_match", file=str(path))
        for match in matches:
            yield from _spread(match)
    else:
        yield path


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_archive(path: Path) -> bool:
    """A zip file that is no workbook, by its contents."""
    try:
        with path.open("rb") as raw:
            if raw.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                return False
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return path.suffix.lower() == ".zip" and path.is_file()


def _members(path: Path, folder: Path) -> Iterator[Found | InputError]:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith(_HIDDEN)]
            if len(wanted) > MEMBERS:
                yield InputError("archive_members", file=str(path), found=len(wanted), limit=MEMBERS)
                return
            if not wanted:
                yield InputError("empty_archive", file=str(path))
            left = TOTAL
            for number, member in enumerate(wanted):
                shown = path / _name(member, number)
                refused = _refused(member, shown)
                if refused is not None:
                    yield refused
                    continue
                kept = folder / f"{path.stat().st_ino}-{number}"
                try:
                    left -= _unpacked(archive, member, kept, shown, left)
                except InputError as error:
                    yield error
                    if error.code == "archive_total":
                        return
                    continue
                yield Found(kept, shown)
                kept.unlink(missing_ok=True)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        yield InputError("damaged_archive", file=str(path), reason=str(error))


def _name(member: zipfile.ZipInfo, number: int) -> str:
    """What a member calls itself, as one printable name."""
    made = PurePosixPath(member.filename.replace("\\", "/")).name
    return printable(made) or f"member {number + 1}"


def _refused(member: zipfile.ZipInfo, shown: Path) -> InputError | None:
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if member.filename.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")):
        return InputError("archive_path", file=str(shown))
    if stat.S_ISLNK(member.external_attr >> 16):
        return InputError("archive_link", file=str(shown))
    if member.flag_bits & 0x1:
        return InputError("archive_encrypted", file=str(shown))
    if shown.suffix.lower() in _ARCHIVES:
        return InputError("archive_in_archive", file=str(shown))
    return None


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kept: Path, shown: Path, left: int) -> int:
    """Unpack one member, counting what comes out: the sizes in an archive's headers may lie."""
    size = 0
    try:
        with archive.open(member) as packed, kept.open("wb") as out:
            while piece := packed.read(_PIECE):
                size += len(piece)
                if size > left:
                    raise InputError("archive_total", file=str(shown), limit=TOTAL >> 20)
                if is_bomb(size, member.compress_size):
                    raise InputError("archive_ratio", file=str(shown), limit=RATIO)
                out.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError("damaged_archive", file=str(shown), reason=str(error)) from None
    except OSError as error:
        raise EnvironmentProblem("disk_full_temporary", file=str(kept.parent), reason=str(error)) from None
    return size
