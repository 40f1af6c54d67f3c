"""SWIFT MT messages as tagged text: 103 (one transfer), 940, 942 and 950 (statements), with or without their envelope.

One record per transfer, per statement and per statement line (``:61:`` with the ``:86:`` behind it). Read by our own parser:
``mt-940`` (5.1, BSD) reads six of seven sample statements, stops the whole file at one reference of 18 characters or at a
103, keeps of several statements in a file the last account and balances only, and knows no line numbers. References longer
than the standard allows, blank lines, several ``:86:`` and control characters are read here as banks write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import Chunk, Format, Head, Layout
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.formats.records import Records, Row, in_chunks
from vinculo.ingest.formats.supply import Supply

_TAG = re.compile(r":(NS|\d\d[A-Z]?):(.*)", re.DOTALL)
_ENVELOPE = re.compile(r"\{1:[A-Z]\d\d([A-Z0-9]{12})")
_INPUT = re.compile(r"\{2:I(\d{3})([A-Z0-9]{12})")
_OUTPUT = re.compile(r"\{2:O(\d{3})(?:\d{10}([A-Z0-9]{12}))?")
_UETR = re.compile(r"\{121:([0-9A-Fa-f-]{36})\}")
# value date, entry date, mark, third letter of the currency, amount, type, what refers to it
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?\s*(?P<sign>[RE]?[CD])(?P<funds>[A-Z])?\s?(?P<amount>\d{1,15}[,.]?\d{0,5})"
    r"(?:(?P<type>[A-Z][A-Z0-9 ]{3})(?P<rest>.*))?"
)
#: The reference of the one who ordered a payment, as German and Dutch banks mark it.
_ORDERED = re.compile(r"EREF[+/]([^/?+]+)")
#: Lines of one message: a bank statement has thousands, not millions.
_LONGEST = 400_000
# no line end among what may stand in front: blank lines would be tried again and again
_START = re.compile(r"(?m)^[\x00-\x09\x0b-\x20]*(\{1:[A-Z]\d\d|:20:)")
_INNER = re.compile(r"(?m)^:(25P?|28C?|32A|60[FM]|61|50[AFK]?):")
TRANSFERS = ("103", "102", "101")


@dataclass
class _Message:
    """One message as its tags come in."""

    line: int
    head: str = ""
    names: list[str] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)  # of each tag, its lines
    lines: list[int] = field(default_factory=list)
    size: int = 0
    ended: bool = False

    def begin(self, name: str, text: str, line: int) -> None:
        """Take the line of a tag."""
        self.names.append(name)
        self.texts.append([text])
        self.lines.append(line)
        self.size += 1

    def take_more(self, text: str) -> None:
        """Take a line that goes on with the last tag."""
        self.texts[-1].append(text)
        self.size += 1

    @property
    def tags(self) -> list[tuple[str, str]]:
        """Name and text of each tag."""
        joined = (t[0] if len(t) == 1 else "\n".join(t) for t in self.texts)
        return list(zip(self.names, joined, strict=True))

    def first(self, name: str) -> str:
        """The text of a tag, whatever letter its option is."""
        found = next((n for n, tag in enumerate(self.names) if tag == name or tag[:2] == name), None)
        return "" if found is None else "\n".join(self.texts[found])

    @property
    def kind(self) -> str:
        """Three digits; told by the tags where no envelope says it."""
        found = _OUTPUT.search(self.head) or _INPUT.search(self.head)
        if found:
            return found[1]
        names = set(self.names)
        if "32A" in names and not names & {"60F", "60M", "61"}:
            return "103"
        return "940" if names & {"60F", "60M"} else "942"

    @property
    def banks(self) -> tuple[str, str]:
        """BIC of who sent it and who got it, where the envelope says so."""
        own, to, come = _ENVELOPE.search(self.head), _INPUT.search(self.head), _OUTPUT.search(self.head)
        here = _bic(own[1]) if own else ""
        if to:
            return here, _bic(to[2])
        return (_bic(come[2]) if come and come[2] else here if self.kind.startswith("9") else ""), here


def _bic(terminal: str) -> str:
    """A logical terminal's twelve characters without the one for the terminal."""
    return terminal[:8] + terminal[9:12]


def _messages(file: OpenedFile, supply: Supply) -> Iterator[_Message]:
    message: _Message | None = None
    open_block = 0
    for raw in supply.lines():
        text = raw.rstrip("\r\n").strip("\x00\x01\x02\x03\x1a\ufeff")
        begins = text.startswith("{1:")
        if "}{1:" in text and not begins:
            text, begins = text[: text.index("}{1:") + 1], False  # the end of one message and the head of the next
            head: str | None = raw.rstrip("\r\n")[raw.index("}{1:") + 1 :]
        else:
            head = None
        tag = None
        if begins or text.startswith(":"):
            tag = _TAG.fullmatch(text.partition("{4:")[2] if begins and "{4:" in text else text)
        if begins or (tag and tag[1] == "20"):
            if message is not None and message.names:
                yield message
            if message is None or message.names or begins:
                message = _Message(supply.line)
            if begins:
                message.head, open_block = text, supply.line
        if message is not None:
            if text.rstrip() == "-" or text.startswith("-}"):
                message.ended, open_block = True, 0
                if message.names:
                    yield message
                message = None
            elif tag:
                message.begin(tag[1], tag[2], supply.line)
            elif message.names and not begins:
                message.take_more(text)
            if message is not None and message.size > _LONGEST:
                raise InputError("long_message", file=str(file.path), line=message.line)
        if head is not None:
            message, open_block = _Message(supply.line, head), supply.line
    if message is not None and message.names:
        if open_block and not message.ended:
            raise InputError("open_message", file=str(file.path), line=message.line)
        yield message


Lines = dict[str, list[str]]


def _take(message: _Message, records: Records) -> None:
    if message.kind in TRANSFERS:
        _take_transfer(message, records)
    else:
        _take_statement(message, records)


def _take_transfer(message: _Message, records: Records) -> None:
    sender, receiver = message.banks
    uetr = _UETR.search(message.head)
    row = {
        "record kind": "transfer",
        "message": message.kind,
        "sender": sender,
        "receiver": receiver,
        "uetr": uetr[1] if uetr else "",
    }
    texts: Lines = {}
    for tag, text in message.tags:
        name = tag if tag in ("13C", "23B", "23E", "32A", "33B", "71A", "71F", "71G") else tag[:2]
        texts.setdefault(name, []).append(text)
        if name != tag:
            texts[f"{name} option"] = [tag[2:]]
    records.take(_filled(row, texts), message.line)


def _take_statement(message: _Message, records: Records) -> None:
    opening, floor = message.first("60"), message.first("34")
    currency = opening[7:10] if opening else floor[:3]
    row = {"message": message.kind, "25": message.first("25"), "currency": currency, "bank": message.banks[0]}
    statement = {"record kind": "statement"} | row | {"20": message.first("20")}
    said: Lines = {}
    entries: list[tuple[Lines, int, str]] = []
    closed = False
    for (tag, text), line in zip(message.tags, message.lines, strict=True):
        if tag == "61":
            entries.append(({}, line, text))
        elif tag in ("86", "NS") and entries and not closed:
            entries[-1][0].setdefault(tag, []).append(text)
        elif tag not in ("20", "25"):
            if not closed and tag[:2] in ("62", "64", "65", "90"):
                closed = True
                statement["closed"] = "yes"
            said.setdefault(tag, []).append(text)
    records.take(_filled(statement, said), message.line)
    seen: dict[int, int] = {}
    for more, line, text in entries:
        made = _entry(text)
        if made is None:
            records.reject(line, "61", text)
            continue
        entry = _filled({"record kind": "entry"} | row | made, more)
        like = _like(entry)
        seen[like] = seen.get(like, 0) + 1
        if seen[like] > 1:
            # two lines of one statement that refer to the same are two payments
            entry["repeat"] = str(seen[like])
        records.take(entry, line)


def _filled(row: Row, texts: Lines) -> Row:
    """A row with the texts of its tags, those of a tag that comes again under each other; without what is empty."""
    made = {k: v for k, v in row.items() if v}
    for name, some in texts.items():
        if text := some[0] if len(some) == 1 else "\n".join(some):
            made[name] = text
    return made


def _like(entry: Row) -> int:
    own = _ORDERED.search(entry.get("86", ""))
    named = (own[1],) if own else tuple(entry.get(n, "") for n in ("reference", "bank reference", "details"))
    return hash((*named, entry["value"], entry["sign"], entry["amount"]))


def _entry(text: str) -> Row | None:
    """A ``:61:`` in its parts; ``None`` where it is none."""
    first, _, behind = text.partition("\n")
    found = _ENTRY.fullmatch(first.rstrip())
    if found is None:
        return None
    value, entry, sign, funds, amount, type_, rest = found.groups("")
    reference, _, bank = rest.partition("//")
    details = behind.strip()
    if len(reference) > 16 and reference[15] == " ":
        # sixteen characters, filled with spaces, and what belongs on the next line
        details = "\n".join(t for t in (reference[16:].strip(), details) if t)
        reference = reference[:16]
    return {
        "value": value,
        "entry": entry,
        "sign": sign,
        "funds": funds,
        "amount": amount,
        "type": type_.strip(),
        "reference": reference.strip(),
        "bank reference": bank.strip(),
        "details": details,
    }


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks; a ``:61:`` that cannot be read is rejected. See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``open_message`` where the file ends inside an envelope, ``wrong_encoding``; after the records before it.
    """
    notes |= {"encoding": file.encoding}
    records = Records(file, "MT")

    def gathers(supply: Supply) -> Iterator[None]:
        for message in _messages(file, supply):
            _take(message, records)
            yield

    yield from in_chunks(file, records, gathers)


def looks(file: OpenedFile) -> bool:
    """Whether the beginning has a message's first tag and another one that belongs to it."""
    head = file.start[:8192].replace("\r", "\n")
    return bool(_START.search(head) and _INNER.search(head))


def peek(file: OpenedFile) -> list[Head]:
    """The tags at the beginning, as if they were a header; ``MT`` before them."""
    text = file.start
    tags = dict.fromkeys(f":{t}:" for t in re.findall(r"(?m)^:(NS|\d\d[A-Z]?):", text))
    return [Head([(1, ["MT", *tags])])]


FORMAT = Format(
    "swift_mt",
    Text("SWIFT MT messages", "Mensajes SWIFT MT"),
    (".sta", ".mt940", ".940", ".942", ".mt103", ".fin"),
    peek,
    reads,
    looks,
)
