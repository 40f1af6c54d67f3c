"""XML: one record per element of given names, read piece by piece. No document type, no entities, nothing fetched.

Each child of a record becomes a list of texts; a child that has children, JSON texts, so that what belongs together stays
together. A dataset that looks deeper takes the whole record as one JSON text instead (``tree``; see
:mod:`vinculo.ingest.trees`), with what the elements above it said before it (``context``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa
from lxml import etree

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, Chunk, Format, Head, Layout, limits, rejected
from vinculo.ingest.formats.json_text import dumped
from vinculo.ingest.formats.opened import OpenedFile

DEEPEST = 100
#: How deep the parser itself goes.
PARSERS_DEEPEST = 256
#: Elements and short texts at the beginning of a document that say what it is.
_PEEKED = 1000
_SHORT = 40
_PIECE = 1 << 15


class _TooDeep(Exception):
    """Elements in elements in elements: no list nests like that. The line is said with it."""


# a document has few names, and as many elements as it has lines
@lru_cache(4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _plain(element: Any, depth: int = 0) -> Any:
    """An element as text, or as an object of its attributes and children, each in a list where it repeats."""
    if depth > DEEPEST:
        raise _TooDeep(element.sourceline)
    text = (element.text or "").strip()
    attributes = element.items()
    if not attributes and not len(element):
        return text
    made: dict[str, Any] = {f"@{_local(k)}": v for k, v in attributes}
    for child in element:
        if value := _plain(child, depth + 1):
            _add(made, _local(child.tag), value)
    if text:
        made["#text"] = text
    return made


def _add(made: dict[str, Any], key: str, value: Any) -> None:
    if key not in made:
        made[key] = value
    elif isinstance(made[key], list):
        made[key].append(value)
    else:
        made[key] = [made[key], value]


def _dumped(value: Any) -> str:
    return value if isinstance(value, str) else dumped(value)


def _flat(element: Any) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for name, value in element.attrib.items():
        made.setdefault(f"@{_local(name)}", []).append(value)
    for child in element:
        value = _plain(child)
        if value:
            made.setdefault(_local(child.tag), []).append(_dumped(value))
    return made


class _Context:
    """What the elements above a record said of themselves before it: each read once, forgotten when it ends."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = frozenset(names)
        self._read: dict[Any, dict[str, Any]] = {}

    def of(self, record: Any) -> dict[str, Any]:
        """By the name of the element above: its attributes and the wanted ones of its children."""
        above = list(record.iterancestors())
        if len(above) > DEEPEST:
            raise _TooDeep(record.sourceline)
        self._read = {e: self._read.get(e) or {f"@{_local(k)}": v for k, v in e.attrib.items()} for e in above}
        child = record
        for element in above:
            self._take(element, child)
            child = element
        return {_local(e.tag): self._read[e] for e in reversed(above)}

    def _take(self, element: Any, child: Any) -> None:
        # what was taken, and records before this one, are dropped: memory holds a record, not the file
        for sibling in reversed(list(child.itersiblings(preceding=True))):
            name = _local(sibling.tag)
            if name in self._names and (value := _plain(sibling)):
                _add(self._read[element], name, value)
            element.remove(sibling)


def events(
    file: OpenedFile, tags: list[str] | None, kinds: tuple[Literal["start", "end"], ...]
) -> Iterator[tuple[str, Any]]:
    """Each element with one of these tags as it starts or ends (``kinds``), safely: see the module.

    Raises
    ------
    InputError
        ``damaged_xml``, ``deep_xml``, ``long_record``, ``unsafe_xml``.
    """
    if b"<!DOCTYPE" in file.head.replace(b"\x00", b""):
        raise InputError("unsafe_xml", file=str(file.path))
    parser = etree.XMLPullParser(
        events=kinds,
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    checked = False
    line = since = 1
    waiting = 0
    with file.bytes() as raw:
        while True:
            piece = raw.read(_PIECE)
            error, root = None, None
            try:
                if piece:
                    parser.feed(piece)
                else:
                    root = parser.close()
            except etree.XMLSyntaxError as damage:
                error = _told(file, damage)
            line += piece.count(b"\n")
            waiting += len(piece)
            # what was whole before the damage is given first
            for event, element in parser.read_events():
                if not checked:
                    checked = True
                    _refuse_type(file, element)
                waiting, since = 0, line
                yield event, element
            if error is not None:
                raise error
            if root is not None:
                _refuse_type(file, root)
            if not piece:
                return
            if waiting > limits.RECORD:
                raise InputError("long_record", file=str(file.path), line=since, limit=limits.RECORD >> 20)


def _refuse_type(file: OpenedFile, element: Any) -> None:
    if element.getroottree().docinfo.doctype:
        raise InputError("unsafe_xml", file=str(file.path))


def _told(file: OpenedFile, error: etree.XMLSyntaxError) -> InputError:
    line, column = error.position
    if "Excessive depth" in str(error):
        return InputError("deep_xml", file=str(file.path), line=line, limit=PARSERS_DEEPEST)
    if "amplification" in str(error):
        return InputError("unsafe_xml", file=str(file.path), line=line)
    return InputError(
        "damaged_xml", file=str(file.path), line=line, column=column, reason=str(error.msg).splitlines()[0]
    )


def peek(file: OpenedFile) -> list[Head]:
    """The names of the first elements, the root first, as if they were a header; short texts as ``name=text`` behind them."""
    names: dict[str, None] = {}
    texts: dict[str, None] = {}
    try:
        for count, (event, element) in enumerate(events(file, None, ("start", "end"))):
            name = _local(element.tag)
            if event == "start":
                names[name] = None
                if element.tag != name:
                    texts[f"xmlns={element.tag[1:].partition('}')[0]}"] = None
            elif not len(element) and 0 < len(text := (element.text or "").strip()) <= _SHORT:
                texts[f"{name}={text}"] = None
            if count > 2 * _PEEKED:
                break
    except InputError:
        if not names:
            raise
    return [Head([(1, [*names, *texts])])]


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks: ``element`` is its name. See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``damaged_xml`` where the document breaks off, ``deep_xml``; after the records before it. ``unsafe_xml``.
    """
    notes |= {"encoding": "xml"}
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    first = 1
    context = _Context(layout.context)
    error: InputError | None = None
    try:
        for _, element in events(file, [f"{{*}}{name}" for name in layout.elements], ("end",)):
            if any(_local(e.tag) in layout.elements for e in element.iterancestors()):
                continue
            above = context.of(element)
            made = {"tree": _tree(element, above)} if layout.tree else _flat(element)
            records.append({"element": _local(element.tag)} | made)
            lines.append(element.sourceline or 0)
            element.clear()
            if len(records) >= CHUNK:
                yield Chunk(_tabled(records, lines, first), rejected(()))
                first += len(records)
                records, lines = [], []
    except _TooDeep as deep:
        error = InputError("deep_xml", file=str(file.path), line=deep.args[0], limit=DEEPEST)
    except InputError as damage:
        error = damage
    if records:
        yield Chunk(_tabled(records, lines, first), rejected(()))
    if error is not None:
        raise error


def _tree(element: Any, above: dict[str, Any]) -> str:
    plain = _plain(element)
    made = plain if isinstance(plain, dict) else {"#text": plain}
    if (space := element.tag[1:].partition("}")[0]) and element.tag.startswith("{"):
        made["@xmlns"] = space
    return _dumped(made | {"^": above})


def _tabled(records: list[dict[str, Any]], lines: list[int], first: int) -> pa.Table:
    keys = list(dict.fromkeys(k for r in records for k in r))
    columns: list[pa.Array] = []
    for key in keys:
        cells = [r.get(key) for r in records]
        columns.append(pa.array(cells, pa.string() if key in ("element", "tree") else pa.list_(pa.string())))
    numbers = pa.array(range(first, first + len(records)), pa.int64())
    return pa.table([*columns, numbers, pa.array(lines, pa.int64())], names=[*keys, "record", "line"])


FORMAT = Format("xml", Text("XML", "XML"), (".xml",), peek, reads)
