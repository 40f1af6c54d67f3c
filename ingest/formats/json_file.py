"""One JSON document: an array of objects, or an object that holds one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text
from vinculo.ingest.formats import CHUNK, Chunk, Format, Head, Layout, rejected
from vinculo.ingest.formats.jsonl import BadJson, parsed, rowed
from vinculo.ingest.formats.opened import MISFIT, OpenedFile

#: A larger document is refused: it has to be in memory whole. JSON lines have no such limit.
LARGEST = 1 << 30


def _objects(file: OpenedFile, elements: tuple[str, ...]) -> list[Any]:
    if file.size > LARGEST:
        raise InputError("json_too_large", file=str(file.path))
    try:
        with file.text() as text:
            whole = text.read().strip("\ufeff \t\r\n")
        if file.misfits and MISFIT in whole:
            line = whole.count("\n", 0, whole.index(MISFIT)) + 1
            raise InputError("wrong_encoding", file=str(file.path), line=line, encoding=file.encoding, records=0)
        made = parsed(whole)
    except UnicodeDecodeError:
        raise InputError("wrong_encoding", file=str(file.path), line=1, encoding=file.encoding, records=0) from None
    except BadJson as error:
        raise InputError("bad_json", file=str(file.path), reason=str(error)) from None
    if isinstance(made, list):
        return made
    if isinstance(made, dict):
        arrays = {k: v for k, v in made.items() if isinstance(v, list) and v and isinstance(v[0], dict)}
        for key in elements:
            if key in arrays:
                return list(arrays[key])
        if len(arrays) == 1:
            return list(next(iter(arrays.values())))
        return [made]
    raise InputError("bad_json", file=str(file.path), reason="neither an array nor an object")


def peek(file: OpenedFile) -> list[Head]:
    """The keys of the first objects, as if they were a header."""
    keys = dict.fromkeys(k for o in _objects(file, ())[:20] if isinstance(o, dict) for k in o)
    return [Head([(1, list(keys))])] if keys else []


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Records in chunks; a member that is no object is rejected. See :class:`vinculo.ingest.formats.Format`."""
    notes |= {"encoding": file.encoding}
    objects = _objects(file, layout.elements)
    for start in range(0, len(objects), CHUNK):
        some = list(enumerate(objects[start : start + CHUNK], start + 1))
        good = [(n, o) for n, o in some if isinstance(o, dict)]
        bad: list[tuple[int, int, str, str, str, dict[str, object]]] = [
            (n, 0, "", str(o)[:2000], "bad_json", {"reason": "no object"}) for n, o in some if not isinstance(o, dict)
        ]
        # where in the document an object stands is not known after parsing: line 0
        yield Chunk(rowed([o for _, o in good], [n for n, _ in good], [0] * len(good), layout), rejected(bad))


FORMAT = Format("json", Text("JSON document", "Documento JSON"), (".json",), peek, reads)
