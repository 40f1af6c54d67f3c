"""Mexican pedimentos as SAAI M3 text: one line a record type, fields between pipes, as many as the type wants.

One record per pedimento (its lines from ``500`` or ``501`` on), as a tree: fields by position under the record type, what
belongs to a tariff line (``552`` to ``558``) under its ``551``. No library reads these files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vinculo.graph.errors import InputError
from vinculo.graph.text import Text, say
from vinculo.ingest.formats import WARNING, Chunk, Format, Head, Layout
from vinculo.ingest.formats.fingerprints import fingerprint
from vinculo.ingest.formats.json_text import dumped
from vinculo.ingest.formats.opened import OpenedFile
from vinculo.ingest.formats.records import Records, in_chunks
from vinculo.ingest.formats.supply import Supply

_LINE = re.compile(r"(\d{3})\|(.*)", re.DOTALL)
_START = re.compile(r"\A\s*(500\|[^|\r\n]*\|\d{4}\||501\|\d{4}\|)\d{7}\|")
#: Record types that end a pedimento, and the one that ends the file.
_ENDS = ("800", "801", "999")
_END_OF_FILE = "801"
#: Record types of one tariff line: they name its fraction and its place.
_OF_A_LINE = ("552", "553", "554", "555", "556", "557", "558")
#: Lines of one pedimento: it has hundreds, large ones some ten thousand.
_LONGEST = 200_000
_PLACES = [str(n) for n in range(1, 101)]


@dataclass
class _Pedimento:
    line: int
    number: str = ""
    tree: dict[str, list[Any]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    tariff: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def take(self, kind: str, fields: list[str], text: str) -> bool:
        """Take a line; ``False`` where it belongs to another pedimento or to no tariff line."""
        at = {"501": 1, "500": 2}.get(kind, 0)
        number = fields[at].strip() if len(fields) > at else ""
        self.number = self.number or number
        if number != self.number:
            return False
        places = _PLACES if len(fields) <= len(_PLACES) else [str(n) for n in range(1, len(fields) + 1)]
        node: dict[str, Any] = {n: said for n, f in zip(places, fields, strict=False) if (said := f.strip())}
        if kind in _OF_A_LINE:
            above = self.tariff.get((node.get("2", ""), node.get("3", "")))
            if above is None:
                return False
            above.setdefault(kind, []).append(node)
        else:
            self.tree.setdefault(kind, []).append(node)
            if kind == "551":
                self.tariff[node.get("2", ""), node.get("3", "")] = node
        self.texts.append(text)
        return True


def _take(one: _Pedimento, records: Records) -> None:
    if "501" not in one.tree:
        text = one.texts[0] if one.texts else ""
        records.reject(one.line, text[:3], text)
        return
    row = {"tree": dumped(one.tree)}
    said = ((text[:3], text) for text in one.texts)
    records.take(row, one.line, mark=fingerprint("\n".join(one.texts)), said=said, size=len(one.texts))


def _gather(file: OpenedFile, supply: Supply, records: Records, notes: dict[str, str]) -> Iterator[None]:
    one: _Pedimento | None = None
    closed, lines = True, 0
    for raw in supply.lines():
        text = raw.rstrip("\r\n").strip("\x00\x1a\ufeff")
        if not text.strip():
            continue
        found = _LINE.fullmatch(text.lstrip())
        kind, fields = (found[1], found[2].split("|")) if found else ("", [])
        if kind in _ENDS:
            if one is not None:
                _take(one, records)
            one = None
            if kind == _END_OF_FILE:
                _compare(fields, lines, supply.line, notes)
                closed, lines = True, -1
        elif kind == "500" or (kind == "501" and (one is None or "501" in one.tree)):
            if one is not None:
                _take(one, records)
            one, closed = _Pedimento(supply.line), False
            one.take(kind, fields, text)
        elif one is None or not kind or not one.take(kind, fields, text):
            records.reject(supply.line, text[:3], text)
        lines += 1
        if one is not None and len(one.texts) > _LONGEST:
            raise InputError("long_message", file=str(file.path), line=one.line)
        yield
    if one is not None:
        # without its end nobody knows how many lines are missing
        raise InputError("cut_off_pedimento", file=str(file.path), line=one.line)
    if not closed:
        raise InputError("no_closing_record", file=str(file.path), line=supply.line)


def _compare(closing: list[str], lines: int, at: int, notes: dict[str, str]) -> None:
    """Tell where the closing record counts other lines than stand before it; it does not count itself."""
    said = closing[2].strip() if len(closing) > 2 else ""
    if re.fullmatch(r"[0-9]{1,12}", said) and int(said) != lines and WARNING not in notes:
        notes[WARNING] = say("format.closing_count", line=f"{at:,}", said=f"{int(said):,}", found=f"{lines:,}")


def reads(file: OpenedFile, layout: Layout, notes: dict[str, str]) -> Iterator[Chunk]:
    """Pedimentos in chunks; a line that belongs nowhere is rejected. See :class:`vinculo.ingest.formats.Format`.

    Raises
    ------
    InputError
        ``cut_off_pedimento`` where the file ends within a pedimento, ``no_closing_record`` where it ends after one and before its
        record ``801``, ``wrong_encoding``; after the records before it.
    """
    notes |= {"encoding": file.encoding}
    records = Records(file, "SAAI M3", ("tree",))
    yield from in_chunks(file, records, lambda supply: _gather(file, supply, records, notes))


def looks(file: OpenedFile) -> bool:
    """Whether the file begins with a record 500 or 501 of a pedimento."""
    return bool(_START.match(file.start[:4096]))


def peek(file: OpenedFile) -> list[Head]:
    """``SAAI M3`` and the record types at the beginning, as if they were a header."""
    text = file.start
    return [Head([(1, ["SAAI M3", *dict.fromkeys(re.findall(r"(?m)^(\d{3})\|", text))])])]


FORMAT = Format(
    "saai_m3",
    Text("Pedimentos (SAAI M3 text)", "Pedimentos (texto SAAI M3)"),
    (".txt", ".val", ".m3"),
    peek,
    reads,
    looks,
)
