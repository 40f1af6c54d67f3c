"""ISO 20022 payment messages (camt.052/053/054, pacs.008/009): one record per statement and per transaction, flat.

The version is in the namespace and changes little of what is read here; names are compared without it, so that every version,
and none, is read. What stands in front of ``Document`` (a wrapper, a business header) is passed over. A batch entry gives one
record per transaction, with what the entry says; an entry without transactions gives one.

One walk along a tree of wanted names takes all columns of a record: the nested reader's JSON texts cost too much for
statements of gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import pyarrow as pa
from lxml import etree

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.clean.identifiers import NO_REFERENCE
from vinculo.ingest.formats import CHUNK, Chunk, Format, Layout, rejected, xml
from vinculo.ingest.formats.iso20022_names import COLUMNS
from vinculo.ingest.formats.opened import OpenedFile

#: Root elements of the messages, by which a file is known.
MESSAGES = ("BkToCstmrAcctRpt", "BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "FIToFICstmrCdtTrf", "FICdtTrf")
_STATEMENTS = frozenset({"Rpt", "Stmt", "Ntfctn"})
_RECORDS = ("Ntry", "TxDtls", "CdtTrfTxInf", *sorted(_STATEMENTS))
#: Transactions of one entry that are held back until the entry ends, because a note on the entry stands behind them.
_HELD = 10 * CHUNK
#: Tags with their namespaces that a name in the tree remembers; a hostile file has more.
_KNOWN = 500


@dataclass(slots=True)
class _Wanted:
    """A name in the tree of wanted names: its column, what joins several texts, the columns of its attributes, its children."""

    column: str = ""
    joins: str = ""
    currency: str = ""
    inner: dict[str, _Wanted] = field(default_factory=dict)
    known: dict[str, _Wanted | None] = field(default_factory=dict)

    def child(self, tag: str) -> _Wanted | None:
        """The wanted child for a tag with its namespace that is met for the first time."""
        made = self.inner.get(tag.rpartition("}")[2])
        if len(self.known) < _KNOWN:
            self.known[tag] = made
        return made


def _tree(columns: dict[str, str]) -> _Wanted:
    root = _Wanted()
    for path, column in columns.items():
        at = root
        *steps, last = path.split("/")
        for step in steps:
            at = at.inner.setdefault(step, _Wanted())
        if last == "@Ccy":
            at.currency = column
            continue
        at = at.inner.setdefault(last, _Wanted())
        name = column.rstrip(" ,")
        at.column, at.joins = name, column[len(name) :]
    return root


_TREES = {name: _tree(columns) for name, columns in COLUMNS.items()}
#: What payments of one statement are told apart by, where no reference of the one who ordered them does.
_REFERRING = ("AcctSvcrRef", "TxId", "InstrId", "servicer reference", "entry reference")
_SUMS = ("record kind", "entry amount", "transaction amount", "entry sign", "value date", "booked", "settled")
Row = dict[str, str | None]


def _take(element: Any, wanted: _Wanted, row: Row) -> None:
    """All wanted texts below an element into a row; of several, the first, or all where they join."""
    known = wanted.known
    for child in element:
        tag = child.tag
        found = known[tag] if tag in known else wanted.child(tag)
        if found is None:
            continue
        if found.column:
            text = child.text
            if text is not None and (text := text.strip()):
                before = row.get(found.column)
                if before is None:
                    row[found.column] = text
                elif found.joins:
                    row[found.column] = f"{before}{found.joins}{text}"
            if found.currency and (currency := child.get("Ccy")):
                row.setdefault(found.currency, currency)
        if found.inner:
            _take(child, found, row)


def _local(element: Any) -> str:
    tag: str = element.tag
    return tag.rpartition("}")[2]


class _Reading:
    """One document on its way: what the statement and the entry around a transaction say, each read once."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.lines: list[int] = []
        self.marks: list[bytes] = []
        self._above: Any = None
        self._message: Any = None
        self._group: Row = {}
        self._statement: Row = {}
        self._entry: Any = None
        self._entry_row: Row = {}
        self._held: list[tuple[Row, int, bytes]] = []
        self._seen: dict[int, int] = {}
        self._several = False

    def take(self, element: Any) -> None:
        """One of the elements in ``_RECORDS`` that has just ended."""
        name = _local(element)
        if name == "TxDtls":
            self._transaction(element)
        elif name == "Ntry":
            self._entry_ends(element)
        elif name == "CdtTrfTxInf":
            self._transfer(element)
        else:
            self._enter(element)
            self._above = None
        parent = element.getparent()
        element.clear(keep_tail=False)
        if parent is not None:
            # what came before is read or not wanted: memory holds an entry, not the file
            while parent[0] is not element:
                del parent[0]

    def _enter(self, statement: Any) -> None:
        """The statement around: on first sight, a record of its own."""
        if statement is self._above:
            return
        self._above, self._seen = statement, {}
        above = self._message_of(statement)
        _take(statement, _TREES["statement"], above)
        balances = []
        row = dict(above)
        for child in statement:
            if _local(child) == "Bal":
                made: Row = {}
                _take(child, _TREES["balance"], made)
                sign = "-" if made.get("sign") == "DBIT" else ""
                said = (
                    made.get("code"),
                    made.get("date"),
                    f"{sign}{made.get('balance amount') or ''}",
                    made.get("balance currency"),
                )
                balances.append(" ".join(t for t in said if t))
                if made.get("code") in ("CLBD", "ITBD", "CLAV") and "balance" not in row:
                    row |= {"balance": said[2], "balance date": said[1], "balance currency": said[3]}
        row |= {"record kind": "statement", "balances": "; ".join(balances) or None}
        self._statement = {
            k: v for k, v in above.items() if k.startswith(("account", "servicer", "owner", "statement", "message"))
        }
        self._add(row, statement.sourceline or 0, _joined(row))

    def _message_of(self, record: Any) -> Row:
        """What the message around says of itself; its header is dropped once it is read."""
        message = record.getparent()
        if message is None:
            return {}
        if message is not self._message:
            self._message, self._group = message, {"message": _local(message)}
            _take(message, _TREES["group"], self._group)
        return dict(self._group)

    def _enter_entry(self, entry: Any) -> None:
        self._enter(entry.getparent())
        if entry is not self._entry:
            self._entry, self._entry_row = entry, {}
            _take(entry, _TREES["entry"], self._entry_row)

    def _transaction(self, element: Any) -> None:
        details = element.getparent()
        entry = details.getparent() if details is not None else None
        if entry is None or _local(entry) != "Ntry":
            return
        self._enter_entry(entry)
        row: Row = {}
        _take(element, _TREES["transaction"], row)
        self._held.append((row, element.sourceline or 0, _bytes(element)))
        if len(self._held) >= _HELD:
            self._several = True
            self._let_go()

    def _entry_ends(self, entry: Any) -> None:
        if entry.getparent() is None or _local(entry.getparent()) not in _STATEMENTS:
            return
        detailed = entry is self._entry
        self._enter_entry(entry)
        if detailed:
            # a note on the entry stands behind its transactions
            later: Row = {}
            _take(entry, _TREES["behind"], later)
            self._entry_row |= later
        else:
            self._held.append(({}, entry.sourceline or 0, _bytes(entry)))
        self._several = self._several or len(self._held) > 1
        self._let_go()
        self._entry, self._several = None, False

    def _let_go(self) -> None:
        head: Row = {"record kind": "entry", **self._statement, **self._entry_row}
        whole = _joined(head)
        for row, line, raw in self._held:
            made = head | row
            if self._several:
                made["batch"] = "yes"
            self._add(made, line, whole + raw)
        self._held = []

    def _transfer(self, element: Any) -> None:
        parent = element.getparent()
        if parent is None:
            return
        if parent is not self._above:
            self._above, self._seen = parent, {}
            self._statement = self._message_of(element)
        row: Row = {"record kind": "transfer", **self._statement}
        _take(element, _TREES["transfer"], row)
        self._add(row, element.sourceline or 0, _joined(self._statement) + _bytes(element))

    def _add(self, row: Row, line: int, raw: bytes) -> None:
        # two payments in one statement that refer to the same and look the same are two
        like = _like(row)
        count = self._seen[like] = self._seen.get(like, 0) + 1
        if count > 1:
            row["repeat"] = str(count)
            raw += b"|%d" % count
        self.rows.append(row)
        self.lines.append(line)
        self.marks.append(blake2b(raw, digest_size=16).digest())

    def chunk(self, first: int) -> Chunk:
        """What has been read, as a table; the reading goes on empty."""
        names = list(dict.fromkeys(n for row in self.rows for n in row))
        columns = [pa.array([row.get(n) for row in self.rows], pa.string()) for n in names]
        numbers = pa.array(range(first, first + len(self.rows)), pa.int64())
        table = pa.table([*columns, numbers, pa.array(self.lines, pa.int64())], names=[*names, "record", "line"])
        made = Chunk(table, rejected(()), tuple(self.marks))
        self.rows, self.lines, self.marks = [], [], []
        return made


def _like(row: Row) -> int:
    if row.get("UETR"):
        return hash((row.get("UETR"), row.get("entry sign")))
    own = row.get("EndToEndId")
    named = (own,) if own and own.upper() not in NO_REFERENCE else tuple(map(row.get, _REFERRING))
    return hash((*named, *map(row.get, _SUMS)))


def _joined(row: Row) -> bytes:
    return "\x1f".join(f"{k}={v}" for k, v in row.items()).encode()


def _bytes(element: Any) -> bytes:
    made: bytes = etree.tostring(element, with_tail=False)
    return made


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks, columns by plain names (``debtor name``). See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``damaged_xml`` where the document breaks off, after the records before it; ``unsafe_xml``.
    """
    notes |= {"encoding": "xml"}
    reading = _Reading()
    first = 1
    error: InputError | None = None
    try:
        for _, element in xml.events(file, [f"{{*}}{name}" for name in _RECORDS], ("end",)):
            reading.take(element)
            if len(reading.rows) >= CHUNK:
                size = len(reading.rows)
                yield reading.chunk(first)
                first += size
    except InputError as damage:
        error = damage
    if reading.rows:
        yield reading.chunk(first)
    if error is not None:
        raise error


def looks(file: OpenedFile) -> bool:
    """Whether the beginning of the file names one of these messages."""
    return any(name in file.start for name in MESSAGES) and "<" in file.start


FORMAT = Format("iso20022", Text("ISO 20022 messages", "Mensajes ISO 20022"), (".xml",), xml.peek, reads, looks)
