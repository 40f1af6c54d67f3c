"""Whether a file says of itself that it is made up: where such a mark counts, and where it is only somebody's text.

What stands in a record is written by whoever filled it in, and must not turn a real file into a made-up one. So the mark
counts in the first line (a title, a comment, or the first record of a list without a header); in a line near the beginning or
the end of a table that can be no record; in a comment or notice of XML and JSON near the beginning; and where every line but
the header has it.
"""

from __future__ import annotations

import re

MARK = "SYNTHETIC DATA"
#: Characters at either end of a file in which a notice is looked for.
NEAR = 4096
#: What is no table begins so: texts there may have lines of their own.
_NO_TABLE = ("<", "{", "[", ":", "OFXHEADER")
# no figure, no cell before it, no element or key: no record looks so
_NOTICE = re.compile(rf'\s*"?[^0-9<>{{}}\[\]":=,;|\t]*{MARK}[^0-9<>{{}}]*')
_SET_APART = re.compile(rf'<!--[^>]*{MARK}|"(?:notice|_?comment|disclaimer)"\s*:\s*"[^"]*{MARK}')


def says_made_up(start: str, end: str, *, alone: bool) -> bool:
    """Whether the first and the last texts of a file tell that it is made up; ``alone`` where it has one line.

    Examples
    --------
    >>> says_made_up("# SYNTHETIC DATA\\nbill_number,goods\\nB1,nails\\n", "", alone=False)
    True
    >>> says_made_up("bill_number,goods\\nB1,SYNTHETIC DATA CABLE\\nB2,nails\\n", "", alone=False)
    False
    """
    near, last = start[:NEAR], end[-NEAR:]
    # a document in one line is records from its beginning on
    if _SET_APART.search(near) or (not alone and MARK in near.split("\n", 1)[0]):
        return True
    if start.lstrip().startswith(_NO_TABLE):
        return False
    # a line that is cut is no line
    first, final = near.splitlines(), last.splitlines()
    first, final = first[: -1 if len(start) > NEAR else None], final[1 if len(end) > NEAR else 0 :]
    return _noticed(first) or _noticed(final[::-1])


def _noticed(lines: list[str]) -> bool:
    """Whether one of these lines, which begin at an end of the file, is a notice and not inside a quoted cell."""
    quotes = 0
    for line in lines:
        if not quotes % 2 and _NOTICE.fullmatch(line):
            return True
        quotes += line.count('"')
    return False


class MarkedLines:
    """Whether every line of a file but one has the mark; looks through the file only where its beginning has one.

    Examples
    --------
    >>> lines = MarkedLines()
    >>> for piece in (b"a\\n1,SYNTHETIC DATA\\n2,SYNTHE", b"TIC DATA\\n"):
    ...     lines.feed(piece)
    >>> lines.every()
    True
    """

    def __init__(self) -> None:
        self._mark: bytes | None = None
        self._begun = b""
        self._first = True
        self._marked = self._others = 0

    def feed(self, piece: bytes) -> None:
        """Look through the next bytes of the file."""
        if self._first:
            self._first = False
            spelt = (MARK.encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
            self._mark = next((mark for mark in spelt if mark in piece), None)
        if self._mark is None or self._others > 1:
            return
        *whole, begun = (self._begun + piece).split(b"\n")
        for line in whole:
            self._tell(line)
        # of a line without end only what may become a mark is kept
        self._begun = self._mark if self._mark in begun else begun[-2 * len(self._mark) :]

    def _tell(self, line: bytes) -> None:
        if self._mark is not None and self._mark in line:
            self._marked += 1
        elif line.strip(b"\x00\r\n\t "):
            self._others += 1

    def every(self) -> bool:
        """Whether at least two lines have it and at most one has not; asked once, at the end."""
        self._tell(self._begun)
        return self._marked > 1 and self._others < 2
