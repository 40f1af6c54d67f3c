"""What ``search``, ``show`` and ``path`` call things in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from vinculo.graph.text import has, say
from vinculo.graph.types import Entity, Link, Provenance

#: What tells things of a kind apart better than their number does.
TELLING = {"Inspection": ("inspectionKind", "result"), "Seizure": ("commodity",), "Consignment": ("goods",)}


def label(kind: str) -> str:
    """The kind's name in the reader's language."""
    from vinculo.graph.schema import kinds

    return kinds()[kind].label.into() if kind in kinds() else kind


def verb(kind: str) -> str:
    """The link's verb in the reader's language."""
    from vinculo.graph.schema import kinds

    return kinds()[kind].verb.into() if kind in kinds() else kind


def about(entity: Entity) -> str:
    """What tells a thing of its kind apart; nothing for what has a name."""
    said = []
    for name in TELLING.get(entity.kind, ()):
        if value := entity.first(name):
            key = f"dashboard.value.{name}.{value}"
            said.append(say(key) if has(key) else value)
    return ", ".join(said)


def described(entity: Entity) -> str:
    """The name, and for what has a number for one, what it is about."""
    said = about(entity)
    return f"{entity.name} ({said})" if said else entity.name


def date_of(link: Link) -> str:
    """The day of a link, or the first of a state."""
    return link.first("date") or link.first("startDate")


def told_sources(sources: Iterable[Provenance]) -> str:
    """Files and records, in one line."""
    return "; ".join(say("cli.show.source", file=p.source.file, record=f"{p.record:,}") for p in sources)
