"""What is left of a thing where some sources may not be told of: values, kind and name of the other sources only.

A kind, a name or a status that only a suspicious-activity report asserts would tell that the report exists (31 USC 5318(g)(2)).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from vinculo.graph.naming import RANKS, candidate, unnamed
from vinculo.graph.schema import merged_kind
from vinculo.graph.types import Entity, Fact, Link, Provenance

#: Keys of the sources that may not be told of.
Hidden = Collection[tuple[str, str]]


def kept_sources(sources: tuple[Provenance, ...], hidden: Hidden) -> tuple[Provenance, ...]:
    """Those that may be told of."""
    return tuple(p for p in sources if p.source.key not in hidden)


def kept_facts(facts: tuple[Fact, ...], hidden: Hidden) -> tuple[Fact, ...]:
    """Values that another source asserts too, with those sources; one without any source is nobody's secret."""
    return tuple(Fact(f.value, own) for f in facts if (own := kept_sources(f.sources, hidden)) or not f.sources)


def kept_properties(properties: dict[str, tuple[Fact, ...]], hidden: Hidden) -> dict[str, tuple[Fact, ...]]:
    """Properties that have a value left."""
    if not hidden:
        return properties
    kept = {name: kept_facts(facts, hidden) for name, facts in properties.items()}
    return {name: facts for name, facts in kept.items() if facts}


def told_by_hidden(thing: Entity | Link, hidden: Hidden) -> bool:
    """Whether one of these sources has a part in a thing."""
    return any(p.source.key in hidden for p in thing.sources)


def name_from(properties: dict[str, tuple[Fact, ...]], id: str) -> str:
    """What these properties call a thing; its id where none does."""
    best = (candidate(p, f.value) for p, facts in properties.items() if p in RANKS for f in facts)
    return min(best, default=unnamed(id))[2]


def without(entity: Entity, hidden: Hidden) -> Entity:
    """An entity as the other sources know it; one that they do not know is a bare ``Thing`` under its id.

    Examples
    --------
    >>> from vinculo.graph.types import Source
    >>> report, register = (Provenance(Source(d, "0" * 64), 1) for d in ("reports", "register"))
    >>> known = {"name": (Fact("Halcón", (register,)), Fact("Halcón, the launderer", (report,)))}
    >>> kinds = (Fact("Company", (report,)), Fact("LegalEntity", (register,)))
    >>> shown = without(Entity("x", "Company", "Halcón, the launderer", known, (register, report), kinds), [report.source.key])
    >>> shown.kind, shown.name, len(shown.sources)
    ('LegalEntity', 'Halcón', 1)
    """
    if not told_by_hidden(entity, hidden):
        return entity
    properties, kinds = kept_properties(entity.properties, hidden), kept_facts(entity.kinds, hidden)
    return replace(
        entity,
        kind=merged_kind(frozenset(f.value for f in kinds)) if kinds else "Thing",
        name=name_from(properties, entity.id),
        properties=properties,
        sources=kept_sources(entity.sources, hidden),
        kinds=kinds,
    )


def link_without(link: Link, hidden: Hidden) -> Link:
    """A link as the other sources know it."""
    if not told_by_hidden(link, hidden):
        return link
    return replace(
        link, properties=kept_properties(link.properties, hidden), sources=kept_sources(link.sources, hidden)
    )
