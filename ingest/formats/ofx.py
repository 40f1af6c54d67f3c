"""OFX: statements that banks and card issuers offer for download, 1.x (SGML, elements left open) and 2.x (XML).

One record per statement and per transaction. Both versions are read by one small reader of tags: an element is a tag with
text, an aggregate one without; what is left open ends with the aggregate around it. ``ofxtools`` is GPL, and refuses the card
statements of a bank that leaves out the balance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import Chunk, Format, Head, Layout
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.formats.records import Records, Row, in_chunks
from vinculo.ingest.formats.supply import Supply

_TOKEN = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9._]*)\s*(/?)>([^<]*)|<!\[CDATA\[((?:(?!<!\[CDATA\[).)*?)\]\]>|<[!?][^<>]*>|([^<]+)"
)
_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "CURDEF")
DEEPEST = 60


@dataclass
class _Open:
    """An aggregate that has begun: what it says so far, by the path to it."""

    name: str
    line: int
    said: Row = field(default_factory=dict)
    last: str = ""
    more: list[str] = field(default_factory=list)

    def complete(self) -> None:
        """Put the lines that went on behind the element they go on with."""
        if self.more:
            self.said[self.last] = " ".join([self.said[self.last], *self.more]).strip()
            self.more = []


class _Reading:
    """The aggregates that are open, and the records of those that have closed."""

    def __init__(self, file: OpenedFile) -> None:
        self._file = str(file.path)
        self.open: list[_Open] = []
        self.records = Records(file, "OFX")
        self._seen: dict[int, int] = {}
        self.institution: Row = {}

    def token(self, found: re.Match[str], line: int) -> None:
        """One tag with the text behind it, or a text that goes on."""
        closes, name, empty, text, literal, more = found.groups()
        if name is None:
            self._goes_on(literal if literal is not None else unescape(more or ""))
        elif closes:
            self._close(name.upper())
        elif not empty:
            self._begin(name.upper(), unescape(text).strip(), line)

    def _goes_on(self, text: str) -> None:
        text = text.strip()
        if text and self.open and self.open[-1].last:
            self.open[-1].more.append(text)

    def _begin(self, name: str, text: str, line: int) -> None:
        if text:
            if self.open:
                top = self.open[-1]
                top.complete()
                top.said.setdefault(name, text)
                top.last = name
            return
        if name == "STMTTRN" and any(o.name == name for o in self.open):
            self._close(name)  # the one before was left open
        if len(self.open) >= DEEPEST:
            raise InputError("deep_xml", file=self._file, line=line, limit=DEEPEST)
        self.open.append(_Open(name, line))

    def _close(self, name: str) -> None:
        if not any(o.name == name for o in self.open):
            return  # the end of an element that had its text
        while True:
            one = self.open.pop()
            one.complete()
            above = self.open[-1] if self.open else None
            if one.name == name:
                self._ended(one, above)
                return
            if above is not None and not self._record(one, above):
                # an element without text, or an aggregate left open: what follows belongs to the one around
                for path, text in one.said.items():
                    above.said.setdefault(path, text)

    def _record(self, one: _Open, above: _Open | None) -> bool:
        if one.name == "STMTTRN":
            self._add("transaction", one)
        elif above is not None and above.name == "INVTRANLIST" and one.name != "INVBANKTRAN" and one.said:
            self._add("investment", one)
        elif one.name in _STATEMENTS:
            self._add("statement", one)
            self._seen = {}
        else:
            return False
        return True

    def _ended(self, one: _Open, above: _Open | None) -> None:
        if one.name == "FI":
            self.institution = {f"FI/{n}": t for n, t in one.said.items()}
        if not self._record(one, above) and above is not None:
            for path, text in one.said.items():
                above.said.setdefault(f"{one.name}/{path}", text)

    def _add(self, kind: str, one: _Open) -> None:
        for around in self.open:
            around.complete()
        row = {"record kind": kind, "aggregate": one.name} | self.institution
        for around in self.open:
            row |= {p: t for p, t in around.said.items() if p.startswith(_ACCOUNTS)}
        row |= one.said
        if kind != "statement":
            like = hash(tuple(sorted(row.items())))
            self._seen[like] = self._seen.get(like, 0) + 1
            if self._seen[like] > 1:
                # the same twice in one statement is two
                row["repeat"] = str(self._seen[like])
        self.records.take(dict(sorted(row.items())), one.line)


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks, columns by their paths (``PAYEE/NAME``). See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``open_message`` where the document does not end, ``unsafe_xml``, ``deep_xml``, ``long_line``, ``wrong_encoding``; after
        the records before it.
    """
    notes |= {"encoding": file.encoding}
    reading = _Reading(file)

    def gathers(supply: Supply) -> Iterator[None]:
        for found in _tokens(file, supply):
            reading.token(found, supply.line)
            yield
        if reading.open:
            raise InputError("open_message", file=str(file.path), line=reading.open[-1].line)

    yield from in_chunks(file, reading.records, gathers)


def _tokens(file: OpenedFile, supply: Supply) -> Iterator[re.Match[str]]:
    for line in supply.lines():
        if "<!DOCTYPE" in line or "<!ENTITY" in line:
            raise InputError("unsafe_xml", file=str(file.path), line=supply.line)
        yield from _TOKEN.finditer(line)


def looks(file: OpenedFile) -> bool:
    """Whether the beginning has OFX's header or its root."""
    head = file.start[:4096].upper()
    return head.lstrip().startswith("OFXHEADER") or bool(re.search(r"(<\?OFX |<OFX>)", head))


def peek(file: OpenedFile) -> list[Head]:
    """The tags at the beginning, as if they were a header."""
    text = file.start.upper()
    return [Head([(1, list(dict.fromkeys(["OFX", *re.findall(r"<([A-Z][A-Z0-9._]*)>", text)])))])]


FORMAT = Format("ofx", Text("OFX and QFX", "OFX y QFX"), (".ofx", ".qfx"), peek, reads, looks)
