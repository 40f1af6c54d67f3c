"""A file as it is on disk: its bytes, packed by gzip or not, and their sha256."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from vinculo.graph.errors import InputError
from vinculo.ingest.formats import limits
from vinculo.ingest.formats.made_up import NEAR, MarkedLines, says_made_up

HEAD = 65_536
#: Stands for a byte that does not fit; no character, so no text has it.
MISFIT = "\ufdd0"
_MARKED = "vinculo.misfit"
#: A file with so many right characters for each wrong one is UTF-8 with damage in it, not another encoding.
_RARE = 20
codecs.register_error(_MARKED, lambda error: (MISFIT, getattr(error, "start", 0) + 1))
_PIECE = 1 << 20


@dataclass(frozen=True)
class OpenedFile:
    """A file that was read once from end to end.

    Attributes
    ----------
    path : pathlib.Path
        What the file is called, in sentences and sources.
    sha256 : str
        Of the bytes inside a ``.gz``.
    size : int
        Number of those bytes.
    head : bytes
        The first of them.
    encoding : str
        ``utf-8-sig``, ``utf-16``, ``utf-8``, ``cp1252`` or ``latin-1``: the first that all bytes fit.
    packed : bool
        Whether gzip's marks stand at its beginning.
    lines : int
        Line feeds in it, for progress.
    misfits : int
        Bytes that are no UTF-8 in a file that is UTF-8 otherwise; where they stand, its text has ``MISFIT``.
    kept : pathlib.Path, optional
        Where its bytes are, if not at ``path``: an archive's member.
    tail : bytes
        The last of its bytes.
    marked : bool
        Whether every line but one says that it is made up.
    """

    path: Path
    sha256: str
    size: int
    head: bytes
    encoding: str
    packed: bool
    lines: int = 0
    misfits: int = 0
    kept: Path | None = None
    tail: bytes = b""
    marked: bool = False

    @property
    def name(self) -> str:
        """The file's name, for sentences."""
        return self.path.name

    @property
    def synthetic(self) -> bool:
        """Whether the file says of itself that it is made up."""
        end = self.tail.decode(self.encoding, errors="replace")
        return self.marked or says_made_up(self.start, end, alone=self.lines < 2)

    @property
    def start(self) -> str:
        """The beginning as text, without its mark; what does not fit is replaced."""
        return self.head.decode(self.encoding, errors="replace").removeprefix("\ufeff")

    def bytes(self) -> BinaryIO:
        """The bytes, unpacked."""
        if self.packed:
            return cast(BinaryIO, gzip.open(self.kept or self.path, "rb"))
        return (self.kept or self.path).open("rb")

    def text(self) -> io.TextIOWrapper:
        """The text, line ends as they are; a byte that does not fit is an error or a mark, never left out."""
        return io.TextIOWrapper(self.bytes(), encoding=self.encoding, errors=self.errors, newline="")

    @property
    def errors(self) -> str:
        """What is done about a byte that does not fit."""
        return _MARKED if self.misfits else "strict"


def open_file(
    path: str | Path, progress: Callable[[str, int, int], None] | None = None, shown: Path | None = None
) -> OpenedFile:
    """Read a file once: is it there, is it whole, what is its sha256, how is it encoded.

    Parameters
    ----------
    path : path
    progress : callable, optional
        ``progress("hash", done, total)``.
    shown : pathlib.Path, optional
        What to call the file, where that is not where it is.

    Raises
    ------
    InputError
        ``no_file``, ``is_folder``, ``unreadable_file``, ``empty_file``, ``damaged_gzip``, ``archive_ratio``, ``gzip_total``.
    """
    path = Path(path)
    file = str(shown or path)
    if path.is_dir():
        raise InputError("is_folder", file=file)
    digest, size, lines, head, tail, tests, marked = hashlib.sha256(), 0, 0, b"", b"", _Encodings(), MarkedLines()
    try:
        total = path.stat().st_size
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            while piece := stream.read(_PIECE):
                digest.update(piece)
                tests.feed(piece)
                marked.feed(piece)
                tail = (tail + piece)[-2 * NEAR :] if len(piece) < 2 * NEAR else piece[-2 * NEAR :]
                size += len(piece)
                lines += piece.count(b"\n")
                if packed:
                    _refuse_bomb(file, size, raw.tell())
                if len(head) < HEAD:
                    head += piece[: HEAD - len(head)]
                if progress:
                    progress("hash", raw.tell(), total)
    except FileNotFoundError:
        raise InputError("no_file", file=file) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError("damaged_gzip", file=file, reason=str(error)) from None
    except OSError as error:
        raise InputError("unreadable_file", file=file, reason=error.strerror or str(error)) from None
    if size == 0 or not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise InputError("empty_file", file=file)
    encoding = tests.found(head)
    misfits = tests.misfits if encoding.startswith("utf-8") else 0
    kept = path if shown else None
    return OpenedFile(
        shown or path, digest.hexdigest(), size, head, encoding, packed, lines, misfits, kept, tail, marked.every()
    )


def _refuse_bomb(file: str, size: int, packed: int) -> None:
    if limits.is_bomb(size, packed):
        raise InputError("archive_ratio", file=file, limit=limits.RATIO)
    if size > limits.STREAMED:
        raise InputError("gzip_total", file=file, limit=limits.STREAMED >> 30)


class _Encodings:
    """Which encodings all bytes of a file fit, found while it is read."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")(_MARKED)
        self._is_cp1252 = True
        self._accents = 0  # bytes of characters beyond ASCII that are right in UTF-8, less one for each
        self.misfits = 0

    def feed(self, piece: bytes) -> None:
        self._tell(piece, self._utf8.decode(piece))
        if self._is_cp1252 and any(hole in piece for hole in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
            self._is_cp1252 = False

    def _tell(self, piece: bytes, text: str) -> None:
        if len(piece) != len(text) or not text.isascii():
            self._accents += max(0, len(piece) - len(text))
            self.misfits += text.count(MISFIT)

    def found(self, head: bytes) -> str:
        self._tell(b"", self._utf8.decode(b"", final=True))
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if self.misfits * _RARE <= self._accents:
            return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else _without_mark(head) or "utf-8"
        return _without_mark(head) or ("cp1252" if self._is_cp1252 else "latin-1")


def _without_mark(head: bytes) -> str:
    """UTF-16 without its mark: every second byte of the beginning is NUL."""
    some = head[:2000]
    if len(some) >= 8 and some[1::2].count(0) > 0.8 * len(some[1::2]) and 0 not in some[0::2][:8]:
        return "utf-16-le"
    if len(some) >= 8 and some[0::2].count(0) > 0.8 * len(some[0::2]) and 0 not in some[1::2][:8]:
        return "utf-16-be"
    return ""
