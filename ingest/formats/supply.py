"""A text that is read piece by piece, with a place in it: whole pieces for the quick reader, lines for the careful one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from vinculo.graph.errors import InputError
from vinculo.ingest.formats import limits
from vinculo.ingest.formats.opened import OpenedFile

_PIECE = 1 << 20
_SOME = 1 << 16
_LINE_END = re.compile(rb"\r\n|\n|\r")
_MARKS = {"utf-8-sig": ("utf-8", codecs.BOM_UTF8), "utf-16": ("utf-16-le", codecs.BOM_UTF16_LE)}


class Supply:
    """The text of a file as UTF-8, from a place onwards; ``line`` counts the lines before it.

    A byte that does not fit the encoding is an error where it stands: what comes before it is given first.
    """

    def __init__(self, file: OpenedFile) -> None:
        encoding, mark = _MARKS.get(file.encoding, (file.encoding, b""))
        if file.encoding == "utf-16" and file.head.startswith(codecs.BOM_UTF16_BE):
            encoding, mark = "utf-16-be", codecs.BOM_UTF16_BE
        self._file = str(file.path)
        self._stream = file.bytes()
        self._stream.read(len(mark))
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(file.errors)
        self._text = b""
        self._at = 0
        self._error: UnicodeDecodeError | None = None
        self.ended = False
        self.line = 0

    def __enter__(self) -> Supply:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def rest(self, least: int) -> bytes:
        """The text from here on, at least so many bytes of it where there are as many."""
        pieces = [self._text[self._at :]]
        size = len(pieces[0])
        while size < least and not self.ended:
            pieces.append(self._piece())
            size += len(pieces[-1])
        self._text, self._at = b"".join(pieces), 0
        return self._text

    def pass_over(self, size: int, lines: int) -> None:
        """Go on by so many bytes, which hold so many line ends."""
        self._at += size
        self.line += lines

    def lines(self) -> Iterator[str]:
        """Line after line with its end, each passed over when it is given.

        Raises
        ------
        UnicodeDecodeError
            Where a byte does not fit, after the whole lines before it.
        InputError
            ``long_line``.
        """
        looked = 0  # so far into the line there is no end of it
        while True:
            end = self._text.rfind(b"\n", self._at, self._at + _SOME) + 1
            if end > self._at:
                # many lines at a time; bytes end their lines at CR and LF alone
                for raw in self._text[self._at : end].splitlines(keepends=True):
                    self._at += len(raw)
                    self.line += 1
                    yield raw.decode()
                looked = 0
                continue
            found = _LINE_END.search(self._text, self._at + looked)
            if found is None or (found.end() == len(self._text) and found[0] == b"\r" and not self.ended):
                if not self.ended:
                    size = len(self._text) - self._at
                    if size > limits.LINE:
                        raise InputError("long_line", file=self._file, line=self.line + 1, limit=limits.LINE >> 20)
                    looked = max(0, size - 1)
                    # twice as much each time: a line is joined from its pieces a few times, not once for each
                    self.rest(max(_PIECE, 2 * size))
                    continue
                if self._error is not None:
                    raise self._error
                if self._at == len(self._text):
                    return
            end = found.end() if found else len(self._text)
            made = self._text[self._at : end].decode()
            self.pass_over(end - self._at, 1)
            looked = 0
            yield made

    @property
    def damaged(self) -> bool:
        """Whether the text stops at a byte that does not fit."""
        return self._error is not None

    def _piece(self) -> bytes:
        raw = self._stream.read(_PIECE)
        self.ended = not raw
        try:
            text = self._decoder.decode(raw, final=self.ended)
        except UnicodeDecodeError as error:
            self._error, self.ended = error, True
            text = bytes(error.object[: error.start]).decode(self._encoding)
        return text.encode()
