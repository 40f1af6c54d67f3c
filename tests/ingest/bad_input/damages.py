"""Ninety kinds of damage, each done to the third of six good records or to the file around it.

What may come of it is one of these letters; a kind names those that are right for it, and nothing else passes:

``=``  all records load as if nothing had happened
``~``  all load, the damaged one with what it says now
``r``  the damaged record is rejected, with its line; the others load unchanged
``d``  the second of two equal records is told as a duplicate; ``+`` a record more than before is loaded
``0``  there is no record, which is said
``s``  the file stops there, with the line; what stands before is kept, nothing after it
``x``  nothing is loaded, one sentence says why
"""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from parts import Parts, Row, Sample, coded

#: Which record is damaged, from 0.
THIRD = 2


@dataclass(frozen=True)
class Damage:
    """A kind of damage; ``make`` gives the damaged bytes, ``None`` where a format cannot have it.

    ``cut`` tells that the records behind the third are gone; ``whole``, that what it does concerns every record: then only the
    sums and the sentence are looked at. ``places`` gives the lines where it can be seen, if not those of the third record.
    """

    name: str
    group: str
    make: Callable[[Sample], bytes | None]
    may: str
    whole: bool = False
    cut: bool = False
    places: Callable[[Sample], tuple[int, int]] | None = None


def _value(name: str, group: str, slot: str, text: str | Callable[[Sample, Row], str], may: str = "=~r") -> Damage:
    """Another text in one place of the third record."""

    def make(sample: Sample) -> bytes | None:
        if slot not in sample.slots:
            return None
        rows = sample.rows()
        rows[THIRD][slot] = text if isinstance(text, str) else text(sample, rows[THIRD])
        return sample.pack(sample.write(rows).text)

    return Damage(name, group, make, may)


def _text(
    name: str,
    group: str,
    needs: str,
    change: Callable[[Sample, Parts], str | None],
    may: str,
    whole: bool = False,
    cut: bool = False,
    places: Callable[[Sample], tuple[int, int]] | None = None,
) -> Damage:
    """Another text of the file, where a sample has one of the tags."""

    def make(sample: Sample) -> bytes | None:
        if not sample.tags & set(needs.split()):
            return None
        made = change(sample, sample.parts())
        return None if made is None else sample.pack(made)

    return Damage(name, group, make, may, whole, cut, places)


def _bytes(name: str, group: str, needs: str, change: Callable[[bytes], bytes], may: str, whole: bool = True) -> Damage:
    """Other bytes of the file as it lies on disk."""

    def make(sample: Sample) -> bytes | None:
        return change(sample.pack(sample.parts().text)) if sample.tags & set(needs.split()) else None

    return Damage(name, group, make, may, whole)


def _third(parts: Parts, old: str, new: str) -> str | None:
    record = parts.records[THIRD]
    return parts.with_record(THIRD, record.replace(old, new, 1)).text if old in record else None


def _named(change: Callable[[str], str]) -> Callable[[Sample, Row], str]:
    return lambda sample, row: change(row["name"])


def _recoded(encoding: str) -> Callable[[Sample], bytes | None]:
    """The whole file in another encoding, with an accent in it."""

    def make(sample: Sample) -> bytes | None:
        if "text" not in sample.tags or {"gzip", "zip"} & sample.tags:
            return None
        rows = sample.rows()
        rows[THIRD]["name"] = "Peña Ñandú SA"
        text = sample.write(rows).text
        if ("xml" in sample.tags and encoding != "utf-8-sig") or "closed" in sample.tags:
            declared = encoding.replace("cp1252", "windows-1252")
            if "encoding=" in text:
                text = text.replace('encoding="UTF-8"', f'encoding="{declared}"')
            else:
                text = f'<?xml version="1.0" encoding="{declared}"?>' + text.partition("?>")[2 if "?>" in text else 0]
        return text.encode(encoding)

    return make


_INVISIBLE = "\u200b\u200d\u2060\ufeff"
ENCODING = (
    _value("a byte that is no UTF-8 among accents", "encoding", "note", "\udcf1 y ñandúes " + "ñ" * 20, "rs"),
    Damage("UTF-8 with its mark", "encoding", _recoded("utf-8-sig"), "~"),
    Damage("UTF-16", "encoding", _recoded("utf-16"), "~"),
    Damage("Windows-1252", "encoding", _recoded("cp1252"), "~"),
    _value("a lone surrogate", "encoding", "name", "Fic\ud800ticia", "=~rsx"),
    _value("a NUL", "encoding", "name", "Fic\x00ticia", "~rsx"),
    _value("control characters", "encoding", "name", "Fic\x01\x08\x1bticia", "~rsx"),
    _text("mixed line ends", "encoding", "text", lambda s, p: p.head + "".join(
        r.replace("\n", ("\r\n", "\n")[n % 2]) for n, r in enumerate(p.records)) + p.tail, "="),
    _value("decomposed accents", "encoding", "name", unicodedata.normalize("NFD", "Peña Ñandú"), "~"),
    _value("direction marks", "encoding", "name", "Ficticia \u202eAS\u202c", "~"),
    _value("zero-width characters", "encoding", "name", f"Fic{_INVISIBLE}ticia", "~"),
    _value("look-alike letters", "encoding", "name", "Fіctісіа SA", "~"),
    _value("right-to-left text", "encoding", "name", "شركة خيالية", "~"),
    _value("emoji joined by zero width", "encoding", "name", "Ficticia 👩‍👩‍👧", "~"),
    _value("accents decoded wrongly", "encoding", "name", "PeÃ±a Ã‘andÃº", "~"),
    _value("an overlong byte sequence", "encoding", "name", "Fic\udcc0\udcafticia", "~rsx"),
)  # fmt: skip


def _quote(sample: Sample, parts: Parts) -> str | None:
    if "quoted" not in sample.tags:
        return None
    name = sample.rows()[THIRD]["name"]
    return _third(parts, name, '"' + name)


def _column(change: Callable[[list[str]], list[str]]) -> Callable[[Sample, Parts], str]:
    """A change to the header's cells, and to those of each row where there is one for each."""

    def made(sample: Sample, parts: Parts) -> str:
        delimiter = "\t" if sample.name == "tsv" else ","
        return delimiter.join(change(parts.head.rstrip("\n").split(delimiter))) + "\n" + "".join(parts.records)

    return made


def _reversed(sample: Sample, parts: Parts) -> str:
    delimiter = "\t" if sample.name == "tsv" else ","
    lines = [parts.head, *parts.records]
    return "".join(delimiter.join(reversed(x.rstrip("\n").split(delimiter))) + "\n" for x in lines)


def _cut(sample: Sample, parts: Parts) -> str:
    record = parts.records[THIRD]
    return parts.head + "".join(parts.records[:THIRD]) + record[: len(record) * 2 // 3]


def _footer(sample: Sample, parts: Parts) -> str:
    delimiter = "\t" if sample.name == "tsv" else ","
    cells = parts.records[0].rstrip("\n").split(delimiter)
    return parts.text + delimiter.join(["TOTAL", "", "57151.50", *[""] * (len(cells) - 3)]) + "\n"


def _to_the_end(sample: Sample) -> tuple[int, int]:
    return sample.parts().lines(THIRD)[0], 10**6


def _last_line(sample: Sample) -> tuple[int, int]:
    lines = sample.parts().text.count("\n")
    return lines, lines + 20


def _wide(sample: Sample, parts: Parts) -> str:
    delimiter = "\t" if sample.name == "tsv" else ","
    return parts.head.rstrip("\n") + "".join(f"{delimiter}c{n}" for n in range(100_000)) + "\n" + "".join(parts.records)


def _long(sample: Sample, row: Row) -> str:
    return "Ficticia " + "x" * 2_000_000


STRUCTURE = (
    _text("a quote that is never closed", "structure", "quoted", _quote, "s"),
    _text("a row too short", "structure", "table", lambda s, p: p.with_record(
        THIRD, p.records[THIRD].rstrip("\n").rpartition("\t" if s.name == "tsv" else ",")[0] + "\n").text, "=~r"),
    _text("a row too long", "structure", "table", lambda s, p: p.with_record(
        THIRD, p.records[THIRD].rstrip("\n") + ("\textra" if s.name == "tsv" else ",extra") + "\n").text, "r"),
    _text("no header", "structure", "header", lambda s, p: "".join(p.records), "x", whole=True),
    _text("a column twice", "structure", "header", _column(lambda h: [*h, h[0]]), "x", whole=True),
    _text("columns in another order", "structure", "header", _reversed, "="),
    _text("a wanted column by another name", "structure", "header",
          _column(lambda h: ["no such name", *h[1:]]), "x", whole=True),
    _value("a line break in a value", "structure", "note", "Factura\nsegunda línea", "~r"),
    _bytes("an empty file", "structure", "text table", lambda data: b"", "x"),
    _text("a header alone", "structure", "header", lambda s, p: p.head, "0", whole=True),
    _text("cut off in a record", "structure", "text", _cut, "~rsx", cut=True, places=_to_the_end),
    _bytes("cut off in the packed bytes", "structure", "gzip zip", lambda data: data[: len(data) * 2 // 3], "x"),
    _text("another delimiter", "structure", "quoted", lambda s, p: p.text.replace("\t" if s.name == "tsv" else ",", "|"), "="),
    _text("100,000 columns", "structure", "quoted", _wide, "x", whole=True),
    _value("a value of two million characters", "structure", "note", _long, "~rsx"),
    _bytes("bytes behind the end", "structure", "text gzip zip", lambda data: data + b"\n\x00\x13\x37garbage", "=+rsxd"),
    _text("the file twice in one", "structure", "text", lambda s, p: p.text + p.text, "dr+sx=", whole=True),
    _text("a line of totals", "structure", "table", _footer, "r+", places=_last_line),
    _text("blank lines between", "structure", "text", lambda s, p: p.head + "\n\n".join(p.records) + p.tail, "=", whole=True),
    _text("a tag that is never closed", "structure", "xml", lambda s, p: _third(p, "</", "<"), "s", places=_to_the_end),
    _text("a line that is no record", "structure", "lines pipes", lambda s, p: p.with_record(
        THIRD, "### no record at all ###\n" + p.records[THIRD]).text, "=~r+", places=lambda s: (
            s.parts().lines(THIRD - 1)[0], s.parts().lines(THIRD)[1] + 1)),
    _text("a brace that is missing", "structure", "json", lambda s, p: _third(p, "}", ""), "rs", cut=True, places=_to_the_end),
)  # fmt: skip


def _sum(name: str, text: str, may: str = "~r") -> Damage:
    return _value(name, "values", "sum", text, may)


def _day(name: str, year: int, month: int, day: int, may: str = "~r") -> Damage:
    return _value(name, "values", "day", lambda s, r: s.written_day(year, month, day), may)


VALUES = (
    _sum("no sum", "", "~r"),
    _sum("blanks for a sum", "   "),
    _sum("NULL for a sum", "NULL"),
    _sum("NaN for a sum", "NaN"),
    _sum("Infinity for a sum", "Infinity"),
    _sum("1e999 for a sum", "1e999"),
    _sum("1_000 for a sum", "1_000"),
    _sum("Arabic digits", "١٢٣"),
    _sum("1,234 (thousands or decimals)", "1,234"),
    _sum("a hexadecimal number", "0x1F"),
    _sum("a number of 5,000 digits", "9" * 5000),
    _sum("#REF! for a sum", "#REF!"),
    _sum("a sum with a sign", "$ 9,500.00"),
    _value("NA for a name", "values", "name", "NA", "~"),
    _value("NULL for a name", "values", "name", "NULL", "~"),
    _day("30 February", 2024, 2, 30),
    _day("the year 9999", 9999, 12, 31),
    _day("the year 0000", 0, 1, 1),
    _value("a day as Excel counts it", "values", "day", "45363"),
    _value("a day without its century", "values", "day", "10/03/24"),
    _value("no day", "values", "day", ""),
)  # fmt: skip
_OTHER_ID = lambda sample, row: sample.rows()[0]["id"]  # noqa: E731


def _again(sample: Sample, parts: Parts) -> str:
    return parts.head + "".join((*parts.records[: THIRD + 1], *parts.records[THIRD:])) + parts.tail


def _again_otherwise(sample: Sample, parts: Parts) -> str:
    rows = sample.rows()
    rows[THIRD]["note"] = "dice otra cosa"
    record = sample.write(rows).records[THIRD]
    return parts.head + "".join((*parts.records[: THIRD + 1], record, *parts.records[THIRD + 1 :])) + parts.tail


def _fourth(sample: Sample) -> tuple[int, int]:
    return sample.parts().lines(THIRD)[0], sample.parts().lines(THIRD + 1)[1]


IDENTITY = (
    _text("the same record again", "identity", "text table", _again, "d+=r", places=_fourth),
    _text("the same id with other content", "identity", "text table", _again_otherwise, "+=~rd", places=_fourth),
    _value("another record's id", "identity", "id", _OTHER_ID, "~r"),
    _value("an id in other letters", "identity", "id", lambda s, r: r["id"].lower(), "=~"),
    _value("an id with zeros in front", "identity", "id", lambda s, r: "00" + r["id"], "~rx"),
    _value("an id with blanks around", "identity", "id", lambda s, r: f"  {r['id']}  ", "=~rx"),
    _value("no id", "identity", "id", "", "=~r"),
    _value("an id of 5,000 letters", "identity", "id", "9" * 5000, "~rx"),
    _value("an id in wide letters", "identity", "id", lambda s, r: "".join(chr(ord(c) + 0xFEE0) for c in r["id"]), "~rx"),
    _value("both ends the same", "identity", "other", lambda s, r: r["name"], "~"),
    _value("an end that is missing", "identity", "other", "", "~r"),
    _value("no name", "identity", "name", "", "~r"),
)  # fmt: skip


def _attack(name: str, text: str) -> Damage:
    """A text for some other program's ears: kept as it stands."""
    return _value(name, "attack", "name", text, "~")


def _typed(declared: str, used: str) -> Callable[[Sample, Parts], str | None]:
    """A document type in front, an entity of it in the third record."""

    def change(sample: Sample, parts: Parts) -> str | None:
        text = _third(parts, sample.rows()[THIRD]["name"], used) or ""
        head, mark, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
        root = rest.lstrip().removeprefix("<?OFX").partition("<")[2].split()[0].split(">")[0]
        return f"{head}{mark}<!DOCTYPE {root} {declared}>{rest}"

    return change


_LAUGHS = '[<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]"


def _bomb(sample: Sample) -> bytes | None:
    if "gzip" in sample.tags:
        return gzip.compress(coded(sample.parts().text) + b"0" * (60 << 20), mtime=0)
    if sample.name != "zip":
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("inside.csv", coded(sample.parts().text) + b"0" * (60 << 20))
    return out.getvalue()


def _leads_out(sample: Sample) -> bytes | None:
    if sample.name != "zip":
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../evil.csv", coded(sample.parts().text))
    return out.getvalue()


ATTACK = (
    _attack("SQL", "x'); DROP TABLE statements; --"),
    _attack("Cypher", "x`}) DETACH DELETE n // $"),
    _attack("HTML", "<img src=x onerror=alert(1)><script>alert(1)</script>"),
    _attack("a script's address", "javascript:alert(1)"),
    _attack("a formula", "=cmd|' /C calc'!A0"),
    _attack("a path", "../../../../etc/passwd"),
    _attack("a template", "{{7*7}} ${7*7} {name} {0} %s %n"),
    _attack("a shell's command", "$(reboot) `reboot` ; reboot"),
    _attack("__proto__", "__proto__"),
    _value("terminal escapes", "attack", "name", "\x1b[2J\x1b]0;evil\x07Ficticia", "~rsx"),
    _text("a file read through an entity", "attack", "xml sgml", _typed('[<!ENTITY e SYSTEM "file:///etc/passwd">]', "&e;"), "x"),
    _text("entities in entities", "attack", "xml sgml", _typed(_LAUGHS, "&a9;"), "x"),
    _text("a document type on the net", "attack", "xml sgml", _typed('SYSTEM "http://192.0.2.1/evil.dtd"', "x"), "x"),
    _text("XInclude of a file", "attack", "xml", lambda s, p: _third(
        p, s.rows()[THIRD]["name"], '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'), "~r"),
    _text("100,000 elements in each other", "attack", "xml sgml", lambda s, p: _third(
        p, s.rows()[THIRD]["name"], "<a>" * 100_000), "sx"),
    _text("100,000 lists in each other", "attack", "json", lambda s, p: _third(p, "[", "[" * 100_000), "rs", cut=True),
    _text("a key that comes twice", "attack", "json", lambda s, p: _third(p, "{", '{"id": "x", "LEI": {}, '), "r"),
    Damage("a packed bomb", "attack", _bomb, "x", whole=True),
    Damage("a member that leads out", "attack", _leads_out, "x", whole=True),
)  # fmt: skip
SEMANTICS = (
    _value("day and month in another order", "semantics", "day", "13/12/2024", "~r"),
    _value("a currency nobody has", "semantics", "currency", "QQQ", "~"),
    _value("no currency", "semantics", "currency", "", "~r"),
    _value("a container with a wrong check digit", "semantics", "container", "CSQU3054384", "~"),
    _value("an IBAN with a wrong check digit", "semantics", "iban", "DE89370400440532013001", "~"),
    _value("a negative weight", "semantics", "weight", "-5", "~"),
    _value("a negative sum", "semantics", "sum", lambda s, r: "-" + r["sum"], "~r"),
    _value("a day in the future", "semantics", "day", lambda s, r: s.written_day(2097, 3, 1), "~"),
)  # fmt: skip
DAMAGES: tuple[Damage, ...] = (*ENCODING, *STRUCTURE, *VALUES, *IDENTITY, *ATTACK, *SEMANTICS)
