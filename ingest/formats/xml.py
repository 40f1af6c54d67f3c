"""XML: one record per element of given names. Each child becomes a list of texts; a child that has children, JSON texts.

So the UN list's ``INDIVIDUAL_ALIAS`` is a list of ``{"QUALITY": ..., "ALIAS_NAME": ...}``, what belongs together staying
together. Read piece by piece by ``defusedxml``: no document type, no entities, nothing fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import pyarrow as pa
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, Chunk, Format, Head, Layout, rejected
from vinculo.ingest.formats.opened import OpenedFile

DEEPEST = 100


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _plain(element: Element) -> Any:
    """An element as text, or as an object of its attributes and children, each in a list where it repeats."""
    text = (element.text or "").strip()
    if not len(element) and not element.attrib:
        return text
    made: dict[str, Any] = {f"@{_local(k)}": v for k, v in element.attrib.items()}
    for child in element:
        key, value = _local(child.tag), _plain(child)
        if value in ("", {}):
            continue
        if key in made:
            made[key] = [*(made[key] if isinstance(made[key], list) else [made[key]]), value]
        else:
            made[key] = value
    if text:
        made["#text"] = text
    return made


def _record(element: Element) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {"element": [_local(element.tag)]}
    for name, value in element.attrib.items():
        made.setdefault(f"@{_local(name)}", []).append(value)
    for child in element:
        value = _plain(child)
        if value in ("", {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        made.setdefault(_local(child.tag), []).append(text)
    return made


def _events(file: OpenedFile) -> Iterator[tuple[str, Element]]:
    try:
        with file.bytes() as raw:
            yield from iterparse(raw, events=("start", "end"), forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise InputError("damaged_xml", file=str(file.path), line=line, column=column + 1, reason=error.msg) from None
    except DefusedXmlException:
        raise InputError("unsafe_xml", file=str(file.path)) from None


def peek(file: OpenedFile) -> list[Head]:
    """The names of the first elements, the root first, as if they were a header."""
    names: dict[str, None] = {}
    try:
        for count, (event, element) in enumerate(_events(file)):
            if event == "start":
                names[_local(element.tag)] = None
            if count > 2000:
                break
    except InputError:
        if not names:
            raise
    return [Head([(1, list(names))])]


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks: ``element`` is its name. See :class:`vinculo.ingest.formats.Format`."""
    notes |= {"encoding": "xml"}
    records: list[dict[str, list[str]]] = []
    first, depth, within = 1, 0, 0
    parents: list[Element] = []
    for event, element in _events(file):
        if event == "start":
            depth += 1
            if depth > DEEPEST:
                raise InputError("unsafe_xml", file=str(file.path))
            parents.append(element)
            within += _local(element.tag) in layout.elements
            continue
        depth -= 1
        parents.pop()
        if _local(element.tag) not in layout.elements:
            if not within:
                element.clear()
            continue
        within -= 1
        if within:
            continue
        records.append(_record(element))
        if parents:
            # what was read is dropped: memory holds a record, not the file
            parents[-1].remove(element)
        if len(records) >= CHUNK:
            yield Chunk(_tabled(records, first), rejected(()))
            first += len(records)
            records = []
    if records:
        yield Chunk(_tabled(records, first), rejected(()))


def _tabled(records: list[dict[str, list[str]]], first: int) -> pa.Table:
    keys = list(dict.fromkeys(k for r in records for k in r))
    columns: list[pa.Array] = []
    for key in keys:
        if key == "element":
            columns.append(pa.array([r[key][0] for r in records], pa.string()))
        else:
            columns.append(pa.array([r.get(key) for r in records], pa.list_(pa.string())))
    numbers = pa.array(range(first, first + len(records)), pa.int64())
    return pa.table([*columns, numbers, pa.array([0] * len(records), pa.int64())], names=[*keys, "record", "line"])


FORMAT = Format("xml", Text("XML", "XML"), (".xml",), peek, reads)
