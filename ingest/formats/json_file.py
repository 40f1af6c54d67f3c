"""One JSON document: an array of objects, or an object that holds one. Read object by object, each with its line.

Of the text only a window is in memory: the object that is being read, and what has been read ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, Chunk, Format, Head, Layout
from vinculo.ingest.formats.json_window import Window
from vinculo.ingest.formats.jsonl import BadJson, Gathered
from vinculo.ingest.formats.opened import MISFIT, OpenedFile

#: Objects that say what a document is.
_PEEKED = 20


@dataclass(frozen=True)
class _Member:
    """A value with its text and line; ``value`` is the damage where it is none that may be read."""

    value: Any
    text: str
    line: int


def _member(text: Window) -> _Member:
    text.pass_blanks()
    line = text.line
    try:
        return _Member(*text.value(), line)
    except BadJson as damage:
        # it ends somewhere, and what follows can be read
        return _Member(damage, text.skipped(damage), line)


def _members(text: Window) -> Iterator[_Member]:
    """Each member of the array here."""
    text.take("[")
    if text.take("]"):
        return
    while True:
        yield _member(text)
        if text.take(","):
            continue
        if text.take("]"):
            return
        raise text.damage("',' or ']' is missing")


def _keys(text: Window) -> Iterator[str]:
    """Each key of the object here; whoever asks passes over its value."""
    text.take("{")
    if text.take("}"):
        return
    seen = set()
    while True:
        if text.next() != '"':
            raise text.damage("a key in double quotes is missing")
        try:
            key = str(text.value()[0])
        except BadJson as damage:
            raise text.damage(str(damage)) from None
        if key in seen:
            raise text.damage(f"the key {key!r} comes twice")
        seen.add(key)
        if not text.take(":"):
            raise text.damage("':' is missing")
        text.pass_blanks()
        yield key
        if text.take(","):
            continue
        if text.take("}"):
            return
        raise text.damage("',' or '}' is missing")


def _pass_array(text: Window, keys: dict[str, None]) -> None:
    """Go past the array here; keys of its first objects are added, where it is one of objects."""
    for count, member in enumerate(_members(text)):
        if count < _PEEKED and isinstance(member.value, dict) and (count == 0 or keys):
            keys |= dict.fromkeys(member.value)


def _arrays(text: Window, stop: tuple[str, ...] = ()) -> tuple[dict[str, None], dict[str, dict[str, None]]]:
    """Keys of the object here, and of the first objects of each array of objects in it; to the end, or to a key in ``stop``."""
    own: dict[str, None] = {}
    arrays: dict[str, dict[str, None]] = {}
    for key in _keys(text):
        own[key] = None
        if text.next() != "[":
            text.pass_value()
            continue
        if key in stop:
            arrays[key] = {}
            break
        keys: dict[str, None] = {}
        _pass_array(text, keys)
        if keys:
            arrays[key] = keys
    return own, arrays


def peek(file: OpenedFile) -> list[Head]:
    """The keys of the first objects, as if they were a header."""
    with Window(file) as text:
        keys: dict[str, None] = {}
        first = text.next()
        try:
            if first == "[":
                for count, member in enumerate(_members(text)):
                    if count >= _PEEKED:
                        break
                    if isinstance(member.value, dict):
                        keys |= dict.fromkeys(member.value)
            elif first == "{":
                keys = _peeked(text)
            else:
                raise text.damage("neither an array nor an object")
        except InputError:
            if not keys:
                raise
    return [Head([(1, list(keys))])] if keys else []


def _peeked(text: Window) -> dict[str, None]:
    """Keys of the objects in the only array of objects, or of the object itself; as far as they can be read."""
    own: dict[str, None] = {}
    arrays: list[dict[str, None]] = []
    try:
        for key in _keys(text):
            own[key] = None
            if text.next() != "[":
                text.pass_value()
                continue
            arrays.append({})
            _pass_array(text, arrays[-1])
    except InputError:
        if not any(arrays):
            raise
    filled = [keys for keys in arrays if keys]
    return filled[0] if len(filled) == 1 else own


def _place(file: OpenedFile, elements: tuple[str, ...]) -> str | None:
    """Under which key the records are: a wanted one, else the only array of objects; ``None`` where they are not."""
    with Window(file) as text:
        if text.next() != "{":
            return None
        try:
            _, arrays = _arrays(text, elements)
        except InputError:
            return None
    wanted = next((key for key in elements if key in arrays), None)
    return wanted or (next(iter(arrays)) if len(arrays) == 1 else None)


def _records(text: Window, key: str | None) -> Iterator[_Member]:
    first = text.next()
    if first == "[":
        yield from _members(text)
    elif first == "{" and key is not None:
        for one in _keys(text):
            if one == key:
                yield from _members(text)
            elif text.next() == "[":
                _pass_array(text, {})
            else:
                text.pass_value()
    elif first == "{":
        yield _member(text)
    else:
        raise text.damage("neither an array nor an object")
    if text.next():
        raise text.damage("there is text behind its end")


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks; a member that is no object is rejected. See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``damaged_json`` where the document breaks off, ``wrong_encoding``; after the records before it.
    """
    notes |= {"encoding": file.encoding}
    gathered = Gathered(layout)
    error: InputError | None = None
    with Window(file) as text:
        try:
            for member in _records(text, _place(file, layout.elements)):
                if file.misfits and MISFIT in member.text:
                    gathered.reject(member.line, member.text.replace(MISFIT, "\ufffd"), "bad_byte")
                elif isinstance(member.value, dict):
                    gathered.take(member.value, member.line, member.text)
                else:
                    reason = str(member.value) if isinstance(member.value, BadJson) else "no object"
                    gathered.reject(member.line, member.text, "bad_json", reason=reason)
                text.records = gathered.record
                if len(gathered) >= CHUNK:
                    yield gathered.chunk()
        except InputError as damage:
            error = damage
    if len(gathered):
        yield gathered.chunk()
    if error is not None:
        raise error


FORMAT = Format("json", Text("JSON document", "Documento JSON"), (".json",), peek, reads)
