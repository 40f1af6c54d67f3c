"""Tables: entities, links, and every value with the file and record it stands in, as CSV in one ZIP.

Text from data is kept from running as a formula where the tables are opened in a spreadsheet: a cell that starts with
``= + - @``, their full-width forms, a tab or a line break gets an apostrophe in front (OWASP, "CSV injection"). So does a
cell whose apostrophes are followed by one of these, so that :func:`unguard` can take it off again. Plain numbers stay.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vinculo.graph.exports import Export
from vinculo.graph.exports.contents import Contents, made_up
from vinculo.graph.rates import conversions
from vinculo.graph.schema import kind
from vinculo.graph.text import Text, say
from vinculo.graph.types import Entity, Fact, Link

_TRIGGER = re.compile("'*[=+\\-@＝＋－＠\t\r\n]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
#: Between several values in one cell.
BETWEEN = " | "
#: The one moment every member of the archive is dated to, so that the same contents are the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LINK_COLUMNS = [
    "id",
    "kind",
    "verb",
    "source",
    "source_name",
    "target",
    "target_name",
    "date",
    "amount",
    "currency",
    "synthetic",
]
#: Where a currency is chosen: what the amount came to in it, and by which rate, or why it is not known.
_CONVERTED = ["converted", "converted_currency", "conversion"]
_VALUE_COLUMNS = ["thing", "id", "property", "value", "dataset", "file", "sha256", "record", "synthetic"]


def guard(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> guard("=1+1"), guard("-5.2"), guard("'=x"), guard("Ana")
    ("'=1+1", '-5.2', "''=x", 'Ana')
    """
    return f"'{cell}" if _TRIGGER.match(cell) and not _NUMBER.match(cell) else cell


def unguard(cell: str) -> str:
    """The inverse of :func:`guard`.

    Examples
    --------
    >>> unguard("'=1+1"), unguard("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _TRIGGER.match(cell[1:]) else cell


def writes(contents: Contents, path: Path) -> None:
    """Write ``nodes.csv``, ``links.csv``, ``values.csv`` and ``README.txt`` into one ZIP."""
    names: dict[str, str] = {}
    with zipfile.ZipFile(path, "w") as archive, tempfile.TemporaryFile("w+b") as kept:
        values = _Table(kept, _VALUE_COLUMNS)
        with archive.open(_member("nodes.csv"), "w") as out:
            featured = _featured(contents.kinds.values())
            placed = ["x", "y", "note"] if contents.chart else []
            told = ["id", "kind", "kind_label", "name", "standing", "synthetic", *placed, *featured]
            nodes = _Table(out, [*told, *(_CONVERTED if contents.rates else ())])
            for entity in contents.entities():
                names[entity.id] = entity.name
                nodes.row(_node(entity, contents, featured) + _converted(entity, contents))
                _values(values, "entity", entity)
            nodes.close()
        with archive.open(_member("links.csv"), "w") as out:
            links = _Table(out, [*_LINK_COLUMNS, *(_CONVERTED if contents.rates else ())])
            for link in contents.links():
                links.row(_link(link, contents, names) + _converted(link, contents))
                _values(values, "link", link)
            links.close()
        values.close()
        kept.seek(0)
        with archive.open(_member("values.csv"), "w") as out:
            shutil.copyfileobj(kept, out)
        archive.writestr(_member("README.txt"), _readme(contents))


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


class _Table:
    """CSV rows into a binary file, with the mark that makes spreadsheets read UTF-8."""

    def __init__(self, out: Any, header: Iterable[str]) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=False)
        self._rows = csv.writer(self._text, lineterminator="\r\n")
        self._rows.writerow(list(header))

    def row(self, cells: Iterable[str]) -> None:
        self._rows.writerow([guard(c) for c in cells])

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


def _featured(kinds: Iterable[str]) -> list[str]:
    """Properties worth a column of their own: what the kinds at hand show first."""
    return sorted(
        {p for k in set(kinds) for p in kind(k).featured if kind(k).properties[p].type != "entity" and p != "name"}
    )


def _node(entity: Entity, contents: Contents, featured: Iterable[str]) -> list[str]:
    said = BETWEEN.join(s.sentence.into(contents.language) for s in contents.standings.get(entity.id, ()))
    cells = [
        entity.id,
        entity.kind,
        kind(entity.kind).label.into(contents.language),
        entity.name,
        said,
        _made_up(entity),
    ]
    if contents.chart:
        drawn = contents.chart.nodes[entity.id]
        cells += [repr(float(drawn.x)), repr(float(drawn.y)), contents.chart.notes.get(entity.id, "")]
    return cells + [_joined(entity.properties, p) for p in featured]


def _link(link: Link, contents: Contents, names: Mapping[str, str]) -> list[str]:
    verb = kind(link.kind).verb.into(contents.language)
    ends = [link.source, names.get(link.source, ""), link.target, names.get(link.target, "")]
    facts = [link.first("date") or link.first("startDate"), link.first("amount"), link.first("currency")]
    return [link.id, link.kind, verb, *ends, *facts, _made_up(link)]


def _converted(thing: Entity | Link, contents: Contents) -> list[str]:
    if not contents.rates:
        return []
    found = conversions(thing, contents.rates)
    there = [c for c in found if c.converted is not None]
    amounts = BETWEEN.join(f"{c.rounded:f}" for c in there)
    said = BETWEEN.join(t for c in found if (t := c.told(contents.language)))
    return [amounts, contents.rates.target if there else "", said]


def _values(table: _Table, thing: str, of: Entity | Link) -> None:
    for name, facts in of.properties.items():
        for fact in facts:
            for p in fact.sources:
                s = p.source
                synthetic = "1" if s.synthetic else "0"
                table.row([thing, of.id, name, fact.value, s.dataset, s.file, s.sha256, str(p.record), synthetic])


def _joined(properties: Mapping[str, tuple[Fact, ...]], name: str) -> str:
    return BETWEEN.join(f.value for f in properties.get(name, ()))


def _made_up(of: Entity | Link) -> str:
    return {"all": "1", "some": "some", "": "0"}[made_up(of.sources)]


def _readme(contents: Contents) -> str:
    language = contents.language
    lines = [contents.handling, contents.title]
    if said := contents.synthetic_said:
        lines.append(say(said, language))
    lines += ["", say("export.csv.readme", language), "", say("export.listed_not_guilty", language), ""]
    lines += [f"{s.dataset}  {s.file}  sha256 {s.sha256}" for s in contents.sources]
    return "\r\n".join(lines).strip() + "\r\n"


EXPORT = Export(
    name="csv",
    title=Text("Tables (CSV)", "Tablas (CSV)"),
    description=Text(
        "Entities, links and every value with its file and record, for spreadsheets and scripts.",
        "Entidades, vínculos y cada valor con su archivo y registro, para hojas de cálculo y programas.",
    ),
    extension="zip",
    writes=writes,
)
