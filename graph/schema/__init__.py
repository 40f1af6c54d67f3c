"""The kinds of things and links, as tables: ``kinds.csv`` and ``properties.csv`` beside this file.

Names, properties and value types are FollowTheMoney's (4.11) wherever it has them; the trade extension stands in the same
tables with an empty ``ftm`` column.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass, field
from importlib.resources import files

from vinculo.graph.errors import UsageError
from vinculo.graph.text import Text, text

#: Classes of entities on a chart: silhouette, glyph and colour of each are in the palette.
ENTITY_CLASSES = (
    "person",
    "company",
    "account",
    "consignment",
    "conveyance",
    "place",
    "value",
    "seizure",
    "inspection",
    "listing",
)
#: Classes of links on a chart: colour and arrowhead.
LINK_CLASSES = ("money", "trade", "control", "enforcement", "family", "shared")


@dataclass(frozen=True)
class Property:
    """One property of a kind: ``type`` is FtM's value type (name, date, country, number, ...), ``unit`` e.g. ``kg``."""

    name: str
    type: str
    label: Text
    unit: str = ""


@dataclass(frozen=True)
class Kind:
    """One row of the schema tables.

    Attributes
    ----------
    name : str
        FtM's name for entities (``Company``), a verb in capitals for links (``OWNS``).
    is_link, abstract : bool
        Abstract kinds (``Thing``) describe; a file may assert one where it does not know better.
    ftm : str
        FtM schema it goes out as; empty in the trade extension.
    parents : tuple of str
        Kinds it extends.
    appearance : str
        One of ``ENTITY_CLASSES`` or ``LINK_CLASSES``.
    label, plural, verb : Text
        ``verb`` reads from source to target: "owns".
    source, target : str
        Kinds allowed at the ends of a link.
    source_property, target_property : str
        FtM property that names that end (``owner``, ``asset``).
    properties : dict
        Own and inherited, by name.
    featured : tuple of str
        What to show first.
    """

    name: str
    is_link: bool
    abstract: bool
    ftm: str
    parents: tuple[str, ...]
    appearance: str
    label: Text
    plural: Text
    verb: Text
    source: str
    target: str
    source_property: str
    target_property: str
    featured: tuple[str, ...]
    properties: dict[str, Property] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return hash(self.name)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()))


@functools.cache
def kinds() -> dict[str, Kind]:
    """Every kind by name, in the order of the table."""
    own: dict[str, dict[str, Property]] = {}
    for r in _rows("properties.csv"):
        made = Property(r["name"], r["type"], Text(r["en"], r["es"]), r["unit"])
        own.setdefault(r["kind"], {})[made.name] = made
    rows = {r["name"]: r for r in _rows("kinds.csv")}

    def inherited(name: str) -> dict[str, Property]:
        found: dict[str, Property] = {}
        for parent in rows[name]["parents"].split():
            found |= inherited(parent)
        return found | own.get(name, {})

    return {
        name: Kind(
            name=name,
            is_link=r["is_link"] == "1",
            abstract=r["abstract"] == "1",
            ftm=r["ftm"],
            parents=tuple(r["parents"].split()),
            appearance=r["appearance"],
            label=Text(r["label_en"], r["label_es"]),
            plural=Text(r["plural_en"], r["plural_es"]),
            verb=Text(r["verb_en"], r["verb_es"]),
            source=r["source"],
            target=r["target"],
            source_property=r["source_property"],
            target_property=r["target_property"],
            featured=tuple(r["featured"].split()),
            properties=inherited(name),
        )
        for name, r in rows.items()
    }


def kind(name: str) -> Kind:
    """The kind of that name.

    Raises
    ------
    UsageError
        ``unknown_kind``.

    Examples
    --------
    >>> kind("OWNS").verb.en
    'owns'
    """
    try:
        return kinds()[name]
    except KeyError:
        raise UsageError("unknown_kind", kind=name) from None


@functools.cache
def ancestors(name: str) -> frozenset[str]:
    """The kind itself and everything it extends."""
    found = {name}
    for parent in kind(name).parents:
        found |= ancestors(parent)
    return frozenset(found)


def is_a(name: str, ancestor: str) -> bool:
    """Whether a kind is another or extends it.

    Examples
    --------
    >>> is_a("Company", "LegalEntity"), is_a("Person", "Company")
    (True, False)
    """
    return ancestor in ancestors(name)


@functools.cache
def descendants(name: str) -> tuple[str, ...]:
    """The kind itself and all that extend it, sorted."""
    return tuple(sorted(k for k in kinds() if name in ancestors(k)))


@functools.cache
def merged_kind(names: frozenset[str]) -> str:
    """The kind of a thing that several records call differently: the most specific one.

    Two that exclude each other (Person, Company) give the nearest kind they share, so that nobody's claim wins by order;
    where they share none, the first by the alphabet.

    Examples
    --------
    >>> merged_kind(frozenset({"Thing", "Person", "LegalEntity"}))
    'Person'
    >>> merged_kind(frozenset({"Person", "Company"}))
    'LegalEntity'
    """
    for name in sorted(names):
        if names <= ancestors(name):
            return name
    shared = frozenset.intersection(*(ancestors(n) for n in names))
    if not shared:
        return min(names)
    deepest = max(len(ancestors(s)) for s in shared)
    return min(s for s in shared if len(ancestors(s)) == deepest)


#: Property types whose values the search index holds, and properties that name a thing.
NAME_PROPERTIES = ("name", "alias", "weakAlias", "previousName", "abbreviation", "title")
#: Searched word by word, as names are.
ADDRESS_PROPERTIES = ("address", "full")
IDENTIFIER_TYPES = ("identifier", "phone", "email", "iban", "imo")


@functools.cache
def searched_properties() -> dict[str, str]:
    """Properties the search index holds: name to ``"name"`` or ``"identifier"``."""
    found = dict.fromkeys((*NAME_PROPERTIES, *ADDRESS_PROPERTIES), "name")
    for k in kinds().values():
        for p in k.properties.values():
            if not k.is_link and p.type in IDENTIFIER_TYPES:
                found.setdefault(p.name, "identifier")
    return found


#: The property that keeps a text its cleaner could not read, as ``property: text``.
UNREADABLE = "unreadable"
#: Status of a consignment whose bill was withdrawn: it counts as no shipment.
WITHDRAWN = "withdrawn"


def property_label(kind_name: str, name: str) -> Text:
    """What a property is called; its own name where the tables do not have it.

    Examples
    --------
    >>> property_label("Person", "birthDate").es, property_label("PAID", "unreadable").en
    ('Fecha de nacimiento', 'Could not be read')
    """
    if name == UNREADABLE:
        return text("schema.unreadable")
    known = kinds()[kind_name].properties.get(name) if kind_name in kinds() else None
    return known.label if known else Text(name, name)


def unread(kind_name: str, value: str) -> Text:
    """A text that could not be read, with the label of the property it was meant for.

    Examples
    --------
    >>> unread("Person", "birthDate: 31/02/1970").en
    'Born: 31/02/1970'
    """
    name, mark, said = value.partition(": ")
    if not mark:
        return Text(value, value)
    label = property_label(kind_name, name)
    return Text(f"{label.en}: {said}", f"{label.es}: {said}")
