"""A link chart in one HTML file that needs nothing else: drawn by pyvis' vis-network, through a template of ours.

pyvis' own template calls three hosts, escapes nothing and drops parallel links. Here everything that varies with the data is
one JSON block, which a browser never runs; scripts and style are constant, and the Content-Security-Policy names them by
hash, so that even markup that slipped through could neither run nor fetch. Nodes are numbered (an id can carry a name or a
tax number into the drawing), hidden ones are left out, and the same contents give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
import unicodedata
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

from vinculo.graph.chart import Chart
from vinculo.graph.charting import draw, link_label
from vinculo.graph.errors import UsageError
from vinculo.graph.exports import Export
from vinculo.graph.exports.contents import Contents, made_up
from vinculo.graph.palette import THEMES, node_image, palette
from vinculo.graph.rates import conversions
from vinculo.graph.schema import UNREADABLE, WITHDRAWN, kind, property_label, unread
from vinculo.graph.standing import badge, status_of
from vinculo.graph.text import LANGUAGES, Text, catalogue, say
from vinculo.graph.types import Entity, Fact, Link, Provenance

#: Above this a browser draws for seconds and nobody can read it.
LIMIT = 5000
_WORDS = "export.html."
_BADGES = {"all": "synthetic", "some": "synthetic_some", "": ""}


def writes(contents: Contents, path: Path) -> None:
    """Write the chart that was asked for, or one laid out for these entities."""
    if len(contents.kinds) > LIMIT:
        raise UsageError("chart_too_large", nodes=len(contents.kinds), limit=LIMIT)
    entities = {e.id: e for e in contents.entities()}
    links = {x.id: x for x in contents.links()}
    chart = contents.chart or draw(entities.values(), links.values(), contents.standings)
    path.write_bytes(_page(chart, entities, links, contents))


def _page(chart: Chart, entities: dict[str, Entity], links: dict[str, Link], contents: Contents) -> bytes:
    # pyvis brings IPython along, and jinja2 is only here because pyvis is
    from jinja2 import DictLoader, Environment
    from markupsafe import Markup
    from pyvis.network import Network

    tables = _Tables()
    number = {id: f"n{k}" for k, id in enumerate(sorted(set(chart.nodes) & set(entities)))}
    net = Network(directed=True, cdn_resources="in_line")  # directed, or pyvis keeps one of several parallel links
    net.toggle_physics(False)
    for id, name in number.items():
        entity, drawn = entities[id], chart.nodes[id]
        told = contents.standings.get(id, ())
        # a chart remembers what lists said; whether a bill was withdrawn its own facts say
        status = status_of(told) or (drawn.status if drawn.status in ("listed", "presumed", "cleared") else "")
        status = status or badge(entity, ())
        net.add_node(
            name,
            label=short_label(entity.name) or " ",  # pyvis puts the id where there is no label
            x=drawn.x,
            y=drawn.y,
            kind=tables.kind(entity.kind),
            icon=tables.icon(entity.kind, status, drawn.pinned),
            size=palette()["entities"][kind(entity.kind).appearance]["size"],
            name=entity.name,
            ref=id,
            told=[[s.code, *s.sentence] for s in told],
            note=chart.notes.get(id, ""),
            withdrawn=status == WITHDRAWN,
            day=drawn.date,
            synthetic=_badge(entity.sources, drawn.synthetic),
            facts=tables.facts(entity.kind, entity.properties) + tables.converted(entity, contents),
            where=tables.where(entity.sources),
        )
    parallel: Counter[tuple[str, ...]] = Counter()
    for id in sorted(set(chart.links) & set(links)):
        link, crossed = links[id], chart.links[id]
        if link.source not in number or link.target not in number:
            continue
        pair = tuple(sorted((link.source, link.target)))
        label = crossed.label or link_label(link)
        net.add_edge(
            number[link.source],
            number[link.target],
            id=f"e{len(net.edges)}",
            kind=tables.kind(link.kind),
            label=short_label(label, 24, 1),
            width=palette()["widths"][min(4, max(1, crossed.width)) - 1],
            inferred=crossed.inferred,
            day=crossed.date,
            nth=parallel[pair],
            ref=id,
            synthetic=_badge(link.sources, crossed.synthetic),
            facts=tables.facts(link.kind, link.properties) + tables.converted(link, contents),
            where=tables.where(link.sources),
        )
        parallel[pair] += 1
    title = contents.title or say("export.html.title", contents.language)
    synthetic = contents.synthetic or any(n["synthetic"] for n in net.nodes)
    real = contents.mixed or any(n["synthetic"] != _BADGES["all"] for n in net.nodes)
    data = tables.data() | {
        "nodes": net.nodes,
        "edges": net.edges,
        "lang": contents.language,
        "label": contents.label,
        "version": contents.data_version,
    }
    here = files("vinculo.graph.exports")
    css = _colours() + here.joinpath("offline.css").read_text("utf-8")
    js = here.joinpath("offline.js").read_text("utf-8")
    template = here.joinpath("offline.html").read_text("utf-8")
    # pyvis' own environment escapes nothing
    environment = Environment(loader=DictLoader({"offline.html": template}), autoescape=True)
    environment.globals.update(
        lang=contents.language,
        title=title,
        untitled=not contents.title,
        handling=contents.handling,
        opened=contents.groups_opened,
        synthetic=_BADGES["some" if real else "all"] if synthetic else "",
        noscript=say("export.html.noscript", contents.language),
        css=Markup(css),
        js=Markup(js),
        vis=Markup(vis_network()),
        data=Markup(json_block(data)),
        style_hash=_hash(css),
        script_hashes=Markup(f"'{_hash(vis_network())}' '{_hash(js)}'"),
    )
    net.templateEnv, net.path = environment, "offline.html"
    made: str = net.generate_html("chart.html")
    return made.encode("utf-8", "replace")


class _Tables:
    """What nodes and links refer to by number or name, so that each text stands in the file once."""

    def __init__(self) -> None:
        self._labels: dict[tuple[str, str], int] = {}
        self._sources: dict[tuple[str, str], tuple[int, list[Any]]] = {}
        self._kinds: dict[str, dict[str, Any]] = {}
        self._icons: dict[str, tuple[str, str, str, bool]] = {}

    def kind(self, name: str) -> str:
        told = kind(name)
        words = told.verb if told.is_link else told.label
        self._kinds[name] = {"look": told.appearance, "words": list(words)}
        return name

    def icon(self, name: str, status: str, pinned: bool) -> str:
        key = f"{name}.{status}.{int(pinned)}"
        self._icons[key] = (kind(name).appearance, name, status, pinned)
        return key

    def facts(self, name: str, properties: dict[str, tuple[Fact, ...]]) -> list[list[Any]]:
        """``[label, value, [[source, record], ...]]``, what the kind features first."""
        told = kind(name)
        order = {p: n for n, p in enumerate(["name", *told.featured])}
        rows: list[list[Any]] = []
        for prop in sorted(properties, key=lambda p: (order.get(p, len(order)), p)):
            known = told.properties.get(prop)
            if known is not None and known.type == "entity":
                continue  # an id; the link to that entity says it
            label = property_label(name, prop).en, property_label(name, prop).es
            if known is not None and known.unit and known.unit != "count":
                label = (f"{label[0]} ({known.unit})", f"{label[1]} ({known.unit})")
            at = self._labels.setdefault(label, len(self._labels))
            rows += [[at, _said(name, prop, fact.value), self.where(fact.sources)] for fact in properties[prop]]
        return rows

    def converted(self, thing: Entity | Link, contents: Contents) -> list[list[Any]]:
        """What amounts come to in the chosen currency, with the record of the rate; or why they do not."""
        rows: list[list[Any]] = []
        for c in conversions(thing, contents.rates):
            if told := c.told(contents.language):
                label = say("rates.label", "en", code=c.target), say("rates.label", "es", code=c.target)
                at = self._labels.setdefault(label, len(self._labels))
                rows.append([at, told, self.where(tuple(Provenance(r.source, r.record) for r in c.rates))])
        return rows

    def where(self, sources: tuple[Provenance, ...]) -> list[list[int]]:
        found = []
        for p in sources:
            s = p.source
            row = [s.dataset, s.file, s.sha256, s.synthetic]
            at, _ = self._sources.setdefault(s.key, (len(self._sources), row))
            found.append([at, p.record])
        return found

    def data(self) -> dict[str, Any]:
        colours = palette()
        looks = {k["look"] for k in self._kinds.values()}
        entities = [look for look in colours["entities"] if look in looks]
        links = [look for look in colours["links"] if look in looks]
        names = {**colours["entities"], **colours["links"]}
        return {
            "kinds": self._kinds,
            "labels": [list(label) for label in self._labels],
            "sources": [row for _, row in self._sources.values()],
            "looks": {"entities": entities, "links": links},
            "names": {look: [names[look]["label"][x] for x in LANGUAGES] for look in [*entities, *links]},
            "links": {look: colours["links"][look] for look in links},
            "canvas": colours["canvas"],
            "dash": colours["dash"],
            "swatches": {t: {look: node_image(look, t) for look in entities} for t in THEMES},
            "withdrawn": {t: node_image("consignment", t, status=WITHDRAWN) for t in THEMES},
            "icons": {
                t: {
                    key: [node_image(look, t, s, kind=name, pinned=pinned, status=status) for s in (False, True)]
                    for key, (look, name, status, pinned) in self._icons.items()
                }
                for t in THEMES
            },
            "words": {
                x: {
                    key.removeprefix(_WORDS): text.into(x)
                    for key, text in catalogue().items()
                    if key.startswith(_WORDS)
                }
                | {
                    "synthetic": say("export.synthetic.badge", x),
                    "synthetic_some": say("export.synthetic.some.badge", x),
                    "not_guilty": say("export.listed_not_guilty", x),
                }
                for x in LANGUAGES
            },
        }


def short_label(text: str, width: int = 18, lines: int = 2) -> str:
    """What fits under an icon; control and direction-changing characters go.

    Examples
    --------
    >>> short_label("Comercializadora de Frutas y Verduras del Noroeste")
    'Comercializadora\\nde Frutas y Verdu…'
    """
    clean = "".join(
        " " if c.isspace() else c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c.isspace()
    )
    rest = re.sub(" +", " ", clean).strip()
    shown: list[str] = []
    while rest and len(shown) < lines:
        if len(rest) <= width:
            shown.append(rest)
            break
        cut = rest.rfind(" ", 1, width + 1)
        if len(shown) == lines - 1:
            shown.append(rest[: width - 1].rstrip() + "…")
        else:
            cut = cut if cut > width // 2 else width
            shown.append(rest[:cut])
            rest = rest[cut:].lstrip()
    return "\n".join(shown)


def json_block(value: object) -> str:
    """JSON that cannot close its script element, open a comment, or break a line in old readers.

    Examples
    --------
    >>> json_block("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate becomes a question mark


def vis_network() -> str:
    """The vis-network that pyvis brings, without the comment that sends developer tools looking for its source map."""
    found = importlib.util.find_spec("pyvis")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pyvis")
    path = Path(found.origin).parent / "templates/lib/vis-9.1.2/vis-network.min.js"
    text = path.read_text("utf-8").rsplit("//# sourceMappingURL", 1)[0]
    if "</script" in text.lower():
        raise ValueError(f"{path} cannot stand inside a script element")
    return text


def _colours() -> str:
    """The palette's canvas colours as CSS variables: light, dark where the system is, and either where a reader chose it."""

    def block(theme: str) -> str:
        return "".join(f"--{name}:{shade};" for name, shade in palette()["canvas"][theme].items())

    return (
        f":root{{color-scheme:light;{block('light')}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{block('dark')}}}\n"
        f"@media print{{:root[data-theme=dark]{{color-scheme:light;{block('light')}}}}}\n"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _badge(sources: tuple[Provenance, ...], drawn: bool) -> str:
    """Key of the badge of one thing; of one without sources the chart says it."""
    return _BADGES[made_up(sources) if sources else "all" if drawn else ""]


EXPORT = Export(
    name="html",
    title=Text("Link chart (one HTML file)", "Diagrama de vínculos (un archivo HTML)"),
    description=Text(
        "Opens in any browser without a network: find, switch, read every source, print.",
        "Se abre en cualquier navegador sin red: buscar, filtrar, leer cada fuente, imprimir.",
    ),
    extension="html",
    writes=writes,
)


def _said(kind_name: str, name: str, value: str) -> str:
    return unread(kind_name, value).into() if name == UNREADABLE else value
