"""The text of a JSON document seen through a window, with a place in it: as much is in memory as one value takes."""

from __future__ import annotations

import json
from typing import Any

from vinculo.graph.errors import InputError
from vinculo.ingest.formats import limits
from vinculo.ingest.formats.jsonl import BLANKS, BadJson, parsed_from
from vinculo.ingest.formats.opened import OpenedFile

_PIECE = 1 << 20
#: Reads whatever is JSON, to find out where it ends.
_LENIENT = json.JSONDecoder(parse_int=str, parse_float=str)


class Window:
    """A place in a document. ``records`` is how many were read so far, for what is said of damage."""

    def __init__(self, file: OpenedFile) -> None:
        self.records = 0
        self._file = file
        self._stream = file.text()
        self._text = ""
        self._at = 0
        self._ended = False
        self._counted, self._line = 0, 1
        self._before = 0  # characters of the window's first line that stand before the window
        self.pass_blanks("\ufeff")

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    @property
    def line(self) -> int:
        """The line of the place."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def pass_blanks(self, more: str = "") -> None:
        """Go on to what is no blank."""
        blanks = BLANKS + more
        while True:
            while self._at < len(self._text) and self._text[self._at] in blanks:
                self._at += 1
            if self._at < len(self._text) or not self._read_on():
                return

    def next(self) -> str:
        """The next character that is no blank; nothing at the end."""
        self.pass_blanks()
        return self._text[self._at : self._at + 1]

    def take(self, mark: str) -> bool:
        """Go past this character, if it is the next one."""
        if self.next() != mark:
            return False
        self._at += 1
        return True

    def value(self) -> tuple[Any, str]:
        """The value here and its text, passed over.

        Raises
        ------
        InputError
            Where nobody can tell where it ends.
        BadJson
            Where one can, but it may not be read (see :func:`.jsonl.parsed`).
        """
        self.pass_blanks()
        while True:
            try:
                made, end = parsed_from(self._text, self._at)
            except BadJson as damage:
                if damage.structural and self._may_grow:
                    self._grow()
                    continue
                if damage.structural:
                    raise self.damage(str(damage), damage.at) from None
                raise
            if end == len(self._text) and not self._ended:  # a number may go on
                self._grow()
                continue
            said, self._at = self._text[self._at : end], end
            return made, said

    def skipped(self, damage: BadJson) -> str:
        """Go past a value that may not be read; its text.

        Raises
        ------
        InputError
            Where nobody can tell where it ends.
        """
        while True:
            try:
                _, end = _LENIENT.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                if not self._may_grow:
                    raise self.damage(str(damage)) from None
                self._grow()
                continue
            said, self._at = self._text[self._at : end], end
            return said

    def pass_value(self) -> None:
        """Go past a value that is not wanted."""
        try:
            self.value()
        except BadJson as damage:
            self.skipped(damage)

    def damage(self, reason: str, at: int | None = None) -> InputError:
        """What to say of damage here, or at another place of the window."""
        at = self._at if at is None else at
        line = self.line + self._text.count("\n", self._at, at)
        begins = self._text.rfind("\n", 0, at)
        column = at - begins if begins >= 0 else self._before + at + 1
        return InputError(
            "damaged_json", file=str(self._file.path), line=line, column=column, reason=reason, records=self.records
        )

    @property
    def _may_grow(self) -> bool:
        return not self._ended and len(self._text) - self._at <= limits.LINE

    def _grow(self) -> None:
        """Have at least twice as much of the value in the window."""
        size = len(self._text) - self._at
        while len(self._text) - self._at < 2 * size + 1 and self._read_on(max(_PIECE, size)):
            pass

    def _read_on(self, size: int = _PIECE) -> bool:
        """Let go of what is passed over, and read on; ``False`` at the end."""
        if self._ended:
            return False
        where = self.line
        try:
            piece = self._stream.read(size)
        except UnicodeDecodeError as error:
            raise InputError(
                "wrong_encoding",
                file=str(self._file.path),
                line=where + self._text.count("\n", self._at),
                encoding=self._file.encoding,
                records=self.records,
            ) from error
        self._ended = not piece
        begins = self._text.rfind("\n", 0, self._at)
        self._before = self._at - begins - 1 if begins >= 0 else self._before + self._at
        self._text = self._text[self._at :] + piece
        self._at = self._counted = 0
        return bool(piece)
