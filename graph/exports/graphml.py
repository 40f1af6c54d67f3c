"""GraphML, for NetworkX, Gephi, yEd and the like: every value as a typed attribute, parallel links kept by their id."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from vinculo.graph.exports import Export
from vinculo.graph.exports.contents import Contents, made_up
from vinculo.graph.rates import conversions
from vinculo.graph.schema import kind
from vinculo.graph.standing import status_of
from vinculo.graph.text import Text, say
from vinculo.graph.types import Entity, Link

#: What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")
#: (attribute, GraphML type, value); as a key: (thing, attribute, type).
_Attribute = tuple[str, str, str]
#: Between several values in one attribute.
BETWEEN = " | "


def writes(contents: Contents, path: Path) -> None:
    """Write one ``<graph>``; the keys are known only after everything has been read, so the body goes to a side file first."""
    keys: dict[_Attribute, str] = {}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as body,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        for entity in contents.entities():
            body.write(f"<node id={_quoted(entity.id)}>\n")
            _attributes(body, "node", _of_entity(entity, contents), keys)
            body.write("</node>\n")
        for link in contents.links():
            body.write(f"<edge id={_quoted(link.id)} source={_quoted(link.source)} target={_quoted(link.target)}>\n")
            _attributes(body, "edge", _of_link(link, contents), keys)
            body.write("</edge>\n")
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        about = _about(contents)
        for (_, name), (id, sort) in sorted(
            (("graph", name), (f"g{n}", "string")) for n, (name, _) in enumerate(about)
        ):
            out.write(f'<key id="{id}" for="graph" attr.name={_quoted(name)} attr.type="{sort}"/>\n')
        for (thing, name, sort), id in sorted(keys.items()):
            out.write(f'<key id="{id}" for="{thing}" attr.name={_quoted(name)} attr.type="{sort}"/>\n')
        out.write('<graph id="vinculo" edgedefault="directed">\n')
        for n, (_, value) in enumerate(about):
            out.write(f'<data key="g{n}">{_escaped(value)}</data>\n')
        body.seek(0)
        shutil.copyfileobj(body, out)
        out.write("</graph>\n</graphml>\n")


def _about(contents: Contents) -> list[tuple[str, str]]:
    about = [("title", contents.title), ("handling", contents.handling), ("dataVersion", contents.data_version)]
    if said := contents.synthetic_said:
        about.append(("synthetic", say(said, contents.language)))
    if contents.standings:
        about.append(("standing", say("export.listed_not_guilty", contents.language)))
    return [(name, value) for name, value in about if value]


def _of_entity(entity: Entity, contents: Contents) -> Iterable[_Attribute]:
    yield "kind", "string", entity.kind
    yield "label", "string", entity.name
    told = contents.standings.get(entity.id, ())
    if told:
        yield "standing", "string", status_of(told)
        yield "standingText", "string", BETWEEN.join(s.sentence.into(contents.language) for s in told)
    if contents.chart:
        drawn = contents.chart.nodes[entity.id]
        yield "x", "double", repr(float(drawn.x))
        yield "y", "double", repr(float(drawn.y))
        if note := contents.chart.notes.get(entity.id):
            yield "note", "string", note
    yield from _shared(entity)
    yield from _converted(entity, contents)


def _of_link(link: Link, contents: Contents) -> Iterable[_Attribute]:
    yield "kind", "string", link.kind
    yield "label", "string", kind(link.kind).verb.into(contents.language)
    yield from _shared(link)
    yield from _converted(link, contents)


def _shared(thing: Entity | Link) -> Iterable[_Attribute]:
    invented = made_up(thing.sources)
    yield "synthetic", "boolean", "true" if invented == "all" else "false"
    if invented == "some":
        yield "containsSynthetic", "boolean", "true"
    yield "dataset", "string", BETWEEN.join(sorted({p.source.dataset for p in thing.sources}))
    yield "source", "string", BETWEEN.join(f"{p.source.dataset}/{p.source.file}#{p.record}" for p in thing.sources)
    known = kind(thing.kind).properties
    for name, facts in thing.properties.items():
        values = [f.value for f in facts]
        if name in known and known[name].type == "number":
            # a double can hold one value; what does not fit in it is kept beside it as text
            numbers = [v for v in values if _NUMBER.match(v)]
            if numbers:
                yield f"p.{name}", "double", numbers[0]
            if len(values) > len(numbers[:1]):
                yield f"p.{name}.all", "string", BETWEEN.join(values)
        else:
            yield f"p.{name}", "string", BETWEEN.join(values)


def _converted(thing: Entity | Link, contents: Contents) -> Iterable[_Attribute]:
    """What the first amount comes to where a currency is chosen, and how all of them do."""
    made = conversions(thing, contents.rates)
    if there := [c for c in made if c.rounded is not None]:
        yield "converted", "double", f"{there[0].rounded:f}"
        yield "convertedCurrency", "string", there[0].target
    yield "conversion", "string", BETWEEN.join(t for c in made if (t := c.told(contents.language)))


def _attributes(body: IO[str], thing: str, attributes: Iterable[_Attribute], keys: dict[_Attribute, str]) -> None:
    for name, sort, value in attributes:
        if not value:
            continue
        # the same name can be a number in one kind and text in another: then it has two keys
        id = keys.setdefault((thing, name, sort), f"d{len(keys)}")
        body.write(f'<data key="{id}">{_escaped(value)}</data>\n')


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))


EXPORT = Export(
    name="graphml",
    title=Text("GraphML", "GraphML"),
    description=Text(
        "The network with typed attributes, for NetworkX, Gephi or yEd.",
        "La red con atributos tipificados, para NetworkX, Gephi o yEd.",
    ),
    extension="graphml",
    writes=writes,
)
